//! Every partition of a few bundles, each with its probability. What can be counted is counted: no
//! chance comes in, and the rest of the module is tested against this.

use super::bundles::Bundles;
use super::chance::Chance;

/// More bundles than this are never counted out: ten have 115,975 partitions, eleven 678,570.
pub(super) const MOST: usize = 10;

/// The partitions that can be, with their probabilities.
pub(super) struct Partitions {
    n_bundles: usize,
    /// The cluster of each bundle, one partition after the other.
    cluster_of: Vec<u32>,
    /// In the same order; they sum to 1.
    probabilities: Vec<f64>,
}

impl Partitions {
    /// # Panics
    /// If there are more than [`MOST`] bundles.
    pub(super) fn all(bundles: &Bundles) -> Partitions {
        let n = bundles.len();
        assert!(n <= MOST, "{n} bundles are too many to count out: at most {MOST}");
        let (mut cluster_of, mut scores) = (Vec::new(), Vec::new());
        // Restricted growth strings: each bundle goes to a cluster that stands or to the next one.
        let mut growing = vec![0u32; n];
        loop {
            if let Some(score) = score(bundles, &growing) {
                cluster_of.extend_from_slice(&growing);
                scores.push(score);
            }
            if !next(&mut growing) {
                break;
            }
        }
        // All alone is always a partition that can be, so there is a best one.
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut probabilities: Vec<f64> = scores.iter().map(|it| (it - best).exp2()).collect();
        let sum: f64 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|it| *it /= sum);
        Partitions { n_bundles: n, cluster_of, probabilities }
    }

    /// Each partition, as the cluster of each bundle, and its probability.
    pub(super) fn each(&self) -> impl Iterator<Item = (&[u32], f64)> {
        let of = |at: usize| &self.cluster_of[at * self.n_bundles..(at + 1) * self.n_bundles];
        self.probabilities.iter().enumerate().map(move |(at, &it)| (of(at), it))
    }

    /// Draws partitions by their probabilities, each draw on its own.
    pub(super) fn draw(&self, n_draws: u32, chance: &mut Chance, mut drawn: impl FnMut(&[u32])) {
        let mut up_to = 0.0;
        let sums: Vec<f64> = (self.probabilities.iter())
            .map(|it| {
                up_to += it;
                up_to
            })
            .collect();
        for _ in 0..n_draws {
            let share = chance.share() * up_to;
            let at = sums.partition_point(|&sum| sum <= share).min(sums.len() - 1);
            drawn(&self.cluster_of[at * self.n_bundles..(at + 1) * self.n_bundles]);
        }
    }
}

/// The log₂ of what a partition counts for, `None` if it cannot be.
fn score(bundles: &Bundles, cluster_of: &[u32]) -> Option<f64> {
    let cluster = |bundle: u32| cluster_of[bundle as usize] as usize;
    if bundles.barred.iter().any(|&(a, b)| cluster(a) == cluster(b)) {
        return None;
    }
    let (mut sizes, mut excesses, mut pieces) = ([0usize; MOST], [0i64; MOST], [0usize; MOST]);
    for &at in cluster_of {
        sizes[at as usize] += 1;
        pieces[at as usize] += 1;
    }
    // Each link that joins two pieces of a cluster leaves one piece fewer.
    let mut piece_of: [usize; MOST] = std::array::from_fn(|bundle| bundle);
    for &(a, b, excess) in &bundles.links {
        if cluster(a) != cluster(b) {
            continue;
        }
        excesses[cluster(a)] += excess;
        let (left, right) = (piece_of[a as usize], piece_of[b as usize]);
        if left != right {
            pieces[cluster(a)] -= 1;
            piece_of.iter_mut().filter(|it| **it == right).for_each(|it| *it = left);
        }
    }
    let n_clusters = cluster_of.iter().max().map_or(0, |&last| last as usize + 1);
    if pieces[..n_clusters].iter().any(|&it| it > 1) {
        return None;
    }
    Some((0..n_clusters).map(|at| bundles.score(sizes[at], excesses[at])).sum())
}

/// Goes on to the next restricted growth string; false after the last.
fn next(growing: &mut [u32]) -> bool {
    for at in (1..growing.len()).rev() {
        let highest = growing[..at].iter().max().copied().unwrap_or(0);
        if growing[at] <= highest {
            growing[at] += 1;
            growing[at + 1..].fill(0);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::next;

    /// Bell's numbers: 1, 1, 2, 5, 15, 52, 203, 877, 4140.
    #[test]
    fn every_partition_comes_once() {
        for (n, bell) in [1, 1, 2, 5, 15, 52, 203, 877, 4_140].into_iter().enumerate() {
            let mut growing = vec![0; n];
            let mut seen = std::collections::BTreeSet::from([growing.clone()]);
            while next(&mut growing) {
                assert!(seen.insert(growing.clone()), "{growing:?} came twice");
            }
            assert_eq!(seen.len(), bell, "partitions of {n}");
        }
    }
}
