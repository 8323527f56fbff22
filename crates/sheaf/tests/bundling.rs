//! Offices with no line: what passes between them in signed files is what a sync would have passed, whatever is
//! lost, damaged, forged or carried twice on the way.

mod common;

use std::fs;

use common::*;

const POLICE: (&str, &str, &str) = ("police", "civil-protection.csv", "civil-protection");
const RAIL: (&str, &str, &str) = ("rail", "rail-safety-office.geojson", "rail-safety-office");

fn office(desk: &Desk, (name, file, source): (&str, &str, &str)) {
    let pool = format!("{name}.sheaf");
    desk.pool(&pool, &[example(file)]);
    for member in ["police", "rail", "news"] {
        let place = ["--region", "north", "--sector", "police", "--purposes", "policing"];
        desk.ok(&[&["member", "add", &pool, member], &place[..]].concat());
    }
    share(desk, name, source, &["--tlp", "green"]);
}

fn share(desk: &Desk, name: &str, source: &str, how: &[&str]) {
    let pool = format!("{name}.sheaf");
    let by = ["--by", name, "--purpose", "policing"];
    desk.ok(&[&["share", &pool, "--source", source], &by[..], how].concat());
    desk.ok(&["exchange", "publish", &pool, "--by", name]);
}

/// Both offices, each trusting the other's key.
fn offices() -> Desk {
    let desk = Desk::new();
    for it in [POLICE, RAIL] {
        office(&desk, it);
    }
    for (ours, theirs) in [("police", "rail"), ("rail", "police")] {
        let key = desk.ok(&["bundle-key", "show", &format!("{ours}.sheaf"), "--by", ours]);
        desk.ok(&["bundle-key", "trust", &format!("{theirs}.sheaf"), key.trim()]);
    }
    desk
}

fn bundle(desk: &Desk, from: &str, to: &str, file: &str) -> Ran {
    desk.run(&["bundle", &format!("{from}.sheaf"), "--by", from, "--for", to, "--out", file])
}

fn unbundle(desk: &Desk, at: &str, file: &str) -> Ran {
    desk.run(&["unbundle", &format!("{at}.sheaf"), file, "--by", at])
}

fn reports(desk: &Desk, office: &str) -> Vec<String> {
    let incidents = desk.incidents(&format!("{office}.sheaf"), &[]);
    let mut reports: Vec<String> =
        incidents.iter().flat_map(|it| texts(&it["reports"])).map(str::to_owned).collect();
    reports.sort();
    reports
}

#[test]
fn two_offices_with_no_line_see_the_same_incidents() {
    let desk = offices();
    for (from, to) in [("police", "rail"), ("rail", "police")] {
        let file = format!("{from}.bundle");
        let made = bundle(&desk, from, to, &file);
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert!(made.stderr.contains("signed, not sealed"), "{}", made.stderr);
        let taken = unbundle(&desk, to, &file);
        assert_eq!(taken.code, 0, "{}{}", taken.stdout, taken.stderr);
        assert!(taken.stdout.contains("+ 0 refused"), "{}", taken.stdout);
    }
    assert_eq!(reports(&desk, "police"), reports(&desk, "rail"));
    assert_eq!(reports(&desk, "rail").len(), 27);
    // Nothing is new: nothing is made; and what comes twice is named as such.
    let none = bundle(&desk, "police", "rail", "again.bundle");
    assert_eq!(none.code, 2);
    assert!(
        none.stderr.contains("nothing to carry") && !desk.path("again.bundle").exists(),
        "{}",
        none.stderr
    );
    desk.fails("bundle-taken", &["unbundle", "rail.sheaf", "police.bundle", "--by", "rail"]);

    // A withdrawal travels, too, and so does what comes after it.
    share(&desk, "police", "civil-protection", &["--tlp", "red"]);
    assert_eq!(bundle(&desk, "police", "rail", "2.bundle").code, 0);
    let taken = unbundle(&desk, "rail", "2.bundle");
    assert_eq!(taken.code, 0, "{}{}", taken.stdout, taken.stderr);
    assert_eq!(reports(&desk, "rail").len(), 6);
    share(&desk, "police", "civil-protection", &["--tlp", "green"]);
    assert_eq!(bundle(&desk, "police", "rail", "3.bundle").code, 0);
    assert_eq!(unbundle(&desk, "rail", "3.bundle").code, 0);
    assert_eq!(reports(&desk, "rail").len(), 27);
    desk.ok(&["audit", "rail.sheaf", "verify"]);
}

