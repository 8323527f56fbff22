//! What is public: the alerts that two people released, and corrections that anyone may send about them, or about an
//! incident that anyone may see. Who sends one gives no name and no address; a word that is shown once opens the answer.

use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_model::Role;
use sheaf_share::cap::Alert;
use sheaf_share::rules::Reader;
use sheaf_store::Acting;
use sheaf_store::exchange::{Correction, CorrectionAnswer, Micros};

use super::texts::words;
use super::told::Told;
use super::{Answered, Asking, body, failed, fine, not_theirs, stamp};
use crate::alerts::{PublicMessage, messages_now};
use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::random::{new_token, token_digest};
use crate::sign_in::Who;

/// So many corrections may wait for an answer; before more are taken somebody has to answer some.
const MOST_WAITING: u64 = 1000;
/// So many are listed, the newest.
const MOST_LISTED: usize = 200;
const LONGEST_REFERENCE: usize = 500;
const VERDICTS: [&str; 3] = ["corrected", "not-corrected", "noted"];

/// A correction as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCorrection {
    about: String,
    text: String,
    #[serde(default)]
    reference: String,
}

/// An answer as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAnswer {
    verdict: String,
    text: String,
}

/// The messages that are public, the newest first.
pub(super) fn released(desk: &Desk, asking: &Asking<'_>) -> Answered {
    let messages = messages_now(desk, asking.pages, asking.now).map_err(failed)?;
    let about = desk.log.about().map_err(failed)?.unwrap_or_default();
    let told: Vec<Value> = messages.iter().rev().map(message_json).collect();
    Ok((fine(200, &json!({ "pool": about.title, "alerts": told })), vec!["released".to_owned()]))
}

fn message_json(message: &PublicMessage) -> Value {
    let alert = &message.alert;
    let mut told = alert_json(alert);
    told["alert"] = json!(alert.identifier);
    told["sender"] = json!(alert.sender);
    told["sent"] = json!(alert.sent.to_string());
    told["calls_off"] = json!(message.instead_of.as_ref().map(|it| it.identifier.as_str()));
    told["document"] = json!(format!("/alerts/{}.cap", alert.identifier));
    told
}

/// What an alert tells: `headline`, `event`, `area` and, by their names, the `facts` that sheaf writes into one.
pub fn alert_json(alert: &Alert) -> Value {
    let info = alert.infos.first();
    let area = info.and_then(|it| it.areas.first());
    let facts = info.into_iter().flat_map(|it| &it.parameters).filter_map(|it| {
        let name = it.name.strip_prefix("sheaf:").filter(|name| *name != "incident")?;
        Some((name.to_owned(), json!(it.value)))
    });
    json!({
        "headline": info.and_then(|it| it.headline.as_deref()),
        "event": info.map(|it| it.event.as_str()),
        "area": area.map(|it| it.description.as_str()),
        "facts": facts.collect::<serde_json::Map<String, Value>>(),
    })
}

/// Takes a correction by anyone; the word that opens the answer.
pub(super) fn correct(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    now: Micros,
) -> Answered {
    let wire: WireCorrection = body(request)?;
    let member = whose(desk, asking, &wire.about)?;
    let text = words(&wire.text, "text")?;
    let reference = match wire.reference.trim() {
        "" => String::new(),
        reference => reference_of(reference)?,
    };
    if let Who::Nobody = asking.who
        && let Err(wait) = desk.corrections.take(request.from, now)
    {
        return Ok((super::refused(&Answer::too_many(wait)), Vec::new()));
    }
    if desk.log.n_corrections_waiting().map_err(failed)? >= MOST_WAITING {
        let what = "more corrections wait for an answer than can be taken";
        return Err(Told::new(503, "too-many-waiting", what).hint("try again another day"));
    }
    let code = new_token().map_err(failed)?;
    let new =
        Correction { about: wire.about, member, text, reference, at: now, ..Correction::default() };
    desk.log.correct(&new, &token_digest(&code)).map_err(failed)?;
    Ok((fine(201, &json!({ "code": code })), Vec::new()))
}

fn reference_of(reference: &str) -> Result<String, Told> {
    let is_address = ["https://", "http://"].iter().any(|it| reference.starts_with(it));
    let is_plain = reference.chars().all(|c| c.is_ascii_graphic());
    match is_address && is_plain && reference.len() <= LONGEST_REFERENCE {
        true => Ok(reference.to_owned()),
        false => {
            Err(Told::bad("bad-body", "reference: an address that begins with https:// is meant"))
        }
    }
}

