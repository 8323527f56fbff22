//! The line through linking: reports in order of id, exact copies together, pairs that meet, the
//! first pass over them and the second, components of what weighs enough, average link inside each,
//! leads attached, incidents numbered.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sheaf_model::{Judgement, JudgementId};

use crate::block::crowd::{Capped, Crowd, Crowded};
use crate::block::{Blocking, Nodes, pairs_within};
use crate::cluster::{Component, Scale, Union, cluster, exclusive};
use crate::judge::{Conflict, Judged, Ruling, rule};
use crate::leads::{BestMatches, attach};
use crate::lens::{Evidence, Lens, Looked, look};
use crate::model::Model;
use crate::order::{Collapsed, by_id, collapse};
use crate::outline::Outlines;
use crate::parts::{Part, contains};

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
    /// What was seen of the pool, for explanations.
    pub(crate) seen: Seen,
}

/// What linking saw of the pool, by node.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Seen {
    /// Node → position.
    pub(crate) positions: Vec<u32>,
    /// Position → node; `u32::MAX` for an aggregate.
    pub(crate) node_of: Vec<u32>,
    /// Attached leads, each with the node, not a lead, to whose incident it goes.
    pub(crate) homes: BTreeMap<u32, u32>,
    pub(crate) evidence: Evidence,
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

    /// Whether two reports, by position, are in one incident.
    pub fn are_together(&self, a: u32, b: u32) -> bool {
        let (left, right) = (self.incident_of[a as usize], self.incident_of[b as usize]);
        left == right && left != Linkage::NONE
    }

    /// A linkage that was made and kept before. `group_of` gives every report a report of its
    /// incident, the same for all of them, or [`Linkage::NONE`]. Only the incidents and what follows
    /// from them come back: what was compared, left out, contained or contradicted is told when
    /// reports are linked, and is empty here.
    ///
    /// # Panics
    /// If `group_of` is not as long as `outlines`, or names a report that is not there.
    pub fn recalled(outlines: &Outlines, group_of: &[u32]) -> Linkage {
        assert_eq!(group_of.len(), outlines.len(), "each report has a group or none");
        Linkage::of_groups(outlines, group_of, &[], Ruling::default())
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
            n_undated: order.iter().filter(|&&at| !outlines.get(at).is_dated()).count() as u64,
            incident_of,
            starts,
            members,
            seen: Seen::default(),
        }
    }
}

/// Links all reports. The same reports, model and judgements give the same result in whatever order
/// they come and on however many threads (invariants 9 and 15).
///
/// ```
/// use sheaf_link::{Blocking, Model, Outlines, link};
/// let linkage = link(&Outlines::default(), &Model::shipped(), &Blocking::SHIPPED, &[]);
/// assert_eq!(linkage.n_incidents, 0);
/// ```
pub fn link(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    judgements: &[Judgement],
) -> Linkage {
    let order = by_id(outlines);
    let ruling = rule(outlines, judgements);
    link_in_order(outlines, model, blocking, &order, ruling).0
}

/// What linking found on its way, by node; what an index remembers beside [`Seen`].
pub(crate) struct Found {
    pub(crate) crowded: Crowded,
    /// Pairs of nodes, not leads, that reached the joining weight.
    pub(crate) links: Vec<(u32, u32)>,
    /// Pairs of a lead and a report that the second pass weighed.
    pub(crate) leads: Vec<(u32, u32)>,
    pub(crate) judged: Judged,
    /// For each node the smallest node of its group.
    pub(crate) group_of: Vec<u32>,
    /// Leads and the node each belongs to.
    pub(crate) homes: BTreeMap<u32, u32>,
}

/// Links the reports at these positions, given in the order of their ids.
pub(crate) fn link_in_order(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    order: &[u32],
    ruling: Ruling,
) -> (Linkage, Found) {
    let collapsed = collapse(outlines, blocking, order, &ruling.judged);
    let crowded = Crowded::of(&collapsed.nodes);
    let crowd = Crowd::of(&collapsed.nodes, &crowded);
    let (evidence, looked) = look(&collapsed.nodes, &crowd, model);
    let lens = Lens { nodes: &collapsed.nodes, model, evidence: &evidence };
    let pairs = look_again(&lens, looked);
    let judged = Judged::new(&ruling, &collapsed.nodes, &collapsed.node_of);
    let group_of = group(&collapsed, &lens, &pairs.links, &judged);
    let homes = attach(&lens, &pairs.best, &judged, &group_of);
    let mut linkage =
        number(outlines, order, &collapsed, &group_of, &homes, &pairs, ruling, crowd.capped());
    let Collapsed { nodes, node_of, .. } = collapsed;
    linkage.seen = Seen { positions: nodes.positions, node_of, homes: homes.clone(), evidence };
    let Pairs { links, leads, .. } = pairs;
    (linkage, Found { crowded, links, leads, judged, group_of, homes })
}

