//! Learning a model from labelled reports. The recipe, in the order in which it is done:
//!
//! 1. Levels of every pair that meets, within stretches of the labelled reports (`pool`).
//! 2. First pass: penalised logistic regression on levels (`logistic`), held to the bits of the
//!    model one starts from, then made monotone where the comparison is one of counts (`rising`).
//! 3. The company each pair keeps, by first-pass weights that did not know the pair (each stretch
//!    is weighed by what the others taught), and the second pass on it.
//! 4. The joining weight: the one that gives the best pairwise F1 on stretches weighed by the
//!    others; the calibration, from the same.
//! 5. The temper: the one with which the probabilities of pairs, when all their neighbours have
//!    their say, fit the same stretches best (`temper`).
//!
//! Nothing of this looks at reports that are not given to it, so a caller that holds some back can
//! measure on them. The same reports give the same model, whatever their order.

mod logistic;
mod pool;
mod rising;
mod temper;
mod unlabelled;

use std::f64::consts::LN_2;

use crate::block::Blocking;
use crate::calibration::Calibration;
use crate::compare::{COMPARISONS, FIRST_OF_SECOND_PASS, N_COMPARISONS, UNSAID};
use crate::model::Model;
use logistic::{Fit, Ridge, Rows, fit};
pub use pool::Labelled;
use pool::{TrainingPool, stretches};
use rising::rising;
pub use unlabelled::{EstimateError, estimate};

/// Why nothing could be learnt.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LearnError {
    /// Too few labels of either sort.
    #[error(
        "{same} pairs of labelled reports are about one event and {different} about two; learning needs {least} of each\nhint: label more reports that lie near each other in time and place"
    )]
    TooFew {
        /// Pairs about one event, among those that meet.
        same: u64,
        /// Pairs about different ones.
        different: u64,
        /// How many of each are needed.
        least: u64,
    },
}

/// Fewer pairs than this of either sort teach nothing.
pub const LEAST_PAIRS: u64 = 50;

/// What was learnt, and how it did on stretches that it was not learnt from.
#[derive(Clone, PartialEq, Debug)]
pub struct Learned {
    /// The model; its `about` is left to the caller.
    pub model: Model,
    /// How many reports were labelled.
    pub n_reports: u64,
    /// Pairs that meet, and how many of them are about one event.
    pub n_pairs: u64,
    /// Pairs about one event.
    pub n_same: u64,
    /// Pairwise F1 on stretches weighed by what the others taught, at the joining weight chosen on
    /// them: a little flattering.
    pub inner_f1: f64,
    /// The mean log-loss of the posterior probabilities of pairs on the same stretches, in bits a
    /// pair of doubtful components, at the temper chosen on them; 0 if there were none.
    pub inner_log_loss: f64,
    /// Incidents expected ÷ incidents there − 1, on the same.
    pub inner_count_error: f64,
}

/// How strongly weights are held to those one starts from.
const FIRST_RIDGE: f64 = 10.0;
const SECOND_RIDGE: f64 = 5.0;
const INTERCEPT_RIDGE: f64 = 1e-4;
/// The slope of the second pass is learnt on this scale, so that its ridge is of one kind with the
/// others.
const SLOPE_SCALE: f64 = 0.3;

/// Comparisons whose weights must rise (+) or fall (−) with their levels, by name.
const MONOTONE: &[(&str, f64)] = &[
    ("siblings", -1.0),
    ("reports at hand, fewer", -1.0),
    ("reports at hand, more", -1.0),
    ("busy days, less", -1.0),
    ("busy days, more", -1.0),
    ("company", 1.0),
    ("rivals", -1.0),
];

