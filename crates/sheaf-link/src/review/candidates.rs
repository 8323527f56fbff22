//! The pairs to ask about: those that linking compared, as it left them, and some of those that it
//! kept apart.
//!
//! In goes the linkage that arithmetic alone made, without a judgement, so that no answer changes
//! which questions there are. Exact copies count once, and neither leads nor counts over an area
//! are among the pairs: neither makes an incident. What this deliberately does not do: say whom to
//! ask, or know an answer.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::Candidate;
use crate::block::crowd::Crowd;
use crate::block::{Blocking, Nodes, Relation, for_each_pair};
use crate::explain::weights_of;
use crate::link::Linkage;
use crate::model::Model;
use crate::outline::Outlines;

/// How much further than linking a look goes for pairs that it kept apart: twice as many days and
/// twice as many metres.
pub const FURTHER: u8 = 2;

/// A pair that linking never compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Uncompared {
    /// Its hash; see [`Candidate::key`].
    pub key: u64,
    /// The report with the smaller id, by position.
    pub a: u32,
    /// The other.
    pub b: u32,
}

/// The pairs that linking never compared although they lie within [`FURTHER`] times its reach.
#[derive(Clone, PartialEq, Debug)]
pub struct Further {
    /// How many there are.
    pub n_total: u64,
    /// Those of smallest hash among them, in the order of their hashes: an even draw without
    /// putting back. A larger draw begins with the smaller one.
    pub drawn: Vec<Uncompared>,
}

/// Every pair that linking compared as possibly one incident, by position.
///
/// `linkage` must have been made from these outlines with this model and blocking and without a
/// judgement. A linked pair in an incident of k reports would change k − 1 pairs if it were wrong,
/// as one of the two would leave; an unlinked pair of incidents of k and l reports would change
/// k × l, as these would become one. Both are rules of thumb: what linking then makes of it is
/// known only once it is done.
///
/// ```
/// use sheaf_link::{Blocking, Model, Outlines, link, review::candidates};
/// let (outlines, model) = (Outlines::default(), Model::shipped());
/// let linkage = link(&outlines, &model, &Blocking::SHIPPED, &[]);
/// assert!(candidates(&outlines, &model, &Blocking::SHIPPED, &linkage).is_empty());
/// ```
pub fn candidates(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
) -> Vec<Candidate> {
    let weighed = weights_of(outlines, model, blocking, linkage);
    let candidate = |(a, b, weight)| Candidate {
        a,
        b,
        key: key(outlines, a, b),
        probability: model.probability(weight, linkage.are_together(a, b)),
        linked: linkage.are_together(a, b),
        change: change(linkage, a, b),
    };
    weighed.into_par_iter().map(candidate).collect()
}

/// Draws `n` pairs, or as many as there are, from those that linking never compared though they lie
/// within [`FURTHER`] times its reach. `compared` are the [`candidates`]. Pairs that were put into
/// one incident by way of others are no question here: nobody missed them.
pub fn further(
    outlines: &Outlines,
    blocking: &Blocking,
    linkage: &Linkage,
    compared: &[Candidate],
    n: usize,
) -> Further {
    let mut compared: Vec<(u32, u32)> = compared.iter().map(|it| in_order(it.a, it.b)).collect();
    compared.par_sort_unstable();
    let wider = Blocking {
        gap_days: blocking.gap_days.saturating_mul(i32::from(FURTHER)),
        slack_m: blocking.slack_m * f32::from(FURTHER),
        ..*blocking
    };
    let positions = linkage.seen.positions.clone();
    let nodes = Nodes { outlines, blocking: wider, positions };
    let new = || Smallest { n, n_seen: 0, kept: Vec::new() };
    let found = for_each_pair(&nodes, &Crowd::new(&nodes), new, |smallest, a, b, relation| {
        let (a, b) = (nodes.position(a), nodes.position(b));
        let is_compared = || compared.binary_search(&in_order(a, b)).is_ok();
        if relation == Relation::Same && !linkage.are_together(a, b) && !is_compared() {
            smallest.offer(Uncompared { key: key(outlines, a, b), a, b });
        }
    });
    let n_total = found.iter().map(|it| it.n_seen).sum();
    let mut drawn: Vec<Uncompared> = found.into_iter().flat_map(|it| it.kept).collect();
    drawn.sort_unstable();
    drawn.truncate(n);
    Further { n_total, drawn }
}

/// The pairs of smallest hash among those offered, and perhaps some more.
struct Smallest {
    n: usize,
    n_seen: u64,
    kept: Vec<Uncompared>,
}

impl Smallest {
    fn offer(&mut self, pair: Uncompared) {
        self.n_seen += 1;
        self.kept.push(pair);
        if self.kept.len() > 2 * self.n + 64 {
            self.kept.select_nth_unstable(self.n);
            self.kept.truncate(self.n);
        }
    }
}

