//! `sheaf why` and `sheaf how`: the reasons, and the sum they add up to.

use serde_json::{Value, json};
use sheaf_link::{Apart, Blocking, Linkage, Meeting, Model, Relation, Why, WhyOutside};
use sheaf_model::{Judgement, Match};
use sheaf_store::Access;

use super::{Went, counted, open, print, print_json, why_meltt, with_received};
use crate::args::{Everywhere, OneIncident, Summary, TwoReports};
use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::linking::LinkedBy;
use crate::view::View;

pub fn why(args: &TwoReports, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let knowing = with_received(Knowing::default(), &args.pool, args.only_own)?;
    let view = View::knowing(&pool, knowing, everywhere.quiet)?;
    if args.format == Summary::Json || everywhere.json {
        print_json(&why_as_json(&view, [&args.a, &args.b])?)?;
        return Ok(Went::Fine);
    }
    let pair = two(&view, [&args.a, &args.b])?;
    print(&match &view.linked_by {
        LinkedBy::Model { model, blocking } => {
            let why = explained(&view, model, blocking, pair);
            format!("{} and {}\n{}", args.a, args.b, why_text(&view, model, &why))
        }
        LinkedBy::Meltt(run) => why_meltt::why_text(&view, run, pair),
    })?;
    Ok(Went::Fine)
}

/// Two different reports of a view, by position.
fn two(view: &View, [a, b]: [&str; 2]) -> Result<(u32, u32), Failure> {
    let pair = (view.position(a)?, view.position(b)?);
    match pair.0 == pair.1 {
        false => Ok(pair),
        true => Err(Failure::new("one-report-twice", format!("{a} is named twice"))
            .hint("name two different reports")),
    }
}

fn explained(view: &View, model: &Model, blocking: &Blocking, pair: (u32, u32)) -> Why {
    let View { groups, judgements, .. } = view;
    let outlines = &groups.known.outlines;
    sheaf_link::why(outlines, model, blocking, &groups.linkage, judgements, pair)
}

/// Why two reports are, or are not, in one incident.
///
/// # Errors
/// `not-a-report-id`, `no-such-report`, `one-report-twice`.
pub fn why_as_json(view: &View, reports: [&str; 2]) -> Result<Value, Failure> {
    let pair = two(view, reports)?;
    let (model, blocking) = match &view.linked_by {
        LinkedBy::Model { model, blocking } => (model, blocking),
        LinkedBy::Meltt(run) => return Ok(why_meltt::why_as_json(view, run, pair)),
    };
    let why = explained(view, model, blocking, pair);
    let mut object = match_json(&why.compared);
    object["reports"] = json!(reports);
    object["calibrated_probability"] =
        json!(model.probability(why.compared.weight(), why.together));
    object["together"] = json!(why.together);
    object["kept_apart"] = json!(why.met.as_ref().err().map(Apart::to_string));
    object["mean_between_bits"] = json!(why.mean_between_bits);
    object["judgements"] =
        json!(why.judgements.iter().map(ToString::to_string).collect::<Vec<_>>());
    Ok(object)
}

fn why_text(view: &View, model: &Model, why: &Why) -> String {
    let mut text = match_text(&why.compared);
    text.push_str(&format!(
        "Of pairs with such a sum that linking {}, about {:.0} % are about the same incident.\n",
        if why.together { "puts together" } else { "keeps apart" },
        100.0 * model.probability(why.compared.weight(), why.together)
    ));
    text.push_str(match why.together {
        true => "They are in one incident.\n",
        false => "They are not in one incident.\n",
    });
    match &why.met {
        Ok((relation, meeting)) => {
            text.push_str(&format!("Linking compared them: {}", met_words(*relation, *meeting)));
            text.push_str(".\n");
        }
        Err(apart) => text.push_str(&format!("Linking never compared them: {apart}.\n")),
    }
    if let Some(mean) = why.mean_between_bits {
        text.push_str(&format!(
            "Between the incidents they are in, pairs weigh {mean:+.1} bits on average; {:+.1} joins.\n",
            model.join_bits
        ));
    }
    text.push_str(&judged_text(view, |it| why.judgements.contains(&it.id)));
    text
}

/// Judgements on one pair, which is not named again.
pub fn judged_text(view: &View, wanted: impl Fn(&Judgement) -> bool) -> String {
    let lines = view.judgements.iter().filter(|it| wanted(it)).map(|judgement| {
        format!(
            "{}: judged {} by {}: {}{}\n",
            judgement.id,
            judgement.verdict.name(),
            judgement.by,
            judgement.because,
            if judgement.withdrawn.is_some() { " (withdrawn)" } else { "" }
        )
    });
    lines.collect()
}

