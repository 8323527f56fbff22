//! Where the bytes come from: a file, a member of an archive, bytes at hand; through whatever they
//! are compressed with. Compressed files are read in place, and one that breaks off in the middle
//! is read up to there.

use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sheaf_model::{Doubt, DoubtCode};

use super::magic::{self, Wrapping};
use super::{Form, zipped};
use crate::ReadError;

/// How a file fares while it is read. Shared between the reader at the bottom, which notices, and
/// the rows at the top, which tell.
#[derive(Debug, Default)]
pub(super) struct Health {
    taken: AtomicU64,
    cut_off: AtomicBool,
    failed: AtomicBool,
    garbled: AtomicBool,
}

impl Health {
    /// Bytes taken from the file itself, before decompression.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether the compressed file broke off in the middle.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    /// Notes that the file broke off.
    pub(super) fn cut_off(&self) {
        self.cut_off.store(true, Ordering::Relaxed);
    }

    /// Notes that some of its UTF-16 was no text.
    pub(super) fn garbled(&self) {
        self.garbled.store(true, Ordering::Relaxed);
    }

    /// The doubts about the file as a whole, to be told at its end.
    pub(super) fn doubts(&self) -> impl Iterator<Item = Doubt> {
        let cut_off = self.is_cut_off().then_some(DoubtCode::TruncatedFile);
        let garbled = self.garbled.load(Ordering::Relaxed).then_some(DoubtCode::PartialRead);
        cut_off.into_iter().chain(garbled).map(|code| Doubt::about_file(code, ""))
    }
}

/// A reader that can go back.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Bytes as they lie somewhere.
pub(super) enum Raw {
    /// They can be gone back over.
    Seekable(Box<dyn ReadSeek>),
    /// They come once.
    Stream(Box<dyn Read + Send>),
}

/// A file found, not yet unwrapped.
pub(super) struct Supply {
    pub(super) name: String,
    pub(super) raw: Raw,
    pub(super) bytes: u64,
    pub(super) health: Arc<Health>,
    pub(super) member: Option<String>,
}

/// A file unwrapped.
pub(super) struct Unwrapped {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) health: Arc<Health>,
    pub(super) content: Content,
}

/// What was in the wrapping.
pub(super) enum Content {
    /// Text, presumably.
    Plain(Box<dyn Read + Send>),
    /// A zip archive that is an Office Open XML workbook.
    Workbook(Box<dyn ReadSeek>),
}

impl Supply {
    /// Finds the file at a path. A path may go on into a zip archive: `2014/acme.zip/roads.csv`.
    pub(super) fn find(path: &Path, form: &Form) -> Result<Supply, ReadError> {
        let shown = path.display();
        match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                let what = format!("{shown} is a directory, not a file");
                Err(ReadError::new("is-a-directory", what)
                    .hint(format!("name the files in it, as in {shown}/*.csv")))
            }
            Ok(about) => {
                let file = File::open(path).map_err(|error| no_access(path, &error))?;
                let raw = if about.is_file() {
                    Raw::Seekable(Box::new(file))
                } else {
                    Raw::Stream(Box::new(file))
                };
                let bytes = if about.is_file() { about.len() } else { 0 };
                Ok(Supply::new(&file_name(path), raw, bytes, form.member.clone()))
            }
            Err(error) => match inside_archive(path) {
                Some((archive, member)) => {
                    let form = Form { member: Some(member), ..Form::default() };
                    Supply::find(archive, &form)
                }
                None => Err(no_access(path, &error)),
            },
        }
    }

    pub(super) fn new(name: &str, raw: Raw, bytes: u64, member: Option<String>) -> Supply {
        Supply { name: name.to_owned(), raw, bytes, health: Arc::default(), member }
    }

    /// Takes the wrappings off: gzip, Zstandard, zip, and one inside the other.
    pub(super) fn unwrap(self) -> Result<Unwrapped, ReadError> {
        let Supply { mut name, raw, mut bytes, health, mut member } = self;
        let mut raw = match raw {
            Raw::Seekable(inner) => {
                Raw::Seekable(Box::new(Counted { inner, health: health.clone() }))
            }
            Raw::Stream(inner) => Raw::Stream(Box::new(Counted { inner, health: health.clone() })),
        };
        // An archive in an archive in an archive is more likely a trap than a table.
        for _ in 0..3 {
            let (start, again) = look_at_start(&name, raw)?;
            match magic::wrapping(&start) {
                None => {
                    let content = Content::Plain(match again {
                        Raw::Seekable(inner) => Box::new(inner),
                        Raw::Stream(inner) => inner,
                    });
                    if let Some(member) = member {
                        let what = format!("{name} is no archive, so it holds no {member}");
                        return Err(ReadError::new("no-such-member", what));
                    }
                    return Ok(Unwrapped { name, bytes, health, content });
                }
                Some(Wrapping::Gzip) => {
                    let inner = flate2::read::MultiGzDecoder::new(again);
                    raw = Raw::Stream(Box::new(Tail::new(inner, &health)));
                }
                Some(Wrapping::Zstandard) => {
                    let inner = zstd::stream::read::Decoder::new(again)
                        .map_err(|error| stopped(&name, &error))?;
                    raw = Raw::Stream(Box::new(Tail::new(inner, &health)));
                }
                Some(Wrapping::Zip) => {
                    let inner = seekable(&name, again)?;
                    match zipped::open(&name, inner, member.as_deref(), &health)? {
                        zipped::Found::Workbook(inner) => {
                            let content = Content::Workbook(inner);
                            return Ok(Unwrapped { name, bytes, health, content });
                        }
                        zipped::Found::Member { inner, packed_bytes } => {
                            raw = Raw::Stream(inner);
                            bytes = packed_bytes;
                        }
                    }
                    if let Some(member) = member.take() {
                        name = format!("{name}/{member}");
                    }
                }
            }
        }
        let what = format!("{name} is an archive in an archive in an archive");
        Err(ReadError::new("not-a-table", what).hint("unpack it first"))
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Splits `some/archive.zip/a/member.csv` where `some/archive.zip` is a file.
fn inside_archive(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|above| above.is_file())?;
    let member = path.strip_prefix(archive).ok()?;
    Some((archive, member.to_string_lossy().replace('\\', "/")))
}

