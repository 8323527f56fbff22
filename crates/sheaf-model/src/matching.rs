//! Two reports compared, and why the answer is what it is.

use std::fmt;

use crate::ReportId;

/// Two different reports, in one spelling: the smaller id first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pair {
    // Invariant: left < right.
    left: ReportId,
    right: ReportId,
}

impl Pair {
    /// `None` if both are the same report.
    pub fn new(a: ReportId, b: ReportId) -> Option<Pair> {
        match a.cmp(&b) {
            std::cmp::Ordering::Less => Some(Pair { left: a, right: b }),
            std::cmp::Ordering::Greater => Some(Pair { left: b, right: a }),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The smaller id.
    pub fn left(&self) -> &ReportId {
        &self.left
    }

    /// The larger id.
    pub fn right(&self) -> &ReportId {
        &self.right
    }
}

/// One ground for or against two reports being about the same incident.
#[derive(Clone, PartialEq, Debug)]
pub struct Reason {
    /// What was compared: a stable name ("distance", "day gap").
    pub comparison: &'static str,
    /// What was found, in a few words ("within 1 km").
    pub found: String,
    /// Its weight in bits: the binary logarithm of a likelihood ratio. Exactly 0 when a side is
    /// missing (invariant 8).
    pub bits: f64,
}

/// Two reports compared: what was thought before looking, and every reason since.
#[derive(Clone, PartialEq, Debug)]
pub struct Match {
    /// Prior log-odds in bits that two reports of this pool and neighbourhood are the same.
    pub prior_bits: f64,
    /// The reasons, in the order of the comparisons.
    pub reasons: Vec<Reason>,
}

impl Match {
    /// Log-odds in bits: the prior and its reasons, summed in order, nothing else (invariant 7).
    pub fn weight(&self) -> f64 {
        self.reasons.iter().fold(self.prior_bits, |sum, reason| sum + reason.bits)
    }

    /// The weight as a probability.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.weight()).exp2())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}  {:+.1}", self.comparison, self.found, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_one_spelling() {
        let id = |text| ReportId::parse(text).unwrap();
        assert_eq!(Pair::new(id("a:1"), id("b:2")), Pair::new(id("b:2"), id("a:1")));
        assert_eq!(Pair::new(id("a:1"), id("a:1")), None);
    }

    #[test]
    fn even_odds_are_a_half() {
        let even = Match {
            prior_bits: -3.0,
            reasons: vec![Reason {
                comparison: "distance",
                found: "within 1 km".into(),
                bits: 3.0,
            }],
        };
        assert_eq!((even.weight(), even.probability()), (0.0, 0.5));
    }
}
