//! What to ask a person next, and how good the linking is according to the answers.
//!
//! In goes a list of pairs of reports, the [`Candidate`]s, and the verdicts that stand. Out come
//! the next [`Question`]s and a [`Report`]: precision and recall of the linking with intervals.
//! The two pull apart. The question worth most is about a pair that may be wrong and on which much
//! hangs, and a list of such pairs says nothing about the others. So the queue has two arms:
//!
//! ```text
//!  candidates ─┬─ top:    greatest expected change first ──▶ what stands answered from the
//!              │                                             beginning counts for itself alone
//!              └─ sample: a random order in which doubtful ──▶ what stands answered from the
//!                         pairs come early                     beginning speaks for all the rest
//! ```
//!
//! Both orders follow from the candidates alone, chance included: it is drawn from the hash of a
//! pair's report ids. No order looks at an answer. So nothing has to be remembered about which
//! question was asked for what: candidates and verdicts say it all, and a verdict given out of turn
//! (because somebody saw that a link was wrong, say) cannot tilt the figures. It steers linking as
//! any verdict does, and the report counts it as *aside* until an order reaches it.
//!
//! **What the caller owes.** The candidates must be as arithmetic alone left them: `probability`,
//! `linked` and `change` as they would be with no verdict given, or else the answers choose the
//! questions after all. Each pair stands in the list once, and its `key` is a uniform hash that
//! never changes. When the pool grows, the answers given so far keep counting as far as the new
//! orders find them unbroken; the queue asks what broke them first.
//!
//! **When to stop.** Settle on a number of answers, not on a result: who stops at the first answer
//! they like gets a figure that leans their way. No formula here makes up for that.
//!
//! What it deliberately does not do: link, read a pool, or count "cannot tell" as an answer.
//!
//! ```
//! use sheaf_link::review::{Candidate, Queue, Share};
//! use sheaf_model::Verdict;
//!
//! let pair = |a, b, probability, linked, change| {
//!     let key = (u64::from(a) * 8 + u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
//!     Candidate { a, b, key, probability, linked, change }
//! };
//! let candidates = [
//!     pair(0, 1, 0.98, true, 1.0),
//!     pair(0, 2, 0.60, true, 9.0),
//!     pair(1, 2, 0.30, false, 2.0),
//!     pair(2, 3, 0.01, false, 4.0),
//! ];
//! // Nothing is answered: the pair of 0 and 2 is linked, may well be wrong, and much hangs on it.
//! let queue = Queue::new(&candidates, Share::EVEN, |_, _| None);
//! assert_eq!(queue.next(1)[0].index, 1);
//! assert!(!queue.report(None).enough());
//!
//! // Everything is answered: then the figures are no estimates.
//! let truth = |a, b| Some(if (a, b) == (0, 2) { Verdict::Different } else { Verdict::Same });
//! let queue = Queue::new(&candidates, Share::EVEN, truth);
//! assert!(queue.next(1).is_empty());
//! let report = queue.report(None);
//! assert_eq!((report.precision.low, report.precision.high), (0.5, 0.5));
//! assert_eq!(report.recall.point, 1.0 / 3.0);
//! ```

mod candidates;
mod estimate;
mod interval;
mod queue;
mod report;
mod sample;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub use candidates::{FURTHER, Further, Uncompared, candidates, further};
pub use estimate::{ENOUGH, Estimate};
pub use queue::{Arm, Question, Queue, Share};
pub use report::{BANDS, Band, Beyond, Report};

/// Two reports that were compared, and what arithmetic made of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    /// One report, in the caller's numbering.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// A hash of the two report ids, uniform over all 64-bit numbers and the same for ever: the
    /// pair's share of chance. Numbers that happen to be positions will not do.
    pub key: u64,
    /// How probable it is that the two are about one incident, calibrated as well as may be, in
    /// 0..=1. What is not a number counts as one half. That it is wrong makes the figures wider,
    /// not biased.
    pub probability: f64,
    /// Whether arithmetic put the two into one incident.
    pub linked: bool,
    /// How much would change if the answer were the one that linking did not expect: say, how many
    /// pairs of reports would come together or apart. Not negative; what is not a number counts
    /// as 0.
    pub change: f64,
}

impl Candidate {
    /// How probable it is that a person disagrees with the linking.
    ///
    /// ```
    /// use sheaf_link::review::Candidate;
    /// let pair = Candidate { a: 0, b: 1, key: 7, probability: 0.75, linked: true, change: 4.0 };
    /// assert_eq!((pair.doubt(), pair.value()), (0.25, 1.0));
    /// ```
    pub fn doubt(&self) -> f64 {
        if self.linked { 1.0 - self.believed() } else { self.believed() }
    }

    /// What asking is worth: the change to expect, in the unit of [`Candidate::change`].
    pub fn value(&self) -> f64 {
        self.doubt() * if self.change > 0.0 { self.change.min(f64::MAX) } else { 0.0 }
    }

    /// The probability, in range.
    fn believed(&self) -> f64 {
        let probability = if self.probability.is_nan() { 0.5 } else { self.probability };
        probability.clamp(0.0, 1.0)
    }
}
