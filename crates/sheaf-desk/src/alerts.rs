//! Alerts under `/alerts/`, in the Common Alerting Protocol, with an Atom index: the messages that two people
//! released to everybody, and for a member the incidents that it may see, each as an alert that is `Restricted` to
//! those whom its marking names. Nothing here is a public warning by itself.

use sheaf_model::{Marking, Moment};
use sheaf_share::cap::{
    Alert, Audience, CAP_TYPE, Entry, Gone, Index, Limits, Link, Reading, Time, alert_of, entry_of,
    incident_uuid, message_entry, message_id, read_alert, restriction, write_alert, write_index,
};
use sheaf_share::rules::{Directory, Reader, as_shown};
use sheaf_share::seen::Seen;
use sheaf_store::exchange::{Exchange, Standing};

use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::error::{DeskError, Result};
use crate::incidents::{Incidents, Layer};
use crate::taxii::segments;

/// An answer, and the reports that stand in it.
type Answered = std::result::Result<(Answer, Vec<String>), Answer>;

const ATOM_TYPE: &str = "application/atom+xml";

/// A message that everybody may read, to the byte as it went out.
#[derive(Clone, PartialEq, Debug)]
pub struct PublicMessage {
    /// What it says.
    pub alert: Alert,
    /// The document.
    pub xml: String,
    /// The message that it calls off, which is in no list any more.
    pub instead_of: Option<Alert>,
}

/// The messages that are public at this time, the oldest first. What has expired is not.
pub fn public_messages(log: &Exchange, now: Moment) -> Result<Vec<PublicMessage>> {
    let mut messages = Vec::new();
    for release in log.releases()? {
        let (xml, former) = match &release.standing {
            Standing::Granted(_, Some(sent)) => match release.expires {
                Some(end) if end <= now => continue,
                _ => (sent, None),
            },
            // That something is called off is told for as long as anybody may ask.
            Standing::Withdrawn { recall: Some(recall), sent, .. } => (recall, sent.as_deref()),
            _ => continue,
        };
        let read = |xml| kept_alert(xml, release.number);
        let instead_of = former.map(read).transpose()?;
        messages.push(PublicMessage { alert: read(xml)?, xml: xml.clone(), instead_of });
    }
    Ok(messages)
}

/// The messages that are public, after what may not be so any more was called off: before anybody reads them.
pub(crate) fn messages_now(
    desk: &Desk,
    incidents: &dyn Incidents,
    now: Moment,
) -> Result<Vec<PublicMessage>> {
    if incidents.call_off(now)? > 0 {
        desk.settle(now.millis() * 1000)?;
    }
    public_messages(&desk.log, now)
}

/// An alert as the ledger keeps it. One that cannot be read is no reason to go on as if it had never gone out.
fn kept_alert(xml: &str, release: i64) -> Result<Alert> {
    let read = read_alert(xml.as_bytes(), &Limits::ALERT);
    let why = match read {
        Ok(Reading { alert: Some((alert, _)), .. }) => return Ok(alert),
        Ok(read) => read.problems.first().map_or("no alert".to_owned(), ToString::to_string),
        Err(why) => why.to_string(),
    };
    let what = format!("what went out by release {release} cannot be read: {why}");
    Err(DeskError::new("pool-damaged", what, "restore the pool from a copy"))
}

/// Whether a path leads here.
pub(crate) fn is_here(path: &str) -> bool {
    let path = path.trim_start_matches('/');
    path == "alerts" || path.starts_with("alerts/")
}

