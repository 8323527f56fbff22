//! Who may put a report into a pool, and who may change, re-mark or withdraw it afterwards: its
//! owner, and nobody else.

use std::fmt;

use sheaf_model::{GroupName, Marking, Moment, Role, Tlp};

use super::{Directory, Reader, may_see, widens};

/// What is wrong with a marking that somebody wants to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The account may not contribute.
    NoContributor,
    /// The owner named is not the writer's own organisation.
    NotTheirs,
    /// No purpose is stated.
    NoPurpose,
    /// No such group, or a confidential one the writer is not in: the same answer to both.
    NoSuchGroup(GroupName),
    /// It would be over before it begins.
    OverAlready(Moment),
    /// The embargo would outlast the report.
    EmbargoPastExpiry(Moment),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NoContributor => f.write_str(
                "this account may not contribute; hint: ask an admin of your organisation for the \
                 role contributor",
            ),
            Fault::NotTheirs => f.write_str(
                "originator: a report is contributed under one's own organisation; hint: leave the \
                 originator out",
            ),
            Fault::NoPurpose => f.write_str(
                "purposes: none is stated; hint: name at least one, such as civil-protection",
            ),
            Fault::NoSuchGroup(name) => {
                write!(f, "groups: there is no group {name}; hint: check its spelling")
            }
            Fault::OverAlready(at) => {
                write!(f, "expires: {at} has passed; hint: state a later moment, or none")
            }
            Fault::EmbargoPastExpiry(until) => write!(
                f,
                "embargo: {until} is not before the report expires; hint: nobody else would ever \
                 see it"
            ),
        }
    }
}

/// Whether the writer may put in a report marked so. All faults are told at once.
///
/// # Errors
/// The faults, if there are any.
pub fn may_write(
    marking: &Marking,
    writer: &Reader,
    directory: &Directory,
    now: Moment,
) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if writer.member().is_none() || !writer.has(Role::Contributor) {
        faults.push(Fault::NoContributor);
    }
    if marking.originator.is_none() || marking.originator.as_ref() != writer.member() {
        faults.push(Fault::NotTheirs);
    }
    if marking.purposes.is_empty() {
        faults.push(Fault::NoPurpose);
    }
    let known = |name: &GroupName| {
        writer.member().is_some_and(|member| directory.group_known_to(name, member).is_some())
    };
    faults
        .extend(marking.groups.iter().filter(|name| !known(name)).cloned().map(Fault::NoSuchGroup));
    if let Some(end) = marking.expires {
        if end <= now {
            faults.push(Fault::OverAlready(end));
        }
        faults.extend(marking.embargo.filter(|it| *it >= end).map(Fault::EmbargoPastExpiry));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What somebody wants to do with a report that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change<'a> {
    /// Say something else in it.
    Revise,
    /// Take it back.
    Withdraw,
    /// Put another marking on it.
    Mark(&'a Marking),
}

/// Why a change is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// The one who asks may not see the report, so for them there is none.
    NoSuchReport,
    /// Only its owner changes it; others write a report of their own.
    NotTheirs,
    /// The owner's account lacks this role.
    NeedsRole(Role),
    /// The new marking has faults.
    Faults(Vec<Fault>),
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAllowed::NoSuchReport => f.write_str("there is no such report"),
            NotAllowed::NotTheirs => f.write_str(
                "only the organisation that contributed a report may change it; hint: contribute \
                 one of your own, or judge that both are of one incident",
            ),
            NotAllowed::NeedsRole(role) => {
                write!(f, "this needs an account with the role {role}")
            }
            NotAllowed::Faults(faults) => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&faults.join("\n"))
            }
        }
    }
}

/// Whether anyone may see by `new` what not anyone could by `old`, or before anything was said (`None`).
/// Rule 15: this takes two people of the owner's, one who asks and a releaser.
pub fn becomes_public(old: Option<&Marking>, new: &Marking) -> bool {
    new.tlp == Tlp::Clear && old.is_none_or(|old| widens(old, new))
}

