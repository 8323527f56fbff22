//! Whether both carry the same text, by the distance of their fingerprints (64-bit SimHash, the
//! number of bits that differ). The text itself is not kept. The same wire copy in two papers is
//! one telling, hence strong evidence for one incident. The same text in one outlet is another
//! matter: a long document was cut into its incidents by whoever coded it, one report each, so it
//! speaks against. Different wording says nothing.

use super::{Both, Comparison};
use crate::names::Sense;

pub(super) const ABOUT: Comparison = Comparison { name: "wording", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "same copy",
    "much the same",
    "different",
    "one text of one outlet",
    "one text of one source",
];

fn level(both: &Both<'_>) -> Option<u8> {
    if both.a.wording == 0 || both.b.wording == 0 {
        return None;
    }
    let bits = (both.a.wording ^ both.b.wording).count_ones();
    if bits > 8 {
        return Some(2);
    }
    if both.a.source == both.b.source {
        match both.shared(Sense::Outlet) {
            Some(Some(_)) => return Some(3),
            Some(None) => {}
            None => return Some(4),
        }
    }
    Some(if bits <= 3 { 0 } else { 1 })
}

fn found(both: &Both<'_>, level: u8) -> String {
    let bits = (both.a.wording ^ both.b.wording).count_ones();
    format!("{} ({bits} of 64 bits differ)", LEVELS[usize::from(level)])
}
