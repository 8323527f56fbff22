//! Who is signed in to the desk's pages. What a browser holds never lies here, only its digest.

use rusqlite::OptionalExtension as _;

use super::Exchange;
use super::accounts::{Account, account_from};
use super::stamp::Micros;
use crate::error::Result;

/// How long a session lasts at most, and how long without being used.
const LASTS: Micros = 7 * 24 * 3_600 * 1_000_000;
const IDLE: Micros = 12 * 3_600 * 1_000_000;
/// How exactly it is kept when one was last used: a write for every request would be too many.
const USED_TO: Micros = 5 * 60 * 1_000_000;

impl Exchange {
    /// Begins a session of an account; those that are over are forgotten. `digest` is blake3 of what the
    /// browser is given.
    pub fn begin_session(&self, account: i64, digest: &[u8; 32], now: Micros) -> Result<()> {
        let ledger = self.writer();
        ledger
            .execute(
                "DELETE FROM desk_session WHERE begun <= ?1 OR used <= ?2",
                [now - LASTS, now - IDLE],
            )
            .and_then(|_| {
                ledger.execute(
                    "INSERT INTO desk_session (digest, account, begun, used) VALUES (?1, ?2, ?3, ?3)",
                    (&digest[..], account, now),
                )
            })
            .map(|_| ())
            .map_err(self.says())
    }

    /// The account of a session, unless the session is over, was idle for too long, or the account is closed.
    pub fn session(&self, digest: &[u8; 32], now: Micros) -> Result<Option<Account>> {
        let found = self.read(|ledger| {
            ledger
                .prepare_cached(
                    "SELECT a.account, a.name, m.name, a.password, a.roles, s.used
                     FROM desk_session s JOIN exchange_account a USING (account)
                     JOIN exchange_member m USING (member)
                     WHERE s.digest = ?1 AND s.begun > ?2 AND s.used > ?3 AND a.closed = 0",
                )
                .and_then(|mut query| {
                    query
                        .query_row((&digest[..], now - LASTS, now - IDLE), |row| {
                            Ok((account_from(row)?, row.get::<_, Micros>(5)?))
                        })
                        .optional()
                })
                .map_err(self.says())
        })?;
        let Some((account, used)) = found else { return Ok(None) };
        if now - used >= USED_TO {
            self.writer()
                .execute(
                    "UPDATE desk_session SET used = ?2 WHERE digest = ?1 AND used < ?2",
                    (&digest[..], now),
                )
                .map_err(self.says())?;
        }
        Ok(Some(account))
    }

    /// The accounts that are signed in, each once, the one that was there last first.
    pub fn signed_in(&self, now: Micros) -> Result<Vec<Account>> {
        self.read(|ledger| {
            let mut query = ledger
                .prepare_cached(
                    "SELECT a.account, a.name, m.name, a.password, a.roles
                     FROM desk_session s JOIN exchange_account a USING (account)
                     JOIN exchange_member m USING (member)
                     WHERE s.begun > ?1 AND s.used > ?2 AND a.closed = 0
                     GROUP BY a.account ORDER BY max(s.used) DESC, a.account",
                )
                .map_err(self.says())?;
            let rows = query.query_map([now - LASTS, now - IDLE], account_from);
            rows.and_then(Iterator::collect).map_err(self.says())
        })
    }

    /// Ends a session.
    pub fn end_session(&self, digest: &[u8; 32]) -> Result<()> {
        self.writer()
            .execute("DELETE FROM desk_session WHERE digest = ?1", [&digest[..]])
            .map(|_| ())
            .map_err(self.says())
    }

    /// Gives an account another password, as its hash; whoever is signed in by the old one no longer is.
    pub fn set_password(&self, account: i64, hash: &str) -> Result<()> {
        let mut ledger = self.writer();
        let change = ledger.transaction().map_err(self.says())?;
        change
            .execute(
                "UPDATE exchange_account SET password = ?2 WHERE account = ?1",
                (account, hash),
            )
            .and_then(|_| change.execute("DELETE FROM desk_session WHERE account = ?1", [account]))
            .and_then(|_| change.commit())
            .map_err(self.says())
    }
}
