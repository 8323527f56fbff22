//! What the rules between members rest on, kept and given back.

mod exchange_support;

use std::collections::{BTreeSet, HashSet};

use exchange_support::*;
use sheaf_model::{GroupName, Marking, MemberId, Moment, Pap, Purpose, SourceName, Tlp};
use sheaf_store::exchange::Sharing;

fn member(name: &str) -> MemberId {
    MemberId::new(name).unwrap()
}

#[test]
fn groups_and_purposes_come_back_as_they_were_given() {
    let (_place, log, _) = empty();
    let rail = log.add_member("north-rail", "north", "rail").unwrap();
    log.add_member("east-news", "east", "media").unwrap();
    assert!(log.purposes(rail).unwrap().is_empty());
    let purposes = BTreeSet::from([Purpose::Policing, Purpose::Research]);
    log.set_purposes(rail, &purposes).unwrap();
    assert_eq!(log.purposes(rail).unwrap(), purposes);
    log.set_purposes(rail, &BTreeSet::new()).unwrap();
    assert!(log.purposes(rail).unwrap().is_empty());

    let corridor = GroupName::new("corridor").unwrap();
    log.add_group(&corridor, true).unwrap();
    assert_eq!(log.add_group(&corridor, false).unwrap_err().code, "group-exists");
    assert!(log.set_in_group(&corridor, &member("north-rail"), true).unwrap());
    assert!(log.set_in_group(&corridor, &member("east-news"), true).unwrap());
    assert!(!log.set_in_group(&corridor, &member("nobody"), true).unwrap());
    assert!(log.set_in_group(&corridor, &member("east-news"), false).unwrap());
    let groups = log.groups().unwrap();
    assert_eq!((groups.len(), groups[0].confidential), (1, true));
    assert_eq!(groups[0].members, BTreeSet::from([member("north-rail")]));
}

#[test]
fn what_the_owner_of_a_source_allows_comes_back() {
    let (_place, log, _) = empty();
    let marking = Marking {
        tlp: Tlp::Amber,
        pap: Pap::Red,
        groups: ["a", "b"].map(|it| GroupName::new(it).unwrap()).into(),
        purposes: [Purpose::Humanitarian].into(),
        embargo: Moment::from_millis(1),
        expires: Moment::from_millis(2),
        ..Marking::unsaid(member("north-rail"))
    };
    let sharing = Sharing { source: SourceName::new("acme").unwrap(), marking };
    log.share(&sharing).unwrap();
    assert_eq!(log.sharings().unwrap(), std::slice::from_ref(&sharing));
    let unsaid = Sharing { marking: Marking::unsaid(member("east-news")), ..sharing };
    log.share(&unsaid).unwrap();
    assert_eq!(log.sharings().unwrap(), [unsaid]);
}

#[test]
fn only_what_was_published_and_is_there_can_be_missing() {
    let (_place, log, to) = empty();
    log.note_published(to, [id(1).as_str(), id(2).as_str(), id(3).as_str()]).unwrap();
    let bodies = [1, 2, 4].map(|number| incident(number, 1, ""));
    put(&log, to, "acme", NOW, &bodies);
    let missing = |still: &[u32]| {
        let still: HashSet<String> = still.iter().map(|&number| id(number)).collect();
        log.published_but(to, "acme", &still).unwrap()
    };
    assert_eq!(missing(&[]), [id(1), id(2)]);
    assert_eq!(missing(&[1]), [id(2)]);
    assert!(log.published_but(to, "other", &HashSet::new()).unwrap().is_empty());
    let head = log.head(to, &id(1)).unwrap().unwrap();
    assert_eq!((head.owner.as_str(), head.is_withdrawn), ("acme", false));
    assert_eq!(head.body, incident(1, 1, "").as_bytes());
    assert_eq!(log.head(to, &id(9)).unwrap(), None);
}
