//! A writer killed at any moment leaves a pool that opens, with every acknowledged import whole
//! and no half one.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::*;
use sheaf_model::{Batch, Incident, IncidentId, Pair, ReportId, Tally, Verdict};
use sheaf_store::{Access, LinkageHead, Pool, SettledHead, Wanted};

const POOL: &str = "SHEAF_TEST_POOL_TO_WRITE_TO";

/// The reports of the import with this number: between a few and a few hundred.
fn reports_of(number: u64) -> Batch {
    let n = 1 + number * 37 % 400;
    let reports: Vec<(String, String, u32)> =
        (0..n).map(|it| (format!("{number}-{it}"), format!("Town {it}"), it as u32)).collect();
    let reports: Vec<(&str, &str, u32)> =
        reports.iter().map(|(key, town, killed)| (key.as_str(), town.as_str(), *killed)).collect();
    batch(&reports)
}

/// Takes imports in one after the other, with all else a pool can be asked to keep between them,
/// and says the number of each once it is acknowledged.
fn write_on(path: &Path, n: u64, mut acknowledged: impl FnMut(u64)) {
    let pool = Pool::create_or_open(path).unwrap();
    let first = pool.imports().unwrap().len() as u64 + 1;
    for number in first..first + n {
        let batch = reports_of(number);
        let mut tally = Tally::default();
        tally.add(&batch);
        let mut writer = pool.begin_import(about("acme", "list.csv", None, number)).unwrap();
        writer.write(&batch, &columns()).unwrap();
        let import = writer.finish(&columns(), &fates(), &tally, AT).unwrap();
        assert_eq!(import.id.0, number);
        acknowledged(number);
        let ids: Vec<ReportId> = batch.reports().map(|it| it.id(&source("acme").name)).collect();
        if let Some(pair) = Pair::new(ids[0].clone(), ids[ids.len() / 2].clone()) {
            pool.judge(&pair, Verdict::Unsure, "Desk", "", AT).unwrap();
        }
        let basis = pool.basis("{}").unwrap();
        let (settings, model, at) = ("{}".to_owned(), "none".to_owned(), AT.to_owned());
        let head = LinkageHead { basis, settings, model, at: at.clone() };
        let incident = Incident { id: IncidentId::of(&ids).unwrap(), reports: ids };
        pool.put_linkage(head, [incident]).unwrap();
        let head = SettledHead { basis, profile: "interval@1".to_owned(), at };
        pool.begin_settled(head).unwrap().finish().unwrap();
    }
}

/// Asserts that the pool is whole and holds at least the imports up to `acknowledged`.
fn check(path: &Path, acknowledged: u64) -> u64 {
    let pool = match Pool::open(path, Access::Read) {
        Ok(pool) => pool,
        // Killed before there was a pool; then nothing can have been acknowledged.
        Err(err) => {
            assert_eq!(acknowledged, 0, "{err}");
            assert!(["no-such-pool", "not-a-pool"].contains(&err.code), "{}: {err}", err.code);
            return 0;
        }
    };
    assert_eq!(pool.verify().unwrap(), []);
    let imports = pool.imports().unwrap();
    let n = imports.len() as u64;
    // One more may be in the ledger than the child lived to say.
    assert!(n == acknowledged || n == acknowledged + 1, "{n} imports, {acknowledged} acknowledged");
    for import in &imports {
        let told: Vec<String> = reports_of(import.id.0).reports().map(shown).collect();
        let mut back = Vec::new();
        pool.for_each_report(import, Wanted::ALL, |report| back.push(shown(report))).unwrap();
        assert!(back == told, "{} is not whole", import.id);
    }
    if let Some(linkage) = pool.linkage().unwrap() {
        let mut n_reports = 0;
        pool.for_each_incident(&linkage, |it| n_reports += it.reports.len() as u64).unwrap();
        assert_eq!(n_reports, linkage.n_reports);
    }
    n
}

#[test]
fn a_killed_writer_leaves_whole_imports_only() {
    if let Some(path) = std::env::var_os(POOL) {
        // We are the child: write until killed.
        return write_on(Path::new(&path), u64::MAX / 2, |number| {
            let mut out = std::io::stdout();
            writeln!(out, "acknowledged {number}").and_then(|()| out.flush()).unwrap();
        });
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut n_imports = 0;
    for round in 0..30 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_writer_leaves_whole_imports_only", "--nocapture"])
            .env(POOL, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut heard = n_imports;
        let mut hear = |line: String| {
            let number: Option<u64> = line.strip_prefix("acknowledged ")?.parse().ok();
            heard = number?;
            number
        };
        // After so many imports of its own, and some way into what comes next.
        for _ in 0..random % 4 {
            while lines.next().is_some_and(|line| hear(line).is_none()) {}
        }
        std::thread::sleep(Duration::from_micros(random / 4 % 60_000));
        child.kill().unwrap();
        for line in lines {
            hear(line);
        }
        child.wait().unwrap();
        assert!(heard >= n_imports, "round {round}");
        n_imports = check(&path, heard);
    }
    assert!(n_imports > 30, "the children were killed too early to show anything: {n_imports}");
    // The next writer sweeps what the killed ones left, and goes on.
    write_on(&path, 1, |_| {});
    assert_eq!(check(&path, n_imports + 1), n_imports + 1);
    drop(Pool::open(&path, Access::Write).unwrap());
    let names: Vec<String> = std::fs::read_dir(path.join("parts"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| name.ends_with(".parquet")), "{names:?}");
    let n_views = names.iter().filter(|it| it.contains(".members.") || it.contains(".values."));
    assert_eq!(n_views.count(), 2, "{names:?}");
}

#[test]
fn an_import_that_is_dropped_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    let mut writer = pool.begin_import(about("acme", "list.csv", None, 1)).unwrap();
    writer.write(&reports_of(9), &columns()).unwrap();
    drop(writer);
    let mut writer = pool.begin_import(about("acme", "list.csv", None, 1)).unwrap();
    writer.write(&reports_of(9), &columns()).unwrap();
    let err = writer.finish(&columns(), &fates(), &Tally::default(), AT).unwrap_err();
    assert_eq!(err.what, "list.csv: 0 reports were counted and 334 written");
    assert_eq!(std::fs::read_dir(path.join("parts")).unwrap().count(), 0);
    assert_eq!((pool.imports().unwrap().len(), current(&pool).len()), (0, 0));
}
