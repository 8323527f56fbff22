//! The Knox test of near repeats.
//!
//! # Question
//! Do incidents that are near each other in space lie near in time more often than chance has it?
//!
//! # Answer
//! [`KnoxFinding`]: for each band of distance and each band of time the pairs observed, the pairs
//! expected, how often permuted data hold as many, and the same by a Poisson tail.
//!
//! # Assumes
//! That where and when are independent if nothing is the matter. It does not correct for a pattern of
//! places that itself changes over the period (a front that moves, a source that joins); such a
//! change looks like repetition. Pairs share incidents and are not independent, so the Poisson tail is
//! only a remark: go by the permutation p.
//!
//! # Formula
//! Of n(n−1)/2 pairs, n_s lie in the band of distance and n_t in the band of time: expected =
//! n_s · n_t / pairs. p = (1 + permutations of the days with as many pairs in both) / (1 + permutations).
//!
//! # References
//! - Knox (1964), The detection of space-time interactions.
//! - Besag and Diggle (1977), Simple Monte Carlo tests for spatial pattern.
//! - Townsley, Homel and Chaseling (2003), Infectious burglaries.
//! - Burkitt's lymphoma (Williams et al. 1978), by R's surveillance 1.20.3, in `tests/published.rs`.

use rayon::prelude::*;

use crate::sites::{Bands, MOST_PAIRS};
use crate::{Chance, NoAnswer, Sites};

/// A stretch of distance or of time, with its ends said: tools disagree about them in silence.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    // Invariant: 0 <= from <= to, finite.
    from: f64,
    to: f64,
    ends: Ends,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Ends {
    /// from ≤ x < to
    Low,
    /// from < x ≤ to
    High,
    /// from ≤ x ≤ to
    Both,
}

impl Band {
    /// \[from, to): `from` lies inside, `to` does not. `None` unless 0 ≤ from < to.
    ///
    /// ```
    /// use sheaf_stats::knox::Band;
    /// let band = Band::from_below(28.0, 70.0).unwrap();
    /// assert_eq!(band.to_string(), "[28, 70)");
    /// assert!(band.holds(28.0) && !band.holds(70.0));
    /// ```
    pub fn from_below(from: f64, to: f64) -> Option<Band> {
        (from >= 0.0 && from < to && to.is_finite()).then_some(Band { from, to, ends: Ends::Low })
    }

    /// (from, to]: `to` lies inside, `from` does not. `None` unless 0 ≤ from < to.
    pub fn above_to(from: f64, to: f64) -> Option<Band> {
        (from >= 0.0 && from < to && to.is_finite()).then_some(Band { from, to, ends: Ends::High })
    }

    /// \[0, to]: from the same point or day up to and with `to`. `None` if `to` is negative.
    pub fn within(to: f64) -> Option<Band> {
        (to >= 0.0 && to.is_finite()).then_some(Band { from: 0.0, to, ends: Ends::Both })
    }

    /// Where it ends.
    pub fn to(self) -> f64 {
        self.to
    }

    /// Whether a distance or time lies inside.
    pub fn holds(self, x: f64) -> bool {
        let (low, end) = self.low_and_end();
        low <= x && x < end
    }

    /// The same stretch as low ≤ x < end: the next number after an end that lies inside.
    fn low_and_end(self) -> (f64, f64) {
        match self.ends {
            Ends::Low => (self.from, self.to),
            Ends::High => (self.from.next_up(), self.to.next_up()),
            Ends::Both => (self.from, self.to.next_up()),
        }
    }
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (open, close) = match self.ends {
            Ends::Low => ('[', ')'),
            Ends::High => ('(', ']'),
            Ends::Both => ('[', ']'),
        };
        write!(f, "{open}{}, {}{close}", self.from, self.to)
    }
}

/// Bands for political violence: up to 20 km; up to 4 weeks, and after 4 up to 10. Burglary's
/// 200 m and 14 days are another matter.
pub fn bands_for_violence() -> (Vec<Band>, Vec<Band>) {
    let band = |from: f64, to: f64, ends| Band { from, to, ends };
    let near = band(0.0, 20.0, Ends::Both);
    (vec![near], vec![band(0.0, 28.0, Ends::Both), band(28.0, 70.0, Ends::High)])
}

/// An incident: where, and on which day (as a number; parts of days are allowed).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Event {
    /// The place: its position among the [`Sites`].
    pub site: u32,
    /// The day, from any beginning.
    pub day: f64,
}

