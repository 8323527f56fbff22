//! A view of which only what changed was written is the view that writing everything would have
//! given: the same incidents in the same order, and the same history of handles.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::*;
use proptest::prelude::*;
use sheaf_model::*;
use sheaf_store::{IncidentRow, Linkage, LinkageHead, Pool, SettledHead, SettledView, ValueMark};

const PROFILE: &str = "interval@1";

fn at(step: usize) -> String {
    format!("2026-03-01T12:{:02}:{:02}Z", step / 60, step % 60)
}

fn head(step: usize) -> LinkageHead {
    let (settings, model) = ("{}".to_owned(), "hand@1".to_owned());
    LinkageHead { basis: [step as u8; 32], settings, model, at: at(step) }
}

fn settled_head(step: usize) -> SettledHead {
    SettledHead { basis: [step as u8; 32], profile: PROFILE.to_owned(), at: at(step) }
}

fn report(number: usize) -> ReportId {
    ReportId::parse(&format!("s{}:{number}", number % 3)).unwrap()
}

/// Which group each report is in; a report in no group is in no incident.
type Groups = BTreeMap<usize, usize>;

fn incidents(groups: &Groups) -> Vec<Incident> {
    let mut sets = BTreeMap::<usize, Vec<ReportId>>::new();
    for (&number, &group) in groups {
        sets.entry(group).or_default().push(report(number));
    }
    let incident = |mut reports: Vec<ReportId>| {
        reports.sort();
        Incident { id: IncidentId::of(&reports).unwrap(), reports }
    };
    let mut incidents: Vec<Incident> = sets.into_values().map(incident).collect();
    incidents.sort_by(|a, b| a.id.cmp(&b.id));
    incidents
}

/// An incident as settling would have it: what it says follows from its reports.
fn settled(incident: &Incident) -> SettledIncident {
    let claims = |n: usize| (0..n).map(|it| ClaimRef { report: it as u32, claim: 3 }).collect();
    let n = incident.reports.len();
    let words = |text: String| {
        Some(Settled { value: text, from: claims(n), against: claims(n % 2), by: "most" })
    };
    let all: Vec<&str> = incident.reports.iter().map(ReportId::as_str).collect();
    let mut sources: Vec<SourceName> =
        incident.reports.iter().map(|it| SourceName::new(it.source()).unwrap()).collect();
    sources.dedup();
    SettledIncident {
        incident: incident.clone(),
        profile: "interval@1",
        sources,
        licence: Licence::ShareAlike,
        when: None,
        place: None,
        place_name: words(all.join(" and ")),
        admin_one: if n > 1 { words(format!("{n} of them")) } else { None },
        country: None,
        kind: None,
        target: None,
        weapon: None,
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        blamed_on: Vec::new(),
    }
}

/// What changed from some incidents to others.
fn difference(before: &[Incident], after: &[Incident]) -> (Vec<Incident>, Vec<IncidentId>) {
    let changed = after.iter().filter(|it| !before.contains(it)).cloned().collect();
    let ids: BTreeSet<&IncidentId> = after.iter().map(|it| &it.id).collect();
    let gone = before.iter().map(|it| &it.id).filter(|id| !ids.contains(id)).cloned();
    (changed, gone.collect())
}

fn put(pool: &Pool, step: usize, all: &[Incident]) -> (Linkage, SettledView) {
    let linkage = pool.put_linkage(head(step), all.to_vec()).unwrap();
    let mut writer = pool.begin_settled(settled_head(step)).unwrap();
    writer.write(&all.iter().map(settled).collect::<Vec<_>>()).unwrap();
    (linkage, writer.finish().unwrap())
}

fn update(
    pool: &Pool,
    step: usize,
    before: &[Incident],
    after: &[Incident],
) -> (Linkage, SettledView) {
    let (mut changed, gone) = difference(before, after);
    let view = pool.settled(PROFILE).unwrap().unwrap();
    let mut writer = pool.update_settled(settled_head(step), &view, &gone).unwrap();
    writer.write(&changed.iter().map(settled).collect::<Vec<_>>()).unwrap();
    let view = writer.finish().unwrap();
    let linkage = pool.linkage().unwrap().unwrap();
    // In any order.
    changed.reverse();
    (pool.update_linkage(head(step), &linkage, changed, &gone).unwrap(), view)
}

/// Everything that can be read of the newest views.
#[derive(PartialEq, Debug)]
struct Told {
    head: LinkageHead,
    counts: [u64; 3],
    incidents: Vec<Incident>,
    settled: Vec<SettledIncident>,
    rows: Vec<String>,
    some: Vec<SettledIncident>,
    resolved: Vec<String>,
}

