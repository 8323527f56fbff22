//! Opening a pool: is it one, is it ours to read, is it whole, may we write?
//!
//! A pool is a directory: `ledger.sqlite`, `parts/` and `lock`. Readers take no lock; parts never
//! change and the ledger lets them read while one writer writes. A writer holds `lock` for as long
//! as it is open, so a second one hears of the first at once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::{Result, StoreError};
use crate::opening::{
    check_format, create_ledger, has_layers, is_empty_or_unfinished, open_to_read, open_to_write,
    recognise, take_lock,
};
use crate::part::Part;
use crate::part_writer::sweep;
use crate::schema::PartKind;

/// What a pool is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Any number of readers, also while one writes.
    Read,
    /// One writer.
    Write,
}

/// An open pool.
///
/// ```
/// use sheaf_store::{Access, Pool};
/// let place = tempfile::tempdir().unwrap();
/// let pool = Pool::create_or_open(&place.path().join("attacks.sheaf")).unwrap();
/// assert!(pool.imports().unwrap().is_empty());
/// let second = Pool::open(pool.path(), Access::Write).unwrap_err();
/// assert_eq!(second.code, "second-writer");
/// ```
#[derive(Debug)]
pub struct Pool {
    path: PathBuf,
    access: Access,
    ledger: Mutex<Connection>,
    // Held while an import is compared with those before it and acknowledged, so that of two that
    // are finished at the same time the second sees the first.
    turn: Mutex<()>,
    // Held for as long as the pool is open for writing.
    _lock: Option<File>,
}

impl Pool {
    /// Opens a pool for writing, making it first if there is nothing at `path`.
    pub fn create_or_open(path: &Path) -> Result<Pool> {
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::new(
                    "no-such-directory",
                    format!("{}: there is no directory to put the pool in", path.display()),
                    "make the directory first, or check the spelling",
                ));
            }
            Err(err) => return Err(StoreError::io(path, "making a pool here", &err)),
        }
        if !is_empty_or_unfinished(path) {
            return Pool::open(path, Access::Write);
        }
        let lock = take_lock(path)?;
        let parts = path.join("parts");
        match fs::create_dir(&parts) {
            Err(err) if err.kind() != io::ErrorKind::AlreadyExists => {
                return Err(StoreError::io(&parts, "making this directory", &err));
            }
            _ => {}
        }
        let ledger = create_ledger(path)?;
        let pool = Pool {
            path: path.to_owned(),
            access: Access::Write,
            ledger: Mutex::new(ledger),
            turn: Mutex::new(()),
            _lock: Some(lock),
        };
        pool.look_over()?;
        Ok(pool)
    }

    /// Opens a pool that is there.
    pub fn open(path: &Path, access: Access) -> Result<Pool> {
        recognise(path)?;
        let (ledger, lock) = match access {
            Access::Write => {
                let lock = take_lock(path)?;
                (open_to_write(path)?, Some(lock))
            }
            Access::Read => (open_to_read(path)?, None),
        };
        check_format(path, &ledger)?;
        let pool = Pool {
            path: path.to_owned(),
            access,
            ledger: Mutex::new(ledger),
            turn: Mutex::new(()),
            _lock: lock,
        };
        pool.look_over()?;
        Ok(pool)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it was opened for.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Reads every byte of every part again and gives back what is wrong, all of it.
    pub fn verify(&self) -> Result<Vec<StoreError>> {
        let parts = self.parts_in_use()?;
        Ok(parts.iter().filter_map(|part| part.check_bytes(&self.path).err()).collect())
    }

    /// The ledger. A poisoned lock means that another thread panicked while it held the ledger;
    /// what it had not committed is rolled back, so going on is safe.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Connection> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn to acknowledge.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn must_write(&self) -> Result<()> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::new(
                "opened-for-reading",
                format!("{}: this pool was opened for reading only", self.path.display()),
                "open it for writing",
            )),
        }
    }

    /// Turns an error of the ledger into a sentence.
    pub(crate) fn says(&self) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
        |err| StoreError::ledger(&self.path, &err)
    }

    /// Checks the parts from the outside; as a writer, also sweeps what an interrupted one left.
    /// A damaged view is no reason not to open: it counts as not made yet.
    fn look_over(&self) -> Result<()> {
        let parts = self.parts_in_use()?;
        for part in parts.iter().filter(|part| !part.kind.is_view()) {
            part.check_ends(&self.path)?;
        }
        if self.access == Access::Write {
            let known: std::collections::HashSet<String> =
                parts.iter().map(Part::file_name).chain(self.index_files()?).collect();
            sweep(&self.path, |name| known.contains(name))?;
        }
        Ok(())
    }

    /// Every part that an import, the newest linkage or the newest settled view of a profile rests on.
    fn parts_in_use(&self) -> Result<Vec<Part>> {
        let ledger = self.ledger();
        let layers = if has_layers(&ledger).map_err(self.says())? { PARTS_OF_LAYERS } else { "" };
        let sql = format!("{PARTS_IN_USE}{layers} ORDER BY part.kind, part.hash");
        let mut rows = ledger.prepare(&sql).map_err(self.says())?;
        let parts = rows
            .query_map([], part_from)
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(self.says())?;
        parts
            .into_iter()
            .map(|part| part.map_err(|kind| self.unreadable("a part", &kind)))
            .collect()
    }

    /// The part of this kind and hash, as the ledger knows it.
    pub(crate) fn part(&self, kind: PartKind, hash: &str) -> Result<Part> {
        let part = self.ledger().query_row(
            "SELECT * FROM part WHERE hash = ?1 AND kind = ?2",
            [hash, kind.name()],
            part_from,
        );
        part.map_err(self.says())?.map_err(|kind| self.unreadable("a part", &kind))
    }

    /// The ledger holds a word we do not know.
    pub(crate) fn unreadable(&self, what: &str, word: &str) -> StoreError {
        StoreError::new(
            "ledger-damaged",
            format!(
                "{}: the ledger says \"{word}\" of {what}, which is no word for it",
                self.path.join("ledger.sqlite").display()
            ),
            "put back a copy of ledger.sqlite; the parts beside it are untouched",
        )
    }
}

