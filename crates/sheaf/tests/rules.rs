//! The rules of settling that hold whatever the profile and have no acceptance check of their own in
//! the list they were asked for with: what a source or profile goes by is public and marked where it
//! changes, and one path computes each number.

mod common;

use std::collections::BTreeMap;
use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use common::{Desk, LATER_DAY};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

const PROFILES: [&str; 7] =
    ["interval", "ucdp-like", "acled-like", "ibc-like", "airwars-like", "gtd-like", "model"];

const MAPPING: &str = r#"
[source]
name = "acme-roads"
title = "Roads"
organisation = "Acme"
licence = "open-with-attribution"
credit = "Acme"
kind = "curated"

[[era]]
from = "2019-01-01"
what = "every incident on a road that the police recorded"

[[era]]
from = "2020-03-01"
what = "incidents with at least one death only"

[recognise]
all = ["id", "date"]

[key]
columns = ["id"]

[date]
start = "date"

[[toll]]
harm = "killed"
best = "killed"

[fields]
country = "country"
"#;

/// Always-on rule 11: inclusion criteria are public, and a change of method starts a new era.
#[test]
fn check_11_what_a_source_and_a_profile_go_by_is_public_and_a_change_of_method_is_marked() {
    let desk = Desk::new();
    desk.write("roads.toml", MAPPING);
    desk.write(
        "roads.csv",
        "id,date,country,killed\n1,2020-01-05,Freedonia,0\n2,2020-02-05,Freedonia,1\n\
         3,2020-03-05,Freedonia,2\n4,2020-04-05,Freedonia,3\n",
    );
    desk.ok(&["pool", "r.sheaf", "roads.csv", "--as", "roads.toml"]);
    // Beside every import, and in the pool: the mapping is not asked again.
    std::fs::remove_file(desk.path("roads.toml")).unwrap();
    let text = desk.ok(&["sources", "r.sheaf"]);
    let told = "by its method from 2020-03-01 on: incidents with at least one death only";
    assert!(text.contains(told), "{text}");
    let sources = desk.json(&["sources", "r.sheaf", "--json"]);
    assert_eq!(sources[0]["method_eras"][0]["from"], "2019-01-01");
    // A trend that runs across the change is marked where it does, and nowhere else.
    let series = desk.json(&["series", "r.sheaf", "--by", "month", "--json"]);
    let marks: Vec<&Value> =
        series["periods"].as_array().unwrap().iter().map(|it| &it["marks"]).collect();
    let mark = "acme-roads changes its method: incidents with at least one death only";
    assert_eq!(marks[2], &serde_json::json!([mark]));
    assert!([0, 1, 3].into_iter().all(|at| marks[at].as_array().unwrap().is_empty()), "{marks:?}");
    let csv = desk.ok(&["series", "r.sheaf", "--by", "month", "--format", "csv"]);
    assert_eq!(csv.matches(mark).count(), 1, "{csv}");
    // What each profile goes by, and where that comes from.
    let profiles = desk.json(&["profiles", "--json"]);
    let profiles = profiles.as_array().unwrap();
    assert_eq!(profiles.len(), 7);
    for (profile, name) in profiles.iter().zip(PROFILES) {
        assert!(profile["profile"].as_str().unwrap().starts_with(&format!("{name}@")));
        assert!(profile["rule"].as_str().unwrap().len() > 80);
        assert!(!profile["reference"].as_str().unwrap().is_empty());
    }
    let text = desk.ok(&["profiles"]);
    assert!(text.contains("ibc-like@1\n") && text.contains("from: https://www.iraqbody"), "{text}");
    assert!(text.contains("(an estimate: nobody says its tolls)"), "{text}");
}

/// The numbers that a file gives of an incident.
const NUMBERS: [&str; 6] =
    ["killed_low", "killed_best", "killed_high", "injured_low", "injured_best", "injured_high"];
type Numbers = BTreeMap<String, [Option<u64>; 6]>;

fn from_csv(text: &str) -> Numbers {
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows = rows.deserialize().map(|row| {
        let row: BTreeMap<String, String> = row.unwrap();
        (row["incident"].clone(), NUMBERS.map(|name| row[name].parse().ok()))
    });
    rows.collect()
}

fn from_geojson(text: &str) -> Numbers {
    let whole: Value = serde_json::from_str(text).unwrap();
    let features = whole["features"].as_array().unwrap().iter().map(|feature| {
        let of = &feature["properties"];
        (of["incident"].as_str().unwrap().to_owned(), NUMBERS.map(|name| of[name].as_u64()))
    });
    features.collect()
}

fn from_parquet(path: &std::path::Path, profile: &str) -> Numbers {
    let file = File::open(path).unwrap();
    let mut all = Numbers::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
        let (ids, profiles, layers) = (text("incident"), text("profile"), text("layer"));
        for row in 0..batch.num_rows() {
            assert!(profiles.value(row).starts_with(profile));
            assert_eq!(layers.value(row) == "estimated", profile == "model");
            let number = |name: &str| {
                let column = batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>();
                column.iter().nth(row).flatten().map(u64::from)
            };
            all.insert(ids.value(row).to_owned(), NUMBERS.map(number));
        }
    }
    all
}

