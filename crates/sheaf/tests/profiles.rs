//! The seven profiles through the program: each by name, all beside each other, and what each made of
//! every claim.

mod common;

use common::{Desk, texts};
use serde_json::Value;

const PROFILES: [&str; 7] =
    ["interval", "ucdp-like", "acled-like", "ibc-like", "airwars-like", "gtd-like", "model"];
const MARKET: &str = "civil-protection:CP-016";

/// The name and version under which a profile is cited.
fn cited(name: &str) -> String {
    format!("{name}@{}", if name == "gtd-like" { 2 } else { 1 })
}

/// Every claim of a ruling: its report and position, whether it was used or not.
fn claims(ruling: &Value) -> Vec<(String, u64)> {
    let place =
        |it: &Value| (it["report"].as_str().unwrap().to_owned(), it["claim"].as_u64().unwrap());
    let used = ruling["used"].as_array().unwrap().iter().map(place);
    let not_used = ruling["not_used"].as_array().unwrap().iter().map(|it| place(&it["claim"]));
    let mut all: Vec<_> = used.chain(not_used).collect();
    all.sort();
    all
}

#[test]
fn check_01_seven_profiles_are_printed_with_the_claims_each_used_and_why_not_the_others() {
    let desk = Desk::with_market_judged();
    let all = desk.json(&["show", "a.sheaf", MARKET, "--profile", "all", "--format", "json"]);
    let profiles = all["incidents"][0]["profiles"].as_array().unwrap();
    let all_cited: Vec<&str> = profiles.iter().map(|it| it["profile"].as_str().unwrap()).collect();
    assert_eq!(all_cited, PROFILES.map(cited));
    let of_first = claims(&profiles[0]);
    assert!(of_first.len() > 40, "{}", of_first.len());
    for profile in profiles {
        let name = &profile["profile"];
        // No claim is nowhere, and none has two parts.
        assert_eq!(claims(profile), of_first, "{name}");
        assert!(of_first.windows(2).all(|pair| pair[0] != pair[1]));
        let state = profile["outcome"]["state"].as_str().unwrap();
        assert!(["settled", "pending", "contested", "rejected"].contains(&state), "{state}");
        for word in ["word", "because"] {
            assert!(!profile["outcome"][word].as_str().unwrap().is_empty());
        }
        for it in profile["not_used"].as_array().unwrap() {
            assert!(it["because"].as_str().unwrap().len() > 10, "{name}: {it}");
            assert!(it["claim"]["said"].is_string() && it["claim"]["row"].is_u64(), "{it}");
        }
        assert_eq!(profile["is_estimate"], *name == "model@1");
    }
    // Scopes were aligned before anything was compared, and it is said from what.
    let alignment = &profiles[0]["alignments"][0];
    assert_eq!(alignment["from"].as_array().unwrap().len(), 2);
    assert_eq!(alignment["gives"]["attackers"], "excluded");

    let text = desk.ok(&["show", "a.sheaf", MARKET, "--profile", "all"]);
    for words in [
        "interval@1                range (contested)",
        "model@1 (estimate)",
        "model@1 (an estimate: nobody said its tolls): estimate (settled): nobody said these numbers",
        "aligned: 35–39 killed without attackers, from two tolls of harbour-institute:HI-14-0044",
        "claims: + used, = agrees, - contested, ? pending, x rejected, o silent",
        "rejected, this profile gives no toll of that harm",
    ] {
        let found = text.lines().any(|line| spaced(line).contains(&spaced(words)));
        assert!(found, "{words}\n{text}");
    }
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_profile_works_by_its_name_everywhere() {
    let desk = Desk::with_example();
    let all = desk.json(&["incidents", "a.sheaf", "--profile", "all", "--format", "json"]);
    let all = all["incidents"].as_array().unwrap();
    for (at, name) in PROFILES.iter().enumerate() {
        let list = desk.incidents("a.sheaf", &["--profile", name]);
        assert_eq!(list.len(), all.len());
        for (one, beside) in list.iter().zip(all) {
            let beside = &beside["profiles"][at];
            for member in ["profile", "outcome", "notes", "when", "place", "kind", "tolls"] {
                assert_eq!(one[member], beside[member], "{name}: {member}");
            }
        }
        let shown = desk.json(&["show", "a.sheaf", MARKET, "--profile", name, "--json"]);
        assert_eq!(shown["incidents"][0]["profile"], cited(name));
        let csv = desk.ok(&["export", "a.sheaf", "--to", "csv", "--profile", name]);
        let layer = if *name == "model" { "estimated" } else { "recorded" };
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let header = rows.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|it| it == name).unwrap();
        for row in rows.records() {
            let row = row.unwrap();
            assert_eq!(&row[column("profile")], cited(name));
            assert_eq!(&row[column("layer")], layer);
            assert!(
                !row[column("outcome")].is_empty() && !row[column("outcome_because")].is_empty()
            );
        }
        let line = desk.ok(&["cite", "a.sheaf", "--profile", name]);
        assert!(line.contains(&format!("profile {}, ", cited(name))), "{line}");
        let series = desk.json(&["series", "a.sheaf", "--profile", name, "--by", "year", "--json"]);
        assert_eq!(series["profile"], cited(name));
        assert_eq!(series["layer"], layer);
        // With its version it is the same.
        let cited_name = cited(name);
        assert_eq!(desk.incidents("a.sheaf", &["--profile", &cited_name]), list);
    }
}

