//! A settled view written and read back.

mod common;

use common::AT;
use sheaf_model::*;
use sheaf_store::{Pool, SettledHead, SettledView};

fn settled<T>(value: T, from: &[(u32, u16)], against: &[(u32, u16)]) -> Settled<T> {
    let claims = |refs: &[(u32, u16)]| {
        refs.iter().map(|&(report, claim)| ClaimRef { report, claim }).collect()
    };
    Settled { value, from: claims(from), against: claims(against), by: "widest" }
}

fn bare(reports: &[&str]) -> SettledIncident {
    let reports: Vec<ReportId> = reports.iter().map(|it| ReportId::parse(it).unwrap()).collect();
    let mut sources: Vec<SourceName> =
        reports.iter().map(|it| SourceName::new(it.source()).unwrap()).collect();
    sources.dedup();
    SettledIncident {
        incident: Incident { id: IncidentId::of(&reports).unwrap(), reports },
        profile: "interval@1",
        sources,
        licence: Licence::ShareAlike,
        when: None,
        place: None,
        place_name: None,
        admin_one: None,
        country: None,
        kind: None,
        target: None,
        weapon: None,
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        blamed_on: Vec::new(),
    }
}

fn toll(harm: Harm, whom: Whom, count: Count) -> Toll {
    let as_of = Day::from_ymd(2014, 5, 25);
    let (attackers, qualifier) = (Attackers::Excluded, Qualifier::AtLeast);
    Toll { harm, whom, attackers, qualifier, count, as_of }
}

fn full() -> SettledIncident {
    let words = |text: &str| Some(settled(text.to_owned(), &[(0, 3)], &[]));
    let day = Day::from_ymd(2014, 5, 22).unwrap();
    let place = Place::new(43.825, -87.6, Metres::new(5_000.0).unwrap()).unwrap();
    let count = Count::new(31, Some(39), None).unwrap();
    SettledIncident {
        when: Some(settled(When::on(day), &[(0, 0), (1, 65_535)], &[(2, 1)])),
        place: Some(settled(place, &[(1, 2)], &[])),
        place_name: words("Ürümqi market"),
        admin_one: words("Xinjiang"),
        country: words("China"),
        kind: Some(settled(Kind::VehicleBomb, &[(0, 4)], &[(1, 4), (2, 4)])),
        target: words("market"),
        weapon: words("explosives"),
        tolls: vec![
            settled(
                toll(Harm::Killed, Whom::Attackers, Count::exactly(4).unwrap()),
                &[(2, 7)],
                &[],
            ),
            settled(toll(Harm::Killed, Whom::All, count), &[(0, 5)], &[(1, 5)]),
            settled(toll(Harm::Injured, Whom::All, Count::at_least(90).unwrap()), &[(0, 6)], &[]),
        ],
        claimed_by: vec![settled("An organisation".to_owned(), &[(1, 8)], &[])],
        blamed_on: vec![
            settled("An organisation".to_owned(), &[(0, 8)], &[]),
            settled("Another".to_owned(), &[(2, 8)], &[]),
        ],
        ..bare(&["acme:1", "acme:2", "zeta:7"])
    }
}

fn put(pool: &Pool, profile: &str, incidents: &[SettledIncident]) -> SettledView {
    let head = SettledHead { basis: [7; 32], profile: profile.to_owned(), at: AT.to_owned() };
    let mut writer = pool.begin_settled(head).unwrap();
    incidents.chunks(1000).for_each(|chunk| writer.write(chunk).unwrap());
    writer.finish().unwrap()
}

#[test]
fn what_is_put_is_read_back_whole() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    assert_eq!(pool.settled("interval@1").unwrap(), None);
    let incidents = [bare(&["aa:1"]), full(), bare(&["zeta:8"])];
    let view = put(&pool, "interval@1", &incidents);
    assert_eq!(pool.settled("interval@1").unwrap(), Some(view.clone()));
    let mut back = Vec::new();
    pool.for_each_settled(&view, |_| true, |it| back.push(it)).unwrap();
    assert_eq!(back, incidents);
    let id = &incidents[1].incident.id;
    assert_eq!(pool.settled_incident(&view, id).unwrap().as_ref(), Some(&incidents[1]));
}

#[test]
fn a_row_shows_the_toll_of_everyone() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    let view = put(&pool, "interval@1", &[full()]);
    let mut seen = 0;
    pool.for_each_row(&view, |row| {
        seen += 1;
        assert_eq!((row.id(), row.n_reports()), ("acme:1", 3));
        assert_eq!(row.sources().collect::<Vec<_>>(), ["acme", "zeta"]);
        assert_eq!(row.reports().collect::<Vec<_>>(), ["acme:1", "acme:2", "zeta:7"]);
        assert_eq!(row.killed().unwrap().to_string(), "31 or more (best 39)");
        assert_eq!(row.injured().unwrap().to_string(), "90 or more");
        assert_eq!((row.country(), row.place_name()), (Some("China"), Some("Ürümqi market")));
        assert_eq!(row.when().unwrap().to_string(), "2014-05-22");
        assert_eq!(row.kind(), Some(Kind::VehicleBomb));
        assert_eq!(row.licence(), Licence::ShareAlike);
    })
    .unwrap();
    assert_eq!(seen, 1);
}

#[test]
fn some_of_many_are_read_without_the_rest() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    // More than two chunks, so that rows are picked from several.
    let many: Vec<SettledIncident> = (0..20_000)
        .map(|number| {
            let mut it = if number % 3 == 0 { full() } else { bare(&["x:1"]) };
            it.incident = bare(&[&format!("x:{number:05}")]).incident;
            it
        })
        .collect();
    let view = put(&pool, "interval@1", &many);
    let wanted = |id: &str| id.ends_with("77") || id == "x:00000" || id == "x:19999";
    let mut back = Vec::new();
    pool.for_each_settled(&view, |row| wanted(row.id()), |it| back.push(it)).unwrap();
    let expected: Vec<SettledIncident> =
        many.into_iter().filter(|it| wanted(it.incident.id.as_str())).collect();
    assert_eq!(back.len(), 202);
    assert_eq!(back, expected);
}

#[test]
fn each_profile_keeps_its_newest_view_and_older_ones_are_swept() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    put(&pool, "interval@1", &[full()]);
    put(&pool, "maximum@1", &[bare(&["a:1"])]);
    let newest = put(&pool, "interval@1", &[bare(&["a:1"]), bare(&["b:1"])]);
    drop(pool);
    let pool = Pool::create_or_open(&path).unwrap();
    let n_files = std::fs::read_dir(path.join("parts")).unwrap().count();
    assert_eq!(n_files, 4, "two views of two parts each");
    assert_eq!(pool.settled("interval@1").unwrap(), Some(newest));
    assert_eq!(pool.settled("maximum@1").unwrap().unwrap().n_incidents, 1);
    assert_eq!(pool.verify().unwrap(), []);
}
