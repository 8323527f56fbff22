//! Asking a pool: filters, formats, the past, and the way from any value back to the cell of the
//! file that said it.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use common::{Desk, EXAMPLE, LATER_DAY, example, table, texts, with_report};
use serde_json::Value;

/// The handles of the incidents that pass these filters.
fn asked(desk: &Desk, filters: &[&str]) -> BTreeSet<String> {
    let incidents = desk.incidents("a.sheaf", filters);
    incidents.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_choose_what_they_name() {
    let desk = Desk::with_market_judged();
    let all = desk.incidents("a.sheaf", &[]);
    // Each filter beside the same question, asked of the JSON by hand.
    type Test = fn(&Value) -> bool;
    let cases: [(&[&str], Test); 8] = [
        (&["--since", "2014-05-20"], |it| {
            it["when"]["value"]["last"].as_str() >= Some("2014-05-20")
        }),
        (&["--until", "2013"], |it| it["when"]["value"]["first"].as_str() <= Some("2013-12-31")),
        (&["--since", "2014-03", "--until", "2014-03"], |it| {
            it["when"]["value"]["last"].as_str() >= Some("2014-03-01")
                && it["when"]["value"]["first"].as_str() <= Some("2014-03-31")
        }),
        (&["--country", "china"], |it| it["country"]["value"] == "China"),
        (&["--kind", "vehicle-bomb"], |it| it["kind"]["value"] == "vehicle-bomb"),
        (&["--told-by", "rail-safety-office"], |it| {
            texts(&it["sources"]).contains(&"rail-safety-office")
        }),
        (&["--min-sources", "4"], |it| texts(&it["sources"]).len() >= 4),
        // About as far as from Urumqi to the next city: both attacks there, none elsewhere.
        (&["--within", "43.8,87.6,60"], |it| {
            (it["place"]["value"]["lat"].as_f64().unwrap() - 43.8).abs() < 0.5
                && (it["place"]["value"]["lon"].as_f64().unwrap() - 87.6).abs() < 0.5
        }),
    ];
    for (filters, by_hand) in cases {
        let expected: BTreeSet<String> = all
            .iter()
            .filter(|it| by_hand(it))
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(!expected.is_empty() && expected.len() < all.len(), "{filters:?} chooses");
        assert_eq!(asked(&desk, filters), expected, "{filters:?}");
    }
    assert_eq!(asked(&desk, &["--within", "43.8,87.6,60"]).len(), 2);
    assert_eq!(asked(&desk, &["--country", "China"]).len(), 4);
    // A wider kind holds the narrower ones.
    let bombs = asked(&desk, &["--kind", "explosion"]);
    assert!(bombs.is_superset(&asked(&desk, &["--kind", "vehicle-bomb"])), "{bombs:?}");
    assert!(bombs.is_superset(&asked(&desk, &["--kind", "suicide-bomb"])));
    // Nothing found is no failure, and is said.
    let ran = desk.run(&["incidents", "a.sheaf", "--since", "2031"]);
    assert_eq!((ran.code, ran.stderr.contains("no incident is like that")), (0, true));
}

#[test]
fn every_format_can_be_read_by_others() {
    let desk = Desk::with_market_judged();
    let n = desk.incidents("a.sheaf", &[]).len();
    let said = desk.ok(&["incidents", "a.sheaf", "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(said.as_bytes());
    let width = rows.headers().unwrap().len();
    let records: Vec<csv::StringRecord> = rows.records().map(|row| row.unwrap()).collect();
    assert_eq!((records.len(), records[0].len()), (n, width));
    let said = desk.ok(&["incidents", "a.sheaf", "--format", "geojson"]);
    let whole: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(whole["features"].as_array().unwrap().len(), n);
    let said = desk.ok(&["incidents", "a.sheaf"]);
    assert_eq!(said.lines().count(), n + 2, "a head, a rule, and a line for each");
    let market = said.lines().find(|it| it.starts_with("civil-protection:CP-016")).unwrap();
    for word in ["2014-05-22", "Urumqi, China", "39–43 with attackers"] {
        assert!(market.contains(word), "{word}: {market}");
    }
    // Into a file it is the same.
    desk.ok(&["incidents", "a.sheaf", "--format", "csv", "--out", "list.csv"]);
    let written = fs::read_to_string(desk.path("list.csv")).unwrap();
    assert_eq!(written, desk.ok(&["incidents", "a.sheaf", "--format", "csv"]));
}

#[test]
fn a_pool_answers_as_it_knew_on_a_day() {
    let desk = Desk::new();
    let first = EXAMPLE.map(example).into_iter().filter(|it| !it.contains("-v2"));
    desk.pool("a.sheaf", &first.collect::<Vec<_>>());
    let list = ["incidents", "a.sheaf", "--format", "json"];
    let before = desk.ok(&list);
    let ran = desk.run_on(LATER_DAY, &["add", "a.sheaf", &example("harbour-institute-v2.csv")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = desk.run_on(
        LATER_DAY,
        &[
            "judge",
            "a.sheaf",
            "different",
            "northline-wire:NW-140522-1",
            "northline-wire:NW-140522-2",
            "--by",
            "desk",
            "--because",
            "test",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let after = desk.ok(&list);
    assert_ne!(after, before);
    let on = |day: &str| desk.ok(&[&list[..], &["--as-known-on", day]].concat());
    assert_eq!(on("2024-01-01"), before, "at the end of the day of the first import");
    assert_eq!(on("2024-01-31"), before);
    assert_eq!(on("2024-02-01"), after);
    assert_eq!(
        on("2023-12-31"),
        "{\"incidents\":[\n],\"left_out\":[],\"answer\":\"nothing-known\"}\n"
    );
    let killed = |list: &str| {
        let list: Value = serde_json::from_str(list).unwrap();
        let kunming =
            with_report(list["incidents"].as_array().unwrap(), "harbour-institute:HI-14-0017");
        let tolls = kunming["tolls"].as_array().unwrap();
        let with = tolls.iter().find(|it| it["value"]["attackers"] == "included").unwrap();
        with["value"]["high"].as_u64()
    };
    assert_eq!((killed(&before), killed(&after)), (Some(33), Some(35)));
    // The citation says which day was asked for.
    let cited = desk.ok(&["cite", "a.sheaf", "--as-known-on", "2024-01-31", "--country", "China"]);
    assert!(cited.contains("query [--country \"China\" --as-known-on 2024-01-31]"), "{cited}");
}

/// The numbers of this name, to the last bit: serde_json's own reading may be one off in it.
fn numbers(json: &str, name: &str) -> Vec<f64> {
    let start = format!("\"{name}\": ");
    let lines = json.lines().filter_map(|line| line.trim().strip_prefix(&start));
    lines.map(|number| number.trim_end_matches(',').parse().unwrap()).collect()
}

#[test]
fn invariant_07_a_match_weighs_what_its_reasons_weigh() {
    let desk = Desk::with_market_judged();
    let incidents = desk.incidents("a.sheaf", &[]);
    let mut n_pairs = 0;
    for incident in &incidents[..6] {
        let reports = texts(&incident["reports"]);
        for pair in reports.windows(2) {
            let said = desk.ok(&["why", "a.sheaf", pair[0], pair[1], "--format", "json"]);
            let why: Value = serde_json::from_str(&said).unwrap();
            let bits = numbers(&said, "bits");
            assert_eq!(bits.len(), why["reasons"].as_array().unwrap().len());
            let prior = numbers(&said, "prior_bits")[0];
            let sum = bits.iter().fold(prior, |sum, bits| sum + bits);
            assert_eq!(sum.to_bits(), numbers(&said, "weight_bits")[0].to_bits(), "{said}");
            let odds = sum.exp2();
            assert!((odds / (1.0 + odds) - why["probability"].as_f64().unwrap()).abs() < 1e-9);
            assert_eq!(why["together"], true);
            // Missing is not mismatch: it adds exactly nothing.
            for reason in why["reasons"].as_array().unwrap() {
                if reason["found"].as_str().unwrap().starts_with("not said") {
                    assert_eq!(reason["bits"], 0.0, "{reason}");
                }
            }
            n_pairs += 1;
        }
    }
    assert!(n_pairs >= 12);
    let text = desk.ok(&["why", "a.sheaf", "civil-protection:CP-016", "civil-protection:CP-017"]);
    for word in ["prior", "before looking", "sum", "They are in one incident."] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // Two bombs in one city weeks apart stay two, and the program says why.
    let apart = ["northline-wire:NW-140430-1", "northline-wire:NW-140522-1"];
    let text = desk.ok(&["why", "a.sheaf", apart[0], apart[1]]);
    assert!(text.contains("They are not in one incident."), "{text}");
    let how = desk.json(&["how", "a.sheaf", "civil-protection:CP-016", "--format", "json"]);
    assert_eq!(how["incident"], "civil-protection:CP-016");
    assert_eq!(how["supports"].as_array().unwrap().len(), 6);
}

/// What the cell at a spot really says.
fn cell(file: &str, row: usize, column: &str) -> String {
    let path = example(file);
    match file.rsplit_once('.').unwrap().1 {
        "csv" => {
            let delimiter = if file.starts_with("harbour") { b';' } else { b',' };
            let rows = table(&path, delimiter);
            let at = rows[0].iter().position(|it| it == column).unwrap();
            rows[row - 1][at].clone()
        }
        "jsonl" => {
            let text = fs::read_to_string(path).unwrap();
            member(&serde_json::from_str(text.lines().nth(row - 1).unwrap()).unwrap(), column)
        }
        _ => {
            let whole: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let feature = &whole["features"][row - 1];
            match column {
                "geometry.lon" => feature["geometry"]["coordinates"][0].to_string(),
                "geometry.lat" => feature["geometry"]["coordinates"][1].to_string(),
                "id" => member(feature, "id"),
                _ => member(&feature["properties"], column),
            }
        }
    }
}

fn member(object: &Value, path: &str) -> String {
    match path.split('.').fold(object, |object, name| &object[name]) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn invariant_02_every_value_leads_to_the_cell_that_said_it() {
    let desk = Desk::with_example();
    let (mut n_values, mut n_claims) = (0, 0);
    for incident in desk.incidents("a.sheaf", &[]) {
        let id = incident["id"].as_str().unwrap();
        let shown = desk.json(&["show", "a.sheaf", id, "--format", "json"]);
        let mut listed = shown["incidents"][0].clone();
        for more in ["alignments", "used", "not_used"] {
            assert!(listed.as_object_mut().unwrap().remove(more).is_some(), "{more}");
        }
        assert_eq!(listed, incident, "show and incidents say the same, and show says more");
        let values = incident.as_object().unwrap().values().flat_map(|value| match value {
            Value::Array(several) => several.iter().collect::<Vec<_>>(),
            one => vec![one],
        });
        for value in values.filter(|it| it.get("rule").is_some()) {
            n_values += 1;
            assert!(!value["from"].as_array().unwrap().is_empty(), "{id}: {value}");
            for claim in ["from", "against"].iter().flat_map(|it| value[it].as_array().unwrap()) {
                let (file, column) =
                    (claim["file"].as_str().unwrap(), claim["column"].as_str().unwrap());
                let row = claim["row"].as_u64().unwrap() as usize;
                let (said, cell) = (claim["said"].as_str().unwrap(), cell(file, row, column));
                if column == "claimed_by" {
                    // The mapping splits this column; each claim says its own part of the cell.
                    assert!(cell.split(';').any(|part| part == said), "{cell}: {claim}");
                } else {
                    assert_eq!(said, cell, "{claim}");
                }
                n_claims += 1;
            }
        }
    }
    assert!(n_values > 200 && n_claims > 800, "{n_values} values, {n_claims} claims");
}

#[test]
fn no_escape_code_leaves_through_a_pipe() {
    let desk = Desk::with_example();
    for no_color in [None, Some("1")] {
        for args in [
            vec!["incidents", "a.sheaf"],
            vec!["show", "a.sheaf", "civil-protection:CP-016"],
            vec!["--help"],
            vec!["incidnets"],
            vec!["show", "a.sheaf", "civil-protection:CP-16"],
        ] {
            let mut command = desk.command(&args);
            if let Some(value) = no_color {
                command.env("NO_COLOR", value);
            }
            let output = command.output().unwrap();
            let all = [output.stdout, output.stderr].concat();
            assert!(!all.is_empty() && !all.contains(&0x1b), "{}", args.join(" "));
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::with_example();
    for format in ["table", "json", "csv", "geojson"] {
        let mut child = desk
            .command(&["incidents", "a.sheaf", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}: {said}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{format}: {said}");
    }
}
