//! Arguments of what is held, since a text in it may name a person.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sheaf_model::MemberId;

/// How `sheaf held` is called.
pub(super) const EXAMPLES: &str = "\
Examples:
  sheaf held attacks.sheaf list
  sheaf held attacks.sheaf release incident--d0951e56-9b1f-5d35-a186-13861de9b81f \\
      --because \"Clinton is the name of the township\"
  sheaf held attacks.sheaf drop incident--d0951e56-9b1f-5d35-a186-13861de9b81f

What is held its contributor alone sees. It says where what sort of thing was found, never the thing. A later
version without it takes its place and is not held.";

#[derive(Args, Debug)]
pub struct HoldingOf {
    /// The pool
    pub pool: PathBuf,
    #[command(subcommand)]
    pub what: Holding,
}

#[derive(Subcommand, Debug)]
pub enum Holding {
    /// List what is held, with whose it is and why
    List,
    /// Let an object go to those who may see it by its marking: somebody has looked, and nobody is named
    Release {
        #[command(flatten)]
        which: WhichHeld,
        /// Why it names nobody; kept with it
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        because: String,
    },
    /// Withdraw an object that is held: its text is taken out
    Drop {
        #[command(flatten)]
        which: WhichHeld,
    },
}

#[derive(Args, Debug)]
pub struct WhichHeld {
    /// The object
    pub id: String,
    /// Whose it is, where several members brought one under this id
    #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
    pub of: Option<MemberId>,
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why in a few words".to_owned()),
        text => Ok(text.to_owned()),
    }
}
