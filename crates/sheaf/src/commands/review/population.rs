//! The pairs that questions and figures are about, the answers that stand on them, and which comes
//! next. Nothing is remembered from one question to the next: pairs and answers say it all.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use sheaf_link::review::{
    Arm, Beyond, Candidate, Further, Queue, Report, Share, candidates, further,
};
use sheaf_link::{Blocking, Linkage, Model};
use sheaf_model::{IncidentId, Judgement, Pair, ReportId, Verdict};
use sheaf_store::Pool;

use crate::args::Reviewing;
use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::linking::{LinkedBy, Method, SHIPPED};
use crate::pipeline::{self, Known};

/// After how many answers to other questions one is asked about a pair that was never compared.
const OTHERS_FIRST: usize = 2;

/// All pairs of reports that linking compared, as arithmetic alone left them, and those drawn from
/// beyond if asked for.
pub struct Population {
    pub known: Known,
    pub model: Box<Model>,
    pub blocking: Blocking,
    /// Without a judgement: the questions must not hang on the answers.
    pub linkage: Linkage,
    pub method: String,
    pub candidates: Vec<Candidate>,
    pub further: Option<Further>,
}

/// The verdict that stands on each judged pair of known reports, by position, the smaller first.
pub struct Answers(HashMap<(u32, u32), Verdict>);

/// Why a pair is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Of all open pairs it promises the greatest change.
    Top,
    /// It is the next in the random order.
    Sample,
    /// It was drawn from the pairs that linking never compared.
    Beyond,
}

/// A pair to ask about.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Asked {
    /// The report with the smaller id, by position.
    pub a: u32,
    /// The other.
    pub b: u32,
    pub why: Why,
    /// The pair as linking left it; none if it never compared the two.
    pub candidate: Option<Candidate>,
}

/// What stands answered and what is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    pub n_open: usize,
    pub n_answered: usize,
    /// Answers among the pairs drawn from beyond.
    pub n_beyond: usize,
    /// Judgements on other pairs, which are no answer to any question.
    pub n_elsewhere: usize,
    /// How many of all these are "unsure".
    pub n_unsure: usize,
}

impl Population {
    /// The pairs of a pool; a failure if it is not linked by weighed reasons, or no two reports meet.
    pub fn of(pool: &Pool, args: &Reviewing, quiet: bool) -> Result<Population, Failure> {
        let beyond = args.beyond.map(|n| n as usize);
        Population::knowing(pool, &args.pool, Knowing::default(), beyond, quiet)
    }

    /// The same of the reports that a question may know. `path` is what the pool is called in failures;
    /// `beyond` is how many pairs are to be drawn that linking never compared.
    pub fn knowing(
        pool: &Pool,
        path: &Path,
        knowing: Knowing,
        beyond: Option<usize>,
        quiet: bool,
    ) -> Result<Population, Failure> {
        let method = Method::known(pool, &knowing)?;
        let name = method.name();
        if let Method::Meltt(_) = method {
            return Err(by_meltt(path, &name));
        }
        let known = pipeline::gather_known(pool, knowing, quiet)?;
        let (linkage, linked_by) = method.link(pool, &known, &[])?;
        let LinkedBy::Model { model, blocking } = linked_by else {
            return Err(by_meltt(path, &name));
        };
        let candidates = candidates(&known.outlines, &model, &blocking, &linkage);
        let further = beyond.map(|n| further(&known.outlines, &blocking, &linkage, &candidates, n));
        if candidates.is_empty() && further.as_ref().is_none_or(|it| it.drawn.is_empty()) {
            let what = format!("{}: nothing to ask: no two reports meet", path.display());
            return Err(Failure::new("nothing-to-ask", what).hint(
                "linking compares reports of different sources that are near in time and place; \
                 `sheaf why POOL A B` says what keeps two apart",
            ));
        }
        // A pool of curated data sets for which nobody chose a model is linked by its own.
        let is_own = name == SHIPPED && *model != Model::shipped();
        let method = if is_own { "estimated from this pool".to_owned() } else { name };
        Ok(Population { known, model, blocking, linkage, method, candidates, further })
    }

    pub fn pair(&self, asked: &Asked) -> Option<Pair> {
        Pair::new(self.known.id(asked.a), self.known.id(asked.b))
    }

