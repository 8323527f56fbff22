//! `sheaf pool` and `sheaf add`: what goes in, what the summary says, and that it adds up.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Desk, EXAMPLE, example, listing, sum, table, texts, with_report};

#[test]
fn the_example_becomes_one_list_of_incidents() {
    let desk = Desk::new();
    let summary = desk.pool("a.sheaf", &EXAMPLE.map(example));
    let read: BTreeMap<&str, u64> = summary["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["file"].as_str().unwrap(), it["read"].as_u64().unwrap()))
        .collect();
    // Counted in the files: the rows under each header, the lines, the features.
    for (file, delimiter) in [
        ("civil-protection.csv", b','),
        ("harbour-institute.csv", b';'),
        ("northline-wire.csv", b','),
    ] {
        assert_eq!(read[file], table(example(file), delimiter).len() as u64 - 1, "{file}");
    }
    assert_eq!(read["meridian-aid-security.jsonl"], 23);
    assert_eq!(read["rail-safety-office.geojson"], 6);
    // 21 + 32 (the later release of two) + 65 + 23 + 6.
    assert_eq!((&summary["reports"], &summary["sources"]), (&147.into(), &5.into()));
    assert_eq!(summary["failed"], serde_json::json!([]));

    let incidents = desk.incidents("a.sheaf", &[]);
    assert_eq!(summary["incidents"], incidents.len());
    let mut seen = BTreeSet::new();
    for report in incidents.iter().flat_map(|it| texts(&it["reports"])) {
        assert!(seen.insert(report), "{report} is in two incidents");
    }
    assert_eq!(seen.len(), 147, "every report is in an incident");
    let market = with_report(&incidents, "northline-wire:NW-140522-1");
    assert_eq!(
        texts(&market["reports"]),
        [
            "civil-protection:CP-016",
            "civil-protection:CP-017",
            "meridian-aid:MAS-1426",
            "northline-wire:NW-140522-1",
            "northline-wire:NW-140522-2",
        ],
        "the station of 30 April is not in it, nor the entry that is dated two days later"
    );
    let late = with_report(&incidents, "harbour-institute:HI-14-0044");
    assert_eq!(texts(&late["reports"]), ["harbour-institute:HI-14-0044"]);
    let handles: BTreeSet<&str> = ["NW-131028-1", "NW-140301-1", "NW-140430-1", "NW-140522-1"]
        .iter()
        .filter_map(|key| {
            let report = format!("northline-wire:{key}");
            seen.contains(report.as_str()).then(|| with_report(&incidents, &report))
        })
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(handles.len(), 4, "four attacks in China are four incidents: {handles:?}");
}

#[test]
fn a_later_release_is_told_apart_to_the_cell() {
    let desk = Desk::with_example();
    let sources = desk.json(&["sources", "a.sheaf", "--format", "json"]);
    let later = sources
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["file"] == "harbour-institute-v2.csv")
        .unwrap();
    let change = ["added", "revised", "deleted", "unchanged"].map(|it| later[it].as_u64().unwrap());

    // By hand, from the two files: keys and cells.
    let rows = |name: &str| -> BTreeMap<String, Vec<String>> {
        table(example(name), b';').into_iter().skip(1).map(|row| (row[0].clone(), row)).collect()
    };
    let header = table(example("harbour-institute.csv"), b';').swap_remove(0);
    let (before, after) = (rows("harbour-institute.csv"), rows("harbour-institute-v2.csv"));
    let mut expected = BTreeSet::new();
    for (key, row) in &after {
        match before.get(key) {
            None => {
                expected.insert(["added", key, "", "", ""].map(str::to_owned));
            }
            Some(old) => {
                for (at, column) in header.iter().enumerate().filter(|&(at, _)| old[at] != row[at])
                {
                    let change = ["revised", key, column, &old[at], &row[at]];
                    expected.insert(change.map(str::to_owned));
                }
            }
        }
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        expected.insert(["deleted", key, "", "", ""].map(str::to_owned));
    }
    let n = |kind: &str| {
        let keys: BTreeSet<&String> =
            expected.iter().filter(|it| it[0] == kind).map(|it| &it[1]).collect();
        keys.len() as u64
    };
    assert_eq!(change[..3], [n("added"), n("revised"), n("deleted")]);
    assert_eq!(change, [2, 6, 1, 24]);

    let said = desk.ok(&["diff", "a.sheaf", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(said.as_bytes());
    let told: BTreeSet<[String; 5]> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            [0, 1, 3, 4, 5].map(|at| row[at].to_owned())
        })
        .collect();
    assert_eq!(told, expected);

    // What was deleted is out of every incident, and still in the pool with all it said.
    let incidents = desk.incidents("a.sheaf", &[]);
    let gone = "harbour-institute:HI-13-0125";
    assert!(incidents.iter().all(|it| !texts(&it["reports"]).contains(&gone)));
    let shown = desk.json(&["show", "a.sheaf", gone, "--format", "json"]);
    assert_eq!(shown["incident"], serde_json::Value::Null);
    assert!(shown["claims"].as_array().unwrap().iter().any(|it| it["said"] == "85"), "{shown}");
}