/// The toll for which a file has room, looked for in the full list: of civilians by a profile that
/// counts those; of all with the attackers, not saying, without.
fn from_json(list: &Value, profile: &str) -> Numbers {
    let of_civilians = ["ibc-like", "airwars-like"].contains(&profile);
    let incidents = list["incidents"].as_array().unwrap().iter().map(|it| {
        let tolls: Vec<&Value> =
            it["tolls"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
        let headline = |harm: &str| {
            let find = |whom: &str, scope: &str| {
                let is_it = |toll: &&&Value| {
                    toll["harm"] == harm && toll["whom"] == whom && toll["attackers"] == scope
                };
                tolls.iter().find(is_it).copied()
            };
            let civilians = if of_civilians { find("civilians", "unsaid") } else { None };
            let scopes = ["included", "unsaid", "excluded"];
            civilians.or_else(|| scopes.iter().find_map(|scope| find("all", scope)))
        };
        let numbers = NUMBERS.map(|name| {
            let (harm, end) = name.split_once('_').unwrap();
            headline(harm).and_then(|toll| toll[end].as_u64())
        });
        (it["id"].as_str().unwrap().to_owned(), numbers)
    });
    incidents.collect()
}

/// Always-on rule 12: one path computes each number; page, file and sums cannot differ.
#[test]
fn check_12_every_page_and_file_and_sum_gives_the_same_numbers() {
    let desk = Desk::with_example();
    // Tolls of three scopes and of civilians, and one incident where nobody says "with attackers".
    desk.write(
        "scopes.csv",
        "id,date,country,a,b,c\n1,2013-03-01,Freedonia,12,,7\n2,2013-03-01,Freedonia,,9,\n\
         3,2013-05-01,Sylvania,,,5\n",
    );
    let toll = |best: &str, more: &str| {
        format!("\n[[toll]]\nharm = \"killed\"\nbest = \"{best}\"\n{more}\n")
    };
    let rest = MAPPING.split("[[toll]]").next().unwrap().to_owned();
    let rest = rest.replace("curated", "news").replace("acme-roads", "scopes");
    desk.write(
        "scopes.toml",
        rest + &toll("a", "attackers = \"excluded\"")
            + &toll("b", "attackers = \"unsaid\"")
            + &toll("c", "whom = \"civilians\"")
            + "\n[fields]\ncountry = \"country\"\n",
    );
    let add = ["add", "a.sheaf", "scopes.csv", "--as", "scopes.toml"];
    assert_eq!(desk.run_on(LATER_DAY, &add).code, 0);
    let same = ["judge", "a.sheaf", "same", "scopes:1", "scopes:2", "--by", "d", "--because", "t"];
    assert_eq!(desk.run_on(LATER_DAY, &same).code, 0);
    for profile in PROFILES {
        let by = ["--profile", profile];
        let list = desk.json(&[&["incidents", "a.sheaf", "--format", "json"], &by[..]].concat());
        let told = from_json(&list, profile);
        assert!(told.len() > 15 && told.contains_key("scopes:3"), "{}", told.len());
        let export = |to| desk.ok(&[&["export", "a.sheaf", "--to", to], &by[..]].concat());
        assert_eq!(from_csv(&export("csv")), told, "{profile}: csv");
        assert_eq!(from_geojson(&export("geojson")), told, "{profile}: geojson");
        let parquet = ["export", "a.sheaf", "--to", "parquet", "--out", "a.parquet"];
        desk.ok(&[&parquet[..], &by[..]].concat());
        assert_eq!(from_parquet(&desk.path("a.parquet"), profile), told, "{profile}: parquet");
        let civilians_only = told.get_key_value("scopes:3").into_iter();
        for (id, numbers) in told.iter().take(1).chain(civilians_only) {
            let shown = desk.json(&[&["show", "a.sheaf", id, "--json"], &by[..]].concat());
            assert_eq!(&from_json(&shown, profile)[id], numbers, "{profile}: show {id}");
        }
        // Sums over all incidents: of the diff, and of the series, which leaves out what has no day.
        let sum =
            |told: &Numbers, at: usize| -> u64 { told.values().filter_map(|it| it[at]).sum() };
        let diff = ["diff", "a.sheaf", "--from", "2023-01-01", "--json"];
        let diff = desk.json(&[&diff[..], &by[..]].concat());
        for (at, name) in NUMBERS.iter().enumerate() {
            let row = diff["sums"].as_array().unwrap().iter().find(|it| it["what"] == *name);
            assert_eq!(row.unwrap()["to"], sum(&told, at), "{profile}: diff {name}");
        }
        let series = ["series", "a.sheaf", "--by", "year", "--json"];
        let series = desk.json(&[&series[..], &by[..]].concat());
        assert_eq!(series["incidents_undated"], 0);
        for (at, name) in [(0, "killed_low"), (3, "injured_low")] {
            let periods = series["periods"].as_array().unwrap();
            let total: u64 = periods.iter().map(|it| it["raw"][name].as_u64().unwrap()).sum();
            assert_eq!(total, sum(&told, at), "{profile}: series {name}");
        }
    }
}
