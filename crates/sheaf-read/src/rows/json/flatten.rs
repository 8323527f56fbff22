//! JSON objects as rows: a column for each member, `place.lat` for a member of a member. Numbers
//! keep the spelling they have in the file; a reader that turned 12345678901234567890 into a float
//! would change a key.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sheaf_model::{Doubt, DoubtCode};

use super::super::{MAX_COLUMNS, Row, cells};

/// Objects within objects beyond this depth are not taken apart.
const MAX_DEPTH: usize = 16;

/// A name said more often than this in one object is not taken again.
const MAX_COPIES: usize = 9;

/// The columns met so far, and the cells of the row at hand.
#[derive(Debug, Default)]
pub(super) struct Cells {
    columns: Vec<String>,
    index: HashMap<String, usize>,
    texts: Vec<String>,
    // The row for which each cell was last filled; a cell of an earlier row is blank.
    filled: Vec<u64>,
    row: u64,
    number: u64,
    n_used: usize,
    path: String,
    guess: usize,
    doubts: Vec<Doubt>,
}

impl Cells {
    /// The columns met so far.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Begins a row.
    pub(super) fn begin(&mut self, number: u64) {
        self.row += 1;
        self.number = number;
        self.n_used = 0;
        self.guess = 0;
        self.path.clear();
        self.doubts.clear();
    }

    /// Hands the row over, with its doubts.
    pub(super) fn end(&mut self, row: &mut Row, doubts: &mut Vec<Doubt>) {
        row.restart(self.number);
        for (text, &filled) in self.texts.iter().zip(&self.filled).take(self.n_used) {
            row.push(if filled == self.row { text } else { "" });
        }
        doubts.append(&mut self.doubts);
    }

    /// Adds every member of an object. The text must be one.
    pub(super) fn object(&mut self, text: &str) -> serde_json::Result<()> {
        self.members_of(text, 0)
    }

    /// Adds a member of the object at hand, whatever its value.
    pub(super) fn member(&mut self, name: &str, value: &RawValue) {
        self.member_at(name, value, 0);
    }

    /// Puts text into the column of this name.
    pub(super) fn put_named(&mut self, name: &str, text: &str) {
        self.path.clear();
        self.path.push_str(name);
        self.put(text);
        self.path.clear();
    }

    /// Raises a doubt about the column of this name, leaving its cell blank.
    pub(super) fn doubt_named(&mut self, name: &str, code: DoubtCode) {
        self.path.clear();
        self.path.push_str(name);
        self.doubt(code);
        self.path.clear();
    }

    /// Makes sure that there is a column of this name.
    pub(super) fn add_column(&mut self, name: &str) {
        self.column_of(name);
    }

    fn members_of(&mut self, text: &str, depth: usize) -> serde_json::Result<()> {
        each_member(text, |name, value| self.member_at(name, value, depth))
    }

    fn member_at(&mut self, name: &str, value: &RawValue, depth: usize) {
        let len = self.path.len();
        if len > 0 {
            self.path.push('.');
        }
        self.path.push_str(if name.is_empty() { "(no name)" } else { name });
        self.value(value.get(), depth);
        self.path.truncate(len);
    }

    fn value(&mut self, text: &str, depth: usize) {
        match text.as_bytes().first() {
            Some(b'{') => {
                if depth == MAX_DEPTH || self.members_of(text, depth + 1).is_err() {
                    self.doubt(DoubtCode::NotText);
                }
            }
            Some(b'[') => self.list(text),
            Some(b'"') => self.string(text),
            None | Some(b'n') => self.put(""),
            Some(_) => self.put(text),
        }
    }

