//! How far chance moves a figure: whole events are drawn with replacement, because the pairs of
//! one event succeed and fail together (a cluster bootstrap; Efron and Tibshirani, *An Introduction
//! to the Bootstrap*, 1993, chapter 8; percentiles as in chapter 13). The same seed gives the same
//! interval to the last bit.
//!
//! A pair put together wrongly belongs to two events. It counts half for each, so that what is drawn
//! twice counts twice and the sum over all events is what [`score`](super::score) counts.

use std::collections::BTreeMap;

use super::{Labelled, choose_two, sizes};

/// The middle 95 % of pairwise F1 over `n` samples of whole events. For several folds or pools,
/// give them [`joined`](super::joined).
///
/// ```
/// use sheaf_link::score::{Labelled, f1_interval};
/// let reports = [0, 0, 1, 1].map(|event| Labelled { incident: event, event, source: 0 });
/// assert_eq!(f1_interval(&reports, 100, 1), [1.0, 1.0]);
/// ```
pub fn f1_interval(reports: &[Labelled], n: u32, seed: u64) -> [f64; 2] {
    let shares: Vec<Shares> = shares(reports).into_values().collect();
    if shares.is_empty() || n == 0 {
        return [1.0, 1.0];
    }
    middle(samples(&shares, n, seed).map(f1).collect())
}

/// The middle 95 % of the difference in pairwise F1, `ours` − `theirs`, over `n` samples of whole
/// events, the same events for both. An interval above 0 says that ours is better on events like
/// these, which two intervals that overlap do not deny.
///
/// Both must label the same reports; in whatever order.
pub fn f1_difference_interval(
    ours: &[Labelled],
    theirs: &[Labelled],
    n: u32,
    seed: u64,
) -> [f64; 2] {
    let mut both: BTreeMap<u32, [Shares; 2]> = BTreeMap::new();
    for (side, reports) in [ours, theirs].into_iter().enumerate() {
        for (event, shares) in shares(reports) {
            both.entry(event).or_default()[side] = shares;
        }
    }
    if both.is_empty() || n == 0 {
        return [0.0, 0.0];
    }
    let of_side = |side: usize| -> Vec<f64> {
        let shares: Vec<Shares> = both.values().map(|both| both[side]).collect();
        samples(&shares, n, seed).map(f1).collect()
    };
    let differences = of_side(0).into_iter().zip(of_side(1)).map(|(ours, theirs)| ours - theirs);
    middle(differences.collect())
}

/// What an event adds to the pairs found, there and right.
type Shares = [f64; 3];

fn f1([found, there, right]: Shares) -> f64 {
    if found + there == 0.0 { 1.0 } else { 2.0 * right / (found + there) }
}

/// In order of event, so that the same seed draws the same events whoever linked them.
fn shares(reports: &[Labelled]) -> BTreeMap<u32, Shares> {
    let mut events: BTreeMap<u32, Shares> = BTreeMap::new();
    for (event, size) in sizes(reports, |it| it.event) {
        events.entry(event).or_default()[1] = choose_two(size) as f64;
    }
    let incidents = sizes(reports, |it| it.incident);
    for ((incident, event), size) in sizes(reports, |it| (it.incident, it.event)) {
        let shares = events.entry(event).or_default();
        let wrong = size * (incidents[&incident] - size);
        // Whole halves, so that no order of adding changes the sum.
        shares[0] += choose_two(size) as f64 + wrong as f64 / 2.0;
        shares[2] += choose_two(size) as f64;
    }
    events
}

fn samples(shares: &[Shares], n: u32, seed: u64) -> impl Iterator<Item = Shares> + '_ {
    let mut state = seed;
    (0..n).map(move |_| {
        let mut sum = [0.0; 3];
        for _ in 0..shares.len() {
            let drawn = shares[(split_mix(&mut state) % shares.len() as u64) as usize];
            (0..3).for_each(|idx| sum[idx] += drawn[idx]);
        }
        sum
    })
}

fn middle(mut samples: Vec<f64>) -> [f64; 2] {
    samples.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| samples[((samples.len() - 1) as f64 * share).round() as usize];
    [at(0.025), at(0.975)]
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::{joined, score};
    use super::*;

    /// Three hundred events of two reports each; every `n`th report was put elsewhere.
    fn reports(n: u32) -> Vec<Labelled> {
        (0..600)
            .map(|idx| Labelled {
                incident: if idx % n == 0 { 10_000 + idx } else { idx / 2 },
                event: idx / 2,
                source: (idx % 2) as u16,
            })
            .collect()
    }

    #[test]
    fn the_interval_holds_the_estimate_and_repeats_with_its_seed() {
        let reports = reports(7);
        let f1 = score(&reports).pairs.f1();
        let [low, high] = f1_interval(&reports, 400, 9);
        assert!(low < f1 && f1 < high && high - low < 0.2, "{low} {f1} {high}");
        let again = f1_interval(&reports, 400, 9);
        assert_eq!([low, high].map(f64::to_bits), again.map(f64::to_bits));
        assert_ne!([low, high], f1_interval(&reports, 400, 10));
    }

    #[test]
    fn the_order_of_reports_and_the_numbers_of_incidents_do_not_matter() {
        let mut shuffled = reports(7);
        shuffled.reverse();
        shuffled.iter_mut().for_each(|it| it.incident += 77);
        assert_eq!(f1_interval(&reports(7), 100, 3), f1_interval(&shuffled, 100, 3));
        // Two halves that share no event are the whole.
        let all = reports(7);
        let halves = joined(&[&all[..300], &all[300..]]);
        assert_eq!(f1_interval(&all, 100, 3), f1_interval(&halves, 100, 3));
    }

    #[test]
    fn shares_add_up_to_what_is_scored() {
        let of = |(incident, event)| Labelled { incident, event, source: 0 };
        let reports = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (2, 2)].map(of);
        let sum = shares(&reports)
            .values()
            .fold([0.0; 3], |sum: Shares, it| [sum[0] + it[0], sum[1] + it[1], sum[2] + it[2]]);
        let pairs = score(&reports).pairs;
        assert_eq!(sum, [pairs.found as f64, pairs.there as f64, pairs.right as f64]);
    }

    #[test]
    fn a_difference_is_taken_on_the_same_events() {
        let (good, bad) = (reports(7), reports(3));
        assert_eq!(f1_difference_interval(&good, &good, 200, 1), [0.0, 0.0]);
        let [low, high] = f1_difference_interval(&good, &bad, 400, 1);
        let difference = score(&good).pairs.f1() - score(&bad).pairs.f1();
        assert!(0.0 < low && low < difference && difference < high, "{low} {difference} {high}");
        let [other_low, other_high] = f1_difference_interval(&bad, &good, 400, 1);
        assert!((other_low + high).abs() < 0.02 && (other_high + low).abs() < 0.02);
    }

    #[test]
    fn nothing_labelled_is_nothing_wrong() {
        assert_eq!(f1_interval(&[], 100, 1), [1.0, 1.0]);
        assert_eq!(f1_difference_interval(&[], &[], 100, 1), [0.0, 0.0]);
    }
}
