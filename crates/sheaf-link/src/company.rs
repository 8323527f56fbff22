//! The company that reports keep. A first pass weighs every pair by itself; then each pair is asked
//! again what third reports say of it. If most of what fits one report fits the other too, the two
//! are likelier one incident; if the same document has another report that fits better, less so.
//!
//! With p(i,k) the first pass's probability, the *shared* company of i and j is the sum over third
//! reports k of min(p(i,k), p(j,k)), and its *share* that sum over the sum of max(p(i,k), p(j,k)), a
//! weighted Jaccard index. *Rivals* of i–j are the other reports of j's document for i, and of i's
//! for j: their odds together against those of i–j, the worse of the two sides.

use rayon::prelude::*;

use crate::block::Nodes;

/// What third reports say of a pair, as levels of the comparisons, and the shared company itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Kept {
    pub(crate) share: u8,
    pub(crate) size: u8,
    pub(crate) rivals: Option<u8>,
    pub(crate) shared: f64,
}

/// Pairs less likely than this (1 in 50) keep no company.
pub(crate) const LEAST_BITS: f64 = -5.614_709_844_115_208;

const SHARES: [f64; 8] = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.8];
const SIZES: [f64; 6] = [0.1, 0.3, 0.7, 1.5, 3.0, 6.0];
/// Natural logarithms of odds.
const RIVALS: [f64; 7] = [-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0];

/// For each node its likely partners, in order of node, with the first pass's probability.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Company {
    starts: Vec<u64>,
    partners: Vec<(u32, f32)>,
    /// The sum of each node's probabilities.
    sums: Vec<f64>,
    /// The document of each node, 0 for none.
    documents: Vec<u64>,
}

/// One node's partners spread out over all nodes: a probability for each, mostly 0.
pub(crate) struct Spread {
    node: u32,
    probabilities: Vec<f32>,
}

impl Spread {
    /// Of a node without partners, until [`Spread::turn_to`].
    pub(crate) fn new(company: &Company) -> Spread {
        Spread { node: 0, probabilities: vec![0.0; company.sums.len()] }
    }

    fn set(&mut self, company: &Company, factor: f32) {
        for &(partner, p) in company.partners(self.node) {
            self.probabilities[partner as usize] = p * factor;
        }
    }

    /// Spreads out another node's partners.
    pub(crate) fn turn_to(&mut self, company: &Company, node: u32) {
        if !company.sums.is_empty() {
            self.set(company, 0.0);
            self.node = node;
            self.set(company, 1.0);
        }
    }
}