fn met_words(relation: Relation, meeting: Meeting) -> String {
    let kind = match relation {
        Relation::Same => "as two reports of one incident",
        Relation::Lead => "as a lead and a report",
        Relation::Part => "as an episode and a part of it",
    };
    let by = match meeting {
        Meeting::Place => "their places touch or nearly so",
        Meeting::PlaceName => "they name the same place",
        Meeting::AdminOne => "they name the same first-level unit",
        Meeting::Country => "they name the same country and nothing finer",
    };
    format!("{by}, {kind}")
}

/// The prior, each reason and the sum, one to a line, in bits.
pub(super) fn match_text(compared: &Match) -> String {
    let width = compared.reasons.iter().map(|it| it.comparison.chars().count()).max().unwrap_or(0);
    let width = width.max("prior".len());
    let mut text =
        format!("    {:<width$}  {:>+6.2}  before looking\n", "prior", compared.prior_bits);
    for reason in &compared.reasons {
        text.push_str(&format!(
            "    {:<width$}  {:>+6.2}  {}\n",
            reason.comparison,
            reason.bits + 0.0,
            reason.found
        ));
    }
    text.push_str(&format!(
        "    {:<width$}  {:>+6.2}  bits: {} that they are about the same incident\n",
        "sum",
        // A sum a hair below nothing is nothing: no "-0.00".
        (compared.weight() * 100.0).round() / 100.0 + 0.0,
        odds(compared)
    ));
    text
}

/// The weight as odds a person can read.
fn odds(compared: &Match) -> String {
    let weight = compared.weight();
    if weight >= 0.0 {
        format!("odds of {:.0} to 1", weight.exp2().min(1e6))
    } else {
        format!("odds of 1 to {:.0}", (-weight).exp2().min(1e6))
    }
}

pub(super) fn match_json(compared: &Match) -> Value {
    let reasons: Vec<Value> = compared
        .reasons
        .iter()
        .map(|it| json!({ "comparison": it.comparison, "found": it.found, "bits": it.bits }))
        .collect();
    json!({
        "prior_bits": compared.prior_bits,
        "reasons": reasons,
        "weight_bits": compared.weight(),
        "probability": compared.probability(),
    })
}

pub fn how(args: &OneIncident, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let knowing = with_received(Knowing::default(), &args.pool, args.only_own)?;
    let view = View::knowing(&pool, knowing, everywhere.quiet)?;
    let position = view.position(&args.id)?;
    let Some(members) = view.members_with(position) else {
        print(&format!(
            "{} belongs to no incident: a lead or an aggregate never is one by itself\n",
            args.id
        ))?;
        return Ok(Went::Fine);
    };
    if args.format == Summary::Json || everywhere.json {
        let mut how = how_as_json(&view, members);
        how["history"] = super::show::history_json(&pool, &args.id)?;
        print_json(&how)?;
        return Ok(Went::Fine);
    }
    let mut text = match &view.linked_by {
        LinkedBy::Model { model, blocking } => how_text(&view, model, blocking, members),
        LinkedBy::Meltt(run) => why_meltt::how_text(&view, run, members),
    };
    text.push_str(&super::show::history_text(&pool, &args.id)?);
    print(&text)?;
    Ok(Went::Fine)
}

