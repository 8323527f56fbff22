//! Leads. A machine-coded mention points at something and is no incident by itself: it is attached
//! to the incident of its best match, if that match reaches the joining weight, and it has no say
//! in which reports make up the incident.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::block::{Nodes, Relation, meet};
use crate::cluster::Scale;
use crate::judge::Judged;
use crate::lens::Lens;

/// For each node that is a lead, its best match: see [`packed`]. Empty in a pool without leads.
pub(crate) struct BestMatches(Vec<AtomicU64>);

impl BestMatches {
    pub(crate) fn new(nodes: &Nodes<'_>) -> BestMatches {
        let any_lead = (0..nodes.len() as u32).any(|node| nodes.outline(node).is_lead());
        let n = if any_lead { nodes.len() } else { 0 };
        BestMatches((0..n).map(|_| AtomicU64::new(0)).collect())
    }

    /// Weighs a lead against another node and keeps the match if it is the best; from any thread.
    pub(crate) fn weigh(&self, lens: &Lens<'_>, scale: &Scale, lead: u32, other: u32) {
        let excess = scale.excess(lens.weight(lead, other));
        if excess >= scale.joins_at() {
            self.0[lead as usize].fetch_max(packed(excess, other), Ordering::Relaxed);
        }
    }
}

/// The node in whose group each lead belongs: its best match, if it has one; where people judged,
/// what they said.
pub(crate) fn attach(
    lens: &Lens<'_>,
    best: &BestMatches,
    judged: &Judged,
    group_of: &[u32],
) -> BTreeMap<u32, u32> {
    let mut homes = BTreeMap::new();
    for (node, best) in best.0.iter().enumerate() {
        if let Some(other) = unpacked(best.load(Ordering::Relaxed)) {
            homes.insert(node as u32, other);
        }
    }
    for (&lead, others) in &judged.lead_same {
        homes.insert(lead, others[0]);
    }
    // In order of id; of two leads that do not belong together the first chooses first.
    for (&lead, others) in &judged.lead_different {
        homes.remove(&lead);
        let settled = |other: u32| other < lead || judged.lead_same.contains_key(&other);
        let barred: Vec<u32> = (others.iter())
            .filter_map(|&other| {
                if !lens.nodes.outline(other).is_lead() {
                    Some(group_of[other as usize])
                } else if settled(other) {
                    homes.get(&other).map(|&home| group_of[home as usize])
                } else {
                    None
                }
            })
            .collect();
        if let Some(home) = best_home(lens, lead, &barred, group_of) {
            homes.insert(lead, home);
        }
    }
    homes
}

/// A lead's best match outside the barred groups, by looking at all nodes: only leads
/// that people judged come here.
fn best_home(lens: &Lens<'_>, lead: u32, barred: &[u32], group_of: &[u32]) -> Option<u32> {
    let nodes = lens.nodes;
    let scale = Scale::new(lens.model);
    let outline = nodes.outline(lead);
    let mut best = 0;
    for node in 0..nodes.len() as u32 {
        let other = nodes.outline(node);
        if barred.contains(&group_of[node as usize])
            || !matches!(
                meet(nodes.outlines, &nodes.blocking, outline, other),
                Ok((Relation::Lead, _))
            )
        {
            continue;
        }
        let excess = scale.excess(lens.weight(lead, node));
        if excess >= scale.joins_at() {
            best = best.max(packed(excess, node));
        }
    }
    unpacked(best)
}

/// A match of a lead as one number, so that the best of many threads is a maximum: the weight
/// first, then the smaller node. 0 stands for none.
fn packed(excess: i64, node: u32) -> u64 {
    ((excess.clamp(0, i64::from(u32::MAX) - 1) as u64 + 1) << 32) | u64::from(u32::MAX - node)
}

fn unpacked(best: u64) -> Option<u32> {
    (best != 0).then_some(u32::MAX - (best & u64::from(u32::MAX)) as u32)
}
