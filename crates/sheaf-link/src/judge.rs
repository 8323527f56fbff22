//! What people decided, brought into a form that clustering can obey. Of the judgements on one
//! pair the latest stands, and "unsure" leaves the pair to arithmetic. Every standing "different"
//! holds. Every standing "same" holds too, the latest first, unless it would bring two reports
//! together that were judged different, or make an incident of what can be none: then it is a
//! [`Conflict`], shown and not applied (invariants 10 and 11).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sheaf_model::{Judgement, JudgementId, Unit, Verdict};

use crate::block::Nodes;
use crate::outline::Outlines;

/// Judgements that cannot all hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The judgement that was not applied.
    pub not_applied: JudgementId,
    /// Why: the judgements that contradict it, in the order of their numbers. Empty when it
    /// contradicts a rule, which `why` then names.
    pub against: Vec<JudgementId>,
    /// The reports along the chain, from one side of the judgement not applied to the other.
    pub reports: Vec<u32>,
    /// In words.
    pub why: &'static str,
}

/// The judgements that hold, by outline position.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Ruling {
    /// Pairs that belong together.
    pub(crate) same: Vec<(u32, u32)>,
    /// Pairs that do not.
    pub(crate) different: Vec<(u32, u32)>,
    pub(crate) conflicts: Vec<Conflict>,
    /// Judgements that name a report which is not among the outlines.
    pub(crate) unknown: Vec<JudgementId>,
    /// Every report that a judgement names, sorted.
    pub(crate) judged: Vec<u32>,
}

pub(crate) fn rule(outlines: &Outlines, judgements: &[Judgement]) -> Ruling {
    let positions = positions(outlines, judgements);
    rule_by(outlines, judgements, |id| positions.get(id).copied())
}

/// The same, with another way to look up the position of a report.
pub(crate) fn rule_by(
    outlines: &Outlines,
    judgements: &[Judgement],
    at: impl Fn(&str) -> Option<u32>,
) -> Ruling {
    let mut ruling = Ruling::default();
    let mut latest: BTreeMap<(u32, u32), &Judgement> = BTreeMap::new();
    for judgement in judgements.iter().filter(|judgement| judgement.withdrawn.is_none()) {
        let pair = (at(judgement.pair.left().as_str()), at(judgement.pair.right().as_str()));
        let (Some(left), Some(right)) = pair else {
            ruling.unknown.push(judgement.id);
            continue;
        };
        let standing = latest.entry((left, right)).or_insert(judgement);
        if standing.id < judgement.id {
            *standing = judgement;
        }
    }
    ruling.unknown.sort_unstable();
    let judged: BTreeSet<u32> = latest.keys().flat_map(|&(left, right)| [left, right]).collect();
    ruling.judged = judged.into_iter().collect();
    let mut standing: Vec<(JudgementId, (u32, u32), Verdict)> = latest
        .into_iter()
        .map(|(pair, judgement)| (judgement.id, pair, judgement.verdict))
        .collect();
    standing.sort_unstable_by_key(|&(id, ..)| std::cmp::Reverse(id));
    let different: Vec<(JudgementId, (u32, u32))> = standing
        .iter()
        .filter(|(.., verdict)| *verdict == Verdict::Different)
        .map(|&(id, pair, _)| (id, pair))
        .collect();
    ruling.different = different.iter().map(|&(_, pair)| pair).collect();
    let mut accepted: Vec<(JudgementId, (u32, u32))> = Vec::new();
    for &(id, (left, right), verdict) in &standing {
        if verdict != Verdict::Same {
            continue;
        }
        let (a, b) = (outlines.get(left), outlines.get(right));
        let rule = if a.unit == Unit::Aggregate || b.unit == Unit::Aggregate {
            Some("a count over an area and period is never part of an incident")
        } else if a.is_lead() && b.is_lead() {
            Some("two leads make no incident")
        } else if !a.is_lead() && !b.is_lead() && a.unit != b.unit {
            Some("an episode contains incidents; it is none of them")
        } else {
            None
        };
        if let Some(why) = rule {
            let reports = vec![left, right];
            ruling.conflicts.push(Conflict { not_applied: id, against: vec![], reports, why });
            continue;
        }
        accepted.push((id, (left, right)));
        if let Some((chain, reports)) = contradiction(&accepted, &different, left, right) {
            accepted.pop();
            let mut against = chain;
            against.retain(|&other| other != id);
            against.sort_unstable();
            against.dedup();
            ruling.conflicts.push(Conflict {
                not_applied: id,
                against,
                reports,
                why: "it would join reports judged different",
            });
        }
    }
    ruling.conflicts.sort_unstable_by_key(|conflict| conflict.not_applied);
    ruling.same = accepted.into_iter().map(|(_, pair)| pair).collect();
    ruling.same.sort_unstable();
    ruling.different.sort_unstable();
    ruling
}

