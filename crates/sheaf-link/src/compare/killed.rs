//! How many were killed, compared scope by scope: with the attackers against with the attackers,
//! civilians against civilians. Where only different scopes meet, one is a part of the other.

use super::toll::{self, LEVELS};
use super::{Both, Comparison};
use crate::outline::{Range, Slot};

pub(super) const ABOUT: Comparison = Comparison { name: "killed", levels: LEVELS, level, found };

/// Two numbers that may be compared, and whether the first counts only part of the second.
struct Comparable {
    left: Range,
    right: Range,
    part: bool,
}

/// The first scope that both give, the most telling first; otherwise a part and its whole.
fn comparable(both: &Both<'_>) -> Option<Comparable> {
    let (left, right) = (&both.a.tolls, &both.b.tolls);
    for slot in [Slot::Killed, Slot::KilledIncluded, Slot::KilledCivilians] {
        let (left, right) = (left[slot as usize], right[slot as usize]);
        if left.is_given() && right.is_given() {
            return Some(Comparable { left, right, part: false });
        }
    }
    for (part, whole) in [
        (Slot::Killed, Slot::KilledIncluded),
        (Slot::KilledCivilians, Slot::Killed),
        (Slot::KilledCivilians, Slot::KilledIncluded),
    ] {
        for (some, all) in [(left, right), (right, left)] {
            let (some, all) = (some[part as usize], all[whole as usize]);
            if some.is_given() && all.is_given() {
                return Some(Comparable { left: some, right: all, part: true });
            }
        }
    }
    None
}

fn level(both: &Both<'_>) -> Option<u8> {
    let it = comparable(both)?;
    if it.part {
        toll::level_of_part(it.left, it.right)
    } else {
        toll::level_of_same_scope(it.left, it.right)
    }
}

fn found(both: &Both<'_>, level: u8) -> String {
    let Some(it) = comparable(both) else { return String::new() };
    let scope = if it.part { ", of different scope" } else { "" };
    format!("{} ({}{scope})", toll::said(it.left, it.right), LEVELS[usize::from(level)])
}
