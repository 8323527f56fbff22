//! Taking files in and reading them back.

mod common;

use common::*;
use sheaf_model::{Batch, Doubt, DoubtCode, SetAside, SetAsideReason, Tally};
use sheaf_store::{Access, Pool};

#[test]
fn what_is_taken_in_is_read_back() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let batch = batch(&[("1", "Ürümqi ", 39), ("2", "Kunming", 31)]);
    let told: Vec<String> = batch.reports().map(|it| format!("acme:{}", shown(it))).collect();
    let import = {
        let pool = Pool::create_or_open(&path).unwrap();
        take_in(&pool, about("acme", "list.csv", Some("1"), 1), &batch)
    };
    let pool = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(current(&pool), told);
    assert_eq!(pool.imports().unwrap(), [import]);
    assert_eq!(pool.verify().unwrap(), []);
}

/// Read = reports + set aside, in the ledger as in the reading; and the parts hold just as many.
#[test]
fn invariant_06_what_is_kept_adds_up_to_what_was_read() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let mut tally = Tally::default();
    let mut writer = pool.begin_import(about("acme", "list.csv", None, 1)).unwrap();
    let mut rest = Batch::default();
    for row in 4..20_004 {
        rest.set_aside(SetAside { row, reason: SetAsideReason::Blank });
        rest.doubt(Doubt::about_cell(row, 2, DoubtCode::NotADay, "31/02/2021"));
    }
    rest.set_aside(SetAside { row: 20_004, reason: SetAsideReason::ExactCopy });
    for batch in [batch(&[("1", "Kunming", 31), ("2", "Urumqi", 39)]), rest] {
        tally.add(&batch);
        writer.write(&batch, &columns()).unwrap();
    }
    let import = writer.finish(&columns(), &fates(), &tally, AT).unwrap();
    assert_eq!(import.tally.to_string(), "20003 read = 2 reports + 20001 set aside");
    assert_eq!(pool.import(import.id).unwrap(), import);
    let (doubts, set_aside) = pool.doubts(import.id).unwrap();
    let mut n_reports = 0;
    pool.for_each_report(&import, sheaf_store::Wanted::ALL, |_| n_reports += 1).unwrap();
    assert_eq!(n_reports + set_aside.len() as u64, import.tally.read());
    assert_eq!(doubts.len() as u64, import.tally.n_doubts());
    assert_eq!(set_aside.last().unwrap().reason, SetAsideReason::ExactCopy);
}

/// Several files may be read at the same time; each import is whole, and they are numbered in the
/// order in which they are finished.
#[test]
fn imports_can_be_written_side_by_side() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    std::thread::scope(|scope| {
        for source in ["acme", "beta", "gamma"] {
            let pool = &pool;
            scope.spawn(move || {
                let batch = batch(&[("1", source, 31), ("2", source, 39)]);
                take_in(pool, about(source, &format!("{source}.csv"), None, 1), &batch)
            });
        }
    });
    let imports = pool.imports().unwrap();
    assert_eq!(imports.iter().map(|import| import.id.0).collect::<Vec<_>>(), [1, 2, 3]);
    let mut told = Vec::new();
    pool.for_each_current(sheaf_store::Wanted::ALL, None, |import, report| {
        assert_eq!(report.said(&report.claims()[1]), import.about.source.name.as_str());
        told.push(report.id(&import.about.source.name).to_string());
    })
    .unwrap();
    told.sort();
    assert_eq!(told, ["acme:1", "acme:2", "beta:1", "beta:2", "gamma:1", "gamma:2"]);
}
