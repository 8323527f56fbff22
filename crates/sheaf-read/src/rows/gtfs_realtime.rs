//! Service alerts of a GTFS-realtime feed, as one JSON object for each alert: what is decoded here comes out as
//! rows like any other. Only codes and times are taken. The texts of an alert (header, description, address) are running
//! text, which is not kept, and so are not even read; nor are vehicles and trips.
//!
//! Reference: GTFS Realtime Reference, version 2.0 (`FeedMessage`, `Alert`, `EntitySelector`, `TimeRange`).

use prost::Message;
use serde_json::{Value, json};

use crate::ReadError;

/// A feed is fetched whole every few seconds; one larger than this is none.
pub(super) const MAX_BYTES: u64 = 64 << 20;

#[derive(Clone, PartialEq, Message)]
struct Feed {
    #[prost(message, required, tag = "1")]
    header: Header,
    #[prost(message, repeated, tag = "2")]
    entities: Vec<Entity>,
}

#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(string, required, tag = "1")]
    version: String,
    #[prost(uint64, optional, tag = "3")]
    timestamp: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct Entity {
    #[prost(string, required, tag = "1")]
    id: String,
    #[prost(bool, optional, tag = "2")]
    is_deleted: Option<bool>,
    #[prost(message, optional, tag = "5")]
    alert: Option<Alert>,
}

