//! The fewest parties that together know all that anyone knows.
//!
//! # Question
//! Which few parties cover the rest, and how much do the first of them cover?
//!
//! # Answer
//! [`Cover`]: one after the other the party that adds most, with what is then covered; and a smallest set that
//! covers everything: exact for up to [`MOST_EXACT`] parties, otherwise the greedy one, and it says which.
//!
//! # Assumes
//! That every incident weighs the same. A party outside the set is not superfluous: it may be first, or
//! right. There may be several smallest sets; the one with the earliest parties is told.
//!
//! # Formula
//! Greedy: add argmax |P \ covered|, ties to the earlier party; it needs at most H(n) times the fewest, with n the most
//! incidents that one party tells. Exact: parties that alone know something are in every cover; of the rest
//! subsets are tried in order of size.
//!
//! # References
//! - Chvátal (1979), A greedy heuristic for the set-covering problem.
//! - Karp (1972), Reducibility among combinatorial problems.

use super::Knew;

/// Up to so many parties, those that nobody can do without left aside, the smallest set is exact.
pub const MOST_EXACT: usize = 20;

/// A party that is added, and what is then covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The party.
    pub party: u32,
    /// Incidents that it adds.
    pub adds: u64,
    /// Incidents that are covered with it.
    pub covered: u64,
}

/// What covers what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cover {
    /// One party after the other, the one that adds most first, until all is covered.
    pub steps: Vec<Step>,
    /// The fewest parties that cover everything, in order.
    pub smallest: Vec<u32>,
    /// Whether no smaller set can exist; otherwise it is the greedy one.
    pub is_exact: bool,
}

/// Finds which parties cover the rest.
pub fn cover(knew: &Knew) -> Cover {
    let incidents: Vec<Vec<u32>> = knew
        .incidents()
        .filter(|it| !it.is_empty())
        .map(|it| it.iter().map(|it| it.party).collect())
        .collect();
    let steps = greedy(&incidents, knew.n_parties());
    let exact = exact(&incidents);
    let is_exact = exact.is_some();
    let smallest = exact.unwrap_or_else(|| {
        let mut parties: Vec<u32> = steps.iter().map(|it| it.party).collect();
        parties.sort_unstable();
        parties
    });
    Cover { steps, smallest, is_exact }
}

fn greedy(incidents: &[Vec<u32>], n_parties: u32) -> Vec<Step> {
    let mut left: Vec<&Vec<u32>> = incidents.iter().collect();
    let mut steps = Vec::new();
    while !left.is_empty() {
        let mut adds = vec![0u64; n_parties as usize];
        left.iter().for_each(|it| it.iter().for_each(|&party| adds[party as usize] += 1));
        let best = (0..n_parties).rev().max_by_key(|&party| adds[party as usize]);
        let Some(party) = best else { break };
        left.retain(|it| !it.contains(&party));
        let covered = (incidents.len() - left.len()) as u64;
        steps.push(Step { party, adds: adds[party as usize], covered });
    }
    steps
}

