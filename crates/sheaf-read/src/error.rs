//! Why a file could not be read at all. Messy data is not an error: it becomes doubts.

/// Why a file, or a mapping, could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct ReadError {
    /// The thing, the place and the value, as one sentence without a full stop.
    pub what: String,
    /// What would help, if we know.
    pub hint: Option<String>,
    /// A stable code for JSON output ("no-such-file", "not-a-table").
    pub code: &'static str,
}

impl ReadError {
    /// An error with no hint yet.
    ///
    /// ```
    /// use sheaf_read::ReadError;
    /// let error = ReadError::new("empty-file", "acme.csv is empty").hint("is it the right file?");
    /// assert_eq!(error.to_string(), "acme.csv is empty");
    /// assert_eq!(error.hint.as_deref(), Some("is it the right file?"));
    /// ```
    pub fn new(code: &'static str, what: impl Into<String>) -> ReadError {
        ReadError { what: what.into(), hint: None, code }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> ReadError {
        self.hint = Some(hint.into());
        self
    }
}
