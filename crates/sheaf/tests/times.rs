//! Two axes of time, when the pool took something in and when it was said; and what changed between
//! two days, with sums that explain the difference.

mod common;

use std::collections::BTreeMap;

use common::{Desk, FIRST_DAY, LATER_DAY, data, table, texts, with_report};
use serde_json::Value;

const HEADER: &str = "id,published,date,lat,lon,place,country,kind,killed,as_of\n";
const FIRST: &str = "\
r1,2020-03-02,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,3,
r2,2020-03-06,2020-03-05,11.0,21.0,South Gate,Freedonia,shooting,1,
r3,2020-03-10,2020-03-09,12.0,22.0,East Gate,Freedonia,bomb,7,
r4,2020-03-11,2020-03-09,12.0,22.0,East Gate,Freedonia,bomb,8,
";

/// A pool into which a second vintage came on a later day: a toll overwritten, an entry deleted, two
/// entries merged into one by the source, and one more.
fn revised() -> Desk {
    let desk = Desk::new();
    desk.write("roads.csv", format!("{HEADER}{FIRST}"));
    let pool = ["pool", "r.sheaf", "roads.csv", "--source", "acme-roads"];
    let ran = desk.run_on(FIRST_DAY, &pool);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    desk.write(
        "roads.csv",
        format!(
            "{HEADER}\
             r1,2020-03-02,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,5,\n\
             r3,2020-03-10,2020-03-09,12.0,22.0,East Gate,Freedonia,bomb,9,\n\
             r5,2020-04-01,2020-04-01,13.0,23.0,West Gate,Freedonia,arson,0,\n"
        ),
    );
    let ran = desk.run_on(LATER_DAY, &pool);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    desk
}

fn killed(incidents: &[Value], report: &str) -> Vec<u64> {
    let toll = &with_report(incidents, report)["tolls"][0]["value"];
    [&toll["low"], &toll["high"]].map(|it| it.as_u64().unwrap()).to_vec()
}

#[test]
fn check_03_what_is_deleted_merged_or_overwritten_upstream_can_be_asked_for_as_it_was() {
    let desk = Desk::new();
    desk.write("roads.csv", format!("{HEADER}{FIRST}"));
    desk.ok(&["pool", "o.sheaf", "roads.csv", "--source", "acme-roads"]);
    let list = |pool: &str, more: &[&str]| {
        desk.ok(&[&["incidents", pool, "--format", "json"], more].concat())
    };
    let before = list("o.sheaf", &[]);
    let desk = revised();
    let list =
        |more: &[&str]| desk.ok(&[&["incidents", "r.sheaf", "--format", "json"], more].concat());
    assert_eq!(list(&["--as-known-on", "2024-01-31"]), before, "to the byte");
    assert_eq!(list(&["--as-known-on", "2024-01-01T00:00:00Z"]), before, "to the second");
    let now = desk.incidents("r.sheaf", &[]);
    let then = desk.incidents("r.sheaf", &["--as-known-on", "2024-01-31"]);
    assert_eq!(
        (killed(&then, "acme-roads:r1"), killed(&now, "acme-roads:r1")),
        (vec![3, 3], vec![5, 5])
    );
    assert!(now.iter().all(|it| !texts(&it["reports"]).contains(&"acme-roads:r2")));
    assert_eq!(texts(&with_report(&then, "acme-roads:r4")["reports"]).len(), 2);
    // One incident as it was, with what was said then.
    let shown = desk.ok(&["show", "r.sheaf", "acme-roads:r2", "--as-known-on", "2024-01-31"]);
    assert!(shown.contains("“1”  roads.csv:3: killed"), "{shown}");
    // The same for each profile.
    for profile in ["all", "ucdp-like", "model"] {
        let old = desk.ok(&[
            "incidents",
            "r.sheaf",
            "--as-known-on",
            "2024-01-31",
            "--profile",
            profile,
            "--format",
            "json",
        ]);
        assert!(old.contains("acme-roads:r2") && !old.contains("acme-roads:r5"), "{profile}");
    }
}

