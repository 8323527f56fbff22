//! How well a linking agrees with labels: which reports a person says are about the same event.
//!
//! Pairs lead, because a pair is what linking decides. B³ is given beside the value that leaving
//! every report alone would score, which is high wherever most events are reported once; a method
//! is as good as what it adds to that.
//!
//! Beside the partition stand what linking said on the way: whether its probabilities hold
//! (`calibration`), whether blocking let the true pairs through (`met`), and how far chance in the
//! choice of events moves the figures (`interval`). [`evaluate`] brings them together.
//!
//! Several folds or pools are scored as one with [`joined`]. Everything here counts; nothing is
//! fitted, and no order of reports or pairs changes a figure.
//!
//! References: pairwise precision and recall as in Christen, *Data Matching* (2012), chapter 7; B³
//! after Bagga and Baldwin (1998); the adjusted Rand index after Hubert and Arabie (1985).

mod calibration;
mod evaluation;
mod interval;
mod met;

use std::collections::HashMap;

pub use calibration::{Bin, Calibration, Forecast, N_BINS, Reliability, Right, calibration};
pub use evaluation::{Evaluation, Look, Resampling, evaluate};
pub use interval::{f1_difference_interval, f1_interval};
pub use met::{BlockingRecall, Met, blocking_recall};

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

impl Score {
    /// The error in the number of incidents: found ÷ true − 1, so that 0.1 says a tenth too many.
    /// 0 if there is no report.
    pub fn incident_error(&self) -> f64 {
        if self.n_events == 0 { 0.0 } else { self.n_incidents as f64 / self.n_events as f64 - 1.0 }
    }
}

/// Several folds or pools as one: incidents of different parts are never the same, whatever their
/// numbers, while an event is the same wherever its number stands. So a true pair that lies across
/// two folds counts as missed. Events of unrelated pools need different numbers.
///
/// ```
/// use sheaf_link::score::{Labelled, joined, score};
/// let report = |incident, event| Labelled { incident, event, source: 0 };
/// let score = score(&joined(&[&[report(0, 7), report(0, 7)], &[report(0, 7)]]));
/// assert_eq!((score.pairs.there, score.pairs.right, score.n_incidents), (3, 1, 2));
/// ```
pub fn joined(parts: &[&[Labelled]]) -> Vec<Labelled> {
    let mut reports = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    let mut next = 0;
    for part in parts {
        let mut number_of: HashMap<u32, u32> = HashMap::new();
        for report in *part {
            let incident = *number_of.entry(report.incident).or_insert_with(|| {
                next += 1;
                next - 1
            });
            reports.push(Labelled { incident, ..*report });
        }
    }
    reports
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
        assert_eq!(score.incident_error(), 0.0);
    }

    #[test]
    fn a_perfect_linking_scores_one() {
        let reports = labelled(&[(0, 5, 0), (0, 5, 1), (1, 6, 0), (1, 6, 1), (2, 7, 1)]);
        let score = score(&reports);
        assert_eq!((score.pairs.f1(), score.adjusted_rand, score.b_cubed[2]), (1.0, 1.0, 1.0));
    }

    #[test]
    fn too_many_incidents_are_a_share_of_the_events() {
        // Two events in three incidents: half too many.
        let apart = score(&labelled(&[(0, 0, 0), (1, 0, 1), (2, 1, 0)]));
        assert_eq!(apart.incident_error(), 0.5);
        assert_eq!(score(&[]).incident_error(), 0.0);
    }

    #[test]
    fn parts_share_events_and_no_incidents() {
        let parts = [labelled(&[(4, 0, 0), (4, 1, 0)]), labelled(&[(4, 0, 0), (9, 1, 0)])];
        let joined = joined(&[&parts[0], &parts[1]]);
        assert_eq!(joined, labelled(&[(0, 0, 0), (0, 1, 0), (1, 0, 0), (2, 1, 0)]));
        assert_eq!(score(&joined).pairs, Pairs { found: 1, there: 2, right: 0 });
    }
}
