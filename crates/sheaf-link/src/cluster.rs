//! Average-link clustering of one component. Groups of reports are joined, the best-supported pair
//! of groups first, as long as the mean weight between all their reports stays at or above the
//! joining weight. A chain A–B–C whose ends speak against each other is therefore not one incident,
//! as connected components would have it.
//!
//! A pair that was never compared, or that speaks against more strongly than the floor, counts as
//! the floor. So only what pairs weigh *above* the floor has to be kept, and absence is evidence.
//! Weights are whole numbers here (1/65,536 bit): their sums do not depend on the order of adding,
//! and so the result does not depend on the order of reports or the number of threads.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::model::Model;
use crate::outline::Outline;

/// Weights as whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    floor: i64,
    ceiling: i64,
    join: i64,
}

const UNITS_PER_BIT: f64 = 65_536.0;

impl Scale {
    pub(crate) fn new(model: &Model) -> Scale {
        let units = |bits: f64| (bits * UNITS_PER_BIT).round() as i64;
        Scale {
            floor: units(model.floor_bits),
            ceiling: units(model.ceiling_bits),
            join: units(model.join_bits),
        }
    }

    /// What a pair weighs above the floor.
    pub(crate) fn excess(&self, bits: f64) -> i64 {
        let units = (bits * UNITS_PER_BIT).round() as i64;
        units.clamp(self.floor, self.ceiling) - self.floor
    }

    /// The excess at which two groups are joined.
    pub(crate) fn joins_at(&self) -> i64 {
        self.join - self.floor
    }

    /// Back to bits: the mean weight of `n` pairs with this excess in all.
    pub(crate) fn mean_bits(&self, excess: i64, n: u64) -> f64 {
        excess as f64 / (n.max(1) as f64 * UNITS_PER_BIT) + self.floor as f64 / UNITS_PER_BIT
    }
}

/// One component: members by number from 0, in the order of report ids.
pub(crate) struct Component<'a> {
    /// How many reports each member stands for (exact copies).
    pub(crate) sizes: &'a [u32],
    /// Of two members with the same number only one may be in a group; 0 for none: see
    /// [`exclusive`].
    pub(crate) exclusive: &'a [u64],
    /// Pairs and what they weigh above the floor; each pair once, the smaller number first.
    pub(crate) excesses: &'a [(u32, u32, i64)],
    /// Pairs that people hold to be the same.
    pub(crate) same: &'a [(u32, u32)],
    /// Pairs that people hold to be different.
    pub(crate) different: &'a [(u32, u32)],
}

/// What a report may be in an incident only once of: the entry of a curated source; 0 for others.
pub(crate) fn exclusive(outline: &Outline) -> u64 {
    if outline.is_curated() { 1 << 63 | u64::from(outline.source) } else { 0 }
}

/// What stands between two groups: what their pairs weigh above the floor, or [`BARRED`]. One
/// number, as a crowded component has tens of millions of them.
type Link = i64;

/// Never to be joined.
const BARRED: Link = i64::MIN;

struct Group {
    /// Reports in it.
    size: u64,
    /// Its smallest member.
    smallest: u32,
    /// What may be in it only once and is in it, sorted.
    exclusive: Vec<u64>,
    /// To other groups, some of which may have gone into others since.
    links: Vec<(u32, Link)>,
}

/// The best joining that a group knows of. The greatest is done first: the highest mean, then the
/// smallest reports.
///
/// Each group has one of these waiting. It may have gone stale, but it never promises too little:
/// the mean to two groups joined is at most the higher of the means to each, so a group's best can
/// only get worse. When a stale one comes to its turn, the group looks again.
#[derive(PartialEq)]
struct Joining {
    mean: f64,
    smallest: (u32, u32),
    /// Who looked, and whom it found.
    groups: (u32, u32),
    /// The sizes when this was found: a group that grew is not what was found.
    sizes: (u64, u64),
}

impl Eq for Joining {}

