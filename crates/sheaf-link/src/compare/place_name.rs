//! What the place is called. Where both reports have points, the distance has said most of it
//! already, so a shared name adds less; where one has none, the name is all there is. Two reports
//! that share the town and then each name another quarter speak less for one incident than two
//! that give just the same names.

use super::{Both, Comparison, common};
use crate::compare::in_both;
use crate::names::{Sense, Tag};

pub(super) const ABOUT: Comparison =
    Comparison { name: "place name", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "points: same rare names",
    "points: same names",
    "points: same common names",
    "points: same very common names",
    "points: share a rare name, one says more",
    "points: share a name, one says more",
    "points: share a common name, one says more",
    "points: share a very common name, one says more",
    "points: share a rare name, both say more",
    "points: share a name, both say more",
    "points: share a common name, both say more",
    "points: share a very common name, both say more",
    "points: names differ",
    "no point: same rare names",
    "no point: same names",
    "no point: same common names",
    "no point: same very common names",
    "no point: share a rare name, one says more",
    "no point: share a name, one says more",
    "no point: share a common name, one says more",
    "no point: share a very common name, one says more",
    "no point: share a rare name, both say more",
    "no point: share a name, both say more",
    "no point: share a common name, both say more",
    "no point: share a very common name, both say more",
    "no point: names differ",
    "no point: same district",
    "no point: same province",
    "no point: same country",
];

const NO_POINT: u8 = 13;
const DIFFER: u8 = 12;

/// The level and the name that both give, if any.
fn look(both: &Both<'_>) -> Option<(u8, Option<Tag>)> {
    let points = super::distance::are_comparable(both);
    let base = if points { 0 } else { NO_POINT };
    match both.shared(Sense::Place) {
        Some(Some((commonness, tag))) => {
            let (left, right) = (
                both.outlines.tags_in(both.a, Sense::Place),
                both.outlines.tags_in(both.b, Sense::Place),
            );
            let shared = in_both(left, right).count();
            let more = u8::from(left.len() > shared) + u8::from(right.len() > shared);
            return Some((base + more * 4 + common::band(commonness), Some(tag)));
        }
        Some(None) => return Some((base + DIFFER, None)),
        None if points => return None,
        None => {}
    }
    for (sense, level) in [(Sense::AdminTwo, 26), (Sense::AdminOne, 27), (Sense::Country, 28)] {
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
        Some(tag) => format!("both {} ({what})", common::quoted(both, tag)),
        None => what.to_owned(),
    }
}
