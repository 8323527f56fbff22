//! What must hold of any files whatever, tried on many made-up ones through the whole program: the
//! order of import changes no answer, one more source takes no claim away, and every value shown
//! leads back to the cell that it was said in.

mod common;

use std::collections::BTreeSet;

use common::Desk;
use proptest::prelude::*;
use serde_json::Value;

const HEADER: [&str; 10] =
    ["id", "published", "date", "lat", "lon", "place", "country", "kind", "killed", "claimed_by"];
const SOURCES: [&str; 4] = ["acme", "beacon", "desk", "desk-two"];

type Row = [String; HEADER.len()];

/// One row: near one of two places in one of four days, so that many tell of one incident.
fn row() -> impl Strategy<Value = Row> {
    let killed = prop_oneof![
        (0u32..40).prop_map(|n| n.to_string()),
        (1u32..40).prop_map(|n| format!("at least {n}")),
        Just("dozens".to_owned()),
        Just("unknown".to_owned()),
        Just("about so many".to_owned()),
        Just(String::new()),
    ];
    let day = || (1u32..5).prop_map(|day| format!("2014-05-{day:02}"));
    let words =
        |words: &'static [&'static str]| prop::sample::select(words).prop_map(str::to_owned);
    let said = (
        words(&["North Gate", "north gate", "Gate", ""]),
        words(&["Freedonia", "FREEDONIA", "Sylvania"]),
        words(&["bomb", "explosion", "shooting", "unknown", "zzz"]),
        killed,
        words(&["", "Group X", "Group Y"]),
    );
    (day(), day(), prop::bool::ANY, said).prop_map(
        |(published, date, is_far, (place, country, kind, killed, claimed))| {
            let lat = if is_far { "44.5" } else { "10.0" };
            let texts = ["", &published, &date, lat, "20.0", &place, &country, &kind, &killed];
            let mut row: Vec<String> = texts.map(str::to_owned).to_vec();
            row.push(claimed);
            row.try_into().expect("a cell for each column")
        },
    )
}

/// The rows of each source, each with a key of its own.
fn files() -> impl Strategy<Value = Vec<Vec<Row>>> {
    let file = |source: usize| {
        prop::collection::vec(row(), 1..5).prop_map(move |mut rows| {
            for (nth, row) in rows.iter_mut().enumerate() {
                row[0] = format!("{}{nth}", ["a", "b", "c", "d"][source]);
            }
            rows
        })
    };
    (0..SOURCES.len()).map(file).collect::<Vec<_>>()
}

fn write(desk: &Desk, files: &[Vec<Row>]) {
    for (source, rows) in SOURCES.iter().zip(files) {
        let lines = rows.iter().map(|row| row.join(",") + "\n");
        let text = HEADER.join(",") + "\n" + &lines.collect::<String>();
        desk.write(&format!("{source}.csv"), text);
    }
}

fn pool(desk: &Desk, name: &str, order: &[usize]) {
    for &source in order {
        let (source, file) = (SOURCES[source], format!("{}.csv", SOURCES[source]));
        let word = if desk.path(name).exists() { "add" } else { "pool" };
        desk.ok(&[word, name, &file, "--source", source]);
    }
}

fn all_profiles(desk: &Desk, pool: &str) -> String {
    desk.ok(&["incidents", pool, "--profile", "all", "--format", "json"])
}

/// Every claim of a list that has a part in a profile's ruling, by report and position.
fn parts(list: &str, profile: usize) -> BTreeSet<(String, u64)> {
    let list: Value = serde_json::from_str(list).unwrap();
    let named =
        |it: &Value| (it["report"].as_str().unwrap().to_owned(), it["claim"].as_u64().unwrap());
    let mut all = BTreeSet::new();
    for incident in list["incidents"].as_array().unwrap() {
        let ruling = &incident["profiles"][profile];
        all.extend(ruling["used"].as_array().unwrap().iter().map(named));
        for it in ruling["not_used"].as_array().unwrap() {
            assert!(it["because"].as_str().unwrap().len() > 10, "{it}");
            assert!(all.insert(named(&it["claim"])), "two parts: {it}");
        }
    }
    all
}

/// Every claim that a value names, for or against it, wherever in the answer.
fn each_claim(value: &Value, see: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members)
            if members.contains_key("claim") && members.contains_key("report") =>
        {
            see(value);
        }
        Value::Object(members) => members.values().for_each(|it| each_claim(it, see)),
        Value::Array(items) => items.iter().for_each(|it| each_claim(it, see)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariant_09_any_order_of_import_gives_the_same_answers(
        files in files(),
        order in Just((0..SOURCES.len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let desk = Desk::new();
        write(&desk, &files);
        pool(&desk, "a.sheaf", &[0, 1, 2, 3]);
        pool(&desk, "b.sheaf", &order);
        prop_assert_eq!(all_profiles(&desk, "a.sheaf"), all_profiles(&desk, "b.sheaf"));
    }

    #[test]
    fn invariant_01_one_more_source_takes_no_claim_away(files in files(), last in 0..SOURCES.len()) {
        let desk = Desk::new();
        write(&desk, &files);
        let before: Vec<usize> = (0..SOURCES.len()).filter(|&source| source != last).collect();
        pool(&desk, "a.sheaf", &before);
        let fewer = all_profiles(&desk, "a.sheaf");
        pool(&desk, "a.sheaf", &[last]);
        let more = all_profiles(&desk, "a.sheaf");
        for profile in 0..7 {
            let (old, new) = (parts(&fewer, profile), parts(&more, profile));
            prop_assert!(old.is_subset(&new), "lost: {:?}", old.difference(&new).collect::<Vec<_>>());
            // No profile sees claims that another does not.
            prop_assert_eq!(&new, &parts(&more, 0));
        }
    }

    #[test]
    fn invariant_02_every_value_leads_back_to_the_cell_it_was_said_in(files in files()) {
        let desk = Desk::new();
        write(&desk, &files);
        pool(&desk, "a.sheaf", &[2, 0, 3, 1]);
        let list: Value = serde_json::from_str(&all_profiles(&desk, "a.sheaf")).unwrap();
        let mut n_claims = 0;
        for ruling in list["incidents"].as_array().unwrap().iter().flat_map(|it| {
            it["profiles"].as_array().unwrap()
        }) {
            for toll in ruling["tolls"].as_array().unwrap() {
                prop_assert!(!toll["from"].as_array().unwrap().is_empty());
            }
            for field in ["when", "place", "kind", "country"] {
                let from = &ruling[field]["from"];
                prop_assert!(ruling[field].is_null() || !from.as_array().unwrap().is_empty());
            }
        }
        each_claim(&list["incidents"], &mut |claim| {
            n_claims += 1;
            let file = claim["file"].as_str().unwrap().trim_end_matches(".csv");
            let source = SOURCES.iter().position(|it| *it == file).unwrap();
            assert!(claim["report"].as_str().unwrap().starts_with(&format!("{file}:")));
            // The header is the first row.
            let row = claim["row"].as_u64().unwrap() as usize - 2;
            let column = HEADER.iter().position(|it| *it == claim["column"]).unwrap();
            assert_eq!(claim["said"], files[source][row][column].as_str(), "{claim}");
        });
        prop_assert!(n_claims > 30, "{n_claims}");
    }
}
