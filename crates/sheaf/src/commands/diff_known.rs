//! `sheaf diff` between two days, as text, JSON and CSV. What is compared and how it adds up stands in
//! [`crate::between`].

use std::io;

use serde_json::{Value, json};
use sheaf_model::ReportId;

use super::diff::{change_json, change_text};
use super::{counted, csv_text, grouped, json_text};
use crate::args::DiffFormat;
use crate::between::{Between, Change, Kind, Sum};
use crate::failure::Failure;

/// What lies between two states, as text.
pub fn between_in(format: DiffFormat, between: &Between) -> Result<String, Failure> {
    let sums = between.sums()?;
    match format {
        DiffFormat::Table => Ok(between.text(&sums)),
        DiffFormat::Json => json_text(&between.json(&sums)),
        DiffFormat::Csv => csv_text(|to| between.write_csv(to)),
    }
}

impl Between {
    fn text(&self, sums: &[Sum]) -> String {
        let mut text = String::new();
        for (word, (end, state)) in ["from", "to  "].iter().zip(self.ends.iter().zip(&self.states))
        {
            text.push_str(&format!(
                "{word} {}: {} in {}\n",
                end.title,
                counted(state.n_reports, "report"),
                counted(state.incidents.len() as u64, "incident")
            ));
        }
        let reports = &self.reports;
        let n = |n: usize| grouped(n as u64);
        text.push_str(&format!(
            "{} added, {} revised, {} deleted, {} unchanged\n{} − {} deleted + {} added = {}\n",
            n(reports.added.len()),
            n(reports.revised.len()),
            n(reports.deleted.len()),
            grouped(self.n_unchanged()),
            counted(self.states[0].n_reports, "report"),
            n(reports.deleted.len()),
            n(reports.added.len()),
            grouped(self.states[1].n_reports)
        ));
        text.push_str(&self.sums_text(sums));
        reports.added.iter().for_each(|id| text.push_str(&format!("+ {id}\n")));
        for (id, changes) in &reports.revised {
            let changes: Vec<String> = changes.iter().map(change_text).collect();
            text.push_str(&format!("~ {id}  {}\n", changes.join("; ")));
        }
        reports.deleted.iter().for_each(|id| text.push_str(&format!("- {id}\n")));
        text.push_str("\nincidents\n");
        for kind in Kind::ALL {
            for change in self.changes.iter().filter(|it| it.kind == kind) {
                text.push_str(&self.change_line(change));
            }
        }
        text
    }

    fn change_line(&self, change: &Change) -> String {
        let (from, to) = (self.ids(0, &change.from), self.ids(1, &change.to));
        let name = change.kind.name();
        match change.kind {
            Kind::Added => format!("  {name}  {}\n", to.join(", ")),
            Kind::Deleted => format!("  {name}  {}\n", from.join(", ")),
            Kind::Revised => {
                let told: Vec<String> = self
                    .revisions(change)
                    .into_iter()
                    .map(|(field, a, b)| format!("{field}: {a} → {b}"))
                    .collect();
                format!("  {name}  {}  {}\n", to.join(", "), told.join("; "))
            }
            _ => format!("  {name}  {} → {}\n", from.join(" + "), to.join(" + ")),
        }
    }

