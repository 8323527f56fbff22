//! Incidents, never people: what a pool refuses does not get in by any of the built-in sources, by
//! an unknown column, or by a mapping that asks for it.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{data, folder, read};
use sheaf_model::{Batch, ColumnFate, Field, Meaning};
use sheaf_read::rows::{self, Notes, Row};
use sheaf_read::{Mapping, ReadOptions, SOURCES, choose, people_in, read_all};

/// The rows of a file by number, as the reader that knows it opens it.
fn cells_of(path: &Path, reader: Option<&str>) -> Vec<(u64, Vec<String>)> {
    let chosen = choose(path, reader).unwrap();
    let mut opened = rows::open(path, &chosen.mapping().form).unwrap();
    let (mut row, mut notes, mut all) = (Row::default(), Notes::default(), Vec::new());
    while opened.rows.next(&mut row, &mut notes).unwrap() {
        all.push((row.number(), row.cells().map(str::to_owned).collect()));
    }
    all
}

/// What stands in columns of which nothing may be kept never stands in a claim, a key or a doubt,
/// and running text is a fingerprint and nothing else.
fn check(path: &Path, reader: Option<&str>) {
    let (reading, batches) = read(path, reader);
    let shown = path.display();
    let kept = |idx: usize| matches!(reading.fates[idx], ColumnFate::Mapped(_) | ColumnFate::Key);
    let running = |idx: usize| reading.fates[idx] == ColumnFate::Mapped(Field::Wording);
    for report in batches.iter().flat_map(Batch::reports) {
        for claim in report.claims() {
            let column = usize::from(claim.column);
            assert!(kept(column), "{shown}: a claim from {}", reading.head.columns[column]);
            if claim.field == Field::Wording || matches!(claim.meant, Meaning::Wording(_)) {
                assert_eq!(report.said(claim), "", "{shown}: text of {:?}", claim.field);
            }
        }
    }
    // Texts of the columns that are not kept, as far as no kept column of the same row says them
    // too (a town's name can stand in an ignored column as well).
    for (number, cells) in cells_of(path, reader) {
        let is_kept = |idx: usize| kept(idx) && !running(idx);
        let said_elsewhere: BTreeSet<&str> = (0..cells.len())
            .filter(|&idx| is_kept(idx))
            .flat_map(|idx| cells[idx].split(';').map(str::trim))
            .collect();
        let forbidden: Vec<&str> = (0..cells.len())
            .filter(|&idx| !is_kept(idx))
            .map(|idx| cells[idx].trim())
            .filter(|cell| cell.len() >= 4 && !said_elsewhere.iter().any(|it| it.contains(cell)))
            .collect();
        for batch in &batches {
            for doubt in batch.doubts().iter().filter(|doubt| doubt.row == Some(number)) {
                let repeats = forbidden.iter().any(|cell| doubt.said.contains(cell));
                assert!(!repeats, "{shown}:{number}: a doubt repeats {:?}", doubt.said);
            }
        }
        let row = batches.iter().flat_map(Batch::reports).find(|report| report.row() == number);
        let Some(report) = row else { continue };
        for claim in report.claims() {
            let said = report.said(claim);
            assert!(!forbidden.contains(&said.trim()), "{shown}:{number}: a claim says {said:?}");
        }
    }
}

#[test]
fn nothing_of_a_refused_ignored_or_running_text_column_is_kept_of_any_sample() {
    for source in SOURCES {
        let about = source.about();
        check(&folder(about.name).join(about.sample_name), Some(about.name));
    }
    check(&folder("acled").join("before-2023.csv"), Some("acled"));
}

#[test]
fn nothing_of_a_refused_ignored_or_running_text_column_is_kept_of_any_real_file() {
    let Some(folder) = data() else { return };
    for file in [
        "events/ged-car-23.1.csv",
        "events/ged-ukraine-hdx-layout.csv",
        "events/ged-sample-49col.csv",
        "events/gdelt-20191024143000.export.csv.gz",
        "link/maverick-dev.csv",
        "link/nigeria-2011-ged.csv",
        "link/libya-2014-ged.csv",
        "link/ssudan-2015-ged.csv",
    ] {
        check(&folder.join(file), None);
    }
}

