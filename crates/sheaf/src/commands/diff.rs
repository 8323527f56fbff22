//! `sheaf diff`: what changed between two imports of a source, report by report and claim by claim.
//! Between two days it is the whole pool that is compared; see [`crate::between`].

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};
use sheaf_store::{Access, ClaimChange, Diff, Import, ImportId, Pool, ReportChange};

use super::cite::Question;
use super::diff_known::between_in;
use super::{Went, counted, csv_text, grouped, json_text, open, print};
use crate::args::{DiffFormat, Diffing, Everywhere};
use crate::between::{Between, End};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::{Counts, Knowing, Moment};
use crate::profiles::Profiles;

pub fn diff(args: &Diffing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    if args.cite {
        Profiles::named(&args.profile)?.only()?;
        // What cannot be told apart cannot be named either.
        days(&pool, args, None)?.map_or_else(|| ends(&pool, args, None).map(|_| ()), |_| Ok(()))?;
        let question = Question {
            path: &args.pool,
            query: filter::diff_as_typed(args),
            profile: &args.profile,
            knowing: Knowing::default(),
            in_order: true,
        };
        return question.cite(&pool, everywhere);
    }
    print(&answer(&pool, args, None, everywhere)?)?;
    Ok(Went::Fine)
}

/// The diff as text; of the pool only what `limit` knows.
pub fn answer(
    pool: &Pool,
    args: &Diffing,
    limit: Option<&Knowing>,
    everywhere: &Everywhere,
) -> Result<String, Failure> {
    let profile = Profiles::named(&args.profile)?.only()?;
    let format = if everywhere.json { DiffFormat::Json } else { args.format };
    if let Some(ends) = days(pool, args, limit)? {
        let between = Between::of(pool, ends, profile, everywhere.quiet)?;
        return between_in(format, &between);
    }
    let (from, to) = ends(pool, args, limit)?;
    let diff = pool.diff(from.id, to.id)?;
    match format {
        DiffFormat::Json => json_text(&as_json(&from, &to, &diff)),
        DiffFormat::Csv => csv_text(|bytes| write_csv(&diff, bytes)),
        DiffFormat::Table => Ok(as_text(&from, &to, &diff)),
    }
}

/// The imports that may be known.
fn imports(pool: &Pool, limit: Option<&Knowing>) -> Result<Vec<Import>, Failure> {
    let mut imports = pool.imports()?;
    imports.retain(|import| limit.is_none_or(|limit| limit.has(import)));
    Ok(imports)
}

/// The two ends if one of them is a day or a time. Where the other is an import, its end is what the
/// pool knew when it had just been taken in; where there is none, what the pool knows now.
fn days(pool: &Pool, args: &Diffing, limit: Option<&Knowing>) -> Result<Option<[End; 2]>, Failure> {
    let imports = imports(pool, limit)?;
    // An import whose label is a day is an import first.
    let is_day = |name: &Option<String>| {
        let name = name.as_deref()?;
        let moment = Moment::parse(name)?;
        named(&imports, name).is_err().then_some(moment)
    };
    if is_day(&args.from).is_none() && is_day(&args.to).is_none() {
        return Ok(None);
    }
    let end = |name: &Option<String>| -> Result<End, Failure> {
        if let Some(moment) = is_day(name) {
            let knowing = Knowing { known_on: Some(moment), ..Knowing::default() };
            return Ok(End { title: moment.to_string(), knowing });
        }
        let Some(name) = name else {
            return Ok(End { title: "now".to_owned(), knowing: Knowing::default() });
        };
        let import = named(&imports, name)?;
        let first = Counts { imports: import.id.0, judgements: u64::MAX };
        let known_on = Moment::parse(&import.taken_at);
        let knowing = Knowing { known_on, first: Some(first), ..Knowing::default() };
        Ok(End { title: format!("{} ({})", import.id, import.taken_at), knowing })
    };
    if args.from.is_none() {
        return Err(Failure::new("no-earlier-day", "the earlier day is not named")
            .hint("name it: --from 2014-05-01"));
    }
    let limited = |end: End| match limit {
        Some(limit) => End { knowing: end.knowing.no_later_than(limit), ..end },
        None => end,
    };
    Ok(Some([limited(end(&args.from)?), limited(end(&args.to)?)]))
}

