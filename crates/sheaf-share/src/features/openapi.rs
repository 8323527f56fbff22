//! `/api`: the interface described in OpenAPI 3.0, for programs that learn from it what they may
//! ask. It is made from the same list of columns as the features.

use serde_json::{Map, Value, json};

use super::{CRS84, Collection, GEOJSON, JSON, Limits, Site};
use crate::seen::{COLUMNS, CellType};

/// The description of the documents of these lists, for this version of the program.
pub fn api(site: &Site<'_>, all: &[Collection<'_>], limits: Limits, version: &str) -> Value {
    let ids: Vec<&str> = all.iter().map(|one| one.id).collect();
    let formats: Vec<&str> =
        ["json"].into_iter().chain(site.formats.iter().map(|format| format.name)).collect();
    let plain = |summary: &str, operation: &str| {
        json!({ "get": {
            "tags": ["capabilities"],
            "summary": summary,
            "operationId": operation,
            "parameters": [reference("parameters", "f")],
            "responses": {
                "200": answer(summary, JSON, json!({ "type": "object" })),
                "400": reference("responses", "bad-request"),
            },
        }})
    };
    let mut paths = Map::new();
    paths.insert("/".to_owned(), plain("Where to find what", "landing"));
    paths.insert("/conformance".to_owned(), plain("What the interface follows", "conformance"));
    paths.insert("/api".to_owned(), plain("This description", "api"));
    paths.insert("/collections".to_owned(), plain("The lists of incidents", "collections"));
    let asks = |names: &[&str]| -> Vec<Value> {
        names.iter().map(|name| reference("parameters", name)).collect()
    };
    let data = |operation: &str, summary: &str, names: &[&str], answer: Value| {
        json!({ "get": {
            "tags": ["data"],
            "summary": summary,
            "operationId": operation,
            "parameters": asks(names),
            "responses": {
                "200": answer,
                "400": reference("responses", "bad-request"),
                "404": reference("responses", "not-there"),
            },
        }})
    };
    for id in &ids {
        let one = answer("One list of incidents", JSON, json!({ "type": "object" }));
        paths.insert(
            format!("/collections/{id}"),
            data(&format!("collection-{id}"), "One list of incidents", &["f"], one),
        );
        let names = ["limit", "bbox", "datetime", "crs", "bbox-crs", "page", "f"].as_slice();
        let page = answer("A page of incidents", GEOJSON, reference("schemas", "incidents"));
        paths.insert(
            format!("/collections/{id}/items"),
            data(&format!("items-{id}"), "A page of incidents", names, page),
        );
        let one = answer("One incident", GEOJSON, reference("schemas", "incident"));
        paths.insert(
            format!("/collections/{id}/items/{{featureId}}"),
            data(&format!("item-{id}"), "One incident", &["featureId", "f"], one),
        );
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": site.title, "description": site.about, "version": version },
        "servers": [{ "url": site.base }],
        "tags": [
            { "name": "capabilities", "description": "What there is." },
            { "name": "data", "description": "The incidents." },
        ],
        "paths": paths,
        "components": {
            "parameters": parameters(&formats, limits),
            "responses": {
                "bad-request": answer(
                    "The query is refused; what is wrong with it",
                    JSON,
                    json!({
                        "type": "object",
                        "required": ["code"],
                        "properties": {
                            "code": { "type": "string" },
                            "description": { "type": "string" },
                        },
                    }),
                ),
                "not-there": { "description": "There is none of that name that you may see" },
            },
            "schemas": schemas(),
        },
    })
}