/// Whose it is to answer: the member that released the alert, or whose reports the incident rests on; nobody's but the
/// office's where it rests on several members'.
fn whose(desk: &Desk, asking: &Asking<'_>, about: &str) -> Result<String, Told> {
    let messages = messages_now(desk, asking.pages, asking.now).map_err(failed)?;
    if let Some(found) = messages.iter().find(|it| it.alert.identifier == about) {
        return Ok(found.alert.sender.clone());
    }
    let layer = asking.pages.seen_by(&Reader::anyone(), asking.now).map_err(failed)?;
    let at = layer.incidents.binary_search_by(|it| it.incident.id.as_str().cmp(about));
    let none = |_| Told::new(404, "no-such-incident", "about: nothing that is public is called so");
    let marking = &layer.markings[layer.marked[at.map_err(none)?]];
    Ok(marking.originator.as_ref().map(ToString::to_string).unwrap_or_default())
}

/// A correction with its answer, to whoever has its word.
pub(super) fn answered(desk: &Desk, code: &str) -> Answered {
    let found = desk.log.correction_by(&token_digest(code)).map_err(failed)?;
    let found = found.ok_or_else(Told::not_found)?;
    let mut told = correction_json(&found);
    if let Some(told) = told.as_object_mut() {
        // How many there are is nobody's business, nor who of the office answered.
        told.shift_remove("correction");
        told.shift_remove("member");
    }
    Ok((fine(200, &told), Vec::new()))
}

/// The corrections that are the asker's to answer.
pub(super) fn list(desk: &Desk, asking: &Asking<'_>) -> Answered {
    let member = answers_for(asking.who)?;
    let all = desk.log.corrections(member, MOST_LISTED).map_err(failed)?;
    let told: Vec<Value> = all.iter().map(correction_json).collect();
    let waiting = all.iter().filter(|it| it.answer.is_none()).count();
    let answer = json!({ "waiting": waiting, "verdicts": VERDICTS, "corrections": told });
    Ok((fine(200, &answer), vec!["corrections".to_owned()]))
}

/// Answers one, once.
pub(super) fn answer(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    number: &str,
    now: Micros,
) -> Answered {
    let member = answers_for(asking.who)?;
    let number: i64 = number.parse().map_err(|_| Told::not_found())?;
    let found = desk.log.correction(number).map_err(failed)?;
    let found = found.filter(|it| member.is_none_or(|member| it.member == member));
    let found = found.ok_or_else(Told::not_found)?;
    let wire: WireAnswer = body(request)?;
    if !VERDICTS.contains(&wire.verdict.as_str()) {
        let what = format!("verdict: \"{}\" is none of {}", wire.verdict, VERDICTS.join(", "));
        return Err(Told::bad("bad-body", what));
    }
    let text = words(&wire.text, "text")?;
    let (member, account) = match asking.who {
        Who::Account(it) => (it.account.member.clone(), it.account.name.clone()),
        _ => (String::new(), "here".to_owned()),
    };
    let _acting = match asking.who {
        Who::Account(it) => Acting::of(&it.account.member, &it.account.name),
        _ => Acting::of("here", "desk"),
    };
    let answer = CorrectionAnswer { verdict: wire.verdict, text, member, account, at: now };
    if !desk.log.answer_correction(number, &answer).map_err(failed)? {
        return Err(Told::new(409, "answered-already", "this correction was answered before"));
    }
    Ok((fine(201, &correction_json(&Correction { answer: Some(answer), ..found })), Vec::new()))
}

/// For which member whoever asks answers; `None` for all of them.
fn answers_for(who: &Who) -> Result<Option<&str>, Told> {
    match who {
        Who::Here => Ok(None),
        Who::Account(it)
            if it.scope.can_write
                && (it.account.has(Role::Reviewer) || it.account.has(Role::Releaser)) =>
        {
            Ok(Some(&it.account.member))
        }
        who => Err(not_theirs(who, "reviewers and releasers answer corrections")),
    }
}

fn correction_json(it: &Correction) -> Value {
    let answer = it
        .answer
        .as_ref()
        .map(|it| json!({ "verdict": it.verdict, "text": it.text, "at": stamp(it.at) }));
    json!({
        "correction": it.correction,
        "about": it.about,
        "member": it.member,
        "text": it.text,
        "reference": (!it.reference.is_empty()).then_some(&it.reference),
        "at": stamp(it.at),
        "answer": answer,
    })
}
