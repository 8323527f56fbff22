//! Plain Fellegi–Sunter with EM and connected components: what a general tool for record linkage
//! does when it is pointed at incident reports. Our own small implementation of the textbook; not
//! Splink and not fastLink, whose defaults it stands for.
//!
//! *Model* Each candidate pair is a match with probability λ; given that, its comparisons are
//! independent of each other, and level k of comparison c has probability m(c,k) among matches and
//! u(c,k) among others. A missing value says nothing. *Estimate* λ, m and u by expectation
//! maximisation over the candidates (as fastLink does; Splink takes u from random pairs, which
//! blocking by day and place would belie), from a start at which agreement speaks for a match.
//! *Decide* Pairs at or above a threshold are links, and what is connected is one incident.
//!
//! *References* Fellegi and Sunter (1969), JASA 64(328); Winkler (1988) on EM; Enamorado, Fifield and
//! Imai (2019), APSR 113(2), on missing values.

use std::collections::BTreeSet;

use crate::eval::linker::{Linked, Linker, pairs_within};
use crate::eval::reports::{Facts, Pool};
use crate::failure::Outcome;

/// Days between candidates at most.
const GAP_DAYS: i32 = 3;

/// Kilometres between candidates at most, where both have a point.
const REACH_KM: f64 = 50.0;

/// The method with its threshold.
#[derive(Clone, Copy, Debug)]
pub struct FellegiSunter {
    /// Pairs of at least this probability are links.
    pub threshold: f64,
    /// Whether a source has an incident once, so that two of its reports are never compared (what
    /// Splink calls `link_only`).
    pub link_only: bool,
}

/// The level of a comparison; `None` if a side does not say.
type Level = Option<u8>;

/// At most so many levels.
const MOST: usize = 4;

impl Linker for FellegiSunter {
    fn name(&self) -> String {
        format!(
            "plain Fellegi–Sunter EM, our own implementation, components at P ≥ {}",
            self.threshold
        )
    }

    fn knows_from(&self) -> Option<&'static str> {
        Some("nothing")
    }

    /// Nothing: EM learns from the pool that is linked, without labels.
    fn fit(&mut self, _train: &[&Pool]) -> Outcome<()> {
        Ok(())
    }

    fn link(&self, test: &Pool) -> Outcome<Linked> {
        let words: BTreeSet<&str> =
            test.facts.iter().flat_map(|facts| facts.words.keys().map(String::as_str)).collect();
        let pairs: Vec<(u32, u32)> = pairs_within(test, GAP_DAYS)
            .filter(|&(a, b)| {
                let (left, right) = (&test.facts[a as usize], &test.facts[b as usize]);
                let sources = [a, b].map(|it| test.labels[it as usize].group);
                are_candidates(left, right) && !(self.link_only && sources[0] == sources[1])
            })
            .collect();
        let levels: Vec<Vec<Level>> = pairs
            .iter()
            .map(|&(a, b)| compare(&test.facts[a as usize], &test.facts[b as usize], &words))
            .collect();
        let probabilities = estimate(&levels);
        let mut incident_of: Vec<u32> = (0..test.len() as u32).collect();
        for (&(a, b), &probability) in pairs.iter().zip(&probabilities) {
            if probability >= self.threshold {
                let (a, b) = (root(&mut incident_of, a), root(&mut incident_of, b));
                incident_of[a.max(b) as usize] = a.min(b);
            }
        }
        let incident_of = (0..test.len() as u32).map(|at| root(&mut incident_of, at)).collect();
        let compared = pairs.iter().zip(probabilities).map(|(&(a, b), it)| (a, b, it)).collect();
        Ok(Linked { incident_of, compared })
    }
}

fn root(parents: &mut [u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        parents[at as usize] = parents[parents[at as usize] as usize];
        at = parents[at as usize];
    }
    at
}

/// Near in days and not far apart; in one country where both name one.
fn are_candidates(a: &Facts, b: &Facts) -> bool {
    let countries = a.words.get("country").zip(b.words.get("country"));
    a.gap_days(b).is_some_and(|gap| gap <= GAP_DAYS)
        && a.km(b).is_none_or(|km| km <= REACH_KM)
        && countries.is_none_or(|(left, right)| left == right)
}

