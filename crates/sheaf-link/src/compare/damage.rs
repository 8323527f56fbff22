//! Whether things were damaged, where both say so.

use super::{Both, Comparison};
use crate::outline::Damage;

pub(super) const ABOUT: Comparison = Comparison { name: "damage", levels: LEVELS, level, found };

const LEVELS: &[&str] = &["neither", "one of them", "both"];

fn level(both: &Both<'_>) -> Option<u8> {
    let said = |damage: Damage| match damage {
        Damage::None => Some(0),
        Damage::Some => Some(1),
        Damage::Unsaid => None,
    };
    Some(said(both.a.damage)? + said(both.b.damage)?)
}

fn found(_: &Both<'_>, level: u8) -> String {
    format!("{} says that things were damaged", LEVELS[usize::from(level)])
}
