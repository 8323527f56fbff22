//! Two reports compared. Each comparison stands in a file of its own and answers with an ordered
//! *level* ("same point, footprints of a town"), or with nothing when a side does not say. A level
//! weighs the bits that the [`Model`] gives it, and a match weighs the prior and its levels, added
//! up in the order of [`COMPARISONS`].
//!
//! The last comparisons speak of the pool around the two: how crowded it is there, and which third
//! reports fit both. They are left out where the pool is not known (two copies put together, a
//! lead held against a report).
//!
//! There is one way of adding: [`weigh`]. The bulk kernel listens to none of it and the
//! explanation to all of it, so both get the same sum to the last bit (invariant 7).

use sheaf_model::{Match, Reason};

use crate::company::Kept;
use crate::model::Model;
use crate::names::{Commonness, Sense, Tag};
use crate::outline::{Outline, Outlines, chord_m};
use crate::surroundings::Near;

mod category;
mod code;
mod common;
mod company;
mod crowding;
mod damage;
mod day_gap;
pub(crate) mod distance;
mod injured;
mod killed;
mod kind;
mod organisations;
mod place_name;
mod published;
mod said;
mod source_pair;
mod target;
mod toll;
mod weapon;
mod wording;

/// One comparison: its name, its levels in order, how to find the level, and how to say it.
pub(crate) struct Comparison {
    /// A stable name: it stands in the model and in every reason.
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
    damage::ABOUT,
    organisations::ABOUT,
    place_name::ABOUT,
    target::ABOUT,
    weapon::ABOUT,
    category::ABOUT,
    code::ABOUT,
    published::ABOUT,
    wording::ABOUT,
    source_pair::ABOUT,
    said::ABOUT,
    crowding::SIBLINGS,
    crowding::COMPANY_FEWER,
    crowding::COMPANY_MORE,
    crowding::RATE_LESS,
    crowding::RATE_MORE,
    company::COMPANY,
    company::SIZE,
    company::RIVALS,
];

pub(crate) const N_COMPARISONS: usize = 24;

/// The comparisons before this one need the two reports only and their surroundings; from here on
/// they need the first pass over all pairs.
pub(crate) const FIRST_OF_SECOND_PASS: usize = 21;

/// The comparisons before this one are of what the two reports say themselves.
#[cfg(test)]
pub(crate) const FIRST_OF_SURROUNDINGS: usize = 15;

/// Room for the levels of any comparison.
pub(crate) const MOST_LEVELS: usize = 80;

/// The two reports of a comparison, with the pool's names at hand. Every level is the same with
/// `a` and `b` exchanged.
pub(crate) struct Both<'a> {
    pub(crate) outlines: &'a Outlines,
    pub(crate) a: &'a Outline,
    pub(crate) b: &'a Outline,
    /// How crowded it is around each, where that is known.
    pub(crate) near: Option<(Near, Near)>,
    /// What the first pass says of third reports, after it.
    pub(crate) kept: Option<Kept>,
}

