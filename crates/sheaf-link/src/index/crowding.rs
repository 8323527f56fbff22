//! Crowded places before and after a change. In a crowded area reports are compared with their
//! neighbours in two orders, so a report that comes or goes shifts the windows of those around it.
//! What is found here is whose windows may have shifted, and which of the pairs that meet linking
//! looks at, before and after.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::lookup::Met;
use super::nodes::Turn;
use super::sieve::Sieve;
use super::{FellBack, NONE};
use crate::block::crowd::{
    AreaKey, Counted, Crowd, Crowded, by_its_day, by_what_it_says, most_of_a_country,
};
use crate::block::{Blocking, Nodes, Relation, country, meet};
use crate::names::HashedMap;
use crate::outline::Outlines;

/// What was crowded after a change, given what was before.
pub(super) fn recount(
    outlines: &Outlines,
    blocking: &Blocking,
    before: &Crowded,
    turn: &Turn,
) -> Crowded {
    let mut crowded = before.clone();
    let counted = |position: u32| Counted::of(outlines, blocking, outlines.get(position));
    let (mut places, mut countries) = (HashedMap::default(), HashedMap::default());
    let mut sieve = Sieve::new();
    for (positions, sign) in [(&turn.gone, -1), (&turn.fresh, 1)] {
        for it in positions.iter().filter_map(|&position| counted(position)) {
            for (key, day) in std::iter::once(it.place).chain(it.country) {
                sieve.put(key, day, day);
            }
            places.insert(it.place, 0u32);
            countries.extend(it.country.map(|country| (country, 0u32)));
            let n_pointless = i64::from(crowded.n_pointless) + sign * i64::from(it.pointless);
            crowded.n_pointless = n_pointless as u32;
        }
    }
    let found: Vec<Vec<Counted>> = (turn.by_position.par_chunks(4_096))
        .map(|chunk| {
            let counted = chunk.iter().filter_map(|&node| counted(node));
            let may_hold = |&(key, day): &(u64, i32)| sieve.may_hold(key, day, day);
            counted
                .filter(|it| may_hold(&it.place) || it.country.as_ref().is_some_and(may_hold))
                .collect()
        })
        .collect();
    for it in found.iter().flatten() {
        if let Some(n) = places.get_mut(&it.place) {
            *n += 1;
        }
        if let Some(n) = it.country.and_then(|country| countries.get_mut(&country)) {
            *n += 1;
        }
    }
    for (counts, most, kept) in [
        (places, blocking.crowd, &mut crowded.places),
        (countries, most_of_a_country(blocking), &mut crowded.countries),
    ] {
        for (key, n) in counts {
            kept.remove(&key);
            if n > most {
                kept.insert(key, n);
            }
        }
    }
    crowded
}

/// A pool's crowd, by position.
pub(super) struct Side {
    crowd: Crowd,
    /// Node → position, in order of id.
    nodes: Vec<u32>,
    /// Position → node; empty where nothing is hot.
    node_of: Vec<u32>,
}

impl Side {
    fn new(outlines: &Outlines, blocking: &Blocking, nodes: &[u32], crowded: &Crowded) -> Side {
        let hot = !crowded.places.is_empty();
        let positions = if hot { nodes.to_vec() } else { Vec::new() };
        let mut node_of = if hot { vec![NONE; outlines.len()] } else { Vec::new() };
        for (&position, node) in positions.iter().zip(0..) {
            node_of[position as usize] = node;
        }
        let nodes = Nodes { outlines, blocking: *blocking, positions };
        let crowd = Crowd::of(&nodes, crowded);
        Side { crowd, nodes: nodes.positions, node_of }
    }

    fn node(&self, position: u32) -> Option<u32> {
        self.node_of.get(position as usize).copied().filter(|&node| node != NONE)
    }

    fn is_hot(&self, position: u32) -> bool {
        self.node(position).is_some_and(|node| self.crowd.is_hot(node))
    }

    fn area(&self, position: u32) -> Option<AreaKey> {
        self.node(position).and_then(|node| self.crowd.area_key(node))
    }

    /// Whether linking looks at two nodes that meet, windows aside.
    fn looks_at(&self, outlines: &Outlines, met: &Met) -> bool {
        if let (Some(a), Some(b)) = (self.node(met.asking), self.node(met.other))
            && self.crowd.covers(a, b)
        {
            return false;
        }
        if !met.by_country {
            return true;
        }
        let (a, b) = (outlines.get(met.asking), outlines.get(met.other));
        country(outlines, a).is_none_or(|tag| {
            ![a, b].into_iter().any(|it| self.crowd.crowds_country(outlines, tag, it))
        })
    }

    /// The pairs of those that ask with their neighbours in a crowded area, each once.
    fn windows(&self, outlines: &Outlines, blocking: &Blocking, asking: &[u32]) -> Vec<Met> {
        let is_asking: BTreeSet<u32> = asking.iter().copied().collect();
        let mut found = Vec::new();
        for &asking in asking {
            let Some(node) = self.node(asking) else { continue };
            self.crowd.beside(node, |other| {
                let other = self.nodes[other as usize];
                if is_asking.contains(&other) && other < asking {
                    return;
                }
                let (a, b) = (outlines.get(asking), outlines.get(other));
                if let Ok((relation, _)) = meet(outlines, blocking, a, b) {
                    found.push(Met { asking, other, relation, by_country: false });
                }
            });
        }
        found
    }
}