/// What is asked.
#[derive(Clone, PartialEq, Debug)]
pub struct KnoxOptions {
    /// Bands of distance: kilometres, or the plane's unit. They may overlap.
    pub space: Vec<Band>,
    /// Bands of time, in days. They may overlap.
    pub time: Vec<Band>,
    /// How many permutations: 999 for a p-value to three digits.
    pub permutations: u32,
}

/// A band of distance with a band of time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    /// The band of distance.
    pub space: Band,
    /// The band of time.
    pub time: Band,
    /// Pairs in both.
    pub observed: u64,
    /// Pairs expected in both.
    pub expected: f64,
    /// How often permuted days put as many pairs there.
    pub p: f64,
    /// P(a Poisson count with that expectation is as high), a remark.
    pub p_poisson: f64,
}

/// What the test found.
#[derive(Clone, PartialEq, Debug)]
pub struct KnoxFinding {
    /// Incidents that were used: all that were given.
    pub incidents: usize,
    /// Pairs of them.
    pub pairs: u64,
    /// Each band of distance with each band of time, in the order they were given.
    pub cells: Vec<Cell>,
    /// How many permutations were made.
    pub permutations: u32,
}

/// Counts near repeats.
///
/// # Errors
/// [`NoAnswer`]: fewer than 3 incidents, all on one day or at one point, no bands, a place that is
/// not there, or more near pairs than memory should hold.
pub fn knox(
    sites: &Sites,
    events: &[Event],
    options: &KnoxOptions,
    seed: u64,
) -> Result<KnoxFinding, NoAnswer> {
    check(sites, events, options)?;
    let n = events.len() as u64;
    let pairs = n * (n - 1) / 2;
    let near = near_pairs(sites, events, &options.space)?;
    let days: Vec<f64> = events.iter().map(|it| it.day).collect();
    let at_times: Vec<u64> = options.time.iter().map(|&band| pairs_in_time(&days, band)).collect();
    let ends: Vec<(f64, f64)> = options.time.iter().map(|band| band.low_and_end()).collect();
    let count = |days: &[f64]| -> Vec<u64> {
        near.iter().flat_map(|pairs| ends.iter().map(|&ends| in_both(pairs, days, ends))).collect()
    };
    let observed = count(&days);
    let as_many = |number: u32| -> Vec<u64> {
        let mut days = days.clone();
        Chance::new(seed, u64::from(number)).shuffle(&mut days);
        count(&days).iter().zip(&observed).map(|(n, of)| u64::from(n >= of)).collect()
    };
    let sum = |a: Vec<u64>, b: Vec<u64>| a.iter().zip(&b).map(|(a, b)| a + b).collect();
    let exceeded = (0..options.permutations)
        .into_par_iter()
        .map(as_many)
        .reduce(|| vec![0; observed.len()], sum);
    let bands = options.space.iter().enumerate();
    let cells = bands
        .flat_map(|(s, &space)| {
            options.time.iter().enumerate().map(move |(t, it)| (s, space, t, *it))
        })
        .zip(observed.iter().zip(exceeded))
        .map(|((s, space, t, time), (&observed, exceeded))| {
            let expected = near[s].len() as f64 * at_times[t] as f64 / pairs as f64;
            let p = (exceeded + 1) as f64 / f64::from(options.permutations + 1);
            let p_poisson = poisson_tail(observed, expected);
            Cell { space, time, observed, expected, p, p_poisson }
        })
        .collect();
    let permutations = options.permutations;
    Ok(KnoxFinding { incidents: events.len(), pairs, cells, permutations })
}

fn check(sites: &Sites, events: &[Event], options: &KnoxOptions) -> Result<(), NoAnswer> {
    let have = events.len();
    if have < 3 {
        return Err(NoAnswer::TooFewCases { have, need: 3 });
    }
    for (option, bands) in [("bands of distance", &options.space), ("bands of time", &options.time)]
    {
        if bands.is_empty() {
            return Err(NoAnswer::BadOption { option, value: "none".into(), must: "one or more" });
        }
    }
    if let Some(event) = events.iter().find(|it| it.site as usize >= sites.len()) {
        return Err(NoAnswer::Unknown { what: format!("place number {}", event.site) });
    }
    if let Some(event) = events.iter().find(|it| !it.day.is_finite()) {
        return Err(NoAnswer::Unknown { what: format!("day {}", event.day) });
    }
    if events.iter().all(|it| it.day == events[0].day) {
        return Err(NoAnswer::OneDay { have });
    }
    if events.iter().all(|it| sites.at(it.site) == sites.at(events[0].site)) {
        let place = sites.name(events[0].site).to_owned();
        return Err(NoAnswer::OnePlace { have, place });
    }
    let times = events.iter().map(|it| it.day);
    let span = times.clone().fold(f64::MIN, f64::max) - times.fold(f64::MAX, f64::min);
    match options.time.iter().map(|band| band.from).find(|&from| from > span) {
        Some(window) => Err(NoAnswer::WindowTooLong { window, have: span, unit: "days" }),
        None => Ok(()),
    }
}