/// How the incident made up of these reports came to be; its history, which only the pool knows, is not
/// among it.
pub fn how_as_json(view: &View, members: &[u32]) -> Value {
    let (model, blocking) = match &view.linked_by {
        LinkedBy::Model { model, blocking } => (model, blocking),
        LinkedBy::Meltt(run) => return why_meltt::how_as_json(view, run, members),
    };
    let View { groups, judgements, .. } = view;
    let outlines = &groups.known.outlines;
    let how = sheaf_link::how(outlines, model, blocking, &groups.linkage, judgements, members);
    let id = |at: u32| view.known.outlines.id(at);
    let supports: Vec<Value> = how
        .supports
        .iter()
        .map(|it| {
            json!({
                "report": id(it.report),
                "mean_bits": it.mean_bits,
                "strongest": it.strongest.map(|(other, bits)| json!({ "report": id(other), "bits": bits })),
                "lead": it.is_lead,
            })
        })
        .collect();
    let nearest = how.nearest.as_ref().map(|it| {
        json!({ "report": id(it.report), "mean_bits": it.mean_bits, "why": outside(view, model, it.why) })
    });
    let parts = parts(view, members)
        .into_iter()
        .map(|part| json!({ "whole": part.whole, "part": part.part }));
    json!({
        "incident": view.handle(members).map(|it| it.to_string()),
        "supports": supports,
        "nearest_outside": nearest,
        "join_bits": model.join_bits,
        "parts": parts.collect::<Vec<_>>(),
        "judgements": how.judgements.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn how_text(view: &View, model: &Model, blocking: &Blocking, members: &[u32]) -> String {
    let View { groups, judgements, .. } = view;
    let outlines = &groups.known.outlines;
    let how = sheaf_link::how(outlines, model, blocking, &groups.linkage, judgements, members);
    let id = |at: u32| view.known.outlines.id(at);
    let handle = view.handle(members).map_or(String::new(), |it| it.to_string());
    let mut text = format!("{handle}: {}\n", counted(members.len() as u64, "report"));
    let width = how.supports.iter().map(|it| id(it.report).chars().count()).max().unwrap_or(0);
    for support in &how.supports {
        let words = match (support.mean_bits, support.strongest) {
            (Some(mean), Some((other, bits))) => {
                let lead = if support.is_lead { "; a lead, attached" } else { "" };
                format!(
                    "{mean:>+6.2} bits to the others on average, most to {} ({bits:+.1}){lead}",
                    id(other)
                )
            }
            _ => "alone".to_owned(),
        };
        text.push_str(&format!("    {:<width$}  {words}\n", id(support.report)));
    }
    match &how.nearest {
        Some(nearest) => text.push_str(&format!(
            "Nearest outside: {}, {:+.2} bits on average; {}.\n",
            id(nearest.report),
            nearest.mean_bits,
            outside(view, model, nearest.why)
        )),
        None => text.push_str("No report outside comes near in time and place.\n"),
    }
    text.push_str(&parts_text(view, members));
    text.push_str(&named_text(view, |it| how.judgements.contains(&it.id)));
    text
}

/// An incident that may be part of another, an episode.
pub struct PartOf {
    whole: String,
    part: String,
    /// Whether the incident asked about is the whole.
    is_whole: bool,
}

/// The episodes that an incident may be part of, and the incidents that may be part of it.
pub fn parts(view: &View, members: &[u32]) -> Vec<PartOf> {
    let incident = view.linkage.incident_of[members[0] as usize];
    let handle = |incident: u32| {
        let members = view.linkage.members(incident);
        view.handle(members).map_or(String::new(), |it| it.to_string())
    };
    let of_it = view.linkage.parts.iter().filter(|it| it.whole == incident || it.part == incident);
    let told = of_it.map(|it| PartOf {
        whole: handle(it.whole),
        part: handle(it.part),
        is_whole: it.whole == incident,
    });
    told.collect()
}

/// The same in words.
pub fn parts_text(view: &View, members: &[u32]) -> String {
    let lines =
        parts(view, members).into_iter().map(|PartOf { whole, part, is_whole }| match is_whole {
            true => format!("{whole} is an episode that may contain {part}.\n"),
            false => format!("{part} may be part of the episode {whole}.\n"),
        });
    lines.collect()
}

/// Judgements with the pair that each is about.
pub fn named_text(view: &View, wanted: impl Fn(&Judgement) -> bool) -> String {
    let lines = view.judgements.iter().filter(|it| wanted(it)).map(|judgement| {
        format!(
            "{}: {} and {} judged {} by {}: {}\n",
            judgement.id,
            judgement.pair.left(),
            judgement.pair.right(),
            judgement.verdict.name(),
            judgement.by,
            judgement.because
        )
    });
    lines.collect()
}

fn outside(view: &View, model: &Model, why: WhyOutside) -> String {
    let id = |at: u32| view.known.outlines.id(at).to_owned();
    match why {
        WhyOutside::Judged(judgement) => format!("{judgement} says that it is different"),
        WhyOutside::CuratedSource { taken_by } => {
            format!("its source gives each incident once, and {} is in already", id(taken_by))
        }
        WhyOutside::TooLittle => {
            format!("that is below the {:+.1} that joins", model.join_bits)
        }
        WhyOutside::Elsewhere { incident } if incident != Linkage::NONE => {
            let handle = view.linkage.members(incident).first().map_or(String::new(), |&at| id(at));
            format!("it is in {handle}, with which this one has too little in common")
        }
        WhyOutside::Elsewhere { .. } => "it is elsewhere".to_owned(),
    }
}