fn parameters(formats: &[&str], limits: Limits) -> Value {
    let in_query = |name: &str, about: &str, schema: Value| {
        json!({
            "name": name, "in": "query", "required": false, "description": about, "schema": schema,
            "style": "form", "explode": false,
        })
    };
    let system = json!({ "type": "string", "enum": [CRS84], "default": CRS84 });
    json!({
        "limit": in_query(
            "limit",
            "How many incidents at most. Who asks for more than the maximum gets the maximum.",
            json!({
                "type": "integer", "minimum": 1, "maximum": limits.most.max(1),
                "default": limits.usual.clamp(1, limits.most.max(1)),
            }),
        ),
        "bbox": in_query(
            "bbox",
            "Only incidents in this rectangle, and those without a point: west, south, east, north, \
             in degrees. Where west is greater than east, it lies across the antimeridian. Heights \
             are not used.",
            json!({
                "type": "array",
                "items": { "type": "number" },
                "oneOf": [{ "minItems": 4, "maxItems": 4 }, { "minItems": 6, "maxItems": 6 }],
            }),
        ),
        "datetime": in_query(
            "datetime",
            "Only incidents that may have happened then, and those without a day: a time (RFC 3339) or \
             day, or two of them with / between, of which one may be \"..\".",
            json!({ "type": "string", "pattern": datetime() }),
        ),
        "crs": in_query("crs", "The one coordinate reference system there is.", system.clone()),
        "bbox-crs": in_query("bbox-crs", "The one in which bbox is given.", system),
        "page": in_query(
            "page",
            "The page after or before an incident; made for links, to be followed and not composed.",
            json!({ "type": "string", "pattern": "^(after|before):" }),
        ),
        "f": in_query(
            "f",
            "The format.",
            json!({ "type": "string", "enum": formats, "default": "json" }),
        ),
        "featureId": {
            "name": "featureId", "in": "path", "required": true,
            "schema": { "type": "string" },
            "description": "The incident's handle.",
        },
    })
}

/// What `datetime` looks like, as a regular expression.
fn datetime() -> String {
    let clock = r"T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})";
    let time = format!(r"\d{{4}}-\d{{2}}-\d{{2}}({clock})?");
    format!(r"^({time}|{time}/({time}|\.\.)?|(\.\.)?/{time})$")
}

fn schemas() -> Value {
    let properties: Map<String, Value> = COLUMNS
        .iter()
        .filter(|column| !matches!(column.name, "lat" | "lon"))
        .map(|column| {
            let mut schema = match column.cells {
                CellType::Text => json!({ "type": "string" }),
                CellType::Integer => json!({ "type": "integer", "minimum": 0 }),
                CellType::Number => json!({ "type": "number" }),
                CellType::Day => json!({ "type": "string", "format": "date" }),
                CellType::Moment => json!({ "type": "string", "format": "date-time" }),
                CellType::List => json!({ "type": "array", "items": { "type": "string" } }),
            };
            schema["nullable"] = (column.cells != CellType::List).into();
            schema["description"] = column.about.into();
            (column.name.to_owned(), schema)
        })
        .collect();
    json!({
        "incident": {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": { "type": "string", "enum": ["Feature"] },
                "id": { "type": "string" },
                "geometry": {
                    "type": "object",
                    "nullable": true,
                    "required": ["type", "coordinates"],
                    "properties": {
                        "type": { "type": "string", "enum": ["Point"] },
                        "coordinates": {
                            "type": "array", "items": { "type": "number" },
                            "minItems": 2, "maxItems": 2,
                        },
                    },
                },
                "properties": { "type": "object", "properties": properties },
            },
        },
        "incidents": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": { "type": "string", "enum": ["FeatureCollection"] },
                "timeStamp": { "type": "string", "format": "date-time" },
                "numberMatched": { "type": "integer", "minimum": 0 },
                "numberReturned": { "type": "integer", "minimum": 0 },
                "links": { "type": "array", "items": { "type": "object" } },
                "left_out": { "type": "array", "items": { "type": "object" } },
                "features": { "type": "array", "items": reference("schemas", "incident") },
            },
        },
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn answer(about: &str, media_type: &str, schema: Value) -> Value {
    let mut content = Map::new();
    content.insert(media_type.to_owned(), json!({ "schema": schema }));
    json!({ "description": about, "content": content })
}
