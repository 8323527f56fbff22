//! A model estimated from a pool without labels, after Fellegi and Sunter: for every level, how often
//! it is met in pairs of different incidents (u) and of one (m).
//!
//! *u* is counted over pairs at the same places but 5 to 18 days apart, which are of one season and
//! not of one incident: campaigns strike alike, so u from pairs drawn anywhere would be far too
//! small. *m* comes by expectation–maximisation over the pairs that meet, held to what the start
//! model says of each level and, where levels have an order, to that order. Chance is local: where
//! twice as much is reported, a pair at hand is half as telling, which is what the weights of "busy
//! days" say here.
//!
//! Comparisons are taken to be independent given the answer, which real ones are not: a model from
//! labels of the same kind of reports is better, where there is one. Two-source or three-source
//! pools of curated data are where this does well.
//!
//! Fellegi and Sunter (1969), *Journal of the American Statistical Association* 64; Winkler (1988).

use crate::block::crowd::Crowd;
use crate::block::{Blocking, Nodes, Relation, for_each_pair};
use crate::calibration::Calibration;
use crate::compare::{COMPARISONS, FIRST_OF_SECOND_PASS, N_COMPARISONS, UNSAID, distance, levels};
use crate::lens::first;
use crate::model::Model;
use crate::order::by_id;
use crate::outline::Outlines;
use crate::surroundings::Surroundings;

use xxhash_rust::xxh3::xxh3_64;

use super::rising::rising;

/// Days apart from which pairs are counted as of one season and not of one incident.
const SEASON: std::ops::RangeInclusive<i32> = 5..=18;

/// Where groups are joined. Nothing in a pool without labels says it (the weight with the best F1
/// that the model itself expects is too high: it does not know that third reports will speak for a
/// pair too). Labelled folds put it between -2.6 and -1.1. Its curve on invented pools had been seen
/// when it was fixed (see DESIGN.md).
const JOIN_BITS: f64 = -1.5;

/// How many pairs the start model's idea of m counts for.
const PRIOR_PAIRS: f64 = 20.0;

const MOST_ROUNDS: usize = 60;
const ENOUGH: f64 = 1e-6;

/// Why a model could not be estimated.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EstimateError {
    /// Hardly any pair meets, or hardly any is of one season.
    #[error(
        "{meeting} pairs of reports meet and {season} lie 5 to 18 days apart at the same places; an estimate needs {least} of each\nhint: pool more reports, or use the shipped model"
    )]
    TooFew {
        /// Pairs that meet.
        meeting: u64,
        /// Pairs of one season.
        season: u64,
        /// How many of each are needed.
        least: u64,
    },
}

/// Fewer pairs than this tell nothing.
const LEAST_PAIRS: u64 = 200;

/// Estimates a model from reports without labels, starting from `start`.
///
/// # Errors
/// If too few pairs meet, or too few are of one season, to count anything.
pub fn estimate(
    outlines: &Outlines,
    start: &Model,
    blocking: &Blocking,
) -> Result<Model, EstimateError> {
    let mut positions = by_id(outlines);
    positions.retain(|&position| outlines.get(position).stands_alone());
    let meeting = pairs(outlines, &positions, blocking, |gap| gap <= blocking.gap_days);
    let wide = Blocking { gap_days: *SEASON.end(), ..*blocking };
    let season = pairs(outlines, &positions, &wide, |gap| SEASON.contains(&gap));
    let (n_meeting, n_season) = (meeting.len() as u64, season.len() as u64);
    if n_meeting < LEAST_PAIRS || n_season < LEAST_PAIRS {
        return Err(EstimateError::TooFew {
            meeting: n_meeting,
            season: n_season,
            least: LEAST_PAIRS,
        });
    }
    let chance = by_chance(&meeting, &season);
    let mut model = maximise(&meeting, &chance, n_season as f64, start);
    model.join_bits = JOIN_BITS;
    Ok(model)
}

struct Compared {
    nodes: (u32, u32),
    levels: [u8; N_COMPARISONS],
}

fn pairs(
    outlines: &Outlines,
    positions: &[u32],
    blocking: &Blocking,
    keep: impl Fn(i32) -> bool + Sync,
) -> Vec<Compared> {
    let nodes = Nodes { outlines, blocking: *blocking, positions: positions.to_vec() };
    let crowd = Crowd::new(&nodes);
    let surroundings = Surroundings::of(&nodes, &crowd);
    let thinning = (nodes.len() / SURE_OF).max(1) as u64;
    let found = for_each_pair(&nodes, &crowd, Vec::new, |found, a, b, relation| {
        let gap = nodes.outline(a).gap_days(nodes.outline(b));
        if relation == Relation::Same && keep(gap) && is_drawn(outlines, &nodes, a, b, thinning) {
            let levels = levels(&first(&nodes, &surroundings, a, b));
            found.push(Compared { nodes: (a, b), levels });
        }
    });
    let mut all: Vec<Compared> = found.into_iter().flatten().collect();
    all.sort_unstable_by_key(|it| it.nodes);
    all
}

