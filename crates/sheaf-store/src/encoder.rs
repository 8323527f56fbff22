//! Parts written on a thread of their own, so that making rows and encoding them go on together.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use arrow_array::RecordBatch;

use crate::error::{Result, StoreError};
use crate::part::Part;
use crate::part_writer::{PartWriter, WrittenPart, sync_names};
use crate::schema::PartKind;

/// Chunks that may wait: enough to keep the thread busy, few enough to stay small.
const WAITING: usize = 2;

/// Some parts being written together. Dropped unfinished, it leaves nothing.
pub(crate) struct Encoder {
    pool: PathBuf,
    // Both are None once the parts are finished or have failed.
    chunks: Option<SyncSender<(PartKind, RecordBatch)>>,
    thread: Option<JoinHandle<Result<Vec<WrittenPart>>>>,
}

impl Encoder {
    /// Starts one part of each kind. `about` goes into their metadata.
    pub fn start(pool: &Path, kinds: &[PartKind], about: &[(&str, &str)]) -> Result<Encoder> {
        let create = |&kind| Ok((kind, PartWriter::create(pool, kind, about)?));
        let mut writers = kinds.iter().map(create).collect::<Result<Vec<_>>>()?;
        let (chunks, waiting) = sync_channel::<(PartKind, RecordBatch)>(WAITING);
        let thread = std::thread::spawn(move || {
            for (kind, rows) in waiting {
                for (_, writer) in writers.iter_mut().filter(|(its, _)| *its == kind) {
                    writer.write(&rows)?;
                }
            }
            writers.into_iter().map(|(_, writer)| writer.finish()).collect()
        });
        Ok(Encoder { pool: pool.to_owned(), chunks: Some(chunks), thread: Some(thread) })
    }

    /// Hands a chunk of rows over; waits while too many are waiting.
    pub fn send(&mut self, kind: PartKind, rows: RecordBatch) -> Result<()> {
        let sent = self.chunks.as_ref().is_some_and(|chunks| chunks.send((kind, rows)).is_ok());
        if sent {
            return Ok(());
        }
        // The thread has gone; it tells why.
        self.join().and_then(|_| Err(gone()))
    }

    /// Ends the parts, in the order in which their kinds were given, under their own names and
    /// safely on disk.
    pub fn finish(mut self) -> Result<Vec<Part>> {
        let written = self.join()?;
        let parts =
            written.into_iter().map(|it| it.keep(&self.pool)).collect::<Result<Vec<_>>>()?;
        sync_names(&self.pool)?;
        Ok(parts)
    }

    fn join(&mut self) -> Result<Vec<WrittenPart>> {
        drop(self.chunks.take());
        let thread = self.thread.take().ok_or_else(gone)?;
        thread.join().unwrap_or_else(|_| Err(gone()))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // The parts are dropped with the thread's answer, and with them their files.
        drop(self.join());
    }
}

fn gone() -> StoreError {
    StoreError::new(
        "write-failed",
        "a part could not be written: its writer stopped",
        "nothing was added to the pool; please report this",
    )
}
