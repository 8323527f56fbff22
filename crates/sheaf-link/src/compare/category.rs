//! Words of a source's own taxonomy. They mean something only inside that source, so they are
//! compared only between two reports of one source (a coded news collection, an incident desk).

use super::{Both, Comparison, common};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "category", levels: common::LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    (both.a.source == both.b.source).then(|| common::level(both, Sense::Category)).flatten()
}

fn found(both: &Both<'_>, level: u8) -> String {
    common::found(both, Sense::Category, level)
}
