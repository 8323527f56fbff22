//! Claims in words and in JSON: what was said beside what we understood.

use serde_json::{Value, json};
use sheaf_model::{Claim, Meaning, ReportView, Toll};

/// What a claim means, in words.
pub fn meaning(report: ReportView<'_>, claim: &Claim, columns: &[String]) -> String {
    match claim.meant {
        Meaning::Words | Meaning::Spelt(_) => {
            report.words(claim).unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
        }
        Meaning::When(when) => when.to_string(),
        Meaning::Where(place) => place.to_string(),
        Meaning::Toll(toll) => toll.to_string(),
        Meaning::Kind(kind) => kind.to_string(),
        Meaning::Day(day) => day.to_string(),
        Meaning::Number(number) => number.to_string(),
        Meaning::Unit(unit) => unit.name().to_owned(),
        Meaning::Wording(fingerprint) => format!("fingerprint {fingerprint:016x}, text not kept"),
        Meaning::PartOf(column) => {
            let column = columns.get(usize::from(column)).map_or("?", String::as_str);
            format!("read together with {column}")
        }
        Meaning::Unknown(unknown) => unknown.to_string(),
        Meaning::NotUnderstood => "not understood".to_owned(),
    }
}

/// What was said, quoted, shortened to what fits a line, without control characters.
pub fn quoted(said: &str) -> String {
    const MOST: usize = 60;
    let mut text: String =
        said.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if said.chars().nth(MOST).is_some() {
        text.push('…');
    }
    format!("\"{text}\"")
}

/// A claim as JSON: field, column, said, and what was understood under a name of its own.
pub fn claim_json(report: ReportView<'_>, claim: &Claim, columns: &[String]) -> Value {
    let column = |column: u16| columns.get(usize::from(column)).cloned();
    let meant = match claim.meant {
        Meaning::Words | Meaning::Spelt(_) => json!({ "words": report.words(claim) }),
        Meaning::When(when) => {
            json!({ "first": when.first().to_string(), "last": when.last().to_string() })
        }
        Meaning::Where(place) => {
            json!({ "lat": place.lat(), "lon": place.lon(), "radius_m": place.radius().get() })
        }
        Meaning::Toll(toll) => toll_json(&toll),
        Meaning::Kind(kind) => json!({ "kind": kind.name() }),
        Meaning::Day(day) => json!({ "day": day.to_string() }),
        Meaning::Number(number) => json!({ "number": number }),
        Meaning::Unit(unit) => json!({ "unit": unit.name() }),
        Meaning::Wording(fingerprint) => json!({ "fingerprint": format!("{fingerprint:016x}") }),
        Meaning::PartOf(other) => json!({ "part_of": column(other) }),
        Meaning::Unknown(unknown) => json!({ "unknown": unknown.name() }),
        Meaning::NotUnderstood => json!({ "not_understood": true }),
    };
    json!({
        "field": claim.field.name(),
        "column": column(claim.column),
        "said": report.said(claim),
        "meant": meant,
    })
}

/// A toll as JSON. `high` is null when there is no upper bound.
pub fn toll_json(toll: &Toll) -> Value {
    json!({
        "harm": toll.harm.name(),
        "whom": toll.whom.name(),
        "attackers": toll.attackers.name(),
        "qualifier": toll.qualifier.name(),
        "low": toll.count.low(),
        "best": toll.count.best(),
        "high": toll.count.high(),
        "as_of": toll.as_of.map(|day| day.to_string()),
    })
}
