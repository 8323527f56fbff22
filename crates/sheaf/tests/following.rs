//! A large pool follows what changed and keeps just what linking and settling everything anew would
//! have kept: reports that come, are revised and are taken back, and what people judge. On the same
//! invented tables: a model learnt from labels, and linkages drawn by their probabilities.

mod common;

use common::Desk;

const MAPPING: &str = r#"
[source]
name = "NAME"
title = "An invented desk"
organisation = "invented"
licence = "open-with-attribution"
credit = "invented"
kind = "news"

[key]
columns = ["id"]

[unit]
is = "incident"

[date]
start = "date"

[place]
lat = "lat"
lon = "lon"
radius = 2000

[[toll]]
harm = "killed"
best = "killed"

[fields]
place = "place-name"
weapon = "weapon"
"#;

/// SplitMix64, so that the tables are the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n
    }
}

/// The chance of a row, and the event it tells of.
fn begun(id: u64, seed: u64, turn: u64) -> (Random, u64) {
    let mut random = Random(seed ^ (id << 20) ^ if id.is_multiple_of(50) { turn << 50 } else { 0 });
    let event = random.below(3_000);
    (random, event)
}

/// Rows with these ids, each told of one of 3,000 events in 80 towns and ten months; `turn` changes
/// what a few of them say.
fn table(ids: impl Iterator<Item = u64>, seed: u64, turn: u64) -> String {
    let mut table = String::from("id,date,lat,lon,killed,place,weapon\n");
    for id in ids {
        let (mut random, event) = begun(id, seed, turn);
        let mut event = Random(event + 77);
        let town = event.below(80);
        let day = event.below(300) + random.below(12) / 11;
        let (month, day) = (1 + day / 30, 1 + day % 28);
        let lat = 10.0 + (town / 10) as f64 * 0.6 + random.below(90) as f64 / 10_000.0;
        let lon = 20.0 + (town % 10) as f64 * 0.6 + random.below(90) as f64 / 10_000.0;
        let killed = event.below(9) + random.below(5) / 4;
        let weapon = ["firearms", "explosives", "fire"][event.below(3) as usize];
        table.push_str(&format!(
            "{id},2014-{month:02}-{day:02},{lat:.4},{lon:.4},{killed},town {town},{weapon}\n"
        ));
    }
    table
}

fn write(desk: &Desk, name: &str, stem: &str, table: String) {
    desk.write(&format!("{stem}.csv"), table);
    desk.write(&format!("{stem}.toml"), MAPPING.replace("NAME", name));
}

/// What a pool says of its incidents, and to which incident each report belongs.
fn incidents(desk: &Desk, pool: &str) -> String {
    desk.ok(&["incidents", pool, "--format", "json"])
}

