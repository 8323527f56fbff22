//! A part of a pool, with nodes numbered in the order of their ids. Everything that linking asks of
//! a pool's nodes can be asked of a part that holds all the partners of those asked about, and the
//! answers are the same to the last bit, since the order of nodes is.

use super::{Index, NONE};
use crate::block::{Blocking, Nodes};
use crate::company::Company;
use crate::lens::Evidence;
use crate::order::Collapsed;
use crate::surroundings::Surroundings;

/// Some nodes of an index.
pub(super) struct Part<'a> {
    pub(super) collapsed: Collapsed<'a>,
    pub(super) evidence: Evidence,
}

impl<'a> Part<'a> {
    /// The nodes `asked` about, their partners, and `others` of which only the facts are asked.
    /// `rank` is the place of each position in the order of ids.
    pub(super) fn new(
        index: &'a Index,
        heads: &[u32],
        rank: &[u32],
        blocking: &Blocking,
        asked: &[u32],
        others: &[u32],
    ) -> Part<'a> {
        let outlines = &index.outlines;
        let n = outlines.len();
        let mut wanted = vec![0u8; n];
        for &position in asked {
            wanted[position as usize] = 2;
            for &(partner, _) in index.company.of(position) {
                let wanted = &mut wanted[partner as usize];
                *wanted = (*wanted).max(1);
            }
        }
        for &position in others {
            let wanted = &mut wanted[position as usize];
            *wanted = (*wanted).max(1);
        }
        let mut positions: Vec<u32> =
            (0..n as u32).filter(|&position| wanted[position as usize] > 0).collect();
        positions.sort_unstable_by_key(|&position| rank[position as usize]);
        let mut node_of = vec![NONE; n];
        for (&position, node) in positions.iter().zip(0..) {
            node_of[position as usize] = node;
        }
        let mut sizes = vec![0; positions.len()];
        for &position in &index.order {
            let head = heads[position as usize];
            if head != NONE && node_of[head as usize] != NONE {
                sizes[node_of[head as usize] as usize] += 1;
            }
        }
        let mut starts = Vec::with_capacity(positions.len() + 1);
        let mut partners = Vec::new();
        starts.push(0);
        for &position in &positions {
            if wanted[position as usize] == 2 {
                let list = index.company.of(position).iter();
                partners.extend(list.map(|&(partner, p)| (node_of[partner as usize], p.abs())));
            }
            starts.push(partners.len() as u64);
        }
        let near = positions.iter().map(|&position| index.near[position as usize]).collect();
        let nodes = Nodes { outlines, blocking: *blocking, positions };
        let company = Company::known(&nodes, starts, partners);
        let evidence = Evidence { surroundings: Surroundings::known(near), company };
        Part { collapsed: Collapsed { nodes, sizes, node_of, n_collapsed: 0 }, evidence }
    }

    pub(super) fn node(&self, position: u32) -> u32 {
        self.collapsed.node_of[position as usize]
    }

    pub(super) fn position(&self, node: u32) -> u32 {
        self.collapsed.nodes.position(node)
    }
}
