//! Counts and tolls over time, raw and on a constant panel.

mod common;

use common::{Desk, LATER_DAY};
use serde_json::Value;

const HEADER: &str = "id,published,date,date_end,lat,lon,place,country,kind,killed\n";

/// One incident a month for two years, by a source of its own place.
fn monthly(source: &str, lat: f64, years: std::ops::RangeInclusive<u32>, killed: &str) -> String {
    let mut rows = HEADER.to_owned();
    for year in years {
        for month in 1..=12 {
            let day = format!("{year}-{month:02}-10");
            rows += &format!(
                "{source}{year}{month},{day},{day},,{lat},20.0,Gate {source},Freedonia,bomb,{killed}\n"
            );
        }
    }
    rows
}

fn numbers(series: &Value, side: &str, column: &str) -> Vec<f64> {
    let periods = series["periods"].as_array().unwrap();
    periods.iter().map(|period| period[side][column].as_f64().unwrap()).collect()
}

/// A source that joins with a year of back data makes the raw series rise, which is marked, and
/// changes nothing on the panel.
#[test]
fn check_07_a_source_that_joins_changes_no_series_on_the_panel() {
    let desk = Desk::new();
    desk.write("east.csv", monthly("e", 10.0, 2020..=2021, "3"));
    desk.write("west.csv", monthly("w", 40.0, 2020..=2021, "at least 2"));
    desk.write("north.csv", monthly("n", -30.0, 2021..=2021, "5"));
    // It also tells of what the others tell, in other words and with another toll.
    let echo = monthly("e", 10.0, 2021..=2021, "9").replace("\ne", "\nx");
    desk.write("north.csv", monthly("n", -30.0, 2021..=2021, "5") + &echo.replace(HEADER, ""));
    for name in ["east", "west"] {
        let file = format!("{name}.csv");
        let word = if name == "east" { "pool" } else { "add" };
        desk.ok(&[word, "s.sheaf", &file, "--source", name]);
    }
    let ask = ["series", "s.sheaf", "--since", "2020", "--until", "2021", "--json"];
    let before = desk.json(&ask);
    assert_eq!(before["panel"], serde_json::json!(["east", "west"]));
    assert_eq!(numbers(&before, "raw", "incidents"), [2.0; 24]);
    assert_eq!(numbers(&before, "raw", "killed_low"), [5.0; 24]);
    assert_eq!(numbers(&before, "raw", "killed_open"), [1.0; 24], "at least 2 has no top");
    let ran = desk.run_on(LATER_DAY, &["add", "s.sheaf", "north.csv", "--source", "north"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let after = desk.json(&ask);
    for column in ["incidents", "killed_low", "killed_high", "killed_open", "killed_unsaid"] {
        assert_eq!(numbers(&after, "panel", column), numbers(&before, "panel", column), "{column}");
    }
    assert_eq!(after["panel"], before["panel"]);
    assert_eq!(after["not_in_panel"][0]["source"], "north");
    let raw = numbers(&after, "raw", "incidents");
    assert_eq!((raw[11], raw[12]), (2.0, 3.0), "what looks like a rise");
    let marks = |at: usize| after["periods"][at]["marks"].as_array().unwrap().len();
    assert_eq!(after["periods"][12]["marks"], serde_json::json!(["north begins"]));
    assert_eq!((marks(0), marks(11), marks(13), marks(23)), (0, 0, 0, 0));
    let text = desk.ok(&ask[..6]);
    assert!(text.contains("not in the panel: north, 2021-01-10 to 2021-12-10"), "{text}");
    assert!(text.lines().any(|it| it.starts_with("2021-01") && it.ends_with("north begins")));
    // As the pool knew it before, the raw series is the old one as well.
    let known = desk.json(&[&ask[..], &["--as-known-on", "2024-01-15"]].concat());
    assert_eq!(known["periods"], before["periods"]);
    // A panel can be named, and is then the office's own decision.
    let named = desk.json(&[&ask[..], &["--panel", "east"]].concat());
    assert_eq!(
        (&named["panel"], &named["panel_rule"]),
        (&serde_json::json!(["east"]), &"the sources that were named".into())
    );
    assert_eq!(numbers(&named, "panel", "killed_low"), [3.0; 24]);
    desk.fails("no-such-source", &[&ask[..6], &["--panel", "eest"]].concat());
}

#[test]
fn an_incident_of_many_days_is_binned_by_the_rule_that_is_named() {
    let desk = Desk::new();
    desk.write(
        "siege.csv",
        format!(
            "{HEADER}s1,2020-03-05,2020-01-22,2020-03-02,10.0,20.0,Gate,Freedonia,shelling,82\n\
             s2,2020-02-03,2020-02-03,,50.0,20.0,Port,Sylvania,bomb,\n\
             s3,,,,60.0,20.0,Nowhere,Sylvania,bomb,4\n"
        ),
    );
    desk.ok(&["pool", "s.sheaf", "siege.csv", "--source", "desk"]);
    let ask = |bin: &str| {
        desk.json(&[
            "series", "s.sheaf", "--since", "2020-01", "--until", "2020-03", "--bin", bin, "--json",
        ])
    };
    // 41 days: ten in January, 29 in February, two in March; two deaths a day.
    for (bin, killed, incidents) in [
        ("start", [82.0, 0.0, 0.0], [1.0, 1.0, 0.0]),
        ("end", [0.0, 0.0, 82.0], [0.0, 1.0, 1.0]),
        ("spread", [20.0, 58.0, 4.0], [0.244, 1.707, 0.049]),
    ] {
        let series = ask(bin);
        assert_eq!(numbers(&series, "raw", "killed_low"), killed, "{bin}");
        assert_eq!(numbers(&series, "raw", "incidents"), incidents, "{bin}");
        assert_eq!(series["bin"], bin);
        assert!(series["bin_rule"].as_str().unwrap().starts_with("an incident counts"));
        assert_eq!(series["incidents_undated"], 1);
        // Missing is not zero.
        assert_eq!(numbers(&series, "raw", "killed_unsaid"), [0.0, 1.0, 0.0], "{bin}");
    }
    let csv =
        desk.ok(&["series", "s.sheaf", "--by", "year", "--format", "csv", "--each", "country"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0][0], &rows[0][1], &rows[0][4], &rows[0][5]),
        ("Freedonia", "2020", "1", "82")
    );
    assert_eq!(&rows[1][0], "Sylvania");
    let weeks = desk.json(&["series", "s.sheaf", "--by", "week", "--place", "Port", "--json"]);
    assert_eq!(weeks["periods"][0]["period"], "2020-W06");
    let kinds = desk.ok(&["series", "s.sheaf", "--by", "year", "--each", "kind"]);
    assert!(kinds.contains("\nbomb\n") && kinds.contains("\nshelling\n"), "{kinds}");
    // Nothing is no failure, and says so.
    let ran = desk.run(&["series", "s.sheaf", "--country", "Ruritania", "--json"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("\"answer\": \"no-incidents\""), "{}", ran.stdout);
    assert!(ran.stderr.contains("the pool was read, nothing failed"), "{}", ran.stderr);
}

#[test]
fn the_example_has_its_series() {
    let desk = Desk::with_example();
    let series = desk.json(&["series", "a.sheaf", "--json"]);
    let incidents = desk.incidents("a.sheaf", &[]);
    let dated = incidents.iter().filter(|it| !it["when"].is_null()).count() as f64;
    assert_eq!(numbers(&series, "raw", "incidents").iter().sum::<f64>(), dated);
    let spread = desk.json(&["series", "a.sheaf", "--bin", "spread", "--json"]);
    let sum: f64 = numbers(&spread, "raw", "incidents").iter().sum();
    assert!((sum - dated).abs() < 0.05, "{sum}");
}
