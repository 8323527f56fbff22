//! How soon a prospective scan sees an invented outbreak, beside two simple rules on the total, all with
//! their thresholds set so that one in ten quiet months gives a false alarm:
//! `cargo run --release -p sheaf-stats --example scan_power`.
//!
//! Half a year of quiet (two incidents a day over 100 places), then four weeks in which five places
//! near each other gain a third to one incident a day together. Each evening every rule is asked.

use sheaf_stats::scan::*;
use sheaf_stats::{Chance, Measured, Sites};

const QUIET: usize = 180;
const MONTH: usize = 28;
const RUNS: u64 = 200;

fn main() {
    let place = |k: u32| (format!("{k:03}"), [f64::from(k % 10), f64::from(k / 10)]);
    let Ok(sites) = Sites::new((0..100).map(place).collect(), Measured::Plane) else { return };
    // The greatest score of a quiet month, for each rule; a tenth of them lie above the threshold.
    let mut quiet: [Vec<f64>; 3] = Default::default();
    for run in 0..RUNS {
        let scores = month(&sites, run, 0.0);
        for (rule, kept) in quiet.iter_mut().enumerate() {
            kept.push(scores.iter().map(|it| it[rule]).fold(0.0, f64::max));
        }
    }
    let thresholds = quiet.map(|mut scores| {
        scores.sort_by(f64::total_cmp);
        scores[(RUNS as usize * 9) / 10]
    });
    println!("{:<22} {:>16} {:>8} {:>20}", "rule", "added a day", "power", "median days to alarm");
    for added in [0.33, 0.66, 1.0] {
        let mut days: [Vec<usize>; 3] = Default::default();
        for run in 0..RUNS {
            let scores = month(&sites, 10_000 + run, added);
            for (rule, kept) in days.iter_mut().enumerate() {
                kept.extend(scores.iter().position(|it| it[rule] > thresholds[rule]));
            }
        }
        for (name, mut days) in ["scan", "week over week", "30-day high"].iter().zip(days) {
            days.sort_unstable();
            let median =
                days.get(days.len() / 2).map_or("-".to_owned(), |day| (day + 1).to_string());
            let power = days.len() as f64 / RUNS as f64;
            println!("{name:<22} {added:>16.2} {power:>8.2} {median:>20}");
        }
    }
}

/// The score of each rule on each evening of the month: the scan's ratio; this week over the last;
/// this week over the highest week that ended in the 30 days before.
fn month(sites: &Sites, run: u64, added: f64) -> Vec<[f64; 3]> {
    let mut chance = Chance::new(365, run);
    let mut days: Vec<Vec<u32>> = Vec::new();
    for day in 0..QUIET + MONTH {
        let n = chance.poisson(2.0);
        let mut today: Vec<u32> = (0..n).map(|_| chance.below(100) as u32).collect();
        if day >= QUIET {
            let n = chance.poisson(added);
            today.extend((0..n).map(|_| [44, 45, 54, 55, 34][chance.below(5)]));
        }
        days.push(today);
    }
    let week = |end: usize| days[end - 7..end].iter().map(Vec::len).sum::<usize>() as f64;
    let options = ScanOptions {
        reach: Reach { radius: Some(2.5), share: 0.5 },
        look: Look::Now,
        longest: 14,
        fewest: 2,
        replications: Replications { most: 0, enough: None },
        most_clusters: 1,
    };
    let evening = |end: usize| {
        let of_day = |step: usize| days[step].iter().map(move |&site| (site, step));
        let count = |(site, step): (u32, usize)| Count { site, step: step as u32, n: 1 };
        let cases: Vec<Count> = (0..end).flat_map(of_day).map(count).collect();
        let found = scan(sites, &cases, end, Background::CasesOnly, &options, 1);
        let ratio = found.ok().and_then(|it| it.clusters.first().map(|it| it.ratio)).unwrap_or(0.0);
        let highest = (end - 30..end).map(week).fold(1.0, f64::max);
        [ratio, week(end) / week(end - 7).max(1.0), week(end) / highest]
    };
    (QUIET + 1..=QUIET + MONTH).map(evening).collect()
}
