//! With what, by the words both use.

use super::{Both, Comparison, common};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "weapon", levels: common::LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    common::level(both, Sense::Weapon)
}

fn found(both: &Both<'_>, level: u8) -> String {
    common::found(both, Sense::Weapon, level)
}
