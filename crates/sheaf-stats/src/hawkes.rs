//! Self-excitation: the Hawkes process.
//!
//! # Question
//! How much of the violence follows from violence shortly before, and how much from a background that
//! rises and falls by itself?
//!
//! # Answer
//! [`HawkesFinding`]: the branching ratio (how many further incidents follow directly from one) against
//! a constant background *and* against one that varies, since a slow trend passes for contagion; how
//! fast the effect fades; and how often a varying background alone would look as contagious.
//!
//! # Assumes
//! Incidents raise the rate of later ones by an effect that halves every so many days, the same
//! throughout. What happens on one day cannot excite the same day, so a day with many incidents is
//! no contagion in itself. The varying background bends only at its knots; whatever moves faster is
//! taken for contagion, so knots should be closer than the swings of recording and season. Closer
//! still, they take contagion for background: the truth tends to lie between the two ratios.
//!
//! # Formula
//! Daily: y_t ~ Poisson(b_t + α A_t), A_t = ρ A_(t−1) + (1 − ρ) y_(t−1), ρ = 2^(−1/half-life), and b_t a
//! line between knots. The kernel sums to 1, so α is the branching ratio. For a given ρ the
//! likelihood is concave in b and α (solved by Newton's method with both kept at 0 or more); ρ is
//! sought over half-lives. p: the ratio of likelihoods against the same of counts drawn from the
//! varying background alone.
//! In continuous time ([`fit_times`]): λ(t) = μ + α Σ exp(−β (t − t_i)), with the branching ratio α/β.
//!
//! # References
//! - Hawkes (1971), Spectra of some self-exciting and mutually exciting point processes. Ozaki (1979),
//!   Maximum likelihood estimation of Hawkes' self-exciting point processes.
//! - Porter and White (2012), Self-exciting hurdle models for terrorist activity. White, Porter and
//!   Mazerolle (2013), Terrorism risk, resilience and volatility.
//! - R's stelfi on the retweets about NIWA, in `tests/hawkes.rs`.

mod additive;
mod times;

use rayon::prelude::*;

use crate::{Chance, NoAnswer};
use additive::{Additive, Solved};
pub use times::{TimesFit, fit_times};

/// What is asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HawkesOptions {
    /// Days between two knots of the varying background: 91 follows the seasons.
    pub knot_days: usize,
    /// The longest half-life that is looked at, in days: 28, for effects that fade within weeks.
    pub longest_half_life: f64,
    /// How many replications for the p-value; 0 for none.
    pub replications: u32,
}

/// A fit of the daily model.
#[derive(Clone, PartialEq, Debug)]
pub struct DailyFit {
    /// How many incidents follow directly from one, on average; at 1 or more it would never end.
    pub branching: f64,
    /// Days until half of what follows has followed.
    pub half_life: f64,
    /// Incidents a day that follow from nothing, for each day.
    pub background: Vec<f64>,
    /// The logarithm of the likelihood, without the factorials of the counts.
    pub log_likelihood: f64,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct HawkesFinding {
    /// Incidents that were used: all that were given.
    pub incidents: u64,
    /// Against a background that is the same on all days.
    pub constant: DailyFit,
    /// Against one that varies.
    pub varying: DailyFit,
    /// How often counts from the varying background alone look as contagious.
    pub p: Option<f64>,
}

/// Fits the daily model to the number of incidents on each day.
///
/// # Errors
/// [`NoAnswer`]: fewer than 10 incidents, all on one day, a period shorter than two knots or four
/// half-lives, options that mean nothing.
pub fn hawkes(
    counts: &[u32],
    options: &HawkesOptions,
    seed: u64,
) -> Result<HawkesFinding, NoAnswer> {
    check(counts, options)?;
    let data: Vec<f64> = counts.iter().map(|&n| f64::from(n)).collect();
    let varying = fit(&data, options.knot_days, options.longest_half_life);
    let constant = fit(&data, usize::MAX, options.longest_half_life);
    let none = Background::new(data.len(), options.knot_days);
    let p = (options.replications > 0).then(|| {
        let (observed, alone) = excess(&data, &none, options.longest_half_life);
        let rates = none.rates(&alone.weights);
        let as_odd = (0..options.replications).into_par_iter().filter(|&number| {
            let mut chance = Chance::new(seed, u64::from(number));
            let drawn: Vec<f64> = rates.iter().map(|&it| f64::from(chance.poisson(it))).collect();
            excess(&drawn, &none, options.longest_half_life).0 >= observed - 1e-9
        });
        (as_odd.count() as f64 + 1.0) / f64::from(options.replications + 1)
    });
    let incidents = counts.iter().map(|&n| u64::from(n)).sum();
    Ok(HawkesFinding { incidents, constant, varying, p })
}

fn check(counts: &[u32], options: &HawkesOptions) -> Result<(), NoAnswer> {
    let have: usize = counts.iter().map(|&n| n as usize).sum();
    let bad = |option, value: String, must| Err(NoAnswer::BadOption { option, value, must });
    if have < 10 {
        return Err(NoAnswer::TooFewCases { have, need: 10 });
    }
    if counts.iter().filter(|&&n| n > 0).count() == 1 {
        return Err(NoAnswer::OneDay { have });
    }
    if options.knot_days == 0 {
        return bad("the days between knots", "0".into(), "one day or more");
    }
    let longest = options.longest_half_life;
    if !(longest.is_finite() && longest >= SHORTEST) {
        return bad("the longest half-life", longest.to_string(), "half a day or more");
    }
    let window = (2.0 * options.knot_days as f64).max(4.0 * longest);
    if window > counts.len() as f64 {
        let have = counts.len() as f64;
        return Err(NoAnswer::WindowTooLong { window, have, unit: "days" });
    }
    Ok(())
}

/// The shortest half-life that is looked at, in days: nine tenths within two days.
const SHORTEST: f64 = 0.5;

/// The background's shape: for each day the two knots around it and the share of the later one.
struct Background {
    n_knots: usize,
    at: Vec<(usize, f64)>,
}

impl Background {
    fn new(n_days: usize, knot_days: usize) -> Background {
        let n_pieces = (n_days / knot_days).max(1);
        if knot_days > n_days {
            return Background { n_knots: 1, at: vec![(0, 0.0); n_days] };
        }
        let width = (n_days - 1) as f64 / n_pieces as f64;
        let place = |day: usize| {
            let piece = ((day as f64 / width) as usize).min(n_pieces - 1);
            (piece, day as f64 / width - piece as f64)
        };
        Background { n_knots: n_pieces + 1, at: (0..n_days).map(place).collect() }
    }

