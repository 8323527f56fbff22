//! An invented pool for the tests of the rules: two regions, five members, an open group and a
//! confidential one. Reports are the northern police's.

use std::collections::BTreeSet;

use sheaf_model::{
    Group, GroupName, Licence, Marking, Member, MemberId, Moment, Pap, Purpose, Region, Role,
    Sector, Tlp,
};

use super::{Directory, Reader};

pub fn id(name: &str) -> MemberId {
    MemberId::new(name).unwrap()
}

pub fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

/// Milliseconds after the start of 1970.
pub fn at(millis: i64) -> Moment {
    Moment::from_millis(millis).unwrap()
}

fn member(name: &str, sector: Sector, region: &str, purposes: &[Purpose]) -> Member {
    Member {
        id: id(name),
        name: name.to_uppercase(),
        sector,
        region: Region::new(region).unwrap(),
        purposes: purposes.iter().copied().collect(),
    }
}

pub fn directory() -> Directory {
    use Purpose::{CivilProtection, Policing, Reporting, TransportOperations};
    let among = |names: &[&str]| names.iter().map(|name| id(name)).collect();
    Directory::new(
        [
            member("north-police", Sector::Police, "north", &[Policing]),
            member("north-guard", Sector::Police, "north", &[Policing]),
            member("north-rail", Sector::Rail, "north", &[TransportOperations, CivilProtection]),
            member("east-police", Sector::Police, "east", &[Policing]),
            member("east-news", Sector::Media, "east", &[Reporting]),
        ],
        [
            Group {
                name: group("corridor"),
                members: among(&["north-police", "north-rail"]),
                confidential: false,
            },
            Group {
                name: group("quiet-table"),
                members: among(&["north-police", "east-police"]),
                confidential: true,
            },
        ],
    )
}

/// A reading account of this member, for all its purposes.
pub fn reader(name: &str) -> Reader {
    Reader::of(&directory(), &id(name), [Role::Contributor], Purpose::ALL.iter().copied())
}

/// The northern police's report, for policing and civil protection, to the group "corridor".
pub fn marking(tlp: Tlp) -> Marking {
    Marking {
        tlp,
        pap: Pap::Clear,
        groups: BTreeSet::from([group("corridor")]),
        purposes: BTreeSet::from([Purpose::Policing, Purpose::CivilProtection]),
        embargo: None,
        expires: None,
        licence: Licence::OpenWithAttribution,
        originator: Some(id("north-police")),
    }
}
