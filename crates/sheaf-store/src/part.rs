//! One part on disk: written once under a passing name, hashed as it goes, renamed to its hash.
//!
//! A part is never changed after that, so a reader needs no lock, and its name is its checksum.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::metadata::{KeyValue, PageIndexPolicy};

use crate::error::{Result, StoreError};
use crate::schema::PartKind;

/// What the ledger knows of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// blake3 of its bytes, in hexadecimal.
    pub hash: String,
    pub kind: PartKind,
    pub bytes: u64,
    pub rows: u64,
}

impl Part {
    pub fn file_name(&self) -> String {
        format!("{}.{}.parquet", self.hash, self.kind.name())
    }

    pub fn path(&self, pool: &Path) -> PathBuf {
        pool.join("parts").join(self.file_name())
    }

    /// The cheap check made whenever a pool is opened: is it there, is it as long as it was, does
    /// it begin and end like a Parquet file?
    pub fn check_ends(&self, pool: &Path) -> Result<()> {
        let path = self.path(pool);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Err(self.missing(&path)),
            Err(err) => return Err(StoreError::io(&path, "reading", &err)),
        };
        let length = file.metadata().map_err(|err| StoreError::io(&path, "reading", &err))?.len();
        if length != self.bytes {
            return Err(self.wrong_length(&path, length));
        }
        let mut ends = [0; 8];
        let read = file
            .read_exact(&mut ends[..4])
            .and_then(|()| file.seek(SeekFrom::End(-4)))
            .and_then(|_| file.read_exact(&mut ends[4..]));
        read.map_err(|err| StoreError::io(&path, "reading", &err))?;
        if &ends != b"PAR1PAR1" {
            return Err(StoreError::altered(
                &path,
                "it does not begin and end like a Parquet file",
            ));
        }
        Ok(())
    }

    /// The full check: every byte is as it was.
    pub fn check_bytes(&self, pool: &Path) -> Result<()> {
        self.check_ends(pool)?;
        let path = self.path(pool);
        let mut hasher = blake3::Hasher::new();
        File::open(&path)
            .and_then(|file| hasher.update_reader(file).map(|_| ()))
            .map_err(|err| StoreError::io(&path, "reading", &err))?;
        let found = hasher.finalize().to_hex();
        if found.as_str() != self.hash {
            return Err(StoreError::altered(&path, "its content no longer matches its name"));
        }
        Ok(())
    }

    fn missing(&self, path: &Path) -> StoreError {
        StoreError::new(
            "part-missing",
            format!("{}: this part of the pool is missing", path.display()),
            "put back a copy of this file, or remove the pool and read the files again",
        )
    }

    fn wrong_length(&self, path: &Path, length: u64) -> StoreError {
        let (code, how) = if length < self.bytes {
            ("part-truncated", "is cut short")
        } else {
            ("part-altered", "is longer than it was")
        };
        StoreError::new(
            code,
            format!(
                "{}: this part {how}: {length} bytes where {} were written",
                path.display(),
                self.bytes
            ),
            "put back a copy of this file, or remove the pool and read the files again",
        )
    }

    /// Opens the part for reading some of its columns (all, if `columns` is empty).
    pub fn read(&self, pool: &Path, columns: &[&str], batch: usize) -> Result<RecordBatches> {
        let builder = self.builder(pool, columns)?.with_batch_size(batch);
        let path = self.path(pool);
        let reader = builder.build().map_err(|err| StoreError::reading(&path, &err))?;
        Ok(RecordBatches { path, reader })
    }

    /// Like [`Part::read`], for some rows only: ranges in order that do not overlap. Pages that hold
    /// none of them are not read.
    pub fn read_rows(
        &self,
        pool: &Path,
        columns: &[&str],
        batch: usize,
        rows: &[Range<u64>],
    ) -> Result<RecordBatches> {
        let ranges = rows.iter().map(|range| range.start as usize..range.end as usize);
        let selection = RowSelection::from_consecutive_ranges(ranges, self.rows as usize);
        let builder = self.builder(pool, columns)?.with_batch_size(batch);
        let path = self.path(pool);
        let reader = builder.with_row_selection(selection).build();
        Ok(RecordBatches { reader: reader.map_err(|err| StoreError::reading(&path, &err))?, path })
    }

    /// Like [`Part::read`], for row groups whose smallest and largest text in a column do not rule
    /// out that one of `sought` is among them. Also says at which row each group starts.
    pub fn read_groups_with(
        &self,
        pool: &Path,
        columns: &[&str],
        column: &str,
        sought: &[&str],
    ) -> Result<Vec<(u64, RecordBatches)>> {
        let whole = self.builder(pool, columns)?;
        let (mut groups, mut first_row) = (Vec::new(), 0);
        for (idx, group) in whole.metadata().row_groups().iter().enumerate() {
            let stated = group.columns().iter().find(|it| it.column_path().string() == column);
            let bounds = stated
                .and_then(|it| it.statistics())
                .and_then(|it| Some((it.min_bytes_opt()?.to_vec(), it.max_bytes_opt()?.to_vec())));
            let possible = bounds.is_none_or(|(min, max)| {
                sought.iter().any(|text| {
                    min.as_slice() <= text.as_bytes() && text.as_bytes() <= max.as_slice()
                })
            });
            if possible {
                groups.push((idx, first_row));
            }
            first_row += group.num_rows() as u64;
        }
        let path = self.path(pool);
        let read = |(idx, first_row)| {
            let builder = self.builder(pool, columns)?;
            let reader = builder.with_row_groups(vec![idx]).with_batch_size(1 << 14).build();
            let reader = reader.map_err(|err| StoreError::reading(&path, &err))?;
            Ok((first_row, RecordBatches { path: path.clone(), reader }))
        };
        groups.into_iter().map(read).collect()
    }

    fn builder(
        &self,
        pool: &Path,
        columns: &[&str],
    ) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let path = self.path(pool);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Err(self.missing(&path)),
            Err(err) => return Err(StoreError::io(&path, "reading", &err)),
        };
        let options = ArrowReaderOptions::new()
            .with_schema(self.kind.schema())
            .with_offset_index_policy(PageIndexPolicy::Optional);
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
            .map_err(|err| StoreError::reading(&path, &err))?;
        if columns.is_empty() {
            return Ok(builder);
        }
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        Ok(builder.with_projection(mask))
    }
}

