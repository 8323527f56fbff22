//! What was attacked, by the words both use: a kind of thing or role, never a person.

use super::{Both, Comparison, common};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "target", levels: common::LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    common::level(both, Sense::Target)
}

fn found(both: &Both<'_>, level: u8) -> String {
    common::found(both, Sense::Target, level)
}