/// Learns a model from labelled reports, starting from `start`.
///
/// # Errors
/// If fewer than [`LEAST_PAIRS`] pairs that meet are about one event, or about two.
pub fn learn(
    labelled: &[Labelled<'_>],
    start: &Model,
    blocking: &Blocking,
) -> Result<Learned, LearnError> {
    let whole: Vec<TrainingPool> =
        (labelled.iter()).map(|it| TrainingPool::new(it, &everything(it), blocking)).collect();
    let n_pairs: u64 = whole.iter().map(|it| it.pairs.len() as u64).sum();
    let n_same = whole.iter().flat_map(|it| &it.truth).filter(|it| **it).count() as u64;
    if n_same < LEAST_PAIRS || n_pairs - n_same < LEAST_PAIRS {
        return Err(LearnError::TooFew {
            same: n_same,
            different: n_pairs - n_same,
            least: LEAST_PAIRS,
        });
    }
    let mut parts: Vec<TrainingPool> = (labelled.iter())
        .flat_map(|it| {
            let parts = stretches(it, &everything(it));
            parts.into_iter().map(|part| TrainingPool::new(it, &part, blocking))
        })
        .collect();
    // Stretches of different pools may be learnt from together; each is weighed by the others.
    let first = fit_first(&whole.iter().collect::<Vec<_>>(), start);
    let firsts: Vec<Pass> =
        (0..parts.len()).map(|held| fit_first(&others(&parts, held), start)).collect();
    for (part, first) in parts.iter_mut().zip(&firsts) {
        let bits = first.bits_of(part);
        part.keep_company(&bits);
    }
    let first_bits: Vec<Vec<f64>> =
        parts.iter().zip(&firsts).map(|(part, first)| first.bits_of(part)).collect();
    let all: Vec<(&TrainingPool, &[f64])> =
        parts.iter().zip(&first_bits).map(|(part, bits)| (part, &bits[..])).collect();
    let second = fit_second(&all, start);
    let mut model = assemble(&first, &second, start);
    let weights: Vec<Vec<f64>> = (0..parts.len())
        .map(|held| {
            let rest: Vec<_> =
                all.iter().enumerate().filter(|(at, _)| *at != held).map(|(_, it)| *it).collect();
            fit_second(&rest, start).bits_of(&parts[held], &first_bits[held])
        })
        .collect();
    let inner_f1;
    (model.join_bits, inner_f1) = best_join(&parts, &weights, &model);
    let weighed = weighed_pairs(&parts, &weights, &model);
    let curve = |is_of: fn(&WeighedPair) -> bool| calibrate(weighed.iter().filter(|it| is_of(it)));
    model.calibration = curve(|_| true);
    model.calibration_together = curve(|it| it.together);
    model.calibration_apart = curve(|it| !it.together);
    let drawing = temper::best_drawing(&parts, &weights, &model);
    (model.temper, model.lean_bits) = (drawing.temper, drawing.lean_bits);
    model.spread = drawing.spread;
    let n_reports = whole.iter().map(|it| it.n_reports() as u64).sum();
    Ok(Learned {
        model: rounded(&model),
        n_reports,
        n_pairs,
        n_same,
        inner_f1,
        inner_log_loss: drawing.loss_bits,
        inner_count_error: drawing.count_error,
    })
}

fn everything(labelled: &Labelled<'_>) -> Vec<u32> {
    (0..labelled.outlines.len() as u32).collect()
}

fn others(parts: &[TrainingPool], held: usize) -> Vec<&TrainingPool> {
    parts.iter().enumerate().filter(|(at, _)| *at != held).map(|(_, part)| part).collect()
}

/// Levels as columns of the regression: one for each level met, comparison by comparison.
struct Columns {
    /// Comparison and level of each column.
    of: Vec<(usize, u8)>,
    at: Vec<[Option<u16>; 256]>,
}

impl Columns {
    fn of<'a>(
        rows: impl Iterator<Item = &'a [u8; N_COMPARISONS]>,
        range: std::ops::Range<usize>,
    ) -> (Columns, Vec<u32>, Vec<u16>, Vec<f64>) {
        let rows: Vec<&[u8; N_COMPARISONS]> = rows.collect();
        let mut met = vec![[0u32; 256]; N_COMPARISONS];
        for levels in &rows {
            range.clone().for_each(|number| met[number][usize::from(levels[number])] += 1);
        }
        let mut columns = Columns { of: Vec::new(), at: vec![[None; 256]; N_COMPARISONS] };
        let mut counts = Vec::new();
        for number in range.clone() {
            let n_levels = COMPARISONS[number].levels.len();
            for (level, &n) in met[number][..n_levels].iter().enumerate() {
                if n > 0 {
                    columns.at[number][level] = Some(columns.of.len() as u16);
                    columns.of.push((number, level as u8));
                    counts.push(f64::from(n));
                }
            }
        }
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for levels in rows {
            for number in range.clone() {
                entries.extend(columns.at[number][usize::from(levels[number])]);
            }
            starts.push(entries.len() as u32);
        }
        (columns, starts, entries, counts)
    }

    /// The bits that a model gives the columns, as natural logarithms.
    fn centre(&self, start: &Model) -> Vec<f64> {
        self.of.iter().map(|&(number, level)| start.bits(number, level) * LN_2).collect()
    }
}

