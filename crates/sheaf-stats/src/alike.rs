//! Incidents that resemble one.
//!
//! # Question
//! Which incidents resemble this one in what is known of them, and is it more than chance has it?
//!
//! # Answer
//! [`Alike`]: the incidents whose likeness reaches a least weight, each with its reasons, which add up to its
//! weight; the nearest that does not reach it, as a counter-example; and how often shuffled traits would
//! give as much. [`rhythm`] asks apart whether their days are spaced more evenly than those of any others.
//!
//! # Assumes
//! That traits are independent of each other but where one is weighed *given* another (a weapon given the kind
//! of incident), and coded alike: a source with habits of its own makes its incidents alike. The p-value is for
//! one incident that was chosen beforehand; whoever asks about many will find some by chance. A likeness is
//! a hypothesis about happenings. It says nothing of who did anything.
//!
//! # Formula
//! In a series a trait is repeated with probability a, and otherwise is as anywhere: the weight of agreement on a value
//! that a share u of the others has is ln((a + (1 − a) u) / u), of disagreement ln(1 − a), and of a trait unknown of
//! either exactly 0. Statistic: the sum of the weights that reach the least. p = (1 + shuffles with as much) /
//! (1 + shuffles), where traits are shuffled among the other incidents, those given each other together.
//! Rhythm: the standard deviation over the mean of the gaps between the days, against as many days drawn from all.
//!
//! # References
//! - Fellegi and Sunter (1969), A theory for record linkage (weights as log-likelihood ratios).
//! - Winkler (1989), Frequency-based matching in the Fellegi-Sunter model (rare values weigh more).
//! - Bennell and Canter (2002), Linking commercial burglaries by modus operandi.

use rayon::prelude::*;

use crate::{Chance, NoAnswer};

/// What is known of every incident under one heading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trait {
    /// The heading.
    pub name: &'static str,
    /// For each incident a number that stands for the value; `None` where it is unknown.
    pub values: Vec<Option<u32>>,
    /// Position of an earlier trait: where two incidents agree on that, the base rate is that among those who do.
    pub given: Option<usize>,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AlikeOptions {
    /// The incident that others are held against.
    pub of: usize,
    /// How likely a trait is repeated in a series: above 0, below 1.
    pub repeats: f64,
    /// The least weight of an incident that is told as alike.
    pub least: f64,
    /// How often traits are shuffled.
    pub permutations: u32,
}

/// Why an incident is, or is not, like another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ground {
    /// Position of the trait.
    pub of: usize,
    /// Whether both have the same value.
    pub agree: bool,
    /// The share of the other incidents that have the value of the incident asked about, from 0 to 1.
    pub share: f64,
    /// What it adds.
    pub weight: f64,
}

/// An incident held against the one asked about.
#[derive(Clone, PartialEq, Debug)]
pub struct Likeness {
    /// The incident.
    pub incident: usize,
    /// The sum of the weights of its grounds.
    pub weight: f64,
    /// One for each trait that is known of both, in the order of traits.
    pub grounds: Vec<Ground>,
}

/// What resembles an incident.
#[derive(Clone, PartialEq, Debug)]
pub struct Alike {
    /// Those that reach the least weight, the most alike first; ties in order of incident.
    pub found: Vec<Likeness>,
    /// The most alike of those that do not.
    pub counter: Option<Likeness>,
    /// The sum of the weights of those found.
    pub statistic: f64,
    /// How often shuffled traits give as much; 1 where nothing was found.
    pub p: f64,
}