/// The rows of a part, some thousands at a time.
pub(crate) struct RecordBatches {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
}

impl RecordBatches {
    /// The file they come from, for error messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn next_rows(&mut self) -> Result<Option<RecordBatch>> {
        match self.reader.next() {
            None => Ok(None),
            Some(Ok(batch)) => Ok(Some(batch)),
            Some(Err(err)) => Err(StoreError::reading(&self.path, &err)),
        }
    }
}

/// A part being written.
pub(crate) struct PartWriter {
    kind: PartKind,
    path: PathBuf,
    // None once the file is finished; what is left then is only the passing name.
    writer: Option<ArrowWriter<HashingFile>>,
    rows: u64,
}

impl PartWriter {
    /// Starts a part under a passing name, which the next writer sweeps away if we do not finish.
    pub fn create(pool: &Path, kind: PartKind, about: &[(&str, &str)]) -> Result<PartWriter> {
        let path = passing_name(pool, kind);
        let file = File::create_new(&path).map_err(|err| StoreError::io(&path, "writing", &err))?;
        let file = HashingFile { file, hasher: blake3::Hasher::new(), bytes: 0 };
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
        Ok(PartWriter { kind, path, writer: Some(writer), rows: 0 })
    }

    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        match &mut self.writer {
            Some(writer) => writer.write(rows).map_err(|err| StoreError::writing(&self.path, &err)),
            None => Ok(()),
        }
    }

    /// Ends the file and brings it safely to disk, still under its passing name.
    pub fn finish(mut self) -> Result<WrittenPart> {
        let path = self.path.clone();
        let writer = self.writer.take().expect("a part is finished once");
        let file = writer.into_inner().map_err(|err| StoreError::writing(&path, &err))?;
        file.file.sync_all().map_err(|err| StoreError::io(&path, "writing", &err))?;
        let part = Part {
            hash: file.hasher.finalize().to_hex().to_string(),
            kind: self.kind,
            bytes: file.bytes,
            rows: self.rows,
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

fn passing_name(pool: &Path, kind: PartKind) -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    // Only one process writes to a pool, so a count within the process is enough.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    pool.join("parts").join(format!("{PASSING}{number}.{}", kind.name()))
}

/// Makes the names in `parts/` as safe as the files behind them.
pub(crate) fn sync_names(pool: &Path) -> Result<()> {
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
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
