//! What passes between organisations: who may see what, the formats it travels in, and the record of
//! what passed.
//!
//! [`rules`] decides, for a report with its marking and for a reader, whether the reader may see it.
//! [`stix`] puts reports into STIX 2.1 and takes them out again, and refuses what is about people.
//! [`seen`] is a settled incident as one reader sees it; [`features`] writes such incidents as OGC API
//! – Features has them, [`misp`] as MISP does, and [`frictionless`] as tables that describe themselves.
//! [`cap`] reads and writes alerts. [`screen`] finds names and contact details in free text. [`audit`]
//! is the log of who did what, and [`custody`] says where a form came from. [`bundle`] carries all of
//! these between offices that no line connects.
//!
//! In go bytes from strangers and acts of one's own; out come checked values, or a reason why not.
//! Times, directories, readers, keys and random bytes are arguments; nothing here asks a clock, opens
//! a file or a connection, or draws a random number, so that every function can be tested to the last
//! byte.

mod base64;
mod hash;
mod losses;

pub mod audit;
pub mod bundle;
pub mod cap;
pub mod custody;
pub mod features;
pub mod frictionless;
pub mod misp;
pub mod rules;
pub mod screen;
pub mod seen;
pub mod stix;

pub use hash::Hash;
pub use losses::{Loss, Losses};
