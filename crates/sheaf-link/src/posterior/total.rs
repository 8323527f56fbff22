//! From components to the pool: how many incidents there are in all, when each component says how
//! many it may hold. Components have no pair between them, so what they hold is independent, and the
//! count of all is the sum of independent counts.

/// How many incidents in all.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Total {
    /// The expected number.
    pub mean: f64,
    /// The middle 95 %: fewer than `low` has a probability below 2.5 %, more than `high` one of at
    /// most 2.5 %.
    pub low: u64,
    /// The upper end.
    pub high: u64,
    /// Whether the interval was counted out rather than taken from the normal curve.
    pub exact: bool,
}

/// Adds up the counts of independent components, each given as the probability of every number of
/// clusters (the index), as [`Sure::n_clusters`](super::Sure::n_clusters) is. A distribution that
/// does not sum to 1 is taken in proportion; one without any weight counts for nothing.
///
/// *Answer.* The mean is the sum of the means. The interval is that of the sum's own distribution,
/// one component convolved into it after the other, as long as this takes at most [`MOST_STEPS`]
/// multiplications (ten thousand components of two possible counts each); beyond that it is that of
/// the normal curve with the same mean and variance, mean ± 1.96 standard deviations, rounded
/// outwards and kept within what is possible. By then so many components are uncertain that the sum
/// follows this curve closely (the central limit theorem for bounded counts).
///
/// *Assumes.* The components are independent and their distributions right: that the weights
/// themselves may be off is not in this interval.
pub(crate) fn total(components: &[Vec<f64>]) -> Total {
    total_within(components, MOST_STEPS)
}

const MOST_STEPS: u64 = 100_000_000;

fn total_within(components: &[Vec<f64>], most_steps: u64) -> Total {
    let counts: Vec<Counts> = components.iter().filter_map(|it| Counts::new(it)).collect();
    let lowest: u64 = counts.iter().map(|it| it.lowest).sum();
    let mean_above: f64 = counts.iter().map(Counts::mean_above).sum();
    let mean = lowest as f64 + mean_above;
    // What is certain only moves the lowest count.
    let uncertain: Vec<&Counts> = counts.iter().filter(|it| it.shares.len() > 1).collect();
    let (mut width, mut steps) = (1u64, 0u64);
    for counts in &uncertain {
        steps = steps.saturating_add(width.saturating_mul(counts.shares.len() as u64));
        width += counts.shares.len() as u64 - 1;
    }
    if steps > most_steps {
        let deviation = uncertain.iter().map(|it| it.variance()).sum::<f64>().sqrt();
        let most = (width - 1) as f64;
        let above = |number: f64| lowest + number.clamp(0.0, most) as u64;
        let low = above((mean_above - 1.959_964 * deviation).floor());
        let high = above((mean_above + 1.959_964 * deviation).ceil());
        return Total { mean, low, high, exact: false };
    }
    let mut sum = vec![1.0];
    for counts in uncertain {
        sum = convolved(&sum, &counts.shares);
    }
    Total { mean, low: lowest + up_to(&sum, 0.025), high: lowest + up_to(&sum, 0.975), exact: true }
}

/// How many clusters a component may have, from the lowest possible number to the highest.
struct Counts {
    lowest: u64,
    /// They sum to 1; the first and the last are above 0.
    shares: Vec<f64>,
}

impl Counts {
    fn new(distribution: &[f64]) -> Option<Counts> {
        let lowest = distribution.iter().position(|&share| share > 0.0)?;
        let highest = distribution.iter().rposition(|&share| share > 0.0)?;
        let shares = &distribution[lowest..=highest];
        let sum: f64 = shares.iter().sum();
        let shares = shares.iter().map(|share| share / sum).collect();
        Some(Counts { lowest: lowest as u64, shares })
    }

    fn mean_above(&self) -> f64 {
        self.shares.iter().enumerate().map(|(number, share)| number as f64 * share).sum()
    }

    fn variance(&self) -> f64 {
        let mean = self.mean_above();
        let off = |number: usize| (number as f64 - mean).powi(2);
        self.shares.iter().enumerate().map(|(number, share)| off(number) * share).sum()
    }
}

fn convolved(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; left.len() + right.len() - 1];
    for (at, share) in left.iter().enumerate() {
        for (further, other) in right.iter().enumerate() {
            sum[at + further] += share * other;
        }
    }
    sum
}

/// The smallest number that is not exceeded with at least this probability. What rounding may have
/// taken from the sum does not push it up.
fn up_to(shares: &[f64], probability: f64) -> u64 {
    let mut sum = 0.0;
    let reached = shares.iter().position(|share| {
        sum += share;
        sum >= probability - 1e-12
    });
    reached.unwrap_or(shares.len() - 1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_counts_add_up() {
        let total = total(&[vec![0.0, 1.0], vec![0.0, 0.0, 0.0, 1.0], vec![], vec![0.0, 0.0]]);
        assert_eq!(total, Total { mean: 4.0, low: 4, high: 4, exact: true });
    }

    #[test]
    fn nothing_is_no_incident() {
        assert_eq!(total(&[]), Total { mean: 0.0, low: 0, high: 0, exact: true });
    }

    /// Six fair coins of one or two: P(6) = 1/64 < 2.5 %, P(≤ 7) = 7/64; by symmetry P(≤ 11) =
    /// 63/64 and P(≤ 10) = 57/64.
    #[test]
    fn coins_by_hand() {
        let total = total(&vec![vec![0.0, 0.5, 0.5]; 6]);
        assert!((total.mean - 9.0).abs() < 1e-12);
        assert_eq!((total.low, total.high, total.exact), (7, 11, true));
    }

    #[test]
    fn proportions_are_enough() {
        let whole = total(&[vec![0.0, 0.25, 0.75]]);
        assert_eq!(whole, total(&[vec![0.0, 1.0, 3.0, 0.0]]));
        assert_eq!((whole.low, whole.high), (1, 2));
    }

    /// 400 components: the normal curve and the exact sum differ by no more than its rounding.
    #[test]
    fn the_normal_curve_comes_close_when_there_are_many() {
        let components: Vec<Vec<f64>> = (0..400)
            .map(|idx| {
                let share = f64::from(idx % 9 + 1) / 20.0;
                vec![0.0, share, 1.0 - 1.5 * share, 0.5 * share]
            })
            .collect();
        let (exact, normal) = (total(&components), total_within(&components, 0));
        assert!(exact.exact && !normal.exact);
        assert_eq!(exact.mean.to_bits(), normal.mean.to_bits());
        assert!(exact.low.abs_diff(normal.low) <= 1, "{exact:?} {normal:?}");
        assert!(exact.high.abs_diff(normal.high) <= 1, "{exact:?} {normal:?}");
        assert!((exact.low as f64) < exact.mean && exact.mean < exact.high as f64);
    }

    #[test]
    fn the_normal_curve_stays_within_what_is_possible() {
        let total = total_within(&[vec![0.0, 0.5, 0.5]], 0);
        assert_eq!((total.low, total.high, total.exact), (1, 2, false));
    }
}
