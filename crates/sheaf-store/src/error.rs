//! What can go wrong with a pool, said in a sentence a person can act on.
//!
//! Every error has a stable code (for JSON and for programs), a sentence that names the thing and
//! the place, and a hint that says what to do next. Nothing a library says is shown raw when we
//! know what it means; what we do not know is quoted after our own words.

use std::io;
use std::path::Path;

/// Why a pool could not do what was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct StoreError {
    /// A lower-case sentence: which thing, where, what is wrong.
    pub what: String,
    /// What to do about it. Empty when there is nothing to say.
    pub hint: String,
    /// A stable code.
    pub code: &'static str,
}

/// What the functions of this crate give back.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub(crate) fn new(
        code: &'static str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> StoreError {
        StoreError { what: what.into(), hint: hint.into(), code }
    }

    /// An error of the file system, told apart by what the person can do.
    pub(crate) fn io(path: &Path, doing: &str, err: &io::Error) -> StoreError {
        match err.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => StoreError::disk_full(path),
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => StoreError::new(
                "not-permitted",
                format!("{}: {doing} is not permitted", path.display()),
                "check who owns the directory, or work on a copy of the pool",
            ),
            _ => StoreError::new(
                "disk-error",
                format!("{}: {doing} failed: {}", path.display(), plain(err)),
                "nothing that was acknowledged is lost; try again",
            ),
        }
    }

    pub(crate) fn disk_full(path: &Path) -> StoreError {
        StoreError::new(
            "disk-full",
            format!("{}: the disk is full", path.display()),
            "free some space and try again; the pool is as it was before",
        )
    }

    /// An error of the ledger.
    pub(crate) fn ledger(path: &Path, err: &rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode;
        let ledger = path.join("ledger.sqlite");
        match err.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::disk_full(&ledger),
            Some(ErrorCode::ReadOnly) => StoreError::read_only(path),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::new(
                "ledger-damaged",
                format!("{}: the ledger is damaged", ledger.display()),
                "put back a copy of ledger.sqlite; the parts beside it are untouched",
            ),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::new(
                "ledger-busy",
                format!("{}: another program holds the ledger", ledger.display()),
                "close it, or wait until it is done",
            ),
            _ => StoreError::new(
                "ledger-error",
                format!("{}: the ledger could not be used: {err}", ledger.display()),
                "nothing that was acknowledged is lost; try again",
            ),
        }
    }

    pub(crate) fn read_only(path: &Path) -> StoreError {
        StoreError::new(
            "read-only",
            format!("{}: this pool can be read but not written", path.display()),
            "copy the pool to a place where you may write, and work there",
        )
    }

    /// An error while writing a part.
    pub(crate) fn writing(path: &Path, err: &parquet::errors::ParquetError) -> StoreError {
        match io_cause(err) {
            Some(cause) => StoreError::io(path, "writing", cause),
            None => StoreError::new(
                "write-failed",
                format!("{}: the part could not be written: {err}", path.display()),
                "nothing was added to the pool; please report this",
            ),
        }
    }

    /// A part that does not read as what it was when it was written.
    pub(crate) fn altered(path: &Path, what: impl std::fmt::Display) -> StoreError {
        StoreError::new(
            "part-altered",
            format!("{}: this part is not as it was written: {what}", path.display()),
            "put back a copy of this file, or remove the pool and read the files again",
        )
    }

    /// An error while reading a part.
    pub(crate) fn reading(path: &Path, err: &(dyn std::error::Error + 'static)) -> StoreError {
        match io_cause(err) {
            Some(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
                StoreError::io(path, "reading", cause)
            }
            _ => StoreError::altered(path, err),
        }
    }
}

/// The error of the file system behind another error, if there is one.
fn io_cause<'a>(err: &'a (dyn std::error::Error + 'static)) -> Option<&'a io::Error> {
    let mut next = Some(err);
    while let Some(here) = next {
        if let Some(found) = here.downcast_ref::<io::Error>() {
            return Some(found);
        }
        next = here.source();
    }
    None
}

/// The system's own words without the number behind them.
fn plain(err: &io::Error) -> String {
    let text = err.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