/// Finds the incidents that resemble one.
///
/// # Errors
/// [`NoAnswer`]: fewer than 3 incidents, an incident that is not there, traits of another length, or a
/// probability that is none.
pub fn alike(traits: &[Trait], options: &AlikeOptions, seed: u64) -> Result<Alike, NoAnswer> {
    let n = check(traits, options)?;
    let shares = Shares::of(traits, options.of);
    let likenesses: Vec<Likeness> = (0..n)
        .filter(|&incident| incident != options.of)
        .map(|incident| likeness(traits, &shares, options, incident))
        .collect();
    let reaches = |weight: f64| weight >= options.least - 1e-9;
    let sum =
        |weights: &mut dyn Iterator<Item = f64>| -> f64 { weights.filter(|&it| reaches(it)).sum() };
    let statistic = sum(&mut likenesses.iter().map(|it| it.weight));
    // What each block of traits adds to each incident: shuffling the traits shuffles these.
    let blocks = blocks(traits);
    let n_blocks = blocks.iter().max().map_or(0, |it| it + 1);
    let mut adds = vec![vec![0.0; likenesses.len()]; n_blocks];
    for (at, likeness) in likenesses.iter().enumerate() {
        for ground in &likeness.grounds {
            adds[blocks[ground.of]][at] += ground.weight;
        }
    }
    let as_much = |number: u32| {
        let mut chance = Chance::new(seed, u64::from(number));
        let mut weights = vec![0.0; likenesses.len()];
        for block in &adds {
            let mut block = block.clone();
            chance.shuffle(&mut block);
            weights.iter_mut().zip(block).for_each(|(weight, add)| *weight += add);
        }
        u64::from(sum(&mut weights.into_iter()) >= statistic - 1e-9)
    };
    let exceeded: u64 = (0..options.permutations).into_par_iter().map(as_much).sum();
    let p = (exceeded + 1) as f64 / f64::from(options.permutations + 1);
    let mut found = likenesses;
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.incident.cmp(&b.incident)));
    let n_found = found.partition_point(|it| reaches(it.weight));
    let counter = found.get(n_found).cloned();
    found.truncate(n_found);
    let p = if found.is_empty() { 1.0 } else { p };
    Ok(Alike { found, counter, statistic, p })
}

fn check(traits: &[Trait], options: &AlikeOptions) -> Result<usize, NoAnswer> {
    let n = traits.first().map_or(0, |it| it.values.len());
    if n < 3 {
        return Err(NoAnswer::TooFewCases { have: n, need: 3 });
    }
    if options.of >= n {
        return Err(NoAnswer::Unknown { what: format!("incident number {}", options.of) });
    }
    for (at, it) in traits.iter().enumerate() {
        if it.values.len() != n || it.given.is_some_and(|given| given >= at) {
            return Err(NoAnswer::Unknown { what: format!("what the trait {} needs", it.name) });
        }
    }
    if !(options.repeats > 0.0 && options.repeats < 1.0) {
        return Err(NoAnswer::BadOption {
            option: "how likely a trait is repeated",
            value: options.repeats.to_string(),
            must: "above 0 and below 1",
        });
    }
    Ok(n)
}

/// For each trait its block: traits that are weighed given one another are shuffled together.
fn blocks(traits: &[Trait]) -> Vec<usize> {
    let mut blocks: Vec<usize> = Vec::with_capacity(traits.len());
    for it in traits {
        let next = blocks.iter().max().map_or(0, |it| it + 1);
        blocks.push(it.given.map_or(next, |given| blocks[given]));
    }
    blocks
}

/// Of a trait the share of the others that have the value of the incident asked about: of all, and of those that also
/// agree on what it is given. `None` where nobody can tell.
#[derive(Clone, Copy, Debug)]
struct Shares {
    of_all: Option<f64>,
    of_given: Option<f64>,
}

impl Shares {
    fn of(traits: &[Trait], of: usize) -> Vec<Shares> {
        let share = |it: &Trait, is_asked: &dyn Fn(usize) -> bool| {
            let asked = it.values[of]?;
            let others = (0..it.values.len()).filter(|&other| other != of && is_asked(other));
            let (mut same, mut all) = (0u32, 0u32);
            for value in others.filter_map(|other| it.values[other]) {
                all += 1;
                same += u32::from(value == asked);
            }
            (all > 0).then(|| f64::from(same) / f64::from(all))
        };
        let each = traits.iter().map(|it| Shares {
            of_all: share(it, &|_| true),
            of_given: it.given.and_then(|given| {
                let given = &traits[given].values;
                given[of]?;
                share(it, &|other| given[other] == given[of])
            }),
        });
        each.collect()
    }
}

