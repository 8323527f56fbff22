//! One object as it came in: what the log has to know of it, and whether the log takes it.
//!
//! The text is kept to the byte, so that fields nobody here knows survive. What is read from it is the
//! id, the version, the version of STIX and a hash; whether the content makes sense is asked by whoever
//! knows STIX. An object that is refused is refused alone, with the reason in a sentence.

use super::canonical::Json;
use super::stamp::{Micros, read_stamp};

/// The most that one object may have, in bytes.
pub const LARGEST_OBJECT: usize = 4 << 20;

/// An object that the log can take.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// Its id, `type--uuid`.
    pub id: String,
    /// The moment that tells its versions apart: when it was modified or, where it cannot be, created.
    /// `None` for things that have neither, which are versioned by when they come in.
    pub version: Option<Micros>,
    /// That moment as it was sent.
    pub version_text: String,
    /// 20 or 21, for STIX 2.0 and 2.1.
    pub spec: u8,
    /// blake3 of its canonical JSON.
    pub hash: [u8; 32],
    /// What it says, for those who decide who may see it.
    pub json: Json,
    /// What was sent, to the byte.
    pub body: &'a [u8],
}

/// Why an object was not taken, with as much of its name as could be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Its id; a placeholder where it has none.
    pub id: String,
    /// Its version as sent; empty where it has none.
    pub version: String,
    /// Why, in a sentence.
    pub why: String,
}

/// Cyber-observables of STIX 2.1, section 6: they have no time of their own.
const TIMELESS: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

