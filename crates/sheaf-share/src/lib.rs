//! What passes between organisations: who may see what, and the formats it travels in.
//!
//! [`rules`] decides, for a report with its marking and for a reader, whether the reader may see it.
//! [`stix`] puts reports into STIX 2.1 and takes them out again, and refuses what is about people.
//!
//! Times, directories, readers and random bytes are arguments; nothing here asks a clock, opens a
//! file or a connection, or draws a random number.

pub mod rules;
pub mod stix;
