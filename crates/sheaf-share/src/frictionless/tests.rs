//! The golden package, and what its files promise.

use proptest::prelude::*;
use serde_json::{Value, json};
use sheaf_model::{Licence, Moment, Settled, SettledIncident, Source, SourceKind, SourceName, Tlp};

use super::*;
use crate::seen::Seen;
use crate::seen::made_up::{golden, market, marking, silent};

fn sources() -> Vec<Source> {
    let source = |name: &str, licence| Source {
        name: SourceName::new(name).unwrap(),
        title: "Roads".to_owned(),
        organisation: "Acme".to_owned(),
        licence,
        credit: "Acme Roads (CC BY 4.0)".to_owned(),
        kind: SourceKind::Curated,
        eras: Vec::new(),
    };
    vec![
        source("unrelated", Licence::Unknown),
        source("beacon", Licence::ShareAlike),
        source("acme", Licence::OpenWithAttribution),
    ]
}

fn written(all: &[SettledIncident], tlp: Tlp) -> Written {
    let (marking, sources) = (marking(tlp), sources());
    let created = Moment::parse("2026-03-01T12:00:00Z").unwrap();
    let about = About { name: "pool", title: "An invented pool", sources: &sources, created };
    write(all.iter().map(|settled| Seen { settled, marking: &marking }), &about)
}

fn text<'a>(written: &'a Written, name: &str) -> &'a str {
    let file = written.files.iter().find(|file| file.name == name).unwrap();
    std::str::from_utf8(&file.bytes).unwrap()
}

fn package(written: &Written) -> Value {
    serde_json::from_str(text(written, "datapackage.json")).unwrap()
}

#[test]
fn the_golden_package_stays_as_it_is() {
    let written = written(&[market(), silent()], Tlp::AmberStrict);
    for file in &written.files {
        let text = text(&written, file.name);
        golden(&format!("frictionless/golden/{}", file.name), text);
    }
    assert_eq!(
        written.losses.sentences(),
        [
            "frictionless: 3 claims say otherwise; who said what is not carried",
            "frictionless: 2 incidents were shared with named groups, whose names do not travel",
            "frictionless: 2 cells of text begin like a formula and had an apostrophe put in front",
        ]
    );
}

#[test]
fn the_schema_names_the_columns_of_each_file() {
    let written = written(&[], Tlp::Green);
    let package = package(&written);
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len() + 1, written.files.len());
    for resource in resources {
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|it| it["name"].as_str().unwrap()).collect();
        let header = text(&written, resource["path"].as_str().unwrap());
        assert_eq!(names.join(",") + "\r\n", header);
    }
}

#[test]
fn what_may_not_travel_is_left_out_and_an_empty_table_says_what_it_means() {
    let red = written(&[market(), silent()], Tlp::Red);
    assert_eq!(red.losses.count("not-to-be-passed-on"), 2);
    assert_eq!(package(&red)["answer"], "not-entitled");
    assert_eq!(package(&red)["licenses"], Value::Null);
    for file in &red.files {
        assert!(!text(&red, file.name).contains("acme"), "{}", file.name);
    }
    assert_eq!(package(&written(&[], Tlp::Green))["answer"], "no-incidents");
}

#[test]
fn the_whole_is_under_the_strictest_terms_and_credits_whom_it_rests_on() {
    let mut alike = market();
    alike.licence = Licence::ShareAlike;
    let package = package(&written(&[silent(), alike], Tlp::Green));
    assert_eq!(package["licenses"][0]["name"], "other-open");
    let names: Vec<&Value> =
        package["sources"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["acme", "beacon"]);
}

#[test]
fn a_changed_byte_no_longer_fits_the_hash() {
    let written = written(&[market()], Tlp::Green);
    let told = &package(&written)["resources"][1];
    let toll = text(&written, "tolls.csv");
    assert_eq!(told["bytes"], json!(toll.len()));
    let hash = |text: &str| {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(text);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    };
    assert_eq!(told["hash"], hash(toll));
    assert_ne!(told["hash"], hash(&toll.replace("43", "44")));
}

/// A reader of RFC 4180 that knows nothing of the writer.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {
                assert_eq!(chars.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !is_quoted);
    rows
}

proptest! {
    #[test]
    fn any_words_come_back_out_of_a_cell(words in "[\\PC\r\n\t\"',;=]{1,20}") {
        let mut settled = market();
        settled.blamed_on =
            vec![Settled { value: words.clone(), from: vec![], against: vec![], by: "x" }];
        let written = written(&[settled], Tlp::Green);
        let rows = rows(text(&written, "parties.csv"));
        prop_assert_eq!(rows.len(), 2);
        let cell = &rows[1][2];
        let guarded = cell.strip_prefix('\'').filter(|rest| *rest == words);
        prop_assert!(guarded.is_some() || *cell == words, "{:?} {:?}", cell, words);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
    }
}
