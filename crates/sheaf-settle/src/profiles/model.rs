//! *model*: an estimate of the true toll, with each source's bias and with copying.
//!
//! The other profiles choose among what was said; this one says how many it may have been, which
//! nobody said. It is flagged as an estimate, its values carry the qualifier "about" and the rule
//! "posterior", and recorded and estimated numbers are separate layers that are never added up
//! (SDG indicator 16.1.2, technical note). Each line of comparable claims is estimated by itself:
//! low and high hold the truth nine times in ten, best is the median. How, is written in
//! [`posterior`](crate::rules::posterior).
//!
//! As shipped it takes every source for unbiased, with a spread, an amount of copying and a share of
//! numbers that are exactly right, all set by hand, so that two offices get the same answer.
//! [`Model::fit`] learns from a pool. It can only learn how sources differ: a bias that all share
//! cannot be seen without the truth, and nor can it be told whether two agree because one copied
//! or because both are right. A fitted model therefore takes no number for exactly right, which errs
//! towards wide intervals.

use sheaf_model::{Count, Harm, Qualifier, Settled, SettledIncident, SourceName, Toll, Whom};

use super::{About, Profile};
use crate::ballots::Ballots;
use crate::hearing::Hearing;
use crate::rules::fields::{self, Heard};
use crate::rules::posterior::{Errors, Told, normal, quantiles, scale};
use crate::rules::scope::{Aligned, Line};
use crate::rules::toll::{self, Ask, Parties, Table, filed, scope_of};
use crate::ruling::{Docket, Outcome, Ruling, State, Why};

/// The estimate as shipped.
pub const MODEL: &dyn Profile = &Model::SHIPPED;

static ABOUT: About = About {
    name: "model",
    cited: "model@1",
    rule: "An estimate, not a record: the posterior median of the true toll with its 90 % interval, \
           from comparable claims whose sources are off by a factor and may copy one another. \
           Sources are taken for unbiased and one number in four for exactly right, the others \
           with a spread of a fifth; one voice in four copies an earlier one. One voice counts \
           once. Every line of comparable claims is estimated by itself.",
    reference: "https://doi.org/10.14778/1687627.1687690 (copying); src/rules/posterior.rs (formula)",
    counts: Whom::All,
    is_estimate: true,
};

static FITTED: About = About {
    name: "model-fitted",
    cited: "model-fitted@1",
    rule: "As model, with each source's bias, the spread and the copying learned from the pool.",
    ..ABOUT
};

static ASK: Ask = Ask { harms: &Harm::ALL, whoms: &Whom::ALL, parties: Parties::Alike };

/// What the estimate assumes of sources.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    // Invariant: the spread is finite and above 0, the two probabilities are from 0 to below 1.
    spread: f64,
    copying: f64,
    exact: f64,
    /// Each source's bias on the log scale, in order of name.
    biases: Vec<(SourceName, f64)>,
    is_fitted: bool,
}

impl Model {
    /// What is assumed where nothing was learned.
    pub const SHIPPED: Model =
        Model { spread: 0.2, copying: 0.25, exact: 0.25, biases: Vec::new(), is_fitted: false };

    /// Sources without bias that err as stated; `None` unless the spread is finite and above 0 and
    /// the two probabilities are from 0 to below 1. Cited as a fitted model.
    ///
    /// ```
    /// use sheaf_settle::Model;
    /// assert!(Model::assuming(0.2, 0.25, 0.0).is_some());
    /// assert!(Model::assuming(0.0, 0.25, 0.0).is_none());
    /// ```
    pub fn assuming(spread: f64, copying: f64, exact: f64) -> Option<Model> {
        let may_be = |probability: f64| (0.0..1.0).contains(&probability);
        let possible = spread.is_finite() && spread > 0.0 && may_be(copying) && may_be(exact);
        possible.then_some(Model { spread, copying, exact, biases: Vec::new(), is_fitted: true })
    }