#[test]
fn what_is_added_is_followed_and_gives_what_everything_at_once_gives() {
    let desk = Desk::new();
    write(&desk, "alpha", "alpha", table(0..4_000, 1, 0));
    write(&desk, "beta", "beta", table(0..2_500, 2, 0));
    // A later vintage: some reports new, some revised, some taken back; and a new source whose name
    // comes first.
    write(&desk, "beta", "beta-v2", table((0..2_600).filter(|id| id % 97 != 3), 2, 1));
    write(&desk, "aaa", "aaa", table(0..120, 3, 0));
    let first = desk.ok(&["pool", "a.sheaf", "alpha.csv", "beta.csv"]);
    assert!(!first.contains("looked at again"), "{first}");
    for file in ["beta-v2.csv", "aaa.csv"] {
        let said = desk.ok(&["add", "a.sheaf", file]);
        assert!(said.contains(" incidents changed, "), "{said}");
    }
    desk.ok(&["pool", "b.sheaf", "alpha.csv", "beta.csv", "beta-v2.csv", "aaa.csv"]);
    assert_eq!(incidents(&desk, "a.sheaf"), incidents(&desk, "b.sheaf"));
    let verified = desk.ok(&["verify", "a.sheaf"]);
    assert!(verified.ends_with("every part is as it was written\n"), "{verified}");

    // People judge: that is followed, too, and taken back without a trace.
    let before = incidents(&desk, "a.sheaf");
    let shared = desk.incidents("a.sheaf", &["--min-sources", "2"]);
    let reports: Vec<String> = shared[0]["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    let (a, b) = (reports.first().unwrap(), reports.last().unwrap());
    for pool in ["a.sheaf", "b.sheaf"] {
        desk.ok(&["judge", pool, "different", a, b, "--by", "desk", "--because", "two towns"]);
    }
    assert_ne!(incidents(&desk, "a.sheaf"), before);
    assert_eq!(incidents(&desk, "a.sheaf"), incidents(&desk, "b.sheaf"));
    desk.ok(&["undo", "a.sheaf", "j1", "--by", "desk"]);
    assert_eq!(incidents(&desk, "a.sheaf"), before);
}

/// A pool of 3,000 reports by two desks, and its labels.
fn labelled(desk: &Desk) {
    write(desk, "alpha", "alpha", table(0..1_800, 1, 0));
    write(desk, "beta", "beta", table(0..1_200, 2, 0));
    desk.ok(&["pool", "a.sheaf", "alpha.csv", "beta.csv"]);
    let mut truth = String::from("report,event\n");
    for (name, seed, n) in [("alpha", 1, 1_800), ("beta", 2, 1_200)] {
        for id in 0..n {
            truth.push_str(&format!("{name}:{id},{}\n", begun(id, seed, 0).1));
        }
    }
    desk.write("truth.csv", truth);
}

#[test]
fn a_model_is_learnt_from_labels_and_links() {
    let desk = Desk::new();
    labelled(&desk);
    let score = |desk: &Desk| desk.json(&["score", "a.sheaf", "--truth", "truth.csv", "--json"]);
    let before = score(&desk);
    let model = desk.ok(&["learn", "a.sheaf", "--truth", "truth.csv", "--name", "ours"]);
    assert!(model.contains("\"name\" = \"ours\""), "{model}");
    assert_eq!(model, desk.ok(&["learn", "a.sheaf", "--truth", "truth.csv", "--name", "ours"]));
    desk.write("ours.model", model);
    desk.ok(&["pool", "a.sheaf", "--model", "ours.model"]);
    let after = score(&desk);
    let f1 = |score: &serde_json::Value| score["pairs"]["f1"].as_f64().unwrap();
    // It was learnt on what it is scored on: it must fit it better than one learnt elsewhere.
    assert!(f1(&after) > f1(&before), "{} {}", f1(&after), f1(&before));
    let off = |of: &str| after["calibration"][of]["calibration_error"].as_f64().unwrap();
    assert!(off("all_compared") < 0.05, "{}", off("all_compared"));
    // Without labels, from the same pool.
    let estimated = desk.ok(&["learn", "a.sheaf"]);
    assert!(estimated.contains("no labels: 3,000 reports of alpha, beta"), "{estimated}");
    desk.write("none.csv", "report,event\nalpha:1,x\nalpha:2,y\n");
    let said = desk.fails("too-few-labels", &["learn", "a.sheaf", "--truth", "none.csv"]);
    assert!(said.contains("learning needs 50 of each"), "{said}");
}

#[test]
fn drawn_linkages_hold_every_report_once_and_repeat_with_their_seed() {
    let desk = Desk::new();
    labelled(&desk);
    let draws = |seed: &str| desk.ok(&["incidents", "a.sheaf", "--draws", "3", "--seed", seed]);
    let drawn = draws("1");
    assert_eq!(drawn, draws("1"));
    assert_ne!(drawn, draws("2"));
    let mut lines: Vec<(&str, &str)> =
        drawn.lines().skip(1).map(|line| line.split_once(',').unwrap()).collect();
    let n_lines = lines.len();
    lines.sort_unstable_by_key(|(draw, rest)| (*draw, rest.split(',').next()));
    lines.dedup_by_key(|(draw, rest)| (*draw, rest.split(',').next()));
    assert_eq!((n_lines, lines.len()), (9_000, 9_000));
    desk.fails("nothing-to-draw", &["incidents", "a.sheaf", "--draws", "0"]);
}
