//! Writes an invented import of N reports with 16 claims each, reads it back, and prints seconds
//! and peak memory of each step:
//!
//! ```sh
//! cargo run --release -p sheaf-store --example measure -- 1000000 [keep]
//! ```

use std::path::Path;
use std::time::Instant;

use sheaf_model::*;
use sheaf_store::{Access, LinkageHead, NewImport, Pool, Resolution, SettledHead, Wanted};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let n: u64 = arguments.next().map_or(Ok(1_000_000), |n| n.parse())?;
    let place = std::env::temp_dir().join(format!("measure-{}.sheaf", std::process::id()));
    let outcome = measure(&place, n);
    if arguments.next().as_deref() == Some("keep") {
        println!("kept: {}", place.display());
    } else {
        std::fs::remove_dir_all(&place)?;
    }
    outcome
}

fn measure(place: &Path, n: u64) -> Result<(), Box<dyn std::error::Error>> {
    let pool = Pool::create_or_open(place)?;
    let columns: Vec<String> = (0..24).map(|column| format!("column_{column}")).collect();
    let (mut at, mut cpu) = (Instant::now(), cpu_seconds());
    let mut step = |what: &str| {
        let size: u64 = std::fs::read_dir(place.join("parts"))
            .map(|parts| {
                parts.flatten().filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum()
            })
            .unwrap_or_default();
        println!(
            "{what:<44} {:>7.2} s   cpu {:>6.2} s   peak {:>5} MiB   parts {:>5} MiB",
            at.elapsed().as_secs_f64(),
            cpu_seconds() - cpu,
            peak_mib(),
            size >> 20
        );
        (at, cpu) = (Instant::now(), cpu_seconds());
    };
    for first in (0..n).step_by(4096) {
        std::hint::black_box(invented(first, n.min(first + 4096)));
    }
    step("make the reports up (not the store's work)");

    let mut writer = pool.begin_import(about())?;
    let mut tally = Tally::default();
    for first in (0..n).step_by(4096) {
        let batch = invented(first, n.min(first + 4096));
        tally.add(&batch);
        writer.write(&batch, &columns)?;
    }
    step("the same, and write");
    let fates = vec![ColumnFate::Unknown; columns.len()];
    writer.finish(&columns, &fates, &tally, "2026-03-01T12:00:00Z")?;
    step("finish");

    let (mut reports, mut claims) = (0u64, 0u64);
    pool.for_each_current(Wanted::ALL, None, |_, report| {
        reports += 1;
        claims += report.claims().len() as u64;
    })?;
    assert_eq!((reports, claims), (n, n * 16));
    step("read all back");
    let few = Wanted::only(&[Field::When, Field::Where, Field::Toll, Field::Kind]);
    pool.for_each_current(few, None, |_, report| claims += report.claims().len() as u64)?;
    step("read back, words of four fields");

    let source = SourceName::new("invented")?;
    let id = |number: u64| ReportId::new(&source, &format!("INV-{number:09}"));
    let incidents = (0..n / 2).map(|number| Incident {
        id: IncidentId::of([&id(number * 2)]).expect("it is one report"),
        reports: vec![id(number * 2), id(number * 2 + 1)],
    });
    pool.put_linkage(head("2026-03-01T12:00:01Z"), incidents)?;
    step("put a linkage");
    let merged = (0..n / 4).map(|number| Incident {
        id: IncidentId::of([&id(number * 4)]).expect("it is one report"),
        reports: (0..4).map(|of| id(number * 4 + of)).collect(),
    });
    pool.put_linkage(head("2026-03-01T12:00:02Z"), merged)?;
    step("put another, half the handles gone");

    let view = {
        let head = SettledHead {
            basis: [0; 32],
            profile: "none@1".to_owned(),
            at: "2026-03-01T12:00:03Z".to_owned(),
        };
        let mut writer = pool.begin_settled(head)?;
        let mut chunk = Vec::new();
        for number in 0..n / 2 {
            chunk.push(settled(vec![id(number * 2), id(number * 2 + 1)]));
            if chunk.len() == 4096 || number + 1 == n / 2 {
                writer.write(&chunk)?;
                chunk.clear();
            }
        }
        writer.finish()?
    };
    step("put a settled view");
    let mut deadly = 0;
    pool.for_each_row(&view, |row| {
        deadly += u64::from(row.killed().is_some_and(|it| it.low() > 4))
    })?;
    step("list its incidents");
    let mut n_values = 0;
    pool.for_each_settled(&view, |_| true, |it| n_values += it.tolls.len())?;
    assert_eq!((deadly, n_values as u64), (n / 2, n / 2 * 2));
    step("read them whole");
    drop(pool);
    let pool = Pool::open(place, Access::Read)?;
    step("open");
    let some: Vec<ReportId> = [0, n / 3, n - 1].map(id).to_vec();
    assert!(pool.reports(&some, Wanted::ALL)?.iter().all(Option::is_some));
    step("three reports by id");
    let Resolution::Was { now, .. } = pool.resolve(id(2).as_str())? else {
        return Err("a merged handle is forgotten".into());
    };
    assert_eq!(now.len(), 1);
    step("an old handle");
    assert!(matches!(pool.resolve("invented:no-such")?, Resolution::Unknown { .. }));
    step("an unknown handle");
    assert_eq!(pool.verify()?, []);
    step("verify");
    Ok(())
}

fn head(at: &str) -> LinkageHead {
    LinkageHead {
        basis: [0; 32],
        settings: "{}".to_owned(),
        model: "none".to_owned(),
        at: at.to_owned(),
    }
}

/// An incident as two reports make it.
fn settled(reports: Vec<ReportId>) -> SettledIncident {
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

fn about() -> NewImport {
    NewImport {
        source: Source {
            name: SourceName::new("invented").expect("it is one"),
            title: "Invented".to_owned(),
            organisation: "Nobody".to_owned(),
            licence: Licence::OpenWithAttribution,
            credit: String::new(),
            kind: SourceKind::Curated,
            eras: Vec::new(),
        },
        reader: "measure@1".to_owned(),
        file: "invented.csv".to_owned(),
        dataset: "invented".to_owned(),
        version: None,
        content: [0; 32],
        bytes: 0,
    }
}

/// Sixteen claims each, of the mix that an event list has.
fn invented(first: u64, end: u64) -> Batch {
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
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory the process held so far, where the system tells (Linux).
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}
