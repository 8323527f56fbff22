//! Opening a pool: is it one, is it ours to read, is it whole, may we write?
//!
//! A pool is a directory: `ledger.sqlite`, `parts/` and `lock`. Readers take no lock; parts never
//! change and the ledger lets them read while one writer writes. A writer holds `lock` for as long
//! as it is open, so a second one hears of the first at once.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::part::{self, Part};
use crate::schema::PartKind;

/// Stands at a fixed place in `ledger.sqlite` and says that it is a pool's: "shea" in ASCII.
const APPLICATION_ID: i64 = 0x7368_6561;
/// The format this program writes, and the newest it reads.
const FORMAT: i64 = 1;

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
        let pool = Pool { path: path.to_owned(), access, ledger: Mutex::new(ledger), _lock: lock };
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
    fn look_over(&self) -> Result<()> {
        let parts = self.parts_in_use()?;
        for part in &parts {
            part.check_ends(&self.path)?;
        }
        if self.access == Access::Write {
            let known: std::collections::HashSet<String> =
                parts.iter().map(Part::file_name).collect();
            part::sweep(&self.path, |name| known.contains(name))?;
        }
        Ok(())
    }

    /// Every part that an import, the newest linkage or the newest settled view of a profile rests on.
    fn parts_in_use(&self) -> Result<Vec<Part>> {
        let ledger = self.ledger();
        let mut rows = ledger.prepare(PARTS_IN_USE).map_err(self.says())?;
        let parts = rows
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, String, i64, i64)>>>)
            .map_err(self.says())?;
        parts.into_iter().map(|row| self.part_from(row)).collect()
    }

    /// The part of this kind and hash, as the ledger knows it.
    pub(crate) fn part(&self, kind: PartKind, hash: &str) -> Result<Part> {
        let row = self
            .ledger()
            .query_row(
                "SELECT hash, kind, bytes, n_rows FROM part WHERE hash = ?1 AND kind = ?2",
                [hash, kind.name()],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .map_err(self.says())?;
        self.part_from(row)
    }

    fn part_from(&self, row: (String, String, i64, i64)) -> Result<Part> {
        let (hash, kind, bytes, rows) = row;
        let kind = PartKind::from_name(&kind).ok_or_else(|| self.unreadable("a part", &kind))?;
        Ok(Part { hash, kind, bytes: bytes as u64, rows: rows as u64 })
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
    SELECT part.hash, part.kind, part.bytes, part.n_rows FROM part
    WHERE (part.kind = 'reports' AND part.hash IN (SELECT reports FROM import))
       OR (part.kind = 'claims' AND part.hash IN (SELECT claims FROM import))
       OR (part.kind = 'notes' AND part.hash IN (SELECT notes FROM import))
       OR (part.kind = 'members' AND part.hash =
               (SELECT members FROM linkage ORDER BY linkage DESC LIMIT 1))
       OR (part.kind = 'incidents' AND part.hash IN (SELECT incidents FROM settled
               WHERE settled IN (SELECT max(settled) FROM settled GROUP BY profile)))
       OR (part.kind = 'values' AND part.hash IN (SELECT settled_values FROM settled
               WHERE settled IN (SELECT max(settled) FROM settled GROUP BY profile)))
    ORDER BY part.kind, part.hash";

/// A directory with nothing in it, or with what a creation left that was interrupted before the
/// ledger said anything.
fn is_empty_or_unfinished(path: &Path) -> bool {
    let Ok(listing) = fs::read_dir(path) else { return false };
    let mut ledger = false;
    for entry in listing.flatten() {
        match entry.file_name().to_str() {
            Some("ledger.sqlite") => ledger = true,
            Some("lock" | "parts" | "ledger.sqlite-wal" | "ledger.sqlite-shm") => {}
            Some("ledger.sqlite-journal") => {}
            _ => return false,
        }
    }
    if !ledger {
        return true;
    }
    // The ledger is made in one transaction that sets the format; before it there is nothing.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path.join("ledger.sqlite"), flags)
        .and_then(|ledger| ledger.query_row("SELECT count(*) FROM sqlite_schema", [], one))
        .is_ok_and(|tables: i64| tables == 0)
}

fn one<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}

/// Tells a pool from everything else that may stand at a path.
fn recognise(path: &Path) -> Result<()> {
    let not_a_pool = |what: &str, hint: &str| {
        Err(StoreError::new("not-a-pool", format!("{}: {what}", path.display()), hint))
    };
    match fs::metadata(path) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::new(
                "no-such-pool",
                format!("{}: there is no pool here", path.display()),
                "check the spelling; a pool is a directory, usually named NAME.sheaf",
            ));
        }
        Err(err) => return Err(StoreError::io(path, "reading", &err)),
        Ok(found) if !found.is_dir() => {
            return not_a_pool(
                "this is a file, not a pool",
                "a pool is a directory, usually named NAME.sheaf; to take a file in, name the \
                 pool first",
            );
        }
        Ok(_) => {}
    }
    if !path.join("ledger.sqlite").is_file() {
        return not_a_pool(
            "this directory is not a pool: it has no ledger.sqlite",
            "name another directory, or an unused name to start a new pool",
        );
    }
    Ok(())
}