/// The ruling by node, without leads; and what was judged of leads.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) same: Vec<(u32, u32)>,
    pub(crate) different: Vec<(u32, u32)>,
    /// Lead → nodes, not leads, that it belongs to.
    pub(crate) lead_same: BTreeMap<u32, Vec<u32>>,
    /// Lead that belongs to none by judgement → nodes that it does not belong to, leads too.
    pub(crate) lead_different: BTreeMap<u32, Vec<u32>>,
}

impl Judged {
    /// `node_of` has the node of each position, `u32::MAX` for an aggregate.
    pub(crate) fn new(ruling: &Ruling, nodes: &Nodes<'_>, node_of: &[u32]) -> Judged {
        let mut judged = Judged::default();
        // Sorted by node, which is by id: positions depend on which report came first.
        let by_node = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
            let node = |position: u32| node_of[position as usize];
            let pairs = pairs.iter().map(|&(a, b)| (node(a).min(node(b)), node(a).max(node(b))));
            let mut pairs: Vec<_> = pairs.filter(|&(_, larger)| larger != u32::MAX).collect();
            pairs.sort_unstable();
            pairs
        };
        for (a, b) in by_node(&ruling.same) {
            match (nodes.outline(a).is_lead(), nodes.outline(b).is_lead()) {
                (false, false) => judged.same.push((a, b)),
                (true, _) => judged.lead_same.entry(a).or_default().push(b),
                (false, true) => judged.lead_same.entry(b).or_default().push(a),
            }
        }
        // A lead that belongs to two reports says that these belong together.
        for homes in judged.lead_same.values_mut() {
            homes.sort_unstable();
            // An episode and an incident cannot belong together; then the lead goes to the first.
            let one_unit = |a: u32, b: u32| nodes.outline(a).unit == nodes.outline(b).unit;
            let first = homes[0];
            let others = homes[1..].iter().filter(|&&other| one_unit(first, other));
            judged.same.extend(others.map(|&other| (first, other)));
        }
        judged.same.sort_unstable();
        for (a, b) in by_node(&ruling.different) {
            // Where a lead belongs somewhere by judgement, it speaks for the reports there.
            let spoken_for = |node: u32| match judged.lead_same.get(&node) {
                Some(homes) => homes.clone(),
                None if nodes.outline(node).is_lead() => Vec::new(),
                None => vec![node],
            };
            let (left, right) = (spoken_for(a), spoken_for(b));
            for &a in &left {
                judged.different.extend(right.iter().map(|&b| (a.min(b), a.max(b))));
            }
            for (node, other, free) in [(a, b, left.is_empty()), (b, a, right.is_empty())] {
                if free {
                    judged.lead_different.entry(node).or_default().push(other);
                }
            }
        }
        judged
    }
}

/// The positions of the reports that judgements name.
fn positions<'a>(outlines: &Outlines, judgements: &'a [Judgement]) -> BTreeMap<&'a str, u32> {
    let named: BTreeSet<&str> = judgements
        .iter()
        .flat_map(|judgement| [judgement.pair.left().as_str(), judgement.pair.right().as_str()])
        .collect();
    let mut positions = BTreeMap::new();
    if named.is_empty() {
        return positions;
    }
    for position in 0..outlines.len() as u32 {
        if let Some(&id) = named.get(outlines.id(position)) {
            positions.insert(id, position);
        }
    }
    positions
}

/// A chain of accepted judgements that joins two reports judged different, by way of the pair
/// accepted last: the judgements in it, the "different" included, and the reports along it.
fn contradiction(
    accepted: &[(JudgementId, (u32, u32))],
    different: &[(JudgementId, (u32, u32))],
    left: u32,
    right: u32,
) -> Option<(Vec<JudgementId>, Vec<u32>)> {
    let mut neighbours: BTreeMap<u32, Vec<(u32, JudgementId)>> = BTreeMap::new();
    for &(id, (a, b)) in accepted {
        neighbours.entry(a).or_default().push((b, id));
        neighbours.entry(b).or_default().push((a, id));
    }
    // Everything that hangs together with the new pair; nothing else can have changed.
    let from = |start: u32| {
        let mut came_by: BTreeMap<u32, Option<(u32, JudgementId)>> = BTreeMap::new();
        came_by.insert(start, None);
        let mut queue = VecDeque::from([start]);
        while let Some(here) = queue.pop_front() {
            for &(next, id) in neighbours.get(&here).into_iter().flatten() {
                came_by.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    Some((here, id))
                });
            }
        }
        came_by
    };
    let reached = from(left);
    debug_assert!(reached.contains_key(&right));
    let &(broken, (a, b)) =
        different.iter().find(|(_, (a, b))| reached.contains_key(a) && reached.contains_key(b))?;
    let came_by = from(a);
    let (mut chain, mut reports, mut here) = (vec![broken], vec![b], b);
    while let Some(&Some((before, id))) = came_by.get(&here) {
        chain.push(id);
        reports.push(before);
        here = before;
    }
    Some((chain, reports))
}
