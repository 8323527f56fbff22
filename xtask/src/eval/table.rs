//! Tables for people, in Markdown, and the same figures as JSON for what compares them over time.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sheaf_link::score::{Evaluation, Reliability};

/// A method and what came of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is called.
    pub method: String,
    /// What it learnt from, in a few words.
    pub learnt: &'static str,
    /// How it did.
    pub evaluation: Evaluation,
    /// Seconds it took, fitting included.
    pub seconds: f64,
}

/// A figure that others or earlier measurements give, with where.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    /// The method, exactly as in [`Row::method`] where the same method was run here.
    pub method: &'static str,
    /// The figure.
    pub figure: &'static str,
    /// Where it was measured, and on what.
    pub place: &'static str,
}

/// The main table. Figures measured elsewhere stand in a column of their own; methods that were
/// measured only there come last, without figures of ours.
pub fn main_table(rows: &[Row], elsewhere: &[Elsewhere]) -> String {
    let mut out = String::from(
        "| method | learnt from | P | R | F1 (95 %) | F1 across groups | B³ F1 (alone) | incidents \
         (error) | s | measured elsewhere |\n|---|---|--:|--:|--:|--:|--:|--:|--:|---|\n",
    );
    for row in rows {
        let score = &row.evaluation.score;
        let interval = row
            .evaluation
            .f1_interval
            .map_or(String::new(), |[low, high]| format!(" ({low:.3}–{high:.3})"));
        let there: Vec<String> = elsewhere
            .iter()
            .filter(|it| it.method == row.method)
            .map(|it| format!("{} ({})", it.figure, it.place))
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {:.3} | {:.3} | {:.3}{interval} | {:.3} | {:.3} ({:.3}) | {} of {} \
             ({:+.1} %) | {:.1} | {} |",
            row.method,
            row.learnt,
            score.pairs.precision(),
            score.pairs.recall(),
            score.pairs.f1(),
            score.cross_source.f1(),
            score.b_cubed[2],
            score.b_cubed_alone,
            score.n_incidents,
            score.n_events,
            100.0 * score.incident_error(),
            row.seconds,
            there.join("; ")
        );
    }
    for it in elsewhere.iter().filter(|it| rows.iter().all(|row| row.method != it.method)) {
        let _ = writeln!(
            out,
            "| {}, not run here | | | | | | | | | {} ({}) |",
            it.method, it.figure, it.place
        );
    }
    out
}

/// Whether the probabilities hold and blocking lets the true pairs through, for the methods that
/// say.
pub fn calibration_table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| method | pairs compared | blocking recall (placed) | Brier | ECE all | ECE P ≥ .05 (pairs) \
         | ECE links (pairs) | links at P ≥ .9: right |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let (Some(blocking), Some(found)) = (row.evaluation.blocking, row.evaluation.calibration)
        else {
            continue;
        };
        let sure = found
            .sure
            .share()
            .map_or("none".to_owned(), |share| format!("{share:.3} of {}", found.sure.n));
        let _ = writeln!(
            out,
            "| {} | {} | {:.4} ({:.4}) | {:.5} | {:.4} | {:.4} ({}) | {:.4} ({}) | {sure} |",
            row.method,
            blocking.n_compared,
            blocking.all.recall(),
            blocking.placed.recall(),
            found.all.brier,
            found.all.error,
            found.likely.error,
            found.likely.n,
            found.linked.error,
            found.linked.n,
        );
    }
    out
}

