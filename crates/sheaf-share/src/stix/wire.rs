//! The STIX objects that are written, as they lie on the wire. The order of the members is the order
//! in which they are written.

use serde::Serialize;
use serde_json::{Map, Value};

/// What every object of ours has.
#[derive(Serialize)]
pub(super) struct Head {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub spec_version: &'static str,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by_ref: Option<String>,
    pub created: String,
    pub modified: String,
}

#[derive(Serialize)]
pub(super) struct Incident {
    #[serde(flatten)]
    pub head: Head,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub external_references: Vec<ExternalReference>,
    pub object_marking_refs: Vec<String>,
    pub extensions: Map<String, Value>,
}

#[derive(Serialize)]
pub(super) struct ExternalReference {
    pub source_name: String,
    pub external_id: String,
}

#[derive(Serialize)]
pub(super) struct Location {
    #[serde(flatten)]
    pub head: Head,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrative_area: Option<String>,
    pub object_marking_refs: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Identity {
    #[serde(flatten)]
    pub head: Head,
    pub name: String,
    pub identity_class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sectors: Option<[&'static str; 1]>,
}

#[derive(Serialize)]
pub(super) struct Relationship {
    #[serde(flatten)]
    pub head: Head,
    pub relationship_type: &'static str,
    pub source_ref: String,
    pub target_ref: String,
    pub object_marking_refs: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub head: Head,
    pub name: String,
    pub published: String,
    pub object_refs: Vec<String>,
    pub object_marking_refs: Vec<String>,
}

/// An object as JSON. Maps with text keys and finite numbers always have a JSON form.
pub(super) fn value(object: impl Serialize) -> Value {
    serde_json::to_value(object).unwrap_or(Value::Null)
}
