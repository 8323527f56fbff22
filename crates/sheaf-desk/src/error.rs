//! What can go wrong with the desk itself, as against with a request, which gets an [`Answer`].
//!
//! [`Answer`]: crate::Answer

use sheaf_store::StoreError;

/// Why the desk could not do what was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct DeskError {
    /// A lower-case sentence: which thing, where, what is wrong.
    pub what: String,
    /// What to do about it. Empty when there is nothing to say.
    pub hint: String,
    /// A stable code.
    pub code: &'static str,
}

/// What the functions of this crate give back.
pub type Result<T> = std::result::Result<T, DeskError>;

impl DeskError {
    /// An error with a stable code, what is wrong, and what to do about it.
    pub fn new(code: &'static str, what: impl Into<String>, hint: impl Into<String>) -> DeskError {
        DeskError { what: what.into(), hint: hint.into(), code }
    }
}

impl From<StoreError> for DeskError {
    fn from(err: StoreError) -> DeskError {
        DeskError { what: err.what, hint: err.hint, code: err.code }
    }
}