impl Company {
    /// From pairs of nodes with their first weight in bits; each pair once, in any order.
    pub(crate) fn of(nodes: &Nodes<'_>, mut pairs: Vec<(u32, u32, f32)>) -> Company {
        let n = nodes.len();
        let mut starts = vec![0u64; n + 1];
        for &(a, b, _) in &pairs {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        for at in 0..n {
            starts[at + 1] += starts[at];
        }
        let mut partners = vec![(0u32, 0f32); starts[n] as usize];
        let mut next = starts.clone();
        pairs.par_sort_unstable_by_key(|&(a, b, _)| (a, b));
        for &(a, b, bits) in &pairs {
            let probability = probability(bits);
            for (here, there) in [(a, b), (b, a)] {
                let at = &mut next[here as usize];
                partners[*at as usize] = (there, probability);
                *at += 1;
            }
        }
        drop(pairs);
        let mut company = Company { starts, partners, sums: Vec::new(), documents: Vec::new() };
        // Lists of partners come out in order but for those smaller than the node itself, which
        // came as the second of their pairs.
        for node in 0..n {
            let range = company.starts[node] as usize..company.starts[node + 1] as usize;
            company.partners[range].sort_unstable_by_key(|&(partner, _)| partner);
        }
        company.sums = (0..n as u32).map(|node| company.sum(node)).collect();
        company.documents = (0..n as u32).map(|node| nodes.outline(node).document).collect();
        company
    }

    /// From each node's partners in order of node. Nodes that are only partners of others may be
    /// left with none; then nothing may be asked about them.
    pub(crate) fn known(nodes: &Nodes<'_>, starts: Vec<u64>, partners: Vec<(u32, f32)>) -> Company {
        let documents = (0..nodes.len() as u32).map(|node| nodes.outline(node).document).collect();
        let mut company = Company { starts, partners, sums: Vec::new(), documents };
        company.sums = (0..nodes.len() as u32).map(|node| company.sum(node)).collect();
        company
    }

    fn sum(&self, node: u32) -> f64 {
        self.partners(node).iter().map(|&(_, p)| f64::from(p)).sum()
    }

    pub(crate) fn partners(&self, node: u32) -> &[(u32, f32)] {
        let node = node as usize;
        &self.partners[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// What third reports say of two nodes.
    pub(crate) fn kept(&self, a: u32, b: u32) -> Kept {
        let (left, right) = (self.partners(a), self.partners(b));
        let own = left
            .binary_search_by_key(&b, |&(partner, _)| partner)
            .map_or(0.0, |at| f64::from(left[at].1));
        let mut shared = 0.0;
        let (mut i, mut j) = (0, 0);
        while i < left.len() && j < right.len() {
            // Without a branch, since which side is smaller is anyone's guess. Adding nothing
            // leaves a sum as it is to the last bit.
            let ((a, p), (b, q)) = (left[i], right[j]);
            shared += if a == b { f64::from(p.min(q)) } else { 0.0 };
            i += usize::from(a <= b);
            j += usize::from(b <= a);
        }
        self.kept_of(a, b, own, shared)
    }

    /// The same where the first node's partners are spread out: much faster for many second ones.
    pub(crate) fn kept_beside(&self, spread: &Spread, b: u32) -> Kept {
        let p = |node: u32| spread.probabilities[node as usize];
        let right = self.partners(b).iter();
        // Not `sum`, which begins with -0.
        let shared = right.fold(0.0, |sum, &(partner, q)| sum + f64::from(p(partner).min(q)));
        self.kept_of(spread.node, b, f64::from(p(b)), shared)
    }

    fn kept_of(&self, a: u32, b: u32, own: f64, shared: f64) -> Kept {
        // Added in order of node on both sides, so that the two sides can be exchanged.
        let (sum_a, sum_b) = (self.sums[a.min(b) as usize], self.sums[a.max(b) as usize]);
        let any = (sum_a + sum_b - 2.0 * own - shared).max(0.0);
        let share = if any < 0.3 { 0 } else { 1 + digit(shared / (any + 0.25), &SHARES) };
        let (size, rivals) = (digit(shared, &SIZES), self.rivals(a, b, own));
        Kept { share, size, rivals, shared }
    }

    fn rivals(&self, a: u32, b: u32, own: f64) -> Option<u8> {
        let (of_a, of_b) = (self.documents[a as usize], self.documents[b as usize]);
        if of_a == 0 || of_b == 0 {
            return None;
        }
        let odds = |p: f64| p / (1.0 - p).max(1e-6);
        let own = odds(own).max(1e-3);
        let rival = |node: u32, partner: u32, document: u64| {
            let others = self.partners(node).iter().filter(|&&(other, _)| {
                other != partner && self.documents[other as usize] == document
            });
            let sum: f64 = others.map(|&(_, p)| odds(f64::from(p))).sum();
            ((sum + 1e-3) / own).ln()
        };
        Some(digit(rival(a, b, of_b).max(rival(b, a, of_a)), &RIVALS))
    }
}

/// The first pass's probability from its bits.
pub(crate) fn probability(bits: f32) -> f32 {
    1.0 / (1.0 + (-bits).exp2())
}

fn digit(value: f64, cuts: &[f64]) -> u8 {
    cuts.iter().filter(|&&cut| value >= cut).count() as u8
}