/// The two imports: those named, or the last two vintages of the one data set that has two.
fn ends(pool: &Pool, args: &Diffing, limit: Option<&Knowing>) -> Result<(Import, Import), Failure> {
    let imports = imports(pool, limit)?;
    let to = match &args.to {
        Some(name) => named(&imports, name)?,
        None => {
            let later: Vec<&Import> =
                imports.iter().filter(|import| import.previous.is_some()).collect();
            match later.as_slice() {
                [] => {
                    return Err(Failure::new(
                        "no-second-vintage",
                        format!("{}: no data set has two vintages", args.pool.display()),
                    )
                    .hint("name two imports: --from i1 --to i2; `sheaf sources POOL` lists them"));
                }
                [.., last] => (*last).clone(),
            }
        }
    };
    let from = match (&args.from, to.previous) {
        (Some(name), _) => named(&imports, name)?,
        (None, Some(previous)) => pool.import(previous)?,
        (None, None) => {
            return Err(Failure::new(
                "no-earlier-vintage",
                format!("{} has no vintage before it", to.id),
            )
            .hint("name the earlier import: --from IMPORT"));
        }
    };
    Ok((from, to))
}

/// An import by number, version label or file name; of several, the newest.
fn named(imports: &[Import], name: &str) -> Result<Import, Failure> {
    let by_number = ImportId::parse(name);
    let matches = |import: &&Import| {
        Some(import.id) == by_number
            || import.about.version.as_deref() == Some(name)
            || import.about.file == name
            || import.about.dataset == name
    };
    // A number is a number first: "2" is the second import, even where a label says "2".
    let exact = imports.iter().find(|import| Some(import.id) == by_number);
    exact.or_else(|| imports.iter().rev().find(matches)).cloned().ok_or_else(|| {
        let known: Vec<String> = imports
            .iter()
            .map(|it| match &it.about.version {
                Some(label) => format!("{} ({label})", it.id),
                None => it.id.to_string(),
            })
            .collect();
        Failure::new("no-such-import", format!("{name} is no import of this pool"))
            .hint(format!("there are {}", known.join(", ")))
    })
}

fn title(import: &Import) -> String {
    let label = import.about.version.as_deref().map_or(String::new(), |label| format!(" {label}"));
    format!("{} {}{label} ({})", import.id, import.about.dataset, import.about.file)
}

fn as_text(from: &Import, to: &Import, diff: &Diff) -> String {
    let change = &diff.change;
    let mut text = format!("from {}\nto   {}\n", title(from), title(to));
    text.push_str(&format!(
        "{} added, {} revised, {} deleted, {} unchanged\n",
        grouped(change.added),
        grouped(change.revised),
        grouped(change.deleted),
        grouped(change.unchanged)
    ));
    text.push_str(&format!(
        "{} − {} deleted + {} added = {}\n",
        counted(from.tally.reports, "report"),
        grouped(change.deleted),
        grouped(change.added),
        grouped(from.tally.reports + change.added - change.deleted)
    ));
    for (column, n, sum) in revised_columns(&diff.reports) {
        let sum = sum.map_or(String::new(), |sum| format!(", {sum:+} in sum"));
        text.push_str(&format!("    {column}: {}{sum}\n", counted(n, "change")));
    }
    let source = &to.about.source.name;
    for report in &diff.reports {
        match report {
            ReportChange::Added(key) => text.push_str(&format!("+ {source}:{key}\n")),
            ReportChange::Deleted(key) => text.push_str(&format!("- {source}:{key}\n")),
            ReportChange::Revised { key, changes } => {
                let changes: Vec<String> = changes.iter().map(change_text).collect();
                text.push_str(&format!("~ {source}:{key}  {}\n", changes.join("; ")));
            }
        }
    }
    text
}

