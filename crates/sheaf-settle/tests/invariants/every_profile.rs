//! What must hold whichever profile settles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use proptest::prelude::*;
use sheaf_model::{
    Attackers, ClaimRef, Count, Field, Harm, Meaning, Qualifier, Settled, SettledIncident, Toll,
    Unit, Whom,
};
use sheaf_settle::{PROFILES, Part, Profile, Ruling, Why, is_settled};

use crate::made_up::{MadeUp, count, filed, is_silent, report_of, reports, ruled_in};

/// A claim by the key of its report and its position there, which no other report changes.
type Named = (String, u16);

fn named(ruling: &Ruling, at: ClaimRef) -> Named {
    let reports = &ruling.settled.incident.reports;
    (reports[at.report as usize].key().to_owned(), at.claim)
}

fn ruled(reports: &[MadeUp], profile: &dyn Profile) -> Ruling {
    ruled_in(reports, &(0..reports.len()).collect::<Vec<_>>(), profile)
}

fn parts(ruling: &Ruling) -> BTreeMap<Named, Part> {
    ruling.parts().into_iter().map(|(at, part)| (named(ruling, at), part)).collect()
}

/// What is shown, without the claims it rests on.
fn values(it: &SettledIncident) -> Vec<String> {
    fn one<T: Debug>(of: &str, it: &Option<Settled<T>>) -> Option<String> {
        it.as_ref().map(|it| format!("{of} {:?} {}", it.value, it.by))
    }
    let mut all: Vec<String> = [one("when", &it.when), one("kind", &it.kind)]
        .into_iter()
        .chain([one("place", &it.place), one("place name", &it.place_name)])
        .chain([one("admin-1", &it.admin_one), one("country", &it.country)])
        .chain([one("target", &it.target), one("weapon", &it.weapon)])
        .flatten()
        .collect();
    all.extend(it.tolls.iter().map(|it| format!("{} {}", it.value, it.by)));
    all.extend(it.claimed_by.iter().map(|it| format!("claimed by {}", it.value)));
    all.extend(it.blamed_on.iter().map(|it| format!("blamed on {}", it.value)));
    all
}

/// Reports, and an order of them.
fn in_any_order() -> impl Strategy<Value = (Vec<MadeUp>, Vec<usize>)> {
    reports().prop_flat_map(|reports| {
        let order = Just((0..reports.len()).collect::<Vec<_>>()).prop_shuffle();
        (Just(reports), order)
    })
}

