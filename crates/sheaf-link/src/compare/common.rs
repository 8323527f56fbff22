//! What the comparisons of names share: the rarest name both give, in four bands of how common it
//! is in the pool. A name that few reports give agrees by chance less often.

use super::Both;
use crate::names::{Commonness, Sense, Tag};

/// The levels of a comparison of names.
pub(super) const LEVELS: &[&str] = &[
    "share a rare one",
    "share one",
    "share a common one",
    "share a very common one",
    "share none",
];

/// The level of the rarest name both give; `None` when a side gives none.
pub(super) fn level(both: &Both<'_>, sense: Sense) -> Option<u8> {
    Some(both.shared(sense)?.map_or(4, |(commonness, _)| band(commonness)))
}

pub(super) fn band(commonness: Commonness) -> u8 {
    match commonness {
        Commonness::Rare => 0,
        Commonness::Uncommon => 1,
        Commonness::Common => 2,
        Commonness::VeryCommon => 3,
    }
}

/// "both "police" (share a common one)".
pub(super) fn found(both: &Both<'_>, sense: Sense, level: u8) -> String {
    let name = LEVELS[usize::from(level)];
    match both.shared(sense).flatten() {
        Some((_, tag)) => format!("both {} ({name})", quoted(both, tag)),
        None => name.to_owned(),
    }
}

/// A name as it is put in a reason.
pub(super) fn quoted(both: &Both<'_>, tag: Tag) -> String {
    format!("\"{}\"", both.outlines.names().spelling(tag))
}