fn no_access(path: &Path, error: &io::Error) -> ReadError {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            ReadError::new("no-such-file", format!("{shown}: there is no such file"))
        }
        ErrorKind::PermissionDenied => {
            ReadError::new("not-readable", format!("{shown} may not be read by this user"))
        }
        _ => ReadError::new("not-readable", format!("{shown} cannot be opened: {error}")),
    }
}

pub(super) fn stopped(name: &str, error: &io::Error) -> ReadError {
    ReadError::new("not-readable", format!("{name}: reading stopped: {error}"))
}

/// The first bytes, and a reader that gives them again.
fn look_at_start(name: &str, raw: Raw) -> Result<(Vec<u8>, Raw), ReadError> {
    let mut start = Vec::new();
    let look = |reader: &mut dyn Read, start: &mut Vec<u8>| {
        reader.take(8).read_to_end(start).map_err(|error| stopped(name, &error))
    };
    match raw {
        Raw::Seekable(mut inner) => {
            look(&mut inner, &mut start)?;
            inner.rewind().map_err(|error| stopped(name, &error))?;
            Ok((start, Raw::Seekable(inner)))
        }
        Raw::Stream(mut inner) => {
            look(&mut inner, &mut start)?;
            let again = Cursor::new(start.clone()).chain(inner);
            Ok((start, Raw::Stream(Box::new(again))))
        }
    }
}

/// A zip archive has its table of contents at the end, so one that comes as a stream is taken into
/// memory, up to this many bytes.
const MAX_IN_MEMORY: u64 = 1 << 30;

fn seekable(name: &str, raw: Raw) -> Result<Box<dyn ReadSeek>, ReadError> {
    match raw {
        Raw::Seekable(inner) => Ok(inner),
        Raw::Stream(inner) => {
            let mut bytes = Vec::new();
            let mut limited = inner.take(MAX_IN_MEMORY + 1);
            limited.read_to_end(&mut bytes).map_err(|error| stopped(name, &error))?;
            if bytes.len() as u64 > MAX_IN_MEMORY {
                let what =
                    format!("{name} is a zip archive of more than 1 GiB inside another file");
                return Err(ReadError::new("too-large", what).hint("unpack it first"));
            }
            Ok(Box::new(Cursor::new(bytes)))
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Raw::Seekable(inner) => inner.read(buf),
            Raw::Stream(inner) => inner.read(buf),
        }
    }
}

/// Counts what is taken from the file, and notices when the file itself cannot be read.
struct Counted<R: ?Sized> {
    health: Arc<Health>,
    inner: Box<R>,
}

impl<R: Read + ?Sized> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let res = self.inner.read(buf);
        match &res {
            Ok(n) => {
                self.health.taken.fetch_add(*n as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => self.health.failed.store(true, Ordering::Relaxed),
        }
        res
    }
}

impl<R: Seek + ?Sized> Seek for Counted<R> {
    fn seek(&mut self, pos: io::SeekFrom) -> io::Result<u64> {
        let at = self.inner.seek(pos)?;
        if at == 0 {
            self.health.taken.store(0, Ordering::Relaxed);
        }
        Ok(at)
    }
}

/// Makes an early end of a decompressor that finds its input cut off or damaged, and remembers it.
/// A file that cannot be read stays an error.
pub(super) struct Tail<R> {
    inner: R,
    health: Arc<Health>,
    at_end: bool,
}

impl<R: Read> Tail<R> {
    pub(super) fn new(inner: R, health: &Arc<Health>) -> Tail<R> {
        Tail { inner, health: health.clone(), at_end: false }
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at_end {
            return Ok(0);
        }
        match self.inner.read(buf) {
            Err(error)
                if error.kind() != ErrorKind::Interrupted
                    && !self.health.failed.load(Ordering::Relaxed) =>
            {
                self.health.cut_off();
                self.at_end = true;
                Ok(0)
            }
            res => res,
        }
    }
}

/// UTF-16 as UTF-8.
pub(super) struct FromUtf16<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    health: Arc<Health>,
    raw: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    at_end: bool,
}

impl<R: Read> FromUtf16<R> {
    pub(super) fn new(
        inner: R,
        encoding: &'static encoding_rs::Encoding,
        health: &Arc<Health>,
    ) -> FromUtf16<R> {
        FromUtf16 {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            health: health.clone(),
            raw: vec![0; 32 << 10],
            text: Vec::new(),
            given: 0,
            at_end: false,
        }
    }
}

impl<R: Read> Read for FromUtf16<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.at_end {
            let n = self.inner.read(&mut self.raw)?;
            self.at_end = n == 0;
            // A UTF-16 unit of two bytes takes at most three in UTF-8, plus one replacement for
            // what was left over from before.
            self.text.resize(n / 2 * 3 + 16, 0);
            let (_, _, written, garbled) =
                self.decoder.decode_to_utf8(&self.raw[..n], &mut self.text, self.at_end);
            self.text.truncate(written);
            self.given = 0;
            if garbled {
                self.health.garbled();
            }
        }
        let n = buf.len().min(self.text.len() - self.given);
        buf[..n].copy_from_slice(&self.text[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
