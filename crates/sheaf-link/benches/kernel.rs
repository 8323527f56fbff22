//! How many pairs a second are brought together by time and place, and how many are weighed with
//! everything they say, what surrounds them and the company they keep: `cargo bench -p sheaf-link`.
//! Pairs a second of the two stand side by side, on the same invented pool.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sheaf_link::{Blocking, Model, Outlines, SourceFacts, link, n_pairs_that_meet, weights_of};
use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier, SourceKind,
    Toll, Unit, When, Whom,
};

const REPORTS: usize = 30_000;

/// SplitMix64 (Steele, Lea and Flood 2014), so that the pool is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n
    }
}

/// Reports of 9,000 events in 600 places and a year, with points, kinds, tolls and names.
fn pool() -> Outlines {
    let mut random = Random(7);
    let mut batch = Batch::default();
    for number in 0..REPORTS {
        let event = random.below(REPORTS as u64 * 3 / 10);
        let mut of_event = Random(event);
        let place = of_event.below(600);
        batch.begin_report(&number.to_string(), 1, Unit::Incident);
        let day = 16_000 + of_event.below(365) as i32 + (random.below(10) / 8) as i32;
        let day = Day::from_days_since_1970(day).expect("days near 2014 exist");
        batch.say(Field::When, 0, "", Meaning::When(When::on(day)));
        let lat = (place / 25) as f64 * 0.4 + random.below(100) as f64 / 10_000.0;
        let lon = (place % 25) as f64 * 0.4 + random.below(100) as f64 / 10_000.0;
        let radius = Metres::new([1_000.0, 5_000.0, 25_000.0][random.below(3) as usize]);
        let place_there = Place::new(lat, lon, radius.expect("a radius is no negative number"));
        batch.say(Field::Where, 1, "", Meaning::Where(place_there.expect("on the globe")));
        batch.say(Field::PlaceName, 2, &format!("place {place}"), Meaning::Words);
        batch.say(Field::Country, 3, "somewhere", Meaning::Words);
        let kinds = [Kind::Shooting, Kind::Bomb, Kind::Battle, Kind::AirStrike];
        batch.say(Field::Kind, 4, "", Meaning::Kind(kinds[of_event.below(4) as usize]));
        let killed = of_event.below(12) as u32 + (random.below(4) / 3) as u32;
        let toll = Toll {
            harm: Harm::Killed,
            whom: Whom::All,
            attackers: Attackers::Unsaid,
            qualifier: Qualifier::Exactly,
            count: Count::exactly(killed).expect("a small number is a count"),
            as_of: None,
        };
        batch.say(Field::Toll, 5, "", Meaning::Toll(toll));
        let party = format!("armed party {}", of_event.below(40));
        batch.say(Field::Party, 6, &party, Meaning::Words);
        batch.end_report();
    }
    let mut outlines = Outlines::default();
    for (number, report) in batch.reports().enumerate() {
        let source = SourceFacts { index: (number % 5) as u16, kind: SourceKind::News };
        outlines.push(&format!("s{}:{}", number % 5, report.key()), source, report);
    }
    outlines
}

fn kernel(criterion: &mut Criterion) {
    let (outlines, model, blocking) = (pool(), Model::shipped(), Blocking::SHIPPED);
    let linkage = link(&outlines, &model, &blocking, &[]);
    let n_pairs = n_pairs_that_meet(&outlines, &blocking);
    let mut group = criterion.benchmark_group("pairs");
    group.throughput(Throughput::Elements(n_pairs)).sample_size(10);
    group.bench_function("bare space-time join", |bencher| {
        bencher.iter(|| n_pairs_that_meet(&outlines, &blocking));
    });
    group.bench_function("weighed, both passes", |bencher| {
        bencher.iter(|| weights_of(&outlines, &model, &blocking, &linkage).len());
    });
    group.bench_function("linked from the beginning", |bencher| {
        bencher.iter(|| link(&outlines, &model, &blocking, &[]).n_incidents);
    });
    group.finish();
}

criterion_group!(benches, kernel);
criterion_main!(benches);
