//! `sheaf show POOL ID`: one incident with every value, and for each the claims for and against it,
//! what they said to the letter, and where; or as several profiles have it, beside each other.

use serde_json::{Value, json};
use sheaf_model::{Incident, ReportId};
use sheaf_settle::Ballots;
use sheaf_store::{Access, Pool, Resolution, SiteDecision, Wanted};

use super::cite::Question;
use super::incidents::looks;
use super::sites::{Standing, decision_json, decision_line};
use super::{Went, counted, json_text, open, print, remark, with_received};
use crate::args::{Everywhere, Showing, Summary};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::output::{self, Audience, Entry, Fullness};
use crate::pipeline::sources;
use crate::profiles::Profiles;
use crate::said::Said;
use crate::view::{Groups, kept_linkage, not_an_id};

pub fn show(args: &Showing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    if args.cite {
        let question = Question {
            path: &args.pool,
            query: filter::show_as_typed(args),
            profile: &args.profile,
            knowing: args.times.knowing(),
            in_order: false,
        };
        // What cannot be shown cannot be named either.
        answer(&pool, args, None, everywhere)?;
        return question.cite(&pool, everywhere);
    }
    print(&answer(&pool, args, None, everywhere)?)?;
    for event in history(&pool, &args.id, &args.times.knowing())? {
        remark(everywhere, &event);
    }
    Ok(Went::Fine)
}

/// What is shown; of the pool only what `limit` knows.
pub fn answer(
    pool: &Pool,
    args: &Showing,
    limit: Option<&Knowing>,
    everywhere: &Everywhere,
) -> Result<String, Failure> {
    let as_json = args.format == Summary::Json || everywhere.json;
    let profiles = Profiles::named(&args.profile)?;
    let asked = args.times.knowing();
    let knowing = match limit {
        Some(limit) => asked.no_later_than(limit),
        None => with_received(asked, &args.pool, args.only_own || args.cite)?,
    };
    // Before it is simplified: decisions about sites are no part of what is linked.
    let standing = Standing::of(pool, &knowing)?;
    let knowing = knowing.simplified(pool)?;
    let entries = match find(pool, &args.id, &profiles, &knowing, everywhere.quiet)? {
        Found::Incident(entries) => entries,
        Found::Outside(report) => return outside(pool, &report, &knowing, as_json),
    };
    let reports = &entries[0].incident.reports;
    let said = Said::known(pool, reports, &knowing)?;
    let sites = standing.accepted(reports);
    if as_json {
        return with_sites(in_full(&entries, &said)?, &sites);
    }
    let mut bytes = Vec::new();
    match profiles.is_one() {
        true => output::write_one(&entries[0], &said, looks(), &mut bytes),
        false => output::write_one_beside(&entries, &said, looks(), &mut bytes),
    }
    .map_err(unwritable)?;
    let sites: String = sites.iter().map(|it| format!("  site: {}\n", decision_line(it))).collect();
    Ok(String::from_utf8_lossy(&bytes).into_owned() + &sites + &said.provenance_text(reports))
}

/// The same JSON with the sites that people said it has to do with, if there are any.
fn with_sites(text: String, sites: &[&SiteDecision]) -> Result<String, Failure> {
    if sites.is_empty() {
        return Ok(text);
    }
    let unreadable = |err| Failure::new("cannot-write", format!("JSON: {err}"));
    let mut value: Value = serde_json::from_str(&text).map_err(unreadable)?;
    value["sites"] = sites.iter().map(|it| decision_json(it)).collect();
    json_text(&value)
}