/// Whether this account may make this change to a report marked `old` (rule 8: the owner alone
/// widens, revises and withdraws). Making public what was not needs a releaser; that a second
/// person has to agree is held where accounts are known.
///
/// # Errors
/// Why not. Who may not see the report learns only that there is none.
pub fn may_change(
    old: &Marking,
    change: Change<'_>,
    by: &Reader,
    directory: &Directory,
    now: Moment,
) -> Result<(), NotAllowed> {
    if !may_see(old, by, now).is_yes() {
        return Err(NotAllowed::NoSuchReport);
    }
    if by.member().is_none() || by.member() != old.originator.as_ref() {
        return Err(NotAllowed::NotTheirs);
    }
    let role = match change {
        Change::Mark(new) if becomes_public(Some(old), new) => Role::Releaser,
        _ => Role::Contributor,
    };
    if !by.has(role) {
        return Err(NotAllowed::NeedsRole(role));
    }
    let Change::Mark(new) = change else { return Ok(()) };
    let mut faults = may_write(new, by, directory, now).err().unwrap_or_default();
    // A releaser re-marks without contributing.
    faults.retain(|fault| *fault != Fault::NoContributor);
    if faults.is_empty() { Ok(()) } else { Err(NotAllowed::Faults(faults)) }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Purpose;

    use super::super::made_up::{at, directory, group, id, marking, reader};
    use super::*;

    #[test]
    fn rule_05_without_a_purpose_nothing_is_written() {
        let mut silent = marking(Tlp::Green);
        silent.purposes.clear();
        let refused = may_write(&silent, &reader("north-police"), &directory(), at(0));
        assert_eq!(refused, Err(vec![Fault::NoPurpose]));
        let allowed = may_write(&marking(Tlp::Green), &reader("north-police"), &directory(), at(0));
        assert_eq!(allowed, Ok(()));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut bad = marking(Tlp::Green);
        bad.purposes.clear();
        bad.expires = Some(at(5));
        bad.embargo = Some(at(9));
        bad.groups.insert(group("quiet-table"));
        let faults = may_write(&bad, &reader("north-rail"), &directory(), at(10)).unwrap_err();
        let sentences: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            sentences,
            [
                "originator: a report is contributed under one's own organisation; hint: leave the \
                 originator out",
                "purposes: none is stated; hint: name at least one, such as civil-protection",
                "groups: there is no group quiet-table; hint: check its spelling",
                "expires: 1970-01-01T00:00:00.005Z has passed; hint: state a later moment, or none",
                "embargo: 1970-01-01T00:00:00.009Z is not before the report expires; hint: nobody \
                 else would ever see it",
            ]
        );
    }

    #[test]
    fn a_confidential_group_and_one_that_is_not_there_get_the_same_answer() {
        let naming = |name: &str| {
            let mut held = marking(Tlp::Green);
            held.originator = Some(id("north-rail"));
            held.groups = [group(name)].into();
            may_write(&held, &reader("north-rail"), &directory(), at(0)).unwrap_err()
        };
        assert_eq!(naming("quiet-table"), [Fault::NoSuchGroup(group("quiet-table"))]);
        assert_eq!(naming("no-such-one"), [Fault::NoSuchGroup(group("no-such-one"))]);
    }

    #[test]
    fn rule_08_only_the_owner_widens_revises_and_withdraws() {
        let old = marking(Tlp::Amber);
        let wider = marking(Tlp::Green);
        let directory = directory();
        for change in [Change::Revise, Change::Withdraw, Change::Mark(&wider)] {
            let by = |who: &Reader| may_change(&old, change, who, &directory, at(0));
            assert_eq!(by(&reader("north-police")), Ok(()));
            // In the group, so it sees the report; the refusal may say more than to a stranger.
            assert_eq!(by(&reader("north-rail")), Err(NotAllowed::NotTheirs));
            assert_eq!(by(&reader("east-police")), Err(NotAllowed::NoSuchReport));
            assert_eq!(by(&Reader::anyone()), Err(NotAllowed::NoSuchReport));
            let reviewer =
                Reader::of(&directory, &id("north-police"), [Role::Reviewer], [Purpose::Policing]);
            assert_eq!(by(&reviewer), Err(NotAllowed::NeedsRole(Role::Contributor)));
        }
    }

    #[test]
    fn making_public_needs_a_releaser() {
        let (old, public) = (marking(Tlp::Amber), marking(Tlp::Clear));
        let directory = directory();
        let by = |roles: &[Role]| {
            let who = Reader::of(
                &directory,
                &id("north-police"),
                roles.iter().copied(),
                [Purpose::Policing],
            );
            may_change(&old, Change::Mark(&public), &who, &directory, at(0))
        };
        assert_eq!(by(&[Role::Contributor]), Err(NotAllowed::NeedsRole(Role::Releaser)));
        assert_eq!(by(&[Role::Releaser]), Ok(()));
    }

    #[test]
    fn what_is_public_by_nothing_less_becomes_so_and_what_was_does_not() {
        let (amber, clear) = (marking(Tlp::Amber), marking(Tlp::Clear));
        let held = Marking { embargo: Some(at(9)), ..clear.clone() };
        for (old, new, expected) in [
            (None, &clear, true),
            (Some(&amber), &clear, true),
            (Some(&held), &clear, true),
            (Some(&clear), &clear, false),
            (Some(&clear), &held, false),
            (Some(&clear), &amber, false),
            (None, &amber, false),
        ] {
            assert_eq!(becomes_public(old, new), expected, "{old:?} {new:?}");
        }
    }

    #[test]
    fn nobody_owns_what_is_drawn_from_several() {
        let mut mixed = marking(Tlp::Green);
        mixed.originator = None;
        let refused =
            may_change(&mixed, Change::Withdraw, &reader("north-police"), &directory(), at(0));
        assert_eq!(refused, Err(NotAllowed::NotTheirs));
    }
}
