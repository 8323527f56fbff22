//! Bytes to reports: one folder for each source, and any plain table by a mapping.

mod error;
pub mod rows;

pub use error::ReadError;
