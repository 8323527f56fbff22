//! Telling a pool from everything else that may stand at a path, and opening its ledger.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::acting;
use crate::error::{Result, StoreError};

/// Stands at a fixed place in `ledger.sqlite` and says that it is a pool's: "shea" in ASCII.
const APPLICATION_ID: i64 = 0x7368_6561;
/// What each format after the first adds to the ledger.
const STEPS: &[&[&str]] = &[
    // Programs that know format 1 only would read half of a view in layers.
    &[include_str!("ledger_2.sql")],
    // Programs that know format 2 only would not mind, but nor would they keep what the exchange promises.
    &[include_str!("ledger_3.sql")],
    // Programs that know format 3 only would change what was passed on as if it were their own.
    &[include_str!("ledger_4.sql")],
    // Programs that know format 4 only would change passwords and leave those signed in who had the old one,
    // and do what has to stand in the audit log.
    &[
        include_str!("ledger_5_session.sql"),
        include_str!("ledger_5_audit.sql"),
        include_str!("ledger_5_bundle.sql"),
        include_str!("ledger_5_names.sql"),
        include_str!("ledger_5_screening.sql"),
        include_str!("ledger_5_narrowing.sql"),
        include_str!("ledger_5_custody.sql"),
        include_str!("ledger_5_release.sql"),
        include_str!("ledger_5_alarms.sql"),
        include_str!("ledger_5_coordination.sql"),
        include_str!("ledger_5_sites.sql"),
        include_str!("ledger_5_subscription.sql"),
        include_str!("ledger_5_correction.sql"),
    ],
];
/// The format this program writes, and the newest it reads.
const FORMAT: i64 = STEPS.len() as i64 + 1;

/// A directory with nothing in it, or with what a creation left that was interrupted before the
/// ledger said anything.
pub(crate) fn is_empty_or_unfinished(path: &Path) -> bool {
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
pub(crate) fn recognise(path: &Path) -> Result<()> {
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

/// Checks that the ledger is a pool's, and one that this program reads; says which format it has.
pub(crate) fn check_format(path: &Path, ledger: &Connection) -> Result<i64> {
    let says = |err| StoreError::ledger(path, &err);
    let application: i64 = ledger.query_row("PRAGMA application_id", [], one).map_err(says)?;
    let format: i64 = ledger.query_row("PRAGMA user_version", [], one).map_err(says)?;
    let n_tables: i64 =
        ledger.query_row("SELECT count(*) FROM sqlite_schema", [], one).map_err(says)?;
    if application == 0 && n_tables == 0 {
        return Err(StoreError::new(
            "not-a-pool",
            format!("{}: this is no pool yet: making it was interrupted", path.display()),
            "nothing was lost; start it again under the same name",
        ));
    }
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
    Ok(format)
}

/// Whether the ledger has what format 2 added. Asked each time, since a writer may bring a pool to
/// the newer format while it is being read.
pub(crate) fn has_layers(ledger: &Connection) -> rusqlite::Result<bool> {
    let mut query =
        ledger.prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = 'linkage_layer'")?;
    query.exists([])
}

pub(crate) fn take_lock(path: &Path) -> Result<File> {
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

pub(crate) fn create_ledger(path: &Path) -> Result<Connection> {
    let says = |err| StoreError::ledger(path, &err);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut ledger =
        Connection::open_with_flags(path.join("ledger.sqlite"), flags).map_err(says)?;
    prepare_to_write(&ledger).map_err(says)?;
    let deed = ledger.transaction().map_err(says)?;
    deed.execute_batch(include_str!("ledger.sql")).map_err(says)?;
    for added in STEPS.iter().copied().flatten() {
        deed.execute_batch(added).map_err(says)?;
    }
    deed.pragma_update(None, "application_id", APPLICATION_ID).map_err(says)?;
    deed.pragma_update(None, "user_version", FORMAT).map_err(says)?;
    deed.commit().map_err(says)?;
    Ok(ledger)
}

pub(crate) fn open_to_write(path: &Path) -> Result<Connection> {
    let says = |err| StoreError::ledger(path, &err);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut ledger =
        Connection::open_with_flags(path.join("ledger.sqlite"), flags).map_err(says)?;
    // Before anything is written to it: it may be another program's.
    let format = check_format(path, &ledger)?;
    prepare_to_write(&ledger).map_err(says)?;
    if format < FORMAT {
        bring_up(&mut ledger).map_err(says)?;
    }
    Ok(ledger)
}

/// Brings a ledger to the present format, step by step. Which steps are left is asked once nobody else
/// can write: another program may have taken them meanwhile.
fn bring_up(ledger: &mut Connection) -> rusqlite::Result<()> {
    let deed = ledger.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let format: i64 = deed.query_row("PRAGMA user_version", [], one)?;
    let has = usize::try_from(format - 1).unwrap_or(0);
    for added in STEPS.iter().skip(has).copied().flatten() {
        deed.execute_batch(added)?;
    }
    deed.pragma_update(None, "user_version", FORMAT)?;
    deed.commit()
}

/// `synchronous = FULL`: an acknowledged import survives a power cut, not only a kill.
fn prepare_to_write(ledger: &Connection) -> rusqlite::Result<()> {
    acting::tell(ledger)?;
    ledger.busy_timeout(std::time::Duration::from_secs(5))?;
    ledger.pragma_update(None, "journal_mode", "WAL")?;
    ledger.pragma_update(None, "synchronous", "FULL")?;
    ledger.pragma_update(None, "foreign_keys", true)
}

/// A ledger in WAL mode wants a file beside it even for reading. Where that cannot be made (a
/// read-only disk) it is opened as immutable, which is true there unless a log was left behind.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection> {
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
