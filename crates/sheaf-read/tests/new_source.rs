//! A drafted mapping loads as it is, reads the file it was drafted for, and keeps nothing about
//! people.

mod common;

use std::path::{Path, PathBuf};

use common::{data, folder, read};
use sheaf_model::{Batch, ColumnFate, Field, Meaning};
use sheaf_read::{Mapping, SOURCES, draft_mapping, told};

/// A folder of this test's own that goes away with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("sheaf-read-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Drafts a mapping, loads it and reads the file with it.
fn draft_and_read(path: &Path, scratch: &Scratch) -> (sheaf_read::Reading, Vec<Batch>) {
    let draft = draft_mapping(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Mapping::from_toml(&draft, "draft.toml").unwrap_or_else(|error| panic!("{error}\n{draft}"));
    let mapping = scratch.write("draft.toml", &draft);
    read(path, Some(&mapping.to_string_lossy()))
}

#[test]
fn a_draft_reads_the_table_it_was_drafted_for() {
    let scratch = Scratch::new("draft");
    let table = "\
Case No;Incident Date;Town;State;Latitude;Longitude;Killed;Injured (min);Injured;Victim Name;Suspect Age;Weapon;Summary;Misc
17-001;22/05/2031;Old Town;Upper;43.8;87.6;31+;90;94;A. Person;30;knife;Two cars drove into the market as A. Person looked on with others;x
17-002;23/05/2031;New Town;Upper;43.9;87.7;0;;2;B. Person;41;gun;A man was shot near the market on Friday said B. Person;y
";
    let path = scratch.write("acme-2031.csv", table);
    let (reading, batches) = draft_and_read(&path, &scratch);
    assert_eq!(reading.head.source.name.as_str(), "acme");
    assert_eq!(reading.tally.to_string(), "2 read = 2 reports + 0 set aside");
    let fates: Vec<(&str, String)> = reading
        .head
        .columns
        .iter()
        .zip(&reading.fates)
        .map(|(name, fate)| {
            let fate = match fate {
                ColumnFate::Mapped(field) => field.name().to_owned(),
                ColumnFate::Key => "key".to_owned(),
                ColumnFate::Ignored(why) => format!("ignored: {why}"),
                ColumnFate::Refused(why) => format!("refused: {why}"),
                ColumnFate::Unknown => "unknown".to_owned(),
            };
            (name.as_str(), fate)
        })
        .collect();
    let expected = [
        ("Case No", "ignored: decide"),
        ("Incident Date", "when"),
        ("Town", "place-name"),
        ("State", "admin-1"),
        ("Latitude", "where"),
        ("Longitude", "where"),
        ("Killed", "toll"),
        ("Injured (min)", "toll"),
        ("Injured", "toll"),
        ("Victim Name", "refused: names of persons"),
        ("Suspect Age", "refused: ages of persons"),
        ("Weapon", "weapon"),
        ("Summary", "wording"),
        ("Misc", "ignored: decide"),
    ];
    let fates: Vec<(&str, &str)> =
        fates.iter().map(|(name, fate)| (*name, fate.as_str())).collect();
    assert_eq!(fates, expected);
    let days: Vec<String> = batches
        .iter()
        .flat_map(Batch::reports)
        .flat_map(|report| report.claims().to_vec())
        .filter_map(|claim| match claim.meant {
            Meaning::When(when) => Some(when.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(days, ["2031-05-22", "2031-05-23"]);
    assert!(!told(&reading, &batches).contains("Person"));
}

#[test]
fn every_sample_can_be_drafted_for_and_read_by_its_draft() {
    let scratch = Scratch::new("samples");
    for source in SOURCES {
        let about = source.about();
        let path = folder(about.name).join(about.sample_name);
        let (reading, batches) = draft_and_read(&path, &scratch);
        // Without a header no column can be guessed (GDELT), and then no row holds what is kept.
        assert!(reading.tally.reports > 0 || about.name == "gdelt", "{}", about.name);
        assert!(reading.unknown.is_empty(), "{}", about.name);
        // The samples call every person "A. Person", "B. Person" or "C. Person".
        let reports = batches.iter().flat_map(Batch::reports);
        for said in reports.flat_map(|report| report.claims().iter().map(move |it| report.said(it)))
        {
            assert!(!said.contains(". Person"), "{}: {said}", about.name);
        }
    }
}

#[test]
fn drafts_for_real_files_date_and_place_them() {
    let Some(folder) = data() else { return };
    let scratch = Scratch::new("real");
    for file in [
        "events/ged-car-23.1.csv",
        "events/ged-syria-19.1.csv.gz",
        "events/ged-ukraine-hdx-layout.csv",
        "events/ged-pakistan-14col.csv",
        "link/maverick-dev.csv",
        "link/meltt-crash/crash_data2.csv",
        "link/nigeria-2011-ged.csv",
    ] {
        let (reading, batches) = draft_and_read(&folder.join(file), &scratch);
        let has = |field: Field| reading.fates.contains(&ColumnFate::Mapped(field));
        assert!(has(Field::When) && has(Field::Where), "{file}");
        let dated = batches
            .iter()
            .flat_map(Batch::reports)
            .filter(|report| report.claims().iter().any(|it| matches!(it.meant, Meaning::When(_))))
            .count() as u64;
        assert!(dated * 100 >= reading.tally.reports * 99, "{file}: {dated} dated");
    }
}
