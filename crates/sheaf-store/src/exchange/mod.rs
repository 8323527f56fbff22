//! The exchange between members: who may come, what lies in which collection, and the log of objects.
//!
//! The log is what other organisations pull from and push to. Every version of every object stands in
//! it once, in the order in which it was acknowledged, with a time that rises strictly within its
//! collection; that time is the cursor by which others read on. A batch is one transaction: what was
//! acknowledged is on the disk, what was not is not there. Withdrawal takes the text out of every version
//! and leaves a notice, which those who read on are told; what was withdrawn does not come back by
//! being sent again.
//!
//! Pools pass objects on to each other ([`Exchange::receive`], [`Exchange::outgoing`]); with each object
//! goes where it was brought in first, over how many nodes it came, and how often it has been withdrawn.
//!
//! What goes in: objects as they were sent ([`Incoming`], [`Exchange::put`]), withdrawals
//! ([`Exchange::withdraw`]), and members, accounts and their rights. What comes out: pages of the log
//! ([`Exchange::page`]), limited to the classes that a reader may see.
//!
//! What it does not do: it knows neither HTTP nor what a marking means; whoever calls says which classes
//! a reader may see and into which an object falls. It has no clock.
//!
//! It lies in the ledger of a pool and takes no part in the pool's lock: it touches no parts, SQLite lets
//! one writer in at a time, and a server that runs for months must not keep an office from adding files.

mod accounts;
mod alarms;
mod audit;
mod bundles;
mod canonical;
mod coordination;
mod corrections;
mod held;
mod incoming;
mod lives;
mod moments;
mod narrowing;
mod page;
mod peers;
mod published;
mod put;
mod receive;
mod releases;
mod rows;
mod server;
mod sessions;
mod sharing;
mod stamp;
mod status;
mod subscriptions;
mod travel;
mod withdraw;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::{Connection, OptionalExtension as _};

pub use accounts::{Account, Member, NewAccount, Right, Token};
pub use alarms::{AlarmAct, KeptAlarm, NewRun, Run, Sight};
pub use audit::{Due, Lines};
pub use bundles::{Direction, Reached};
pub use canonical::Json;
pub use coordination::{LeadAct, OnRequest, Remark, Request};
pub use corrections::{Correction, CorrectionAnswer};
pub use held::{HeldObject, Hold, marking_of_held};
pub use incoming::{Incoming, LARGEST_OBJECT, Refused, is_uuid};
pub use narrowing::{Narrowing, Scope};
pub use page::{Classes, Entry, Gone, Page, Reading, Span, Versions, Wish};
pub use peers::{HowFar, Peer};
pub use published::Head;
pub use put::{Acknowledged, Contributor, New, Outcome, Post};
pub use receive::{Arrival, Fate, GoneElsewhere, Passing, Received};
pub use releases::{NewRelease, Release, ReleaseOf, Said, Standing};
pub use server::{Collection, NewCollection, Root, ServerAbout};
pub use sharing::Sharing;
pub use stamp::{Micros, read_stamp, stamp_text};
pub use status::Status;
pub use subscriptions::{Found, Message, Subscription, Tried};
pub use travel::{Outgoing, Sending, Travel};
pub use withdraw::{Which, Withdrawn};

use crate::error::{Result, StoreError};
use crate::opening::{open_to_read, open_to_write, recognise};

/// The exchange of a pool.
#[derive(Debug)]
pub struct Exchange {
    path: PathBuf,
    // Idle connections; each reader takes one, or opens one where all are taken. They are closed before the
    // writer, which then leaves no log behind.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

/// How many idle connections are kept.
const IDLE_READERS: usize = 16;

impl Exchange {
    /// Opens the exchange of the pool at `path`, which must be there; a ledger of an earlier format is
    /// brought to the present one.
    pub fn open(path: &Path) -> Result<Exchange> {
        recognise(path)?;
        let writer = open_to_write(path)?;
        writer.set_prepared_statement_cache_capacity(64);
        // 64 MiB: ids are random, so each new one touches another page of their index.
        writer
            .pragma_update(None, "cache_size", -65_536)
            .map_err(|err| StoreError::ledger(path, &err))?;
        Ok(Exchange {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Opens the exchange of the pool at `path` to look at it only: nothing is written, not even where the ledger
    /// is of an earlier format. Nothing where that format knows no exchange.
    pub fn look(path: &Path) -> Result<Option<Exchange>> {
        recognise(path)?;
        let ledger = open_to_read(path)?;
        let has_log = ledger
            .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'exchange_object'")
            .and_then(|mut query| query.exists([]))
            .map_err(|err| StoreError::ledger(path, &err))?;
        Ok(has_log.then(|| Exchange {
            path: path.to_owned(),
            readers: Mutex::new(Vec::new()),
            writer: Mutex::new(ledger),
        }))
    }

    /// How far the log goes, and how much of it is withdrawn: whatever changes what it holds changes this.
    pub fn extent(&self) -> Result<(i64, i64)> {
        let sql = "SELECT coalesce(max(seq), 0),
            (SELECT count(*) FROM exchange_object WHERE gone IS NOT NULL) FROM exchange_object";
        let extent = self.find(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(extent.unwrap_or_default())
    }

    /// Where the pool is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// 32 random bytes that are kept under this name; `fresh` become them where there are none yet.
    pub fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32]> {
        let ledger = self.writer();
        ledger
            .execute(
                "INSERT INTO exchange_secret (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                (name, &fresh[..]),
            )
            .map_err(self.says())?;
        ledger
            .query_row("SELECT value FROM exchange_secret WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .map_err(self.says())
    }

    /// A number that changes whenever another connection has written to the ledger; whoever remembers what
    /// it read from the ledger compares it. `None` while this one is writing, since nobody should wait for
    /// that to be told.
    pub fn state(&self) -> Result<Option<i64>> {
        let ledger = match self.writer.try_lock() {
            Ok(ledger) => ledger,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        let state = ledger
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut query| query.query_row([], |row| row.get(0)));
        state.map(Some).map_err(self.says())
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads on a connection of its own, so that no reader waits for a writer.
    pub(crate) fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let ledger = match idle {
            Some(ledger) => ledger,
            None => {
                let ledger = open_to_read(&self.path)?;
                ledger.set_prepared_statement_cache_capacity(64);
                // Reading through the page cache of the system spares a copy of every page.
                ledger.pragma_update(None, "mmap_size", 1_i64 << 32).map_err(self.says())?;
                ledger
            }
        };
        let answer = ask(&ledger);
        let mut idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.is_ok() && idle.len() < IDLE_READERS {
            idle.push(ledger);
        }
        answer
    }

    pub(crate) fn says(&self) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
        |err| StoreError::ledger(&self.path, &err)
    }

    /// One row or none.
    pub(crate) fn find<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        take: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.read(|ledger| {
            ledger
                .prepare_cached(sql)
                .and_then(|mut query| query.query_row(params, take).optional())
                .map_err(self.says())
        })
    }

    /// All rows.
    pub(crate) fn list<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.read(|ledger| {
            ledger
                .prepare_cached(sql)
                .and_then(|mut query| query.query_map(params, take)?.collect())
                .map_err(self.says())
        })
    }
}
