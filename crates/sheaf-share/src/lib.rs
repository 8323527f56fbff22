//! What passes between organisations: who may see what, and the formats it travels in.
//!
//! [`rules`] decides, for a report with its marking and for a reader, whether the reader may see it.
//! [`stix`] puts reports into STIX 2.1 and takes them out again, and refuses what is about people.
//! [`seen`] is a settled incident as one reader sees it; [`features`] writes such incidents as OGC API
//! – Features has them, [`misp`] as MISP does, and [`frictionless`] as tables that describe themselves.
//!
//! Times, directories, readers and random bytes are arguments; nothing here asks a clock, opens a
//! file or a connection, or draws a random number.

mod losses;

pub mod features;
pub mod frictionless;
pub mod misp;
pub mod rules;
pub mod seen;
pub mod stix;

pub use losses::{Loss, Losses};
