//! The space-time scan.
//!
//! # Question
//! Is there somewhere, for some time, more than the rest leads one to expect, and how often would
//! the likeliest such cluster look as odd if nothing were the matter?
//!
//! # Answer
//! [`ScanFinding`]: the most likely cluster and those that do not overlap it, each with its circle, its
//! days, cases observed and expected, and its p-value, which accounts for having looked everywhere.
//!
//! # Assumes
//! - *Cases only* (permutation): where and when are independent. Blind to a rise that is everywhere
//!   at once; ask about the total rate as well. A source that joins looks like a cluster: ask
//!   again on the sources present throughout.
//! - *Controls* (Bernoulli): every person is equally likely to be a case.
//! - *Population* (Poisson): counts follow the people there are.
//! - Clusters are round. Incidents are independent; one that counts twice makes a cluster by itself.
//!
//! # Formula
//! For c cases in a window where μ are expected, of C in all, the ratio is
//! c ln(c/μ) + (C−c) ln((C−c)/(C−μ)) where c > μ (permutation: μ = C_place · C_time / C; Poisson: μ by
//! [`Expected`]). Bernoulli, with n of N people in the window: c ln(c/n) + (n−c) ln((n−c)/n) +
//! (C−c) ln((C−c)/(N−n)) + (N−n−C+c) ln((N−n−C+c)/(N−n)) − C ln(C/N) − (N−C) ln((N−C)/N).
//! p = (1 + replications as odd) / (1 + replications), or as odd / done where it stopped early. The
//! Gumbel tail is by moments: b = sd √6/π, a = mean − 0.5772 b. The recurrence interval is a step / p.
//!
//! # References
//! - Kulldorff (1997), A spatial scan statistic. Kulldorff (2001), Prospective time periodic
//!   geographical disease surveillance. Kulldorff, Heffernan, Hartman, Assunção and Mostashari (2005),
//!   A space-time permutation scan statistic.
//! - Besag and Clifford (1991), Sequential Monte Carlo p-values. Abrams, Kulldorff and Kleinman (2010),
//!   Gumbel based p-value approximations for spatial scan statistics.
//! - The numbers of SaTScan 10.3.2 are held to in the tests.

mod background;
mod circles;
mod finding;
mod look;
mod null;
mod options;
mod population;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::{NoAnswer, Sites};
use background::{CasesOnly, Cells, People, Population, Weigh};
use circles::Circles;
pub use finding::{Cluster, ScanFinding, in_words};
use look::{Inside, Span, Window, around};
use null::{Dropped, Labelled, Null, Permuted, replicate};
pub use options::{Look, Reach, Replications, ScanOptions};
pub use population::{Census, Expected};

/// So many cases (or controls) at a place in a step of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// The place: its position among the [`Sites`].
    pub site: u32,
    /// The step of time, from 0.
    pub step: u32,
    /// How many.
    pub n: u32,
}