    fn sums_text(&self, sums: &[Sum]) -> String {
        let estimate = if self.profile.about().is_estimate { ", estimates" } else { "" };
        let mut rows =
            vec![vec![format!("by {}{estimate}", self.profile.about().cited), "from".to_owned()]];
        rows[0].extend(Kind::ALL.map(|kind| kind.name().to_owned()));
        rows[0].push("to".to_owned());
        for sum in sums {
            let mut row = vec![sum.what.replace('_', " "), sum.from.to_string()];
            row.extend(sum.by.map(|by| if by == 0 { "0".to_owned() } else { format!("{by:+}") }));
            row.push(sum.to.to_string());
            rows.push(row);
        }
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
        let mut text = String::from("\n");
        for row in &rows {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => text.push_str(&format!("{cell:<width$}")),
                    _ => text.push_str(&format!("  {cell:>width$}")),
                }
            }
            text.push('\n');
        }
        text.push_str(
            "(best where the sources agree on one, high where there is an upper bound)\n\n",
        );
        text
    }

    fn json(&self, sums: &[Sum]) -> Value {
        let end = |at: usize| {
            json!({
                "as_known_on": self.ends[at].title,
                "reports": self.states[at].n_reports,
                "incidents": self.states[at].incidents.len(),
            })
        };
        let ids = |ids: &[ReportId]| ids.iter().map(ToString::to_string).collect::<Vec<String>>();
        let revised: Vec<Value> = self
            .reports
            .revised
            .iter()
            .map(|(id, changes)| {
                let changes: Vec<Value> = changes.iter().map(change_json).collect();
                json!({ "report": id.as_str(), "changes": changes })
            })
            .collect();
        let of_kind = |kind: Kind| -> Vec<Value> {
            let changes = self.changes.iter().filter(|it| it.kind == kind);
            changes
                .map(|it| {
                    let revisions: Vec<Value> = self
                        .revisions(it)
                        .into_iter()
                        .map(|(field, a, b)| json!({ "field": field, "before": a, "after": b }))
                        .collect();
                    json!({
                        "from": self.ids(0, &it.from), "to": self.ids(1, &it.to),
                        "changes": revisions,
                    })
                })
                .collect()
        };
        let mut incidents: serde_json::Map<String, Value> =
            Kind::ALL.iter().map(|&kind| (kind.name().to_owned(), json!(of_kind(kind)))).collect();
        let n_unchanged = self.changes.iter().filter(|it| it.kind == Kind::Unchanged).count();
        incidents.insert("unchanged".to_owned(), json!(n_unchanged));
        let sums: Vec<Value> = sums
            .iter()
            .map(|sum| {
                let mut object = json!({ "what": sum.what, "from": sum.from, "to": sum.to });
                for (kind, by) in Kind::ALL.iter().zip(sum.by) {
                    object[kind.name()] = json!(by);
                }
                object
            })
            .collect();
        json!({
            "from": end(0),
            "to": end(1),
            "profile": self.profile.about().cited,
            "is_estimate": self.profile.about().is_estimate,
            "reports": {
                "added": ids(&self.reports.added),
                "deleted": ids(&self.reports.deleted),
                "revised": revised,
                "unchanged": self.n_unchanged(),
            },
            "incidents": incidents,
            "sums": sums,
        })
    }

    /// One line for each change of a claim or of a settled value, and one for each report or
    /// incident that came, went, merged or split.
    fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut rows = csv::Writer::from_writer(to);
        rows.write_record(["change", "report", "field", "column", "before", "after"])?;
        for id in &self.reports.added {
            rows.write_record(["added", id.as_str(), "", "", "", ""])?;
        }
        for (id, changes) in &self.reports.revised {
            for it in changes {
                let before = it.before.as_deref().unwrap_or_default();
                let after = it.after.as_deref().unwrap_or_default();
                let field = it.field.name();
                rows.write_record(["revised", id.as_str(), field, &it.column, before, after])?;
            }
        }
        for id in &self.reports.deleted {
            rows.write_record(["deleted", id.as_str(), "", "", "", ""])?;
        }
        for change in self.changes.iter().filter(|it| it.kind != Kind::Unchanged) {
            let name = format!("incident-{}", change.kind.name());
            let (from, to) = (self.ids(0, &change.from), self.ids(1, &change.to));
            let revisions = self.revisions(change);
            let id = to.first().or(from.first()).cloned().unwrap_or_default();
            for (field, a, b) in &revisions {
                rows.write_record([&name, &id, *field, "", a, b])?;
            }
            if revisions.is_empty() {
                rows.write_record([&name, &id, "", "", &from.join("; "), &to.join("; ")])?;
            }
        }
        rows.flush()
    }
}