#[test]
fn check_02_a_thousand_rows_under_the_same_label_are_told_exactly_and_both_vintages_are_askable() {
    let desk = Desk::new();
    let row = |nth: usize| {
        let (day, lat) = (nth % 28 + 1, nth as f64 / 40.0 - 40.0);
        format!("e{nth},2020-05-01,2020-04-{day:02},{lat},20.0,Gate {nth},Freedonia,bomb,2,\n")
    };
    let file = |n: usize| format!("{HEADER}{}", (0..n).map(row).collect::<String>());
    let pool = ["pool", "r.sheaf", "roads.csv", "--source", "acme-roads", "--version-label", "7"];
    desk.write("roads.csv", file(500));
    desk.ok(&pool);
    let before = desk.ok(&["incidents", "r.sheaf", "--format", "json"]);
    let again = desk.ok(&pool);
    assert!(again.contains("exactly these bytes are in the pool as i1"), "{again}");
    desk.write("roads.csv", file(1500));
    let ran = desk.run_on(LATER_DAY, &pool);
    assert!(
        ran.stdout.contains("1,000 added, 0 revised, 0 deleted, 500 unchanged"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("the version label is that of i1"), "{}", ran.stdout);
    assert_eq!(
        desk.ok(&["incidents", "r.sheaf", "--format", "json", "--as-known-on", "2024-01-31"]),
        before
    );
    let diff = desk.json(&["diff", "r.sheaf", "--from", "2024-01-31", "--json"]);
    assert_eq!(diff["reports"]["added"].as_array().unwrap().len(), 1000);
    assert_eq!(diff["reports"]["unchanged"], 500);
    adds_up(&diff);
}

/// Each sum at the one end and what the changes add give the sum at the other.
#[track_caller]
fn adds_up(diff: &Value) -> BTreeMap<String, [i64; 8]> {
    let kinds = ["from", "added", "deleted", "revised", "merged", "split", "rearranged", "to"];
    let sums = diff["sums"].as_array().unwrap();
    assert_eq!(sums.len(), 7);
    let row = |sum: &Value| {
        let row = kinds.map(|kind| sum[kind].as_i64().unwrap());
        assert_eq!(row[..7].iter().sum::<i64>(), row[7], "{sum}");
        (sum["what"].as_str().unwrap().to_owned(), row)
    };
    sums.iter().map(row).collect()
}

#[test]
fn what_was_said_later_is_not_heard() {
    let desk = Desk::new();
    desk.write(
        "wire.csv",
        format!(
            "{HEADER}\
             w1,2020-03-01,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,3,2020-03-01\n\
             w2,2020-03-04,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,9,2020-03-04\n\
             w3,,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,11,\n\
             w4,2020-03-02,2020-03-02,50.0,20.0,Far Gate,Freedonia,bomb,4,2020-03-08\n"
        ),
    );
    desk.ok(&["pool", "w.sheaf", "wire.csv", "--source", "wire"]);
    let all = desk.incidents("w.sheaf", &[]);
    assert_eq!(texts(&with_report(&all, "wire:w1")["reports"]).len(), 3);
    let ran =
        desk.run(&["incidents", "w.sheaf", "--claims-until", "2020-03-03", "--format", "json"]);
    for words in [
        "1 report not heard: said after 2020-03-03",
        "1 toll not heard: true as of a day after 2020-03-03",
        "1 report not heard: they say no day of their own (--undated-too hears them)",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(said["left_out"].as_array().unwrap().len(), 3);
    let until = said["incidents"].as_array().unwrap();
    assert_eq!(texts(&with_report(until, "wire:w1")["reports"]), ["wire:w1"]);
    assert_eq!(killed(until, "wire:w1"), [3, 3]);
    // Its report was out, and its toll is of a later day.
    assert_eq!(with_report(until, "wire:w4")["tolls"], serde_json::json!([]));
    let undated = desk.incidents("w.sheaf", &["--claims-until", "2020-03-03", "--undated-too"]);
    assert_eq!(texts(&with_report(&undated, "wire:w1")["reports"]), ["wire:w1", "wire:w3"]);
    desk.fails("bad-arguments", &["incidents", "w.sheaf", "--undated-too"]);
}

#[test]
fn both_axes_can_be_asked_together() {
    let desk = Desk::new();
    let file = |killed: &str| {
        format!(
            "id,published,date,lat,lon,place,country,kind,killed,outlet\n\
             w1,2020-03-01,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,{killed},Post\n\
             w2,2020-03-05,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,9,Times\n"
        )
    };
    desk.write("wire.csv", file("3"));
    desk.ok(&["pool", "w.sheaf", "wire.csv", "--source", "wire"]);
    desk.write("wire.csv", file("4"));
    let ran = desk.run_on(LATER_DAY, &["add", "w.sheaf", "wire.csv", "--source", "wire"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (known, said) = (["--as-known-on", "2024-01-31"], ["--claims-until", "2020-03-02"]);
    let toll = |filters: &[&str]| killed(&desk.incidents("w.sheaf", filters), "wire:w1");
    assert_eq!(toll(&[]), [4, 9]);
    assert_eq!(toll(&known), [3, 9]);
    assert_eq!(toll(&said), [4, 4], "said by the 2nd, as we know it today");
    assert_eq!(toll(&[known, said].concat()), [3, 3], "said by the 2nd, as we knew it then");
    let cited = desk.ok(&["cite", "w.sheaf", known[0], known[1], said[0], said[1]]);
    let query = "query [--as-known-on 2024-01-31 --claims-until 2020-03-02]";
    assert!(cited.contains(query), "{cited}");
}

#[test]
fn a_diff_between_two_days_names_every_change_and_adds_up() {
    let desk = revised();
    let days = ["--from", "2024-01-15", "--to", "2024-02-15"];
    let diff = desk.json(&[&["diff", "r.sheaf", "--json"], &days[..]].concat());
    let reports = &diff["reports"];
    assert_eq!(texts(&reports["added"]), ["acme-roads:r5"]);
    assert_eq!(texts(&reports["deleted"]), ["acme-roads:r2", "acme-roads:r4"]);
    let change = &reports["revised"][0];
    assert_eq!(change["report"], "acme-roads:r1");
    assert_eq!(
        change["changes"],
        serde_json::json!([{ "field": "toll", "column": "killed", "before": "3", "after": "5" }])
    );
    let incidents = &diff["incidents"];
    assert_eq!(incidents["added"][0]["to"], serde_json::json!(["acme-roads:r5"]));
    assert_eq!(incidents["deleted"][0]["from"], serde_json::json!(["acme-roads:r2"]));
    assert_eq!(incidents["revised"].as_array().unwrap().len(), 2);
    let sums = adds_up(&diff);
    assert_eq!(sums["incidents"], [3, 1, -1, 0, 0, 0, 0, 3]);
    // By hand: 3 + 1 + 8 (the later of two counts by one speaker); then 5 + 9 + 0.
    assert_eq!(sums["killed_low"], [12, 0, -1, 3, 0, 0, 0, 14]);
    assert_eq!(sums["killed_high"], [12, 0, -1, 3, 0, 0, 0, 14]);
    // An end may be an import, or now; and backwards it is the same with the signs turned.
    let same = desk.json(&["diff", "r.sheaf", "--from", "2024-01-15", "--json"]);
    assert_eq!((&same["sums"], &same["reports"]), (&diff["sums"], reports));
    let same = desk.json(&["diff", "r.sheaf", "--from", "i1", "--to", "2024-02-15", "--json"]);
    assert_eq!(same["sums"], diff["sums"]);
    let back =
        desk.json(&["diff", "r.sheaf", "--from", "2024-02-15", "--to", "2024-01-15", "--json"]);
    assert_eq!(adds_up(&back)["killed_low"], [14, 1, 0, -3, 0, 0, 0, 12]);

    let text = desk.ok(&[&["diff", "r.sheaf"], &days[..]].concat());
    for words in [
        "from 2024-01-15: 4 reports in 3 incidents",
        "4 reports − 2 deleted + 1 added = 3",
        "~ acme-roads:r1  killed: 3 → 5",
        "  deleted  acme-roads:r2",
        "tolls: 3 killed → 5 killed",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let csv = desk.ok(&[&["diff", "r.sheaf", "--format", "csv"], &days[..]].concat());
    for line in [
        "added,acme-roads:r5,,,,",
        "revised,acme-roads:r1,toll,killed,3,5",
        "incident-deleted,acme-roads:r2,,,acme-roads:r2,",
        "incident-revised,acme-roads:r1,tolls,,3 killed,5 killed",
    ] {
        assert!(csv.lines().any(|it| it == line), "{line}\n{csv}");
    }
    let said = desk.fails("no-earlier-day", &["diff", "r.sheaf", "--to", "2024-02-15"]);
    assert!(said.contains("--from 2014-05-01"), "{said}");
}

#[test]
fn a_diff_tells_merges_and_splits_that_judgements_made() {
    let desk = Desk::new();
    desk.write("roads.csv", format!("{HEADER}{FIRST}"));
    desk.ok(&["pool", "r.sheaf", "roads.csv", "--source", "acme-roads"]);
    let judge = |verdict: &str, a: &str, b: &str| {
        let args = ["judge", "r.sheaf", verdict, a, b, "--by", "desk", "--because", "test"];
        let ran = desk.run_on(LATER_DAY, &args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    judge("same", "acme-roads:r1", "acme-roads:r2");
    judge("different", "acme-roads:r3", "acme-roads:r4");
    let diff = desk.json(&["diff", "r.sheaf", "--from", "2024-01-15", "--json"]);
    assert_eq!(diff["reports"]["unchanged"], 4, "no report changed");
    let merged = &diff["incidents"]["merged"][0];
    assert_eq!(texts(&merged["from"]), ["acme-roads:r1", "acme-roads:r2"]);
    assert_eq!(texts(&merged["to"]), ["acme-roads:r1"]);
    let split = &diff["incidents"]["split"][0];
    assert_eq!(texts(&split["to"]), ["acme-roads:r3", "acme-roads:r4"]);
    let sums = adds_up(&diff);
    assert_eq!(sums["incidents"], [3, 0, 0, 0, -1, 1, 0, 3]);
    // Two counts of one incident are not added up: of 3 and 1 the later stands, 1; where the later
    // of 7 and 8 stood, both do.
    assert_eq!(sums["killed_low"], [12, 0, 0, 0, -3, 7, 0, 16]);
    let text = desk.ok(&["diff", "r.sheaf", "--from", "2024-01-15"]);
    assert!(text.contains("  merged  acme-roads:r1 + acme-roads:r2 → acme-roads:r1"), "{text}");
    assert!(text.contains("  split  acme-roads:r3 → acme-roads:r3 + acme-roads:r4"), "{text}");
}

/// UCDP's revisions of Syria, taken in on a later day: every sum of the second release is explained.
#[test]
fn check_10_the_revisions_of_ged_syria_explain_the_difference_between_two_days() {
    let Some(data) = data() else { return };
    let desk = Desk::new();
    let zipped = data.join("events/ged-syria-19.1.csv.gz");
    let plain = std::process::Command::new("gzip").arg("-dc").arg(&zipped).output().unwrap().stdout;
    desk.write("ged-syria-19.csv", &plain);
    let mut rows = table(desk.path("ged-syria-19.csv"), b',');
    let column =
        |rows: &[Vec<String>], name: &str| rows[0].iter().position(|it| it == name).unwrap();
    let [id, best, low, high] = ["id", "best", "low", "high"].map(|name| column(&rows, name));
    // The sums of low, best and high; where the best lies outside its bounds, they are taken from all
    // three, and the entry is doubted.
    let sum = |rows: &[Vec<String>]| -> ([i64; 3], u64) {
        let (mut sums, mut n_doubted) = ([0; 3], 0);
        for row in &rows[1..] {
            let [low, best, high] = [low, best, high].map(|at| row[at].parse::<i64>().unwrap());
            for (sum, number) in
                sums.iter_mut().zip([low.min(best).min(high), best, high.max(best).max(low)])
            {
                *sum += number;
            }
            n_doubted += u64::from(!(low..=high).contains(&best));
        }
        (sums, n_doubted)
    };
    let before = sum(&rows);
    let at: BTreeMap<String, usize> =
        rows.iter().enumerate().map(|(idx, row)| (row[id].clone(), idx)).collect();
    let mut n_changed = 0;
    for revision in &table(data.join("events/ged-syria-revised-counts.csv"), b',')[1..] {
        let row = &mut rows[at[revision[0].trim_end_matches(".0")]];
        let old = row.clone();
        for (column, new) in [(best, 3), (low, 5), (high, 7)] {
            row[column] = revision[new].clone();
        }
        assert!(*row != old);
        n_changed += 1;
    }
    assert_eq!(n_changed, 263);
    let after = sum(&rows);
    let mut writer = csv::Writer::from_path(desk.path("ged-syria-20.csv")).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
    desk.ok(&["pool", "s.sheaf", "ged-syria-19.csv"]);
    let ran = desk.run_on(LATER_DAY, &["add", "s.sheaf", "ged-syria-20.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let diff =
        desk.json(&["diff", "s.sheaf", "--from", "2024-01-15", "--profile", "ucdp-like", "--json"]);
    assert_eq!(diff["reports"]["revised"].as_array().unwrap().len(), 263);
    assert_eq!(diff["reports"]["unchanged"], 16_566 - 263);
    let sums = adds_up(&diff);
    assert_eq!(sums["incidents"], [16_566, 0, 0, 0, 0, 0, 0, 16_566]);
    let (before, doubted_before) = before;
    let (after, doubted_after) = after;
    for (at, name) in ["killed_low", "killed_best", "killed_high"].into_iter().enumerate() {
        let [from, added, deleted, revised, merged, split, rearranged, to] = sums[name];
        assert_eq!([added, deleted, merged, split, rearranged], [0; 5]);
        println!(
            "{name}: {from} {revised:+} = {to}; in the files {} and {}",
            before[at], after[at]
        );
        assert_eq!((from, to), (before[at], after[at]), "summed in the files by themselves");
        assert_eq!(revised, after[at] - before[at]);
    }
    // Nothing that is out of order is dropped or put right in silence: each is a doubt, and all three
    // numbers stand beside the value, at both times.
    let sources = desk.json(&["sources", "s.sheaf", "--json"]);
    let doubts = |at: usize| sources[at]["doubts"]["bounds-out-of-order"].as_u64();
    println!("out of order: {doubted_before} and {doubted_after}");
    assert_eq!((doubts(0), doubts(1)), (Some(doubted_before), Some(doubted_after)));
    let mut n_out_of_order = 0;
    for revision in &table(data.join("events/ged-syria-revised-counts.csv"), b',')[1..] {
        let number = |at: usize| revision[at].parse::<u64>().unwrap();
        for (end, times) in [&["--as-known-on", "2024-01-15"][..], &[]].into_iter().enumerate() {
            let [best, low, high] = [2, 4, 6].map(|column| number(column + end));
            if (low..=high).contains(&best) {
                continue;
            }
            n_out_of_order += 1;
            let id = format!("ucdp-ged:{}", revision[0].trim_end_matches(".0"));
            let ask = ["show", "s.sheaf", &id, "--profile", "ucdp-like"];
            let text = desk.ok(&[&ask[..], times].concat());
            let said = format!("“{best}” (low “{low}”, high “{high}”)");
            assert!(text.contains(&said), "{said}\n{text}");
            let shown = desk.json(&[&ask[..], times, &["--json"]].concat());
            let toll = &shown["incidents"][0]["tolls"][0]["value"];
            assert_eq!(
                [&toll["low"], &toll["best"], &toll["high"]].map(|it| it.as_u64().unwrap()),
                [low.min(best), best, high.max(best)]
            );
        }
    }
    assert_eq!(n_out_of_order, 7);
}
