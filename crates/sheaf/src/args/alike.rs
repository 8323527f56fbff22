//! Arguments of `sheaf alike`: the incidents that resemble one.

use std::path::PathBuf;

use clap::Args;

use super::{Summary, Which};

pub const EXAMPLES: &str = "\
Example:
  sheaf alike attacks.sheaf civil-protection:CP-016 --near-km 50 --country China

It compares method, target, place and weekday, by weights against how common each is in the pool. What is
claimed or blamed is not looked at: it groups incidents, and says nothing of who did anything.";

#[derive(Args, Debug)]
pub struct Resembling {
    /// The pool
    pub pool: PathBuf,
    /// An incident's id, or the id of any of its reports: source:key
    pub id: String,
    /// Within this distance two incidents are at one place
    #[arg(long, value_name = "KM", default_value_t = 50.0)]
    pub near_km: f64,
    /// The least weight of an incident that is told
    #[arg(long, value_name = "WEIGHT", default_value_t = 3.0, allow_hyphen_values = true)]
    pub least: f64,
    /// How likely a trait is repeated within a series: above 0, below 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    pub repeats: f64,
    /// How often traits are shuffled
    #[arg(long, value_name = "N", default_value_t = 999)]
    pub permutations: u32,
    /// What settles the chance: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}
