//! What somebody writes for others to read: whether it may be kept, and what they are told where it may not.

use std::fmt;

use super::{Hit, screen};

/// Longer texts are nobody's to read.
pub const LONGEST: usize = 4000;

/// Why a text is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotKept {
    /// It has more than [`LONGEST`] characters.
    TooLong,
    /// Something in it may name a person or lead to one, from this character on, counted from 1.
    Names(usize),
}

impl NotKept {
    /// What would help, if anything would.
    pub fn hint(self) -> Option<&'static str> {
        matches!(self, NotKept::Names(_)).then_some("say it by role and place instead")
    }
}

/// What is wrong with a text, to follow what it is called. What was found is not repeated: a message is kept in more
/// places than the text would have been.
impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotKept::TooLong => write!(f, "it has more than {LONGEST} characters"),
            NotKept::Names(at) => write!(f, "what stands at character {at} may name a person"),
        }
    }
}

/// Whether a text may be kept. It may be empty. `is_known` says of a hit that it is known to be something else.
///
/// ```
/// use sheaf_share::screen::{NotKept, may_be_kept};
/// assert_eq!(may_be_kept("one market, one morning", |_| false), Ok(()));
/// let named = "as witness Jane Doe told us";
/// assert_eq!(may_be_kept(named, |_| false), Err(NotKept::Names(12)));
/// assert_eq!(may_be_kept(named, |hit| &named[hit.span.clone()] == "Jane Doe"), Ok(()));
/// ```
pub fn may_be_kept(text: &str, is_known: impl Fn(&Hit) -> bool) -> Result<(), NotKept> {
    if text.chars().count() > LONGEST {
        return Err(NotKept::TooLong);
    }
    match screen(text).into_iter().find(|hit| !is_known(hit)) {
        None => Ok(()),
        Some(hit) => Err(NotKept::Names(text[..hit.span.start].chars().count() + 1)),
    }
}
