//! A pool ready to be compared: its nodes, what surrounds each, the company each keeps, and the
//! model by which it is all weighed. Linking looks through it in bulk, explanations pair by pair,
//! and both see the same.

use sheaf_model::Match;

use crate::block::crowd::Crowd;
use crate::block::{Nodes, Relation, for_each_pair};
use crate::company::{Company, LEAST_BITS, Spread};
use crate::compare::{Both, Bound, first_weight_within, reasons, weight};
use crate::model::Model;
use crate::surroundings::Surroundings;

/// What linking sees of a pool before anything is joined.
pub(crate) struct Lens<'a> {
    pub(crate) nodes: &'a Nodes<'a>,
    pub(crate) model: &'a Model,
    pub(crate) evidence: &'a Evidence,
}

/// What is known of the nodes beside their own facts.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) surroundings: Surroundings,
    pub(crate) company: Company,
}

/// What the first pass over all pairs gave.
pub(crate) struct Looked {
    /// Pairs of nodes that may be one incident, likely enough to be looked at again.
    pub(crate) pairs: Vec<(u32, u32)>,
    /// Pairs of a lead and a report.
    pub(crate) leads: Vec<(u32, u32)>,
    /// Pairs of an episode and another report.
    pub(crate) parts: Vec<(u32, u32)>,
    pub(crate) n_pairs: u64,
}

#[derive(Default)]
struct Found {
    pairs: Vec<(u32, u32, f32)>,
    leads: Vec<(u32, u32)>,
    parts: Vec<(u32, u32)>,
    n_pairs: u64,
}

/// Looks at every pair that meets, twice: to count crowds, and to weigh.
pub(crate) fn look(nodes: &Nodes<'_>, crowd: &Crowd, model: &Model) -> (Evidence, Looked) {
    let surroundings = Surroundings::of(nodes, crowd);
    let bound = Bound::new(model, LEAST_BITS);
    let found = for_each_pair(nodes, crowd, Found::default, |found, a, b, relation| {
        found.n_pairs += 1;
        if relation == Relation::Part {
            found.parts.push((a, b));
            return;
        }
        let both = first(nodes, &surroundings, a, b);
        let Some(bits) = first_weight_within(&both, model, &bound).filter(|it| *it >= LEAST_BITS)
        else {
            return;
        };
        match relation {
            Relation::Same => found.pairs.push((a, b, bits as f32)),
            _ => found.leads.push((a, b)),
        }
    });
    let mut looked = Looked { pairs: Vec::new(), leads: Vec::new(), parts: Vec::new(), n_pairs: 0 };
    let mut pairs = Vec::with_capacity(found.iter().map(|it| it.pairs.len()).sum());
    for found in found {
        pairs.extend(found.pairs);
        looked.leads.extend(found.leads);
        looked.parts.extend(found.parts);
        looked.n_pairs += found.n_pairs;
    }
    looked.pairs = pairs.iter().map(|&(a, b, _)| (a, b)).collect();
    let company = Company::of(nodes, pairs);
    (Evidence { surroundings, company }, looked)
}

impl<'a> Lens<'a> {
    /// Two nodes, with all that is known of them.
    pub(crate) fn both(&self, a: u32, b: u32) -> Both<'a> {
        let mut both = first(self.nodes, &self.evidence.surroundings, a, b);
        both.kept = Some(self.evidence.company.kept(a, b));
        both
    }

    /// What two nodes weigh.
    pub(crate) fn weight(&self, a: u32, b: u32) -> f64 {
        weight(&self.both(a, b), self.model)
    }

    /// The same where the first node's partners are spread out.
    pub(crate) fn weight_beside(&self, spread: &Spread, a: u32, b: u32) -> f64 {
        let mut both = first(self.nodes, &self.evidence.surroundings, a, b);
        both.kept = Some(self.evidence.company.kept_beside(spread, b));
        weight(&both, self.model)
    }

    /// The reasons of two nodes.
    pub(crate) fn reasons(&self, a: u32, b: u32) -> Match {
        reasons(&self.both(a, b), self.model)
    }
}

/// Two nodes in the first pass.
#[inline]
pub(crate) fn first<'a>(
    nodes: &Nodes<'a>,
    surroundings: &Surroundings,
    a: u32,
    b: u32,
) -> Both<'a> {
    let (left, right) = (nodes.position(a), nodes.position(b));
    Both {
        outlines: nodes.outlines,
        a: nodes.outlines.get(left),
        b: nodes.outlines.get(right),
        near: Some((surroundings.near(a), surroundings.near(b))),
        kept: None,
    }
}
