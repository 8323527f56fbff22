//! Later vintages: what they add, revise and delete, and which reports are current.

mod common;

use common::*;
use sheaf_model::{Field, ReportId};
use sheaf_store::{Access, Change, ClaimChange, ImportId, Overlap, Pool, ReportChange, Wanted};

fn ids(pool: &Pool, as_known_on: Option<&str>) -> Vec<String> {
    let mut ids = Vec::new();
    pool.for_each_current(Wanted::ALL, as_known_on, |import, report| {
        ids.push(format!("{} {}", import.id, report.id(&import.about.source.name)));
    })
    .unwrap();
    if as_known_on.is_none() {
        assert_eq!(pool.n_current().unwrap(), ids.len() as u64);
    }
    ids
}

#[test]
fn the_same_bytes_are_known() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let about = about("acme", "list.csv", Some("1"), 1);
    assert_eq!(pool.import_known(&about.content).unwrap(), None);
    take_in(&pool, about.clone(), &batch(&[("1", "Kunming", 31)]));
    assert_eq!(pool.import_known(&about.content).unwrap(), Some(ImportId(1)));
    assert_eq!(pool.import_known(&[1; 32]).unwrap(), None);
}

#[test]
fn invariant_01_a_later_vintage_changes_nothing_of_an_earlier_one() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    let first = batch(&[("1", "Kunming", 31), ("2", "Urumqi", 31), ("3", "Beijing", 5)]);
    take_in(&pool, about("acme", "list.csv", Some("1"), 1), &first);
    let files = || {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(path.join("parts"))
            .unwrap()
            .map(|it| it.unwrap().path())
            .map(|it| (it.display().to_string(), std::fs::read(it).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = files();

    let second = batch(&[("4", "Guangzhou", 0), ("2", "Urumqi", 39), ("1", "Kunming", 31)]);
    let import = take_in(&pool, about("acme", "list.csv", Some("1"), 2), &second);
    assert_eq!(import.previous, Some(ImportId(1)));
    assert_eq!(import.change, Change { added: 1, revised: 1, deleted: 1, unchanged: 1 });
    assert_eq!(import.same_label, Some(ImportId(1)), "other bytes under the same label");
    assert!(before.iter().all(|file| files().contains(file)), "no byte was changed");

    // The deleted report is no longer current, and still there.
    assert_eq!(ids(&pool, None), ["i2 acme:4", "i2 acme:2", "i2 acme:1"]);
    let gone = ReportId::parse("acme:3").unwrap();
    let revised = ReportId::parse("acme:2").unwrap();
    let never = ReportId::parse("acme:5").unwrap();
    let found = pool.reports(&[gone, never, revised], Wanted::ALL).unwrap();
    let gone = found[0].as_ref().unwrap();
    assert_eq!((gone.import.id, gone.is_current), (ImportId(1), false));
    assert_eq!(shown(gone.report()), shown(first.report(2)));
    assert!(found[1].is_none());
    let revised = found[2].as_ref().unwrap();
    assert_eq!((revised.import.id, revised.is_current), (ImportId(2), true));
    assert_eq!(shown(revised.report()), shown(second.report(1)));
}

#[test]
fn another_label_is_no_surprise() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    take_in(&pool, about("acme", "list.csv", Some("1"), 1), &batch(&[("1", "Kunming", 31)]));
    let later = take_in(&pool, about("acme", "list.csv", Some("2"), 2), &batch(&[]));
    assert_eq!((later.previous, later.same_label), (Some(ImportId(1)), None));
    assert_eq!(later.change, Change { deleted: 1, ..Change::default() });
    assert_eq!(ids(&pool, None), [""; 0]);
    let unlabelled = take_in(&pool, about("acme", "list.csv", None, 3), &batch(&[]));
    assert_eq!(unlabelled.same_label, None, "no label is no label to be the same");
}

/// Another data set of the same source revises what both hold and deletes nothing.
#[test]
fn a_report_in_two_data_sets_is_current_once_in_the_newest() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let north = batch(&[("1", "Kunming", 31), ("2", "Urumqi", 31)]);
    take_in(&pool, about("acme", "north.csv", None, 1), &north);
    let south = batch(&[("2", "Urumqi", 39), ("3", "Beijing", 5)]);
    let second = take_in(&pool, about("acme", "south.csv", None, 2), &south);
    assert_eq!(second.previous, None);
    assert_eq!(second.overlaps, [Overlap { other: ImportId(1), shared: 1, revised: 1 }]);
    // The same key at another source is another report.
    take_in(&pool, about("zeta", "north.csv", None, 3), &batch(&[("2", "Urumqi", 43)]));
    assert_eq!(ids(&pool, None), ["i1 acme:1", "i2 acme:2", "i2 acme:3", "i3 zeta:2"]);
    // When the newer data set drops it, what the older says holds again.
    take_in(&pool, about("acme", "south.csv", None, 4), &batch(&[("3", "Beijing", 5)]));
    assert_eq!(ids(&pool, None), ["i1 acme:1", "i1 acme:2", "i3 zeta:2", "i4 acme:3"]);
    assert_eq!(pool.imports().unwrap()[1], second);
}

