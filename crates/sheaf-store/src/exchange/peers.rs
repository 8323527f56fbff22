//! Collections elsewhere with which ours are kept in step, and how far that has come.
//!
//! What came in with a page and how far one has read are written in one transaction
//! ([`Exchange::receive`]), so that a break at any moment repeats at most what changes nothing.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// A collection elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peer {
    /// Its number in the ledger.
    pub peer: i64,
    /// The address of the collection there.
    pub url: String,
    /// Ours.
    pub collection: i64,
    /// Which member it is here.
    pub member: String,
    /// How far it has come.
    pub how_far: HowFar,
}

/// How far one is in step with a collection elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HowFar {
    /// The node there; empty while unknown, and for servers that are no sheaf.
    pub node: String,
    /// Everything added there up to this time was pulled, as the server wrote it; empty for nothing.
    pub pull_after: String,
    /// The page to go on with, where a pull broke off between pages; empty for the first.
    pub pull_next: String,
    /// When the last object of the last page was added there; empty before the first.
    pub pull_last: String,
    /// Every version withdrawn there up to this time is withdrawn here; empty for none.
    pub gone_after: String,
    /// Everything added here up to this time was pushed.
    pub push_after: Micros,
    /// Every version withdrawn here up to this time was reported there.
    pub push_gone_after: Micros,
}

impl Exchange {
    /// The collection elsewhere at this address that one of ours is kept in step with.
    pub fn peer(&self, url: &str, collection: i64) -> Result<Option<Peer>> {
        self.find(
            "SELECT peer, url, collection, member, node, pull_after, pull_next, pull_last, gone_after,
                 push_after, push_gone_after
             FROM exchange_peer WHERE url = ?1 AND collection = ?2",
            (url, collection),
            peer_from,
        )
    }

    /// Remembers a collection elsewhere, nothing of which was pulled or pushed yet.
    pub fn add_peer(&self, url: &str, collection: i64, member: &str) -> Result<Peer> {
        let ledger = self.writer();
        ledger
            .execute(
                "INSERT INTO exchange_peer (url, collection, member) VALUES (?1, ?2, ?3)",
                (url, collection, member),
            )
            .map_err(self.says())?;
        Ok(Peer {
            peer: ledger.last_insert_rowid(),
            url: url.to_owned(),
            collection,
            member: member.to_owned(),
            how_far: HowFar::default(),
        })
    }

    /// Keeps how far one has come with a peer.
    pub fn keep_how_far(&self, peer: i64, how_far: &HowFar) -> Result<()> {
        keep_how_far(&self.writer(), peer, how_far).map_err(self.says())
    }

    /// The name of this pool among those that pass objects on; made of `fresh` the first time.
    pub fn node(&self, fresh: [u8; 32]) -> Result<String> {
        let kept = self.read(|ledger| {
            ledger
                .query_row("SELECT value FROM exchange_secret WHERE name = 'node'", [], |row| {
                    row.get::<_, [u8; 32]>(0)
                })
                .optional()
                .map_err(self.says())
        })?;
        let bytes = match kept {
            Some(bytes) => bytes,
            None => self.secret("node", fresh)?,
        };
        Ok(bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

pub(super) fn keep_how_far(
    ledger: &Connection,
    peer: i64,
    how_far: &HowFar,
) -> rusqlite::Result<()> {
    ledger
        .prepare_cached(
            "UPDATE exchange_peer SET node = ?2, pull_after = ?3, pull_next = ?4, pull_last = ?5,
                 gone_after = ?6, push_after = ?7, push_gone_after = ?8 WHERE peer = ?1",
        )?
        .execute((
            peer,
            &how_far.node,
            &how_far.pull_after,
            &how_far.pull_next,
            &how_far.pull_last,
            &how_far.gone_after,
            how_far.push_after,
            how_far.push_gone_after,
        ))?;
    Ok(())
}

fn peer_from(row: &Row<'_>) -> rusqlite::Result<Peer> {
    Ok(Peer {
        peer: row.get(0)?,
        url: row.get(1)?,
        collection: row.get(2)?,
        member: row.get(3)?,
        how_far: HowFar {
            node: row.get(4)?,
            pull_after: row.get(5)?,
            pull_next: row.get(6)?,
            pull_last: row.get(7)?,
            gone_after: row.get(8)?,
            push_after: row.get(9)?,
            push_gone_after: row.get(10)?,
        },
    })
}
