//! Links an invented pool, asks how sure that is, and prints how long it took: `cargo run --release
//! -p sheaf-link --example link_speed [crowd|add] [REPORTS]`. The pool has 0.3 events a report and 20,000
//! places of very uneven size; it goes over 2,000 days, or more, so that no more than 500 reports fall on
//! one day. `crowd` puts all reports on one point and week instead.
//! `add` links 1,000 more reports into the pool, told of any event, and 1,000 of the events of the
//! last week.

use std::time::Instant;

use sheaf_link::{Blocking, Index, Model, Outlines, Resample, SourceFacts, how_sure, link};
use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier, SourceKind,
    Toll, Unit, When, Whom,
};

/// A small generator of our own (SplitMix64), so that the pool is the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }
    fn share(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }
    fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }
}

struct Spot {
    lat: f64,
    lon: f64,
    name: String,
    country: usize,
}

struct Event {
    place: usize,
    day: i32,
    killed: u32,
    injured: u32,
    kind: Kind,
    party: u64,
    weapon: usize,
}

const WEAPONS: [&str; 5] = ["firearms", "explosives", "knives", "vehicle", "fire"];
const KINDS: [Kind; 6] =
    [Kind::Shooting, Kind::Bomb, Kind::Battle, Kind::AirStrike, Kind::Shelling, Kind::MobViolence];

/// Places in 60 countries, crowded towards the first: the n-th draws reports like n^-0.7.
fn places(n: usize, random: &mut Random) -> Vec<Spot> {
    let centres: Vec<(f64, f64)> =
        (0..60).map(|_| (random.share() * 100.0 - 40.0, random.share() * 340.0 - 170.0)).collect();
    (0..n)
        .map(|number| {
            let country = random.below(60) as usize;
            let (lat, lon) = centres[country];
            Spot {
                lat: lat + random.share() * 8.0 - 4.0,
                lon: lon + random.share() * 8.0 - 4.0,
                name: format!("place {number}"),
                country,
            }
        })
        .collect()
}

fn events(n: usize, places: &[Spot], crowd: bool, random: &mut Random) -> Vec<Event> {
    // Of reports there are 1 / 0.3 times as many.
    let days = (n as u64 / 150).max(2_000);
    (0..n)
        .map(|_| Event {
            // Inverting the distribution of a power law with exponent 0.7.
            place: if crowd {
                0
            } else {
                (random.share().powf(1.0 / 0.3) * places.len() as f64) as usize % places.len()
            },
            day: 16_000 + random.below(if crowd { 7 } else { days }) as i32,
            killed: if random.chance(0.4) { 0 } else { (1.0 / (1.0 - random.share())) as u32 },
            injured: (2.0 / (1.0 - random.share())) as u32 - 2,
            kind: KINDS[random.below(6) as usize],
            party: random.below(300),
            weapon: random.below(5) as usize,
        })
        .collect()
}

fn toll(harm: Harm, number: u32) -> Meaning {
    let (whom, attackers) = (Whom::All, Attackers::Unsaid);
    let count = Count::exactly(number.min(100_000)).expect("a small number is a count");
    let qualifier = Qualifier::Exactly;
    Meaning::Toll(Toll { harm, whom, attackers, qualifier, count, as_of: None })
}