#[test]
fn a_bundle_that_is_missing_is_named_and_the_next_waits_for_it() {
    let desk = offices();
    assert_eq!(bundle(&desk, "police", "rail", "1.bundle").code, 0);
    share(&desk, "police", "civil-protection", &["--tlp", "red"]);
    assert_eq!(bundle(&desk, "police", "rail", "2.bundle").code, 0);
    let before = reports(&desk, "rail");
    let said =
        desk.fails("bundle-missing", &["unbundle", "rail.sheaf", "2.bundle", "--by", "rail"]);
    assert!(said.contains("ask police for the bundle that begins with line 1"), "{said}");
    assert_eq!(reports(&desk, "rail"), before);
    for file in ["1.bundle", "2.bundle"] {
        let taken = unbundle(&desk, "rail", file);
        assert_eq!(taken.code, 0, "{file}: {}{}", taken.stdout, taken.stderr);
    }
}

#[test]
fn what_is_damaged_forged_or_for_somebody_else_is_refused_whole() {
    let desk = offices();
    assert_eq!(bundle(&desk, "police", "rail", "1.bundle").code, 0);
    let whole = fs::read(desk.path("1.bundle")).unwrap();
    let before = reports(&desk, "rail");
    let refused = |bytes: &[u8], code: &str| {
        desk.write("x.bundle", bytes);
        desk.fails(code, &["unbundle", "rail.sheaf", "x.bundle", "--by", "rail"]);
        assert_eq!(reports(&desk, "rail"), before);
    };
    for at in [10, 400, whole.len() / 2, whole.len() - 2] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        desk.write("x.bundle", &flipped);
        let ran = desk.run(&["unbundle", "rail.sheaf", "x.bundle", "--by", "rail"]);
        assert_eq!(ran.code, 2, "byte {at}: {}", ran.stdout);
    }
    refused(&whole[..whole.len() - 40], "not-a-bundle");
    refused(b"{}", "not-a-bundle");
    refused(b"", "not-a-bundle");
    // By a member whose key nobody here trusts, and in the name of one by another's key.
    let text = String::from_utf8(whole.clone()).unwrap();
    refused(text.replacen(r#""from":"police""#, r#""from":"news""#, 1).as_bytes(), "no-key");
    let thief = Desk::new();
    office(&thief, POLICE);
    assert_eq!(bundle(&thief, "police", "rail", "1.bundle").code, 0);
    refused(&fs::read(thief.path("1.bundle")).unwrap(), "not-a-bundle");
    // For somebody else.
    desk.fails("not-a-bundle", &["unbundle", "rail.sheaf", "1.bundle", "--by", "news"]);
    assert_eq!(unbundle(&desk, "rail", "1.bundle").code, 0, "the true one is still taken");
}

#[test]
fn nothing_goes_to_whom_it_is_not_shared_with() {
    let desk = offices();
    share(&desk, "police", "civil-protection", &["--tlp", "red"]);
    // Who they are they may know; not one report, nor that there ever was one.
    assert_eq!(bundle(&desk, "police", "rail", "1.bundle").code, 0);
    let text = fs::read_to_string(desk.path("1.bundle")).unwrap();
    assert!(!text.contains("incident--") && !text.contains("CP-0"), "{text}");
    desk.fails(
        "no-such-member",
        &["bundle", "police.sheaf", "--by", "police", "--for", "nobody", "--out", "x"],
    );
}