#[test]
fn the_same_bytes_twice_change_nothing() {
    let desk = Desk::with_example();
    let answers = || {
        [
            desk.json(&["cite", "a.sheaf", "--json"])["hash"].to_string(),
            desk.ok(&["incidents", "a.sheaf", "--format", "json"]),
            desk.ok(&["sources", "a.sheaf"]),
        ]
    };
    let before = answers();
    let files = EXAMPLE.map(example);
    let mut args = vec!["pool", "a.sheaf"];
    args.extend(files.iter().map(String::as_str));
    let said = desk.ok(&args);
    assert_eq!(said.matches("exactly these bytes are in the pool as i").count(), 6, "{said}");
    assert_eq!(said.matches("nothing was changed").count(), 6);
    assert_eq!(answers(), before);
    // Under another name they are still the same bytes, read by the same mapping.
    for ending in ["csv", "toml"] {
        let from = example(&format!("northline-wire.{ending}"));
        std::fs::copy(from, desk.path(&format!("copy.{ending}"))).unwrap();
    }
    let summary = desk.pool("a.sheaf", &["copy.csv"]);
    assert_eq!(summary["files"][0]["known_as"], "i4");
}

const ROADS: &str = "\
id,date,lat,lon,place,country,kind,killed
r1,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,3
r2,2020-03-05,11.0,21.0,South Gate,Freedonia,shooting,1
r3,2020-03-09,12.0,22.0,East Gate,Freedonia,bomb,0
";

/// Who corrects a mapping and pools again must not hear that nothing is new.
#[test]
fn the_same_bytes_under_a_mended_mapping_are_read_anew() {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS.replace("killed", "tote"));
    let draft = desk.ok(&["new-source", "roads.csv"]);
    desk.write("roads.toml", &draft);
    desk.ok(&["pool", "r.sheaf", "roads.csv"]);
    assert!(desk.incidents("r.sheaf", &[]).iter().all(|it| it["tolls"][0].is_null()));
    let ignored = draft.lines().find(|line| line.starts_with("\"tote\" =")).unwrap();
    let toll = "\n[[toll]]\nharm = \"killed\"\nbest = \"tote\"\n";
    desk.write("roads.toml", draft.replace(ignored, "") + toll);
    let said = desk.ok(&["pool", "r.sheaf", "roads.csv"]);
    assert!(said.contains("0 added, 3 revised, 0 deleted, 0 unchanged since i1"), "{said}");
    let incidents = desk.incidents("r.sheaf", &[]);
    assert_eq!(with_report(&incidents, "roads:r1")["tolls"][0]["value"]["high"], 3);
    let again = desk.ok(&["pool", "r.sheaf", "roads.csv"]);
    assert!(again.contains("exactly these bytes are in the pool as i2"), "{again}");
}

