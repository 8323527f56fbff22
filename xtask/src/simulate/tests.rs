//! What a simulated pool must be: the same for the same seed, as entangled as real reports are,
//! and silent about the truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sheaf-simulate-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// Every file's name with its content.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn invariant_15_the_same_seed_gives_the_same_bytes() {
    let (first, second, other) = (folder("a"), folder("b"), folder("c"));
    let written = simulate(2_000, 5, &first).unwrap();
    assert_eq!(simulate(2_000, 5, &second).unwrap(), written);
    simulate(2_000, 6, &other).unwrap();
    assert_eq!(written.reports, 2_000);
    assert_eq!(contents(&first), contents(&second));
    assert_ne!(contents(&first)["sim-atlas.csv"], contents(&other)["sim-atlas.csv"]);
    for folder in [first, second, other] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn every_report_has_its_truth_and_no_table_tells_it() {
    let folder = folder("truth");
    simulate(3_000, 1, &folder).unwrap();
    let files = contents(&folder);
    let reports: u64 = DESKS
        .iter()
        .map(|desk| files[&format!("{}.csv", desk.name)].iter().filter(|b| **b == b'\n').count())
        .map(|lines| lines as u64 - 1)
        .sum();
    let truth = String::from_utf8(files["truth.csv"].clone()).unwrap();
    assert_eq!((reports, truth.lines().count() as u64 - 1), (3_000, 3_000));
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "truth.csv") {
        let text = String::from_utf8_lossy(bytes).into_owned();
        assert!(name.ends_with(".md") || text.to_lowercase().contains("simulated"), "{name}");
        assert!(!text.contains(",e1\n") && !text.contains(",e17,"), "{name} tells an event's id");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// One report, as far as pairs are compared.
struct Told {
    desk: usize,
    day: i64,
    place: Option<(f64, f64)>,
    killed: u32,
    injured: Option<u32>,
}

/// Measured on coded event reports of the same event (MAVERICK, 3,251 pairs): how often they agree.
/// The simulation must not be kinder than that, nor crueller.
#[test]
fn pairs_agree_as_often_as_real_ones() {
    let folder = folder("pairs");
    simulate(40_000, 3, &folder).unwrap();
    let events = read_events(&folder);
    std::fs::remove_dir_all(folder).unwrap();

    let mut pairs = 0.0;
    let mut agree = [0.0; 9];
    let mut apart = 0.0;
    let mut counted = 0.0;
    for told in events.values() {
        for (idx, left) in told.iter().enumerate() {
            for right in &told[idx + 1..] {
                pairs += 1.0;
                let days = (left.day - right.day).abs();
                for (slot, most) in [(0, 0), (1, 1), (2, 2)] {
                    agree[slot] += f64::from(u8::from(days <= most));
                }
                if let (Some(a), Some(b)) = (left.place, right.place) {
                    apart += 1.0;
                    let km = distance_km(a, b);
                    for (slot, most) in [(3, 1.0), (4, 5.0), (5, 20.0)] {
                        agree[slot] += f64::from(u8::from(km <= most));
                    }
                }
                agree[6] += f64::from(u8::from(left.killed == right.killed));
                if let (Some(a), Some(b)) = (left.injured, right.injured) {
                    counted += 1.0;
                    agree[7] += f64::from(u8::from(a == b));
                }
                agree[8] += f64::from(u8::from(left.desk == right.desk));
            }
        }
    }
    let mut off = Vec::new();
    for (slot, what, expected, of) in [
        (0, "start date equal", 75.2, pairs),
        (1, "dates within a day", 86.5, pairs),
        (2, "dates within two days", 88.7, pairs),
        (3, "places within 1 km", 73.6, apart),
        (4, "places within 5 km", 78.1, apart),
        (5, "places within 20 km", 88.4, apart),
        (6, "deaths equal", 50.8, pairs),
        (7, "injuries equal", 57.7, counted),
        (8, "same desk", 4.5, pairs),
    ] {
        let share = 100.0 * agree[slot] / of;
        println!("{what}: {share:.1} % of {of} pairs, in real reports {expected} %");
        if (share - expected).abs() > 3.0 {
            off.push(format!("{what}: {share:.1} %, should be {expected} %"));
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

fn read_events(folder: &Path) -> BTreeMap<String, Vec<Told>> {
    let truth: BTreeMap<String, String> = csv::Reader::from_path(folder.join("truth.csv"))
        .unwrap()
        .into_records()
        .map(|record| record.unwrap())
        .map(|record| (record[0].to_owned(), record[1].to_owned()))
        .collect();
    let calendar = Calendar::new();
    let days: BTreeMap<&str, i64> =
        calendar.days.iter().enumerate().map(|(idx, day)| (day.as_str(), idx as i64)).collect();
    let mut events: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (desk, told_by) in DESKS.iter().enumerate() {
        let mut table =
            csv::Reader::from_path(folder.join(format!("{}.csv", told_by.name))).unwrap();
        let headers = table.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|header| header == name);
        let day = column("date").or(column("date_start")).unwrap();
        let killed = column("killed").or(column("deaths_best")).unwrap();
        let (lat, lon) = (column("lat").unwrap(), column("lon").unwrap());
        let injured = column("injured").unwrap();
        for record in table.records() {
            let record = record.unwrap();
            let number = |text: &str| text.rsplit(' ').next().unwrap().parse::<u32>().ok();
            let key = format!("{}:{}", told_by.name, &record[0]);
            events.entry(truth[&key].clone()).or_default().push(Told {
                desk,
                day: days[&record[day]],
                place: record[lat].parse().ok().zip(record[lon].parse().ok()),
                killed: number(&record[killed]).unwrap(),
                injured: number(&record[injured]),
            });
        }
    }
    events
}

fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.1 - a.1).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * 6371.0088 * h.sqrt().asin()
}

#[test]
fn days_are_those_of_the_calendar() {
    let calendar = Calendar::new();
    assert_eq!(calendar.day(0), "2005-01-01");
    assert_eq!(calendar.day(-1), "2004-12-31");
    assert_eq!(calendar.day(59), "2005-03-01");
    assert_eq!(calendar.day(DAYS - 1), "2014-12-31");
    assert_eq!(calendar.days[0], "2004-09-03");
}

/// The mappings beside the tables fit them to the last cell.
#[test]
fn the_simulated_tables_are_read_without_a_doubt() {
    let folder = folder("read");
    simulate(5_000, 2, &folder).unwrap();
    let mut reports = 0;
    for name in tables().chain(["sim-atlas-v2.csv".to_owned()]) {
        let options = sheaf_read::ReadOptions::found_out();
        let (reading, _, doubts) = sheaf_read::read_all(&folder.join(&name), &options).unwrap();
        assert_eq!(doubts, [], "{name}");
        assert!(reading.unknown.is_empty() && reading.ignored.is_empty(), "{name}");
        assert!(reading.refused.is_empty() && reading.withheld.is_empty(), "{name}");
        if name.starts_with(reading.head.source.name.as_str()) && !name.contains("-v2") {
            reports += reading.tally.read();
        }
    }
    assert_eq!(reports, 5_000);
    std::fs::remove_dir_all(folder).unwrap();
}