/// One pass as learnt: weights by comparison and level, an intercept, and in the second pass the
/// slope of the first. Natural logarithms.
struct Pass {
    weights: Vec<[f64; 256]>,
    intercept: f64,
    slope: f64,
}

impl Pass {
    fn new(columns: &Columns, fit: &Fit, start: &Model) -> Pass {
        let mut weights = vec![[0.0; 256]; N_COMPARISONS];
        // A level that was never met keeps what it weighed.
        for (number, about) in COMPARISONS.iter().enumerate() {
            for (level, weight) in weights[number][..about.levels.len()].iter_mut().enumerate() {
                *weight = start.bits(number, level as u8) * LN_2;
            }
        }
        for (&(number, level), weight) in columns.of.iter().zip(&fit.weights) {
            weights[number][usize::from(level)] = *weight;
        }
        Pass { weights, intercept: fit.intercept, slope: fit.slope * SLOPE_SCALE }
    }

    fn sum(&self, levels: &[u8; N_COMPARISONS], range: std::ops::Range<usize>) -> f64 {
        range
            .filter(|&number| levels[number] != UNSAID)
            .map(|number| self.weights[number][usize::from(levels[number])])
            .sum()
    }
}

impl Pass {
    /// The first pass's log-odds of every pair, in bits.
    fn bits_of(&self, pool: &TrainingPool) -> Vec<f64> {
        let sum = |levels| self.intercept + self.sum(levels, 0..FIRST_OF_SECOND_PASS);
        pool.levels.iter().map(|levels| sum(levels) / LN_2).collect()
    }
}

fn fit_first(pools: &[&TrainingPool], start: &Model) -> Pass {
    let rows = || pools.iter().flat_map(|pool| &pool.levels);
    let truth: Vec<bool> = pools.iter().flat_map(|pool| pool.truth.iter().copied()).collect();
    let range = 0..FIRST_OF_SECOND_PASS;
    let (columns, starts, entries, counts) = Columns::of(rows(), range.clone());
    let rows = Rows { starts: &starts, columns: &entries, slope: &[], offset: &[], truth: &truth };
    let centre = columns.centre(start);
    let ridge = Ridge {
        centre: &centre,
        strength: FIRST_RIDGE,
        slope: (0.0, 0.0),
        intercept: INTERCEPT_RIDGE,
    };
    let mut found = fit(&rows, &ridge);
    make_monotone(&mut found, &columns, &counts, &rows);
    Pass::new(&columns, &found, start)
}

/// The second pass.
struct Second(Pass);

impl Second {
    fn bits_of(&self, pool: &TrainingPool, first_bits: &[f64]) -> Vec<f64> {
        (pool.levels.iter().zip(first_bits))
            .map(|(levels, first)| {
                let second = self.0.sum(levels, FIRST_OF_SECOND_PASS..N_COMPARISONS);
                (self.0.intercept + self.0.slope * first * LN_2 + second) / LN_2
            })
            .collect()
    }
}

