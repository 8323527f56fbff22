//! What an export is asked for.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, Which};

#[derive(Args, Debug)]
pub struct Exporting {
    /// The pool
    pub pool: PathBuf,
    /// The format
    #[arg(long, value_enum)]
    pub to: ExportFormat,
    /// Where to write: a file, or for csv, frictionless and cap a folder
    #[arg(long, short, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// For misp, frictionless and cap: the member for whom it is, or anyone; it gets what it may see and
    /// pass on
    #[arg(long = "for", value_name = "MEMBER")]
    pub reader: Option<String>,
    /// For misp and cap: the member in whose name it goes out; needed where several share sources
    #[arg(long, value_name = "MEMBER")]
    pub by: Option<String>,
    #[command(flatten)]
    pub which: Which,
    /// Print the line that names this export instead, for `sheaf replay`
    #[arg(long)]
    pub cite: bool,
}

/// Formats of an export: those of lists, which go by the terms of the sources, and those of exchange, which
/// go by what the owners allow a member to see besides.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Table,
    Json,
    Csv,
    Geojson,
    Parquet,
    /// Events of MISP's core format, one document
    Misp,
    /// A Frictionless data package, a folder
    Frictionless,
    /// CAP 1.2 alerts, Restricted, with an Atom index, a folder
    Cap,
}

impl ExportFormat {
    /// The format of a list, if it is one.
    pub fn of_a_list(self) -> Option<Format> {
        Some(match self {
            ExportFormat::Table => Format::Table,
            ExportFormat::Json => Format::Json,
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Geojson => Format::Geojson,
            ExportFormat::Parquet => Format::Parquet,
            ExportFormat::Misp | ExportFormat::Frictionless | ExportFormat::Cap => return None,
        })
    }
}
