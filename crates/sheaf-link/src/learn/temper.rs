//! The temper: how far the pairs of a group repeat each other. Of a few values the one is taken with
//! which the posterior probabilities of pairs have the smallest log-loss, on stretches weighed by
//! what the others taught and over the pairs of components in which there is any doubt.

use rayon::prelude::*;

use super::pool::TrainingPool;
use crate::cluster::Scale;
use crate::doubt::{floor_bits, is_likely, sets, worth_bits};
use crate::model::Model;
use crate::posterior::{Beliefs, Sampling, sure};

const GRID: [f64; 8] = [0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0];

/// Enough to tell tempers apart over thousands of pairs.
const N_DRAWS: u32 = 200;

/// The temper and the mean log-loss in bits; the one of the model, and 0, where nothing is in doubt.
pub(super) fn best_temper(
    parts: &[TrainingPool],
    weights: &[Vec<f64>],
    model: &Model,
) -> (f64, f64) {
    let doubts: Vec<Doubt> = (parts.iter().zip(weights))
        .flat_map(|(part, weights)| in_doubt(part, weights, model))
        .collect();
    let n_pairs: usize = doubts.iter().map(|doubt| doubt.truth.len()).sum();
    if n_pairs == 0 {
        return (model.temper, 0.0);
    }
    let jobs: Vec<(f64, &Doubt)> =
        GRID.iter().flat_map(|&temper| doubts.iter().map(move |doubt| (temper, doubt))).collect();
    let losses: Vec<f64> =
        jobs.par_iter().map(|(temper, doubt)| doubt.loss_bits(*temper, model)).collect();
    let means = losses.chunks(doubts.len()).map(|of| of.iter().sum::<f64>() / n_pairs as f64);
    GRID.into_iter().zip(means).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((model.temper, 0.0))
}

/// A component of a stretch.
struct Doubt {
    weights: Vec<(u32, u32, f64)>,
    truth: Vec<bool>,
    exclusive: Vec<u64>,
    start: Vec<u32>,
}

fn in_doubt(part: &TrainingPool, weights: &[f64], model: &Model) -> Vec<Doubt> {
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
    /// The log-loss of all pairs together, in bits.
    fn loss_bits(&self, temper: f64, model: &Model) -> f64 {
        let beliefs = Beliefs {
            n: self.start.len(),
            weights: &self.weights,
            floor_bits: floor_bits(model),
            temper,
            must: &[],
            cannot: &[],
            exclusive: &self.exclusive,
        };
        let how = Sampling { n_draws: N_DRAWS, n_burn: 60, thin: 1, seed: 1, exact_up_to: 7 };
        let found = sure(&beliefs, &self.start, &how);
        let pairs = found.pair.iter().zip(&self.truth);
        pairs.map(|((_, probability), &truth)| loss_bits(*probability, truth)).sum()
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
