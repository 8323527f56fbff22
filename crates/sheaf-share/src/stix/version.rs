//! Versions of an object: when a new one is dated, what a withdrawn one still says, and what a new
//! version takes over from the one before.

use serde_json::{Map, Value};
use sheaf_model::Moment;

use super::INCIDENT_CORE;
use super::extension::EXTENSION;

/// The `modified` of a version made now, after one of `last`: the clock's time, or a millisecond
/// after the last version where the clock stands before that. Versions of an object thus never share
/// a time, whatever the clock does. At the end of the calendar it stays at `last`.
pub fn next_version(last: Option<Moment>, now: Moment) -> Moment {
    match last {
        None => now,
        Some(last) => last.plus_millis(1).map_or(last, |next| next.max(now)),
    }
}

/// Whether an object is withdrawn.
pub fn is_withdrawn(object: &Value) -> bool {
    object["revoked"] == Value::Bool(true)
}

/// The last version of an object, which says only that there was one: `revoked`, with id, type,
/// times, markings and the reason. What the object said is gone. Where STIX requires a member of a
/// type we write, it has one that says nothing, so that the last version is as valid as the first.
/// (Definitions of markings and extensions cannot be withdrawn in STIX.)
///
/// The reason is the owner's word ("withdrawn", "expired"), not free text about the incident.
pub fn tombstone(object: &Value, modified: Moment, reason: &str) -> Value {
    let mut stone = Map::new();
    for kept in ["type", "spec_version", "id", "created_by_ref", "created"] {
        if let Some(value) = object.get(kept) {
            stone.insert(kept.to_owned(), value.clone());
        }
    }
    stone.insert("modified".to_owned(), modified.to_string().into());
    stone.insert("revoked".to_owned(), true.into());
    let kind = object["type"].as_str().unwrap_or("");
    if kind == "relationship" {
        stone.insert("description".to_owned(), format!("No longer shared: {reason}").into());
    } else {
        stone.insert("name".to_owned(), format!("No longer shared: {reason}").into());
    }
    let required: &[&str] = match kind {
        // Ids alone; to drop them would leave no relationship to withdraw.
        "relationship" => &["relationship_type", "source_ref", "target_ref"],
        "identity" => &["identity_class"],
        "report" => &["published"],
        _ => &[],
    };
    for kept in required {
        if let Some(value) = object.get(*kept) {
            stone.insert((*kept).to_owned(), value.clone());
        }
    }
    match kind {
        "location" => {
            stone.insert("region".to_owned(), "unknown".into());
        }
        "report" => {
            // A report names at least one object; which incidents it held together is gone.
            let maker: Vec<Value> = object.get("created_by_ref").cloned().into_iter().collect();
            stone.insert("object_refs".to_owned(), maker.into());
        }
        _ => {}
    }
    if let Some(refs) = object.get("object_marking_refs") {
        stone.insert("object_marking_refs".to_owned(), refs.clone());
    }
    Value::Object(stone)
}

/// Carries over from an object's former version what this program does not write: members that
/// others added by an agreement we do not know, and extensions of others. What is written anew
/// stands.
pub fn keep_unknown(former: &Value, written: &mut Value) {
    let (Some(former), Some(written)) = (former.as_object(), written.as_object_mut()) else {
        return;
    };
    for (name, value) in former {
        if !OURS.contains(&name.as_str()) && !written.contains_key(name) {
            written.insert(name.clone(), value.clone());
        }
    }
    let Some(Value::Object(extensions)) = former.get("extensions") else { return };
    let foreign = extensions.iter().filter(|(id, _)| *id != EXTENSION && *id != INCIDENT_CORE);
    for (id, value) in foreign {
        let ours = written
            .entry("extensions")
            .or_insert_with(|| Value::Object(Map::new()))
            .as_object_mut();
        if let Some(ours) = ours {
            ours.entry(id.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// Members that are written here or left out on purpose: that one is missing means that it is gone.
const OURS: [&str; 18] = [
    "type",
    "spec_version",
    "id",
    "created_by_ref",
    "created",
    "modified",
    "revoked",
    "name",
    "description",
    "external_references",
    "object_marking_refs",
    "granular_markings",
    "extensions",
    "latitude",
    "longitude",
    "precision",
    "country",
    "administrative_area",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_never_share_a_time() {
        let at = |millis| Moment::from_millis(millis).unwrap();
        assert_eq!(next_version(None, at(7)), at(7));
        assert_eq!(next_version(Some(at(5)), at(7)), at(7));
        assert_eq!(next_version(Some(at(7)), at(7)), at(8));
        // A clock a day behind.
        assert_eq!(next_version(Some(at(86_400_000)), at(7)), at(86_400_001));
    }

    #[test]
    fn a_withdrawn_object_says_nothing_of_what_it_said() {
        let object = json!({
            "type": "incident", "spec_version": "2.1", "id": "incident--x", "created": "c",
            "modified": "m", "name": "Vehicle bomb", "description": "31 killed",
            "object_marking_refs": ["red"], "extensions": { EXTENSION: { "key": "42" } },
            "x_note": "secret",
        });
        let stone = tombstone(&object, Moment::from_millis(0).unwrap(), "withdrawn");
        assert_eq!(
            stone,
            json!({
                "type": "incident", "spec_version": "2.1", "id": "incident--x", "created": "c",
                "modified": "1970-01-01T00:00:00.000Z", "revoked": true,
                "name": "No longer shared: withdrawn", "object_marking_refs": ["red"],
            })
        );
        assert!(is_withdrawn(&stone) && !is_withdrawn(&object));
    }

    #[test]
    fn a_new_version_keeps_what_others_added() {
        let former = json!({
            "id": "a", "description": "31 killed", "confidence": 70, "x_peer": [1],
            "extensions": { EXTENSION: { "key": "1" }, "extension-definition--x": { "n": 1 } },
        });
        let mut written = json!({ "id": "a", "extensions": { EXTENSION: { "key": "2" } } });
        keep_unknown(&former, &mut written);
        assert_eq!(
            written,
            json!({
                "id": "a", "confidence": 70, "x_peer": [1],
                "extensions": { EXTENSION: { "key": "2" }, "extension-definition--x": { "n": 1 } },
            })
        );
    }
}