#[test]
fn an_estimate_says_so_wherever_it_is_shown() {
    let desk = Desk::with_example();
    let warned = "nobody said these numbers";
    let table = desk.ok(&["incidents", "a.sheaf", "--profile", "model"]);
    assert!(table.contains(warned), "{table}");
    assert!(!desk.ok(&["incidents", "a.sheaf"]).contains(warned));
    for format in ["json", "csv", "geojson"] {
        let ran = desk.run(&["export", "a.sheaf", "--to", format, "--profile", "model"]);
        assert!(ran.stderr.contains(warned), "{}", ran.stderr);
        assert!(ran.stdout.contains("estimate"), "{format}");
    }
    let shown = desk.ok(&["show", "a.sheaf", MARKET, "--profile", "model"]);
    assert!(shown.contains("settled by model@1 (an estimate: nobody said its tolls)"), "{shown}");
    let series = desk.ok(&["series", "a.sheaf", "--profile", "model"]);
    assert!(series.contains("its tolls are estimates, which nobody said"), "{series}");
}

#[test]
fn several_profiles_can_be_named_and_stand_in_one_table() {
    let desk = Desk::with_market_judged();
    let china = ["incidents", "a.sheaf", "--country", "China", "--profile"];
    let two = desk.ok(&[&china[..], &["gtd-like+model"]].concat());
    assert_eq!(two.matches("gtd-like@2").count(), 4, "{two}");
    assert_eq!(two.matches("model@1 (estimate)").count(), 4);
    assert!(two.contains(MARKET) && two.contains("tolls rest on"), "{two}");
    let csv = desk.ok(&[&china[..], &["all", "--format", "csv"]].concat());
    assert_eq!(csv.lines().count(), 1 + 4 * 7);
    // On a map, each incident once for each profile, told apart by a property.
    let export = ["export", "a.sheaf", "--to", "geojson", "--country", "China", "--profile", "all"];
    let ran = desk.run(&export);
    assert!(ran.stderr.contains("each incident stands here 7 times"), "{}", ran.stderr);
    let map: Value = serde_json::from_str(&ran.stdout).unwrap();
    let features = map["features"].as_array().unwrap();
    assert_eq!(features.len(), 4 * 7);
    let of = |name: &str| {
        let cited = cited(name);
        let is_its = |it: &&Value| it["properties"]["profile"] == cited;
        features.iter().filter(is_its).count()
    };
    assert_eq!(PROFILES.map(of), [4; 7]);
    assert!(features.iter().all(|it| it.get("id").is_none()));
    let said = desk.fails("no-such-profile", &[&china[..], &["interval+modle"]].concat());
    assert!(said.contains("did you mean model?"), "{said}");
    desk.fails("no-such-profile", &[&china[..], &["interval@2"]].concat());
    desk.fails("one-profile-only", &["series", "a.sheaf", "--profile", "all"]);
}