fn fit_second(pools: &[(&TrainingPool, &[f64])], start: &Model) -> Second {
    let rows = || pools.iter().flat_map(|(pool, _)| &pool.levels);
    let truth: Vec<bool> = pools.iter().flat_map(|(pool, _)| pool.truth.iter().copied()).collect();
    let slope: Vec<f64> = pools
        .iter()
        .flat_map(|(_, bits)| bits.iter().map(|bits| bits * LN_2 * SLOPE_SCALE))
        .collect();
    let range = FIRST_OF_SECOND_PASS..N_COMPARISONS;
    let (columns, starts, entries, counts) = Columns::of(rows(), range);
    let rows =
        Rows { starts: &starts, columns: &entries, slope: &slope, offset: &[], truth: &truth };
    let centre = columns.centre(start);
    let ridge = Ridge {
        centre: &centre,
        strength: SECOND_RIDGE,
        slope: (1.0 / SLOPE_SCALE, SECOND_RIDGE),
        intercept: INTERCEPT_RIDGE,
    };
    let mut found = fit(&rows, &ridge);
    make_monotone(&mut found, &columns, &counts, &rows);
    Second(Pass::new(&columns, &found, start))
}

/// Makes the weights of counts rise or fall with their levels, each counting as often as it was
/// met, and puts the intercept right after that.
fn make_monotone(found: &mut Fit, columns: &Columns, counts: &[f64], rows: &Rows<'_>) {
    for &(name, sign) in MONOTONE {
        let of = columns.of.iter().enumerate();
        let at: Vec<usize> = of
            .filter(|(_, (number, _))| COMPARISONS[*number].name == name)
            .map(|(at, _)| at)
            .collect();
        let values: Vec<f64> = at.iter().map(|&at| sign * found.weights[at]).collect();
        let weights: Vec<f64> = at.iter().map(|&at| counts[at]).collect();
        for (&at, value) in at.iter().zip(rising(&values, &weights)) {
            found.weights[at] = sign * value;
        }
    }
    let offset: Vec<f64> = (0..rows.truth.len())
        .map(|row| {
            let range = rows.starts[row] as usize..rows.starts[row + 1] as usize;
            let levels = rows.columns[range].iter().map(|&at| found.weights[usize::from(at)]);
            let slope = rows.slope.get(row).map_or(0.0, |it| it * found.slope);
            found.intercept + slope + levels.sum::<f64>()
        })
        .collect();
    let starts = vec![0; rows.truth.len() + 1];
    let bare =
        Rows { starts: &starts, columns: &[], slope: &[], offset: &offset, truth: rows.truth };
    let ridge = Ridge { centre: &[], strength: 0.0, slope: (0.0, 0.0), intercept: INTERCEPT_RIDGE };
    found.intercept += fit(&bare, &ridge).intercept;
}

/// One model of both passes: the second pass's slope goes into the bits of the first.
fn assemble(first: &Pass, second: &Second, start: &Model) -> Model {
    let mut model = start.clone();
    let second = &second.0;
    let slope = second.slope.max(0.05);
    for (number, about) in COMPARISONS.iter().enumerate() {
        for level in 0..about.levels.len() {
            let nats = if number < FIRST_OF_SECOND_PASS {
                slope * first.weights[number][level]
            } else {
                second.weights[number][level]
            };
            model.set_bits(number, level, nats / LN_2);
        }
    }
    model.prior_bits = (slope * first.intercept + second.intercept) / LN_2;
    model.first_prior_bits = first.intercept / LN_2;
    model.first_scale = 1.0 / slope;
    model
}

/// The joining weight with the best pairwise F1, and that F1. Neighbouring weights are averaged, and
/// of those as good as the best the middle one is taken, so that a lucky one does not win.
fn best_join(parts: &[TrainingPool], weights: &[Vec<f64>], model: &Model) -> (f64, f64) {
    let grid: Vec<f64> = (-12..=8).map(|step| f64::from(step) * 0.375).collect();
    let scores: Vec<f64> = grid
        .iter()
        .map(|&join| {
            let mut model = model.clone();
            model.join_bits = join;
            let mut sum = [0u64; 3];
            for (part, weights) in parts.iter().zip(weights) {
                let [found, there, right] = part.agreement(&part.group(weights, &model));
                sum = [sum[0] + found, sum[1] + there, sum[2] + right];
            }
            2.0 * sum[2] as f64 / (sum[0] + sum[1]).max(1) as f64
        })
        .collect();
    let smooth: Vec<f64> = (0..grid.len())
        .map(|at| {
            let around = &scores[at.saturating_sub(1)..(at + 2).min(scores.len())];
            around.iter().sum::<f64>() / around.len() as f64
        })
        .collect();
    let best = smooth.iter().copied().fold(0.0, f64::max);
    let as_good: Vec<usize> = (0..grid.len()).filter(|&at| smooth[at] >= best - AS_GOOD).collect();
    let middle = as_good[as_good.len() / 2];
    (grid[middle], scores[middle])
}

