//! Taking in what another pool passes on: objects, notices that some are gone, and withdrawn versions.
//!
//! It differs from [`Exchange::put`] in three things. What began here is not taken back: nobody but
//! whoever brought it here changes it, and its return ends the loop. A notice withdraws what it names,
//! also where it comes before the object, so that a late copy finds the door shut. And how far one has
//! read is written in the same transaction.
//!
//! Which of two states is later is asked of no clock but of the object's life and versions, which only its
//! owner raises.

use rusqlite::TransactionBehavior;

use super::Exchange;
use super::audit;
use super::canonical::Json;
use super::peers::{HowFar, keep_how_far};
use super::put::{EVERYTHING, New, Post, Taker};
use super::rows::{ClassNumbers, GONE, Name, Stamps, add_name, find_name, versions};
use super::status::{Status, forget, keep, sent_before};
use super::travel::Travel;
use super::{Incoming, Outcome, Refused};
use crate::error::Result;

/// Over so many nodes an object goes at most.
const MOST_HOPS: u32 = 32;

/// An object, or a notice that it is gone, as another pool passes it on.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The object.
    pub new: New<'a>,
    /// Where it comes from; `None` from servers that do not say.
    pub travel: Option<Travel>,
}

/// A version that was withdrawn elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoneElsewhere {
    /// Its id.
    pub id: String,
    /// Its version, as sent.
    pub version: String,
    /// The life of the object to which it belonged.
    pub life: i64,
}

/// What became of an object that was passed on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It is in the log now.
    New,
    /// It is in the log now, held with its contributor; why, in a sentence.
    Held(String),
    /// It was there before; nothing changed.
    Known,
    /// It was a notice, and the object is withdrawn now.
    NowWithdrawn,
    /// It was withdrawn before, and stays so.
    Withdrawn,
    /// It was not taken; why, in a sentence.
    Refused(String),
}

/// What became of everything that was passed on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// The status, as rendered.
    pub status: String,
    /// What became of each object, in order; empty where the batch had been taken before.
    pub fates: Vec<Fate>,
    /// How many versions are withdrawn that were readable before.
    pub n_gone: usize,
}

/// Who passes on, and how far one has read there.
#[derive(Clone, Copy, Debug)]
pub struct Passing<'a> {
    /// This node.
    pub node: &'a str,
    /// The node that passes on; empty for servers that are no sheaf.
    pub from: &'a str,
    /// How far one has read there after this, where one reads.
    pub how_far: Option<(i64, &'a HowFar)>,
    /// Whether it is only to be said what would become of it; then nothing is written.
    pub is_rehearsal: bool,
}

impl Exchange {
    /// Takes in what another pool passes on, and how far one has read there. When this returns, all of it
    /// is on the disk, or nothing is.
    ///
    /// `None` where the sender called another batch the same before; nothing was taken then.
    ///
    /// # Errors
    ///
    /// Only those of the disk and the ledger; nothing was taken then.
    pub fn receive(
        &self,
        post: &Post<'_>,
        passing: &Passing<'_>,
        arrivals: &[std::result::Result<Arrival<'_>, Refused>],
        gone: &[GoneElsewhere],
        render: impl FnOnce(&[Outcome]) -> String,
    ) -> Result<Option<Received>> {
        let mut ledger = self.writer();
        let receiving = || -> rusqlite::Result<Option<Received>> {
            let deed = ledger.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if let Some((key, digest)) = post.sent_as
                && let Some((former, status)) = sent_before(&deed, post.account, key)?
            {
                let before = Received { status, fates: Vec::new(), n_gone: 0 };
                return Ok((former == digest).then_some(before));
            }
            let taker = Taker {
                ledger: &deed,
                post,
                stamps: Stamps::begin(&deed, post.collection, post.now)?,
                classes: ClassNumbers::default(),
            };
            let mut receiver = Receiver { taker, passing };
            let (mut fates, mut outcomes) = (Vec::new(), Vec::new());
            for arrival in arrivals {
                let (fate, outcome) = match arrival {
                    Ok(arrival) => receiver.receive(arrival)?,
                    Err(it) => (
                        Fate::Refused(it.why.clone()),
                        Outcome {
                            id: it.id.clone(),
                            version: it.version.clone(),
                            refused: Some(it.why.clone()),
                            is_new: false,
                            held: None,
                        },
                    ),
                };
                fates.push(fate);
                outcomes.push(outcome);
            }
            let mut n_gone = 0;
            for gone in gone {
                n_gone += usize::from(receiver.withdraw_version(gone)?);
            }
            for outcome in outcomes.iter().filter(|it| it.refused.is_some()) {
                audit::refused(&deed, "decision:add", &outcome.id)?;
            }
            receiver.taker.stamps.keep(&deed)?;
            if let Some((peer, how_far)) = passing.how_far {
                keep_how_far(&deed, peer, how_far)?;
            }
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
            if !passing.is_rehearsal {
                deed.commit()?;
            }
            Ok(Some(Received { status: status.body, fates, n_gone }))
        };
        receiving().map_err(self.says())
    }
}

/// Takes in what is passed on, one thing after another, within a transaction.
pub(super) struct Receiver<'a> {
    pub taker: Taker<'a>,
    pub passing: &'a Passing<'a>,
}