#[test]
fn the_pool_can_be_seen_as_it_was_known_on_a_day() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let take = |seed, reports: &[(&str, &str, u32)], at: &str| {
        let batch = batch(reports);
        let mut writer = pool.begin_import(about("acme", "list.csv", None, seed)).unwrap();
        writer.write(&batch, &columns()).unwrap();
        let mut tally = sheaf_model::Tally::default();
        tally.add(&batch);
        writer.finish(&columns(), &fates(), &tally, at).map(|_| ())
    };
    take(1, &[("1", "Kunming", 31)], "2026-03-01T09:00:00Z").unwrap();
    take(2, &[("1", "Kunming", 33), ("2", "Urumqi", 39)], "2026-03-05T09:00:00Z").unwrap();
    let err = take(3, &[], "yesterday").unwrap_err();
    assert_eq!(err.what, "\"yesterday\" is no time as the pool keeps it");
    assert_eq!(ids(&pool, Some("2026-02-28")), [""; 0]);
    assert_eq!(ids(&pool, Some("2026-03-01")), ["i1 acme:1"]);
    assert_eq!(ids(&pool, Some("2026-03-04")), ["i1 acme:1"]);
    assert_eq!(ids(&pool, Some("2026-03-05T08:59:59Z")), ["i1 acme:1"]);
    assert_eq!(ids(&pool, Some("2026-03-05")), ["i2 acme:1", "i2 acme:2"]);
}

#[test]
fn a_diff_names_every_change_and_its_totals_match() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let first = batch(&[("1", "Kunming", 31), ("2", "Urumqi", 31), ("3", "Beijing", 5)]);
    let second = batch(&[("4", "Guangzhou", 0), ("2", "Ürümqi", 39), ("1", "Kunming", 31)]);
    take_in(&pool, about("acme", "list.csv", Some("1"), 1), &first);
    let import = take_in(&pool, about("acme", "list.csv", Some("2"), 2), &second);
    let diff = pool.diff(ImportId(1), ImportId(2)).unwrap();
    assert_eq!(diff.change, import.change);
    let change = |field, column: &str, before: &str, after: &str| ClaimChange {
        field,
        column: column.to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    let revised = ReportChange::Revised {
        key: "2".to_owned(),
        changes: vec![
            change(Field::PlaceName, "place", "Urumqi", "Ürümqi"),
            change(Field::Toll, "killed", "31", "39"),
        ],
    };
    assert_eq!(
        diff.reports,
        [ReportChange::Added("4".to_owned()), revised, ReportChange::Deleted("3".to_owned())]
    );
    let back = pool.diff(ImportId(2), ImportId(1)).unwrap();
    assert_eq!((back.change.added, back.change.deleted, back.change.revised), (1, 1, 1));
    let same = pool.diff(ImportId(2), ImportId(2)).unwrap();
    assert_eq!((same.change.unchanged, same.reports.len()), (3, 0));

    take_in(&pool, about("zeta", "list.csv", None, 3), &first);
    let err = pool.diff(ImportId(1), ImportId(3)).unwrap_err();
    assert_eq!(err.what, "i1 is of acme and i3 of zeta: they have no report in common");
    let err = pool.diff(ImportId(1), ImportId(9)).unwrap_err();
    assert_eq!(
        (err.what.as_str(), err.hint.as_str()),
        ("i9 is no import of this pool", "there are i1 to i3")
    );
}

