//! The likely true toll behind several told ones.
//!
//! - *Question.* Given what independent voices said of one thing, how many was it?
//! - *Answer.* The median of the posterior, and the numbers below which 5 % and 95 % of it lie.
//! - *Assumes.* A source that gives a number is right with the probability `exact`. Otherwise, on
//!   the scale u(n) = ln(1 + n), it tells u(truth) + its bias + an error, normal with one spread for
//!   all; one telling in [`SLIP`] is off by anything. A later voice copies an earlier one with the
//!   probability `copying`, so that a number told again is weaker evidence than a number found
//!   again. What one voice tells several times counts once in all. Before anything is told, a toll
//!   of n is as likely as 1/(1 + n).
//! - *Formula.* For a number y told with bias b and spread s, P(y | n) is the normal probability of
//!   u(y − ½)..u(y + ½) around u(n) + b, plus `exact` where y is n; for "at least y" that of everything above u(y − ½), for "up
//!   to y" of everything below u(y + ½), for a range of what lies in it. With a share h of the
//!   earlier voices telling the same number, a voice has the likelihood
//!   (1 − copying·h)·P + copying·h.
//! - *References.* Copying as a mixture: Dong, Berti-Équille and Srivastava 2009, "Integrating
//!   conflicting data: the role of source dependence", <https://doi.org/10.14778/1687627.1687690>.
//!   Normal distribution: Abramowitz and Stegun 7.1.26 (error below 1.5e-7).

use sheaf_model::{Count, Qualifier};

/// One telling in this many is a slip that says nothing about the truth.
pub(crate) const SLIP: f64 = 50.0;

/// How sources err.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Errors {
    /// A standard deviation on the log scale.
    pub(crate) spread: f64,
    /// The probability that a voice copies an earlier one.
    pub(crate) copying: f64,
    /// The probability that a number is exactly right.
    pub(crate) exact: f64,
}

/// One claim as evidence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) count: Count,
    pub(crate) qualifier: Qualifier,
    pub(crate) voice: u32,
    /// On the log scale: −0.1 tells a tenth too few.
    pub(crate) bias: f64,
}

/// The 5 %, 50 % and 95 % points of the posterior; `None` if only bounds were told, which leave one
/// side open. The tellings stand in the order in which they were made.
pub(crate) fn quantiles(told: &[Told], errors: Errors) -> Option<(u32, u32, u32)> {
    let grid = grid(told, errors.spread)?;
    let scales: Vec<f64> = grid.iter().map(|&number| scale(f64::from(number))).collect();
    // How many numbers a grid point stands for, times the prior of each.
    let width = |nth: usize| grid.get(nth + 1).map_or(1.0, |next| f64::from(next - grid[nth]));
    let mut weights: Vec<f64> =
        (0..grid.len()).map(|nth| width(nth) / (1.0 + f64::from(grid[nth]))).collect();
    for (it, (share, power)) in told.iter().zip(repeats(told)) {
        let shape = Shape::of(it, errors);
        let copied = errors.copying * share;
        let mut highest = 0.0f64;
        for (weight, (&number, &at)) in weights.iter_mut().zip(grid.iter().zip(&scales)) {
            let likelihood = (1.0 - copied) * shape.likelihood(number, at) + copied;
            *weight *= if power == 1.0 { likelihood } else { likelihood.powf(power) };
            highest = highest.max(*weight);
        }
        // So that a thousand tellings do not multiply to nothing.
        weights.iter_mut().for_each(|weight| *weight /= highest);
    }
    let all: f64 = weights.iter().sum();
    let point = |share: f64| {
        let mut sum = 0.0;
        let found = weights.iter().position(|weight| {
            sum += weight;
            sum >= share * all
        });
        found.map_or(grid[grid.len() - 1], |at| grid[at])
    };
    Some((point(0.05), point(0.5), point(0.95)))
}

/// For each telling, the share of earlier voices that told the same number, and the power at which
/// it counts: one over the number of tellings by its voice.
fn repeats(told: &[Told]) -> Vec<(f64, f64)> {
    told.iter()
        .enumerate()
        .map(|(nth, it)| {
            let n_own = told.iter().filter(|other| other.voice == it.voice).count();
            let earlier = || told[..nth].iter().filter(|other| other.voice != it.voice);
            let n_same = earlier().filter(|other| other.count == it.count).count();
            let share = if n_same == 0 { 0.0 } else { n_same as f64 / earlier().count() as f64 };
            (share, 1.0 / n_own as f64)
        })
        .collect()
}