    /// The verdicts that stand, of judgements not withdrawn the latest on each pair.
    pub fn answers(&self, judgements: &[Judgement]) -> Answers {
        let standing = || judgements.iter().filter(|it| it.withdrawn.is_none());
        let named: HashSet<&str> =
            standing().flat_map(|it| [it.pair.left().as_str(), it.pair.right().as_str()]).collect();
        let outlines = &self.known.outlines;
        let positions: HashMap<&str, u32> = (0..outlines.len() as u32)
            .filter_map(|at| named.get(outlines.id(at)).map(|&id| (id, at)))
            .collect();
        let at = |id: &ReportId| positions.get(id.as_str()).copied();
        let mut latest = HashMap::new();
        for it in standing() {
            let (Some(a), Some(b)) = (at(it.pair.left()), at(it.pair.right())) else { continue };
            let newest = latest.entry((a.min(b), a.max(b))).or_insert((it.id, it.verdict));
            *newest = (*newest).max((it.id, it.verdict));
        }
        Answers(latest.into_iter().map(|(pair, (_, verdict))| (pair, verdict)).collect())
    }

    /// The next `n` questions, those passed over left out, and how things stand.
    pub fn next(
        &self,
        answers: &Answers,
        passed_over: &HashSet<(u32, u32)>,
        n: usize,
    ) -> (Vec<Asked>, Standing) {
        let (queue, mut n_answered) = self.queue(answers);
        let is_open = |it: &Asked| !passed_over.contains(&(it.a, it.b));
        let mut queued = (queue.next(n.saturating_add(passed_over.len())).into_iter())
            .map(|question| {
                let candidate = self.candidates[question.index];
                let why = match question.arm {
                    Arm::Top => Why::Top,
                    Arm::Sample => Why::Sample,
                };
                Asked { a: candidate.a, b: candidate.b, why, candidate: Some(candidate) }
            })
            .filter(is_open);
        let drawn = || self.further.iter().flat_map(|it| &it.drawn);
        let unanswered = || drawn().filter(|it| answers.on(it.a, it.b).is_none());
        let mut beyond = unanswered()
            .map(|it| Asked { a: it.a, b: it.b, why: Why::Beyond, candidate: None })
            .filter(is_open);
        let mut n_beyond = drawn().count() - unanswered().count();
        let standing = Standing {
            n_open: self.candidates.len() - n_answered + unanswered().count(),
            n_answered,
            n_beyond,
            n_elsewhere: answers.0.len() - n_answered - n_beyond,
            n_unsure: answers.0.values().filter(|it| **it == Verdict::Unsure).count(),
        };
        let mut asked = Vec::new();
        while asked.len() < n {
            let is_due = (n_beyond + 1) * OTHERS_FIRST <= n_answered;
            let next = match is_due {
                true => beyond.next().or_else(|| queued.next()),
                false => queued.next().or_else(|| beyond.next()),
            };
            let Some(next) = next else { break };
            *(if next.why == Why::Beyond { &mut n_beyond } else { &mut n_answered }) += 1;
            asked.push(next);
        }
        (asked, standing)
    }

    /// What the answers say.
    pub fn report(&self, answers: &Answers) -> Report {
        let beyond = self.further.as_ref().map(|further| {
            let drawn = further.drawn.iter().map(|it| (it.key, answers.on(it.a, it.b)));
            Beyond { n_total: further.n_total, drawn: drawn.collect() }
        });
        self.queue(answers).0.report(beyond.as_ref())
    }

    /// The handle of the incident that arithmetic alone put a report in, and how many reports that
    /// has.
    pub fn incident(&self, position: u32) -> Option<(IncidentId, usize)> {
        let incident = self.linkage.incident_of[position as usize];
        if incident == Linkage::NONE {
            return None;
        }
        let members = self.linkage.members(incident);
        let ids: Vec<ReportId> = members.iter().map(|&at| self.known.id(at)).collect();
        Some((IncidentId::of(&ids)?, members.len()))
    }

    /// The queue, and how many of its pairs are answered.
    fn queue(&self, answers: &Answers) -> (Queue<'_>, usize) {
        let n_answered = Cell::new(0);
        let queue = Queue::new(&self.candidates, Share::EVEN, |a, b| {
            let verdict = answers.on(a, b);
            n_answered.set(n_answered.get() + usize::from(verdict.is_some()));
            verdict
        });
        (queue, n_answered.get())
    }
}

impl Answers {
    /// The verdict that stands on two reports.
    pub fn on(&self, a: u32, b: u32) -> Option<Verdict> {
        self.0.get(&(a.min(b), a.max(b))).copied()
    }
}

impl Why {
    /// The word for programs.
    pub fn name(self) -> &'static str {
        match self {
            Why::Top => "top",
            Why::Sample => "sample",
            Why::Beyond => "beyond",
        }
    }
}

fn by_meltt(pool: &Path, name: &str) -> Failure {
    Failure::new(
        "not-with-this-method",
        format!(
            "{} is linked by {name}; review works on pools linked by a model only, since MELTT \
             gives no probabilities to go by",
            pool.display()
        ),
    )
    .hint(format!("`sheaf pool {} --method model` links the same reports by one", pool.display()))
}
