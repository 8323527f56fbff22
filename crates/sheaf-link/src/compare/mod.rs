//! Two reports compared. Each comparison stands in a file of its own and answers with an ordered
//! *level* ("same point, footprints of a town"), or with nothing when a side does not say. A level
//! weighs the bits that the [`Weights`] give it, and a match weighs the prior and its levels,
//! added up in the order of [`COMPARISONS`].
//!
//! There is one way of adding: [`weigh`]. The bulk kernel listens to none of it and the
//! explanation to all of it, so both get the same sum to the last bit (invariant 7).

use sheaf_model::{Match, Reason};

use crate::names::{Commonness, Sense, Tag};
use crate::outline::{Outline, Outlines, chord_m};
use crate::weights::Weights;

mod category;
mod day_gap;
mod distance;
mod injured;
mod killed;
mod kind;
mod organisations;
mod place_name;
mod source_pair;
mod target;
mod toll;
mod weapon;
mod wording;

/// One comparison: its name, its levels in order, how to find the level, and how to say it.
pub(crate) struct Comparison {
    /// A stable name: it stands in the weights and in every reason.
    pub(crate) name: &'static str,
    /// The names of its levels.
    pub(crate) levels: &'static [&'static str],
    /// The level of two reports; `None` when a side does not say (invariant 8).
    pub(crate) level: fn(&Both<'_>) -> Option<u8>,
    /// What was found, in a few words.
    pub(crate) found: fn(&Both<'_>, u8) -> String,
}

/// Every comparison, in the order in which reasons are given and added.
pub(crate) const COMPARISONS: [Comparison; N_COMPARISONS] = [
    distance::ABOUT,
    day_gap::ABOUT,
    kind::ABOUT,
    killed::ABOUT,
    injured::ABOUT,
    organisations::ABOUT,
    place_name::ABOUT,
    target::ABOUT,
    weapon::ABOUT,
    category::ABOUT,
    wording::ABOUT,
    source_pair::ABOUT,
];

pub(crate) const N_COMPARISONS: usize = 12;

/// Room for the levels of any comparison.
pub(crate) const MOST_LEVELS: usize = 32;

/// The two reports of a comparison, with the pool's names at hand. Every level is the same with
/// `a` and `b` exchanged.
pub(crate) struct Both<'a> {
    pub(crate) outlines: &'a Outlines,
    pub(crate) a: &'a Outline,
    pub(crate) b: &'a Outline,
}

impl Both<'_> {
    /// The rarest name that both give in a sense: `Some(None)` if both give names and share none,
    /// `None` if a side gives none.
    fn shared(&self, sense: Sense) -> Option<Option<(Commonness, Tag)>> {
        let (left, right) =
            (self.outlines.tags_in(self.a, sense), self.outlines.tags_in(self.b, sense));
        if left.is_empty() || right.is_empty() {
            return None;
        }
        let n = self.outlines.len();
        let names = self.outlines.names();
        let shared = in_both(left, right).map(|tag| (names.commonness(tag, n), tag));
        // Of equally common names the one first in the alphabet: the number of a name depends on
        // which report came first, and what is said must not.
        Some(shared.min_by(|a, b| {
            (a.0.cmp(&b.0)).then_with(|| names.spelling(a.1).cmp(names.spelling(b.1)))
        }))
    }
}

/// The tags that stand in both of two sorted lists.
pub(crate) fn in_both<'a>(left: &'a [Tag], right: &'a [Tag]) -> impl Iterator<Item = Tag> + 'a {
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    std::iter::from_fn(move || {
        loop {
            match left.peek()?.cmp(right.peek()?) {
                std::cmp::Ordering::Less => left.next(),
                std::cmp::Ordering::Greater => right.next(),
                std::cmp::Ordering::Equal => {
                    right.next();
                    return left.next();
                }
            };
        }
    })
}

/// Adds up what two reports weigh, telling `heard` of each comparison (its number and level).
#[inline(always)]
pub(crate) fn weigh(
    both: &Both<'_>,
    weights: &Weights,
    mut heard: impl FnMut(usize, Option<u8>, f64),
) -> f64 {
    let mut sum = weights.prior_bits;
    for (number, comparison) in COMPARISONS.iter().enumerate() {
        let level = (comparison.level)(both);
        let bits = level.map_or(0.0, |level| weights.bits(number, level));
        sum += bits;
        heard(number, level, bits);
    }
    sum
}

/// The weight of two reports without its reasons: the kernel used in bulk.
pub(crate) fn weight(outlines: &Outlines, weights: &Weights, a: &Outline, b: &Outline) -> f64 {
    weigh(&Both { outlines, a, b }, weights, |_, _, _| {})
}

/// Compares the reports at two positions and gives every reason, also those that weigh nothing
/// because a side does not say.
///
/// The answer does not depend on whether linking ever looked at the two (see
/// [`kept_apart`](crate::kept_apart) for that).
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn compare(outlines: &Outlines, weights: &Weights, a: u32, b: u32) -> Match {
    let both = Both { outlines, a: outlines.get(a), b: outlines.get(b) };
    let mut reasons = Vec::with_capacity(N_COMPARISONS);
    weigh(&both, weights, |number, level, bits| {
        let comparison = &COMPARISONS[number];
        let found = match level {
            Some(level) => (comparison.found)(&both, level),
            None => "not said by both".to_owned(),
        };
        reasons.push(Reason { comparison: comparison.name, found, bits });
    });
    Match { prior_bits: weights.prior_bits, reasons }
}

/// The level of every comparison, by name: the raw material for learning weights. `None` where a
/// side does not say.
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn levels(outlines: &Outlines, a: u32, b: u32) -> Vec<(&'static str, Option<&'static str>)> {
    let both = Both { outlines, a: outlines.get(a), b: outlines.get(b) };
    COMPARISONS
        .iter()
        .map(|comparison| {
            let level = (comparison.level)(&both);
            (comparison.name, level.map(|level| comparison.levels[usize::from(level)]))
        })
        .collect()
}

/// How far apart the points lie, if both have one for linking.
pub(crate) fn distance_m(both: &Both<'_>) -> Option<f32> {
    distance::are_comparable(both).then(|| chord_m(&both.a.at, &both.b.at))
}

/// Whether the kinds do not contradict each other down to the root, or a side gives none.
pub(crate) fn kinds_agree(both: &Both<'_>) -> bool {
    kind::agree(both)
}

/// A name as it is put in a reason.
fn quoted(both: &Both<'_>, tag: Tag) -> String {
    format!("\"{}\"", both.outlines.names().spelling(tag))
}