#[test]
fn a_changed_file_under_the_same_label_is_noticed_and_both_are_kept() {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS);
    let pool = ["pool", "r.sheaf", "roads.csv", "--source", "acme-roads", "--version-label", "7"];
    desk.ok(&pool);
    desk.write("roads.csv", ROADS.replace("bomb,3", "bomb,5").replace("r2,", "r4,"));
    let said = desk.ok(&pool);
    assert!(said.contains("1 added, 1 revised, 1 deleted, 1 unchanged since i1"), "{said}");
    assert!(said.contains("the version label is that of i1, what was read is not: both are kept"));
    let sources = desk.json(&["sources", "r.sheaf", "--format", "json"]);
    assert_eq!(
        (&sources[0]["same_label_as"], &sources[1]["same_label_as"]),
        (&serde_json::Value::Null, &"i1".into())
    );
    let diff = desk.ok(&["diff", "r.sheaf", "--from", "i1", "--to", "i2", "--format", "csv"]);
    let mut lines: Vec<&str> = diff.lines().skip(1).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["added,r4,,,,", "deleted,r2,,,,", "revised,r1,toll,killed,3,5"]);
    let incidents = desk.incidents("r.sheaf", &[]);
    let toll = &with_report(&incidents, "acme-roads:r1")["tolls"][0]["value"];
    assert_eq!(toll["best"], 5, "the later vintage is current");
}

#[test]
fn one_bad_file_does_not_stop_the_others_and_is_said() {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS);
    desk.write("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
    let args = ["pool", "r.sheaf", "picture.csv", "roads.csv", "--source", "acme-roads"];
    let ran = desk.run(&args);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("error: picture.csv"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 of 2 files could not be read; the others are in the pool"));
    assert!(ran.stdout.contains("roads.csv: 3 read = 3 reports + 0 set aside"), "{}", ran.stdout);
    assert_eq!(desk.incidents("r.sheaf", &[]).len(), 3);
    // Where nothing could be read, no pool is made.
    let ran = desk.run(&["pool", "none.sheaf", "picture.csv", "absent.csv"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("none of 2 files was taken in"), "{}", ran.stderr);
    assert!(!desk.path("none.sheaf").exists());
}

#[test]
fn empty_after_full_is_refused_unless_accepted() {
    let desk = Desk::new();
    desk.write("roads-v1.csv", ROADS);
    desk.write("roads-v2.csv", ROADS.lines().next().unwrap().to_owned() + "\n");
    desk.ok(&["pool", "r.sheaf", "roads-v1.csv", "--source", "acme-roads"]);
    let before = desk.ok(&["incidents", "r.sheaf", "--format", "json"]);
    let args = ["add", "r.sheaf", "roads-v2.csv", "--source", "acme-roads"];
    let said = desk.fails("empty-after-full", &args);
    assert!(said.contains("not one report, where i1 (roads-v1.csv) had 3"), "{said}");
    assert!(said.contains("hint: if the data set really is empty now, say --accept-empty"));
    assert_eq!(desk.ok(&["incidents", "r.sheaf", "--format", "json"]), before);
    let said = desk.ok(&[&args[..], &["--accept-empty"]].concat());
    assert!(said.contains("0 added, 0 revised, 3 deleted, 0 unchanged since i1"), "{said}");
    assert_eq!(desk.incidents("r.sheaf", &[]).len(), 0);
}

/// A lost entitlement often ends as a small page or object under the data set's name.
#[test]
fn check_05_a_refusal_is_no_empty_data_set() {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS);
    desk.ok(&["pool", "r.sheaf", "roads.csv", "--source", "acme-roads"]);
    let before = desk.ok(&["incidents", "r.sheaf", "--format", "json"]);
    for (name, body) in [
        ("roads.csv", "<!DOCTYPE html><html><body><h1>403 Forbidden</h1></body></html>"),
        ("roads.jsonl", "{\"success\": false, \"message\": \"Access denied for key 1234\"}\n"),
        ("roads.csv", "Unauthorized\n"),
    ] {
        desk.write(name, body);
        for more in [&[][..], &["--accept-empty"]] {
            let args = [&["add", "r.sheaf", name, "--source", "acme-roads"], more].concat();
            let ran = desk.run(&args);
            assert_eq!(ran.code, 2);
            assert!(ran.stderr.contains("no data, but a refusal: it says"), "{}", ran.stderr);
            assert!(!ran.stderr.contains("1234"), "what else it says is not repeated");
        }
        desk.fails("not-entitled", &["add", "r.sheaf", name, "--source", "acme-roads"]);
        assert_eq!(desk.ok(&["incidents", "r.sheaf", "--format", "json"]), before);
    }
    // An empty body is refused as before.
    desk.write("roads.csv", ROADS.lines().next().unwrap().to_owned() + "\n");
    desk.fails("empty-after-full", &["add", "r.sheaf", "roads.csv", "--source", "acme-roads"]);
}

#[test]
fn a_pool_is_named_sheaf_and_add_makes_none() {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS);
    let said = desk.fails("odd-pool-name", &["pool", "roads", "roads.csv"]);
    assert!(said.contains("roads: a pool's name ends in .sheaf\nhint: did you mean roads.sheaf?"));
    let said = desk.fails("no-such-pool", &["add", "roads.sheaf", "roads.csv"]);
    assert!(said.contains("roads.sheaf: there is no pool here"), "{said}");
    assert_eq!(listing(&desk.path(".")), ["roads.csv"], "nothing was made");
}

