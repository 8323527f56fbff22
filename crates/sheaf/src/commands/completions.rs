//! `sheaf completions SHELL`.

use clap::CommandFactory as _;

use super::{Went, print};
use crate::args::Arguments;
use crate::failure::Failure;

pub fn completions(shell: clap_complete::Shell) -> Result<Went, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sheaf", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Went::Fine)
}
