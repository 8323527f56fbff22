//! A walk through the partitions of many bundles, which in the long run spends on each partition the
//! share of time that is its probability. This file has the state and the small step (one bundle
//! chooses anew, given where all others are: Gibbs sampling); the large one is in `split_merge`.
//!
//! Only clusters that hang together by given pairs can be. So a bundle has to look at the clusters
//! of its neighbours and at being alone, never at all clusters: a sweep over all bundles takes time
//! in proportion to the number of given pairs. And a bundle without which the rest of its cluster
//! falls apart has no choice but to stay.

use super::bundles::Bundles;
use super::chance::Chance;

pub(super) struct Chain<'a> {
    pub(super) bundles: &'a Bundles,
    pub(super) chance: Chance,
    pub(super) cluster_of: Vec<u32>,
    pub(super) clusters: Vec<Cluster>,
    /// Numbers of clusters that are empty.
    free: Vec<u32>,
    /// Where each bundle stands in its cluster's list.
    place: Vec<u32>,
    /// What a bundle's pairs to a cluster weigh above the floor; good if marked in this round.
    sums: Vec<i64>,
    marked_clusters: Marks,
    pub(super) marked: Marks,
    /// Room for a search.
    pub(super) waiting: Vec<u32>,
    /// Room for the clusters near a bundle, and for those it may go to with how likely they are.
    near: Vec<u32>,
    options: Vec<(u32, f64)>,
}

/// Some bundles that stand together.
#[derive(Clone, Default)]
pub(super) struct Cluster {
    pub(super) bundles: Vec<u32>,
    /// What all their pairs weigh above the floor.
    pub(super) excess: i64,
}