/// The smallest set, or `None` where trying would take too long.
fn exact(incidents: &[Vec<u32>]) -> Option<Vec<u32>> {
    let needed = |it: &Vec<u32>| if let [only] = it[..] { Some(only) } else { None };
    let mut needed: Vec<u32> = incidents.iter().filter_map(needed).collect();
    needed.sort_unstable();
    needed.dedup();
    let mut left: Vec<&Vec<u32>> =
        incidents.iter().filter(|it| !it.iter().any(|it| needed.contains(it))).collect();
    left.sort_unstable();
    left.dedup();
    let mut choices: Vec<u32> = left.iter().flat_map(|it| it.iter().copied()).collect();
    choices.sort_unstable();
    choices.dedup();
    if choices.len() > MOST_EXACT {
        return None;
    }
    // Each incident as the set of choices that would cover it; the earliest choice is the highest bit,
    // so that of sets of one size the one with the earliest parties is the largest number.
    let bit =
        |party: &u32| choices.binary_search(party).map_or(0, |at| 1u32 << (choices.len() - 1 - at));
    let masks: Vec<u32> = left.iter().map(|it| it.iter().map(bit).sum()).collect();
    let covers = |set: &u32| masks.iter().all(|mask| mask & set != 0);
    let all = 1u32 << choices.len();
    let best = (0..all).rev().filter(covers).min_by_key(|set| set.count_ones())?;
    needed.extend(choices.iter().filter(|party| best & bit(party) != 0));
    needed.sort_unstable();
    Some(needed)
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{by_chance, knew};
    use super::*;
    use crate::Chance;

    #[test]
    fn by_hand() {
        let knew = knew(3, &[&[(0, 1)], &[(0, 1), (1, 1)], &[(1, 1), (2, 1)], &[]]);
        let found = cover(&knew);
        assert_eq!(found.steps[0], Step { party: 0, adds: 2, covered: 2 });
        assert_eq!(found.steps[1], Step { party: 1, adds: 1, covered: 3 });
        assert_eq!((found.smallest, found.is_exact), (vec![0, 1], true));
        let none = cover(&knew_nothing());
        assert_eq!((none.steps.len(), none.smallest.len(), none.is_exact), (0, 0, true));
    }

    fn knew_nothing() -> Knew {
        knew(2, &[])
    }

    /// The textbook case in which the greedy way takes three and two are enough.
    #[test]
    fn known_truth_the_exact_set_is_smaller_than_the_greedy_one() {
        let (tempting, top, bottom) = (0, 1, 2);
        let cells = (0..6).flat_map(|column| [(column, top), (column, bottom)]);
        let rows: Vec<Vec<(u32, i32)>> = cells
            .map(|(column, row)| match column {
                0..4 => vec![(tempting, 0), (row, 0)],
                // A party of its own, so that no row is all that anybody could choose.
                4 => vec![(row, 0), (3, 0)],
                _ => vec![(row, 0), (4, 0)],
            })
            .collect();
        let rows: Vec<&[(u32, i32)]> = rows.iter().map(Vec::as_slice).collect();
        let found = cover(&knew(5, &rows));
        assert_eq!((found.steps.len(), found.steps[0].party), (3, tempting));
        assert_eq!((found.smallest, found.is_exact), (vec![top, bottom], true));
    }

    /// Parties that know by chance alone: the set covers all, and none of it can be left out.
    #[test]
    fn under_chance_alone_the_set_covers_and_nothing_can_be_left_out() {
        let mut chance = Chance::new(4, 0);
        for _ in 0..50 {
            let knew = by_chance(&mut chance, &[0.3, 0.5, 0.4, 0.2, 0.6, 0.3], 12, 0);
            let found = cover(&knew);
            let covers = |set: &[u32]| {
                let told = |it: &&[super::super::Learnt]| !it.is_empty();
                knew.incidents().filter(told).all(|it| it.iter().any(|it| set.contains(&it.party)))
            };
            assert!(covers(&found.smallest));
            for out in &found.smallest {
                let less: Vec<u32> =
                    found.smallest.iter().copied().filter(|it| it != out).collect();
                assert!(!covers(&less));
            }
        }
    }

    /// Every subset tried, without any shortcut.
    #[test]
    fn reference_every_subset() {
        let mut chance = Chance::new(5, 0);
        for _ in 0..50 {
            let knew = by_chance(&mut chance, &[0.3; 8], 15, 0);
            let incidents: Vec<u32> = knew
                .incidents()
                .map(|it| it.iter().map(|it| 1 << it.party).sum::<u32>())
                .filter(|&it| it != 0)
                .collect();
            let fewest = (0u32..256)
                .filter(|set| incidents.iter().all(|it| it & set != 0))
                .map(u32::count_ones)
                .min();
            assert_eq!(Some(cover(&knew).smallest.len() as u32), fewest);
        }
    }
}