impl Receiver<'_> {
    fn receive(&mut self, arrival: &Arrival<'_>) -> rusqlite::Result<(Fate, Outcome)> {
        let object = &arrival.new.object;
        let fate = self.fate(arrival)?;
        let refused = match &fate {
            Fate::Refused(why) => Some(why.clone()),
            Fate::Withdrawn => Some("this object was withdrawn".to_owned()),
            _ => None,
        };
        let is_new = matches!(fate, Fate::New | Fate::Held(_) | Fate::NowWithdrawn);
        let held = match &fate {
            Fate::Held(why) => Some(why.clone()),
            _ => None,
        };
        let (id, version) = (object.id.clone(), object.version_text.clone());
        let outcome = self.taker.as_told(Outcome { id, version, refused, is_new, held })?;
        Ok((fate, outcome))
    }

    fn fate(&mut self, arrival: &Arrival<'_>) -> rusqlite::Result<Fate> {
        let object = &arrival.new.object;
        let travel = arrival.travel.as_ref();
        if travel.is_some_and(|it| it.hops >= MOST_HOPS) {
            return Ok(Fate::Refused(format!("it was passed on {MOST_HOPS} times")));
        }
        let found = self.find(&object.id)?;
        let is_notice = object.is_notice();
        let began_here = travel.is_some_and(|it| it.origin == self.passing.node);
        let Some(name) = found else {
            if began_here {
                return Ok(Fate::Refused("it began here, and is not here any more".to_owned()));
            }
            return match is_notice {
                true => self.add_notice_first(arrival),
                false => self.take(arrival),
            };
        };
        if began_here || self.began_here(name.name)? {
            return self.own(arrival, &name, is_notice);
        }
        let life = travel.map_or(name.life, |it| it.life);
        if life < name.life {
            return Ok(Fate::Withdrawn);
        }
        if is_notice {
            if name.withdrawn.is_some() && life == name.life {
                return Ok(Fate::Known);
            }
            self.notice(arrival, name, life)?;
            return Ok(Fate::NowWithdrawn);
        }
        if life > name.life {
            self.begin_life(name.name, name.life, life)?;
            return self.take(arrival);
        }
        if let Some(since) = name.withdrawn {
            let is_later = object.version.is_some_and(|version| version > since);
            // Without a word on its life, a later version than the notice is the owner's new one; with it,
            // only what we could see no more, and can again, has stayed in its life.
            if !is_later || (travel.is_some() && !self.is_narrowed(name.name)?) {
                return Ok(Fate::Withdrawn);
            }
            if travel.is_some() {
                self.begin_life(name.name, name.life, name.life)?;
            }
        }
        self.take(arrival)
    }

    /// What began here comes back.
    fn own(&self, arrival: &Arrival<'_>, name: &Name, is_notice: bool) -> rusqlite::Result<Fate> {
        let known = versions(self.taker.ledger, name)?;
        let object = &arrival.new.object;
        let life = arrival.travel.as_ref().map_or(name.life, |it| it.life);
        // That we see no more of it there, as while it is held there, changes nothing here.
        if is_notice && arrival.travel.as_ref().is_some_and(|it| it.narrowed) {
            return Ok(Fate::Known);
        }
        if name.withdrawn.is_some() || life < name.life {
            return Ok(if is_notice { Fate::Known } else { Fate::Withdrawn });
        }
        Ok(match known.iter().find(|it| it.hash == object.hash) {
            Some(it) if it.state == GONE => Fate::Withdrawn,
            Some(_) => Fate::Known,
            None => {
                Fate::Refused("it began here; only whoever brought it here changes it".to_owned())
            }
        })
    }

    /// Takes an object as [`Exchange::put`] does, and notes where it came from.
    fn take(&mut self, arrival: &Arrival<'_>) -> rusqlite::Result<Fate> {
        let outcome = self.taker.take(&arrival.new)?;
        if let Some(why) = outcome.refused {
            let is_withdrawn = why.ends_with("was withdrawn");
            return Ok(if is_withdrawn { Fate::Withdrawn } else { Fate::Refused(why) });
        }
        if !outcome.is_new {
            return Ok(Fate::Known);
        }
        // The row that was added last.
        let seq = self.taker.ledger.last_insert_rowid();
        let object = &arrival.new.object;
        let name = self.find(&object.id)?;
        if let Some(name) = name {
            self.came(name.name, seq, arrival.travel.as_ref())?;
            if let Some(travel) = &arrival.travel
                && travel.life > name.life
            {
                self.set_life(name.name, travel.life)?;
                self.taker
                    .ledger
                    .prepare_cached("UPDATE exchange_object SET life = ?2 WHERE seq = ?1")?
                    .execute([seq, travel.life])?;
            }
        }
        Ok(outcome.held.map_or(Fate::New, Fate::Held))
    }

    /// A notice of what is not here: a copy that comes later is not taken.
    fn add_notice_first(&mut self, arrival: &Arrival<'_>) -> rusqlite::Result<Fate> {
        let (post, new) = (self.taker.post, &arrival.new);
        let class = self.taker.classes.of(self.taker.ledger, post.from.member, &new.marking)?;
        let id = &new.object.id;
        let name = add_name(self.taker.ledger, post.collection, id, post.from.member, class)?;
        let life = arrival.travel.as_ref().map_or(1, |it| it.life);
        self.notice(arrival, name, life)?;
        Ok(Fate::NowWithdrawn)
    }

    /// What is passed on is what is here under its id, seen or not: it is of whoever made it, not of whoever
    /// carries it.
    fn find(&self, id: &str) -> rusqlite::Result<Option<Name>> {
        let Post { collection, from, .. } = self.taker.post;
        find_name(self.taker.ledger, *collection, id, from.member, &EVERYTHING)
    }

    pub(super) fn began_here(&self, name: i64) -> rusqlite::Result<bool> {
        self.taker
            .ledger
            .prepare_cached("SELECT 1 FROM exchange_travel WHERE name = ?1")?
            .exists([name])
            .map(|travelled| !travelled)
    }

    fn is_narrowed(&self, name: i64) -> rusqlite::Result<bool> {
        self.taker
            .ledger
            .prepare_cached("SELECT narrowed FROM exchange_travel WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
    }
}

fn says_nothing(json: &Json) -> bool {
    const KEPT: [&str; 7] =
        ["id", "type", "spec_version", "created", "modified", "revoked", "object_marking_refs"];
    let Json::Object(members) = json else { return false };
    matches!(json.get("revoked"), Some(Json::Bool(true)))
        && members.iter().all(|(name, _)| KEPT.contains(&name.as_str()))
}

impl Incoming<'_> {
    /// Whether it is a notice of its own withdrawal: revoked, with nothing but what tells which object it
    /// was.
    pub fn is_notice(&self) -> bool {
        says_nothing(&self.json)
    }
}