/// What cases are held against.
#[derive(Clone, Copy, Debug)]
pub enum Background<'a> {
    /// Nothing but the cases: the permutation model.
    CasesOnly,
    /// People like the cases who are none: the Bernoulli model.
    Controls(&'a [Count]),
    /// Cases expected from a population: the Poisson model.
    Population(&'a Expected),
}

/// Scans cases at places over `n_steps` steps of time.
///
/// ```
/// use sheaf_stats::scan::*;
/// use sheaf_stats::{Measured, Sites};
/// let places = (0..20).map(|k| (format!("{k:02}"), [f64::from(k), 0.0])).collect();
/// let sites = Sites::new(places, Measured::Plane).unwrap();
/// // One case at each place on a day of its own, and four more at place 5 on the last day.
/// let mut cases: Vec<Count> = (0..20).map(|k| Count { site: k, step: k * 7 % 20, n: 1 }).collect();
/// cases.push(Count { site: 5, step: 19, n: 4 });
/// let options = ScanOptions {
///     reach: Reach { radius: Some(2.0), share: 0.5 },
///     look: Look::Now,
///     longest: 7,
///     fewest: 2,
///     replications: Replications { most: 99, enough: None },
///     most_clusters: 3,
/// };
/// let finding = scan(&sites, &cases, 20, Background::CasesOnly, &options, 1).unwrap();
/// assert_eq!(finding.clusters[0].sites, [5]);
/// assert_eq!(finding.clusters[0].observed, 4);
/// assert!(finding.clusters[0].p <= 0.05);
/// ```
///
/// # Errors
/// [`NoAnswer`] says why nothing can be said: too few cases, all at one time (unless space alone is
/// asked about) or place, a window longer than the data, an option or a reference that means nothing.
pub fn scan(
    sites: &Sites,
    cases: &[Count],
    n_steps: usize,
    background: Background<'_>,
    options: &ScanOptions,
    seed: u64,
) -> Result<ScanFinding, NoAnswer> {
    let space = options.look == Look::Space;
    let all = one_by_one(sites, cases, n_steps, space)?;
    check(sites, &all, n_steps, background, options)?;
    let (n_sites, total) = (sites.len(), all.len() as f64);
    let kept_steps = if space { 1 } else { n_steps };
    let at_site = |each: &[(u32, u32)]| {
        let mut sums = vec![0.0; n_sites];
        each.iter().for_each(|&(site, _)| sums[site as usize] += 1.0);
        sums
    };
    let scanning = Scanning { sites, all: &all, options, kept_steps, seed };
    match background {
        Background::CasesOnly => {
            let mut before = vec![0.0; n_steps + 1];
            all.iter().for_each(|&(_, step)| before[step as usize + 1] += 1.0);
            (1..=n_steps).for_each(|step| before[step] += before[step - 1]);
            let weigh = CasesOnly { total, at_site: at_site(&all), before };
            let weights = weigh.at_site.clone();
            scanning.run(&weights, None, &weigh, &Permuted { cases: &all })
        }
        Background::Controls(controls) => {
            let mut people = one_by_one(sites, controls, n_steps, space)?;
            people.extend(&all);
            people.sort_unstable();
            let weigh = People { cases: total, all: people.len() as f64 };
            let null = Labelled { people: &people, n_cases: all.len() };
            scanning.run(&at_site(&people), Some(&people), &weigh, &null)
        }
        Background::Population(expected) => {
            let weigh = rows(sites, &all, expected, kept_steps)?;
            // A share of a population is a share of the cases expected in it.
            let at_risk: Vec<f64> =
                (0..n_sites as u32).map(|site| weigh.row(site)[kept_steps]).collect();
            let null = Dropped::new(&weigh, n_sites, all.len());
            scanning.run(&at_risk, None, &weigh, &null)
        }
    }
}

/// What is the same for all backgrounds.
struct Scanning<'a> {
    sites: &'a Sites,
    all: &'a [(u32, u32)],
    options: &'a ScanOptions,
    kept_steps: usize,
    seed: u64,
}

impl Scanning<'_> {
    fn run<W: Weigh, N: Null>(
        &self,
        weights: &[f64],
        people: Option<&[(u32, u32)]>,
        weigh: &W,
        null: &N,
    ) -> Result<ScanFinding, NoAnswer> {
        let (sites, options, n_sites) = (self.sites, self.options, self.sites.len());
        let circles = Circles::new(sites, options.reach, weights)?;
        let span = Span {
            longest: if options.look == Look::Space { 1 } else { options.longest },
            last: self.kept_steps as u32 - 1,
            now: options.look == Look::Now,
            fewest: options.fewest.max(1),
        };
        let seen = |each: &[(u32, u32)]| {
            let seen: Vec<_> = each.iter().copied().filter(|it| span.sees(it.1)).collect();
            Cells::group(n_sites, &seen)
        };
        let cells = seen(self.all);
        let people = people.map(seen);
        let best = best_of_each(sites, &circles, (&cells, people.as_ref()), weigh, span);
        let observed = best.first().map_or(0.0, |it| it.2);
        let replications = (options.replications, observed, self.seed);
        let replicated =
            replicate((&circles, n_sites), people.as_ref(), weigh, null, span, replications);
        Ok(finding::tell(sites, self.all.len(), &circles, &best, weigh, options, replicated))
    }
}

/// The likeliest window around each centre, with its ratio; likeliest centre first. Ties go to
/// fewer places, then to the centre whose name comes first; around one centre to the smaller circle
/// and the earlier and shorter window.
fn best_of_each<W: Weigh>(
    sites: &Sites,
    circles: &Circles,
    cells: (&Cells, Option<&Cells>),
    weigh: &W,
    span: Span,
) -> Vec<(u32, Window, f64)> {
    let mut best: Vec<(u32, Window, f64)> = sites
        .by_name()
        .into_par_iter()
        .map_init(Inside::default, |inside, centre| {
            let mut best: Option<(u32, Window, f64)> = None;
            around(centre, circles, cells, weigh, span, inside, |window| {
                let ratio = weigh.ratio(window.cases, window.weight);
                if ratio > best.map_or(0.0, |it| it.2) {
                    best = Some((centre, window, ratio));
                }
            });
            best
        })
        .flatten()
        .collect();
    // A stable sort keeps the order of names among equals. Ratios are compared to nine digits: the
    // same places summed in another order are as likely.
    let digits = |ratio: f64| (ratio * 1e9).round() as i64;
    best.sort_by_key(|&(_, window, ratio)| (Reverse(digits(ratio)), window.n_sites));
    best
}

