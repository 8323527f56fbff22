//! Real files, through the program: published sums, and a revision of which every number is known.
//! They need the directory `SHEAF_DATA`, and say so and pass when it is unset.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Desk, data, table};
use serde_json::Value;

/// What `sheaf read` makes of a file: the tally, and the sum of the best counts of the dead by year.
fn read(desk: &Desk, path: &Path) -> (Value, BTreeMap<String, u64>) {
    let file = path.display().to_string();
    let read = desk.json(&["read", &file, "--rows", "1000000", "--format", "json"]);
    let mut by_year = BTreeMap::new();
    for report in read["shown"].as_array().unwrap() {
        let claims = report["claims"].as_array().unwrap();
        let of = |field: &str, of: &dyn Fn(&Value) -> Option<Value>| {
            claims.iter().filter(|it| it["field"] == field).find_map(of)
        };
        let first = of("when", &|it| it["meant"].get("first").cloned()).unwrap();
        let best = of("toll", &|it| {
            let toll = &it["meant"];
            let is_total = toll["harm"] == "killed" && toll["whom"] == "all";
            (is_total && !toll["best"].is_null()).then(|| toll["best"].clone())
        });
        let year = first.as_str().unwrap()[..4].to_owned();
        *by_year.entry(year).or_insert(0) += best.and_then(|it| it.as_u64()).unwrap_or(0);
    }
    (read, by_year)
}

