//! What must hold for any claims whatever, tried on many made-up incidents.

mod every_profile;
mod made_up;

use made_up::{MadeUp, SOURCES, count, filed, is_silent, report_of, reports, settled};
use proptest::prelude::*;
use sheaf_model::{
    Attackers, ClaimRef, Count, Field, Harm, Meaning, Qualifier, SourceName, Toll, Unit, Whom,
};

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
            for (claim, (field, _, meant)) in report.claims.iter().enumerate() {
                let at = ClaimRef { report: position, claim: claim as u16 };
                let shown = filed.iter().any(|(shown, from, against)| {
                    shown == field && (from.contains(&at) || against.contains(&at))
                });
                let is_settled = sheaf_settle::is_settled(*field);
                let comparable =
                    report.unit != Unit::Aggregate || (only_aggregates && *field != Field::Toll);
                let told = is_settled && comparable && !is_silent(*meant);
                prop_assert_eq!(shown, told, "{} {:?}", field, at);
            }
        }
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