    /// Scalars are joined; anything nested is no text.
    fn list(&mut self, text: &str) {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            return self.doubt(DoubtCode::NotText);
        };
        let mut joined = String::new();
        for item in items {
            let item = match item.get().as_bytes().first() {
                Some(b'{' | b'[') => return self.doubt(DoubtCode::NotText),
                Some(b'"') => unquote(item.get()),
                Some(b'n') | None => continue,
                Some(_) => Ok(Cow::Borrowed(item.get())),
            };
            if !joined.is_empty() {
                joined.push_str("; ");
            }
            match item {
                Ok(item) => joined.push_str(&item),
                Err(raw) => {
                    joined.push_str(raw);
                    self.doubt(DoubtCode::PartialRead);
                }
            }
        }
        self.put(&joined);
    }

    fn string(&mut self, text: &str) {
        match unquote(text) {
            Ok(text) if text.contains('\0') => {
                self.doubt(DoubtCode::NulByte);
                self.put(&text.replace('\0', ""));
            }
            Ok(text) => self.put(&text),
            Err(raw) => {
                self.doubt(DoubtCode::PartialRead);
                self.put(raw);
            }
        }
    }

    /// Puts text into the column at the path.
    fn put(&mut self, text: &str) {
        let Some(idx) = self.column_for_row() else { return };
        self.texts[idx].clear();
        self.filled[idx] = self.row;
        self.n_used = self.n_used.max(idx + 1);
        if cells::too_long(text) {
            self.doubts.push(Doubt::about_cell(self.number, idx as u16, DoubtCode::TooLong, ""));
        } else {
            self.texts[idx].push_str(text);
        }
    }

    fn doubt(&mut self, code: DoubtCode) {
        let path = std::mem::take(&mut self.path);
        if let Some(idx) = self.column_of(&path) {
            self.doubts.push(Doubt::about_cell(self.number, idx as u16, code, ""));
        }
        self.path = path;
    }

    /// The column at the path. If an object says a name twice, the second goes to a column of its
    /// own, as the second of two columns of one name does in a table.
    fn column_for_row(&mut self) -> Option<usize> {
        let path = std::mem::take(&mut self.path);
        let mut idx = self.column_of(&path);
        let mut copy = 2;
        while let Some(taken) = idx.filter(|&idx| self.filled[idx] == self.row) {
            let too_many = copy > MAX_COPIES;
            if copy == 2 || too_many {
                let code =
                    if too_many { DoubtCode::PartialRead } else { DoubtCode::DuplicateColumn };
                self.doubts.push(Doubt::about_cell(self.number, taken as u16, code, ""));
            }
            idx = if too_many { None } else { self.column_of(&format!("{path} ({copy})")) };
            copy += 1;
        }
        self.path = path;
        idx
    }

    fn column_of(&mut self, name: &str) -> Option<usize> {
        // Most objects have the members of the one before, in its order.
        if self.columns.get(self.guess).is_some_and(|column| column == name) {
            self.guess += 1;
            return Some(self.guess - 1);
        }
        if let Some(&idx) = self.index.get(name) {
            self.guess = idx + 1;
            return Some(idx);
        }
        if self.columns.len() == MAX_COLUMNS {
            let too_many = |doubt: &Doubt| doubt.column.is_none();
            if !self.doubts.iter().any(too_many) {
                self.doubts.push(Doubt::about_row(self.number, DoubtCode::PartialRead, ""));
            }
            return None;
        }
        self.columns.push(name.to_owned());
        self.index.insert(name.to_owned(), self.columns.len() - 1);
        self.texts.push(String::new());
        self.filled.push(0);
        self.guess = self.columns.len();
        Some(self.columns.len() - 1)
    }
}

/// The text of a JSON string; as an error, the raw text between its quotes where an escape in it
/// stands for no character.
pub(super) fn unquote(text: &str) -> Result<Cow<'_, str>, &str> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(text).map(Cow::Owned).map_err(|_| inner)
}

/// Calls `f` with every member of an object, values unparsed.
pub(super) fn each_member<'a>(
    text: &'a str,
    f: impl FnMut(&str, &'a RawValue),
) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Members(f))?;
    deserializer.end()
}

struct Members<F>(F);

impl<'a, F: FnMut(&str, &'a RawValue)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key()? {
            let value: &'a RawValue = members.next_value()?;
            (self.0)(&name, value);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
