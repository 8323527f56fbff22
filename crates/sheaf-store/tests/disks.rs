//! Disks that cannot be written and disks that are full. Both need a file system of their own,
//! which takes `unshare` and `mount`; where these are not allowed, the tests say so and are
//! skipped.

#![cfg(target_os = "linux")]

mod common;

use std::path::Path;
use std::process::Command;

use common::*;
use sheaf_model::Tally;
use sheaf_store::{Access, Pool, Result};

const PLACE: &str = "SHEAF_TEST_PLACE";

/// Runs a test again as a child, in a mount namespace of its own after `mounting`; false if the
/// system does not let us.
fn again(test: &str, place: &Path, mounting: &str) -> bool {
    let run = |what: &str| {
        Command::new("unshare")
            .args(["--mount", "sh", "-c", &format!("{mounting} && {what}")])
            .env("EXE", std::env::current_exe().unwrap())
            .env("TEST", test)
            .env(PLACE, place)
            .output()
    };
    if !run("true").is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {test}: mounting is not allowed here");
        return false;
    }
    let output = run("exec \"$EXE\" --exact \"$TEST\" --nocapture").unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    true
}

fn try_to_take_in(pool: &Pool, number: u64, n: u32) -> Result<()> {
    let reports: Vec<(String, String, u32)> = (0..n)
        .map(|it| {
            (format!("{number}-{it}"), format!("Town {}", it.wrapping_mul(2_654_435_761)), it)
        })
        .collect();
    let reports: Vec<(&str, &str, u32)> =
        reports.iter().map(|(key, town, killed)| (key.as_str(), town.as_str(), *killed)).collect();
    let batch = batch(&reports);
    let mut tally = Tally::default();
    tally.add(&batch);
    let mut writer = pool.begin_import(about("acme", "list.csv", None, number))?;
    writer.write(&batch, &columns())?;
    writer.finish(&columns(), &fates(), &tally, AT).map(|_| ())
}

#[test]
fn a_read_only_disk_is_read_and_says_so_on_writing() {
    const TEST: &str = "a_read_only_disk_is_read_and_says_so_on_writing";
    if let Some(place) = std::env::var_os(PLACE) {
        let path = Path::new(&place).join("p.sheaf");
        let pool = Pool::open(&path, Access::Read).unwrap();
        assert_eq!(current(&pool).len(), 2);
        assert_eq!(pool.verify().unwrap(), []);
        for err in [Pool::open(&path, Access::Write), Pool::create_or_open(&path)] {
            let err = err.unwrap_err();
            let expected = format!("{}: this pool can be read but not written", path.display());
            assert_eq!((err.code, err.what), ("read-only", expected));
            assert_eq!(err.hint, "copy the pool to a place where you may write, and work there");
        }
        let err = Pool::create_or_open(&Path::new(&place).join("new.sheaf")).unwrap_err();
        assert_eq!(err.code, "not-permitted");
        let left = Pool::open(&Path::new(&place).join("left.sheaf"), Access::Read).unwrap_err();
        assert_eq!(left.code, "log-left-behind");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    try_to_take_in(&pool, 1, 2).unwrap();
    drop(pool);
    // A pool as a killed writer leaves it: copied while it is open, its log is there.
    let left = Pool::create_or_open(&place.path().join("open.sheaf")).unwrap();
    try_to_take_in(&left, 1, 2).unwrap();
    copy(left.path(), &place.path().join("left.sheaf"));
    drop(left);
    let at = place.path().display();
    again(
        TEST,
        place.path(),
        &format!("mount --bind '{at}' '{at}' && mount -o remount,ro,bind '{at}'"),
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|it| it.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "ledger.sqlite-shm" {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    const TEST: &str = "a_full_disk_loses_nothing_that_was_acknowledged";
    if let Some(place) = std::env::var_os(PLACE) {
        let path = Path::new(&place).join("p.sheaf");
        let mut acknowledged = 0;
        let mut n_full = 0;
        // Ever smaller imports, so that the disk fills in the parts, in their names and in the
        // ledger.
        for number in 1..400 {
            let n = [3_000, 400, 20, 1][(number as usize / 40).min(3)];
            let pool = match Pool::create_or_open(&path) {
                Ok(pool) => pool,
                Err(err) => {
                    assert_eq!(err.code, "disk-full", "{}: {err}", err.code);
                    continue;
                }
            };
            match try_to_take_in(&pool, number, n) {
                Ok(()) => acknowledged += 1,
                Err(err) => {
                    assert_eq!(err.code, "disk-full", "{}: {err}", err.code);
                    assert!(err.what.ends_with("the disk is full"), "{err}");
                    n_full += 1;
                }
            }
            drop(pool);
            let Ok(pool) = Pool::open(&path, Access::Read) else { continue };
            assert_eq!(pool.imports().unwrap().len(), acknowledged);
        }
        assert!(n_full > 20 && acknowledged > 3, "{n_full} times full, {acknowledged} taken in");
        // With the filler gone there is room again, and all is there.
        std::fs::remove_file(Path::new(&place).join("filler")).unwrap();
        let pool = Pool::open(&path, Access::Write).unwrap();
        try_to_take_in(&pool, 1_000, 5).unwrap();
        assert_eq!(pool.imports().unwrap().len(), acknowledged + 1);
        assert_eq!(pool.verify().unwrap(), []);
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let at = place.path().display();
    let filler = format!("head -c 300000 /dev/zero > '{at}/filler'");
    again(TEST, place.path(), &format!("mount -t tmpfs -o size=1536k tmpfs '{at}' && {filler}"));
}
