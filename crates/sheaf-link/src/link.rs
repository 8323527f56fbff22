//! The line through linking: reports in order of id, exact copies together, pairs that meet, pairs
//! that weigh enough, components of these, average link inside each, leads attached, incidents
//! numbered.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sheaf_model::{Judgement, JudgementId};

use crate::block::crowd::{Capped, Crowd};
use crate::block::{Blocking, Nodes, Relation, for_each_pair, meet};
use crate::cluster::{Component, Scale, Union, cluster};
use crate::compare::weight;
use crate::judge::{Conflict, Judged, Ruling, rule};
use crate::leads::{BestMatches, attach};
use crate::order::{Collapsed, by_id, collapse};
use crate::outline::Outlines;
use crate::parts::{Part, contains};
use crate::weights::Weights;

/// Which reports are about the same incident.
#[derive(Clone, PartialEq, Debug)]
pub struct Linkage {
    /// For each report, by position, the number of its incident; [`Linkage::NONE`] for an
    /// aggregate and for a lead that was not attached to any. Incidents are numbered from 0 in the
    /// order of their smallest report id.
    pub incident_of: Vec<u32>,
    /// How many incidents.
    pub n_incidents: u32,
    /// Leads that were attached to an incident, in order of id.
    pub attached_leads: Vec<u32>,
    /// Episodes and the incidents they contain, in order.
    pub parts: Vec<Part>,
    /// Judgements that contradict others and were not applied.
    pub conflicts: Vec<Conflict>,
    /// Standing judgements that name a report which is not among those linked.
    pub unknown_judgements: Vec<JudgementId>,
    /// What was left out because there was too much of it. Empty when nothing was.
    pub capped: Vec<Capped>,
    /// Pairs that were compared.
    pub n_candidate_pairs: u64,
    /// Pairs among them that reached the joining weight.
    pub n_linked_pairs: u64,
    /// Reports that are exact copies of another and went where it went.
    pub n_copies: u64,
    /// Reports without any day, which meet no other.
    pub n_undated: u64,
    /// All reports by incident: where each incident starts in `members`, and one more.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Linkage {
    /// The number of no incident.
    pub const NONE: u32 = u32::MAX;

    /// The reports of an incident, in order of id.
    ///
    /// # Panics
    /// If `incident` is not below [`Linkage::n_incidents`].
    pub fn members(&self, incident: u32) -> &[u32] {
        let incident = incident as usize;
        &self.members[self.starts[incident] as usize..self.starts[incident + 1] as usize]
    }

    /// The linkage that another method of grouping arrived at. `group_of` gives every report a
    /// report of its group, the same for all of them, or [`Linkage::NONE`]; `parts` are reports of
    /// episodes with reports that lie in them.
    pub(crate) fn of_groups(
        outlines: &Outlines,
        group_of: &[u32],
        parts: &[(u32, u32)],
        ruling: Ruling,
    ) -> Linkage {
        let order = by_id(outlines);
        let mut number_of = vec![Linkage::NONE; outlines.len()];
        let mut incident_of = vec![Linkage::NONE; outlines.len()];
        let mut n_incidents = 0;
        for &position in &order {
            let group = group_of[position as usize];
            if group == Linkage::NONE {
                continue;
            }
            let number = &mut number_of[group as usize];
            if *number == Linkage::NONE {
                *number = n_incidents;
                n_incidents += 1;
            }
            incident_of[position as usize] = *number;
        }
        let number = |position: u32| incident_of[position as usize];
        let mut parts: Vec<Part> = (parts.iter())
            .map(|&(whole, part)| Part { whole: number(whole), part: number(part) })
            .filter(|it| it.whole != it.part)
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let (starts, members) = by_incident(&order, &incident_of, n_incidents);
        let is_attached = |&&position: &&u32| {
            outlines.get(position).is_lead() && incident_of[position as usize] != Linkage::NONE
        };
        Linkage {
            attached_leads: order.iter().filter(is_attached).copied().collect(),
            n_incidents,
            parts,
            conflicts: ruling.conflicts,
            unknown_judgements: ruling.unknown,
            capped: Vec::new(),
            n_candidate_pairs: 0,
            n_linked_pairs: 0,
            n_copies: 0,
            n_undated: outlines.all().iter().filter(|outline| !outline.is_dated()).count() as u64,
            incident_of,
            starts,
            members,
        }
    }
}

