//! `sheaf series`: counts and tolls for each week, month or year, raw and on a constant panel side by
//! side. How it is counted stands in [`crate::series`].

use std::io;

use serde_json::{Value, json};
use sheaf_model::When;
use sheaf_store::{Access, Pool};

use super::{Went, cite, counted, csv_text, json_text, open, print, remark};
use crate::args::{DiffFormat, Everywhere, SeriesOf};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::periods::Period;
use crate::profiles::Profiles;
use crate::series::{Harmed, Presence, Question, Sums, Told, marks, presences};

pub fn series(args: &SeriesOf, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    if args.cite {
        Profiles::named(&args.which.profile)?.only()?;
        let question = cite::Question {
            path: &args.pool,
            query: filter::series_as_typed(args),
            profile: &args.which.profile,
            knowing: args.which.times.knowing(),
            in_order: false,
        };
        return question.cite(&pool, everywhere);
    }
    print(&answer(&pool, args, None, everywhere)?)?;
    Ok(Went::Fine)
}

/// The series as text; of the pool only what `limit` knows.
pub fn answer(
    pool: &Pool,
    args: &SeriesOf,
    limit: Option<&Knowing>,
    everywhere: &Everywhere,
) -> Result<String, Failure> {
    let asked = args.which.times.knowing();
    let question = Question {
        which: &args.which,
        knowing: limit.map_or(asked.clone(), |limit| asked.no_later_than(limit)),
        profile: Profiles::named(&args.which.profile)?.only()?,
        bin: args.bin,
        each: args.each,
    };
    let raw = Told::of(pool, &question, question.knowing.clone(), everywhere.quiet)?;
    let Some(window) = window(args, &raw) else {
        remark(everywhere, "no dated incident is like that: the pool was read, nothing failed");
        return empty(args, everywhere);
    };
    let periods = args.by.periods(window);
    let presences = presences(pool, &question.knowing, &periods, &args.panel)?;
    let in_panel = presences.iter().filter(|it| it.is_throughout);
    let sources = Some(in_panel.map(|it| it.source.name.clone()).collect());
    let knowing = Knowing { sources, ..question.knowing.clone() };
    let panel = Told::of(pool, &question, knowing, everywhere.quiet)?;
    let mut groups = raw.groups();
    groups.extend(panel.groups());
    groups.sort_unstable();
    groups.dedup();
    let lines = groups
        .into_iter()
        .map(|group| Lines {
            raw: raw.series(&group, window, &periods),
            panel: panel.series(&group, window, &periods),
            group,
        })
        .collect();
    if raw.n_undated > 0 {
        let n = counted(raw.n_undated, "incident");
        remark(everywhere, &format!("{n} in no period: nobody says when"));
    }
    let whole = Whole { args, question, window, periods, presences, lines };
    match args.format {
        DiffFormat::Json => json_text(&whole.json(raw.n_undated)),
        _ if everywhere.json => json_text(&whole.json(raw.n_undated)),
        DiffFormat::Csv => csv_text(|to| whole.write_csv(to)),
        DiffFormat::Table => Ok(whole.text()),
    }
}

/// The window asked for; where an end is not said, the first or last day on which something counts.
fn window(args: &SeriesOf, raw: &Told) -> Option<When> {
    let all = raw.window();
    let first = args.which.since.or(all.map(When::first))?;
    let last = args.which.until.or(all.map(When::last))?;
    When::new(first, last)
}

/// Nothing to count, and no window to count it in.
fn empty(args: &SeriesOf, everywhere: &Everywhere) -> Result<String, Failure> {
    if args.format == DiffFormat::Json || everywhere.json {
        return json_text(
            &json!({ "by": args.by.name(), "answer": "no-incidents", "periods": [] }),
        );
    }
    Ok(String::new())
}

/// The series of one group.
struct Lines {
    group: String,
    raw: Vec<Sums>,
    panel: Vec<Sums>,
}

struct Whole<'a> {
    args: &'a SeriesOf,
    question: Question<'a>,
    window: When,
    periods: Vec<Period>,
    presences: Vec<Presence>,
    lines: Vec<Lines>,
}

