//! The line through linking again: see the picture in [`super`].

use std::collections::BTreeMap;

use rayon::prelude::*;
use sheaf_model::Judgement;

use super::company::{link, renew};
use super::crowding::{self, Crowds};
use super::lists::is_link;
use super::lookup::{Lookup, Met};
use super::nodes::{Turn, reorder, turn};
use super::part::Part;
use super::{
    FellBack, Index, NONE, Pending, Relinked, counts, fingerprint, group_of, judged_pairs,
};
use crate::block::Blocking;
use crate::cluster::Scale;
use crate::compare::weighs_alike;
use crate::judge::{Judged, Ruling};
use crate::leads::{BestMatches, attach};
use crate::lens::Lens;
use crate::link::{group, link_in_order};
use crate::model::Model;
use crate::names::{Commonness, Sense};
use crate::outline::Outlines;

/// Of the nodes of a pool, one in so many may have to be weighed again; beyond, linking everything
/// is as fast.
const FALL_BACK_AT: usize = 5;

impl Index {
    /// Links again after [`Index::add`], [`Index::remove`] or other judgements. The incidents are
    /// then those that [`crate::link`] would make of the current reports.
    pub fn relink(
        &mut self,
        model: &Model,
        blocking: &Blocking,
        judgements: &[Judgement],
    ) -> Relinked {
        let most = (self.order.len() + self.pending.added.len()) / FALL_BACK_AT;
        self.relink_up_to(most, model, blocking, judgements)
    }

    /// The same, with everything linked anew if more than so many nodes must be weighed again.
    pub(super) fn relink_up_to(
        &mut self,
        most: usize,
        model: &Model,
        blocking: &Blocking,
        judgements: &[Judgement],
    ) -> Relinked {
        let pending = std::mem::take(&mut self.pending);
        let order_before = reorder(self, &pending);
        let ruling = self.rule(judgements);
        let turn = turn(self, &pending, &order_before, blocking, &ruling);
        let home_before = self.home.clone();
        let made_by = fingerprint(model, blocking);
        let followed = if made_by == self.made_by {
            self.follow(most, model, blocking, &pending, &turn, &ruling)
        } else {
            Err(FellBack::OtherModel)
        };
        let mut relinked = Relinked {
            conflicts: ruling.conflicts.clone(),
            unknown_judgements: ruling.unknown.clone(),
            ..Relinked::default()
        };
        match followed {
            Ok((n_touched, n_clustered)) => {
                (relinked.n_touched, relinked.n_clustered) = (n_touched, n_clustered);
            }
            Err(why) => {
                let (linkage, found) =
                    link_in_order(&self.outlines, model, blocking, &self.order, ruling.clone());
                self.remember(&linkage, found, ruling, made_by);
                (relinked.n_touched, relinked.n_clustered) = (turn.nodes.len(), turn.nodes.len());
                relinked.fell_back = Some(why);
            }
        }
        self.tell(&turn, &home_before, &mut relinked);
        relinked
    }

    /// Follows a change. Nothing of the index is written before it is certain that it can be.
    fn follow(
        &mut self,
        most: usize,
        model: &Model,
        blocking: &Blocking,
        pending: &Pending,
        turn: &Turn,
        ruling: &Ruling,
    ) -> Result<(usize, usize), FellBack> {
        let outlines = &self.outlines;
        let too_much = |n: usize| if n > most { Err(FellBack::TooMuch) } else { Ok(()) };
        let crowded = crowding::recount(outlines, blocking, &self.crowded, turn);
        let crowds = Crowds::new(outlines, blocking, turn, &self.crowded, &crowded)?;
        let mut pool = turn.by_position.clone();
        pool.extend(&turn.gone);

        let mut asking: Vec<u32> = turn.gone.clone();
        asking.extend(turn.fresh.iter().chain(&crowds.shifted));
        too_much(asking.len())?;
        let met = Lookup::new(outlines, blocking, &asking, &crowds.areas).meet(&pool);
        let (before, mut after) = crowds.looked_at(outlines, blocking, turn, &asking, &met);
        let near = counts::recount(outlines, blocking, &self.near, turn, &before, &after)?;

        // Whose pairs weigh anew: those that came or shifted, those around which it is more or
        // less crowded by an octave that matters, and those that give a name that became common.
        let mut weighed: Vec<u32> = turn.fresh.clone();
        weighed.extend(&crowds.shifted);
        let mut is_weighed = vec![false; outlines.len()];
        asking.iter().for_each(|&position| is_weighed[position as usize] = true);
        let crowding = near.iter().filter(|&&(position, is)| {
            turn.was_node(position) && !weighs_alike(model, self.near[position as usize], is)
        });
        let named = commoner(outlines, pending, turn);
        let more = crowding.map(|&(position, _)| position).chain(named);
        let mut more: Vec<u32> = more.filter(|&it| !is_weighed[it as usize]).collect();
        more.sort_unstable();
        more.dedup();
        too_much(weighed.len() + more.len())?;
        let met = Lookup::new(outlines, blocking, &more, &crowds.areas).meet(&turn.by_position);
        let (_, again) = crowds.looked_at(outlines, blocking, turn, &more, &met);
        after.extend(again.into_iter().filter(|it: &Met| !is_weighed[it.other as usize]));
        weighed.extend(more);

        self.crowded = crowded;
        for (position, near) in near {
            self.near[position as usize] = near;
        }
        self.heads.clone_from(&turn.heads);
        let mut stirred = renew(self, model, turn, &weighed, &after);
        link(self, model, blocking, turn, &stirred.touched);
        stirred.touched.sort_unstable();
        let n_clustered = self.cluster(model, blocking, turn, ruling, &stirred);
        Ok((stirred.touched.len(), n_clustered))
    }

