//! A settled incident as the rows of a case's second table, and as a page with all profiles.

use std::fmt::{Display, Write};

use sheaf_model::{ClaimRef, Settled, SettledIncident};
use sheaf_settle::{Part, Profile, Ruling, Why};

use crate::reading::Case;

/// The rows of a case that a profile other than the default settles: the outcome, the notes, the
/// values, and the claims not used for a reason that *against* does not tell.
pub fn rows_of(ruling: &Ruling, case: &Case) -> Vec<Vec<String>> {
    let row = |field: &str, value: String| [field, &value, "", ""].map(str::to_owned).to_vec();
    let mut all = vec![row("outcome", ruling.outcome.to_string())];
    all.extend(ruling.notes.iter().map(|note| row("note", (*note).to_owned())));
    all.extend(rows(&ruling.settled));
    for (part, said, why, report) in not_used(ruling, case) {
        if why != Why::SaysOtherwise {
            let value = format!("{said}: {}", why.because());
            all.push([part, &value, &report, ""].map(str::to_owned).to_vec());
        }
    }
    all
}

fn not_used(ruling: &Ruling, case: &Case) -> Vec<(&'static str, String, Why, String)> {
    // What agrees with a value stands among the claims for it.
    let told = |(at, part): (ClaimRef, Part)| {
        let part = Some(part).filter(|part| !matches!(part, Part::Agrees(_)))?;
        let report = &ruling.settled.incident.reports[at.report as usize];
        Some((part.name(), case.said(report, at.claim), part.why()?, report.to_string()))
    };
    ruling.parts().into_iter().filter_map(told).collect()
}

/// One profile's answer as a section of a page.
pub fn section(profile: &dyn Profile, ruling: &Ruling, case: &Case) -> String {
    let about = profile.about();
    let mut text = format!("\n## {}\n\n{}\n\n", about.cited, wrapped(about.rule));
    let _ = writeln!(text, "**{}**: {}.", ruling.outcome.word, ruling.outcome.because);
    for note in &ruling.notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    let said = |at: ClaimRef| {
        let report = &ruling.settled.incident.reports[at.report as usize];
        format!("{} ({report})", case.said(report, at.claim))
    };
    for it in &ruling.alignments {
        let (one, two) = (said(it.said), said(it.with));
        let _ = writeln!(text, "Aligned: {one} and {two} give {}.", it.gives);
    }
    let _ = write!(text, "\n{}", table(&rows(&ruling.settled)));
    let not_used = not_used(ruling, case);
    if !not_used.is_empty() {
        text += "\n| not used | report | | because |\n|--|--|--|--|\n";
    }
    for (part, said, why, report) in not_used {
        let _ = writeln!(text, "| {said} | {report} | {part} | {} |", why.because());
    }
    text
}

/// The text in lines of at most 100 characters.
fn wrapped(text: &str) -> String {
    let (mut all, mut width) = (String::new(), 0);
    for word in text.split_whitespace() {
        if width > 0 && width + 1 + word.chars().count() > 100 {
            all.push('\n');
            width = 0;
        } else if width > 0 {
            all.push(' ');
            width += 1;
        }
        all += word;
        width += word.chars().count();
    }
    all
}

pub fn rows(settled: &SettledIncident) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut add = |field: &str, value: &dyn Display, from: &[ClaimRef], against: &[ClaimRef]| {
        let named = |claims: &[ClaimRef]| {
            let mut reports: Vec<u32> = claims.iter().map(|claim| claim.report).collect();
            reports.dedup();
            let id = |&it: &u32| settled.incident.reports[it as usize].to_string();
            reports.iter().map(id).collect::<Vec<_>>().join(", ")
        };
        rows.push(vec![field.to_owned(), value.to_string(), named(from), named(against)]);
    };
    let it = settled;
    if let Some(Settled { value, from, against, .. }) = &it.when {
        add("when", value, from, against);
    }
    if let Some(Settled { value, from, against, .. }) = &it.place {
        add("where", value, from, against);
    }
    if let Some(Settled { value, from, against, .. }) = &it.kind {
        add("kind", value, from, against);
    }
    for (field, words) in [
        ("place-name", &it.place_name),
        ("admin-1", &it.admin_one),
        ("country", &it.country),
        ("target", &it.target),
        ("weapon", &it.weapon),
    ] {
        if let Some(Settled { value, from, against, .. }) = words {
            add(field, value, from, against);
        }
    }
    for Settled { value, from, against, .. } in &it.tolls {
        add("toll", value, from, against);
    }
    for (field, named) in [("claimed-by", &it.claimed_by), ("blamed-on", &it.blamed_on)] {
        for Settled { value, from, against, .. } in named {
            add(field, value, from, against);
        }
    }
    rows
}

pub fn table(rows: &[Vec<String>]) -> String {
    let mut text = "| field | value | from | against |\n|--|--|--|--|\n".to_owned();
    for row in rows {
        let cells = row.iter().map(|cell| format!(" {cell} ").replace("  ", " "));
        text += &format!("|{}|\n", cells.collect::<Vec<_>>().join("|"));
    }
    text
}

/// The text with its first table of settled values replaced.
pub fn with_table(text: &str, table: &str) -> String {
    let start = text.find("| field | value |").unwrap();
    let end = text[start..].find("\n\n").map_or(text.len(), |len| start + len + 1);
    format!("{}{table}{}", &text[..start], &text[end..])
}
