//! The follow-up between organisations: requests, who leads, and what waits for me.
//!
//! A request is between two members, and nobody else learns that there is one. Whoever asks has to see the incident;
//! whether the other does is not told to it: who is asked reads the words, and the incident's id only if it sees it.
//! That a member leads is told to those who see the incident, because the member says so itself.

use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_model::Day;
use sheaf_store::exchange::{Account, LeadAct, Micros, OnRequest, Remark, Request as Asked};

use super::texts::words;
use super::told::Told;
use super::{Answered, Asking, body, failed, fine, not_theirs, stamp};
use crate::desk::{Desk, Request};
use crate::pages::{Question, Wish};
use crate::sign_in::Who;

/// So many requests of a member are looked at, the newest.
const MOST_REQUESTS: usize = 500;

/// A request as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRequest {
    to: String,
    what: String,
    #[serde(default)]
    due: String,
}

/// What is said on a request, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSaid {
    kind: String,
    #[serde(default)]
    text: String,
}

/// A remark on an incident, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRemark {
    text: String,
}

/// What is done about who leads, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireLead {
    #[serde(rename = "do")]
    done: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    because: String,
}

/// An incident as whoever asks sees it: its handle, its reports.
struct SeenIncident {
    id: String,
    reports: Vec<String>,
}

/// Requests on an incident that are between the reader's member and another, and who leads.
pub(super) fn of_incident(desk: &Desk, asking: &Asking<'_>, id: &str) -> Answered {
    let seen = seen(asking, id)?;
    let member = member(asking.who);
    let mut requests = Vec::new();
    if let Some(member) = &member {
        let all = desk.log.requests_of(member, MOST_REQUESTS).map_err(failed)?;
        let here = all.into_iter().filter(|it| seen.reports.contains(&it.report));
        requests = here.map(|it| request_json(&it, Some(&seen.id), asking)).collect();
    }
    // What members say to each other is for members, however public the incident is.
    let remarks = match &member {
        Some(_) => desk.log.remarks(&seen.reports).map_err(failed)?,
        None => Vec::new(),
    };
    let answer = json!({
        "incident": seen.id,
        "lead": lead_json(&acts(desk, &seen)?, member.as_deref()),
        "requests": requests,
        "remarks": remarks.iter().map(remark_json).collect::<Vec<Value>>(),
        "members": others(desk, member.as_deref())?,
        "may": { "ask": writer(asking.who).is_ok() },
    });
    Ok((fine(200, &answer), vec![seen.id]))
}

/// Remarks on an incident, for all members who see it.
pub(super) fn remark(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    id: &str,
    now: Micros,
) -> Answered {
    let account = writer(asking.who)?;
    let seen = seen(asking, id)?;
    let wire: WireRemark = body(request)?;
    let remark = Remark {
        report: seen.reports.first().cloned().unwrap_or_else(|| seen.id.clone()),
        text: words(&wire.text, "text")?,
        member: account.member.clone(),
        account: account.name.clone(),
        at: now,
    };
    desk.log.remark(&remark).map_err(failed)?;
    Ok((fine(201, &remark_json(&remark)), Vec::new()))
}

fn remark_json(it: &Remark) -> Value {
    json!({ "text": it.text, "member": it.member, "at": stamp(it.at) })
}

/// Asks another member for something.
pub(super) fn ask(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    id: &str,
    now: Micros,
) -> Answered {
    let account = writer(asking.who)?;
    let seen = seen(asking, id)?;
    let wire: WireRequest = body(request)?;
    let what = words(&wire.what, "what")?;
    if !wire.due.is_empty() && Day::parse_iso(&wire.due).is_none_or(|it| it.to_string() != wire.due)
    {
        let told = format!("due: \"{}\" is no day", wire.due);
        return Err(Told::bad("bad-body", told).hint("a day is written YYYY-MM-DD"));
    }
    other_member(desk, account, &wire.to)?;
    let asked = Asked {
        request: 0,
        report: seen.reports.first().cloned().unwrap_or_else(|| seen.id.clone()),
        from: account.member.clone(),
        to: wire.to,
        what,
        due: wire.due,
        account: account.name.clone(),
        at: now,
        said: Vec::new(),
    };
    let number = desk.log.ask_for(&asked).map_err(failed)?;
    let told = Asked { request: number, ..asked };
    Ok((fine(201, &request_json(&told, Some(&seen.id), asking)), Vec::new()))
}

