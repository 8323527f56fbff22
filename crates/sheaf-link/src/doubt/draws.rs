//! Whole linkages, drawn by their probability.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sheaf_model::Judgement;

use super::component::Doubtful;
use super::{Resample, sampling};
use crate::block::Blocking;
use crate::link::Linkage;
use crate::model::Model;
use crate::order::by_id;
use crate::outline::Outlines;
use crate::posterior::sample;

/// Linkages drawn by their probability. Kept are the partitions of components with any doubt, four
/// bytes for each of their reports and draw; each linkage is put together when it is asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Draws {
    n: u32,
    /// Positions in the order of report ids, and the node of each; `u32::MAX` for an aggregate.
    reports: Vec<(u32, u32)>,
    n_nodes: usize,
    parts: Vec<Drawn>,
    /// For each node that is an attached lead: where it goes.
    leads: BTreeMap<u32, Lead>,
    is_lead: Vec<bool>,
}

/// What was drawn of one component.
#[derive(Clone, PartialEq, Debug)]
struct Drawn {
    members: Vec<u32>,
    /// Draw after draw, for each member the smallest of its cluster, by number.
    labels: Vec<u32>,
}

#[derive(Clone, PartialEq, Debug)]
struct Lead {
    home: u32,
    /// Nodes it was judged not to belong with: reports, and the homes of leads that go first.
    barred: Vec<u32>,
}

/// Draws linkages of the reports; the arguments are those of [`how_sure`](super::how_sure), and so
/// is the time it takes.
///
/// ```
/// use sheaf_link::{Blocking, Model, Outlines, Resample, draws, link};
/// let (outlines, model, blocking) = (Outlines::default(), Model::shipped(), Blocking::SHIPPED);
/// let linkage = link(&outlines, &model, &blocking, &[]);
/// let resample = Resample { n_draws: 20, seed: 1 };
/// let drawn = draws(&outlines, &model, &blocking, &linkage, &[], resample);
/// assert_eq!(drawn.iter().count(), 20);
/// ```
pub fn draws(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
    judgements: &[Judgement],
    resample: Resample,
) -> Draws {
    let doubtful = Doubtful::new(outlines, model, blocking, linkage, judgements);
    let parts = (0..doubtful.n_components())
        .into_par_iter()
        .map(|number| {
            let component = doubtful.component(number);
            let how = sampling(component.weights.len(), resample, component.seed(resample.seed));
            let drawn = sample(&component.beliefs(model), &component.start, &how);
            Drawn { members: doubtful.members[number].clone(), labels: drawn.labels.concat() }
        })
        .collect();
    let seen = &linkage.seen;
    let different = &doubtful.judged.lead_different;
    let lead = |(&node, &home): (&u32, &u32)| {
        let others = different.get(&node).into_iter().flatten().filter_map(|&other| {
            if !doubtful.nodes.outline(other).is_lead() {
                return Some(other);
            }
            let goes_first = other < node || !different.contains_key(&other);
            seen.homes.get(&other).copied().filter(|_| goes_first)
        });
        (node, Lead { home, barred: others.collect() })
    };
    let order = by_id(outlines).into_iter();
    let n_nodes = doubtful.nodes.len();
    Draws {
        n: resample.n_draws.max(1),
        reports: order.map(|position| (position, seen.node_of[position as usize])).collect(),
        n_nodes,
        parts,
        leads: seen.homes.iter().map(lead).collect(),
        is_lead: (0..n_nodes as u32).map(|node| doubtful.nodes.outline(node).is_lead()).collect(),
    }
}

impl Draws {
    /// How many linkages; at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u32 {
        self.n
    }

    /// For each report, by position, the number of its incident, as
    /// [`Linkage::incident_of`] has it: numbered from 0 in the order of the smallest report id, and
    /// [`Linkage::NONE`] for an aggregate and for a lead without a home. A lead is also without one
    /// where its home was drawn together with what people judged the lead not to belong with.
    ///
    /// # Panics
    /// If `draw` is not below [`Draws::len`].
    pub fn incident_of(&self, draw: u32) -> Vec<u32> {
        assert!(draw < self.n, "draw {draw} of {}: they are counted from 0", self.n);
        let mut group_of: Vec<u32> = (0..self.n_nodes as u32).collect();
        for part in &self.parts {
            let n = part.members.len();
            let labels = &part.labels[draw as usize * n..][..n];
            for (&node, &label) in part.members.iter().zip(labels) {
                group_of[node as usize] = part.members[label as usize];
            }
        }
        let mut number_of = vec![Linkage::NONE; self.n_nodes];
        let mut incident_of = vec![Linkage::NONE; self.reports.len()];
        let mut n_incidents = 0;
        for &(position, node) in self.reports.iter().filter(|&&(_, node)| node != u32::MAX) {
            let mut group = group_of[node as usize];
            if self.is_lead[node as usize] {
                let Some(lead) = self.leads.get(&node) else { continue };
                group = group_of[lead.home as usize];
                if lead.barred.iter().any(|&other| group_of[other as usize] == group) {
                    continue;
                }
            }
            let number = &mut number_of[group as usize];
            if *number == Linkage::NONE {
                *number = n_incidents;
                n_incidents += 1;
            }
            incident_of[position as usize] = *number;
        }
        incident_of
    }

    /// All of them, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Vec<u32>> + '_ {
        (0..self.n).map(|draw| self.incident_of(draw))
    }
}
