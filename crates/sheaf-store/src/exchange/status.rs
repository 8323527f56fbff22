//! What became of a batch, kept so that its sender can ask again.

use rusqlite::{Connection, OptionalExtension as _};

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// How long a status is kept at least: a week, where TAXII asks for nothing and the rules between members
/// for a day.
pub(crate) const KEPT_FOR: Micros = 7 * 86_400 * 1_000_000;

/// What became of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// Its id, a UUID.
    pub id: String,
    /// The root it was sent to.
    pub root: i64,
    /// Whose batch it was; 0 for what came with an imported collection, which any account may ask for.
    pub account: i64,
    /// When it came.
    pub at: Micros,
    /// The resource, as it is given out.
    pub body: String,
}

impl Exchange {
    /// The status with this id under this root.
    pub fn status(&self, root: i64, id: &str) -> Result<Option<Status>> {
        self.find(
            "SELECT id, root, account, at, body FROM exchange_status WHERE id = ?1 AND root = ?2",
            (id, root),
            |row| {
                Ok(Status {
                    id: row.get(0)?,
                    root: row.get(1)?,
                    account: row.get(2)?,
                    at: row.get(3)?,
                    body: row.get(4)?,
                })
            },
        )
    }

    /// Keeps a status that came from elsewhere.
    pub fn keep_status(&self, status: &Status) -> Result<()> {
        keep(&self.writer(), status, None).map_err(self.says())
    }
}

/// Keeps a status, with what the sender called the batch and the hash of what it sent.
pub(crate) fn keep(
    ledger: &Connection,
    status: &Status,
    sent: Option<(&str, &[u8; 32])>,
) -> rusqlite::Result<()> {
    ledger
        .prepare_cached(
            "INSERT OR REPLACE INTO exchange_status (id, root, account, at, sent_as, digest, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            &status.id,
            status.root,
            status.account,
            status.at,
            sent.map(|(key, _)| key),
            sent.map(|(_, digest)| &digest[..]),
            &status.body,
        ))?;
    Ok(())
}

/// Forgets statuses that are older than they must be kept; those that came with a collection stay.
pub(crate) fn forget(ledger: &Connection, now: Micros) -> rusqlite::Result<()> {
    ledger
        .prepare_cached("DELETE FROM exchange_status WHERE at < ?1 AND account <> 0")?
        .execute([now.saturating_sub(KEPT_FOR)])?;
    Ok(())
}

/// What became of the batch that this account called so, and the hash of what it sent then.
pub(crate) fn sent_before(
    ledger: &Connection,
    account: i64,
    key: &str,
) -> rusqlite::Result<Option<(Vec<u8>, String)>> {
    ledger
        .prepare_cached(
            "SELECT digest, body FROM exchange_status WHERE account = ?1 AND sent_as = ?2",
        )?
        .query_row((account, key), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
