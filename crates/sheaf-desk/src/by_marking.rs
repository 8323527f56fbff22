//! The rules between members, asked of [`sheaf_share::rules`]: whether an account may see a class is decided
//! by its owner and its marking, at the time of the request; what an object that comes in is marked is read
//! from the object itself. What is not marked is AMBER+STRICT, and what bears a marking that nobody here
//! knows is its owner's alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sheaf_model::{Licence, Marking, MemberId, Moment, Pap, Role, Tlp};
use sheaf_share::rules::{Directory, Fault, Reader, as_line, from_line, may_see, may_write};
use sheaf_share::screen::in_object;
use sheaf_share::stix::{check, is_ours, is_withdrawn, pap_of, read_ours, tlp_of, tlp_of_refs};
use sheaf_store::StoreError;
use sheaf_store::exchange::{Account, Classes, Exchange, Hold, Incoming, Micros, marking_of_held};

use crate::medallion;
use crate::members::{carrier_of, directory};
use crate::rules::{Marked, Moments, Rules};

/// Members see what the markings let them see.
#[derive(Debug, Default)]
pub struct ByMarking {
    // The directory, and the state of the ledger it was read in.
    read: Mutex<Option<(i64, Arc<Directory>)>>,
}

impl ByMarking {
    /// The members and groups as they are now.
    pub(crate) fn directory(&self, log: &Exchange) -> Result<Arc<Directory>, StoreError> {
        let state = log.state()?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(state), Some((then, directory))) = (state, read.as_ref())
            && state == *then
        {
            return Ok(directory.clone());
        }
        let fresh = Arc::new(directory(log)?);
        // The state was read first: what changes in between is read again the next time.
        *read = state.map(|state| (state, fresh.clone()));
        Ok(fresh)
    }
}

impl Rules for ByMarking {
    fn classes(
        &self,
        reader: &Account,
        log: &Exchange,
        now: Micros,
    ) -> Result<Classes, StoreError> {
        let reader = carrier_of(reader, &*self.directory(log)?);
        let now = moment(now);
        let seen = |(class, owner, line): (i64, String, String)| {
            let marking = marking_of_class(&owner, &line)?;
            may_see(&marking, &reader, now).is_yes().then_some(class)
        };
        Ok(Classes::Only(log.classes()?.into_iter().filter_map(seen).collect()))
    }

    fn moments(&self, marking: &str) -> Moments {
        // What is held is over in its time, and begins for nobody.
        let held = marking_of_held(marking);
        let Some(stated) = from_line(held.unwrap_or(marking)) else { return Moments::default() };
        let ends = stated.expires.map(|at| {
            let mut told = Marking { expires: None, embargo: None, ..stated.clone() };
            if held.is_some() {
                told = owners_alone(told);
            }
            (micros(at), as_line(&told))
        });
        let begins = stated.embargo.filter(|_| held.is_none());
        Moments { begins: begins.map(micros), ends }
    }

    fn marking(
        &self,
        from: &Account,
        object: &Incoming<'_>,
        log: &Exchange,
        now: Micros,
    ) -> Result<Marked, String> {
        let value: Value =
            serde_json::from_slice(object.body).map_err(|_| "this is no JSON".to_owned())?;
        check(&value).map_err(|refused| refused.to_string())?;
        let directory = self
            .directory(log)
            .map_err(|_| "the members could not be looked up; send it again".to_owned())?;
        let writer = carrier_of(from, &directory);
        let relays = self.relays(from);
        if !relays && !writer.has(Role::Contributor) {
            return Err(Fault::NoContributor.to_string());
        }
        let mut marking = match is_ours(&value) && !is_withdrawn(&value) {
            true => terms_in(&value, &writer, relays, &directory, moment(now))?,
            false => levels_in(&value, &writer),
        };
        // Rule 15: what one person brings is not public by that. Who relays brings what was made public elsewhere.
        if !relays && marking.tlp == Tlp::Clear {
            marking.tlp = Tlp::Green;
        }
        if bears_the_unknown(&value) {
            marking = owners_alone(marking);
        }
        let marking = match writer.member() {
            Some(owner) => class_line(&marking, owner),
            None => as_line(&marking),
        };
        Ok(Marked { marking, held: hold(&value) })
    }
}

