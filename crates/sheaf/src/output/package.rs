//! `datapackage.json`: what the columns of the CSV mean, who the incidents come from and on which
//! terms (Frictionless Data, Table Schema). It is made from the same list of columns as the CSV.

use std::io::{self, Write};

use serde_json::{Value, json};
use sheaf_model::{Licence, Source};

use super::flat::{COLUMNS, CellType};
use super::losses::Losses;

/// Writes the package that describes the CSV file `csv_name`, which lies beside it and rests on
/// `sources`; with what was left out, and whether an empty table means that nothing happened.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_package(
    csv_name: &str,
    sources: &[&Source],
    losses: &Losses,
    mut to: impl Write,
) -> io::Result<()> {
    let mut sources = sources.to_vec();
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let strictest = sources.iter().map(|source| source.licence).max();
    let package = json!({
        "profile": "tabular-data-package",
        "name": "incidents",
        "title": "Incidents pooled from several organisations' reports",
        "licenses": strictest.into_iter().map(licence).collect::<Vec<_>>(),
        "sources": sources.iter().map(|source| json!({
            "title": format!("{}: {}", source.organisation, source.title),
            "name": source.name.as_str(),
            "licence_class": source.licence.name(),
            "credit": source.credit,
        })).collect::<Vec<_>>(),
        "resources": [{
            "profile": "tabular-data-resource",
            "name": "incidents",
            "path": csv_name,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": COLUMNS.iter().map(|column| json!({
                    "name": column.name,
                    "type": type_name(column.cells),
                    "description": match column.cells {
                        CellType::List => format!("{} Several are joined with \"; \".", column.about),
                        _ => column.about.to_owned(),
                    },
                })).collect::<Vec<_>>(),
                "missingValues": [""],
                "primaryKey": ["incident", "profile"],
            },
        }],
        "answer": losses.answer.name(),
        "left_out": losses.to_json(),
    });
    serde_json::to_writer_pretty(&mut to, &package)?;
    to.write_all(b"\n")?;
    to.flush()
}

fn type_name(cells: CellType) -> &'static str {
    match cells {
        CellType::Text | CellType::List => "string",
        CellType::Integer => "integer",
        CellType::Number => "number",
        CellType::Day => "date",
    }
}

/// The whole is under the terms of its strictest source. A class is not a licence, so the names
/// are those that the Open Definition's list has for classes.
fn licence(strictest: Licence) -> Value {
    let (name, title) = match strictest {
        Licence::OpenWithAttribution => ("other-at", "Open with attribution; see the sources"),
        Licence::ShareAlike => ("other-open", "Open, to be shared alike; see the sources"),
        Licence::OwnUseOnly => ("other-closed", "For own use only; see the sources"),
        Licence::Unknown => ("notspecified", "Terms not known; not to be passed on"),
    };
    json!({ "name": name, "title": title })
}

#[cfg(test)]
mod tests {
    use sheaf_model::{SourceKind, SourceName};

    use super::super::{Audience, made_up, write_csv};
    use super::*;

    #[test]
    fn the_schema_names_the_columns_of_the_csv() {
        let source = |name: &str, licence| Source {
            name: SourceName::new(name).unwrap(),
            title: "Roads".to_owned(),
            organisation: "Acme".to_owned(),
            licence,
            credit: "Acme Roads (CC BY 4.0)".to_owned(),
            kind: SourceKind::Curated,
            eras: Vec::new(),
        };
        let open = source("open", Licence::OpenWithAttribution);
        let alike = source("alike", Licence::ShareAlike);
        let mut out = Vec::new();
        let losses = Losses::of("csv");
        write_package("incidents.csv", &[&open, &alike], &losses, &mut out).unwrap();
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["licenses"][0]["name"], "other-open");
        assert_eq!(read["sources"][0]["name"], "alike");
        let fields = read["resources"][0]["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|it| it["name"].as_str().unwrap()).collect();
        let mut table = Vec::new();
        write_csv([made_up::silent()], Audience::Others, &mut table).unwrap();
        let header = String::from_utf8(table).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(names.join(","), header);
    }
}
