//! Linking again after a change. An [`Index`] remembers of a linked pool what a change needs: the
//! outlines, what surrounds each report, its likely partners and which of these it is linked to.
//! When reports come, go or are revised, or people judge, only what the change touches is worked
//! out again, and the incidents are exactly those that [`crate::link`] makes of the whole.
//!
//! ```text
//!  reports that came or went
//!     │ copies put together again                                      nodes
//!     ▼
//!  nodes that came or went ── whom do they meet? ──▶ counts around     lookup, crowding, counts
//!     ▼
//!  nodes whose pairs weigh anew in the first pass
//!     ▼
//!  nodes whose company changed ──▶ links ──▶ their components          company
//!     ▼
//!  components clustered again, leads near them attached again          relink
//! ```
//!
//! A pair's first weight depends on the two reports, on how common the names they share are (in
//! bands), and on how crowded it is around each (in octaves). Its second weight depends on the
//! likely partners of both besides. Links make components, and clustering is a matter of one
//! component. So each arrow above can be followed, and whatever it does not reach is as it was.
//!
//! Where a change reaches too far (a name that thousands give becomes common, a day of a country
//! becomes crowded) everything is linked anew, and [`Relinked::fell_back`] says so.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use sheaf_model::{Judgement, JudgementId, ReportView};
use xxhash_rust::xxh3::xxh3_64;

use crate::block::Blocking;
use crate::block::crowd::Crowded;
use crate::judge::{Conflict, Judged, Ruling, rule_by};
use crate::link::{Found, Linkage, link_in_order};
use crate::model::Model;
use crate::outline::{Outlines, SourceFacts};
use crate::surroundings::Near;

mod bytes;
mod company;
mod counts;
mod crowding;
mod lists;
mod lookup;
mod nodes;
mod part;
mod relink;
mod sieve;
#[cfg(test)]
mod tests;

use lists::{Lists, linked};

/// Pairs of reports or nodes.
type PairList = Vec<(u32, u32)>;

/// No report.
const NONE: u32 = u32::MAX;

/// What is remembered of a linked pool.
///
/// ```
/// use sheaf_link::{Blocking, Index, Model, Outlines, SourceFacts};
/// use sheaf_model::{Batch, SourceKind, Unit};
/// let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
/// let (mut index, _) = Index::of(Outlines::default(), &model, &blocking, &[]);
/// let mut batch = Batch::default();
/// batch.begin_report("42", 2, Unit::Incident);
/// batch.end_report();
/// let source = SourceFacts { index: 0, kind: SourceKind::News };
/// let position = index.add("wire:42", source, batch.report(0));
/// let relinked = index.relink(&model, &blocking, &[]);
/// assert_eq!(relinked.incidents, [[position]]);
/// let again = Index::from_bytes(&index.to_bytes()).unwrap();
/// assert_eq!(again.outlines().id(again.current()[0]), "wire:42");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// All reports, those that are gone too until the index is written.
    outlines: Outlines,
    /// The positions of current reports, in order of id.
    order: Vec<u32>,
    /// By position: the report that stands for it and its copies; [`NONE`] for an aggregate and
    /// for a report that is gone.
    heads: Vec<u32>,
    /// By position: see [`crate::order::copy_hash`].
    copies: Vec<u64>,
    /// By position, of heads.
    near: Vec<Near>,
    /// By position, of heads: likely partners.
    company: Lists,
    /// By position, of heads that are leads: what they may be attached to.
    leads: Lists,
    /// By position, of heads: the smallest head of its group; for a lead the head that it belongs
    /// to, or [`NONE`].
    home: Vec<u32>,
    crowded: Crowded,
    /// Reports that a standing judgement names, sorted.
    judged: Vec<u32>,
    /// What clustering was told of judgements, in order.
    same: PairList,
    different: PairList,
    /// Fingerprint of the model and the blocking.
    made_by: u64,
    pending: Pending,
}

