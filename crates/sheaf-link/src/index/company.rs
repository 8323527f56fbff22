//! The company of nodes, brought up to date: pairs that weigh anew in the first pass, the lists of
//! partners that change by it, and the links that follow.

use rayon::prelude::*;

use super::Index;
use super::lists::{Entry, is_link, linked};
use super::lookup::Met;
use super::nodes::Turn;
use super::part::Part;
use crate::block::{Blocking, Relation};
use crate::cluster::Scale;
use crate::company::{LEAST_BITS, Spread, probability};
use crate::compare::{Both, first_weight};
use crate::lens::Lens;
use crate::model::Model;

/// Nodes around which something changed.
pub(super) struct Stirred {
    /// Nodes whose pairs may weigh another sum than before.
    pub(super) touched: Vec<u32>,
    /// Nodes that were linked to one of these, or to one that is gone.
    pub(super) parted: Vec<u32>,
    /// Leads whose list of what they may be attached to changed.
    pub(super) leads: Vec<u32>,
}

/// Writes new lists. `weighed` are the nodes of which every pair is in `pairs`.
pub(super) fn renew(
    index: &mut Index,
    model: &Model,
    turn: &Turn,
    weighed: &[u32],
    pairs: &[Met],
) -> Stirred {
    let mut leaving = vec![false; index.outlines.len()];
    weighed.iter().chain(&turn.gone).for_each(|&position| leaving[position as usize] = true);
    let mut is_weighed = leaving.clone();
    turn.gone.iter().for_each(|&position| is_weighed[position as usize] = false);

    let (mut partners, mut leads) = first_pass(index, model, pairs);
    let order = |&(here, there, _): &(u32, u32, f32)| (here, turn.rank[there as usize]);
    partners.par_sort_unstable_by_key(order);
    leads.par_sort_unstable_by_key(order);

    let mut stirred = Stirred { touched: weighed.to_vec(), parted: Vec::new(), leads: Vec::new() };
    let company = &index.company;
    // Whose lists hold one of these, before or after. Partners know each other.
    let mut holders: Vec<u32> = (weighed.iter().chain(&turn.gone))
        .flat_map(|&position| company.of(position).iter().map(|&(partner, _)| partner))
        .chain(partners.iter().map(|&(here, ..)| here))
        .chain(weighed.iter().copied())
        .collect();
    holders.par_sort_unstable();
    holders.dedup();
    holders.retain(|&position| turn.is_node(position));
    let written: Vec<(u32, Vec<Entry>)> = (holders.par_iter())
        .filter_map(|&position| {
            let was = company.of(position);
            let new = new_ones(&partners, position);
            let list = merged(turn, was, &leaving, is_weighed[position as usize], new);
            let same = was.len() == list.len()
                && was.iter().zip(&list).all(|(a, b)| a.0 == b.0 && a.1.abs() == b.1.abs());
            (!same || is_weighed[position as usize]).then_some((position, list))
        })
        .collect();
    let changed = written.iter().map(|&(position, _)| position);
    stirred.touched.extend(changed.filter(|&position| !is_weighed[position as usize]));
    for &position in stirred.touched.iter().chain(&turn.gone) {
        let linked = company.of(position).iter().filter(|entry| is_link(entry));
        stirred.parted.extend(linked.map(|&(partner, _)| partner));
    }
    stirred.parted.retain(|&position| turn.is_node(position));
    for (position, list) in written {
        index.company.put(position, &list);
    }
    for &position in &turn.gone {
        index.company.put(position, &[]);
        index.leads.put(position, &[]);
    }

    let mut holders: Vec<u32> = leads.iter().map(|&(lead, ..)| lead).collect();
    holders.dedup();
    let held: Vec<u32> = (turn.by_position.par_iter().copied())
        .filter(|&position| {
            let list = index.leads.of(position);
            let is_lead = index.outlines.get(position).is_lead();
            (is_lead && is_weighed[position as usize])
                || list.iter().any(|&(other, _)| leaving[other as usize])
        })
        .collect();
    holders.extend(held);
    holders.sort_unstable();
    holders.dedup();
    for &lead in &holders {
        let was = index.leads.of(lead);
        let new = new_ones(&leads, lead);
        let list = merged(turn, was, &leaving, is_weighed[lead as usize], new);
        index.leads.put(lead, &list);
    }
    stirred.leads = holders;
    stirred
}

