//! The columns of a table: names for all of them, and the rows that are no data.

use std::collections::{HashMap, HashSet};

use sheaf_model::{Doubt, DoubtCode, SetAsideReason};

use super::{MAX_COLUMNS, Row};
use crate::ReadError;

/// A table's columns, and how its header was spelt.
#[derive(Debug, Default)]
pub(super) struct Columns {
    names: Vec<String>,
    header: Vec<String>,
    first_data_row: bool,
}

impl Columns {
    /// Names the columns after a header row. Names are trimmed; a blank one becomes `column 3`; one
    /// that stands there already becomes `x (2)`, with a doubt. Blank names at the right end name
    /// nothing: a spreadsheet leaves them behind.
    pub(super) fn from_header<'a>(
        file: &str,
        cells: impl IntoIterator<Item = &'a str>,
        doubts: &mut Vec<Doubt>,
    ) -> Result<Columns, ReadError> {
        let mut header: Vec<String> =
            cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
        while header.last().is_some_and(String::is_empty) {
            header.pop();
        }
        if header.len() > MAX_COLUMNS {
            let n = header.len();
            let what = format!("{file} has {n} columns; at most {MAX_COLUMNS} are read");
            return Err(ReadError::new("too-many-columns", what)
                .hint("is it the right delimiter? name it as delimiter = \";\" in the mapping"));
        }
        let given: HashSet<&str> = header.iter().map(String::as_str).collect();
        let mut copies: HashMap<&str, usize> = HashMap::new();
        let mut names = Vec::with_capacity(header.len());
        for (idx, said) in header.iter().enumerate() {
            if said.is_empty() {
                let place = idx + 1;
                let mut name = format!("column {place}");
                while given.contains(name.as_str()) {
                    name.push('\'');
                }
                names.push(name);
                continue;
            }
            let copy = copies.entry(said).or_insert(0);
            *copy += 1;
            if *copy == 1 {
                names.push(said.clone());
                continue;
            }
            while given.contains(format!("{said} ({copy})").as_str()) {
                *copy += 1;
            }
            names.push(format!("{said} ({copy})"));
            let mut doubt = Doubt::about_file(DoubtCode::DuplicateColumn, said);
            doubt.column = Some(idx as u16);
            doubts.push(doubt);
        }
        Ok(Columns { names, header, first_data_row: true })
    }

    /// The columns of a table without a header.
    pub(super) fn given(names: &[String]) -> Columns {
        Columns { names: names.to_vec(), header: names.to_vec(), first_data_row: true }
    }

    /// The names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Why this row is no data, if it is none: blank, the header once more, or (only as the first
    /// row) HXL tags such as `#date+start`.
    #[inline]
    pub(super) fn no_data(&mut self, row: &Row) -> Option<SetAsideReason> {
        if row.is_blank() {
            return Some(SetAsideReason::Blank);
        }
        if std::mem::take(&mut self.first_data_row) && is_tags(row) {
            return Some(SetAsideReason::TagRow);
        }
        let same = |(idx, name): (usize, &String)| row.cell(idx).trim() == name;
        self.header.iter().enumerate().all(same).then_some(SetAsideReason::RepeatedHeader)
    }
}

fn is_tags(row: &Row) -> bool {
    row.cells().map(str::trim).filter(|cell| !cell.is_empty()).all(|cell| {
        cell.strip_prefix('#').is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}