/// One report of an event: days off, points coarse, tolls different.
fn report(batch: &mut Batch, key: &str, event: &Event, places: &[Spot], random: &mut Random) {
    let place = &places[event.place];
    batch.begin_report(key, 1, Unit::Incident);
    let late = if random.chance(0.85) { 0 } else { random.below(3) as i32 };
    let day = Day::from_days_since_1970(event.day + late).expect("days near 2014 exist");
    batch.say(Field::When, 0, "", Meaning::When(When::on(day)));
    let radius = match random.below(100) {
        0..60 => 1_000.0,
        60..85 => 5_000.0,
        85..95 => 25_000.0,
        _ => 100_000.0,
    };
    let off = f64::from(radius) / 111_000.0 * if random.chance(0.7) { 0.0 } else { 0.7 };
    if !random.chance(0.03) {
        let (lat, lon) = (place.lat + off * random.share(), place.lon + off * random.share());
        let radius = Metres::new(radius).expect("a radius is no negative number");
        if let Some(place) = Place::new(lat, lon, radius) {
            batch.say(Field::Where, 1, "", Meaning::Where(place));
        }
    }
    batch.say(Field::PlaceName, 2, &place.name, Meaning::Words);
    batch.say(Field::Country, 3, &format!("country {}", place.country), Meaning::Words);
    batch.say(Field::Kind, 4, "", Meaning::Kind(event.kind));
    let shift = if random.chance(0.5) { 0 } else { random.below(3) as u32 };
    batch.say(Field::Toll, 5, "", toll(Harm::Killed, event.killed + shift));
    if random.chance(0.6) {
        batch.say(Field::Toll, 6, "", toll(Harm::Injured, event.injured + shift));
    }
    if random.chance(0.5) {
        let party = format!("armed party {}", event.party);
        batch.say(Field::Party, 7, &party, Meaning::Words);
    }
    batch.say(Field::Weapon, 8, WEAPONS[event.weapon], Meaning::Words);
    batch.end_report();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let crowd = arguments.first().is_some_and(|word| word == "crowd");
    let n = arguments.last().and_then(|word| word.parse().ok());
    let n: usize = n.unwrap_or(if crowd { 100_000 } else { 1_000_000 });
    let mut random = Random(7);
    let places = places(20_000, &mut random);
    let events = events((n as f64 * 0.3) as usize, &places, crowd, &mut random);
    let mut outlines = Outlines::default();
    let (mut pushing, mut batch) = (0.0, Batch::default());
    let mut truth = Vec::with_capacity(n);
    for number in 0..n {
        // The first reports tell every event once; see `source_of`.
        let event =
            if number < events.len() { number } else { random.below(events.len() as u64) as usize };
        truth.push(event as u32);
        report(&mut batch, &format!("{number}"), &events[event], &places, &mut random);
        if batch.len() == 10_000 || number + 1 == n {
            let start = Instant::now();
            let first = number + 1 - batch.len();
            for (at, report) in batch.reports().enumerate() {
                let source = source_of(first + at, events.len());
                let id = format!("source-{}:{}", source.index, report.key());
                outlines.push(&id, source, report);
            }
            pushing += start.elapsed().as_secs_f64();
            batch = Batch::default();
        }
    }
    println!(
        "{n} reports of {} events; outlines {:.0} bytes each, pushed in {pushing:.2} s",
        events.len(),
        outlines.n_bytes() as f64 / n as f64
    );
    if arguments.first().is_some_and(|word| word == "add") {
        return add(outlines, &events, &places, &mut random);
    }
    let cpu_before = cpu_seconds();
    let start = Instant::now();
    let linkage = link(&outlines, &Model::shipped(), &Blocking::SHIPPED, &[]);
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
    println!(
        "linked in {wall:.2} s wall, {cpu:.2} s CPU: {} candidate pairs ({:.1} M/s), {} reach the \
         joining weight, {} copies, {} incidents",
        linkage.n_candidate_pairs,
        linkage.n_candidate_pairs as f64 / wall / 1e6,
        linkage.n_linked_pairs,
        linkage.n_copies,
        linkage.n_incidents
    );
    for capped in &linkage.capped {
        println!("capped: {} {}", capped.n, capped.what);
    }
    let (precision, recall) = agreement(&truth, &linkage.incident_of);
    println!("pairwise precision {precision:.3}, recall {recall:.3}; {}", peak());
    let (cpu_before, start) = (cpu_seconds(), Instant::now());
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let resample = Resample { n_draws: 100, seed: 1 };
    let sure = how_sure(&outlines, &model, &blocking, &linkage, &[], resample);
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
    println!(
        "how sure, by 100 draws, in {wall:.2} s wall, {cpu:.2} s CPU: {:.0} incidents ({}-{}), {} \
         components, the largest of {}, {} pairs; {}",
        sure.n_incidents.mean,
        sure.n_incidents.low,
        sure.n_incidents.high,
        sure.n_components,
        sure.largest_component,
        sure.pairs.len(),
        peak()
    );
}

