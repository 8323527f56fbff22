//! Arguments of the statistics: of a pool's incidents, or of files in SaTScan's formats.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Summary, Which};

/// Which windows of time a scan looks at.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookWord {
    /// Only what stands out now: windows up to the last day
    Now,
    /// What stood out at any time
    Back,
}

#[derive(Args, Debug)]
pub struct Scanning {
    /// The pool; or name files with --cases and --places
    #[arg(required_unless_present = "cases", conflicts_with = "cases")]
    pub pool: Option<PathBuf>,
    /// SaTScan's case file: place, count, date, covariates
    #[arg(long, value_name = "FILE", requires = "places")]
    pub cases: Option<PathBuf>,
    /// SaTScan's coordinates file: place, latitude, longitude (or x, y)
    #[arg(long, value_name = "FILE", requires = "cases")]
    pub places: Option<PathBuf>,
    /// SaTScan's population file: place, date, people, covariates (the Poisson model)
    #[arg(long, value_name = "FILE", requires = "cases", conflicts_with = "controls")]
    pub population: Option<PathBuf>,
    /// SaTScan's control file: place, count, date (the Bernoulli model)
    #[arg(long, value_name = "FILE", requires = "cases")]
    pub controls: Option<PathBuf>,
    /// SaTScan's parameter file; what it says holds, and what is not supported is refused
    #[arg(long, value_name = "FILE", requires = "cases",
        conflicts_with_all = ["look", "radius_km", "longest_days"])]
    pub prm: Option<PathBuf>,
    /// Which windows of time
    #[arg(long, value_enum, default_value_t = LookWord::Now)]
    pub look: LookWord,
    /// The largest radius of a circle
    #[arg(long, value_name = "KM", default_value_t = 20.0)]
    pub radius_km: f64,
    /// The longest window
    #[arg(long, value_name = "DAYS", default_value_t = 28)]
    pub longest_days: u32,
    #[command(flatten)]
    pub chance: Chances,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

/// How chance is estimated.
#[derive(Args, Debug, Clone, Copy)]
pub struct Chances {
    /// How often the data are made again by chance (default: 999, or what --prm says)
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,
    /// What settles the chance: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl Chances {
    /// How often, where nothing else says it.
    pub fn or_usual(self) -> u32 {
        self.replications.unwrap_or(999)
    }
}

#[derive(Args, Debug)]
pub struct Repeating {
    /// The pool
    pub pool: PathBuf,
    /// Bands of distance, in kilometres: 0-5 is from 0 up to and with 5 (repeatable; default 0-20)
    #[arg(long, value_name = "FROM-TO")]
    pub km: Vec<String>,
    /// Bands of time, in days: 28-70 is above 28 up to and with 70 (repeatable; default 0-28, 28-70)
    #[arg(long, value_name = "FROM-TO")]
    pub days: Vec<String>,
    #[command(flatten)]
    pub chance: Chances,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

#[derive(Args, Debug)]
pub struct Exciting {
    /// The pool
    pub pool: PathBuf,
    /// Days between two knots of the background that varies
    #[arg(long, value_name = "DAYS", default_value_t = 91)]
    pub knot_days: usize,
    /// The longest half-life of an effect that is looked at
    #[arg(long, value_name = "DAYS", default_value_t = 28.0)]
    pub longest_half_life: f64,
    /// How often the data are made again by chance, for the p-value
    #[arg(long, value_name = "N", default_value_t = 99)]
    pub replications: u32,
    /// What settles the chance: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}