fn likeness(
    traits: &[Trait],
    shares: &[Shares],
    options: &AlikeOptions,
    incident: usize,
) -> Likeness {
    let agree =
        |it: &Trait| -> Option<bool> { Some(it.values[options.of]? == it.values[incident]?) };
    let mut grounds = Vec::new();
    for (of, (it, shares)) in traits.iter().zip(shares).enumerate() {
        let is_given = it.given.is_some_and(|given| agree(&traits[given]) == Some(true));
        let share = if is_given { shares.of_given } else { shares.of_all };
        // The incident itself is one of those counted, so that a share is there where both are known.
        let (Some(agree), Some(share)) = (agree(it), share) else { continue };
        let a = options.repeats;
        let weight = if agree { ((a + (1.0 - a) * share) / share).ln() } else { (1.0 - a).ln() };
        grounds.push(Ground { of, agree, share, weight });
    }
    Likeness { incident, weight: grounds.iter().map(|it| it.weight).sum(), grounds }
}

/// How evenly days are spaced.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rhythm {
    /// The mean of the gaps between one day and the next.
    pub mean_gap_days: f64,
    /// The standard deviation of the gaps over their mean: 0 is a clock, about 1 is chance.
    pub variation: f64,
    /// How often as many days drawn from all are spaced as evenly.
    pub p: f64,
}

/// Whether days are spaced more evenly than as many drawn from all. `None` for fewer than four days, or where all
/// are one day.
pub fn rhythm(of: &[i32], all: &[i32], permutations: u32, seed: u64) -> Option<Rhythm> {
    if of.len() < 4 || all.len() < of.len() {
        return None;
    }
    let (mean_gap_days, variation) = gaps(of.to_vec())?;
    let as_even = |number: u32| {
        let mut chance = Chance::new(seed, u64::from(number));
        let mut days = all.to_vec();
        chance.shuffle(&mut days);
        days.truncate(of.len());
        u64::from(gaps(days).is_some_and(|it| it.1 <= variation + 1e-9))
    };
    let n: u64 = (0..permutations).into_par_iter().map(as_even).sum();
    let p = (n + 1) as f64 / f64::from(permutations + 1);
    Some(Rhythm { mean_gap_days, variation, p })
}

