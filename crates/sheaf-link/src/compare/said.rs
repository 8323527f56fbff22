//! How much both say beside day and point. Two reports that agree on a day and on the centroid of a
//! province, and say nothing else, agree on next to nothing: what makes other pairs likely at the
//! same day and point is that the rest was looked at and did not speak against it.

use super::{Both, Comparison};

pub(super) const ABOUT: Comparison =
    Comparison { name: "said by both", levels: LEVELS, level, found };

const LEVELS: &[&str] = &["nothing", "one thing", "two things", "three things or more"];

fn level(both: &Both<'_>) -> Option<u8> {
    Some((both.a.says & both.b.says).count_ones().min(3) as u8)
}

fn found(_: &Both<'_>, level: u8) -> String {
    format!("{} beside day and point", LEVELS[usize::from(level)])
}