/// The comparisons that anyone would set up: exact, then nearly, then not.
fn compare(a: &Facts, b: &Facts, words: &BTreeSet<&str>) -> Vec<Level> {
    let count = |pair: Option<(u32, u32)>| {
        let (few, many) = pair.map(|(a, b)| (a.min(b), a.max(b)))?;
        Some(if few == many {
            0
        } else if few > 0 && many <= 2 * few {
            1
        } else {
            2
        })
    };
    let mut levels = vec![
        a.gap_days(b).map(|gap| gap.clamp(0, 3) as u8),
        a.km(b).map(|km| [1.0, 5.0, 20.0].iter().position(|&end| km <= end).unwrap_or(3) as u8),
        count(a.killed.zip(b.killed)),
        count(a.injured.zip(b.injured)),
        (!a.kinds.is_empty() && !b.kinds.is_empty()).then(|| {
            if a.kinds == b.kinds {
                0
            } else if a.kinds.iter().any(|kind| b.kinds.contains(kind)) {
                1
            } else {
                2
            }
        }),
    ];
    levels.extend(words.iter().map(|&name| {
        let (left, right) = a.words.get(name).zip(b.words.get(name))?;
        Some(u8::from(left != right))
    }));
    levels
}

/// The probability of each pair, after EM.
fn estimate(levels: &[Vec<Level>]) -> Vec<f64> {
    let Some(first) = levels.first() else { return Vec::new() };
    let n = first.len();
    let counted = |weight: &dyn Fn(usize) -> f64| {
        // Half a pair at every level, so that none is impossible.
        let mut counts = vec![[0.5; MOST]; n];
        for (at, levels) in levels.iter().enumerate() {
            for (counts, level) in counts.iter_mut().zip(levels) {
                if let Some(level) = level {
                    counts[usize::from(*level)] += weight(at);
                }
            }
        }
        for counts in &mut counts {
            let sum: f64 = counts.iter().sum();
            counts.iter_mut().for_each(|count| *count /= sum);
        }
        counts
    };
    let mut u = counted(&|_| 1.0);
    let mut m = vec![[0.9, 0.06, 0.03, 0.01]; n];
    let mut share: f64 = 0.01;
    let mut probabilities = Vec::new();
    for _ in 0..100 {
        let prior = (share / (1.0 - share)).ln();
        probabilities = levels
            .iter()
            .map(|levels| {
                let bits = (0..n).filter_map(|at| {
                    let level = usize::from(levels[at]?);
                    Some((m[at][level] / u[at][level]).ln())
                });
                1.0 / (1.0 + (-(prior + bits.sum::<f64>())).exp())
            })
            .collect();
        let sum: f64 = probabilities.iter().sum();
        let next = (sum / levels.len() as f64).clamp(1e-9, 0.99);
        m = counted(&|at| probabilities[at]);
        u = counted(&|at| 1.0 - probabilities[at]);
        if (next - share).abs() < 1e-9 {
            break;
        }
        share = next;
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two kinds of pairs whose comparisons are independent within each kind: EM must tell them
    /// apart, and know how many there are.
    #[test]
    fn what_the_model_assumes_it_recovers() {
        let mut chance = crate::chance::Chance::from_seed(1);
        let (mut levels, mut truth) = (Vec::new(), Vec::new());
        for _ in 0..4_000 {
            let same = chance.happens(0.05);
            let agrees = |chance: &mut crate::chance::Chance| {
                let likely = if same { 0.9 } else { 0.1 };
                Some(u8::from(!chance.happens(likely)))
            };
            levels.push((0..8).map(|_| agrees(&mut chance)).collect());
            truth.push(same);
        }
        let found = estimate(&levels);
        let right = found.iter().zip(&truth).filter(|(p, same)| (**p >= 0.5) == **same).count();
        assert!(right >= 3_960, "{right} of 4000");
        let share = found.iter().sum::<f64>() / 4_000.0;
        assert!((share - 0.05).abs() < 0.02, "{share}");
        assert_eq!(found, estimate(&levels));
    }

    #[test]
    fn what_a_side_does_not_say_is_no_level() {
        let told = Facts { days: Some((5, 5)), killed: Some(4), ..Facts::default() };
        let other = Facts { days: Some((6, 9)), killed: Some(8), injured: Some(1), ..told.clone() };
        let levels = compare(&told, &other, &BTreeSet::from(["target"]));
        assert_eq!(levels, [Some(1), None, Some(1), None, None, None]);
        assert!(estimate(&[]).is_empty());
    }
}
