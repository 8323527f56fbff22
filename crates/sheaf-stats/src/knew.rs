//! Who knew what, and when.
//!
//! # Question
//! How much do the files of several offices overlap, who knew first, how much later did the others learn of it, and
//! what would each have known, and how much sooner, had all been shared when it was written?
//!
//! # Answer
//! [`Knew`]: for each office how many incidents it tells of, how many it alone tells of, and how often it was first; for
//! each pair how many both tell of and how much later the one told of what the other had told before; the fewest offices
//! that together tell of everything; and for each what pooling would have given it.
//!
//! # Assumes
//! The day on which a report was written is the day on which its office knew. Incidents are linked rightly: a link that
//! is missing makes two incidents of one, each unique to an office. Where a report has no day of writing, the office
//! tells of the incident and nothing is said about when.
//!
//! # Formula
//! Overlap of A and B: incidents both tell of; its share is that over those either tells of (Jaccard). Unique share: what
//! one alone tells of, over all it tells of. Lag of B behind A: B's day less A's, where A was earlier. The fewest that
//! cover: exact by trying sets in order of size up to [`EXACT`] offices, else greedy, which needs at most ln n times as
//! many (Chvátal). Counterfactual: an incident that an office did not tell of, or told of later than another, is known to it on
//! the earliest day of all.
//!
//! # References
//! - Jaccard (1912), The distribution of the flora in the alpine zone. Chvátal (1979), A greedy heuristic for the
//!   set-covering problem.

use std::collections::BTreeMap;

/// Up to so many offices the fewest that cover are found exactly.
pub const EXACT: usize = 20;

/// An incident: who tells of it, by numbers from 0, and on which day, in days since 1970, where that is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// Each office once.
    pub by: Vec<(usize, Option<i32>)>,
}

/// What one office told.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Office {
    /// Incidents it tells of.
    pub n_told: usize,
    /// Incidents nobody else tells of.
    pub n_unique: usize,
    /// Incidents it told of before everybody else, of those that several tell of with a day.
    pub n_first: usize,
    /// Incidents that others tell of and it does not.
    pub n_missed: usize,
    /// For each incident that another told of earlier: how many days earlier it would have known.
    pub gains: Vec<i32>,
}

/// What two offices have in common.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pair {
    /// Incidents both tell of.
    pub n_both: usize,
    /// Those over all that either tells of; from 0 to 1.
    pub share: f64,
    /// Days by which the second told later, where it did.
    pub second_later: Vec<i32>,
    /// Days by which the first told later, where it did.
    pub first_later: Vec<i32>,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Knew {
    /// Incidents that were given.
    pub n_incidents: usize,
    /// Each office, in order.
    pub offices: Vec<Office>,
    /// Each pair that has an incident in common, by its numbers, the smaller first.
    pub pairs: BTreeMap<(usize, usize), Pair>,
    /// The fewest offices that together tell of everything.
    pub covering: Vec<usize>,
    /// Whether they are the fewest for sure.
    pub is_exact: bool,
}

/// A value so far through a list in order: 0.5 the median; nothing of an empty list.
///
/// ```
/// assert_eq!(sheaf_stats::knew::quantile(&[1, 2, 9], 0.5), Some(2));
/// assert_eq!(sheaf_stats::knew::quantile(&[], 0.5), None);
/// ```
pub fn quantile(sorted: &[i32], share: f64) -> Option<i32> {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied()
}

