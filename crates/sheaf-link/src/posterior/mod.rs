//! How sure we are of the partition of one component. Average link gives one answer; this gives the
//! probability of every answer, as far as it can be counted or drawn: how likely two members are one
//! incident when all other members are taken into account, and how many incidents there may be.
//!
//! What goes in is plain: members by number, what pairs of them weigh, and what people or rules
//! forbid and demand ([`Beliefs`]). What comes out are drawn partitions ([`sample`]) or pair
//! probabilities and the distribution of the number of clusters ([`sure`]); [`total()`] adds up the
//! latter over components. A member is one unit of evidence, however many exact copies it stands
//! for, because copies say nothing that the first did not say. What this deliberately does not do:
//! doubt the weights themselves, or look beyond one component. The answer for a component depends on
//! its beliefs, its start and its seed, and on no other component.
//!
//! # The model
//!
//! *Question.* Given log-odds for pairs, how probable is a partition of all members?
//!
//! *Answer.* A partition counts for the product over its clusters, of k members each, of
//!
//! ```text
//! (k − 1)!  ·  2 to the power of  mean · (k − 1) + temper · mean · (k − 1)(k − 2)/2
//! ```
//!
//! with the mean weight of all its pairs in bits. A pair that is not given weighs the floor. The
//! probability is that share of the sum over all partitions that can be.
//!
//! *Why (k−1)!?* What a pair weighs are its odds when all is said: even odds at 0 bits. So at 0 bits
//! any two should be together with probability 1/2, however many others there are. Of the partitions
//! that treat members alike and do not mind how many are looked at, those of the Chinese restaurant
//! process with concentration 1 do that, and they count for the product of (k−1)! (Aldous 1985). Were
//! all partitions taken as alike, the ways to part n members would outweigh all evidence: at 0 bits,
//! two of ten would be together with probability 0.18. With temper 0, all pairs of the same weight
//! keep exactly the odds of that weight (test `eight_members_alike_…`).
//!
//! *Why two terms?* It takes k−1 decisions to put k members together, so k−1 pairs count in full. The
//! other (k−1)(k−2)/2 are not independent of them: if A and B are one incident and B and C are, then
//! so are A and C, and what C shares with A it mostly shares with B; besides, weights already know
//! what third reports say. They count by the temper, which is learnt from known truth; at 1 every
//! pair counts in full, and ten reports of middling likeness are certain beyond all measure. A
//! cluster of two has the odds of its pair, whatever the temper, so a pair that nobody else has a say
//! in keeps its calibrated probability.
//!
//! It is to partitions what average link is to joinings: both go by the mean over *all* pairs, so a
//! chain whose ends speak against each other is not held together by its middle.
//!
//! *What can be.* No two members of a cluster are forbidden to go together, by name or because they
//! are exclusive; members that must go together do; and every cluster hangs together by given pairs
//! (and by those that must). A cluster of members that were never compared is thus impossible rather
//! than merely improbable. At 2⁻⁸ a pair it would look negligible, but such pairs grow with the
//! square: in a component of 2,000 a member would be more likely to join one of the many it was never
//! compared with than to stay alone. Where the two contradict each other, "must" outranks "cannot",
//! as people outrank rules; and what must go together counts as one member with one voice.
//!
//! *How.* Components of a few members are counted out exactly (`exact`). Larger ones are drawn from
//! by a walk of Gibbs steps (`chain`) and split–merge steps (`split_merge`) whose long-run shares
//! are the same probabilities; the tests hold them against each other.
//!
//! *Assumes.* The weights are calibrated log-odds. How far pairs repeat each other is one number for
//! clusters of all kinds.
//!
//! Reference: Aldous 1985, "Exchangeability and related topics", École d'Été de Probabilités de
//! Saint-Flour XIII, Lecture Notes in Mathematics 1117.

mod bundles;
mod chain;
mod chance;
mod exact;
mod split_merge;
#[cfg(test)]
mod tests;
mod total;

use bundles::Bundles;
use chain::Chain;
use chance::Chance;
use exact::Partitions;
use split_merge::Proposals;
pub use total::Total;
pub(crate) use total::total;

/// What is believed about the members of one component, by number from 0 to below `n`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beliefs<'a> {
    /// How many members. A member is one or more exact copies.
    pub(crate) n: usize,
    /// Pairs and their log-odds of being one incident, in bits. Each pair once; the order of pairs,
    /// and within a pair, does not matter. Beyond ±1,000 bits counts as that.
    pub(crate) weights: &'a [(u32, u32, f64)],
    /// What a pair that is not given weighs, in bits.
    pub(crate) floor_bits: f64,
    /// From 0 to 1; 1 takes every pair at its word.
    pub(crate) temper: f64,
    /// Pairs that always go together.
    pub(crate) must: &'a [(u32, u32)],
    /// Pairs that never go together, unless those that must make them.
    pub(crate) cannot: &'a [(u32, u32)],
    /// For each member a number of which a cluster has at most one, unless those that must make it
    /// more; 0 for none. Empty if nobody has one.
    pub(crate) exclusive: &'a [u64],
}

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    /// How many partitions to draw; none counts as one.
    pub(crate) n_draws: u32,
    /// Sweeps before the first is kept.
    pub(crate) n_burn: u32,
    /// Sweeps from one that is kept to the next; none counts as one.
    pub(crate) thin: u32,
    /// Settles all chance. Give each component its own (of its smallest report's id, say), or the
    /// draws of components alike would go up and down together.
    pub(crate) seed: u64,
    /// With at most this many members after those that must go together are put together, and
    /// never with more than ten, partitions are counted out and not walked through. Seven or eight
    /// (877 or 4,140 partitions) take a few milliseconds at most.
    pub(crate) exact_up_to: usize,
}

