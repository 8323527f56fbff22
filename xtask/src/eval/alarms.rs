//! `cargo xtask eval alarms`: whether the daily watch warns as often by chance as it says, and how much sooner than
//! simple rules at the same rate of false alarms. Everything is simulated; nothing is tuned on what is reported: the
//! rules' thresholds are set on histories of their own (other seeds) in which nothing happens.
//!
//! *World* 40 places on a square of 100 km, of which some have more than others (weights 1 to 4); 180 days, 1.2 incidents
//! a day (Poisson), days and places independent. *Outbreak* on a day between 130 and 150, at a place and its nearest
//! neighbour, 0.6 incidents a day more for 14 days. *Watch* each day from 121 to 180: circles to 20 km, windows to 28 days,
//! alarm at p ≤ 1/365. *Rules* at each place: the count of the last seven days is 25 % above the seven days before, and
//! at least c; the count of today is the highest of 30 days, and at least c. c is the smallest at which the rule gives no
//! more false alarms than the watch.

use rayon::prelude::*;
use sheaf_stats::scan::{Background, Count, Look, Reach, Replications, ScanOptions, scan};
use sheaf_stats::{Chance, Measured, Sites};

use crate::arguments::Arguments;
use crate::failure::Outcome;

const PLACES: usize = 40;
const DAYS: u32 = 180;
const FIRST: u32 = 120;
const OUTBREAK_DAYS: u32 = 14;
const P: f64 = 1.0 / 365.0;

struct History {
    sites: Sites,
    /// Place and day of each incident, from 0.
    cases: Vec<(u32, u32)>,
    /// Place, its neighbour, first day.
    outbreak: Option<(u32, u32, u32)>,
}

fn history(seed: u64, stream: u64, has_outbreak: bool) -> History {
    let mut chance = Chance::new(seed, stream);
    let points: Vec<[f64; 2]> =
        (0..PLACES).map(|_| [100.0 * chance.unit(), 100.0 * chance.unit()]).collect();
    let weighted: Vec<u32> =
        (0..PLACES as u32).flat_map(|it| std::iter::repeat_n(it, 1 + it as usize % 4)).collect();
    let mut cases = Vec::new();
    for day in 0..DAYS {
        for _ in 0..chance.poisson(1.2) {
            cases.push((weighted[chance.below(weighted.len())], day));
        }
    }
    let outbreak = has_outbreak.then(|| {
        let place = chance.below(PLACES);
        let gap =
            |it: usize| (points[it][0] - points[place][0]).hypot(points[it][1] - points[place][1]);
        let near = (0..PLACES).filter(|it| *it != place).min_by(|a, b| gap(*a).total_cmp(&gap(*b)));
        let (near, first) = (near.unwrap_or(place) as u32, 129 + chance.below(21) as u32);
        for day in first..first + OUTBREAK_DAYS {
            for _ in 0..chance.poisson(0.6) {
                cases.push((if chance.below(2) == 0 { place as u32 } else { near }, day));
            }
        }
        (place as u32, near, first)
    });
    let named = points.into_iter().enumerate().map(|(at, it)| (format!("{at:02}"), it)).collect();
    let sites = Sites::new(named, Measured::Plane).expect("forty places");
    History { sites, cases, outbreak }
}

fn options(most: u32, enough: Option<u32>) -> ScanOptions {
    ScanOptions {
        reach: Reach { radius: Some(20.0), share: 0.5 },
        look: Look::Now,
        longest: 28,
        fewest: 2,
        replications: Replications { most, enough },
        most_clusters: 1,
    }
}

/// What a method says on a day: the places it warns of; nothing where it does not.
type Warns<'a> = &'a (dyn Fn(&History, u32) -> Vec<u32> + Sync);

fn watch(history: &History, today: u32) -> Vec<u32> {
    let until = history.cases.iter().filter(|it| it.1 <= today);
    let cases: Vec<Count> = until.map(|&(site, step)| Count { site, step, n: 1 }).collect();
    let n_steps = today as usize + 1;
    let options = options(999, Some(50));
    let found =
        scan(&history.sites, &cases, n_steps, Background::CasesOnly, &options, u64::from(today));
    let likeliest = found.ok().and_then(|it| it.clusters.into_iter().next());
    likeliest.filter(|it| it.p <= P).map_or_else(Vec::new, |it| it.sites)
}

fn at_places(history: &History, says: impl Fn(&dyn Fn(u32) -> u32) -> bool) -> Vec<u32> {
    let mut counts = vec![[0_u32; DAYS as usize]; PLACES];
    history.cases.iter().for_each(|&(site, day)| counts[site as usize][day as usize] += 1);
    (0..PLACES as u32)
        .filter(|&site| says(&|day: u32| counts[site as usize][day as usize]))
        .collect()
}

/// The last seven days a quarter above the seven before, and `c` at least.
fn week_over_week(history: &History, today: u32, c: u32) -> Vec<u32> {
    at_places(history, |count| {
        let sum = |from: u32| (from..from + 7).map(count).sum::<u32>();
        let (now, before) = (sum(today - 6), sum(today - 13));
        now >= c && f64::from(now) >= 1.25 * f64::from(before)
    })
}

/// More today than on each of the 30 days before, and `c` at least.
fn month_high(history: &History, today: u32, c: u32) -> Vec<u32> {
    at_places(history, |count| {
        count(today) >= c && (today - 30..today).all(|day| count(day) < count(today))
    })
}

