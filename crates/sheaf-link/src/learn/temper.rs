//! How partitions are drawn: the *temper*, which says how far the pairs of a group repeat each other,
//! and the *lean*, what is added to every pair. With each of a few tempers goes the lean with which
//! as many incidents are expected as there are, on stretches weighed by what the others taught; of
//! these, the temper is taken whose probabilities of pairs have the smallest log-loss. All of it over
//! components in which there is any doubt.

use rayon::prelude::*;

use super::pool::TrainingPool;
use crate::cluster::Scale;
use crate::doubt::{floor_bits, is_likely, sets, worth_bits};
use crate::model::Model;
use crate::posterior::{Beliefs, Sampling, sure};

const TEMPERS: [f64; 6] = [0.0, 0.05, 0.1, 0.2, 0.4, 0.8];
const LEANS: [f64; 8] = [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0];

/// Enough to tell tempers apart over thousands of pairs.
const N_DRAWS: u32 = 200;

/// What was chosen, and how it did.
pub(super) struct Drawing {
    pub(super) temper: f64,
    pub(super) lean_bits: f64,
    /// By what share the count was off from stretch to stretch, as a root of mean squares.
    pub(super) spread: f64,
    /// Mean log-loss of a pair in bits.
    pub(super) loss_bits: f64,
    /// Incidents expected ÷ incidents there − 1, over components in doubt.
    pub(super) count_error: f64,
}

/// The temper and the lean; those of the model where nothing is in doubt.
pub(super) fn best_drawing(parts: &[TrainingPool], weights: &[Vec<f64>], model: &Model) -> Drawing {
    let doubts: Vec<Doubt> = (parts.iter().zip(weights).enumerate())
        .flat_map(|(number, (part, weights))| in_doubt(number, part, weights, model))
        .collect();
    let n_pairs: usize = doubts.iter().map(|doubt| doubt.truth.len()).sum();
    let n_events: usize = doubts.iter().map(|doubt| doubt.n_events).sum();
    let as_it_was = Drawing {
        temper: model.temper,
        lean_bits: model.lean_bits,
        spread: model.spread,
        loss_bits: 0.0,
        count_error: 0.0,
    };
    if n_pairs == 0 {
        return as_it_was;
    }
    let settings: Vec<(f64, f64)> =
        TEMPERS.iter().flat_map(|&temper| LEANS.iter().map(move |&lean| (temper, lean))).collect();
    let jobs: Vec<((f64, f64), &Doubt)> =
        settings.iter().flat_map(|&it| doubts.iter().map(move |doubt| (it, doubt))).collect();
    let found: Vec<(f64, f64)> = (jobs.par_iter())
        .map(|((temper, lean), doubt)| doubt.loss_and_count(*temper, *lean, model))
        .collect();
    let drawings: Vec<Drawing> = (settings.iter().zip(found.chunks(doubts.len())))
        .map(|(&(temper, lean_bits), each)| Drawing {
            temper,
            lean_bits,
            spread: spread(&doubts, each, parts.len()),
            loss_bits: each.iter().map(|it| it.0).sum::<f64>() / n_pairs as f64,
            count_error: each.iter().map(|it| it.1).sum::<f64>() / n_events as f64 - 1.0,
        })
        .collect();
    let by_count = |a: &&Drawing, b: &&Drawing| a.count_error.abs().total_cmp(&b.count_error.abs());
    drawings
        .chunks(LEANS.len())
        .filter_map(|of_temper| of_temper.iter().min_by(by_count))
        .min_by(|a, b| a.loss_bits.total_cmp(&b.loss_bits))
        .map_or(as_it_was, |it| Drawing { ..*it })
}

/// A component of a stretch.
struct Doubt {
    weights: Vec<(u32, u32, f64)>,
    truth: Vec<bool>,
    exclusive: Vec<u64>,
    start: Vec<u32>,
    n_events: usize,
    /// The stretch it lies in.
    part: usize,
}

