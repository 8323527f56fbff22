//! The data sets that linking is measured on, and what is a label in each.

use std::path::Path;

use sheaf_read::ReadOptions;

use super::reports::{RawLabel, Reports};
use crate::failure::{About, Outcome};

/// The four groups of sources of MAVERICK, by its column `source_type`: agencies, media, official
/// commissions, and organisations with whatever else there is. The figures of MELTT on this file that
/// the data come with do not say how authors were grouped. This grouping gives their 1,200
/// cross-group pairs and, in this order, their precision and recall to the third digit.
pub const SOURCE_GROUPS: [&str; 4] = ["agencies", "media", "commissions", "organisations"];

fn group_of(source_type: &str) -> u16 {
    match source_type {
        "International news agency" => 0,
        "International news media" | "National news media" => 1,
        "Human rights commission" | "Special commission" => 2,
        _ => 3,
    }
}

/// The columns of MAVERICK that MELTT's taxonomies are made of.
pub const MAVERICK_CELLS: [&str; 2] = ["actor1_type", "target"];

/// MAVERICK's event reports, one source of news; the labels are `event_id` and `election`, read
/// beside the reader, which ignores the former.
pub fn maverick(path: &Path) -> Outcome<Reports> {
    let mut reports = Reports::new("MAVERICK");
    let mut options = ReadOptions::found_out();
    options.reader = Some("maverick".to_owned());
    let columns: Vec<&str> =
        ["event_id", "election", "source_type"].into_iter().chain(MAVERICK_CELLS).collect();
    reports.read(path, &options, 0, &columns, |cells| RawLabel {
        event: cells[0].clone(),
        election: if cells[1].is_empty() { "none".to_owned() } else { cells[1].clone() },
        group: group_of(&cells[2]),
        cells: cells[3..].to_vec(),
    })?;
    Ok(reports)
}

/// How the synthetic pools are read. Their day numbers are taken for days of 1970, their points for
/// good to 2.5 km, which is what most are; the truth is ignored.
const SYNTHETIC: &str = r#"
[source]
name = "synthetic-SOURCE"
title = "An invented pool with known truth"
organisation = "invented"
licence = "open-with-attribution"
credit = "invented"
kind = "curated"

[unit]
is = "incident"

[date]
start = "day"
formats = ["days-since-1970"]

[place]
lat = "latitude"
lon = "longitude"
radius = 2500

[[kind]]
columns = ["type_tax"]

[kind.codes]
armed_clash = "battle"
shelling = "shelling"
air_strike = "air-strike"
suicide_bomb = "suicide-bomb"
ied = "bomb"
abduction = "abduction"
attack_civ = "assault"
sexual_violence = "sexual-violence"
riot = "riot"
protest = "protest"
looting = "sabotage"
arrest = "other"

[[toll]]
harm = "killed"
best = "fatalities"

[fields]
actor_tax = { field = "party", unknown = ["unknown"] }

[ignore]
truth = "the answer that linking is tested on"
"#;

/// A synthetic pool: three curated sources, `d1.csv.gz` to `d3.csv.gz` in a folder. `scratch` is a
/// folder that exists, for the mappings.
pub fn synthetic(folder: &Path, name: &str, scratch: &Path) -> Outcome<Reports> {
    let mut reports = Reports::new(name);
    for source in 0..3u16 {
        let number = source + 1;
        let mapping = scratch.join(format!("synthetic-{number}.toml"));
        std::fs::write(&mapping, SYNTHETIC.replace("SOURCE", &number.to_string()))
            .about(format!("write {}", mapping.display()))?;
        let mut options = ReadOptions::found_out();
        options.reader = Some(mapping.display().to_string());
        let path = folder.join(format!("d{number}.csv.gz"));
        let columns = ["truth", "type_tax", "actor_tax"];
        reports.read(&path, &options, source, &columns, |cells| RawLabel {
            event: cells[0].clone(),
            election: "none".to_owned(),
            group: source,
            cells: cells[1..].to_vec(),
        })?;
    }
    Ok(reports)
}

/// MELTT's example of car crashes: three curated sources, and nobody knows which are the same.
pub fn crash(folder: &Path) -> Outcome<Reports> {
    let mut reports = Reports::new("crash example");
    for source in 0..3u16 {
        let path = folder.join(format!("crash_data{}.csv", source + 1));
        let mut options = ReadOptions::found_out();
        options.reader = Some("crash".to_owned());
        reports.read(&path, &options, source, &["dataset"], |_| RawLabel {
            event: String::new(),
            election: "none".to_owned(),
            group: source,
            cells: Vec::new(),
        })?;
    }
    Ok(reports)
}
