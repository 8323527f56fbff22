//! Who knew what, and when: how parties (sources, or the members that own them) overlap, which few of them
//! cover the rest, how much later than others each learnt, and which alarm it would have had earlier.
//!
//! ```text
//!  (incident, party, day) ──▶ Knew ──▶ overlap · cover · lag · alarms
//! ```
//!
//! Input is who learnt of which incident on which day, and what that day rests on. It deliberately does not
//! say why someone knew later, nor that it should have known: publishing late can be a method.

mod alarms;
mod cover;
mod lag;
mod overlap;

pub use alarms::{Alarm, AlarmOptions, Happened, alarms};
pub use cover::{Cover, Step, cover};
pub use lag::{Gained, Lag, Quantiles, Rests, gained, lags};
pub use overlap::{Overlap, Shared, overlap};

/// What the day rests on on which a party learnt of an incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Basis {
    /// The party's own report says when it was written or published.
    Written,
    /// Nothing says it: the day on which the report came into the pool, which is no earlier.
    Imported,
}

/// A party learnt of an incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Learnt {
    /// The party, from 0.
    pub party: u32,
    /// What the day rests on.
    pub basis: Basis,
    /// The day, from any beginning.
    pub day: i32,
}

/// Who learnt of which incidents when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Knew {
    // Invariant: each incident's parties are in order, each once, below `n_parties`.
    n_parties: u32,
    incidents: Vec<Vec<Learnt>>,
}

impl Knew {
    /// From every report: for each incident who told it, as often as it was told. Of several reports of one
    /// party the earliest counts; a day that a report says itself goes before one of an import. Parties
    /// at or above `n_parties` are left out.
    ///
    /// ```
    /// use sheaf_stats::knew::{Basis, Knew, Learnt};
    /// let told = |day, basis| Learnt { party: 0, basis, day };
    /// let knew = Knew::new(1, vec![vec![told(9, Basis::Written), told(4, Basis::Imported)]]);
    /// assert_eq!(knew.of(0), [told(9, Basis::Written)]);
    /// ```
    pub fn new(n_parties: u32, mut incidents: Vec<Vec<Learnt>>) -> Knew {
        for learnt in &mut incidents {
            learnt.retain(|it| it.party < n_parties);
            learnt.sort_unstable();
            learnt.dedup_by_key(|it| it.party);
        }
        Knew { n_parties, incidents }
    }

    /// How many parties there are.
    pub fn n_parties(&self) -> u32 {
        self.n_parties
    }

    /// How many incidents there are, those nobody tells among them.
    pub fn len(&self) -> usize {
        self.incidents.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty()
    }

    /// Who learnt of an incident, in order of party.
    pub fn of(&self, incident: usize) -> &[Learnt] {
        &self.incidents[incident]
    }

    /// Every incident's parties.
    pub fn incidents(&self) -> impl Iterator<Item = &[Learnt]> {
        self.incidents.iter().map(Vec::as_slice)
    }

    /// The day on which somebody learnt of an incident first.
    pub fn first_day(&self, incident: usize) -> Option<i32> {
        self.of(incident).iter().map(|it| it.day).min()
    }
}

#[cfg(test)]
pub(crate) mod made_up {
    use super::{Basis, Knew, Learnt};
    use crate::Chance;

    /// Incidents as lists of (party, day).
    pub fn knew(n_parties: u32, incidents: &[&[(u32, i32)]]) -> Knew {
        let learnt = |&(party, day): &(u32, i32)| Learnt { party, basis: Basis::Written, day };
        Knew::new(n_parties, incidents.iter().map(|it| it.iter().map(learnt).collect()).collect())
    }

    /// Parties that know of each incident by chance alone, after 0 to `spread` days.
    pub fn by_chance(chance: &mut Chance, shares: &[f64], n: usize, spread: usize) -> Knew {
        let incidents = (0..n)
            .map(|_| {
                let mut learnt = Vec::new();
                for (party, &share) in (0..).zip(shares) {
                    let day = chance.below(spread + 1) as i32;
                    if chance.unit() < share {
                        learnt.push(Learnt { party, basis: Basis::Written, day });
                    }
                }
                learnt
            })
            .collect();
        Knew::new(shares.len() as u32, incidents)
    }
}
