//! What is asked about who knew what.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::statistics::Chances;
use super::{Summary, Which};

pub(super) const EXAMPLES: &str = "\
Examples:
  sheaf knew attacks.sheaf
  sheaf knew attacks.sheaf --per member --since 2014-01-01
  sheaf knew attacks.sheaf --alarms --until 2014-05-31      which alarm would have come how much sooner
  sheaf knew attacks.sheaf --incidents --format json        who was first, for each incident";

/// Whose knowledge is held against whose.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each source
    Source,
    /// Each member, by the sources that are its; a source of nobody stands for itself
    Member,
}

#[derive(Args, Debug)]
pub struct Knowers {
    /// The pool
    pub pool: PathBuf,
    /// Whose knowledge is held against whose
    #[arg(long, value_enum, default_value_t = Per::Source)]
    pub per: Per,
    /// For each incident: who told of it first, and how much later the others did
    #[arg(long)]
    pub incidents: bool,
    /// Also run the daily watch on what each alone knew and on all of it, day by day
    #[arg(long)]
    pub alarms: bool,
    /// With --alarms: on so many days up to the last
    #[arg(long, value_name = "DAYS", default_value_t = 60, requires = "alarms",
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub alarm_days: u32,
    /// With --alarms: how many days each run looks back on
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "alarms",
        value_parser = clap::value_parser!(u32).range(28..=3660))]
    pub history_days: u32,
    /// With --alarms: the largest radius of a circle
    #[arg(long, value_name = "KM", default_value_t = 20.0, requires = "alarms")]
    pub radius_km: f64,
    /// With --alarms: the longest window
    #[arg(long, value_name = "DAYS", default_value_t = 28, requires = "alarms")]
    pub longest_days: u32,
    /// With --alarms: less often by chance than once in so many daily runs
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "alarms",
        value_parser = clap::value_parser!(u32).range(1..=10000))]
    pub once_in: u32,
    #[command(flatten)]
    pub chance: Chances,
    #[command(flatten)]
    pub which: Which,
    /// Leave out what others shared
    #[arg(long)]
    pub only_own: bool,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}