impl<'a> Both<'a> {
    /// The two by themselves.
    pub(crate) fn alone(outlines: &'a Outlines, a: &'a Outline, b: &'a Outline) -> Both<'a> {
        Both { outlines, a, b, near: None, kept: None }
    }

    /// The rarest name that both give in a sense: `Some(None)` if both give names and share none,
    /// `None` if a side gives none.
    fn shared(&self, sense: Sense) -> Option<Option<(Commonness, Tag)>> {
        let (left, right) =
            (self.outlines.tags_in(self.a, sense), self.outlines.tags_in(self.b, sense));
        if left.is_empty() || right.is_empty() {
            return None;
        }
        let n = self.outlines.n_counted();
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

/// Adds up what two reports weigh, telling `heard` of each comparison (its number and level). In
/// the first pass the sum begins with the first prior and the second pass's comparisons are silent.
#[inline(always)]
pub(crate) fn weigh(
    both: &Both<'_>,
    model: &Model,
    mut heard: impl FnMut(usize, Option<u8>, f64),
) -> f64 {
    let mut sum = model.prior_bits;
    for (number, comparison) in COMPARISONS.iter().enumerate() {
        let level = (comparison.level)(both);
        let bits = level.map_or(0.0, |level| model.bits(number, level));
        sum += bits;
        heard(number, level, bits);
    }
    sum
}

/// The weight of two reports without its reasons: the kernel used in bulk.
#[inline]
pub(crate) fn weight(both: &Both<'_>, model: &Model) -> f64 {
    weigh(both, model, |_, _, _| {})
}

/// What the first pass makes of two reports: log-odds in bits that knows nothing of third ones.
#[inline]
pub(crate) fn first_weight(both: &Both<'_>, model: &Model) -> f64 {
    debug_assert!(both.kept.is_none());
    let mut sum = 0.0;
    for (number, comparison) in COMPARISONS[..FIRST_OF_SECOND_PASS].iter().enumerate() {
        sum += (comparison.level)(both).map_or(0.0, |level| model.bits(number, level));
    }
    model.first_prior_bits + model.first_scale * sum
}

/// What the comparisons from each one on can still add in the first pass, at most. Most pairs that
/// meet are far apart, and are given up after a comparison or two.
pub(crate) struct Bound {
    least_sum: f64,
    rest: [f64; FIRST_OF_SECOND_PASS + 1],
}

impl Bound {
    /// For pairs whose first weight is to reach `least_bits`.
    pub(crate) fn new(model: &Model, least_bits: f64) -> Bound {
        let mut rest = [0.0; FIRST_OF_SECOND_PASS + 1];
        for number in (0..FIRST_OF_SECOND_PASS).rev() {
            let levels = 0..COMPARISONS[number].levels.len();
            // A side that does not say adds 0.
            let most = levels.fold(0.0f64, |most, level| most.max(model.bits(number, level as u8)));
            rest[number] = rest[number + 1] + most;
        }
        // A hair lower, so that rounding gives nobody up who would have reached it.
        let least_sum = (least_bits - model.first_prior_bits) / model.first_scale - 1e-6;
        Bound { least_sum, rest }
    }
}

/// [`first_weight`], or `None` as soon as it cannot reach the bound.
#[inline]
pub(crate) fn first_weight_within(both: &Both<'_>, model: &Model, bound: &Bound) -> Option<f64> {
    let mut sum = 0.0;
    for (number, comparison) in COMPARISONS[..FIRST_OF_SECOND_PASS].iter().enumerate() {
        if sum + bound.rest[number] < bound.least_sum {
            return None;
        }
        sum += (comparison.level)(both).map_or(0.0, |level| model.bits(number, level));
    }
    Some(model.first_prior_bits + model.first_scale * sum)
}

/// Every reason of two reports, also those that weigh nothing because a side does not say.
pub(crate) fn reasons(both: &Both<'_>, model: &Model) -> Match {
    let mut reasons = Vec::with_capacity(N_COMPARISONS);
    weigh(both, model, |number, level, bits| {
        let comparison = &COMPARISONS[number];
        let found = match level {
            Some(level) => (comparison.found)(both, level),
            None => "not said by both".to_owned(),
        };
        reasons.push(Reason { comparison: comparison.name, found, bits });
    });
    Match { prior_bits: model.prior_bits, reasons }
}

/// The level of every comparison, 255 where a side does not say: what a model is learnt from.
pub(crate) fn levels(both: &Both<'_>) -> [u8; N_COMPARISONS] {
    let mut levels = [UNSAID; N_COMPARISONS];
    for (level, comparison) in levels.iter_mut().zip(&COMPARISONS) {
        *level = (comparison.level)(both).unwrap_or(UNSAID);
    }
    levels
}

/// The level where a side does not say.
pub(crate) const UNSAID: u8 = u8::MAX;

/// Whether a report weighs the same against every other in either surroundings.
pub(crate) fn weighs_alike(model: &Model, was: Near, is: Near) -> bool {
    crowding::weighs_alike(model, was, is)
}

/// How far apart the points lie, if both have one for linking.
pub(crate) fn distance_m(both: &Both<'_>) -> Option<f32> {
    distance::are_comparable(both).then(|| chord_m(&both.a.at, &both.b.at))
}

/// Whether the kinds do not contradict each other down to the root, or a side gives none.
pub(crate) fn kinds_agree(both: &Both<'_>) -> bool {
    kind::agree(both)
}
