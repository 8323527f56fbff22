//! Which files are read, and how.

use std::path::PathBuf;

use clap::Args;
use sheaf_model::Day;

use super::{HowToLink, Keeping, Summary, day};

#[derive(Args, Debug)]
pub struct Pooling {
    /// The pool, a directory: NAME.sheaf
    pub pool: PathBuf,
    /// Files to read; a member of an archive is written archive.zip/member.csv
    #[arg(required_unless_present_any = ["method", "model"])]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub how: HowToRead,
    /// The data set the file is a vintage of (default: from the file's name)
    #[arg(long, value_name = "LABEL")]
    pub dataset: Option<String>,
    /// The version label (default: from the file's name or the mapping)
    #[arg(long = "version-label", visible_alias = "version", value_name = "LABEL")]
    pub version_label: Option<String>,
    /// Take in a file without a single report as a later vintage of one that had some
    #[arg(long)]
    pub accept_empty: bool,
    /// Exit with 1 if there is any doubt
    #[arg(long)]
    pub strict: bool,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
    #[command(flatten)]
    pub keeping: Keeping,
    #[command(flatten)]
    pub link: HowToLink,
}

/// How files are to be read.
#[derive(Args, Debug, Clone)]
pub struct HowToRead {
    /// A built-in reader (see `sheaf sources`) or a mapping file; default: a mapping beside the
    /// file, or the reader that knows its columns
    #[arg(long = "as", value_name = "READER")]
    pub reader: Option<String>,
    /// Another short name for the source, part of every report id
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// The day on which the file was published
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub published: Option<Day>,
}

#[derive(Args, Debug)]
pub struct Reading {
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub how: HowToRead,
    /// How many reports to show with their claims
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub rows: u64,
    /// Show the doubts instead of the claims, all of them
    #[arg(long)]
    pub doubts: bool,
    /// Exit with 1 if there is any doubt
    #[arg(long)]
    pub strict: bool,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}
