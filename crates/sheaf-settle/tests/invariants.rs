//! What must hold for any claims whatever, tried on many made-up incidents.

use proptest::prelude::*;
use sheaf_model::{
    Attackers, Batch, ClaimRef, Count, Day, Field, Harm, Kind, Licence, Meaning, Metres, Place,
    Qualifier, ReportId, Settled, SettledIncident, SourceKind, SourceName, Toll, Unit, When, Whom,
};
use sheaf_settle::{Ballots, INTERVAL, settle};

const SOURCES: [(&str, SourceKind, Licence); 5] = [
    ("acme", SourceKind::Curated, Licence::OpenWithAttribution),
    ("beacon", SourceKind::Curated, Licence::OwnUseOnly),
    ("desk", SourceKind::News, Licence::ShareAlike),
    ("desk-two", SourceKind::News, Licence::Unknown),
    ("machine", SourceKind::Leads, Licence::OpenWithAttribution),
];

#[derive(Clone, Debug)]
struct MadeUp {
    source: usize,
    unit: Unit,
    claims: Vec<(Field, &'static str, Meaning)>,
}

fn day() -> impl Strategy<Value = Day> {
    (0..12).prop_map(|offset| Day::from_days_since_1970(16_200 + offset).unwrap())
}

fn count() -> impl Strategy<Value = (Qualifier, Count)> {
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
        1 => day().prop_map(|day| (Field::Published, "published", Meaning::Day(day))),
        1 => (0u64..8).prop_map(|print| (Field::Wording, "", Meaning::Wording(print * 37))),
    ]
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

fn reports() -> impl Strategy<Value = Vec<MadeUp>> {
    prop::collection::vec(report(), 1..7)
}

/// Settles the reports, pushed in this order and named in the order reversed.
fn settled_in(reports: &[MadeUp], order: &[usize]) -> SettledIncident {
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
    settle(&ballots, &members, INTERVAL)
}

fn settled(reports: &[MadeUp]) -> SettledIncident {
    settled_in(reports, &(0..reports.len()).collect::<Vec<_>>())
}

/// Every settled value as its field with its claims for and against.
fn filed(it: &SettledIncident) -> Vec<(Field, &[ClaimRef], &[ClaimRef])> {
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
fn report_of<'a>(it: &SettledIncident, reports: &'a [MadeUp], at: ClaimRef) -> &'a MadeUp {
    &reports[it.incident.reports[at.report as usize].key().parse::<usize>().unwrap()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariant_02_every_value_rests_on_a_claim_about_it(reports in reports()) {
        let it = settled(&reports);
        for (field, from, against) in filed(&it) {
            prop_assert!(!from.is_empty());
            for &at in from.iter().chain(against) {
                let (said_of, ..) = report_of(&it, &reports, at).claims[usize::from(at.claim)];
                prop_assert_eq!(said_of, field);
            }
            prop_assert!(from.iter().all(|at| !against.contains(at)));
            prop_assert!(from.is_sorted_by(|a, b| a < b) && against.is_sorted_by(|a, b| a < b));
        }
    }

    /// Nothing that can be compared with a value shown is lost from sight, whoever else speaks.
    #[test]
    fn invariant_01_every_comparable_claim_is_for_or_against(reports in reports()) {
        let it = settled(&reports);
        let only_aggregates = reports.iter().all(|report| report.unit == Unit::Aggregate);
        let filed = filed(&it);
        for position in 0..it.incident.reports.len() as u32 {
            let report = report_of(&it, &reports, ClaimRef { report: position, claim: 0 });
            for (claim, (field, ..)) in report.claims.iter().enumerate() {
                let at = ClaimRef { report: position, claim: claim as u16 };
                let shown = filed.iter().any(|(shown, from, against)| {
                    shown == field && (from.contains(&at) || against.contains(&at))
                });
                let is_settled = sheaf_settle::is_settled(*field);
                let comparable =
                    report.unit != Unit::Aggregate || (only_aggregates && *field != Field::Toll);
                prop_assert_eq!(shown, is_settled && comparable, "{} {:?}", field, at);
            }
        }
    }

    #[test]
    fn invariant_09_order_does_not_matter(reports in reports(), turn in 0usize..7) {
        let mut order: Vec<usize> = (0..reports.len()).collect();
        let first = settled_in(&reports, &order);
        order.rotate_left(turn % reports.len());
        prop_assert_eq!(&settled_in(&reports, &order), &first);
        order.reverse();
        prop_assert_eq!(&settled_in(&reports, &order), &first);
    }

    /// No toll without a claim of that harm and party, and no number outside what was said.
    #[test]
    fn invariant_05_a_toll_lies_within_what_was_said(reports in reports()) {
        let it = settled(&reports);
        let said: Vec<Toll> = reports
            .iter()
            .filter(|report| report.unit != Unit::Aggregate)
            .flat_map(|report| report.claims.iter().filter_map(|(_, _, meant)| meant.toll()))
            .collect();
        for Toll { harm, whom, count, .. } in it.tolls.iter().map(|toll| toll.value) {
            let mut comparable = said.iter().filter(|it| it.harm == harm && it.whom == whom);
            prop_assert!(comparable.clone().next().is_some());
            if whom != Whom::All {
                let ends: Vec<_> = comparable.clone().map(|it| it.count).collect();
                prop_assert!(ends.iter().any(|it| it.low() == count.low()));
                prop_assert!(count.high().is_none() || ends.iter().any(|it| it.high() == count.high()));
                prop_assert!(count.high().is_some() || comparable.any(|it| it.count.high().is_none()));
            }
        }
    }

    /// "At least 31", said by one more source, may lower the low end and lift the high end.
    #[test]
    fn a_lower_bound_never_lowers_an_upper_bound(
        counts in prop::collection::vec(count(), 1..5),
        least in 0u32..80,
    ) {
        let unsaid = |(qualifier, count): (Qualifier, Count)| {
            let (harm, whom, attackers) = (Harm::Killed, Whom::All, Attackers::Unsaid);
            Toll { harm, whom, attackers, qualifier, count, as_of: None }
        };
        let firm = |(qualifier, _): &(Qualifier, Count)| {
            !matches!(qualifier, Qualifier::Words | Qualifier::Unconfirmed | Qualifier::Feared)
        };
        let mut reports: Vec<MadeUp> = counts
            .into_iter()
            .filter(firm)
            .map(|said| MadeUp {
                source: 0,
                unit: Unit::Incident,
                claims: vec![(Field::Toll, "toll", Meaning::Toll(unsaid(said)))],
            })
            .collect();
        prop_assume!(!reports.is_empty());
        let before = settled(&reports).tolls[0].value.count;
        let at_least = unsaid((Qualifier::AtLeast, Count::at_least(least).unwrap()));
        let claims = vec![(Field::Toll, "toll", Meaning::Toll(at_least))];
        reports.push(MadeUp { source: 1, unit: Unit::Incident, claims });
        let after = settled(&reports).tolls[0].value.count;
        prop_assert!(after.high().is_none() || after.high() >= before.high());
        // Nor does it take an upper bound away, unless it lies above it.
        prop_assert!(after.high().is_some() || before.high().is_none_or(|high| high < least));
    }

    #[test]
    fn the_strictest_licence_and_every_source_once(reports in reports()) {
        let it = settled(&reports);
        let mut names: Vec<&str> = reports.iter().map(|report| SOURCES[report.source].0).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert!(it.sources.iter().map(SourceName::as_str).eq(names));
        let strictest = reports.iter().map(|report| SOURCES[report.source].2).max();
        prop_assert_eq!(Some(it.licence), strictest);
    }
}

/// Nothing in the crate can reach a disk, the network, a clock, the environment or chance.
#[test]
fn invariant_13_settling_touches_nothing_outside() {
    fn check(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| {
                if path.is_dir() {
                    return check(&path);
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for word in [
                    "std::fs",
                    "std::io",
                    "std::net",
                    "std::env",
                    "std::time",
                    "std::thread",
                    "std::process",
                    "RandomState",
                    "HashMap",
                    "HashSet",
                ] {
                    assert!(!text.contains(word), "{} uses {word}", path.display());
                }
                1
            })
            .sum()
    }
    assert!(check(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) > 10);
}
