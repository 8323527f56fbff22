//! The program: arguments in, data to standard output, everything else to standard error, and an
//! exit code: 0 fine, 1 doubts under `--strict`, 2 failed.

mod alerts_in;
mod args;
mod between;
mod changes;
mod citation;
mod commands;
mod desk;
mod failure;
mod filter;
mod found;
mod kept;
mod knowing;
mod layer;
mod linking;
mod list;
mod meltt;
mod narrowed;
mod output;
mod periods;
mod pipeline;
mod profiles;
mod progress;
mod quick;
mod reasons;
mod received;
mod refusal;
mod said;
mod satscan;
mod sealed;
mod series;
mod sight;
mod sites;
mod suggest;
mod view;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::Went;
use crate::failure::Failure;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && std::env::args().any(|it| it == "--json") => {
            bad_arguments(&error).print(true);
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
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

/// What is wrong with the arguments, for a program: the first line of what people are told, and
/// the tip if there is one.
fn bad_arguments(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim);
    let what = lines.next().unwrap_or_default();
    let failure = Failure::new("bad-arguments", what.strip_prefix("error: ").unwrap_or(what));
    match lines.find_map(|line| line.strip_prefix("tip: ")) {
        Some(tip) => failure.hint(tip),
        None => failure,
    }
}
