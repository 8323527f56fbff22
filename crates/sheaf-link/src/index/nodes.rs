//! Which nodes come and go when reports do. A node stands for all exact copies of a report, under
//! the smallest of their ids, so a new report may be no new node, or may take over from another.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Index, NONE, Pending};
use crate::block::Blocking;
use crate::judge::Ruling;
use crate::names::HashedMap;
use crate::order::{collapse, copy_hash};

/// An index in between: what it was, and which nodes came and went.
pub(super) struct Turn {
    pub(super) heads_before: Vec<u32>,
    /// The nodes before, in order of id. Only of those that are left is the rank known.
    pub(super) nodes_before: Vec<u32>,
    pub(super) heads: Vec<u32>,
    /// The nodes now, in order of id.
    pub(super) nodes: Vec<u32>,
    /// The same in order of position, which is how they lie in memory: to walk through all.
    pub(super) by_position: Vec<u32>,
    /// By position: the place in the order of ids. 0 for a report that is gone.
    pub(super) rank: Vec<u32>,
    /// Nodes that are none any more.
    pub(super) gone: Vec<u32>,
    /// Nodes that were none before.
    pub(super) fresh: Vec<u32>,
    /// Nodes that stand for another number of reports than before.
    pub(super) resized: Vec<u32>,
}

impl Turn {
    pub(super) fn was_node(&self, position: u32) -> bool {
        self.heads_before[position as usize] == position
    }

    pub(super) fn is_node(&self, position: u32) -> bool {
        self.heads[position as usize] == position
    }
}

/// Takes the pending reports into the order of ids. Returns the order before.
pub(super) fn reorder(index: &mut Index, pending: &Pending) -> Vec<u32> {
    let n = index.outlines.len();
    index.heads.resize(n, NONE);
    index.copies.resize(n, 0);
    index.near.resize(n, Default::default());
    index.home.resize(n, NONE);
    index.company.resize(n);
    index.leads.resize(n);
    for &position in pending.added.values() {
        index.copies[position as usize] = copy_hash(&index.outlines, position);
    }
    let before = std::mem::take(&mut index.order);
    let mut order = Vec::with_capacity(before.len() + pending.added.len());
    let mut from = 0;
    let left = |order: &mut Vec<u32>, some: &[u32]| {
        if pending.removed.is_empty() {
            order.extend_from_slice(some);
        } else {
            order.extend(some.iter().filter(|position| !pending.removed.contains(position)));
        }
    };
    for (id, &position) in &pending.added {
        let upto =
            from + before[from..].partition_point(|&other| index.outlines.id(other) < id.as_str());
        left(&mut order, &before[from..upto]);
        order.push(position);
        from = upto;
    }
    left(&mut order, &before[from..]);
    index.order = order;
    before
}

/// Puts copies together again wherever a report came or went, or is judged now and was not.
pub(super) fn turn(
    index: &Index,
    pending: &Pending,
    order_before: &[u32],
    blocking: &Blocking,
    ruling: &Ruling,
) -> Turn {
    let outlines = &index.outlines;
    let mut rank = vec![0; outlines.len()];
    for (&position, place) in index.order.iter().zip(0..) {
        rank[position as usize] = place;
    }
    // Only the first in order of id has rank 0 and is there.
    let is_current = |position: u32| {
        let place = rank[position as usize] as usize;
        index.order.get(place) == Some(&position)
    };
    let is_gone = |position: &u32| pending.removed.contains(position);
    let judged_now = ruling.judged.iter().filter(|it| index.judged.binary_search(it).is_err());
    let judged_then = index.judged.iter().filter(|it| ruling.judged.binary_search(it).is_err());
    let stirred: Vec<u32> = (pending.added.values().chain(&pending.removed))
        .chain(judged_now)
        .chain(judged_then)
        .copied()
        .collect();
    let hashes: HashedMap<u64, ()> = stirred
        .iter()
        .map(|&position| (index.copies[position as usize], ()))
        .filter(|&(hash, ())| hash != 0)
        .collect();
    let copies = index.copies.par_iter().zip(0..index.copies.len() as u32);
    let copies = copies.filter(|(hash, _)| **hash != 0 && hashes.contains_key(hash));
    let mut affected: Vec<u32> = copies.map(|(_, position)| position).collect();
    affected.retain(|&position| is_current(position));
    affected.extend(stirred.iter().filter(|it| !is_gone(it)));
    affected.sort_unstable_by_key(|&position| rank[position as usize]);
    affected.dedup();

    let heads_before = index.heads.clone();
    let mut heads = heads_before.clone();
    let collapsed = collapse(outlines, blocking, &affected, &ruling.judged);
    let mut sizes: BTreeMap<u32, i64> = BTreeMap::new();
    let touched: Vec<u32> = affected.iter().chain(&pending.removed).copied().collect();
    for &position in &touched {
        let node = collapsed.node_of[position as usize];
        let head = if node == u32::MAX { NONE } else { collapsed.nodes.position(node) };
        heads[position as usize] = head;
        *sizes.entry(head).or_default() += 1;
        *sizes.entry(heads_before[position as usize]).or_default() -= 1;
    }
    let (mut gone, mut fresh, mut resized) = (Vec::new(), Vec::new(), Vec::new());
    for position in touched {
        let (was, is) =
            (heads_before[position as usize] == position, heads[position as usize] == position);
        match (was, is) {
            (true, false) => gone.push(position),
            (false, true) => fresh.push(position),
            (true, true) if sizes[&position] != 0 => resized.push(position),
            _ => {}
        }
    }
    let nodes = |order: &[u32], heads: &[u32]| -> Vec<u32> {
        order.par_iter().copied().filter(|&it| heads[it as usize] == it).collect()
    };
    let (nodes_before, nodes) = (nodes(order_before, &heads_before), nodes(&index.order, &heads));
    let by_position: Vec<u32> =
        (0..heads.len() as u32).filter(|&position| heads[position as usize] == position).collect();
    Turn { heads_before, nodes_before, heads, nodes, by_position, rank, gone, fresh, resized }
}