/// Likely pairs by the first pass, from both sides; and leads with what they may be attached to.
#[allow(clippy::type_complexity)]
fn first_pass(
    index: &Index,
    model: &Model,
    pairs: &[Met],
) -> (Vec<(u32, u32, f32)>, Vec<(u32, u32, f32)>) {
    let outlines = &index.outlines;
    let near = |position: u32| index.near[position as usize];
    let weighed: Vec<(Met, f32)> = (pairs.par_iter())
        .filter_map(|&it| {
            let (a, b) = (outlines.get(it.asking), outlines.get(it.other));
            let both = Both {
                near: Some((near(it.asking), near(it.other))),
                ..Both::alone(outlines, a, b)
            };
            let bits = first_weight(&both, model);
            (bits >= LEAST_BITS).then_some((it, bits as f32))
        })
        .collect();
    let (mut partners, mut leads) = (Vec::new(), Vec::new());
    for (it, bits) in weighed {
        let (a, b) = (it.asking, it.other);
        match it.relation {
            Relation::Same => {
                let p = probability(bits);
                partners.extend([(a, b, p), (b, a, p)]);
            }
            Relation::Lead if outlines.get(a).is_lead() => leads.push((a, b, 0.0)),
            Relation::Lead => leads.push((b, a, 0.0)),
            Relation::Part => {}
        }
    }
    (partners, leads)
}

/// The entries of one node among entries of all.
fn new_ones(all: &[(u32, u32, f32)], position: u32) -> &[(u32, u32, f32)] {
    let from = all.partition_point(|&(here, ..)| here < position);
    let len = all[from..].partition_point(|&(here, ..)| here == position);
    &all[from..from + len]
}

/// A list without those that are weighed anew or gone, with new entries. Whether two are linked is
/// as it was, until [`link`] looks again: both lists of a pair must say the same.
fn merged(
    turn: &Turn,
    was: &[Entry],
    leaving: &[bool],
    is_weighed: bool,
    new: &[(u32, u32, f32)],
) -> Vec<Entry> {
    let rank = |&(other, _): &Entry| turn.rank[other as usize];
    let stays = |entry: &&Entry| !is_weighed && !leaving[entry.0 as usize];
    let kept = was.iter().filter(stays).copied();
    let mut list: Vec<Entry> = kept.chain(new.iter().map(|&(_, other, p)| (other, p))).collect();
    list.sort_unstable_by_key(rank);
    let mut at = 0;
    for old in was.iter().filter(|entry| is_link(entry) && turn.is_node(entry.0)) {
        at += list[at..].partition_point(|entry| rank(entry) < rank(old));
        if let Some(entry) = list.get_mut(at).filter(|entry| entry.0 == old.0) {
            *entry = linked(*entry, true);
        }
    }
    list
}

/// Weighs every pair of a touched node a second time and writes down which are links.
pub(super) fn link(
    index: &mut Index,
    model: &Model,
    blocking: &Blocking,
    turn: &Turn,
    touched: &[u32],
) {
    let mut is_touched = vec![false; index.outlines.len()];
    touched.iter().for_each(|&position| is_touched[position as usize] = true);
    let mut is_asked = is_touched.clone();
    for &position in touched {
        for &(partner, _) in index.company.of(position) {
            is_asked[partner as usize] = true;
        }
    }
    let asked: Vec<u32> =
        (0..is_asked.len() as u32).filter(|&position| is_asked[position as usize]).collect();
    let part = Part::new(index, &turn.heads, &turn.rank, blocking, &asked, &[]);
    let lens = Lens { nodes: &part.collapsed.nodes, model, evidence: &part.evidence };
    let scale = Scale::new(model);
    let company = &part.evidence.company;
    let links: Vec<Vec<(u32, u32, bool)>> = (touched.par_iter())
        .map_init(
            || Spread::new(company),
            |spread, &a| {
                spread.turn_to(company, part.node(a));
                let partners = index.company.of(a).iter();
                let once = partners.filter(|&&(b, _)| !is_touched[b as usize] || a < b);
                let changed = once.filter_map(|entry| {
                    let b = entry.0;
                    let bits = lens.weight_beside(spread, part.node(a), part.node(b));
                    let links = scale.excess(bits) >= scale.joins_at();
                    (links != is_link(entry)).then_some((a, b, links))
                });
                changed.collect()
            },
        )
        .collect();
    let rank = &turn.rank;
    for (a, b, is_link) in links.into_iter().flatten() {
        for (here, there) in [(a, b), (b, a)] {
            let list = index.company.of_mut(here);
            let place =
                list.binary_search_by_key(&rank[there as usize], |&(it, _)| rank[it as usize]);
            if let Ok(place) = place {
                list[place] = linked(list[place], is_link);
            }
        }
    }
}