/// Whether the marks of a row say of an incident what it says itself.
fn are_marks_of(it: &SettledIncident, row: IncidentRow<'_>, marks: &[ValueMark]) {
    assert_eq!(row.id(), it.incident.id.as_str());
    assert_eq!(row.target(), it.target.as_ref().map(|it| it.value.as_str()));
    let counts: Vec<Count> = marks.iter().filter_map(|it| it.count).collect();
    assert_eq!(counts, it.counts());
    let is_against = |field| marks.iter().any(|it| it.field == field && it.is_contradicted);
    assert_eq!(is_against(Field::When), it.when.as_ref().is_some_and(|it| !it.against.is_empty()));
    let toll = it.tolls.iter().any(|it| !it.against.is_empty());
    assert_eq!(is_against(Field::Toll), toll);
}

fn told(pool: &Pool) -> Told {
    let linkage = pool.linkage().unwrap().unwrap();
    let view = pool.settled(PROFILE).unwrap().unwrap();
    let (mut incidents, mut settled, mut rows, mut some) = (vec![], vec![], vec![], vec![]);
    pool.for_each_incident(&linkage, |it| incidents.push(it)).unwrap();
    pool.for_each_settled(&view, |_| true, |it| settled.push(it)).unwrap();
    pool.for_each_row(&view, |row| rows.push(format!("{} {:?}", row.id(), row.place_name())))
        .unwrap();
    pool.for_each_settled(&view, |row| row.id().ends_with('1'), |it| some.push(it)).unwrap();
    let mut marked = settled.iter();
    pool.for_each_marked_row(&view, |row, marks| are_marks_of(marked.next().unwrap(), row, marks))
        .unwrap();
    assert_eq!(marked.next(), None);
    let resolved = (0..REPORTS + 1).map(report).map(|id| {
        let history = pool.handle_history(id.as_str()).unwrap();
        format!("{:?} {history:?}", pool.resolve(id.as_str()).unwrap())
    });
    let counts = [linkage.n_reports, linkage.n_incidents, view.n_incidents];
    let resolved = resolved.collect();
    Told { head: linkage.head, counts, incidents, settled, rows, some, resolved }
}

const REPORTS: usize = 14;

/// One step: reports put into groups, or (255) out of all of them.
fn moves() -> impl Strategy<Value = Vec<(usize, usize)>> {
    let group = prop_oneof![4 => 0..6_usize, 1 => Just(255)];
    prop::collection::vec((0..REPORTS, group), 0..5)
}

fn moved(groups: &Groups, moves: &[(usize, usize)]) -> Groups {
    let mut groups = groups.clone();
    for &(number, group) in moves {
        match group {
            255 => groups.remove(&number),
            group => groups.insert(number, group),
        };
    }
    groups
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn updates_give_what_writing_everything_gives(
        first in moves(),
        steps in prop::collection::vec(moves(), 1..22),
    ) {
        let place = tempfile::tempdir().unwrap();
        let pool = |name: &str| Pool::create_or_open(&place.path().join(name)).unwrap();
        let (whole, mut updated) = (pool("whole.sheaf"), pool("updated.sheaf"));
        let mut groups = moved(&Groups::new(), &first);
        let mut before = incidents(&groups);
        put(&whole, 0, &before);
        put(&updated, 0, &before);
        for (step, moves) in steps.iter().enumerate().map(|(step, moves)| (step + 1, moves)) {
            groups = moved(&groups, moves);
            let after = incidents(&groups);
            put(&whole, step, &after);
            update(&updated, step, &before, &after);
            prop_assert_eq!(told(&updated), told(&whole));
            before = after;
            if step % 4 == 0 {
                // What a new writer sweeps is in no view.
                drop(updated);
                updated = pool("updated.sheaf");
                prop_assert_eq!(told(&updated), told(&whole));
                prop_assert_eq!(updated.verify().unwrap(), []);
            }
        }
    }
}

/// So many incidents of one report each.
fn singles(numbers: std::ops::Range<usize>) -> Vec<Incident> {
    incidents(&numbers.map(|number| (number, number)).collect())
}