/// The hash of a pair's ids, the smaller first.
fn key(outlines: &Outlines, a: u32, b: u32) -> u64 {
    let (a, b) = (outlines.id(a), outlines.id(b));
    let (smaller, larger) = if a <= b { (a, b) } else { (b, a) };
    xxh3_64([smaller, larger].join("\0").as_bytes())
}

/// How many pairs of reports change sides if linking is wrong about these two.
fn change(linkage: &Linkage, a: u32, b: u32) -> f64 {
    let size = |position: u32| match linkage.incident_of[position as usize] {
        Linkage::NONE => 1,
        incident => linkage.members(incident).len(),
    };
    if linkage.are_together(a, b) { size(a) as f64 - 1.0 } else { (size(a) * size(b)) as f64 }
}

fn in_order(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;
    use crate::testing::{Random, Told, outlines, told};

    /// Three reports of one attack, one of another the next day, and two too far off in time or
    /// place to be compared with it.
    fn reports() -> Vec<Told> {
        let near = |source, key| told(source, key).day(3).at(25.04, 102.71, 1_000.0).killed(31);
        vec![
            near(0, "1"),
            near(1, "1"),
            near(2, "1").injured(140),
            told(0, "2").day(4).at(25.2, 102.71, 1_000.0).killed(2),
            told(3, "late").day(8).at(25.04, 102.71, 1_000.0).killed(31),
            told(4, "far").day(3).at(25.55, 102.71, 1_000.0).killed(7),
            told(5, "elsewhere").day(3).at(-25.0, 10.0, 1_000.0).killed(7),
        ]
    }

    fn made(outlines: &Outlines) -> (Linkage, Vec<Candidate>) {
        let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
        let linkage = link(outlines, &model, &blocking, &[]);
        let candidates = candidates(outlines, &model, &blocking, &linkage);
        (linkage, candidates)
    }

    #[test]
    fn what_would_change_follows_the_rule() {
        let outlines = outlines(&reports());
        let (linkage, candidates) = made(&outlines);
        let of = |a: &str, b: &str| {
            let is = |at: u32, id: &str| outlines.id(at) == id;
            let it = candidates.iter().find(|it| is(it.a, a) && is(it.b, b));
            it.map(|it| (it.linked, it.change))
        };
        assert_eq!(linkage.incident_of[..4], [0, 0, 0, 1]);
        assert_eq!(of("s0:1", "s1:1"), Some((true, 2.0)));
        assert_eq!(of("s0:2", "s1:1"), Some((false, 3.0)));
        assert_eq!(of("s1:1", "s3:late"), None, "never compared");
        for it in &candidates {
            assert!((0.0..=1.0).contains(&it.probability));
            let sure = it.probability > 0.5;
            assert_eq!(sure, it.linked, "this pool is an easy one");
        }
    }

    #[test]
    fn hashes_hang_on_ids_alone() {
        let mut reports = reports();
        let keyed = |reports: &[Told]| {
            let outlines = outlines(reports);
            let (_, candidates) = made(&outlines);
            let id = |at| outlines.id(at).to_owned();
            let mut keyed: Vec<_> =
                candidates.iter().map(|it| (id(it.a), id(it.b), it.key, it.linked)).collect();
            keyed.sort();
            keyed
        };
        let before = keyed(&reports);
        Random(3).shuffle(&mut reports);
        assert_eq!(keyed(&reports), before);
        assert!(before.windows(2).all(|two| two[0].2 != two[1].2));
    }

    #[test]
    fn those_kept_apart_are_drawn_from_the_ring_around() {
        let outlines = outlines(&reports());
        let (linkage, candidates) = made(&outlines);
        let drawn = |n| further(&outlines, &Blocking::SHIPPED, &linkage, &candidates, n);
        let all = drawn(100);
        let ids = |it: &Uncompared| (outlines.id(it.a), outlines.id(it.b));
        let mut named: Vec<_> = all.drawn.iter().map(ids).collect();
        named.sort_unstable();
        // 57 km off, or four days late and more; "far" is compared with "2", and "elsewhere" with nobody.
        let expected = [
            ("s0:1", "s3:late"),
            ("s0:1", "s4:far"),
            ("s0:2", "s3:late"),
            ("s1:1", "s3:late"),
            ("s1:1", "s4:far"),
            ("s2:1", "s3:late"),
            ("s2:1", "s4:far"),
            ("s3:late", "s4:far"),
        ];
        assert_eq!(named, expected);
        assert_eq!(all.n_total, expected.len() as u64);
        let few = drawn(3);
        assert_eq!((few.n_total, few.drawn.as_slice()), (all.n_total, &all.drawn[..3]));
    }
}
