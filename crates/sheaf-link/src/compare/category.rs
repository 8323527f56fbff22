//! Codes of a source's own. They mean something only inside that source, so they are compared only
//! between two reports of one source (a coded news collection, an incident desk).

use super::{Both, Comparison, quoted};
use crate::names::{Commonness, Sense};

pub(super) const ABOUT: Comparison = Comparison { name: "category", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["share a rare code", "share a code", "share a common code", "share no code"];

fn level(both: &Both<'_>) -> Option<u8> {
    if both.a.source != both.b.source {
        return None;
    }
    let shared = both.shared(Sense::Category)?;
    Some(match shared {
        Some((Commonness::Rare, _)) => 0,
        Some((Commonness::Uncommon, _)) => 1,
        Some((Commonness::Common, _)) => 2,
        None => 3,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    match both.shared(Sense::Category).flatten() {
        Some((_, tag)) => format!("both {} ({})", quoted(both, tag), LEVELS[usize::from(level)]),
        None => LEVELS[usize::from(level)].to_owned(),
    }
}