const PARTS_IN_USE: &str = "
    SELECT part.* FROM part
    WHERE (part.kind = 'reports' AND part.hash IN (SELECT reports FROM import))
       OR (part.kind = 'claims' AND part.hash IN (SELECT claims FROM import))
       OR (part.kind = 'notes' AND part.hash IN (SELECT notes FROM import))
       OR (part.kind = 'members' AND part.hash =
               (SELECT members FROM linkage ORDER BY linkage DESC LIMIT 1))
       OR (part.kind = 'incidents' AND part.hash IN (SELECT incidents FROM settled
               WHERE settled IN (SELECT max(settled) FROM settled GROUP BY profile)))
       OR (part.kind = 'values' AND part.hash IN (SELECT settled_values FROM settled
               WHERE settled IN (SELECT max(settled) FROM settled GROUP BY profile)))";

/// Only views that are in use have layers.
const PARTS_OF_LAYERS: &str = "
       OR (part.kind = 'members' AND part.hash IN (SELECT members FROM linkage_layer))
       OR (part.kind = 'incidents' AND part.hash IN (SELECT incidents FROM settled_layer))
       OR (part.kind = 'values' AND part.hash IN (SELECT settled_values FROM settled_layer))
       OR (part.kind = 'gone' AND part.hash IN
               (SELECT gone FROM linkage_layer UNION SELECT gone FROM settled_layer))";

/// The inner error is a kind we do not know.
fn part_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<std::result::Result<Part, String>> {
    let kind: String = row.get("kind")?;
    let Some(known) = PartKind::from_name(&kind) else { return Ok(Err(kind)) };
    Ok(Ok(Part {
        hash: row.get("hash")?,
        kind: known,
        bytes: row.get::<_, i64>("bytes")? as u64,
        rows: row.get::<_, i64>("n_rows")? as u64,
        footer: row.get("footer")?,
    }))
}