/// Counts who knew what, and when, among so many offices.
///
/// ```
/// use sheaf_stats::knew::{Heard, knew};
/// // Both tell of the first, the second three days later; each of one of its own.
/// let heard = [
///     Heard { by: vec![(0, Some(10)), (1, Some(13))] },
///     Heard { by: vec![(0, None)] },
///     Heard { by: vec![(1, Some(20))] },
/// ];
/// let found = knew(&heard, 2);
/// assert_eq!(found.offices[1].gains, [3]);
/// assert_eq!((found.offices[0].n_first, found.offices[0].n_missed), (1, 1));
/// assert_eq!(found.pairs[&(0, 1)].second_later, [3]);
/// assert_eq!(found.covering, [0, 1]);
/// ```
pub fn knew(heard: &[Heard], n_offices: usize) -> Knew {
    let mut offices = vec![Office::default(); n_offices];
    let mut pairs: BTreeMap<(usize, usize), Pair> = BTreeMap::new();
    for incident in heard {
        let told: Vec<(usize, i32)> =
            incident.by.iter().filter_map(|&(office, day)| Some((office, day?))).collect();
        let earliest = told.iter().map(|it| it.1).min();
        for (number, it) in offices.iter_mut().enumerate() {
            let Some((_, day)) = incident.by.iter().find(|by| by.0 == number) else {
                it.n_missed += 1;
                continue;
            };
            it.n_told += 1;
            it.n_unique += usize::from(incident.by.len() == 1);
            if let (Some(day), Some(earliest)) = (day, earliest) {
                let is_alone = told.iter().filter(|it| it.1 == earliest).count() == 1;
                it.n_first += usize::from(*day == earliest && is_alone && told.len() > 1);
                if *day > earliest {
                    it.gains.push(day - earliest);
                }
            }
        }
        for (nth, one) in incident.by.iter().enumerate() {
            for other in &incident.by[nth + 1..] {
                let (first, second) = if one.0 < other.0 { (one, other) } else { (other, one) };
                let pair = pairs.entry((first.0, second.0)).or_default();
                pair.n_both += 1;
                match first.1.zip(second.1) {
                    Some((a, b)) if b > a => pair.second_later.push(b - a),
                    Some((a, b)) if a > b => pair.first_later.push(a - b),
                    _ => {}
                }
            }
        }
    }
    for (&(one, other), pair) in &mut pairs {
        let either = offices[one].n_told + offices[other].n_told - pair.n_both;
        pair.share = pair.n_both as f64 / either.max(1) as f64;
        pair.second_later.sort_unstable();
        pair.first_later.sort_unstable();
    }
    offices.iter_mut().for_each(|it| it.gains.sort_unstable());
    let (covering, is_exact) = covering(heard, n_offices);
    Knew { n_incidents: heard.len(), offices, pairs, covering, is_exact }
}

/// The fewest offices that together tell of everything, the earliest in order where several sets do.
fn covering(heard: &[Heard], n_offices: usize) -> (Vec<usize>, bool) {
    let greedy = greedy(heard, n_offices);
    if n_offices > EXACT {
        return (greedy, false);
    }
    // Incidents told by the same offices are covered by the same sets: each such set of offices counts once.
    let mut needed: Vec<u32> =
        heard.iter().map(|it| it.by.iter().fold(0, |bits, by| bits | 1 << by.0)).collect();
    needed.sort_unstable();
    needed.dedup();
    needed.retain(|&bits| bits != 0);
    let covers = |set: u32| needed.iter().all(|&bits| bits & set != 0);
    let mut best = greedy.iter().fold(0_u32, |bits, &office| bits | 1 << office);
    for set in 0..1_u32 << n_offices {
        if set.count_ones() < best.count_ones() && covers(set) {
            best = set;
        }
    }
    ((0..n_offices).filter(|&office| best & 1 << office != 0).collect(), true)
}

fn greedy(heard: &[Heard], n_offices: usize) -> Vec<usize> {
    let mut left: Vec<&Heard> = heard.iter().filter(|it| !it.by.is_empty()).collect();
    let mut taken = Vec::new();
    while !left.is_empty() {
        let tells = |office: usize| left.iter().filter(|it| has(it, office)).count();
        // Of several that tell of as many, the first.
        let most = (0..n_offices).rev().max_by_key(|&office| tells(office));
        let Some(most) = most.filter(|&office| tells(office) > 0) else { break };
        left.retain(|it| !has(it, most));
        taken.push(most);
    }
    taken.sort_unstable();
    taken
}

