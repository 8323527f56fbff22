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
    }
    let table = rows(&desk.ok(&["export", "x.sheaf", "--to", "csv"]));
    assert_eq!(table.len(), 2);
    assert_eq!(
        (table[0]["incident"].as_str(), table[0]["killed_high"].as_str()),
        ("open-desk:o1", "33")
    );
    assert_eq!((table[0]["n_reports"].as_str(), table[0]["sources"].as_str()), ("1", "open-desk"));

    // A file that others may get credits, and is bound by, only those in it.
    desk.ok(&["export", "x.sheaf", "--to", "csv", "--out", "out"]);
    let package = fs::read_to_string(desk.path("out/datapackage.json")).unwrap();
    assert!(package.contains("credit open-desk") && package.contains("other-at"));
    assert!(!package.contains("keyed") && !package.contains("other-closed"), "{package}");
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