/// The invented people of the samples are called "A. Person" and so on, in every text that names
/// people in the real files; the communities are those of a hill and of a valley.
#[test]
fn no_person_and_no_community_of_a_sample_is_kept() {
    for source in SOURCES {
        let about = source.about();
        let (_, batches) = read(&folder(about.name).join(about.sample_name), Some(about.name));
        let sample = String::from_utf8_lossy(about.sample);
        let names_people = ["A. Person", "A. PERSON", "a-person", "reporter@"];
        assert!(
            names_people.iter().any(|it| sample.contains(it))
                || matches!(about.name, "crash" | "ucdp-ged-thin"),
            "{}: the sample tests nothing",
            about.name
        );
        for batch in &batches {
            for said in said_in(batch) {
                for name in
                    ["Person", "PERSON", "a-person", "reporter", "Hill ", "Valley", "VILLAGER"]
                {
                    assert!(!said.contains(name), "{}: {said}", about.name);
                }
            }
        }
    }
}

/// Every text of a batch: keys, words as said and as spelt, doubts.
fn said_in(batch: &Batch) -> Vec<String> {
    let mut texts: Vec<String> = batch.doubts().iter().map(|doubt| doubt.said.clone()).collect();
    for report in batch.reports() {
        texts.push(report.key().to_owned());
        for claim in report.claims() {
            texts.push(report.said(claim).to_owned());
            texts.extend(report.words(claim).map(str::to_owned));
        }
    }
    texts
}

/// An unknown column is never stored as it is, and one whose name promises people is refused.
#[test]
fn an_unknown_column_is_never_stored() {
    let folder = std::env::temp_dir().join(format!("sheaf-read-unknown-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("acme.csv");
    let table = "id,date,place,killed,mystery,suspect_name,mystery\n\
                 1,2031-03-01,Old Town,3,secret-a,secret-b,secret-c\n";
    std::fs::write(&path, table).unwrap();
    let (reading, batches, doubts) = read_all(&path, &ReadOptions::found_out()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(reading.head.reader, "plain");
    assert!(batches.iter().flat_map(said_in).all(|said| !said.contains("secret")));
    let unknown: Vec<&str> = reading.unknown.iter().map(|it| it.column.as_str()).collect();
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert_eq!(reading.refused[0].column, "suspect_name");
    assert_eq!(
        (reading.refused[0].why.as_str(), reading.refused[0].cells),
        ("names of persons", 1)
    );
    let said: Vec<String> =
        doubts.iter().map(|it| it.sentence(&reading.head.file, &reading.head.columns)).collect();
    assert!(said.iter().any(|it| it
        == "acme.csv: mystery: this is a column the reader does not know; its cells are not kept"));
}

/// No mapping fills a field from a column about people, and no built-in one tries to.
#[test]
fn a_mapping_that_asks_for_people_is_wrong() {
    let mapping = |column: &str, field: &str| {
        let text = format!(
            "[source]\nname = \"a\"\ntitle = \"a\"\n[fields]\n\"{column}\" = \"{field}\"\n"
        );
        Mapping::from_toml(&text, "acme.toml")
    };
    for column in ["victim_name", "suspect", "Age", "ethnicity", "religion", "e-mail", "natlty1"] {
        let error = mapping(column, "category").unwrap_err();
        assert!(error.to_string().contains("which a pool never keeps"), "{error}");
    }
    assert!(mapping("name", "place-name").is_ok());
    assert!(mapping("name", "category").is_err());
    for source in SOURCES {
        let table: toml::Table = source.about().mapping.parse().unwrap();
        let fields = table.get("fields").and_then(toml::Value::as_table);
        for column in fields.into_iter().flat_map(toml::Table::keys) {
            assert_eq!(people_in(column), None, "{}: {column}", source.about().name);
        }
    }
}
