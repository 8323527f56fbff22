//! What several tests need: a reading told in words, and the folder of real files.
#![allow(dead_code)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sheaf_model::{Batch, ColumnFate, Meaning};
use sheaf_read::{ReadOptions, Reading, read_all};

/// Everything a reading found, as a person would want to check it.
pub fn told(reading: &Reading, batches: &[Batch]) -> String {
    let mut text = String::new();
    let head = &reading.head;
    writeln!(text, "reader {} · source {}", head.reader, head.source.name).unwrap();
    writeln!(text, "{}", reading.tally).unwrap();
    let column = |idx: u16| head.columns[usize::from(idx)].as_str();
    for batch in batches {
        for report in batch.reports() {
            let (key, row, unit) = (report.key(), report.row(), report.unit().name());
            writeln!(text, "\n{} · row {row} · {unit}", report.id(&head.source.name)).unwrap();
            assert!(!key.is_empty());
            for claim in report.claims() {
                let said = match report.said(claim) {
                    "" => "(not kept)".to_owned(),
                    said => format!("{said:?}"),
                };
                let meant = match claim.meant {
                    Meaning::PartOf(main) => format!("read with {}", column(main)),
                    Meaning::Words => "these words".to_owned(),
                    Meaning::Spelt(span) => batch.text(span).to_owned(),
                    other => meant(other),
                };
                writeln!(text, "  {} = {meant} ← {}: {said}", claim.field, column(claim.column))
                    .unwrap();
            }
        }
    }
    writeln!(text).unwrap();
    for batch in batches {
        for row in batch.rows_set_aside() {
            writeln!(text, "set aside: row {} {}", row.row, row.reason.sentence()).unwrap();
        }
    }
    for batch in batches {
        for doubt in batch.doubts() {
            writeln!(text, "doubt: {}", doubt.sentence(&head.file, &head.columns)).unwrap();
        }
    }
    writeln!(text).unwrap();
    for (name, fate) in head.columns.iter().zip(&reading.fates) {
        let fate = match fate {
            ColumnFate::Mapped(field) => format!("{field}"),
            ColumnFate::Key => "key".to_owned(),
            ColumnFate::Ignored(why) => format!("ignored: {why}"),
            ColumnFate::Refused(why) => format!("refused: {why}"),
            ColumnFate::Unknown => "unknown".to_owned(),
        };
        writeln!(text, "column {name}: {fate}").unwrap();
    }
    for (word, list) in [("refused", &reading.refused), ("withheld", &reading.withheld)] {
        for left_out in list {
            let (column, cells, why) = (&left_out.column, left_out.cells, &left_out.why);
            writeln!(text, "{word}: {cells} cells of {column}: {why}").unwrap();
        }
    }
    text
}

pub fn meant(meaning: Meaning) -> String {
    match meaning {
        Meaning::Words => "words".to_owned(),
        Meaning::Spelt(_) => "spelt".to_owned(),
        Meaning::When(when) => when.to_string(),
        Meaning::Where(place) => place.to_string(),
        Meaning::Toll(toll) => toll.to_string(),
        Meaning::Kind(kind) => kind.to_string(),
        Meaning::Day(day) => day.to_string(),
        Meaning::Number(number) => number.to_string(),
        Meaning::Unit(unit) => unit.name().to_owned(),
        Meaning::Wording(fingerprint) => format!("wording {fingerprint:016x}"),
        Meaning::PartOf(column) => format!("part of column {column}"),
        Meaning::Unknown(unknown) => unknown.to_string(),
        Meaning::NotUnderstood => "not understood".to_owned(),
    }
}

/// The folder of a built-in source.
pub fn folder(name: &str) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources");
    sources.join(name.replace('-', "_"))
}

/// Reads a file, or fails the test with what the reader said.
pub fn read(path: &Path, reader: Option<&str>) -> (Reading, Vec<Batch>) {
    let mut options = ReadOptions::found_out();
    options.reader = reader.map(str::to_owned);
    match read_all(path, &options) {
        Ok((reading, batches, _)) => (reading, batches),
        Err(error) => panic!("{}: {error} ({:?})", path.display(), error.hint),
    }
}

/// The folder of real files, or a printed notice that there is none.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("SHEAF_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: SHEAF_DATA is not set");
    }
    folder
}