fn check_format(path: &Path, ledger: &Connection) -> Result<()> {
    let says = |err| StoreError::ledger(path, &err);
    let application: i64 = ledger.query_row("PRAGMA application_id", [], one).map_err(says)?;
    let format: i64 = ledger.query_row("PRAGMA user_version", [], one).map_err(says)?;
    if application != APPLICATION_ID {
        return Err(StoreError::new(
            "not-a-pool",
            format!(
                "{}: this directory is not a pool: its ledger.sqlite belongs to another program",
                path.display()
            ),
            "name another directory, or an unused name to start a new pool",
        ));
    }
    if format > FORMAT {
        return Err(StoreError::new(
            "newer-format",
            format!(
                "{}: this pool is of format {format}, and this program reads formats up to \
                 {FORMAT}",
                path.display()
            ),
            "use a newer sheaf; nothing in the pool was changed",
        ));
    }
    Ok(())
}

fn take_lock(path: &Path) -> Result<File> {
    let name = path.join("lock");
    let opened = File::options().create(true).truncate(false).write(true).open(&name);
    let lock = match opened {
        Ok(lock) => lock,
        Err(err)
            if matches!(
                err.kind(),
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
            ) =>
        {
            return Err(StoreError::read_only(path));
        }
        Err(err) => return Err(StoreError::io(&name, "writing", &err)),
    };
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(
            "second-writer",
            format!("{}: another program is writing to this pool", path.display()),
            "wait until it is done; reading is possible meanwhile",
        )),
        Err(TryLockError::Error(err)) => Err(StoreError::io(&name, "locking", &err)),
    }
}

fn create_ledger(path: &Path) -> Result<Connection> {
    let says = |err| StoreError::ledger(path, &err);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut ledger =
        Connection::open_with_flags(path.join("ledger.sqlite"), flags).map_err(says)?;
    prepare_to_write(&ledger).map_err(says)?;
    let deed = ledger.transaction().map_err(says)?;
    deed.execute_batch(include_str!("ledger.sql")).map_err(says)?;
    deed.pragma_update(None, "application_id", APPLICATION_ID).map_err(says)?;
    deed.pragma_update(None, "user_version", FORMAT).map_err(says)?;
    deed.commit().map_err(says)?;
    Ok(ledger)
}

fn open_to_write(path: &Path) -> Result<Connection> {
    let says = |err| StoreError::ledger(path, &err);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let ledger = Connection::open_with_flags(path.join("ledger.sqlite"), flags).map_err(says)?;
    // Before anything is written to it: it may be another program's.
    check_format(path, &ledger)?;
    prepare_to_write(&ledger).map_err(says)?;
    Ok(ledger)
}

/// `synchronous = FULL`: an acknowledged import survives a power cut, not only a kill.
fn prepare_to_write(ledger: &Connection) -> rusqlite::Result<()> {
    ledger.busy_timeout(std::time::Duration::from_secs(5))?;
    ledger.pragma_update(None, "journal_mode", "WAL")?;
    ledger.pragma_update(None, "synchronous", "FULL")?;
    ledger.pragma_update(None, "foreign_keys", true)
}

/// A ledger in WAL mode wants a file beside it even for reading. Where that cannot be made (a
/// read-only disk) it is opened as immutable, which is true there unless a log was left behind.
fn open_to_read(path: &Path) -> Result<Connection> {
    let says = |err| StoreError::ledger(path, &err);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let name = path.join("ledger.sqlite");
    let plain = Connection::open_with_flags(&name, flags).and_then(|ledger| {
        ledger.busy_timeout(std::time::Duration::from_secs(5))?;
        ledger.query_row("SELECT count(*) FROM sqlite_schema", [], one::<i64>)?;
        Ok(ledger)
    });
    let err = match plain {
        Ok(ledger) => return Ok(ledger),
        Err(err) => err,
    };
    use rusqlite::ErrorCode;
    if !matches!(
        err.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    ) {
        return Err(says(err));
    }
    if let Err(err) = File::open(&name) {
        return Err(StoreError::io(&name, "reading", &err));
    }
    let log = path.join("ledger.sqlite-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::new(
            "log-left-behind",
            format!(
                "{}: the last writer was interrupted, and this disk is read-only",
                path.display()
            ),
            "copy the pool to a place where you may write, and open it there once",
        ));
    }
    let uri = format!("file:{}?immutable=1", as_uri(&name));
    Connection::open_with_flags(uri, flags).map_err(says)
}

/// A path as SQLite wants it in a URI.
fn as_uri(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'%' | b'?' | b'#' => text.push_str(&format!("%{byte:02x}")),
            byte if byte.is_ascii() => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02x}")),
        }
    }
    text
}
