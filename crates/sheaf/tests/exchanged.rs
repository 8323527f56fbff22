//! Exports for a member in the formats of other people's tools: what that member may see, and no more.

mod common;

use std::fs;

use common::*;
use serde_json::Value;
use sheaf_share::cap::{Limits, Scope, read_alert, read_index};

/// A pool whose wire file is shared with a member beside the owner, and whose situation sheet is not.
fn shared() -> Desk {
    let desk = Desk::new();
    desk.pool("a.sheaf", &["northline-wire.csv", "civil-protection.csv"].map(example));
    for (name, region, purpose) in [
        ("northline", "north", "reporting"),
        ("beside", "north", "reporting"),
        ("far", "south", "policing"),
    ] {
        let place = ["--region", region, "--sector", "media", "--purposes", purpose];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    let how = ["--by", "northline", "--tlp", "green", "--purpose", "reporting"];
    desk.ok(&[&["share", "a.sheaf", "--source", "northline-wire"], &how[..]].concat());
    desk
}

const BESIDE: [&str; 2] = ["--for", "beside"];

fn export(desk: &Desk, to: &str, more: &[&str]) -> Ran {
    desk.run(&[&["export", "a.sheaf", "--to", to], more].concat())
}

#[test]
fn a_member_gets_what_it_may_see_as_misp_events() {
    let desk = shared();
    let ran = export(&desk, "misp", &BESIDE);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let events: Value = serde_json::from_str(&ran.stdout).unwrap();
    let events = events["response"].as_array().unwrap();
    assert!(events.len() > 20, "{}", events.len());
    for event in events {
        let event = &event["Event"];
        // GREEN is for a community.
        assert_eq!(
            (&event["distribution"], &event["published"]),
            (&"1".into(), &false.into()),
            "{event}"
        );
        assert_eq!(event["Orgc"]["name"], "northline");
    }
    assert!(!ran.stdout.contains("civil-protection"), "what is not shared is not there");
    let one = export(&desk, "misp", &["--for", "beside", "--place", "volgograd", "--kind", "bomb"]);
    assert!(one.stdout.len() < ran.stdout.len() / 5, "{}", one.stdout);
}

#[test]
fn alerts_are_restricted_valid_and_listed() {
    let desk = shared();
    let ran = export(&desk, "cap", &[&BESIDE[..], &["--out", "alerts"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("none of it is a public warning"), "{}", ran.stderr);
    let index = fs::read(desk.path("alerts/index.atom")).unwrap();
    let (index, problems) = read_index(&index, &Limits::ALERT).unwrap();
    assert!(problems.is_empty() && index.entries.len() > 20, "{problems:?}");
    for entry in &index.entries {
        let bytes = fs::read(desk.path("alerts").join(&entry.links[0].href)).unwrap();
        let read = read_alert(&bytes, &Limits::ALERT).unwrap();
        assert!(read.is_valid(), "{:?}", read.problems);
        let (_, heard) = read.alert.unwrap();
        assert_eq!(heard.scope, Scope::Restricted);
        assert!(heard.restriction.unwrap().contains("TLP:GREEN"));
    }
    assert_eq!(listing(&desk.path("alerts")).len(), index.entries.len() + 1);
}

#[test]
fn a_package_names_its_sources_and_the_terms() {
    let desk = shared();
    let ran = export(&desk, "frictionless", &[&BESIDE[..], &["--out", "package"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let package = fs::read_to_string(desk.path("package/datapackage.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    let sources = package["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 1, "{package}");
    for resource in package["resources"].as_array().unwrap() {
        let bytes =
            fs::read(desk.path("package").join(resource["path"].as_str().unwrap())).unwrap();
        assert_eq!(resource["bytes"], bytes.len());
    }
}

#[test]
fn whoever_may_see_nothing_gets_nothing_and_is_told_so() {
    let desk = shared();
    for reader in ["far", "anyone"] {
        desk.fails("not-entitled", &["export", "a.sheaf", "--to", "misp", "--for", reader]);
    }
    desk.fails("needs-a-reader", &["export", "a.sheaf", "--to", "misp"]);
    let said =
        desk.fails("no-such-member", &["export", "a.sheaf", "--to", "misp", "--for", "besides"]);
    assert!(said.contains("did you mean beside?"), "{said}");
    desk.fails("not-with-this-format", &["export", "a.sheaf", "--to", "csv", "--for", "beside"]);
    let by_model = ["export", "a.sheaf", "--to", "misp", "--for", "beside", "--profile", "model"];
    desk.fails("not-with-this-format", &by_model);
    desk.fails("needs-a-file", &["export", "a.sheaf", "--to", "cap", "--for", "beside"]);
    // Somebody else shares something, too: in whose name would it go out?
    let how = ["--by", "beside", "--tlp", "green", "--purpose", "reporting"];
    desk.ok(&[&["share", "a.sheaf", "--source", "civil-protection"], &how[..]].concat());
    desk.fails("whose", &["export", "a.sheaf", "--to", "misp", "--for", "beside"]);
    let ran = export(&desk, "misp", &["--for", "northline", "--by", "beside"]);
    assert!(ran.stdout.contains("civil-protection"), "{}", ran.stderr);
}
