//! Arguments of `sheaf subscription`.

use std::path::PathBuf;

use clap::Subcommand;

pub const EXAMPLES: &str = "\
Examples:
  sheaf subscription doors attacks.sheaf --set address=https://desk.example.org
  sheaf subscription doors attacks.sheaf --set webhooks-to='https://hooks.example.org/'
  sheaf subscription doors attacks.sheaf --set mail-through=smtp://127.0.0.1:25 \\
    --set mail-from=sheaf@example.org --set mail-to=example.org
  sheaf subscription list attacks.sheaf
  sheaf subscription deliver attacks.sheaf        where no server runs that does it by itself

People subscribe on the desk (My desk) or by its API. Nothing leaves by a door that was not opened here.";

/// How `sheaf subscription` is called.
#[derive(Subcommand, Debug)]
pub enum Subscribing {
    /// By which doors messages may leave, or say so
    Doors {
        /// The pool
        pool: PathBuf,
        /// Say it: address, webhooks-to, webhooks-trust, mail-through, mail-from, mail-to, mail-password-file
        #[arg(long, value_name = "WORD=VALUE")]
        set: Vec<String>,
    },
    /// Who is told of what by which door, and what went out
    List {
        /// The pool
        pool: PathBuf,
    },
    /// End a subscription
    End {
        /// The pool
        pool: PathBuf,
        /// Its number
        number: i64,
    },
    /// Find what is new for every subscription, and send what is due
    Deliver {
        /// The pool
        pool: PathBuf,
    },
}
