//! Writes an invented import of N reports with 16 claims each, reads it back, and prints seconds
//! and peak memory of each step:
//!
//! ```sh
//! cargo run --release -p sheaf-store --example measure -- 1000000 [keep]
//! ```

mod invented;

use std::path::Path;

use invented::{Steps, about, head, invented, settled};
use sheaf_model::*;
use sheaf_store::{Access, Pool, Resolution, SettledHead, Wanted};

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
    let mut steps = Steps::start(place);
    let mut step = |what: &str| steps.step(what);
    for first in (0..n).step_by(4096) {
        std::hint::black_box(invented(first, n.min(first + 4096)));
    }
    step("make the reports up (not the store's work)");

    let mut writer = pool.begin_import(about("invented", "invented"))?;
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
