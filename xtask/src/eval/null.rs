//! How many links chance makes. In dense places reports look alike by accident, and a count of links
//! says nothing beside the count that the same method makes where no two reports can be the same.
//!
//! *Question* How many of the links between sources would be there anyway? *Answer* The mean number
//! of linked pairs of two sources after the days of each source are moved apart, so that no two
//! reports of different sources can be about one event; places, kinds and tolls stay. No labels are
//! needed. *Formula* excess = 1 − chance ÷ links, an estimate of precision. *Assumes* that sources
//! report alike throughout the stretch of days. It counts too much chance where sets are one report
//! a source: a report whose true partner is gone is free for a false one. *References* Donnay et al.
//! (2019) give hits only; the permutation of times is Knox's test (1964) with the roles of cases and
//! sources exchanged.

use super::linker::Linker;
use super::reports::{Pool, Reports};
use crate::failure::Outcome;

/// Links there are, and links by chance.
#[derive(Clone, PartialEq, Debug)]
pub struct Null {
    /// Linked pairs of reports of different sources.
    pub links: u64,
    /// The same after each shift, in order.
    pub by_chance: Vec<u64>,
    /// The shifts, in days between one source and the next.
    pub shifts: Vec<i32>,
}

impl Null {
    /// Mean number of links by chance.
    pub fn mean(&self) -> f64 {
        self.by_chance.iter().sum::<u64>() as f64 / self.by_chance.len().max(1) as f64
    }

    /// 1 − chance ÷ links, not below 0; `None` if nothing was linked.
    pub fn excess(&self) -> Option<f64> {
        (self.links > 0).then(|| (1.0 - self.mean() / self.links as f64).max(0.0))
    }
}

/// Counts links with the days as they are, and with those of each source moved by `shift` days
/// against the source before it.
pub fn shifted_null(linker: &dyn Linker, reports: &Reports, shifts: &[i32]) -> Outcome<Null> {
    let links = links_between(&reports.whole(), linker)?;
    let by_chance = shifts
        .iter()
        .map(|&shift| links_between(&reports.shifted(|source| i32::from(source) * shift), linker))
        .collect::<Outcome<_>>()?;
    Ok(Null { links, by_chance, shifts: shifts.to_vec() })
}

/// Shifts that move three sources well apart in a stretch of so many days: a month and more where
/// there is room, about a third of the stretch otherwise.
pub fn shifts(span_days: i32) -> Vec<i32> {
    if span_days >= 360 { vec![30, 45, 60, 90, 110] } else { vec![span_days / 4, span_days / 3] }
}

fn links_between(pool: &Pool, linker: &dyn Linker) -> Outcome<u64> {
    let linked = linker.link(pool)?;
    let mut held = super::linker::Held::default();
    held.take(pool, &linked);
    Ok(sheaf_link::score::score(&held.labelled).cross_source.found)
}
