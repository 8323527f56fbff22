//! `sheaf score POOL --truth FILE`: how well the linking agrees with labels, and what leaving every
//! report alone would score.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::json;
use sheaf_link::score::{
    Calibration, Evaluation, Labelled, Look, Pairs, Reliability, Resampling, evaluate,
};
use sheaf_link::{Linkage, weights_of};
use sheaf_model::ReportId;
use sheaf_store::{Access, Pool, Wanted};

use super::{Went, counted, grouped, open, print, print_json, remark};
use crate::args::{Everywhere, Scoring, Summary};
use crate::failure::Failure;
use crate::linking::LinkedBy;
use crate::pipeline::Known;
use crate::view::View;

/// Bootstrap samples for the interval; the seed is fixed so that a score can be repeated.
const SAMPLES: u32 = 1000;
const SEED: u64 = 20_140_522;

pub fn score(args: &Scoring, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let view = View::of(&pool, None, everywhere.quiet)?;
    let truth = truth(&args.truth, &pool, &view.known, everywhere)?;
    let outlines = &view.known.outlines;
    let mut next_alone = view.linkage.n_incidents;
    let mut labelled = Vec::with_capacity(truth.len());
    let mut at = HashMap::with_capacity(truth.len());
    for &(position, event) in &truth {
        let mut incident = view.linkage.incident_of[position as usize];
        if incident == Linkage::NONE {
            incident = next_alone;
            next_alone += 1;
        }
        at.insert(position, labelled.len() as u32);
        labelled.push(Labelled { incident, event, source: outlines.source(position) });
    }
    let placed: Vec<bool> = truth.iter().map(|&(at, _)| outlines.says_where(at)).collect();
    let looks: Vec<Look> = match &view.linked_by {
        LinkedBy::Model { model, blocking } => weights_of(outlines, model, blocking, &view.linkage)
            .into_iter()
            .filter_map(|(a, b, bits)| {
                let together = view.linkage.are_together(a, b);
                let probability = Some(model.probability(bits, together));
                Some(Look { a: *at.get(&a)?, b: *at.get(&b)?, probability })
            })
            .collect(),
        // MELTT gives no probability, and what it compares is its own affair.
        LinkedBy::Meltt(_) => Vec::new(),
    };
    let found = evaluate(&labelled, &placed, &looks, Resampling { samples: SAMPLES, seed: SEED });
    if args.format == Summary::Json || everywhere.json {
        print_json(&as_json(&found))?;
    } else {
        print(&text(&found))?;
    }
    Ok(Went::Fine)
}

fn as_json(found: &Evaluation) -> serde_json::Value {
    let score = &found.score;
    let reliability = |of: &Reliability| {
        let bins = of.bins.iter().filter(|bin| bin.n > 0);
        json!({
            "pairs": of.n, "brier": of.brier, "calibration_error": of.error,
            "bins": bins.map(|bin| json!({ "pairs": bin.n, "mean_probability": bin.mean_probability,
                                           "share_right": bin.share_right })).collect::<Vec<_>>(),
        })
    };
    json!({
        "reports": score.n_reports,
        "pairs": pairs_json(score.pairs),
        "cross_source_pairs": pairs_json(score.cross_source),
        "b_cubed": { "precision": score.b_cubed[0], "recall": score.b_cubed[1],
                     "f1": score.b_cubed[2], "f1_of_all_alone": score.b_cubed_alone },
        "adjusted_rand": score.adjusted_rand,
        "incidents": score.n_incidents,
        "events": score.n_events,
        "incident_error": score.incident_error(),
        "f1_interval": found.f1_interval,
        "blocking_recall": found.blocking.map(|it| json!({
            "pairs_compared": it.n_compared, "all": it.all.recall(), "placed": it.placed.recall(),
        })),
        "calibration": found.calibration.as_ref().map(|it| json!({
            "all_compared": reliability(&it.all), "likely": reliability(&it.likely),
            "linked": reliability(&it.linked),
            "sure_links": it.sure.n, "sure_links_right": it.sure.share(),
        })),
    })
}

fn text(found: &Evaluation) -> String {
    let score = &found.score;
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
        100.0 * score.incident_error()
    ));
    if let Some(met) = &found.blocking {
        text.push_str(&format!(
            "compared           {} pairs, {:.1} % of the true ones; {:.1} % of those that say where\n",
            grouped(met.n_compared),
            100.0 * met.all.recall(),
            100.0 * met.placed.recall()
        ));
    }
    if let Some(it) = &found.calibration {
        text.push_str(&calibration_text(it));
    }
    if let Some([low, high]) = found.f1_interval {
        let f1 = score.pairs.f1();
        text.push_str(&format!("pairwise F1 {f1:.3} (95 % {low:.3}–{high:.3})\n"));
    }
    text
}

/// How far probabilities can be taken at their word.
fn calibration_text(found: &Calibration) -> String {
    let mut text = format!(
        "probabilities      Brier {:.4}; calibration error {:.3} over all, {:.3} over P ≥ 0.05, {:.3} over links\n",
        found.all.brier, found.all.error, found.likely.error, found.linked.error
    );
    if let Some(share) = found.sure.share() {
        let n = counted(found.sure.n, "link");
        text.push_str(&format!("P ≥ 0.9            {n}, {:.1} % right\n", 100.0 * share));
    }
    text.push_str("        P          pairs  said   right\n");
    for (number, bin) in found.all.bins.iter().enumerate().filter(|(_, bin)| bin.n > 0) {
        let (from, to) = (number as f64 / 10.0, (number + 1) as f64 / 10.0);
        text.push_str(&format!(
            "        {from:.1}–{to:.1}  {:>8}  {:.3}  {:.3}\n",
            grouped(bin.n),
            bin.mean_probability,
            bin.share_right
        ));
    }
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
