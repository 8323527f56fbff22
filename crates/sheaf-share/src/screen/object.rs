//! Screening of a whole STIX object before it is shared: every text in it, at whatever depth, and every name of a
//! member that nobody here knows.
//!
//! What machines write is passed over by its form: identifiers, times, fingerprints. What names a place, an
//! organisation or a source by the format's own word for it, and what a sheaf read from a coded cell, is looked at
//! for all but the mere form of a name, which is what such names have. Everything else, known or not, is text
//! and is looked at in full. The name of a report that a sheaf wrote is put together from its claims: it is such a
//! label where it is exactly what we would write, and text where it is anything else.

use std::fmt;

use serde_json::Value;
use sheaf_model::Moment;

use super::{Cue, HitKind, screen};
use crate::hash::Hash;
use crate::stix::{EXTENSION, StixId, is_our_wording, is_ours};

/// Where in an object something may name a person or lead to one, and what sort of thing it is. The text itself
/// is not repeated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The member, as in `external_references[0].description`; names that may say something themselves are `…`.
    pub path: String,
    /// What sort of thing.
    pub kind: HitKind,
    /// By what it was found.
    pub cue: Cue,
    /// A hash of where and what, by which a person's word on it is known again in a later version.
    pub mark: [u8; 32],
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may hold the {} of a person ({})", self.path, self.kind, self.cue)
    }
}

/// How a text is to be looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// It names a place, an organisation or a source, or stood in a coded cell.
    AsLabel,
    /// It may say anything.
    AsText,
}

/// Members by which STIX names places, organisations and what is coded.
const LABELS: [&str; 5] = ["administrative_area", "city", "country", "region", "sectors"];
/// Types whose `name` names a place, an organisation or a form.
const NAMED_BY_LABEL: [&str; 4] =
    ["extension-definition", "identity", "location", "marking-definition"];
/// What our extension says of a source, and of the terms.
const SOURCE: [&str; 6] = ["name", "title", "organisation", "licence", "credit", "kind"];
const TERMS: [&str; 6] = ["originator", "purposes", "groups", "embargo", "expires", "licence"];

/// Everything in an object that may name a person or lead to one.
///
/// ```
/// use serde_json::json;
/// use sheaf_share::screen::in_object;
/// let note = json!({ "type": "note", "x_by": { "content": "Officer Amina Wanjeru, 34, called." } });
/// let found = in_object(&note);
/// assert_eq!(found[0].to_string(), "x_by.content may hold the name of a person (before an age)");
/// assert_eq!(found.len(), 1);
/// let place = json!({ "type": "location", "name": "North Harbour Market", "country": "KE" });
/// assert!(in_object(&place).is_empty());
/// ```
pub fn in_object(object: &Value) -> Vec<Found> {
    let kind = object["type"].as_str().unwrap_or_default();
    let (is_our_name, is_our_description) = is_our_wording(object);
    let mut screener = Screener {
        is_ours: is_ours(object),
        is_named_by_label: NAMED_BY_LABEL.contains(&kind) || is_our_name,
        is_our_description,
        path: Vec::new(),
        found: Vec::new(),
    };
    screener.walk(object);
    screener.found
}

