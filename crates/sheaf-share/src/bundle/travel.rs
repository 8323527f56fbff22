//! Which objects may travel in a bundle, on either side of it.

use std::fmt;

use serde_json::Value;
use sheaf_model::{Marking, MemberId, Moment, Tlp};

use crate::rules::{Decision, Onward, Reader, WhyNot, may_see, onward};
use crate::stix::{Refused, StixId, check, is_ours, is_withdrawn, read_ours, tlp_of_refs};

/// Why something does not travel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stays {
    /// It is no object that anybody may keep.
    Refused(Refused),
    /// The one it is for may not see it.
    NotForThem(WhyNot),
    /// It is read where it lies, and only its owner sends it to those it names.
    NotPassedOn,
    /// It is the receiver's own: what comes back has nothing new.
    TheirOwn,
    /// It was made by another, for whom the sender does not speak.
    NotTheSenders,
    /// It belongs to an object that does not travel in this bundle, or comes after it.
    WithoutItsObject,
    /// It is a line of its kind in nothing but name.
    Form(&'static str),
}

impl fmt::Display for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stays::Refused(refused) => write!(f, "{refused}"),
            Stays::NotForThem(why_not) => write!(f, "not for them: {why_not}"),
            Stays::NotPassedOn => {
                f.write_str("read where it lies: only its owner sends it, to those it names")
            }
            Stays::TheirOwn => f.write_str("their own: what comes back has nothing new"),
            Stays::NotTheSenders => {
                f.write_str("made by another, for whom the sender does not speak")
            }
            Stays::WithoutItsObject => f.write_str("its object did not come before it"),
            Stays::Form(why) => f.write_str(why),
        }
    }
}

/// Whether an object may be put into a bundle, by the marking that the pool holds for it.
pub(super) fn may_leave(
    object: &Value,
    marking: &Marking,
    from: &MemberId,
    to: &Reader,
    now: Moment,
) -> Result<StixId, Stays> {
    let id = check(object).map_err(Stays::Refused)?;
    if defines(object) {
        return Ok(id);
    }
    if to.member().is_some_and(|to| is_by(object, to)) {
        return Err(Stays::TheirOwn);
    }
    if says_nothing(object) {
        return Ok(id);
    }
    if let Decision::No(why_not) = may_see(marking, to, now) {
        return Err(Stays::NotForThem(why_not));
    }
    if onward(marking) == Onward::Nobody && marking.originator.as_ref() != Some(from) {
        return Err(Stays::NotPassedOn);
    }
    Ok(id)
}

/// Whether an object may be taken out of a bundle. The marking of a report is its own word
/// ([`read_ours`]); for everything else there is its level, and the sender, who has seen the rest.
pub(super) fn may_arrive(
    object: &Value,
    from: &MemberId,
    speaks_for_others: bool,
    to: &Reader,
    now: Moment,
) -> Result<StixId, Stays> {
    let id = check(object).map_err(Stays::Refused)?;
    if defines(object) {
        return Ok(id);
    }
    if to.member().is_some_and(|to| is_by(object, to)) {
        return Err(Stays::TheirOwn);
    }
    let is_the_senders = is_by(object, from);
    if !is_the_senders && !speaks_for_others {
        return Err(Stays::NotTheSenders);
    }
    if says_nothing(object) {
        return Ok(id);
    }
    if is_ours(object) {
        if is_withdrawn(object) {
            return Err(Stays::Form("withdrawn, and still says what it said"));
        }
        let marking = read_ours(object).map_err(Stays::Refused)?.marking;
        return may_leave(object, &marking, from, to, now);
    }
    let refs = object["object_marking_refs"].as_array().into_iter().flatten();
    if tlp_of_refs(refs.filter_map(Value::as_str)) == Tlp::Red && !is_the_senders {
        return Err(Stays::NotPassedOn);
    }
    Ok(id)
}

/// Whether an object is a tombstone that says nothing of what there was, so that it reaches whoever
/// once had the object, whatever its marking is now.
pub(super) fn says_nothing(object: &Value) -> bool {
    const KEPT: [&str; 17] = [
        "type",
        "spec_version",
        "id",
        "created_by_ref",
        "created",
        "modified",
        "revoked",
        "name",
        "description",
        "object_marking_refs",
        "relationship_type",
        "source_ref",
        "target_ref",
        "identity_class",
        "published",
        "object_refs",
        "region",
    ];
    let Some(members) = object.as_object().filter(|_| is_withdrawn(object)) else { return false };
    members.iter().all(|(name, value)| match name.as_str() {
        "name" | "description" => value.as_str().is_some_and(is_a_word),
        "region" => value == "unknown",
        "object_refs" => {
            let maker = &object["created_by_ref"];
            value.as_array().is_some_and(|refs| refs.iter().all(|it| it == maker))
        }
        name => KEPT.contains(&name),
    })
}

/// "No longer shared: withdrawn", and no sentence.
fn is_a_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c == '-' || c == ' ';
    text.strip_prefix("No longer shared: ")
        .is_some_and(|reason| reason.len() <= 40 && reason.chars().all(plain))
}

/// Whether an object says what words mean or who an organisation is, and nothing of any incident.
/// People among identities were refused before.
fn defines(object: &Value) -> bool {
    matches!(
        object["type"].as_str(),
        Some("identity" | "marking-definition" | "extension-definition")
    )
}

fn is_by(object: &Value, member: &MemberId) -> bool {
    object["created_by_ref"].as_str() == Some(StixId::of_member(member).as_str())
}