/// F1 that differ by no more than this are taken for the same: its standard error on a few thousand
/// reports is larger (0.03 on the shipped model's).
const AS_GOOD: f64 = 0.02;

/// A pair of a stretch weighed by the others.
struct WeighedPair {
    bits: f64,
    /// Whether linking put the two together.
    together: bool,
    is_same: bool,
}

fn weighed_pairs(parts: &[TrainingPool], weights: &[Vec<f64>], model: &Model) -> Vec<WeighedPair> {
    let mut weighed = Vec::new();
    for (part, weights) in parts.iter().zip(weights) {
        let group_of = part.group(weights, model);
        for ((&(a, b), &is_same), &bits) in part.pairs.iter().zip(&part.truth).zip(weights) {
            let together = group_of[a as usize] == group_of[b as usize];
            weighed.push(WeighedPair { bits, together, is_same });
        }
    }
    weighed
}

/// What sums of bits were worth: pairs in order of their sum, in bins of at least so many of either
/// answer, made to rise.
fn calibrate<'a>(pairs: impl Iterator<Item = &'a WeighedPair>) -> Calibration {
    let mut pairs: Vec<(f64, bool)> = pairs.map(|it| (it.bits, it.is_same)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut bins: Vec<(f64, f64, f64)> = Vec::new();
    let (mut sum, mut n, mut same) = (0.0, 0.0, 0.0);
    for (at, &(bits, is)) in pairs.iter().enumerate() {
        (sum, n, same) = (sum + bits, n + 1.0, same + f64::from(u8::from(is)));
        let full = same >= LEAST_IN_BIN && n - same >= LEAST_IN_BIN && n >= 4.0 * LEAST_IN_BIN;
        if full || at + 1 == pairs.len() {
            bins.push((sum / n, n, same));
            (sum, n, same) = (0.0, 0.0, 0.0);
        }
    }
    let shares: Vec<f64> = bins.iter().map(|(_, n, same)| (same + 0.5) / (n + 1.0)).collect();
    let counts: Vec<f64> = bins.iter().map(|(_, n, _)| *n).collect();
    let mut knots: Vec<(f64, f64)> = Vec::new();
    for ((at, ..), share) in bins.iter().zip(rising(&shares, &counts)) {
        let worth = (share / (1.0 - share)).log2();
        if knots.last().is_none_or(|last| last.0 < *at && last.1 <= worth) {
            knots.push((*at, worth));
        }
    }
    Calibration::new(knots).unwrap_or_default()
}

const LEAST_IN_BIN: f64 = 25.0;

/// The same model with numbers that a person can read, two digits behind the point.
fn rounded(model: &Model) -> Model {
    let mut rounded = model.clone();
    let digits = |number: f64| (number * 100.0).round() / 100.0;
    for (number, about) in COMPARISONS.iter().enumerate() {
        for level in 0..about.levels.len() {
            rounded.set_bits(number, level, digits(model.bits(number, level as u8)));
        }
    }
    rounded.prior_bits = digits(model.prior_bits);
    rounded.first_prior_bits = digits(model.first_prior_bits);
    rounded.spread = (model.spread * 1000.0).round() / 1000.0;
    rounded.first_scale = (model.first_scale * 10_000.0).round() / 10_000.0;
    for calibration in [
        &mut rounded.calibration,
        &mut rounded.calibration_together,
        &mut rounded.calibration_apart,
    ] {
        let knots = calibration.knots().iter().map(|&(at, worth)| (digits(at), digits(worth)));
        if let Some(found) = Calibration::new(knots.collect()) {
            *calibration = found;
        }
    }
    rounded
}
