//! How many days lie between the two publications. News of one incident comes in a wave of days;
//! two reports written long after it say nothing by the days on which they were written.

use super::{Both, Comparison};
use crate::outline::NEVER;

pub(super) const ABOUT: Comparison =
    Comparison { name: "publication", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "fresh, same day",
    "fresh, 1 day apart",
    "fresh, 2 days apart",
    "fresh, 3 or 4 days apart",
    "fresh, more days apart",
    "one fresh, one late",
    "both late",
];

/// A report of an incident that ended at most this many days before is news of it.
const FRESH_DAYS: i32 = 7;

fn level(both: &Both<'_>) -> Option<u8> {
    let (a, b) = (both.a, both.b);
    if a.published == NEVER || b.published == NEVER || !a.is_dated() || !b.is_dated() {
        return None;
    }
    let lag = |published: i32, last: i32| published.saturating_sub(last);
    let (left, right) = (lag(a.published, a.last), lag(b.published, b.last));
    if left.min(right) > FRESH_DAYS {
        return Some(6);
    }
    if left.max(right) > FRESH_DAYS {
        return Some(5);
    }
    Some(match a.published.abs_diff(b.published) {
        0 => 0,
        1 => 1,
        2 => 2,
        3..=4 => 3,
        _ => 4,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    let days = both.a.published.abs_diff(both.b.published);
    let apart = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    format!("published {apart} apart ({})", LEVELS[usize::from(level)])
}
