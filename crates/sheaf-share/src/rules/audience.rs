//! "Who would see what": the dry run an owner makes before anything is sent.

use sheaf_model::{GroupName, Marking, MemberId, Moment, Role};

use super::{Because, Decision, Directory, NotAllowed, Reader, WhyNot, may_see};

/// One line of the dry run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// For whom.
    pub who: Who,
    /// The answer, with its reason.
    pub decision: Decision,
}

/// For whom a line of the dry run stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Who {
    /// Reading accounts of this member, with every purpose it has declared.
    Member(MemberId),
    /// Anyone who is not signed in.
    Anyone,
}

/// Who would see a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audience {
    /// One line per member in order of id, then one for anyone.
    pub lines: Vec<Line>,
    /// Groups the marking names and the asker cannot look into: there is none of that name, or it
    /// is confidential and the asker is not (or no longer) in it. If there are any, the members who
    /// would see the report by these alone stand in the lines as not named, because more would tell
    /// who they are.
    pub unknown_groups: Vec<GroupName>,
}

/// Who would see what is marked so, at this time, as its owner may know it.
///
/// # Errors
/// [`NotAllowed::NoSuchReport`] to anyone but the owner: the readers of a report are nobody else's
/// business, and the marking may name a group that the asker must not hear of.
pub fn audience(
    marking: &Marking,
    asked_by: &Reader,
    directory: &Directory,
    now: Moment,
) -> Result<Audience, NotAllowed> {
    let owner = asked_by
        .reading_member()
        .filter(|member| marking.originator.as_ref() == Some(member))
        .ok_or(NotAllowed::NoSuchReport)?;
    let mut known = marking.clone();
    known.groups.retain(|name| directory.group_known_to(name, owner).is_some());
    let unknown_groups = marking.groups.difference(&known.groups).cloned().collect();
    let mut lines: Vec<Line> = directory
        .members()
        .map(|member| {
            let purposes = member.purposes.iter().copied();
            let reader = Reader::of(directory, &member.id, [Role::Contributor], purposes);
            Line { who: Who::Member(member.id.clone()), decision: may_see(&known, &reader, now) }
        })
        .collect();
    lines.push(Line { who: Who::Anyone, decision: may_see(&known, &Reader::anyone(), now) });
    Ok(Audience { lines, unknown_groups })
}

impl Audience {
    /// How many members would see it.
    pub fn n_members(&self) -> usize {
        let sees = |line: &&Line| line.who != Who::Anyone && line.decision.is_yes();
        self.lines.iter().filter(sees).count()
    }

    /// The members left out for their purpose alone, which the owner may have overlooked.
    pub fn left_out_by_purpose(&self) -> impl Iterator<Item = &MemberId> {
        self.lines.iter().filter_map(|line| match (&line.who, &line.decision) {
            (Who::Member(member), Decision::No(WhyNot::Purpose(_))) => Some(member),
            _ => None,
        })
    }

    /// The groups by which somebody would see it.
    pub fn groups(&self) -> impl Iterator<Item = &GroupName> {
        self.lines.iter().filter_map(|line| match &line.decision {
            Decision::Yes(Because::Group(name)) => Some(name),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Purpose, Tlp};

    use super::super::made_up::{at, directory, group, id, marking, reader};
    use super::*;

    fn told(marking: &Marking, asked_by: &str) -> Vec<String> {
        let audience = audience(marking, &reader(asked_by), &directory(), at(0)).unwrap();
        let line = |line: &Line| match &line.who {
            Who::Member(member) => format!("{member}: {}", line.decision),
            Who::Anyone => format!("anyone: {}", line.decision),
        };
        audience.lines.iter().map(line).collect()
    }

    #[test]
    fn the_owner_is_told_who_would_see_it_and_why() {
        assert_eq!(
            told(&marking(Tlp::Amber), "north-police"),
            [
                "east-news: no: it is AMBER and they are not among the recipients",
                "east-police: no: it is AMBER and they are not among the recipients",
                "north-guard: yes: they work in the same sector and region",
                "north-police: yes: it is their own",
                "north-rail: yes: they are in the group corridor",
                "anyone: no: it is for members",
            ]
        );
        let green = marking(Tlp::Green);
        let told = audience(&green, &reader("north-police"), &directory(), at(0)).unwrap();
        assert_eq!(told.n_members(), 4);
        assert_eq!(told.left_out_by_purpose().collect::<Vec<_>>(), [&id("east-news")]);
    }

    #[test]
    fn nobody_else_is_told() {
        let held = marking(Tlp::Clear);
        for who in ["north-rail", "north-guard"] {
            let told = audience(&held, &reader(who), &directory(), at(0));
            assert_eq!(told, Err(NotAllowed::NoSuchReport), "{who}");
        }
        let auditor =
            Reader::of(&directory(), &id("north-police"), [Role::Auditor], [Purpose::Policing]);
        assert!(audience(&held, &auditor, &directory(), at(0)).is_err());
    }

    /// The railway names a group it is not in (it once was). Neither the group's name as a reason
    /// nor who is in it can be read from the answer.
    #[test]
    fn a_confidential_group_leaks_neither_its_name_nor_its_members() {
        let mut held = marking(Tlp::Red);
        held.originator = Some(id("north-rail"));
        held.groups = [group("quiet-table")].into();
        let here = directory();
        let answer = audience(&held, &reader("north-rail"), &here, at(0)).unwrap();
        held.groups = [group("no-such-one")].into();
        let nowhere = audience(&held, &reader("north-rail"), &here, at(0)).unwrap();
        assert_eq!(answer.lines, nowhere.lines);
        assert_eq!(answer.n_members(), 1);
        assert_eq!(answer.unknown_groups, [group("quiet-table")]);
        assert_eq!(answer.groups().count(), 0);
        // The rules themselves do let its members read.
        held.groups = [group("quiet-table")].into();
        held.purposes = [Purpose::Policing].into();
        assert!(may_see(&held, &reader("east-police"), at(0)).is_yes());
    }
}
