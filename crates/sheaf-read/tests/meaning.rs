//! What cells mean, case by case: days that are unlikely, points that are wrong, tolls and bounds,
//! keys, codes, and the ways in which a mapping can be wrong.

mod common;

use std::path::PathBuf;

use sheaf_model::{Batch, Claim, Day, DoubtCode, Field, Meaning, Unknown};
use sheaf_read::{Mapping, ReadOptions, Reading, choose, read_all};

/// A folder of this test's own that goes away with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("sheaf-read-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads a table with a mapping beside it.
fn read_with(test: &str, mapping: &str, table: &str) -> (Reading, Batch, Vec<String>) {
    let folder = Folder::new(test);
    let source = "[source]\nname = \"acme\"\ntitle = \"Acme\"\n";
    folder.write("acme.toml", &format!("{mapping}\n{source}"));
    let path = folder.write("acme.csv", table);
    let read = read_all(&path, &ReadOptions::found_out());
    let (reading, mut batches, doubts) = read.unwrap_or_else(|error| panic!("{error}"));
    let sentences = doubts
        .iter()
        .map(|doubt| doubt.sentence(&reading.head.file, &reading.head.columns))
        .collect();
    (reading, batches.remove(0), sentences)
}

fn claims(batch: &Batch, row: usize, field: Field) -> Vec<(Claim, String)> {
    let report = batch.report(row);
    let of_field = report.claims().iter().filter(|claim| claim.field == field);
    of_field.map(|claim| (*claim, report.said(claim).to_owned())).collect()
}

/// What the cells of a field mean together: the first value among them, or, where there is none, the
/// first reason why not.
fn first(batch: &Batch, row: usize, field: Field) -> String {
    let meanings: Vec<Meaning> =
        claims(batch, row, field).iter().map(|(claim, _)| claim.meant).collect();
    let is_value = |meant: &&Meaning| {
        !matches!(meant, Meaning::PartOf(_) | Meaning::Unknown(_) | Meaning::NotUnderstood)
    };
    match meanings.iter().find(is_value).or(meanings.first()).copied() {
        Some(Meaning::When(when)) => when.to_string(),
        Some(Meaning::Where(place)) => place.to_string(),
        Some(Meaning::Toll(toll)) => toll.to_string(),
        Some(Meaning::Kind(kind)) => kind.to_string(),
        Some(Meaning::Unknown(unknown)) => unknown.to_string(),
        Some(Meaning::NotUnderstood) => "not understood".to_owned(),
        Some(Meaning::Words) => "words".to_owned(),
        Some(other) => format!("{other:?}"),
        None => "-".to_owned(),
    }
}

const DATE: &str = "[key]\ncolumns = [\"id\"]\n[date]\nstart = \"date\"\nend = \"end\"\n";

#[test]
fn invariant_05_unknown_is_declared_and_imprecision_is_width() {
    let mapping = format!(
        "{DATE}precision = \"prec\"\nwidths = {{ 1 = \"day\", 2 = \"week\", 3 = \"month\", 4 = \
         \"year\", 5 = \"days:3\" }}\n[cells]\nunknown = [\"-99\", \"1900-01-01\"]\n"
    );
    let table = "id,date,end,prec\n\
        1,2031-03-12,,1\n2,2031-03-12,,2\n3,2031-03-12,,3\n4,2031-03-12,,4\n5,2031-03-12,,5\n\
        6,1900-01-01,,1\n7,-99,,1\n8,2031-03,,1\n9,2031-03-12,2031-05-01,3\n10,2031-03-12,,\n\
        11,2031-03-12,-99,1\n12,,2031-03-12,1\n";
    let (_, batch, doubts) = read_with("inv05", &mapping, table);
    let expected = [
        "2031-03-12",
        "2031-03-12 to 2031-03-18",
        "2031-03-01 to 2031-03-31",
        "2031-01-01 to 2031-12-31",
        "2031-03-12 to 2031-03-14",
        "not known",
        "not known",
        "2031-03-01 to 2031-03-31",
        "2031-03-01 to 2031-05-01",
        "2031-03-12",
        "2031-03-12",
    ];
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(first(&batch, row, Field::When), *expected, "row {}", row + 1);
    }
    assert_eq!(doubts, Vec::<String>::new());
}

