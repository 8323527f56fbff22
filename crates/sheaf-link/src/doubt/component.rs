//! Components of reports that may belong together, with what is believed of each: the calibrated
//! weights of its pairs, what is exclusive, what people judged.

use sheaf_model::Judgement;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::block::crowd::Crowd;
use crate::block::{Blocking, Nodes, Relation, for_each_pair, pairs_within};
use crate::cluster::{Scale, Union, exclusive};
use crate::company::LEAST_BITS;
use crate::compare::first_weight;
use crate::judge::{Judged, rule};
use crate::lens::{Lens, first};
use crate::link::Linkage;
use crate::model::Model;
use crate::outline::Outlines;
use crate::posterior::Beliefs;

/// Pairs at least this likely, 5 %, hold a component together: log₂(0.05 / 0.95).
const LIKELY_BITS: f64 = -4.247_927_513_443_585;

/// What a weight is worth as log-odds, in bits, within the floor and the ceiling.
pub(crate) fn worth_bits(weight: f64, model: &Model) -> f64 {
    model.calibration.log_odds_bits(weight).clamp(floor_bits(model), model.ceiling_bits)
}

/// What a pair that was never looked at is worth. The calibration is level below the last weight it
/// has seen, so it is not asked to speak for pairs that blocking kept apart.
pub(crate) fn floor_bits(model: &Model) -> f64 {
    model.calibration.log_odds_bits(model.floor_bits).min(model.floor_bits)
}

/// Whether a pair of this weight holds a component together.
pub(crate) fn is_likely(weight: f64, model: &Model, scale: &Scale) -> bool {
    scale.excess(weight) >= scale.joins_at() || worth_bits(weight, model) >= LIKELY_BITS
}

/// The sets of two and more numbers below `n` that pairs connect, each in order, by their smallest.
pub(crate) fn sets(n: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Vec<Vec<u32>> {
    let mut union = Union::new(n);
    pairs.for_each(|(a, b)| union.join(a, b));
    let roots: Vec<u32> = (0..n as u32).map(|number| union.root(number)).collect();
    let mut number_of = vec![u32::MAX; n];
    let mut sets: Vec<Vec<u32>> = Vec::new();
    for (number, &root) in (0u32..).zip(&roots) {
        if root == number {
            continue;
        }
        // The root is the smallest of its set, and gets a set when the second one comes.
        let at = &mut number_of[root as usize];
        if *at == u32::MAX {
            *at = sets.len() as u32;
            sets.push(vec![root]);
        }
        sets[*at as usize].push(number);
    }
    sets.sort_unstable_by_key(|set| set[0]);
    sets
}

/// A linkage seen as components.
pub(super) struct Doubtful<'a> {
    pub(super) nodes: Nodes<'a>,
    model: &'a Model,
    linkage: &'a Linkage,
    pub(super) judged: Judged,
    /// The nodes of each component, in order.
    pub(super) members: Vec<Vec<u32>>,
    /// What was judged of two nodes in one component, by its number.
    same: Vec<(u32, (u32, u32))>,
    different: Vec<(u32, (u32, u32))>,
}

/// One component, its members by number.
pub(super) struct Component<'a> {
    outlines: &'a Outlines,
    pub(super) positions: Vec<u32>,
    pub(super) weights: Vec<(u32, u32, f64)>,
    /// The incident of each member in the linkage.
    pub(super) start: Vec<u32>,
    must: Vec<(u32, u32)>,
    cannot: Vec<(u32, u32)>,
    exclusive: Vec<u64>,
}