/// Answers a request by somebody who signed in, or by anyone.
pub(crate) fn route(
    desk: &Desk,
    incidents: &dyn Incidents,
    request: &Request<'_>,
    reader: &Reader,
    directory: &Directory,
    now: Moment,
) -> Answered {
    if !matches!(request.method, "GET" | "HEAD") {
        return Err(Answer::error(405, "MethodNotAllowed", "this address answers to GET and HEAD")
            .with("Allow", "GET, HEAD".to_owned()));
    }
    let segments = segments(request.path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let failed = |_| Answer::error(500, "InternalServerError", "try again later");
    let messages = messages_now(desk, incidents, now).map_err(failed)?;
    // Whoever does not sign in gets what was released, and nothing that only follows from what is public.
    let layer = match reader.member() {
        Some(_) => incidents.seen_by(reader, now).map_err(failed)?,
        None => std::sync::Arc::default(),
    };
    match segments[..] {
        ["alerts"] => {
            let changed = incidents.changed(&layer, reader, now).map_err(failed)?;
            index(desk, request, (&layer, &changed), &messages)
        }
        ["alerts", file] => {
            let name = file.strip_suffix(".cap").ok_or_else(Answer::not_found)?;
            if let Some(found) = messages.iter().find(|it| it.alert.identifier == name) {
                return Ok((document(request, CAP_TYPE, &found.xml), Vec::new()));
            }
            let at = layer
                .incidents
                .iter()
                .position(|it| incident_uuid(it.incident.id.as_str()) == name);
            let at = at.ok_or_else(Answer::not_found)?;
            let changed = incidents.changed(&layer, reader, now).map_err(failed)?;
            let marking: Marking = as_shown(&layer.markings[layer.marked[at]], reader, directory);
            let seen = Seen { settled: &layer.incidents[at], marking: &marking };
            let sent = time(changed[at])?;
            let sender = sender(desk)?;
            let audience = Audience::Restricted { restriction: restriction(&marking) };
            let alert = alert_of(&seen, &sender, sent);
            let xml = write_alert(&alert, &audience).map_err(|why| not_written(&why))?;
            let reports = seen.settled.incident.reports.iter().map(|id| id.as_str().to_owned());
            Ok((document(request, CAP_TYPE, &xml), reports.collect()))
        }
        _ => Err(Answer::not_found()),
    }
}

/// One page of the index, the newest first.
fn index(
    desk: &Desk,
    request: &Request<'_>,
    (layer, changed): (&Layer, &[Moment]),
    messages: &[PublicMessage],
) -> Answered {
    let base = base(request);
    let href = |name: &str| format!("{base}/alerts/{name}.cap");
    // A place in the list: its time in seconds, and the id of the entry.
    let mut places: Vec<(i64, String, Option<usize>)> = Vec::new();
    for (at, (settled, when)) in layer.incidents.iter().zip(changed).enumerate() {
        places.push((when.millis() / 1000, incident_uuid(settled.incident.id.as_str()), Some(at)));
    }
    for message in messages {
        places.push((message.alert.sent.unix_s(), message.alert.identifier.clone(), None));
    }
    places.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let newest = places.first().map_or(0, |it| it.0);
    if let Some(after) = asked_after(request.query)? {
        places.retain(|it| (it.0, it.1.as_str()) < (after.0, after.1.as_str()));
    }
    let n_more = places.len().saturating_sub(desk.settings.page_size.max(1));
    places.truncate(desk.settings.page_size.max(1));
    let mut entries: Vec<Entry> = Vec::with_capacity(places.len());
    let mut reports = Vec::new();
    for (second, name, at) in &places {
        let message = messages.iter().find(|it| it.alert.identifier == *name);
        match (at, message) {
            (Some(at), _) => {
                let settled = &layer.incidents[*at];
                let marking = &layer.markings[layer.marked[*at]];
                reports.extend(settled.incident.reports.iter().map(|id| id.as_str().to_owned()));
                entries.push(entry_of(&Seen { settled, marking }, href(name), at_second(*second)?));
            }
            (None, Some(message)) => entries.push(message_entry(&message.alert, href(name))),
            (None, None) => {}
        }
    }
    let link = |rel: &str, href: String| Link {
        href,
        rel: Some(rel.to_owned()),
        mime_type: Some(ATOM_TYPE.to_owned()),
    };
    let mut links = vec![link("self", here(request, &base))];
    if let Some((second, name, _)) = places.last().filter(|_| n_more > 0) {
        links.push(link("next", format!("{base}/alerts/?after={second}.{name}")));
    }
    let gone = |it: &PublicMessage| {
        let former = it.instead_of.as_ref()?;
        Some(Gone { id: message_id(former), when: it.alert.sent.clone() })
    };
    let about = desk.log.about().map_err(|err| Answer::failed(&err))?.unwrap_or_default();
    let title = if about.title.is_empty() { "sheaf".to_owned() } else { about.title };
    let feed = Index {
        id: format!("urn:sheaf:{}:alerts", sender(desk)?),
        title: format!("{title}: alerts"),
        updated: Some(at_second(newest)?),
        author: Some(title),
        links,
        entries,
        gone: messages.iter().filter_map(gone).collect(),
    };
    let xml = write_index(&feed).map_err(|why| not_written(&why))?;
    Ok((document(request, ATOM_TYPE, &xml), reports))
}

/// Behind which place of the list a page begins.
fn asked_after(query: &str) -> std::result::Result<Option<(i64, String)>, Answer> {
    let bad = || Answer::bad_request("a page is asked for by the link of the page before it");
    match query {
        "" => Ok(None),
        query => {
            let after = query.strip_prefix("after=").and_then(|it| it.split_once('.'));
            let (second, name) = after.ok_or_else(bad)?;
            let is_name =
                name.len() <= 80 && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
            let second = second.parse().ok().filter(|_| is_name).ok_or_else(bad)?;
            Ok(Some((second, name.to_owned())))
        }
    }
}

/// A document that a reader who has it already is told to keep. It bears no time of its last change: where something is
/// taken out of the index, what is left may be older than what was there.
fn document(request: &Request<'_>, kind: &str, xml: &str) -> Answer {
    let tag = format!("\"{}\"", &blake3::hash(xml.as_bytes()).to_hex()[..32]);
    let is_known = request.if_none_match.is_some_and(|known| known.contains(&tag));
    let answer = match is_known {
        true => Answer::of(304, ""),
        false => Answer::of(200, xml),
    };
    answer
        .with("Content-Type", format!("{kind}; charset=utf-8"))
        .with("ETag", tag)
        .with("Cache-Control", "private, no-cache".to_owned())
}

/// In whose name restricted alerts are: this node's, which no other has.
fn sender(desk: &Desk) -> std::result::Result<String, Answer> {
    let failed = |_| Answer::error(500, "InternalServerError", "try again later");
    let fresh = crate::random::random_bytes().map_err(failed)?;
    desk.log.node(fresh).map_err(|err| Answer::failed(&err))
}

fn base(request: &Request<'_>) -> String {
    let scheme = if request.is_tls { "https" } else { "http" };
    request.host.map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

fn here(request: &Request<'_>, base: &str) -> String {
    match request.query {
        "" => format!("{base}/alerts/"),
        query => format!("{base}/alerts/?{query}"),
    }
}

fn time(at: Moment) -> std::result::Result<Time, Answer> {
    at_second(at.millis() / 1000)
}

fn at_second(second: i64) -> std::result::Result<Time, Answer> {
    Time::from_unix_s(second)
        .ok_or_else(|| Answer::error(500, "InternalServerError", "a time that CAP cannot write"))
}

fn not_written(why: &sheaf_share::cap::NotWritten) -> Answer {
    Answer::error(500, "InternalServerError", why.to_string())
}
