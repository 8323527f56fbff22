//! The example, end to end through the program: what a newcomer types, and what must hold of what
//! comes out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use xtask::example;
use xtask::workspace;

/// The program, built once for all tests here.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| workspace::program_for_tests().unwrap())
}

/// A folder with a pool in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk that has pooled the first releases, in this order.
    fn with_pool(order: impl IntoIterator<Item = &'static str>) -> Desk {
        let desk = Desk::new();
        let files: Vec<String> = order.into_iter().map(example_file).collect();
        let mut args = vec!["pool", "attacks.sheaf"];
        args.extend(files.iter().map(String::as_str));
        desk.sheaf(&args);
        desk
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(program())
            .args(args)
            .current_dir(self.folder.path())
            // So that two runs can be compared to the byte.
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed; what it prints on standard output.
    #[track_caller]
    fn sheaf(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "sheaf {}: {:?}\n{said}", args.join(" "), ran.status);
        String::from_utf8(ran.stdout).unwrap()
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let said = self.sheaf(args);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}"))
    }
}

fn example_file(name: &str) -> String {
    workspace::root().join(example::path_of(name)).display().to_string()
}

/// The incident, of a list, that one of the reports belongs to.
#[track_caller]
fn incident_with<'a>(list: &'a Value, report: &str) -> &'a Value {
    list["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|incident| reports_of(incident).contains(&report))
        .unwrap_or_else(|| panic!("{report} is in no incident"))
}

fn reports_of(incident: &Value) -> Vec<&str> {
    incident["reports"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn five_tables_become_incidents_and_everything_adds_up() {
    let desk = Desk::new();
    let files = example::FIRST_RELEASES.map(example_file);
    let mut args = vec!["pool", "attacks.sheaf", "--format", "json"];
    args.extend(files.iter().map(String::as_str));
    let summary = desk.json(&args);
    assert_eq!(summary["failed"], serde_json::json!([]));
    assert_eq!(summary["reports"], 146);
    assert_eq!(summary["sources"], 5);

    let list = desk.json(&["incidents", "attacks.sheaf", "--format", "json"]);
    let incidents = list["incidents"].as_array().unwrap();
    assert_eq!(summary["incidents"], incidents.len());
    let in_incidents: usize = incidents.iter().map(|it| reports_of(it).len()).sum();
    let outside = summary["outside_incidents"].as_u64().unwrap() as usize;
    assert_eq!(in_incidents + outside, 146);

    // Two attacks in one city on two days, and two at one bus park, stay apart.
    for (one, other) in [
        ("northline-wire:NW-131229-1", "northline-wire:NW-131230-1"),
        ("northline-wire:NW-140414-1", "northline-wire:NW-140501-3"),
        ("northline-wire:NW-140430-1", "northline-wire:NW-140522-1"),
    ] {
        assert_ne!(incident_with(&list, one)["id"], incident_with(&list, other)["id"], "{one}");
    }
}

#[test]
fn the_toll_of_the_urumqi_market_is_a_range_that_leads_back_to_its_claims() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    let list = desk.json(&["incidents", "attacks.sheaf", "--format", "json"]);
    let incident = incident_with(&list, example::URUMQI_MARKET);
    let reports = reports_of(incident);
    for report in ["northline-wire:NW-140522-2", "civil-protection:CP-016", "meridian-aid:MAS-1426"]
    {
        assert!(reports.contains(&report), "{report} is not among {reports:?}");
    }
    let said = desk.sheaf(&["show", "attacks.sheaf", example::URUMQI_MARKET]);
    for words in ["31", "39", "northline-wire.csv", "civil-protection.csv"] {
        assert!(said.contains(words), "\"{words}\" is not in\n{said}");
    }
}

#[test]
fn the_same_bytes_again_change_nothing() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    let before = desk.sheaf(&["incidents", "attacks.sheaf", "--format", "json"]);
    let files = example::FIRST_RELEASES.map(example_file);
    let mut args = vec!["add", "attacks.sheaf", "--format", "json"];
    args.extend(files.iter().map(String::as_str));
    let summary = desk.json(&args);
    for file in summary["files"].as_array().unwrap() {
        assert!(file["known_as"].is_string(), "{file}");
    }
    assert_eq!(desk.sheaf(&["incidents", "attacks.sheaf", "--format", "json"]), before);
}