/// Cases one by one, in order of place and step, so that the order of the input settles nothing.
fn one_by_one(
    sites: &Sites,
    counts: &[Count],
    n_steps: usize,
    space: bool,
) -> Result<Vec<(u32, u32)>, NoAnswer> {
    let mut each = Vec::new();
    for count in counts {
        if count.site as usize >= sites.len() {
            return Err(NoAnswer::Unknown { what: format!("place number {}", count.site) });
        }
        if count.step as usize >= n_steps {
            let what = format!("step {} of {n_steps}", count.step);
            return Err(NoAnswer::Unknown { what });
        }
        let step = if space { 0 } else { count.step };
        each.extend(std::iter::repeat_n((count.site, step), count.n as usize));
    }
    each.sort_unstable();
    Ok(each)
}

fn check(
    sites: &Sites,
    all: &[(u32, u32)],
    n_steps: usize,
    background: Background<'_>,
    options: &ScanOptions,
) -> Result<(), NoAnswer> {
    let bad = |option, value: String, must| Err(NoAnswer::BadOption { option, value, must });
    let reach = options.reach;
    if !(reach.share > 0.0 && reach.share <= 1.0) {
        return bad("the largest share", reach.share.to_string(), "above 0 and at most 1");
    }
    if let Some(radius) = reach.radius.filter(|it| !it.is_finite() || *it < 0.0) {
        return bad("the largest radius", radius.to_string(), "a distance, 0 or more");
    }
    if options.replications.enough == Some(0) {
        return bad("the number to stop at", "0".into(), "1 or more");
    }
    let need = options.fewest.max(2) as usize;
    if all.len() < need {
        return Err(NoAnswer::TooFewCases { have: all.len(), need });
    }
    let have = all.len();
    if all.iter().all(|it| it.0 == all[0].0) && !matches!(background, Background::Controls(_)) {
        return Err(NoAnswer::OnePlace { have, place: sites.name(all[0].0).to_owned() });
    }
    if options.look == Look::Space {
        if matches!(background, Background::CasesOnly) {
            return bad("space alone", "asked of cases only".into(), "held against a background");
        }
        return Ok(());
    }
    if options.longest == 0 {
        return bad("the longest window", "0".into(), "one step or more");
    }
    if options.longest as usize > n_steps {
        let (window, have) = (f64::from(options.longest), n_steps as f64);
        return Err(NoAnswer::WindowTooLong { window, have, unit: "steps" });
    }
    if all.iter().all(|it| it.1 == all[0].1) && matches!(background, Background::CasesOnly) {
        return Err(NoAnswer::OneDay { have });
    }
    Ok(())
}

/// The rows of a population, scaled to as many cases as there are.
fn rows(
    sites: &Sites,
    all: &[(u32, u32)],
    expected: &Expected,
    kept_steps: usize,
) -> Result<Population, NoAnswer> {
    let n_rows = expected.cases.len() / expected.n_steps;
    if n_rows != sites.len() {
        let what = format!("{} places, where {n_rows} have people", sites.len());
        return Err(NoAnswer::Unknown { what });
    }
    let total = all.len() as f64;
    let scale = total / expected.cases.iter().sum::<f64>();
    let mut rows = Vec::with_capacity(sites.len() * (kept_steps + 1));
    for steps in expected.cases.chunks(expected.n_steps) {
        let mut sum = 0.0;
        rows.push(0.0);
        for part in steps.chunks(expected.n_steps.div_ceil(kept_steps)) {
            sum += part.iter().sum::<f64>() * scale;
            rows.push(sum);
        }
    }
    let population = Population { total, rows, n_steps: kept_steps };
    for &(site, _) in all {
        if population.row(site)[kept_steps] <= 0.0 {
            let place = sites.name(site).to_owned();
            let have = all.iter().filter(|it| it.0 == site).count();
            return Err(NoAnswer::Impossible { have, place, background: "population" });
        }
    }
    Ok(population)
}
