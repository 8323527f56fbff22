//! The beliefs made ready for counting: members that people judged to be the same are put together
//! into *bundles*, which then move as one, and what pairs weigh is kept above the floor, per pair of
//! bundles, as neighbours of each. A bundle speaks with one voice, the strongest of its members', as
//! it does when groups are joined: who says that a report with a wrong date belongs here does not
//! want it to keep others out.
//!
//! What goes in are [`Beliefs`]; what comes out weighs any set of bundles by two whole numbers, how
//! many there are and what their pairs weigh above the floor. The sums are of whole numbers, so they
//! do not depend on the order of adding and do not drift, however often a bundle comes and goes.

use super::Beliefs;
use crate::cluster::Union;

/// What a pair weighs, in 2⁻³⁰ bit. Sums stay in range for eight million pairs at [`MOST_BITS`].
const PER_BIT: f64 = (1u64 << 30) as f64;

/// A weight beyond this many bits, for or against, counts as this many: no probability that a
/// computer can hold tells them apart.
const MOST_BITS: f64 = 1_000.0;

/// Bundles by number from 0, in the order of their smallest members.
pub(super) struct Bundles {
    /// The bundle of each member.
    pub(super) of_member: Vec<u32>,
    /// The smallest member of each.
    pub(super) smallest: Vec<u32>,
    /// Pairs of bundles with a given pair between them, and what the strongest given pair between
    /// them weighs above the floor. Each once, the smaller number first, in order.
    pub(super) links: Vec<(u32, u32, i64)>,
    /// Pairs of bundles that never go together, likewise; where there are few bundles, also for
    /// what they have of the exclusive.
    pub(super) barred: Vec<(u32, u32)>,
    /// What a cluster may have only once and each bundle has, sorted.
    pub(super) exclusive: Vec<Vec<u64>>,
    near: Lists<(u32, i64)>,
    apart: Lists<u32>,
    floor_bits: f64,
    temper: f64,
    /// log₂ (k−1)! for each k up to all bundles.
    log2_orders: Vec<f64>,
}

impl Bundles {
    /// # Panics
    /// If a pair names no member or one member twice, if a weight or the floor is not a number, or
    /// if the temper is not from 0 to 1.
    pub(super) fn new(beliefs: &Beliefs<'_>) -> Bundles {
        let (n, temper) = (beliefs.n, beliefs.temper);
        assert!((0.0..=1.0).contains(&temper), "the temper is {temper}: it must be from 0 to 1");
        let n_exclusive = beliefs.exclusive.len();
        assert!(n_exclusive == 0 || n_exclusive == n, "{n_exclusive} exclusive for {n} members");
        assert!(!beliefs.floor_bits.is_nan(), "the floor is not a number");
        let check = |a: u32, b: u32| {
            let fits = a != b && (a as usize) < n && (b as usize) < n;
            assert!(fits, "({a}, {b}) is no pair of {n} members");
        };
        let mut union = Union::new(n);
        for &(a, b) in beliefs.must {
            check(a, b);
            union.join(a, b);
        }
        let (mut of_member, mut smallest) = (Vec::new(), Vec::new());
        let mut exclusive: Vec<Vec<u64>> = Vec::new();
        for member in 0..n as u32 {
            // A root is the smallest of its set, so it has its number before the others ask.
            let root = union.root(member);
            if root == member {
                of_member.push(smallest.len() as u32);
                smallest.push(member);
                exclusive.push(Vec::new());
            } else {
                let bundle = of_member[root as usize];
                of_member.push(bundle);
            }
            let own = beliefs.exclusive.get(member as usize).copied().filter(|&it| it != 0);
            exclusive[of_member[member as usize] as usize].extend(own);
        }
        exclusive.iter_mut().for_each(|it| it.sort_unstable());
        let mut bundles = Bundles {
            of_member,
            smallest,
            exclusive,
            links: Vec::new(),
            barred: Vec::new(),
            near: Lists::default(),
            apart: Lists::default(),
            floor_bits: beliefs.floor_bits.clamp(-MOST_BITS, MOST_BITS),
            temper,
            log2_orders: vec![0.0; 2],
        };
        let between = |a: u32, b: u32| {
            check(a, b);
            let (a, b) = (bundles.of_member[a as usize], bundles.of_member[b as usize]);
            (a.min(b), a.max(b))
        };
        for &(a, b, bits) in beliefs.weights {
            assert!(!bits.is_nan(), "the weight of ({a}, {b}) is not a number");
            let excess = whole(bits) - whole(beliefs.floor_bits);
            let (left, right) = between(a, b);
            if left != right {
                bundles.links.push((left, right, excess));
            }
        }
        for &(a, b) in beliefs.cannot {
            let (left, right) = between(a, b);
            if left != right {
                bundles.barred.push((left, right));
            }
        }
        bundles.put_in_order();
        bundles
    }

