//! Who tells it. A curated source keeps one entry per incident, so two of its entries are two
//! incidents; clustering holds that as a rule, and here it is said as a reason. A news outlet
//! rarely files one incident twice within a coded collection, but it happens.

use super::{Both, Comparison};
use crate::names::Sense;

pub(super) const ABOUT: Comparison =
    Comparison { name: "source pair", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["one curated source", "one outlet", "one source, other outlets", "one source", "two sources"];

fn level(both: &Both<'_>) -> Option<u8> {
    if both.a.source != both.b.source {
        return Some(4);
    }
    if both.a.is_curated() || both.b.is_curated() {
        return Some(0);
    }
    Some(match both.shared(Sense::Outlet) {
        Some(Some(_)) => 1,
        Some(None) => 2,
        None => 3,
    })
}

fn found(_: &Both<'_>, level: u8) -> String {
    LEVELS[usize::from(level)].to_owned()
}