/// Why an object stays with whoever brought it: a text in it may name a person. It says where and what sort of
/// thing, and repeats nothing.
pub fn hold(object: &Value) -> Option<Hold> {
    let found = in_object(object);
    let first = found.first()?;
    let more = match found.len() - 1 {
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    let why = format!(
        "held: {first}{more}; nobody else sees it; send a later version without, or have it released"
    );
    Some(Hold { why, marks: found.iter().map(|it| it.mark).collect() })
}

/// The marking of what nobody but its owner sees.
fn owners_alone(marking: Marking) -> Marking {
    let (groups, purposes) = (BTreeSet::new(), BTreeSet::new());
    Marking { tlp: Tlp::Red, groups, purposes, ..marking }
}

/// A marking as the log keeps it beside the owner: the originator stands in it only where it is another.
pub fn class_line(marking: &Marking, owner: &MemberId) -> String {
    let originator = marking.originator.clone().filter(|it| it != owner);
    as_line(&Marking { originator, ..marking.clone() })
}

/// The marking of a class; `None` where it is nobody's. A line that is none of ours is one that nobody
/// stated anything by.
pub fn marking_of_class(owner: &str, line: &str) -> Option<Marking> {
    let owner = if owner.is_empty() { medallion::MEMBER } else { owner };
    let owner = MemberId::new(owner).ok()?;
    let held = marking_of_held(line);
    let stated = from_line(held.unwrap_or(line));
    let mut marking = stated.unwrap_or_else(|| Marking::unsaid(owner.clone()));
    marking.originator.get_or_insert(owner);
    Some(if held.is_some() { owners_alone(marking) } else { marking })
}

/// What a report that a sheaf wrote says of how it may be used.
fn terms_in(
    object: &Value,
    writer: &Reader,
    relays: bool,
    directory: &Directory,
    now: Moment,
) -> Result<Marking, String> {
    let marking = read_ours(object).map_err(|refused| refused.to_string())?.marking;
    let mut faults = may_write(&marking, writer, directory, now).err().unwrap_or_default();
    if relays {
        // It brings what others contributed, who may be in groups that it knows nothing of.
        faults.retain(|fault| {
            !matches!(fault, Fault::NoContributor | Fault::NotTheirs | Fault::NoSuchGroup(_))
        });
    }
    if !faults.is_empty() {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(faults.join("; "));
    }
    match tells_of_a_confidential_group(&marking, directory) {
        true => Err("groups: others who may see this would learn of a confidential group; hint: \
                     name no other group beside it, and mark it AMBER+STRICT or RED"
            .to_owned()),
        false => Ok(marking),
    }
}

/// Whether somebody who may see what is marked so would read the name of a confidential group that it is
/// not in. The names stand in what is sent, to the byte.
pub fn tells_of_a_confidential_group(marking: &Marking, directory: &Directory) -> bool {
    let is_confidential = |name: &_| directory.has_confidential(name);
    let alone = marking.groups.len() == 1 && marking.tlp >= Tlp::AmberStrict;
    !alone && marking.groups.iter().any(is_confidential)
}

/// What an object of others says by the levels it bears. It may be used for what the member reads for that
/// brought it; nobody has read any terms of a source, and the member answers for passing it on.
fn levels_in(object: &Value, writer: &Reader) -> Marking {
    Marking {
        tlp: tlp_of_refs(refs(object)),
        pap: refs(object).filter_map(pap_of).max().unwrap_or(Pap::default()),
        groups: BTreeSet::new(),
        purposes: writer.purposes().clone(),
        embargo: None,
        expires: None,
        licence: Licence::ShareAlike,
        originator: None,
    }
}

fn bears_the_unknown(object: &Value) -> bool {
    refs(object).any(|id| tlp_of(id).is_none() && pap_of(id).is_none())
}

/// The markings of an object and of parts of it: the whole is as restricted as its most restricted part.
fn refs(object: &Value) -> impl Iterator<Item = &str> {
    let whole = object["object_marking_refs"].as_array().into_iter().flatten();
    let parts = object["granular_markings"].as_array().into_iter().flatten();
    // Anything that is no text is a marking that nobody knows.
    whole
        .map(|it| it.as_str().unwrap_or("?"))
        // A part may also be marked with a language, which restricts nothing.
        .chain(
            parts.filter_map(|part| part.get("marking_ref")).map(|it| it.as_str().unwrap_or("?")),
        )
}

/// A time of the log as the rules want it.
pub(crate) fn moment(now: Micros) -> Moment {
    // Years 1 to 9999 hold every time that a clock shows; a broken one shows the last: then what expires
    // has expired.
    Moment::from_millis(now.div_euclid(1000)).unwrap_or_else(last_moment)
}

fn micros(at: Moment) -> Micros {
    at.millis().saturating_mul(1000)
}

fn last_moment() -> Moment {
    Moment::parse("9999-12-30T00:00:00Z").expect("it is a time")
}
