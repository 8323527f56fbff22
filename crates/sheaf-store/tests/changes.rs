//! What changed since some imports were all there was: the difference between the current reports
//! then and now, and nothing else.

mod common;

use common::*;
use proptest::prelude::*;
use sheaf_model::*;
use sheaf_store::{ImportId, Pool, Wanted};

/// One report to take in: which key, what it says, and how.
#[derive(Clone, Debug)]
struct Entry {
    key: u8,
    town: u8,
    /// Its two claims change places, which no digest sees.
    is_turned: bool,
    /// A mended mapping: the same words mean something else, which no digest sees.
    is_mended: bool,
}

fn batch_of(entries: &[Entry]) -> Batch {
    let mut batch = Batch::default();
    for (row, entry) in entries.iter().enumerate() {
        batch.begin_report(&entry.key.to_string(), row as u64 + 2, Unit::Incident);
        let mut say = |column| match column {
            0 => batch.say(Field::PlaceName, 0, &format!("Town {}", entry.town), Meaning::Words),
            _ => {
                let day = Day::from_ymd(2014, 5, if entry.is_mended { 6 } else { 5 }).unwrap();
                batch.say(Field::When, 1, "5/6/2014", Meaning::When(When::on(day)));
            }
        };
        let columns = if entry.is_turned { [1, 0] } else { [0, 1] };
        columns.into_iter().for_each(&mut say);
        batch.end_report();
    }
    batch
}

fn entry() -> impl Strategy<Value = Entry> {
    let rarely = || prop::bool::weighted(0.1);
    (0..8_u8, 0..2_u8, rarely(), rarely()).prop_map(|(key, town, is_turned, is_mended)| Entry {
        key,
        town,
        is_turned,
        is_mended,
    })
}

/// The current reports with their ids, as text without the row they stand in.
fn current_now(pool: &Pool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    pool.for_each_current(Wanted::ALL, None, |import, report| {
        all.push((report.id(&import.about.source.name).to_string(), said(report)));
    })
    .unwrap();
    all
}

fn said(report: ReportView<'_>) -> String {
    let text = shown(report);
    text.split_once(' ').unwrap().1.to_owned()
}

fn check(pool: &Pool, then: &[ImportId], before: &[(String, String)]) {
    let after = current_now(pool);
    let mut come = Vec::new();
    let gone = pool
        .changes_since(then, Wanted::ALL, |import, report| {
            come.push((report.id(&import.about.source.name).to_string(), said(report)));
        })
        .unwrap();
    let expected: Vec<_> = after.iter().filter(|it| !before.contains(it)).cloned().collect();
    assert_eq!(come, expected, "since {then:?}");
    let expected: Vec<&str> =
        before.iter().filter(|it| !after.contains(it)).map(|(id, _)| id.as_str()).collect();
    let gone: Vec<&str> = gone.iter().map(ReportId::as_str).collect();
    assert_eq!(gone, expected, "since {then:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Vintages of data sets that share keys, with keys that come twice.
    #[test]
    fn changes_are_the_difference_between_then_and_now(
        files in prop::collection::vec(
            (0..2_usize, 0..3_usize, prop::collection::vec(entry(), 0..7)),
            1..7,
        ),
    ) {
        let place = tempfile::tempdir().unwrap();
        let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
        let mut states = vec![(Vec::new(), Vec::new())];
        for (number, (source, dataset, entries)) in files.iter().enumerate() {
            let (source, file) = (["acme", "zeta"][*source], ["a.csv", "b.csv", "c.csv"][*dataset]);
            take_in(&pool, about(source, file, None, number as u64), &batch_of(entries));
            let imports = pool.imports().unwrap().iter().map(|import| import.id).collect();
            states.push((imports, current_now(&pool)));
        }
        for (then, before) in &states {
            check(&pool, then, before);
        }
    }
}

#[test]
fn the_latest_vintages_stand_for_all() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    take_in(&pool, about("acme", "a.csv", None, 1), &batch(&[("1", "Kunming", 31)]));
    take_in(&pool, about("acme", "a.csv", None, 2), &batch(&[("2", "Urumqi", 39)]));
    let before = current_now(&pool);
    take_in(&pool, about("acme", "b.csv", None, 3), &batch(&[("2", "Urumqi", 43), ("3", "x", 1)]));
    check(&pool, &[ImportId(2)], &before);
    check(&pool, &[ImportId(1), ImportId(2)], &before);
    let err = pool.changes_since(&[ImportId(9)], Wanted::ALL, |_, _| {}).unwrap_err();
    assert_eq!(err.code, "no-such-import");
}

/// More than is read at a time, so that rows are picked from several chunks and threads.
#[test]
fn many_are_told_from_many_more() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let many = |numbers: std::ops::Range<u32>, revised: u32| {
        let reports: Vec<(String, u32)> = numbers
            .map(|number| (number.to_string(), if number % revised == 0 { 7 } else { 5 }))
            .collect();
        let reports: Vec<(&str, &str, u32)> =
            reports.iter().map(|(key, killed)| (key.as_str(), "a town", *killed)).collect();
        batch(&reports)
    };
    take_in(&pool, about("acme", "a.csv", None, 1), &many(0..30_000, 1_000_000));
    let before = current_now(&pool);
    let newer = take_in(&pool, about("acme", "b.csv", None, 2), &many(29_000..31_000, 7));
    assert_eq!((newer.overlaps[0].shared, newer.overlaps[0].revised), (1_000, 143));
    let found = |number: u32| {
        let id = ReportId::parse(&format!("acme:{number}")).unwrap();
        pool.reports(&[id], Wanted::ALL).unwrap().remove(0).unwrap().import.id
    };
    assert_eq!((found(28_999), found(29_000)), (ImportId(1), ImportId(2)));
    let (mut n_come, mut last) = (0, None);
    let gone = pool
        .changes_since(&[ImportId(1)], Wanted::ALL, |_, report| {
            n_come += 1;
            assert!(last < Some(report.row()));
            last = Some(report.row());
        })
        .unwrap();
    assert_eq!((n_come, gone.len()), (1_143, 143));
    let after = current_now(&pool);
    let before: std::collections::HashSet<_> = before.into_iter().collect();
    assert_eq!(after.iter().filter(|it| !before.contains(it)).count(), 1_143);
    // Scattered ids come back each in its place.
    let ids: Vec<ReportId> = (0..30_000)
        .step_by(11)
        .rev()
        .map(|number| ReportId::parse(&format!("acme:{number}")).unwrap())
        .collect();
    let back = pool.reports(&ids, Wanted::ALL).unwrap();
    for (id, found) in ids.iter().zip(&back) {
        assert_eq!(found.as_ref().unwrap().report().key(), id.key());
        assert_eq!(found.as_ref().unwrap().report().claims().len(), 3);
    }
}
