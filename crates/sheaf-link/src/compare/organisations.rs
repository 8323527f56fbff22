//! Organisations that the reports name as claiming, blamed or party. A name that few reports give
//! says more than one that everybody gives. No name shared says little: sources name organisations
//! in many ways. This compares what was said; it never says who did it.

use super::{Both, Comparison, quoted};
use crate::names::{Commonness, Sense};

pub(super) const ABOUT: Comparison =
    Comparison { name: "organisations", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["share a rare name", "share a name", "share a common name", "share no name"];

fn level(both: &Both<'_>) -> Option<u8> {
    let shared = both.shared(Sense::Organisation)?;
    Some(match shared {
        Some((Commonness::Rare, _)) => 0,
        Some((Commonness::Uncommon, _)) => 1,
        Some((Commonness::Common, _)) => 2,
        None => 3,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    match both.shared(Sense::Organisation).flatten() {
        Some((_, tag)) => format!("both {} ({})", quoted(both, tag), LEVELS[usize::from(level)]),
        None => LEVELS[usize::from(level)].to_owned(),
    }
}
