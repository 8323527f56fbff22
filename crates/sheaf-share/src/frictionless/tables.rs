//! The four tables: incidents, tolls, parties, reports.

use serde_json::{Value, json};
use sheaf_model::{Attackers, Count, Harm, Kind, Licence, Pap, Qualifier, Tlp, Whom};

use super::table::{Field, Table, free};
use crate::seen::{COLUMNS, Cell, CellType};

const QUALIFIERS: [Qualifier; 8] = [
    Qualifier::Exactly,
    Qualifier::About,
    Qualifier::AtLeast,
    Qualifier::MoreThan,
    Qualifier::UpTo,
    Qualifier::Feared,
    Qualifier::Unconfirmed,
    Qualifier::Words,
];

const SCOPES: [Attackers; 3] = [Attackers::Included, Attackers::Excluded, Attackers::Unsaid];

/// The tables, without rows. The first is the one to which the others refer.
pub(super) fn all() -> [Table; 4] {
    [incidents(), tolls(), parties(), reports()]
}

fn incidents() -> Table {
    let fields = COLUMNS
        .iter()
        .map(|column| Field {
            name: column.name,
            cells: column.cells,
            about: column.about,
            constraints: constraints(column.name),
        })
        .collect();
    Table::new(
        ("incidents", "incidents.csv"),
        "Incidents, one to a row, as settled by one profile",
        fields,
        |seen| vec![COLUMNS.iter().map(|column| (column.of)(seen)).collect()],
    )
}

fn constraints(column: &str) -> Value {
    match column {
        "incident" => json!({ "required": true, "unique": true }),
        "sources" | "reports" | "profile" => json!({ "required": true }),
        "lat" => json!({ "minimum": -90, "maximum": 90 }),
        "lon" => json!({ "minimum": -180, "maximum": 180 }),
        "radius_m" => json!({ "minimum": 0 }),
        "kind" => json!({ "enum": (Kind::ALL.iter().map(|it| it.name()).collect::<Vec<_>>()) }),
        "killed_qualifier" | "injured_qualifier" => {
            json!({ "enum": QUALIFIERS.map(Qualifier::name) })
        }
        "killed_attackers" | "injured_attackers" => json!({ "enum": SCOPES.map(Attackers::name) }),
        "n_reports" => json!({ "required": true, "minimum": 1 }),
        "n_against" => json!({ "required": true, "minimum": 0 }),
        "licence" => json!({ "required": true, "enum": Licence::ALL.map(Licence::name) }),
        "tlp" => levels(Tlp::ALL.iter().map(|it| it.name())),
        "pap" => levels(Pap::ALL.iter().map(|it| it.name())),
        name if name.starts_with("killed_") || name.starts_with("injured_") => count(false),
        _ => free(),
    }
}

fn tolls() -> Table {
    let text = |name, about, words: Vec<&str>| Field {
        name,
        cells: CellType::Text,
        about,
        constraints: json!({ "required": true, "enum": words }),
    };
    let number = |name, about, required| Field {
        name,
        cells: CellType::Integer,
        about,
        constraints: count(required),
    };
    let fields = vec![
        incident(),
        text("harm", "What befell those counted.", Harm::ALL.map(Harm::name).to_vec()),
        text("whom", "Who is counted, by role.", Whom::ALL.map(Whom::name).to_vec()),
        text(
            "attackers",
            "Whether the attackers are counted among all.",
            SCOPES.map(Attackers::name).to_vec(),
        ),
        text("qualifier", "How the number was put.", QUALIFIERS.map(Qualifier::name).to_vec()),
        number("low", "The lowest comparable number.", true),
        number("best", "The sources' own best value, where they agree on it.", false),
        number("high", "The highest comparable number; empty if there is no upper bound.", false),
        Field {
            name: "as_of",
            cells: CellType::Day,
            about: "The day on which it was true, where said.",
            constraints: free(),
        },
    ];
    Table::new(("tolls", "tolls.csv"), "Every toll, with whom it counts", fields, |seen| {
        let number = |it: Option<u32>| it.map_or(Cell::Empty, |it| Cell::Integer(it.into()));
        let row = |toll: &sheaf_model::Toll| {
            vec![
                Cell::Text(seen.id().to_owned()),
                Cell::Text(toll.harm.name().to_owned()),
                Cell::Text(toll.whom.name().to_owned()),
                Cell::Text(toll.attackers.name().to_owned()),
                Cell::Text(toll.qualifier.name().to_owned()),
                number(Some(toll.count.low())),
                number(toll.count.best()),
                number(toll.count.high()),
                toll.as_of.map_or(Cell::Empty, |day| Cell::Text(day.to_string())),
            ]
        };
        seen.settled.tolls.iter().map(|toll| row(&toll.value)).collect()
    })
}

fn parties() -> Table {
    let fields = vec![
        incident(),
        Field {
            name: "part",
            cells: CellType::Text,
            about: "Whether it claimed the incident, or a source blames it; sheaf infers neither.",
            constraints: json!({ "required": true, "enum": ["claimed-by", "blamed-on"] }),
        },
        Field {
            name: "organisation",
            cells: CellType::Text,
            about: "The organisation, as the sources write it.",
            constraints: json!({ "required": true }),
        },
    ];
    Table::new(("parties", "parties.csv"), "Organisations named", fields, |seen| {
        let (claimed, blamed) = (&seen.settled.claimed_by, &seen.settled.blamed_on);
        let parts = [("claimed-by", claimed), ("blamed-on", blamed)];
        let rows = parts.iter().flat_map(|(part, named)| {
            named.iter().map(|name| {
                vec![
                    Cell::Text(seen.id().to_owned()),
                    Cell::Text((*part).to_owned()),
                    Cell::Text(name.value.clone()),
                ]
            })
        });
        rows.collect()
    })
}

fn reports() -> Table {
    let text = |name, about| Field {
        name,
        cells: CellType::Text,
        about,
        constraints: json!({ "required": true }),
    };
    let mut report = text("report", "A report's id: its source and the source's own key.");
    report.constraints = json!({ "required": true, "unique": true });
    let fields = vec![incident(), report, text("source", "The short name of its source.")];
    Table::new(("reports", "reports.csv"), "The reports of each incident", fields, |seen| {
        let row = |report: &sheaf_model::ReportId| {
            let cells = [seen.id(), report.as_str(), report.source()];
            cells.map(|cell| Cell::Text(cell.to_owned())).to_vec()
        };
        seen.settled.incident.reports.iter().map(row).collect()
    })
}

fn incident() -> Field {
    Field {
        name: "incident",
        cells: CellType::Text,
        about: "The incident's handle.",
        constraints: json!({ "required": true }),
    }
}

fn count(required: bool) -> Value {
    json!({ "required": required, "minimum": 0, "maximum": Count::MAX })
}

fn levels<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    json!({ "required": true, "enum": (names.collect::<Vec<_>>()) })
}
