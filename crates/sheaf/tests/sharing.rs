//! Sharing through the program: groups, markings with their dry run, and what is published by them.

mod common;

use common::*;
use serde_json::Value;
use sheaf_store::exchange::{Classes, Exchange, Reading, Span, Wish};

fn desk() -> Desk {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("northline-wire.csv"), example("civil-protection.csv")]);
    for (name, region, sector, purposes) in [
        ("northline", "north", "media", "reporting,research"),
        ("acme", "north", "media", "reporting"),
        ("rail", "east", "rail", "transport-operations"),
    ] {
        let place = ["--region", region, "--sector", sector, "--purposes", purposes];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    desk.ok(&["group", "add", "a.sheaf", "corridor"]);
    desk.ok(&["group", "join", "a.sheaf", "corridor", "northline", "rail"]);
    desk
}

const WIRE: [&str; 6] = ["share", "a.sheaf", "--source", "northline-wire", "--by", "northline"];

fn share(desk: &Desk, more: &[&str]) -> String {
    desk.ok(&[&WIRE[..], more].concat())
}

fn publish(desk: &Desk, day: &str, by: &str) -> Value {
    let ran = desk.run_on(day, &["exchange", "publish", "a.sheaf", "--by", by, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// How many objects of a publication were new, changed, as before, withdrawn.
fn counts(done: &Value) -> [u64; 4] {
    ["new", "changed", "unchanged", "withdrawn"].map(|name| done[name].as_u64().unwrap())
}

/// What stands in the log, whoever may see it.
fn objects(desk: &Desk) -> Vec<Value> {
    let log = Exchange::open(&desk.path("a.sheaf")).unwrap();
    let root = log.roots().unwrap().remove(0);
    let collection = log.collections(root.root).unwrap().remove(0).collection;
    let span = Span { after: None, limit: 100_000, bytes: usize::MAX, bodies: true };
    let mut objects = Vec::new();
    let (reading, wish) = (Reading::Collection, Wish::default());
    log.page(collection, reading, &wish, &Classes::All, &span, |entry| {
        objects.push(serde_json::from_slice(entry.body).unwrap());
    })
    .unwrap();
    objects
}

#[test]
fn a_dry_run_says_who_would_see_what_and_changes_nothing() {
    let desk = desk();
    let group = ["--group", "corridor", "--purpose", "transport-operations"];
    let amber = [&["--tlp", "amber", "--show"], &group[..]].concat();
    assert_eq!(
        share(&desk, &amber),
        "acme       no: they do not read for transport-operations\n\
         northline  yes: it is their own\n\
         rail       yes: they are in the group corridor\n\
         anyone     no: it is for members\n"
    );
    let strict = [&["--show"], &group[..]].concat();
    assert!(
        share(&desk, &strict)
            .contains("acme       no: it is AMBER+STRICT and they are not among the recipients\n")
    );
    assert_eq!(counts(&publish(&desk, FIRST_DAY, "northline"))[0], 1, "nothing but who publishes");
    let log = Exchange::open(&desk.path("a.sheaf")).unwrap();
    assert!(log.sharings().unwrap().is_empty());
}

#[test]
fn what_may_not_be_said_is_refused_with_a_reason() {
    let desk = desk();
    let fails = |code: &str, more: &[&str], expected: &str| {
        let said = desk.fails(code, &[&WIRE[..4], more].concat());
        assert!(said.contains(expected), "{said}");
    };
    let by = ["--by", "northline"];
    fails("not-allowed", &[&by[..], &["--tlp", "green"]].concat(), "purposes: none is stated");
    let unknown = [&by[..], &["--purpose", "research", "--group", "none"]].concat();
    fails("not-allowed", &unknown, "groups: there is no group none");
    let over = [&by[..], &["--purpose", "research", "--until", "2023-12-31"]].concat();
    fails("not-allowed", &over, "expires: 2023-12-31T00:00:00.000Z has passed");
    fails("whose", &["--purpose", "research"], "nobody said yet whose northline-wire is");
    fails("no-such-member", &["--by", "northlin"], "did you mean northline?");
    share(&desk, &["--purpose", "research"]);
    fails("not-theirs", &["--by", "acme", "--purpose", "research"], "is northline's, not acme's");
    let said = desk.fails("no-such-source", &["share", "a.sheaf", "--source", "northlin-wire"]);
    assert!(said.contains("did you mean northline-wire?"), "{said}");
    let said = desk.fails("no-such-group", &["group", "join", "a.sheaf", "coridor", "acme"]);
    assert!(said.contains("did you mean corridor?"), "{said}");
    let said = desk.fails("group-exists", &["group", "add", "a.sheaf", "corridor"]);
    assert!(said.contains("there is a group \"corridor\" already"), "{said}");
}

#[test]
fn publishing_again_changes_nothing_and_a_change_changes_what_it_must() {
    let desk = desk();
    share(&desk, &["--tlp", "green", "--purpose", "reporting"]);
    let done = publish(&desk, FIRST_DAY, "northline");
    // 65 reports, each with its place and the relation between them; the identity. Definitions of the format
    // are counted by nobody.
    assert_eq!(done["reports"], 65);
    assert_eq!(counts(&done), [196, 0, 0, 0]);
    let before = objects(&desk);
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 0, 196, 0]);
    assert_eq!(objects(&desk), before);

    // Another marking is another version of every object, later than the one before.
    share(&desk, &["--tlp", "amber", "--group", "corridor", "--purpose", "reporting"]);
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 195, 1, 0]);
    let amber = sheaf_share::stix::tlp_id(sheaf_model::Tlp::Amber);
    for object in objects(&desk).iter().filter(|it| it["type"] == "incident") {
        if object["revoked"] != true {
            assert_eq!(object["object_marking_refs"][0], amber);
            assert_eq!(object["created"], "2024-01-01T00:00:00.000Z");
            assert_eq!(object["modified"], "2024-02-01T00:00:00.000Z");
        }
    }
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 0, 196, 0]);
}

