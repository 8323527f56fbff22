//! Linkages kept, and what old handles lead to.

mod common;

use common::*;
use sheaf_model::{Incident, IncidentId, ReportId};
use sheaf_store::{HandleChange, Linkage, LinkageHead, Pool, Resolution};

fn id(text: &str) -> ReportId {
    ReportId::parse(text).unwrap()
}

fn handle(text: &str) -> IncidentId {
    IncidentId::of([&id(text)]).unwrap()
}

/// Links the pool so: each line is an incident, its reports apart by spaces.
fn link(pool: &Pool, at: &str, incidents: &[&str]) -> Linkage {
    let incidents = incidents.iter().map(|reports| {
        let reports: Vec<ReportId> = reports.split(' ').map(id).collect();
        Incident { id: IncidentId::of(&reports).unwrap(), reports }
    });
    let head = LinkageHead {
        basis: pool.basis("{}").unwrap(),
        settings: "{}".to_owned(),
        model: "hand@1".to_owned(),
        at: at.to_owned(),
    };
    pool.put_linkage(head, incidents.collect::<Vec<_>>()).unwrap()
}

const FIRST: &str = "2026-03-01T12:00:00Z";
const SECOND: &str = "2026-03-02T12:00:00Z";
const THIRD: &str = "2026-03-03T12:00:00Z";

fn was(now: &[&str], since: &str) -> Resolution {
    Resolution::Was { now: now.iter().map(|it| handle(it)).collect(), since: since.to_owned() }
}

#[test]
fn invariant_04_old_handles_resolve_and_say_what_became_of_them() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    assert_eq!(pool.linkage().unwrap(), None);
    assert_eq!(pool.resolve("a:1").unwrap(), Resolution::Unknown { nearest: vec![] });

    link(&pool, FIRST, &["a:1 b:1", "a:2", "b:2", "c:9 c:8", "d:1 d:2 d:3"]);
    let second = link(&pool, SECOND, &["a:1 b:1 a:2", "b:2", "d:2 d:3", "d:1"]);
    assert_eq!((second.number, second.n_reports, second.n_incidents), (2, 7, 4));

    let reports = vec![id("a:1"), id("a:2"), id("b:1")];
    let here = Resolution::Incident { id: handle("a:1"), reports: reports.clone() };
    assert_eq!(pool.resolve("a:1").unwrap(), here);
    // Merged: the old handle leads to the incident that took it in.
    assert_eq!(pool.resolve("a:2").unwrap(), was(&["a:1"], SECOND));
    // A report that never was a handle.
    let report = Resolution::Report { report: id("b:1"), id: handle("a:1"), reports };
    assert_eq!(pool.resolve("b:1").unwrap(), report);
    // No report of it is current any more.
    assert_eq!(pool.resolve("c:8").unwrap(), was(&[], SECOND));
    // Split: the handle is still one, and its history says what left it.
    let apart = HandleChange {
        at: SECOND.to_owned(),
        became: vec![(Some(handle("d:1")), 1), (Some(handle("d:2")), 2)],
    };
    assert_eq!(pool.handle_history("d:1").unwrap(), [apart]);

    // A chain: a:2 went into a:1, which goes into 0:1 (a smaller report came).
    link(&pool, THIRD, &["a0:1 a:1 b:1 a:2", "b:2", "d:1 d:2", "d:3", "c:8"]);
    assert_eq!(pool.resolve("a:1").unwrap(), was(&["a0:1"], THIRD));
    assert_eq!(pool.resolve("a:2").unwrap(), was(&["a0:1"], SECOND));
    assert_eq!(pool.resolve("d:2").unwrap(), was(&["d:1", "d:3"], THIRD));
    // What went came back.
    let back = Resolution::Incident { id: handle("c:8"), reports: vec![id("c:8")] };
    assert_eq!(pool.resolve("c:8").unwrap(), back);
}

#[test]
fn a_report_in_no_incident_is_still_a_report() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    take_in(&pool, about("acme", "list.csv", None, 1), &batch(&[("1", "a", 1), ("2", "b", 2)]));
    take_in(&pool, about("acme", "list.csv", None, 2), &batch(&[("1", "a", 1)]));
    let outside = |text, is_current| Resolution::Outside { report: id(text), is_current };
    assert_eq!(pool.resolve("acme:1").unwrap(), outside("acme:1", true));
    link(&pool, FIRST, &["acme:1"]);
    assert_eq!(pool.resolve("acme:2").unwrap(), outside("acme:2", false));
}

