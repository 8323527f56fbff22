//! One part on disk: immutable, named by the hash of its bytes.
//!
//! A part is never changed, so a reader needs no lock, and its name is its checksum.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;

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
    /// blake3 of its footer, which says where everything else in it is.
    pub footer: String,
}

impl Part {
    pub fn file_name(&self) -> String {
        format!("{}.{}.parquet", self.hash, self.kind.name())
    }

    pub fn path(&self, pool: &Path) -> PathBuf {
        pool.join("parts").join(self.file_name())
    }

    /// The cheap check made whenever a pool is opened: is it there, is it as long as it was, is its
    /// footer as it was?
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
        let footer =
            footer_hash(&mut file, length).map_err(|err| StoreError::io(&path, "reading", &err))?;
        if footer.is_none_or(|footer| footer != self.footer) {
            return Err(StoreError::altered(&path, "its end is not the end that was written"));
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
        if self.kind.is_view() {
            return StoreError::new(
                "view-gone",
                format!("{}: this view was replaced by a newer one", path.display()),
                "ask for the newest view",
            );
        }
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
        let reader = guarded(&path, || builder.build())?;
        Ok(RecordBatches { path, reader })
    }

    /// Like [`Part::read`], of all columns, with some of them as positions in lists of words. Where a list stays the same
    /// from one batch to the next, it is the same array.
    pub fn read_listed(&self, pool: &Path, listed: &[&str], batch: usize) -> Result<RecordBatches> {
        let as_listed = |field: &FieldRef| match listed.contains(&field.name().as_str()) {
            false => field.clone(),
            true => {
                let words = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
                Arc::new(Field::new(field.name(), words, field.is_nullable()))
            }
        };
        let fields: Vec<FieldRef> = self.kind.schema().fields().iter().map(as_listed).collect();
        let builder = self.builder_as(pool, &[], Arc::new(Schema::new(fields)))?;
        let builder = builder.with_batch_size(batch);
        let path = self.path(pool);
        let reader = guarded(&path, || builder.build())?;
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
        let builder = self.builder(pool, columns)?.with_batch_size(batch);
        let path = self.path(pool);
        let reader = guarded(&path, || {
            let ranges = rows.iter().map(|range| range.start as usize..range.end as usize);
            let selection = RowSelection::from_consecutive_ranges(ranges, self.rows as usize);
            builder.with_row_selection(selection).build()
        })?;
        Ok(RecordBatches { path, reader })
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
            let builder = builder.with_row_groups(vec![idx]).with_batch_size(1 << 14);
            let reader = guarded(&path, || builder.build())?;
            Ok((first_row, RecordBatches { path: path.clone(), reader }))
        };
        groups.into_iter().map(read).collect()
    }

    fn builder(
        &self,
        pool: &Path,
        columns: &[&str],
    ) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        self.builder_as(pool, columns, self.kind.schema())
    }

    fn builder_as(
        &self,
        pool: &Path,
        columns: &[&str],
        schema: SchemaRef,
    ) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let path = self.path(pool);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Err(self.missing(&path)),
            Err(err) => return Err(StoreError::io(&path, "reading", &err)),
        };
        let options = ArrowReaderOptions::new()
            .with_schema(schema)
            .with_offset_index_policy(PageIndexPolicy::Optional);
        let builder = guarded(&path, || {
            ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        })?;
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
        guarded(&self.path, || self.reader.next().transpose().map_err(ParquetError::from))
    }
}

impl RecordBatches {
    /// What is made of the rows, so many chunks ahead of whoever takes it, on a thread of its own.
    pub fn ahead<T: Send + 'static>(
        mut self,
        waiting: usize,
        make: impl Fn(&RecordBatch, &Path) -> Result<T> + Send + 'static,
    ) -> Ahead<T> {
        let path = self.path.clone();
        let (give, chunks) = sync_channel(waiting);
        thread::spawn(move || {
            loop {
                let read = self.next_rows();
                let made = read.and_then(|it| it.map(|it| make(&it, &self.path)).transpose());
                let is_last = !matches!(made, Ok(Some(_)));
                // It ends when the rows do, or when nobody takes them any more.
                if give.send(made).is_err() || is_last {
                    return;
                }
            }
        });
        Ahead { path, chunks }
    }
}

/// Chunks of a part that are read ahead.
pub(crate) struct Ahead<T> {
    path: PathBuf,
    chunks: Receiver<Result<Option<T>>>,
}

impl<T> Ahead<T> {
    /// The file they come from, for error messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next chunk; `None` at the end, after which nothing may be asked.
    pub fn next_chunk(&mut self) -> Result<Option<T>> {
        // Whoever reads says so when the rows end; if nobody says anything, it broke off.
        let chunk = self.chunks.recv();
        chunk.map_err(|_| StoreError::altered(&self.path, "it cannot be read to its end"))?
    }
}

/// Calls the Parquet library on a file that may have been altered since it was opened, on which it
/// sometimes panics where it should fail.
fn guarded<T>(
    path: &Path,
    read: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> Result<T> {
    // What is half done inside is not used again: an error ends the reading.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(outcome) => outcome.map_err(|err| StoreError::reading(path, &err)),
        Err(_) => Err(StoreError::altered(path, "it cannot be decoded")),
    }
}

/// blake3 of the footer of a Parquet file of this length; `None` if it does not end like one.
pub(crate) fn footer_hash(file: &mut File, length: u64) -> io::Result<Option<String>> {
    let mut end = [0; 8];
    if length < 12 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - 8))?;
    file.read_exact(&mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    let footer = u64::from(u32::from_le_bytes([a, b, c, d])) + 8;
    if &magic != b"PAR1" || footer > length - 4 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - footer))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(Some(hasher.finalize().to_hex().to_string()))
}
