//! What is new for a subscription. What it was told of is remembered by the reports of an incident, not by its handle,
//! so that an incident which is linked anew is not told of as if it had happened twice.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use sheaf_model::{Day, Moment};
use sheaf_share::rules::Reader;
use sheaf_store::exchange::{Exchange, Found, Run, Subscription};

use super::telling::Item;
use super::{begun, messages};
use crate::api::{Columns, Query};
use crate::error::Result;
use crate::pages::{Eyes, Pages};

/// As many requests of a member are looked at, the newest.
const MOST_REQUESTS: usize = 500;

/// With whose eyes, and when.
pub(super) struct With<'a> {
    pub log: &'a Exchange,
    pub pages: &'a dyn Pages,
    pub reader: &'a Reader,
    pub now: Moment,
}

/// What is found: marks of what is told from now on, and what to tell.
struct Finding {
    told: HashMap<String, String>,
    marks: Vec<(String, String)>,
    items: Vec<Item>,
}

impl Finding {
    fn was(&self, mark: &str) -> Option<&str> {
        self.told.get(mark).map(String::as_str)
    }

    /// Remembers that something was told, if it is not known like that.
    fn mark(&mut self, mark: String, was: &str) {
        if self.was(&mark) != Some(was) {
            self.told.insert(mark.clone(), was.to_owned());
            self.marks.push((mark, was.to_owned()));
        }
    }
}

/// What is new since it was looked last, if anything is; and what was looked at, where it is not the same as before.
pub(super) fn find(
    with: &With<'_>,
    subscription: &Subscription,
    runs: &[Run],
    known: Option<&Arc<Columns>>,
) -> Result<(Option<Found>, Option<Arc<Columns>>)> {
    let tells = |what: &str| subscription.tells.iter().any(|it| it == what);
    // The query was read when the subscription was made. Sites that it named may be gone since: then it waits for them.
    let Ok(query) = Query::read(&subscription.query) else { return Ok((None, None)) };
    let eyes = Eyes::Of(with.reader.clone());
    let columns = with.pages.columns(&eyes, query.wish(), with.now)?;
    let new_runs: Vec<&Run> = runs.iter().filter(|it| it.run > subscription.last_run).collect();
    let is_same = known.is_some_and(|known| Arc::ptr_eq(known, &columns));
    if is_same && new_runs.is_empty() && !tells("requests") {
        return Ok((None, None));
    }
    let mut finding = Finding {
        told: with.log.told(subscription.subscription)?,
        marks: Vec::new(),
        items: Vec::new(),
    };
    if !is_same && (tells("incidents") || tells("changes")) {
        incidents(with, &query, &columns, (tells("incidents"), tells("changes")), &mut finding)?;
    }
    if tells("requests") {
        requests(with, &mut finding)?;
    }
    let last_run = runs.iter().map(|it| it.run).max().unwrap_or(subscription.last_run);
    if tells("alarms") {
        for run in &new_runs {
            alarms(with, &query, &columns, run, &mut finding)?;
        }
    }
    if subscription.looked == 0 {
        // What was there already is known to whoever subscribes; alarms and requests are not dated back either.
        finding.items.clear();
    }
    let is_nothing = finding.marks.is_empty() && finding.items.is_empty();
    if is_nothing && subscription.looked > 0 && last_run == subscription.last_run {
        return Ok((None, Some(columns)));
    }
    let found =
        Found { messages: messages(&finding.items), marks: finding.marks, ..begun(last_run) };
    Ok((Some(found), Some(columns)))
}

fn incidents(
    with: &With<'_>,
    query: &Query,
    columns: &Columns,
    (new, changes): (bool, bool),
    finding: &mut Finding,
) -> Result<()> {
    let Ok(ready) = query.ready(columns, with.pages) else { return Ok(()) };
    let layer = with.pages.seen_by(with.reader, with.now)?;
    for at in (0..columns.len()).filter(|&at| ready.fits(at) && ready.fits_in_time(at)) {
        let id = columns.id(at);
        let found = layer.incidents.binary_search_by(|it| it.incident.id.as_str().cmp(id));
        let Ok(settled) = found.map(|it| &layer.incidents[it]) else { continue };
        let digest = columns.digest(at);
        let marks: Vec<String> =
            settled.incident.reports.iter().map(|it| format!("r:{}", it.as_str())).collect();
        let known: Vec<&str> = marks.iter().filter_map(|it| finding.was(it)).collect();
        let report = id.to_owned();
        match known.contains(&digest.as_str()) {
            true => {}
            false if known.is_empty() && new => finding.items.push(Item::Incident { report }),
            false if !known.is_empty() && changes => finding.items.push(Item::Change { report }),
            false => {}
        }
        marks.into_iter().for_each(|it| finding.mark(it, &digest));
    }
    Ok(())
}

fn requests(with: &With<'_>, finding: &mut Finding) -> Result<()> {
    let Some(member) = with.reader.member().map(|it| it.as_str()) else { return Ok(()) };
    let today = with.now.to_string();
    for asked in with.log.requests_of(member, MOST_REQUESTS)? {
        let is_overdue =
            asked.ended().is_none() && !asked.due.is_empty() && asked.due.as_str() < &today[..10];
        let state = match asked.ended() {
            Some(said) => said.kind.as_str(),
            None if is_overdue => "overdue",
            None => "open",
        };
        let (mark, request) = (format!("q:{}", asked.request), asked.request);
        let was = finding.was(&mark);
        if was != Some(state) {
            match (state, asked.to == member) {
                ("open", true) => finding.items.push(Item::Request { request }),
                ("answer" | "refuse", false) => finding.items.push(Item::Answer { request }),
                ("overdue", _) => finding.items.push(Item::Overdue { request }),
                _ => {}
            }
        }
        finding.mark(mark, state);
    }
    Ok(())
}

/// What a run saw, if it was not told of before. A cluster goes on in one that shares an incident with it, a rise in a
/// rise until it is not seen for the longest time that is looked for.
fn alarms(
    with: &With<'_>,
    query: &Query,
    columns: &Columns,
    run: &Run,
    finding: &mut Finding,
) -> Result<()> {
    let Ok(ready) = query.ready(columns, with.pages) else { return Ok(()) };
    let how: Value = serde_json::from_str(&run.how).unwrap_or_default();
    let longest = how["longest_days"].as_i64().unwrap_or(28);
    let days = |day: &str| Day::parse_iso(day).map_or(0, |it| i64::from(it.days_since_1970()));
    for seen in with.pages.alarms(with.reader, run, with.now)? {
        let inside = seen["incidents"].as_array().into_iter().flatten();
        let inside: Vec<&str> = inside.filter_map(|it| it["id"].as_str()).collect();
        let is_meant = |id: &&str| columns.position(id).is_some_and(|at| ready.fits(at));
        let is_rise = seen["sign"] == "rise";
        let is_elsewhere = is_rise && query.is_about_places();
        if is_elsewhere || !(inside.iter().any(is_meant) || query.is_near(&seen["sites"])) {
            continue;
        }
        let goes_on = match is_rise {
            true => {
                finding.was("a:rise").is_some_and(|last| days(&run.on_day) - days(last) <= longest)
            }
            false => inside.iter().any(|id| finding.was(&format!("a:{id}")).is_some()),
        };
        match is_rise {
            true => finding.mark("a:rise".to_owned(), &run.on_day),
            false => inside.iter().for_each(|id| finding.mark(format!("a:{id}"), &run.on_day)),
        }
        if !goes_on {
            finding.items.push(Item::Alarm { on: run.on_day.clone(), seen: seen.clone() });
        }
    }
    Ok(())
}