/// What looking at all pairs gave.
struct Pairs {
    /// Pairs of nodes, not leads, that reached the joining weight.
    links: Vec<(u32, u32)>,
    /// Pairs of a lead and a report.
    leads: Vec<(u32, u32)>,
    best: BestMatches,
    /// Nodes of episodes with nodes they contain.
    parts: Vec<(u32, u32)>,
    n_pairs: u64,
}

/// The second pass: pairs that are likely enough are weighed with the company they keep.
fn look_again(lens: &Lens<'_>, looked: Looked) -> Pairs {
    let nodes = lens.nodes;
    let scale = Scale::new(lens.model);
    let best = BestMatches::new(nodes);
    let joins = |&(a, b): &(u32, u32)| scale.excess(lens.weight(a, b)) >= scale.joins_at();
    let links = looked.pairs.into_par_iter().filter(joins).collect();
    looked.leads.par_iter().for_each(|&(a, b)| {
        let (lead, other) = if nodes.outline(a).is_lead() { (a, b) } else { (b, a) };
        best.weigh(lens, &scale, lead, other);
    });
    let parts = looked.parts.into_iter().map(|(a, b)| {
        let whole_first = nodes.outline(a).unit == sheaf_model::Unit::Episode;
        if whole_first { (a, b) } else { (b, a) }
    });
    let parts = parts
        .filter(|&(whole, part)| {
            contains(nodes.outlines, nodes.outline(whole), nodes.outline(part))
        })
        .collect();
    Pairs { links, leads: looked.leads, best, parts, n_pairs: looked.n_pairs }
}

/// For each node the smallest node of its group.
pub(crate) fn group(
    collapsed: &Collapsed<'_>,
    lens: &Lens<'_>,
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
        .map(|members| group_one(collapsed, lens, members, judged))
        .collect();
    for (node, smallest) in grouped.into_iter().flatten() {
        group_of[node as usize] = smallest;
    }
    group_of
}

/// For each node of a component the smallest node of its group.
fn group_one(
    collapsed: &Collapsed<'_>,
    lens: &Lens<'_>,
    members: &[(u32, u32)],
    judged: &Judged,
) -> Vec<(u32, u32)> {
    let all = &collapsed.nodes;
    let scale = Scale::new(lens.model);
    let positions = members.iter().map(|&(_, node)| all.positions[node as usize]).collect();
    let nodes = Nodes { outlines: all.outlines, blocking: all.blocking, positions };
    let global = |member: u32| members[member as usize].1;
    let excesses = pairs_within(&nodes, |a, b| {
        Some(scale.excess(lens.weight(global(a), global(b)))).filter(|&excess| excess > 0)
    });
    let local = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
        let at = |node: u32| members.binary_search_by_key(&node, |&(_, member)| member).ok();
        let pairs = pairs.iter().filter_map(|&(a, b)| Some((at(a)? as u32, at(b)? as u32)));
        pairs.collect()
    };
    let sizes: Vec<u32> = members.iter().map(|&(_, node)| collapsed.sizes[node as usize]).collect();
    let exclusive: Vec<u64> =
        (0..members.len() as u32).map(|node| exclusive(nodes.outline(node))).collect();
    let component = Component {
        sizes: &sizes,
        exclusive: &exclusive,
        excesses: &excesses,
        same: &local(&judged.same),
        different: &local(&judged.different),
    };
    (cluster(&component, &scale).into_iter().zip(0u32..))
        .map(|(smallest, member)| (global(member), global(smallest)))
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
    pairs: &Pairs,
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
            group = group_of[home as usize];
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
        n_undated: order.iter().filter(|&&at| !outlines.get(at).is_dated()).count() as u64,
        starts,
        members,
        seen: Seen::default(),
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
