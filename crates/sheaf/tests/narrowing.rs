//! What the owner of a source says of some of its reports only: it narrows, and never lets anybody in.

mod common;

use common::*;
use serde_json::Value;
use sheaf_model::{MemberId, ReportId};
use sheaf_share::stix::StixId;
use sheaf_store::exchange::Exchange;

const REPORT: &str = "northline-wire:NW-131021-1";
const OTHER: &str = "northline-wire:NW-131229-1";

/// A pool in which all members may see the wire's reports for reporting.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("northline-wire.csv"), example("civil-protection.csv")]);
    for (name, region) in [("northline", "north"), ("acme", "east"), ("harbour", "east")] {
        let place = ["--region", region, "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    desk.ok(&["group", "add", "a.sheaf", "corridor"]);
    desk.ok(&["group", "join", "a.sheaf", "corridor", "northline", "acme"]);
    let all = ["--source", "northline-wire", "--by", "northline", "--tlp", "green"];
    desk.ok(&[&["share", "a.sheaf"], &all[..], &["--purpose", "reporting"]].concat());
    desk
}

fn say(desk: &Desk, of: &[&str], what: &[&str]) -> String {
    desk.ok(&[&["share", "a.sheaf"], of, what].concat())
}

/// The reports that a member gets.
fn seen_by(desk: &Desk, member: &str) -> Vec<String> {
    let folder = format!("for-{member}");
    let to = ["--to", "frictionless", "--for", member, "--out", &folder];
    let ran = desk.run(&[&["export", "a.sheaf"], &to[..]].concat());
    if ran.stderr.contains("there is no incident") {
        return Vec::new();
    }
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let rows = table(desk.path(&folder).join("reports.csv"), b',');
    let at = rows[0].iter().position(|name| name == "report").expect("a column for reports");
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

fn publish(desk: &Desk, day: &str) -> [u64; 3] {
    let args = ["exchange", "publish", "a.sheaf", "--by", "northline", "--json"];
    let ran = desk.run_on(day, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let done: Value = serde_json::from_str(&ran.stdout).unwrap();
    ["new", "changed", "withdrawn"].map(|name| done[name].as_u64().unwrap())
}

/// The marking under which the log keeps a report.
fn kept(desk: &Desk, report: &str) -> String {
    let log = Exchange::open(&desk.path("a.sheaf")).unwrap();
    let root = log.roots().unwrap().remove(0);
    let collection = log.collections(root.root).unwrap().remove(0).collection;
    let by = MemberId::new("northline").unwrap();
    let id = StixId::of_report(&by, &ReportId::parse(report).unwrap());
    log.head(collection, id.as_str()).unwrap().unwrap().marking
}

#[test]
fn one_report_is_narrowed_and_the_others_stay_as_they_are() {
    let desk = desk();
    let all = seen_by(&desk, "acme");
    assert!(all.contains(&REPORT.to_owned()) && all.contains(&OTHER.to_owned()), "{all:?}");
    assert_eq!(publish(&desk, FIRST_DAY)[1..], [0, 0]);
    let audience = say(&desk, &["--report", REPORT], &["--tlp", "red"]);
    assert!(audience.contains("acme       no: it is RED"), "{audience}");
    assert!(audience.contains("northline  yes: it is their own"), "{audience}");
    let left = seen_by(&desk, "acme");
    assert_eq!(left.len(), all.len() - 1);
    assert!(!left.contains(&REPORT.to_owned()) && left.contains(&OTHER.to_owned()));

    // In the log it has another version for other readers: the report, its place, and the relation of both.
    assert_eq!(publish(&desk, LATER_DAY), [0, 3, 0]);
    assert!(kept(&desk, REPORT).starts_with("marking/1;red;"), "{}", kept(&desk, REPORT));
    assert!(kept(&desk, OTHER).starts_with("marking/1;green;"), "{}", kept(&desk, OTHER));
    assert_eq!(publish(&desk, LATER_DAY), [0, 0, 0]);

    // Taken back, it is as its source again.
    say(&desk, &["--report", REPORT], &["--as-source"]);
    assert_eq!(seen_by(&desk, "acme").len(), all.len());
    assert_eq!(publish(&desk, LATER_DAY), [0, 3, 0]);
    assert!(kept(&desk, REPORT).starts_with("marking/1;green;"), "{}", kept(&desk, REPORT));
}

#[test]
fn rule_07_of_several_things_that_are_said_the_strictest_counts() {
    let desk = desk();
    let n_all = seen_by(&desk, "acme").len();
    // Wider than its source is as its source.
    let wide = say(&desk, &["--report", REPORT], &["--tlp", "clear"]);
    assert!(wide.contains("anyone     no: it is for members"), "{wide}");
    // The import is for a group; one report in it for the owner alone; what is narrower stays so.
    say(&desk, &["--import", "1"], &["--tlp", "amber+strict", "--group", "corridor"]);
    assert_eq!((seen_by(&desk, "acme").len(), seen_by(&desk, "harbour").len()), (n_all, 0));
    say(&desk, &["--report", REPORT], &["--embargo", "2030-01-01"]);
    assert_eq!(seen_by(&desk, "acme").len(), n_all - 1);
    say(&desk, &["--source", "northline-wire", "--dataset", "northline-wire"], &["--tlp", "red"]);
    assert_eq!(seen_by(&desk, "acme").len(), 0, "the group is named for one and not for the other");
    say(&desk, &["--source", "northline-wire", "--dataset", "northline-wire"], &["--as-source"]);
    say(&desk, &["--import", "1"], &["--as-source"]);
    assert_eq!(seen_by(&desk, "harbour").len(), n_all - 1);
}

#[test]
fn what_may_not_be_said_is_refused_with_a_reason() {
    let desk = desk();
    let fails = |code: &str, args: &[&str], expected: &str| {
        let said = desk.fails(code, &[&["share", "a.sheaf"], args].concat());
        assert!(said.contains(expected), "{said}");
    };
    fails("no-such-import", &["--import", "9", "--tlp", "red"], "there is no import 9");
    fails("no-such-report", &["--report", "wire:1", "--tlp", "red"], "wire:1 is no report");
    let labelled = ["--source", "northline-wire", "--dataset", "northline-wir", "--tlp", "red"];
    fails("no-such-dataset", &labelled, "did you mean northline-wire?");
    fails("says-nothing", &["--report", REPORT], "nothing is said of it");
    let over = ["--report", REPORT, "--until", "2023-12-31"];
    fails("not-allowed", &over, "expires: 2023-12-31T00:00:00.000Z has passed");
    let others = ["--report", REPORT, "--by", "acme", "--tlp", "red"];
    fails("not-theirs", &others, "is northline's, not acme's");
    let unsaid = ["--report", "civil-protection:CP-001", "--by", "acme", "--tlp", "red"];
    fails("not-shared", &unsaid, "nothing is said of civil-protection yet");
}