#[test]
fn ged_of_the_central_african_republic_adds_up() {
    let Some(data) = data() else { return };
    let desk = Desk::new();
    let path = data.join("events/ged-car-23.1.csv");
    let (tally, by_year) = read(&desk, &path);
    assert_eq!((&tally["read"], &tally["reports"]), (&1848.into(), &1848.into()));
    assert_eq!(by_year.values().sum::<u64>(), 14_948);
    assert_eq!((by_year["2013"], by_year["2014"]), (3396, 3493));
    let summary = desk.pool("car.sheaf", &[path.display().to_string()]);
    let file = &summary["files"][0];
    assert_eq!((&file["dataset"], &file["version"]), (&"ged-car".into(), &"23.1".into()));
    assert_eq!((&summary["reports"], &summary["incidents"]), (&1848.into(), &1848.into()));
    // A curated source has each incident once, so the incidents add up to the same.
    let said = desk.ok(&["incidents", "car.sheaf", "--since", "2013", "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(said.as_bytes());
    let mut sum = 0;
    for row in rows.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        if row["first_day"].starts_with("2013") {
            sum += row["killed_best"].parse::<u64>().unwrap_or(0);
        }
    }
    assert_eq!(sum, 3396);
}

/// The Syria file unpacked, and the same with the later counts of 263 of its events.
fn two_releases(desk: &Desk, data: &Path) -> BTreeMap<(String, String), (String, String)> {
    let zipped = data.join("events/ged-syria-19.1.csv.gz");
    let plain = Command::new("gzip").arg("-dc").arg(&zipped).output().unwrap().stdout;
    desk.write("ged-syria-19.csv", &plain);
    let mut rows = table(desk.path("ged-syria-19.csv"), b',');
    let header = rows[0].clone();
    let column = |name: &str| header.iter().position(|it| it == name).unwrap();
    let at: BTreeMap<String, usize> =
        rows.iter().enumerate().map(|(idx, row)| (row[column("id")].clone(), idx)).collect();
    let revised = table(data.join("events/ged-syria-revised-counts.csv"), b',');
    assert_eq!(revised.len() - 1, 263);
    let mut changes = BTreeMap::new();
    for revision in &revised[1..] {
        let id = revision[0].trim_end_matches(".0").to_owned();
        let row = &mut rows[at[&id]];
        for (name, old, new) in [("best", 2, 3), ("low", 4, 5), ("high", 6, 7)] {
            let cell = &mut row[column(name)];
            assert_eq!(*cell, revision[old], "{id}: the list is about this file");
            if revision[old] != revision[new] {
                let change = (cell.clone(), revision[new].clone());
                *cell = revision[new].clone();
                changes.insert((id.clone(), name.to_owned()), change);
            }
        }
    }
    let mut writer = csv::Writer::from_path(desk.path("ged-syria-20.csv")).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
    changes
}

#[test]
fn a_revision_of_ged_syria_is_told_exactly() {
    let Some(data) = data() else { return };
    let desk = Desk::new();
    let expected = two_releases(&desk, &data);
    let summary = desk.pool("syria.sheaf", &["ged-syria-19.csv", "ged-syria-20.csv"]);
    assert_eq!(summary["files"][0]["reports"], 16_566);
    let later = &summary["files"][1];
    let change = ["added", "revised", "deleted", "unchanged"].map(|it| later[it].as_u64().unwrap());
    assert_eq!(change, [0, 263, 0, 16_566 - 263]);

    let said = desk.ok(&["diff", "syria.sheaf", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(said.as_bytes());
    let mut told = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        assert_eq!((&row[0], &row[2]), ("revised", "toll"));
        let change = (row[4].to_owned(), row[5].to_owned());
        assert_eq!(told.insert((row[1].to_owned(), row[3].to_owned()), change), None);
    }
    let wrong: Vec<_> =
        expected.iter().filter(|(at, change)| told.get(*at) != Some(*change)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} changes are told otherwise: {wrong:?}",
        wrong.len(),
        expected.len()
    );
    assert_eq!(told, expected);
    // The sums of the diff are those of the two files.
    let step = |column: &str| -> i64 {
        let of_it = expected.iter().filter(|((_, name), _)| name == column);
        of_it.map(|(_, (old, new))| new.parse::<i64>().unwrap() - old.parse::<i64>().unwrap()).sum()
    };
    let text = desk.ok(&["diff", "syria.sheaf"]);
    for column in ["best", "low", "high"] {
        let line = text.lines().find(|it| it.trim().starts_with(&format!("{column}: "))).unwrap();
        assert!(line.ends_with(&format!("{:+} in sum", step(column))), "{line}");
    }
    assert!(text.contains("16,566 reports − 0 deleted + 0 added = 16,566"), "{text}");
}

#[test]
fn ged_of_syria_adds_up_by_year() {
    let Some(data) = data() else { return };
    let (tally, by_year) = read(&Desk::new(), &data.join("events/ged-syria-19.1.csv.gz"));
    assert_eq!((&tally["read"], &tally["reports"]), (&16_566.into(), &16_566.into()));
    let years = ["2016", "2017", "2018", "2019"].map(|year| by_year[year]);
    assert_eq!(years, [48_710, 33_316, 20_251, 10_060]);
}

#[test]
fn the_tag_row_of_the_hdx_layout_is_set_aside() {
    let Some(data) = data() else { return };
    let (tally, by_year) = read(&Desk::new(), &data.join("events/ged-ukraine-hdx-layout.csv"));
    assert_eq!((&tally["read"], &tally["reports"]), (&1168.into(), &1167.into()));
    assert_eq!(tally["set_aside"], serde_json::json!({ "tag-row": 1 }));
    assert_eq!(by_year["2014"], 4423);
}

#[test]
fn crash_and_maverick_files_are_read_without_a_loss() {
    let Some(data) = data() else { return };
    let desk = Desk::new();
    let crash = [1, 2, 3].map(|n| data.join(format!("link/meltt-crash/crash_data{n}.csv")));
    let summary = desk.pool("crash.sheaf", &crash.each_ref().map(|it| it.display().to_string()));
    for (file, path) in summary["files"].as_array().unwrap().iter().zip(&crash) {
        let rows = table(path, b',').len() as u64 - 1;
        assert_eq!((&file["read"], &file["reports"]), (&rows.into(), &rows.into()), "{file}");
        assert_eq!(file["doubts"], serde_json::json!({}));
    }
    assert_eq!(summary["reports"], 71 + 64 + 60);
    let maverick = data.join("link/maverick-dev.csv").display().to_string();
    let tally = desk.json(&["read", &maverick, "--rows", "0", "--format", "json"]);
    assert_eq!((&tally["read"], &tally["reports"]), (&2031.into(), &2031.into()));
}

#[test]
fn leads_alone_are_no_incidents() {
    let Some(data) = data() else { return };
    let desk = Desk::new();
    let path = data.join("events/gdelt-20191024143000.export.csv.gz").display().to_string();
    let summary = desk.pool("g.sheaf", &[path]);
    let counts = ["reports", "incidents", "outside_incidents"].map(|it| summary[it].as_u64());
    assert_eq!(counts, [Some(2111), Some(0), Some(2111)]);
    assert_eq!(desk.incidents("g.sheaf", &[]), Vec::<Value>::new());
    let shown = desk.json(&["show", "g.sheaf", "gdelt:881990832", "--format", "json"]);
    assert_eq!(shown["incident"], Value::Null);
    assert!(fs::metadata(desk.path("g.sheaf")).unwrap().is_dir());
}
