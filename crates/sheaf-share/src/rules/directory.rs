//! Who there is, and who is reading. A [`Directory`] knows all members and groups; a [`Reader`] is
//! what the rules need to know of one account of one member, taken from it once per request.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_model::{Group, GroupName, Member, MemberId, Purpose, Role};

/// The members of a pool and the groups in which they share.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directory {
    members: BTreeMap<MemberId, Member>,
    groups: BTreeMap<GroupName, Group>,
}

impl Directory {
    /// From lists; of two with one name the later counts.
    pub fn new(
        members: impl IntoIterator<Item = Member>,
        groups: impl IntoIterator<Item = Group>,
    ) -> Directory {
        Directory {
            members: members.into_iter().map(|member| (member.id.clone(), member)).collect(),
            groups: groups.into_iter().map(|group| (group.name.clone(), group)).collect(),
        }
    }

    /// The member with this id.
    pub fn member(&self, id: &MemberId) -> Option<&Member> {
        self.members.get(id)
    }

    /// All members, in order of id.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.members.values()
    }

    /// The group with this name, if this member may know that it exists: a confidential group
    /// exists for its members only.
    pub fn group_known_to(&self, name: &GroupName, member: &MemberId) -> Option<&Group> {
        self.groups.get(name).filter(|group| !group.confidential || group.members.contains(member))
    }

    /// Whether there is a confidential group of this name. For whoever keeps the pool: to a reader the
    /// answer would tell what [`Directory::group_known_to`] does not.
    pub fn has_confidential(&self, name: &GroupName) -> bool {
        self.groups.get(name).is_some_and(|group| group.confidential)
    }

    /// The members who work beside this one: of its sector, in its region. It is one of them.
    pub(super) fn circle_of<'a>(
        &'a self,
        member: &'a Member,
    ) -> impl Iterator<Item = &'a Member> + 'a {
        self.members
            .values()
            .filter(move |other| other.sector == member.sector && other.region == member.region)
    }

    fn groups_of(&self, member: &MemberId) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(move |group| group.members.contains(member))
    }
}

/// One who asks, as far as the rules need to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reader {
    // Invariant: without a member all the other fields are empty.
    member: Option<MemberId>,
    roles: BTreeSet<Role>,
    purposes: BTreeSet<Purpose>,
    groups: BTreeSet<GroupName>,
    circle: BTreeSet<MemberId>,
}

impl Reader {
    /// Someone who is not signed in.
    pub fn anyone() -> Reader {
        Reader {
            member: None,
            roles: BTreeSet::new(),
            purposes: BTreeSet::new(),
            groups: BTreeSet::new(),
            circle: BTreeSet::new(),
        }
    }

    /// An account of a member, with the roles it has and the purposes it reads for now. Purposes
    /// its member has not declared do not count. An account of a member who is not in the directory
    /// is [`Reader::anyone`].
    pub fn of(
        directory: &Directory,
        member: &MemberId,
        roles: impl IntoIterator<Item = Role>,
        purposes: impl IntoIterator<Item = Purpose>,
    ) -> Reader {
        let Some(member) = directory.member(member) else { return Reader::anyone() };
        Reader {
            member: Some(member.id.clone()),
            roles: roles.into_iter().collect(),
            purposes: purposes.into_iter().filter(|it| member.purposes.contains(it)).collect(),
            groups: directory.groups_of(&member.id).map(|group| group.name.clone()).collect(),
            circle: directory.circle_of(member).map(|other| other.id.clone()).collect(),
        }
    }

    /// The member whose account it is; `None` for someone who is not signed in.
    pub fn member(&self) -> Option<&MemberId> {
        self.member.as_ref()
    }

    /// Whether the account has this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// What it reads for.
    pub fn purposes(&self) -> &BTreeSet<Purpose> {
        &self.purposes
    }

    /// The groups its member is in.
    pub fn groups(&self) -> &BTreeSet<GroupName> {
        &self.groups
    }

    /// Whether it works beside this member: same sector, same region.
    pub(super) fn is_beside(&self, member: &MemberId) -> bool {
        self.circle.contains(member)
    }

    /// The member, if the account may read reports at all. To the others only what is public is
    /// there.
    pub(super) fn reading_member(&self) -> Option<&MemberId> {
        let reads = self.roles.iter().any(|role| role.reads_reports());
        self.member.as_ref().filter(|_| reads)
    }
}
