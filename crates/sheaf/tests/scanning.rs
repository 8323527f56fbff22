//! Clusters from SaTScan's files and from a pool, as the command tells them.

mod common;

use common::Desk;
use serde_json::{Value, json};

/// A published file, or `None` (said aloud) where SHEAF_DATA does not lead to it.
fn published(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        println!("skipped: SHEAF_DATA is not set, so {name} is not at hand");
        return None;
    };
    Some(std::path::Path::new(&folder).join("stats/scan").join(name).display().to_string())
}

fn check(cluster: &Value, observed: u32, statistic: f64, places: &[&str]) {
    assert_eq!(cluster["observed"], observed, "{cluster}");
    assert_eq!(cluster["statistic"], statistic);
    assert_eq!(cluster["places"], json!(places));
}

#[test]
fn satscans_own_files_give_satscans_numbers() {
    let Some(fever) = published("NYCfever.cas") else { return };
    let file = |name: &str| published(name).unwrap();
    let desk = Desk::new();
    let (places, prm) = (file("NYCfever.geo"), file("NYCSpaceTimePermutation.prm"));
    let ask = ["scan", "--cases", &fever, "--places", &places, "--prm", &prm, "--format", "json"];
    let found = desk.json(&ask);
    let zips = ["11418", "11415", "11419", "11435", "11416", "11421", "11451", "11375", "11417"];
    check(&found["clusters"][0], 4, 3.845418, &zips);
    assert_eq!(found["clusters"][0]["from"], "2001-11-22");
    assert_eq!(found["clusters"][0]["to"], "2001-11-24");
    check(&found["clusters"][1], 2, 3.164201, &["11372"]);
    check(&found["clusters"][2], 2, 2.137259, &["10472"]);
    assert_eq!(desk.json(&ask), found, "the same bytes");

    let (cases, places, people) = (file("nm.cas"), file("nm.geo"), file("nm.pop"));
    let prm = file("NewMexicoSpaceTimePoisson.prm");
    let found = desk.json(&[
        "scan",
        "--cases",
        &cases,
        "--places",
        &places,
        "--population",
        &people,
        "--prm",
        &prm,
        "--format",
        "json",
    ]);
    assert_eq!(found["clusters"][0]["statistic"], 10.979758);
    assert_eq!(found["clusters"][0]["from"], "1985-01-01");
    check(&found["clusters"][1], 16, 5.684828, &["Chaves"]);
    check(&found["clusters"][2], 13, 3.884186, &["Curry", "Roosevelt"]);

    let (cases, places, controls) =
        (file("NHumberside.cas"), file("NHumberside.geo"), file("NHumberside.ctl"));
    let prm = file("NHumbersideSpatialBernoulli.prm");
    let found = desk.json(&[
        "scan",
        "--cases",
        &cases,
        "--places",
        &places,
        "--controls",
        &controls,
        "--prm",
        &prm,
        "--format",
        "json",
    ]);
    check(&found["clusters"][0], 4, 4.836516, &["170", "173", "172", "169"]);
    check(&found["clusters"][1], 4, 4.836516, &["18", "19", "14", "26"]);
}

/// Sixty incidents, one every other day at some of thirty towns, and five at one gate in the last days.
fn wave() -> String {
    let mut rows = "id,published,date,date_end,lat,lon,place,country,kind,killed\n".to_owned();
    let mut row = |id: String, day: u32, lat: f64, lon: f64| {
        let date = format!("2020-{:02}-{:02}", day / 28 + 1, day % 28 + 1);
        rows += &format!("{id},{date},{date},,{lat},{lon},Gate {id},Freedonia,bomb,1\n");
    };
    for k in 0..60 {
        let town = k * 7 % 30;
        row(format!("t{k}"), k * 2, 10.0 + f64::from(town), 20.0 + f64::from(town % 5));
    }
    for k in 0..5 {
        row(format!("w{k}"), 117 + k % 3, 13.0, 23.0 + 0.03 * f64::from(k));
    }
    rows
}

#[test]
fn a_wave_in_a_pool_is_found_with_its_incidents() {
    let desk = Desk::new();
    desk.write("wave.csv", wave());
    desk.ok(&["pool", "w.sheaf", "wave.csv", "--source", "wave"]);
    let found = desk.json(&["scan", "w.sheaf", "--format", "json"]);
    let first = &found["clusters"][0];
    assert!(first["observed"].as_u64().unwrap() >= 4, "{first}");
    assert!(first["p"].as_f64().unwrap() < 0.05, "{first}");
    assert!(first["incidents"][0]["id"].as_str().unwrap().starts_with("wave:w"), "{first}");
    assert!(desk.ok(&["scan", "w.sheaf"]).contains("by chance about once in"));
    let knox = desk.json(&["knox", "w.sheaf", "--km", "0-20", "--days", "0-7", "--format", "json"]);
    assert_eq!(knox["cells"][0]["km"], "[0, 20]");
    assert!(knox["cells"][0]["p"].as_f64().unwrap() <= 0.05, "{knox}");
    let hawkes = desk.json(&[
        "hawkes",
        "w.sheaf",
        "--knot-days",
        "28",
        "--longest-half-life",
        "7",
        "--format",
        "json",
    ]);
    assert!(hawkes["constant_background"]["branching_ratio"].is_number(), "{hawkes}");
    assert!(hawkes["varying_background"]["branching_ratio"].is_number(), "{hawkes}");
}

#[test]
fn why_there_is_no_answer_is_said() {
    let desk = Desk::new();
    desk.write("a.geo", "dock 10 20\nquay 10 21\n");
    desk.write("a.cas", "dock 1 2020/1/3\nquay 1 2020/1/3\n");
    let said = desk.fails(
        "no-answer",
        &["scan", "--cases", "a.cas", "--places", "a.geo", "--longest-days", "1"],
    );
    assert!(said.contains("all 2 cases fall on one day"), "{said}");
    desk.write("b.cas", "dock 1 2020/1/3\nlost 1 2020/1/4\n");
    let said = desk.fails("bad-file", &["scan", "--cases", "b.cas", "--places", "a.geo"]);
    assert!(said.contains("b.cas:2: lost has no coordinates"), "{said}");
    desk.write("a.prm", "AnalysisType=7\n");
    let said = desk.fails(
        "unsupported-setting",
        &["scan", "--cases", "a.cas", "--places", "a.geo", "--prm", "a.prm"],
    );
    assert!(said.contains("AnalysisType=7 is not supported"), "{said}");
}
