//! How fast incidents settle, and how much memory their claims take: a million made-up incidents of
//! one to five reports (2.2 on average), each with a dozen claims, by every profile or the one
//! named, on as many threads as there are processors (two at most). Each answer is thrown away once
//! its claims are counted, as a caller who writes it out would.
//!
//! `cargo run --release -p sheaf-settle --example settle_speed [INCIDENTS [PROFILE]]`

use std::time::Instant;

use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Licence, Meaning, Metres, Place, Qualifier,
    SourceKind, SourceName, Toll, Unit, When, Whom,
};
use sheaf_settle::{Ballots, PROFILES, Profile, settle};

fn main() {
    let n_incidents: u32 = std::env::args().nth(1).map_or(1_000_000, |n| {
        n.parse().unwrap_or_else(|_| panic!("{n} is no number of incidents"))
    });
    let sources: Vec<(SourceName, Licence, SourceKind)> = (0..8)
        .map(|n| {
            let name = SourceName::new(&format!("source-{n}")).expect("a plain name");
            let kind = if n < 4 { SourceKind::Curated } else { SourceKind::News };
            (name, Licence::OpenWithAttribution, kind)
        })
        .collect();

    let started = Instant::now();
    let mut dice = Dice(1);
    let mut ballots = Ballots::new(sources.clone());
    let mut incidents: Vec<Vec<u32>> = Vec::new();
    let mut batch = Batch::default();
    for number in 0..n_incidents {
        // 1, 1, 1, 2, 2, 2, 2, 3, 3, 5: 2.2 on average.
        let n_reports = [1, 1, 1, 2, 2, 2, 2, 3, 3, 5][dice.below(10) as usize];
        let mut members = Vec::new();
        for nth in 0..n_reports {
            batch.clone_from(&Batch::default());
            invent(&mut batch, &mut dice, number, nth);
            let source = (number + nth) % 8;
            let id = batch.report(0).id(&sources[source as usize].0);
            members.push(ballots.push(&id, source as u16, batch.report(0)));
        }
        incidents.push(members);
    }
    let n_reports = ballots.len();
    println!("{n_incidents} incidents, {n_reports} reports");
    println!("invented and pushed in {:.1} s", started.elapsed().as_secs_f64());
    println!("ballots: {:.0} bytes a report", ballots.bytes() as f64 / n_reports as f64);

    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(2));
    let asked = std::env::args().nth(2);
    for profile in PROFILES {
        let about = profile.about();
        if asked.as_ref().is_some_and(|name| name != about.name) {
            continue;
        }
        let (cpu_before, started) = (cpu_seconds(), Instant::now());
        let n_filed: usize = std::thread::scope(|scope| {
            let ballots = &ballots;
            let running: Vec<_> = incidents
                .chunks(incidents.len().div_ceil(n_threads).max(1))
                .map(|share| {
                    let settle = move |it: &Vec<u32>| filed(ballots, it, *profile);
                    scope.spawn(move || share.iter().map(settle).sum())
                })
                .collect();
            running.into_iter().map(|it| it.join().unwrap_or(0usize)).sum()
        });
        println!(
            "{:<13} {:6.2} s on {n_threads} threads ({:.2} s of processor time), {n_filed} claims \
             filed with tolls",
            about.name,
            started.elapsed().as_secs_f64(),
            cpu_seconds() - cpu_before
        );
    }
    println!("peak memory {} MiB", peak_mib());
}

fn filed(ballots: &Ballots, members: &[u32], profile: &dyn Profile) -> usize {
    let it = settle(ballots, members, profile);
    it.tolls.iter().map(|toll| toll.from.len() + toll.against.len()).sum()
}

fn invent(batch: &mut Batch, dice: &mut Dice, incident: u32, nth: u32) {
    let day = |n: u32| Day::from_days_since_1970(15_000 + n as i32).expect("a day of this century");
    batch.begin_report(&format!("{incident:08}-{nth}"), 2, Unit::Incident);
    let first = day(incident % 3_000 + dice.below(2));
    batch.say(Field::When, 0, "x", Meaning::When(When::on(first)));
    let (lat, lon) = (f64::from(incident % 170) - 85.0, f64::from(incident % 350) - 175.0);
    let radius = Metres::new([1e3, 5e3, 25e3, 1e5][dice.below(4) as usize]).expect("a radius");
    let place = Place::new(lat + f64::from(dice.below(100)) / 1e4, lon, radius).expect("a place");
    batch.say(Field::Where, 1, "x", Meaning::Where(place));
    batch.say(Field::PlaceName, 2, &format!("Place {}", incident % 60_000), Meaning::Words);
    batch.say(Field::AdminOne, 3, &format!("Province {}", incident % 3_000), Meaning::Words);
    batch.say(Field::Country, 4, &format!("Country {}", incident % 150), Meaning::Words);
    let kind = Kind::ALL[dice.below(20) as usize];
    batch.say(Field::Kind, 5, "x", Meaning::Kind(kind));
    batch.say(
        Field::Target,
        6,
        ["market", "police", "Railway"][dice.below(3) as usize],
        Meaning::Words,
    );
    batch.say(Field::Weapon, 7, ["explosives", "firearms"][dice.below(2) as usize], Meaning::Words);
    batch.say(Field::Published, 8, "x", Meaning::Day(day(incident % 3_000 + 1 + dice.below(9))));
    let killed = dice.below(20);
    for (harm, whom, number) in [
        (Harm::Killed, Whom::All, killed),
        (Harm::Injured, Whom::All, dice.below(60)),
        (Harm::Killed, Whom::Civilians, dice.below(killed + 1)),
    ] {
        let count = Count::new(number, Some(number), Some(number + dice.below(2)));
        let toll = Toll {
            harm,
            whom,
            attackers: [Attackers::Included, Attackers::Unsaid][dice.below(2) as usize],
            qualifier: Qualifier::Exactly,
            count: count.expect("in order"),
            as_of: None,
        };
        batch.say(Field::Toll, 9, "x", Meaning::Toll(toll));
    }
    if dice.below(3) == 0 {
        batch.say(
            Field::BlamedOn,
            10,
            ["Group X", "Group Y"][dice.below(2) as usize],
            Meaning::Words,
        );
    }
    batch.say(Field::Outlet, 11, &format!("Outlet {}", dice.below(200)), Meaning::Words);
    let print = u64::from(dice.below(u32::MAX)) << 32 | u64::from(dice.below(u32::MAX));
    batch.say(Field::Wording, 12, "", Meaning::Wording(print));
    batch.end_report();
}

/// A small generator with a fixed start, so that every run settles the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(end)) as u32
    }
}

/// Processor time of this process so far, where the system tells it.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks =
        after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map_or(0, |kib| kib / 1024)
}