fn has(heard: &Heard, office: usize) -> bool {
    heard.by.iter().any(|it| it.0 == office)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chance;

    fn heard(by: &[(usize, i32)]) -> Heard {
        Heard { by: by.iter().map(|&(office, day)| (office, Some(day))).collect() }
    }

    #[test]
    fn by_hand() {
        let found = knew(
            &[
                heard(&[(0, 1), (1, 4), (2, 4)]),
                heard(&[(1, 7), (2, 5)]),
                heard(&[(2, 9)]),
                heard(&[(0, 3), (1, 3)]),
                Heard { by: vec![(0, None), (2, Some(8))] },
            ],
            3,
        );
        let told: Vec<_> = found
            .offices
            .iter()
            .map(|it| (it.n_told, it.n_unique, it.n_first, it.n_missed))
            .collect();
        assert_eq!(told, [(3, 0, 1, 2), (3, 0, 0, 2), (4, 1, 1, 1)]);
        assert_eq!(found.offices[0].gains, [0; 0]);
        assert_eq!(found.offices[1].gains, [2, 3]);
        assert_eq!(found.offices[2].gains, [3]);
        let pair = &found.pairs[&(1, 2)];
        assert_eq!(
            (pair.n_both, &pair.second_later[..], &pair.first_later[..]),
            (2, &[][..], &[2][..])
        );
        assert!((pair.share - 2.0 / 5.0).abs() < 1e-12);
        // The third tells of all but one, which the first tells of.
        assert_eq!((found.covering, found.is_exact), (vec![0, 2], true));
    }

    #[test]
    fn reference_the_fewest_that_cover_are_fewer_than_greedy_finds() {
        // Chvátal's kind of example: greedy takes the large set in the middle first and then needs both others.
        let by = |offices: &[usize]| heard(&offices.iter().map(|&it| (it, 0)).collect::<Vec<_>>());
        let mut all = Vec::new();
        for (n, offices) in [(3, [0, 2]), (3, [1, 2]), (2, [0, 0]), (2, [1, 1])] {
            all.extend(
                (0..n).map(|_| by(&offices[..if offices[0] == offices[1] { 1 } else { 2 }])),
            );
        }
        assert_eq!(greedy(&all, 3), [0, 1, 2]);
        assert_eq!(covering(&all, 3), (vec![0, 1], true));
        // Beyond what is tried exactly it says so, and covers all the same.
        let many: Vec<Heard> = (0..30).map(|office| by(&[office])).collect();
        assert_eq!(covering(&many, 30), ((0..30).collect(), false));
    }

    #[test]
    fn known_truth_who_always_writes_two_days_later_gains_two_days() {
        let all: Vec<Heard> = (0..50).map(|day| heard(&[(0, day), (1, day + 2)])).collect();
        let found = knew(&all, 2);
        assert_eq!(quantile(&found.offices[1].gains, 0.5), Some(2));
        assert_eq!((found.offices[0].n_first, found.offices[0].gains.len()), (50, 0));
        assert_eq!(found.covering.len(), 1);
    }

    #[test]
    fn under_the_null_nobody_is_first_more_often_than_others() {
        // Three offices that write on days without order: each is first in a third of the cases that have a first.
        let mut chance = Chance::new(5, 0);
        let all: Vec<Heard> = (0..3000)
            .map(|_| heard(&[0, 1, 2].map(|office| (office, chance.below(1000) as i32))))
            .collect();
        let found = knew(&all, 3);
        let n: usize = found.offices.iter().map(|it| it.n_first).sum();
        for office in &found.offices {
            let share = office.n_first as f64 / n as f64;
            assert!((share - 1.0 / 3.0).abs() < 0.035, "{share}");
        }
    }
}