/// An incident as JSON, with every claim that it rests on; as several profiles have it, beside each other.
pub fn in_full(entries: &[Entry], said: &Said) -> Result<String, Failure> {
    let fullness = if entries.len() == 1 { Fullness::InFull } else { Fullness::SideBySide };
    let mut bytes = Vec::new();
    output::write_json([entries], said, fullness, Audience::Ourselves, |_| {}, &mut bytes)
        .map_err(unwritable)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unwritable(err: std::io::Error) -> Failure {
    Failure::new("cannot-write", format!("what was asked for: {err}"))
}

pub enum Found {
    /// The incident by each profile; at least one.
    Incident(Vec<Entry>),
    Outside(ReportId),
}

/// The incident an id leads to. The linkage kept in the pool answers at once if it still fits and
/// the whole pool may be known; otherwise the reports are linked anew.
pub fn find(
    pool: &Pool,
    id: &str,
    profiles: &Profiles,
    knowing: &Knowing,
    quiet: bool,
) -> Result<Found, Failure> {
    if !knowing.is_everything() || kept_linkage(pool)?.is_none() {
        return find_in(&Groups::knowing(pool, knowing.clone(), quiet)?, id, profiles);
    }
    match pool.resolve(id)? {
        Resolution::Incident { reports, .. } | Resolution::Report { reports, .. } => {
            Ok(Found::Incident(rule_these(pool, &reports, profiles)?))
        }
        Resolution::Was { now, since } => {
            if let Some(incident) = holder(pool, id)? {
                if !quiet {
                    eprintln!("{id} is no incident since {since}; it is now in {}", incident.id);
                }
                return Ok(Found::Incident(rule_these(pool, &incident.reports, profiles)?));
            }
            let now: Vec<&str> = now.iter().map(|it| it.as_str()).collect();
            let failure =
                Failure::new("gone-incident", format!("{id} is no incident since {since}"));
            Err(match now.as_slice() {
                [] => failure.hint("none of its reports is current any more"),
                now => failure.hint(format!("its reports are now in {}", now.join(" and "))),
            })
        }
        Resolution::Outside { report, .. } => Ok(Found::Outside(report)),
        Resolution::Unknown { nearest } => Err(unknown(id, &nearest)),
    }
}

/// The incident an id leads to by what is kept in the pool; none where nothing is kept, or where the id leads to none
/// now. What it led to in the past is not looked for.
pub fn find_now(pool: &Pool, id: &str, profiles: &Profiles) -> Result<Option<Found>, Failure> {
    if kept_linkage(pool)?.is_none() {
        return Ok(None);
    }
    Ok(match pool.resolve(id)? {
        Resolution::Incident { reports, .. } | Resolution::Report { reports, .. } => {
            Some(Found::Incident(rule_these(pool, &reports, profiles)?))
        }
        Resolution::Outside { report, .. } => Some(Found::Outside(report)),
        Resolution::Was { .. } | Resolution::Unknown { .. } => None,
    })
}

/// The incident an id leads to among these.
pub fn find_in(view: &Groups, id: &str, profiles: &Profiles) -> Result<Found, Failure> {
    let position = view.position(id)?;
    Ok(match view.members_with(position) {
        Some(members) => Found::Incident(profiles.entries(&view.known.ballots, members)),
        None => Found::Outside(view.known.id(position)),
    })
}

/// The incident that holds a report, looked for among all. A handle of the past is the id of a
/// report as well, and where that report is now is the best answer to what became of it.
pub fn holder(pool: &Pool, report: &str) -> Result<Option<Incident>, Failure> {
    let Some(linkage) = pool.linkage()? else { return Ok(None) };
    let mut held = None;
    pool.for_each_incident(&linkage, |incident| {
        if incident.reports.iter().any(|it| it.as_str() == report) {
            held = Some(incident);
        }
    })?;
    Ok(held)
}

/// Settles the incident made up of these reports by each profile.
fn rule_these(
    pool: &Pool,
    reports: &[ReportId],
    profiles: &Profiles,
) -> Result<Vec<Entry>, Failure> {
    let found = pool.reports(reports, Wanted::ALL)?;
    let sources = sources(&pool.imports()?);
    let listed = sources.iter().map(|it| (it.name.clone(), it.licence, it.kind)).collect();
    let mut ballots = Ballots::new(listed);
    let mut members = Vec::new();
    for found in found.iter().flatten() {
        let name = &found.import.about.source.name;
        let index = sources.iter().position(|source| source.name == *name).unwrap_or_default();
        members.push(ballots.push(&found.report().id(name), index as u16, found.report()));
    }
    Ok(profiles.entries(&ballots, &members))
}

fn unknown(id: &str, nearest: &[String]) -> Failure {
    if ReportId::parse(id).is_none() {
        return not_an_id(id);
    }
    let failure = Failure::new("no-such-report", format!("{id} is no report of this pool"));
    match nearest.first() {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint("`sheaf incidents` lists the incidents"),
    }
}

/// A lead, an aggregate or a report no longer current, which belongs to no incident: its claims.
fn outside(
    pool: &Pool,
    id: &ReportId,
    knowing: &Knowing,
    as_json: bool,
) -> Result<String, Failure> {
    let said = Said::known(pool, std::slice::from_ref(id), knowing)?;
    if as_json {
        return json_text(
            &json!({ "report": id.as_str(), "incident": null, "claims": said.json(id) }),
        );
    }
    Ok(format!("{id} belongs to no incident\n{}", said.text(id)))
}

/// What became of a handle, in words; empty if nothing did.
pub fn history_text(pool: &Pool, id: &str) -> Result<String, Failure> {
    let events = history(pool, id, &Knowing::default())?;
    Ok(events.iter().map(|event| format!("{event}\n")).collect())
}

/// What became of a handle, as JSON.
pub fn history_json(pool: &Pool, id: &str) -> Result<Value, Failure> {
    Ok(json!(history(pool, id, &Knowing::default())?))
}

pub fn history(pool: &Pool, id: &str, knowing: &Knowing) -> Result<Vec<String>, Failure> {
    let changes = pool.handle_history(id)?;
    Ok(changes
        .iter()
        .filter(|change| knowing.has_happened(&change.at))
        .map(|change| {
            let became: Vec<String> = change
                .became
                .iter()
                .map(|(now, n)| match now {
                    Some(now) => format!("{} to {now}", counted(*n, "report")),
                    None => format!("{} no longer current", counted(*n, "report")),
                })
                .collect();
            format!("{}: {id} was linked anew: {}", change.at, became.join(", "))
        })
        .collect())
}
