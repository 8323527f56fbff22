//! One table: its columns with their types and constraints, and its rows as CSV (RFC 4180).
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and may run it, and
//! what a source said can begin with anything. Such text gets an apostrophe in front, as in the
//! program's own CSV; numbers are left alone.

use serde_json::{Map, Value, json};

use super::File;
use crate::seen::{Cell, CellType, Seen};

/// A column of a table.
pub(super) struct Field {
    pub name: &'static str,
    pub cells: CellType,
    pub about: &'static str,
    /// What Table Schema calls constraints; an object.
    pub constraints: Value,
}

/// A table that is being written.
pub(super) struct Table {
    /// Its name as a resource; the file is called so too.
    pub name: &'static str,
    pub title: &'static str,
    pub file_name: &'static str,
    pub fields: Vec<Field>,
    /// The rows of an incident.
    pub rows: fn(&Seen<'_>) -> Vec<Vec<Cell>>,
    /// The rows so far, with the header.
    text: String,
    n_guarded: u64,
}

impl Table {
    pub(super) fn new(
        (name, file_name): (&'static str, &'static str),
        title: &'static str,
        fields: Vec<Field>,
        rows: fn(&Seen<'_>) -> Vec<Vec<Cell>>,
    ) -> Table {
        let header: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let text = header.join(",") + "\r\n";
        Table { name, title, file_name, fields, rows, text, n_guarded: 0 }
    }

    /// Adds the rows of an incident.
    pub(super) fn add(&mut self, seen: &Seen<'_>) {
        for row in (self.rows)(seen) {
            for (idx, cell) in row.iter().enumerate() {
                if idx > 0 {
                    self.text.push(',');
                }
                self.put(cell);
            }
            self.text.push_str("\r\n");
        }
    }

    pub(super) fn n_guarded(&self) -> u64 {
        self.n_guarded
    }

    pub(super) fn file(&self) -> File {
        File { name: self.file_name, bytes: self.text.clone().into_bytes() }
    }

    /// Its Table Schema, but for keys.
    pub(super) fn fields_json(&self) -> Vec<Value> {
        let one = |field: &Field| {
            let mut told = Map::new();
            told.insert("name".to_owned(), field.name.into());
            told.insert("type".to_owned(), type_name(field.cells).into());
            let about = match field.cells {
                CellType::List => format!("{} Several are joined with \"; \".", field.about),
                _ => field.about.to_owned(),
            };
            told.insert("description".to_owned(), about.into());
            if field.constraints.as_object().is_some_and(|it| !it.is_empty()) {
                told.insert("constraints".to_owned(), field.constraints.clone());
            }
            Value::Object(told)
        };
        self.fields.iter().map(one).collect()
    }

    fn put(&mut self, cell: &Cell) {
        match cell {
            Cell::Empty => {}
            Cell::Integer(number) => self.text += &number.to_string(),
            Cell::Number(number) => self.text += &number.to_string(),
            Cell::Text(words) => self.put_text(words),
            Cell::List(parts) => self.put_text(&parts.join("; ")),
        }
    }

    fn put_text(&mut self, words: &str) {
        const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
        let guard = if words.starts_with(FORMULA) { "'" } else { "" };
        self.n_guarded += guard.len() as u64;
        // White space at the ends is quoted as well, since readers differ in whether they cut it off.
        let is_plain = !words.contains([',', '"', '\r', '\n']) && words.trim() == words;
        if is_plain {
            self.text += guard;
            self.text += words;
        } else {
            self.text += &format!("\"{guard}{}\"", words.replace('"', "\"\""));
        }
    }
}

/// No constraints.
pub(super) fn free() -> Value {
    json!({})
}

fn type_name(cells: CellType) -> &'static str {
    match cells {
        CellType::Text | CellType::List => "string",
        CellType::Integer => "integer",
        CellType::Number => "number",
        CellType::Day => "date",
        CellType::Moment => "datetime",
    }
}
