//! The example pool: that its files are read to the last cell, and that its truth is about them.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_read::{ReadOptions, read_all};
use xtask::{example, workspace};

/// The reports of a file, by id, after checking that nothing in it was left in doubt.
fn read(name: &str) -> BTreeSet<String> {
    let path = workspace::root().join(example::path_of(name));
    let (reading, batches, doubts) = read_all(&path, &ReadOptions::found_out()).unwrap();
    let doubts: Vec<String> = doubts.iter().map(|doubt| format!("{doubt:?}")).collect();
    assert!(doubts.is_empty(), "{name}:\n  {}", doubts.join("\n  "));
    let not_kept: Vec<&str> = (reading.refused.iter().chain(&reading.unknown))
        .chain(&reading.withheld)
        .map(|left_out| left_out.column.as_str())
        .collect();
    assert!(not_kept.is_empty(), "{name} keeps every column, but not {not_kept:?}");
    let cells_ignored: u64 = reading.ignored.iter().map(|left_out| left_out.cells).sum();
    assert_eq!(cells_ignored, 0, "{name}: a column is ignored only where it is blank");
    let ids: BTreeSet<String> = batches
        .iter()
        .flat_map(|batch| batch.reports())
        .map(|report| report.id(&reading.head.source.name).to_string())
        .collect();
    assert_eq!(ids.len() as u64, reading.tally.read(), "{name}: one report a row");
    ids
}

#[test]
fn every_cell_of_the_example_is_read_without_a_doubt() {
    let reports: Vec<(&str, usize)> = example::FIRST_RELEASES
        .into_iter()
        .chain([example::LATER_RELEASE])
        .map(|name| (name, read(name).len()))
        .collect();
    assert_eq!(
        reports,
        [
            ("northline-wire.csv", 65),
            ("harbour-institute.csv", 31),
            ("meridian-aid-security.jsonl", 23),
            ("rail-safety-office.geojson", 6),
            ("civil-protection.csv", 21),
            ("harbour-institute-v2.csv", 32),
        ]
    );
}

#[test]
fn the_truth_of_the_example_is_about_its_reports() {
    let path = workspace::root().join(example::path_of(example::TRUTH));
    let truth: BTreeMap<String, String> = csv::Reader::from_path(path)
        .unwrap()
        .into_records()
        .map(|record| record.unwrap())
        .map(|record| (record[0].to_owned(), record[1].to_owned()))
        .collect();
    let mut reports = read(example::LATER_RELEASE);
    for name in example::FIRST_RELEASES {
        reports.extend(read(name));
    }
    assert_eq!(truth.keys().cloned().collect::<BTreeSet<_>>(), reports);
    assert!(reports.contains(example::URUMQI_MARKET));
    let attacks: BTreeSet<&str> = truth.values().map(String::as_str).collect();
    // Thirty-two attacks, and one entry that counts two of them as one.
    assert_eq!(attacks.len(), 33);
}