    /// Which weights a day's rate is made of, and how much of each.
    fn parts(&self, day: usize) -> [(usize, f64); 2] {
        let (piece, share) = self.at[day];
        let next = (piece + 1).min(self.n_knots - 1);
        [(piece, 1.0 - share), (next, share)]
    }

    fn rates(&self, weights: &[f64]) -> Vec<f64> {
        let rate = |day| self.parts(day).iter().map(|&(knot, share)| share * weights[knot]).sum();
        (0..self.at.len()).map(rate).collect()
    }
}

/// What earlier incidents add to a day's rate for each unit of branching: A_t.
fn after_effects(data: &[f64], half_life: f64) -> Vec<f64> {
    let keeps = (-1.0 / half_life).exp2();
    let mut level = 0.0;
    let mut effects = Vec::with_capacity(data.len());
    for &count in data {
        effects.push(level);
        level = keeps * level + (1.0 - keeps) * count;
    }
    effects
}

fn solve(data: &[f64], background: &Background, half_life: Option<f64>) -> Solved {
    let effects = half_life.map(|it| after_effects(data, it));
    let rows = (0..data.len()).map(|day| {
        let [a, b] = background.parts(day);
        [a, b, (background.n_knots, effects.as_ref().map_or(0.0, |it| it[day]))]
    });
    let n_weights = background.n_knots + usize::from(half_life.is_some());
    let rows = match half_life {
        Some(_) => rows.collect(),
        None => rows.map(|[a, b, _]| [a, b, (0, 0.0)]).collect(),
    };
    Additive { counts: data, rows, n_weights }.solve()
}

fn half_lives(longest: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(SHORTEST), |it| Some(it * 2.0))
        .take_while(move |&it| it < longest)
        .chain([longest])
}

/// Twice the gain in log likelihood by self-excitation, at the best of a few half-lives, and the fit
/// without it.
fn excess(data: &[f64], background: &Background, longest: f64) -> (f64, Solved) {
    let alone = solve(data, background, None);
    let best = half_lives(longest)
        .map(|it| solve(data, background, Some(it)).log_likelihood)
        .fold(alone.log_likelihood, f64::max);
    (2.0 * (best - alone.log_likelihood), alone)
}

