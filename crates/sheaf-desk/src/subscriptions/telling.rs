//! What a message tells of, and how that is to be seen when it goes out.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sheaf_model::{Moment, Tlp};
use sheaf_share::cap::restriction;
use sheaf_share::rules::{Reader, as_shown, combine};
use sheaf_share::seen::Seen;
use sheaf_store::exchange::{Exchange, Message};

use crate::error::Result;
use crate::incidents::Layer;
use crate::members::directory;
use crate::pages::Pages;

/// Something to tell of, by reference. Only what a run of the watch saw for the subscriber stands nowhere else.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Item {
    /// An incident that was not told of before, by a report in it.
    Incident { report: String },
    /// An incident of which something else is told than before.
    Change { report: String },
    /// What stands out, as the watch saw it on a day.
    Alarm { on: String, seen: Value },
    /// Somebody asks this member for something.
    Request { request: i64 },
    /// What this member asked for was answered or refused.
    Answer { request: i64 },
    /// A request between this member and another is overdue.
    Overdue { request: i64 },
}

/// Something as it may be seen now.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ToTell {
    /// Which of the things that its message tells of, from 0.
    pub nth: usize,
    /// `incident`, `change`, `alarm`, `request`, `answer`, `overdue`.
    pub kind: &'static str,
    /// The incident's handle, or `request-3`, or `alarm`.
    pub about: String,
    /// In one line.
    pub title: String,
    /// How it is marked, if it is.
    pub tlp: Option<Tlp>,
    /// To whom an alarm applies, in words.
    pub restriction: Option<String>,
    /// Where more of it lies.
    pub url: String,
    /// What an alarm says.
    pub more: Option<Value>,
}

impl ToTell {
    /// What is shown by it, for the audit log: of an alarm every incident in it.
    pub(crate) fn shown(&self) -> Vec<String> {
        match &self.more {
            Some(alarm) => {
                let inside = alarm["incidents"].as_array().into_iter().flatten();
                inside.filter_map(|it| it["id"].as_str().map(str::to_owned)).collect()
            }
            None => vec![self.about.clone()],
        }
    }

    /// As a program is told. What is TLP:RED is for the eyes of those who sign in, and for no other program.
    pub(crate) fn json(&self) -> Value {
        let is_red = self.tlp == Some(Tlp::Red);
        let mut told = json!({ "kind": self.kind });
        if !is_red {
            told["url"] = json!(self.url);
            told["about"] = json!(self.about);
            told["title"] = json!(self.title);
        }
        if let Some(tlp) = self.tlp {
            told["tlp"] = json!(tlp.name().to_uppercase());
        }
        if let Some(more) = self.more.as_ref().filter(|_| !is_red) {
            told["alarm"] = more.clone();
        }
        told
    }
}

/// What a message tells of. A kind that this program does not know is passed over: it was written by a newer one.
pub(crate) fn items_of(message: &Message) -> Vec<Item> {
    let items: Vec<Value> = serde_json::from_str(&message.items).unwrap_or_default();
    items.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect()
}

/// What of it a reader may see now.
pub(crate) fn look_up(
    log: &Exchange,
    pages: &dyn Pages,
    reader: &Reader,
    items: &[Item],
    base: &str,
    now: Moment,
) -> Result<Vec<ToTell>> {
    let layer = pages.seen_by(reader, now)?;
    let directory = directory(log)?;
    let mut told = Vec::new();
    for (nth, item) in items.iter().enumerate() {
        let found = match item {
            Item::Incident { report } | Item::Change { report } => {
                let kind = if matches!(item, Item::Change { .. }) { "change" } else { "incident" };
                with_report(&layer, report).map(|at| {
                    let (settled, marking) =
                        (&layer.incidents[at], &layer.markings[layer.marked[at]]);
                    let marking = as_shown(marking, reader, &directory);
                    let about = settled.incident.id.to_string();
                    ToTell {
                        nth,
                        kind,
                        url: format!("{base}/incidents/{}", encoded(&about)),
                        title: Seen { settled, marking: &marking }.headline(),
                        tlp: Some(marking.tlp),
                        about,
                        restriction: None,
                        more: None,
                    }
                })
            }
            Item::Alarm { on, seen } => alarm(&layer, nth, on, seen, base),
            Item::Request { request } | Item::Answer { request } | Item::Overdue { request } => {
                let kind = match item {
                    Item::Request { .. } => "request",
                    Item::Answer { .. } => "answer",
                    _ => "overdue",
                };
                let member = reader.member().map(|it| it.as_str()).unwrap_or_default();
                let asked = log.request(*request)?;
                asked.filter(|it| it.from == member || it.to == member).map(|it| {
                    let title = match (kind, it.to == member) {
                        ("request", _) => format!("{} asks", it.from),
                        ("answer", _) => format!("{} answered", it.to),
                        (_, true) => format!("{} still waits for an answer", it.from),
                        (_, false) => format!("{} has not answered yet", it.to),
                    };
                    let (about, url) = (format!("request-{request}"), format!("{base}/my"));
                    ToTell {
                        nth,
                        kind,
                        about,
                        title,
                        tlp: None,
                        restriction: None,
                        url,
                        more: None,
                    }
                })
            }
        };
        told.extend(found);
    }
    Ok(told)
}

/// An alarm, if every incident that it rests on may still be seen.
fn alarm(layer: &Layer, nth: usize, on: &str, seen: &Value, base: &str) -> Option<ToTell> {
    let incidents = seen["incidents"].as_array()?;
    let ids = incidents.iter().map(|it| it["id"].as_str());
    let mut marking = None;
    for id in ids {
        let of = &layer.markings[layer.marked[with_report(layer, id?)?]];
        marking = Some(marking.map_or_else(|| of.clone(), |so_far| combine(&so_far, of)));
    }
    let marking = marking?;
    Some(ToTell {
        nth,
        kind: "alarm",
        about: "alarm".to_owned(),
        title: format!("{} ({on})", seen["headline"].as_str().unwrap_or("something stands out")),
        tlp: Some(marking.tlp),
        restriction: Some(restriction(&marking)),
        url: format!("{base}/alarms?on={on}"),
        more: Some(seen.clone()),
    })
}

/// Where in a layer the incident of a report is. The handle of an incident is the id of a report in it.
fn with_report(layer: &Layer, report: &str) -> Option<usize> {
    let by_handle = layer.incidents.binary_search_by(|it| it.incident.id.as_str().cmp(report)).ok();
    by_handle.or_else(|| {
        layer
            .incidents
            .iter()
            .position(|it| it.incident.reports.iter().any(|it| it.as_str() == report))
    })
}

/// A part of an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_red_is_told_to_no_program_but_that_it_is_there() {
        let told = |tlp| ToTell {
            nth: 0,
            kind: "alarm",
            about: "wire:1".to_owned(),
            title: "9 incidents".to_owned(),
            tlp: Some(tlp),
            restriction: None,
            url: "https://desk.example/incidents/wire:1".to_owned(),
            more: Some(json!({ "incidents": [{ "id": "wire:1" }] })),
        };
        assert_eq!(told(Tlp::Red).json(), json!({ "kind": "alarm", "tlp": "RED" }));
        assert!(told(Tlp::Amber).json().to_string().contains("wire:1"));
    }
}
