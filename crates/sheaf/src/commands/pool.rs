//! `sheaf pool` and `sheaf add`: files in, incidents out, and a summary that adds up.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sheaf_model::{DoubtCode, SourceName};
use sheaf_read::{LeftOut, ReadOptions, Reading};
use sheaf_settle::INTERVAL;
use sheaf_store::{Access, Import, Pool};

use super::custody;
use super::sources::{change_text, import_json};
use super::{Went, counted, grouped, now, open, print, print_json, remark};
use crate::alerts_in;
use crate::args::{Everywhere, HowToRead, Pooling, Summary};
use crate::failure::Failure;
use crate::linking::Method;
use crate::meltt;
use crate::pipeline::{self, TakenIn, TakingIn};
use crate::view::{self, Refreshed};

/// The options for reading that the command line gives.
pub fn read_options(how: &HowToRead) -> Result<ReadOptions, Failure> {
    let source = match &how.source {
        Some(name) => Some(SourceName::new(name).map_err(|error| {
            let failure = Failure::new("not-a-source-name", format!("--source: {error}"));
            match SourceName::nearest(name) {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure,
            }
        })?),
        None => None,
    };
    let (reader, published) = (how.reader.clone(), how.published);
    Ok(ReadOptions { reader, source, published, ..ReadOptions::found_out() })
}

/// `sheaf pool` makes the pool if it is absent, `sheaf add` does not.
pub fn pool(args: &Pooling, create: bool, everywhere: &Everywhere) -> Result<Went, Failure> {
    let options = read_options(&args.how)?;
    let asked = Method::asked(&args.link)?;
    let is_new = !args.pool.exists();
    if create && is_new && args.pool.extension().is_none_or(|ending| ending != "sheaf") {
        return Err(Failure::new(
            "odd-pool-name",
            format!("{}: a pool's name ends in .sheaf", args.pool.display()),
        )
        .hint(format!("did you mean {}.sheaf?", args.pool.display())));
    }
    custody::can_keep(&args.pool, &args.keeping)?;
    // Without files there is only another way of linking to choose, for a pool that is there.
    let pool = match create && !args.files.is_empty() {
        true => Pool::create_or_open(&args.pool)?,
        false => open(&args.pool, Access::Write)?,
    };
    let now = now();
    let how = TakingIn {
        options: &options,
        channel: "terminal",
        file: None,
        dataset: args.dataset.as_deref(),
        version: args.version_label.as_deref(),
        accept_empty: args.accept_empty,
        now: &now,
        quiet: everywhere.quiet,
    };
    let asked = match rehearsed(&pool, asked, &args.files, &how) {
        Ok(asked) => asked,
        Err(failure) => {
            abandon(pool, is_new);
            return Err(failure);
        }
    };
    // One bad file does not stop the others; it is said at once and again by the exit code.
    let mut taken = Vec::new();
    let (mut failures, mut originals) = (Vec::new(), Vec::new());
    let mut files = in_order_of_vintage(&args.files);
    alerts_in::in_order_of_sending(&mut files);
    for file in &files {
        match pipeline::take_in(&pool, file, &how) {
            Ok(TakenIn::New(import, reading)) => {
                originals.push((file.as_path(), import.id));
                taken.push(Taken::New(import, reading));
            }
            Ok(TakenIn::KnownAs(id)) => {
                originals.push((file.as_path(), id));
                let import = pool.import(id)?;
                taken.push(Taken::Known(file.display().to_string(), Box::new(import)));
            }
            Err(failure) => {
                failure.print(everywhere.json);
                failures.push(failure);
            }
        }
    }
    if taken.is_empty() && !args.files.is_empty() {
        abandon(pool, is_new);
        return Err(none_taken_in(&failures));
    }
    let n_kept = custody::keep(&pool, &args.keeping, &originals)?;
    if let Some(method) = asked {
        method.keep(&pool, &now)?;
    }
    let is_news = taken.iter().any(|one| matches!(one, Taken::New(..)));
    let refreshed = match view::kept(&pool, INTERVAL)? {
        // Nothing new came, and the view still fits: not a byte of the pool is changed.
        Some(kept) if !is_news => view::recalled(&pool, &kept, everywhere.quiet)?,
        _ => view::brought_up(&pool, &now, everywhere.quiet)?,
    };
    if args.format == Summary::Json || everywhere.json {
        print_json(&summary_json(&args.pool, &taken, &failures, &refreshed))?;
    } else {
        print(&summary_text(&taken, &refreshed))?;
        remark(everywhere, &format!("next: sheaf incidents {}", args.pool.display()));
    }
    if let (1.., Some(key)) = (n_kept, &args.keeping.keep_original) {
        let kept = counted(n_kept as u64, "original");
        let days = counted(args.keeping.keep_days.into(), "day");
        let key = key.display();
        remark(everywhere, &format!("{kept} kept for {days}; without {key} nobody reads them"));
    }
    if !failures.is_empty() {
        return Err(Failure::new(
            "files-failed",
            format!(
                "{} of {} could not be read; the others are in the pool",
                failures.len(),
                counted(args.files.len() as u64, "file")
            ),
        ));
    }
    let doubts: u64 = taken.iter().map(Taken::n_doubts).sum();
    Ok(if args.strict && doubts > 0 { Went::Doubts } else { Went::Fine })
}