impl<'a> Incoming<'a> {
    /// Reads one object of an envelope.
    ///
    /// ```
    /// use sheaf_store::exchange::Incoming;
    /// let body = br#"{"type":"incident","id":"incident--not-a-uuid","created":"2024-01-01T00:00:00Z"}"#;
    /// let refused = Incoming::read(body).unwrap_err();
    /// assert_eq!(refused.why, "the id \"incident--not-a-uuid\" does not end in a UUID");
    /// ```
    pub fn read(body: &'a [u8]) -> Result<Incoming<'a>, Refused> {
        let unnamed = |why: String| Refused { id: String::new(), version: String::new(), why };
        if body.len() > LARGEST_OBJECT {
            return Err(unnamed(format!(
                "the object has {} bytes; at most {LARGEST_OBJECT} are taken",
                body.len()
            )));
        }
        let mut json = Json::read(body).map_err(unnamed)?;
        if !matches!(json, Json::Object(_)) {
            return Err(unnamed("this is no JSON object".to_owned()));
        }
        let id = json.text("id").unwrap_or_default().to_owned();
        let named = |why: String| Refused {
            id: shortened(&id),
            version: shortened(json.text("modified").or(json.text("created")).unwrap_or_default()),
            why,
        };
        let kind = json.text("type").unwrap_or_default();
        check_name(&id, kind).map_err(&named)?;
        let spec = match json.get("spec_version") {
            None => 20,
            Some(Json::Text(text)) if text == "2.0" => 20,
            Some(Json::Text(text)) if text == "2.1" => 21,
            Some(_) => return Err(named("the spec_version is neither 2.0 nor 2.1".to_owned())),
        };
        let created = moment(&json, "created").map_err(&named)?;
        let modified = moment(&json, "modified").map_err(&named)?;
        let needs_a_time = !TIMELESS.contains(&kind) && !kind.starts_with("x-");
        if created.is_none() && needs_a_time {
            return Err(named(format!("{} has no \"created\"", article(kind))));
        }
        let version = modified.clone().or(created.clone());
        // "Never modified" and "modified when it was created" are the same thing said in two ways.
        if let (None, Some((_, text))) = (&modified, &created) {
            json.put_if_absent("modified", Json::Text(text.clone()));
        }
        let hash = json.hash();
        let (version, version_text) = match version {
            Some((version, text)) => (Some(version), text),
            None => (None, String::new()),
        };
        Ok(Incoming { id, version, version_text, spec, hash, json, body })
    }

    /// The type of the object, as in its id.
    pub fn kind(&self) -> &str {
        self.id.split_once("--").map_or("", |(kind, _)| kind)
    }
}

/// Checks that an id is `type--uuid`, and that the type is the object's.
fn check_name(id: &str, kind: &str) -> Result<(), String> {
    if id.is_empty() {
        return Err("the object has no id".to_owned());
    }
    if kind.is_empty() {
        return Err("the object has no type".to_owned());
    }
    let well_formed = (1..=250).contains(&kind.len())
        && kind.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if !well_formed {
        return Err(format!("\"{}\" is no type of STIX", shortened(kind)));
    }
    if kind == "bundle" {
        return Err("a bundle is no object; send what is in it".to_owned());
    }
    let Some((prefix, uuid)) = id.split_once("--") else {
        return Err(format!("the id \"{}\" is not of the form type--UUID", shortened(id)));
    };
    if prefix != kind {
        return Err(format!("the id \"{}\" is not that of {}", shortened(id), article(kind)));
    }
    if !is_uuid(uuid) {
        return Err(format!("the id \"{}\" does not end in a UUID", shortened(id)));
    }
    Ok(())
}

/// Whether a text is a UUID in its form with hyphens.
pub fn is_uuid(text: &str) -> bool {
    text.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(text).is_ok()
}

/// A moment with the text it was read from, where the object has it.
fn moment(json: &Json, name: &str) -> Result<Option<(Micros, String)>, String> {
    match json.get(name) {
        None => Ok(None),
        Some(Json::Text(text)) => match read_stamp(text) {
            Some(stamp) => Ok(Some((stamp, text.clone()))),
            None => Err(format!("\"{name}\" is \"{}\", which is no time", shortened(text))),
        },
        Some(_) => Err(format!("\"{name}\" is no text")),
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {}", if vowel { "an" } else { "a" }, shortened(kind))
}

/// At most 100 characters: a reason repeats no more than that of what was sent.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

    fn check_refused(body: &str, expected: &str) {
        let refused = Incoming::read(body.as_bytes()).unwrap_err();
        assert!(refused.why.contains(expected), "{body}: {}", refused.why);
    }

    #[test]
    fn an_object_is_read_and_its_text_kept() {
        let body = format!(
            r#"{{ "type":"incident", "id":"incident--{UUID}", "spec_version":"2.1",
                "created":"2024-01-01T00:00:00.000Z", "modified":"2024-01-02T00:00:00.000Z", "x_odd":[1] }}"#
        );
        let read = Incoming::read(body.as_bytes()).unwrap();
        assert_eq!((read.kind(), read.spec), ("incident", 21));
        assert_eq!(read.version_text, "2024-01-02T00:00:00.000Z");
        assert_eq!(read.version, read_stamp("2024-01-02T00:00:00Z"));
        assert_eq!(read.body, body.as_bytes());
    }

    #[test]
    fn white_space_order_and_an_unsaid_modified_make_no_difference() {
        let created = r#""created":"2024-01-01T00:00:00Z""#;
        let a = format!(r#"{{"type":"incident","id":"incident--{UUID}",{created}}}"#);
        let b = format!(
            r#"{{ {created}, "modified":"2024-01-01T00:00:00Z", "id":"incident--{UUID}","type":"incident" }}"#
        );
        let [a, b] = [&a, &b].map(|body| Incoming::read(body.as_bytes()).unwrap());
        assert_eq!((a.hash, a.version), (b.hash, b.version));
    }

    #[test]
    fn an_observable_needs_no_time() {
        let body = format!(r#"{{"type":"artifact","id":"artifact--{UUID}","spec_version":"2.1"}}"#);
        let read = Incoming::read(body.as_bytes()).unwrap();
        assert_eq!((read.version, read.version_text.as_str()), (None, ""));
    }

    #[test]
    fn garbage_is_refused_with_a_reason() {
        check_refused("[]", "this is no JSON object");
        check_refused("{", "this is no JSON");
        check_refused("{}", "the object has no id");
        check_refused(r#"{"id":7,"type":"incident"}"#, "the object has no id");
        check_refused(r#"{"id":"incident--1"}"#, "the object has no type");
        check_refused(r#"{"id":"x","type":"In cident"}"#, "is no type of STIX");
        check_refused(r#"{"id":"incident","type":"incident"}"#, "is not of the form type--UUID");
        check_refused(
            &format!(r#"{{"id":"malware--{UUID}","type":"incident"}}"#),
            "is not that of an incident",
        );
        check_refused(
            &format!(r#"{{"id":"bundle--{UUID}","type":"bundle","objects":[]}}"#),
            "a bundle is no object",
        );
        let incident =
            |rest: &str| format!(r#"{{"id":"incident--{UUID}","type":"incident"{rest}}}"#);
        check_refused(&incident(""), "an incident has no \"created\"");
        check_refused(&incident(r#","created":"x""#), "\"created\" is \"x\", which is no time");
        check_refused(&incident(r#","created":7"#), "\"created\" is no text");
        check_refused(&incident(r#","spec_version":"3""#), "neither 2.0 nor 2.1");
        check_refused(&incident(r#","id":"x""#), "stands twice");
        let deep = format!(r#","x":{}{}"#, "[".repeat(500), "]".repeat(500));
        check_refused(&incident(&deep), "more than 64 deep");
    }
}
