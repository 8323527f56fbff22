//! What went wrong, told to a person or, with `--json`, to a program.

use std::fmt;

/// A promise that could not be kept. Messy data is no failure; it becomes doubts.
#[derive(Debug)]
pub struct Failure {
    /// The thing, the place and the value, as one sentence without a full stop.
    pub what: String,
    /// What would help.
    pub hint: Option<String>,
    /// A stable code.
    pub code: &'static str,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(code: &'static str, what: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: None, code }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// The same with a hint, if it has none yet.
    pub fn or_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// `error: …` and `hint: …` on two lines, or one JSON object.
    pub fn print(&self, json: bool) {
        if json {
            let object = serde_json::json!({
                "error": { "code": self.code, "what": self.what, "hint": self.hint }
            });
            eprintln!("{object}");
        } else {
            eprintln!("error: {}", self.what);
            if let Some(hint) = &self.hint {
                eprintln!("hint: {hint}");
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}

impl From<sheaf_read::ReadError> for Failure {
    fn from(error: sheaf_read::ReadError) -> Failure {
        Failure { what: error.what, hint: error.hint, code: error.code }
    }
}

impl From<sheaf_store::StoreError> for Failure {
    fn from(error: sheaf_store::StoreError) -> Failure {
        let hint = (!error.hint.is_empty()).then_some(error.hint);
        Failure { what: error.what, hint, code: error.code }
    }
}

impl From<sheaf_read::MappingError> for Failure {
    fn from(error: sheaf_read::MappingError) -> Failure {
        Failure::from(sheaf_read::ReadError::from(error))
    }
}
