//! How many threads read a file changes nothing about what comes out of it: the same batches, to
//! the byte, in the same order, whatever rows repeat earlier ones and wherever batches end.

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sheaf_model::{Batch, DoubtCode, SetAsideReason};
use sheaf_read::{ReadOptions, Reading, SOURCES, read_all, told};

fn read(path: &Path, reader: Option<&str>, workers: usize, size: usize) -> (Reading, Vec<Batch>) {
    let mut options = ReadOptions::found_out();
    options.reader = reader.map(str::to_owned);
    options.workers = workers;
    options.batch_size = size;
    let (reading, batches, _) = read_all(path, &options).unwrap();
    (reading, batches)
}

/// Reads with one worker and with several, and compares everything.
fn check(path: &Path, reader: Option<&str>, size: usize) -> (Reading, Vec<Batch>) {
    let (reading, batches) = read(path, reader, 1, size);
    for workers in [2, 5] {
        let (same_reading, same_batches) = read(path, reader, workers, size);
        assert_eq!(same_reading, reading, "{}", path.display());
        // The debug form shows every field of a batch, its text and spans among them.
        assert!(format!("{same_batches:?}") == format!("{batches:?}"), "{}", path.display());
    }
    (reading, batches)
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn samples_are_read_alike_by_any_number_of_workers() {
    for source in SOURCES {
        let about = source.about();
        let path = common::folder(about.name).join(about.sample_name);
        for size in [1, 2, 3, 4_096] {
            check(&path, Some(about.name), size);
        }
    }
}

#[test]
fn real_files_are_read_alike_by_any_number_of_workers() {
    let Some(folder) = common::data() else { return };
    for file in ["ged-car-23.1.csv", "gdelt-20191024143000.export.csv.gz"] {
        let (reading, _) = check(&folder.join("events").join(file), None, 500);
        assert!(reading.tally.reports > 1_000, "{file}");
    }
}

#[test]
fn keys_that_repeat_across_batches_are_named_in_the_order_of_the_file() {
    let folder = scratch("workers-keys");
    let path = folder.join("acme.csv");
    let mut csv = String::from("id,date,country,latitude,longitude,killed\n");
    for row in 0..3_000 {
        // Rows 1,000 on give earlier keys again: with the same words, then with other ones.
        let (key, killed) = match row {
            0..1_000 => (row, row % 7),
            1_000..2_000 => (row - 1_000, (row - 1_000) % 7),
            _ => (row % 10, row / 100),
        };
        writeln!(csv, "{key},2014-05-22,China,43.8,87.6,{killed}").unwrap();
        if row % 500 == 3 {
            csv.push_str(",2014-05-22,China,north,87.6,1\n,,,,,\n");
        }
    }
    std::fs::write(&path, csv).unwrap();
    let (small, small_batches) = check(&path, Some("plain"), 7);
    let (large, large_batches) = check(&path, Some("plain"), 100_000);
    // Where batches end changes nothing either.
    let lines = |told: String| {
        let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines(told(&small, &small_batches)), lines(told(&large, &large_batches)));
    let rows = || large_batches.iter().flat_map(Batch::rows_set_aside);
    // All of the second thousand, and of the third all but the first of each key and hundred; of
    // the rows without a key all but the first.
    let copies = rows().filter(|row| row.reason == SetAsideReason::ExactCopy).count();
    assert_eq!(copies, 1_000 + (1_000 - 100) + 5);
    assert!(rows().is_sorted_by_key(|row| row.row));
    let doubts = || large_batches.iter().flat_map(Batch::doubts);
    let count = |code| doubts().filter(|doubt| doubt.code == code).count();
    assert_eq!((count(DoubtCode::DuplicateKey), count(DoubtCode::NoKey)), (100, 1));
    assert_eq!(count(DoubtCode::NotACoordinate), 1, "a copy raises no doubt of its own");
    let last = large_batches[0].reports().last().unwrap();
    assert_eq!(last.key(), "9#11");
}

#[test]
fn objects_that_grow_a_column_are_read_alike_by_any_number_of_workers() {
    let folder = scratch("workers-objects");
    let path = folder.join("acme.jsonl");
    let mut lines = String::new();
    for row in 0..300 {
        let extra = if row % 50 == 49 { format!(",\"new {row}\":1") } else { String::new() };
        let deaths = if row >= 120 { ",\"killed\":3" } else { "" };
        writeln!(
            lines,
            "{{\"id\":{row},\"date\":\"2014-05-22\",\"country\":\"China\"{deaths}{extra}}}"
        )
        .unwrap();
    }
    std::fs::write(&path, lines).unwrap();
    let (reading, batches) = check(&path, Some("plain"), 7);
    assert_eq!((reading.tally.reports, reading.head.columns.len()), (300, 4 + 6));
    let claims = |idx: usize| batches.iter().flat_map(Batch::reports).nth(idx).unwrap().claims();
    assert_eq!((claims(119).len(), claims(120).len()), (2, 3));
}

#[test]
fn who_takes_batches_may_stop_at_any_of_them() {
    let folder = scratch("workers-stop");
    let path = folder.join("acme.csv");
    let rows: String = (0..1_000).map(|row| format!("{row},2014-05-22,China\n")).collect();
    std::fs::write(&path, format!("id,date,country\n{rows}")).unwrap();
    let mut options = ReadOptions::found_out();
    (options.reader, options.batch_size, options.workers) = (Some("plain".to_owned()), 5, 2);
    let mut taken = 0;
    let stopped = sheaf_read::read_file(&path, &options, |_, batch| {
        taken += batch.len();
        if taken < 50 { Ok(()) } else { Err(sheaf_read::ReadError::new("stop", "enough")) }
    });
    assert_eq!((stopped.unwrap_err().code, taken), ("stop", 50));
}
