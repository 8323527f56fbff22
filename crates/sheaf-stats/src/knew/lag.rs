//! Who was first, and how much later the others learnt.
//!
//! # Question
//! Of the incidents that two parties tell, how often was each first, and by how many days? What would a party
//! have known earlier, or at all, had everything been shared on the day it was written?
//!
//! # Answer
//! [`lags`]: for each ordered pair the days between the first and the later, as quantiles. [`gained`]: for each
//! party the incidents it would have known earlier, by how many days, and those it never knew.
//!
//! # Assumes
//! That the days are those on which the party could have told others. Where a day is only that of an import it
//! is the pool's and not the party's, so that such pairs are counted apart ([`Rests`]) and never mixed with
//! days that reports themselves say. A party that publishes with a delay by method looks late; it is.
//!
//! # Formula
//! lag(a before b) = day_b − day_a where it is above 0; quantiles by linear interpolation between order
//! statistics (Hyndman and Fan's type 7, R's default). gained(p) = day_p − min over all parties.
//!
//! # References
//! - Hyndman and Fan (1996), Sample quantiles in statistical packages.

use std::collections::BTreeMap;

use super::{Basis, Knew, Learnt};

/// What both days rest on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rests {
    /// Both reports say when they were written.
    Written,
    /// At least one of the days is that of an import.
    Imported,
}

impl Rests {
    fn on(a: &Learnt, b: &Learnt) -> Rests {
        if a.basis.max(b.basis) == Basis::Written { Rests::Written } else { Rests::Imported }
    }
}

/// Quantiles of a number of days.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quantiles {
    /// How many there are, at least one.
    pub n: u64,
    /// The 10th, 25th, 50th, 75th and 90th per cent.
    pub at: [f64; 5],
}

impl Quantiles {
    /// `None` for an empty list.
    ///
    /// ```
    /// use sheaf_stats::knew::Quantiles;
    /// let of = Quantiles::of(vec![4, 1, 2, 3]).unwrap();
    /// assert_eq!(of.at[1..4], [1.75, 2.5, 3.25]);
    /// ```
    pub fn of(mut days: Vec<i32>) -> Option<Quantiles> {
        days.sort_unstable();
        let last = days.len().checked_sub(1)?;
        let at = [0.1, 0.25, 0.5, 0.75, 0.9].map(|share| {
            let place = share * last as f64;
            let (below, above) = (days[place.floor() as usize], days[place.ceil() as usize]);
            f64::from(below) + place.fract() * f64::from(above - below)
        });
        Some(Quantiles { n: days.len() as u64, at })
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.at[2]
    }
}

/// How much later one party learnt than another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lag {
    /// The party that was first.
    pub first: u32,
    /// The party that learnt later.
    pub later: u32,
    /// What the days rest on.
    pub rests: Rests,
    /// By how many days, each at least 1.
    pub days: Quantiles,
    /// Incidents of which both learnt on the same day, on the same basis; the same for both orders.
    pub same_day: u64,
}

/// For each ordered pair how much later the second learnt, where it ever did. In order of first, later, basis.
pub fn lags(knew: &Knew) -> Vec<Lag> {
    let mut days: BTreeMap<(u32, u32, Rests), Vec<i32>> = BTreeMap::new();
    let mut same: BTreeMap<(u32, u32, Rests), u64> = BTreeMap::new();
    for learnt in knew.incidents() {
        for (idx, a) in learnt.iter().enumerate() {
            for b in &learnt[idx + 1..] {
                let rests = Rests::on(a, b);
                let gap = b.day - a.day;
                match gap {
                    0 => *same.entry((a.party, b.party, rests)).or_default() += 1,
                    1.. => days.entry((a.party, b.party, rests)).or_default().push(gap),
                    _ => days.entry((b.party, a.party, rests)).or_default().push(-gap),
                }
            }
        }
    }
    days.into_iter()
        .filter_map(|((first, later, rests), days)| {
            let pair = (first.min(later), first.max(later), rests);
            let same_day = same.get(&pair).copied().unwrap_or_default();
            Some(Lag { first, later, rests, days: Quantiles::of(days)?, same_day })
        })
        .collect()
}

/// What a party would have gained had everything been shared when written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Gained {
    /// Incidents it tells itself.
    pub known: u64,
    /// Incidents it never told, which others did.
    pub never: u64,
    /// Those it would have known earlier, by days that reports say themselves.
    pub earlier: Option<Quantiles>,
    /// Those it would have known earlier where at least one of the days is that of an import.
    pub earlier_by_import: Option<Quantiles>,
    /// Incidents of which nobody learnt before it.
    pub first: u64,
}

