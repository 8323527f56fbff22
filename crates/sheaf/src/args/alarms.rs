//! What the daily watch is asked, and what is done about its alarms.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sheaf_model::{Day, MemberId};

use super::statistics::Chances;
use super::{Times, day};

pub(super) const EXAMPLES: &str = "\
Examples:
  sheaf alarms attacks.sheaf --run                      each day, by cron or a timer
  sheaf alarms attacks.sheaf --run --on 2014-05-22
  sheaf alarms attacks.sheaf                            what is open
  sheaf alarms attacks.sheaf show 3
  sheaf alarms attacks.sheaf acknowledge 3 --by desk
  sheaf alarms attacks.sheaf close 3 --by desk --verdict hit --known-on 2014-05-24 --because 'a wave'
  sheaf alarms attacks.sheaf list --line 'Harbour line'
  sheaf alarms attacks.sheaf scores";

#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = false, subcommand_negates_reqs = true)]
pub struct Alarming {
    /// The pool
    pub pool: PathBuf,
    /// Look at the day: what is new, what goes on
    #[arg(long)]
    pub run: bool,
    #[command(flatten)]
    pub how: HowToWatch,
    #[command(subcommand)]
    pub what: Option<AlarmsDo>,
}

/// How the watch looks. What it looked for is kept with each run.
#[derive(Args, Debug, Clone)]
pub struct HowToWatch {
    /// The day to look at, the last of the data (default: today)
    #[arg(long, value_name = "DATE", value_parser = day, requires = "run")]
    pub on: Option<Day>,
    /// How many days to look back on
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "run",
        value_parser = clap::value_parser!(u32).range(28..=3660))]
    pub history_days: u32,
    /// The largest radius of a circle
    #[arg(long, value_name = "KM", default_value_t = 20.0, requires = "run")]
    pub radius_km: f64,
    /// The longest window
    #[arg(long, value_name = "DAYS", default_value_t = 28, requires = "run")]
    pub longest_days: u32,
    /// Raise an alarm where chance alone would do so less often than once in so many daily runs
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "run",
        value_parser = clap::value_parser!(u32).range(1..=10000))]
    pub once_in: u32,
    /// For a member: look at what it may see, and keep nothing
    #[arg(long = "for", value_name = "MEMBER", requires = "run", value_parser = MemberId::new)]
    pub reader: Option<MemberId>,
    /// With --for: write each alarm there as a CAP alert, Restricted
    #[arg(long, value_name = "FOLDER", requires = "reader")]
    pub cap: Option<PathBuf>,
    #[command(flatten)]
    pub chance: Chances,
    #[command(flatten)]
    pub times: Times,
    /// Leave out what others shared
    #[arg(long, requires = "run")]
    pub only_own: bool,
}

/// Which alarms are somebody's.
#[derive(Args, Debug, Clone, Default)]
pub struct Routed {
    /// Only near sites of this line
    #[arg(long, value_name = "LINE")]
    pub line: Option<String>,
    /// Only near this site
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
    /// Only near sites of this kind: airport, station, stop, port
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
}

#[derive(Subcommand, Debug, Clone)]
pub enum AlarmsDo {
    /// List the alarms, closed ones too
    List(Routed),
    /// Show all that was seen of an alarm and done about it
    Show {
        /// Its number
        alarm: i64,
    },
    /// Say that somebody looks at it
    Acknowledge {
        /// Its number
        alarm: i64,
        /// Who
        #[arg(long, value_name = "NAME")]
        by: String,
        /// A remark
        #[arg(long, value_name = "TEXT", default_value = "")]
        because: String,
    },
    /// Give it to a member
    Assign {
        /// Its number
        alarm: i64,
        /// To whom
        #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
        to: MemberId,
        /// By whom
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        because: String,
    },
    /// Close it with a verdict
    Close {
        /// Its number
        alarm: i64,
        /// What it was
        #[arg(long, value_enum)]
        verdict: AlarmVerdict,
        /// The day on which it was known without the alarm
        #[arg(long, value_name = "DATE", value_parser = day)]
        known_on: Option<Day>,
        /// By whom
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
    /// How the alarms so far have done
    Scores,
}

/// What an alarm turned out to be.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmVerdict {
    Hit,
    FalseAlarm,
    CannotTell,
}

impl AlarmVerdict {
    /// The word that is kept.
    pub fn name(self) -> &'static str {
        match self {
            AlarmVerdict::Hit => "hit",
            AlarmVerdict::FalseAlarm => "false-alarm",
            AlarmVerdict::CannotTell => "cannot-tell",
        }
    }
}