/// The reliability of some sets of pairs, bin by bin.
pub fn reliability_table(sets: &[(&str, Reliability)]) -> String {
    let mut out = String::from("| P |");
    for (name, _) in sets {
        let _ = write!(out, " {name}: pairs | mean P | right |");
    }
    out.push_str("\n|---|");
    out.push_str(&"--:|".repeat(3 * sets.len()));
    out.push('\n');
    let n_bins = sets.first().map_or(0, |(_, set)| set.bins.len());
    for bin in 0..n_bins {
        let (from, to) = (bin as f64 / n_bins as f64, (bin + 1) as f64 / n_bins as f64);
        let _ = write!(out, "| {from:.1}–{to:.1} |");
        for (_, set) in sets {
            let bin = set.bins[bin];
            let _ = if bin.n == 0 {
                write!(out, " 0 | | |")
            } else {
                write!(out, " {} | {:.3} | {:.3} |", bin.n, bin.mean_probability, bin.share_right)
            };
        }
        out.push('\n');
    }
    out
}

/// The line that others look for.
pub fn last_line(evaluation: &Evaluation) -> String {
    let f1 = evaluation.score.pairs.f1();
    let [low, high] = evaluation.f1_interval.unwrap_or([f1, f1]);
    format!("pairwise F1 {f1:.3} (95 % {low:.3}–{high:.3})")
}

/// The figures of rows, by method. Seconds are left out: the same input gives the same bytes.
pub fn json(rows: &[Row]) -> Value {
    let figures = |row: &Row| {
        let figures = row.evaluation.figures().into_iter();
        let figures: Map<String, Value> =
            figures.map(|(name, value)| (name.to_owned(), value.into())).collect();
        (row.method.clone(), Value::Object(figures))
    };
    Value::Object(rows.iter().map(figures).collect())
}

#[cfg(test)]
mod tests {
    use sheaf_link::score::{Labelled, Look, Resampling, evaluate};

    use super::*;

    fn row() -> Row {
        let reports = [(0, 5), (0, 5), (1, 6), (2, 6)];
        let reports = reports.map(|(incident, event)| Labelled { incident, event, source: 0 });
        let looks = [Look { a: 0, b: 1, probability: Some(0.95) }];
        let evaluation = evaluate(&reports, &[true; 4], &looks, Resampling { samples: 9, seed: 1 });
        Row { method: "ours".to_owned(), learnt: "nothing", evaluation, seconds: 1.0 }
    }

    #[test]
    fn a_method_stands_in_one_line_with_what_was_measured_elsewhere() {
        let elsewhere = [
            Elsewhere { method: "ours", figure: ".5", place: "a paper" },
            Elsewhere { method: "theirs", figure: ".6", place: "another" },
        ];
        let table = main_table(&[row()], &elsewhere);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert!(lines[0].starts_with("| ours | nothing | 1.000 | 0.500 | 0.667 ("), "{table}");
        assert!(lines[0].ends_with("| 3 of 2 (+50.0 %) | 1.0 | .5 (a paper) |"), "{table}");
        assert_eq!(lines[1], "| theirs, not run here | | | | | | | | | .6 (another) |");
        let columns = |line: &str| line.matches('|').count();
        assert!(table.lines().all(|line| columns(line) == columns(lines[0])), "{table}");
    }

    #[test]
    fn pairs_are_sorted_into_bins() {
        let calibration = row().evaluation.calibration.unwrap();
        let table = reliability_table(&[("all", calibration.all), ("links", calibration.linked)]);
        let last = "| 0.9–1.0 | 1 | 0.950 | 1.000 | 1 | 0.950 | 1.000 |";
        assert_eq!(table.lines().last(), Some(last));
        let line = calibration_table(&[row()]);
        let expected = "| ours | 1 | 0.5000 (0.5000) | 0.00250 | 0.0500 | 0.0500 (1) | 0.0500 (1) \
                        | 1.000 of 1 |";
        assert_eq!(line.lines().last(), Some(expected));
    }

    #[test]
    fn the_last_line_is_the_one_others_look_for() {
        let line = last_line(&row().evaluation);
        assert!(line.starts_with("pairwise F1 0.667 (95 % 0."), "{line}");
        assert_eq!(json(&[row()])["ours"]["f1"].as_f64(), Some(2.0 / 3.0));
    }
}
