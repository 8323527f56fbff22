//! How sure a linking is. A linkage is one answer; this gives what other answers were nearly as good:
//! how likely two reports are about one incident when everything around them has its say, how many
//! incidents there are give or take, and whole linkages drawn by their probability, so that whatever
//! is computed from incidents can be computed from a hundred linkages and shown with its spread.
//!
//! What goes in are the reports, the model, and the linkage that was made of them with the same
//! judgements. Reports are parted into components, connected by pairs with a probability of 5 % or
//! more (and by what linking joins, and by judgements); inside each, `posterior` counts out or draws
//! partitions from the calibrated log-odds of all pairs that meet. Judgements and rules hold in every
//! draw: what was judged the same is together, what was judged different or is exclusive is not.
//!
//! Reports in no component are certain here to be alone, though a few of their pairs with a
//! probability below 5 % will be about one incident. Nor is it doubted whether the weights are right,
//! whether copies are copies, or where a lead belongs: a lead goes wherever its best match goes.
//!
//! Each component has a chance of its own, from the seed and its smallest report id. So what is drawn
//! for one does not change when a report elsewhere does.

mod component;
mod draws;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use sheaf_model::Judgement;

use crate::block::{Blocking, Relation, meet};
use crate::explain::compare;
use crate::link::Linkage;
use crate::model::Model;
use crate::outline::Outlines;
use crate::posterior::{Sampling, Total, sure, total};
use component::Doubtful;
pub(crate) use component::{floor_bits, is_likely, sets, worth_bits};
pub use draws::{Draws, draws};

/// How much to draw, and by what chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resample {
    /// How many partitions of each component that is too large to be counted out; none counts as
    /// one. A share p of n draws has a standard error of √(p(1−p)/n), and somewhat more as each draw
    /// is a little like the one before.
    pub n_draws: u32,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

/// How sure a linkage is.
#[derive(Clone, PartialEq, Debug)]
pub struct Sureness {
    /// How many incidents there are in all.
    pub n_incidents: Total,
    /// The probability to be about one incident, for each pair of reports that meets within a
    /// component and for each judged pair: positions, the smaller first, in order. Exact copies
    /// stand for one another, as in [`weights_of`](crate::weights_of); leads are in no pair.
    pub pairs: Vec<(u32, u32, f64)>,
    /// How many components held any doubt, and how many reports (copies once) the largest has.
    pub n_components: u64,
    /// See `n_components`.
    pub largest_component: u64,
}

/// Partitions of at most this many are counted out: 877 of seven.
const EXACT_UP_TO: usize = 7;

/// Works out how sure a linkage is. `model`, `blocking` and `judgements` must be those it was made
/// with. Looks at all pairs once more, as linking did, and then takes time in proportion to the pairs
/// of components and to `n_draws`.
///
/// ```
/// use sheaf_link::{Blocking, Model, Outlines, Resample, how_sure, link};
/// let (outlines, model, blocking) = (Outlines::default(), Model::shipped(), Blocking::SHIPPED);
/// let linkage = link(&outlines, &model, &blocking, &[]);
/// let resample = Resample { n_draws: 200, seed: 1 };
/// let sure = how_sure(&outlines, &model, &blocking, &linkage, &[], resample);
/// assert_eq!(sure.n_incidents.high, 0);
/// ```
pub fn how_sure(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
    judgements: &[Judgement],
    resample: Resample,
) -> Sureness {
    let doubtful = Doubtful::new(outlines, model, blocking, linkage, judgements);
    let found: Vec<_> = (0..doubtful.n_components())
        .into_par_iter()
        .map(|number| {
            let component = doubtful.component(number);
            let how = sampling(component.weights.len(), resample, component.seed(resample.seed));
            let found = sure(&component.beliefs(model), &component.start, &how);
            let pairs = found.pair.iter().map(|&((a, b), probability)| {
                let [a, b] = [a, b].map(|it| component.positions[it as usize]);
                (a.min(b), a.max(b), probability)
            });
            (pairs.collect::<Vec<_>>(), found.n_clusters)
        })
        .collect();
    let largest_component = doubtful.members.iter().map(Vec::len).max().unwrap_or(0) as u64;
    let (pairs, counts): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let mut pairs: Vec<(u32, u32, f64)> = pairs.into_iter().flatten().collect();
    // What people said comes last and stands, whether or not the two meet.
    pairs.extend(doubtful.judged_pairs());
    pairs.par_sort_by_key(|&(a, b, _)| (a, b));
    pairs.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 = next.2;
        }
        same
    });
    let mut n_incidents = total(&counts);
    widen(&mut n_incidents, model.spread);
    let n_alone = doubtful.n_alone();
    n_incidents.mean += n_alone as f64;
    n_incidents.low += n_alone;
    n_incidents.high += n_alone;
    Sureness { n_incidents, pairs, n_components: counts.len() as u64, largest_component }
}

/// Widens an interval by what the model does not know of itself, as if independent of what it does.
fn widen(total: &mut Total, spread: f64) {
    let own = 1.96 * spread * total.mean;
    let wider = |end: u64| ((total.mean - end as f64).powi(2) + own.powi(2)).sqrt();
    let (low, high) = (total.mean - wider(total.low), total.mean + wider(total.high));
    if spread > 0.0 {
        total.low = low.floor().max(0.0) as u64;
        total.high = high.ceil() as u64;
    }
}

impl Sureness {
    /// The probability that the reports at two positions are about one incident: what was found for
    /// the pair, or outside components what its weight is worth by itself. `None` if the two do not
    /// meet and nobody judged them, or if one is a lead or an aggregate. Copies are 1.
    ///
    /// # Panics
    /// If a position is not below [`Outlines::len`].
    pub fn probability_of(
        &self,
        outlines: &Outlines,
        model: &Model,
        blocking: &Blocking,
        linkage: &Linkage,
        (a, b): (u32, u32),
    ) -> Option<f64> {
        let [left, right] = [a, b].map(|it| linkage.seen.node_of[it as usize]);
        if left == u32::MAX
            || right == u32::MAX
            || [a, b].iter().any(|&it| outlines.get(it).is_lead())
        {
            return None;
        }
        if left == right {
            return Some(1.0);
        }
        let [a, b] = [left, right].map(|node| linkage.seen.positions[node as usize]);
        let pair = (a.min(b), a.max(b));
        if let Ok(at) = self.pairs.binary_search_by_key(&pair, |&(a, b, _)| (a, b)) {
            return Some(self.pairs[at].2);
        }
        let met = meet(outlines, blocking, outlines.get(a), outlines.get(b));
        let meets = matches!(met, Ok((Relation::Same, _)));
        let weight = || compare(outlines, model, blocking, linkage, a, b).weight();
        meets.then(|| 1.0 / (1.0 + (-worth_bits(weight(), model)).exp2()))
    }
}

/// How to draw in a component with so many pairs. Where there are very many, fewer sweeps come before
/// the first draw: the walk begins in the linkage and may not quite have forgotten it, but a pool of a
/// million reports is not kept waiting by one of its crowds.
fn sampling(n_pairs: usize, resample: Resample, seed: u64) -> Sampling {
    let n_burn = if n_pairs <= MANY_PAIRS { 50 } else { 20 };
    Sampling { n_draws: resample.n_draws, n_burn, thin: 1, seed, exact_up_to: EXACT_UP_TO }
}

const MANY_PAIRS: usize = 100_000;
