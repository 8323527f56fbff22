//! Whether both carry the same text, by the distance of their fingerprints (64-bit SimHash, the
//! number of bits that differ). The text itself is not kept. The same wire copy in two papers is
//! one telling, hence strong evidence for one incident; different wording says nothing.

use super::{Both, Comparison};

pub(super) const ABOUT: Comparison = Comparison { name: "wording", levels: LEVELS, level, found };

const LEVELS: &[&str] = &["same copy", "much the same", "different"];

fn level(both: &Both<'_>) -> Option<u8> {
    if both.a.wording == 0 || both.b.wording == 0 {
        return None;
    }
    Some(match (both.a.wording ^ both.b.wording).count_ones() {
        ..=3 => 0,
        4..=8 => 1,
        _ => 2,
    })
}

fn found(both: &Both<'_>, level: u8) -> String {
    let bits = (both.a.wording ^ both.b.wording).count_ones();
    format!("{} ({bits} of 64 bits differ)", LEVELS[usize::from(level)])
}