impl<'a> Doubtful<'a> {
    pub(super) fn new(
        outlines: &'a Outlines,
        model: &'a Model,
        blocking: &Blocking,
        linkage: &'a Linkage,
        judgements: &[Judgement],
    ) -> Doubtful<'a> {
        let positions = linkage.seen.positions.clone();
        let nodes = Nodes { outlines, blocking: *blocking, positions };
        let ruling = rule(outlines, judgements);
        let judged = Judged::new(&ruling, &nodes, &linkage.seen.node_of);
        let likely = likely_pairs(&nodes, model, linkage);
        let members = sets(nodes.len(), likely.into_iter().chain(judged.same.iter().copied()));
        let mut component_of = vec![u32::MAX; nodes.len()];
        for (number, members) in (0u32..).zip(&members) {
            members.iter().for_each(|&node| component_of[node as usize] = number);
        }
        let by_component = |pairs: &[(u32, u32)]| {
            let of = |node: u32| component_of[node as usize];
            let inside = pairs.iter().filter(|&&(a, b)| of(a) == of(b) && of(a) != u32::MAX);
            let mut inside: Vec<_> = inside.map(|&(a, b)| (of(a), (a, b))).collect();
            inside.sort_unstable();
            inside
        };
        let (same, different) = (by_component(&judged.same), by_component(&judged.different));
        Doubtful { nodes, model, linkage, judged, members, same, different }
    }

    pub(super) fn n_components(&self) -> usize {
        self.members.len()
    }

    /// How many incidents are made of one report for certain.
    pub(super) fn n_alone(&self) -> u64 {
        let is_lead = |node: &u32| self.nodes.outline(*node).is_lead();
        let n_leads = (0..self.nodes.len() as u32).filter(is_lead).count();
        let n_members: usize = self.members.iter().map(Vec::len).sum();
        (self.nodes.len() - n_leads - n_members) as u64
    }

    pub(super) fn component(&self, number: usize) -> Component<'a> {
        let members = &self.members[number];
        let outlines = self.nodes.outlines;
        let lens =
            Lens { nodes: &self.nodes, model: self.model, evidence: &self.linkage.seen.evidence };
        let positions: Vec<u32> = members.iter().map(|&node| self.nodes.position(node)).collect();
        let nodes = Nodes { outlines, blocking: self.nodes.blocking, positions };
        let node = |member: u32| members[member as usize];
        let weights = pairs_within(&nodes, |a, b| {
            Some(worth_bits(lens.weight(node(a), node(b)), self.model) + self.model.lean_bits)
        });
        let of = |judged: &[(u32, (u32, u32))]| -> Vec<(u32, u32)> {
            let from = judged.partition_point(|&(at, _)| at < number as u32);
            let to = judged.partition_point(|&(at, _)| at <= number as u32);
            let member = |node: u32| members.partition_point(|&other| other < node) as u32;
            judged[from..to].iter().map(|&(_, (a, b))| (member(a), member(b))).collect()
        };
        Component {
            outlines,
            weights,
            start: (nodes.positions.iter())
                .map(|&position| self.linkage.incident_of[position as usize])
                .collect(),
            must: of(&self.same),
            cannot: of(&self.different),
            exclusive: (0..members.len() as u32).map(|it| exclusive(nodes.outline(it))).collect(),
            positions: nodes.positions,
        }
    }

    /// What people said of two reports, by position: 1 for the same, 0 for different.
    pub(super) fn judged_pairs(&self) -> Vec<(u32, u32, f64)> {
        let at = |pairs: &[(u32, u32)], probability: f64| {
            let positions = pairs.iter().map(|&(a, b)| {
                let (a, b) = (self.nodes.position(a), self.nodes.position(b));
                (a.min(b), a.max(b), probability)
            });
            positions.collect::<Vec<_>>()
        };
        let mut all = at(&self.judged.same, 1.0);
        all.extend(at(&self.judged.different, 0.0));
        all
    }
}

impl Component<'_> {
    pub(super) fn beliefs(&self, model: &Model) -> Beliefs<'_> {
        Beliefs {
            n: self.positions.len(),
            weights: &self.weights,
            floor_bits: floor_bits(model),
            temper: model.temper,
            must: &self.must,
            cannot: &self.cannot,
            exclusive: &self.exclusive,
        }
    }

    /// The component's own seed.
    pub(super) fn seed(&self, seed: u64) -> u64 {
        xxh3_64_with_seed(self.outlines.id(self.positions[0]).as_bytes(), seed)
    }
}

/// Pairs of nodes that hold components together, in no particular order.
fn likely_pairs(nodes: &Nodes<'_>, model: &Model, linkage: &Linkage) -> Vec<(u32, u32)> {
    let evidence = &linkage.seen.evidence;
    let lens = Lens { nodes, model, evidence };
    let scale = Scale::new(model);
    let crowd = Crowd::new(nodes);
    let found = for_each_pair(nodes, &crowd, Vec::new, |found, a, b, relation| {
        if relation != Relation::Same {
            return;
        }
        // As when linking: what the first pass all but rules out is not weighed again.
        let bits = first_weight(&first(nodes, &evidence.surroundings, a, b), model);
        if bits >= LEAST_BITS && is_likely(lens.weight(a, b), model, &scale) {
            found.push((a, b));
        }
    });
    found.into_iter().flatten().collect()
}
