//! What passes between organisations: who may see what, and the formats it travels in.
//!
//! [`rules`] decides, for a report with its marking and for a reader, whether the reader may see it.
//! Times, directories and readers are arguments; nothing here asks a clock, opens a file or a
//! connection, or draws a random number.

pub mod rules;
