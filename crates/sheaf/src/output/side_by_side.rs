//! Several profiles beside each other: one incident, one line for each, and every claim with the
//! part it had in each. A profile that only estimates says so on its own line.

use std::io::{self, Write};

use sheaf_model::{ClaimRef, Harm, ReportId};
use sheaf_settle::{Part, Why};

use super::entry::Entry;
use super::losses::{Losses, counted};
use super::one::{sign, terms};
use super::table::place_in_short;
use super::wording::{in_a_cell, in_full, printable, width};
use super::{Claims, Looks};

/// Writes a block for each incident: its head, and a line for each profile.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_all_beside(
    incidents: impl IntoIterator<Item = Vec<Entry>>,
    looks: Looks,
    mut to: impl Write,
) -> io::Result<Losses> {
    let mut losses = Losses::of("table");
    for entries in incidents {
        let Some(first) = entries.first() else { continue };
        if losses.n_written > 0 {
            writeln!(to)?;
        }
        let id = printable(first.incident.id.as_str());
        let when = first.when.as_ref().map(|it| it.value.to_string());
        let place = Some(place_in_short(first)).filter(|it| !it.is_empty());
        let parts = [Some(id.into_owned()), when, place.map(|it| printable(&it).into_owned())];
        writeln!(to, "{}", parts.into_iter().flatten().collect::<Vec<_>>().join("  "))?;
        write_lines(&entries, looks, &mut to)?;
        losses.n_written += 1;
    }
    to.flush()?;
    Ok(losses)
}

/// Writes one incident: a line for each profile with why, then each claim with its part in each.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_one_beside(
    entries: &[Entry],
    claims: &impl Claims,
    looks: Looks,
    mut to: impl Write,
) -> io::Result<()> {
    let Some(first) = entries.first() else { return Ok(()) };
    let sources: Vec<&str> = first.sources.iter().map(|source| source.as_str()).collect();
    let n_reports = counted(first.incident.reports.len() as u64, "report", "reports");
    writeln!(to, "{}", printable(first.incident.id.as_str()))?;
    writeln!(to, "  {n_reports} by {}", sources.join(", "))?;
    writeln!(to, "  {}\n", terms(first.licence))?;
    write_lines(entries, looks, &mut to)?;
    writeln!(to)?;
    let aligned_alike =
        entries.iter().all(|entry| entry.ruling.alignments == first.ruling.alignments);
    for entry in entries {
        writeln!(to, "{}: {}", entry.by(), entry.outcome())?;
        for note in &entry.ruling.notes {
            writeln!(to, "  note: {note}")?;
        }
        if !aligned_alike {
            write_alignments(entry, looks, "  ", &mut to)?;
        }
    }
    if aligned_alike {
        write_alignments(first, looks, "", &mut to)?;
    }
    write_parts(entries, claims, looks, &mut to)?;
    to.flush()
}

/// The tolls that were brought to another scope before they were compared.
fn write_alignments(
    entry: &Entry,
    looks: Looks,
    indent: &str,
    to: &mut impl Write,
) -> io::Result<()> {
    for alignment in &entry.ruling.alignments {
        let gives = looks.ours(in_full(&alignment.gives));
        let report = &entry.incident.reports[alignment.said.report as usize];
        let report = printable(report.as_str());
        writeln!(to, "{indent}aligned: {gives}, from two tolls of {report}")?;
    }
    Ok(())
}

/// A header and a line for each profile.
fn write_lines(entries: &[Entry], looks: Looks, to: &mut impl Write) -> io::Result<()> {
    let mut rows = vec![
        ["profile", "outcome", "killed", "injured", "used", "not used", "tolls rest on"]
            .map(str::to_owned),
    ];
    for entry in entries {
        let parts = entry.ruling.parts();
        let n_used = parts.iter().filter(|(_, part)| *part == Part::Used).count();
        let mut reports: Vec<&ReportId> = entry
            .tolls
            .iter()
            .flat_map(|toll| &toll.from)
            .map(|at| &entry.incident.reports[at.report as usize])
            .collect();
        reports.sort_unstable();
        reports.dedup();
        let reports: Vec<&str> = reports.into_iter().map(ReportId::as_str).collect();
        let estimate = if entry.is_estimate { " (estimate)" } else { "" };
        rows.push([
            format!("{}{estimate}", entry.profile),
            entry.in_short(),
            looks.ours(in_a_cell(entry, Harm::Killed)),
            looks.ours(in_a_cell(entry, Harm::Injured)),
            n_used.to_string(),
            (parts.len() - n_used).to_string(),
            printable(&reports.join(", ")).into_owned(),
        ]);
    }
    let mut widths = [0; 7];
    for row in &rows {
        for (known, cell) in widths.iter_mut().zip(row) {
            *known = (*known).max(width(cell));
        }
    }
    for row in &rows {
        let mut line = String::from("  ");
        for (cell, columns) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', columns - width(cell) + 2));
        }
        writeln!(to, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Each claim with a sign for each profile, and below it the reasons where it was not used.
fn write_parts(
    entries: &[Entry],
    claims: &impl Claims,
    looks: Looks,
    to: &mut impl Write,
) -> io::Result<()> {
    let parts: Vec<Vec<(ClaimRef, Part)>> =
        entries.iter().map(|entry| entry.ruling.parts()).collect();
    let mut all: Vec<ClaimRef> = parts.iter().flatten().map(|&(at, _)| at).collect();
    all.sort_unstable();
    all.dedup();
    writeln!(
        to,
        "\nclaims: + used, = agrees, - contested, ? pending, x rejected, o silent; a column for each \
         profile"
    )?;
    let names: Vec<&str> =
        entries.iter().map(|it| it.profile.split('@').next().unwrap_or_default()).collect();
    writeln!(to, "  in this order: {}", names.join(", "))?;
    let mut report = None;
    for at in all {
        let id = &entries[0].incident.reports[at.report as usize];
        if report != Some(at.report) {
            writeln!(to, "  {}", printable(id.as_str()))?;
            report = Some(at.report);
        }
        let part_in = |parts: &[(ClaimRef, Part)]| {
            parts.iter().find(|(other, _)| *other == at).map(|&(_, part)| part)
        };
        let had: Vec<Option<Part>> = parts.iter().map(|parts| part_in(parts)).collect();
        let signs: String = had.iter().map(|part| part.map_or(' ', sign)).collect();
        write!(to, "    {signs}")?;
        match claims.told(id, at.claim) {
            Some(told) => writeln!(to, "  {}", told.line(looks))?,
            None => writeln!(to, "  claim {}", at.claim)?,
        }
        write_reasons(&names, &had, to)?;
    }
    Ok(())
}

/// Why a claim was not used, each reason once with the profiles that have it.
fn write_reasons(names: &[&str], had: &[Option<Part>], to: &mut impl Write) -> io::Result<()> {
    let mut told: Vec<Part> = Vec::new();
    for &part in had.iter().flatten() {
        let is_news = part.why().is_some_and(|why| why != Why::SaysOtherwise);
        if !is_news || told.contains(&part) {
            continue;
        }
        told.push(part);
        let by = names.iter().zip(had).filter(|(_, other)| **other == Some(part));
        let by: Vec<&str> = by.map(|(name, _)| *name).collect();
        let because = part.why().map_or("", Why::because);
        let by = if by.len() == names.len() { "all".to_owned() } else { by.join(", ") };
        writeln!(to, "             {by}: {}, {because}", part.name())?;
    }
    Ok(())
}