fn fit(data: &[f64], knot_days: usize, longest: f64) -> DailyFit {
    let background = Background::new(data.len(), knot_days);
    let at = |ln: f64| solve(data, &background, Some(ln.exp())).log_likelihood;
    // The best of a few half-lives, then the best between its neighbours, by golden section.
    let grid: Vec<f64> = half_lives(longest).map(f64::ln).collect();
    let values: Vec<f64> = grid.iter().map(|&ln| at(ln)).collect();
    let best = (1..grid.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best });
    let (mut low, mut high) = (grid[best.saturating_sub(1)], grid[(best + 1).min(grid.len() - 1)]);
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    while high - low > 1e-5 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if at(a) >= at(b) { high = b } else { low = a }
    }
    let middle = (low + high) / 2.0;
    let ln = if at(middle) >= values[best] { middle } else { grid[best] };
    let solved = solve(data, &background, Some(ln.exp()));
    DailyFit {
        branching: solved.weights[background.n_knots],
        half_life: ln.exp(),
        background: background.rates(&solved.weights),
        log_likelihood: solved.log_likelihood,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unevenness;

    const OPTIONS: HawkesOptions =
        HawkesOptions { knot_days: 60, longest_half_life: 14.0, replications: 0 };

    /// Counts that follow the daily model.
    fn drawn(
        seed: u64,
        n_days: usize,
        branching: f64,
        background: impl Fn(f64) -> f64,
    ) -> Vec<u32> {
        let mut chance = Chance::new(seed, 0);
        let keeps = (-0.5f64).exp2();
        let mut level = 0.0;
        let day = |day| {
            let count = chance.poisson(background(day as f64) + branching * level);
            level = keeps * level + (1.0 - keeps) * f64::from(count);
            count
        };
        (0..n_days).map(day).collect()
    }

    #[test]
    fn after_effects_by_hand() {
        // Half-life of a day: half on the next day, a quarter on the one after, all from 8.
        assert_eq!(after_effects(&[8.0, 0.0, 4.0, 0.0], 1.0), [0.0, 4.0, 2.0, 3.0]);
    }

    #[test]
    fn a_known_branching_ratio_and_half_life_are_found() {
        let options = HawkesOptions { knot_days: 1000, ..OPTIONS };
        let finding = hawkes(&drawn(1, 3000, 0.6, |_| 0.8), &options, 1).unwrap();
        for fit in [&finding.constant, &finding.varying] {
            assert!((fit.branching - 0.6).abs() < 0.08, "{}", fit.branching);
            assert!((1.3..3.0).contains(&fit.half_life), "{}", fit.half_life);
        }
        let mean = finding.constant.background[0];
        assert!((mean - 0.8).abs() < 0.15, "{mean}");
    }

    #[test]
    fn a_slow_swing_passes_for_contagion_only_against_a_constant_background() {
        let swing = |day: f64| 2.0 + 1.8 * (day / 40.0).sin();
        let options = HawkesOptions { knot_days: 40, replications: 99, ..OPTIONS };
        let finding = hawkes(&drawn(2, 1000, 0.0, swing), &options, 1).unwrap();
        assert!(finding.constant.branching > 0.5, "{}", finding.constant.branching);
        assert!(finding.varying.branching < 0.15, "{}", finding.varying.branching);
        assert!(finding.p.unwrap() > 0.05, "{:?}", finding.p);
        let contagious = hawkes(&drawn(3, 1000, 0.5, |_| 1.0), &options, 1).unwrap();
        assert_eq!(contagious.p, Some(0.01));
    }

    #[test]
    fn p_values_are_even_when_nothing_is_the_matter() {
        let background = Background::new(150, 50);
        let p = (0..200).map(|trial| {
            let counts = drawn(1000 + trial, 150, 0.0, |_| 1.0);
            let options = HawkesOptions { knot_days: 50, longest_half_life: 7.0, replications: 49 };
            let p = hawkes(&counts, &options, trial).unwrap().p.unwrap();
            // Where self-excitation gains nothing, as for half of such data, p is 1 by ties.
            let data: Vec<f64> = counts.iter().map(|&n| f64::from(n)).collect();
            let (gain, alone) = excess(&data, &background, 7.0);
            if gain > 1e-9 {
                return p;
            }
            let rates = background.rates(&alone.weights);
            let more = (0..49u32).filter(|&number| {
                let mut chance = Chance::new(trial, u64::from(number));
                let drawn: Vec<f64> =
                    rates.iter().map(|&it| f64::from(chance.poisson(it))).collect();
                excess(&drawn, &background, 7.0).0 > 1e-9
            });
            let above = more.count() as f64 / 50.0;
            above + Chance::new(trial, 999).unit() * (1.0 - above)
        });
        let uneven = unevenness(p.collect());
        assert!(uneven < 1.95, "{uneven}");
    }

    #[test]
    fn why_there_is_no_answer_is_said() {
        let check = |counts: &[u32], expected: &str| {
            assert_eq!(hawkes(counts, &OPTIONS, 1).unwrap_err().to_string(), expected);
        };
        check(&[1; 9], "there are 9 cases, and 10 are the fewest that can be asked about");
        check(
            &[0, 12, 0],
            "all 12 cases fall on one day (or step of time), so that no time stands out",
        );
        check(&[1; 100], "a window of 120 days is longer than the data, which span 100 days");
    }
}
