//! A part being written: under a passing name, hashed as it goes, renamed to its hash.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;

use crate::condensed::is_piece;
use crate::error::{Result, StoreError};
use crate::part::{Part, footer_hash};
use crate::schema::PartKind;

/// A part being written.
pub(crate) struct PartWriter {
    kind: PartKind,
    path: PathBuf,
    // None once the file is finished; what is left then is only the passing name.
    writer: Option<ArrowWriter<HashingFile>>,
    rows: u64,
    failure: Failure,
}

/// What went wrong with the file. Parquet hands errors of the file system on as text, which does
/// not tell a full disk from a broken one.
type Failure = Arc<OnceLock<io::Error>>;

impl PartWriter {
    /// Starts a part under a passing name, which the next writer sweeps away if we do not finish.
    pub fn create(pool: &Path, kind: PartKind, about: &[(&str, &str)]) -> Result<PartWriter> {
        let path = passing_name(pool, kind.name());
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|err| StoreError::io(&path, "writing", &err))?;
        let failure = Failure::default();
        let file =
            HashingFile { file, hasher: blake3::Hasher::new(), bytes: 0, failure: failure.clone() };
        let layout = kind.layout();
        let metadata = std::iter::once(&("sheaf.part", layout.as_str()))
            .chain(about)
            .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()))
            .collect();
        let properties =
            kind.properties().into_builder().set_key_value_metadata(Some(metadata)).build();
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, kind.schema(), options)
            .map_err(|err| StoreError::writing(&path, &err))?;
        Ok(PartWriter { kind, path, writer: Some(writer), rows: 0, failure })
    }

    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(rows));
        written.map_err(|err| self.says(&err))
    }

    fn says(&self, err: &ParquetError) -> StoreError {
        match self.failure.get() {
            Some(cause) => StoreError::io(&self.path, "writing", cause),
            None => StoreError::writing(&self.path, err),
        }
    }

    /// Ends the file and brings it safely to disk, still under its passing name.
    pub fn finish(mut self) -> Result<WrittenPart> {
        let writer = self.writer.take().expect("a part is finished once");
        let mut file = writer.into_inner().map_err(|err| self.says(&err))?;
        let footer = file
            .file
            .sync_all()
            .and_then(|()| footer_hash(&mut file.file, file.bytes))
            .map_err(|err| StoreError::io(&self.path, "writing", &err))?;
        let part = Part {
            hash: file.hasher.finalize().to_hex().to_string(),
            kind: self.kind,
            bytes: file.bytes,
            rows: self.rows,
            footer: footer.unwrap_or_default(),
        };
        Ok(WrittenPart { part, passing: std::mem::take(&mut self.path) })
    }
}

impl Drop for PartWriter {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            drop(self.writer.take());
            // Best effort: the next writer sweeps what stays behind.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A part that is whole and on disk, under its passing name.
pub(crate) struct WrittenPart {
    part: Part,
    passing: PathBuf,
}

impl WrittenPart {
    /// Gives the part its own name. If a part of the same content is there, it is the same part.
    pub fn keep(mut self, pool: &Path) -> Result<Part> {
        let path = self.part.path(pool);
        fs::rename(&self.passing, &path).map_err(|err| StoreError::io(&path, "writing", &err))?;
        self.passing.clear();
        Ok(self.part.clone())
    }
}

impl Drop for WrittenPart {
    fn drop(&mut self) {
        if !self.passing.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.passing);
        }
    }
}

const PASSING: &str = "unfinished-";

/// A name in `parts/` for what is being written, which no ledger ever holds.
pub(crate) fn passing_name(pool: &Path, kind: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    // Only one process writes to a pool, so a count within the process is enough.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    pool.join("parts").join(format!("{PASSING}{number}.{kind}"))
}

/// Makes the names in `parts/` as safe as the files behind them.
pub(crate) fn sync_names(pool: &Path) -> Result<()> {
    // Elsewhere a directory cannot be opened, and its names are safe when the file is.
    if !cfg!(unix) {
        return Ok(());
    }
    let parts = pool.join("parts");
    File::open(&parts)
        .and_then(|directory| directory.sync_all())
        .map_err(|err| StoreError::io(&parts, "writing", &err))
}

/// Removes what an interrupted writer left: files that the ledger does not name.
///
/// Only files that look like ours are touched.
pub(crate) fn sweep(pool: &Path, known: impl Fn(&str) -> bool) -> Result<()> {
    let parts = pool.join("parts");
    let listing = fs::read_dir(&parts).map_err(|err| StoreError::io(&parts, "reading", &err))?;
    for entry in listing {
        let entry = entry.map_err(|err| StoreError::io(&parts, "reading", &err))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let ours = name.starts_with(PASSING)
            || is_piece(name)
            || name.strip_suffix(".parquet").is_some_and(|stem| {
                stem.split_once('.').is_some_and(|(hash, kind)| {
                    hash.len() == 64 && PartKind::from_name(kind).is_some()
                })
            });
        if ours && !known(name) {
            // A file that cannot be removed harms nothing; it is tried again next time.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// A file that hashes what is written to it.
struct HashingFile {
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
    failure: Failure,
}

impl HashingFile {
    fn keep_failure<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|err| {
            let kind = err.kind();
            // Only the first matters; those after it follow from it.
            let _ = self.failure.set(err);
            io::Error::from(kind)
        })
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.file.write(bytes);
        let written = self.keep_failure(outcome)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.keep_failure(flushed)
    }
}
