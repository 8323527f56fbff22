//! The package's example of 195 car crashes, through the program: at four pairs of windows the same
//! counts, the same sets and the same flags as the R package wrote. Needs `SHEAF_DATA`.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{Desk, data, table, texts};
use serde_json::json;

/// How the crash tables are read; there is a reader for them, and this is what one writes oneself.
const MAPPING: &str = r#"
source-column = "dataset"

[source]
name = "crash"
title = "Car crashes, simulated"
licence = "unknown"
kind = "curated"

[key]
columns = ["event"]

[unit]
is = "incident"
longer = { than-days = 1, is = "episode" }

[date]
start = "date"
end = "enddate"

[place]
lat = "latitude"
lon = "longitude"
radius = 1000

[fields]
model_tax = "category"
color_tax = "category"
damage_tax = "category"
"#;

/// Kilometres, days; unique, event and episode matches, flags.
const EXPECTED: [(&str, &str, [u64; 4]); 4] = [
    ("4", "2", [140, 26, 8, 6]),
    ("3", "1", [140, 26, 8, 5]),
    ("1", "1", [173, 13, 4, 3]),
    ("10", "5", [137, 28, 9, 6]),
];

/// `1_12` is the twelfth record of the first data set.
fn report(dataset: &str, event: &str) -> String {
    format!("crash-data{dataset}:{event}")
}

/// The sets of matched records that the package wrote.
fn matched(path: &Path) -> Vec<BTreeSet<String>> {
    let rows = table(path, b',');
    let cells = rows[1..].iter().map(|row| {
        let pairs = row.chunks(2).filter(|pair| pair[0] != "0");
        pairs.map(|pair| report(&pair[0], &pair[1])).collect()
    });
    cells.collect()
}

/// The flags that the package wrote: an event, and an episode that it may be part of.
fn flagged(path: &Path) -> Vec<(String, String)> {
    let rows = table(path, b',');
    let mut flags = Vec::new();
    for row in &rows[1..] {
        for episode in row.last().unwrap().split(", ").filter(|it| !it.is_empty()) {
            let (dataset, event) = episode.split_once('_').unwrap();
            flags.push((report(&row[0], &row[1]), report(dataset, event)));
        }
    }
    flags
}

#[test]
fn the_crash_example_links_as_the_package_linked_it() {
    let Some(data) = data() else { return };
    let folder = data.join("link/meltt-crash");
    let desk = Desk::new();
    desk.write("crash.toml", MAPPING);
    let files = [1, 2, 3].map(|n| folder.join(format!("crash_data{n}.csv")).display().to_string());
    let taxonomies = ["model", "color", "damage"]
        .map(|name| folder.join(format!("crash_taxonomy_{name}_tax.csv")).display().to_string());
    desk.pool("c.sheaf", &[&files[..], &["--as", "crash.toml"].map(str::to_owned)].concat());
    for (km, days, [unique, events, episodes, flags]) in EXPECTED {
        let mut args = vec!["pool", "c.sheaf", "--json", "--method", "meltt"];
        args.extend(["--spatwindow", km, "--twindow", days, "--taxonomy"]);
        args.extend(taxonomies.iter().map(String::as_str));
        let summary = desk.json(&args);
        let counts = json!({
            "in": 195, "unique": unique, "matches": events + episodes, "event_matches": events,
            "episode_matches": episodes, "removed": 195 - unique, "flagged": flags,
        });
        assert_eq!(summary["meltt"], counts, "{km} km, {days} days");
        assert_eq!(summary["incidents"], unique);

        let expected = |name: &str| folder.join(format!("expected/{name}_s{km}_t{days}.csv"));
        let mut sets = matched(&expected("event_matched"));
        sets.extend(matched(&expected("episode_matched")));
        let sets: BTreeSet<_> = sets.into_iter().collect();
        let incidents = desk.incidents("c.sheaf", &[]);
        let joined: BTreeSet<BTreeSet<String>> = incidents
            .iter()
            .map(|it| texts(&it["reports"]).iter().map(|&it| it.to_owned()).collect())
            .filter(|set: &BTreeSet<String>| set.len() > 1)
            .collect();
        assert_eq!(joined, sets, "{km} km, {days} days");

        let flagged = flagged(&expected("deduplicated_index"));
        let n_events = flagged.iter().map(|(event, _)| event).collect::<BTreeSet<_>>().len();
        assert_eq!(n_events as u64, flags);
        for (event, episode) in &flagged {
            let why = desk.json(&["why", "c.sheaf", event, episode, "--json"]);
            let words = "MELTT flagged the event as part of the episode; both stay";
            assert_eq!((&why["outcome"], &why["together"]), (&json!(words), &json!(false)));
        }
    }
    let mut args = vec!["pool", "c.sheaf", "--method", "meltt", "--twindow", "2"];
    args.extend(["--spatwindow", "4", "--taxonomy"]);
    args.extend(taxonomies.iter().map(String::as_str));
    let said = desk.ok(&args);
    let sentence = "MELTT 0.4.3: 195 in, 140 unique, 34 matches (26 event + 8 episode), 55 removed, \
                    6 flagged\n";
    assert!(said.ends_with(sentence), "{said}");
}
