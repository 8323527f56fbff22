//! Parts and wholes. An episode ("a week of shelling") contains incidents and is none of them, so
//! the two are never merged: that would count the dead twice or lose the days. What is found here
//! is a relation of its own, beside the incidents.
//!
//! A first version: containment is read off days, places, tolls and kinds; nothing is weighed.

use crate::compare::{Both, distance_m, kinds_agree};
use crate::outline::{Outline, Outlines, Slot};

/// An incident that lies within another one, an episode.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Part {
    /// The incident made of episode reports.
    pub whole: u32,
    /// The incident it contains.
    pub part: u32,
}

/// Whether what `whole` tells contains what `part` tells: its days, its place, no more killed, and
/// no kind of another root. The two already meet by place or name.
pub(crate) fn contains(outlines: &Outlines, whole: &Outline, part: &Outline) -> bool {
    if part.first < whole.first || part.last > whole.last {
        return false;
    }
    let both = Both::alone(outlines, whole, part);
    if let Some(metres) = distance_m(&both)
        && metres > whole.radius + part.radius
    {
        return false;
    }
    let killed = Slot::Killed as usize;
    let (all, some) = (whole.tolls[killed], part.tolls[killed]);
    if all.is_given() && some.is_given() && some.low > all.high {
        return false;
    }
    kinds_agree(&both)
}
