//! An incident as one reader has it. Reports that meet in an incident are never merged in the store;
//! what a reader gets is settled anew from the reports, and the claims of them, that this reader
//! may use.

use std::collections::BTreeSet;

use sheaf_model::{Licence, Marking, Moment};

use super::{Directory, Reader, combine, may_see};

/// A report of an incident, as far as its markings go.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The report's own.
    pub marking: &'a Marking,
    /// Those of single claims, by their position in the report. They are combined with the
    /// report's, so they can only be narrower than it.
    pub claims: &'a [(u16, Marking)],
}

/// What a reader may use of one report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Usable {
    /// Its position among the reports given.
    pub report: usize,
    /// The claims to leave out, by position in the report, in ascending order.
    pub without: BTreeSet<u16>,
}

/// What an incident is made of for one reader.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// The reports that may be used, in the order given. If there is none, there is no incident:
    /// the reader gets the answer of what does not exist.
    pub usable: Vec<Usable>,
    /// What the whole bears: the most restrictive of all that went in. `None` if nothing did.
    pub marking: Option<Marking>,
    /// Reports and claims left out for their licence alone. A reader may know these: all else about
    /// them would let the reader see them, and an export has to say that its numbers lack them.
    /// What was left out for any other reason is not counted, because its number would tell that it
    /// exists.
    pub n_unlicensed: usize,
}

/// Which of an incident's reports and claims this reader may use, at this time.
pub fn view_for<'a>(
    reports: impl IntoIterator<Item = Held<'a>>,
    reader: &Reader,
    now: Moment,
) -> View {
    let mut view = View::default();
    for (idx, held) in reports.into_iter().enumerate() {
        if !may_see(held.marking, reader, now).is_yes() {
            view.n_unlicensed += usize::from(only_unlicensed(held.marking, reader, now));
            continue;
        }
        let mut without = BTreeSet::new();
        let mut whole = held.marking.clone();
        for (claim, own) in held.claims {
            let of_claim = combine(held.marking, own);
            if may_see(&of_claim, reader, now).is_yes() {
                whole = combine(&whole, &of_claim);
            } else {
                view.n_unlicensed += usize::from(only_unlicensed(&of_claim, reader, now));
                without.insert(*claim);
            }
        }
        view.marking = Some(match view.marking {
            None => whole,
            Some(so_far) => combine(&so_far, &whole),
        });
        view.usable.push(Usable { report: idx, without });
    }
    view
}

fn only_unlicensed(marking: &Marking, reader: &Reader, now: Moment) -> bool {
    let licensed = Marking { licence: Licence::OpenWithAttribution, ..marking.clone() };
    may_see(&licensed, reader, now).is_yes()
}

/// A marking as this reader may be shown it: without the names of confidential groups the reader is
/// not in, and to someone who is not signed in without any group.
pub fn as_shown(marking: &Marking, reader: &Reader, directory: &Directory) -> Marking {
    let mut shown = marking.clone();
    shown.groups.retain(|name| {
        reader.member().is_some_and(|member| directory.group_known_to(name, member).is_some())
    });
    shown
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Pap, Purpose, Tlp};

    use super::super::made_up::{at, directory, group, id, marking, reader};
    use super::*;

    fn check(markings: &[Marking], who: &str, usable: &[usize], n_unlicensed: usize) -> View {
        let held = markings.iter().map(|marking| Held { marking, claims: &[] });
        let view = view_for(held, &reader(who), at(0));
        let reports: Vec<usize> = view.usable.iter().map(|it| it.report).collect();
        assert_eq!((reports.as_slice(), view.n_unlicensed), (usable, n_unlicensed), "{who}");
        view
    }

    #[test]
    fn one_incident_is_another_to_every_reader() {
        let mut rail = marking(Tlp::AmberStrict);
        rail.originator = Some(id("north-rail"));
        rail.groups.clear();
        let mut bought = marking(Tlp::Green);
        bought.licence = Licence::OwnUseOnly;
        let all = [marking(Tlp::Green), rail, bought, marking(Tlp::Red)];
        check(&all, "north-police", &[0, 2, 3], 0);
        check(&all, "north-rail", &[0, 1, 3], 1);
        check(&all, "east-police", &[0], 1);
        // Not for this reader's purpose: nothing, and no number that would tell of something.
        assert_eq!(check(&all, "east-news", &[], 0), View::default());
    }

    #[test]
    fn the_whole_bears_the_most_restrictive() {
        let mut second = marking(Tlp::Amber);
        second.pap = Pap::Red;
        second.purposes = BTreeSet::from([Purpose::CivilProtection, Purpose::Research]);
        second.originator = Some(id("north-rail"));
        let view = check(&[marking(Tlp::Green), second], "north-rail", &[0, 1], 0);
        let whole = view.marking.unwrap();
        assert_eq!((whole.tlp, whole.pap), (Tlp::Amber, Pap::Red));
        assert_eq!(whole.purposes, BTreeSet::from([Purpose::CivilProtection]));
        assert_eq!(whole.originator, None);
    }

    #[test]
    fn a_claim_can_be_narrower_than_its_report_and_never_wider() {
        let report = marking(Tlp::Green);
        let mut wider = marking(Tlp::Clear);
        wider.purposes = Purpose::ALL.iter().copied().collect();
        let claims = [(2, marking(Tlp::Red)), (5, wider)];
        let held = [Held { marking: &report, claims: &claims }];
        let view = view_for(held, &reader("east-police"), at(0));
        assert_eq!(view.usable, [Usable { report: 0, without: BTreeSet::from([2]) }]);
        assert_eq!(view.marking.as_ref().map(|it| it.tlp), Some(Tlp::Green));
        assert_eq!(view_for(held, &reader("east-news"), at(0)), View::default());
        // Who may use the narrow claim gets a whole that is as narrow.
        let view = view_for(held, &reader("north-rail"), at(0));
        assert!(view.usable[0].without.is_empty());
        assert_eq!(view.marking.map(|it| it.tlp), Some(Tlp::Red));
    }

    #[test]
    fn the_name_of_a_confidential_group_is_shown_to_its_members_only() {
        let mut held = marking(Tlp::Green);
        held.groups.insert(group("quiet-table"));
        let names = |reader: &Reader| -> Vec<String> {
            let shown = as_shown(&held, reader, &directory());
            shown.groups.iter().map(ToString::to_string).collect()
        };
        assert_eq!(names(&reader("east-police")), ["corridor", "quiet-table"]);
        assert_eq!(names(&reader("north-rail")), ["corridor"]);
        assert_eq!(names(&Reader::anyone()), [""; 0]);
    }
}
