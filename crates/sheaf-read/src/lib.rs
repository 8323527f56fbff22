//! Bytes to reports: one folder for each source, and any plain table by a mapping.
//!
//! [`read_file`] takes a file from end to end. It chooses a [`Mapping`] (the one asked for, the
//! `.toml` beside the file, or the built-in one of [`SOURCES`] that recognises the columns), opens
//! the file as [`rows`], and reads each row into one report with its claims, or sets it aside with
//! a reason; the [`Tally`](sheaf_model::Tally) adds up. Nothing is linked or settled here.
//!
//! What is about people is not kept: columns known to hold it are refused, running text leaves
//! only a fingerprint, and a column nobody knows is never stored as it is.

mod detect;
mod draft;
mod error;
mod mapping;
mod reading;
pub mod rows;
mod sources;
mod told;

pub use detect::{Chosen, choose};
pub use draft::draft_mapping;
pub use error::ReadError;
pub use mapping::{
    DayFormat, Hand, Mapping, MappingError, Out, Problem, Recognise, WORDS, exact_fingerprint,
    fingerprint, parse_count, parse_degrees, people_in,
};
pub use reading::{Head, LeftOut, ReadOptions, Reading, dataset_and_version, read_all, read_file};
pub use sources::{About, BuiltIn, SOURCES};
pub use told::told;