impl Whole<'_> {
    fn panel(&self) -> Vec<&str> {
        let in_panel = self.presences.iter().filter(|it| it.is_throughout);
        in_panel.map(|it| it.source.name.as_str()).collect()
    }

    /// Who is not in the panel, from when to when.
    fn outside(&self) -> impl Iterator<Item = (&str, String)> {
        self.presences.iter().filter(|it| !it.is_throughout).map(|it| {
            let days = it.days.map_or("no dated report".to_owned(), |days| days.to_string());
            (it.source.name.as_str(), days)
        })
    }

    fn layer(&self) -> &'static str {
        if self.question.profile.about().is_estimate { "estimated" } else { "recorded" }
    }

    /// By which rule the panel was chosen.
    fn panel_rule(&self) -> String {
        match self.args.panel.is_empty() {
            true => {
                let by = self.args.by.name();
                format!(
                    "the sources with reports in or before the first {by} and in or after the last"
                )
            }
            false => "the sources that were named".to_owned(),
        }
    }

    fn text(&self) -> String {
        let about = self.question.profile.about();
        let warning =
            if about.is_estimate { "; its tolls are estimates, which nobody said" } else { "" };
        let mut text = format!(
            "{}, by {}; bin {}: {}; {}{warning}\n",
            self.window,
            self.args.by.name(),
            self.args.bin.name(),
            self.args.bin.rule(),
            about.cited
        );
        let panel = self.panel();
        let names = if panel.is_empty() { "no source".to_owned() } else { panel.join(", ") };
        text.push_str(&format!("panel: {names} ({})\n", self.panel_rule()));
        for (name, days) in self.outside() {
            text.push_str(&format!("not in the panel: {name}, {days}\n"));
        }
        for lines in &self.lines {
            text.push('\n');
            if self.args.each.is_some() {
                let group = if lines.group.is_empty() { "not said" } else { &lines.group };
                text.push_str(&format!("{group}\n"));
            }
            text.push_str(&self.table(lines));
        }
        text
    }

    fn table(&self, lines: &Lines) -> String {
        let head = ["", "raw", "killed", "injured", "panel", "killed", "injured", "marks"];
        let mut rows = vec![head.map(str::to_owned)];
        rows[0][0] = self.args.by.name().to_owned();
        for (at, period) in self.periods.iter().enumerate() {
            let (raw, panel) = (&lines.raw[at], &lines.panel[at]);
            rows.push([
                period.name.clone(),
                number(raw.incidents),
                harmed(raw.killed),
                harmed(raw.injured),
                number(panel.incidents),
                harmed(panel.killed),
                harmed(panel.injured),
                marks(&self.presences, at, &self.periods).join("; "),
            ]);
        }
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            let mut line = String::new();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => line.push_str(&format!("{cell:<width$}")),
                    7 => line.push_str(&format!("  {cell}")),
                    _ => line.push_str(&format!("  {cell:>width$}")),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn json(&self, n_undated: u64) -> Value {
        let mut periods = Vec::new();
        for lines in &self.lines {
            for (at, period) in self.periods.iter().enumerate() {
                let mut object = json!({
                    "period": period.name,
                    "first": period.first.to_string(),
                    "last": period.last.to_string(),
                    "raw": sums_json(&lines.raw[at]),
                    "panel": sums_json(&lines.panel[at]),
                    "marks": marks(&self.presences, at, &self.periods),
                });
                if self.args.each.is_some() {
                    object["of"] = json!(lines.group);
                }
                periods.push(object);
            }
        }
        let outside: Vec<Value> = self
            .outside()
            .map(|(source, days)| json!({ "source": source, "days": days }))
            .collect();
        json!({
            "by": self.args.by.name(),
            "bin": self.args.bin.name(),
            "bin_rule": self.args.bin.rule(),
            "query": filter::as_typed(&self.args.which),
            "profile": self.question.profile.about().cited,
            "layer": self.layer(),
            "first": self.window.first().to_string(),
            "last": self.window.last().to_string(),
            "panel": self.panel(),
            "panel_rule": self.panel_rule(),
            "not_in_panel": outside,
            "incidents_undated": n_undated,
            "answer": if self.lines.is_empty() { "no-incidents" } else { "incidents" },
            "periods": periods,
        })
    }

    fn write_csv(&self, to: impl io::Write) -> io::Result<()> {
        let mut rows = csv::Writer::from_writer(to);
        let mut header = ["of", "period", "first_day", "last_day"].map(str::to_owned).to_vec();
        for series in ["raw", "panel"] {
            header.extend(COLUMNS.map(|column| format!("{series}_{column}")));
        }
        header.extend(["marks", "bin", "profile", "layer"].map(str::to_owned));
        rows.write_record(&header)?;
        for lines in &self.lines {
            for (at, period) in self.periods.iter().enumerate() {
                let mut row = vec![
                    lines.group.clone(),
                    period.name.clone(),
                    period.first.to_string(),
                    period.last.to_string(),
                ];
                for sums in [&lines.raw[at], &lines.panel[at]] {
                    row.extend(cells(sums).map(number));
                }
                row.push(marks(&self.presences, at, &self.periods).join("; "));
                row.push(self.args.bin.name().to_owned());
                row.push(self.question.profile.about().cited.to_owned());
                row.push(self.layer().to_owned());
                rows.write_record(&row)?;
            }
        }
        rows.flush()
    }
}

/// The numbers of a period, by name.
const COLUMNS: [&str; 9] = [
    "incidents",
    "killed_low",
    "killed_high",
    "killed_open",
    "killed_unsaid",
    "injured_low",
    "injured_high",
    "injured_open",
    "injured_unsaid",
];

fn cells(sums: &Sums) -> [f64; COLUMNS.len()] {
    let Sums { incidents, killed, injured } = *sums;
    let of = |harmed: Harmed| [harmed.low, harmed.high, harmed.open, harmed.unsaid];
    let ([a, b, c, d], [e, f, g, h]) = (of(killed), of(injured));
    [incidents, a, b, c, d, e, f, g, h]
}

fn sums_json(sums: &Sums) -> Value {
    let named = COLUMNS.iter().zip(cells(sums));
    let value = |cell: f64| match rounded(cell) {
        // Whole numbers stay whole, so that a count does not read 3.0.
        whole if whole.fract() == 0.0 => json!(whole as u64),
        part => json!(part),
    };
    Value::Object(named.map(|(name, cell)| ((*name).to_owned(), value(cell))).collect())
}

/// To a thousandth: enough for a part of an incident, and the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

fn number(number: f64) -> String {
    rounded(number).to_string()
}

/// "12–15", "12 or more".
fn harmed(harmed: Harmed) -> String {
    let (low, high) = (number(harmed.low), number(harmed.high));
    let ending = if harmed.open > 0.0 { " or more" } else { "" };
    if low == high { format!("{low}{ending}") } else { format!("{low}–{high}{ending}") }
}
