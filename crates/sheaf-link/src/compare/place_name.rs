//! What the place is called. Where both reports have points, the distance has said most of it
//! already, so a shared name adds little; where one has none, the name is all there is.

use super::{Both, Comparison, quoted};
use crate::names::{Commonness, Sense, Tag};

pub(super) const ABOUT: Comparison =
    Comparison { name: "place name", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "no point: share a rare name",
    "no point: share a name",
    "no point: share a common name",
    "no point: names differ",
    "no point: same district",
    "no point: same province",
    "no point: same country",
    "points: share a rare name",
    "points: share a name",
    "points: share a common name",
    "points: names differ",
];

/// The level and the name that both give, if any.
fn look(both: &Both<'_>) -> Option<(u8, Option<Tag>)> {
    let points = super::distance::are_comparable(both);
    let base = if points { 7 } else { 0 };
    match both.shared(Sense::Place) {
        Some(Some((Commonness::Rare, tag))) => return Some((base, Some(tag))),
        Some(Some((Commonness::Uncommon, tag))) => return Some((base + 1, Some(tag))),
        Some(Some((Commonness::Common, tag))) => return Some((base + 2, Some(tag))),
        Some(None) => return Some((base + 3, None)),
        None if points => return None,
        None => {}
    }
    for (sense, level) in [(Sense::AdminTwo, 4), (Sense::AdminOne, 5), (Sense::Country, 6)] {
        if let Some(Some((_, tag))) = both.shared(sense) {
            return Some((level, Some(tag)));
        }
    }
    None
}

fn level(both: &Both<'_>) -> Option<u8> {
    look(both).map(|(level, _)| level)
}

fn found(both: &Both<'_>, level: u8) -> String {
    let what = LEVELS[usize::from(level)].split(": ").last().unwrap_or_default();
    match look(both).and_then(|(_, tag)| tag) {
        Some(tag) => format!("both {} ({what})", quoted(both, tag)),
        None => what.to_owned(),
    }
}