/// Pairs in each band of distance. Only these are looked at when days are permuted.
fn near_pairs(
    sites: &Sites,
    events: &[Event],
    bands: &[Band],
) -> Result<Vec<Vec<(u32, u32)>>, NoAnswer> {
    let farthest = bands.iter().map(|band| band.to).fold(0.0, f64::max);
    let mut at = vec![Vec::new(); sites.len()];
    (0u32..).zip(events).for_each(|(idx, event)| at[event.site as usize].push(idx));
    let by_lat = Bands::new(sites, Some(farthest));
    let mut near = vec![Vec::new(); bands.len()];
    for (a, event) in (0u32..).zip(events) {
        for site in by_lat.candidates(sites, event.site) {
            let later = at[site as usize].partition_point(|&b| b <= a);
            if later == at[site as usize].len() {
                continue;
            }
            let distance = sites.distance(event.site, site);
            for (band, pairs) in bands.iter().zip(&mut near) {
                if band.holds(distance) {
                    pairs.extend(at[site as usize][later..].iter().map(|&b| (a, b)));
                }
            }
        }
        let pairs: usize = near.iter().map(Vec::len).sum();
        if pairs > MOST_PAIRS {
            return Err(NoAnswer::TooManyNeighbours { pairs, most: MOST_PAIRS });
        }
    }
    Ok(near)
}

/// Pairs in a band of time, by two fingers along the sorted days.
fn pairs_in_time(days: &[f64], band: Band) -> u64 {
    let mut sorted = days.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, end) = band.low_and_end();
    let later = |idx: usize, gap: f64| {
        let start = sorted[idx];
        idx + 1 + sorted[idx + 1..].partition_point(|day| day - start < gap)
    };
    (0..sorted.len()).map(|idx| (later(idx, end) - later(idx, low)) as u64).sum()
}

fn in_both(pairs: &[(u32, u32)], days: &[f64], (low, end): (f64, f64)) -> u64 {
    let is_in = |&(a, b): &(u32, u32)| {
        let gap = (days[a as usize] - days[b as usize]).abs();
        u64::from(low <= gap && gap < end)
    };
    pairs.iter().map(is_in).sum()
}