/// Reports, and the same with the claims of each in another order.
fn with_claims_shuffled() -> impl Strategy<Value = (Vec<MadeUp>, Vec<MadeUp>)> {
    reports().prop_flat_map(|reports| {
        let shuffled: Vec<_> = reports
            .iter()
            .cloned()
            .map(|report| {
                let claims = Just(report.claims.clone()).prop_shuffle();
                claims.prop_map(move |claims| MadeUp { claims, ..report.clone() })
            })
            .collect();
        (Just(reports), shuffled)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every claim that can be settled has one part, and no other claim has any.
    #[test]
    fn invariant_01_every_claim_is_used_or_said_why_not(reports in reports()) {
        for profile in PROFILES {
            let ruling = ruled(&reports, *profile);
            let told = ruling.parts();
            prop_assert!(told.is_sorted_by(|a, b| a.0 < b.0), "each once, in order");
            let mut said = BTreeSet::new();
            for (idx, report) in reports.iter().enumerate() {
                let settleable = |(_, (field, ..)): &(usize, &(Field, _, _))| is_settled(*field);
                let claims = report.claims.iter().enumerate().filter(settleable);
                said.extend(claims.map(|(claim, _)| (idx.to_string(), claim as u16)));
            }
            for (at, part) in &told {
                let report = report_of(&ruling.settled, &reports, *at);
                let (_, _, meant) = report.claims[usize::from(at.claim)];
                prop_assert_eq!(matches!(part, Part::Silent(_)), is_silent(meant), "{:?}", meant);
            }
            let told: BTreeSet<Named> = parts(&ruling).into_keys().collect();
            prop_assert_eq!(told, said, "{}", profile.about().cited);
        }
    }

    /// An outcome that is said to follow from the values is the one that hearing the claims gives.
    #[test]
    fn an_outcome_recalled_is_the_outcome_ruled(reports in reports()) {
        for profile in PROFILES {
            let ruling = ruled(&reports, *profile);
            if let Some(outcome) = profile.outcome_of(&ruling.settled.counts()) {
                prop_assert_eq!(outcome, ruling.outcome, "{}", profile.about().cited);
            }
        }
    }

    /// More reports, whatever they say and whoever says it, may change what became of a claim, and
    /// never lose one from sight: what was used keeps a part, and what is no longer used a reason.
    #[test]
    fn invariant_01_a_new_source_removes_no_claim(reports in reports(), n_before in 1usize..7) {
        for profile in PROFILES {
            let fewer = &reports[..n_before.min(reports.len())];
            let after = parts(&ruled(&reports, *profile));
            for (claim, before) in parts(&ruled(fewer, *profile)) {
                let now = after.get(&claim);
                prop_assert!(now.is_some(), "{} {:?}", profile.about().cited, claim);
                let is_lost = now != Some(&Part::Used) && now.and_then(|it| it.why()).is_none();
                prop_assert!(!is_lost, "{} {:?} {:?}", profile.about().cited, claim, before);
            }
        }
    }

    #[test]
    fn invariant_02_every_value_of_every_profile_leads_back_to_claims(reports in reports()) {
        for profile in PROFILES {
            let it = ruled(&reports, *profile).settled;
            prop_assert_eq!(it.profile, profile.about().cited);
            for (field, from, against) in filed(&it) {
                prop_assert!(!from.is_empty());
                prop_assert!(from.iter().all(|at| !against.contains(at)));
                for &at in from.iter().chain(against) {
                    let (said_of, ..) = report_of(&it, &reports, at).claims[usize::from(at.claim)];
                    prop_assert_eq!(said_of, field);
                }
            }
        }
    }

    /// Any order at all: of pushing, and of naming the members.
    #[test]
    fn invariant_09_order_does_not_matter_to_any_profile((reports, order) in in_any_order()) {
        for profile in PROFILES {
            let first = ruled(&reports, *profile);
            prop_assert_eq!(&ruled_in(&reports, &order, *profile), &first);
        }
    }

    /// Nor does the order of claims within their reports, as when a file's columns change places.
    #[test]
    fn invariant_09_order_of_claims_does_not_matter((reports, turned) in with_claims_shuffled()) {
        for profile in PROFILES {
            let told = |reports: &[MadeUp]| {
                let ruling = ruled(reports, *profile);
                let mut parts: Vec<String> = ruling
                    .parts()
                    .into_iter()
                    .map(|(at, part)| {
                        let report = report_of(&ruling.settled, reports, at);
                        let claim = report.claims[usize::from(at.claim)];
                        format!("{} {claim:?} {part:?}", named(&ruling, at).0)
                    })
                    .collect();
                parts.sort();
                (values(&ruling.settled), ruling.outcome, parts)
            };
            prop_assert_eq!(told(&reports), told(&turned), "{}", profile.about().cited);
        }
    }

    /// An aggregate changes no toll of any profile, and is rejected by name.
    #[test]
    fn an_aggregate_is_never_added_to_an_incident(reports in reports()) {
        let is_aggregate = |report: &MadeUp| report.unit == Unit::Aggregate;
        let mut without: Vec<MadeUp> =
            reports.iter().filter(|report| !is_aggregate(report)).cloned().collect();
        prop_assume!(!without.is_empty());
        let last = without.len().saturating_sub(1).max(1);
        let mut aggregates = without.split_off(last.min(without.len()));
        for report in &mut aggregates {
            report.unit = Unit::Aggregate;
            // Its text would make those whom it copies one voice; that is not what is asked here.
            report.claims.retain(|claim| claim.0 != Field::Wording);
        }
        let reports: Vec<MadeUp> = without.iter().cloned().chain(aggregates).collect();
        for profile in PROFILES {
            let values = |reports: &[MadeUp]| -> Vec<Toll> {
                ruled(reports, *profile).settled.tolls.iter().map(|toll| toll.value).collect()
            };
            prop_assert_eq!(values(&reports), values(&without), "{}", profile.about().cited);
            let ruling = ruled(&reports, *profile);
            for (at, part) in ruling.parts() {
                let report = report_of(&ruling.settled, &reports, at);
                let is_toll = report.claims[usize::from(at.claim)].0 == Field::Toll;
                if is_aggregate(report) && is_toll {
                    prop_assert!(matches!(
                        part,
                        Part::Rejected(Why::Aggregate | Why::HarmNotSettled) | Part::Silent(_)
                    ));
                }
            }
        }
    }

    /// "At least 31", said by one more source, never lowers an upper end, by whichever profile.
    #[test]
    fn a_lower_bound_lowers_no_profiles_upper_end(
        counts in prop::collection::vec(count(), 1..5),
        least in 0u32..80,
    ) {
        let toll = |(qualifier, count): (Qualifier, Count), source: usize| {
            let (harm, whom, attackers) = (Harm::Killed, Whom::All, Attackers::Unsaid);
            let toll = Toll { harm, whom, attackers, qualifier, count, as_of: None };
            let claims = vec![(Field::Toll, "toll", Meaning::Toll(toll))];
            MadeUp { source, unit: Unit::Incident, claims }
        };
        let firm = |(qualifier, _): &(Qualifier, Count)| {
            !matches!(qualifier, Qualifier::Words | Qualifier::Unconfirmed | Qualifier::Feared)
        };
        let mut reports: Vec<MadeUp> =
            counts.into_iter().filter(firm).map(|said| toll(said, 0)).collect();
        prop_assume!(!reports.is_empty());
        let high = |reports: &[MadeUp], profile: &dyn Profile| {
            ruled(reports, profile).settled.tolls.first().map(|toll| toll.value.count.high())
        };
        let before: Vec<_> = PROFILES.iter().map(|it| high(&reports, *it)).collect();
        reports.push(toll((Qualifier::AtLeast, Count::at_least(least).unwrap()), 1));
        for (profile, before) in PROFILES.iter().zip(before) {
            let after = high(&reports, *profile);
            prop_assert!(
                before.is_none_or(|before| match after.flatten() {
                    Some(after) => before.is_some_and(|before| after >= before),
                    None => true,
                }),
                "{}: {before:?} to {after:?}", profile.about().cited
            );
        }
    }
}
