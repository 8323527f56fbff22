//! The objects of an event: what happened, by a template of ours, and where, by MISP's.

use serde_json::{Map, Value, json};

use crate::seen::{COLUMNS, Cell, CellType, Column, Seen};
use crate::stix::named_uuid;

/// MISP's template `geolocation`, by its id and version in the misp-objects repository.
const GEOLOCATION: (&str, &str) = ("cd6f2238-ba55-4888-82c4-104e6e1acf21", "8");

/// The id of our template. Drawn once, never to be changed.
const TEMPLATE: &str = "66304df7-6235-4c0e-983d-138e68bc9c1b";

/// The version of our template: one more whenever a column is added.
const TEMPLATE_VERSION: u32 = 1;

/// Columns that stand elsewhere in an event: in its place and in its tags.
const ELSEWHERE: [&str; 8] =
    ["admin_1", "country", "lat", "lon", "radius_m", "tlp", "pap", "purposes"];

/// The definition of our object template, as a MISP server takes it
/// (`app/files/misp-objects/objects/sheaf-incident/definition.json`). Events are read without it; with
/// it the server shows what each line means.
pub fn template() -> Value {
    let attributes: Map<String, Value> = columns()
        .enumerate()
        .map(|(idx, column)| {
            let mut told = json!({
                "description": column.about,
                "disable_correlation": true,
                "misp-attribute": misp_type(column.cells),
                "ui-priority": COLUMNS.len() - idx,
            });
            if column.cells == CellType::List {
                told["multiple"] = true.into();
            }
            (column.name.to_owned(), told)
        })
        .collect();
    json!({
        "attributes": attributes,
        "description": "A violent incident or disruption, settled from reports of several \
                        organisations. It holds numbers and organisations, never persons.",
        "meta-category": "misc",
        "name": "sheaf-incident",
        "required": ["incident"],
        "uuid": TEMPLATE,
        "version": TEMPLATE_VERSION,
    })
}

/// What happened: every column that somebody says something about.
pub(super) fn happening(seen: &Seen<'_>, event: &str, at_s: &str) -> Value {
    let mut attributes = Vec::new();
    for column in columns() {
        let values = match (column.of)(seen) {
            Cell::Empty => Vec::new(),
            Cell::Text(words) => vec![words],
            Cell::Integer(number) => vec![number.to_string()],
            Cell::Number(number) => vec![number.to_string()],
            Cell::List(parts) => parts,
        };
        for value in values {
            attributes.push((column.name, misp_type(column.cells), value));
        }
    }
    let about = ("sheaf-incident", TEMPLATE, TEMPLATE_VERSION.to_string());
    object(about, "An incident settled from several reports", event, at_s, attributes)
}

/// Where it happened, if anybody says so in words that MISP has. Its radius is in kilometres.
pub(super) fn place(seen: &Seen<'_>, event: &str, at_s: &str) -> Option<Value> {
    let it = seen.settled;
    let mut attributes = Vec::new();
    if let Some(place) = it.place.as_ref().map(|place| place.value) {
        attributes.push(("latitude", "float", place.lat().to_string()));
        attributes.push(("longitude", "float", place.lon().to_string()));
        let radius_km = f64::from(place.radius().get()) / 1000.0;
        attributes.push(("accuracy-radius", "float", radius_km.to_string()));
    }
    for (relation, name) in [("region", &it.admin_one), ("country", &it.country)] {
        if let Some(name) = name {
            attributes.push((relation, "text", name.value.clone()));
        }
    }
    if attributes.is_empty() {
        return None;
    }
    if let Some(name) = &it.place_name {
        attributes.push(("text", "text", name.value.clone()));
    }
    let (template, version) = GEOLOCATION;
    let about = ("geolocation", template, version.to_owned());
    Some(object(about, "An object to describe a geographic location.", event, at_s, attributes))
}

/// An object and its attributes. Their ids follow from the event and from what they say it is, so
/// that a later version of the event overwrites them.
fn object(
    (name, template, version): (&str, &str, String),
    about: &str,
    event: &str,
    at_s: &str,
    attributes: Vec<(&'static str, &'static str, String)>,
) -> Value {
    let mut met: Map<String, Value> = Map::new();
    let mut written = Vec::with_capacity(attributes.len());
    for (relation, misp_type, value) in attributes {
        if value.trim().is_empty() {
            continue;
        }
        let n = met.get(relation).and_then(Value::as_u64).unwrap_or(0);
        met.insert(relation.to_owned(), (n + 1).into());
        written.push(json!({
            "uuid": named_uuid(&format!("misp-attribute:{event}:{name}:{relation}:{n}")),
            "object_relation": relation,
            "type": misp_type,
            "category": "Other",
            "to_ids": false,
            "disable_correlation": true,
            "distribution": "5",
            "timestamp": at_s,
            "value": value,
        }));
    }
    json!({
        "uuid": named_uuid(&format!("misp-object:{event}:{name}")),
        "name": name,
        "meta-category": "misc",
        "description": about,
        "template_uuid": template,
        "template_version": version,
        "distribution": "5",
        "timestamp": at_s,
        "Attribute": written,
    })
}

fn columns() -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(|column| !ELSEWHERE.contains(&column.name))
}

fn misp_type(cells: CellType) -> &'static str {
    match cells {
        // A day is text, because MISP would make it a time: midnight.
        CellType::Text | CellType::Day | CellType::List => "text",
        CellType::Integer => "counter",
        CellType::Number => "float",
        CellType::Moment => "datetime",
    }
}