/// How often each column changed, and by how much in sum where both sides are numbers throughout.
fn revised_columns<'a>(
    reports: impl IntoIterator<Item = &'a ReportChange>,
) -> Vec<(String, u64, Option<i64>)> {
    let mut columns: BTreeMap<String, (u64, Option<i64>)> = BTreeMap::new();
    for report in reports {
        let ReportChange::Revised { changes, .. } = report else { continue };
        for change in changes {
            let number = |said: &Option<String>| said.as_deref()?.trim().parse::<i64>().ok();
            let step = number(&change.after).zip(number(&change.before)).map(|(a, b)| a - b);
            let entry = columns.entry(place(change)).or_insert((0, Some(0)));
            entry.0 += 1;
            entry.1 = entry.1.zip(step).map(|(sum, step)| sum + step);
        }
    }
    columns.into_iter().map(|(column, (n, sum))| (column, n, sum)).collect()
}

/// The column a change is in, or the field where it is in none.
fn place(change: &ClaimChange) -> String {
    if change.column.is_empty() { change.field.name().to_owned() } else { change.column.clone() }
}

pub fn change_text(change: &ClaimChange) -> String {
    let said = |said: &Option<String>| said.as_deref().map_or("nothing".to_owned(), str::to_owned);
    format!("{}: {} → {}", place(change), said(&change.before), said(&change.after))
}

/// How often each column changed, and by how much in sum, as JSON.
pub fn columns_json<'a>(reports: impl IntoIterator<Item = &'a ReportChange>) -> Vec<Value> {
    let columns = revised_columns(reports).into_iter();
    columns.map(|(column, n, sum)| json!({ "column": column, "changes": n, "sum": sum })).collect()
}

/// What became of a report of a source, as JSON.
pub fn report_json(source: &str, report: &ReportChange) -> Value {
    match report {
        ReportChange::Added(key) => json!({ "added": format!("{source}:{key}") }),
        ReportChange::Deleted(key) => json!({ "deleted": format!("{source}:{key}") }),
        ReportChange::Revised { key, changes } => {
            let changes: Vec<Value> = changes.iter().map(change_json).collect();
            json!({ "revised": format!("{source}:{key}"), "changes": changes })
        }
    }
}

pub fn change_json(it: &ClaimChange) -> Value {
    json!({
        "field": it.field.name(),
        "column": it.column,
        "before": it.before,
        "after": it.after,
    })
}

fn as_json(from: &Import, to: &Import, diff: &Diff) -> Value {
    let end = |import: &Import| {
        json!({
            "import": import.id.to_string(),
            "file": import.about.file,
            "dataset": import.about.dataset,
            "version": import.about.version,
            "reports": import.tally.reports,
        })
    };
    let source = to.about.source.name.as_str();
    let reports: Vec<Value> = diff.reports.iter().map(|it| report_json(source, it)).collect();
    json!({
        "from": end(from),
        "to": end(to),
        "added": diff.change.added,
        "revised": diff.change.revised,
        "deleted": diff.change.deleted,
        "unchanged": diff.change.unchanged,
        "reports": reports,
    })
}

/// One line for each change of a claim, and one for each report added or deleted.
fn write_csv(diff: &Diff, to: impl io::Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(to);
    rows.write_record(["change", "report", "field", "column", "before", "after"])?;
    for report in &diff.reports {
        match report {
            ReportChange::Added(key) => rows.write_record(["added", key, "", "", "", ""])?,
            ReportChange::Deleted(key) => rows.write_record(["deleted", key, "", "", "", ""])?,
            ReportChange::Revised { key, changes } => {
                for it in changes {
                    let before = it.before.as_deref().unwrap_or_default();
                    let after = it.after.as_deref().unwrap_or_default();
                    let field = it.field.name();
                    rows.write_record(["revised", key, field, &it.column, before, after])?;
                }
            }
        }
    }
    rows.flush()
}