impl Ord for Joining {
    fn cmp(&self, other: &Joining) -> Ordering {
        (self.mean.total_cmp(&other.mean)).then_with(|| other.smallest.cmp(&self.smallest))
    }
}

impl PartialOrd for Joining {
    fn partial_cmp(&self, other: &Joining) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// For each member, the smallest member of its group.
pub(crate) fn cluster(component: &Component<'_>, scale: &Scale) -> Vec<u32> {
    let mut clusters = Clusters::new(component);
    let mut waiting: BinaryHeap<Joining> =
        (0..clusters.groups.len() as u32).filter_map(|group| clusters.best(group, scale)).collect();
    while let Some(next) = waiting.pop() {
        let (a, b) = next.groups;
        if !clusters.stands(a) {
            continue;
        }
        let found = clusters.stands(b) && {
            let (left, right) = (&clusters.groups[a as usize], &clusters.groups[b as usize]);
            (left.size, right.size) == next.sizes && !share_one(&left.exclusive, &right.exclusive)
        };
        let looks = if found {
            clusters.join(a, b)
        } else {
            clusters.tidy(a);
            a
        };
        waiting.extend(clusters.best(looks, scale));
    }
    clusters.smallest_of_each()
}

struct Clusters {
    groups: Vec<Group>,
    /// The group that each went into; itself while it stands.
    into: Vec<u32>,
    /// Where [`Clusters::tidy`] put a group's link, with the round in which it did.
    seen: Vec<(u32, u32)>,
    round: u32,
}

impl Clusters {
    /// Starts with what people hold to be the same together, and everything else alone.
    fn new(component: &Component<'_>) -> Clusters {
        let n = component.sizes.len();
        let mut union = Union::new(n);
        for &(a, b) in component.same {
            union.join(a, b);
        }
        let start: Vec<u32> = (0..n as u32).map(|member| union.root(member)).collect();
        let mut groups: Vec<Group> = (0..n as u32)
            .map(|member| Group {
                size: 0,
                smallest: member,
                exclusive: Vec::new(),
                links: Vec::new(),
            })
            .collect();
        for (member, &root) in start.iter().enumerate() {
            let group = &mut groups[root as usize];
            group.size = group.size.max(u64::from(component.sizes[member]));
            group.exclusive.extend(Some(component.exclusive[member]).filter(|&it| it != 0));
        }
        for group in &mut groups {
            group.exclusive.sort_unstable();
            group.exclusive.dedup();
        }
        let weighed = (component.excesses.iter().copied())
            .chain(component.different.iter().map(|&(a, b)| (a, b, BARRED)));
        for (a, b, link) in weighed {
            let (a, b) = (start[a as usize], start[b as usize]);
            if a != b {
                groups[a as usize].links.push((b, link));
                groups[b as usize].links.push((a, link));
            }
        }
        // Reports that people hold to be the same speak with one voice, the strongest: who says
        // that a report with a wrong date belongs here does not want it to keep others out.
        if !component.same.is_empty() || !component.different.is_empty() {
            for group in &mut groups {
                group.links.sort_unstable_by_key(|&(other, link)| {
                    (other, link != BARRED, std::cmp::Reverse(link))
                });
                group.links.dedup_by_key(|&mut (other, _)| other);
            }
        }
        // A link weighs once for each pair of copies.
        let sizes: Vec<i64> = groups.iter().map(|group| group.size as i64).collect();
        for (group, &size) in groups.iter_mut().zip(&sizes) {
            for (other, link) in group.links.iter_mut().filter(|(_, link)| *link != BARRED) {
                *link *= size * sizes[*other as usize];
            }
        }
        Clusters { groups, into: start, seen: vec![(0, 0); n], round: 0 }
    }

    fn stands(&self, group: u32) -> bool {
        self.into[group as usize] == group
    }