fn names(path: &Path) -> BTreeSet<String> {
    let parts = std::fs::read_dir(path.join("parts")).unwrap();
    parts.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn many_layers_become_one_and_large_ones_a_new_base() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    put(&pool, 0, &singles(0..20));
    let mut layers = Vec::new();
    for step in 1..=18 {
        // One ends, one comes.
        let (linkage, view) =
            update(&pool, step, &singles(step - 1..step + 19), &singles(step..step + 20));
        assert_eq!(linkage.n_layers(), view.n_layers());
        layers.push(linkage.n_layers());
    }
    assert_eq!(layers[..16], (2..=17).collect::<Vec<_>>());
    assert_eq!(layers[16..], [2, 3], "sixteen and another become one");
    // Much more than the base.
    let (linkage, view) = update(&pool, 19, &singles(18..38), &singles(18..5_000));
    assert_eq!((linkage.n_layers(), view.n_layers()), (1, 1));
    drop(pool);
    let pool = Pool::create_or_open(&path).unwrap();
    let whole = Pool::create_or_open(&place.path().join("whole.sheaf")).unwrap();
    put(&whole, 0, &singles(18..5_000));
    assert_eq!(names(&path), names(whole.path()), "and the same parts as if written whole");
    assert_eq!(pool.linkage().unwrap().unwrap().n_incidents, 4_982);
}

#[test]
fn an_update_of_nothing_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    put(&pool, 0, &singles(0..3));
    let before = told(&pool);
    let (linkage, view) = update(&pool, 1, &singles(0..3), &singles(0..3));
    assert_eq!((linkage.number, linkage.n_layers(), view.n_layers()), (2, 1, 1));
    assert_eq!(linkage.head.basis, [1; 32]);
    assert_eq!(Told { head: before.head.clone(), ..told(&pool) }, before);
    drop(pool);
    drop(Pool::create_or_open(&path).unwrap());
    assert_eq!(names(&path).len(), 3);
}

#[test]
fn a_damaged_layer_counts_as_no_view() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    put(&pool, 0, &singles(0..3));
    let base = names(&path);
    update(&pool, 1, &singles(0..3), &singles(1..4));
    let layer: Vec<String> = names(&path).difference(&base).cloned().collect();
    let kinds: BTreeSet<&str> = layer.iter().map(|name| name.split('.').nth(1).unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["gone", "incidents", "members", "values"]));
    for name in &layer {
        let part = path.join("parts").join(name);
        let whole = std::fs::read(&part).unwrap();
        let (of_linkage, of_view) = match name.split('.').nth(1).unwrap() {
            "members" => (true, false),
            "gone" => (true, true),
            _ => (false, true),
        };
        let check = || {
            assert_eq!(pool.linkage().unwrap().is_none(), of_linkage, "{name}");
            assert_eq!(pool.settled(PROFILE).unwrap().is_none(), of_view, "{name}");
            drop(Pool::open(&path, sheaf_store::Access::Read).unwrap());
        };
        std::fs::write(&part, &whole[..whole.len() - 5]).unwrap();
        check();
        std::fs::remove_file(&part).unwrap();
        check();
        std::fs::write(&part, whole).unwrap();
    }
    assert!(pool.linkage().unwrap().is_some() && pool.settled(PROFILE).unwrap().is_some());
}

#[test]
fn what_cannot_be_an_update_is_refused_and_nothing_is_kept() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let (first, view) = put(&pool, 0, &singles(0..3));
    let (second, _) = put(&pool, 1, &singles(0..3));
    let err = pool.update_linkage(head(2), &first, [], &[]).unwrap_err();
    assert_eq!(err.what, "linkage 1 is not the newest: that is 2");
    let joined = incidents(&BTreeMap::from([(0, 0), (1, 0)]));
    let err = pool.update_linkage(head(2), &second, joined, &[]).unwrap_err();
    assert_eq!(err.what, "the report s1:1 is in the incidents s1:1 and s0:0");
    assert_eq!(pool.linkage().unwrap().unwrap(), second);

    let other = SettledHead { profile: "maximum@1".to_owned(), ..settled_head(2) };
    let err = pool.update_settled(other, &view, &[]).err().unwrap();
    assert_eq!(err.what, "a view by interval@1 cannot become one by maximum@1");
    let mut writer = pool.update_settled(settled_head(2), &view, &[]).unwrap();
    let mut unordered: Vec<SettledIncident> = singles(0..2).iter().map(settled).collect();
    unordered.reverse();
    let err = writer.write(&unordered).unwrap_err();
    assert_eq!(err.what, "the settled incident s0:0 is written after s1:1");
    drop(writer);
    let mut writer = pool.begin_settled(settled_head(2)).unwrap();
    writer.write(&unordered).unwrap();
    let view = writer.finish().unwrap();
    let err = pool.update_settled(settled_head(2), &view, &[]).unwrap().finish().unwrap_err();
    assert_eq!(err.what, "in the view to be updated, s0:0 comes after s1:1");
    let err = take_in_time(&pool).unwrap_err();
    assert_eq!(err.code, "not-a-time");
}

fn take_in_time(pool: &Pool) -> sheaf_store::Result<Linkage> {
    let newest = pool.linkage()?.expect("it was linked");
    pool.update_linkage(LinkageHead { at: AT[1..].to_owned(), ..head(3) }, &newest, [], &[])
}