#[derive(Clone, PartialEq, Message)]
struct Alert {
    #[prost(message, repeated, tag = "1")]
    active: Vec<Range>,
    #[prost(message, repeated, tag = "5")]
    informed: Vec<Selector>,
    #[prost(int32, optional, tag = "6")]
    cause: Option<i32>,
    #[prost(int32, optional, tag = "7")]
    effect: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Range {
    #[prost(uint64, optional, tag = "1")]
    start: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    end: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct Selector {
    #[prost(string, optional, tag = "2")]
    route: Option<String>,
    #[prost(string, optional, tag = "5")]
    stop: Option<String>,
}

/// Causes by number, from 1.
const CAUSES: [&str; 12] = [
    "UNKNOWN_CAUSE",
    "OTHER_CAUSE",
    "TECHNICAL_PROBLEM",
    "STRIKE",
    "DEMONSTRATION",
    "ACCIDENT",
    "HOLIDAY",
    "WEATHER",
    "MAINTENANCE",
    "CONSTRUCTION",
    "POLICE_ACTIVITY",
    "MEDICAL_EMERGENCY",
];
/// Effects by number, from 1.
const EFFECTS: [&str; 11] = [
    "NO_SERVICE",
    "REDUCED_SERVICE",
    "SIGNIFICANT_DELAYS",
    "DETOUR",
    "ADDITIONAL_SERVICE",
    "MODIFIED_SERVICE",
    "OTHER_EFFECT",
    "UNKNOWN_EFFECT",
    "STOP_MOVED",
    "NO_EFFECT",
    "ACCESSIBILITY_ISSUE",
];

/// Whether bytes begin as a feed does: with a header that begins with its version. No text holds such lengths.
pub(super) fn is_feed(start: &[u8]) -> bool {
    let [0x0A, _, 0x0A, length @ 1..=8, version @ ..] = start else { return false };
    let version = version.get(..usize::from(*length)).unwrap_or_default();
    !version.is_empty() && version.iter().all(|it| it.is_ascii_digit() || *it == b'.')
}

/// The alerts of a feed, an object on each line. Entities that are no alerts, or are deleted, are left out: they are
/// positions and timetables.
///
/// # Errors
/// `damaged-file` where the bytes break off or are no feed after all; a feed without alerts is `empty-file`.
pub(super) fn alerts(name: &str, bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let feed = Feed::decode(bytes).map_err(|err| {
        ReadError::new("damaged-file", format!("{name}: no GTFS-realtime feed: {err}"))
            .hint("fetch it again")
    })?;
    let fetched = feed.header.timestamp.and_then(day);
    let mut lines = Vec::new();
    for entity in feed.entities.iter().filter(|it| it.is_deleted != Some(true)) {
        let Some(alert) = &entity.alert else { continue };
        let starts = alert.active.iter().filter_map(|it| it.start).min();
        // Open where any of the times has no end.
        let ends: Option<Vec<u64>> = alert.active.iter().map(|it| it.end).collect();
        let ends = ends.and_then(|ends| ends.into_iter().max());
        let object = json!({
            "alert_id": entity.id,
            "feed_day": fetched,
            "active_from": starts.and_then(day),
            "active_until": ends.and_then(day),
            "cause": word(&CAUSES, alert.cause),
            "effect": word(&EFFECTS, alert.effect),
            "routes": listed(alert, |it| it.route.as_deref()),
            "stops": listed(alert, |it| it.stop.as_deref()),
        });
        lines.extend(object.to_string().bytes());
        lines.push(b'\n');
    }
    if lines.is_empty() {
        return Err(ReadError::new("empty-file", format!("{name} is a feed without alerts"))
            .hint("only service alerts are read, not positions of vehicles or trips"));
    }
    Ok(lines)
}

/// A time in seconds since 1970 as a day in UTC; the feed does not say in which zone its stops lie.
fn day(seconds: u64) -> Option<String> {
    let days = i32::try_from(seconds / 86_400).ok()?;
    sheaf_model::Day::from_days_since_1970(days).map(|day| day.to_string())
}

/// The word of a code; a code that is not in the reference stays the number.
fn word(words: &[&str], code: Option<i32>) -> Value {
    let Some(code) = code else { return Value::Null };
    let known = usize::try_from(code).ok().and_then(|code| words.get(code.checked_sub(1)?));
    known.map_or_else(|| json!(code.to_string()), |word| json!(word))
}

/// What an alert names, each once and in order, with ";" between.
fn listed(alert: &Alert, of: impl Fn(&Selector) -> Option<&str>) -> Value {
    let mut named: Vec<&str> = alert.informed.iter().filter_map(of).collect();
    named.retain(|it| !it.is_empty());
    named.sort_unstable();
    named.dedup();
    if named.is_empty() { Value::Null } else { json!(named.join(";")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(entities: Vec<Entity>) -> Vec<u8> {
        let header = Header { version: "2.0".to_owned(), timestamp: Some(1_400_716_800) };
        Feed { header, entities }.encode_to_vec()
    }

    fn strike() -> Entity {
        let stop =
            |stop: &str| Selector { route: Some("5".to_owned()), stop: Some(stop.to_owned()) };
        let active = vec![
            Range { start: Some(1_400_716_800), end: Some(1_400_720_000) },
            Range { start: Some(1_400_803_200), end: Some(1_400_806_000) },
        ];
        let informed = vec![stop("S2"), stop("S1"), stop("S1")];
        let alert = Alert { active, informed, cause: Some(4), effect: Some(99) };
        Entity { id: "a1".to_owned(), is_deleted: None, alert: Some(alert) }
    }

    #[test]
    fn an_alert_is_a_line_with_codes_and_days() {
        let gone = Entity { is_deleted: Some(true), ..strike() };
        let bytes = feed(vec![strike(), gone, Entity { alert: None, ..strike() }]);
        assert!(is_feed(&bytes));
        let lines = String::from_utf8(alerts("f.pb", &bytes).unwrap()).unwrap();
        assert_eq!(
            lines,
            "{\"alert_id\":\"a1\",\"feed_day\":\"2014-05-22\",\"active_from\":\"2014-05-22\",\
             \"active_until\":\"2014-05-23\",\"cause\":\"STRIKE\",\"effect\":\"99\",\
             \"routes\":\"5\",\"stops\":\"S1;S2\"}\n"
        );
    }

    #[test]
    fn what_is_no_feed_or_breaks_off_is_said() {
        let bytes = feed(vec![strike()]);
        let cut = alerts("f.pb", &bytes[..bytes.len() - 3]).unwrap_err();
        assert_eq!(cut.code, "damaged-file");
        assert_eq!(alerts("f.pb", &feed(vec![])).unwrap_err().code, "empty-file");
        for text in ["\nid,day\n1,2", "id,day\n", "", "\n\n\n2.0"] {
            assert!(!is_feed(text.as_bytes()), "{text:?}");
        }
    }
}
