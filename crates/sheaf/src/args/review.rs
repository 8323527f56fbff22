//! The options of `sheaf review`.

use std::path::PathBuf;

use clap::Args;

use super::Summary;

#[derive(Args, Debug)]
pub struct Reviewing {
    /// The pool
    pub pool: PathBuf,
    /// How many questions to print
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = at_least_one())]
    pub next: u32,
    /// Ask one question after the other and keep the answers, a line each: same, different, unsure,
    /// skip, undo or quit. What follows the word is kept as the reason
    #[arg(long, conflicts_with_all = ["next", "report", "format"])]
    pub ask: bool,
    /// The name you sign with in your office
    #[arg(long)]
    pub by: Option<String>,
    /// Print what the answers say: precision and recall, with intervals
    #[arg(long, conflicts_with = "next")]
    pub report: bool,
    /// Also draw N pairs that linking never compared, though they lie within twice its reach, so
    /// that recall can be about these too
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub beyond: Option<u32>,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

fn at_least_one() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}