/// What was asked for, once it is sure that the pool can be linked so with the files in it; likewise
/// what the pool is linked by already. Nothing is written before.
fn rehearsed(
    pool: &Pool,
    asked: Option<Method>,
    files: &[PathBuf],
    how: &TakingIn<'_>,
) -> Result<Option<Method>, Failure> {
    match asked {
        Some(Method::Meltt(mut choice)) => {
            meltt::rehearse(&mut choice, pool, &in_order_of_vintage(files), how)?;
            Ok(Some(Method::Meltt(choice)))
        }
        Some(method) => Ok(Some(method)),
        None => {
            if let Method::Meltt(mut choice) = Method::of(pool)? {
                meltt::rehearse(&mut choice, pool, &in_order_of_vintage(files), how)?;
            }
            Ok(None)
        }
    }
}

/// Closes a pool in which nothing was done; one that this command made a moment ago is removed.
fn abandon(pool: Pool, is_new: bool) {
    let path = pool.path().to_owned();
    drop(pool);
    if is_new {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// The files in the order given, but the vintages of one data set, as far as their names tell, in
/// the order of their versions: `roads-v2.csv` after `roads.csv`, however a shell sorts them.
fn in_order_of_vintage(files: &[PathBuf]) -> Vec<PathBuf> {
    let named: Vec<(String, Option<String>)> =
        files.iter().map(|file| sheaf_read::dataset_and_version(file)).collect();
    let first_of = |dataset: &str| named.iter().position(|(it, _)| it == dataset);
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_cached_key(|&idx| {
        let (dataset, version) = &named[idx];
        let numbers: Vec<u64> = version
            .iter()
            .flat_map(|version| version.split(|c: char| !c.is_ascii_digit()))
            .filter_map(|part| part.parse().ok())
            .collect();
        (first_of(dataset), numbers, idx)
    });
    order.into_iter().map(|idx| files[idx].clone()).collect()
}

enum Taken {
    New(Box<Import>, Box<Reading>),
    Known(String, Box<Import>),
}

impl Taken {
    fn n_doubts(&self) -> u64 {
        match self {
            Taken::New(import, _) | Taken::Known(_, import) => import.tally.n_doubts(),
        }
    }
}

fn none_taken_in(failures: &[Failure]) -> Failure {
    match failures {
        // It was printed already; the exit code and one more line tell that nothing happened.
        [only] => Failure::new(only.code, "nothing was taken in"),
        _ => Failure::new("files-failed", format!("none of {} files was taken in", failures.len())),
    }
}

fn summary_text(taken: &[Taken], refreshed: &Refreshed) -> String {
    let mut text = String::new();
    if taken.is_empty() {
        return format!("{}\n", refreshed.sentence());
    }
    for one in taken {
        match one {
            Taken::Known(file, import) => text.push_str(&format!(
                "{file}: exactly these bytes are in the pool as {} ({}); nothing was changed\n",
                import.id, import.about.file
            )),
            Taken::New(import, reading) => text.push_str(&taken_text(import, reading)),
        }
    }
    text.push('\n');
    text.push_str(&refreshed.sentence());
    text.push('\n');
    text
}

fn taken_text(import: &Import, reading: &Reading) -> String {
    let about = &import.about;
    let mut text = format!("{}: {} as {}\n", about.file, import.tally, about.source.name);
    let mut line = |words: String| text.push_str(&format!("    {words}\n"));
    if import.previous.is_some() || import.same_label.is_some() {
        line(change_text(import));
    }
    for overlap in &import.overlaps {
        line(format!(
            "{} also stand in {}; {} of them were revised (to replace that file, say --dataset)",
            counted(overlap.shared, "report"),
            overlap.other,
            grouped(overlap.revised)
        ));
    }
    for (reason, n) in &import.tally.set_aside {
        line(format!("{} set aside: each {}", counted(*n, "row"), reason.sentence()));
    }
    for (code, n) in
        import.tally.doubts.iter().filter(|(code, _)| **code != DoubtCode::UnknownColumn)
    {
        line(format!("{}: each {}", counted(*n, "doubt"), code.sentence()));
    }
    let columns = |columns: &[LeftOut]| -> String {
        columns.iter().map(|it| it.column.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !reading.refused.is_empty() {
        line(format!("refused, about people: {}", columns(&reading.refused)));
    }
    for withheld in &reading.withheld {
        line(format!(
            "{}: {} withheld: {}",
            withheld.column,
            counted(withheld.cells, "cell"),
            withheld.why
        ));
    }
    if !reading.unknown.is_empty() {
        line(format!("not known to the reader and not kept: {}", columns(&reading.unknown)));
    }
    text
}

/// Columns, or cells of columns, that were not kept, and why.
pub fn left_out_json(columns: &[LeftOut]) -> Vec<Value> {
    columns
        .iter()
        .map(|it| json!({ "column": it.column, "why": it.why, "cells": it.cells }))
        .collect()
}

fn summary_json(
    path: &Path,
    taken: &[Taken],
    failures: &[Failure],
    refreshed: &Refreshed,
) -> Value {
    let files: Vec<Value> = taken
        .iter()
        .map(|one| match one {
            Taken::Known(file, import) => {
                json!({ "file": file, "known_as": import.id.to_string() })
            }
            Taken::New(import, reading) => {
                let mut object = import_json(import);
                object["refused"] = json!(left_out_json(&reading.refused));
                object["withheld"] = json!(left_out_json(&reading.withheld));
                object["unknown"] = json!(left_out_json(&reading.unknown));
                object
            }
        })
        .collect();
    let failed: Vec<Value> = failures
        .iter()
        .map(|it| json!({ "code": it.code, "what": it.what, "hint": it.hint }))
        .collect();
    let mut object = json!({
        "pool": path.display().to_string(),
        "files": files,
        "failed": failed,
        "incidents": refreshed.n_incidents,
        "reports": refreshed.n_reports,
        "sources": refreshed.n_sources,
        "told_by_more_than_one_source": refreshed.n_shared,
        "outside_incidents": refreshed.n_outside,
        "conflicts": refreshed.conflicts,
        "capped": refreshed.capped,
    });
    if let Some((_, counts)) = &refreshed.meltt {
        object["meltt"] = counts.clone();
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_vintages_come_later_and_other_files_stay_where_they_were() {
        let files = ["b.csv", "ged-car-v10.csv", "ged-car-9.1.csv", "a.csv", "ged-car.csv"];
        let ordered = in_order_of_vintage(&files.map(PathBuf::from));
        let names: Vec<_> = ordered.iter().map(|file| file.display().to_string()).collect();
        assert_eq!(names, ["b.csv", "ged-car.csv", "ged-car-9.1.csv", "ged-car-v10.csv", "a.csv"]);
    }
}
