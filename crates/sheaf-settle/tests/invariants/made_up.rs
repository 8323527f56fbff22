//! Made-up incidents: reports by five sources with claims about everything that can be settled.

use proptest::prelude::*;
use sheaf_model::{
    Attackers, Batch, ClaimRef, Count, Day, Field, Harm, Kind, Licence, Meaning, Metres, Place,
    Qualifier, ReportId, Settled, SettledIncident, SourceKind, SourceName, Toll, Unit, Unknown,
    When, Whom,
};
use sheaf_settle::{Ballots, INTERVAL, Profile, Ruling, rule};

pub const SOURCES: [(&str, SourceKind, Licence); 5] = [
    ("acme", SourceKind::Curated, Licence::OpenWithAttribution),
    ("beacon", SourceKind::Curated, Licence::OwnUseOnly),
    ("desk", SourceKind::News, Licence::ShareAlike),
    ("desk-two", SourceKind::News, Licence::Unknown),
    ("machine", SourceKind::Leads, Licence::OpenWithAttribution),
];

#[derive(Clone, Debug)]
pub struct MadeUp {
    pub source: usize,
    pub unit: Unit,
    pub claims: Vec<(Field, &'static str, Meaning)>,
}

fn day() -> impl Strategy<Value = Day> {
    (0..12).prop_map(|offset| Day::from_days_since_1970(16_200 + offset).unwrap())
}

pub fn count() -> impl Strategy<Value = (Qualifier, Count)> {
    let exact = (0u32..60).prop_map(|n| Count::exactly(n).unwrap());
    let loose = prop_oneof![
        Just(Qualifier::Exactly),
        Just(Qualifier::About),
        Just(Qualifier::Words),
        Just(Qualifier::Unconfirmed),
        Just(Qualifier::Feared),
    ];
    prop_oneof![
        (loose, exact),
        (0u32..60).prop_map(|n| (Qualifier::AtLeast, Count::at_least(n).unwrap())),
        (0u32..60).prop_map(|n| (Qualifier::UpTo, Count::new(0, None, Some(n)).unwrap())),
        (0u32..30, 0u32..9, 0u32..30).prop_map(|(low, best, more)| {
            let (best, high) = (low + best.min(more), low + more);
            (Qualifier::Exactly, Count::new(low, Some(best), Some(high)).unwrap())
        }),
    ]
}

fn toll() -> impl Strategy<Value = Toll> {
    let attackers =
        prop_oneof![Just(Attackers::Included), Just(Attackers::Excluded), Just(Attackers::Unsaid)];
    let whom =
        prop_oneof![3 => Just(Whom::All), 1 => Just(Whom::Attackers), 1 => Just(Whom::Civilians)];
    let harm = prop_oneof![3 => Just(Harm::Killed), 1 => Just(Harm::Injured)];
    (harm, whom, attackers, count(), prop::option::of(day())).prop_map(
        |(harm, whom, attackers, (qualifier, count), as_of)| Toll {
            harm,
            whom,
            attackers,
            qualifier,
            count,
            as_of,
        },
    )
}

fn claim() -> impl Strategy<Value = (Field, &'static str, Meaning)> {
    let words = prop_oneof![Just("Ürümqi"), Just("URUMQI"), Just("Wulumuqi"), Just("?")];
    let field = prop_oneof![
        Just(Field::PlaceName),
        Just(Field::AdminOne),
        Just(Field::Country),
        Just(Field::Target),
        Just(Field::Weapon),
        Just(Field::ClaimedBy),
        Just(Field::BlamedOn),
        Just(Field::Outlet),
    ];
    let kind = prop::sample::select(Kind::ALL);
    let place = (0i32..4, 0i32..4, prop_oneof![Just(1e3f32), Just(5e3), Just(25e3), Just(700e3)]);
    prop_oneof![
        4 => toll().prop_map(|toll| (Field::Toll, "toll", Meaning::Toll(toll))),
        2 => (day(), 0..5).prop_map(|(first, more)| {
            let when = When::new(first, first.plus(more).unwrap()).unwrap();
            (Field::When, "when", Meaning::When(when))
        }),
        1 => place.prop_map(|(north, east, radius)| {
            let radius = Metres::new(radius).unwrap();
            let (lat, lon) = (43.0 + f64::from(north) / 10.0, 87.0 + f64::from(east) / 10.0);
            (Field::Where, "where", Meaning::Where(Place::new(lat, lon, radius).unwrap()))
        }),
        1 => kind.prop_map(|kind| (Field::Kind, "kind", Meaning::Kind(kind))),
        4 => (field, words).prop_map(|(field, words)| (field, words, Meaning::Words)),
        1 => (prop::sample::select(Field::ALL), nothing())
            .prop_map(|(field, meant)| (field, "unknown", meant)),
        1 => prop::sample::select(vec!["party", "observed", "else"])
            .prop_map(|said| (Field::Basis, said, Meaning::Words)),
        1 => day().prop_map(|day| (Field::Published, "published", Meaning::Day(day))),
        1 => (0u64..8).prop_map(|print| (Field::Wording, "", Meaning::Wording(print * 37))),
    ]
}

/// A claim that gives no value.
fn nothing() -> impl Strategy<Value = Meaning> {
    prop_oneof![
        Just(Meaning::Unknown(Unknown::NotKnown)),
        Just(Meaning::Unknown(Unknown::NotApplicable)),
        Just(Meaning::Unknown(Unknown::TooCoarse)),
        Just(Meaning::NotUnderstood),
    ]
}

/// Whether a claim gives no value.
pub fn is_silent(meant: Meaning) -> bool {
    matches!(meant, Meaning::Unknown(_) | Meaning::NotUnderstood)
}

fn report() -> impl Strategy<Value = MadeUp> {
    let unit = prop_oneof![
        6 => Just(Unit::Incident),
        1 => Just(Unit::Episode),
        1 => Just(Unit::Lead),
        1 => Just(Unit::Aggregate),
    ];
    (0..SOURCES.len(), unit, prop::collection::vec(claim(), 0..9))
        .prop_map(|(source, unit, claims)| MadeUp { source, unit, claims })
}

pub fn reports() -> impl Strategy<Value = Vec<MadeUp>> {
    prop::collection::vec(report(), 1..7)
}

/// Settles the reports by a profile, pushed in this order and named in the order reversed.
pub fn ruled_in(reports: &[MadeUp], order: &[usize], profile: &dyn Profile) -> Ruling {
    let mut batch = Batch::default();
    for (idx, report) in reports.iter().enumerate() {
        batch.begin_report(&idx.to_string(), 2, report.unit);
        for (field, said, meant) in &report.claims {
            batch.say(*field, 0, said, *meant);
        }
        batch.end_report();
    }
    let sources =
        SOURCES.map(|(name, kind, licence)| (SourceName::new(name).unwrap(), licence, kind));
    let names = sources.clone().map(|(name, ..)| name);
    let mut ballots = Ballots::new(sources.to_vec());
    for &idx in order {
        let source = reports[idx].source;
        let id = ReportId::new(&names[source], &idx.to_string());
        ballots.push(&id, source as u16, batch.report(idx));
    }
    let members: Vec<u32> = (0..order.len() as u32).rev().collect();
    rule(&ballots, &members, profile)
}

pub fn settled(reports: &[MadeUp]) -> SettledIncident {
    ruled_in(reports, &(0..reports.len()).collect::<Vec<_>>(), INTERVAL).settled
}

/// Every settled value as its field with its claims for and against.
pub fn filed(it: &SettledIncident) -> Vec<(Field, &[ClaimRef], &[ClaimRef])> {
    fn of<T>(field: Field, settled: &Settled<T>) -> (Field, &[ClaimRef], &[ClaimRef]) {
        (field, &settled.from, &settled.against)
    }
    let mut filed = Vec::new();
    filed.extend(it.when.iter().map(|settled| of(Field::When, settled)));
    filed.extend(it.place.iter().map(|settled| of(Field::Where, settled)));
    filed.extend(it.kind.iter().map(|settled| of(Field::Kind, settled)));
    filed.extend(it.place_name.iter().map(|settled| of(Field::PlaceName, settled)));
    filed.extend(it.admin_one.iter().map(|settled| of(Field::AdminOne, settled)));
    filed.extend(it.country.iter().map(|settled| of(Field::Country, settled)));
    filed.extend(it.target.iter().map(|settled| of(Field::Target, settled)));
    filed.extend(it.weapon.iter().map(|settled| of(Field::Weapon, settled)));
    filed.extend(it.tolls.iter().map(|settled| of(Field::Toll, settled)));
    filed.extend(it.claimed_by.iter().map(|settled| of(Field::ClaimedBy, settled)));
    filed.extend(it.blamed_on.iter().map(|settled| of(Field::BlamedOn, settled)));
    filed
}

/// The report a claim reference leads to: the key of each is its position in the made-up list.
pub fn report_of<'a>(it: &SettledIncident, reports: &'a [MadeUp], at: ClaimRef) -> &'a MadeUp {
    &reports[it.incident.reports[at.report as usize].key().parse::<usize>().unwrap()]
}
