//! Organisations that the reports name as claiming, blamed or party. A name that few reports give
//! says more than one that everybody gives. No name shared says little: sources name organisations
//! in many ways. This compares what was said; it never says who did it.

use super::{Both, Comparison, common};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "organisations", levels: common::LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    common::level(both, Sense::Organisation)
}

fn found(both: &Both<'_>, level: u8) -> String {
    common::found(both, Sense::Organisation, level)
}
