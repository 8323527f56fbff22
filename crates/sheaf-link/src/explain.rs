//! Why two reports are (not) the same incident, and how an incident came to be. Explanations are
//! worked out anew from the outlines, by the same functions that linked: nothing is remembered from
//! linking, so nothing remembered can differ from what was done.

use sheaf_model::{Judgement, JudgementId, Match, Verdict};

use crate::block::crowd::Crowd;
use crate::block::{Apart, Blocking, Meeting, Nodes, Relation, for_each_pair, meet};
use crate::cluster::Scale;
use crate::compare::{Both, reasons};
use crate::lens::Lens;
use crate::link::Linkage;
use crate::model::Model;
use crate::order::by_id;
use crate::outline::Outlines;

/// What blocking says of two reports: `None` if it brings them together, otherwise the first rule
/// that keeps them apart.
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn kept_apart(outlines: &Outlines, blocking: &Blocking, a: u32, b: u32) -> Option<Apart> {
    meet(outlines, blocking, outlines.get(a), outlines.get(b)).err()
}

/// Why two reports are, or are not, held to be about the same incident.
#[derive(Clone, PartialEq, Debug)]
pub struct Why {
    /// The reasons, also where linking never compared the two.
    pub compared: Match,
    /// By what they met and as what, or what kept them apart.
    pub met: Result<(Relation, Meeting), Apart>,
    /// The judgements on just these two, withdrawn ones included, in the order of their numbers.
    pub judgements: Vec<JudgementId>,
    /// Whether they were put into one incident.
    pub together: bool,
    /// When they are in different incidents: the mean weight between these, which had to reach the
    /// joining weight. `None` when they are together, or one is in no incident.
    pub mean_between_bits: Option<f64>,
}

/// Explains two reports.
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn why(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
    judgements: &[Judgement],
    (a, b): (u32, u32),
) -> Why {
    let (left, right) = (linkage.incident_of[a as usize], linkage.incident_of[b as usize]);
    let apart = left != right && left != Linkage::NONE && right != Linkage::NONE;
    let mean_between_bits = apart.then(|| {
        let nodes = nodes(outlines, blocking, linkage);
        let between = Between::new(&nodes, model, linkage);
        between.groups(linkage.members(left), linkage.members(right))
    });
    Why {
        compared: compare(outlines, model, blocking, linkage, a, b),
        met: meet(outlines, blocking, outlines.get(a), outlines.get(b)),
        judgements: judgements_on(judgements, |left, right| {
            let (a, b) = (outlines.id(a), outlines.id(b));
            (left == a && right == b) || (left == b && right == a)
        }),
        together: left == right && left != Linkage::NONE,
        mean_between_bits,
    }
}

/// How an incident came to be.
#[derive(Clone, PartialEq, Debug)]
pub struct How {
    /// Each report with what speaks for its being in, in the order given.
    pub supports: Vec<Support>,
    /// The report outside that speaks most strongly for being in, and why it is not. `None` if no
    /// report outside weighs more than the floor with any of those inside.
    pub nearest: Option<Outside>,
    /// The standing judgements that name a report of the incident, in the order of their numbers.
    pub judgements: Vec<JudgementId>,
}

/// What speaks for one report's being in an incident.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Support {
    /// The report.
    pub report: u32,
    /// Its mean weight to the others, pairs that never met counted as the floor. `None` when it is
    /// alone.
    pub mean_bits: Option<f64>,
    /// The other report that speaks for it most strongly, and the weight of the two.
    pub strongest: Option<(u32, f64)>,
    /// Whether it is a lead, attached to the incident of its best match.
    pub is_lead: bool,
}

/// A report outside an incident.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Outside {
    /// The report.
    pub report: u32,
    /// Its mean weight to the reports of the incident.
    pub mean_bits: f64,
    /// Why it is not in.
    pub why: WhyOutside,
}