/// For each party what it would have gained.
pub fn gained(knew: &Knew) -> Vec<Gained> {
    let n = knew.n_parties() as usize;
    let mut days = vec![[Vec::new(), Vec::new()]; n];
    let (mut known, mut first) = (vec![0; n], vec![0; n]);
    let mut told = 0;
    for learnt in knew.incidents() {
        told += u64::from(!learnt.is_empty());
        // Among those of one day the one whose own report says it stands for the day.
        let Some(earliest) = learnt.iter().min_by_key(|it| (it.day, it.basis)) else { continue };
        for it in learnt {
            let party = it.party as usize;
            known[party] += 1;
            match it.day - earliest.day {
                0 => first[party] += 1,
                gap => days[party][Rests::on(it, earliest) as usize].push(gap),
            }
        }
    }
    days.into_iter()
        .enumerate()
        .map(|(party, [written, imported])| Gained {
            known: known[party],
            never: told - known[party],
            earlier: Quantiles::of(written),
            earlier_by_import: Quantiles::of(imported),
            first: first[party],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{by_chance, knew};
    use super::*;
    use crate::Chance;

    #[test]
    fn by_hand() {
        let knew = knew(2, &[&[(0, 1), (1, 4)], &[(0, 5), (1, 5)], &[(0, 9), (1, 2)], &[(1, 1)]]);
        let found = lags(&knew);
        let told = |it: &Lag| (it.first, it.later, it.days.n, it.days.median(), it.same_day);
        assert_eq!(
            found.iter().map(told).collect::<Vec<_>>(),
            [(0, 1, 1, 3.0, 1), (1, 0, 1, 7.0, 1)]
        );
        let gained = gained(&knew);
        assert_eq!((gained[0].known, gained[0].never, gained[0].first), (3, 1, 2));
        assert_eq!(gained[0].earlier.map(|it| (it.n, it.median())), Some((1, 7.0)));
        assert_eq!((gained[1].known, gained[1].never, gained[1].first), (4, 0, 3));
    }

    #[test]
    fn days_of_imports_are_never_mixed_with_days_that_were_said() {
        let of = |party, basis, day| Learnt { party, basis, day };
        let incidents = vec![
            vec![of(0, Basis::Written, 10), of(1, Basis::Written, 12)],
            vec![of(0, Basis::Written, 10), of(1, Basis::Imported, 4000)],
        ];
        let knew = Knew::new(2, incidents);
        let found: Vec<(Rests, f64)> =
            lags(&knew).iter().map(|it| (it.rests, it.days.median())).collect();
        assert_eq!(found, [(Rests::Written, 2.0), (Rests::Imported, 3990.0)]);
        let gained = gained(&knew)[1];
        assert_eq!(gained.earlier.map(|it| it.median()), Some(2.0));
        assert_eq!(gained.earlier_by_import.map(|it| it.median()), Some(3990.0));
    }

    /// A party that hears everything five days after another.
    #[test]
    fn known_truth_a_fixed_delay_is_found() {
        let mut chance = Chance::new(6, 0);
        let rows: Vec<[(u32, i32); 2]> = (0..300)
            .map(|_| chance.below(1000) as i32)
            .map(|day| [(0, day), (1, day + 5)])
            .collect();
        let rows: Vec<&[(u32, i32)]> = rows.iter().map(|it| &it[..]).collect();
        let found = lags(&knew(2, &rows));
        assert_eq!((found.len(), found[0].first, found[0].days.at), (1, 0, [5.0; 5]));
    }

    /// Two parties alike: each is first as often as the other.
    #[test]
    fn under_the_null_each_is_first_as_often() {
        let found = lags(&by_chance(&mut Chance::new(7, 0), &[1.0, 1.0], 20_000, 30));
        let (a, b) = (found[0].days.n as f64, found[1].days.n as f64);
        assert!((a - b).abs() < 5.0 * (a + b).sqrt(), "{a} {b}");
        assert!((found[0].days.median() - found[1].days.median()).abs() <= 1.0);
    }

    /// What R's documentation of `quantile` defines as type 7, x[j] + g (x[j+1] − x[j]) with (n − 1) p = j + g.
    #[test]
    fn reference_quantiles_are_those_of_type_7() {
        let of = Quantiles::of(vec![1, 2, 4, 8, 16, 32]).unwrap();
        assert_eq!(of.at, [1.5, 2.5, 6.0, 14.0, 24.0]);
        assert_eq!(Quantiles::of(vec![]), None);
    }
}