/// How far off the counts of stretches are, those with anything in doubt.
fn spread(doubts: &[Doubt], each: &[(f64, f64)], n_parts: usize) -> f64 {
    let mut counts = vec![(0.0, 0.0); n_parts];
    for (doubt, (_, expected)) in doubts.iter().zip(each) {
        let count = &mut counts[doubt.part];
        *count = (count.0 + expected, count.1 + doubt.n_events as f64);
    }
    let errors: Vec<f64> = (counts.iter())
        .filter(|(_, events)| *events > 0.0)
        .map(|(expected, events)| expected / events - 1.0)
        .collect();
    let squares: f64 = errors.iter().map(|error| error * error).sum();
    (squares / errors.len().max(1) as f64).sqrt()
}

fn in_doubt(number: usize, part: &TrainingPool, weights: &[f64], model: &Model) -> Vec<Doubt> {
    let scale = Scale::new(model);
    let likely =
        part.pairs.iter().zip(weights).filter(|(_, bits)| is_likely(**bits, model, &scale));
    let sets = sets(part.n_reports(), likely.map(|(&pair, _)| pair));
    let (exclusive, group_of) = (part.exclusive(), part.group(weights, model));
    let mut place = vec![None; part.n_reports()];
    let mut doubts: Vec<Doubt> = Vec::with_capacity(sets.len());
    for set in &sets {
        for (member, &node) in set.iter().enumerate() {
            place[node as usize] = Some((doubts.len(), member as u32));
        }
        doubts.push(Doubt {
            weights: Vec::new(),
            truth: Vec::new(),
            exclusive: set.iter().map(|&node| exclusive[node as usize]).collect(),
            start: set.iter().map(|&node| group_of[node as usize]).collect(),
            part: number,
            n_events: set
                .iter()
                .map(|&node| part.event(node))
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
        });
    }
    for ((&(a, b), &bits), &truth) in part.pairs.iter().zip(weights).zip(&part.truth) {
        if let (Some((at, a)), Some((other, b))) = (place[a as usize], place[b as usize])
            && at == other
        {
            doubts[at].weights.push((a, b, worth_bits(bits, model)));
            doubts[at].truth.push(truth);
        }
    }
    doubts
}

impl Doubt {
    /// The log-loss of all pairs together in bits, and how many incidents are expected.
    fn loss_and_count(&self, temper: f64, lean_bits: f64, model: &Model) -> (f64, f64) {
        let weights: Vec<(u32, u32, f64)> =
            self.weights.iter().map(|&(a, b, bits)| (a, b, bits + lean_bits)).collect();
        let beliefs = Beliefs {
            n: self.start.len(),
            weights: &weights,
            floor_bits: floor_bits(model),
            temper,
            must: &[],
            cannot: &[],
            exclusive: &self.exclusive,
        };
        let how = Sampling { n_draws: N_DRAWS, n_burn: 60, thin: 1, seed: 1, exact_up_to: 7 };
        let found = sure(&beliefs, &self.start, &how);
        let pairs = found.pair.iter().zip(&self.truth);
        let loss = pairs.map(|((_, probability), &truth)| loss_bits(*probability, truth)).sum();
        let counts = found.n_clusters.iter().enumerate();
        (loss, counts.map(|(n, probability)| n as f64 * probability).sum())
    }
}

/// The log-loss of one pair in bits. A share of draws can be 0 or 1 where the probability is not, so
/// half a draw is added to either side.
fn loss_bits(probability: f64, truth: bool) -> f64 {
    let n = f64::from(N_DRAWS);
    let right = if truth { probability } else { 1.0 - probability };
    -((right * n + 0.5) / (n + 1.0)).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_by_hand() {
        assert_eq!(loss_bits(0.5, true), 1.0);
        assert_eq!(loss_bits(0.5, false), 1.0);
        assert!((loss_bits(0.0, true) - 402f64.log2()).abs() < 1e-9);
        assert!((loss_bits(1.0, true) - (402.0f64 / 401.0).log2()).abs() < 1e-9);
    }
}