impl<'a> Chain<'a> {
    /// Starts with the clusters given as a label for each member; where these cannot be, with pieces
    /// of them that can. A bundle goes where its smallest member is.
    pub(super) fn new(bundles: &'a Bundles, start: &[u32], chance: Chance) -> Chain<'a> {
        let n = bundles.len();
        let mut chain = Chain {
            bundles,
            chance,
            cluster_of: (0..n as u32).collect(),
            clusters: vec![Cluster::default(); n],
            free: Vec::new(),
            place: vec![0; n],
            sums: vec![0; n],
            marked_clusters: Marks::new(n),
            marked: Marks::new(n),
            waiting: Vec::new(),
            near: Vec::new(),
            options: Vec::new(),
        };
        for (bundle, cluster) in possible(bundles, start).into_iter().enumerate() {
            chain.put(bundle as u32, cluster);
        }
        for &(a, b, excess) in &bundles.links {
            let cluster = chain.cluster_of[a as usize];
            if cluster == chain.cluster_of[b as usize] {
                chain.clusters[cluster as usize].excess += excess;
            }
        }
        let empty = |&cluster: &u32| chain.clusters[cluster as usize].bundles.is_empty();
        chain.free = (0..n as u32).rev().filter(empty).collect();
        chain
    }

    /// Every bundle chooses anew once.
    pub(super) fn sweep(&mut self) {
        for bundle in 0..self.bundles.len() as u32 {
            self.choose(bundle);
        }
    }

    /// A bundle goes to a cluster it has a pair to or stands alone, by the probabilities of these
    /// given where all others are.
    fn choose(&mut self, bundle: u32) {
        let own = self.cluster_of[bundle as usize];
        let bundles = self.bundles;
        self.marked_clusters.clear();
        let mut near = std::mem::take(&mut self.near);
        near.clear();
        let mut n_own = 0;
        for &(other, excess) in bundles.near(bundle) {
            let cluster = self.cluster_of[other as usize];
            n_own += usize::from(cluster == own);
            if self.marked_clusters.mark(cluster) {
                self.sums[cluster as usize] = excess;
                near.push(cluster);
            } else {
                self.sums[cluster as usize] += excess;
            }
        }
        // With one neighbour in its cluster it is a leaf, and the rest hangs together without it.
        let stays = near.is_empty() || (n_own > 1 && self.holds_together(bundle, own));
        if !stays {
            self.choose_among(bundle, own, &near);
        }
        self.near = near;
    }

    fn choose_among(&mut self, bundle: u32, own: u32, near: &[u32]) {
        let bundles = self.bundles;
        let is_alone = self.clusters[own as usize].bundles.len() == 1;
        let mut options = std::mem::take(&mut self.options);
        options.clear();
        options.push((u32::MAX, bundles.score(1, 0)));
        for &cluster in near {
            let it = &self.clusters[cluster as usize];
            let k = it.bundles.len();
            let sum = self.sums[cluster as usize];
            if cluster == own {
                let without = bundles.score(k - 1, it.excess - sum);
                options.push((own, bundles.score(k, it.excess) - without));
            } else if !self.is_barred(bundle, cluster) {
                let with = bundles.score(k + 1, it.excess + sum);
                options.push((cluster, with - bundles.score(k, it.excess)));
            }
        }
        let best = options.iter().fold(f64::NEG_INFINITY, |best, option| best.max(option.1));
        let mut sum = 0.0;
        for option in &mut options {
            sum += (option.1 - best).exp2();
            option.1 = sum;
        }
        let share = self.chance.share() * sum;
        let chosen = options.partition_point(|option| option.1 <= share).min(options.len() - 1);
        let chosen = options[chosen].0;
        self.options = options;
        if chosen == own || (chosen == u32::MAX && is_alone) {
            return;
        }
        let sum_own = if is_alone { 0 } else { self.sums[own as usize] };
        self.take(bundle);
        self.clusters[own as usize].excess -= sum_own;
        if chosen == u32::MAX {
            let empty = self.empty();
            self.put(bundle, empty);
        } else {
            self.put(bundle, chosen);
            self.clusters[chosen as usize].excess += self.sums[chosen as usize];
        }
    }

    /// Whether the rest of a bundle's cluster falls apart without it. Looks from one of its
    /// neighbours there for the others, and stops when it has them all: where most pairs are given,
    /// that is at once.
    fn holds_together(&mut self, bundle: u32, own: u32) -> bool {
        let bundles = self.bundles;
        let is_own = |other: u32, cluster_of: &[u32]| cluster_of[other as usize] == own;
        // Marked are those not to be found any more: the bundle itself and what was found.
        self.marked.clear();
        self.marked.mark(bundle);
        self.waiting.clear();
        let mut n_missing = 0;
        for &(other, _) in bundles.near(bundle) {
            if is_own(other, &self.cluster_of) {
                n_missing += 1;
                if self.waiting.is_empty() {
                    self.waiting.push(other);
                    self.marked.mark(other);
                    n_missing -= 1;
                }
            }
        }
        while let Some(at) = self.waiting.pop() {
            for &(other, _) in bundles.near(at) {
                if is_own(other, &self.cluster_of) && self.marked.mark(other) {
                    n_missing -= usize::from(self.is_near(bundle, other));
                    if n_missing == 0 {
                        return false;
                    }
                    self.waiting.push(other);
                }
            }
        }
        n_missing > 0
    }

    fn is_near(&self, bundle: u32, other: u32) -> bool {
        self.bundles.near(bundle).binary_search_by_key(&other, |&(it, _)| it).is_ok()
    }

    /// Whether a bundle never goes together with one in this cluster.
    pub(super) fn is_barred(&self, bundle: u32, cluster: u32) -> bool {
        let apart = self.bundles.apart(bundle);
        let there = &self.clusters[cluster as usize].bundles;
        let own = &self.bundles.exclusive[bundle as usize];
        if !own.is_empty() && there.iter().any(|&other| self.bundles.share_one(bundle, other)) {
            return true;
        }
        if apart.len() <= there.len() {
            apart.iter().any(|&other| self.cluster_of[other as usize] == cluster)
        } else {
            there.iter().any(|other| apart.binary_search(other).is_ok())
        }
    }

    /// The number of a cluster that is empty; there is one whenever a bundle needs it.
    pub(super) fn empty(&mut self) -> u32 {
        self.free.pop().expect("as many clusters as bundles, and one holds more than one bundle")
    }

    /// Takes a bundle out of its cluster, whose excess then still has its pairs to the others; but
    /// one that is empty has none.
    pub(super) fn take(&mut self, bundle: u32) {
        let own = self.cluster_of[bundle as usize];
        let place = self.place[bundle as usize] as usize;
        let cluster = &mut self.clusters[own as usize];
        cluster.bundles.swap_remove(place);
        if let Some(&moved) = cluster.bundles.get(place) {
            self.place[moved as usize] = place as u32;
        }
        if cluster.bundles.is_empty() {
            cluster.excess = 0;
            self.free.push(own);
        }
    }

    /// Puts a bundle into a cluster, whose excess then still lacks its pairs to the others.
    pub(super) fn put(&mut self, bundle: u32, into: u32) {
        let cluster = &mut self.clusters[into as usize];
        self.cluster_of[bundle as usize] = into;
        self.place[bundle as usize] = cluster.bundles.len() as u32;
        cluster.bundles.push(bundle);
    }
}

/// The clusters to start with: what the labels put together, in pieces that hang together, and
/// nothing together where that would join two that never go together.
fn possible(bundles: &Bundles, start: &[u32]) -> Vec<u32> {
    let label = |bundle: u32| start[bundles.smallest[bundle as usize] as usize];
    let mut union = crate::cluster::Union::new(bundles.len());
    for &(a, b, _) in &bundles.links {
        if label(a) == label(b) {
            union.join(a, b);
        }
    }
    let mut piece_of: Vec<u32> = (0..bundles.len() as u32).map(|it| union.root(it)).collect();
    let mut is_broken = vec![false; bundles.len()];
    for &(a, b) in &bundles.barred {
        if piece_of[a as usize] == piece_of[b as usize] {
            is_broken[piece_of[a as usize] as usize] = true;
        }
    }
    let mut has: Vec<(u32, u64)> = (piece_of.iter().zip(&bundles.exclusive))
        .flat_map(|(&piece, exclusive)| {
            let mut once = exclusive.clone();
            once.dedup();
            once.into_iter().map(move |it| (piece, it))
        })
        .collect();
    has.sort_unstable();
    for two in has.windows(2).filter(|two| two[0] == two[1]) {
        is_broken[two[0].0 as usize] = true;
    }
    for (bundle, piece) in piece_of.iter_mut().enumerate() {
        if is_broken[*piece as usize] {
            *piece = bundle as u32;
        }
    }
    piece_of
}

/// Which numbers were marked since the last clearing, which takes no time.
pub(super) struct Marks {
    rounds: Vec<u32>,
    round: u32,
}

impl Marks {
    fn new(n: usize) -> Marks {
        Marks { rounds: vec![0; n], round: 1 }
    }

    pub(super) fn clear(&mut self) {
        if self.round == u32::MAX {
            self.rounds.fill(0);
            self.round = 0;
        }
        self.round += 1;
    }

    /// Marks a number; whether it was not marked before.
    pub(super) fn mark(&mut self, number: u32) -> bool {
        std::mem::replace(&mut self.rounds[number as usize], self.round) != self.round
    }
}