/// A view can be thrown away: losing it is no reason not to open the pool.
#[test]
fn a_damaged_view_counts_as_not_made_yet() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    let linkage = link(&pool, FIRST, &["a:1 b:1"]);
    let part = std::fs::read_dir(path.join("parts")).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&part).unwrap();
    drop(pool);
    std::fs::write(&part, &whole[..whole.len() - 9]).unwrap();
    let pool = Pool::create_or_open(&path).unwrap();
    assert_eq!(pool.linkage().unwrap(), None);
    assert_eq!(pool.verify().unwrap()[0].code, "part-truncated");
    std::fs::remove_file(&part).unwrap();
    assert_eq!(pool.linkage().unwrap(), None);
    // Whoever still holds a view that was swept hears what to do.
    let err = pool.for_each_incident(&linkage, |_| {}).unwrap_err();
    assert_eq!((err.code, err.hint.as_str()), ("view-gone", "ask for the newest view"));
    link(&pool, SECOND, &["a:1 b:1"]);
    assert!(pool.linkage().unwrap().is_some());
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    link(&pool, FIRST, &["ucdp-ged:36210 acme:36210", "ucdp-ged:36211", "acme:5"]);
    let check = |asked: &str, expected: &[&str]| {
        let nearest = expected.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(pool.resolve(asked).unwrap(), Resolution::Unknown { nearest }, "{asked}");
    };
    check("ucdp-ged:3621", &["ucdp-ged:36210", "ucdp-ged:36211"]);
    check("36210", &["acme:36210", "ucdp-ged:36210"]);
    check("something else", &[]);
    check("", &[]);
}

#[test]
fn incidents_are_read_back_in_order_of_handle() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    link(&pool, FIRST, &["b:2", "b:1 a:2", "a:3 a:1"]);
    drop(pool);
    let pool = Pool::open(&path, sheaf_store::Access::Read).unwrap();
    let linkage = pool.linkage().unwrap().unwrap();
    let mut told = Vec::new();
    pool.for_each_incident(&linkage, |incident| told.push(incident)).unwrap();
    let of = |reports: &[&str]| {
        let reports: Vec<ReportId> = reports.iter().map(|it| id(it)).collect();
        Incident { id: IncidentId::of(&reports).unwrap(), reports }
    };
    assert_eq!(told, [of(&["a:1", "a:3"]), of(&["a:2", "b:1"]), of(&["b:2"])]);
}

#[test]
fn a_report_in_two_incidents_is_refused_and_nothing_is_kept() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let head = LinkageHead {
        basis: [0; 32],
        settings: "{}".to_owned(),
        model: "hand@1".to_owned(),
        at: FIRST.to_owned(),
    };
    let twice = [
        Incident { id: handle("a:1"), reports: vec![id("a:1"), id("b:1")] },
        Incident { id: handle("a:2"), reports: vec![id("a:2"), id("b:1")] },
    ];
    let err = pool.put_linkage(head, twice).unwrap_err();
    assert_eq!(err.what, "the report b:1 is in the incidents a:1 and a:2");
    assert_eq!(pool.linkage().unwrap(), None);
}

#[test]
fn the_basis_changes_with_everything_a_linkage_rests_on() {
    use sheaf_model::{Pair, Verdict};
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let mut seen = vec![pool.basis("{}").unwrap()];
    let mut differs = |basis| {
        assert!(!seen.contains(&basis));
        seen.push(basis);
    };
    differs(pool.basis("{\"x\":1}").unwrap());
    take_in(&pool, about("acme", "list.csv", None, 1), &batch(&[("1", "Kunming", 31)]));
    differs(pool.basis("{}").unwrap());
    let pair = Pair::new(id("acme:1"), id("b:1")).unwrap();
    let judgement = pool.judge(&pair, Verdict::Same, "Desk", "one attack", AT).unwrap();
    differs(pool.basis("{}").unwrap());
    pool.withdraw(judgement.id, "Desk", AT).unwrap();
    differs(pool.basis("{}").unwrap());
    assert_eq!(pool.basis("{}").unwrap(), pool.basis("{}").unwrap());
}