/// P(X ≥ n) of a Poisson count, summed from the side with fewer terms.
fn poisson_tail(n: u64, mean: f64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let ln_factorial: f64 = (2..=n).map(|k| (k as f64).ln()).sum();
    let at_n = (n as f64 * mean.ln() - mean - ln_factorial).exp();
    if n as f64 > mean {
        let (mut sum, mut term) = (0.0, at_n);
        for k in n + 1.. {
            sum += term;
            term *= mean / k as f64;
            if term < sum * 1e-17 {
                break;
            }
        }
        return sum;
    }
    let (mut sum, mut term) = (0.0, at_n);
    for k in (1..=n).rev() {
        term *= k as f64 / mean;
        sum += term;
    }
    1.0 - sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Measured;
    use crate::testing::unevenness;

    fn plane(at: &[[f64; 2]]) -> Sites {
        let named = at.iter().enumerate().map(|(k, &at)| (k.to_string(), at));
        Sites::new(named.collect(), Measured::Plane).unwrap()
    }

    fn asked(km: Band, days: Band, permutations: u32) -> KnoxOptions {
        KnoxOptions { space: vec![km], time: vec![days], permutations }
    }

    fn scattered(chance: &mut Chance, n: u32, side: f64, n_days: usize) -> (Sites, Vec<Event>) {
        let at: Vec<[f64; 2]> =
            (0..n).map(|_| [side * chance.unit(), side * chance.unit()]).collect();
        let day = |site| Event { site, day: chance.below(n_days) as f64 };
        let events = (0..n).map(day).collect();
        (plane(&at), events)
    }

    #[test]
    fn four_incidents_by_hand() {
        // Pairs: 0-1 at 3 km and 2 days, 2-3 at 4 km and 5 days, all others far in both.
        let sites = plane(&[[0.0, 0.0], [3.0, 0.0], [90.0, 0.0], [90.0, 4.0]]);
        let day = |site, day| Event { site, day };
        let events = [day(0, 1.0), day(1, 3.0), day(2, 100.0), day(3, 105.0)];
        let check = |km, days, observed, expected: f64| {
            let finding = knox(&sites, &events, &asked(km, days, 9), 1).unwrap();
            assert_eq!(finding.pairs, 6);
            let cell = finding.cells[0];
            assert_eq!((cell.observed, cell.expected), (observed, expected), "{km} {days}");
        };
        let within = |to| Band::within(to).unwrap();
        let below = |from, to| Band::from_below(from, to).unwrap();
        let above = |from, to| Band::above_to(from, to).unwrap();
        check(within(4.0), within(5.0), 2, 2.0 * 2.0 / 6.0);
        check(within(3.0), within(5.0), 1, 1.0 * 2.0 / 6.0);
        check(below(3.0, 4.0), within(5.0), 1, 1.0 * 2.0 / 6.0);
        check(above(3.0, 4.0), below(2.0, 5.0), 0, 1.0 * 1.0 / 6.0);
        check(above(3.0, 4.0), above(2.0, 5.0), 1, 1.0 * 1.0 / 6.0);
    }

    #[test]
    fn planted_repeats_are_found() {
        let mut chance = Chance::new(4, 4);
        let (sites, mut events) = scattered(&mut chance, 120, 200.0, 700);
        // A third of them again at the same place within five days.
        for idx in 0..40 {
            let day = events[idx].day + chance.below(6) as f64;
            events.push(Event { site: events[idx].site, day });
        }
        let near = asked(Band::within(1.0).unwrap(), Band::within(7.0).unwrap(), 999);
        assert_eq!(knox(&sites, &events, &near, 1).unwrap().cells[0].p, 0.001);
    }

    #[test]
    fn p_values_are_even_when_nothing_is_the_matter() {
        let p = (0..500).map(|trial| {
            let mut chance = Chance::new(91, trial);
            let (sites, events) = scattered(&mut chance, 60, 100.0, 365);
            let band = |to| Band::within(to).unwrap();
            let cell = knox(&sites, &events, &asked(band(30.0), band(60.0), 199), trial).unwrap();
            // Counts tie; among ties any p-value is as good, so one is drawn.
            let tied = asked(band(30.0), band(60.0), 199);
            let above = above_only(&sites, &events, &tied, trial);
            above + chance.unit() * (cell.cells[0].p - above)
        });
        let uneven = unevenness(p.collect());
        assert!(uneven < 1.95, "{uneven}");
    }

    /// The share of permutations with strictly more pairs, by plain counting.
    fn above_only(sites: &Sites, events: &[Event], options: &KnoxOptions, seed: u64) -> f64 {
        let count = |days: &[f64]| {
            let mut n = 0;
            for a in 0..events.len() {
                for b in 0..a {
                    let near =
                        options.space[0].holds(sites.distance(events[a].site, events[b].site));
                    n += u32::from(near && options.time[0].holds((days[a] - days[b]).abs()));
                }
            }
            n
        };
        let days: Vec<f64> = events.iter().map(|it| it.day).collect();
        let observed = count(&days);
        let more = (0..options.permutations).filter(|&number| {
            let mut days = days.clone();
            Chance::new(seed, u64::from(number)).shuffle(&mut days);
            count(&days) > observed
        });
        more.count() as f64 / f64::from(options.permutations + 1)
    }

    #[test]
    fn poisson_tails_by_hand() {
        assert_eq!(poisson_tail(0, 3.0), 1.0);
        assert!((poisson_tail(2, 1.0) - (1.0 - 2.0 * (-1f64).exp())).abs() < 1e-15);
        assert!((poisson_tail(1, 5.0) - (1.0 - (-5f64).exp())).abs() < 1e-15);
    }

    #[test]
    fn why_there_is_no_answer_is_said() {
        let sites = plane(&[[0.0, 0.0], [3.0, 0.0], [9.0, 0.0]]);
        let days = Band::above_to(28.0, 70.0).unwrap();
        let options = asked(Band::within(20.0).unwrap(), days, 9);
        let check = |days: &[(u32, f64)], expected: &str| {
            let events: Vec<Event> = days.iter().map(|&(site, day)| Event { site, day }).collect();
            assert_eq!(knox(&sites, &events, &options, 1).unwrap_err().to_string(), expected);
        };
        check(
            &[(0, 1.0), (1, 2.0)],
            "there are 2 cases, and 3 are the fewest that can be asked about",
        );
        check(
            &[(0, 1.0), (1, 1.0), (2, 1.0)],
            "all 3 cases fall on one day (or step of time), so that no time stands out",
        );
        check(
            &[(0, 1.0), (0, 2.0), (0, 3.0)],
            "all 3 cases are at one place (0), so that no place stands out",
        );
        check(
            &[(0, 1.0), (1, 2.0), (2, 3.0)],
            "a window of 28 days is longer than the data, which span 2 days",
        );
    }
}
