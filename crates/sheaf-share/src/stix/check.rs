//! What stands before both doors: an object is looked at by itself, before anything of it is kept.
//! Refused are objects about people, whatever they say, and objects whose form would make trouble
//! later: malformed ids, references and times. What is merely unknown passes; it is kept and handed
//! on as it came.

use std::fmt;

use serde_json::Value;
use sheaf_model::Moment;

use super::StixId;
use super::id::is_type;

/// Types of objects that are about people (rule 1: there is no field for a person).
const ABOUT_PEOPLE: [&str; 3] = ["threat-actor", "user-account", "email-addr"];

/// OASIS's extension of `identity` with first and last names, telephone numbers and addresses.
const CONTACT_DETAILS: &str = "extension-definition--66e2492a-bbd3-4be6-88f5-cc91a017a498";

/// Why an object is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The object's id as it came, shortened; "an object" if it has none.
    pub object: String,
    /// The member at fault, as a path.
    pub field: String,
    /// What stood there, shortened. Empty where it may be about a person, or is too big to repeat.
    pub value: String,
    /// What is wrong with it, and what to do.
    pub why: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: ", self.object, self.field)?;
        if self.value.is_empty() {
            f.write_str(self.why)
        } else {
            write!(f, "\"{}\" {}", self.value, self.why)
        }
    }
}

impl std::error::Error for Refused {}

impl Refused {
    pub(super) fn of(object: &Value, field: &str, value: &str, why: &'static str) -> Refused {
        let id = object["id"].as_str().unwrap_or("");
        Refused {
            object: if id.is_empty() { "an object".to_owned() } else { shorten(id) },
            field: field.to_owned(),
            value: shorten(value),
            why,
        }
    }
}

