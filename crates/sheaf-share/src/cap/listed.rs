//! Alerts as entries of an index: those for whom the marking names, one for each incident, and the messages that
//! were released to everybody.

use super::alert::Alert;
use super::atom::{Entry, Link};
use super::incident::{incident_uuid, plain};
use super::time::Time;
use super::words::MessageType;
use crate::seen::{Seen, in_line};

/// The kind of document that an alert is.
pub const CAP_TYPE: &str = "application/cap+xml";

/// The entry of an incident, which keeps its id while what is told of it changes. `href` is where its alert lies.
pub fn entry_of(seen: &Seen<'_>, href: String, updated: Time) -> Entry {
    Entry {
        id: format!("urn:uuid:{}", incident_uuid(seen.id())),
        title: plain(&seen.headline()),
        updated: Some(updated),
        summary: None,
        links: vec![link(href)],
        alert: None,
    }
}

/// The entry of a message that went out: each message has one of its own.
///
/// ```
/// # use sheaf_share::cap::*;
/// # let bytes = b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>1</identifier><sender>s</sender><sent>2026-03-01T10:00:00+01:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope></alert>";
/// let (cancel, _) = read_alert(bytes, &Limits::ALERT).unwrap().alert.unwrap();
/// let entry = message_entry(&cancel, "1.cap".to_owned());
/// assert_eq!((entry.id.as_str(), entry.title.as_str()), ("urn:uuid:1", "Cancelled"));
/// ```
pub fn message_entry(alert: &Alert, href: String) -> Entry {
    let headline = alert.infos.iter().find_map(|info| info.headline.as_deref());
    let title = match (alert.message_type, headline) {
        (MessageType::Cancel, _) => "Cancelled".to_owned(),
        (_, Some(headline)) => in_line(&plain(headline)),
        (_, None) => "Alert".to_owned(),
    };
    Entry {
        id: message_id(alert),
        title,
        updated: Some(alert.sent.clone()),
        summary: None,
        links: vec![link(href)],
        alert: None,
    }
}

/// The id that the entry of a message has.
pub fn message_id(alert: &Alert) -> String {
    format!("urn:uuid:{}", alert.identifier)
}

fn link(href: String) -> Link {
    Link { href, rel: None, mime_type: Some(CAP_TYPE.to_owned()) }
}
