//! What passes between organisations: who may see what, the formats it travels in, and the record
//! of what passed.
//!
//! [`rules`] decides, for a report with its marking and for a reader, whether the reader may see it.
//! [`stix`] puts reports into STIX 2.1 and takes them out again, and refuses what is about people;
//! [`cap`] reads and writes public alerts; [`screen`] finds names and contact details in running
//! text; [`audit`] keeps every act in a log that shows where it was tampered with, and [`custody`]
//! proves what came from which file. [`bundle`] carries all of these in signed files between offices
//! that no line connects.
//!
//! [`seen`] is a settled incident as one reader sees it; [`features`] writes such incidents as a layer
//! for maps, [`misp`] as MISP events, and [`frictionless`] as tables that describe themselves.
//!
//! Bytes, times, directories, readers, salts and keys are arguments; nothing here asks a clock,
//! opens a file or a connection, or draws a random number.

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

pub use hash::{Hash, Hashing};
pub use losses::{Loss, Losses};
