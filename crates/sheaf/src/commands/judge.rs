//! `sheaf judge`, `sheaf undo`, `sheaf judgements`: what people decide, and take back.

use serde_json::{Value, json};
use sheaf_model::{Incident, Judgement, JudgementId, Pair, ReportId, Verdict};
use sheaf_store::{Access, Pool, Resolution};

use super::show::holder;
use super::{Went, counted, now, open, print, print_json, remark, with_received};
use crate::args::{Everywhere, Judging, PoolOnly, Summary, Undoing, VerdictWord};
use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::reasons;
use crate::view::{self, View};

pub fn judge(args: &Judging, everywhere: &Everywhere) -> Result<Went, Failure> {
    let verdict = match args.verdict {
        VerdictWord::Same => Verdict::Same,
        VerdictWord::Different => Verdict::Different,
        VerdictWord::Unsure => Verdict::Unsure,
    };
    reasons::not_empty("--by", &args.by)?;
    reasons::not_empty("--because", &args.because)?;
    let pool = open(&args.pool, Access::Write)?;
    let pair = match known_pair(&pool, &args.a, &args.b)? {
        Some(pair) => pair,
        // One of them was shared by others; or something is wrong, and this says what might have been meant.
        None => {
            let knowing = with_received(Knowing::default(), &args.pool, false)?;
            view::pair(&View::knowing(&pool, knowing, everywhere.quiet)?, &args.a, &args.b)?
        }
    };
    let judgement = kept(&pool, &pair, verdict, (&args.by, "--because", &args.because))?;
    report(&pool, &judgement, everywhere)
}

/// The pair of two reports of the newest linkage, if both are there and are two.
pub fn known_pair(pool: &Pool, a: &str, b: &str) -> Result<Option<Pair>, Failure> {
    let mut ids = Vec::with_capacity(2);
    for text in [a, b] {
        let Some(id) = ReportId::parse(text) else { return Ok(None) };
        if holder(pool, text)?.is_none() {
            return Ok(None);
        }
        ids.push(id);
    }
    let [a, b] = [ids[0].clone(), ids[1].clone()];
    Ok(Pair::new(a, b))
}

/// Keeps a judgement, with who made it and, under the name by which that was asked for, why.
pub fn kept(
    pool: &Pool,
    pair: &Pair,
    verdict: Verdict,
    (by, what, because): (&str, &str, &str),
) -> Result<Judgement, Failure> {
    let reports = [pair.left().clone(), pair.right().clone()];
    reasons::check_of(pool, &reports, what, because)?;
    Ok(pool.judge(pair, verdict, by, because, &now())?)
}

pub fn undo(args: &Undoing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let id = JudgementId::parse(&args.judgement).ok_or_else(|| {
        Failure::new("not-a-judgement", format!("\"{}\" is no judgement", args.judgement))
            .hint(format!("`sheaf judgements {}` lists them, as in j3", args.pool.display()))
    })?;
    let pool = open(&args.pool, Access::Write)?;
    let judgement = pool.withdraw(id, &args.by, &now())?;
    report(&pool, &judgement, everywhere)
}

/// Says what was kept, and what it did to the incidents.
pub(super) fn report(
    pool: &Pool,
    judgement: &Judgement,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let relinked = view::brought_up(pool, &now(), everywhere.quiet)?;
    if everywhere.json {
        print_json(&json!({
            "judgement": as_json(judgement),
            "incidents": relinked.n_incidents,
            "conflicts": relinked.conflicts,
        }))?;
        return Ok(Went::Fine);
    }
    print(&format!("{}\n", sentence(judgement)))?;
    for conflict in &relinked.conflicts {
        remark(everywhere, &format!("conflict: {conflict}"));
    }
    for end in [judgement.pair.left(), judgement.pair.right()] {
        remark(everywhere, &format!("  {end} is now {}", now_in(pool, end)?));
    }
    Ok(Went::Fine)
}

/// The incident that holds a report.
pub fn holding(pool: &Pool, report: &ReportId) -> Result<Option<Incident>, Failure> {
    Ok(match pool.resolve(report.as_str())? {
        Resolution::Incident { id, reports } | Resolution::Report { id, reports, .. } => {
            Some(Incident { id, reports })
        }
        // It was a handle until now; the report itself is in some incident still.
        Resolution::Was { .. } => holder(pool, report.as_str())?,
        Resolution::Outside { .. } | Resolution::Unknown { .. } => None,
    })
}

/// The same in words.
fn now_in(pool: &Pool, report: &ReportId) -> Result<String, Failure> {
    Ok(holding(pool, report)?.map_or_else(
        || "in no incident".to_owned(),
        |Incident { id, reports }| {
            format!("in incident {id}, with {}", counted(reports.len() as u64, "report"))
        },
    ))
}

pub fn judgements(args: &PoolOnly, everywhere: &Everywhere) -> Result<Went, Failure> {
    let judgements = open(&args.pool, Access::Read)?.judgements()?;
    if args.format == Summary::Json || everywhere.json {
        print_json(&Value::Array(judgements.iter().map(as_json).collect()))?;
        return Ok(Went::Fine);
    }
    if judgements.is_empty() {
        remark(everywhere, &format!("{}: nobody has judged anything yet", args.pool.display()));
    }
    for judgement in &judgements {
        print(&format!("{}\n", sentence(judgement)))?;
    }
    Ok(Went::Fine)
}

/// Who judged what and why, on one line.
pub(super) fn sentence(judgement: &Judgement) -> String {
    let Judgement { id, pair, verdict, by, because, at, withdrawn } = judgement;
    let mut text = format!(
        "{id}  {}: {} and {}  by {by}, {at}: {because}",
        verdict.name(),
        pair.left(),
        pair.right()
    );
    if let Some(withdrawal) = withdrawn {
        text.push_str(&format!("  (withdrawn by {}, {})", withdrawal.by, withdrawal.at));
    }
    text
}

/// A judgement as JSON.
pub fn as_json(judgement: &Judgement) -> Value {
    json!({
        "id": judgement.id.to_string(),
        "verdict": judgement.verdict.name(),
        "reports": [judgement.pair.left().as_str(), judgement.pair.right().as_str()],
        "by": judgement.by,
        "because": judgement.because,
        "at": judgement.at,
        "withdrawn": judgement.withdrawn.as_ref().map(|it| json!({ "by": it.by, "at": it.at })),
    })
}
