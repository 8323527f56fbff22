//! What went wrong, in a sentence, and what would help.

use std::fmt;

/// A failure of a task.
#[derive(Debug)]
pub struct Failure {
    what: String,
    hint: Option<String>,
}

/// What a task returns.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A failure said in one sentence.
    pub fn new(what: impl Into<String>) -> Failure {
        Failure { what: what.into(), hint: None }
    }

    /// Adds what would help.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for Failure {}

/// Gives an error of the system its thing: "cannot write target/demo: permission denied".
pub trait About<T> {
    /// The result, with what was being done when it failed.
    fn about(self, doing: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> About<T> for Result<T, E> {
    fn about(self, doing: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("cannot {doing}: {error}")))
    }
}
