//! Reads `cases/share/who-may-see.md` and holds the rules to every cell of it: five levels × kinds
//! of reader × embargo, expiry, licence and purpose.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_model::{
    Group, GroupName, Licence, Marking, Member, MemberId, Moment, Pap, Purpose, Region, Role,
    Sector, Tlp,
};
use sheaf_share::rules::{Directory, Reader, may_see};

const PAGE: &str = include_str!("../../../cases/share/who-may-see.md");

/// The cells of a table's line; `None` for other lines and the rule below the heading.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    (!inside.starts_with("---")).then(|| inside.split('|').map(str::trim).collect())
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !matches!(*word, "" | "none" | "nothing"))
}

fn purposes(text: &str) -> BTreeSet<Purpose> {
    listed(text).map(|word| Purpose::from_name(word).expect(word)).collect()
}

/// The members' table at the head of the page.
fn directory(head: &str) -> Directory {
    let mut groups: BTreeMap<GroupName, Group> = BTreeMap::new();
    let mut members = Vec::new();
    for row in head.lines().filter_map(cells).filter(|row| row[0] != "member") {
        let [name, sector, region, reads_for, in_groups] = row[..] else { panic!("{row:?}") };
        let id = MemberId::new(name).unwrap();
        for group in listed(in_groups) {
            let name = GroupName::new(group).unwrap();
            let confidential = head.contains(&format!("group *{group}* is confidential"));
            groups
                .entry(name.clone())
                .or_insert(Group { name, members: BTreeSet::new(), confidential })
                .members
                .insert(id.clone());
        }
        members.push(Member {
            id,
            name: name.to_owned(),
            sector: Sector::from_name(sector).unwrap(),
            region: Region::new(region).unwrap(),
            purposes: purposes(reads_for),
        });
    }
    Directory::new(members, groups.into_values())
}

/// "in the group: north-rail, for policing" and the like.
fn reader(text: &str, directory: &Directory) -> Reader {
    let text = text.rsplit_once(": ").map_or(text, |(_, who)| who);
    let (who, how) = text.split_once(", ").unwrap_or((text, ""));
    if who == "anyone" {
        return Reader::anyone();
    }
    let id = MemberId::new(who).unwrap();
    let roles: Vec<Role> = match how.strip_prefix("as ") {
        Some("nobody") => vec![],
        Some(role) => vec![Role::from_name(role).expect(role)],
        None => vec![Role::Contributor],
    };
    let purposes = match how.strip_prefix("for ") {
        Some(words) => purposes(words),
        None => Purpose::ALL.iter().copied().collect(),
    };
    Reader::of(directory, &id, roles, purposes)
}

/// "groups: corridor; purposes: policing; embargo: running"
fn marking(text: &str) -> Marking {
    let mut marking = Marking::unsaid(MemberId::new("north-police").unwrap());
    marking.pap = Pap::Clear;
    marking.licence = Licence::ShareAlike;
    for part in text.split("; ") {
        let (what, words) = part.split_once(": ").unwrap();
        match (what, words) {
            ("groups", _) => {
                marking.groups = listed(words).map(|it| GroupName::new(it).unwrap()).collect();
            }
            ("purposes", _) => marking.purposes = purposes(words),
            ("embargo", "running") => marking.embargo = now().plus_millis(1),
            ("embargo", "over") => marking.embargo = Some(now()),
            ("expires", "passed") => marking.expires = Some(now()),
            ("licence", _) => marking.licence = Licence::from_name(words).unwrap(),
            _ => panic!("{part}"),
        }
    }
    marking
}

fn now() -> Moment {
    Moment::parse("2026-03-01T12:00:00Z").unwrap()
}

#[test]
fn rule_06_the_matrix_of_levels_and_readers_holds() {
    let mut parts = PAGE.split("\n## ");
    let directory = directory(parts.next().unwrap());
    assert_eq!(directory.members().len(), 6);
    let mut n_cells = 0;
    let mut wrong = Vec::new();
    for part in parts {
        let title = part.lines().next().unwrap();
        let said = part.lines().find(|line| line.starts_with("groups: ")).unwrap();
        for row in part.lines().filter_map(cells).filter(|row| row[0] != "reader") {
            let reader = reader(row[0], &directory);
            for (&tlp, cell) in Tlp::ALL.iter().zip(&row[1..]) {
                let decision = may_see(&Marking { tlp, ..marking(said) }, &reader, now());
                assert!(matches!(*cell, "yes" | "no"), "{title}: {}: {cell}", row[0]);
                if decision.is_yes() != (*cell == "yes") {
                    wrong.push(format!("{title}: {}: {tlp}: {decision}", row[0]));
                }
                n_cells += 1;
            }
            // A level above lets nobody in whom the one below keeps out.
            assert!(row[1..].windows(2).all(|pair| pair[0] == "yes" || pair[1] == "no"), "{row:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(n_cells, 210, "cells of the page");
}