/// Links all reports. The same reports, weights and judgements give the same result in whatever
/// order they come and on however many threads (invariants 9 and 15).
///
/// ```
/// use sheaf_link::{Blocking, Outlines, Weights, link};
/// let linkage = link(&Outlines::default(), &Weights::shipped(), &Blocking::SHIPPED, &[]);
/// assert_eq!(linkage.n_incidents, 0);
/// ```
pub fn link(
    outlines: &Outlines,
    weights: &Weights,
    blocking: &Blocking,
    judgements: &[Judgement],
) -> Linkage {
    let order = by_id(outlines);
    let ruling = rule(outlines, judgements);
    let collapsed = collapse(outlines, weights, blocking, &order, &ruling.judged);
    let crowd = Crowd::new(&collapsed.nodes);
    let pairs = look(&collapsed.nodes, &crowd, weights);
    let judged = Judged::new(&ruling, &collapsed);
    let group_of = group(&collapsed, weights, &pairs.links, &judged);
    let homes = attach(&collapsed, weights, &pairs.best, &judged, &group_of);
    number(outlines, &order, &collapsed, &group_of, &homes, pairs, ruling, crowd.capped())
}

/// What looking at all pairs gave.
struct Pairs {
    /// Pairs of nodes, not leads, that reached the joining weight.
    links: Vec<(u32, u32)>,
    best: BestMatches,
    /// Nodes of episodes with nodes they contain.
    parts: Vec<(u32, u32)>,
    n_pairs: u64,
}

#[derive(Default)]
struct Found {
    links: Vec<(u32, u32)>,
    parts: Vec<(u32, u32)>,
    n_pairs: u64,
}

fn look(nodes: &Nodes<'_>, crowd: &Crowd, weights: &Weights) -> Pairs {
    let outlines = nodes.outlines;
    let scale = Scale::new(weights);
    let best = BestMatches::new(nodes);
    let found = for_each_pair(nodes, crowd, Found::default, |found, a, b, relation| {
        let (left, right) = (nodes.outline(a), nodes.outline(b));
        found.n_pairs += 1;
        match relation {
            Relation::Same => {
                let excess = scale.excess(weight(outlines, weights, left, right));
                if excess >= scale.joins_at() {
                    found.links.push((a, b));
                }
            }
            Relation::Lead => {
                let excess = scale.excess(weight(outlines, weights, left, right));
                if excess >= scale.joins_at() {
                    let (lead, other) = if left.is_lead() { (a, b) } else { (b, a) };
                    best.offer(lead, other, excess);
                }
            }
            Relation::Part => {
                let whole_first = left.unit == sheaf_model::Unit::Episode;
                let (whole, part) = if whole_first { (a, b) } else { (b, a) };
                if contains(outlines, nodes.outline(whole), nodes.outline(part)) {
                    found.parts.push((whole, part));
                }
            }
        }
    });
    let mut pairs = Pairs { links: Vec::new(), best, parts: Vec::new(), n_pairs: 0 };
    for found in found {
        pairs.links.extend(found.links);
        pairs.parts.extend(found.parts);
        pairs.n_pairs += found.n_pairs;
    }
    pairs
}

/// In a component of at most this many nodes every pair is looked at; in larger ones blocking is
/// asked again which pairs are worth it.
const SMALL: usize = 1_000;

/// For each node the smallest node of its group.
fn group(
    collapsed: &Collapsed<'_>,
    weights: &Weights,
    links: &[(u32, u32)],
    judged: &Judged,
) -> Vec<u32> {
    let n = collapsed.nodes.len();
    let mut union = Union::new(n);
    for &(a, b) in links.iter().chain(&judged.same) {
        union.join(a, b);
    }
    let mut by_root: Vec<(u32, u32)> = Vec::new();
    let mut group_of: Vec<u32> = (0..n as u32).map(|node| union.root(node)).collect();
    let mut linked = vec![false; n];
    for (node, &root) in group_of.iter().enumerate() {
        linked[root as usize] |= root != node as u32;
    }
    for (node, &root) in group_of.iter().enumerate() {
        if linked[root as usize] {
            by_root.push((root, node as u32));
        }
    }
    by_root.par_sort_unstable();
    let components: Vec<&[(u32, u32)]> = by_root.chunk_by(|a, b| a.0 == b.0).collect();
    let grouped: Vec<Vec<(u32, u32)>> = (components.par_iter())
        .map(|members| group_one(collapsed, weights, members, judged))
        .collect();
    for (node, smallest) in grouped.into_iter().flatten() {
        group_of[node as usize] = smallest;
    }
    group_of
}

