//! `sheaf score POOL --truth FILE`: how well the linking agrees with labels, and what leaving every
//! report alone would score.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::json;
use sheaf_link::Linkage;
use sheaf_link::score::{Labelled, Pairs, Score, f1_interval, score as scored};
use sheaf_model::ReportId;
use sheaf_store::{Access, Pool, Wanted};

use super::{Went, counted, grouped, open, print, print_json, remark};
use crate::args::{Everywhere, Scoring, Summary};
use crate::failure::Failure;
use crate::pipeline::Known;
use crate::view::View;

/// Bootstrap samples for the interval; the seed is fixed so that a score can be repeated.
const SAMPLES: u32 = 1000;
const SEED: u64 = 20_140_522;

pub fn score(args: &Scoring, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let view = View::of(&pool, None, everywhere.quiet)?;
    let truth = truth(&args.truth, &pool, &view.known, everywhere)?;
    let mut next_alone = view.linkage.n_incidents;
    let mut labelled = Vec::with_capacity(truth.len());
    for &(position, event) in &truth {
        let mut incident = view.linkage.incident_of[position as usize];
        if incident == Linkage::NONE {
            incident = next_alone;
            next_alone += 1;
        }
        let source = view.known.outlines.source(position);
        labelled.push(Labelled { incident, event, source });
    }
    let score = scored(&labelled);
    let interval = f1_interval(&labelled, SAMPLES, SEED);
    if args.format == Summary::Json || everywhere.json {
        print_json(&json!({
            "reports": score.n_reports,
            "pairs": pairs_json(score.pairs),
            "cross_source_pairs": pairs_json(score.cross_source),
            "b_cubed": { "precision": score.b_cubed[0], "recall": score.b_cubed[1],
                         "f1": score.b_cubed[2], "f1_of_all_alone": score.b_cubed_alone },
            "adjusted_rand": score.adjusted_rand,
            "incidents": score.n_incidents,
            "events": score.n_events,
            "f1_interval": interval,
        }))?;
    } else {
        print(&text(&score, interval))?;
    }
    Ok(Went::Fine)
}

fn text(score: &Score, [low, high]: [f64; 2]) -> String {
    let line = |name: &str, pairs: Pairs| {
        format!(
            "{name:<18} precision {:.3}  recall {:.3}  F1 {:.3}   ({} right of {} put together, {} there)\n",
            pairs.precision(),
            pairs.recall(),
            pairs.f1(),
            grouped(pairs.right),
            grouped(pairs.found),
            grouped(pairs.there)
        )
    };
    let mut text = format!("{} labelled\n", counted(score.n_reports, "report"));
    text.push_str(&line("all pairs", score.pairs));
    text.push_str(&line("cross-source pairs", score.cross_source));
    let [precision, recall, f1] = score.b_cubed;
    text.push_str(&format!(
        "B³                 precision {precision:.3}  recall {recall:.3}  F1 {f1:.3}   (every report alone: {:.3})\n",
        score.b_cubed_alone
    ));
    text.push_str(&format!("adjusted Rand      {:.3}\n", score.adjusted_rand));
    text.push_str(&format!(
        "incidents          {} for {} events ({:+.1} %)\n",
        grouped(score.n_incidents),
        grouped(score.n_events),
        100.0 * (score.n_incidents as f64 / score.n_events.max(1) as f64 - 1.0)
    ));
    let f1 = score.pairs.f1();
    text.push_str(&format!("pairwise F1 {f1:.3} (95 % {low:.3}–{high:.3})\n"));
    text
}

fn pairs_json(pairs: Pairs) -> serde_json::Value {
    json!({
        "precision": pairs.precision(), "recall": pairs.recall(), "f1": pairs.f1(),
        "found": pairs.found, "there": pairs.there, "right": pairs.right,
    })
}

/// The labels: the position of each report, and its event by number.
pub(super) fn truth(
    path: &Path,
    pool: &Pool,
    known: &Known,
    everywhere: &Everywhere,
) -> Result<Vec<(u32, u32)>, Failure> {
    let file = path.display();
    let failed = |what: String| Failure::new("bad-truth", format!("{file}: {what}"));
    let mut rows = csv::Reader::from_path(path).map_err(|err| failed(err.to_string()))?;
    let headers = rows.headers().map_err(|err| failed(err.to_string()))?.clone();
    let column = |name: &str| {
        headers.iter().position(|it| it.trim() == name).ok_or_else(|| {
            failed(format!("there is no column {name}")).hint("the columns are report,event")
        })
    };
    let (report, event) = (column("report")?, column("event")?);
    let positions: HashMap<&str, u32> =
        (0..known.outlines.len() as u32).map(|at| (known.outlines.id(at), at)).collect();
    let (mut unknown, mut twice) = (Vec::new(), Vec::new());
    let mut events: HashMap<String, u32> = HashMap::new();
    let mut labels = BTreeMap::new();
    for row in rows.records() {
        let row = row.map_err(|err| failed(err.to_string()))?;
        let (id, event) = (row.get(report).unwrap_or(""), row.get(event).unwrap_or(""));
        let Some(&position) = positions.get(id) else {
            unknown.push(id.to_owned());
            continue;
        };
        let next = events.len() as u32;
        let event = *events.entry(event.to_owned()).or_insert(next);
        if labels.insert(position, event).is_some() {
            twice.push(id.to_owned());
        }
    }
    // A label may be of a report that a later vintage took back: it is known, and not current.
    let ids: Vec<ReportId> = unknown.iter().filter_map(|id| ReportId::parse(id)).collect();
    let held = pool.reports(&ids, Wanted::ALL)?;
    let n_held = held.iter().flatten().count();
    let never = ids.iter().zip(&held).find(|(_, held)| held.is_none()).map(|(id, _)| id.as_str());
    let malformed = unknown.iter().find(|id| ReportId::parse(id).is_none());
    if let Some(first) = never.or(malformed.map(String::as_str)) {
        return Err(failed(format!(
            "{} named that the pool does not have, {first} first",
            counted((unknown.len() - n_held) as u64, "report")
        ))
        .hint("a label names a report as source:key"));
    }
    if n_held > 0 {
        let labels = counted(n_held as u64, "label");
        remark(everywhere, &format!("{labels} left out: of reports that are no longer current"));
    }
    if let Some(first) = twice.first() {
        return Err(failed(format!(
            "{} labelled twice, {first} first",
            counted(twice.len() as u64, "report")
        )));
    }
    if labels.is_empty() {
        return Err(failed("there is no label in it".to_owned()));
    }
    Ok(labels.into_iter().collect())
}