/// The mean of the gaps between days, and their standard deviation over it.
fn gaps(mut days: Vec<i32>) -> Option<(f64, f64)> {
    days.sort_unstable();
    let gaps: Vec<f64> = days.windows(2).map(|it| f64::from(it[1] - it[0])).collect();
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean > 0.0).then(|| (mean, variance.sqrt() / mean))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unevenness;

    const ASKED: AlikeOptions = AlikeOptions { of: 0, repeats: 0.8, least: 2.0, permutations: 199 };

    fn told(name: &'static str, values: &[i32], given: Option<usize>) -> Trait {
        let value = |&it: &i32| u32::try_from(it).ok();
        Trait { name, values: values.iter().map(value).collect(), given }
    }

    #[test]
    fn by_hand() {
        // Of four others one has the same kind; of those the weapon given the kind is all.
        let traits = [
            told("kind", &[1, 1, 2, 2, 3], None),
            told("weapon", &[7, 7, 7, -1, 8], Some(0)),
            told("target", &[-1, 4, 4, 4, 4], None),
        ];
        let found = alike(&traits, &AlikeOptions { least: 1.0, ..ASKED }, 1).unwrap();
        assert_eq!(found.found.len(), 1);
        let first = &found.found[0];
        // ln((0.8 + 0.2 · 0.25) / 0.25) = ln 3.4; the weapon is that of all with the kind: ln 1.
        let weights: Vec<f64> = first.grounds.iter().map(|it| it.weight).collect();
        assert_eq!((first.incident, weights.len()), (1, 2), "unknown is no mismatch");
        assert!((weights[0] - 3.4f64.ln()).abs() < 1e-12 && weights[1].abs() < 1e-12);
        assert_eq!(first.weight, weights[0] + weights[1]);
        // Number 2 disagrees on the kind, and has a weapon that two of three others have.
        let counter = found.counter.unwrap();
        let share = 2.0f64 / 3.0;
        let weight = 0.2f64.ln() + ((0.8 + 0.2 * share) / share).ln();
        assert_eq!(counter.incident, 2);
        assert!((counter.weight - weight).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        let two = [told("kind", &[1, 1], None)];
        assert_eq!(alike(&two, &ASKED, 1), Err(NoAnswer::TooFewCases { have: 2, need: 3 }));
        let three = [told("kind", &[1, 1, 2], None)];
        assert!(alike(&three, &AlikeOptions { of: 3, ..ASKED }, 1).is_err());
        assert!(alike(&three, &AlikeOptions { repeats: 1.0, ..ASKED }, 1).is_err());
        let later = [told("weapon", &[1, 1, 2], Some(0))];
        assert!(alike(&later, &ASKED, 1).is_err());
    }

    fn by_chance(chance: &mut Chance, n: usize, faces: &[usize]) -> Vec<Trait> {
        faces
            .iter()
            .map(|&faces| Trait {
                name: "trait",
                values: (0..n).map(|_| Some(chance.below(faces) as u32)).collect(),
                given: None,
            })
            .collect()
    }

    /// Six incidents that repeat three traits among two hundred that do not.
    #[test]
    fn known_truth_a_series_is_found_whole_and_alone() {
        let mut chance = Chance::new(21, 0);
        let mut traits = by_chance(&mut chance, 200, &[8, 10, 12, 7]);
        for it in &mut traits[..3] {
            it.values[..6].fill(Some(3));
        }
        let found = alike(&traits, &AlikeOptions { least: 3.0, ..ASKED }, 1).unwrap();
        let all: Vec<usize> = found.found.iter().map(|it| it.incident).collect();
        assert!((1..6).all(|it| all.contains(&it)), "{all:?}");
        assert!(all.len() <= 8 && found.p <= 0.01, "{all:?} {}", found.p);
        let days: Vec<i32> = (0..6).map(|it| 14 * it + 100).collect();
        let others: Vec<i32> = (0..200).map(|_| chance.below(365) as i32).collect();
        let rhythm = rhythm(&days, &others, 199, 1).unwrap();
        assert_eq!((rhythm.mean_gap_days, rhythm.variation), (14.0, 0.0));
        assert!(rhythm.p <= 0.01);
    }

    #[test]
    fn under_the_null_p_values_are_even() {
        let (mut series, mut even) = (Vec::new(), Vec::new());
        for number in 0..300 {
            let mut chance = Chance::new(22, number);
            let traits = by_chance(&mut chance, 60, &[3, 4, 5, 6, 7]);
            let asked = AlikeOptions { least: 0.5, permutations: 99, ..ASKED };
            series.push(alike(&traits, &asked, number).unwrap().p);
            let days: Vec<i32> = (0..80).map(|_| chance.below(2000) as i32).collect();
            even.push(rhythm(&days[..8], &days, 99, number).unwrap().p);
        }
        let (series, even) = (unevenness(series), unevenness(even));
        assert!(series < 1.95 && even < 1.95, "{series} {even}");
    }

    /// Every way to shuffle two traits among four others, counted without chance.
    #[test]
    fn reference_every_permutation() {
        let traits = [told("a", &[1, 1, 1, 2, 3], None), told("b", &[1, 1, 2, 1, 3], None)];
        let asked = AlikeOptions { least: 1.0, permutations: 9999, ..ASKED };
        let found = alike(&traits, &asked, 5).unwrap();
        // Each trait is repeated by two of four, so that both fall on one incident twice, once or never:
        // 1/6, 4/6 and 1/6 of the ways. Agreement adds ln 1.8, so only both together reach 1.
        let once = 2.0 * 1.8f64.ln();
        assert!((found.statistic - once).abs() < 1e-9);
        assert!((found.p - 5.0 / 6.0).abs() < 0.02, "{}", found.p);
    }
}
