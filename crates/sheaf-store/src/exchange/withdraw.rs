//! Withdrawing an object, or some of its versions.

use rusqlite::{Connection, TransactionBehavior};

use super::Exchange;
use super::page::{Classes, Versions};
use super::put::Contributor;
use super::rows::{
    GONE, LIVE, NOTICE, Name, NewRow, Stamps, Version, add_row, body_of, find_name, hide_notices,
    later_version, set_shown, stub, versions,
};
use super::stamp::Micros;
use crate::error::Result;

/// Which versions to withdraw.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Which {
    /// Which of those that fit `specs`; empty for all of them.
    pub versions: Vec<Versions>,
    /// Of these versions of STIX, 20 or 21; empty for any.
    pub specs: Vec<u8>,
}

/// What became of a withdrawal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Withdrawn {
    /// So many versions are gone, and others are left.
    Some(usize),
    /// The object is gone; those who read on are told.
    Whole,
    /// There is no such version for whoever asks.
    NotThere,
    /// Another member brought it.
    NotTheirs,
}

impl Exchange {
    /// Withdraws versions of an object, or all of it: the text is taken out of the log at once. Where no
    /// version is left, a notice is put into the log, of the class of the last version: `revoked`, with
    /// nothing but id, type, times and markings.
    ///
    /// # Errors
    ///
    /// Only those of the disk and the ledger; nothing was withdrawn then.
    pub fn withdraw(
        &self,
        collection: i64,
        id: &str,
        which: &Which,
        by: Contributor<'_>,
        classes: &Classes,
        now: Micros,
    ) -> Result<Withdrawn> {
        let mut ledger = self.writer();
        let mut withdrawing = || -> rusqlite::Result<Withdrawn> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let Some(name) = find_name(&deed, collection, id, by.member, classes)? else {
                return Ok(Withdrawn::NotThere);
            };
            if name.withdrawn.is_some() || !classes.has(name.head_class) {
                return Ok(Withdrawn::NotThere);
            }
            let live: Vec<Version> =
                versions(&deed, &name)?.into_iter().filter(|it| it.state == LIVE).collect();
            let chosen = chosen(&live, which);
            if chosen.is_empty() {
                return Ok(Withdrawn::NotThere);
            }
            if name.owner != by.member && !name.owner.is_empty() {
                return Ok(Withdrawn::NotTheirs);
            }
            let mut stamps = Stamps::begin(&deed, collection, now)?;
            let left: Vec<&Version> = live.iter().filter(|it| !chosen.contains(&it.seq)).collect();
            let notice = match live.last() {
                Some(last) if left.is_empty() => Some((last, body_of(&deed, last.seq)?)),
                _ => None,
            };
            for &seq in &chosen {
                take_out(&deed, seq, stamps.next(None))?;
            }
            let done = match notice {
                None => {
                    if let Some(best) = left.iter().max_by_key(|it| (it.spec, it.version)) {
                        set_shown(&deed, best.seq, true)?;
                    }
                    Withdrawn::Some(chosen.len())
                }
                Some((last, body)) => {
                    leave_notice(&deed, collection, id, &name, last, &body, stamps.next(None))?;
                    Withdrawn::Whole
                }
            };
            stamps.keep(&deed)?;
            deed.commit()?;
            Ok(done)
        };
        withdrawing().map_err(self.says())
    }
}

/// The rows to withdraw of those that are there.
fn chosen(live: &[Version], which: &Which) -> Vec<i64> {
    let fits = |it: &&Version| which.specs.is_empty() || which.specs.contains(&(it.spec as u8));
    let fitting: Vec<&Version> = live.iter().filter(fits).collect();
    let every = [Versions::All];
    let wanted = if which.versions.is_empty() { &every[..] } else { &which.versions };
    let last = fitting.len().saturating_sub(1);
    fitting
        .iter()
        .enumerate()
        .filter(|(idx, it)| {
            wanted.iter().any(|wanted| match wanted {
                Versions::All => true,
                Versions::First => *idx == 0,
                Versions::Last => *idx == last,
                Versions::At(version) => it.version == *version,
            })
        })
        .map(|(_, it)| it.seq)
        .collect()
}

pub(super) fn take_out(ledger: &Connection, seq: i64, gone: Micros) -> rusqlite::Result<()> {
    ledger
        .prepare_cached(
            "UPDATE exchange_object SET state = ?2, shown = 0, gone = ?3, body = x'' WHERE seq = ?1",
        )?
        .execute([seq, GONE, gone])?;
    Ok(())
}

pub(super) fn leave_notice(
    ledger: &Connection,
    collection: i64,
    id: &str,
    name: &Name,
    last: &Version,
    body: &[u8],
    added: Micros,
) -> rusqlite::Result<()> {
    hide_notices(ledger, name.name)?;
    let version = later_version(added, last.version);
    let (version_text, body) = stub(body, id, last.spec, version);
    add_row(
        ledger,
        &NewRow {
            collection,
            name: name.name,
            added,
            version,
            version_text: &version_text,
            spec: last.spec,
            class: name.head_class,
            unless_class: name.behind,
            life: last.life,
            state: NOTICE,
            shown: true,
            hash: &[],
            body: &body,
        },
    )?;
    ledger
        .prepare_cached("UPDATE exchange_name SET withdrawn = ?2 WHERE name = ?1")?
        .execute([name.name, version])?;
    Ok(())
}