fn shorten(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut characters = text.chars().map(plain);
    let mut short: String = characters.by_ref().take(80).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// Looks at one object and gives its id.
///
/// # Errors
/// The first thing for which it is refused; what it says about people comes before its form.
///
/// ```
/// use sheaf_share::stix::check;
/// let object = serde_json::json!({ "type": "incident", "id": "incident--not-a-uuid" });
/// assert_eq!(
///     check(&object).unwrap_err().to_string(),
///     "incident--not-a-uuid: id: \"incident--not-a-uuid\" is no identifier; \
///      hint: write the type, two hyphens and a UUID"
/// );
/// ```
pub fn check(object: &Value) -> Result<StixId, Refused> {
    let refuse = |field: &str, value: &str, why| Err(Refused::of(object, field, value, why));
    if !object.is_object() {
        return refuse("type", "", "is missing: this is no object at all");
    }
    let Some(kind) = object["type"].as_str() else {
        return refuse("type", "", "is missing, or is no text");
    };
    if !is_type(kind) {
        return refuse("type", kind, "is no type; hint: lower-case letters, digits and hyphens");
    }
    about_people(object)?;
    let Some(text) = object["id"].as_str() else {
        return refuse("id", "", "is missing, or is no text");
    };
    let Some(id) = StixId::parse(text) else {
        return refuse(
            "id",
            text,
            "is no identifier; hint: write the type, two hyphens and a UUID",
        );
    };
    if id.kind() != kind {
        return refuse("id", text, "starts with another type than the object has");
    }
    times(object)?;
    references(object, object, "")?;
    Ok(id)
}

/// Refuses what is about people, at whatever depth it stands.
fn about_people(object: &Value) -> Result<(), Refused> {
    let why = "is a kind of object about people, which is never kept; hint: send incidents and \
               organisations only";
    let mut inside = vec![object];
    while let Some(value) = inside.pop() {
        match value {
            Value::Object(members) => {
                let kind = value["type"].as_str().unwrap_or("");
                if ABOUT_PEOPLE.contains(&kind) {
                    return Err(Refused::of(object, "type", kind, why));
                }
                if kind == "identity" {
                    identity(object, value)?;
                }
                inside.extend(members.values());
            }
            Value::Array(items) => inside.extend(items),
            _ => {}
        }
    }
    Ok(())
}

/// Only organisations have an identity here, and the systems that work for them. STIX's other
/// classes are single persons, groups and classes of them, and "unknown"; leaving the class out says
/// nothing, so it does not say "organisation".
fn identity(object: &Value, identity: &Value) -> Result<(), Refused> {
    let class = identity["identity_class"].as_str().unwrap_or("");
    match class {
        "organization" | "system" => {}
        "" => {
            let why = "is missing; only organisations are kept, so it has to say that it is one";
            return Err(Refused::of(object, "identity_class", "", why));
        }
        _ => {
            let why = "is a class of identity that is never kept: only organisations are";
            return Err(Refused::of(object, "identity_class", class, why));
        }
    }
    if identity["extensions"].get(CONTACT_DETAILS).is_some() {
        let field = format!("extensions.{CONTACT_DETAILS}");
        let why = "holds names and contact details of people, which are never kept";
        return Err(Refused::of(object, &field, "", why));
    }
    Ok(())
}

fn times(object: &Value) -> Result<(), Refused> {
    let moment = |field: &str| match &object[field] {
        Value::Null => Ok(None),
        Value::String(text) => {
            Moment::parse(text).filter(|_| text.ends_with('Z')).map(Some).ok_or_else(|| {
                let why = "is no time; hint: write UTC as in 2026-03-01T12:00:00.000Z";
                Refused::of(object, field, text, why)
            })
        }
        other => Err(Refused::of(object, field, &other.to_string(), "is no text")),
    };
    let (created, modified) = (moment("created")?, moment("modified")?);
    if created.is_some() && modified.is_some() && modified < created {
        let text = object["modified"].as_str().unwrap_or("");
        return Err(Refused::of(object, "modified", text, "is before the object was created"));
    }
    Ok(())
}

/// STIX reserves names that end in `_ref` and `_refs` for identifiers, at whatever depth.
fn references(object: &Value, inside: &Value, path: &str) -> Result<(), Refused> {
    let why = "is no identifier; hint: write the type, two hyphens and a UUID";
    let check = |path: &str, value: &Value| match value.as_str() {
        Some(text) if StixId::parse(text).is_some() => Ok(()),
        Some(text) => Err(Refused::of(object, path, text, why)),
        None => Err(Refused::of(object, path, "", why)),
    };
    match inside {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                if name.ends_with("_ref") {
                    check(&path, member)?;
                } else if name.ends_with("_refs") {
                    for (idx, item) in member.as_array().into_iter().flatten().enumerate() {
                        check(&format!("{path}[{idx}]"), item)?;
                    }
                } else {
                    references(object, member, &path)?;
                }
            }
        }
        Value::Array(items) => {
            for (idx, item) in items.iter().enumerate() {
                references(object, item, &format!("{path}[{idx}]"))?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const UUID: &str = "2ed6657d-e927-568b-95e1-2665a8aea6a2";

    fn with(kind: &str, rest: Value) -> Value {
        let mut object =
            json!({ "type": kind, "spec_version": "2.1", "id": format!("{kind}--{UUID}") });
        for (name, value) in rest.as_object().unwrap() {
            object[name] = value.clone();
        }
        object
    }

    #[track_caller]
    fn refused(object: Value, expected: &str) {
        let text = check(&object).unwrap_err().to_string();
        let text = text.replace(UUID, "U");
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn rule_01_objects_about_people_are_refused_one_by_one() {
        for kind in ["threat-actor", "user-account", "email-addr"] {
            let expected = format!("{kind}--U: type: \"{kind}\" is a kind of object about people");
            refused(with(kind, json!({ "name": "Mallory Doe" })), &expected);
            // Inside another object, as STIX 2.0 has it.
            let inner = json!({ "objects": { "0": { "type": kind, "value": "m@example.org" } } });
            let text = check(&with("observed-data", inner)).unwrap_err().to_string();
            assert!(text.contains(kind) && !text.contains("example.org"), "{text}");
        }
        for class in ["individual", "group", "class", "unknown", "Organization"] {
            let expected =
                format!("identity--U: identity_class: \"{class}\" is a class of identity");
            refused(with("identity", json!({ "identity_class": class, "name": "x" })), &expected);
        }
        refused(
            with("identity", json!({ "name": "x" })),
            "identity--U: identity_class: is missing",
        );
        let contact = json!({
            "identity_class": "organization",
            "extensions": { CONTACT_DETAILS: { "first_name": "Mallory" } },
        });
        refused(
            with("identity", contact),
            &format!("identity--U: extensions.{CONTACT_DETAILS}: holds"),
        );
        assert!(check(&with("identity", json!({ "identity_class": "organization" }))).is_ok());
    }

    #[test]
    fn a_refusal_repeats_nothing_of_a_person() {
        let object = with("threat-actor", json!({ "name": "Mallory Doe" }));
        assert!(!check(&object).unwrap_err().to_string().contains("Mallory"));
    }

    #[test]
    fn malformed_objects_are_refused_with_field_and_value() {
        refused(json!([]), "an object: type: is missing: this is no object");
        refused(json!({ "id": "x" }), "x: type: is missing");
        refused(json!({ "type": "Incident" }), "an object: type: \"Incident\" is no type");
        refused(json!({ "type": "incident" }), "an object: id: is missing");
        refused(
            json!({ "type": "incident", "id": format!("report--{UUID}") }),
            "report--U: id: \"report--U\" starts with another type",
        );
        let created = json!({ "created": "yesterday" });
        refused(with("incident", created), "incident--U: created: \"yesterday\" is no time");
        let offset = json!({ "created": "2026-03-01T12:00:00+01:00" });
        refused(with("incident", offset), "incident--U: created: \"2026-03-01T12:00:00+01:00\" is");
        let back = json!({ "created": "2026-03-02T00:00:00Z", "modified": "2026-03-01T00:00:00Z" });
        refused(
            with("incident", back),
            "incident--U: modified: \"2026-03-01T00:00:00Z\" is before",
        );
        let reference = json!({ "created_by_ref": "me" });
        refused(
            with("incident", reference),
            "incident--U: created_by_ref: \"me\" is no identifier",
        );
        let deep =
            json!({ "extensions": { "x": [{ "task_refs": [format!("task--{UUID}"), 7] }] } });
        refused(
            with("incident", deep),
            "incident--U: extensions.x[0].task_refs[1]: is no identifier",
        );
        let long = json!({ "type": "incident", "id": "x\n".repeat(500) });
        assert!(check(&long).unwrap_err().to_string().len() < 400);
    }

    #[test]
    fn what_is_merely_unknown_passes() {
        let object = with("x-harbour", json!({ "berth": 4, "granular_markings": [] }));
        assert_eq!(check(&object).unwrap().kind(), "x-harbour");
    }
}