    /// Clusters the components of touched nodes again, and attaches the leads near them.
    fn cluster(
        &mut self,
        model: &Model,
        blocking: &Blocking,
        turn: &Turn,
        ruling: &Ruling,
        stirred: &super::company::Stirred,
    ) -> usize {
        let is_lead = |position: u32| self.outlines.get(position).is_lead();
        let judged_nodes: Vec<u32> =
            ruling.judged.iter().copied().filter(|&it| turn.is_node(it)).collect();
        // Judgements speak of nodes that may lie anywhere: these are told in a part of their own.
        let told = Part::new(self, &turn.heads, &turn.rank, blocking, &[], &judged_nodes);
        let judged = Judged::new(ruling, &told.collapsed.nodes, &told.collapsed.node_of);
        let (same, different) = judged_pairs(&judged, |node| told.position(node));
        drop(told);

        let mut seeds: Vec<u32> = stirred.touched.clone();
        seeds.extend(stirred.parted.iter().chain(&turn.resized));
        for (was, is) in [(&self.same, &same), (&self.different, &different)] {
            let changed = (was.iter().filter(|pair| is.binary_search(pair).is_err()))
                .chain(is.iter().filter(|pair| was.binary_search(pair).is_err()));
            seeds.extend(changed.flat_map(|&(a, b)| [a, b]));
        }
        seeds.retain(|&position| turn.is_node(position) && !is_lead(position));
        let within = self.components(seeds, &same);

        let mut is_touched = vec![false; self.outlines.len()];
        stirred.touched.iter().for_each(|&position| is_touched[position as usize] = true);
        let mut leads: Vec<u32> = (turn.by_position.par_iter().copied())
            .filter(|&position| {
                let mut list = self.leads.of(position).iter();
                list.any(|&(other, _)| is_touched[other as usize])
                    || (is_touched[position as usize] && is_lead(position))
            })
            .collect();
        let judged_before = self.judged.iter().copied().filter(|&it| turn.is_node(it));
        leads.extend(judged_nodes.iter().copied().chain(judged_before).filter(|&it| is_lead(it)));
        leads.extend(&stirred.leads);
        leads.sort_unstable();
        leads.dedup();

        // What these leads may be attached to; of leads that people judged, all they meet.
        let mut asked = within.clone();
        for &lead in &leads {
            asked.extend(self.leads.of(lead).iter().map(|&(other, _)| other));
        }
        let judged_leads: Vec<u32> =
            judged_nodes.iter().copied().filter(|&it| is_lead(it)).collect();
        let met = Lookup::new(&self.outlines, blocking, &judged_leads, &[]).meet(&turn.by_position);
        asked.extend(met.iter().map(|it| it.other));
        asked.extend(met.iter().map(|it| it.asking));
        asked.sort_unstable();
        asked.dedup();
        let mut others = judged_nodes;
        others.extend(&leads);

        let part = Part::new(self, &turn.heads, &turn.rank, blocking, &asked, &others);
        let (homes, groups) = self.regroup(model, &part, ruling, &within, &leads);
        drop(part);
        for (position, home) in groups.into_iter().chain(homes) {
            self.home[position as usize] = home;
        }
        self.judged.clone_from(&ruling.judged);
        (self.same, self.different) = (same, different);
        within.len()
    }

    /// All nodes that hang together with some.
    fn components(&self, seeds: Vec<u32>, same: &[(u32, u32)]) -> Vec<u32> {
        let mut judged: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &(a, b) in same {
            judged.entry(a).or_default().push(b);
            judged.entry(b).or_default().push(a);
        }
        let mut is_within = vec![false; self.outlines.len()];
        let (mut within, mut waiting) = (Vec::new(), seeds);
        while let Some(position) = waiting.pop() {
            if std::mem::replace(&mut is_within[position as usize], true) {
                continue;
            }
            within.push(position);
            let links = self.company.of(position).iter().filter(|entry| is_link(entry));
            waiting.extend(links.map(|&(partner, _)| partner));
            waiting.extend(judged.get(&position).into_iter().flatten());
        }
        within.sort_unstable();
        within
    }

