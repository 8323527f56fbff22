//! A pool linked as MELTT 0.4.3 does: chosen once and kept, explained without bits, outranked by
//! people, and refused in one sentence where MELTT cannot work.

mod common;

use std::fs;
use std::path::Path;

use common::{Desk, texts, with_report};
use serde_json::{Value, json};

/// The invented trio: three tables, two taxonomies and the mapping beside them.
const FILES: [&str; 6] =
    ["roads.csv", "wire.csv", "desk.csv", "trio_kind_tax.csv", "trio_harm_tax.csv", "trio.toml"];

fn trio() -> Desk {
    let desk = Desk::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meltt-trio");
    for name in FILES {
        desk.write(name, fs::read(folder.join(name)).unwrap());
    }
    desk
}

const TABLES: [&str; 5] = ["roads.csv", "wire.csv", "desk.csv", "--as", "trio.toml"];
const WINDOWS: [&str; 6] = ["--method", "meltt", "--twindow", "2", "--spatwindow", "4"];
const TAXONOMIES: [&str; 3] = ["--taxonomy", "trio_kind_tax.csv", "trio_harm_tax.csv"];

fn args<'a>(start: &[&'a str], parts: &[&[&'a str]]) -> Vec<&'a str> {
    [start, &parts.concat()].concat()
}

/// A pool of the trio, linked as MELTT does, with further options.
fn pooled(options: &[&str]) -> (Desk, Value) {
    let desk = trio();
    let start = ["pool", "t.sheaf", "--json"];
    let summary = desk.json(&args(&start, &[&TABLES, &WINDOWS, &TAXONOMIES, options]));
    (desk, summary)
}

/// The reports of every incident of more than one.
fn joined(desk: &Desk) -> Vec<String> {
    let incidents = desk.incidents("t.sheaf", &[]);
    let sets = incidents.iter().map(|it| texts(&it["reports"]));
    sets.filter(|it| it.len() > 1).map(|it| it.join(" ")).collect()
}

const AS_IN_MELTT: [&str; 2] = ["desk:1 roads:1 wire:1", "desk:2 roads:2"];
const MENDED: [&str; 2] = ["desk:1 roads:1 wire:2", "desk:2 roads:2"];

#[test]
fn matches_become_incidents_and_the_summary_counts_as_meltt_does() {
    let (desk, summary) = pooled(&[]);
    assert_eq!(joined(&desk), AS_IN_MELTT);
    assert_eq!(summary["incidents"], 7);
    let counts = json!({
        "in": 10, "unique": 7, "matches": 2, "event_matches": 1, "episode_matches": 1,
        "removed": 3, "flagged": 1,
    });
    assert_eq!(summary["meltt"], counts);
    // The same bytes again: nothing changes, and the counts are told again.
    let said = desk.ok(&args(&["pool", "t.sheaf"], &[&TABLES]));
    let sentence =
        "MELTT 0.4.3: 10 in, 7 unique, 2 matches (1 event + 1 episode), 3 removed, 1 flagged\n";
    assert!(said.ends_with(sentence), "{said}");
    let cited = desk.ok(&["cite", "t.sheaf"]);
    assert!(cited.contains("pool t "), "{cited}");
}

#[test]
fn the_first_found_is_taken_as_in_meltt_and_the_best_with_the_order_mended() {
    let (desk, _) = pooled(&["--mended-order"]);
    assert_eq!(joined(&desk), MENDED);
    let said = desk.ok(&["why", "t.sheaf", "wire:1", "roads:1"]);
    assert!(
        said.contains("but roads:1 took wire:2 (score 0.000).\nThey are not in one incident."),
        "{said}"
    );

    let (desk, _) = pooled(&[]);
    let said = desk.ok(&["why", "t.sheaf", "wire:2", "roads:1"]);
    let expected = "\
wire:2 and roads:1, linked by MELTT 0.4.3, which weighs nothing in bits
    days      0 days apart; the window is 2
    distance  0.219 km; the window is 4 km
    kind_tax  agree at level 1 of 3, \"Two vehicles\"
    harm_tax  agree at level 1 of 2, \"Injured\"
    score     0.000, where 0 is the best and 1 the worst
They came into question for each other, but roads:1 took wire:1 (score 0.250), which was found first \
though it fits worse; --mended-order takes the better.
They are not in one incident.
";
    assert_eq!(said, expected);
    let said = desk.json(&["why", "t.sheaf", "roads:1", "wire:1", "--json"]);
    assert_eq!(said["together"], true);
    assert_eq!(
        said["outcome"],
        "MELTT took wire:1 as a duplicate of roads:1, the first found of 2 candidates"
    );
    assert_eq!(said["days_between"], json!({ "first": 1, "last": 1 }));
    assert_eq!(
        said["taxonomies"][0],
        json!({ "name": "kind_tax", "levels": 3, "agree_at": 2, "there": "Collision" })
    );
    assert_eq!((&said["score"], said.get("weight_bits")), (&json!(0.25), None));
}

#[test]
fn why_says_what_kept_two_reports_apart() {
    let (desk, _) = pooled(&[]);
    for (a, b, words) in [
        (
            "wire:1",
            "desk:1",
            "MELTT took both as duplicates of roads:1.\nThey are in one incident.",
        ),
        ("roads:1", "roads:3", "They are of one source, which MELTT never compares with itself."),
        ("wire:3", "roads:2", "MELTT flagged the event as part of the episode; both stay."),
        ("wire:1", "roads:2", "One is an event and the other an episode, which MELTT never takes"),
        ("roads:1", "wire:4", "MELTT did not compare them: too many days apart."),
        ("roads:3", "wire:4", "MELTT did not compare them: too far apart."),
        ("wire:2", "desk:1", "but desk:1 was taken by roads:1 (score 0.000)."),
    ] {
        let said = desk.ok(&["why", "t.sheaf", a, b]);
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("bits:") && !said.contains("odds"), "{said}");
    }
    let said = desk.ok(&["how", "t.sheaf", "wire:1"]);
    let expected = "\
desk:1: 3 reports, linked by MELTT 0.4.3, which weighs nothing in bits
    desk:1   taken as a duplicate of roads:1, score 0.000, its only candidate
    roads:1  kept, with 2 duplicates
    wire:1   taken as a duplicate of roads:1, score 0.250, the first found of 2 candidates
";
    assert!(said.starts_with(expected), "{said}");
    let said = desk.ok(&["how", "t.sheaf", "wire:3"]);
    assert!(said.contains("wire:3 may be part of the episode desk:2.\n"), "{said}");
    let said = desk.ok(&["how", "t.sheaf", "roads:2"]);
    assert!(said.contains("desk:2 is an episode that may contain wire:3.\n"), "{said}");
    let said = desk.json(&["how", "t.sheaf", "wire:1", "--json"]);
    assert_eq!(said["supports"][2]["meltt"]["duplicate_of"], "roads:1");
    assert!(!said.to_string().contains("bits"), "{said}");
}

#[test]
fn options_do_what_they_do_in_meltt() {
    // The pile-up no longer agrees at the one level asked for.
    let (desk, _) = pooled(&["--taxonomy-level", "1", "1"]);
    assert_eq!(joined(&desk), MENDED);
    let said = desk.ok(&["why", "t.sheaf", "wire:1", "roads:1"]);
    assert!(said.contains("do not agree at level 1 of 3, as asked"), "{said}");
    let (desk, _) = pooled(&["--taxonomy-weight", "2", "0"]);
    let said = desk.json(&["why", "t.sheaf", "wire:1", "roads:1", "--json"]);
    assert_eq!(said["score"], 0.5);
    // One taxonomy may disagree throughout; nothing more is near enough to profit from it.
    let (desk, _) = pooled(&["--partial", "1"]);
    assert_eq!(joined(&desk), AS_IN_MELTT);
    let said = desk.json(&["why", "t.sheaf", "roads:3", "desk:1", "--json"]);
    assert_eq!(said["score"], 0.5, "the mean of 0 and of 1 for the one that disagrees");
    // Halfway between two days, the event has become an episode, and desk:1 takes another.
    let (desk, _) = pooled(&["--averaging"]);
    assert_eq!(joined(&desk), ["desk:1 wire:2", "desk:2 roads:2", "roads:1 wire:1"]);
}

#[test]
fn the_choice_stays_with_the_pool_until_another_is_made() {
    let (desk, _) = pooled(&[]);
    // No file beside the pool is needed any more.
    fs::remove_file(desk.path("trio_kind_tax.csv")).unwrap();
    fs::remove_file(desk.path("trio_harm_tax.csv")).unwrap();
    let more = "dataset,event,date,enddate,latitude,longitude,kind_tax,harm_tax\n\
                field,1,2020-06-02,2020-06-02,10.501,20.5,R1,amber\n";
    desk.write("field.csv", more.replace("field,", "desk,").replace(",1,", ",9,"));
    let args = ["add", "t.sheaf", "field.csv", "--as", "trio.toml", "--json"];
    let summary = desk.json(&args);
    assert_eq!(summary["meltt"]["in"], 11);
    assert_eq!(joined(&desk), AS_IN_MELTT, "harm disagrees");

    // Another way of linking, without any file; and back.
    let before = desk.ok(&["incidents", "t.sheaf", "--format", "csv"]);
    let cited = desk.ok(&["cite", "t.sheaf"]);
    let summary = desk.json(&["pool", "t.sheaf", "--method", "model", "--json"]);
    assert_eq!((&summary["files"], summary.get("meltt")), (&json!([]), None));
    assert_ne!(desk.ok(&["cite", "t.sheaf"]), cited, "a citation names how it was linked");
    let said = desk.ok(&["why", "t.sheaf", "wire:1", "roads:1"]);
    assert!(said.contains("bits: odds of"), "{said}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meltt-trio");
    for name in ["trio_kind_tax.csv", "trio_harm_tax.csv"] {
        desk.write(name, fs::read(folder.join(name)).unwrap());
    }
    let said = desk.ok(&self::args(&["pool", "t.sheaf"], &[&WINDOWS, &TAXONOMIES]));
    assert!(said.starts_with("11 reports of 3 sources → 8 incidents"), "{said}");
    assert_eq!(desk.ok(&["incidents", "t.sheaf", "--format", "csv"]), before);
    assert_eq!(desk.ok(&["cite", "t.sheaf"]), cited);
}

#[test]
fn invariant_10_people_outrank_meltt() {
    let (desk, _) = pooled(&[]);
    let before = desk.ok(&["incidents", "t.sheaf", "--format", "json"]);
    let judge = |verdict: &str, a: &str, b: &str| {
        let why = ["--by", "desk", "--because", "we were there"];
        desk.ok(&args(&["judge", "t.sheaf", verdict, a, b], &[&why]))
    };
    judge("different", "roads:1", "wire:1");
    assert_eq!(joined(&desk), ["desk:1 roads:1", "desk:2 roads:2"]);
    judge("same", "roads:1", "wire:2");
    assert_eq!(joined(&desk), MENDED);
    let said = desk.ok(&["why", "t.sheaf", "roads:1", "wire:2"]);
    assert!(
        said.contains("They are in one incident.\nj2: judged same by desk: we were there"),
        "{said}"
    );
    desk.ok(&["undo", "t.sheaf", "j2", "--by", "desk"]);
    desk.ok(&["undo", "t.sheaf", "j1", "--by", "desk"]);
    assert_eq!(desk.ok(&["incidents", "t.sheaf", "--format", "json"]), before);
}

#[test]
fn the_other_commands_work_as_ever() {
    let (desk, _) = pooled(&[]);
    let incidents = desk.incidents("t.sheaf", &[]);
    let shown = desk.json(&["show", "t.sheaf", "wire:1", "--format", "json"]);
    assert_eq!(shown["incidents"][0]["id"], with_report(&incidents, "roads:1")["id"]);
    desk.write("truth.csv", "report,event\nroads:1,a\nwire:2,a\ndesk:1,a\nwire:1,b\n");
    let scored = desk.json(&["score", "t.sheaf", "--truth", "truth.csv", "--json"]);
    assert_eq!((&scored["pairs"]["found"], &scored["pairs"]["right"]), (&json!(3), &json!(1)));
    let table = desk.ok(&["export", "t.sheaf", "--to", "csv"]);
    assert_eq!(table.lines().count(), 1 + 7);
    let known = desk.run(&["incidents", "t.sheaf", "--as-known-on", "2023-12-31"]);
    assert_eq!(known.code, 0, "before any import nothing is linked: {}", known.stderr);
    // A later vintage of one table.
    let later = fs::read_to_string(desk.path("wire.csv")).unwrap().replace("05-04", "05-01");
    desk.write("wire-v2.csv", later);
    desk.ok(&["add", "t.sheaf", "wire-v2.csv", "--as", "trio.toml"]);
    assert_eq!(joined(&desk), MENDED, "the pile-up has left the window");
    assert!(desk.ok(&["diff", "t.sheaf"]).contains("~ wire:1"));
}

/// Runs a command that must fail and leave no pool; what it says.
#[track_caller]
fn refused(desk: &Desk, code: &str, args: &[&str]) -> String {
    let said = desk.fails(code, args);
    assert!(!desk.path("t.sheaf").exists(), "nothing is written");
    said
}

#[test]
fn bad_arguments_are_refused_before_anything_is_written() {
    let desk = trio();
    let pool = |rest: &[&'static str]| args(&["pool", "t.sheaf"], &[&TABLES, rest]);
    let meltt = |rest: &[&'static str]| pool(&args(&["--method", "meltt"], &[rest]));
    let taxed = |rest: &[&'static str]| pool(&args(&WINDOWS, &[&TAXONOMIES, rest]));
    for (code, args, words) in [
        (
            "bad-arguments",
            meltt(&["--twindow", "0", "--spatwindow", "4"]),
            "'--twindow <DAYS>': a window is a number of days above 0; for the same day only, say 0.5",
        ),
        (
            "bad-arguments",
            meltt(&["--twindow", "two", "--spatwindow", "4"]),
            "invalid value 'two' for '--twindow <DAYS>': a window is a number of days above 0",
        ),
        (
            "bad-arguments",
            meltt(&["--twindow", "2", "--spatwindow", "-4"]),
            "invalid value '-4' for '--spatwindow <KM>': a window is a number of kilometres above 0",
        ),
        (
            "no-window",
            meltt(&["--twindow", "2", "--taxonomy", "trio_kind_tax.csv"]),
            "error: --method meltt needs two windows, and --spatwindow KM is missing\nhint: for two \
             days and four kilometres, say --twindow 2 --spatwindow 4\n",
        ),
        ("no-window", meltt(&[]), "and --twindow DAYS is missing"),
        (
            "no-taxonomy",
            pool(&WINDOWS),
            "error: --method meltt compares by taxonomies, and none is given\nhint: name the files",
        ),
        (
            "not-with-this-method",
            pool(&["--twindow", "2"]),
            "error: --twindow belongs to --method meltt\nhint: say --method meltt too, or leave it out\n",
        ),
        (
            "not-with-this-method",
            pool(&["--method", "model", "--mended-order"]),
            "error: --mended-order belongs to --method meltt\n",
        ),
        (
            "not-with-this-method",
            taxed(&["--model", "mine.toml"]),
            "error: --model belongs to --method model, and --method meltt was asked for\n",
        ),
        (
            "not-for-meltt",
            taxed(&["--taxonomy-weight", "1"]),
            "error: the number of weights is 1 and their sum 1, and both must be the number of \
             taxonomies, 2",
        ),
        (
            "not-for-meltt",
            taxed(&["--partial", "2"]),
            "error: 2 of 2 taxonomies may disagree; one at least must agree\n",
        ),
        (
            "not-for-meltt",
            taxed(&["--taxonomy-level", "4", "1"]),
            "has levels 1 to 3, and no level 4\n",
        ),
        (
            "no-such-model",
            pool(&["--model", "mine.toml"]),
            "error: --model mine.toml: there is no such file\n",
        ),
    ] {
        let said = refused(&desk, code, &args);
        assert!(said.contains(words), "{said}");
    }
    let said = desk.fails("no-such-pool", &args(&["pool", "t.sheaf"], &[&WINDOWS, &TAXONOMIES]));
    assert!(said.contains("t.sheaf: there is no pool here"), "{said}");
    desk.fails("bad-arguments", &["pool", "t.sheaf"]);
}

#[test]
fn bad_taxonomies_are_refused_before_anything_is_written() {
    let desk = trio();
    desk.write("list.csv", "source,category,level\nroads,collision,Road\n");
    desk.write("flat_kind_tax.csv", "data.source,base.categories\nroads,collision\n");
    desk.write("mine.csv", fs::read(desk.path("trio_kind_tax.csv")).unwrap());
    let full = fs::read_to_string(desk.path("trio_kind_tax.csv")).unwrap();
    let less: Vec<&str> =
        full.lines().filter(|it| !it.contains("pile-up") && !it.contains("F9")).collect();
    desk.write("less_kind_tax.csv", less.join("\n"));
    let others = full.replace("\"wire\"", "\"telegraph\"");
    desk.write("others_kind_tax.csv", others);
    for (code, taxonomy, words) in [
        (
            "no-such-taxonomy",
            "absent.csv",
            "error: --taxonomy absent.csv: there is no such file\nhint: give the path of a file",
        ),
        (
            "bad-taxonomy",
            "list.csv",
            "error: taxonomy list.csv: there is no column data.source\nhint: a taxonomy has the \
             columns data.source, base.categories, then its levels, the finest first\n",
        ),
        (
            "bad-taxonomy",
            "flat_kind_tax.csv",
            "error: taxonomy flat_kind_tax.csv: there is no level after base.categories\n",
        ),
        (
            "taxonomy-without-column",
            "mine.csv",
            "error: taxonomy mine.csv: no column has the name that the file's name ends in\nhint: \
             say which column it codes: --taxonomy COLUMN=mine.csv\n",
        ),
        (
            "taxonomy-without-column",
            "knid_tax=mine.csv",
            "error: roads has no column knid_tax, which mine.csv codes\nhint: did you mean kind_tax?",
        ),
        (
            "category-not-mapped",
            "less_kind_tax.csv",
            "error: taxonomy less_kind_tax.csv does not map \"pile-up\" of wire, as in wire:1; 2 \
             categories of sources are not mapped in all\nhint: add a line for each",
        ),
        (
            "category-not-mapped",
            "others_kind_tax.csv",
            "hint: its data.source names desk, roads, telegraph, and must name wire too\n",
        ),
    ] {
        let rest = ["--taxonomy", taxonomy];
        let said = refused(&desk, code, &args(&["pool", "t.sheaf"], &[&TABLES, &WINDOWS, &rest]));
        assert!(said.contains(words), "{said}");
    }
    // Named by hand, the same file is what its name would have said.
    let rest = ["--taxonomy", "kind_tax=mine.csv", "trio_harm_tax.csv"];
    desk.ok(&args(&["pool", "t.sheaf"], &[&TABLES, &WINDOWS, &rest]));
    assert_eq!(joined(&desk), AS_IN_MELTT);
}

#[test]
fn reports_that_meltt_cannot_compare_are_refused_by_name() {
    let desk = trio();
    let wire = fs::read_to_string(desk.path("wire.csv")).unwrap();
    let mapping = fs::read_to_string(desk.path("trio.toml")).unwrap();
    let all = args(&["pool", "t.sheaf"], &[&TABLES, &WINDOWS, &TAXONOMIES]);
    for (table, code, words) in [
        (
            wire.replace("11.010,21.000", ","),
            "no-point-for-meltt",
            "error: wire:3 is without coordinates\nhint: MELTT cannot compare what it cannot place",
        ),
        (
            wire.replace("2020-05-04,2020-05-04", "in May,").replace("2020-06-01", "in June"),
            "no-day-for-meltt",
            "error: 2 reports are, wire:1 first, without a day that could be read\nhint: MELTT",
        ),
        (
            wire.replace("\"blaze\"", ""),
            "category-not-mapped",
            "error: wire:3 says nothing in the column kind_tax, which trio_kind_tax.csv codes\n",
        ),
    ] {
        desk.write("wire.csv", table);
        let said = refused(&desk, code, &all);
        assert!(said.contains(words), "{said}");
    }
    desk.write("wire.csv", &wire);
    let [_, ref tables @ ..] = TABLES;
    let said = refused(
        &desk,
        "one-source-for-meltt",
        &args(&["pool", "t.sheaf", "roads.csv"], &[&tables[2..], &WINDOWS, &TAXONOMIES]),
    );
    assert!(said.contains("links two sources or more, and this pool would have one\n"), "{said}");
    desk.write(
        "trio.toml",
        mapping.replace("kind_tax = \"category\"", "") + "\n[ignore]\nkind_tax = \"no use\"\n",
    );
    let said = refused(&desk, "taxonomy-without-column", &all);
    let words = "error: roads keeps nothing of the column kind_tax, which trio_kind_tax.csv codes\n\
                 hint: let its mapping read it, as in [fields] kind_tax = \"category\"\n";
    assert!(said.contains(words), "{said}");
    desk.write("trio.toml", &mapping);

    // A pool that is linked by MELTT takes nothing in that would stop it.
    desk.ok(&all);
    let before = desk.ok(&["incidents", "t.sheaf", "--format", "json"]);
    desk.write("late.csv", wire.replace("11.010,21.000", ","));
    let said =
        desk.fails("no-point-for-meltt", &["add", "t.sheaf", "late.csv", "--as", "trio.toml"]);
    assert!(said.contains("wire:3 is without coordinates"), "{said}");
    assert_eq!(desk.ok(&["incidents", "t.sheaf", "--format", "json"]), before);
    assert_eq!(desk.json(&["sources", "t.sheaf", "--format", "json"]).as_array().unwrap().len(), 3);
    // One bad file does not stop the others.
    desk.write("more.csv", wire.replace("\"wire\",", "\"roads\",7").replace("crash", "collision"));
    let ran = desk.run(&["add", "t.sheaf", "absent.csv", "--as", "trio.toml"]);
    assert!(ran.stderr.contains("absent.csv: there is no such file"), "{}", ran.stderr);
}

#[test]
fn a_model_of_ones_own_is_kept_and_a_bad_one_told_in_its_own_words() {
    let desk = trio();
    desk.write("odd.toml", "[distanz]\n");
    let said =
        desk.fails("bad-model", &args(&["pool", "t.sheaf"], &[&TABLES, &["--model", "odd.toml"]]));
    assert!(said.starts_with("error: odd.toml: "), "{said}");
    assert!(said.contains("\"distanz\" is not a comparison"), "{said}");
    assert!(said.contains("\nhint: did you mean \"distance\"?\n"), "{said}");
    assert!(!desk.path("t.sheaf").exists());
    desk.ok(&args(&["pool", "t.sheaf"], &[&TABLES]));
    let shipped = desk.ok(&["cite", "t.sheaf"]);
    let fails = desk.fails("bad-model", &["pool", "t.sheaf", "--model", "odd.toml"]);
    assert!(fails.contains("odd.toml"), "{fails}");
    assert_eq!(desk.ok(&["cite", "t.sheaf"]), shipped);
}

#[test]
fn a_model_text_stands_in_the_pool_and_needs_no_file() {
    let desk = trio();
    // The shipped model, with nothing ever near enough to join.
    let mut strict = sheaf_link::Model::shipped();
    strict.join_bits = 7.9;
    let strict = strict.to_text();
    desk.write("strict.toml", strict);
    desk.ok(&args(&["pool", "t.sheaf"], &[&TABLES]));
    assert_ne!(joined(&desk), Vec::<String>::new());
    desk.ok(&["pool", "t.sheaf", "--model", "strict.toml"]);
    assert_eq!(joined(&desk), Vec::<String>::new());
    fs::remove_file(desk.path("strict.toml")).unwrap();
    let said = desk.ok(&["why", "t.sheaf", "wire:2", "roads:1"]);
    assert!(said.contains("+7.9 joins."), "{said}");
    desk.ok(&["pool", "t.sheaf", "--method", "model"]);
    assert_ne!(joined(&desk), Vec::<String>::new());
}