/// Why the nearest report is not in an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhyOutside {
    /// A person judged it different from one of the reports.
    Judged(JudgementId),
    /// A report of the same curated source is in already.
    CuratedSource {
        /// That report.
        taken_by: u32,
    },
    /// Its mean weight does not reach the joining weight.
    TooLittle,
    /// It went to another incident, with which this one has too little in common.
    Elsewhere {
        /// That incident.
        incident: u32,
    },
}

/// Explains an incident, given its reports (see [`Linkage::members`]).
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn how(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
    judgements: &[Judgement],
    members: &[u32],
) -> How {
    let nodes = nodes(outlines, blocking, linkage);
    let between = Between::new(&nodes, model, linkage);
    let supports = members.iter().map(|&report| between.support(report, members)).collect();
    let named = |id: &str| members.iter().any(|&member| outlines.id(member) == id);
    let standing: Vec<Judgement> =
        judgements.iter().filter(|judgement| judgement.withdrawn.is_none()).cloned().collect();
    How {
        supports,
        nearest: between.nearest_outside(linkage, &standing, members),
        judgements: judgements_on(&standing, |left, right| named(left) || named(right)),
    }
}

fn judgements_on(judgements: &[Judgement], on: impl Fn(&str, &str) -> bool) -> Vec<JudgementId> {
    let mut ids: Vec<JudgementId> = judgements
        .iter()
        .filter(|judgement| on(judgement.pair.left().as_str(), judgement.pair.right().as_str()))
        .map(|judgement| judgement.id)
        .collect();
    ids.sort_unstable();
    ids
}

/// What stands between reports and groups of them, by the rules of clustering.
struct Between<'a> {
    outlines: &'a Outlines,
    lens: Lens<'a>,
    /// Position → node.
    node_of: &'a [u32],
    scale: Scale,
}

fn nodes<'a>(outlines: &'a Outlines, blocking: &Blocking, linkage: &Linkage) -> Nodes<'a> {
    Nodes { outlines, blocking: *blocking, positions: linkage.seen.positions.clone() }
}

/// Compares the reports at two positions and gives every reason, also those that weigh nothing
/// because a side does not say.
///
/// The answer does not depend on whether linking ever looked at the two (see [`kept_apart`] for
/// that). An aggregate stands outside linking: nothing is known of what surrounds it, so it is
/// compared by its own facts alone.
///
/// # Panics
/// If a position is not below [`Outlines::len`].
pub fn compare(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
    a: u32,
    b: u32,
) -> Match {
    let nodes = nodes(outlines, blocking, linkage);
    Between::new(&nodes, model, linkage).compare(a, b)
}

/// How many pairs of reports meet, without weighing any: the bare join by time and place, for
/// measuring what weighing costs beside it. Exact copies are not put together first.
pub fn n_pairs_that_meet(outlines: &Outlines, blocking: &Blocking) -> u64 {
    let nodes = Nodes { outlines, blocking: *blocking, positions: by_id(outlines) };
    let crowd = Crowd::new(&nodes);
    for_each_pair(&nodes, &crowd, || 0, |n, _, _, _| *n += 1).into_iter().sum()
}

/// Every pair of reports that linking brought together as possibly one incident, by position, with
/// its weight in bits: for measuring, since it works them all out anew. Copies stand for one
/// another: a pair is given once for the reports they stand for.
pub fn weights_of(
    outlines: &Outlines,
    model: &Model,
    blocking: &Blocking,
    linkage: &Linkage,
) -> Vec<(u32, u32, f64)> {
    let nodes = nodes(outlines, blocking, linkage);
    let lens = Lens { nodes: &nodes, model, evidence: &linkage.seen.evidence };
    let crowd = Crowd::new(&nodes);
    let found = for_each_pair(&nodes, &crowd, Vec::new, |found, a, b, relation| {
        if relation == Relation::Same {
            found.push((nodes.position(a), nodes.position(b), lens.weight(a, b)));
        }
    });
    found.into_iter().flatten().collect()
}

