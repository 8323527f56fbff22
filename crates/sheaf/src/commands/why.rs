//! `sheaf why` and `sheaf how`: the reasons, and the sum they add up to.

use serde_json::{Value, json};
use sheaf_link::{Apart, Linkage, Meeting, Model, Relation, WhyOutside};
use sheaf_model::{Judgement, Match};
use sheaf_store::Access;

use super::{Went, counted, open, print, print_json, why_meltt};
use crate::args::{Everywhere, OneIncident, Summary, TwoReports};
use crate::failure::Failure;
use crate::linking::LinkedBy;
use crate::view::View;

pub fn why(args: &TwoReports, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let view = View::of(&pool, None, everywhere.quiet)?;
    let pair = (view.position(&args.a)?, view.position(&args.b)?);
    if pair.0 == pair.1 {
        return Err(Failure::new("one-report-twice", format!("{} is named twice", args.a))
            .hint("name two different reports"));
    }
    let (model, blocking) = match &view.linked_by {
        LinkedBy::Model { model, blocking } => (model, blocking),
        LinkedBy::Meltt(run) => return why_meltt::why(args, everywhere, &view, run, pair),
    };
    let why = sheaf_link::why(
        &view.known.outlines,
        model,
        blocking,
        &view.linkage,
        &view.judgements,
        pair,
    );
    if args.format == Summary::Json || everywhere.json {
        let mut object = match_json(&why.compared);
        object["reports"] = json!([args.a, args.b]);
        object["calibrated_probability"] =
            json!(model.probability(why.compared.weight(), why.together));
        object["together"] = json!(why.together);
        object["kept_apart"] = json!(why.met.as_ref().err().map(Apart::to_string));
        object["mean_between_bits"] = json!(why.mean_between_bits);
        object["judgements"] =
            json!(why.judgements.iter().map(ToString::to_string).collect::<Vec<_>>());
        print_json(&object)?;
        return Ok(Went::Fine);
    }
    let mut text = format!("{} and {}\n", args.a, args.b);
    text.push_str(&match_text(&why.compared));
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
    text.push_str(&judged_text(&view, |it| why.judgements.contains(&it.id)));
    print(&text)?;
    Ok(Went::Fine)
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
    let view = View::of(&pool, None, everywhere.quiet)?;
    let position = view.position(&args.id)?;
    let Some(members) = view.members_with(position) else {
        print(&format!(
            "{} belongs to no incident: a lead or an aggregate never is one by itself\n",
            args.id
        ))?;
        return Ok(Went::Fine);
    };
    let (model, blocking) = match &view.linked_by {
        LinkedBy::Model { model, blocking } => (model, blocking),
        LinkedBy::Meltt(run) => {
            return why_meltt::how(args, everywhere, &pool, &view, run, members);
        }
    };
    let how = sheaf_link::how(
        &view.known.outlines,
        model,
        blocking,
        &view.linkage,
        &view.judgements,
        members,
    );
    let id = |at: u32| view.known.outlines.id(at);
    let handle = view.handle(members).map_or(String::new(), |it| it.to_string());
    if args.format == Summary::Json || everywhere.json {
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
            json!({ "report": id(it.report), "mean_bits": it.mean_bits, "why": outside(&view, model, it.why) })
        });
        print_json(&json!({
            "incident": handle,
            "supports": supports,
            "nearest_outside": nearest,
            "judgements": how.judgements.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "history": super::show::history_json(&pool, &args.id)?,
        }))?;
        return Ok(Went::Fine);
    }
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
            outside(&view, model, nearest.why)
        )),
        None => text.push_str("No report outside comes near in time and place.\n"),
    }
    text.push_str(&parts_text(&view, members));
    text.push_str(&named_text(&view, |it| how.judgements.contains(&it.id)));
    text.push_str(&super::show::history_text(&pool, &args.id)?);
    print(&text)?;
    Ok(Went::Fine)
}

/// The episodes that an incident may be part of, and the incidents that may be part of it.
pub fn parts_text(view: &View, members: &[u32]) -> String {
    let mut text = String::new();
    let incident = view.linkage.incident_of[members[0] as usize];
    let handle = |incident: u32| {
        let members = view.linkage.members(incident);
        view.handle(members).map_or(String::new(), |it| it.to_string())
    };
    for part in &view.linkage.parts {
        let (whole, within) = (handle(part.whole), handle(part.part));
        if part.whole == incident {
            text.push_str(&format!("{whole} is an episode that may contain {within}.\n"));
        }
        if part.part == incident {
            text.push_str(&format!("{within} may be part of the episode {whole}.\n"));
        }
    }
    text
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
