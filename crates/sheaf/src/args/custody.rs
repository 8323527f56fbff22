//! What the chain of custody is asked.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sheaf_store::ImportId;

#[derive(Args, Debug)]
pub struct Keeping {
    /// Keep the file's bytes too, sealed by the key in this file, which is made if it is not there; it
    /// belongs outside the pool
    #[arg(long, value_name = "KEYFILE")]
    pub keep_original: Option<PathBuf>,
    /// For so many days
    #[arg(long, value_name = "DAYS", default_value_t = 180, requires = "keep_original",
        value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub keep_days: u16,
}

#[derive(Args, Debug)]
pub struct Custodial {
    /// The pool
    pub pool: PathBuf,
    #[command(subcommand)]
    pub what: CustodyOf,
}

#[derive(Subcommand, Debug)]
pub enum CustodyOf {
    /// What was handed in, when, by which way, and what was made of it
    List,
    /// Whether what is in the pool came from these bytes: they are read once more, and have to give the same
    Verify {
        /// The file; what was kept of an import, if none is named
        #[arg(required_unless_present = "key")]
        file: Option<PathBuf>,
        /// The import (default: the one that has these bytes)
        #[arg(long, value_name = "IMPORT", value_parser = import, required_unless_present = "file")]
        import: Option<ImportId>,
        /// The mapping by which it was read, where that is neither built in nor beside the file
        #[arg(long = "as", value_name = "READER")]
        reader: Option<String>,
        /// The key of what was kept
        #[arg(long, value_name = "KEYFILE", conflicts_with = "file")]
        key: Option<PathBuf>,
    },
    /// Write an original that was kept
    Open {
        /// The import
        #[arg(value_parser = import)]
        import: ImportId,
        /// The key
        #[arg(long, value_name = "KEYFILE")]
        key: PathBuf,
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Let go of an original that was kept, before its time
    Drop {
        /// The import
        #[arg(value_parser = import)]
        import: ImportId,
    },
}

fn import(text: &str) -> Result<ImportId, String> {
    let number = text.strip_prefix('i').and_then(|digits| digits.parse().ok());
    number
        .map(ImportId)
        .ok_or_else(|| format!("\"{text}\" is no import; they are called i1, i2, …"))
}