#[test]
fn two_states_of_the_whole_pool_can_be_compared() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    take_in(
        &pool,
        about("acme", "list.csv", Some("1"), 1),
        &batch(&[("1", "Kunming", 31), ("2", "Urumqi", 31), ("3", "Beijing", 5)]),
    );
    take_in(&pool, about("zeta", "list.csv", None, 2), &batch(&[("2", "Patna", 5)]));
    take_in(
        &pool,
        about("acme", "list.csv", Some("2"), 3),
        &batch(&[("4", "Guangzhou", 0), ("2", "Urumqi", 39), ("1", "Kunming", 31)]),
    );
    take_in(&pool, about("acme", "south.csv", None, 4), &batch(&[("4", "Guangzhou", 1)]));
    take_in(&pool, about("beta", "list.csv", None, 5), &batch(&[("1", "Beirut", 23)]));
    let diff = |then: u64, now: u64| {
        pool.diff_known(|import| import.id.0 <= then, |import| import.id.0 <= now).unwrap()
    };
    let told = |ids: &[ReportId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let killed = |before: &str, after: &str| ClaimChange {
        field: Field::Toll,
        column: "killed".to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    let forth = diff(2, 5);
    assert_eq!(told(&forth.added), ["acme:4", "beta:1"]);
    assert_eq!(told(&forth.deleted), ["acme:3"]);
    assert_eq!(forth.revised.len(), 1);
    assert_eq!(forth.revised[0].0.to_string(), "acme:2");
    assert_eq!(forth.revised[0].1, [killed("31", "39")]);
    let back = diff(5, 2);
    assert_eq!((&back.added, &back.deleted), (&forth.deleted, &forth.added));
    assert_eq!(back.revised[0].1, [killed("39", "31")]);
    // Another data set of the source says something else of the same report.
    let overlapped = diff(3, 4);
    assert_eq!((overlapped.added.len(), overlapped.deleted.len()), (0, 0));
    assert_eq!(overlapped.revised[0].1, [killed("0", "1")]);
    assert_eq!(diff(3, 3), sheaf_store::KnownDiff::default());
    assert_eq!(told(&diff(0, 2).added), ["acme:1", "acme:2", "acme:3", "zeta:2"]);
}

#[test]
fn a_fingerprint_knows_what_was_said_and_not_in_which_order_sources_came() {
    let place = tempfile::tempdir().unwrap();
    let pool = |name: &str, order: &[usize], last: u32| {
        let pool = Pool::create_or_open(&place.path().join(name)).unwrap();
        let vintages = [("acme", "31", 31), ("acme", "33", 33), ("zeta", "5", last)];
        for &idx in order {
            let (source, version, killed) = vintages[idx];
            let about = about(source, "list.csv", Some(version), killed.into());
            take_in(&pool, about, &batch(&[("1", "Kunming", killed)]));
        }
        pool.fingerprint(|_| true).unwrap()
    };
    let first = pool("a.sheaf", &[0, 1, 2], 5);
    assert_eq!(pool("b.sheaf", &[2, 0, 1], 5), first);
    assert_ne!(pool("c.sheaf", &[1, 0, 2], 5), first, "which vintage is later is no accident");
    assert_ne!(pool("d.sheaf", &[0, 1, 2], 6), first);
    assert_ne!(pool("e.sheaf", &[0, 1], 5), first);
    let whole = Pool::open(&place.path().join("a.sheaf"), Access::Read).unwrap();
    let without_last = whole.fingerprint(|import| import.id.0 < 3).unwrap();
    assert_eq!(without_last, pool("f.sheaf", &[0, 1], 5));
}

/// The reader gives a repeated key another name; should one not, the id still names one report.
#[test]
fn a_repeated_key_names_its_first_report() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let twice = batch(&[("1", "Kunming", 31), ("2", "Urumqi", 31), ("1", "Beijing", 5)]);
    let import = take_in(&pool, about("acme", "list.csv", None, 1), &twice);
    assert_eq!(import.n_repeated, 1);
    assert_eq!(ids(&pool, None), ["i1 acme:1", "i1 acme:2"]);
    let found = pool.reports(&[ReportId::parse("acme:1").unwrap()], Wanted::ALL).unwrap();
    assert_eq!(shown(found[0].as_ref().unwrap().report()), shown(twice.report(0)));
    let mut all = 0;
    pool.for_each_report(&import, Wanted::ALL, |_| all += 1).unwrap();
    assert_eq!(all, 3, "the other is kept");
}

/// "1.0" and "1" and " 1" are three keys, here as everywhere.
#[test]
fn invariant_03_keys_are_kept_raw() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let keys = ["1", "1.0", " 1", "1.97E+11", "é", "e\u{301}", "01", "A", "a"];
    let reports: Vec<(&str, &str, u32)> = keys.map(|key| (key, "Kunming", 31)).to_vec();
    let pool = Pool::create_or_open(&path).unwrap();
    let import = take_in(&pool, about("acme", "list.csv", None, 1), &batch(&reports));
    assert_eq!((import.change.added, import.n_repeated), (9, 0));
    let expected: Vec<String> = keys.iter().map(|key| format!("i1 acme:{key}")).collect();
    assert_eq!(ids(&pool, None), expected);
    drop(pool);
    let pool = Pool::open(&path, Access::Read).unwrap();
    let ids: Vec<ReportId> =
        keys.iter().map(|key| ReportId::parse(&format!("acme:{key}")).unwrap()).collect();
    let found = pool.reports(&ids, Wanted::ALL).unwrap();
    for (found, key) in found.iter().zip(keys) {
        assert_eq!(found.as_ref().unwrap().report().key(), key);
    }
}