    /// The homes of leads, and the groups of the nodes within some components.
    #[allow(clippy::type_complexity)]
    fn regroup(
        &self,
        model: &Model,
        part: &Part<'_>,
        ruling: &Ruling,
        within: &[u32],
        leads: &[u32],
    ) -> (Vec<(u32, u32)>, Vec<(u32, u32)>) {
        let collapsed = &part.collapsed;
        let nodes = &collapsed.nodes;
        let lens = Lens { nodes, model, evidence: &part.evidence };
        let mut judged = Judged::new(ruling, nodes, &collapsed.node_of);
        let mut is_within = vec![false; nodes.len()];
        within.iter().for_each(|&position| is_within[part.node(position) as usize] = true);
        judged.same.retain(|&(a, _)| is_within[a as usize]);
        let mut links: Vec<(u32, u32)> = Vec::new();
        for &position in within {
            let list = self.company.of(position).iter().filter(|entry| is_link(entry));
            let a = part.node(position);
            links.extend(list.map(|&(other, _)| (a, part.node(other))).filter(|&(a, b)| a < b));
        }
        let mut group_of = group(collapsed, &lens, &links, &judged);
        let mut groups = Vec::with_capacity(within.len());
        for (node, group) in group_of.iter_mut().enumerate() {
            let position = nodes.positions[node];
            if is_within[node] {
                *group = part.position(*group);
                groups.push((position, *group));
            } else if !nodes.outline(node as u32).is_lead() {
                *group = self.home[position as usize];
            } else {
                // A lead is no group; its own position is that of none.
                *group = position;
            }
        }
        let best = BestMatches::new(nodes);
        let scale = Scale::new(model);
        leads.par_iter().for_each(|&lead| {
            for &(other, _) in self.leads.of(lead) {
                best.weigh(&lens, &scale, part.node(lead), part.node(other));
            }
        });
        let homes = attach(&lens, &best, &judged, &group_of);
        let home = |&lead: &u32| {
            let home = homes.get(&part.node(lead));
            (lead, home.map_or(NONE, |&node| part.position(node)))
        };
        (leads.iter().map(home).collect(), groups)
    }

    /// Which incidents there are now that were not, and the other way round.
    fn tell(&self, turn: &Turn, home_before: &[u32], relinked: &mut Relinked) {
        let outlines = &self.outlines;
        let n = outlines.len() as u32;
        let is = |position| group_of(outlines, &self.heads, &self.home, position);
        let was = |position| group_of(outlines, &turn.heads_before, home_before, position);
        let changed: Vec<(u32, u32)> = (0..n)
            .into_par_iter()
            .map(|position| (was(position), is(position)))
            .filter(|(was, is)| was != is)
            .collect();
        let mut marked = vec![false; outlines.len()];
        for group in changed.into_iter().flat_map(|(was, is)| [was, is]) {
            if group != NONE {
                marked[group as usize] = true;
            }
        }
        // In order of position, as that is how the index lies in memory.
        let members = |group_of: &(dyn Fn(u32) -> u32 + Sync)| -> Vec<(u32, u32)> {
            let all = (0..n).into_par_iter().map(|position| (group_of(position), position));
            let mut members: Vec<(u32, u32)> =
                all.filter(|&(group, _)| group != NONE && marked[group as usize]).collect();
            members.par_sort_unstable_by(|a, b| {
                (a.0.cmp(&b.0)).then_with(|| outlines.id(a.1).cmp(outlines.id(b.1)))
            });
            members
        };
        let of_one = |a: &(u32, u32), b: &(u32, u32)| a.0 == b.0;
        let (before, after) = (members(&was), members(&is));
        let positions = |incident: &[(u32, u32)]| incident.iter().map(|&(_, at)| at).collect();
        relinked.incidents = after.chunk_by(of_one).map(positions).collect();
        let handle = |incident: &Vec<u32>| outlines.id(incident[0]);
        relinked.incidents.sort_unstable_by(|a, b| handle(a).cmp(handle(b)));
        let mut ended: Vec<&str> =
            before.chunk_by(of_one).map(|incident| outlines.id(incident[0].1)).collect();
        ended.sort_unstable();
        ended.retain(|id| {
            relinked.incidents.binary_search_by(|incident| handle(incident).cmp(id)).is_err()
        });
        relinked.ended = ended.into_iter().map(str::to_owned).collect();
    }
}

/// Nodes that give a name which became more or less common.
fn commoner(outlines: &Outlines, pending: &Pending, turn: &Turn) -> Vec<u32> {
    let Some((before, n)) = &pending.names else { return Vec::new() };
    let now = outlines.n_counted();
    let counts = before.iter().zip(outlines.names().counts());
    let changed: Vec<bool> =
        counts.map(|(&was, &is)| Commonness::of(was, *n) != Commonness::of(is, now)).collect();
    if !changed.contains(&true) {
        return Vec::new();
    }
    // Only of these is it asked how common a name is.
    let senses = [
        Sense::Place,
        Sense::Organisation,
        Sense::Target,
        Sense::Weapon,
        Sense::Category,
        Sense::Code,
    ];
    let gives = |&position: &u32| {
        let outline = outlines.get(position);
        let tags = senses.iter().flat_map(|&sense| outlines.tags_in(outline, sense));
        tags.into_iter().any(|tag| changed.get(tag.name()).is_some_and(|&changed| changed))
    };
    turn.by_position.par_iter().copied().filter(gives).collect()
}
