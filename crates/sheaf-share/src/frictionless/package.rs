//! `datapackage.json`: what the files are, what their columns mean, whom to credit, on which terms.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sheaf_model::{Licence, Source};

use super::table::Table;
use super::{About, File};
use crate::Losses;

/// The description of the tables, as the bytes of its file. `strictest` is the licence class of the
/// strictest incident, if there is any.
pub(super) fn describe<'a>(
    about: &About<'_>,
    sources: impl Iterator<Item = &'a Source>,
    strictest: Option<Licence>,
    tables: &[Table],
    files: &[File],
    losses: &Losses,
) -> Vec<u8> {
    let mut sources: Vec<&Source> = sources.collect();
    sources.sort_by(|left, right| left.name.cmp(&right.name));
    let resources: Vec<Value> =
        tables.iter().zip(files).map(|(table, file)| resource(table, file)).collect();
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": about.name,
        "title": about.title,
        "created": about.created.to_string(),
        "resources": resources,
        "answer": answer(losses),
        "left_out": losses.to_json(),
    });
    // The specification wants neither list to be empty.
    if let Some(strictest) = strictest {
        package["licenses"] = json!([licence(strictest)]);
    }
    if !sources.is_empty() {
        package["sources"] = sources.iter().map(|source| credit(source)).collect();
    }
    let mut bytes = serde_json::to_vec_pretty(&package).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn resource(table: &Table, file: &File) -> Value {
    let mut schema = json!({ "fields": table.fields_json(), "missingValues": [""] });
    if table.name == "incidents" {
        schema["primaryKey"] = json!(["incident"]);
    } else {
        schema["foreignKeys"] = json!([{
            "fields": ["incident"],
            "reference": { "resource": "incidents", "fields": ["incident"] },
        }]);
    }
    let hash: String =
        Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes.len(),
        "hash": format!("sha256:{hash}"),
        "schema": schema,
    })
}

fn credit(source: &Source) -> Value {
    json!({
        "title": format!("{}: {}", source.organisation, source.title),
        "name": source.name.as_str(),
        "licence_class": source.licence.name(),
        "credit": source.credit,
    })
}

/// The whole is under the terms of its strictest part. A class is not a licence, so the names are
/// those that the Open Definition's list has for classes.
fn licence(strictest: Licence) -> Value {
    let (name, title) = match strictest {
        Licence::OpenWithAttribution => ("other-at", "Open with attribution; see the sources"),
        Licence::ShareAlike => ("other-open", "Open, to be shared alike; see the sources"),
        Licence::OwnUseOnly => ("other-closed", "For own use only; see the sources"),
        Licence::Unknown => ("notspecified", "Terms not known; not to be passed on"),
    };
    json!({ "name": name, "title": title })
}

/// What an empty table means, in the words of the program's own exports.
fn answer(losses: &Losses) -> &'static str {
    if losses.n_carried > 0 {
        "incidents"
    } else if losses.count("not-to-be-passed-on") > 0 {
        "not-entitled"
    } else {
        "no-incidents"
    }
}