/// Changes that wait for [`Index::relink`].
#[derive(Clone, Debug, Default)]
struct Pending {
    /// New reports and new versions, by id.
    added: BTreeMap<String, u32>,
    /// Positions in the order of ids that are gone.
    removed: BTreeSet<u32>,
    /// How many reports gave each name before, and how many reports there were.
    names: Option<(Vec<u32>, usize)>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// What relinking changed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Relinked {
    /// Incidents that are new, have other reports than before, or hold a report that was revised:
    /// the positions of all their reports, in order of id. The id of the first is the handle.
    pub incidents: Vec<Vec<u32>>,
    /// Handles that are handles no more, in order. A report of that id may still be in an incident.
    pub ended: Vec<String>,
    /// Reports whose company had to be looked at again; all where it fell back.
    pub n_touched: usize,
    /// Reports whose components were clustered again.
    pub n_clustered: usize,
    /// Why everything was linked anew, if it was.
    pub fell_back: Option<FellBack>,
    /// Judgements that contradict others and were not applied.
    pub conflicts: Vec<Conflict>,
    /// Standing judgements that name a report which is not among those linked.
    pub unknown_judgements: Vec<JudgementId>,
}

/// Why a change could not be followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FellBack {
    /// The pool was linked by another model or with another blocking.
    OtherModel,
    /// Too much is reported of a country on a day, or no longer.
    CrowdedCountry,
    /// Reports around one are more than the index counts.
    Uncountable,
    /// More than a fifth of all reports would have to be weighed again.
    TooMuch,
}

impl std::fmt::Display for FellBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FellBack::OtherModel => "the pool was linked by another model",
            FellBack::CrowdedCountry => "a day of a country became crowded, or no longer is",
            FellBack::Uncountable => "more reports lie around one than are counted",
            FellBack::TooMuch => "more than a fifth of the reports would have to be weighed again",
        })
    }
}

impl Index {
    /// Links all reports (see [`crate::link`]) and remembers what linking them again needs.
    pub fn of(
        outlines: Outlines,
        model: &Model,
        blocking: &Blocking,
        judgements: &[Judgement],
    ) -> (Index, Linkage) {
        let order = crate::order::by_id(&outlines);
        let mut index = Index { outlines, order, ..Index::default() };
        let ruling = index.rule(judgements);
        let (linkage, found) =
            link_in_order(&index.outlines, model, blocking, &index.order, ruling.clone());
        index.remember(&linkage, found, ruling, fingerprint(model, blocking));
        (index, linkage)
    }

    /// Takes in a report, or a new version of one, for the next [`Index::relink`]. Returns its
    /// position.
    ///
    /// # Panics
    /// At 2^32 − 1 reports.
    pub fn add(&mut self, id: &str, source: SourceFacts, report: ReportView<'_>) -> u32 {
        self.remember_names();
        self.remove(id);
        let position = self.outlines.push(id, source, report);
        self.pending.added.insert(id.to_owned(), position);
        position
    }

    /// Takes a report out for the next [`Index::relink`]. False if there is none of this id.
    pub fn remove(&mut self, id: &str) -> bool {
        self.remember_names();
        let position = match self.pending.added.remove(id) {
            Some(position) => position,
            None => match self.position(id) {
                Some(position) if self.pending.removed.insert(position) => position,
                _ => return false,
            },
        };
        self.outlines.uncount(position);
        true
    }

    fn remember_names(&mut self) {
        if self.pending.names.is_none() {
            let counts = self.outlines.names().counts().to_vec();
            self.pending.names = Some((counts, self.outlines.n_counted()));
        }
    }

    /// The position of the report with this id, as of the last linking.
    pub fn position(&self, id: &str) -> Option<u32> {
        let at = self.order.binary_search_by(|&position| self.outlines.id(position).cmp(id));
        at.ok().map(|at| self.order[at])
    }

    /// The outlines by position. Among them are reports that are gone: see [`Index::current`].
    pub fn outlines(&self) -> &Outlines {
        &self.outlines
    }

    /// The positions of the current reports, in order of id, as of the last linking.
    pub fn current(&self) -> &[u32] {
        &self.order
    }

    /// The current reports as a pool of their own, in order of id, as [`crate::link`] and the
    /// explanations want it.
    pub fn pool(&self) -> Outlines {
        self.outlines.only(&self.order)
    }

