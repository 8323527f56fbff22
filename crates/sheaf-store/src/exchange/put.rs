//! Taking in a batch: one transaction, one outcome for each object.

use rusqlite::{Connection, TransactionBehavior};

use super::Exchange;
use super::audit;
use super::held::{Hold, class_marking, is_held, is_passed};
use super::incoming::{Incoming, Refused};
use super::page::Classes;
use super::rows::{
    ClassNumbers, GONE, LIVE, NARROWED, Name, NewRow, Stamps, Version, add_name, add_row, body_of,
    find_name, hide_notices, set_head_class, set_shown, stub, versions,
};
use super::stamp::{Micros, stamp_text};
use super::status::{Status, forget, keep, sent_before};
use crate::error::Result;

/// Who brings a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contributor<'a> {
    /// The member; empty for what comes with an imported collection.
    pub member: &'a str,
    /// Whether it may pass on new versions of what another member brought first.
    pub relays: bool,
}

/// A batch, but for its objects.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Where to.
    pub collection: i64,
    /// The root of the collection.
    pub root: i64,
    /// Whose; 0 for an import.
    pub account: i64,
    /// Who brings it.
    pub from: Contributor<'a>,
    /// What whoever brings it may see: of the rest it learns nothing, not even that it is there.
    pub sees: &'a Classes,
    /// When it came.
    pub now: Micros,
    /// Under which id its status is kept.
    pub status: &'a str,
    /// What the sender calls the batch, and blake3 of what it sent: sent twice, it is taken once.
    pub sent_as: Option<(&'a str, &'a [u8; 32])>,
}

/// An object to be taken in.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The object.
    pub object: Incoming<'a>,
    /// Its marking, in the words of whoever decides what readers may see.
    pub marking: String,
    /// When it was added elsewhere, for what comes from another server.
    pub added: Option<Micros>,
    /// Why it is to be held with its contributor, where it is.
    pub held: Option<Hold>,
}

/// What became of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Its id, or a placeholder.
    pub id: String,
    /// Its version, as sent or as given.
    pub version: String,
    /// `None` where it is in the log now, anew or from before; else why not, in a sentence.
    pub refused: Option<String>,
    /// Whether it is a new row of the log.
    pub is_new: bool,
    /// Why it is held with its contributor, where it is.
    pub held: Option<String>,
}

/// What became of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Acknowledged {
    /// It is on the disk.
    Now {
        /// Its status, as rendered.
        status: String,
        /// What became of each object, in order.
        outcomes: Vec<Outcome>,
    },
    /// It had been taken before; this was its status then.
    Before(String),
    /// Its sender called another batch so before. Nothing was taken.
    OtherBatch,
}

impl Exchange {
    /// Takes in a batch. When this returns, all of it is on the disk, or nothing is.
    ///
    /// An object that is there already with the same content is fine and gets no new place in the log.
    /// Refused are: another content under the same id and version; what was withdrawn; a version of what
    /// another member brought first. What lies under the same id and is not seen by whoever brings the batch
    /// makes no difference: the object becomes one of its own.
    ///
    /// `render` makes the status out of the outcomes; it is kept in the same transaction.
    ///
    /// # Errors
    ///
    /// Only those of the disk and the ledger; nothing was taken then.
    pub fn put(
        &self,
        post: &Post<'_>,
        objects: &[std::result::Result<New<'_>, Refused>],
        render: impl FnOnce(&[Outcome]) -> String,
    ) -> Result<Acknowledged> {
        let mut ledger = self.writer();
        let taking = || -> rusqlite::Result<Acknowledged> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if let Some((key, digest)) = post.sent_as
                && let Some((former, status)) = sent_before(&deed, post.account, key)?
            {
                return Ok(match former == digest {
                    true => Acknowledged::Before(status),
                    false => Acknowledged::OtherBatch,
                });
            }
            let mut taker = Taker {
                ledger: &deed,
                post,
                stamps: Stamps::begin(&deed, post.collection, post.now)?,
                classes: ClassNumbers::default(),
            };
            let mut outcomes = Vec::with_capacity(objects.len());
            for object in objects {
                outcomes.push(match object {
                    Ok(new) => {
                        let outcome = taker.take(new)?;
                        taker.as_told(outcome)?
                    }
                    Err(refused) => Outcome {
                        id: refused.id.clone(),
                        version: refused.version.clone(),
                        refused: Some(refused.why.clone()),
                        is_new: false,
                        held: None,
                    },
                });
            }
            for outcome in outcomes.iter().filter(|it| it.refused.is_some()) {
                audit::refused(&deed, "decision:add", &outcome.id)?;
            }
            taker.stamps.keep(&deed)?;
            let status = Status {
                id: post.status.to_owned(),
                root: post.root,
                account: post.account,
                at: post.now,
                body: render(&outcomes),
            };
            if !status.id.is_empty() {
                forget(&deed, post.now)?;
                keep(&deed, &status, post.sent_as)?;
            }
            deed.commit()?;
            Ok(Acknowledged::Now { status: status.body, outcomes })
        };
        taking().map_err(self.says())
    }
}

