//! One question as a person sees it: the two reports, the reasons, what hangs on the answer, and
//! how to give it.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_model::{Match, ReportId, Verdict};
use sheaf_store::{Pool, Wanted};

use super::super::incidents::looks;
use super::super::why::{match_json, match_text};
use super::super::{Went, counted, print, print_json, remark};
use super::beside::beside;
use super::population::{Asked, Population, Standing, Why};
use crate::args::{Everywhere, Reviewing};
use crate::failure::Failure;
use crate::said::Said;

/// How wide a question is printed where no terminal says how wide it is.
const COLUMNS: usize = 100;

/// Prints the next questions.
pub fn print_next(
    args: &Reviewing,
    pool: &Pool,
    population: &Population,
    by: Option<&str>,
    as_json: bool,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let answers = population.answers(&pool.judgements()?);
    let n = args.next as usize;
    let (asked, standing) = population.next(&answers, &HashSet::new(), n);
    let commands = |asked: &Asked| commands(population, &args.pool, asked, by);
    if as_json {
        let questions = asked.iter().map(|it| {
            let mut question = question_json(pool, population, it)?;
            question["commands"] = Verdict::ALL
                .iter()
                .zip(commands(it))
                .map(|(verdict, command)| (verdict.name().to_owned(), json!(command)))
                .collect();
            Ok(question)
        });
        print_json(&json!({
            "pairs": population.candidates.len(),
            "linked_by": population.method,
            "open": standing.n_open,
            "answered": standing.n_answered + standing.n_beyond,
            "questions": questions.collect::<Result<Vec<_>, Failure>>()?,
        }))?;
        return Ok(Went::Fine);
    }
    if asked.is_empty() {
        remark(everywhere, &all_answered(&args.pool, standing));
        return Ok(Went::Fine);
    }
    for (idx, it) in asked.iter().enumerate() {
        let text = question_text(pool, population, it, &format!("{}. ", idx + 1))?;
        print(&text)?;
        print(&format!("  to answer\n    {}\n\n", commands(it).join("\n    ")))?;
    }
    let open = counted(standing.n_open as u64, "pair");
    let pool = shell(&args.pool.display().to_string());
    let by = by.map_or("NAME".to_owned(), shell);
    remark(everywhere, &format!("{open} open; next: sheaf review {pool} --ask --by {by}"));
    Ok(Went::Fine)
}

/// That there is nothing left to ask.
pub fn all_answered(pool: &Path, standing: Standing) -> String {
    format!(
        "nothing left to ask: all {} stand answered\nnext: sheaf review {} --report",
        counted((standing.n_answered + standing.n_beyond) as u64, "pair"),
        shell(&pool.display().to_string())
    )
}

/// A question in words, its answers not among them. The first line begins with `start`.
pub fn question_text(
    pool: &Pool,
    population: &Population,
    asked: &Asked,
    start: &str,
) -> Result<String, Failure> {
    let ids = [asked.a, asked.b].map(|at| population.known.id(at));
    let found = pool.reports(&ids, Wanted::ALL)?;
    let [Some(left), Some(right)] = found.as_slice() else {
        let what = format!("{} or {} is in the pool no more", ids[0], ids[1]);
        return Err(Failure::new("no-such-report", what).hint("start again"));
    };
    let mut text = format!("{start}{} and {}: one incident?\n", ids[0], ids[1]);
    text.push_str(&format!("  asked {}\n", why_asked(asked)));
    text.push_str(&beside([left, right], looks().width.unwrap_or(COLUMNS)));
    text.push_str("  what speaks for and against\n");
    let compared = compared(population, asked);
    let n_reasons = compared.reasons.len();
    let telling = telling(&compared);
    text.push_str(&match_text(&telling));
    let silent = counted((n_reasons - telling.reasons.len()) as u64, "comparison");
    let percent = 100.0 * probability(population, asked, &compared);
    text.push_str(&format!("    {silent} without weight left out; calibrated: {percent:.1} %\n"));
    text.push_str(&format!("  {}\n", change(population, asked)));
    Ok(text)
}

