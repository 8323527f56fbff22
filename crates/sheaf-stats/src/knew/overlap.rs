//! How much parties know in common, and what each alone knows.
//!
//! # Question
//! Which incidents do two parties both tell, and how many would be lost with a party?
//!
//! # Answer
//! [`Overlap`]: for each party what it knows and what it alone knows; for each pair what both know.
//!
//! # Assumes
//! That reports were linked rightly: a missed link makes an incident two, and both look unique. It counts; it
//! does not estimate what nobody told.
//!
//! # Formula
//! both(a, b) = |A ∩ B|; Jaccard = |A ∩ B| / |A ∪ B|; unique share of a = |A \ ⋃ others| / |A|.
//!
//! # References
//! - Jaccard (1912), The distribution of the flora in the alpine zone.
//! - Hendrix and Salehyan (2015), No news is good news? (what two event data sets have in common).

use super::Knew;

/// What two parties know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shared {
    /// A party.
    pub a: u32,
    /// A later one.
    pub b: u32,
    /// Incidents that both tell.
    pub both: u64,
    /// Incidents that at least one of them tells.
    pub either: u64,
}

impl Shared {
    /// The share of what either knows that both know, from 0 to 1; 0 where neither knows anything.
    pub fn jaccard(self) -> f64 {
        if self.either == 0 { 0.0 } else { self.both as f64 / self.either as f64 }
    }
}

/// What parties know, alone and in pairs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overlap {
    /// Incidents that at least one party tells.
    pub told: u64,
    /// For each party, the incidents it tells.
    pub known: Vec<u64>,
    /// For each party, the incidents that no other tells.
    pub unique: Vec<u64>,
    /// Every pair, in order.
    pub pairs: Vec<Shared>,
}

/// Counts what parties know, alone and in pairs.
pub fn overlap(knew: &Knew) -> Overlap {
    let n = knew.n_parties() as usize;
    let (mut known, mut unique, mut both) = (vec![0; n], vec![0; n], vec![0; n * n]);
    let mut told = 0;
    for learnt in knew.incidents() {
        told += u64::from(!learnt.is_empty());
        if let [only] = learnt {
            unique[only.party as usize] += 1;
        }
        for (idx, a) in learnt.iter().enumerate() {
            known[a.party as usize] += 1;
            for b in &learnt[idx + 1..] {
                both[a.party as usize * n + b.party as usize] += 1;
            }
        }
    }
    let pair = |a: usize, b: usize| {
        let both = both[a * n + b];
        Shared { a: a as u32, b: b as u32, both, either: known[a] + known[b] - both }
    };
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).map(|(a, b)| pair(a, b));
    let pairs = pairs.collect();
    Overlap { told, known, unique, pairs }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{by_chance, knew};
    use super::*;
    use crate::Chance;

    #[test]
    fn by_hand() {
        let knew = knew(3, &[&[(0, 1), (1, 2)], &[(0, 1)], &[(1, 3)], &[(0, 1), (1, 1)], &[]]);
        let found = overlap(&knew);
        assert_eq!((found.told, found.known, found.unique), (4, vec![3, 3, 0], vec![1, 1, 0]));
        assert_eq!(found.pairs[0], Shared { a: 0, b: 1, both: 2, either: 4 });
        assert_eq!(found.pairs[0].jaccard(), 0.5);
        assert_eq!(found.pairs[1], Shared { a: 0, b: 2, both: 0, either: 3 });
    }

    #[test]
    fn a_copy_shares_all_and_has_nothing_of_its_own() {
        let mut chance = Chance::new(1, 0);
        let one = by_chance(&mut chance, &[0.5], 400, 3);
        let copied = |party| one.incidents().map(move |it| it.first().map(|it| (party, it.day)));
        let rows: Vec<Vec<(u32, i32)>> =
            copied(0).zip(copied(1)).map(|(a, b)| a.into_iter().chain(b).collect()).collect();
        let rows: Vec<&[(u32, i32)]> = rows.iter().map(Vec::as_slice).collect();
        let found = overlap(&knew(2, &rows));
        assert_eq!((found.pairs[0].jaccard(), found.unique), (1.0, vec![0, 0]));
    }

    /// Under independence both know the product of what each knows.
    #[test]
    fn the_null_gives_the_product_of_the_shares() {
        let found = overlap(&by_chance(&mut Chance::new(2, 0), &[0.5, 0.2, 0.3], 40_000, 0));
        for (pair, share) in found.pairs.iter().zip([0.10f64, 0.15, 0.06]) {
            let spread = (40_000.0 * share * (1.0 - share)).sqrt();
            assert!((pair.both as f64 - 40_000.0 * share).abs() < 5.0 * spread, "{pair:?}");
        }
    }

    /// The sums every table of lists obeys: inclusion and exclusion over three sets.
    #[test]
    fn reference_inclusion_and_exclusion() {
        let knew = by_chance(&mut Chance::new(3, 0), &[0.4, 0.6, 0.3], 5000, 0);
        let found = overlap(&knew);
        let all_three = knew.incidents().filter(|it| it.len() == 3).count() as u64;
        let both: u64 = found.pairs.iter().map(|it| it.both).sum();
        assert_eq!(found.told + both, found.known.iter().sum::<u64>() + all_three);
    }
}