#[test]
fn a_day_in_the_middle_of_a_week_is_widened_both_ways() {
    let mapping = "[key]\ncolumns = [\"id\"]\n[date]\nstart = \"date\"\nprecision = \
                   \"p\"\nwidths = { w = \"week\" }\ngiven-day-is = \"middle\"\n";
    let (_, batch, _) = read_with("middle", mapping, "id,date,p\n1,2031-03-12,w\n");
    assert_eq!(first(&batch, 0, Field::When), "2031-03-09 to 2031-03-15");
}

#[test]
fn unlikely_days_are_kept_with_a_doubt() {
    let table = "id,date,end\n1,1900-05-01,\n2,2099-05-01,\n3,0025-05-22,\n4,1901-01-01,\n\
                 5,2098-12-31,\n6,2031-02-31,\n7,2031-03-10,2031-03-08\n";
    let (reading, batch, doubts) = read_with("unlikely", DATE, table);
    assert_eq!(first(&batch, 2, Field::When), "0025-05-22");
    assert_eq!(first(&batch, 5, Field::When), "not understood");
    assert_eq!(first(&batch, 6, Field::When), "not understood");
    let codes = reading.tally.doubts;
    assert_eq!(codes[&DoubtCode::ImplausibleDay], 3);
    assert_eq!(
        doubts[..5],
        [
            "acme.csv:2: date: \"1900-05-01\" is an unlikely day for an incident; kept and used as said",
            "acme.csv:3: date: \"2099-05-01\" is an unlikely day for an incident; kept and used as said",
            "acme.csv:4: date: \"0025-05-22\" is an unlikely day for an incident; kept and used as said",
            "acme.csv:7: date: \"2031-02-31\" is no day; kept as said, left undated",
            "acme.csv:8: end: \"2031-03-08\" ends before it starts; kept as said, left undated",
        ]
    );
}

#[test]
fn an_incident_after_its_publication_is_unlikely() {
    let folder = Folder::new("published");
    let path = folder.write("t.csv", "id,date,place\n1,2031-03-01,A\n2,2031-03-05,B\n3,2031,C\n");
    let mut options = ReadOptions::found_out();
    options.published = Day::from_ymd(2031, 3, 2);
    let (reading, _, doubts) = read_all(&path, &options).unwrap();
    assert_eq!(reading.tally.n_doubts(), 1, "a year that has begun is no doubt");
    assert_eq!((doubts[0].row, doubts[0].code), (Some(3), DoubtCode::ImplausibleDay));
}

const PLACE: &str = "[key]\ncolumns = [\"id\"]\n[place]\nlat = \"lat\"\nlon = \"lon\"\n\
                     precision = \"p\"\nradii = { 1 = 500, 6 = \"too-coarse\" }\nradius = 9000\n";

#[test]
fn points_have_a_radius_or_are_none() {
    let table = "id,lat,lon,p\n1,43.8,87.6,1\n2,43.8,87.6,6\n3,87.6,143.8,1\n4,143.8,87.6,1\n\
                 5,0,0,1\n6,43.8,,1\n7,north,87.6,1\n8,43.8,87.6,7\n9,43.8,87.6,\n10,,,6\n\
                 11,-91,-200,1\n12,0,10,1\n";
    let (_, batch, doubts) = read_with("points", PLACE, table);
    let expected = [
        "43.8000, 87.6000 ± 500 m",
        "too coarse to be a point",
        "87.6000, 143.8000 ± 500 m",
        "not understood",
        "not understood",
        "not understood",
        "not understood",
        "43.8000, 87.6000 ± 9.0 km",
        "43.8000, 87.6000 ± 9.0 km",
        "too coarse to be a point",
        "not understood",
        "0.0000, 10.0000 ± 500 m",
    ];
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(first(&batch, row, Field::Where), *expected, "row {}", row + 1);
    }
    let starts = [
        "acme.csv:5: lat: \"143.8, 87.6\" looks like latitude and longitude in each other's place",
        "acme.csv:6: lat: \"0, 0\" is the point 0, 0",
        "acme.csv:7: lat: \"43.8\" is no coordinate",
        "acme.csv:8: lat: \"north\" is no coordinate",
        "acme.csv:9: p: \"7\" is no code this source is known to use",
        "acme.csv:10: p: this comes with no precision",
        "acme.csv:12: lat: \"-91, -200\" lies off the globe",
    ];
    assert_eq!(doubts.len(), starts.len(), "{doubts:#?}");
    for (doubt, start) in doubts.iter().zip(starts) {
        assert!(doubt.starts_with(start), "{doubt}");
    }
}