    /// How far a source is off, as a standard deviation on the log scale: 0.2 is about a fifth.
    pub fn spread(&self) -> f64 {
        self.spread
    }

    /// The probability that a voice copies an earlier one.
    pub fn copying(&self) -> f64 {
        self.copying
    }

    /// The probability that a number is exactly right.
    pub fn exact(&self) -> f64 {
        self.exact
    }

    /// A source's bias on the log scale: −0.1 tells a tenth too few. 0 if nothing is known.
    pub fn bias(&self, source: &SourceName) -> f64 {
        let found = self.biases.binary_search_by(|(name, _)| name.cmp(source));
        found.map_or(0.0, |at| self.biases[at].1)
    }

    /// Learns biases, spread and copying from the deaths told of these incidents. Only incidents
    /// told by several voices teach anything; with too few of them (ten) the shipped values stay.
    ///
    /// Alternates between the truths, the biases (shrunk towards 0 with a deviation of 0.3 and
    /// centred), the spread and the probability that each repeated number is a copy, thirty times.
    pub fn fit<'a>(ballots: &Ballots, incidents: impl IntoIterator<Item = &'a [u32]>) -> Model {
        let mut names: Vec<SourceName> = Vec::new();
        let mut lines: Vec<Vec<Seen>> = Vec::new();
        for members in incidents {
            learn_from(&Hearing::of(ballots, members), &mut names, &mut lines);
        }
        let n_sources = names.len();
        let mut biases = vec![0.0; n_sources];
        let Model { mut spread, mut copying, .. } = Model::SHIPPED;
        if lines.len() < 10 {
            return Model { is_fitted: true, ..Model::SHIPPED };
        }
        for _ in 0..30 {
            let (mut pulls, mut weights) = (vec![0.0; n_sources], vec![0.0; n_sources]);
            let (mut squares, mut n_own, mut n_copies, mut n_later) = (0.0, 0.0, 0.0, 0.0);
            for line in &mut lines {
                let own: f64 = line.iter().map(|it| it.weight).sum();
                let sum: f64 =
                    line.iter().map(|it| it.weight * (it.told - biases[it.source])).sum();
                let truth = sum / own;
                for (nth, it) in line.iter_mut().enumerate() {
                    let off = it.told - truth - biases[it.source];
                    let end = |half: f64| (scale(it.number + half) - it.told + off) / spread;
                    let found = normal(end(0.5)) - normal(end(-0.5));
                    let copied = copying * it.share;
                    it.weight = 1.0 - copied / (copied + (1.0 - copied) * found.max(1e-9));
                    pulls[it.source] += it.weight * (it.told - truth);
                    weights[it.source] += it.weight;
                    squares += it.weight * off * off;
                    n_own += it.weight;
                    n_copies += 1.0 - it.weight;
                    n_later += f64::from(u8::from(nth > 0));
                }
            }
            let shrinkage = (spread / 0.3).powi(2);
            let told = biases.iter_mut().zip(pulls.iter().zip(&weights));
            told.for_each(|(bias, (pull, weight))| *bias = pull / (weight + shrinkage));
            let shift: f64 = biases.iter().zip(&weights).map(|(bias, weight)| bias * weight).sum();
            biases.iter_mut().for_each(|bias| *bias -= shift / n_own);
            let free = (n_own - (lines.len() + n_sources) as f64).max(1.0);
            spread = (squares / free).sqrt().clamp(0.05, 2.0);
            copying = (n_copies + 1.0) / (n_later + 4.0);
        }
        let mut biases: Vec<(SourceName, f64)> = names.into_iter().zip(biases).collect();
        biases.sort_by(|a, b| a.0.cmp(&b.0));
        Model { spread, copying, exact: 0.0, biases, is_fitted: true }
    }

    fn estimate(
        &self,
        hearing: &Hearing<'_>,
        (harm, whom): (Harm, Whom),
        line: &Line,
        docket: &mut Docket,
    ) -> Option<Settled<Toll>> {
        let claims = in_order(line);
        let told: Vec<Told> = claims
            .iter()
            .map(|it| Told {
                count: it.toll.count,
                qualifier: it.toll.qualifier,
                voice: it.voice,
                bias: self.bias(hearing.source(it.said_in)),
            })
            .collect();
        let Model { spread, copying, exact, .. } = *self;
        let errors = Errors { spread, copying, exact };
        let Some((low, best, high)) = quantiles(&told, errors) else {
            let bounds = claims.iter().map(|it| it.said_in);
            bounds.for_each(|at| docket.put_aside(at, Why::OnlyBounds));
            return None;
        };
        let value = Toll {
            harm,
            whom,
            attackers: scope_of(whom, line),
            qualifier: Qualifier::About,
            count: Count::new(low, Some(best), Some(high))?,
            as_of: None,
        };
        let from = claims.iter().flat_map(Aligned::rests_on).collect();
        Some(filed(value, "posterior", line, from, Vec::new()))
    }
}

