//! Arguments of the commands by which people judge, and by which linking is measured and learns.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Summary;

#[derive(Args, Debug)]
pub struct Judging {
    /// The pool
    pub pool: PathBuf,
    /// What you judge
    #[arg(value_enum)]
    pub verdict: VerdictWord,
    /// A report: source:key
    pub a: String,
    /// Another report
    pub b: String,
    /// The name you sign with in your office
    #[arg(long)]
    pub by: String,
    /// Why
    #[arg(long)]
    pub because: String,
}

#[derive(Args, Debug)]
pub struct Undoing {
    /// The pool
    pub pool: PathBuf,
    /// The judgement, as `sheaf judgements` lists it: j3
    pub judgement: String,
    /// The name you sign with in your office
    #[arg(long)]
    pub by: String,
}

#[derive(Args, Debug)]
pub struct Scoring {
    /// The pool
    pub pool: PathBuf,
    /// Labels: a CSV with the columns report,event
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

#[derive(Args, Debug)]
pub struct Learning {
    /// The pool
    pub pool: PathBuf,
    /// Labels: a CSV with the columns report,event; without it the model is estimated from the
    /// pool, which takes no labels and suits curated data sets
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// What to call the model (default: the pool's name)
    #[arg(long)]
    pub name: Option<String>,
    /// Where to write it (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A verdict, as typed.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum VerdictWord {
    Same,
    Different,
    Unsure,
}