pub(super) static EVERYTHING: Classes = Classes::All;

fn said(hold: Option<&Hold>) -> Option<String> {
    hold.map(|it| it.why.clone())
}

/// Takes objects in, one after another, within a transaction.
pub(super) struct Taker<'a> {
    pub ledger: &'a Connection,
    pub post: &'a Post<'a>,
    pub stamps: Stamps,
    pub classes: ClassNumbers,
}

impl Taker<'_> {
    pub(super) fn take(&mut self, new: &New<'_>) -> rusqlite::Result<Outcome> {
        let object = &new.object;
        let outcome = |version: &str, refused: Option<&str>, is_new| Outcome {
            id: object.id.clone(),
            version: version.to_owned(),
            refused: refused.map(str::to_owned),
            is_new,
            held: None,
        };
        let refused = |why: &str| Ok(outcome(&object.version_text, Some(why), false));
        let member = self.post.from.member;
        let Post { collection, from, sees, .. } = *self.post;
        // Whoever passes on what others made means what they made, seen or not.
        let sees = if from.relays { &EVERYTHING } else { sees };
        let found = find_name(self.ledger, collection, &object.id, member, sees)?;
        let Some(mut name) = found else {
            let hold = new.held.as_ref();
            let class = self.class(member, new, hold)?;
            let name = add_name(self.ledger, collection, &object.id, member, class)?;
            let text = self.add(new, &name, class, true, hold)?;
            return Ok(Outcome { held: said(hold), ..outcome(&text, None, true) });
        };
        let hold = match &new.held {
            Some(hold) if !is_passed(self.ledger, name.name, hold)? => Some(hold),
            _ => None,
        };
        let class = self.class(&name.owner, new, hold)?;
        let is_own = name.owner == member || name.owner.is_empty();
        let known = versions(self.ledger, &name)?;
        if name.withdrawn.is_some() {
            // Whoever only passes it on may hold what the owner took back; only the owner may begin
            // anew, and not by repeating what was withdrawn.
            if !is_own {
                return refused("this object was withdrawn");
            }
            if known.iter().any(|it| it.hash == object.hash) {
                return refused("this version was withdrawn");
            }
            name.life += 1;
            name.withdrawn = None;
            self.begin_life(&name, class)?;
            let text = self.add(new, &name, class, true, hold)?;
            return Ok(Outcome { held: said(hold), ..outcome(&text, None, true) });
        }
        let same = known.iter().find(|it| match object.version {
            Some(version) => it.version == version,
            None => it.hash == object.hash,
        });
        match same {
            Some(same) if same.state == GONE => return refused("this version was withdrawn"),
            Some(same) if same.hash == object.hash => {
                let text = match object.version {
                    Some(_) => object.version_text.clone(),
                    None => stamp_text(same.version),
                };
                let hold = if is_held(self.ledger, same.seq)? { hold } else { None };
                return Ok(Outcome { held: said(hold), ..outcome(&text, None, false) });
            }
            Some(_) => {
                return refused(
                    "there is another content under the same id and version; a revision needs a later \
                     \"modified\"",
                );
            }
            None if !is_own && !self.post.from.relays => {
                return refused("another member brought this object; only it may revise it");
            }
            None => {}
        }
        let text = self.revise(new, &name, class, known, hold)?;
        Ok(Outcome { held: said(hold), ..outcome(&text, None, true) })
    }

    fn class(&mut self, owner: &str, new: &New<'_>, hold: Option<&Hold>) -> rusqlite::Result<i64> {
        self.classes.of(self.ledger, owner, &class_marking(&new.marking, hold.is_some()))
    }

    /// Adds a version to an object that has some.
    fn revise(
        &mut self,
        new: &New<'_>,
        name: &Name,
        class: i64,
        mut known: Vec<Version>,
        hold: Option<&Hold>,
    ) -> rusqlite::Result<String> {
        let spec = i64::from(new.object.spec);
        let version = new.object.version.unwrap_or(Micros::MAX);
        let is_newest = known.iter().all(|it| it.state != LIVE || it.version < version);
        if is_newest {
            known = self.make_place(known)?;
        }
        let live = || known.iter().filter(|it| it.state == LIVE);
        let is_shown = live().all(|it| (it.spec, it.version) < (spec, version));
        if is_shown && let Some(former) = live().max_by_key(|it| (it.spec, it.version)) {
            set_shown(self.ledger, former.seq, false)?;
        }
        if is_newest && class != name.head_class {
            self.narrow(new, name, class, &known, hold.is_some())?;
        }
        self.add(new, name, class, is_shown, hold)
    }

    /// Tells those who could see the object so far, and can see no more of it, that it is gone for them.
    fn narrow(
        &mut self,
        new: &New<'_>,
        name: &Name,
        class: i64,
        known: &[Version],
        is_held: bool,
    ) -> rusqlite::Result<()> {
        hide_notices(self.ledger, name.name)?;
        let mut told: Vec<i64> = Vec::new();
        for former in known.iter().rev().filter(|it| it.state == LIVE && it.class != class) {
            if told.contains(&former.class) {
                continue;
            }
            told.push(former.class);
            let body = body_of(self.ledger, former.seq)?;
            let version = new.object.version.unwrap_or(self.post.now);
            // What is held may be released, and is then later than the notice.
            let version = if is_held { (former.version + 1000).min(version - 1) } else { version };
            let (version_text, body) = stub(&body, &new.object.id, former.spec, version);
            let added = self.stamps.next(new.added);
            add_row(
                self.ledger,
                &NewRow {
                    collection: self.post.collection,
                    name: name.name,
                    added,
                    version,
                    version_text: &version_text,
                    spec: former.spec,
                    class: former.class,
                    unless_class: Some(class),
                    life: name.life,
                    state: NARROWED,
                    shown: true,
                    hash: &[],
                    body: &body,
                },
            )?;
        }
        set_head_class(self.ledger, name.name, class)
    }

    /// An outcome as whoever passes things on may hear it. Why something was not taken tells what is here; of what
    /// it does not see, it hears that all is well: what is here came by a nearer way.
    pub(super) fn as_told(&self, outcome: Outcome) -> rusqlite::Result<Outcome> {
        let Post { collection, from, sees, .. } = *self.post;
        if outcome.refused.is_none() || !from.relays {
            return Ok(outcome);
        }
        let seen = find_name(self.ledger, collection, &outcome.id, from.member, sees)?;
        let there = find_name(self.ledger, collection, &outcome.id, from.member, &EVERYTHING)?;
        let refused = outcome.refused.filter(|_| seen.is_some() || there.is_none());
        Ok(Outcome { refused, ..outcome })
    }

    fn begin_life(&self, name: &Name, class: i64) -> rusqlite::Result<()> {
        hide_notices(self.ledger, name.name)?;
        self.ledger
            .prepare_cached("UPDATE exchange_name SET life = ?2, withdrawn = NULL WHERE name = ?1")?
            .execute([name.name, name.life])?;
        set_head_class(self.ledger, name.name, class)
    }

    /// Adds the row; gives back its version as text.
    fn add(
        &mut self,
        new: &New<'_>,
        name: &Name,
        class: i64,
        shown: bool,
        hold: Option<&Hold>,
    ) -> rusqlite::Result<String> {
        let object = &new.object;
        let added = self.stamps.next(new.added);
        let version_text = match object.version {
            Some(_) => object.version_text.clone(),
            None => stamp_text(added),
        };
        add_row(
            self.ledger,
            &NewRow {
                collection: self.post.collection,
                name: name.name,
                added,
                version: object.version.unwrap_or(added),
                version_text: &version_text,
                spec: i64::from(object.spec),
                class,
                unless_class: name.behind,
                life: name.life,
                state: LIVE,
                shown,
                hash: &object.hash,
                body: object.body,
            },
        )?;
        if let Some(hold) = hold {
            self.hold(hold)?;
        }
        Ok(version_text)
    }
}
