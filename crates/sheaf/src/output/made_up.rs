//! Incidents for the tests of the writers: one with everything awkward about it, one about which
//! nobody says anything.

use sheaf_model::{
    Attackers, ClaimRef, Count, Day, Harm, Incident, IncidentId, Kind, Licence, Metres, Place,
    Qualifier, ReportId, Settled, SettledIncident, SourceName, Spot, Toll, When, Whom,
};

use sheaf_settle::{INTERVAL, Ruling};

use super::{Entry, Told};

/// An incident of two reports with no value settled.
pub fn silent() -> Entry {
    entry(no_values())
}

/// The same entry under another licence.
pub fn with_licence(mut entry: Entry, licence: Licence) -> Entry {
    entry.ruling.settled.licence = licence;
    entry
}

fn entry(settled: SettledIncident) -> Entry {
    let outcome = INTERVAL.outcome_of(&settled.counts()).unwrap();
    Entry::of(Ruling::recalled(settled, outcome), INTERVAL)
}

fn no_values() -> SettledIncident {
    let reports: Vec<ReportId> =
        ["acme:2", "beacon:x,y"].map(|id| ReportId::parse(id).unwrap()).to_vec();
    SettledIncident {
        incident: Incident { id: IncidentId::of(&reports).unwrap(), reports },
        profile: "interval@1",
        sources: ["acme", "beacon"].map(|name| SourceName::new(name).unwrap()).to_vec(),
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

/// An incident with conflicting tolls, two blamed organisations, and words that a spreadsheet
/// would take for a formula.
pub fn market() -> Entry {
    let day = |d| Day::from_ymd(2014, 5, d).unwrap();
    let place = Place::new(43.8, -87.6, Metres::new(1000.0).unwrap()).unwrap();
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
    entry(SettledIncident {
        when: Some(settled(When::new(day(22), day(24)).unwrap(), &[0, 1], &[])),
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
        ..no_values()
    })
}

/// What the claims of [`market`] said, where the test has it: those of the first report.
pub fn told(report: &ReportId, claim: u16) -> Option<Told> {
    (report.source() == "acme").then(|| Told {
        spot: Spot { file: "acme.csv".to_owned(), row: 7, column: format!("column {claim}") },
        said: "as \"said\"\u{1b}".to_owned(),
        with: Vec::new(),
    })
}

fn settled<T>(value: T, from: &[u32], against: &[u32]) -> Settled<T> {
    let refs = |reports: &[u32]| {
        reports.iter().map(|&report| ClaimRef { report, claim: 3 }).collect::<Vec<_>>()
    };
    Settled { value, from: refs(from), against: refs(against), by: "min-max" }
}
