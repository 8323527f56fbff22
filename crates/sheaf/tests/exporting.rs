//! What leaves the pool: readable by others, with nothing in it that may not be passed on, and with
//! a word on what it could not carry.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{Desk, texts, with_report};
use serde_json::Value;

fn mapping(name: &str, licence: &str) -> String {
    format!(
        "[source]\nname = \"{name}\"\ntitle = \"Roads of {name}\"\norganisation = \"Desk {name}\"\n\
         licence = \"{licence}\"\ncredit = \"credit {name}\"\nkind = \"news\"\n\
         [key]\ncolumns = [\"id\"]\n[date]\nstart = \"date\"\nformats = [\"iso\"]\n\
         [place]\nlat = \"lat\"\nlon = \"lon\"\nradius = 500\n\
         [[kind]]\ncolumns = [\"kind\"]\n\
         [[toll]]\nharm = \"killed\"\nbest = \"killed\"\n\
         [fields]\nplace = \"place-name\"\ncountry = \"country\"\ntarget = \"target\"\n"
    )
}

/// A pool of an open source and one that is for own use only, which share an incident.
fn desk() -> Desk {
    let desk = Desk::new();
    let header = "id,date,lat,lon,place,country,kind,target,killed\n";
    desk.write("open.toml", mapping("open-desk", "open-with-attribution"));
    desk.write("keyed.toml", mapping("keyed-desk", "own-use-only"));
    desk.write(
        "open.csv",
        format!(
            "{header}o1,2020-03-01,10.0,20.0,Northgate,Freedonia,bomb,market,33\n\
             o2,2020-07-01,-40.0,60.0,Harbour,Sylvania,shooting,=cmd|' /C calc'!A0,1\n"
        ),
    );
    desk.write(
        "keyed.csv",
        format!(
            "{header}k1,2020-03-01,10.0,20.0,Northgate,Freedonia,bomb,market,38\n\
             k2,2020-09-09,50.0,100.0,Secretville,Ruritania,bomb,bridge,77\n"
        ),
    );
    desk.pool("x.sheaf", &["open.csv", "keyed.csv"]);
    let incidents = desk.incidents("x.sheaf", &[]);
    assert_eq!(texts(&with_report(&incidents, "open-desk:o1")["reports"]).len(), 2);
    desk
}

