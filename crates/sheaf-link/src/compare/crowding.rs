//! How crowded the two reports' surroundings are. What is a telling agreement in a quiet district
//! ("two dead on that day") is none in a city under riot, so the same pair weighs less there. The
//! counts come from the pool itself, without labels: they are its own estimate of how easily two
//! reports agree by chance at this place and in this season (see [`crate::surroundings`]).

use super::{Both, COMPARISONS, Comparison};
use crate::model::Model;
use crate::surroundings::Near;

const OCTAVES: &[&str] =
    &["none", "1", "2 or 3", "4 to 7", "8 to 15", "16 to 31", "32 to 63", "64 or more"];

/// 0, 1, 2–3, 4–7, …: the octave of a count.
fn octave(count: u16) -> u8 {
    (16 - count.leading_zeros()).min(7) as u8
}

/// Whether a report weighs the same against every other with either surroundings: all octaves from
/// one to the other, which are those that the fewer or the more of two can come to, weigh the same.
pub(super) fn weighs_alike(model: &Model, was: Near, is: Near) -> bool {
    let alike = |comparison: &Comparison, was: u8, is: u8| {
        let number = COMPARISONS.iter().position(|it| it.name == comparison.name);
        number.is_some_and(|number| {
            let bits = |level: u8| model.bits(number, level).to_bits();
            (was.min(is)..=was.max(is)).all(|level| bits(level) == bits(was))
        })
    };
    let (crowd, rate) =
        ((octave(was.crowd), octave(is.crowd)), (octave(was.rate), octave(is.rate)));
    alike(&COMPANY_FEWER, crowd.0, crowd.1)
        && alike(&COMPANY_MORE, crowd.0, crowd.1)
        && alike(&RATE_LESS, rate.0, rate.1)
        && alike(&RATE_MORE, rate.0, rate.1)
        && alike(&SIBLINGS, sibling_level(was.siblings), sibling_level(is.siblings))
}

fn sibling_level(siblings: u16) -> u8 {
    match siblings {
        0 => 0,
        1 => 1,
        2 => 2,
        3..=4 => 3,
        5..=8 => 4,
        _ => 5,
    }
}

pub(super) const COMPANY_FEWER: Comparison = Comparison {
    name: "reports at hand, fewer",
    levels: OCTAVES,
    level: |both| both.near.map(|(a, b)| octave(a.crowd.min(b.crowd))),
    found: |both, _| at_hand(both),
};

pub(super) const COMPANY_MORE: Comparison = Comparison {
    name: "reports at hand, more",
    levels: OCTAVES,
    level: |both| both.near.map(|(a, b)| octave(a.crowd.max(b.crowd))),
    found: |both, _| at_hand(both),
};

pub(super) const RATE_LESS: Comparison = Comparison {
    name: "busy days, less",
    levels: OCTAVES,
    level: |both| both.near.map(|(a, b)| octave(a.rate.min(b.rate))),
    found: |both, _| busy(both),
};

pub(super) const RATE_MORE: Comparison = Comparison {
    name: "busy days, more",
    levels: OCTAVES,
    level: |both| both.near.map(|(a, b)| octave(a.rate.max(b.rate))),
    found: |both, _| busy(both),
};

pub(super) const SIBLINGS: Comparison = Comparison {
    name: "siblings",
    levels: &["none", "1", "2", "3 or 4", "5 to 8", "9 or more"],
    level: |both| both.near.map(|(a, b)| sibling_level(a.siblings.max(b.siblings))),
    found: |both, _| {
        let n = both.near.map_or(0, |(a, b)| a.siblings.max(b.siblings));
        format!("{n} more from one of the documents, of the same days and place")
    },
};

fn sorted(counts: Option<(u16, u16)>) -> (u16, u16) {
    counts.map_or((0, 0), |(a, b)| (a.min(b), a.max(b)))
}

fn at_hand(both: &Both<'_>) -> String {
    let (fewer, more) = sorted(both.near.map(|(a, b)| (a.crowd, b.crowd)));
    format!("{fewer} and {more} reports they could be confused with")
}

fn busy(both: &Both<'_>) -> String {
    let (less, more) = sorted(both.near.map(|(a, b)| (a.rate, b.rate)));
    format!("{less} and {more} reports around there within ten days")
}