/// Of a pool larger than this, pairs are drawn until it is as if it were so large: more of them
/// would tell no more.
const SURE_OF: usize = 100_000;

/// Whether a pair is among those drawn, by the ids of its reports and so by nothing else.
fn is_drawn(outlines: &Outlines, nodes: &Nodes<'_>, a: u32, b: u32, thinning: u64) -> bool {
    let hash = |node| xxh3_64(outlines.id(nodes.position(node)).as_bytes());
    thinning == 1 || (hash(a) ^ hash(b)) % thinning == 0
}

/// Comparisons whose m is estimated: what the two reports say, and when.
fn is_estimated(number: usize) -> bool {
    number < FIRST_OF_SECOND_PASS && rate_of(number).is_none() && !is_left_out(number)
}

/// Comparisons that speak of the pool around: their weight is set, not estimated.
fn rate_of(number: usize) -> Option<()> {
    COMPARISONS[number].name.starts_with("busy days").then_some(())
}

fn is_left_out(number: usize) -> bool {
    let name = COMPARISONS[number].name;
    name.starts_with("reports at hand")
        || matches!(name, "siblings" | "source pair" | "said by both")
}

fn is_day_gap(number: usize) -> bool {
    COMPARISONS[number].name == "day gap"
}

type Shares = Vec<[f64; 256]>;

/// u: the share of each level among pairs of one season; for the days, which are what sets these
/// pairs apart, as many of each gap as chance gives: one day of the calendar for the same day, two
/// for every other gap.
fn by_chance(meeting: &[Compared], season: &[Compared]) -> Shares {
    let mut shares = vec![[0.0; 256]; N_COMPARISONS];
    for number in (0..N_COMPARISONS).filter(|&number| is_estimated(number)) {
        let n_levels = COMPARISONS[number].levels.len();
        let counts = &mut shares[number];
        if is_day_gap(number) {
            // Whatever the width of the stretches, a gap of none leaves room for one placing of
            // single days, and any other gap for two.
            for it in meeting {
                let level = usize::from(it.levels[number]);
                if level < n_levels {
                    counts[level] =
                        if COMPARISONS[number].levels[level] == "same day" { 1.0 } else { 2.0 };
                }
            }
        } else {
            for it in season {
                let level = usize::from(it.levels[number]);
                if level < n_levels {
                    counts[level] += 1.0;
                }
            }
            counts[..n_levels].iter_mut().for_each(|count| *count += 0.5);
        }
        normalise(&mut counts[..n_levels]);
    }
    shares
}

fn normalise(counts: &mut [f64]) {
    let sum: f64 = counts.iter().sum();
    if sum > 0.0 {
        counts.iter_mut().for_each(|count| *count /= sum);
    }
}

/// Expectation–maximisation for m and the share of pairs that are of one incident.
fn maximise(meeting: &[Compared], u: &Shares, n_season: f64, start: &Model) -> Model {
    let n = meeting.len() as f64;
    let days = f64::from(SEASON.end() - SEASON.start() + 1) * 2.0;
    let (per_day, gaps) = (n_season / days, 7.0);
    let mut share = ((n - per_day * gaps) / n).clamp(0.001, 0.9);
    let mut started = vec![[0.0; 256]; N_COMPARISONS];
    for number in (0..N_COMPARISONS).filter(|&number| is_estimated(number)) {
        let n_levels = COMPARISONS[number].levels.len();
        let of_levels = started[number][..n_levels].iter_mut().zip(&u[number]).enumerate();
        for (level, (share, by_chance)) in of_levels {
            *share = by_chance * start.bits(number, level as u8).exp2();
        }
        normalise(&mut started[number][..n_levels]);
    }
    let mut model = start.clone();
    set_rates(&mut model, meeting);
    let met = met(meeting);
    let mut m = started.clone();
    for _ in 0..MOST_ROUNDS {
        set_bits(&mut model, start, &met, &m, u, share);
        let mut counts = vec![[0.0; 256]; N_COMPARISONS];
        let mut said = [0.0; N_COMPARISONS];
        let mut sum = 0.0;
        for it in meeting {
            let probability = 1.0 / (1.0 + (-sum_of(&model, &it.levels)).exp2());
            sum += probability;
            for (number, &level) in it.levels.iter().enumerate() {
                if level != UNSAID && is_estimated(number) {
                    counts[number][usize::from(level)] += probability;
                    said[number] += probability;
                }
            }
        }
        for number in (0..N_COMPARISONS).filter(|&number| is_estimated(number)) {
            let n_levels = COMPARISONS[number].levels.len();
            let found = counts[number].iter().zip(&started[number]);
            for (share, (count, prior)) in m[number][..n_levels].iter_mut().zip(found) {
                *share = (count + PRIOR_PAIRS * prior) / (said[number] + PRIOR_PAIRS);
            }
        }
        let moved = (sum / n - share).abs();
        share = (sum / n).clamp(1e-4, 0.95);
        if moved < ENOUGH {
            break;
        }
    }
    make_ordered(&mut m, u);
    set_bits(&mut model, start, &met, &m, u, share);
    model
}