    /// For each position the first report of its incident, which is the incident's handle;
    /// `u32::MAX` for an aggregate, a lead that is attached to none, and a report that is gone.
    pub fn handles(&self) -> Vec<u32> {
        let mut first = vec![NONE; self.outlines.len()];
        let mut handles = vec![NONE; self.outlines.len()];
        for &position in &self.order {
            let group = group_of(&self.outlines, &self.heads, &self.home, position);
            if group != NONE {
                let first = &mut first[group as usize];
                if *first == NONE {
                    *first = position;
                }
                handles[position as usize] = *first;
            }
        }
        handles
    }

    fn rule(&self, judgements: &[Judgement]) -> Ruling {
        rule_by(&self.outlines, judgements, |id| self.position(id))
    }

    /// Keeps what linking everything gave.
    fn remember(&mut self, linkage: &Linkage, found: Found, ruling: Ruling, made_by: u64) {
        let Index { outlines, .. } = self;
        let (n, seen) = (outlines.len(), &linkage.seen);
        let at = |node: u32| seen.positions[node as usize];
        let mut near = vec![Near::default(); n];
        let mut home = vec![NONE; n];
        let (mut company, mut leads) = (Lists::default(), Lists::default());
        company.resize(n);
        leads.resize(n);
        let mut list = Vec::new();
        for (&position, node) in seen.positions.iter().zip(0..) {
            near[position as usize] = seen.evidence.surroundings.near(node);
            let is_lead = outlines.get(position).is_lead();
            home[position as usize] = match found.homes.get(&node) {
                Some(&node) => at(node),
                None if is_lead => NONE,
                None => at(found.group_of[node as usize]),
            };
            let partners = seen.evidence.company.partners(node);
            list.clear();
            list.extend(partners.iter().map(|&(partner, p)| (at(partner), p)));
            company.put(position, &list);
        }
        for &(a, b) in &found.links {
            for (node, partner) in [(a, b), (b, a)] {
                let partners = seen.evidence.company.partners(node);
                let place = partners.binary_search_by_key(&partner, |&(partner, _)| partner);
                if let Ok(place) = place {
                    let entry = &mut company.of_mut(at(node))[place];
                    *entry = linked(*entry, true);
                }
            }
        }
        let mut pairs: Vec<(u32, u32)> = (found.leads.iter())
            .map(|&(a, b)| if outlines.get(at(a)).is_lead() { (a, b) } else { (b, a) })
            .collect();
        pairs.sort_unstable();
        for of_one in pairs.chunk_by(|a, b| a.0 == b.0) {
            list.clear();
            list.extend(of_one.iter().map(|&(_, other)| (at(other), 0.0)));
            leads.put(at(of_one[0].0), &list);
        }
        let head = |&node: &u32| if node == u32::MAX { NONE } else { at(node) };
        self.heads = seen.node_of.iter().map(head).collect();
        let copy = |position| crate::order::copy_hash(&self.outlines, position);
        self.copies = (0..n as u32).into_par_iter().map(copy).collect();
        (self.near, self.home, self.company, self.leads) = (near, home, company, leads);
        (self.crowded, self.judged, self.made_by) = (found.crowded, ruling.judged, made_by);
        (self.same, self.different) = judged_pairs(&found.judged, at);
        self.pending = Pending::default();
    }
}

/// What clustering was told of judgements, by position.
fn judged_pairs(judged: &Judged, at: impl Fn(u32) -> u32) -> (PairList, PairList) {
    let pairs = |pairs: &[(u32, u32)]| {
        let mut pairs: Vec<_> = pairs.iter().map(|&(a, b)| (at(a), at(b))).collect();
        pairs.sort_unstable();
        pairs
    };
    (pairs(&judged.same), pairs(&judged.different))
}

/// The group of a report, by its smallest head; [`NONE`] for none.
fn group_of(outlines: &Outlines, heads: &[u32], home: &[u32], position: u32) -> u32 {
    let head = heads[position as usize];
    if head == NONE {
        return NONE;
    }
    let at = home[head as usize];
    if at == NONE || !outlines.get(head).is_lead() { at } else { home[at as usize] }
}

fn fingerprint(model: &Model, blocking: &Blocking) -> u64 {
    // Debug output gives floats to the last bit.
    xxh3_64(format!("{} {blocking:?}", model.to_text()).as_bytes())
}
