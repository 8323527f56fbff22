//! Opaque codes of a source's own, as it numbers actors or series: like the category, they mean
//! something only inside that source.

use super::{Both, Comparison, common};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "code", levels: common::LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    (both.a.source == both.b.source).then(|| common::level(both, Sense::Code)).flatten()
}

fn found(both: &Both<'_>, level: u8) -> String {
    common::found(both, Sense::Code, level)
}