impl<'a> Between<'a> {
    fn new(nodes: &'a Nodes<'a>, model: &'a Model, linkage: &'a Linkage) -> Between<'a> {
        Between {
            outlines: nodes.outlines,
            lens: Lens { nodes, model, evidence: &linkage.seen.evidence },
            node_of: &linkage.seen.node_of,
            scale: Scale::new(model),
        }
    }

    fn compare(&self, a: u32, b: u32) -> Match {
        let (left, right) = (self.node_of[a as usize], self.node_of[b as usize]);
        if left != u32::MAX && right != u32::MAX && left != right {
            return self.lens.reasons(left, right);
        }
        // An aggregate, or two copies of one report.
        let (left, right) = (self.outlines.get(a), self.outlines.get(b));
        reasons(&Both::alone(self.outlines, left, right), self.lens.model)
    }

    /// The weight of two reports above the floor, 0 when they never meet.
    fn excess(&self, a: u32, b: u32) -> i64 {
        let (left, right) = (self.outlines.get(a), self.outlines.get(b));
        match meet(self.outlines, &self.lens.nodes.blocking, left, right) {
            Ok((Relation::Same | Relation::Lead, _)) => {
                self.scale.excess(self.compare(a, b).weight())
            }
            _ => 0,
        }
    }

    fn groups(&self, left: &[u32], right: &[u32]) -> f64 {
        let pairs = left.iter().flat_map(|&a| right.iter().map(move |&b| (a, b)));
        let excess = pairs.map(|(a, b)| self.excess(a, b)).sum();
        self.scale.mean_bits(excess, left.len() as u64 * right.len() as u64)
    }

    fn support(&self, report: u32, members: &[u32]) -> Support {
        let others = || members.iter().copied().filter(|&other| other != report);
        let strongest = others().map(|other| (self.excess(report, other), other)).max_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| self.outlines.id(b.1).cmp(self.outlines.id(a.1)))
        });
        let n = others().count() as u64;
        Support {
            report,
            mean_bits: (n > 0).then(|| {
                self.scale.mean_bits(others().map(|other| self.excess(report, other)).sum(), n)
            }),
            strongest: strongest.map(|(_, other)| (other, self.compare(report, other).weight())),
            is_lead: self.outlines.get(report).is_lead(),
        }
    }

    fn nearest_outside(
        &self,
        linkage: &Linkage,
        standing: &[Judgement],
        members: &[u32],
    ) -> Option<Outside> {
        let mut best: Option<(i64, u32)> = None;
        for report in 0..self.outlines.len() as u32 {
            if members.contains(&report) || self.outlines.get(report).is_lead() {
                continue;
            }
            let excess: i64 = members.iter().map(|&member| self.excess(report, member)).sum();
            let nearer = best.is_none_or(|(most, nearest)| {
                let by_id = || self.outlines.id(report) < self.outlines.id(nearest);
                excess > most || (excess == most && by_id())
            });
            if excess > 0 && nearer {
                best = Some((excess, report));
            }
        }
        let (excess, report) = best?;
        let mean_bits = self.scale.mean_bits(excess, members.len() as u64);
        let why = self.why_outside(linkage, standing, members, report, mean_bits);
        Some(Outside { report, mean_bits, why })
    }

    fn why_outside(
        &self,
        linkage: &Linkage,
        standing: &[Judgement],
        members: &[u32],
        report: u32,
        mean_bits: f64,
    ) -> WhyOutside {
        let id = self.outlines.id(report);
        let judged = standing.iter().filter(|it| it.verdict == Verdict::Different).find(|it| {
            let (left, right) = (it.pair.left().as_str(), it.pair.right().as_str());
            let other = if left == id { right } else { left };
            (left == id || right == id)
                && members.iter().any(|&member| self.outlines.id(member) == other)
        });
        if let Some(judgement) = judged {
            return WhyOutside::Judged(judgement.id);
        }
        let outline = self.outlines.get(report);
        let rival = members.iter().copied().find(|&member| {
            let other = self.outlines.get(member);
            outline.is_curated() && other.is_curated() && other.source == outline.source
        });
        if let Some(taken_by) = rival {
            return WhyOutside::CuratedSource { taken_by };
        }
        let incident = linkage.incident_of[report as usize];
        if mean_bits < self.lens.model.join_bits || incident == Linkage::NONE {
            return WhyOutside::TooLittle;
        }
        WhyOutside::Elsewhere { incident }
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Kind, SourceKind};

    use super::*;
    use crate::link;
    use crate::testing::{Told, judgement, outlines, told};

    fn at_kunming(source: u16, key: &str) -> Told {
        told(source, key).day(3).at(25.04, 102.71, 1_000.0).killed(31).kind(Kind::Stabbing)
    }

    fn explained(reports: &[Told], judgements: &[Judgement]) -> (Outlines, Linkage, How) {
        let outlines = outlines(reports);
        let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
        let linkage = link(&outlines, &model, &blocking, judgements);
        let members = linkage.members(0).to_vec();
        let how = how(&outlines, &model, &blocking, &linkage, judgements, &members);
        (outlines, linkage, how)
    }

    #[test]
    fn how_gives_support_and_the_nearest_report_outside() {
        let far_off = at_kunming(2, "off").killed(2).says(sheaf_model::Field::Outlet, "x");
        let reports = [at_kunming(0, "1"), at_kunming(1, "1"), far_off];
        let (_, linkage, how) = explained(&reports[..2], &[]);
        assert_eq!(linkage.n_incidents, 1);
        let [first, second] = &how.supports[..] else { panic!("{how:?}") };
        assert_eq!(first.mean_bits, second.mean_bits);
        assert_eq!(first.strongest.map(|(other, _)| other), Some(1));
        assert_eq!(how.nearest, None);

        let different = judgement(1, "s0:1", "s1:1", Verdict::Different);
        let (_, _, how) = explained(&reports[..2], std::slice::from_ref(&different));
        assert_eq!(how.nearest.map(|it| it.why), Some(WhyOutside::Judged(different.id)));
        assert_eq!(how.judgements, [different.id]);

        let curated = |key| at_kunming(0, key).by(SourceKind::Curated);
        let (_, linkage, how) = explained(&[curated("1"), curated("2"), at_kunming(1, "1")], &[]);
        assert_eq!(linkage.members(0).len(), 2);
        assert_eq!(how.nearest.map(|it| it.why), Some(WhyOutside::CuratedSource { taken_by: 0 }));

        let weak = told(2, "weak").day(4).at(25.05, 102.71, 1_000.0).killed(3);
        let (_, _, how) = explained(&[at_kunming(0, "1"), weak], &[]);
        let nearest = how.nearest.unwrap();
        assert_eq!((nearest.report, nearest.why), (1, WhyOutside::TooLittle));
        assert!(nearest.mean_bits < 0.0);
    }

    #[test]
    fn why_says_what_kept_two_reports_apart() {
        let reports = [
            at_kunming(0, "1"),
            at_kunming(1, "late").day(30),
            told(2, "far").day(3).at(35.0, 102.71, 1_000.0),
            told(3, "nameless").day(3),
        ];
        let outlines = outlines(&reports[..]);
        let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
        let linkage = link(&outlines, &model, &blocking, &[]);
        let check = |other: u32, expected: &str| {
            let why = why(&outlines, &model, &blocking, &linkage, &[], (0, other));
            assert_eq!(why.met.map_err(|it| it.to_string()).unwrap_err(), expected);
            assert!(!why.together && why.mean_between_bits == Some(model.floor_bits));
            assert_eq!(why.compared.reasons.len(), 24);
        };
        check(2, "1106 km lie between them, and their places are known to 42 km together");
        check(3, "one has no point, and they share no place name or unit");
        // "late" says two stretches of days, and their hull touches.
        assert_eq!(kept_apart(&outlines, &blocking, 0, 1), None);
        assert_eq!(Apart::Days { gap: 5 }.to_string(), "5 days lie between them");
    }
}
