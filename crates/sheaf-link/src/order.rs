//! Reports in the order of their ids, and exact copies put together. Everything after this counts
//! reports by that order, which is why the order in which they came in leaves no trace.

use std::cmp::Ordering;

use rayon::prelude::*;
use sheaf_model::Unit;
use xxhash_rust::xxh3::Xxh3;

use crate::block::{Blocking, Nodes};
use crate::names::{HashedMap, Sense};
use crate::outline::{Outline, Outlines};

/// The positions of all reports in the order of their ids.
pub(crate) fn by_id(outlines: &Outlines) -> Vec<u32> {
    // The first sixteen bytes settle nearly every comparison without a walk to the text.
    let mut order: Vec<(u128, u32)> = (0..outlines.len() as u32)
        .into_par_iter()
        .map(|position| {
            let id = outlines.id(position).as_bytes();
            let mut start = [0; 16];
            let len = id.len().min(16);
            start[..len].copy_from_slice(&id[..len]);
            (u128::from_be_bytes(start), position)
        })
        .collect();
    order.par_sort_unstable_by(|a, b| {
        (a.0.cmp(&b.0))
            .then_with(|| outlines.id(a.1).cmp(outlines.id(b.1)))
            .then_with(|| a.1.cmp(&b.1))
    });
    order.into_iter().map(|(_, position)| position).collect()
}

/// Nodes, how many reports each stands for, and the node of every report.
pub(crate) struct Collapsed<'a> {
    pub(crate) nodes: Nodes<'a>,
    pub(crate) sizes: Vec<u32>,
    /// By position; `u32::MAX` for an aggregate.
    pub(crate) node_of: Vec<u32>,
    pub(crate) n_collapsed: u64,
}

/// Puts exact copies together: reports that say the same in everything linking looks at. Copies
/// are one node if what they say is precise enough to tell one incident from the next; leads
/// always, as each of them would go where its copies go. Entries of curated sources, reports taken
/// from one document and reports that people judged stay alone.
pub(crate) fn collapse<'a>(
    outlines: &'a Outlines,
    blocking: &Blocking,
    order: &[u32],
    judged: &[u32],
) -> Collapsed<'a> {
    let hashes: Vec<u64> =
        (order.par_iter()).map(|&position| copy_hash(outlines, position)).collect();
    let mut positions: Vec<u32> = Vec::with_capacity(order.len());
    let mut sizes: Vec<u32> = Vec::with_capacity(order.len());
    let mut node_of = vec![u32::MAX; outlines.len()];
    let mut first_of: HashedMap<u64, u32> = HashedMap::default();
    let mut n_collapsed = 0;
    for (&position, &hash) in order.iter().zip(&hashes) {
        let outline = outlines.get(position);
        if outline.unit == Unit::Aggregate {
            continue;
        }
        let next = positions.len() as u32;
        if hash != 0 && judged.binary_search(&position).is_err() {
            let node = *first_of.entry(hash).or_insert(next);
            if node != next {
                let first = outlines.get(positions[node as usize]);
                if same_facts(outlines, first, outline) {
                    sizes[node as usize] += 1;
                    node_of[position as usize] = node;
                    n_collapsed += 1;
                    continue;
                }
            }
        }
        node_of[position as usize] = next;
        positions.push(position);
        sizes.push(1);
    }
    let nodes = Nodes { outlines, blocking: *blocking, positions };
    Collapsed { nodes, sizes, node_of, n_collapsed }
}

/// A number that exact copies share; 0 for a report that is never put together with its copies.
pub(crate) fn copy_hash(outlines: &Outlines, position: u32) -> u64 {
    let outline = outlines.get(position);
    if may_collapse(outlines, outline) { hash(outlines, outline).max(1) } else { 0 }
}

fn may_collapse(outlines: &Outlines, outline: &Outline) -> bool {
    if outline.is_curated() || !outline.is_dated() {
        return false;
    }
    outline.is_lead()
        || (outline.document == 0
            && outline.width_days() <= COPIED_DAYS
            && (outline.has_usable_point() && outline.radius <= COPIED_M
                || !outlines.tags_in(outline, Sense::Place).is_empty()))
}

/// Copies known worse than to this many days, or metres, may well be of two incidents.
const COPIED_DAYS: i32 = 7;
const COPIED_M: f32 = 60_000.0;

fn hash(outlines: &Outlines, outline: &Outline) -> u64 {
    let mut hasher = Xxh3::new();
    for number in [outline.kinds, outline.wording] {
        hasher.update(&number.to_le_bytes());
    }
    for number in [outline.first, outline.last, outline.published] {
        hasher.update(&number.to_le_bytes());
    }
    for number in [outline.at[0], outline.at[1], outline.at[2], outline.radius] {
        hasher.update(&number.to_bits().to_le_bytes());
    }
    for range in outline.tolls {
        for number in [range.low, range.best, range.high] {
            hasher.update(&number.to_le_bytes());
        }
    }
    hasher.update(&outline.source.to_le_bytes());
    let flags = [outline.unit as u8, outline.damage as u8, u8::from(outline.date_from_publication)];
    hasher.update(&flags);
    for tag in outlines.tags(outline) {
        hasher.update(&tag.number().to_le_bytes());
    }
    hasher.digest()
}

fn same_facts(outlines: &Outlines, a: &Outline, b: &Outline) -> bool {
    let numbers = |it: &Outline| {
        (it.first, it.last, it.at.map(f32::to_bits), it.radius.to_bits(), it.kinds, it.wording)
    };
    let rest = |it: &Outline| {
        (it.tolls, it.source, it.unit, it.date_from_publication, it.published, it.damage)
    };
    numbers(a) == numbers(b)
        && rest(a) == rest(b)
        && outlines.tags(a).cmp(outlines.tags(b)) == Ordering::Equal
}
