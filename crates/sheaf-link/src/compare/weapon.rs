//! With what, by the words both use, like the target.

use super::{Both, Comparison, quoted};
use crate::names::{Commonness, Sense};

pub(super) const ABOUT: Comparison = Comparison { name: "weapon", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["share a rare word", "share a word", "share a common word", "share no word"];

fn level(both: &Both<'_>) -> Option<u8> {
    let shared = both.shared(Sense::Weapon)?;
    Some(match shared {
        Some((Commonness::Rare, _)) => 0,
        Some((Commonness::Uncommon, _)) => 1,
        Some((Commonness::Common, _)) => 2,
        None => 3,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    match both.shared(Sense::Weapon).flatten() {
        Some((_, tag)) => format!("both {} ({})", quoted(both, tag), LEVELS[usize::from(level)]),
        None => LEVELS[usize::from(level)].to_owned(),
    }
}
