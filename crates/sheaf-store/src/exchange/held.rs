//! Versions that are held with their contributor until a person has looked at them. What is found in them, and
//! who may see them meanwhile, is decided elsewhere: here they lie in a class of their own, and a release
//! puts them into the log anew, where those who have read on find them.

use rusqlite::{Connection, TransactionBehavior};

use super::Exchange;
use super::moments::move_on;
use super::put::{EVERYTHING, Taker};
use super::rows::{
    ClassNumbers, LIVE, Name, Stamps, Version, find_name, hide_notices, set_head_class, set_shown,
    versions,
};
use super::stamp::Micros;
use super::withdraw::take_out;
use crate::error::Result;

/// Stands before the marking of a class whose objects are held.
const HELD: &str = "held/1;";

/// Why a version is to be held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Where what sort of thing was found, in a sentence that does not say what.
    pub why: String,
    /// A hash of each thing that was found and where; what a person has passed once holds nothing again.
    pub marks: Vec<[u8; 32]>,
}

/// A version that is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldObject {
    /// The number of its collection.
    pub collection: i64,
    /// Its id.
    pub id: String,
    /// Its version, as sent.
    pub version: String,
    /// The member who brought it.
    pub owner: String,
    /// Since when.
    pub since: Micros,
    /// Why.
    pub why: String,
    /// What was sent, to the byte; for its contributor.
    pub body: Vec<u8>,
}

/// The marking under which a held object would be kept otherwise; `None` where the class is of objects that are
/// not held.
pub fn marking_of_held(class: &str) -> Option<&str> {
    class.strip_prefix(HELD)
}

/// The marking of the class in which an object lies.
pub(super) fn class_marking(marking: &str, is_held: bool) -> String {
    if is_held { format!("{HELD}{marking}") } else { marking.to_owned() }
}

impl Exchange {
    /// Every version that is held, in the order in which they came.
    pub fn held(&self) -> Result<Vec<HeldObject>> {
        let sql = "SELECT o.collection, n.id, o.version_text, n.owner, h.since, h.why, o.body
            FROM exchange_held h JOIN exchange_object o USING (seq) JOIN exchange_name n USING (name)
            WHERE h.released IS NULL AND o.state = 0 ORDER BY h.seq";
        self.list(sql, [], |row| {
            Ok(HeldObject {
                collection: row.get(0)?,
                id: row.get(1)?,
                version: row.get(2)?,
                owner: row.get(3)?,
                since: row.get(4)?,
                why: row.get(5)?,
                body: row.get(6)?,
            })
        })
    }

    /// Lets what is held of an object go to those who may see it by its marking: each version gets a new place in
    /// the log. `marks` are of what was found in it; they are remembered. `false` where nothing of it is held.
    ///
    /// # Errors
    ///
    /// Only those of the disk and the ledger; nothing was released then.
    pub fn release(
        &self,
        collection: i64,
        id: &str,
        owner: &str,
        marks: &[[u8; 32]],
        because: &str,
        now: Micros,
    ) -> Result<bool> {
        let mut ledger = self.writer();
        let mut releasing = || -> rusqlite::Result<bool> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let Some(name) = find_name(&deed, collection, id, owner, &EVERYTHING)? else {
                return Ok(false);
            };
            let live = || -> rusqlite::Result<Vec<Version>> {
                Ok(versions(&deed, &name)?.into_iter().filter(|it| it.state == LIVE).collect())
            };
            let mut stamps = Stamps::begin(&deed, collection, now)?;
            let mut n_released = 0;
            for version in live()? {
                if is_held(&deed, version.seq)? {
                    let class = class_without_hold(&deed, &name, version.class)?;
                    move_on(&deed, collection, &version, class, stamps.next(None))?;
                    note_release(&deed, version.seq, because, now)?;
                    n_released += 1;
                }
            }
            if n_released == 0 {
                return Ok(false);
            }
            hide_notices(&deed, name.name)?;
            let live = live()?;
            let best = live.iter().max_by_key(|it| (it.spec, it.version)).map(|it| it.seq);
            for version in &live {
                set_shown(&deed, version.seq, Some(version.seq) == best)?;
            }
            if let Some(newest) = live.last() {
                set_head_class(&deed, name.name, newest.class)?;
            }
            for mark in marks {
                deed.execute(
                    "INSERT OR IGNORE INTO exchange_passed (name, mark) VALUES (?1, ?2)",
                    (name.name, &mark[..]),
                )?;
            }
            stamps.keep(&deed)?;
            deed.commit()?;
            Ok(true)
        };
        releasing().map_err(self.says())
    }
}

impl Taker<'_> {
    /// Notes that the row that was added last is held.
    pub(super) fn hold(&self, hold: &Hold) -> rusqlite::Result<()> {
        let seq = self.ledger.last_insert_rowid();
        // Its number is that of the row, so that the row stays the one that was added last.
        self.ledger
            .prepare_cached("INSERT INTO exchange_held (seq, why, since) VALUES (?1, ?2, ?3)")?
            .execute((seq, &hold.why, self.post.now))?;
        Ok(())
    }

    /// A version that is held makes place for a later one. Gives back the versions that are left.
    pub(super) fn make_place(&mut self, known: Vec<Version>) -> rusqlite::Result<Vec<Version>> {
        let mut left = Vec::with_capacity(known.len());
        for version in known {
            match version.state == LIVE && is_held(self.ledger, version.seq)? {
                true => take_out(self.ledger, version.seq, self.stamps.next(None))?,
                false => left.push(version),
            }
        }
        Ok(left)
    }
}

/// Whether a person has said of everything that was found in an object that it is nobody.
pub(super) fn is_passed(ledger: &Connection, name: i64, hold: &Hold) -> rusqlite::Result<bool> {
    let mut query =
        ledger.prepare_cached("SELECT 1 FROM exchange_passed WHERE name = ?1 AND mark = ?2")?;
    for mark in &hold.marks {
        if !query.exists((name, &mark[..]))? {
            return Ok(false);
        }
    }
    Ok(!hold.marks.is_empty())
}

pub(super) fn is_held(ledger: &Connection, seq: i64) -> rusqlite::Result<bool> {
    ledger
        .prepare_cached("SELECT 1 FROM exchange_held WHERE seq = ?1 AND released IS NULL")?
        .exists([seq])
}

/// The class of what is held once it no longer is.
fn class_without_hold(deed: &Connection, name: &Name, class: i64) -> rusqlite::Result<i64> {
    let marking: String =
        deed.query_row("SELECT marking FROM exchange_class WHERE class = ?1", [class], |row| {
            row.get(0)
        })?;
    let marking = marking_of_held(&marking).unwrap_or(&marking);
    ClassNumbers::default().of(deed, &name.owner, marking)
}

fn note_release(deed: &Connection, seq: i64, because: &str, now: Micros) -> rusqlite::Result<()> {
    deed.execute(
        "UPDATE exchange_held SET released = ?2, because = ?3 WHERE seq = ?1",
        (seq, now, because),
    )?;
    Ok(())
}