/// Why a pair is asked about, in words.
pub fn why_asked(asked: &Asked) -> String {
    let value = asked.candidate.map_or(0.0, |it| it.value());
    match asked.why {
        Why::Top => format!(
            "because of all open pairs it promises the greatest change: {value:.2} pairs are \
             expected to change sides"
        ),
        Why::Sample => {
            "as the next in the random order, so that the answers speak for all pairs".to_owned()
        }
        Why::Beyond => {
            "as one drawn from the pairs that linking never compared, so that recall can be about \
             these too"
                .to_owned()
        }
    }
}

/// What linking did by arithmetic alone, and what the other answer would do.
pub fn change(population: &Population, asked: &Asked) -> String {
    let incident = |at| match population.incident(at) {
        Some((id, n)) => format!("{id} with {}", counted(n as u64, "report")),
        None => "no incident".to_owned(),
    };
    let pairs = |n: f64| counted(n as u64, "pair");
    match asked.candidate {
        Some(it) if it.linked => format!(
            "Arithmetic has both in {}.\n  If they are different, about {} should not be together.",
            incident(asked.a),
            pairs(it.change)
        ),
        it => format!(
            "Arithmetic has one in {}, the other in {}.\n  If they are the same, about {} should be \
             together and are not.",
            incident(asked.a),
            incident(asked.b),
            pairs(it.map_or(n_between(population, asked), |it| it.change))
        ),
    }
}

/// Pairs of reports between two incidents.
fn n_between(population: &Population, asked: &Asked) -> f64 {
    let size = |at| population.incident(at).map_or(1, |(_, n)| n);
    (size(asked.a) * size(asked.b)) as f64
}

fn compared(population: &Population, asked: &Asked) -> Match {
    let Population { known, model, blocking, linkage, .. } = population;
    sheaf_link::compare(&known.outlines, model, blocking, linkage, asked.a, asked.b)
}

/// The match without the reasons that weigh nothing: its sum is the same.
fn telling(compared: &Match) -> Match {
    let reasons = compared.reasons.iter().filter(|it| it.bits != 0.0).cloned().collect();
    Match { prior_bits: compared.prior_bits, reasons }
}

fn probability(population: &Population, asked: &Asked, compared: &Match) -> f64 {
    let together = population.linkage.are_together(asked.a, asked.b);
    population.model.probability(compared.weight(), together)
}

/// A question as JSON, its answers not among it.
pub fn question_json(
    pool: &Pool,
    population: &Population,
    asked: &Asked,
) -> Result<Value, Failure> {
    let ids = [asked.a, asked.b].map(|at| population.known.id(at));
    let said = Said::known(pool, &ids, &population.known.knowing)?;
    let compared = compared(population, asked);
    let incident = |at| {
        let held = population.incident(at);
        held.map(|(id, n)| json!({ "id": id.as_str(), "reports": n }))
    };
    let change = asked.candidate.map_or(n_between(population, asked), |it| it.change);
    let report = |id: &ReportId| json!({ "id": id.as_str(), "claims": said.json(id) });
    Ok(json!({
        "reports": ids.iter().map(report).collect::<Vec<_>>(),
        "arm": asked.why.name(),
        "expected_change": asked.candidate.map(|it| it.value()),
        "match": match_json(&compared),
        "calibrated_probability": probability(population, asked, &compared),
        "linked": asked.candidate.is_some_and(|it| it.linked),
        "incidents": [incident(asked.a), incident(asked.b)],
        "change_if_wrong": change,
    }))
}

/// A command for each verdict, in their order.
fn commands(population: &Population, pool: &Path, asked: &Asked, by: Option<&str>) -> Vec<String> {
    let [left, right] = [asked.a, asked.b].map(|at| shell(population.known.outlines.id(at)));
    let (pool, by) = (shell(&pool.display().to_string()), by.map_or("NAME".to_owned(), shell));
    let command = |verdict: Verdict| {
        format!("sheaf judge {pool} {} {left} {right} --by {by} --because WHY", verdict.name())
    };
    Verdict::ALL.map(command).to_vec()
}

/// A word as a shell takes it to the letter.
fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:,@%+=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn a_shell_takes_words_to_the_letter() {
        for (word, expected) in [
            ("acme:7/2014-05", "acme:7/2014-05"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(shell(word), expected);
        }
    }
}