/// Crowds before and after.
pub(super) struct Crowds {
    before: Side,
    after: Side,
    /// Nodes before and after whose windows may have shifted.
    pub(super) shifted: Vec<u32>,
    /// By position: the area in which windows decide over a node, both before and after, as a
    /// number; 0 for none. Empty when nothing is hot.
    pub(super) areas: Vec<u32>,
}

impl Crowds {
    pub(super) fn new(
        outlines: &Outlines,
        blocking: &Blocking,
        turn: &Turn,
        before: &Crowded,
        after: &Crowded,
    ) -> Result<Crowds, FellBack> {
        let days = |it: &Crowded| {
            let matter = it.n_pointless > 0;
            it.countries.keys().filter(|_| matter).copied().collect::<Vec<_>>()
        };
        if days(before) != days(after) {
            return Err(FellBack::CrowdedCountry);
        }
        let before = Side::new(outlines, blocking, &turn.nodes_before, before);
        let after = Side::new(outlines, blocking, &turn.nodes, after);
        let mut crowds = Crowds { before, after, shifted: Vec::new(), areas: Vec::new() };
        if !crowds.before.nodes.is_empty() || !crowds.after.nodes.is_empty() {
            crowds.compare(outlines, blocking, turn);
        }
        Ok(crowds)
    }

    fn compare(&mut self, outlines: &Outlines, blocking: &Blocking, turn: &Turn) {
        let Crowds { before, after, .. } = self;
        let mut numbers: HashedMap<u64, u32> = HashedMap::default();
        let mut members: Vec<(AreaKey, u32)> = Vec::new();
        let mut changed = vec![false; outlines.len()];
        let mut areas = vec![0; outlines.len()];
        for &position in turn.nodes.iter().chain(&turn.gone) {
            let (was, is) = (before.area(position), after.area(position));
            members.extend(was.map(|key| (key, position)));
            members.extend(is.filter(|_| is != was).map(|key| (key, position)));
            let hot = (before.is_hot(position), after.is_hot(position));
            // Areas that grew together are one with another key, or one of them keeps its key and
            // the others' reports come into its order.
            if hot.0 != hot.1 || was != is {
                changed[position as usize] = true;
            } else if let (true, Some((is_cube, number))) = (hot.0, is) {
                let next = numbers.len() as u32 + 1;
                let key = (number << 1) | u64::from(is_cube);
                areas[position as usize] = *numbers.entry(key).or_insert(next);
            }
        }
        for &position in turn.gone.iter().chain(&turn.fresh) {
            changed[position as usize] = true;
            areas[position as usize] = 0;
        }
        members.par_sort_unstable_by(|a, b| {
            let id = |at: u32| outlines.id(at);
            a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))).then_with(|| a.1.cmp(&b.1))
        });
        let window = blocking.window as usize;
        let mut shifted = vec![false; outlines.len()];
        for area in members.chunk_by(|a, b| a.0 == b.0) {
            if !area.iter().any(|&(_, position)| changed[position as usize]) {
                continue;
            }
            // Stable sorts: among equals the order of ids stays.
            let mut order: Vec<u32> = area.iter().map(|&(_, position)| position).collect();
            order.sort_by_cached_key(|&position| by_what_it_says(outlines.get(position)));
            mark(&order, &changed, window, &mut shifted);
            let mut order: Vec<u32> = area.iter().map(|&(_, position)| position).collect();
            order.sort_by_cached_key(|&position| by_its_day(outlines.get(position)));
            mark(&order, &changed, window, &mut shifted);
        }
        for &position in &turn.nodes {
            let at = position as usize;
            shifted[at] |= changed[at];
        }
        for &position in turn.gone.iter().chain(&turn.fresh) {
            shifted[position as usize] = false;
        }
        self.shifted = turn.nodes.iter().copied().filter(|&it| shifted[it as usize]).collect();
        self.areas = areas;
    }

    /// Of the pairs that meet, those that linking looked at before, and those that it looks at
    /// after. Those that asked are given too, since in crowded areas their windows are asked.
    pub(super) fn looked_at(
        &self,
        outlines: &Outlines,
        blocking: &Blocking,
        turn: &Turn,
        asking: &[u32],
        met: &[Met],
    ) -> (Vec<Met>, Vec<Met>) {
        let before = |it: &&Met| {
            turn.was_node(it.asking)
                && turn.was_node(it.other)
                && self.before.looks_at(outlines, it)
        };
        let after = |it: &&Met| {
            turn.is_node(it.asking) && turn.is_node(it.other) && self.after.looks_at(outlines, it)
        };
        let mut sides: (Vec<Met>, Vec<Met>) = (
            met.iter().filter(before).copied().collect(),
            met.iter().filter(after).copied().collect(),
        );
        sides.0.extend(self.before.windows(outlines, blocking, asking));
        sides.1.extend(self.after.windows(outlines, blocking, asking));
        let waste = |it: &Met| it.relation != Relation::Part;
        sides.0.retain(waste);
        sides.1.retain(waste);
        sides
    }
}

/// Marks the nodes within a window of one that changed. Between two whose distance in the order
/// changed stands one that came, went or changed, and fewer than a window of others.
fn mark(order: &[u32], changed: &[bool], window: usize, marked: &mut [bool]) {
    let mut walk = |positions: &mut dyn Iterator<Item = &u32>| {
        let mut since = usize::MAX;
        for &position in positions {
            if changed[position as usize] {
                since = 0;
            } else if since < window {
                since += 1;
                marked[position as usize] = true;
            }
        }
    };
    walk(&mut order.iter());
    walk(&mut order.iter().rev());
}