    /// The best joining of a group whose links are tidy.
    fn best(&self, group: u32, scale: &Scale) -> Option<Joining> {
        let links = self.groups[group as usize].links.iter();
        links.filter_map(|&(other, link)| self.joining(group, other, link, scale)).max()
    }

    /// The joining of two groups, if they may be joined and their mean is high enough.
    fn joining(&self, a: u32, b: u32, link: Link, scale: &Scale) -> Option<Joining> {
        let (left, right) = (&self.groups[a as usize], &self.groups[b as usize]);
        let n = left.size * right.size;
        let enough = i128::from(link) >= i128::from(scale.joins_at()) * i128::from(n);
        if link == BARRED || !enough || share_one(&left.exclusive, &right.exclusive) {
            return None;
        }
        let smallest = (left.smallest.min(right.smallest), left.smallest.max(right.smallest));
        // Equal fractions give equal quotients, so ties are seen as ties.
        let mean = link as f64 / n as f64;
        Some(Joining { mean, smallest, groups: (a, b), sizes: (left.size, right.size) })
    }

    /// Joins two groups; the one with more links takes the other in. Returns which that was.
    ///
    /// Only its own links are put right. Others keep the number of a group that is gone and look it
    /// up when their turn comes: most never have one, and touching every neighbour's list at every
    /// joining took most of the time of linking.
    fn join(&mut self, a: u32, b: u32) -> u32 {
        let more = |group: u32| (self.groups[group as usize].links.len(), std::cmp::Reverse(group));
        let (keep, gone) = if more(a) >= more(b) { (a, b) } else { (b, a) };
        self.into[gone as usize] = keep;
        let left = &mut self.groups[gone as usize];
        let (size, smallest) = (left.size, left.smallest);
        let (taken, exclusive) =
            (std::mem::take(&mut left.links), std::mem::take(&mut left.exclusive));
        let group = &mut self.groups[keep as usize];
        group.size += size;
        group.smallest = group.smallest.min(smallest);
        group.exclusive.extend(exclusive);
        group.exclusive.sort_unstable();
        group.exclusive.dedup();
        group.links.extend(taken);
        self.tidy(keep);
        keep
    }

    /// Brings a group's links up to date: those to groups that went into one are put together.
    fn tidy(&mut self, group: u32) {
        self.round += 1;
        let mut links = std::mem::take(&mut self.groups[group as usize].links);
        let mut n = 0;
        for at in 0..links.len() {
            let (other, link) = links[at];
            let other = root(&mut self.into, other);
            if other == group {
                continue;
            }
            let seen = &mut self.seen[other as usize];
            if seen.1 == self.round {
                let kept = &mut links[seen.0 as usize].1;
                *kept = if *kept == BARRED || link == BARRED { BARRED } else { *kept + link };
            } else {
                *seen = (n as u32, self.round);
                links[n] = (other, link);
                n += 1;
            }
        }
        links.truncate(n);
        self.groups[group as usize].links = links;
    }

    /// For each member the smallest member of the group it ended in.
    fn smallest_of_each(&mut self) -> Vec<u32> {
        (0..self.groups.len() as u32)
            .map(|member| self.groups[root(&mut self.into, member) as usize].smallest)
            .collect()
    }
}

/// The group that a group ended in so far; each walk leaves a shortcut behind.
fn root(into: &mut [u32], mut group: u32) -> u32 {
    while into[group as usize] != group {
        let next = into[group as usize];
        into[group as usize] = into[next as usize];
        group = next;
    }
    group
}

/// Whether two sorted lists share a number.
fn share_one(left: &[u64], right: &[u64]) -> bool {
    left.iter().any(|it| right.binary_search(it).is_ok())
}

/// Union-find over numbers from 0; the root of a set is its smallest number.
pub(crate) struct Union {
    parents: Vec<u32>,
}

impl Union {
    pub(crate) fn new(n: usize) -> Union {
        Union { parents: (0..n as u32).collect() }
    }

    pub(crate) fn root(&mut self, number: u32) -> u32 {
        root(&mut self.parents, number)
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}
