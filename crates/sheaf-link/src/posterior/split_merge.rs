//! The large step of the walk: two clusters become one, or one becomes two, at once. Where two
//! partitions are both likely and everything between them is not, bundles that choose one by one
//! would stay for ever in the one they started with.
//!
//! A given pair is chosen, each as likely as any other. If its two bundles stand apart, joining
//! their clusters is proposed. If they stand together, their cluster is proposed to be split: each
//! of the two is the seed of a part, and the others are dealt one by one to the part that is
//! likelier at that moment (sequential allocation, Dahl 2005). They are dealt in an order that grows
//! from the seeds along given pairs by chance, and only to a part that they have a pair to, so that
//! both parts hang together.
//!
//! The order depends on the cluster and on chance but not on who goes where, so it is the same in
//! both directions, and the Metropolis–Hastings ratio needs only the probability `q` of dealing as
//! was dealt, given the order. A split is accepted with probability min(1, P(split) / (P(joined) q)).
//! A joining draws an order too, finds the `q` with which the split that stands would have been
//! dealt, and is accepted with probability min(1, P(joined) q / P(split)).
//!
//! References: Jain and Neal 2004, "A split-merge Markov chain Monte Carlo procedure for the
//! Dirichlet process mixture model", J. Comput. Graph. Stat. 13:158–182. Dahl 2005,
//! "Sequentially-allocated merge-split sampler for conjugate and nonconjugate Dirichlet process
//! mixture models", technical report, Texas A&M University.

use super::chain::Chain;

/// Room for proposals, kept between them.
pub(super) struct Proposals {
    /// The part each bundle was dealt to, [`NOT_YET`] before.
    part_of: Vec<u8>,
    dealt: Vec<u32>,
    /// How many steps go with a sweep.
    n_per_sweep: usize,
}

const NOT_YET: u8 = 2;

/// What dealing gave: two parts and how likely it was to give them.
struct Dealt {
    n: [usize; 2],
    excess: [i64; 2],
    log2_q: f64,
}

/// At least this many steps go with a sweep.
const FEWEST: usize = 4;

impl Proposals {
    pub(super) fn new(chain: &Chain<'_>) -> Proposals {
        let n = chain.bundles.len();
        let mut proposals =
            Proposals { part_of: vec![NOT_YET; n], dealt: Vec::new(), n_per_sweep: 0 };
        proposals.pace(chain);
        proposals
    }

    /// Settles how many steps go with a sweep, so that together they take about as long as the
    /// sweep: a step looks at all given pairs of the clusters it is about. This may only be done
    /// before draws are kept, for what depends on the state must not steer the walk.
    pub(super) fn pace(&mut self, chain: &Chain<'_>) {
        let bundles = chain.bundles;
        let cost = |cluster: u32| -> f64 {
            let there = chain.clusters[cluster as usize].bundles.iter();
            there.map(|&bundle| bundles.near(bundle).len() as f64).sum()
        };
        let costs: Vec<f64> = (0..chain.clusters.len() as u32).map(cost).collect();
        let of_step = |&(a, b, _): &(u32, u32, i64)| {
            let (a, b) = (chain.cluster_of[a as usize], chain.cluster_of[b as usize]);
            costs[a as usize] + if a == b { 0.0 } else { costs[b as usize] }
        };
        let mean = bundles.links.iter().map(of_step).sum::<f64>() / bundles.links.len() as f64;
        // Without a given pair this is not a number, which as a whole one is 0.
        let n = (costs.iter().sum::<f64>() / mean) as usize;
        self.n_per_sweep = n.max(FEWEST);
    }

    /// As many steps as go with a sweep.
    pub(super) fn sweep(&mut self, chain: &mut Chain<'_>) {
        for _ in 0..self.n_per_sweep {
            self.step(chain);
        }
    }

    /// Proposes one split or joining.
    fn step(&mut self, chain: &mut Chain<'_>) {
        if chain.bundles.links.is_empty() {
            return;
        }
        let pair = chain.chance.below(chain.bundles.links.len());
        let (a, b, _) = chain.bundles.links[pair];
        // Accepted are steps whose log₂ ratio exceeds this.
        let bar = (1.0 - chain.chance.share()).log2();
        let (left, right) = (chain.cluster_of[a as usize], chain.cluster_of[b as usize]);
        if left == right { self.split(chain, [a, b], bar) } else { self.join(chain, [a, b], bar) }
    }

    fn split(&mut self, chain: &mut Chain<'_>, seeds: [u32; 2], bar: f64) {
        let bundles = chain.bundles;
        let cluster = chain.cluster_of[seeds[0] as usize];
        let whole = &chain.clusters[cluster as usize];
        let of_whole = bundles.score(whole.bundles.len(), whole.excess);
        let Some(dealt) = self.deal(chain, seeds, None) else { return };
        let of_parts: f64 =
            (0..2).map(|part| bundles.score(dealt.n[part], dealt.excess[part])).sum();
        if of_parts - of_whole - dealt.log2_q > bar {
            let new = chain.empty();
            for &bundle in self.dealt.iter().filter(|&&it| self.part_of[it as usize] == 1) {
                chain.take(bundle);
                chain.put(bundle, new);
            }
            chain.clusters[cluster as usize].excess = dealt.excess[0];
            chain.clusters[new as usize].excess = dealt.excess[1];
        }
        self.forget();
    }