#[test]
fn invariant_09_the_order_of_files_changes_no_answer() {
    let desk = Desk::with_example();
    let first = desk.ok(&["incidents", "a.sheaf", "--format", "json"]);
    let mut files = EXAMPLE.map(example);
    for (turn, pool) in ["b.sheaf", "c.sheaf"].iter().enumerate() {
        match turn {
            0 => files.reverse(),
            _ => files.rotate_left(3),
        }
        desk.pool(pool, &files);
        assert_eq!(desk.ok(&["incidents", pool, "--format", "json"]), first, "{files:?}");
    }
    // Nor does it matter whether files come together or one by one.
    for (idx, file) in EXAMPLE.map(example).iter().enumerate() {
        desk.ok(&[if idx == 0 { "pool" } else { "add" }, "d.sheaf", file]);
    }
    assert_eq!(desk.ok(&["incidents", "d.sheaf", "--format", "json"]), first);
}

#[test]
fn invariant_15_same_input_same_bytes() {
    let desks = [Desk::with_example(), Desk::with_example()];
    for args in [
        vec!["incidents", "a.sheaf"],
        vec!["incidents", "a.sheaf", "--format", "json"],
        vec!["incidents", "a.sheaf", "--format", "csv"],
        vec!["incidents", "a.sheaf", "--format", "geojson"],
        vec!["show", "a.sheaf", "civil-protection:CP-016"],
        vec!["how", "a.sheaf", "civil-protection:CP-016"],
        vec!["diff", "a.sheaf"],
        vec!["cite", "a.sheaf"],
        vec!["sources", "a.sheaf", "--format", "json"],
    ] {
        let [one, other] = desks.each_ref().map(|desk| desk.ok(&args));
        assert!(!one.is_empty());
        assert_eq!(one, other, "{}", args.join(" "));
    }
    // The parts are named by their content.
    let [one, other] = desks.each_ref().map(|desk| listing(&desk.path("a.sheaf/parts")));
    assert_eq!(one, other);
}

#[test]
fn invariant_06_read_is_reports_and_set_aside() {
    let desk = Desk::new();
    desk.write(
        "messy.csv",
        "id,date,lat,lon,place,killed\n\
         a,2020-03-01,10,20,North,3\n\
         a,2020-03-01,10,20,North,4\n\
         b,31/02/2020,91,200,,many\n\
         ,,,,,\n\
         c,2020-03-02\n\
         d,2020-03-03,10,20,South,-9,too,many\n",
    );
    let mut files = EXAMPLE.map(example).to_vec();
    files.push("messy.csv".to_owned());
    let summary = desk.pool("m.sheaf", &files);
    for file in summary["files"].as_array().unwrap() {
        let (read, reports) = (file["read"].as_u64().unwrap(), file["reports"].as_u64().unwrap());
        assert_eq!(read, reports + sum(&file["set_aside"]), "{}", file["file"]);
        assert!(reports > 0, "{}", file["file"]);
    }
    let messy = summary["files"].as_array().unwrap().last().unwrap();
    assert_eq!(messy["read"], 6, "{messy}");
    let shown = desk.json(&["read", "messy.csv", "--doubts", "--format", "json"]);
    let noted = shown["noted"].as_array().unwrap();
    let n_set_aside = noted.iter().filter(|it| it.get("set_aside").is_some()).count() as u64;
    assert_eq!(n_set_aside, sum(&messy["set_aside"]), "each row set aside is named");
    assert_eq!(noted.len() as u64 - n_set_aside, sum(&messy["doubts"]), "and each doubt");
}