impl Profile for Model {
    fn about(&self) -> &'static About {
        if self.is_fitted { &FITTED } else { &ABOUT }
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let cited = self.about().cited;
        let settled = fields::settle(hearing, cited, Heard::Everyone, &mut docket);
        let mut tolls = Vec::new();
        for Table { harm, whom, lines } in toll::tables(hearing, &ASK, &mut docket) {
            for line in &lines {
                tolls.extend(self.estimate(hearing, (harm, whom), line, &mut docket));
            }
        }
        let outcome = if tolls.is_empty() {
            let because = "nobody gives a toll to estimate from";
            Outcome { state: State::Pending, word: "no estimate", because }
        } else {
            let because = "nobody said these numbers";
            Outcome { state: State::Settled, word: "estimate", because }
        };
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket)
    }
}

/// One telling of a number, for learning.
struct Seen {
    source: usize,
    number: f64,
    /// The number on the log scale.
    told: f64,
    /// The share of earlier voices with the same number.
    share: f64,
    /// The probability that it was found and not copied.
    weight: f64,
}

/// Adds the lines of deaths that several voices tell, one telling for each voice.
fn learn_from(hearing: &Hearing<'_>, names: &mut Vec<SourceName>, lines: &mut Vec<Vec<Seen>>) {
    let only_deaths = Ask { harms: &[Harm::Killed], whoms: &[Whom::All], ..ASK };
    for table in toll::tables(hearing, &only_deaths, &mut Docket::default()) {
        for line in &table.lines {
            let mut claims = in_order(line);
            let mut voices = Vec::new();
            claims.retain(|it| {
                let is_new = it.toll.count.best().is_some() && !voices.contains(&it.voice);
                voices.extend(is_new.then_some(it.voice));
                is_new
            });
            if claims.len() < 2 {
                continue;
            }
            let numbers: Vec<u32> = claims.iter().filter_map(|it| it.toll.count.best()).collect();
            let seen = claims.iter().enumerate().map(|(nth, it)| {
                let name = hearing.source(it.said_in);
                let source = names.iter().position(|it| it == name).unwrap_or_else(|| {
                    names.push(name.clone());
                    names.len() - 1
                });
                let n_same = numbers[..nth].iter().filter(|&&it| it == numbers[nth]).count();
                let number = f64::from(numbers[nth]);
                let share = n_same as f64 / nth.max(1) as f64;
                Seen { source, number, told: scale(number), share, weight: 1.0 }
            });
            lines.push(seen.collect());
        }
    }
}

/// The claims of a line in the order in which they were made; who gives no day comes last.
fn in_order(line: &Line) -> Vec<Aligned> {
    let mut claims = line.counted.clone();
    claims.sort_by_key(|it| {
        let count = it.toll.count;
        let number = (count.low(), count.best(), count.high(), it.toll.qualifier);
        (it.day.is_none(), it.day, it.said_in.report, number)
    });
    claims
}