struct Screener<'a> {
    is_ours: bool,
    is_named_by_label: bool,
    is_our_description: bool,
    path: Vec<Step<'a>>,
    found: Vec<Found>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Screener<'a> {
    fn walk(&mut self, value: &'a Value) {
        match value {
            // Figures in our own words, which may look like a telephone number to whoever looks for one.
            Value::String(_) if self.is_our_description && self.is("description") => {}
            Value::String(text) if !is_by_machine(text) => match self.is_label() {
                // A coded cell without a letter is a date, a figure or a key.
                true if !text.chars().any(char::is_alphabetic) => {}
                true => self.look(text, Look::AsLabel),
                false => self.look(text, Look::AsText),
            },
            Value::Array(items) => {
                for (idx, item) in items.iter().enumerate() {
                    self.path.push(Step::Item(idx));
                    self.walk(item);
                    self.path.pop();
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.path.push(Step::Member(name));
                    if !is_plain(name) {
                        self.look(name, Look::AsText);
                    }
                    self.walk(member);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn look(&mut self, text: &str, look: Look) {
        for hit in screen(text) {
            // Places and organisations are called so: in capitals, and al-, bin or of somewhere.
            if look == Look::AsLabel && matches!(hit.cue, Cue::Run | Cue::Form) {
                continue;
            }
            let path = self.path();
            let what = [path.as_bytes(), b"\n", text[hit.span].as_bytes()];
            let mark = *Hash::of_parts(&what).as_bytes();
            self.found.push(Found { path, kind: hit.kind, cue: hit.cue, mark });
        }
    }

    fn is(&self, member: &str) -> bool {
        matches!(self.path[..], [Step::Member(name)] if name == member)
    }

    /// Whether what stands here is a label by the format that it stands in.
    fn is_label(&self) -> bool {
        // Items of a list are what the list is. No label lies deeper than this.
        let (mut names, mut n_names) = ([""; 6], 0);
        for step in &self.path {
            let Step::Member(name) = step else { continue };
            if n_names == names.len() {
                return false;
            }
            names[n_names] = name;
            n_names += 1;
        }
        match names[..n_names] {
            ["name"] => self.is_named_by_label,
            [name] => LABELS.contains(&name),
            ["external_references", "external_id" | "source_name"] => true,
            ["definition", "statement"] => self.is_named_by_label,
            ["extensions", EXTENSION, ref inside @ ..] if self.is_ours => match *inside {
                ["key" | "unit" | "file" | "columns" | "extension_type"] => true,
                ["source", member] => SOURCE.contains(&member),
                ["source", "eras", member] => matches!(member, "from" | "what"),
                ["terms", member] => TERMS.contains(&member),
                ["claims", "field" | "said"] | ["claims", "meant", _] => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Item(idx) => path.push_str(&format!("[{idx}]")),
                Step::Member(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(if is_plain(name) { name } else { "…" });
                }
            }
        }
        path
    }
}

/// Whether a member's name says nothing but what formats say: STIX 2.1, section 3.1, less the digits, which may be
/// somebody's.
fn is_plain(name: &str) -> bool {
    let is_word = |it: char| it.is_ascii_lowercase() || it == '_' || it == '-';
    let is_short = (1..=64).contains(&name.len());
    name == "tlp_2_0" || StixId::parse(name).is_some() || is_short && name.chars().all(is_word)
}

/// Whether a text is written by a machine, by its form.
fn is_by_machine(text: &str) -> bool {
    StixId::parse(text).is_some() || Moment::parse(text).is_some() || is_fingerprint(text)
}

/// Hexadecimal digits as hashes have them. Digits alone may be the number of a person.
fn is_fingerprint(text: &str) -> bool {
    matches!(text.len(), 16 | 32 | 40 | 64 | 96 | 128)
        && text.bytes().all(|it| it.is_ascii_hexdigit())
        && text.bytes().any(|it| it.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(object: Value, expected: &[&str]) {
        let found: Vec<String> =
            in_object(&object).iter().map(|it| format!("{}: {}", it.path, it.kind)).collect();
        assert_eq!(found, expected, "{object}");
    }

    fn incident(rest: Value) -> Value {
        let mut object = json!({
            "type": "incident", "spec_version": "2.1",
            "id": "incident--2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        });
        for (name, value) in rest.as_object().unwrap() {
            object[name] = value.clone();
        }
        object
    }

    #[test]
    fn text_is_looked_at_wherever_it_stands() {
        check(incident(json!({ "name": "Fire on a minibus" })), &[]);
        check(incident(json!({ "name": "Killing of Tobias Renck" })), &["name: name"]);
        // Also where a member has a name that the format has elsewhere for something else.
        for member in ["id", "lang", "published", "hashes", "created_by_ref"] {
            check(
                incident(json!({ "x_a": [{ member: "write to m.renck@example.org" }] })),
                &[&format!("x_a[0].{member}: e-mail address")],
            );
        }
        check(
            incident(json!({ "external_references": [{ "source_name": "wire",
                "description": "call +254 711 000 482" }] })),
            &["external_references[0].description: telephone number"],
        );
    }

    #[test]
    fn the_name_of_a_member_is_text_and_is_not_repeated() {
        check(incident(json!({ "Tobias Renck": "hurt" })), &["…: name"]);
        check(
            incident(json!({ "x_by": { "m.renck@example.org": 1 } })),
            &["x_by.…: e-mail address"],
        );
    }

    #[test]
    fn what_nobody_knows_in_our_own_extension_is_text() {
        let extension = |member: &str, text: &str| {
            incident(json!({ "extensions": { EXTENSION: { member: text } } }))
        };
        check(extension("file", "North Harbour.csv"), &[]);
        let expected = format!("extensions.{EXTENSION}.note: name");
        check(extension("note", "Killing of Tobias Renck"), &[&expected]);
    }

    #[test]
    fn labels_are_passed_as_such_and_not_with_a_person_in_them() {
        let place = |name: &str| {
            json!({ "type": "location", "id": "location--2ed6657d-e927-568b-95e1-2665a8aea6a2",
                "name": name, "country": "EX" })
        };
        check(place("North Harbour Market"), &[]);
        check(place("house of Dr Leila Farhoud"), &["name: name"]);
    }

    #[test]
    fn what_machines_write_is_no_text() {
        check(
            incident(json!({
                "created_by_ref": "identity--2ed6657d-e927-568b-95e1-2665a8aea6a2",
                "x_hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "x_when": "2024-01-01T00:00:00.000Z", "x_km": 12.5, "x_is": true,
            })),
            &[],
        );
    }

    #[test]
    fn the_same_words_in_the_same_place_bear_the_same_mark() {
        let mark = |name: &str| in_object(&incident(json!({ "name": name })))[0].mark;
        assert_eq!(
            mark("All of Renner Holm heard a blast"),
            mark("Much of Renner Holm heard the blast")
        );
        assert_ne!(
            mark("All of Renner Holm heard a blast"),
            mark("All of Tobias Renck heard a blast")
        );
    }
}
