//! What surrounds the nodes, brought up to date: a node that comes or goes is counted by those
//! around it, and only their counts are changed.

use rayon::prelude::*;

use super::FellBack;
use super::lookup::Met;
use super::nodes::Turn;
use super::sieve::Sieve;
use crate::block::{Blocking, Nodes, Relation};
use crate::names::HashedMap;
use crate::outline::Outlines;
use crate::surroundings::{Near, RatePlace, SEASON, are_near, is_counted, middle, siblings};

/// New counts by position, for every node of which one changed.
pub(super) fn recount(
    outlines: &Outlines,
    blocking: &Blocking,
    near: &[Near],
    turn: &Turn,
    before: &[Met],
    after: &[Met],
) -> Result<Vec<(u32, Near)>, FellBack> {
    let mut steps: HashedMap<u32, Step> = HashedMap::default();
    for (pairs, one) in [(before, -1), (after, 1)] {
        for it in pairs.iter().filter(|it| it.relation == Relation::Same) {
            if are_near(outlines, outlines.get(it.asking), outlines.get(it.other)) {
                steps.entry(it.asking).or_default().crowd += one;
                steps.entry(it.other).or_default().crowd += one;
            }
        }
    }
    for (position, one) in rates(outlines, turn) {
        steps.entry(position).or_default().rate += one;
    }
    for (position, siblings) in recount_siblings(outlines, blocking, turn) {
        steps.entry(position).or_default().siblings = Some(siblings);
    }
    for &position in &turn.fresh {
        steps.entry(position).or_default();
    }
    let mut changed = Vec::new();
    for (position, step) in steps {
        if !turn.is_node(position) {
            continue;
        }
        let was = if turn.was_node(position) { near[position as usize] } else { Near::default() };
        let add = |count: u16, step: i64| {
            if step == 0 {
                return Some(count);
            }
            // A count that stopped at the end of its range cannot be counted on from.
            let sum = i64::from(count) + step;
            let full = count == u16::MAX || !(0..i64::from(u16::MAX)).contains(&sum);
            (!full).then_some(sum as u16)
        };
        let (crowd, rate) = (add(was.crowd, step.crowd), add(was.rate, step.rate));
        let (Some(crowd), Some(rate)) = (crowd, rate) else { return Err(FellBack::Uncountable) };
        let siblings = step.siblings.unwrap_or(was.siblings);
        let is = Near { crowd, rate, siblings };
        if is != was || !turn.was_node(position) {
            changed.push((position, is));
        }
    }
    changed.sort_unstable_by_key(|&(position, _)| position);
    Ok(changed)
}

#[derive(Default)]
struct Step {
    crowd: i64,
    rate: i64,
    siblings: Option<u16>,
}

/// By how much the rates of nodes change; a node may be given more than once.
fn rates(outlines: &Outlines, turn: &Turn) -> Vec<(u32, i64)> {
    struct Changed {
        position: u32,
        middle: i32,
        one: i64,
        counted: bool,
    }
    // Whom a place concerns: the changed nodes in it and in the places around it.
    let mut around: HashedMap<u64, Vec<Changed>> = HashedMap::default();
    let mut sieve = Sieve::new();
    for (positions, one) in [(&turn.gone, -1), (&turn.fresh, 1)] {
        for &position in positions {
            let outline = outlines.get(position);
            let Some(place) = RatePlace::of(outlines, outline) else { continue };
            let (middle, counted) = (middle(outline), is_counted(outline));
            place.for_each_key(|key| {
                sieve.put(key, middle.saturating_sub(SEASON), middle.saturating_add(SEASON));
                around.entry(key).or_default().push(Changed { position, middle, one, counted });
            });
        }
    }
    if around.is_empty() {
        return Vec::new();
    }
    let found: Vec<Vec<(u32, i64)>> = (turn.by_position.par_chunks(4_096))
        .map(|chunk| {
            let mut steps = Vec::new();
            for &node in chunk {
                let outline = outlines.get(node);
                let Some(place) = RatePlace::of(outlines, outline) else { continue };
                let (middle, is_counted) = (middle(outline), is_counted(outline));
                let key = place.key();
                if !sieve.may_hold(key, middle, middle) {
                    continue;
                }
                for it in around.get(&key).into_iter().flatten() {
                    if it.middle.abs_diff(middle) > SEASON as u32 {
                        continue;
                    }
                    // A node that was there counts on; a new one is counted from nothing.
                    if it.counted && turn.was_node(node) {
                        steps.push((node, it.one));
                    }
                    if it.one > 0 && is_counted {
                        steps.push((it.position, 1));
                    }
                }
            }
            steps
        })
        .collect();
    found.concat()
}

/// The siblings of all nodes of the documents that nodes came to or went from.
fn recount_siblings(outlines: &Outlines, blocking: &Blocking, turn: &Turn) -> Vec<(u32, u16)> {
    let changed = turn.gone.iter().chain(&turn.fresh);
    let documents: HashedMap<u64, ()> = changed
        .map(|&position| (outlines.get(position).document, ()))
        .filter(|&(document, ())| document != 0)
        .collect();
    if documents.is_empty() {
        return Vec::new();
    }
    let positions: Vec<u32> = (turn.nodes.par_iter().copied())
        .filter(|&node| documents.contains_key(&outlines.get(node).document))
        .collect();
    let nodes = Nodes { outlines, blocking: *blocking, positions };
    let counts = siblings(&nodes);
    nodes.positions.iter().copied().zip(counts).collect()
}
