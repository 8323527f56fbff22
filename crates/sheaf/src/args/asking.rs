//! Arguments of commands that ask: how much of the pool may be known, one incident by several
//! profiles, series, and the way back from a citation.

use std::path::PathBuf;

use clap::Args;
use sheaf_model::Day;

use super::{DiffFormat, Format, Summary, Which, day};
use crate::knowing::{Knowing, Moment};
use crate::periods::{Bin, By};
use crate::series::Each;

/// Two axes of time: when the pool took something in, and when it was said.
#[derive(Args, Debug, Clone, Default)]
pub struct Times {
    /// As the pool knew it at the end of this day, or at this time (UTC, as in
    /// 2014-05-24T13:00:00Z): by when it took things in
    #[arg(long, value_name = "DATE", value_parser = moment)]
    pub as_known_on: Option<Moment>,
    /// Only what was said by this day: published by then, and true as of no later day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub claims_until: Option<Day>,
    /// With --claims-until, keep also what says no day of its own
    #[arg(long, requires = "claims_until")]
    pub undated_too: bool,
}

impl Times {
    /// How much of a pool that leaves.
    pub fn knowing(&self) -> Knowing {
        let Times { as_known_on, claims_until, undated_too } = *self;
        Knowing { known_on: as_known_on, claims_until, undated_too, ..Knowing::default() }
    }
}

#[derive(Args, Debug)]
pub struct Showing {
    /// The pool
    pub pool: PathBuf,
    /// An incident's id, or the id of any of its reports: source:key
    pub id: String,
    /// The rules by which claims are settled; several joined with +, or all
    #[arg(long, value_name = "PROFILE", default_value = "interval")]
    pub profile: String,
    #[command(flatten)]
    pub times: Times,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
    /// Print the line that names this answer instead, for `sheaf replay`
    #[arg(long)]
    pub cite: bool,
    /// Leave out what others shared with this pool
    #[arg(long)]
    pub only_own: bool,
}

#[derive(Args, Debug)]
pub struct SeriesOf {
    /// The pool
    pub pool: PathBuf,
    /// How long a period is
    #[arg(long, value_enum, default_value_t = By::Month)]
    pub by: By,
    /// How an incident of several days is put into periods
    #[arg(long, value_enum, default_value_t = Bin::Start)]
    pub bin: Bin,
    /// A series for each of these
    #[arg(long, value_enum)]
    pub each: Option<Each>,
    /// A source of the panel (repeatable; default: those that are there throughout)
    #[arg(long, value_name = "SOURCE")]
    pub panel: Vec<String>,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
    pub format: DiffFormat,
    /// Print the line that names this series instead, for `sheaf replay`
    #[arg(long)]
    pub cite: bool,
}

#[derive(Args, Debug)]
pub struct Citing {
    /// The pool
    pub pool: PathBuf,
    #[command(flatten)]
    pub which: Which,
    /// The format of the list that is named
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct Replaying {
    /// The pool
    pub pool: PathBuf,
    /// The line that `sheaf cite` or `--cite` printed
    #[arg(allow_hyphen_values = true)]
    pub line: String,
    /// Where to write (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| {
        "a day is written YYYY-MM-DD, as in 2014-05-24, and a time as 2014-05-24T13:00:00Z"
            .to_owned()
    })
}
