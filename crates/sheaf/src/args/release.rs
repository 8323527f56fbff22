//! Arguments of `sheaf release`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use sheaf_model::{GroupName, Moment, Pap, Purpose, SourceName};

use super::sharing::{moment, pap, purpose, source};

/// How `sheaf release` is called.
pub(super) const EXAMPLES: &str = "\
Examples:
  sheaf release ask attacks.sheaf --incident northline-wire:NW-140522-1 --by anna --because 'all of it is confirmed'
  sheaf release ask attacks.sheaf --source northline-wire --purpose reporting --by anna --because 'year-end release'
  sheaf release list attacks.sheaf
  sheaf release show attacks.sheaf 1
  sheaf release grant attacks.sheaf 1 --by ben

Who asks, decides or takes back proves to be that account: its password, or a token that may write, is the
first line on standard input. An incident goes out as a CAP alert to everybody, which `sheaf export --to cap`
and `sheaf serve` (under /alerts/) then carry; a source becomes TLP:CLEAR.";

#[derive(Subcommand, Debug)]
pub enum Releasing {
    /// Ask for an incident to be told to the public, or a source to become TLP:CLEAR
    Ask(Asking),
    /// Let it be so: another account of the same member, with the role releaser
    Grant(Deciding),
    /// Refuse it: another account of the same member, with the role releaser
    Refuse(Deciding),
    /// Take back what was asked for or granted; those who were told are told so
    Withdraw(Deciding),
    /// List what was asked for, and what became of it
    List {
        /// The pool
        pool: PathBuf,
    },
    /// Show what exactly was asked for
    Show {
        /// The pool
        pool: PathBuf,
        /// Its number
        number: i64,
    },
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["incident", "source"]))]
pub struct Asking {
    /// The pool
    pub pool: PathBuf,
    /// The incident, by its handle or by a report in it
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,
    /// The source that is to become TLP:CLEAR
    #[arg(long, value_parser = source)]
    pub source: Option<SourceName>,
    /// The account that asks, a contributor or reviewer of the owner
    #[arg(long, value_name = "ACCOUNT")]
    pub by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    /// Of a source: what may be done with its reports: clear, green, amber (where nothing is said), red
    #[arg(long, value_name = "LEVEL", value_parser = pap, requires = "source")]
    pub pap: Option<Pap>,
    /// Of a source: a group that is named as well
    #[arg(long, value_parser = GroupName::new, requires = "source")]
    pub group: Vec<GroupName>,
    /// Of a source: what its reports may be used for (several: --purpose policing --purpose research)
    #[arg(long, value_name = "WORD", value_delimiter = ',', value_parser = purpose, requires = "source")]
    pub purpose: Vec<Purpose>,
    /// Of a source: from then on nobody sees them any more: a day (its beginning, in UTC) or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", value_parser = moment, requires = "source")]
    pub until: Option<Moment>,
    /// Of a source: until then nobody else sees them: a day (its beginning, in UTC) or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", value_parser = moment, requires = "source")]
    pub embargo: Option<Moment>,
}

#[derive(Args, Debug)]
pub struct Deciding {
    /// The pool
    pub pool: PathBuf,
    /// Its number, as `sheaf release list` prints it
    pub number: i64,
    /// The account that decides
    #[arg(long, value_name = "ACCOUNT")]
    pub by: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub because: String,
}
