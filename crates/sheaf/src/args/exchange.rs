//! Arguments of the commands that exchange with other organisations.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sheaf_model::{MemberId, Purpose, Sector};

use super::sharing::{purpose, sector};

/// How `sheaf serve` is called.
pub(super) const SERVING_EXAMPLES: &str = "\
Examples:
  sheaf serve attacks.sheaf                    on 127.0.0.1:8420, for a proxy that does TLS
  sheaf serve attacks.sheaf --listen 0.0.0.0:8420 --tls-cert chain.pem --tls-key key.pem

The first line on standard output is the address. Files can be added to the pool meanwhile. It
ends on SIGTERM or Ctrl-C, with what it has begun.";

#[derive(Args, Debug)]
pub struct Serving {
    /// The pool
    pub pool: PathBuf,
    /// The address to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    pub listen: SocketAddr,
    /// The most objects on one page
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = page_size)]
    pub page_size: usize,
    /// The certificate for TLS, with those that vouch for it (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// How many requests an account may send per second over time; for a moment twice as many
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub requests_per_second: u32,
}

#[derive(Subcommand, Debug)]
pub enum Exchanging {
    /// Take over collections, objects and accounts of another TAXII server
    Import {
        /// The pool (made if absent)
        pool: PathBuf,
        /// The data file, or a file of users, as medallion reads them
        file: PathBuf,
    },
    /// Put a member's reports into the log, as STIX: what is new and what changed, and notices for what is
    /// gone. Run again, it changes nothing
    Publish {
        /// The pool
        pool: PathBuf,
        /// Whose reports: those of the sources it shared with `sheaf share`
        #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
        by: MemberId,
        /// Into which collection; needed where there are several
        #[arg(long, value_name = "ID")]
        collection: Option<String>,
    },
    /// List the API roots and collections, with their ids
    Collections {
        /// The pool
        pool: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
pub enum Membership {
    /// Let an organisation take part
    Add {
        /// The pool
        pool: PathBuf,
        /// Its short name
        #[arg(value_parser = MemberId::new)]
        name: MemberId,
        /// Where it works
        #[arg(long, default_value = "")]
        region: String,
        /// Its line of work, as in police, rail, health, media
        #[arg(long, value_parser = sector)]
        sector: Option<Sector>,
        /// What it reads reports for, with commas between, as in policing,civil-protection
        #[arg(long, value_name = "WORDS", value_delimiter = ',', value_parser = purpose)]
        purposes: Vec<Purpose>,
    },
    /// Say anew what a member reads reports for
    Purposes {
        /// The pool
        pool: PathBuf,
        /// Its short name
        name: String,
        /// The purposes; none at all where it is to read nothing but what is public
        #[arg(value_parser = purpose)]
        purposes: Vec<Purpose>,
    },
    /// List the members
    List {
        /// The pool
        pool: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
pub enum Accounting {
    /// Make an account; its password is printed once, or read from standard input
    Add(NewAccount),
    /// Give an account another password; whoever is signed in to the pages by the old one no longer is
    Password {
        /// The pool
        pool: PathBuf,
        /// The account
        name: String,
        /// Read the password from standard input instead of making one up
        #[arg(long)]
        password_stdin: bool,
    },
    /// Close an account: nothing it has opens anything any more
    Close {
        /// The pool
        pool: PathBuf,
        /// The account
        name: String,
    },
}

#[derive(Args, Debug)]
pub struct NewAccount {
    /// The pool
    pub pool: PathBuf,
    /// The name it signs in with
    pub name: String,
    /// Its organisation
    #[arg(long, value_name = "MEMBER")]
    pub member: String,
    /// What it is for (several: --role contributor --role auditor)
    #[arg(long, value_enum, default_value = "contributor")]
    pub role: Vec<RoleWord>,
    /// Collections it may read: ids, or all
    #[arg(long, value_name = "ID|all")]
    pub read: Vec<String>,
    /// Collections it may write to: ids, or all
    #[arg(long, value_name = "ID|all")]
    pub write: Vec<String>,
    /// Read the password from standard input instead of making one up
    #[arg(long)]
    pub password_stdin: bool,
}

/// A role, as typed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleWord {
    Contributor,
    Reviewer,
    Releaser,
    Auditor,
    Admin,
    /// Passes on what other members brought
    Relay,
}

#[derive(Subcommand, Debug)]
pub enum Tokens {
    /// Make a token for a program; it is printed once
    Add {
        /// The pool
        pool: PathBuf,
        /// Whose
        account: String,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
        /// What it allows of what the account may do
        #[arg(long, value_enum, default_value_t = Scope::ReadWrite)]
        scope: Scope,
        /// How many days it lasts
        #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3660))]
        days: u32,
    },
    /// Close a token
    Close {
        /// The pool
        pool: PathBuf,
        /// Its number, as it was printed when it was made
        token: i64,
    },
}

/// What a token allows.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Read,
    Write,
    ReadWrite,
}

fn page_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=100_000) => Ok(size),
        _ => Err("a page holds 1 to 100000 objects".to_owned()),
    }
}
