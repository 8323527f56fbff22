//! The program: arguments in, data to standard output, everything else to standard error, and an
//! exit code: 0 fine, 1 doubts under `--strict`, 2 failed.

mod args;
mod commands;
mod failure;
mod filter;
mod list;
mod output;
mod pipeline;
mod progress;
mod said;
mod suggest;
mod view;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::Went;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let json = arguments.everywhere.json;
    match commands::run(arguments) {
        Ok(Went::Fine) => ExitCode::SUCCESS,
        Ok(Went::Doubts) => ExitCode::from(1),
        Err(failure) => {
            failure.print(json);
            ExitCode::from(2)
        }
    }
}