const TOLL: &str = "[key]\ncolumns = [\"id\"]\n[[toll]]\nharm = \"killed\"\nattackers = \
                    \"included\"\nbest = \"best\"\nlow = \"low\"\nhigh = \"high\"\nunknown = \
                    [\"-99\"]\n";

#[test]
fn tolls_are_intervals_and_nothing_is_made_up() {
    let cases = [
        ("5,,", "5 killed, attackers included"),
        ("5,3,9", "3–9 (best 5) killed, attackers included"),
        ("5,3,", "3 or more (best 5) killed, attackers included"),
        ("5,,9", "5–9 (best 5) killed, attackers included"),
        (",3,9", "3–9 killed, attackers included"),
        (",3,", "3 or more killed, attackers included"),
        (",,9", "up to 0–9 killed, attackers included"),
        ("2,3,9", "2–9 (best 2) killed, attackers included"),
        ("5,9,3", "3–9 (best 5) killed, attackers included"),
        ("-99,3,9", "3–9 killed, attackers included"),
        ("-99,,", "not known"),
        ("at least 31,,", "31 or more killed, attackers included"),
        ("dozens,,", "words 24 or more killed, attackers included"),
        ("-3,,", "not understood"),
        ("2000000,,", "not understood"),
        ("a lot of people,,", "not understood"),
        ("x,3,9", "3–9 killed, attackers included"),
        ("0,0,0", "0 killed, attackers included"),
        (",,", "-"),
    ];
    let table: String =
        cases.iter().enumerate().map(|(n, (cells, _))| format!("{n},{cells},x\n")).collect();
    let mapping = format!("{TOLL}\n[fields]\nplace = \"place-name\"\n");
    let table = format!("id,best,low,high,place\n{table}");
    let (reading, batch, doubts) = read_with("tolls", &mapping, &table);
    for (row, (cells, expected)) in cases.iter().enumerate() {
        assert_eq!(first(&batch, row, Field::Toll).as_str(), *expected, "{cells}");
    }
    let codes = reading.tally.doubts;
    assert_eq!(codes[&DoubtCode::BoundsOutOfOrder], 2);
    assert_eq!(codes[&DoubtCode::NumberOutOfRange], 2);
    assert_eq!(codes[&DoubtCode::NotANumber], 2);
    assert_eq!(doubts.len(), 6);
}

#[test]
fn every_cell_of_a_group_is_a_claim_that_leads_to_its_main_one() {
    let (_, batch, _) = read_with("group", TOLL, "id,best,low,high\n1,5,3,9\n2,-99,3,9\n");
    let told = |row| -> Vec<(u16, Meaning)> {
        let of = claims(&batch, row, Field::Toll);
        of.into_iter().map(|(claim, _)| (claim.column, claim.meant)).collect()
    };
    let row = told(0);
    assert!(matches!(row[0], (1, Meaning::Toll(_))));
    assert_eq!(row[1..], [(2, Meaning::PartOf(1)), (3, Meaning::PartOf(1))]);
    let row = told(1);
    assert_eq!(row[0], (1, Meaning::Unknown(Unknown::NotKnown)));
    assert!(matches!(row[1], (2, Meaning::Toll(_))));
    assert_eq!(row[2], (3, Meaning::PartOf(2)));
}

