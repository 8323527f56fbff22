//! Walking a TOML mapping so that every problem in it is found at once, an unknown key is an error
//! with "did you mean", and every message names the key it is about.

use std::cell::RefCell;
use std::fmt;

use toml::{Table, Value};

use super::nearest::nearest;

/// One thing wrong with a mapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where and what, as one sentence: "date.fromats is not a setting of a mapping".
    pub what: String,
    /// What would help.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " (hint: {hint})"))
    }
}

/// The problems found so far.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub fn add(&self, what: String, hint: Option<String>) {
        self.0.borrow_mut().push(Problem { what, hint });
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// A table of the mapping, from which keys are taken; what is left at the end is a problem.
pub(crate) struct Sheet<'p> {
    path: String,
    table: Table,
    asked: Vec<String>,
    pub problems: &'p Problems,
}

impl<'p> Sheet<'p> {
    pub fn new(path: &str, table: Table, problems: &'p Problems) -> Sheet<'p> {
        Sheet { path: path.to_owned(), table, asked: Vec::new(), problems }
    }

    /// The full name of a key, for messages.
    pub fn key(&self, key: &str) -> String {
        let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let key = if plain { key.to_owned() } else { format!("\"{key}\"") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    /// The name of this table, for messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn problem(&self, key: &str, what: &str, hint: Option<String>) {
        self.problems.add(format!("{} {what}", self.key(key)), hint);
    }

    pub fn take(&mut self, key: &str) -> Option<Value> {
        self.asked.push(key.to_owned());
        self.table.remove(key)
    }

    pub fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.problem(key, &format!("must be text, not {}", kind_of(&other)), None);
                None
            }
        }
    }

    pub fn needed_text(&mut self, key: &str) -> String {
        let missing = !self.table.contains_key(key);
        if missing {
            self.asked.push(key.to_owned());
            self.problem(key, "is missing", None);
        }
        self.text(key).unwrap_or_default()
    }

    /// Text, or a list of texts; numbers are taken as they would be written in a cell.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        values.into_iter().filter_map(|value| self.cell_text(key, value)).collect()
    }

    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.take(key)? {
            Value::Boolean(flag) => Some(flag),
            other => {
                let what = format!("must be true or false, not {}", kind_of(&other));
                self.problem(key, &what, None);
                None
            }
        }
    }

    /// A number that is finite and not negative.
    pub fn amount(&mut self, key: &str) -> Option<f64> {
        let value = self.take(key)?;
        match amount_of(&value) {
            Some(amount) => Some(amount),
            None => {
                self.problem(key, "must be a number of 0 or more", None);
                None
            }
        }
    }

    /// One character, or the word "tab".
    pub fn character(&mut self, key: &str) -> Option<char> {
        let text = self.text(key)?;
        let mut characters = text.chars();
        match (text.as_str(), characters.next(), characters.next()) {
            ("tab", ..) => Some('\t'),
            (_, Some(c), None) => Some(c),
            _ => {
                self.problem(key, "must be one character, or \"tab\"", None);
                None
            }
        }
    }

    pub fn sheet(&mut self, key: &str) -> Option<Sheet<'p>> {
        match self.take(key)? {
            Value::Table(table) => Some(Sheet::new(&self.key(key), table, self.problems)),
            other => {
                self.problem(key, &format!("must be a table, not {}", kind_of(&other)), None);
                None
            }
        }
    }

    /// A list of tables (`[[toll]]`).
    pub fn sheets(&mut self, key: &str) -> Vec<Sheet<'p>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.problem(key, &format!("must be a list of tables: write [[{key}]]"), None);
            return Vec::new();
        };
        let n_values = values.len();
        let mut sheets = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            let name = if n_values == 1 {
                self.key(key)
            } else {
                format!("{}[{}]", self.key(key), at + 1)
            };
            match value {
                Value::Table(table) => sheets.push(Sheet::new(&name, table, self.problems)),
                _ => self.problems.add(format!("{name} must be a table: write [[{key}]]"), None),
            }
        }
        sheets
    }

    /// Everything left in the table, in order of key, for tables whose keys are columns
    /// or codes.
    pub fn rest(mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.table).into_iter().collect()
    }

    /// A table from codes to meanings, read by `read`, which says what is wrong otherwise.
    pub fn codes<T>(
        &mut self,
        key: &str,
        read: impl Fn(&str) -> Result<T, (String, Option<String>)>,
    ) -> Vec<(String, T)> {
        let Some(sheet) = self.sheet(key) else { return Vec::new() };
        let path = sheet.path.clone();
        let mut codes = Vec::new();
        for (code, value) in sheet.rest() {
            let Some(text) = self.cell_text(key, value) else { continue };
            match read(&text) {
                Ok(meaning) => codes.push((code, meaning)),
                Err((what, hint)) => {
                    self.problems.add(format!("{path}.\"{code}\": {what}"), hint);
                }
            }
        }
        codes
    }

    /// A word out of a list of known ones.
    pub fn one_of<T: Copy>(&mut self, key: &str, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        match known_word(&text, known) {
            Ok(meaning) => Some(meaning),
            Err((what, hint)) => {
                self.problem(key, &format!(": {what}"), hint);
                None
            }
        }
    }

    /// Reports every key nobody asked for.
    pub fn finish(self) {
        for (key, _) in &self.table {
            let hint = nearest(key, self.asked.iter().map(String::as_str)).map(|meant| {
                let known = self.key(meant);
                format!("did you mean {known}?")
            });
            let hint = hint.or_else(|| {
                let mut asked: Vec<&str> = self.asked.iter().map(String::as_str).collect();
                asked.sort_unstable();
                asked.dedup();
                Some(format!("the settings here are {}", asked.join(", ")))
            });
            self.problem(key, "is not a setting of a mapping", hint);
        }
    }

    fn cell_text(&self, key: &str, value: Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            other => {
                self.problem(key, &format!("must hold texts, not {}", kind_of(&other)), None);
                None
            }
        }
    }
}

/// A word out of a list of known ones, or what is wrong with it.
pub(crate) fn known_word<T: Copy>(
    word: &str,
    known: &[(&'static str, T)],
) -> Result<T, (String, Option<String>)> {
    if let Some((_, meaning)) = known.iter().find(|(name, _)| *name == word) {
        return Ok(*meaning);
    }
    let hint = match nearest(word, known.iter().map(|(name, _)| *name)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            format!("the known words are {}", names.join(", "))
        }
    };
    Err((format!("\"{word}\" is not a known word"), Some(hint)))
}

fn amount_of(value: &Value) -> Option<f64> {
    let amount = match value {
        Value::Integer(number) => *number as f64,
        Value::Float(number) => *number,
        _ => return None,
    };
    (amount.is_finite() && amount >= 0.0).then_some(amount)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}
