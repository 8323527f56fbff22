//! Rules about the repository itself, each held by a test in `xtask/tests`. A rule here returns
//! everything that breaks it, so that a test can name all of it at once.

pub mod arrows;
pub mod files;
pub mod invariants;
pub mod links;
