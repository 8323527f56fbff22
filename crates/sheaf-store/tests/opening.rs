//! Opening what is no pool, what is damaged and what is taken: one clear sentence each.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use sheaf_store::{Access, Pool, StoreError};

/// A pool with one import, closed.
fn pool_at(path: &Path) {
    let pool = Pool::create_or_open(path).unwrap();
    take_in(&pool, about("acme", "list.csv", Some("1"), 1), &batch(&[("1", "Kunming", 31)]));
}

fn part(path: &Path, kind: &str) -> PathBuf {
    let parts = fs::read_dir(path.join("parts")).unwrap().flatten().map(|it| it.path());
    let ending = format!(".{kind}.parquet");
    parts.into_iter().find(|it| it.to_str().unwrap().ends_with(&ending)).unwrap()
}

/// The sentence with the pool's place and the part's hash taken out, the hint, and the code.
fn said(err: &StoreError, path: &Path) -> String {
    let what = err.what.replace(path.to_str().unwrap(), "POOL");
    let words: Vec<String> = what
        .split('/')
        .map(|word| match word.split_once('.') {
            Some((hash, rest)) if hash.len() == 64 => format!("HASH.{rest}"),
            _ => word.to_owned(),
        })
        .collect();
    format!("{}\n{}\n{}", err.code, words.join("/"), err.hint)
}

/// Both ways of opening say the same.
fn check(path: &Path, expected: &str) {
    for access in [Access::Read, Access::Write] {
        let err = Pool::open(path, access).unwrap_err();
        assert_eq!(said(&err, path), expected, "{access:?}");
    }
}

#[test]
fn what_is_no_pool_is_told_apart_from_what_is_not_there() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    check(
        &path,
        "no-such-pool\nPOOL: there is no pool here\n\
         check the spelling; a pool is a directory, usually named NAME.sheaf",
    );
    fs::write(&path, "id,date\n").unwrap();
    let a_file = "not-a-pool\nPOOL: this is a file, not a pool\n\
         a pool is a directory, usually named NAME.sheaf; to take a file in, name the pool first";
    check(&path, a_file);
    assert_eq!(said(&Pool::create_or_open(&path).unwrap_err(), &path), a_file);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("holiday.jpg"), "").unwrap();
    let foreign = "not-a-pool\nPOOL: this directory is not a pool: it has no ledger.sqlite\n\
         name another directory, or an unused name to start a new pool";
    check(&path, foreign);
    assert_eq!(said(&Pool::create_or_open(&path).unwrap_err(), &path), foreign);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "nothing was put into it");
    let deep = place.path().join("no/such/p.sheaf");
    assert_eq!(
        said(&Pool::create_or_open(&deep).unwrap_err(), &deep),
        "no-such-directory\nPOOL: there is no directory to put the pool in\n\
         make the directory first, or check the spelling"
    );
}

#[test]
fn another_programs_database_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    fs::create_dir(&path).unwrap();
    let ledger = path.join("ledger.sqlite");
    rusqlite::Connection::open(&ledger).unwrap().execute_batch("CREATE TABLE book (x)").unwrap();
    let before = fs::read(&ledger).unwrap();
    check(
        &path,
        "not-a-pool\nPOOL: this directory is not a pool: its ledger.sqlite belongs to another \
         program\nname another directory, or an unused name to start a new pool",
    );
    assert_eq!(Pool::create_or_open(&path).unwrap_err().code, "not-a-pool");
    assert_eq!(fs::read(&ledger).unwrap(), before);
    fs::write(
        &ledger,
        "this is no database, though it is long enough to hold a header of one, \
        which takes a hundred bytes",
    )
    .unwrap();
    check(
        &path,
        "ledger-damaged\nPOOL/ledger.sqlite: the ledger is damaged\n\
         put back a copy of ledger.sqlite; the parts beside it are untouched",
    );
}

#[test]
fn a_pool_of_a_newer_format_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    let ledger = path.join("ledger.sqlite");
    rusqlite::Connection::open(&ledger).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let before = fs::read(&ledger).unwrap();
    check(
        &path,
        "newer-format\nPOOL: this pool is of format 7, and this program reads formats up to 5\n\
         use a newer sheaf; nothing in the pool was changed",
    );
    assert_eq!(fs::read(&ledger).unwrap(), before);
}