/// The numbers for which the posterior is worked out: all that lie within five spreads of what was
/// told, thinned to every few where these are many.
fn grid(told: &[Told], spread: f64) -> Option<Vec<u32>> {
    const MOST: usize = 256;
    let ends = || told.iter().filter(|it| !is_bound(it));
    let around = |number: u32, bias: f64, spreads: f64| {
        (scale(f64::from(number)) - bias + spreads * spread).exp() - 1.0
    };
    let lowest = ends().map(|it| around(it.count.low(), it.bias, -5.0)).reduce(f64::min)?;
    let lows = told.iter().map(|it| around(it.count.low(), it.bias, 5.0));
    let highs = ends().filter_map(|it| Some(around(it.count.high()?, it.bias, 5.0)));
    let highest = lows.chain(highs).fold(lowest, f64::max).min(f64::from(Count::MAX) / 2.0).ceil();
    let (first, last) = (lowest.max(0.0).floor() as u32, highest as u32);
    if ((last - first) as usize) < MOST {
        return Some((first..=last).collect());
    }
    let (from, to) = (scale(f64::from(first)), scale(f64::from(last)));
    let at = |nth: usize| from + (to - from) * nth as f64 / (MOST - 1) as f64;
    let mut grid: Vec<u32> = (0..MOST).map(|nth| (at(nth).exp() - 1.0).round() as u32).collect();
    // What was told may be exactly right, so that it stands for itself alone.
    let told = ends().filter_map(|it| it.count.best());
    grid.extend(told.flat_map(|best| [best, best + 1]).filter(|it| (first..=last).contains(it)));
    grid.sort_unstable();
    grid.dedup();
    Some(grid)
}

/// What one telling says of every possible truth, with all that does not depend on the truth worked
/// out before.
struct Shape {
    /// Ends on the log scale, less the bias; infinite where open.
    below: f64,
    above: f64,
    spread: f64,
    /// What a slip tells.
    any: f64,
    /// The number told and the probability that it is exactly right.
    exact: Option<(u32, f64)>,
}

impl Shape {
    fn of(it: &Told, Errors { spread, exact, .. }: Errors) -> Shape {
        let end = |number: u32, half: f64| scale((f64::from(number) + half).max(-1.0)) - it.bias;
        // Nothing is below nobody.
        let low_end = |low: u32| if low == 0 { f64::NEG_INFINITY } else { end(low, -0.5) };
        let (low, high) = (it.count.low(), it.count.high());
        let open =
            Shape { below: low_end(low), above: f64::INFINITY, spread, any: 0.5, exact: None };
        match (it.qualifier, high) {
            (Qualifier::AtLeast | Qualifier::MoreThan, _) | (_, None) => open,
            (Qualifier::UpTo, Some(high)) => {
                Shape { below: f64::NEG_INFINITY, above: end(high, 0.5), ..open }
            }
            (qualifier, Some(high)) => {
                // A range around a best value says how sure the source is of that value.
                let (low, high, own) = match it.count.best() {
                    Some(best) if high > low => {
                        (best, best, (end(high, 0.0) - end(low, 0.0)) / 3.29)
                    }
                    _ => (low, high, 0.0),
                };
                let is_plain = qualifier == Qualifier::Exactly;
                Shape {
                    below: low_end(low),
                    above: end(high, 0.5),
                    spread: (if is_plain { spread } else { spread * 1.5 }).max(own),
                    any: 0.1 / (1.0 + f64::from(low)),
                    exact: (low == high && is_plain).then_some((low, exact)),
                }
            }
        }
    }

    /// Its probability if the truth is this number, which lies there on the log scale.
    fn likelihood(&self, truth: u32, at: f64) -> f64 {
        let up_to = |end: f64, open: f64| {
            if end.is_infinite() { open } else { normal((end - at) / self.spread) }
        };
        let mut own = (up_to(self.above, 1.0) - up_to(self.below, 0.0)).max(0.0);
        if let Some((number, exact)) = self.exact {
            own = own * (1.0 - exact) + if truth == number { exact } else { 0.0 };
        }
        own * (1.0 - 1.0 / SLIP) + self.any / SLIP
    }
}

