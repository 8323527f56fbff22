//! How the two stretches of days lie to each other. Two single days that are the same day say most;
//! a day somewhere within a month says next to nothing, and at the month's edge a little more,
//! because reports are filed by when things began.

use super::{Both, Comparison};

pub(super) const ABOUT: Comparison = Comparison { name: "day gap", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "same day",
    "1 day apart",
    "2 days apart",
    "3 days apart",
    "more days apart",
    "1 day from a longer stretch",
    "more days from a longer stretch",
    "same stretch of days",
    "a day at the edge of 2 or 3",
    "a day within 2 or 3",
    "a day at the edge of 9 or fewer",
    "a day within 9 or fewer",
    "a day within 36 or fewer",
    "a day within a longer stretch",
    "stretches share most of their days",
    "stretches share some of 36 or fewer days",
    "stretches share some days",
];

fn level(both: &Both<'_>) -> Option<u8> {
    let (a, b) = (both.a, both.b);
    if !a.is_dated() || !b.is_dated() {
        return None;
    }
    let (wa, wb) = (a.width_days(), b.width_days());
    let (narrow, wide) = (wa.min(wb), wa.max(wb));
    let gap = a.gap_days(b);
    if gap > 0 {
        return Some(match (wide, gap) {
            (1, gap) => gap.min(4) as u8,
            (_, 1) => 5,
            _ => 6,
        });
    }
    if narrow == 1 {
        let edge = a.first == b.first || a.last == b.last;
        return Some(match (wide, edge) {
            (1, _) => 0,
            (..=3, true) => 8,
            (..=3, false) => 9,
            (..=9, true) => 10,
            (..=9, false) => 11,
            (..=36, _) => 12,
            _ => 13,
        });
    }
    if a.first == b.first && a.last == b.last {
        return Some(7);
    }
    let shared = i64::from(a.last.min(b.last)) - i64::from(a.first.max(b.first)) + 1;
    let all = i64::from(a.last.max(b.last)) - i64::from(a.first.min(b.first)) + 1;
    Some(if shared * 2 >= all {
        14
    } else if wide <= 36 {
        15
    } else {
        16
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    let published = if both.a.date_from_publication || both.b.date_from_publication {
        " (dated by publication)"
    } else {
        ""
    };
    let gap = both.a.gap_days(both.b);
    let apart = if gap > 3 { format!(": {gap}") } else { String::new() };
    format!("{}{apart}{published}", LEVELS[usize::from(level)])
}
