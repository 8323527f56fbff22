//! Whether probabilities mean what they say: of the pairs given 0.8, eight in ten should be right.
//!
//! *Question* May a reader take the probability of a pair at its word? *Answer* For a set of pairs
//! with probability pᵢ and truth yᵢ (1 if the two are about one event):
//!
//! * Brier score: (1/n) Σ (pᵢ − yᵢ)²; 0 is perfect (Brier 1950).
//! * Expected calibration error over [`N_BINS`] bins of equal width: Σ_b (n_b/n) |p̄_b − ȳ_b|, with
//!   the mean probability and the share of true pairs in each bin (Naeini, Cooper and Hauskrecht
//!   2015; Guo et al. 2017).
//!
//! *Assumes* labels that are right. *Mind* that nearly all compared pairs are near 0, so that the
//! error over all of them is small whatever a method does. It is therefore given for three sets: all
//! compared pairs, those with some probability, and those that were linked.

/// How many bins probabilities are sorted into. The bins are [0, 0.1), [0.1, 0.2), …, [0.9, 1].
pub const N_BINS: usize = 10;

/// Pairs below this probability are as good as ruled out.
const LIKELY: f64 = 0.05;

/// Links at or above this probability are called sure.
const SURE: f64 = 0.9;

/// What was said of a pair, and what is so.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Forecast {
    /// The probability given that the two are about one event, 0 to 1.
    pub probability: f64,
    /// Whether they are, according to the labels.
    pub same: bool,
    /// Whether they were put into one incident.
    pub linked: bool,
}

/// One line of a reliability table.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bin {
    /// Pairs with a probability in this bin.
    pub n: u64,
    /// Their mean probability; 0 if there are none.
    pub mean_probability: f64,
    /// The share of them that are about one event; 0 if there are none.
    pub share_right: f64,
}

/// How probabilities and truth compare over a set of pairs.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reliability {
    /// How many pairs.
    pub n: u64,
    /// The Brier score; 0 if there are no pairs.
    pub brier: f64,
    /// The expected calibration error; 0 if there are no pairs.
    pub error: f64,
    /// By probability, lowest first.
    pub bins: [Bin; N_BINS],
}

/// How many, and how many of them are right.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Right {
    /// How many.
    pub n: u64,
    /// Right ones.
    pub right: u64,
}

impl Right {
    /// The share of right ones; `None` if there are none at all.
    pub fn share(self) -> Option<f64> {
        (self.n > 0).then(|| self.right as f64 / self.n as f64)
    }
}

/// How far the probabilities of pairs can be taken at their word.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Calibration {
    /// Over all compared pairs.
    pub all: Reliability,
    /// Over those with a probability of at least 0.05.
    pub likely: Reliability,
    /// Over those that were linked.
    pub linked: Reliability,
    /// Linked pairs with a probability of at least 0.9.
    pub sure: Right,
}

/// Compares probabilities with labels; the order of the pairs does not matter. Probabilities
/// outside 0 to 1, and those that are no number, count as the nearest of 0 and 1, or 0.
///
/// ```
/// use sheaf_link::score::{Forecast, calibration};
/// let pair = |probability, same| Forecast { probability, same, linked: probability > 0.5 };
/// let found = calibration(&[pair(0.8, true), pair(0.8, false), pair(0.2, false)]);
/// // Over the two links: |0.8 - 0.5|, and (0.2² + 0.8²) / 2.
/// assert!((found.linked.error - 0.3).abs() < 1e-12);
/// assert!((found.linked.brier - 0.34).abs() < 1e-12);
/// ```
pub fn calibration(pairs: &[Forecast]) -> Calibration {
    let mut pairs: Vec<Forecast> = pairs.to_vec();
    for pair in &mut pairs {
        let number = pair.probability;
        pair.probability = if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) };
    }
    // Sums of fractions depend on their order, figures must not.
    pairs
        .sort_unstable_by(|a, b| a.probability.total_cmp(&b.probability).then(a.same.cmp(&b.same)));
    let sure = || pairs.iter().filter(|it| it.linked && it.probability >= SURE);
    Calibration {
        all: reliability(pairs.iter()),
        likely: reliability(pairs.iter().filter(|it| it.probability >= LIKELY)),
        linked: reliability(pairs.iter().filter(|it| it.linked)),
        sure: Right { n: sure().count() as u64, right: sure().filter(|it| it.same).count() as u64 },
    }
}

