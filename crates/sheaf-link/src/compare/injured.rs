//! How many were injured. Sources count injuries loosely, so the same levels weigh less than for
//! the killed.

use super::toll::{self, LEVELS};
use super::{Both, Comparison};
use crate::outline::Slot;

pub(super) const ABOUT: Comparison = Comparison { name: "injured", levels: LEVELS, level, found };

fn level(both: &Both<'_>) -> Option<u8> {
    let slot = Slot::Injured as usize;
    toll::level_of_same_scope(both.a.tolls[slot], both.b.tolls[slot])
}

fn found(both: &Both<'_>, level: u8) -> String {
    let slot = Slot::Injured as usize;
    let said = toll::said(both.a.tolls[slot], both.b.tolls[slot]);
    format!("{said} ({})", LEVELS[usize::from(level)])
}
