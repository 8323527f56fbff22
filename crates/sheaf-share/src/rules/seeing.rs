//! May this reader see this report now, and why.

use std::fmt;

use sheaf_model::{GroupName, Marking, Moment, Purpose, Tlp};

use super::Reader;

/// The answer to "may this reader see it".
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Yes, because.
    Yes(Because),
    /// No. To the reader this is the answer of what does not exist; the reason is for the owner.
    No(WhyNot),
}

impl Decision {
    /// Whether it is yes.
    pub fn is_yes(&self) -> bool {
        matches!(self, Decision::Yes(_))
    }
}

/// Why a reader may see a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Because {
    /// It is the reader's own.
    Own,
    /// It is CLEAR.
    Public,
    /// It is GREEN and the reader is a member.
    Member,
    /// A group was named and the reader is in it.
    Group(GroupName),
    /// It is AMBER and the reader's member works in its owner's sector and region.
    Beside,
}

/// Why a reader may not see a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhyNot {
    /// Its time is over.
    Expired(Moment),
    /// Its owner holds it back until then.
    Embargoed(Moment),
    /// The terms of its source do not let it travel.
    Licence,
    /// It is not CLEAR and the reader is not signed in.
    NotSignedIn,
    /// The reader's account has no role that reads reports.
    NoReadingRole,
    /// At its level the reader would have to be named or work beside its owner, and is not.
    NotNamed(Tlp),
    /// The reader reads for none of the purposes it may be used for.
    Purpose(Vec<Purpose>),
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::Own => f.write_str("it is their own"),
            Because::Public => f.write_str("it is public"),
            Because::Member => f.write_str("every member may see it"),
            Because::Group(name) => write!(f, "they are in the group {name}"),
            Because::Beside => f.write_str("they work in the same sector and region"),
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyNot::Expired(at) => write!(f, "it expired at {at}"),
            WhyNot::Embargoed(until) => write!(f, "it is held back until {until}"),
            WhyNot::Licence => f.write_str("the terms of its source do not let it travel"),
            WhyNot::NotSignedIn => f.write_str("it is for members"),
            WhyNot::NoReadingRole => f.write_str("the account has no role that reads reports"),
            WhyNot::NotNamed(level) => {
                let level = level.name().to_uppercase();
                write!(f, "it is {level} and they are not among the recipients")
            }
            WhyNot::Purpose(purposes) if purposes.is_empty() => {
                f.write_str("it has no purpose, so nobody else may use it")
            }
            WhyNot::Purpose(purposes) => {
                let names: Vec<&str> = purposes.iter().map(|purpose| purpose.name()).collect();
                write!(f, "they do not read for {}", names.join(", "))
            }
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Yes(because) => write!(f, "yes: {because}"),
            Decision::No(why_not) => write!(f, "no: {why_not}"),
        }
    }
}

/// Whether the reader may see what is marked so, at this time. An embargo ends and a report expires
/// at the stated moment itself.
pub fn may_see(marking: &Marking, reader: &Reader, now: Moment) -> Decision {
    if let Some(end) = marking.expires.filter(|end| now >= *end) {
        return Decision::No(WhyNot::Expired(end));
    }
    let member = reader.reading_member();
    if member.is_some() && member == marking.originator.as_ref() {
        return Decision::Yes(Because::Own);
    }
    if let Some(until) = marking.embargo.filter(|until| now < *until) {
        return Decision::No(WhyNot::Embargoed(until));
    }
    if !marking.licence.may_be_passed_on() {
        return Decision::No(WhyNot::Licence);
    }
    if marking.tlp == Tlp::Clear {
        return Decision::Yes(Because::Public);
    }
    if member.is_none() {
        let signed_in = reader.member().is_some();
        return Decision::No(if signed_in { WhyNot::NoReadingRole } else { WhyNot::NotSignedIn });
    }
    match reached(marking, reader) {
        None => Decision::No(WhyNot::NotNamed(marking.tlp)),
        Some(_) if reader.purposes().is_disjoint(&marking.purposes) => {
            Decision::No(WhyNot::Purpose(marking.purposes.iter().copied().collect()))
        }
        Some(because) => Decision::Yes(because),
    }
}