fn reliability<'a>(pairs: impl Iterator<Item = &'a Forecast>) -> Reliability {
    let mut sums = [(0u64, 0.0, 0u64); N_BINS];
    let (mut n, mut squares) = (0u64, 0.0);
    for pair in pairs {
        let truth = f64::from(u8::from(pair.same));
        squares += (pair.probability - truth).powi(2);
        n += 1;
        let sum = &mut sums[((pair.probability * N_BINS as f64) as usize).min(N_BINS - 1)];
        *sum = (sum.0 + 1, sum.1 + pair.probability, sum.2 + u64::from(pair.same));
    }
    if n == 0 {
        return Reliability::default();
    }
    let bins = sums.map(|(n, probability, right)| {
        let mean = |sum: f64| if n == 0 { 0.0 } else { sum / n as f64 };
        Bin { n, mean_probability: mean(probability), share_right: mean(right as f64) }
    });
    let off = |bin: &Bin| bin.n as f64 * (bin.mean_probability - bin.share_right).abs();
    Reliability {
        n,
        brier: squares / n as f64,
        error: bins.iter().map(off).sum::<f64>() / n as f64,
        bins,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecasts(of: &[(f64, bool, bool)]) -> Vec<Forecast> {
        of.iter()
            .map(|&(probability, same, linked)| Forecast { probability, same, linked })
            .collect()
    }

    #[track_caller]
    fn near(found: f64, by_hand: f64) {
        assert!((found - by_hand).abs() < 1e-12, "{found} instead of {by_hand}");
    }

    /// Six pairs, by hand. Bins: 0 holds 0.01; 1 holds 0.15; 9 holds 0.95, 0.95, 0.9 and 1.
    #[test]
    fn a_small_case_by_hand() {
        let found = calibration(&forecasts(&[
            (0.95, true, true),
            (0.01, false, false),
            (0.9, false, true),
            (1.0, true, true),
            (0.15, true, false),
            (0.95, true, false),
        ]));
        let squares = 0.05f64.powi(2) + 0.01f64.powi(2) + 0.81 + 0.0 + 0.85f64.powi(2);
        near(found.all.brier, (squares + 0.05f64.powi(2)) / 6.0);
        // |0.01 − 0| + |0.15 − 1| + 4 |0.95 − 0.75|, of six.
        near(found.all.error, (0.01 + 0.85 + 4.0 * 0.2) / 6.0);
        assert_eq!(found.all.bins.map(|bin| bin.n), [1, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
        near(found.all.bins[9].mean_probability, 0.95);
        near(found.all.bins[9].share_right, 0.75);
        assert_eq!(found.likely.n, 5);
        near(found.likely.error, (0.85 + 0.8) / 5.0);
        assert_eq!((found.linked.n, found.sure), (3, Right { n: 3, right: 2 }));
        near(found.linked.error, (0.95 + 0.9 + 1.0 - 2.0) / 3.0);
        near(found.sure.share().unwrap(), 2.0 / 3.0);
    }

    #[test]
    fn probabilities_that_hold_have_no_error() {
        let pairs: Vec<_> = (0..10).map(|idx| (0.3, idx < 3, idx < 5)).collect();
        let found = calibration(&forecasts(&pairs));
        near(found.all.error, 0.0);
        near(found.all.brier, 0.21);
        assert_eq!(found.sure.share(), None);
    }

    #[test]
    fn the_order_of_pairs_changes_no_bit() {
        let mut pairs = forecasts(
            &(0..999).map(|idx| (f64::from(idx) / 997.0, idx % 3 == 0, true)).collect::<Vec<_>>(),
        );
        let found = calibration(&pairs);
        pairs.reverse();
        assert_eq!(found, calibration(&pairs));
        assert_eq!(found.all.bins.iter().map(|bin| bin.n).sum::<u64>(), 999);
    }

    #[test]
    fn no_pairs_and_no_numbers_are_no_failure() {
        assert_eq!(calibration(&[]), Calibration::default());
        let odd = calibration(&forecasts(&[(f64::NAN, false, false), (2.0, true, true)]));
        assert_eq!((odd.all.brier, odd.all.bins[9].n), (0.0, 1));
    }
}
