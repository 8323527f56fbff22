//! Crowded places. Machine-coded feeds put a hundred thousand reports on one town's centroid in one
//! week; their pairs would be five thousand million. Where more reports than a set number fall on
//! one place and day, those reports stop being compared with each other all round. They are put in
//! order by what they say, twice with different things first, and each is compared with the next
//! few in either order. Which pairs are compared depends on the reports alone, and how many were
//! not is reported.

use rayon::prelude::*;

use super::grid::crowd_cube;
use super::{Nodes, Relation, country, meet};
use crate::names::{HashedMap, Sense};
use crate::outline::{Outline, Slot};

/// What was left out of linking, and how many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capped {
    /// In words.
    pub what: String,
    /// How many.
    pub n: u64,
}

/// The crowded nodes of a pool, in their two orders.
#[derive(Default)]
pub(crate) struct Crowd {
    crowded: Vec<bool>,
    /// Crowded nodes by place, then by what they say first.
    by_content: Vec<(u64, u32)>,
    /// Crowded nodes by place, then by day first.
    by_day: Vec<(u64, u32)>,
    /// Where a crowded node stands in `by_content`, by node.
    places: HashedMap<u32, u32>,
    window: usize,
}

impl Crowd {
    pub(crate) fn new(nodes: &Nodes<'_>) -> Crowd {
        let places: Vec<u64> = (0..nodes.len() as u32)
            .into_par_iter()
            .map(|node| place_of(nodes, nodes.outline(node)))
            .collect();
        let mut counts: HashedMap<(u64, i32), u32> = HashedMap::default();
        for (node, &place) in places.iter().enumerate() {
            let outline = nodes.outline(node as u32);
            if outline.is_dated() {
                *counts.entry((place, outline.first)).or_default() += 1;
            }
        }
        counts.retain(|_, n| *n > nodes.blocking.crowd);
        if counts.is_empty() {
            return Crowd::default();
        }
        let crowded: Vec<bool> = places
            .iter()
            .enumerate()
            .map(|(node, &place)| counts.contains_key(&(place, nodes.outline(node as u32).first)))
            .collect();
        let members: Vec<(u64, u32)> = (places.iter().copied().zip(0u32..))
            .filter(|&(_, node)| crowded[node as usize])
            .collect();
        let mut by_content = members.clone();
        by_content.par_sort_unstable_by_key(|&(place, node)| {
            let it = nodes.outline(node);
            (place, it.kinds, killed(it), injured(it), it.first, it.at.map(f32::to_bits), node)
        });
        let mut by_day = members;
        by_day.par_sort_unstable_by_key(|&(place, node)| {
            let it = nodes.outline(node);
            (place, it.first, it.at.map(f32::to_bits), killed(it), it.kinds, injured(it), node)
        });
        let places = by_content.iter().zip(0u32..).map(|(&(_, node), at)| (node, at)).collect();
        let window = nodes.blocking.window as usize;
        Crowd { crowded, by_content, by_day, places, window }
    }

    /// Whether this node is compared with other crowded ones only within the windows.
    pub(crate) fn is_crowded(&self, node: u32) -> bool {
        self.crowded.get(node as usize).copied().unwrap_or(false)
    }

    /// What was left out: the pairs of crowded reports of one place beyond the windows. An upper
    /// bound, since some of them lie too many days apart to meet.
    pub(crate) fn capped(&self) -> Vec<Capped> {
        if self.by_content.is_empty() {
            return Vec::new();
        }
        let mut left_out = 0;
        for run in self.by_content.chunk_by(|a, b| a.0 == b.0) {
            let n = run.len() as u64;
            let window = (self.window as u64).min(n - 1);
            // Every report is compared with those up to `window` further on.
            let compared = window * n - window * (window + 1) / 2;
            left_out += n * (n - 1) / 2 - compared;
        }
        vec![
            Capped {
                what: "reports in crowded places and days, compared with their likest only".into(),
                n: self.by_content.len() as u64,
            },
            Capped { what: "pairs of these that were not compared, at most".into(), n: left_out },
        ]
    }

    pub(super) fn tasks(&self) -> Vec<std::ops::Range<usize>> {
        // Positions 0..n stand for the first order, n..2n for the second.
        let n = self.by_content.len() * 2;
        (0..n).step_by(1_024).map(|start| start..(start + 1_024).min(n)).collect()
    }

    pub(super) fn run(
        &self,
        nodes: &Nodes<'_>,
        part: std::ops::Range<usize>,
        emit: &mut impl FnMut(u32, u32, Relation),
    ) {
        let n = self.by_content.len();
        for at in part {
            let (order, at) = if at < n { (&self.by_content, at) } else { (&self.by_day, at - n) };
            let second = std::ptr::eq(order, &self.by_day);
            let (place, node) = order[at];
            for &(there, other) in order[at + 1..].iter().take(self.window) {
                if there != place {
                    break;
                }
                if second && self.met_in_first(node, other) {
                    continue;
                }
                let (a, b) = (nodes.outline(node), nodes.outline(other));
                if let Ok((relation, _)) = meet(nodes.outlines, &nodes.blocking, a, b) {
                    emit(node, other, relation);
                }
            }
        }
    }

    /// Whether the first order has brought these two together already.
    fn met_in_first(&self, a: u32, b: u32) -> bool {
        match (self.places.get(&a), self.places.get(&b)) {
            (Some(a), Some(b)) => a.abs_diff(*b) as usize <= self.window,
            _ => false,
        }
    }
}

/// Where a report crowds: the cube of its point; without one, its first name of place, unit or
/// country. Names and cubes may share a number, which does no harm: the window is checked by the
/// definition.
fn place_of(nodes: &Nodes<'_>, outline: &Outline) -> u64 {
    if outline.has_usable_point() {
        return crowd_cube(&outline.at, nodes.blocking.slack_m);
    }
    let outlines = nodes.outlines;
    let name = [Sense::Place, Sense::AdminOne]
        .into_iter()
        .find_map(|sense| outlines.tags_in(outline, sense).first().copied())
        .or_else(|| country(outlines, outline));
    name.map_or(0, |tag| tag.number())
}

fn killed(outline: &Outline) -> u32 {
    let given = [Slot::Killed, Slot::KilledIncluded, Slot::KilledCivilians]
        .map(|slot| outline.tolls[slot as usize])
        .into_iter()
        .find(|range| range.is_given());
    given.map_or(u32::MAX, |range| range.number())
}

fn injured(outline: &Outline) -> u32 {
    let range = outline.tolls[Slot::Injured as usize];
    if range.is_given() { range.number() } else { u32::MAX }
}
