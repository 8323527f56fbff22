//! Precision and recall from answers that speak for more pairs than their own.
//!
//! # Question
//! Of the pairs that linking put together, how many are one incident? Of the pairs that are one
//! incident, how many did it put together?
//!
//! # Answer
//! Each side, linked and unlinked, starts from a guess m for every pair, and the answers correct
//! it. The headline guesses by the probabilities, so what is known of the pairs nobody looked at is
//! used; where the probabilities are bad the correction is large and the interval wide, but the
//! figure is still not biased. The *plain* figure trusts no probability and guesses that linking is
//! right: its correction counts the wrong links and the missed ones.
//!
//! # Assumes
//! Answers are right. Each answered pair has the weight of the random order, 1 if it is one of the
//! top pairs, whose choice had nothing to do with chance.
//!
//! # Formula
//! ```text
//! same S      = Σ m over the side + Σ weight × (y − m) over the answered, y = 1 for "same"
//! untold K    = Σ weight over those answered "cannot tell", for whom y = 0
//! precision P = S ÷ (N − K) over the linked
//! recall R    = S of the linked ÷ T,  T = S of the linked + S of the unlinked
//! variance    = Σ weight × (weight − 1) × (c × (y − m) + e × k)² + half a surprise,
//!   for P: c = 1 ÷ (N − K), e = P ÷ (N − K);  for R: c = (1 − R) ÷ T if linked, else −R ÷ T
//! half a surprise = ½ c² Σ weight × (weight − 1) × w² ÷ Σ w²   on each side, w: the size of a pair
//! ```
//! "Cannot tell" is neither same nor different: both figures are about the pairs of which a person
//! can tell, and stand beside what they would be had all the others been for or against linking.
//!
//! The variance is the one of weighted sums, carried over to the ratio by its derivatives. A
//! handful of answers without a surprise would make it nearly 0, so half an answer against the
//! guess is added where the sizes expect surprises, as Jeffreys' prior adds half a success.
//!
//! # References
//! Särndal, Swensson and Wretman (1992), *Model Assisted Survey Sampling*: the difference
//! estimator (6.3), ratios by linearisation (5.5 and 5.6), domains (10.3). Cassel, Särndal and
//! Wretman (1976), *Biometrika* 63. Brown, Cai and DasGupta (2001), *Statistical Science* 16:
//! Jeffreys' half. The same need of a sample that favours doubtful pairs, met with answers drawn
//! again and again: Marchant and Rubinstein (2017), "In search of an entity resolution OASIS",
//! *VLDB* 10.

use sheaf_model::Verdict;

use super::interval::{Off, interval};
use super::sample::in_steps;

/// How many answers of the random order other than "cannot tell" a side needs before its figures
/// should be shown.
pub const ENOUGH: usize = 30;

/// A share between 0 and 1 that answers give.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The estimate itself.
    pub point: f64,
    /// The lower end of the 95 % interval; 0 if there is nothing to go by.
    pub low: f64,
    /// The upper end; 1 if there is nothing to go by.
    pub high: f64,
    /// The estimate had every "cannot tell" been an answer against the linking.
    pub if_against: f64,
    /// The estimate had every "cannot tell" been an answer in favour of the linking.
    pub if_for: f64,
    /// Whether each side it rests on is answered in full, or has [`ENOUGH`] answers of the random
    /// order. If not, the thing to say is "not enough answers yet".
    pub enough: bool,
}

/// An answered pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Draw {
    pub(super) probability: f64,
    pub(super) size: f64,
    /// How many pairs it speaks for, itself included.
    pub(super) weight: f64,
    /// It is in the random order's answered beginning, not among the top pairs.
    pub(super) is_sample: bool,
    pub(super) verdict: Verdict,
}

/// All the pairs an estimate sums over that linking treated alike.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Group {
    pub(super) n: u64,
    pub(super) n_unanswered: u64,
    pub(super) linked: bool,
    /// The probabilities added up.
    pub(super) expected: f64,
    pub(super) draws: Vec<Draw>,
}

/// What the answers are corrections of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guess {
    Probability,
    Linking,
}

/// What a group holds, as estimated.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Totals {
    /// Pairs that are one incident.
    pub(super) same: f64,
    /// Pairs of which nobody can tell.
    pub(super) unsure: f64,
}

impl Group {
    /// Not biased, and for that reason not kept within what is possible.
    pub(super) fn totals(&self, guess: Guess) -> Totals {
        let guessed = match guess {
            Guess::Probability => self.expected,
            Guess::Linking => self.guess(guess, 0.0) * self.n as f64,
        };
        let corrected: f64 = self.draws.iter().map(|it| it.weight * self.off(guess, it)).sum();
        let unsure = self.draws.iter().filter(|it| it.verdict == Verdict::Unsure);
        Totals { same: guessed + corrected, unsure: unsure.map(|it| it.weight).sum() }
    }