#[test]
fn invariant_03_ids_come_from_raw_keys() {
    let mapping = "[key]\ncolumns = [\"a\", \"b\"]\n[fields]\nplace = \"place-name\"\n";
    let table = "a,b,place\n 7 ,x/y,A\n1.97E+11,z,B\n,,C\n7,x,D\n7,x,E\n7,x,D\n,,C\n";
    let (reading, batch, doubts) = read_with("keys", mapping, table);
    let keys: Vec<&str> = batch.reports().map(|report| report.key()).collect();
    assert_eq!(keys[..2], [" 7 /x%2Fy", "1.97E+11/z"]);
    assert!(keys[2].starts_with('~') && keys[2].len() == 13, "{}", keys[2]);
    assert_eq!(keys[3..], ["7/x", "7/x#2"]);
    assert_eq!(reading.tally.to_string(), "7 read = 5 reports + 2 set aside");
    assert!(doubts[1].contains("is the key of an earlier, different row"), "{doubts:?}");
    let damaged = read_with("damaged", "[key]\ncolumns = [\"a\"]\n", "a\n1.97E+11\n");
    assert_eq!(damaged.0.tally.n_set_aside(), 1, "a key alone says nothing");
}

#[test]
fn a_key_damaged_by_a_spreadsheet_is_kept_and_doubted() {
    let mapping = "[key]\ncolumns = [\"a\"]\n[fields]\nplace = \"place-name\"\n";
    let (_, batch, doubts) = read_with("excel", mapping, "a,place\n1.97E+11,A\n1.97E+11,B\n");
    let keys: Vec<&str> = batch.reports().map(|report| report.key()).collect();
    assert_eq!(keys, ["1.97E+11", "1.97E+11#2"]);
    let damaged = doubts.iter().filter(|it| it.contains("damaged by a spreadsheet")).count();
    assert_eq!(damaged, 2, "{doubts:?}");
}

#[test]
fn kinds_and_fields_by_table() {
    let mapping = "[key]\ncolumns = [\"id\"]\n[cells]\nunknown = [\"?\"]\n\
        [[kind]]\ncolumns = [\"what\", \"how\"]\ncodes = { \"B|1\" = \"suicide-bomb\", \"B|*\" = \
        \"bomb\", \"?|*\" = \"violence\" }\n\
        [[kind]]\ncolumns = \"what\"\ncodes = { S = \"shooting\" }\n\
        [fields.target]\nfield = \"target\"\nmap = { MKT = \"market\" }\nmap-is-complete = true\n\
        [fields.side]\nfield = \"party\"\nsplit = \";\"\nnot-applicable = [\"none\"]\n\
        only-when = { column = \"how\", values = [\"1\"], because = \"it may be a community\" }\n";
    let table = "id,what,how,target,side\n1,B,1,MKT,X;Y;X\n2,b,0,mkt,X\n3,S,1,shop,none\n4,?,,?,\n\
                 5,Q,1,,reporter@example.org\n";
    let (reading, batch, doubts) = read_with("kinds", mapping, table);
    let kinds: Vec<String> = (0..5).map(|row| first(&batch, row, Field::Kind)).collect();
    assert_eq!(kinds[..2], ["suicide-bomb", "bomb"]);
    assert_eq!(kinds[3..], ["not known", "not understood"]);
    let sides: Vec<usize> = (0..5).map(|row| claims(&batch, row, Field::Party).len()).collect();
    assert_eq!(sides, [2, 0, 1, 0, 0]);
    assert_eq!(first(&batch, 2, Field::Party), "does not apply");
    let words = |row: usize| {
        let report = batch.report(row);
        let claim = report.claims().iter().find(|claim| claim.field == Field::Target)?;
        report.words(claim).map(str::to_owned)
    };
    assert_eq!(
        (words(0).as_deref(), words(1).as_deref(), words(2)),
        (Some("market"), Some("market"), None)
    );
    assert_eq!((reading.withheld[0].column.as_str(), reading.withheld[0].cells), ("side", 2));
    assert!(doubts.iter().any(|it| it.starts_with("acme.csv:4: target: \"shop\" is no code")));
}

#[test]
fn running_text_in_a_column_of_words_is_not_kept() {
    let long = "word ".repeat(200);
    let mapping =
        "[key]\ncolumns = [\"id\"]\n[fields]\nplace = \"place-name\"\n[date]\nstart = \"date\"\n";
    let table = format!("id,date,place\n1,2031-03-01,{long}\n");
    let (_, batch, doubts) = read_with("long", mapping, &table);
    assert_eq!(first(&batch, 0, Field::PlaceName), "-");
    assert_eq!(doubts, ["acme.csv:2: place: this is longer than a cell may be; not kept"]);
}