/// The order of import never changes an answer, whatever the profile.
#[test]
fn invariant_09_no_order_of_import_changes_what_any_profile_says() {
    let desk = Desk::with_example();
    let mut files = common::EXAMPLE.map(common::example);
    let answers = |pool: &str| {
        let show = ["show", pool, MARKET, "--profile", "all", "--json"];
        let list = ["incidents", pool, "--profile", "all", "--format", "json"];
        let until = ["--claims-until", "2014-05-31"];
        let series = ["series", pool, "--by", "month", "--json"];
        [desk.ok(&show), desk.ok(&list), desk.ok(&[&list[..], &until].concat()), desk.ok(&series)]
    };
    let first = answers("a.sheaf");
    for turn in 1..4 {
        files.rotate_left(turn);
        let pool = format!("{turn}.sheaf");
        for file in &files {
            let word = if desk.path(&pool).exists() { "add" } else { "pool" };
            // The two releases of one data set stay in their order: which is later is no accident.
            if file.ends_with("harbour-institute-v2.csv") {
                continue;
            }
            desk.ok(&[word, &pool, file]);
            if file.ends_with("harbour-institute.csv") {
                desk.ok(&["add", &pool, &common::example("harbour-institute-v2.csv")]);
            }
        }
        assert_eq!(answers(&pool), first, "{files:?}");
    }
    let list: Value = serde_json::from_str(&first[1]).unwrap();
    assert!(texts(&list["incidents"][0]["reports"]).len() > 1);
}

/// Nobody's word on the dead, "not known", and "none" are three things on the page as well.
#[test]
fn a_source_that_does_not_know_is_seen_not_to_know() {
    let desk = Desk::new();
    let file = |killed: &str| {
        format!("id,date,lat,lon,country,killed\n1,2014-05-22,10,20,Freedonia,{killed}\n")
    };
    for (source, killed) in [("none-told", ""), ("unknown-told", "unknown"), ("zero-told", "0")] {
        desk.write(&format!("{source}.csv"), file(killed));
        desk.ok(&[
            "pool",
            &format!("{source}.sheaf"),
            &format!("{source}.csv"),
            "--source",
            source,
        ]);
    }
    let show = |source: &str, more: &[&str]| {
        let (pool, id) = (format!("{source}.sheaf"), format!("{source}:1"));
        desk.ok(&[&["show", &pool, &id], more].concat())
    };
    let [none, unknown, zero] = ["none-told", "unknown-told", "zero-told"].map(|it| show(it, &[]));
    let because = "silent: its source says that it does not know";
    assert!(!none.contains("killed") && !none.contains("silent"), "{none}");
    assert!(unknown.contains("“unknown”  unknown-told.csv:2: killed"), "{unknown}");
    assert!(unknown.contains(because) && unknown.contains("no toll (pending)"), "{unknown}");
    assert!(zero.contains("0 killed") && zero.contains("one number (settled)"), "{zero}");
    let all = show("unknown-told", &["--profile", "all"]);
    assert!(all.contains("ooooooo  “unknown”"), "{all}");
    let json: Value =
        serde_json::from_str(&show("unknown-told", &["--profile", "ucdp-like", "--json"])).unwrap();
    let not_used = &json["incidents"][0]["not_used"][0];
    assert_eq!(
        (&not_used["part"], &not_used["claim"]["said"]),
        (&"silent".into(), &"unknown".into())
    );
}

/// Other profiles, shown incidents, series and diffs take the incidents from the linkage that is kept
/// in the pool; linking anew gives the same.
#[test]
fn the_linkage_that_is_kept_answers_as_linking_anew_does() {
    let desk = Desk::with_example();
    let same =
        ["judge", "a.sheaf", "different", "civil-protection:CP-016", "northline-wire:NW-140522-1"];
    desk.ok(&[&same[..], &["--by", "desk", "--because", "test"]].concat());
    let questions: [&[&str]; 5] = [
        &["incidents", "a.sheaf", "--profile", "all", "--format", "json"],
        &["export", "a.sheaf", "--to", "csv", "--profile", "gtd-like"],
        &["show", "a.sheaf", MARKET, "--profile", "ucdp-like"],
        &["series", "a.sheaf", "--by", "year", "--json"],
        &["diff", "a.sheaf", "--from", "2023-01-01", "--json"],
    ];
    let answers = questions.map(|question| desk.ok(question));
    let parts = std::fs::read_dir(desk.path("a.sheaf/parts")).unwrap();
    let members: Vec<_> = parts
        .map(|it| it.unwrap().path())
        .filter(|it| it.file_name().unwrap().to_string_lossy().contains("members"))
        .collect();
    assert!(!members.is_empty(), "the linkage is kept in a part of that name");
    members.iter().for_each(|it| std::fs::remove_file(it).unwrap());
    for (question, answer) in questions.iter().zip(answers) {
        assert!(desk.ok(question) == answer, "{question:?}");
    }
}