/// By what a signed-in reader is among the recipients, if at all.
fn reached(marking: &Marking, reader: &Reader) -> Option<Because> {
    if marking.tlp <= Tlp::Green {
        return Some(Because::Member);
    }
    if let Some(name) = marking.groups.intersection(reader.groups()).next() {
        return Some(Because::Group(name.clone()));
    }
    let is_beside = marking.originator.as_ref().is_some_and(|owner| reader.is_beside(owner));
    (marking.tlp == Tlp::Amber && is_beside).then_some(Because::Beside)
}

/// How far one who received a report may pass it on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Onward {
    /// To nobody: it is read where it lies, and stands in no export and no onward sync. Its owner
    /// alone sends it, to those it names.
    Nobody,
    /// Within the receiving organisation.
    OwnOrganisation,
    /// Also to those the organisation works for, as far as they need to know.
    OwnOrganisationAndClients,
    /// To members of the pool, not in public.
    Community,
    /// To anyone.
    Anyone,
}

/// How far those who may see what is marked so may pass it on (TLP 2.0, section 4). What the terms
/// of its source do not let travel goes to nobody, whatever its level.
pub fn onward(marking: &Marking) -> Onward {
    if !marking.licence.may_be_passed_on() {
        return Onward::Nobody;
    }
    match marking.tlp {
        Tlp::Red => Onward::Nobody,
        Tlp::AmberStrict => Onward::OwnOrganisation,
        Tlp::Amber => Onward::OwnOrganisationAndClients,
        Tlp::Green => Onward::Community,
        Tlp::Clear => Onward::Anyone,
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Licence, Role};

    use super::super::made_up::{self, at, marking, reader};
    use super::*;

    #[test]
    fn an_embargo_ends_and_a_report_expires_at_the_moment_itself() {
        let mut held = marking(Tlp::Green);
        held.embargo = Some(at(100));
        held.expires = Some(at(200));
        let rail = reader("north-rail");
        for (now, sees) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(may_see(&held, &rail, at(now)).is_yes(), sees, "{now}");
        }
        let owner = reader("north-police");
        assert_eq!(may_see(&held, &owner, at(0)), Decision::Yes(Because::Own));
        assert_eq!(may_see(&held, &owner, at(200)), Decision::No(WhyNot::Expired(at(200))));
    }

    #[test]
    fn reasons_read_as_sentences() {
        let decide = |tlp, who: &str| may_see(&marking(tlp), &reader(who), at(0)).to_string();
        assert_eq!(decide(Tlp::Red, "north-police"), "yes: it is their own");
        assert_eq!(decide(Tlp::Red, "north-rail"), "yes: they are in the group corridor");
        assert_eq!(
            decide(Tlp::Amber, "north-guard"),
            "yes: they work in the same sector and region"
        );
        assert_eq!(
            decide(Tlp::AmberStrict, "north-guard"),
            "no: it is AMBER+STRICT and they are not among the recipients"
        );
        assert_eq!(
            decide(Tlp::Green, "east-news"),
            "no: they do not read for civil-protection, policing"
        );
        let mut silent = marking(Tlp::Green);
        silent.purposes.clear();
        assert_eq!(
            may_see(&silent, &reader("north-rail"), at(0)).to_string(),
            "no: it has no purpose, so nobody else may use it"
        );
    }

    #[test]
    fn an_account_without_a_reading_role_is_a_stranger_to_its_own_reports() {
        let auditor = Reader::of(
            &made_up::directory(),
            &made_up::id("north-police"),
            [Role::Auditor, Role::Admin],
            sheaf_model::Purpose::ALL.iter().copied(),
        );
        assert_eq!(
            may_see(&marking(Tlp::Green), &auditor, at(0)),
            Decision::No(WhyNot::NoReadingRole)
        );
        assert!(may_see(&marking(Tlp::Clear), &auditor, at(0)).is_yes());
    }

    #[test]
    fn red_and_what_is_not_licensed_go_no_further() {
        let onward_at = |tlp| onward(&marking(tlp));
        assert_eq!(onward_at(Tlp::Red), Onward::Nobody);
        assert_eq!(onward_at(Tlp::Clear), Onward::Anyone);
        assert!(Tlp::ALL.windows(2).all(|pair| onward_at(pair[0]) > onward_at(pair[1])));
        let mut unread = marking(Tlp::Clear);
        unread.licence = Licence::Unknown;
        assert_eq!(onward(&unread), Onward::Nobody);
    }
}