/// Answers, refuses, withdraws or remarks on a request.
pub(super) fn say(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    number: &str,
    now: Micros,
) -> Answered {
    let account = writer(asking.who)?;
    let number: i64 = number.parse().map_err(|_| Told::not_found())?;
    // To all others there is no such request.
    let asked = desk.log.request(number).map_err(failed)?;
    let asked = asked
        .filter(|it| it.from == account.member || it.to == account.member)
        .ok_or_else(Told::not_found)?;
    let wire: WireSaid = body(request)?;
    let is_asked = asked.to == account.member;
    let text = match wire.kind.as_str() {
        "withdraw" if wire.text.is_empty() => String::new(),
        _ => words(&wire.text, "text")?,
    };
    match (wire.kind.as_str(), is_asked) {
        ("answer" | "refuse", true) | ("withdraw", false) | ("remark", _) => {}
        ("answer" | "refuse", false) => {
            let what = format!("{} is asked, and answers or refuses", asked.to);
            return Err(Told::new(403, "not-allowed", what));
        }
        ("withdraw", true) => {
            let what = format!("{} asked, and withdraws", asked.from);
            return Err(Told::new(403, "not-allowed", what));
        }
        (other, _) => {
            let what = format!("kind: \"{other}\" is none of answer, refuse, withdraw, remark");
            return Err(Told::bad("bad-body", what));
        }
    }
    let said = OnRequest {
        kind: wire.kind,
        text,
        member: account.member.clone(),
        account: account.name.clone(),
        at: now,
    };
    if !desk.log.say_on_request(number, &said).map_err(failed)? {
        return Err(Told::new(409, "ended-already", "this request was ended before")
            .hint("a remark can still be made; ask anew for more"));
    }
    let asked = desk.log.request(number).map_err(failed)?.ok_or_else(Told::not_found)?;
    let incident = handle(asking, &asked.report);
    Ok((fine(201, &request_json(&asked, incident.as_deref(), asking)), Vec::new()))
}

/// Takes the lead, hands it over, accepts it, gives it up.
pub(super) fn lead(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    id: &str,
    now: Micros,
) -> Answered {
    let account = writer(asking.who)?;
    let seen = seen(asking, id)?;
    let wire: WireLead = body(request)?;
    let mine = account.member.as_str();
    let so_far = acts(desk, &seen)?;
    let (leads, offered) = leads(&so_far);
    let refused = |what: String| Err(Told::new(409, "not-to-lead", what));
    match wire.done.as_str() {
        "take" => {
            if let Some(other) = leads {
                return refused(format!("{other} leads; it can hand over"));
            }
        }
        "hand-over" if leads == Some(mine) => other_member(desk, account, &wire.to)?,
        "accept" if offered == Some(mine) => {}
        "give-up" if leads == Some(mine) => {}
        "hand-over" | "give-up" => return refused(format!("{mine} does not lead")),
        "accept" => return refused(format!("nobody hands over to {mine}")),
        other => {
            let what = format!("do: \"{other}\" is none of take, hand-over, accept, give-up");
            return Err(Told::bad("bad-body", what));
        }
    }
    let because = match wire.done.as_str() {
        "hand-over" | "give-up" => words(&wire.because, "because")?,
        _ if wire.because.is_empty() => String::new(),
        _ => words(&wire.because, "because")?,
    };
    let act = LeadAct {
        report: seen.reports.first().cloned().unwrap_or_else(|| seen.id.clone()),
        to: if wire.done == "hand-over" { wire.to } else { String::new() },
        done: wire.done,
        member: mine.to_owned(),
        because,
        account: account.name.clone(),
        at: now,
    };
    desk.log.act_on_lead(&act).map_err(failed)?;
    Ok((fine(201, &lead_json(&acts(desk, &seen)?, Some(mine))), Vec::new()))
}

/// What waits for me, what I wait for, what is overdue, and what somebody hands over to me.
pub(super) fn mine(desk: &Desk, asking: &Asking<'_>) -> Answered {
    let member = member(asking.who)
        .ok_or_else(|| not_theirs(asking.who, "this is for members' accounts"))?;
    let all = desk.log.requests_of(&member, MOST_REQUESTS).map_err(failed)?;
    let told: Vec<(bool, Value)> = all
        .iter()
        .map(|it| {
            let incident = handle(asking, &it.report);
            (it.to == member, request_json(it, incident.as_deref(), asking))
        })
        .collect();
    let pick = |is_asked: bool, is_open: bool| -> Vec<&Value> {
        let fits = |it: &&(bool, Value)| it.0 == is_asked && (it.1["ended"].is_null()) == is_open;
        told.iter().filter(fits).map(|it| &it.1).collect()
    };
    let is_overdue = |it: &&&Value| it["overdue"] == json!(true);
    let (waiting, asked) = (pick(true, true), pick(false, true));
    let n_overdue = waiting.iter().chain(&asked).filter(is_overdue).count();
    let ended = [pick(true, false), pick(false, false)].concat();
    let offered = desk.log.offered_leads(&member).map_err(failed)?;
    let offered: Vec<Value> = offered
        .iter()
        .map(|act| {
            json!({
                "incident": handle(asking, &act.report),
                "from": act.member,
                "because": act.because,
                "at": stamp(act.at),
            })
        })
        .collect();
    let answer = json!({
        "member": member,
        "waiting_for_me": waiting,
        "asked_by_me": asked,
        "overdue": n_overdue,
        "handed_over_to_me": offered,
        "ended": ended,
    });
    Ok((fine(200, &answer), vec!["my-desk".to_owned()]))
}

