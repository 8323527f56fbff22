//! Invented incidents for the tests of the doors: one with everything awkward about it, one about
//! which nobody says anything, and any number that differ.

use sheaf_model::{
    Attackers, ClaimRef, Count, Day, Harm, Incident, IncidentId, Kind, Licence, Marking, Metres,
    Place, Qualifier, ReportId, Settled, SettledIncident, SourceName, Tlp, Toll, When, Whom,
};

use crate::rules::made_up;

/// A marking at this level, with a group, two purposes and an end.
pub fn marking(tlp: Tlp) -> Marking {
    Marking { expires: sheaf_model::Moment::parse("2031-03-02T00:00:00Z"), ..made_up::marking(tlp) }
}

/// An incident of two reports with no value settled.
pub fn silent() -> SettledIncident {
    of_reports(&["acme:2", "beacon:z"])
}

fn of_reports(ids: &[&str]) -> SettledIncident {
    let reports: Vec<ReportId> = ids.iter().map(|id| ReportId::parse(id).unwrap()).collect();
    let mut sources: Vec<SourceName> =
        reports.iter().map(|id| SourceName::new(id.source()).unwrap()).collect();
    sources.dedup();
    SettledIncident {
        incident: Incident { id: IncidentId::of(&reports).unwrap(), reports },
        profile: "interval@1",
        sources,
        licence: Licence::OpenWithAttribution,
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

/// A day of the year 2014.
pub fn day(month: u32, day: u32) -> Day {
    Day::from_ymd(2014, month, day).unwrap()
}

/// An incident on one day at one point, and nothing else.
pub fn plain(id: &str, on: Day, lat: f64, lon: f64) -> SettledIncident {
    let place = Place::new(lat, lon, Metres::new(50_000.0).unwrap()).unwrap();
    SettledIncident {
        when: Some(settled(When::on(on), &[0], &[])),
        place: Some(settled(place, &[0], &[])),
        ..of_reports(&[id])
    }
}

/// An incident with conflicting tolls, two blamed organisations, words that a spreadsheet would take
/// for a formula, and an id that no address can hold as it stands.
pub fn market() -> SettledIncident {
    let place = Place::new(43.8, -87.6, Metres::new(50_000.0).unwrap()).unwrap();
    let toll = |harm, whom, attackers, low, high| Toll {
        harm,
        whom,
        attackers,
        qualifier: if high == u32::MAX { Qualifier::AtLeast } else { Qualifier::Exactly },
        count: match high {
            u32::MAX => Count::at_least(low).unwrap(),
            _ if low == high => Count::exactly(low).unwrap(),
            _ => Count::new(low, None, Some(high)).unwrap(),
        },
        as_of: None,
    };
    SettledIncident {
        when: Some(settled(When::new(day(5, 22), day(5, 24)).unwrap(), &[0, 1], &[])),
        place: Some(settled(place, &[0], &[])),
        place_name: Some(settled("Ürümqi, \"market\"".to_owned(), &[0, 1], &[])),
        country: Some(settled("China".to_owned(), &[0], &[])),
        kind: Some(settled(Kind::VehicleBomb, &[1], &[0])),
        weapon: Some(settled("=cmd|' /C calc'!A0".to_owned(), &[0], &[1])),
        tolls: vec![
            settled(toll(Harm::Killed, Whom::All, Attackers::Included, 43, 43), &[1], &[]),
            settled(toll(Harm::Killed, Whom::All, Attackers::Excluded, 31, 39), &[0, 1], &[0]),
            settled(toll(Harm::Injured, Whom::All, Attackers::Unsaid, 94, u32::MAX), &[0], &[]),
        ],
        blamed_on: vec![
            settled("Group X".to_owned(), &[0], &[]),
            settled("@Group Y".to_owned(), &[1], &[]),
        ],
        ..of_reports(&["acme:2014/05 22#é?", "beacon:x,y"])
    }
}

/// Holds a text to the sample that lies in the repository, under `src`. With `SHEAF_BLESS=1` it is
/// written there instead, to be read in the diff.
pub fn golden(path: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path);
    if std::env::var_os("SHEAF_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let sample = std::fs::read_to_string(&path).unwrap();
    assert!(sample == text, "{} is not what is written now:\n{text}", path.display());
}

fn settled<T>(value: T, from: &[u32], against: &[u32]) -> Settled<T> {
    let refs = |reports: &[u32]| {
        reports.iter().map(|&report| ClaimRef { report, claim: 3 }).collect::<Vec<_>>()
    };
    Settled { value, from: refs(from), against: refs(against), by: "min-max" }
}
