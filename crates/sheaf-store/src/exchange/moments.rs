//! What happens to objects at the moments that their markings name: where an embargo ends, they get a new place in
//! the log, so that those who have read on past the old one find them; where their time is over, their text is
//! taken out and a notice is left. Which class comes to such a moment when, and who is to be told, the caller says.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::Exchange;
use super::rows::{
    ClassNumbers, LIVE, MOVED, NewRow, Stamps, Version, add_row, body_of, name_of, set_head_class,
    set_shown, versions,
};
use super::stamp::Micros;
use super::withdraw::{leave_notice, take_out};
use crate::error::Result;

/// So many objects are gone through in one transaction.
const AT_ONCE: i64 = 500;

impl Exchange {
    /// The number of the class that was met last; as long as it stays the same, so do the classes.
    pub fn newest_class(&self) -> Result<i64> {
        let sql = "SELECT coalesce(max(class), 0) FROM exchange_class";
        Ok(self.find(sql, [], |row| row.get(0))?.unwrap_or_default())
    }

    /// Gives every version of this class that was added before `since` a new place in the log; how many there were.
    /// Run again, it finds none.
    pub fn bring_forward(&self, class: i64, since: Micros, now: Micros) -> Result<usize> {
        // New places are no earlier than now; what is to come is not brought forward.
        let since = since.min(now);
        // In this order each collection is entered by class and time, and what was brought forward costs nothing.
        let found = "SELECT o.name, o.collection FROM exchange_collection c
            CROSS JOIN exchange_object o ON o.collection = c.collection
            WHERE o.class = ?1 AND o.shown = 1 AND o.state = 0 AND o.added < ?2 LIMIT ?3";
        self.in_turns(now, |deed, stamps| {
            let names: Vec<(i64, i64)> = deed
                .prepare_cached(found)?
                .query_map([class, since, AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let mut n_moved = 0;
            for &(name, collection) in &names {
                let name = name_of(deed, name)?;
                for version in versions(deed, &name)? {
                    if version.state == LIVE && version.class == class {
                        move_on(deed, collection, &version, class, stamps.next(deed, collection)?)?;
                        n_moved += 1;
                    }
                }
            }
            Ok(n_moved)
        })
    }

    /// Takes the text out of every object whose newest version is of this class, and leaves a notice in the class of
    /// `told`; how many there were. What another pool passed on comes back if its owner gives it more time.
    pub fn let_lapse(&self, class: i64, told: &str, now: Micros) -> Result<usize> {
        let found = "SELECT name, collection, id FROM exchange_name
            WHERE head_class = ?1 AND withdrawn IS NULL LIMIT ?2";
        self.in_turns(now, |deed, stamps| {
            let names: Vec<(i64, i64, String)> = deed
                .prepare_cached(found)?
                .query_map([class, AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (number, collection, id) in &names {
                let mut name = name_of(deed, *number)?;
                let after = ClassNumbers::default().of(deed, &name.owner, told)?;
                let live: Vec<Version> =
                    versions(deed, &name)?.into_iter().filter(|it| it.state == LIVE).collect();
                let last = match live.last() {
                    Some(last) => Some((last, body_of(deed, last.seq)?)),
                    None => None,
                };
                for version in &live {
                    take_out(deed, version.seq, stamps.next(deed, *collection)?)?;
                    // Those who could see it hear in the list of what is gone as well.
                    if version.class == class {
                        deed.prepare_cached(
                            "UPDATE exchange_object SET class = ?2 WHERE seq = ?1",
                        )?
                        .execute([version.seq, after])?;
                    }
                }
                set_head_class(deed, *number, after)?;
                name.head_class = after;
                match last {
                    Some((last, body)) => {
                        let added = stamps.next(deed, *collection)?;
                        leave_notice(deed, *collection, id, &name, last, &body, added)?;
                    }
                    None => {
                        deed.execute(
                            "UPDATE exchange_name SET withdrawn = ?2 WHERE name = ?1",
                            [*number, now],
                        )?;
                    }
                }
                deed.prepare_cached("UPDATE exchange_travel SET narrowed = 1 WHERE name = ?1")?
                    .execute([number])?;
            }
            Ok(names.len())
        })
    }

    /// Does some of it after some more, each in a transaction of its own, until there is no more.
    fn in_turns(
        &self,
        now: Micros,
        mut some: impl FnMut(&Connection, &mut OfAll) -> rusqlite::Result<usize>,
    ) -> Result<usize> {
        let mut n_all = 0;
        loop {
            let mut ledger = self.writer();
            let mut doing = || -> rusqlite::Result<usize> {
                let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let mut stamps = OfAll { now, met: Vec::new() };
                let n = some(&deed, &mut stamps)?;
                for (_, stamps) in &stamps.met {
                    stamps.keep(&deed)?;
                }
                deed.commit()?;
                Ok(n)
            };
            match doing().map_err(self.says())? {
                0 => return Ok(n_all),
                n => n_all += n,
            }
        }
    }
}

/// The stamps of every collection that is met.
struct OfAll {
    now: Micros,
    met: Vec<(i64, Stamps)>,
}

impl OfAll {
    fn next(&mut self, ledger: &Connection, collection: i64) -> rusqlite::Result<Micros> {
        if let Some((_, stamps)) = self.met.iter_mut().find(|(its, _)| *its == collection) {
            return Ok(stamps.next(None));
        }
        let mut stamps = Stamps::begin(ledger, collection, self.now)?;
        let next = stamps.next(None);
        self.met.push((collection, stamps));
        Ok(next)
    }
}

/// Gives a version a new place in the log, in this class, and empties the one it had.
pub(super) fn move_on(
    deed: &Connection,
    collection: i64,
    version: &Version,
    class: i64,
    added: Micros,
) -> rusqlite::Result<()> {
    let (name, version_text, unless_class, shown): (i64, String, Option<i64>, bool) = deed
        .prepare_cached(
            "SELECT name, version_text, unless_class, shown FROM exchange_object WHERE seq = ?1",
        )?
        .query_row([version.seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let body = body_of(deed, version.seq)?;
    let seq = add_row(
        deed,
        &NewRow {
            collection,
            name,
            added,
            version: version.version,
            version_text: &version_text,
            spec: version.spec,
            class,
            unless_class,
            life: version.life,
            state: LIVE,
            shown,
            hash: &version.hash,
            body: &body,
        },
    )?;
    let via: Option<String> = deed
        .prepare_cached("SELECT node FROM exchange_via WHERE seq = ?1")?
        .query_row([version.seq], |row| row.get(0))
        .optional()?;
    if let Some(node) = via {
        deed.prepare_cached("INSERT INTO exchange_via (seq, node) VALUES (?1, ?2)")?
            .execute((seq, node))?;
    }
    set_shown(deed, version.seq, false)?;
    deed.prepare_cached("UPDATE exchange_object SET state = ?2, body = x'' WHERE seq = ?1")?
        .execute([version.seq, MOVED])?;
    Ok(())
}