#[test]
fn invariant_09_the_order_of_files_does_not_matter() {
    let forwards = Desk::with_pool(example::FIRST_RELEASES);
    let backwards = Desk::with_pool(example::FIRST_RELEASES.into_iter().rev());
    let args = ["incidents", "attacks.sheaf", "--format", "csv"];
    let list = forwards.sheaf(&args);
    assert!(list.lines().count() > 30, "{list}");
    assert_eq!(list, backwards.sheaf(&args));
}

#[test]
fn a_later_release_says_what_was_added_revised_and_deleted() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    desk.sheaf(&["add", "attacks.sheaf", &example_file(example::LATER_RELEASE)]);
    let said = desk.sheaf(&["diff", "attacks.sheaf"]);
    for words in [
        "2 added, 6 revised, 1 deleted, 24 unchanged",
        "+ harbour-institute:HI-14-0046",
        "+ harbour-institute:HI-14-0052",
        "- harbour-institute:HI-13-0125",
        "~ harbour-institute:HI-14-0044  low: 31 → 39; best: 39 → 43; high: 39 → 43",
    ] {
        assert!(said.contains(words), "\"{words}\" is not in\n{said}");
    }
}

#[test]
fn people_outrank_arithmetic_and_can_be_withdrawn() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    let (one, other) = ("northline-wire:NW-140522-1", "civil-protection:CP-016");
    let list = ["incidents", "attacks.sheaf", "--format", "json"];
    let before = desk.json(&list);
    assert_eq!(incident_with(&before, one)["id"], incident_with(&before, other)["id"]);

    let because = ["--by", "desk", "--because", "to see what happens"];
    desk.sheaf(&[&["judge", "attacks.sheaf", "different", one, other], &because[..]].concat());
    let parted = desk.json(&list);
    assert_ne!(incident_with(&parted, one)["id"], incident_with(&parted, other)["id"]);

    desk.sheaf(&["undo", "attacks.sheaf", "j1", "--by", "desk"]);
    assert_eq!(desk.json(&list)["incidents"], before["incidents"]);
}

#[test]
fn every_format_is_written_and_can_be_read_by_others() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    let n_incidents = desk.json(&["incidents", "attacks.sheaf", "--format", "json"])["incidents"]
        .as_array()
        .unwrap()
        .len();

    desk.sheaf(&["export", "attacks.sheaf", "--to", "csv", "--out", "table"]);
    let table = desk.folder.path().join("table");
    let rows = csv::Reader::from_path(table.join("incidents.csv")).unwrap().into_records().count();
    assert_eq!(rows, n_incidents);
    let package = std::fs::read_to_string(table.join("datapackage.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    assert_eq!(package["resources"][0]["path"], "incidents.csv");

    let map = desk.json(&["export", "attacks.sheaf", "--to", "geojson"]);
    assert_eq!(map["type"], "FeatureCollection");

    desk.sheaf(&["export", "attacks.sheaf", "--to", "parquet", "--out", "incidents.parquet"]);
    let bytes = std::fs::read(desk.folder.path().join("incidents.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn a_failure_says_what_and_what_helps() {
    let desk = Desk::with_pool(example::FIRST_RELEASES);
    let ran = desk.run(&["show", "attacks.sheaf", "northline-wire:NW-140522-9"]);
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.starts_with("error: northline-wire:NW-140522-9 is no report"), "{said}");
    assert!(said.contains("hint: did you mean northline-wire:NW-140522-"), "{said}");
    assert!(ran.stdout.is_empty());
}