/// Every problem of a mapping is reported, with the key it is about and what would help.
#[test]
fn a_wrong_mapping_says_everything_that_is_wrong_with_it() {
    let mapping = r#"
[source]
name = "Acme Roads"
title = "Acme"
licence = "open"
kind = "curatd"

[date]
start = "day"
fromats = ["iso"]
formats = ["is0", "%d/%m"]

[place]
lat = "lat"

[[toll]]
harm = "kiled"
best = "dead"

[fields]
town = "placename"
when = "when"
suspect_name = "party"
day = "country"

[ignore]
code = ""
"#;
    let error = Mapping::from_toml(mapping, "acme.toml").unwrap_err();
    let mut said: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    said.sort_unstable();
    let starts = [
        "date.formats : \"%d/%m\" is no format: it has no year (%Y or %y)",
        "date.formats : \"is0\" is no format",
        "date.fromats is not a setting of a mapping (hint: did you mean date.formats?)",
        "fields.\"suspect_name\" would hold names of persons, which a pool never keeps (hint: move it to [refuse])",
        "fields.\"town\": \"placename\" is not a field (hint: did you mean \"place-name\"?)",
        "fields.\"when\": \"when\" is more than one cell (hint: name the column in [date])",
        "ignore.\"code\" has no reason",
        "place.lon is missing",
        "place.radius is missing",
        "source.kind : \"curatd\" is not a known word (hint: did you mean \"curated\"?)",
        "source.licence : \"open\" is not a known word",
        "source.name : \"Acme Roads\" is no source name",
        "the column \"day\" stands in date and in fields",
        "toll.harm : \"kiled\" is not a known word (hint: did you mean \"killed\"?)",
        "toll.harm is missing",
    ];
    assert_eq!(said.len(), starts.len(), "{said:#?}");
    for (said, start) in said.iter().zip(starts) {
        assert!(said.starts_with(start), "{said}\n{start}");
    }
}

#[test]
fn the_reader_is_the_one_asked_for_the_one_beside_or_the_one_that_knows_the_columns() {
    let folder = Folder::new("choice");
    let plain = folder.write("a.csv", "id,date,place\n1,2031-03-01,A\n");
    assert_eq!(choose(&plain, None).unwrap().reader, "plain");
    let mapping = "[source]\nname = \"beside\"\ntitle = \"b\"\n[fields]\nplace = \"place-name\"\n";
    folder.write("a.toml", mapping);
    assert_eq!(choose(&plain, None).unwrap().reader, "a.toml");
    assert_eq!(choose(&plain, Some("plain")).unwrap().reader, "plain");
    let named = folder.write("other.toml", mapping);
    assert_eq!(choose(&plain, Some(&named.to_string_lossy())).unwrap().reader, "other.toml");

    let error = choose(&plain, Some("ucdp-gde")).err().unwrap();
    assert_eq!(error.to_string(), "there is no reader \"ucdp-gde\"");
    assert_eq!(error.hint.as_deref(), Some("did you mean ucdp-ged?"));

    let strange = folder.write("b.csv", "colour,size\nred,1\n");
    let error = choose(&strange, None).err().unwrap();
    assert!(error.to_string().ends_with("b.csv: no reader knows these columns"), "{error}");
    assert!(error.hint.unwrap().starts_with("write a mapping: sheaf new-source"));

    let near = folder.write("c.csv", "id,year,month,day,country,type_of_violence,conflict_name,side_a,side_b,lat,lon,low_death\n");
    std::fs::write(&near, std::fs::read_to_string(&near).unwrap() + "1,2031,1,1,X,1,c,a,b,1,1,1\n")
        .unwrap();
    let hint = choose(&near, None).err().unwrap().hint.unwrap();
    assert!(
        hint.starts_with(
            "ucdp-ged-thin comes nearest, but for it the file lacks best_death, high_death"
        ),
        "{hint}"
    );
}

