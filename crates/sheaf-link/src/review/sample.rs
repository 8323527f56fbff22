//! The random order of the sample arm, and how many pairs an answered one speaks for.
//!
//! # Question
//! Which pairs should a person look at so that their answers speak for all pairs?
//!
//! # Answer
//! Linked and unlinked pairs are two sides with a sample each, since precision hangs on the one
//! and recall on both. Within a side a pair has a *size*, and a random number that its key fixes.
//! Pairs are asked in the order of size ÷ random number, so the doubtful come early but every pair
//! may come. Where the answered beginning of that order ends, an answered pair speaks for
//! max(1, τ ÷ size) pairs, τ being the priority of the first unanswered one.
//!
//! # Assumes
//! Keys are uniform and have nothing to do with truth. Probabilities may be wrong.
//!
//! # Formula
//! ```text
//! size     w = √(p(1 − p)) + EVEN × its mean over the side
//! priority q = w ÷ u,  u in (0, 1] from the key
//! weight     = max(1, τ ÷ w)
//! ```
//! The root is the standard deviation of an answer round its probability, hence the best size for
//! an estimate that starts from the probabilities. The second term keeps pairs that look certain in
//! play: about EVEN ÷ (1 + EVEN) of the sample is drawn evenly, so that a linking that is sure and
//! wrong is found out, and no pair speaks for more than (1 + 1 ÷ EVEN) × N ÷ n others or so.
//!
//! Weights have mean 1 for every pair, and those of two pairs are uncorrelated: a sum of answers
//! times weights is unbiased, and its variance has the unbiased estimate Σ weight × (weight − 1) ×
//! answer².
//!
//! # References
//! Duffield, Lund and Thorup (2007), "Priority sampling for estimation of arbitrary subset sums",
//! *Journal of the ACM* 54(6): the order, the weights, the variance. Ohlsson (1998), "Sequential
//! Poisson sampling", *Journal of Official Statistics* 14: the same order from permanent random
//! numbers, and why these let a sample outlive a change of the population. Särndal, Swensson and
//! Wretman (1992), *Model Assisted Survey Sampling*, chapter 12: the best size. Hesterberg (1995),
//! "Weighted average importance sampling and defensive mixture distributions", *Technometrics* 37:
//! the second term.

use super::Candidate;

/// How much of the mean size every pair gets on top of its own.
const EVEN: f64 = 0.25;

/// Sums run over whole numbers of this step, so that their last bit does not depend on the order.
const STEPS: f64 = (1u64 << 40) as f64;

/// A share rounded to a whole number of steps, so that what is taken from a sum leaves nothing.
pub(super) fn in_steps(share: f64) -> f64 {
    (share * STEPS).round() / STEPS
}

/// All pairs of one side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Side {
    /// How many there are.
    pub(super) n: u64,
    /// How many of them stand answered.
    pub(super) n_answered: u64,
    believed: u128,
    spread: u128,
}

impl Side {
    pub(super) fn add(&mut self, candidate: &Candidate) {
        self.n += 1;
        self.believed += (candidate.believed() * STEPS).round() as u128;
        self.spread += (spread(candidate) * STEPS).round() as u128;
    }

    /// How many pairs of the side are the same incident according to their probabilities.
    pub(super) fn expected(&self) -> f64 {
        self.believed as f64 / STEPS
    }

    /// The size of a pair: how much of the sample it deserves. Above 0.
    pub(super) fn size(&self, candidate: &Candidate) -> f64 {
        let mean = self.spread as f64 / STEPS / self.n.max(1) as f64;
        spread(candidate) + EVEN * mean.max(1e-6)
    }

    /// Greater is asked earlier.
    pub(super) fn priority(&self, candidate: &Candidate) -> f64 {
        self.size(candidate) / chance(candidate.key)
    }

    /// How many pairs an answered one speaks for when the first unanswered one has this priority.
    pub(super) fn weight(&self, candidate: &Candidate, threshold: f64) -> f64 {
        (threshold / self.size(candidate)).max(1.0)
    }
}

/// The standard deviation of an answer, 1 for "same" and 0 for "different".
fn spread(candidate: &Candidate) -> f64 {
    let probability = candidate.believed();
    (probability * (1.0 - probability)).sqrt()
}

/// A number in (0, 1] from the upper 53 bits of a key.
fn chance(key: u64) -> f64 {
    ((key >> 11) + 1) as f64 / (1u64 << 53) as f64
}
