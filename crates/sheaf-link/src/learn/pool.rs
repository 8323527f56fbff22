//! A labelled pool, or a stretch of one, with the levels of every pair that meets: what weights are
//! learnt from.

use crate::block::crowd::Crowd;
use crate::block::{Blocking, Nodes, Relation, for_each_pair};
use crate::cluster::{Component, Scale, cluster, exclusive};
use crate::company::{Company, LEAST_BITS};
use crate::compare::{FIRST_OF_SECOND_PASS, N_COMPARISONS, UNSAID, levels};
use crate::lens::first;
use crate::model::Model;
use crate::order::by_id;
use crate::outline::Outlines;
use crate::surroundings::Surroundings;

/// Reports with the events that somebody says they are about, by position; `None` where nobody
/// said.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// The reports.
    pub outlines: &'a Outlines,
    /// The event of each.
    pub event_of: &'a [Option<u32>],
}

/// Pairs of labelled reports that meet, and their levels.
pub(super) struct TrainingPool {
    outlines: Outlines,
    /// Node → position.
    positions: Vec<u32>,
    blocking: Blocking,
    event_of: Vec<Option<u32>>,
    pub(super) pairs: Vec<(u32, u32)>,
    pub(super) levels: Vec<[u8; N_COMPARISONS]>,
    pub(super) truth: Vec<bool>,
}

impl TrainingPool {
    /// From some of the labelled reports, taken as a pool of their own.
    pub(super) fn new(labelled: &Labelled<'_>, some: &[u32], blocking: &Blocking) -> TrainingPool {
        let outlines = labelled.outlines.only(some);
        let event_of: Vec<Option<u32>> =
            some.iter().map(|&position| labelled.event_of[position as usize]).collect();
        let mut positions = by_id(&outlines);
        positions.retain(|&position| {
            let outline = outlines.get(position);
            outline.stands_alone() && event_of[position as usize].is_some()
        });
        let mut pool = TrainingPool {
            outlines,
            positions,
            blocking: *blocking,
            event_of,
            pairs: Vec::new(),
            levels: Vec::new(),
            truth: Vec::new(),
        };
        let (pairs, levels) = {
            let nodes = pool.nodes();
            let crowd = Crowd::new(&nodes);
            let surroundings = Surroundings::of(&nodes, &crowd);
            let found = for_each_pair(&nodes, &crowd, Vec::new, |found, a, b, relation| {
                if relation == Relation::Same {
                    found.push(((a, b), levels(&first(&nodes, &surroundings, a, b))));
                }
            });
            let mut all: Vec<_> = found.into_iter().flatten().collect();
            all.sort_unstable_by_key(|&(pair, _)| pair);
            all.into_iter().unzip()
        };
        let pairs: Vec<(u32, u32)> = pairs;
        pool.truth = pairs.iter().map(|&(a, b)| pool.event(a) == pool.event(b)).collect();
        pool.pairs = pairs;
        pool.levels = levels;
        pool
    }

    fn nodes(&self) -> Nodes<'_> {
        Nodes {
            outlines: &self.outlines,
            blocking: self.blocking,
            positions: self.positions.clone(),
        }
    }

    /// The event of a node.
    pub(super) fn event(&self, node: u32) -> Option<u32> {
        self.event_of[self.positions[node as usize] as usize]
    }

    pub(super) fn n_reports(&self) -> usize {
        self.positions.len()
    }

    /// Fills in what third reports say, given the first pass's log-odds in bits.
    pub(super) fn keep_company(&mut self, first_bits: &[f64]) {
        let likely = self.pairs.iter().zip(first_bits).filter(|(_, bits)| **bits >= LEAST_BITS);
        let likely = likely.map(|(&(a, b), &bits)| (a, b, bits as f32)).collect();
        let company = Company::of(&self.nodes(), likely);
        for (&(a, b), levels) in self.pairs.iter().zip(&mut self.levels) {
            let kept = company.kept(a, b);
            levels[FIRST_OF_SECOND_PASS] = kept.share;
            levels[FIRST_OF_SECOND_PASS + 1] = kept.size;
            levels[FIRST_OF_SECOND_PASS + 2] = kept.rivals.unwrap_or(UNSAID);
        }
    }

    /// What a group may have only once of, for each node; 0 for none.
    pub(super) fn exclusive(&self) -> Vec<u64> {
        let nodes = self.nodes();
        (0..nodes.len() as u32).map(|node| exclusive(nodes.outline(node))).collect()
    }

    /// Groups the reports by these weights in bits; `model` steers. For each node its group.
    pub(super) fn group(&self, weights: &[f64], model: &Model) -> Vec<u32> {
        let scale = Scale::new(model);
        let excesses: Vec<(u32, u32, i64)> = (self.pairs.iter().zip(weights))
            .map(|(&(a, b), &bits)| (a, b, scale.excess(bits)))
            .filter(|&(.., excess)| excess > 0)
            .collect();
        let sizes = vec![1; self.positions.len()];
        let exclusive = self.exclusive();
        let component = Component {
            sizes: &sizes,
            exclusive: &exclusive,
            excesses: &excesses,
            same: &[],
            different: &[],
        };
        cluster(&component, &scale)
    }

    /// Pairs put together, there, and both.
    pub(super) fn agreement(&self, group_of: &[u32]) -> [u64; 3] {
        let events: Vec<u64> = (0..self.positions.len() as u32)
            .map(|node| u64::from(self.event(node).unwrap_or(u32::MAX)))
            .collect();
        let groups = group_of.iter().map(|&group| u64::from(group));
        let both = groups.clone().zip(&events).map(|(group, event)| (group << 32) | event);
        [n_pairs(groups.collect()), n_pairs(events.clone()), n_pairs(both.collect())]
    }
}

fn n_pairs(mut keys: Vec<u64>) -> u64 {
    keys.sort_unstable();
    keys.chunk_by(|a, b| a == b).map(|run| (run.len() * (run.len() - 1) / 2) as u64).sum()
}

/// Parts of the labelled reports by which weights, threshold and calibration are chosen without
/// seeing themselves: stretches of time within each campaign (reports of one country without a
/// longer pause), dealt out in turn, so that a stretch is unknown to the others as a new pool would
/// be.
pub(super) fn stretches(labelled: &Labelled<'_>, some: &[u32]) -> Vec<Vec<u32>> {
    let outlines = labelled.outlines;
    let mut dated: Vec<(u64, i32, u32)> = some
        .iter()
        .map(|&position| {
            let outline = outlines.get(position);
            let country = crate::block::country(outlines, outline);
            let country = country.map_or(0, |tag| outlines.names().hash(tag));
            (country, outline.first.saturating_add(outline.last), position)
        })
        .collect();
    dated.sort_unstable_by_key(|&(country, middle, position)| {
        (country, middle, outlines.id(position))
    });
    let mut parts = vec![Vec::new(); N_STRETCHES];
    let pause = |a: &(u64, i32, u32), b: &(u64, i32, u32)| {
        a.0 == b.0 && i64::from(b.1) - i64::from(a.1) <= 2 * PAUSE_DAYS
    };
    for (number, campaign) in dated.chunk_by(pause).enumerate() {
        let middles: Vec<i32> = campaign.iter().map(|it| it.1).collect();
        for &(_, middle, position) in campaign {
            // Reports of one day stay together.
            let rank = middles.partition_point(|&other| other < middle);
            let stretch = rank * N_STRETCHES / campaign.len();
            parts[(stretch + number) % N_STRETCHES].push(position);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

const N_STRETCHES: usize = 5;
/// A campaign ends where nothing is reported for longer than this.
const PAUSE_DAYS: i64 = 60;
