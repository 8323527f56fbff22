//! A reading in words, for people to check: every claim with what was said and what was understood,
//! every doubt, every row set aside, and what became of each column. The samples of the built-in
//! sources are compared with it.

use std::fmt::{self, Write as _};

use sheaf_model::{Batch, Claim, ColumnFate, Meaning, ReportView};

use crate::{Head, Reading};

/// Everything a reading found, as a person would want to check it.
pub fn told(reading: &Reading, batches: &[Batch]) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = tell(&mut text, reading, batches);
    text
}

fn tell(text: &mut String, reading: &Reading, batches: &[Batch]) -> fmt::Result {
    let head = &reading.head;
    writeln!(text, "reader {} · source {}", head.reader, head.source.name)?;
    writeln!(text, "{}", reading.tally)?;
    for batch in batches {
        for report in batch.reports() {
            let (id, unit) = (report.id(&head.source.name), report.unit().name());
            writeln!(text, "\n{id} · row {} · {unit}", report.row())?;
            for claim in report.claims() {
                tell_claim(text, head, batch, report, claim)?;
            }
        }
    }
    writeln!(text)?;
    for row in batches.iter().flat_map(Batch::rows_set_aside) {
        writeln!(text, "set aside: row {} {}", row.row, row.reason.sentence())?;
    }
    for doubt in batches.iter().flat_map(Batch::doubts) {
        writeln!(text, "doubt: {}", doubt.sentence(&head.file, &head.columns))?;
    }
    writeln!(text)?;
    for (name, fate) in head.columns.iter().zip(&reading.fates) {
        let fate = match fate {
            ColumnFate::Mapped(field) => field.name().to_owned(),
            ColumnFate::Key => "key".to_owned(),
            ColumnFate::Ignored(why) => format!("ignored: {why}"),
            ColumnFate::Refused(why) => format!("refused: {why}"),
            ColumnFate::Unknown => "unknown".to_owned(),
        };
        writeln!(text, "column {name}: {fate}")?;
    }
    for (word, list) in [("refused", &reading.refused), ("withheld", &reading.withheld)] {
        for left_out in list {
            let (column, cells, why) = (&left_out.column, left_out.cells, &left_out.why);
            let cells = if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
            writeln!(text, "{word}: {cells} of {column}: {why}")?;
        }
    }
    Ok(())
}

fn tell_claim(
    text: &mut String,
    head: &Head,
    batch: &Batch,
    report: ReportView<'_>,
    claim: &Claim,
) -> fmt::Result {
    let column = |idx: u16| head.columns.get(usize::from(idx)).map_or("", String::as_str);
    let meant = match claim.meant {
        Meaning::Words => "these words".to_owned(),
        Meaning::Spelt(span) => batch.text(span).to_owned(),
        Meaning::When(when) => when.to_string(),
        Meaning::Where(place) => place.to_string(),
        Meaning::Toll(toll) => toll.to_string(),
        Meaning::Kind(kind) => kind.to_string(),
        Meaning::Day(day) => day.to_string(),
        Meaning::Number(number) => number.to_string(),
        Meaning::Unit(unit) => unit.name().to_owned(),
        Meaning::Wording(fingerprint) => format!("wording {fingerprint:016x}"),
        Meaning::PartOf(main) => format!("read with {}", column(main)),
        Meaning::Unknown(unknown) => unknown.to_string(),
        Meaning::NotUnderstood => "not understood".to_owned(),
    };
    write!(text, "  {} = {meant} ← {}: ", claim.field, column(claim.column))?;
    match report.said(claim) {
        "" => writeln!(text, "(not kept)"),
        said => writeln!(text, "\"{}\"", said.escape_debug()),
    }
}