    fn put_in_order(&mut self) {
        self.links.sort_unstable_by_key(|&(a, b, excess)| (a, b, std::cmp::Reverse(excess)));
        self.links.dedup_by_key(|&mut (a, b, _)| (a, b));
        let n = self.len();
        for k in 2..=n {
            let before = self.log2_orders[k - 1];
            self.log2_orders.push(before + ((k - 1) as f64).log2());
        }
        // Few are counted out, by looking at all pairs anyway.
        if n <= super::exact::MOST {
            let pairs = (0..n as u32).flat_map(|b| (0..b).map(move |a| (a, b)));
            let shares: Vec<_> = pairs.filter(|&(a, b)| self.share_one(a, b)).collect();
            self.barred.extend(shares);
        }
        self.barred.sort_unstable();
        self.barred.dedup();
        self.near = Lists::new(n, self.links.iter().map(|&(a, b, it)| (a, b, (b, it), (a, it))));
        self.apart = Lists::new(n, self.barred.iter().map(|&(a, b)| (a, b, b, a)));
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.smallest.len()
    }

    /// The bundles with a given pair to this one, in order, and what these weigh above the floor.
    pub(super) fn near(&self, bundle: u32) -> &[(u32, i64)] {
        self.near.of(bundle)
    }

    /// The bundles that never go together with this one, in order.
    pub(super) fn apart(&self, bundle: u32) -> &[u32] {
        self.apart.of(bundle)
    }

    /// Whether two bundles have something of which a cluster may have only one.
    pub(super) fn share_one(&self, a: u32, b: u32) -> bool {
        let [left, right] = [a, b].map(|it| &self.exclusive[it as usize]);
        left.iter().any(|it| right.binary_search(it).is_ok())
    }

    /// The log₂ of what a cluster of k bundles counts for: the mean of its pairs, k−1 times in full
    /// and the other (k−1)(k−2)/2 times by the temper, and log₂ (k−1)!. `excess` is what the pairs
    /// weigh above the floor.
    pub(super) fn score(&self, k: usize, excess: i64) -> f64 {
        let log2_orders = self.log2_orders[k];
        let k = k as f64;
        let in_full = 2.0 * (excess as f64 / PER_BIT) / k + self.floor_bits * (k - 1.0);
        in_full * (1.0 + self.temper * (k - 2.0) / 2.0) + log2_orders
    }

    /// For each member, the smallest member of its cluster, from the cluster of each bundle.
    pub(super) fn labels(&self, cluster_of: &[u32]) -> Vec<u32> {
        let n_clusters = cluster_of.iter().max().map_or(0, |&last| last as usize + 1);
        let mut first = vec![u32::MAX; n_clusters];
        for (&cluster, &smallest) in cluster_of.iter().zip(&self.smallest) {
            let first = &mut first[cluster as usize];
            *first = smallest.min(*first);
        }
        let of = |&bundle: &u32| first[cluster_of[bundle as usize] as usize];
        self.of_member.iter().map(of).collect()
    }
}

fn whole(bits: f64) -> i64 {
    (bits.clamp(-MOST_BITS, MOST_BITS) * PER_BIT).round() as i64
}

/// A list for each bundle, all in one piece.
#[derive(Default)]
struct Lists<T> {
    starts: Vec<u32>,
    all: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// From pairs in order, each with what goes to the list of the first and of the second; the
    /// lists then are in order too.
    fn new(n: usize, pairs: impl Iterator<Item = (u32, u32, T, T)> + Clone) -> Lists<T> {
        let mut entries: Vec<(u32, u32, T)> = Vec::new();
        for (a, b, to_a, to_b) in pairs {
            entries.push((a, b, to_a));
            entries.push((b, a, to_b));
        }
        entries.sort_by_key(|&(of, other, _)| (of, other));
        let mut starts = vec![0; n + 1];
        for &(of, ..) in &entries {
            starts[of as usize + 1] += 1;
        }
        for at in 0..n {
            starts[at + 1] += starts[at];
        }
        Lists { starts, all: entries.into_iter().map(|(.., it)| it).collect() }
    }

    fn of(&self, bundle: u32) -> &[T] {
        let bundle = bundle as usize;
        &self.all[self.starts[bundle] as usize..self.starts[bundle + 1] as usize]
    }
}
