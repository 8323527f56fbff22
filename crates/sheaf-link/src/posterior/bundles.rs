//! The beliefs made ready for counting: members that people judged to be the same are put together
//! into *bundles*, which then move as one, and what pairs weigh is kept above the floor, per pair of
//! bundles, as neighbours of each.
//!
//! What goes in are [`Beliefs`]; what comes out weighs any set of bundles by two whole numbers, how
//! many members it has and what their pairs weigh above the floor. The sums are of whole numbers, so
//! they do not depend on the order of adding and do not drift, however often a bundle comes and
//! goes.

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
    /// How many members each has.
    pub(super) sizes: Vec<u32>,
    /// What the pairs inside each weigh above the floor.
    pub(super) inside: Vec<i64>,
    /// Pairs of bundles with a given pair between them, and what all given pairs between them weigh
    /// above the floor. Each once, the smaller number first, in order.
    pub(super) links: Vec<(u32, u32, i64)>,
    /// Pairs of bundles that never go together, likewise.
    pub(super) barred: Vec<(u32, u32)>,
    near: Lists<(u32, i64)>,
    apart: Lists<u32>,
    floor_bits: f64,
    temper: f64,
}

impl Bundles {
    /// # Panics
    /// If a pair names no member or one member twice, if a weight or the floor is not a number, or
    /// if the temper is not above 0 and at most 1.
    pub(super) fn new(beliefs: &Beliefs<'_>) -> Bundles {
        let (n, temper) = (beliefs.n, beliefs.temper);
        assert!(temper > 0.0 && temper <= 1.0, "the temper is {temper}: it must be in (0, 1]");
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
        let (mut of_member, mut smallest, mut sizes) = (Vec::new(), Vec::new(), Vec::<u32>::new());
        for member in 0..n as u32 {
            // A root is the smallest of its set, so it has its number before the others ask.
            let root = union.root(member);
            if root == member {
                of_member.push(smallest.len() as u32);
                smallest.push(member);
                sizes.push(1);
            } else {
                let bundle = of_member[root as usize];
                of_member.push(bundle);
                sizes[bundle as usize] += 1;
            }
        }
        let mut bundles = Bundles {
            inside: vec![0; sizes.len()],
            of_member,
            smallest,
            sizes,
            links: Vec::new(),
            barred: Vec::new(),
            near: Lists::default(),
            apart: Lists::default(),
            floor_bits: beliefs.floor_bits.clamp(-MOST_BITS, MOST_BITS),
            temper,
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
            if left == right {
                bundles.inside[left as usize] += excess;
            } else {
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
        self.links.sort_unstable();
        self.links.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        self.barred.sort_unstable();
        self.barred.dedup();
        let n = self.sizes.len();
        self.near = Lists::new(n, self.links.iter().map(|&(a, b, it)| (a, b, (b, it), (a, it))));
        self.apart = Lists::new(n, self.barred.iter().map(|&(a, b)| (a, b, b, a)));
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The bundles with a given pair to this one, in order, and what these weigh above the floor.
    pub(super) fn near(&self, bundle: u32) -> &[(u32, i64)] {
        self.near.of(bundle)
    }

    /// The bundles that never go together with this one, in order.
    pub(super) fn apart(&self, bundle: u32) -> &[u32] {
        self.apart.of(bundle)
    }

    /// The log₂ of what a cluster counts for, which is `temper · (2/k) · sum of its pairs`: `members`
    /// is k, and `excess` what the pairs weigh above the floor, which then stands k(k−1)/2 times.
    pub(super) fn score(&self, members: u32, excess: i64) -> f64 {
        let above = 2.0 * (excess as f64 / PER_BIT) / f64::from(members);
        self.temper * (above + self.floor_bits * f64::from(members - 1))
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
