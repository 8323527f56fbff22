//! Who may see a report, who may change it, and what an incident looks like to one reader.
//!
//! In go a [`Marking`](sheaf_model::Marking), a [`Reader`] and the time; out comes a [`Decision`]
//! with its reason. Nothing is allowed that no rule allows. The reason is for the owner of the
//! report: a reader who may not see it gets the answer that a report which does not exist would get.
//!
//! What the five levels mean here, by TLP 2.0 (FIRST, "Traffic Light Protocol", version 2.0, August
//! 2022, <https://www.first.org/tlp/>):
//!
//! | level | TLP 2.0 says | here it reaches |
//! |---|---|---|
//! | RED | individual recipients only, no further | its owner and the named groups; it goes nowhere from there |
//! | AMBER+STRICT | the organisation only | its owner and the named groups |
//! | AMBER | the organisation and its clients, need to know | these, and the members of the owner's sector in the owner's region |
//! | GREEN | the community | every member of the pool |
//! | CLEAR | the world | anyone, signed in or not |
//!
//! Each row holds all readers of the row above it, so that raising a level never lets anybody in.
//! Beside the level, a reader needs a purpose in common with the marking (not for CLEAR, which the
//! same reader could fetch without signing in), an embargo must be over, the licence must let the
//! report travel, and it must not have expired. The owner needs only the last.
//!
//! Merged incidents are never stored: [`view_for`] says which reports and claims a reader's own
//! incident is made of, and [`combine`] what marking it bears. What is not here: accounts, sessions
//! and where markings are kept.

mod audience;
mod change;
mod combine;
mod directory;
mod line;
mod seeing;
mod view;

#[cfg(test)]
pub(crate) mod made_up;

pub use audience::{Audience, Line, Who, audience};
pub use change::{Change, Fault, NotAllowed, becomes_public, may_change, may_write};
pub use combine::{combine, widens};
pub use directory::{Directory, Reader};
pub use line::{as_line, from_line};
pub use seeing::{Because, Decision, Onward, WhyNot, may_see, onward};
pub use view::{Held, Usable, View, as_shown, view_for};
