//! Screening of a whole STIX object: every text in it that people write and others read.

use serde_json::Value;

use super::{HitKind, screen};
use crate::stix::{is_our_wording, is_ours};

/// Where in an object something may name a person or lead to one, and what sort of thing it is. The text itself
/// is not repeated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The member, as in `external_references[0].description`.
    pub path: String,
    /// What sort of thing.
    pub kind: HitKind,
}

/// Members that hold ids, times, words of lists and the like.
const NO_TEXT: [&str; 17] = [
    "type",
    "spec_version",
    "id",
    "created",
    "modified",
    "first_seen",
    "last_seen",
    "start_time",
    "stop_time",
    "valid_from",
    "valid_until",
    "published",
    "lang",
    "revoked",
    "confidence",
    "hashes",
    "schema",
];
/// Members of a place or an organisation that are names by nature, and of no person.
const NAMES: [&str; 8] = [
    "name",
    "country",
    "region",
    "city",
    "administrative_area",
    "street_address",
    "postal_code",
    "sectors",
];

/// Everything in an object that may name a person. The names of places and of organisations are not looked at,
/// nor, in a report that a sheaf wrote, what follows from its claims: its columns about people were refused
/// when it was read, and its running text was not kept.
///
/// ```
/// use serde_json::json;
/// use sheaf_share::screen::in_object;
/// let note = json!({ "type": "note", "content": "Officer Amina Wanjeru, 34, called." });
/// let found = in_object(&note);
/// assert_eq!(found[0].path, "content");
/// assert_eq!(found[0].kind.to_string(), "name");
/// let place = json!({ "type": "location", "name": "Amina Wanjeru Square", "country": "KE" });
/// assert!(in_object(&place).is_empty());
/// ```
pub fn in_object(object: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    let kind = object["type"].as_str().unwrap_or_default();
    let names_things =
        matches!(kind, "location" | "identity" | "marking-definition" | "extension-definition");
    let is_ours = is_ours(object);
    // Only a name that says no more than the claims: whoever writes another one may write anything into it.
    let is_our_wording = is_ours && is_our_wording(object);
    for (name, value) in object.as_object().into_iter().flatten() {
        let is_passed_over = NO_TEXT.contains(&name.as_str())
            || name.ends_with("_ref")
            || name.ends_with("_refs")
            || names_things && NAMES.contains(&name.as_str())
            || is_our_wording && name == "name"
            || is_ours && name == "extensions";
        if !is_passed_over {
            look(value, name, &mut found);
        }
    }
    found
}

fn look(value: &Value, path: &str, found: &mut Vec<Found>) {
    match value {
        Value::String(text) => {
            let hits = screen(text).into_iter();
            found.extend(hits.map(|hit| Found { path: path.to_owned(), kind: hit.kind }));
        }
        Value::Array(items) => {
            for (idx, item) in items.iter().enumerate() {
                look(item, &format!("{path}[{idx}]"), found);
            }
        }
        Value::Object(members) => {
            let text = |name: &str| {
                !NO_TEXT.contains(&name) && !name.ends_with("_ref") && !name.ends_with("_refs")
            };
            for (name, value) in members.iter().filter(|(name, _)| text(name)) {
                look(value, &format!("{path}.{name}"), found);
            }
        }
        _ => {}
    }
}
