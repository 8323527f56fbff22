//! What the answers say about the linking: the figures, what they rest on, and whether the
//! probabilities deserve their name.

use sheaf_model::Verdict;

use super::estimate::{Draw, Estimate, Group, Guess, precision, recall};
use super::interval::of_answers;
use super::queue::{Queue, Rank, Reach, Told, reach};

/// The bands in which probabilities are held against answers: each begins at one of these and ends
/// before the next, the last with 1.
pub const BANDS: [f64; 8] = [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99];

/// Pairs that blocking never brought together, hence no candidates, and some of them drawn evenly.
#[derive(Clone, PartialEq, Debug)]
pub struct Beyond {
    /// How many there are.
    pub n_total: u64,
    /// The pairs drawn: the uniform hash of each pair, and its verdict if it has one. The smallest
    /// hash counts first, up to the first without a verdict, so that answers out of turn do not
    /// tilt the figure here either.
    pub drawn: Vec<(u64, Option<Verdict>)>,
}

/// How many of the pairs of like probability are one incident.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// Where the band begins; see [`BANDS`].
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many answers it has, "cannot tell" not among them.
    pub n_told: usize,
    /// The mean probability of its pairs, weighted as the answers are.
    pub mean_probability: f64,
    /// The share answered "same", weighted.
    pub same: f64,
    /// The lower end of the 95 % interval of that share.
    pub low: f64,
    /// The upper end. That the mean probability lies outside says that it is not calibrated here.
    pub high: f64,
}

/// How good the linking is, according to the answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Of the linked pairs, the share that is one incident. This is the headline: probabilities
    /// corrected by answers.
    pub precision: Estimate,
    /// Of the pairs that were compared and are one incident, the share that is linked.
    pub recall: Estimate,
    /// The same with the pairs that were never compared, if a sample of these was handed in.
    pub recall_beyond: Option<Estimate>,
    /// Precision without a look at any probability: wider, and nothing to be argued about.
    pub precision_plain: Estimate,
    /// Recall without a look at any probability.
    pub recall_plain: Estimate,
    /// How many pairs were compared.
    pub n_population: u64,
    /// How many of them are linked.
    pub n_linked: u64,
    /// Answers among the pairs of greatest expected change, which count for themselves.
    pub n_answered_top: usize,
    /// Answers of the random order, which speak for all other pairs.
    pub n_answered_sample: usize,
    /// Answers that no figure uses, because neither order has come to them.
    pub n_aside: usize,
    /// How many of all these answers are "cannot tell".
    pub n_unsure: usize,
    /// Probabilities held against answers; bands without an answer are left out.
    pub bands: Vec<Band>,
}

impl Report {
    /// Whether precision and recall rest on enough answers to be shown; see [`super::ENOUGH`].
    pub fn enough(&self) -> bool {
        self.precision.enough && self.recall.enough
    }
}

/// The answered pairs, each with what it speaks for.
pub(super) struct Standing {
    pub(super) linked: Group,
    pub(super) unlinked: Group,
    pub(super) n_aside: usize,
}