/// The member whose account asks, if it may read.
fn member(who: &Who) -> Option<String> {
    match who {
        Who::Account(reader) if reader.scope.can_read => Some(reader.account.member.clone()),
        _ => None,
    }
}

/// The account that may say something in its member's name.
fn writer(who: &Who) -> Result<&Account, Told> {
    let may = ["contributor", "reviewer", "releaser"];
    match who {
        Who::Account(it)
            if it.scope.can_write
                && it.account.roles.iter().any(|role| may.contains(&role.as_str())) =>
        {
            Ok(&it.account)
        }
        who => Err(not_theirs(who, "members ask each other, by accounts that may write")),
    }
}

fn other_member(desk: &Desk, account: &Account, to: &str) -> Result<(), Told> {
    let is_there = desk.log.members().map_err(failed)?.iter().any(|it| it.name == to);
    match is_there && to != account.member {
        true => Ok(()),
        false => Err(Told::bad("bad-body", format!("to: there is no other member \"{to}\""))),
    }
}

/// The members that can be asked.
fn others(desk: &Desk, mine: Option<&str>) -> Result<Vec<String>, Told> {
    let Some(mine) = mine else { return Ok(Vec::new()) };
    let members = desk.log.members().map_err(failed)?.into_iter();
    Ok(members.map(|it| it.name).filter(|it| it != mine).collect())
}

fn seen(asking: &Asking<'_>, id: &str) -> Result<SeenIncident, Told> {
    let answer =
        asking.pages.answer(&asking.eyes, &Question::Incident(id, &Wish::default()), asking.now);
    let answer = answer.map_err(|err| Told::from(&err))?;
    let reports = super::reports_in(&answer);
    let id = answer["id"].as_str().unwrap_or(id).to_owned();
    Ok(SeenIncident { id, reports })
}

/// The incident of a report, if whoever asks sees it.
fn handle(asking: &Asking<'_>, report: &str) -> Option<String> {
    seen(asking, report).ok().map(|it| it.id)
}

fn acts(desk: &Desk, seen: &SeenIncident) -> Result<Vec<LeadAct>, Told> {
    desk.log.lead_acts(&seen.reports).map_err(failed)
}

/// Who leads, and to whom it is handed over.
fn leads(acts: &[LeadAct]) -> (Option<&str>, Option<&str>) {
    let (mut leads, mut offered) = (None, None);
    for act in acts {
        match act.done.as_str() {
            "take" if leads.is_none() => leads = Some(act.member.as_str()),
            "hand-over" if leads == Some(act.member.as_str()) => offered = Some(act.to.as_str()),
            "accept" if offered == Some(act.member.as_str()) => (leads, offered) = (offered, None),
            "give-up" if leads == Some(act.member.as_str()) => (leads, offered) = (None, None),
            _ => {}
        }
    }
    (leads, offered)
}

/// Who leads. To whom it is being handed over is told to the two alone.
fn lead_json(acts: &[LeadAct], mine: Option<&str>) -> Value {
    let (leads, offered) = leads(acts);
    let is_mine = |it: Option<&str>| it.is_some() && it == mine;
    let told = offered.filter(|_| is_mine(leads) || is_mine(offered));
    let because = acts.last().map(|it| it.because.as_str()).filter(|_| told.is_some());
    json!({ "member": leads, "handed_over_to": told, "because": because })
}

fn request_json(it: &Asked, incident: Option<&str>, asking: &Asking<'_>) -> Value {
    let today = asking.now.to_string();
    let ended = it.ended();
    let said = it.said.iter().map(|said| {
        json!({ "kind": said.kind, "text": said.text, "member": said.member, "at": stamp(said.at) })
    });
    json!({
        "request": it.request,
        "incident": incident,
        "from": it.from,
        "to": it.to,
        "what": it.what,
        "due": (!it.due.is_empty()).then_some(&it.due),
        "at": stamp(it.at),
        "said": said.collect::<Vec<Value>>(),
        "ended": ended.map(|it| it.kind.as_str()),
        "overdue": ended.is_none() && !it.due.is_empty() && it.due.as_str() < &today[..10],
    })
}
