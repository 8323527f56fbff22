//! Zip archives: which of its files is meant, and its bytes.

use std::io::{self, Read, SeekFrom};
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use super::supply::{Health, ReadSeek, Tail};
use crate::ReadError;

/// What an archive turned out to hold.
pub(super) enum Found {
    /// It is a workbook itself.
    Workbook(Box<dyn ReadSeek>),
    /// One of its files, unpacked while it is read.
    Member { inner: Box<dyn Read + Send>, packed_bytes: u64 },
}

/// Opens the archive and the member named, or the only one that holds data.
pub(super) fn open(
    name: &str,
    inner: Box<dyn ReadSeek>,
    member: Option<&str>,
    health: &Arc<Health>,
) -> Result<Found, ReadError> {
    let damaged = |error: zip::result::ZipError| {
        let what = format!("{name} is a zip archive that is cut off or damaged: {error}");
        ReadError::new("damaged-archive", what).hint("fetch the file again")
    };
    let mut archive = ZipArchive::new(inner).map_err(damaged)?;
    let names: Vec<String> = (0..archive.len())
        .map(|idx| match archive.name_for_index(idx) {
            Some(Ok(name)) => name.into_owned(),
            _ => String::new(),
        })
        .collect();
    let has = |wanted: &str| names.iter().any(|it| it.eq_ignore_ascii_case(wanted));
    if member.is_none() {
        let in_xl = |name: &String| name.to_ascii_lowercase().starts_with("xl/");
        if has("[Content_Types].xml") && names.iter().any(in_xl) && !has("xl/workbook.bin") {
            let mut inner = archive.into_inner();
            inner.rewind().map_err(|error| super::supply::stopped(name, &error))?;
            return Ok(Found::Workbook(inner));
        }
        for (part, what) in [
            ("xl/workbook.bin", "a binary workbook (xlsb)"),
            ("word/document.xml", "a Word document"),
            ("ppt/presentation.xml", "a presentation"),
            ("META-INF/manifest.xml", "an OpenDocument file"),
            ("AndroidManifest.xml", "a program"),
        ] {
            if has(part) {
                let what = format!("{name} is {what}, not a table");
                return Err(ReadError::new("not-a-table", what).hint("save it as CSV or xlsx"));
            }
        }
    }
    let idx = choose(name, &names, member)?;
    let entry = archive.by_index_raw(idx).map_err(damaged)?;
    if entry.encrypted() {
        let what = format!("{name}/{} is encrypted", names[idx]);
        return Err(ReadError::new("encrypted", what).hint("unpack it with its password first"));
    }
    let (method, packed_bytes, crc) = (entry.compression(), entry.compressed_size(), entry.crc32());
    let Some(start) = entry.data_start() else {
        let what = format!("{name} does not say where {} lies in it", names[idx]);
        return Err(ReadError::new("damaged-archive", what).hint("fetch the file again"));
    };
    drop(entry);
    // The zip crate's own reader borrows the archive; what it would do for us is little.
    let mut inner = archive.into_inner();
    inner.seek(SeekFrom::Start(start)).map_err(|error| super::supply::stopped(name, &error))?;
    let packed = inner.take(packed_bytes);
    let inner: Box<dyn Read + Send> = match method {
        CompressionMethod::Stored => Box::new(Tail::new(Checked::new(packed, crc), health)),
        CompressionMethod::Deflated => {
            let unpacked = flate2::read::DeflateDecoder::new(packed);
            Box::new(Tail::new(Checked::new(unpacked, crc), health))
        }
        _ => {
            let what = format!("{name}/{} is packed by a method unknown to sheaf", names[idx]);
            return Err(ReadError::new("unknown-compression", what).hint("unpack it first"));
        }
    };
    Ok(Found::Member { inner, packed_bytes })
}

/// The endings by which a file in an archive is taken for data. Text files come second: an archive
/// often holds a note about its data.
const DATA_ENDINGS: [&str; 9] =
    [".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".geojson", ".xlsx", ".export"];

fn choose(name: &str, names: &[String], member: Option<&str>) -> Result<usize, ReadError> {
    let files: Vec<usize> = (0..names.len())
        .filter(|&idx| {
            let path = names[idx].as_str();
            let file = path.rsplit('/').next().unwrap_or(path);
            !file.is_empty() && !file.starts_with('.') && !path.starts_with("__MACOSX/")
        })
        .collect();
    if let Some(member) = member {
        return match names.iter().position(|it| it == member) {
            Some(idx) => Ok(idx),
            None => Err(ReadError::new("no-such-member", format!("{name} holds no {member}"))
                .hint(format!("it holds {}", listed(names, &files)))),
        };
    }
    let ending = |idx: &usize| {
        let path = names[*idx].to_ascii_lowercase();
        let bare =
            path.strip_suffix(".gz").or(path.strip_suffix(".zst")).unwrap_or(&path).to_owned();
        (DATA_ENDINGS.iter().any(|it| bare.ends_with(it)), bare.ends_with(".txt"))
    };
    let data: Vec<usize> = files.iter().copied().filter(|idx| ending(idx).0).collect();
    let texts: Vec<usize> = files.iter().copied().filter(|idx| ending(idx).1).collect();
    for kind in [&data, &texts, &files] {
        match kind[..] {
            [] => {}
            [only] => return Ok(only),
            [first, ..] => {
                let what = format!("{name} holds {} files that may be meant", kind.len());
                let hint = format!(
                    "name one after the archive, as in {name}/{}; it holds {}",
                    names[first],
                    listed(names, kind)
                );
                return Err(ReadError::new("several-members", what).hint(hint));
            }
        }
    }
    Err(ReadError::new("empty-file", format!("{name} is an archive with no file in it")))
}

fn listed(names: &[String], files: &[usize]) -> String {
    const SHOWN: usize = 12;
    let mut list: Vec<&str> = files.iter().take(SHOWN).map(|&idx| names[idx].as_str()).collect();
    if list.is_empty() {
        return "no file".to_owned();
    }
    let more = format!("and {} more", files.len().saturating_sub(SHOWN));
    if files.len() > SHOWN {
        list.push(&more);
    }
    list.join(", ")
}

/// Fails at the end if the bytes are not those the archive's table of contents promised.
struct Checked<R> {
    inner: R,
    crc: flate2::Crc,
    promised: u32,
}

impl<R> Checked<R> {
    fn new(inner: R, promised: u32) -> Checked<R> {
        Checked { inner, crc: flate2::Crc::new(), promised }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.crc.update(&buf[..n]);
        if n == 0 && !buf.is_empty() && self.crc.sum() != self.promised {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(n)
    }
}