impl Queue<'_> {
    /// What the answers say. Without `beyond`, recall is among the pairs that were compared.
    pub fn report(&self, beyond: Option<&Beyond>) -> Report {
        let Standing { linked, unlinked, n_aside } = self.standing();
        let beyond = beyond.map(group_beyond);
        let count = |is_sample: bool| {
            let draws = linked.draws.iter().chain(&unlinked.draws);
            draws.filter(|it| it.is_sample == is_sample).count()
        };
        let unsure = self.answered.iter().filter(|(_, verdict)| *verdict == Verdict::Unsure);
        Report {
            precision: precision(&linked, Guess::Probability),
            recall: recall(&linked, &[&unlinked], Guess::Probability),
            recall_beyond: beyond
                .map(|beyond| recall(&linked, &[&unlinked, &beyond], Guess::Probability)),
            precision_plain: precision(&linked, Guess::Linking),
            recall_plain: recall(&linked, &[&unlinked], Guess::Linking),
            n_population: linked.n + unlinked.n,
            n_linked: linked.n,
            n_answered_top: count(false),
            n_answered_sample: count(true),
            n_aside,
            n_unsure: unsure.count(),
            bands: bands(linked.draws.iter().chain(&unlinked.draws)),
        }
    }

    /// Which answers count, and for how much: those that the top has reached for themselves; of the
    /// others those that the sample has reached, for as many as their weight says.
    pub(super) fn standing(&self) -> Standing {
        let edges = self.front(1).edges();
        let told = self.told();
        let Reach { n_top, n_sample, .. } = reach(&told, &edges, self.share());
        let first_outside = [0, 1].map(|side| {
            let drawn = |it: &&Told| it.side == side && edges.is_drawn(it);
            let mut ranks: Vec<Rank> =
                told[n_top..].iter().filter(drawn).map(|it| it.sample).collect();
            ranks.sort_unstable_by(|x, y| y.cmp(x));
            // A side without an unanswered pair is no sample.
            edges.sample[side].map(|edge| ranks.get(n_sample[side]).copied().unwrap_or(edge))
        });

        let mut groups = [false, true].map(|linked| {
            let side = &self.sides[usize::from(linked)];
            let (n, n_unanswered) = (side.n, side.n - side.n_answered);
            Group { n, n_unanswered, linked, expected: side.expected(), draws: Vec::new() }
        });
        let mut n_aside = 0;
        for (at, it) in told.iter().enumerate() {
            let is_sample = at >= n_top;
            let outside = first_outside[it.side];
            if is_sample && outside.is_some_and(|outside| it.sample <= outside) {
                n_aside += 1;
                continue;
            }
            let candidate = &self.candidates[it.index as usize];
            let side = &self.sides[it.side];
            let threshold = outside.map_or(0.0, |outside| outside.score);
            groups[it.side].draws.push(Draw {
                probability: candidate.believed(),
                size: side.size(candidate),
                weight: if is_sample { side.weight(candidate, threshold) } else { 1.0 },
                is_sample,
                verdict: it.verdict,
            });
        }
        let [unlinked, linked] = groups;
        Standing { linked, unlinked, n_aside }
    }
}

/// Pairs never compared are pairs not linked, of probability 0 and drawn evenly.
fn group_beyond(beyond: &Beyond) -> Group {
    let mut drawn = beyond.drawn.clone();
    drawn.sort_unstable_by_key(|&(key, _)| key);
    let verdicts: Vec<Verdict> = drawn.iter().map_while(|&(_, verdict)| verdict).collect();
    let n = beyond.n_total.max(verdicts.len() as u64);
    let weight = n as f64 / verdicts.len().max(1) as f64;
    let draw = |verdict| Draw { probability: 0.0, size: 1.0, weight, is_sample: true, verdict };
    Group {
        n,
        n_unanswered: n - verdicts.len() as u64,
        linked: false,
        expected: 0.0,
        draws: verdicts.into_iter().map(draw).collect(),
    }
}

fn bands<'a>(draws: impl Iterator<Item = &'a Draw>) -> Vec<Band> {
    let told: Vec<&Draw> = draws.filter(|it| it.verdict != Verdict::Unsure).collect();
    let mut bands = Vec::new();
    for (at, &from) in BANDS.iter().enumerate() {
        let to = BANDS.get(at + 1).copied().unwrap_or(1.0);
        let is_within =
            |it: &&&Draw| it.probability >= from && (it.probability < to || at + 1 == BANDS.len());
        let within: Vec<&Draw> = told.iter().filter(is_within).copied().collect();
        let sum = |of: &dyn Fn(&Draw) -> f64| within.iter().map(|it| of(it)).sum::<f64>();
        let weights = sum(&|it| it.weight);
        if weights == 0.0 {
            continue;
        }
        let same = sum(&|it| if it.verdict == Verdict::Same { it.weight } else { 0.0 }) / weights;
        // Kish's effective number of answers, (Σ weight)² ÷ Σ weight²: Survey Sampling (1965).
        let (low, high) = of_answers(same, weights * weights / sum(&|it| it.weight * it.weight));
        bands.push(Band {
            from,
            to,
            n_told: within.len(),
            mean_probability: sum(&|it| it.weight * it.probability) / weights,
            same,
            low,
            high,
        });
    }
    bands
}