/// For each node of a component the smallest node of its group.
fn group_one(
    collapsed: &Collapsed<'_>,
    weights: &Weights,
    members: &[(u32, u32)],
    judged: &Judged,
) -> Vec<(u32, u32)> {
    let all = &collapsed.nodes;
    let scale = Scale::new(weights);
    let positions = members.iter().map(|&(_, node)| all.positions[node as usize]).collect();
    let nodes = Nodes { outlines: all.outlines, blocking: all.blocking, positions };
    let excess = |a: u32, b: u32| {
        scale.excess(weight(all.outlines, weights, nodes.outline(a), nodes.outline(b)))
    };
    let mut excesses = Vec::new();
    if members.len() <= SMALL {
        // In order of first day, those that can meet a report follow it closely.
        let mut by_day: Vec<u32> = (0..members.len() as u32).collect();
        by_day.sort_unstable_by_key(|&node| (nodes.outline(node).first, node));
        for (at, &a) in by_day.iter().enumerate() {
            let latest = nodes.outline(a).last.saturating_add(all.blocking.gap_days);
            let followers = by_day[at + 1..].iter().copied();
            for b in followers.take_while(|&b| nodes.outline(b).first <= latest) {
                let met = meet(all.outlines, &all.blocking, nodes.outline(a), nodes.outline(b));
                if let Ok((Relation::Same, _)) = met {
                    excesses.push((a.min(b), a.max(b), excess(a, b)));
                }
            }
        }
        excesses.retain(|&(.., excess)| excess > 0);
    } else {
        let crowd = Crowd::new(&nodes);
        let found = for_each_pair(&nodes, &crowd, Vec::new, |found, a, b, relation| {
            if relation == Relation::Same {
                let excess = excess(a, b);
                if excess > 0 {
                    found.push((a, b, excess));
                }
            }
        });
        excesses.extend(found.into_iter().flatten());
    }
    let local = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
        let at = |node: u32| members.binary_search_by_key(&node, |&(_, member)| member).ok();
        let pairs = pairs.iter().filter_map(|&(a, b)| Some((at(a)? as u32, at(b)? as u32)));
        pairs.collect()
    };
    let sizes: Vec<u32> = members.iter().map(|&(_, node)| collapsed.sizes[node as usize]).collect();
    let curated: Vec<Option<u16>> = (0..members.len() as u32)
        .map(|node| Some(nodes.outline(node)).filter(|it| it.is_curated()).map(|it| it.source))
        .collect();
    let component = Component {
        sizes: &sizes,
        curated: &curated,
        excesses: &excesses,
        same: &local(&judged.same),
        different: &local(&judged.different),
    };
    let node = |member: u32| members[member as usize].1;
    (cluster(&component, &scale).into_iter().zip(0u32..))
        .map(|(smallest, member)| (node(member), node(smallest)))
        .collect()
}

/// Numbers the groups in the order of their smallest report id, leads included.
#[allow(clippy::too_many_arguments)]
fn number(
    outlines: &Outlines,
    order: &[u32],
    collapsed: &Collapsed<'_>,
    group_of: &[u32],
    homes: &BTreeMap<u32, u32>,
    pairs: Pairs,
    ruling: Ruling,
    capped: Vec<Capped>,
) -> Linkage {
    let mut number_of = vec![Linkage::NONE; collapsed.nodes.len()];
    let mut incident_of = vec![Linkage::NONE; outlines.len()];
    let mut n_incidents = 0;
    let mut attached_leads = Vec::new();
    for &position in order {
        let node = collapsed.node_of[position as usize];
        if node == u32::MAX {
            continue;
        }
        let mut group = group_of[node as usize];
        if outlines.get(position).is_lead() {
            let Some(&home) = homes.get(&node) else { continue };
            attached_leads.push(position);
            group = home;
        }
        let number = &mut number_of[group as usize];
        if *number == Linkage::NONE {
            *number = n_incidents;
            n_incidents += 1;
        }
        incident_of[position as usize] = *number;
    }
    let mut parts: Vec<Part> = (pairs.parts.iter())
        .map(|&(whole, part)| {
            let number = |node: u32| number_of[group_of[node as usize] as usize];
            Part { whole: number(whole), part: number(part) }
        })
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let (starts, members) = by_incident(order, &incident_of, n_incidents);
    Linkage {
        incident_of,
        n_incidents,
        attached_leads,
        parts,
        conflicts: ruling.conflicts,
        unknown_judgements: ruling.unknown,
        capped,
        n_candidate_pairs: pairs.n_pairs,
        n_linked_pairs: pairs.links.len() as u64,
        n_copies: collapsed.n_collapsed,
        n_undated: outlines.all().iter().filter(|outline| !outline.is_dated()).count() as u64,
        starts,
        members,
    }
}

/// The reports of each incident, in order of id.
fn by_incident(order: &[u32], incident_of: &[u32], n_incidents: u32) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0; n_incidents as usize + 1];
    for &incident in incident_of.iter().filter(|&&incident| incident != Linkage::NONE) {
        starts[incident as usize + 1] += 1;
    }
    for incident in 0..n_incidents as usize {
        starts[incident + 1] += starts[incident];
    }
    let mut next = starts.clone();
    let mut members = vec![0; starts[n_incidents as usize] as usize];
    for &position in order {
        let incident = incident_of[position as usize];
        if incident != Linkage::NONE {
            let at = &mut next[incident as usize];
            members[*at as usize] = position;
            *at += 1;
        }
    }
    (starts, members)
}