/// Partitions drawn by their probabilities.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Draws {
    /// For each draw, for each member, the smallest member of its cluster.
    pub(crate) labels: Vec<Vec<u32>>,
    /// Whether each draw is independent and from the exact distribution. Otherwise they come from a
    /// walk, and one is somewhat like the one before.
    pub(crate) exact: bool,
}

/// How sure we are.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Sure {
    /// For each given pair, in the order given, the probability that the two are one incident.
    pub(crate) pair: Vec<((u32, u32), f64)>,
    /// The probability of each number of clusters, which is the index.
    pub(crate) n_clusters: Vec<f64>,
}

/// Draws partitions by their probabilities. The walk begins at `start` (a label for each member;
/// equal labels stand together), of which it keeps what can be.
///
/// # Panics
/// If `start` has not one label for each member, if a pair names no member or one member twice, if
/// a weight is not a number, or if the temper is not from 0 to 1.
pub(crate) fn sample(beliefs: &Beliefs<'_>, start: &[u32], how: &Sampling) -> Draws {
    let bundles = made_ready(beliefs, start);
    let mut labels = Vec::with_capacity(how.n_draws.max(1) as usize);
    let exact = counts_out(&bundles, how);
    if exact {
        let partitions = Partitions::all(&bundles);
        let mut chance = Chance::new(how.seed);
        partitions.draw(how.n_draws.max(1), &mut chance, |cluster_of| {
            labels.push(bundles.labels(cluster_of));
        });
    } else {
        walk(&bundles, start, how, |cluster_of| labels.push(bundles.labels(cluster_of)));
    }
    Draws { labels, exact }
}

/// The probabilities of pairs and of numbers of clusters: exact where partitions are counted out,
/// shares of `n_draws` draws otherwise (which then are not kept in memory). A share of a probability
/// p has a standard error of √(p(1−p) / n) if draws are far enough apart to be independent, and a
/// larger one if not.
///
/// # Panics
/// As [`sample`].
pub(crate) fn sure(beliefs: &Beliefs<'_>, start: &[u32], how: &Sampling) -> Sure {
    let bundles = made_ready(beliefs, start);
    let pairs: Vec<(u32, u32)> = beliefs.weights.iter().map(|&(a, b, _)| (a, b)).collect();
    let mut together = vec![0.0; pairs.len()];
    let mut n_clusters: Vec<f64> = Vec::new();
    let mut seen = Vec::new();
    let mut count = |cluster_of: &[u32], share: f64| {
        let of = |member: u32| cluster_of[bundles.of_member[member as usize] as usize];
        for (sum, &(a, b)) in together.iter_mut().zip(&pairs) {
            if of(a) == of(b) {
                *sum += share;
            }
        }
        seen.clear();
        seen.resize(cluster_of.len(), false);
        cluster_of.iter().for_each(|&cluster| seen[cluster as usize] = true);
        let n = seen.iter().filter(|&&is_there| is_there).count();
        n_clusters.resize(n_clusters.len().max(n + 1), 0.0);
        n_clusters[n] += share;
    };
    let mut all = 1.0;
    if counts_out(&bundles, how) {
        for (cluster_of, probability) in Partitions::all(&bundles).each() {
            count(cluster_of, probability);
        }
    } else {
        // Whole numbers first, so that what always holds gets a share of exactly 1.
        all = f64::from(how.n_draws.max(1));
        walk(&bundles, start, how, |cluster_of| count(cluster_of, 1.0));
    }
    let pair = pairs.into_iter().zip(together).map(|(pair, sum)| (pair, (sum / all).min(1.0)));
    let pair = pair.collect();
    n_clusters.iter_mut().for_each(|sum| *sum /= all);
    Sure { pair, n_clusters }
}

fn made_ready(beliefs: &Beliefs<'_>, start: &[u32]) -> Bundles {
    let (n, n_labels) = (beliefs.n, start.len());
    assert!(n == n_labels, "{n_labels} labels to start with for {n} members: give one for each");
    Bundles::new(beliefs)
}

fn counts_out(bundles: &Bundles, how: &Sampling) -> bool {
    bundles.len() <= how.exact_up_to.min(exact::MOST)
}

/// Walks through partitions and shows those that are kept.
fn walk(bundles: &Bundles, start: &[u32], how: &Sampling, mut drawn: impl FnMut(&[u32])) {
    let mut chain = Chain::new(bundles, start, Chance::new(how.seed));
    let mut proposals = Proposals::new(&chain);
    for _ in 0..how.n_burn {
        chain.sweep();
        proposals.sweep(&mut chain);
        proposals.pace(&chain);
    }
    for _ in 0..how.n_draws.max(1) {
        for _ in 0..how.thin.max(1) {
            chain.sweep();
            proposals.sweep(&mut chain);
        }
        drawn(&chain.cluster_of);
    }
}
