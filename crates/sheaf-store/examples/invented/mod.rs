//! An invented pool for the examples that measure, and what the system tells of a process.

#![allow(dead_code)]

use std::path::Path;
use std::time::Instant;

use sheaf_model::*;
use sheaf_store::{LinkageHead, NewImport};

/// Prints how long each step took.
pub struct Steps<'a> {
    place: &'a Path,
    at: Instant,
    cpu: f64,
}

impl<'a> Steps<'a> {
    pub fn start(place: &'a Path) -> Steps<'a> {
        Steps { place, at: Instant::now(), cpu: cpu_seconds() }
    }

    /// Ends a step.
    pub fn step(&mut self, what: &str) {
        let (wall, cpu) = (self.at.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let parts = std::fs::read_dir(self.place.join("parts"));
        let size: u64 = parts
            .map(|it| it.flatten().filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum())
            .unwrap_or_default();
        println!(
            "{what:<56} {wall:>7.3} s   cpu {cpu:>6.2} s   peak {:>5} MiB   parts {:>5} MiB",
            peak_mib(),
            size >> 20
        );
        (self.at, self.cpu) = (Instant::now(), cpu_seconds());
    }
}

pub fn head(at: &str) -> LinkageHead {
    LinkageHead {
        basis: [0; 32],
        settings: "{}".to_owned(),
        model: "none".to_owned(),
        at: at.to_owned(),
    }
}

/// An incident as two reports make it.
pub fn settled(reports: Vec<ReportId>) -> SettledIncident {
    let by = "widest";
    let refs = |claim| vec![ClaimRef { report: 0, claim }, ClaimRef { report: 1, claim }];
    fn of<T>(value: T, from: Vec<ClaimRef>, by: &'static str) -> Settled<T> {
        Settled { value, from, against: Vec::new(), by }
    }
    let toll = |whom| Toll {
        harm: Harm::Killed,
        whom,
        attackers: Attackers::Unsaid,
        qualifier: Qualifier::Exactly,
        count: Count::new(5, Some(7), Some(9)).expect("in order"),
        as_of: None,
    };
    let day = Day::from_days_since_1970(15_000).expect("a day");
    let radius = Metres::new(1_000.0).expect("a length");
    let point = Place::new(43.8, 87.6, radius).expect("on the globe");
    SettledIncident {
        incident: Incident { id: IncidentId::of(&reports).expect("two reports"), reports },
        profile: "none@1",
        sources: vec![SourceName::new("invented").expect("it is one")],
        licence: Licence::OpenWithAttribution,
        when: Some(of(When::on(day), refs(0), by)),
        place: Some(of(point, refs(3), by)),
        place_name: Some(of("Town 7".to_owned(), refs(6), by)),
        admin_one: Some(of("Province 7".to_owned(), refs(7), by)),
        country: Some(of("Country 7".to_owned(), refs(8), by)),
        kind: Some(of(Kind::Bomb, refs(9), by)),
        target: None,
        weapon: None,
        tolls: vec![of(toll(Whom::All), refs(10), by), of(toll(Whom::Civilians), refs(11), by)],
        claimed_by: Vec::new(),
        blamed_on: Vec::new(),
    }
}

pub fn about(source: &str, file: &str) -> NewImport {
    NewImport {
        source: Source {
            name: SourceName::new(source).expect("it is one"),
            title: "Invented".to_owned(),
            organisation: "Nobody".to_owned(),
            licence: Licence::OpenWithAttribution,
            credit: String::new(),
            kind: SourceKind::Curated,
            eras: Vec::new(),
        },
        reader: "measure@1".to_owned(),
        file: format!("{file}.csv"),
        dataset: file.to_owned(),
        version: None,
        content: [0; 32],
        bytes: 0,
    }
}

/// Sixteen claims each, of the mix that an event list has.
pub fn invented(first: u64, end: u64) -> Batch {
    let mut batch = Batch::default();
    let mut said = String::new();
    for number in first..end {
        let mut random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number >> 7;
        let mut below = |n: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % n
        };
        let mut say = |batch: &mut Batch, field, column, text: std::fmt::Arguments<'_>, meant| {
            use std::fmt::Write;
            said.clear();
            said.write_fmt(text).expect("a string takes what is written");
            batch.say(field, column, &said, meant);
        };
        batch.begin_report(&format!("INV-{number:09}"), number + 2, Unit::Incident);
        let day = Day::from_days_since_1970(15_000 + below(3_650) as i32).expect("a day");
        say(&mut batch, Field::When, 1, format_args!("{day}"), Meaning::When(When::on(day)));
        say(&mut batch, Field::When, 2, format_args!("{day}"), Meaning::PartOf(1));
        say(&mut batch, Field::When, 3, format_args!("1"), Meaning::PartOf(1));
        let (lat, lon) = (below(180_000) as f64 / 1e3 - 90.0, below(360_000) as f64 / 1e3 - 180.0);
        let radius = Metres::new(1_000.0).expect("a length");
        let point = Place::new(lat, lon, radius).expect("on the globe");
        say(&mut batch, Field::Where, 4, format_args!("{lat:.3}"), Meaning::Where(point));
        say(&mut batch, Field::Where, 5, format_args!("{lon:.3}"), Meaning::PartOf(4));
        say(&mut batch, Field::Where, 6, format_args!("1"), Meaning::PartOf(4));
        let town = below(20_000);
        say(&mut batch, Field::PlaceName, 7, format_args!("Town {town}"), Meaning::Words);
        say(
            &mut batch,
            Field::AdminOne,
            8,
            format_args!("Province {}", town % 300),
            Meaning::Words,
        );
        say(&mut batch, Field::Country, 9, format_args!("Country {}", town % 50), Meaning::Words);
        say(&mut batch, Field::Kind, 10, format_args!("3"), Meaning::Kind(Kind::Bomb));
        for (column, whom) in [(11, Whom::All), (12, Whom::Civilians), (13, Whom::Attackers)] {
            let count = Count::exactly(below(40) as u32).expect("a count");
            let toll = Toll {
                harm: Harm::Killed,
                whom,
                attackers: Attackers::Unsaid,
                qualifier: Qualifier::Exactly,
                count,
                as_of: None,
            };
            let text = format_args!("{}", count.low());
            say(&mut batch, Field::Toll, column, text, Meaning::Toll(toll));
        }
        say(&mut batch, Field::Party, 14, format_args!("Party {}", below(400)), Meaning::Words);
        let link = format_args!("https://example.org/{}/{number}", below(1_000_000));
        say(&mut batch, Field::Reference, 15, link, Meaning::Words);
        batch.say(Field::Wording, 16, "", Meaning::Wording(below(u64::MAX)));
        batch.end_report();
    }
    batch
}

/// Processor seconds of all threads so far, where the system tells (Linux, at 100 ticks a second).
/// On a busy machine they say more than the clock.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory the process held so far, where the system tells (Linux).
pub fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}