/// Whether it leaves one side open, so that no number can be estimated from it alone.
fn is_bound(it: &Told) -> bool {
    let bound = matches!(it.qualifier, Qualifier::AtLeast | Qualifier::MoreThan | Qualifier::UpTo);
    bound || it.count.high().is_none()
}

/// The scale on which sources are off by a factor and not by a number.
pub(crate) fn scale(number: f64) -> f64 {
    number.ln_1p()
}

/// The probability that a standard normal number lies below this.
pub(crate) fn normal(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let tail = series.into_iter().fold(0.0, |sum, term| (sum + term) * t) * (-x * x).exp() / 2.0;
    if z < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(spread: f64, copying: f64) -> Errors {
        Errors { spread, copying, exact: 0.0 }
    }

    fn told(number: u32, voice: u32) -> Told {
        let count = Count::exactly(number).unwrap();
        Told { count, qualifier: Qualifier::Exactly, voice, bias: 0.0 }
    }

    #[test]
    fn the_normal_distribution_agrees_with_the_printed_table() {
        for (z, share) in
            [(0.0, 0.5), (1.0, 0.841_344_7), (-1.645, 0.049_984_9), (3.0, 0.998_650_1)]
        {
            assert!((normal(z) - share).abs() < 2e-7, "{z}: {}", normal(z));
        }
    }

    #[test]
    fn more_voices_narrow_it_and_copies_hardly_do() {
        let width = |told: &[Told], copying| {
            let (low, _, high) = quantiles(told, errors(0.2, copying)).unwrap();
            high - low
        };
        let one = [told(100, 0)];
        let four: Vec<Told> = (0..4).map(|voice| told(100, voice)).collect();
        let one_voice = [told(100, 0); 4];
        assert_eq!(width(&one_voice, 0.0), width(&one, 0.0));
        assert!(width(&four, 0.0) * 2 <= width(&one, 0.0) + 2);
        assert!(width(&four, 0.0) < width(&four, 0.5));
        assert!(width(&four, 0.5) < width(&one, 0.5));
    }

    #[test]
    fn a_bias_is_taken_out_and_a_bound_pulls_one_way_only() {
        let (_, plain, _) = quantiles(&[told(100, 0)], errors(0.1, 0.0)).unwrap();
        let few = Told { bias: -0.2, ..told(100, 0) };
        let (_, mended, _) = quantiles(&[few], errors(0.1, 0.0)).unwrap();
        assert!((120..=125).contains(&mended), "{plain} {mended}");
        let at_least = |number| Told {
            count: Count::at_least(number).unwrap(),
            qualifier: Qualifier::AtLeast,
            ..told(0, 1)
        };
        assert_eq!(quantiles(&[at_least(31)], errors(0.2, 0.0)), None);
        let with = |bound| quantiles(&[told(100, 0), at_least(bound)], errors(0.2, 0.0)).unwrap();
        let alone = quantiles(&[told(100, 0)], errors(0.2, 0.0)).unwrap();
        assert_eq!(with(20), alone);
        assert!(with(110).1 > alone.1 && with(110).2 >= alone.2);
    }

    #[test]
    fn numbers_found_twice_are_likely_right() {
        let spread_of = |told: &[Told], exact| {
            let errors = Errors { exact, ..errors(0.2, 0.25) };
            let (low, best, high) = quantiles(told, errors).unwrap();
            assert!(low <= best && best <= high);
            high - low
        };
        let three: Vec<Told> = (0..3).map(|voice| told(100, voice)).collect();
        assert!(spread_of(&three, 0.25) < spread_of(&three, 0.0));
        let large: Vec<Told> = (0..8).map(|voice| told(100_000, voice)).collect();
        assert!(spread_of(&large, 0.5) < 2_000 && spread_of(&large, 0.0) > 30_000);
    }

    #[test]
    fn nobody_killed_is_an_answer() {
        assert_eq!(quantiles(&[told(0, 0), told(0, 1)], errors(0.2, 0.25)), Some((0, 0, 0)));
    }

    #[test]
    fn a_large_toll_is_estimated_on_a_thinner_grid() {
        let (low, best, high) = quantiles(&[told(100_000, 0)], errors(0.2, 0.25)).unwrap();
        assert!(
            (70_000..75_000).contains(&low) && (130_000..145_000).contains(&high),
            "{low} {high}"
        );
        assert!((93_000..102_000).contains(&best), "{best}");
    }
}