/// What an export must say of what it left out.
const WITHHELD: [&str; 3] = [
    "2 reports of keyed-desk left out: its terms do not allow passing it on",
    "1 incident was settled without them",
    "1 incident left out altogether, told by such sources only",
];

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn a_package_holds_the_table_its_schema_its_sources_and_their_terms() {
    let desk = Desk::with_example();
    let ran = desk.run(&["export", "a.sheaf", "--to", "csv", "--out", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let table = rows(&fs::read_to_string(desk.path("out/incidents.csv")).unwrap());
    let incidents = desk.incidents("a.sheaf", &[]);
    assert_eq!(table.len(), incidents.len());
    for (row, incident) in table.iter().zip(&incidents) {
        assert_eq!(row["incident"], incident["id"]);
        assert_eq!(row["reports"], texts(&incident["reports"]).join("; "));
        assert_eq!(row["first_day"], incident["when"]["value"]["first"]);
    }
    let package: Value =
        serde_json::from_slice(&fs::read(desk.path("out/datapackage.json")).unwrap()).unwrap();
    assert_eq!(package["licenses"][0]["name"], "other-at");
    let names: Vec<&str> = package["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let sources = [
        "civil-protection",
        "harbour-institute",
        "meridian-aid",
        "northline-wire",
        "rail-safety-office",
    ];
    assert_eq!(names, sources);
    assert!(package["sources"].as_array().unwrap().iter().all(|it| it["credit"] != ""));
    let resource = &package["resources"][0];
    assert_eq!(resource["path"], "incidents.csv");
    let fields: Vec<&str> = resource["schema"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let header = fs::read_to_string(desk.path("out/incidents.csv")).unwrap();
    assert_eq!(fields.join(","), header.lines().next().unwrap());
}

#[test]
fn geojson_and_parquet_are_what_they_say() {
    let desk = Desk::with_example();
    let whole: Value =
        serde_json::from_str(&desk.ok(&["export", "a.sheaf", "--to", "geojson"])).unwrap();
    assert_eq!(whole["type"], "FeatureCollection");
    let features = whole["features"].as_array().unwrap();
    assert_eq!(features.len(), desk.incidents("a.sheaf", &[]).len());
    for feature in features {
        assert_eq!(feature["type"], "Feature");
        assert!(feature["id"].as_str().unwrap().contains(':'));
        let point = &feature["geometry"]["coordinates"];
        let (lon, lat) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        assert!((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat), "{point}");
    }
    let market = features.iter().find(|it| it["id"] == "civil-protection:CP-016").unwrap();
    assert_eq!(market["geometry"]["coordinates"], serde_json::json!([87.602, 43.808]));
    assert_eq!(market["properties"]["country"], "China");

    let ran = desk.run(&["export", "a.sheaf", "--to", "parquet", "--out", "out.parquet"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for words in ["parquet: who said each value is not carried", "had no columns and were left out"]
    {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    let bytes = fs::read(desk.path("out.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    let said = desk.fails("needs-a-file", &["export", "a.sheaf", "--to", "parquet"]);
    assert!(said.contains("hint: name a file: --out incidents.parquet"), "{said}");
}

#[test]
fn invariant_17_an_export_says_what_it_could_not_carry() {
    let desk = Desk::with_example();
    for (format, words) in [
        ("csv", "csv: who said each value is not carried"),
        ("geojson", "drawn as a point; how far off it may be stands in radius_m"),
    ] {
        let ran = desk.run(&["export", "a.sheaf", "--to", format]);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(ran.stderr.contains("had no columns and were put in words in other_tolls"));
        let quiet = desk.run(&["export", "a.sheaf", "--to", format, "--quiet"]);
        assert_eq!((quiet.stderr.as_str(), &quiet.stdout), ("", &ran.stdout));
    }
    // JSON carries all of it, and says so by leaving nothing out.
    let ran = desk.run(&["export", "a.sheaf", "--to", "json"]);
    assert_eq!(ran.stderr, "");
    let whole: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(whole["left_out"], serde_json::json!([]));
}

#[test]
fn what_may_not_be_passed_on_stays_and_no_value_rests_on_it() {
    let desk = desk();
    let ours = desk.incidents("x.sheaf", &[]);
    assert_eq!(ours.len(), 3, "at home everything is shown");
    let toll = &with_report(&ours, "keyed-desk:k1")["tolls"][0]["value"];
    assert_eq!((&toll["low"], &toll["high"]), (&33.into(), &38.into()));

    for format in ["csv", "geojson", "json"] {
        let ran = desk.run(&["export", "x.sheaf", "--to", format]);
        assert_eq!(ran.code, 0);
        for word in ["keyed", "k1", "38", "Secretville", "Ruritania", "77"] {
            assert!(!ran.stdout.contains(word), "{word} in {format}:\n{}", ran.stdout);
        }
        for words in WITHHELD {
            assert!(ran.stderr.contains(&format!("{format}: {words}")), "{}", ran.stderr);
        }
        let per_class = "14 claims of the class own-use-only left out";
        assert!(ran.stderr.contains(&format!("{format}: {per_class}")), "{}", ran.stderr);
        if format != "csv" {
            assert!(ran.stdout.contains(per_class), "in the file as well: {}", ran.stdout);
        }
    }
    let table = rows(&desk.ok(&["export", "x.sheaf", "--to", "csv"]));
    assert_eq!(table.len(), 2);
    assert_eq!(
        (table[0]["incident"].as_str(), table[0]["killed_high"].as_str()),
        ("open-desk:o1", "33")
    );
    assert_eq!((table[0]["n_reports"].as_str(), table[0]["sources"].as_str()), ("1", "open-desk"));

    // Each row says what was left out of it, by class and not by source.
    assert_eq!(
        (table[0]["left_out"].as_str(), table[1]["left_out"].as_str()),
        ("7 claims own-use-only", "")
    );
    let json: Value =
        serde_json::from_str(&desk.ok(&["export", "x.sheaf", "--to", "json"])).unwrap();
    assert_eq!(json["incidents"][0]["claims_left_out"], serde_json::json!({ "own-use-only": 7 }));
    assert_eq!(json["incidents"][1]["claims_left_out"], serde_json::json!({}));
    assert_eq!(json["answer"], "incidents");

    // A file that others may get credits, and is bound by, only those in it.
    desk.ok(&["export", "x.sheaf", "--to", "csv", "--out", "out"]);
    let package = fs::read_to_string(desk.path("out/datapackage.json")).unwrap();
    assert!(package.contains("credit open-desk") && package.contains("other-at"));
    assert!(!package.contains("keyed") && !package.contains("other-closed"), "{package}");
    assert!(package.contains("14 claims of the class own-use-only left out"), "{package}");
}

/// The value others get is settled without the claim that they may not have, by each profile.
#[test]
fn check_09_a_restricted_claim_is_left_out_and_the_value_settled_without_it() {
    let desk = desk();
    for profile in ["interval", "ucdp-like", "acled-like", "ibc-like", "gtd-like", "model"] {
        let toll = |args: &[&str]| {
            let list = desk.json(&[args, &["--profile", profile]].concat());
            let incidents = list["incidents"].as_array().unwrap().clone();
            with_report(&incidents, "open-desk:o1")["tolls"][0]["value"].clone()
        };
        let ours = toll(&["incidents", "x.sheaf", "--format", "json"]);
        let others = toll(&["export", "x.sheaf", "--to", "json"]);
        if profile == "interval" {
            assert_eq!((&ours["low"], &ours["high"]), (&33.into(), &38.into()));
            assert_eq!((&others["low"], &others["high"]), (&33.into(), &33.into()));
        }
        assert_eq!(others["best"], 33, "{profile}");
    }
    let all = desk.json(&["export", "x.sheaf", "--to", "json", "--profile", "all"]);
    assert!(!all.to_string().contains("keyed"), "{all}");
    assert_eq!(all["incidents"][0]["claims_left_out"]["own-use-only"], 7);
}

/// No events, not entitled, nothing known yet and failed are four answers.
#[test]
fn an_empty_answer_says_which_emptiness_it_is() {
    let desk = desk();
    let ask = |args: &[&str]| {
        let ran = desk.run(args);
        let answer = serde_json::from_str::<Value>(&ran.stdout).map(|it| it["answer"].clone());
        (ran.code, answer.ok(), ran.stderr)
    };
    let export = ["export", "x.sheaf", "--to", "json", "--country"];
    let (code, answer, said) = ask(&[&export[..], &["Atlantis"]].concat());
    assert_eq!((code, answer), (0, Some("no-incidents".into())));
    assert!(said.contains("no incident is like that: the pool was read, and nothing failed"));
    let (code, answer, said) = ask(&[&export[..], &["Ruritania"]].concat());
    assert_eq!((code, answer), (2, Some("not-entitled".into())), "{said}");
    assert!(said.contains("there are incidents like that, and not one may be passed on"), "{said}");
    assert!(!said.contains("no incident is like that"), "{said}");
    let (code, answer, said) =
        ask(&["incidents", "x.sheaf", "--format", "json", "--as-known-on", "2023-12-31"]);
    assert_eq!((code, answer), (0, Some("nothing-known".into())));
    assert!(said.contains("nothing was known then: the pool had taken nothing in"), "{said}");
    let (code, answer, said) = ask(&["incidents", "absent.sheaf", "--format", "json"]);
    assert_eq!((code, answer), (2, None), "{said}");
    // In a package beside an empty table.
    desk.ok(&["export", "x.sheaf", "--to", "csv", "--country", "Atlantis", "--out", "none"]);
    let package = fs::read_to_string(desk.path("none/datapackage.json")).unwrap();
    assert!(package.contains("\"answer\": \"no-incidents\""), "{package}");
}

#[test]
fn parquet_for_others_withholds_the_same_and_says_so() {
    let desk = desk();
    let ran = desk.run(&["export", "x.sheaf", "--to", "parquet", "--out", "out.parquet"]);
    for words in WITHHELD {
        assert!(ran.stderr.contains(&format!("parquet: {words}")), "{}", ran.stderr);
    }
    let bytes = fs::read(desk.path("out.parquet")).unwrap();
    for word in [&b"keyed-desk"[..], b"Secretville"] {
        assert!(!bytes.windows(word.len()).any(|it| it == word));
    }
}

#[test]
fn a_cell_that_looks_like_a_formula_is_guarded() {
    let desk = desk();
    let ran = desk.run(&["export", "x.sheaf", "--to", "csv"]);
    let table = rows(&ran.stdout);
    let harbour = table.iter().find(|it| it["incident"] == "open-desk:o2").unwrap();
    assert_eq!(harbour["target"], "'=cmd|' /C calc'!A0");
    assert_eq!(harbour["lat"], "-40", "a southern latitude stays a number");
    let guarded = "csv: 1 cell of text begins like a formula and had an apostrophe put in front";
    assert!(ran.stderr.contains(guarded), "{}", ran.stderr);
    // What was said is unchanged where it is quoted.
    assert!(desk.ok(&["show", "x.sheaf", "open-desk:o2"]).contains("“=cmd|' /C calc'!A0”"));
}
