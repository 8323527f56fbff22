//! Why a file could not be read at all. Messy data is not an error: it becomes doubts.

/// Why a file, or a mapping, could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct ReadError {
    /// The thing, the place and the value, as one sentence without a full stop.
    pub what: String,
    /// What would help, if we know.
    pub hint: Option<String>,
    /// A stable code for JSON output ("no-such-file", "not-a-table").
    pub code: &'static str,
}