/// Days on which a method warns, in a year of days on which nothing happens.
fn false_alarms(warns: Warns<'_>, seed: u64, n: u64) -> f64 {
    let days: usize = (0..n)
        .into_par_iter()
        .map(|stream| {
            let history = history(seed, stream, false);
            (FIRST..DAYS).filter(|&today| !warns(&history, today).is_empty()).count()
        })
        .sum();
    days as f64 * 365.0 / (n as f64 * f64::from(DAYS - FIRST))
}

/// The share of outbreaks that a method warns of while they last, and the days from their first to the warning.
fn power(warns: Warns<'_>, seed: u64, n: u64) -> (f64, Vec<u32>) {
    let mut delays: Vec<u32> = (0..n)
        .into_par_iter()
        .filter_map(|stream| {
            let history = history(seed, stream, true);
            let (place, near, first) = history.outbreak?;
            let is_it = |today: &u32| {
                warns(&history, *today).iter().any(|site| *site == place || *site == near)
            };
            (first..first + OUTBREAK_DAYS).find(is_it).map(|today| today - first)
        })
        .collect();
    delays.sort_unstable();
    (delays.len() as f64 / n as f64, delays)
}

/// The greatest distance between the p-values and evenness, and how often by chance it is as great
/// (Kolmogorov's distribution; for p-values in steps it is at most that often).
fn evenness(mut p: Vec<f64>) -> (f64, f64) {
    p.sort_by(f64::total_cmp);
    let n = p.len() as f64;
    let gap =
        |(at, &p): (usize, &f64)| (p - at as f64 / n).abs().max(((at + 1) as f64 / n - p).abs());
    let d = p.iter().enumerate().map(gap).fold(0.0, f64::max);
    let x = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * d;
    let terms = (1..=100).map(|k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * x * x).exp()
    });
    (d, terms.sum::<f64>().clamp(0.0, 1.0))
}

/// Simulates, measures and prints.
pub fn eval(args: &[String]) -> Outcome<bool> {
    let args = Arguments::new("eval alarms", args, &["--pools", "--outbreaks", "--seed"])?;
    let n_pools = args.number("--pools")?.unwrap_or(500);
    let n_outbreaks = args.number("--outbreaks")?.unwrap_or(200);
    let seed = args.number("--seed")?.unwrap_or(20_261_126);

    let scanned = |stream: u64| {
        let history = history(seed, stream, false);
        let counts = history.cases.iter().map(|&(site, step)| Count { site, step, n: 1 });
        let cases: Vec<Count> = counts.collect();
        let options = options(199, None);
        let background = Background::CasesOnly;
        let found = scan(&history.sites, &cases, DAYS as usize, background, &options, stream);
        found.ok().and_then(|it| it.clusters.first().map(|it| it.p)).unwrap_or(1.0)
    };
    let p: Vec<f64> = (0..n_pools).into_par_iter().map(scanned).collect();
    let at_most = |x: f64| p.iter().filter(|&&it| it <= x).count() as f64 / p.len() as f64;
    println!(
        "under the null, {n_pools} pools: share of p at most 0.01: {:.3}; 0.05: {:.3}; 0.1: {:.3}; 0.5: {:.3}",
        at_most(0.01),
        at_most(0.05),
        at_most(0.1),
        at_most(0.5)
    );
    let (d, chance) = evenness(p);
    println!("Kolmogorov-Smirnov: D {d:.4}, as great by chance with probability {chance:.3}");

    // Thresholds on histories that are reported nowhere.
    let calibrating = seed ^ 0xCA11;
    let quiet = n_outbreaks / 2;
    let target = false_alarms(&watch, calibrating, quiet);
    let smallest = |rule: fn(&History, u32, u32) -> Vec<u32>| {
        (1..30)
            .find(|&c| false_alarms(&move |it, day| rule(it, day, c), calibrating, quiet) <= target)
            .unwrap_or(30)
    };
    let (week, month) = (smallest(week_over_week), smallest(month_high));
    println!(
        "\n{:<34}  {:>14}  {:>6}  {:>20}",
        "", "warnings/year", "power", "days to the warning"
    );
    let rules: [(String, Warns<'_>); 5] = [
        ("watch, p at most 1/365".to_owned(), &watch),
        (format!("week +25 %, at least {week}"), &move |it, day| week_over_week(it, day, week)),
        (format!("30-day high, at least {month}"), &move |it, day| month_high(it, day, month)),
        ("week +25 %, as it is".to_owned(), &|it, day| week_over_week(it, day, 1)),
        ("30-day high, as it is".to_owned(), &|it, day| month_high(it, day, 1)),
    ];
    for (name, warns) in rules {
        let quiet = false_alarms(warns, seed ^ 0x0F, quiet);
        let (power, delays) = power(warns, seed ^ 0x0B, n_outbreaks);
        let at = |share: f64| delays.get((delays.len() as f64 * share) as usize);
        let told = match (at(0.5), at(0.25), at(0.75)) {
            (Some(median), Some(low), Some(high)) => format!("{median} ({low} to {high})"),
            _ => "-".to_owned(),
        };
        println!("{name:<34}  {quiet:>14.1}  {power:>6.2}  {told:>20}");
    }
    println!(
        "\nwarnings/year: days with a warning in a year in which nothing happens; days to the warning: median and \
         quartiles, from the first day of an outbreak of {OUTBREAK_DAYS} days, of those that were found"
    );
    Ok(true)
}
