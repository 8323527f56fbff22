//! How long scans take, on invented incidents without any cluster and without stopping early:
//! `cargo run --release -p sheaf-stats --example scan_speed`. CPU seconds are those of the process
//! (all threads), read where the system tells them.

use sheaf_stats::knox::{Band, Event, KnoxOptions, knox};
use sheaf_stats::scan::*;
use sheaf_stats::{Chance, Measured, Sites};

fn main() {
    time_knox();
    println!("{:<58} {:>8} {:>8}", "scan, 999 replications", "wall s", "CPU s");
    let km = |radius| Reach { radius: Some(radius), share: 0.5 };
    time(
        "retrospective, 500 incidents, 500 places in 10 x 10 km, 1 km",
        500,
        500,
        10.0,
        Look::Back,
        km(1.0),
    );
    time(
        "retrospective, the same, circles up to half of all cases",
        500,
        500,
        10.0,
        Look::Back,
        km(99.0),
    );
    time(
        "prospective, 900 incidents, 840 places in 15 x 15 km, 1 km",
        900,
        840,
        15.0,
        Look::Now,
        km(1.0),
    );
    time(
        "prospective, 100,000 incidents, 10,000 places in 60 km, 1 km",
        100_000,
        10_000,
        60.0,
        Look::Now,
        km(1.0),
    );
}

/// 500 incidents in 100 x 100 km and a year, 20 km and 10 weeks, 999 permutations.
fn time_knox() {
    let mut chance = Chance::new(2014, 5);
    let places =
        (0..500).map(|k| (k.to_string(), [100.0 * chance.unit(), 100.0 * chance.unit()])).collect();
    let Ok(sites) = Sites::new(places, Measured::Plane) else { return };
    let day = |site| Event { site, day: chance.below(366) as f64 };
    let events: Vec<Event> = (0..500).map(day).collect();
    let band = |to| Band::within(to).into_iter().collect();
    let options = KnoxOptions { space: band(20.0), time: band(70.0), permutations: 999 };
    let (start, cpu) = (std::time::Instant::now(), cpu_seconds());
    if let Ok(finding) = knox(&sites, &events, &options, 1) {
        let cpu = cpu_seconds().zip(cpu).map_or("?".into(), |(b, a)| format!("{:.2}", b - a));
        let (wall, n) = (start.elapsed().as_secs_f64(), finding.cells[0].observed);
        println!(
            "{:<58} {wall:>8.2} {cpu:>8}   {n} pairs",
            "knox, 500 incidents, 20 km, 70 days, 999"
        );
    }
}

/// 366 days, windows of up to 28.
fn time(what: &str, n: usize, n_places: usize, side_km: f64, look: Look, reach: Reach) {
    let mut chance = Chance::new(2014, 5);
    let places = (0..n_places)
        .map(|k| (format!("{k:06}"), [side_km * chance.unit(), side_km * chance.unit()]))
        .collect();
    let Ok(sites) = Sites::new(places, Measured::Plane) else { return };
    let cases: Vec<Count> = (0..n)
        .map(|_| Count {
            site: chance.below(n_places) as u32,
            step: chance.below(366) as u32,
            n: 1,
        })
        .collect();
    let replications = Replications { most: 999, enough: None };
    let options =
        ScanOptions { reach, look, longest: 28, fewest: 2, replications, most_clusters: 10 };
    let (start, cpu) = (std::time::Instant::now(), cpu_seconds());
    match scan(&sites, &cases, 366, Background::CasesOnly, &options, 1) {
        Ok(finding) => {
            let cpu = cpu_seconds().zip(cpu).map_or("?".into(), |(b, a)| format!("{:.2}", b - a));
            let p = finding.clusters.first().map_or(1.0, |it| it.p);
            println!("{what:<58} {:>8.2} {cpu:>8}   p {p:.3}", start.elapsed().as_secs_f64());
        }
        Err(why) => println!("{what}: {why}"),
    }
}

/// CPU seconds of this process, where /proc tells them in hundredths.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |idx: usize| fields.get(idx)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