/// Links more reports into a linked pool.
fn add(outlines: Outlines, events: &[Event], places: &[Spot], random: &mut Random) {
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let (index, linkage) = timed("linked at once", || Index::of(outlines, &model, &blocking, &[]));
    let bytes = timed("index written", || index.to_bytes());
    println!("{} incidents; {:.0} MB of index", linkage.n_incidents, bytes.len() as f64 / 1e6);
    drop((index, linkage));
    let last = events.iter().map(|it| it.day).max().unwrap_or_default();
    let last_week: Vec<&Event> = events.iter().filter(|it| it.day > last - 7).collect();
    let anywhere: Vec<&Event> = events.iter().collect();
    for (name, events) in [("any event", anywhere), ("the last week", last_week)] {
        println!("1000 more reports of {name}:");
        let mut batch = Batch::default();
        for number in 0..1_000 {
            let event = events[random.below(events.len() as u64) as usize];
            report(&mut batch, &format!("new-{number}"), event, places, random);
        }
        let index = timed("  index read", || Index::from_bytes(&bytes));
        let mut index = index.expect("an index can be read that was just written");
        timed("  reports added", || {
            for (number, report) in batch.reports().enumerate() {
                let source = source_of(usize::MAX - number, 0);
                index.add(&format!("source-{}:{}", source.index, report.key()), source, report);
            }
        });
        let relinked = timed("  linked again", || index.relink(&model, &blocking, &[]));
        println!(
            "  {} reports touched, {} clustered again, {} incidents changed, {} ended{}; {}",
            relinked.n_touched,
            relinked.n_clustered,
            relinked.incidents.len(),
            relinked.ended.len(),
            relinked.fell_back.map_or(String::new(), |why| format!("; fell back: {why}")),
            peak()
        );
        let again = timed("  all linked at once", || link(&index.pool(), &model, &blocking, &[]));
        let handles = index.handles();
        let incident_of: Vec<u32> =
            index.current().iter().map(|&at| handles[at as usize]).collect();
        let (precision, recall) = agreement(&again.incident_of, &incident_of);
        println!("  pairwise agreement of the two: {precision}, {recall}");
    }
}

/// Does something and prints the time it took.
fn timed<T>(what: &str, does: impl FnOnce() -> T) -> T {
    let (start, cpu_before) = (Instant::now(), cpu_seconds());
    let done = does();
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
    println!("{what} in {wall:.3} s wall, {cpu:.2} s CPU");
    done
}

fn source_of(number: usize, n_events: usize) -> SourceFacts {
    // Six sources: two curated ones share the first report of every event, four news ones give the
    // rest. Drawn from the number, so that batches do not have to carry it.
    let mut random = Random(number as u64);
    if number < n_events {
        SourceFacts { index: random.below(2) as u16, kind: SourceKind::Curated }
    } else {
        SourceFacts { index: 2 + random.below(4) as u16, kind: SourceKind::News }
    }
}

/// Pairwise precision and recall against the events.
fn agreement(truth: &[u32], incident_of: &[u32]) -> (f64, f64) {
    let pairs = |keys: &mut Vec<u64>| {
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|run| (run.len() * (run.len() - 1) / 2) as f64).sum()
    };
    let both = |t: &u32, i: &u32| (u64::from(*t) << 32) | u64::from(*i);
    let mut joint: Vec<u64> = truth.iter().zip(incident_of).map(|(t, i)| both(t, i)).collect();
    let right: f64 = pairs(&mut joint);
    let made: f64 = pairs(&mut incident_of.iter().map(|&i| u64::from(i)).collect());
    let real: f64 = pairs(&mut truth.iter().map(|&t| u64::from(t)).collect());
    (right / made, right / real)
}

/// User and system time of this process, from Linux; 0 elsewhere.
fn cpu_seconds() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// The peak of resident memory, from Linux.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let peak = line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    peak.unwrap_or_else(|| "peak memory not known".into())
}
