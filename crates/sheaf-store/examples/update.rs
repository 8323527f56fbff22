//! What a thousand reports cost a pool that has N already: takes them in, finds what changed, and
//! keeps what a linking and a settling would change, then reads it all back. Reports have 16 claims
//! each. With a place, the pool is kept there and found again; each run adds to it.
//!
//! ```sh
//! cargo run --release -p sheaf-store --example update -- 1000000 [PLACE]
//! ```

mod invented;

use std::path::{Path, PathBuf};

use invented::{Steps, about, head, invented, settled};
use sheaf_model::*;
use sheaf_store::{Access, ImportId, Pool, SettledHead, Wanted};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let n: u64 = arguments.next().map_or(Ok(1_000_000), |n| n.parse())?;
    let kept = arguments.next().map(PathBuf::from);
    let passing = std::env::temp_dir().join(format!("update-{}.sheaf", std::process::id()));
    let place = kept.as_deref().unwrap_or(&passing);
    if !place.exists() {
        fill(place, n)?;
    }
    let outcome = measure(place, n);
    if kept.is_none() {
        std::fs::remove_dir_all(place)?;
    }
    outcome
}

/// Takes reports in.
fn take_in(pool: &Pool, file: &str, reports: &[std::ops::Range<u64>]) -> Outcome<()> {
    let columns: Vec<String> = (0..24).map(|column| format!("column_{column}")).collect();
    let mut writer = pool.begin_import(about("invented", file))?;
    let mut tally = Tally::default();
    for range in reports {
        for first in range.clone().step_by(4096) {
            let batch = invented(first, range.end.min(first + 4096));
            tally.add(&batch);
            writer.write(&batch, &columns)?;
        }
    }
    let fates = vec![ColumnFate::Unknown; columns.len()];
    writer.finish(&columns, &fates, &tally, "2026-03-01T12:00:00Z")?;
    Ok(())
}

fn id(source: &str, number: u64) -> ReportId {
    let source = SourceName::new(source).expect("it is one");
    ReportId::new(&source, &format!("INV-{number:09}"))
}

fn incident(mut reports: Vec<ReportId>) -> Incident {
    reports.sort();
    Incident { id: IncidentId::of(&reports).expect("there are some"), reports }
}

/// Four of five reports tell of an incident of their own, and the fifth of that before it.
fn old_incidents(n: u64) -> impl Iterator<Item = Incident> {
    let singles = (0..n).filter(|number| number % 5 != 4);
    singles.map(move |number| {
        let shared = number % 5 == 3 && number + 1 < n;
        incident((number..=number + u64::from(shared)).map(|it| id("invented", it)).collect())
    })
}

fn settled_head() -> SettledHead {
    let (profile, at) = ("none@1".to_owned(), "2026-03-01T12:00:03Z".to_owned());
    SettledHead { basis: [0; 32], profile, at }
}

/// A pool of N reports, linked and settled, with an index of 200 bytes a report.
fn fill(place: &Path, n: u64) -> Outcome<()> {
    let mut steps = Steps::start(place);
    let pool = Pool::create_or_open(place)?;
    take_in(&pool, "invented", std::slice::from_ref(&(0..n)))?;
    steps.step("make the pool: reports");
    pool.put_linkage(head("2026-03-01T12:00:01Z"), old_incidents(n))?;
    steps.step("a linkage");
    let mut writer = pool.begin_settled(settled_head())?;
    for incident in old_incidents(n) {
        writer.write(&[settled(incident.reports)])?;
    }
    writer.finish()?;
    steps.step("a settled view");
    pool.put_index("outlines", &[ImportId(1)], &vec![7; n as usize * 200])?;
    steps.step("an index of 200 bytes a report");
    Ok(())
}

fn measure(place: &Path, n: u64) -> Outcome<()> {
    let mut steps = Steps::start(place);
    let pool = Pool::open(place, Access::Write)?;
    steps.step("open to write");
    let known: Vec<ImportId> = pool.imports()?.iter().map(|import| import.id).collect();
    pool.basis("{}")?;
    steps.step("imports and basis");
    let round = known.len() as u64;
    let new = n + round * 1_000..n + (round + 1) * 1_000;
    // Another data set of the same source, so that all keys of both must be compared.
    let old = round * 10..round * 10 + 10;
    take_in(&pool, &format!("more-{round}"), &[old, new.clone()])?;
    steps.step("take 1,010 in, of which 10 are there already");
    let mut come = 0;
    let gone = pool.changes_since(&known, Wanted::ALL, |_, _| come += 1)?;
    steps.step(&format!("what changed: {come} came, {} went", gone.len()));
    let index = pool.index("outlines")?.ok_or("the index is gone")?;
    let n_bytes: usize = index.pieces.iter().map(Vec::len).sum();
    steps.step(&format!("read an index of {} MB", n_bytes / 1_000_000));
    drop(index);
    let now: Vec<ImportId> = pool.imports()?.iter().map(|import| import.id).collect();
    pool.append_index("outlines", &now, &vec![8; 200_000])?;
    steps.step("add to it");
    let ids: Vec<ReportId> = (0..5_000).map(|it| id("invented", it * (n / 5_000) + 1)).collect();
    let found = pool.reports(&ids, Wanted::ALL)?.iter().flatten().count();
    steps.step(&format!("{found} scattered reports by id"));
    let few = Wanted::only(&[Field::When, Field::Where, Field::Toll, Field::Kind]);
    assert_eq!(pool.reports(&ids[..500], few)?.iter().flatten().count(), 500);
    steps.step("500 of them, words of four fields");

    let before = pool.linkage()?.ok_or("the linkage is gone")?;
    steps.step("look at the linkage");
    // Half the new reports join an incident; some of those were one before.
    let joined = |number: u64| (number * 1_999 + round * 7) % (n / 5) * 5;
    let mut changed: Vec<Incident> = (0..500)
        .map(|it| incident(vec![id("invented", joined(it)), id("invented", new.start + it)]))
        .chain((500..1_000).map(|it| incident(vec![id("invented", new.start + it)])))
        .collect();
    changed.sort_by(|a, b| a.id.cmp(&b.id));
    let gone = [incident(vec![id("invented", round * 5 + 1)]).id];
    let linkage =
        pool.update_linkage(head("2026-03-02T12:00:01Z"), &before, changed.clone(), &gone)?;
    steps.step(&format!("keep a linkage: {} layers", linkage.n_layers()));
    let view = pool.settled("none@1")?.ok_or("the view is gone")?;
    let mut writer = pool.update_settled(settled_head(), &view, &gone)?;
    for incident in changed {
        writer.write(&[settled(incident.reports)])?;
    }
    let view = writer.finish()?;
    steps.step("keep a settled view");
    assert_eq!(view.n_incidents, linkage.n_incidents);

    let mut n_incidents = 0;
    pool.for_each_incident(&linkage, |_| n_incidents += 1)?;
    assert_eq!(n_incidents, linkage.n_incidents);
    steps.step("read the linkage");
    pool.for_each_row(&view, |_| n_incidents -= 1)?;
    assert_eq!(n_incidents, 0);
    steps.step("list the settled incidents");
    pool.for_each_settled(&view, |_| true, |_| n_incidents += 1)?;
    assert_eq!(n_incidents, view.n_incidents);
    steps.step("read them whole");
    pool.settled_incident(&view, &gone[0])?.is_none().then_some(()).ok_or("it is still there")?;
    steps.step("one of them");
    Ok(())
}