#[test]
fn a_damaged_part_is_named() {
    let put_back = "put back a copy of this file, or remove the pool and read the files again";
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    let name = part(&path, "claims");
    let whole = fs::read(&name).unwrap();

    fs::write(&name, &whole[..whole.len() / 2]).unwrap();
    check(
        &path,
        &format!(
            "part-truncated\nPOOL/parts/HASH.claims.parquet: this part is cut short: {} bytes \
             where {} were written\n{put_back}",
            whole.len() / 2,
            whole.len()
        ),
    );
    fs::write(&name, [&whole[..], b"x"].concat()).unwrap();
    check(
        &path,
        &format!(
            "part-altered\nPOOL/parts/HASH.claims.parquet: this part is longer than it was: {} \
             bytes where {} were written\n{put_back}",
            whole.len() + 1,
            whole.len()
        ),
    );
    let mut other_end = whole.clone();
    other_end[whole.len() - 20] ^= 1;
    fs::write(&name, other_end).unwrap();
    check(
        &path,
        &format!(
            "part-altered\nPOOL/parts/HASH.claims.parquet: this part is not as it was written: \
             its end is not the end that was written\n{put_back}"
        ),
    );
    fs::remove_file(&name).unwrap();
    check(
        &path,
        &format!(
            "part-missing\nPOOL/parts/HASH.claims.parquet: this part of the pool is missing\n\
             {put_back}"
        ),
    );
    // Put back, everything is there again: nothing was lost by looking.
    fs::write(&name, whole).unwrap();
    assert_eq!(Pool::open(&path, Access::Write).unwrap().imports().unwrap().len(), 1);
}

#[test]
fn a_byte_changed_in_the_middle_is_found_by_verify() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    let name = part(&path, "reports");
    let mut bytes = fs::read(&name).unwrap();
    bytes[40] ^= 1;
    fs::write(&name, bytes).unwrap();
    let pool = Pool::open(&path, Access::Read).unwrap();
    let wrong: Vec<String> = pool.verify().unwrap().iter().map(|err| said(err, &path)).collect();
    assert_eq!(
        wrong,
        ["part-altered\nPOOL/parts/HASH.reports.parquet: this part is not as it was written: its \
          content no longer matches its name\n\
          put back a copy of this file, or remove the pool and read the files again"]
    );
}

/// Whatever byte is altered, reading ends in a sentence or in what is there; never in a panic.
#[test]
fn reading_an_altered_part_never_panics() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    for kind in ["reports", "claims", "notes"] {
        let name = part(&path, kind);
        let whole = fs::read(&name).unwrap();
        let pool = Pool::open(&path, Access::Read).unwrap();
        for at in (0..whole.len()).step_by(5) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            fs::write(&name, bytes).unwrap();
            // Opened before the damage is done, so that reading meets every byte of it.
            let pool = &pool;
            for import in pool.imports().unwrap() {
                let _ = pool.for_each_report(&import, sheaf_store::Wanted::ALL, |report| {
                    assert!(!shown(report).is_empty());
                });
                let _ = pool.doubts(import.id);
            }
            assert_eq!(pool.verify().unwrap().len(), 1);
        }
        fs::write(&name, whole).unwrap();
    }
}

#[test]
fn a_second_writer_hears_of_the_first_at_once_and_readers_do_not_wait() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    let first = Pool::open(&path, Access::Write).unwrap();
    let mut writer = first.begin_import(about("acme", "list.csv", Some("2"), 2)).unwrap();
    writer.write(&batch(&[("2", "Urumqi", 39)]), &columns()).unwrap();
    let err = Pool::open(&path, Access::Write).unwrap_err();
    assert_eq!(
        said(&err, &path),
        "second-writer\nPOOL: another program is writing to this pool\n\
         wait until it is done; reading is possible meanwhile"
    );
    assert_eq!(Pool::create_or_open(&path).unwrap_err(), err);
    let reader = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(current(&reader).len(), 1);
    let mut tally = sheaf_model::Tally::default();
    tally.add(&batch(&[("2", "Urumqi", 39)]));
    writer.finish(&columns(), &fates(), &tally, AT).unwrap();
    assert!(current(&reader)[0].starts_with("acme:2@"), "the later vintage deleted report 1");
    drop(first);
    Pool::open(&path, Access::Write).unwrap();
}

#[test]
fn what_is_opened_for_reading_does_not_write() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    pool_at(&path);
    let pool = Pool::open(&path, Access::Read).unwrap();
    let err = pool.begin_import(about("acme", "x.csv", None, 9)).err().unwrap();
    assert_eq!(
        said(&err, &path),
        "opened-for-reading\nPOOL: this pool was opened for reading only\nopen it for writing"
    );
}

#[test]
fn a_creation_that_was_interrupted_is_taken_up() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    fs::create_dir(&path).unwrap();
    Pool::create_or_open(&path).unwrap();
    fs::remove_dir_all(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fs::create_dir(path.join("parts")).unwrap();
    fs::write(path.join("lock"), "").unwrap();
    fs::write(path.join("ledger.sqlite"), "").unwrap();
    check(
        &path,
        "not-a-pool\nPOOL: this is no pool yet: making it was interrupted\n\
         nothing was lost; start it again under the same name",
    );
    pool_at(&path);
    assert_eq!(Pool::open(&path, Access::Read).unwrap().imports().unwrap().len(), 1);
}