#[test]
fn a_json_file_grows_columns_while_it_is_read() {
    let folder = Folder::new("json");
    let path = folder.write(
        "a.jsonl",
        "{\"id\": 1, \"date\": \"2031-03-01\", \"place\": \"A\"}\n\
         {\"id\": 2, \"date\": \"2031-03-02\", \"killed\": 3, \"suspect_age\": 30, \"odd\": \"x\"}\n",
    );
    let (reading, batches, _) = read_all(&path, &ReadOptions::found_out()).unwrap();
    assert_eq!(reading.head.reader, "plain");
    assert_eq!(reading.fates.len(), reading.head.columns.len());
    assert_eq!(first(&batches[0], 1, Field::Toll), "3 killed");
    assert_eq!(reading.refused[0].cells, 1);
    assert_eq!(reading.unknown[0].column, "odd");

    let path = folder.write(
        "b.geojson",
        "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"id\": \"7\", \
         \"geometry\": {\"type\": \"Point\", \"coordinates\": [87.6, 43.8]}, \"properties\": \
         {\"date\": \"2031-03-01\", \"killed\": \"31+\"}}]}",
    );
    let (reading, batches, doubts) = read_all(&path, &ReadOptions::found_out()).unwrap();
    assert_eq!((reading.head.reader.as_str(), doubts.len()), ("plain", 0), "{doubts:?}");
    assert_eq!(first(&batches[0], 0, Field::Where), "43.8000, 87.6000 ± 5.0 km");
}

/// Invariant 6 as it shows in a reading: every row is a report or is set aside with a reason.
#[test]
fn invariant_06_totals_add_up() {
    let table = "id,date,end\n1,2031-03-01,\n,,\n1,2031-03-01,\nid,date,end\n3,,\n4,x,\n";
    let (reading, batch, _) = read_with("totals", DATE, table);
    assert_eq!(reading.tally.read(), 6);
    assert_eq!(reading.tally.to_string(), "6 read = 2 reports + 4 set aside");
    assert_eq!(batch.rows_set_aside().len(), 4);
}

/// Invariant 14: whatever the cells hold, the reading is a reading and not an error.
#[test]
fn invariant_14_messy_data_is_not_an_error() {
    let mapping = format!("{DATE}[place]\nlat = \"lat\"\nlon = \"lon\"\nradius = 1\n");
    let odd = ["", " ", "\u{0}", "NaN", "-", "é", "1e999", "=1+1", "31/02/2021", "\u{202e}x"];
    let mut table = "id,date,end,lat,lon\n".to_owned();
    for (n, a) in odd.iter().enumerate() {
        for b in odd {
            table.push_str(&format!("{n},{a},{b},{b},{a}\n"));
        }
    }
    let (reading, _, _) = read_with("messy", &mapping, &table);
    assert_eq!(reading.tally.read(), 100);
}

/// What a toll rests on is often told by name, so none of its text is kept but the words of a closed
/// list, and codes that the mapping translates into them.
#[test]
fn what_a_toll_rests_on_is_a_word_of_a_list_and_never_text() {
    let mapping = |map: &str| {
        format!(
            "[key]\ncolumns = [\"id\"]\n[[toll]]\nharm = \"killed\"\nbest = \"killed\"\n\
             [fields]\nby = {{ field = \"basis\", map = {{ {map} }} }}\n"
        )
    };
    let table = "id,killed,by\n1,3,1\n2,4,assessed\n3,5,Dr. A. Person of the clinic\n4,6,\n";
    let good = mapping("1 = \"observed\", 2 = \"party\"");
    let (_, batch, doubts) = read_with("basis", &good, table);
    let said = |row| -> Vec<String> {
        let report = batch.report(row);
        claims(&batch, row, Field::Basis)
            .iter()
            .map(|(claim, said)| format!("{said}: {}", report.words(claim).unwrap_or_default()))
            .collect()
    };
    assert_eq!(said(0), ["1: observed"]);
    assert_eq!(said(1), ["assessed: assessed"]);
    assert_eq!((said(2), said(3)), (Vec::new(), Vec::new()));
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("by") && !doubts[0].contains("Person"), "{doubts:?}");
    let wrong = mapping("1 = \"a spokesman\"") + "[source]\nname = \"a\"\ntitle = \"A\"\n";
    let error = Mapping::from_toml(&wrong, "wrong.toml").unwrap_err().to_string();
    assert!(error.contains("maps to \"a spokesman\", which is no basis of a toll"), "{error}");
}
