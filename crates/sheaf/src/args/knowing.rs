//! Arguments of `sheaf knew`: who knew what, and when.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Summary, Which};

pub const EXAMPLES: &str = "\
Examples:
  sheaf knew attacks.sheaf                     overlap, who was first, what sharing would have given
  sheaf knew attacks.sheaf --incidents         and each incident: who was first, how much later the others
  sheaf knew attacks.sheaf --source northline-wire --source civil-protection
  sheaf knew attacks.sheaf --alarms --radius-km 50 --once-in 365

A day is that on which a report says it was written or published, else that of its import; what rests on
an import is counted apart.";

/// Who is compared.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyWord {
    /// Each source
    Source,
    /// Each member, with all the sources that it owns; a source that nobody shares stands for itself
    Member,
}

impl Knowers {
    /// All that is there, of a pool.
    pub fn of(pool: &Path, each: PartyWord, alarms: bool) -> Knowers {
        Knowers {
            pool: pool.to_owned(),
            each: Some(each),
            source: Vec::new(),
            member: Vec::new(),
            incidents: true,
            alarms,
            radius_km: 20.0,
            longest_days: 28,
            once_in: 365,
            replications: 999,
            seed: 1,
            which: Which::everything(),
            format: Summary::Json,
        }
    }
}

#[derive(Args, Debug)]
pub struct Knowers {
    /// The pool
    pub pool: PathBuf,
    /// Who is compared (default: sources, or members where --member is given)
    #[arg(long, value_enum)]
    pub each: Option<PartyWord>,
    /// Only these sources (repeatable)
    #[arg(long, value_name = "SOURCE")]
    pub source: Vec<String>,
    /// Only the sources that these members own (repeatable)
    #[arg(long, value_name = "MEMBER")]
    pub member: Vec<String>,
    /// List each incident with who was first and how much later the others learnt of it
    #[arg(long)]
    pub incidents: bool,
    /// Run the daily alarm on what each alone knew, and on all: which would have come earlier
    #[arg(long)]
    pub alarms: bool,
    /// With --alarms, the largest radius of a circle
    #[arg(long, value_name = "KM", default_value_t = 20.0, requires = "alarms")]
    pub radius_km: f64,
    /// With --alarms, the longest window
    #[arg(long, value_name = "DAYS", default_value_t = 28, requires = "alarms")]
    pub longest_days: u32,
    /// With --alarms, one false alarm by chance in so many days of daily runs
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "alarms")]
    pub once_in: u32,
    /// With --alarms, how often the data are made again by chance
    #[arg(long, value_name = "N", default_value_t = 999, requires = "alarms")]
    pub replications: u32,
    /// With --alarms, what settles the chance: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1, requires = "alarms")]
    pub seed: u64,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}
