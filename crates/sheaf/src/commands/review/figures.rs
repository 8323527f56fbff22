//! What the answers say about the linking, in words and numbers, and what it is about.

use serde_json::{Value, json};
use sheaf_link::review::{Band, ENOUGH, Estimate, Report};
use sheaf_model::Judgement;
use sheaf_store::Pool;

use super::super::{Went, counted, grouped, print, print_json};
use super::population::{Population, Standing};
use crate::failure::Failure;

pub fn report(pool: &Pool, population: &Population, as_json: bool) -> Result<Went, Failure> {
    let judgements = pool.judgements()?;
    match as_json {
        true => print_json(&as_json_of(population, &judgements))?,
        false => {
            let (standing, report) = so_far(population, &judgements);
            print(&figures_text(population, standing, &report))?;
        }
    }
    Ok(Went::Fine)
}

/// What these answers say, as JSON.
pub fn as_json_of(population: &Population, judgements: &[Judgement]) -> Value {
    let (standing, report) = so_far(population, judgements);
    figures_json(population, standing, &report)
}

fn so_far(population: &Population, judgements: &[Judgement]) -> (Standing, Report) {
    let answers = population.answers(judgements);
    let (_, standing) = population.next(&answers, &Default::default(), 0);
    (standing, population.report(&answers))
}

fn figures_text(population: &Population, standing: Standing, report: &Report) -> String {
    let mut text = format!(
        "{} compared by linking ({}), {} linked; {} open\n",
        counted(report.n_population, "pair"),
        population.method,
        grouped(report.n_linked),
        grouped(standing.n_open as u64),
    );
    let n_aside = report.n_aside + standing.n_elsewhere;
    let mut answers = vec![
        (report.n_answered_top, "to pairs of the greatest expected change, each for itself"),
        (report.n_answered_sample, "in the random order, speaking for all the other pairs"),
        (n_aside, "in no figure: given out of turn, or on pairs that are no question"),
    ];
    if population.further.is_some() {
        answers.insert(2, (standing.n_beyond, "to pairs drawn from those never compared"));
    }
    let total: usize = answers.iter().map(|(n, _)| n).sum();
    let unsure = grouped(standing.n_unsure as u64);
    text.push_str(&format!("{}, {unsure} of them \"unsure\"\n", counted(total as u64, "answer")));
    for (n, what) in answers {
        text.push_str(&format!("{:>7} {what}\n", grouped(n as u64)));
    }
    text.push('\n');
    text.push_str(&estimates_text(report));
    if !is_enough(report) {
        text.push_str(&format!(
            "Not enough: {ENOUGH} answers of the random order other than \"unsure\" are, each of \
             linked and of unlinked\npairs, or all of them. `sheaf review POOL --ask --by NAME` asks \
             for more.\n"
        ));
    }
    text.push_str(&bands_text(&report.bands));
    text.push_str(&format!("\n{}\n", about(population)));
    text
}

/// The figures, each with and without the help of probabilities.
fn estimates_text(report: &Report) -> String {
    let mut rows = vec![[
        String::new(),
        "estimate".to_owned(),
        "95 % interval".to_owned(),
        "if unsure were wrong–right".to_owned(),
        "without probabilities".to_owned(),
    ]];
    for (name, estimate, plain) in named(report) {
        let cells = match estimate.enough {
            false => ["not enough answers yet".to_owned(), String::new(), String::new()],
            true => [
                format!("{:.3}", estimate.point),
                format!("{:.3}–{:.3}", estimate.low, estimate.high),
                format!("{:.3}–{:.3}", estimate.if_against, estimate.if_for),
            ],
        };
        let plain = match plain {
            Some(it) if it.enough => format!("{:.3} ({:.3}–{:.3})", it.point, it.low, it.high),
            _ => String::new(),
        };
        let [point, interval, bounds] = cells;
        rows.push([name.to_owned(), point, interval, bounds, plain]);
    }
    aligned(&rows)
}

fn named(report: &Report) -> Vec<(&'static str, Estimate, Option<Estimate>)> {
    let mut named = vec![
        ("precision", report.precision, Some(report.precision_plain)),
        ("recall", report.recall, Some(report.recall_plain)),
    ];
    named.extend(report.recall_beyond.map(|it| ("recall, wider", it, None)));
    named
}

fn is_enough(report: &Report) -> bool {
    report.enough() && report.recall_beyond.is_none_or(|it| it.enough)
}

/// Probabilities held against answers.
fn bands_text(bands: &[Band]) -> String {
    if bands.is_empty() {
        return String::new();
    }
    let head = ["probability", "answers", "mean", "the same", "95 % interval"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(bands.iter().map(|it| {
        [
            format!("{:.2}–{:.2}", it.from, it.to),
            it.n_told.to_string(),
            format!("{:.3}", it.mean_probability),
            format!("{:.3}", it.same),
            format!("{:.3}–{:.3}", it.low, it.high),
        ]
    }));
    format!("\n{}", aligned(&rows))
}

/// Rows as columns, each as wide as its widest cell, two spaces between.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    });
    lines.collect()
}

/// In plain words, which pairs the figures are about.
fn about(population: &Population) -> String {
    let blocking = &population.blocking;
    let mut text = format!(
        "These figures are about the pairs that linking compared: reports within {} days and {:.0} km \
         of each\nother beyond what they leave open, or that share a place name. Exact copies count \
         once; leads, counts\nover an area, and pairs within one curated source are not among them. \
         They are about linking before\nany judgement.",
        blocking.gap_days,
        blocking.slack_m / 1000.0,
    );
    match &population.further {
        None => text.push_str(
            " Recall is among these pairs: what was never compared is not in it (--beyond N).",
        ),
        Some(further) => text.push_str(&format!(
            "\nThe wider recall is also about {} never compared that lie within twice that reach and \
             are in\ndifferent incidents; {} of these were drawn.",
            counted(further.n_total, "pair"),
            grouped(further.drawn.len() as u64)
        )),
    }
    text
}

fn figures_json(population: &Population, standing: Standing, report: &Report) -> Value {
    let bands: Vec<Value> = report
        .bands
        .iter()
        .map(|it| {
            json!({
                "from": it.from, "to": it.to, "answers": it.n_told,
                "mean_probability": it.mean_probability, "same": it.same, "interval": [it.low, it.high],
            })
        })
        .collect();
    let mut object = json!({
        "linked_by": population.method,
        "about": about(population).replace('\n', " "),
        "pairs": report.n_population,
        "linked": report.n_linked,
        "open": standing.n_open,
        "answers": {
            "top": report.n_answered_top,
            "sample": report.n_answered_sample,
            "beyond": standing.n_beyond,
            "aside": report.n_aside,
            "elsewhere": standing.n_elsewhere,
            "unsure": standing.n_unsure,
        },
        "enough": is_enough(report),
        "precision": estimate_json(report.precision),
        "recall": estimate_json(report.recall),
        "recall_wider": report.recall_beyond.map(estimate_json),
        "precision_plain": estimate_json(report.precision_plain),
        "recall_plain": estimate_json(report.recall_plain),
        "bands": bands,
    });
    if let Some(further) = &population.further {
        object["beyond"] = json!({ "pairs": further.n_total, "drawn": further.drawn.len() });
    }
    object
}

fn estimate_json(it: Estimate) -> Value {
    json!({
        "estimate": it.point,
        "interval": [it.low, it.high],
        "unsure_wrong": it.if_against,
        "unsure_right": it.if_for,
        "enough": it.enough,
    })
}
