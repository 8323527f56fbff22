//! Arguments of the commands that say who may see what.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sheaf_model::{GroupName, MemberId, Moment, Pap, Purpose, ReportId, Sector, SourceName, Tlp};

/// How `sheaf share` is called.
pub(super) const EXAMPLES: &str = "\
Examples:
  sheaf share attacks.sheaf --source northline-wire --by northline --tlp green --purpose reporting --show
  sheaf share attacks.sheaf --source northline-wire --by northline --tlp amber+strict \\
      --group corridor --purpose policing --until 2027-01-01
  sheaf share attacks.sheaf --import 3 --tlp red
  sheaf share attacks.sheaf --report northline-wire:NW-140522-1 --embargo 2027-01-01

What is said of an import, a data set or a report is as with its source where it says nothing, and of several things
that are said of a report the strictest counts. What is said takes the place of what was said before. A source of which nothing was said is seen by nobody.
`sheaf exchange publish` puts the reports where others fetch them.";

#[derive(Subcommand, Debug)]
pub enum Grouping {
    /// Make a group, which has no members yet
    Add {
        /// The pool
        pool: PathBuf,
        /// Its short name
        #[arg(value_parser = GroupName::new)]
        name: GroupName,
        /// Whether its name and its members are known to its members only
        #[arg(long)]
        confidential: bool,
    },
    /// Put members into a group
    Join {
        /// The pool
        pool: PathBuf,
        /// The group
        #[arg(value_parser = GroupName::new)]
        group: GroupName,
        /// The members
        #[arg(required = true, value_parser = MemberId::new)]
        members: Vec<MemberId>,
    },
    /// Take members out of a group
    Leave {
        /// The pool
        pool: PathBuf,
        /// The group
        #[arg(value_parser = GroupName::new)]
        group: GroupName,
        /// The members
        #[arg(required = true, value_parser = MemberId::new)]
        members: Vec<MemberId>,
    },
    /// List the groups with their members
    List {
        /// The pool
        pool: PathBuf,
    },
}

#[derive(Args, Debug)]
pub struct SharingOf {
    /// The pool
    pub pool: PathBuf,
    /// The source whose reports are meant
    #[arg(long, value_parser = source, required_unless_present_any = ["import", "report"])]
    pub source: Option<SourceName>,
    /// Of that source only the reports of the data set with this label
    #[arg(long, value_name = "LABEL", requires = "source")]
    pub dataset: Option<String>,
    /// Only the reports of this import, by its number in `sheaf sources POOL`
    #[arg(long, value_name = "N", conflicts_with_all = ["source", "report"])]
    pub import: Option<u64>,
    /// Only this report
    #[arg(long, value_name = "ID", value_parser = report, conflicts_with = "source")]
    pub report: Option<ReportId>,
    /// Take back what was said of some reports only: they are as their source again
    #[arg(long, conflicts_with_all = ["tlp", "pap", "group", "purpose", "until", "embargo", "show"])]
    pub as_source: bool,
    /// Whose they are; needed the first time, where there are several members
    #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
    pub by: Option<MemberId>,
    /// How far they may be passed: clear, green, amber, amber+strict (where nothing is said), red
    #[arg(long, value_name = "LEVEL", value_parser = tlp)]
    pub tlp: Option<Tlp>,
    /// What may be done with them: clear, green, amber (where nothing is said), red
    #[arg(long, value_name = "LEVEL", value_parser = pap)]
    pub pap: Option<Pap>,
    /// A group that may see them (several: --group a --group b)
    #[arg(long, value_parser = GroupName::new)]
    pub group: Vec<GroupName>,
    /// What they may be used for (several: --purpose policing --purpose research)
    #[arg(long, value_name = "WORD", value_delimiter = ',', value_parser = purpose)]
    pub purpose: Vec<Purpose>,
    /// From then on nobody sees them any more: a day (its beginning, in UTC) or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub until: Option<Moment>,
    /// Until then nobody else sees them: a day (its beginning, in UTC) or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub embargo: Option<Moment>,
    /// Only show who would see what; without any marking, show who sees what now
    #[arg(long)]
    pub show: bool,
}

fn report(text: &str) -> Result<ReportId, String> {
    ReportId::parse(text).ok_or_else(|| "a report is named as source:key".to_owned())
}

pub(super) fn source(text: &str) -> Result<SourceName, String> {
    SourceName::new(text).map_err(|err| err.to_string())
}

/// One of the words of a closed list, or all of them to choose from.
fn one_of<T: Copy + std::fmt::Display>(found: Option<T>, all: &[T]) -> Result<T, String> {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    found.ok_or_else(|| format!("it is one of {}", words.join(", ")))
}

pub(super) fn sector(text: &str) -> Result<Sector, String> {
    one_of(Sector::from_name(text), Sector::ALL)
}

pub(super) fn purpose(text: &str) -> Result<Purpose, String> {
    one_of(Purpose::from_name(text), Purpose::ALL)
}

fn tlp(text: &str) -> Result<Tlp, String> {
    one_of(Tlp::from_name(&text.to_ascii_lowercase()), Tlp::ALL)
}

pub(super) fn pap(text: &str) -> Result<Pap, String> {
    one_of(Pap::from_name(&text.to_ascii_lowercase()), Pap::ALL)
}

pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let day = || Moment::parse(&format!("{text}T00:00:00Z"));
    Moment::parse(text)
        .or_else(day)
        .ok_or_else(|| "write 2026-03-01 or 2026-03-01T12:00:00Z".to_owned())
}