#[test]
fn what_is_over_or_held_back_is_withdrawn_and_those_who_saw_it_are_told() {
    let desk = desk();
    share(&desk, &["--tlp", "green", "--purpose", "reporting", "--until", "2024-01-20"]);
    assert_eq!(counts(&publish(&desk, FIRST_DAY, "northline")), [196, 0, 0, 0]);
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 0, 1, 195]);
    let left = objects(&desk);
    let about_reports = |it: &&Value| {
        ["incident", "location", "relationship"].iter().any(|kind| it["type"] == *kind)
    };
    assert!(left.iter().filter(about_reports).all(|it| it["revoked"] == true));
    // The notice is in a class that does not expire, and says nothing of what it was.
    let log = Exchange::open(&desk.path("a.sheaf")).unwrap();
    let classes = log.classes().unwrap();
    assert!(classes.iter().any(|(_, owner, line)| {
        owner == "northline" && line.starts_with("marking/1;green;") && !line.contains("2024-01-20")
    }));
    assert!(!left.iter().any(|it| it.to_string().contains("Volgograd")));

    // Shared anew it comes back as new versions.
    let later = ["--tlp", "green", "--purpose", "reporting", "--embargo", "2030-01-01"];
    let ran = desk.run_on(LATER_DAY, &[&WIRE[..], &later[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 0, 1, 0], "held back");
    let now = ["--tlp", "green", "--purpose", "reporting"];
    let ran = desk.run_on(LATER_DAY, &[&WIRE[..], &now[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(counts(&publish(&desk, LATER_DAY, "northline")), [0, 195, 1, 0]);
    assert!(objects(&desk).iter().any(|it| it.to_string().contains("Volgograd")));
}

#[test]
fn a_report_that_is_gone_from_its_source_is_withdrawn() {
    let desk = desk();
    let table = table(example("northline-wire.csv"), b',');
    share(&desk, &["--tlp", "green", "--purpose", "reporting"]);
    publish(&desk, FIRST_DAY, "northline");
    let mut fewer = csv::Writer::from_path(desk.path("northline-wire.csv")).unwrap();
    // Without its last row, and with another toll in the first.
    for (idx, row) in table[..table.len() - 1].iter().enumerate() {
        let mut row = row.clone();
        if idx == 1 {
            row[11] = "9".to_owned();
        }
        fewer.write_record(&row).unwrap();
    }
    drop(fewer);
    std::fs::copy(example("northline-wire.toml"), desk.path("northline-wire.toml")).unwrap();
    desk.pool("a.sheaf", &[desk.path("northline-wire.csv").display().to_string()]);
    let done = publish(&desk, LATER_DAY, "northline");
    assert_eq!(done["reports"], 64);
    assert_eq!(counts(&done), [0, 1, 192, 3]);
}
