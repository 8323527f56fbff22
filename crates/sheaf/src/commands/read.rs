//! `sheaf read FILE`: what would be read, each claim with its spot. Writes nothing.

use serde_json::{Value, json};
use sheaf_model::{Batch, Doubt, ReportView};

use super::pool::read_options;
use super::{Went, counted, print, print_json, remark};
use crate::alerts_in::{self, AlertTable};
use crate::args::{Everywhere, Reading, Summary};
use crate::failure::Failure;
use crate::words;

pub fn read(args: &Reading, everywhere: &Everywhere) -> Result<Went, Failure> {
    let mut options = read_options(&args.how)?;
    let alert = AlertTable::of(&args.file, options.reader.as_deref())?;
    if alert.is_some() {
        options.reader = Some(alerts_in::READER.to_owned());
    }
    let path = alert.as_ref().map_or(&args.file, |alert| &alert.path);
    let as_json = args.format == Summary::Json || everywhere.json;
    let mut shown: Vec<Value> = Vec::new();
    let mut n_shown = 0;
    let reading = sheaf_read::read_file(path, &options, |head, batch: Batch| {
        if args.doubts {
            for doubt in batch.doubts() {
                if as_json {
                    shown.push(doubt_json(doubt, &head.columns));
                } else {
                    print(&format!("{}\n", doubt.sentence(&head.file, &head.columns)))?;
                }
            }
            for row in batch.rows_set_aside() {
                if as_json {
                    shown.push(json!({ "row": row.row, "set_aside": row.reason.code() }));
                } else {
                    print(&format!(
                        "{}:{}: set aside: this row {}\n",
                        head.file,
                        row.row,
                        row.reason.sentence()
                    ))?;
                }
            }
            return Ok::<(), Failure>(());
        }
        for report in batch.reports().take((args.rows - n_shown) as usize) {
            n_shown += 1;
            if as_json {
                shown.push(report_json(report, head.source.name.as_str(), &head.columns));
            } else {
                print(&report_text(report, &head.file, head.source.name.as_str(), &head.columns))?;
            }
        }
        Ok(())
    })?;
    if as_json {
        let counts = |counts: Vec<(&'static str, u64)>| {
            Value::Object(counts.into_iter().map(|(code, n)| (code.to_owned(), json!(n))).collect())
        };
        let tally = &reading.tally;
        print_json(&json!({
            "file": reading.head.file,
            "reader": reading.head.reader,
            "source": reading.head.source.name.as_str(),
            "read": tally.read(),
            "reports": tally.reports,
            "set_aside": counts(tally.set_aside.iter().map(|(it, n)| (it.code(), *n)).collect()),
            "doubts": counts(tally.doubts.iter().map(|(it, n)| (it.code(), *n)).collect()),
            if_doubts(args.doubts): shown,
        }))?;
    } else {
        let left = reading.tally.reports - n_shown;
        if left > 0 && !args.doubts {
            remark(
                everywhere,
                &format!("… and {}; --rows N shows more", counted(left, "more report")),
            );
        }
        let reader = &reading.head.reader;
        remark(
            everywhere,
            &format!(
                "{}: {}, {}; read by {reader}; nothing was written",
                reading.head.file,
                reading.tally,
                counted(reading.tally.n_doubts(), "doubt")
            ),
        );
    }
    Ok(if args.strict && reading.tally.n_doubts() > 0 { Went::Doubts } else { Went::Fine })
}

fn if_doubts(doubts: bool) -> &'static str {
    if doubts { "noted" } else { "shown" }
}

fn report_text(report: ReportView<'_>, file: &str, source: &str, columns: &[String]) -> String {
    let mut text =
        format!("{source}:{}  {file}:{}  {}\n", report.key(), report.row(), report.unit().name());
    for claim in report.claims() {
        let column = columns.get(usize::from(claim.column)).map_or("?", String::as_str);
        text.push_str(&format!(
            "    {:<14} {}   [{column}: {}]\n",
            claim.field.name(),
            words::meaning(report, claim, columns),
            words::quoted(report.said(claim))
        ));
    }
    text
}

/// A report as it would be read.
pub fn report_json(report: ReportView<'_>, source: &str, columns: &[String]) -> Value {
    let claims: Vec<Value> =
        report.claims().iter().map(|claim| words::claim_json(report, claim, columns)).collect();
    json!({
        "report": format!("{source}:{}", report.key()),
        "row": report.row(),
        "unit": report.unit().name(),
        "claims": claims,
    })
}

/// A doubt as it would be noted.
pub fn doubt_json(doubt: &Doubt, columns: &[String]) -> Value {
    let column = doubt.column.and_then(|column| columns.get(usize::from(column)));
    json!({ "row": doubt.row, "column": column, "doubt": doubt.code.code(), "said": doubt.said })
}