    fn join(&mut self, chain: &mut Chain<'_>, seeds: [u32; 2], bar: f64) {
        let bundles = chain.bundles;
        let mut of = seeds.map(|seed| chain.cluster_of[seed as usize]);
        let n = of.map(|cluster| chain.clusters[cluster as usize].bundles.len());
        if n[0] < n[1] {
            of.reverse();
        }
        let [large, small] = of;
        let mut between = 0;
        for &bundle in &chain.clusters[small as usize].bundles {
            if chain.is_barred(bundle, large) {
                return;
            }
            let near = bundles.near(bundle).iter();
            between += near
                .filter(|(other, _)| chain.cluster_of[*other as usize] == large)
                .map(|(_, excess)| excess)
                .sum::<i64>();
        }
        let (left, right) = (&chain.clusters[large as usize], &chain.clusters[small as usize]);
        let excess = left.excess + right.excess + between;
        let ratio = bundles.score(n[0] + n[1], excess)
            - bundles.score(left.bundles.len(), left.excess)
            - bundles.score(right.bundles.len(), right.excess);
        // What is too unlikely even with q = 1 need not be dealt.
        if ratio <= bar {
            return;
        }
        let standing = seeds.map(|seed| chain.cluster_of[seed as usize]);
        let Some(dealt) = self.deal(chain, seeds, Some(standing)) else { return };
        if ratio + dealt.log2_q > bar {
            while let Some(&bundle) = chain.clusters[small as usize].bundles.last() {
                chain.take(bundle);
                chain.put(bundle, large);
            }
            chain.clusters[large as usize].excess = excess;
        }
        self.forget();
    }

    /// Deals the bundles of the seeds' clusters to two parts: by chance, or as they stand in two
    /// clusters. `None` if dealing could never have given these.
    fn deal(
        &mut self,
        chain: &mut Chain<'_>,
        seeds: [u32; 2],
        standing: Option<[u32; 2]>,
    ) -> Option<Dealt> {
        let bundles = chain.bundles;
        let clusters = seeds.map(|seed| chain.cluster_of[seed as usize]);
        let mut dealt = Dealt { n: [0; 2], excess: [0; 2], log2_q: 0.0 };
        let mut waiting = std::mem::take(&mut chain.waiting);
        waiting.clear();
        chain.marked.clear();
        for (part, seed) in seeds.into_iter().enumerate() {
            chain.marked.mark(seed);
            self.give(&mut dealt, seed, part, 0);
        }
        let mut next = seeds.to_vec();
        let possible = loop {
            for bundle in next.drain(..) {
                for &(other, _) in bundles.near(bundle) {
                    let cluster = chain.cluster_of[other as usize];
                    if clusters.contains(&cluster) && chain.marked.mark(other) {
                        waiting.push(other);
                    }
                }
            }
            if waiting.is_empty() {
                break true;
            }
            let bundle = waiting.swap_remove(chain.chance.below(waiting.len()));
            let (mut sums, mut has_pair) = ([0; 2], [false; 2]);
            for &(other, excess) in bundles.near(bundle) {
                let part = self.part_of[other as usize];
                if part != NOT_YET {
                    sums[usize::from(part)] += excess;
                    has_pair[usize::from(part)] = true;
                }
            }
            let log2_odds = match has_pair {
                [true, true] => {
                    let [first, second] = [0, 1].map(|part| {
                        let (n, excess) = (dealt.n[part], dealt.excess[part]);
                        bundles.score(n + 1, excess + sums[part]) - bundles.score(n, excess)
                    });
                    second - first
                }
                [true, false] => f64::NEG_INFINITY,
                _ => f64::INFINITY,
            };
            // The log₂ probabilities of the first and of the second part.
            let log2 = [-log2_1p_exp2(log2_odds), -log2_1p_exp2(-log2_odds)];
            let part = match standing {
                Some([first, _]) => usize::from(chain.cluster_of[bundle as usize] != first),
                None => usize::from(chain.chance.share() >= log2[0].exp2()),
            };
            if !has_pair[part] {
                break false;
            }
            dealt.log2_q += log2[part];
            self.give(&mut dealt, bundle, part, sums[part]);
            next.push(bundle);
        };
        chain.waiting = waiting;
        if !possible {
            self.forget();
        }
        possible.then_some(dealt)
    }

    fn give(&mut self, dealt: &mut Dealt, bundle: u32, part: usize, sum: i64) {
        self.part_of[bundle as usize] = part as u8;
        self.dealt.push(bundle);
        dealt.n[part] += 1;
        dealt.excess[part] += sum;
    }

    fn forget(&mut self) {
        for bundle in self.dealt.drain(..) {
            self.part_of[bundle as usize] = NOT_YET;
        }
    }
}

/// log₂(1 + 2ˣ), also where 2ˣ is too large for a number.
fn log2_1p_exp2(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp2().ln_1p() / std::f64::consts::LN_2
}