    /// The totals within what the answers leave possible.
    fn possible(&self, guess: Guess) -> Totals {
        let raw = self.totals(guess);
        let count = |verdict| self.draws.iter().filter(|it| it.verdict == verdict).count() as f64;
        let n = self.n as f64;
        let most_unsure = n - count(Verdict::Same) - count(Verdict::Different);
        let unsure = raw.unsure.min(most_unsure);
        let most = (n - unsure - count(Verdict::Different)).max(count(Verdict::Same));
        Totals { same: raw.same.clamp(count(Verdict::Same), most), unsure }
    }

    fn guess(&self, guess: Guess, probability: f64) -> f64 {
        match guess {
            Guess::Probability => in_steps(probability),
            Guess::Linking => f64::from(u8::from(self.linked)),
        }
    }

    /// How far the answer is from the guess.
    fn off(&self, guess: Guess, draw: &Draw) -> f64 {
        let said = f64::from(u8::from(draw.verdict == Verdict::Same));
        said - self.guess(guess, draw.probability)
    }

    fn has_enough(&self) -> bool {
        let told = |it: &&Draw| it.is_sample && it.verdict != Verdict::Unsure;
        self.n_unanswered == 0 || self.draws.iter().filter(told).count() >= ENOUGH
    }

    /// Nothing that was answered speaks for what was not.
    fn is_silent(&self) -> bool {
        self.n_unanswered > 0 && self.draws.iter().all(|it| it.weight <= 1.0)
    }
}

/// Of the linked pairs, the share that is one incident; 1 if none is linked.
pub(super) fn precision(linked: &Group, guess: Guess) -> Estimate {
    let n = linked.n as f64;
    let Totals { same, unsure } = linked.possible(guess);
    let told = n - unsure;
    if linked.n == 0 || told <= 0.0 {
        return nothing(1.0, linked.n == 0);
    }
    let point = (same / told).min(1.0);
    let parts = [Slope { group: linked, same: 1.0 / told, unsure: point / told }];
    let bounds = (same / n, ((same + unsure) / n).min(1.0));
    estimate(point, bounds, guess, &parts)
}

/// Of the pairs that are one incident, the share that is linked; 1 if there are none.
pub(super) fn recall(linked: &Group, unlinked: &[&Group], guess: Guess) -> Estimate {
    let found = linked.possible(guess);
    let sum = |of: &dyn Fn(Totals) -> f64| -> f64 {
        unlinked.iter().map(|group| of(group.possible(guess))).sum()
    };
    let (missed, missed_unsure) = (sum(&|it| it.same), sum(&|it| it.unsure));
    let there = found.same + missed;
    if there <= 0.0 {
        let is_known = linked.n_unanswered == 0 && unlinked.iter().all(|it| it.n_unanswered == 0);
        return nothing(1.0, is_known);
    }
    let point = found.same / there;
    let mut parts = vec![Slope { group: linked, same: (1.0 - point) / there, unsure: 0.0 }];
    let slope = -point / there;
    parts.extend(unlinked.iter().map(|&group| Slope { group, same: slope, unsure: 0.0 }));
    let share = |found: f64, missed: f64| if found > 0.0 { found / (found + missed) } else { 0.0 };
    let bounds =
        (share(found.same, missed + missed_unsure), share(found.same + found.unsure, missed));
    estimate(point, bounds, guess, &parts)
}

/// What is said when there is nothing to divide by.
fn nothing(point: f64, is_known: bool) -> Estimate {
    let low = if is_known { point } else { 0.0 };
    Estimate { point, low, high: 1.0, if_against: low, if_for: 1.0, enough: is_known }
}

/// How a share moves with the totals of one group.
struct Slope<'a> {
    group: &'a Group,
    same: f64,
    unsure: f64,
}

fn estimate(point: f64, bounds: (f64, f64), guess: Guess, parts: &[Slope]) -> Estimate {
    let (low, high) = if parts.iter().all(|part| part.group.n_unanswered == 0) {
        (point, point)
    } else if parts.iter().any(|part| part.group.is_silent()) {
        (0.0, 1.0)
    } else {
        let off = off(guess, parts);
        // Of no pair left does the share depend: nothing linked is right, or nothing is missed.
        if off.variance > 0.0 { interval(point, off) } else { (point, point) }
    };
    let enough = parts.iter().all(|part| part.group.has_enough());
    Estimate { point, low, high, if_against: bounds.0, if_for: bounds.1, enough }
}

fn off(guess: Guess, parts: &[Slope]) -> Off {
    let (mut variance, mut margin) = (0.0, 0.0);
    for &Slope { group, same, unsure } in parts {
        let spoken_for = || group.draws.iter().filter(|it| it.weight > 1.0);
        let sizes: f64 = spoken_for().map(|it| it.size * it.size).sum();
        for draw in spoken_for() {
            let untold = if draw.verdict == Verdict::Unsure { unsure } else { 0.0 };
            let moved = same * group.off(guess, draw) + untold;
            let half = 0.5 * draw.size * draw.size / sizes;
            variance += draw.weight * (draw.weight - 1.0) * (moved * moved + half * same * same);
            margin += half * draw.weight * same.abs();
        }
    }
    Off { variance, margin }
}
