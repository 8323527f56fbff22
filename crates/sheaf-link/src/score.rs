//! How well a linking agrees with labels: which reports a person says are about the same event.
//!
//! Pairs lead, because a pair is what linking decides. B³ is given beside the value that leaving
//! every report alone would score, which is high wherever most events are reported once; a method
//! is as good as what it adds to that.
//!
//! References: pairwise precision and recall as in Christen, *Data Matching* (2012), chapter 7; B³
//! after Bagga and Baldwin (1998); the adjusted Rand index after Hubert and Arabie (1985).

use std::collections::HashMap;

/// One labelled report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Labelled {
    /// The incident it was put into; a number of its own for one left outside every incident.
    pub incident: u32,
    /// The event it is about according to the labels.
    pub event: u32,
    /// Its source.
    pub source: u16,
}

/// Pairs found, pairs there, and those that are both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pairs {
    /// Put together.
    pub found: u64,
    /// Together according to the labels.
    pub there: u64,
    /// Both.
    pub right: u64,
}

impl Pairs {
    /// Of the pairs put together, how many belong together; 1 if none was.
    pub fn precision(self) -> f64 {
        share(self.right, self.found)
    }

    /// Of the pairs that belong together, how many were put together; 1 if there are none.
    pub fn recall(self) -> f64 {
        share(self.right, self.there)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(self) -> f64 {
        share(2 * self.right, self.found + self.there)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// How a linking compares with labels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Score {
    /// How many reports were labelled.
    pub n_reports: u64,
    /// Over all pairs.
    pub pairs: Pairs,
    /// Over pairs of different sources.
    pub cross_source: Pairs,
    /// B³ precision, recall and F1.
    pub b_cubed: [f64; 3],
    /// B³ F1 of leaving every report alone.
    pub b_cubed_alone: f64,
    /// The adjusted Rand index: 1 for the same partition, about 0 for a random one.
    pub adjusted_rand: f64,
    /// Incidents found among the labelled reports.
    pub n_incidents: u64,
    /// Events according to the labels.
    pub n_events: u64,
}

/// Scores a linking over labelled reports; the order of these does not matter.
///
/// ```
/// use sheaf_link::score::{Labelled, score};
/// let report = |incident, event| Labelled { incident, event, source: 0 };
/// // Two events of two reports each; one pair is found, one is not.
/// let score = score(&[report(0, 7), report(0, 7), report(1, 8), report(2, 8)]);
/// assert_eq!((score.pairs.precision(), score.pairs.recall()), (1.0, 0.5));
/// ```
pub fn score(reports: &[Labelled]) -> Score {
    let pairs = pairs_of(reports);
    let mut by_source: HashMap<u16, Vec<Labelled>> = HashMap::new();
    for report in reports {
        by_source.entry(report.source).or_default().push(*report);
    }
    let within =
        by_source.values().map(|reports| pairs_of(reports)).fold(Pairs::default(), |sum, pairs| {
            Pairs {
                found: sum.found + pairs.found,
                there: sum.there + pairs.there,
                right: sum.right + pairs.right,
            }
        });
    let incidents = sizes(reports, |it| it.incident);
    let events = sizes(reports, |it| it.event);
    let both = sizes(reports, |it| (it.incident, it.event));
    let n = reports.len() as f64;
    let mean = |of: &dyn Fn(&Labelled) -> f64| {
        if reports.is_empty() { 1.0 } else { reports.iter().map(of).sum::<f64>() / n }
    };
    let overlap = |it: &Labelled| both[&(it.incident, it.event)] as f64;
    let precision = mean(&|it| overlap(it) / incidents[&it.incident] as f64);
    let recall = mean(&|it| overlap(it) / events[&it.event] as f64);
    let alone = mean(&|it| 1.0 / events[&it.event] as f64);
    Score {
        n_reports: reports.len() as u64,
        pairs,
        cross_source: Pairs {
            found: pairs.found - within.found,
            there: pairs.there - within.there,
            right: pairs.right - within.right,
        },
        b_cubed: [precision, recall, harmonic(precision, recall)],
        b_cubed_alone: harmonic(1.0, alone),
        adjusted_rand: adjusted_rand(pairs, reports.len() as u64),
        n_incidents: incidents.len() as u64,
        n_events: events.len() as u64,
    }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

/// (index − expected) ÷ (maximum − expected), over pairs.
fn adjusted_rand(pairs: Pairs, n: u64) -> f64 {
    let all = choose_two(n) as f64;
    if all == 0.0 {
        return 1.0;
    }
    let expected = pairs.found as f64 * pairs.there as f64 / all;
    let maximum = (pairs.found + pairs.there) as f64 / 2.0;
    if maximum == expected { 1.0 } else { (pairs.right as f64 - expected) / (maximum - expected) }
}

fn pairs_of(reports: &[Labelled]) -> Pairs {
    Pairs {
        found: sizes(reports, |it| it.incident).values().map(|&n| choose_two(n)).sum(),
        there: sizes(reports, |it| it.event).values().map(|&n| choose_two(n)).sum(),
        right: sizes(reports, |it| (it.incident, it.event)).values().map(|&n| choose_two(n)).sum(),
    }
}

fn choose_two(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn sizes<K: std::hash::Hash + Eq>(
    reports: &[Labelled],
    key: impl Fn(&Labelled) -> K,
) -> HashMap<K, u64> {
    let mut sizes = HashMap::new();
    for report in reports {
        *sizes.entry(key(report)).or_default() += 1;
    }
    sizes
}

/// The middle 95 % of pairwise F1 over `n` bootstrap samples of whole events, which are drawn with
/// replacement because the pairs of one event succeed and fail together. The same seed gives the
/// same interval.
///
/// A sample's wrong pairs are shared out: each pair put together wrongly counts half for each of
/// its two events, so that what is drawn twice counts twice.
pub fn f1_interval(reports: &[Labelled], n: u32, seed: u64) -> [f64; 2] {
    let mut events: HashMap<u32, [f64; 3]> = HashMap::new();
    for (event, size) in sizes(reports, |it| it.event) {
        events.entry(event).or_default()[1] = choose_two(size) as f64;
    }
    let incidents = sizes(reports, |it| it.incident);
    for ((incident, event), size) in sizes(reports, |it| (it.incident, it.event)) {
        let entry = events.entry(event).or_default();
        let wrong = size * (incidents[&incident] - size);
        entry[0] += choose_two(size) as f64 + wrong as f64 / 2.0;
        entry[2] += choose_two(size) as f64;
    }
    let mut shares: Vec<(u32, [f64; 3])> = events.into_iter().collect();
    shares.sort_unstable_by_key(|&(event, _)| event);
    if shares.is_empty() || n == 0 {
        return [1.0, 1.0];
    }
    let mut state = seed;
    let mut samples: Vec<f64> = (0..n)
        .map(|_| {
            let mut sum = [0.0; 3];
            for _ in 0..shares.len() {
                let (_, share) = shares[(split_mix(&mut state) % shares.len() as u64) as usize];
                (0..3).for_each(|idx| sum[idx] += share[idx]);
            }
            let [found, there, right] = sum;
            if found + there == 0.0 { 1.0 } else { 2.0 * right / (found + there) }
        })
        .collect();
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
    use super::*;

    fn labelled(of: &[(u32, u32, u16)]) -> Vec<Labelled> {
        of.iter().map(|&(incident, event, source)| Labelled { incident, event, source }).collect()
    }

    /// Three incidents over three events, counted by hand: {a a b} {b b} {c}.
    #[test]
    fn a_small_case_by_hand() {
        let reports = labelled(&[(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 1, 0), (1, 1, 1), (2, 2, 0)]);
        let score = score(&reports);
        assert_eq!(score.pairs, Pairs { found: 4, there: 4, right: 2 });
        // Across sources: found (0,1), (1,2), (3,4); there (0,1), (2,4), (3,4); right (0,1), (3,4).
        assert_eq!(score.cross_source, Pairs { found: 3, there: 3, right: 2 });
        // B³ precision: (2/3 + 2/3 + 1/3 + 1 + 1 + 1) / 6; recall: (1 + 1 + 1/3 + 2/3 + 2/3 + 1) / 6.
        assert!((score.b_cubed[0] - 14.0 / 18.0).abs() < 1e-12);
        assert!((score.b_cubed[1] - 14.0 / 18.0).abs() < 1e-12);
        // Alone: recall (1/2 + 1/2 + 1/3 + 1/3 + 1/3 + 1) / 6 = 1/2, so F1 = 2/3.
        assert!((score.b_cubed_alone - 2.0 / 3.0).abs() < 1e-12);
        // Adjusted Rand: expected 4·4/15, maximum 4: (2 − 16/15) / (4 − 16/15) = 14/44.
        assert!((score.adjusted_rand - 14.0 / 44.0).abs() < 1e-12);
        assert_eq!((score.n_incidents, score.n_events), (3, 3));
    }

    #[test]
    fn a_perfect_linking_scores_one_and_its_interval_is_a_point() {
        let reports = labelled(&[(0, 5, 0), (0, 5, 1), (1, 6, 0), (1, 6, 1), (2, 7, 1)]);
        let score = score(&reports);
        assert_eq!((score.pairs.f1(), score.adjusted_rand, score.b_cubed[2]), (1.0, 1.0, 1.0));
        assert_eq!(f1_interval(&reports, 200, 1), [1.0, 1.0]);
    }

    #[test]
    fn the_interval_holds_the_estimate_and_repeats_with_its_seed() {
        let reports: Vec<Labelled> = (0..600)
            .map(|idx| Labelled {
                incident: if idx % 7 == 0 { 10_000 + idx } else { idx / 2 },
                event: idx / 2,
                source: (idx % 2) as u16,
            })
            .collect();
        let f1 = score(&reports).pairs.f1();
        let [low, high] = f1_interval(&reports, 400, 9);
        assert!(low < f1 && f1 < high && high - low < 0.2, "{low} {f1} {high}");
        assert_eq!([low, high], f1_interval(&reports, 400, 9));
    }
}
