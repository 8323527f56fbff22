//! The audit log in the ledger: notes of deeds, which triggers leave in the transaction of the deed, and the
//! lines that are made of them. What a line looks like is the caller's affair.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::Exchange;
use crate::error::Result;

/// A deed that is to stand in the log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Due {
    /// `member/account`; empty for whoever worked on the pool's files themselves.
    pub actor: String,
    /// As in `admin:add-account`.
    pub deed: String,
    /// What it was done to.
    pub what: Vec<String>,
    /// The rule that forbade it; empty where it was done.
    pub refused: String,
}

/// What becomes of notes: lines, and the state by which to go on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    /// One line for each entry, with its line break.
    pub lines: Vec<String>,
    /// What the maker of lines needs to make the next ones.
    pub state: Vec<u8>,
}

const NOTE: &str = "INSERT INTO audit_due (actor, deed, what, refused) VALUES (?1, ?2, ?3, ?4)";

/// Deeds of one kind by one actor become one entry, of so many things at most.
const MOST_AT_ONCE: usize = 1000;

impl Exchange {
    /// Whether some deed stands in no line yet.
    pub fn has_audit_due(&self) -> Result<bool> {
        self.read(|ledger| {
            ledger
                .prepare_cached("SELECT 1 FROM audit_due LIMIT 1")
                .and_then(|mut query| query.exists([]))
                .map_err(self.says())
        })
    }

    /// Leaves a note of a deed that changes nothing in the ledger, and so would leave none.
    pub fn owe(&self, due: &Due) -> Result<()> {
        let mut ledger = self.writer();
        let mut owing = || -> rusqlite::Result<()> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut note = deed.prepare_cached(NOTE)?;
            for what in &due.what {
                note.execute((&due.actor, &due.deed, what, &due.refused))?;
            }
            drop(note);
            deed.commit()
        };
        owing().map_err(self.says())
    }

    /// Makes lines of all deeds that stand in none yet, and after them of `more`. All of it is on the disk when
    /// this returns, or nothing is. `make` is given the state it gave last, and the deeds in order.
    pub fn audit(
        &self,
        more: &[Due],
        make: impl FnOnce(Option<&[u8]>, &[Due]) -> Lines,
    ) -> Result<usize> {
        let mut ledger = self.writer();
        let making = || -> rusqlite::Result<usize> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut dues = taken(&deed)?;
            dues.extend_from_slice(more);
            if dues.is_empty() {
                return Ok(0);
            }
            let state: Option<Vec<u8>> = deed
                .prepare_cached("SELECT state FROM audit_edge")?
                .query_row([], |row| row.get(0))
                .optional()?;
            let made = make(state.as_deref(), &dues);
            let next = "INSERT INTO audit_line (entry, line)
                VALUES ((SELECT coalesce(max(entry) + 1, 0) FROM audit_line), ?1)";
            let mut next = deed.prepare_cached(next)?;
            for line in &made.lines {
                next.execute([line])?;
            }
            drop(next);
            deed.prepare_cached("INSERT OR REPLACE INTO audit_edge (edge, state) VALUES (1, ?1)")?
                .execute([&made.state])?;
            deed.commit()?;
            Ok(made.lines.len())
        };
        making().map_err(self.says())
    }

    /// Visits the lines of the log from an entry on, in order.
    pub fn for_each_audit_line(&self, from: i64, mut visit: impl FnMut(i64, &str)) -> Result<()> {
        self.read(|ledger| {
            let mut query = ledger
                .prepare_cached(
                    "SELECT entry, line FROM audit_line WHERE entry >= ?1 ORDER BY entry",
                )
                .map_err(self.says())?;
            let mut rows = query.query([from]).map_err(self.says())?;
            while let Some(row) = rows.next().map_err(self.says())? {
                let line = row.get_ref(1).and_then(|it| Ok(it.as_str()?)).map_err(self.says())?;
                visit(row.get(0).map_err(self.says())?, line);
            }
            Ok(())
        })
    }

    /// The id of the object that got this place in the collection of this id; of one that stands behind another of
    /// the same id none, since whoever asks by the id means the other.
    pub fn added_at(&self, collection: &str, added: i64) -> Result<Option<String>> {
        let sql = "SELECT n.id FROM exchange_object o JOIN exchange_name n USING (name)
            JOIN exchange_collection c ON c.collection = o.collection
            WHERE c.id = ?1 AND o.added = ?2 AND n.behind IS NULL";
        self.find(sql, (collection, added), |row| row.get(0))
    }

    /// Keeps a checkpoint, or the same with more signatures.
    pub fn keep_checkpoint(&self, size: i64, note: &str) -> Result<()> {
        self.writer()
            .execute("INSERT INTO audit_checkpoint (size, note) VALUES (?1, ?2)", (size, note))
            .map(|_| ())
            .map_err(self.says())
    }

    /// Every checkpoint, in the order in which they were kept, with its size.
    pub fn checkpoints(&self) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT size, note FROM audit_checkpoint ORDER BY checkpoint";
        self.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The last checkpoint of somebody else's log that was co-signed here.
    pub fn witnessed(&self, origin: &str) -> Result<Option<String>> {
        self.find("SELECT note FROM audit_witnessed WHERE origin = ?1", [origin], |row| row.get(0))
    }

    /// Remembers it.
    pub fn set_witnessed(&self, origin: &str, size: i64, note: &str) -> Result<()> {
        self.writer()
            .execute(
                "INSERT OR REPLACE INTO audit_witnessed (origin, size, note) VALUES (?1, ?2, ?3)",
                (origin, size, note),
            )
            .map(|_| ())
            .map_err(self.says())
    }
}

/// Leaves a note of what whoever acts was not let do, in the transaction of the rest of it.
pub(super) fn refused(ledger: &Connection, deed: &str, what: &str) -> rusqlite::Result<()> {
    ledger
        .prepare_cached(
            "INSERT INTO audit_due (actor, deed, what, refused)
            VALUES (acting(), ?1, ?2, 'not-taken')",
        )?
        .execute((deed, what))
        .map(|_| ())
}

/// The notes, taken out; those of one deed by one actor that follow on each other together.
fn taken(ledger: &Connection) -> rusqlite::Result<Vec<Due>> {
    let mut dues: Vec<Due> = Vec::new();
    let mut query =
        ledger.prepare_cached("SELECT actor, deed, what, refused FROM audit_due ORDER BY due")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let [actor, deed, what, refused]: [String; 4] =
            [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
        match dues.last_mut() {
            Some(last)
                if (&last.actor, &last.deed, &last.refused) == (&actor, &deed, &refused)
                    && last.what.len() < MOST_AT_ONCE =>
            {
                last.what.push(what);
            }
            _ => dues.push(Due { actor, deed, what: vec![what], refused }),
        }
    }
    drop(rows);
    drop(query);
    if !dues.is_empty() {
        ledger.prepare_cached("DELETE FROM audit_due")?.execute([])?;
    }
    Ok(dues)
}
