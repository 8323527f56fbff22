//! What people decided. A judgement outranks arithmetic, a later one an earlier one, and none is
//! ever deleted: it is withdrawn, with a date and a name (invariant 10).

use std::fmt;

use crate::Pair;

/// What a person says of two reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Verdict {
    Same,
    Different,
    Unsure,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 3] = [Verdict::Same, Verdict::Different, Verdict::Unsure];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Different => "different",
            Verdict::Unsure => "unsure",
        }
    }

    /// The verdict with this name.
    pub fn from_name(name: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// The number of a judgement in its pool, from 1, in the order in which they were made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct JudgementId(pub u64);

impl fmt::Display for JudgementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "j{}", self.0)
    }
}

impl JudgementId {
    /// Reads `j12` or `12`.
    pub fn parse(text: &str) -> Option<JudgementId> {
        text.strip_prefix('j').unwrap_or(text).parse().ok().map(JudgementId)
    }
}

/// That a judgement no longer holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawal {
    /// When, in UTC to the second (RFC 3339).
    pub at: String,
    /// By which member of the office, under the name they chose to sign with.
    pub by: String,
}

/// What one person decided about two reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// Its number.
    pub id: JudgementId,
    /// The two reports.
    pub pair: Pair,
    /// What was decided.
    pub verdict: Verdict,
    /// By which member of the office, under the name they chose to sign with.
    pub by: String,
    /// Why.
    pub because: String,
    /// When, in UTC to the second (RFC 3339).
    pub at: String,
    /// Whether it was taken back since.
    pub withdrawn: Option<Withdrawal>,
}