/// Distance steps within each band, and days apart, only ever speak less for one incident.
fn make_ordered(m: &mut Shares, u: &Shares) {
    for (number, about) in COMPARISONS.iter().enumerate() {
        let groups: Vec<std::ops::Range<usize>> = match about.name {
            "distance" => {
                let steps = usize::from(distance::STEPS);
                (0..about.levels.len()).step_by(steps).map(|at| at..at + steps).collect()
            }
            "day gap" => std::iter::once(0..5).collect(),
            "kind" => std::iter::once(0..about.levels.len()).collect(),
            _ => continue,
        };
        for group in groups {
            let ratio =
                |level: usize| -(m[number][level].max(1e-9) / u[number][level].max(1e-9)).ln();
            let values: Vec<f64> = group.clone().map(ratio).collect();
            let weights: Vec<f64> =
                group.clone().map(|level| m[number][level] + u[number][level]).collect();
            for (level, value) in group.zip(rising(&values, &weights)) {
                m[number][level] = u[number][level].max(1e-9) * (-value).exp();
            }
        }
    }
}

/// The weights of "busy days": each octave more halves what a pair at hand is worth, half of it for
/// either report, so that the pool's mean weighs nothing.
fn set_rates(model: &mut Model, meeting: &[Compared]) {
    let rates: Vec<usize> =
        (0..N_COMPARISONS).filter(|&number| rate_of(number).is_some()).collect();
    let all: Vec<f64> = (meeting.iter())
        .flat_map(|it| rates.iter().map(|&number| f64::from(it.levels[number])))
        .collect();
    let mean = all.iter().sum::<f64>() / (all.len() as f64).max(1.0);
    for &number in &rates {
        for level in 0..COMPARISONS[number].levels.len() {
            model.set_bits(number, level, 0.5 * (mean - level as f64));
        }
    }
}

/// Which levels any pair that meets has.
fn met(meeting: &[Compared]) -> Vec<[bool; 256]> {
    let mut met = vec![[false; 256]; N_COMPARISONS];
    for it in meeting {
        for (met, &level) in met.iter_mut().zip(&it.levels) {
            met[usize::from(level)] = true;
        }
    }
    met
}

/// Writes what was estimated into the model. A level that no pair has keeps what it weighed.
fn set_bits(
    model: &mut Model,
    start: &Model,
    met: &[[bool; 256]],
    m: &Shares,
    u: &Shares,
    share: f64,
) {
    for (number, about) in COMPARISONS.iter().enumerate() {
        for level in 0..about.levels.len() {
            if is_estimated(number) && !met[number][level] {
                model.set_bits(number, level, start.bits(number, level as u8));
            } else if is_estimated(number) {
                let ratio = m[number][level].max(1e-9) / u[number][level].max(1e-9);
                model.set_bits(number, level, ratio.log2().clamp(-12.0, 12.0));
            } else if rate_of(number).is_none() {
                model.set_bits(number, level, 0.0);
            }
        }
    }
    model.prior_bits = (share / (1.0 - share)).log2();
    (model.first_prior_bits, model.first_scale) = (model.prior_bits, 1.0);
    // A pair that never met lies too far off to be one incident, by a model that is this sharp.
    (model.floor_bits, model.ceiling_bits) = (-16.0, 16.0);
    model.calibration = Calibration::default();
    model.calibration_together = Calibration::default();
    model.calibration_apart = Calibration::default();
}

fn sum_of(model: &Model, levels: &[u8; N_COMPARISONS]) -> f64 {
    let bits = levels.iter().enumerate().filter(|(_, level)| **level != UNSAID);
    bits.fold(model.prior_bits, |sum, (number, &level)| sum + model.bits(number, level))
}
