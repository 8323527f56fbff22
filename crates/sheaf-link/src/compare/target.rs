//! What was attacked, by the words both use. Rare words say more; "no word shared" says little, as
//! one writes "market" and the other "vendors".

use super::{Both, Comparison, quoted};
use crate::names::{Commonness, Sense};

pub(super) const ABOUT: Comparison = Comparison { name: "target", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["share a rare word", "share a word", "share a common word", "share no word"];

fn level(both: &Both<'_>) -> Option<u8> {
    let shared = both.shared(Sense::Target)?;
    Some(match shared {
        Some((Commonness::Rare, _)) => 0,
        Some((Commonness::Uncommon, _)) => 1,
        Some((Commonness::Common, _)) => 2,
        None => 3,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    match both.shared(Sense::Target).flatten() {
        Some((_, tag)) => format!("both {} ({})", quoted(both, tag), LEVELS[usize::from(level)]),
        None => LEVELS[usize::from(level)].to_owned(),
    }
}
