//! `cargo xtask eval link`: how well reports are linked, ours and others', on the same labelled
//! reports in the same run. `cargo xtask eval screen` and `eval alarms` stand in files of their own.
//!
//! What learns is scored out of fold, by whole elections, and never on an election it has seen;
//! what does not learn is run on everything at once, which is the kinder way for it. Figures that
//! somebody measured elsewhere stand in a column of their own and are never mixed with ours. The
//! last line printed is the figure that leads.

pub mod alarms;
pub mod data;
pub mod folds;
pub mod linker;
mod measured_elsewhere;
pub mod null;
pub mod peers;
pub mod reports;
pub mod screen;
mod suites;
pub mod table;

use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::failure::{About, Failure, Outcome};
use crate::workspace::{self, Profile};

pub use suites::{Report, ours, run};

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The folder with `link/` in it.
    pub data: PathBuf,
    /// The synthetic pools to link, by their size.
    pub synthetic: Vec<u64>,
    /// How many bootstrap samples an interval is made of.
    pub samples: u32,
    /// The seed of the samples.
    pub seed: u64,
    /// Where to write the figures as JSON.
    pub json: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments after `eval`.
    pub fn parse(args: &[String], sheaf_data: Option<PathBuf>) -> Outcome<Options> {
        let Some(("link", args)) = args.split_first().map(|(what, rest)| (what.as_str(), rest))
        else {
            return Err(Failure::new("eval needs to know what to measure")
                .hint("eval link, eval screen or eval alarms"));
        };
        let known = ["--data", "--synthetic", "--samples", "--seed", "--json"];
        let args = Arguments::new("eval link", args, &known)?;
        let data = args.text("--data").map(PathBuf::from).or(sheaf_data);
        let samples = args.number("--samples")?.unwrap_or(1_000);
        Ok(Options {
            data: data.ok_or_else(|| {
                Failure::new("eval link needs --data").hint("or set SHEAF_DATA to the folder")
            })?,
            synthetic: args.numbers("--synthetic")?.unwrap_or_else(|| vec![1_000, 3_000, 10_000]),
            samples: u32::try_from(samples).about("draw as many samples")?,
            seed: args.number("--seed")?.unwrap_or(7),
            json: args.text("--json").map(PathBuf::from),
        })
    }
}

/// Measures and prints. The first build is for newcomers and slow, so it calls the optimised one.
pub fn eval(args: &[String]) -> Outcome<bool> {
    if let [what, rest @ ..] = args
        && !cfg!(debug_assertions)
    {
        match what.as_str() {
            "screen" => return screen::eval(rest),
            "alarms" => return alarms::eval(rest),
            _ => {}
        }
    }
    let sheaf_data = std::env::var_os("SHEAF_DATA").map(PathBuf::from);
    let needs_data = args.first().is_none_or(|what| what != "screen" && what != "alarms");
    if needs_data {
        // What cannot be read is said before anything is built.
        Options::parse(args, sheaf_data.clone())?;
    }
    if cfg!(debug_assertions) {
        workspace::build(&["xtask"], Profile::Release)?;
        let program = workspace::built("xtask", Profile::Release)?;
        let status = std::process::Command::new(&program)
            .arg("eval")
            .args(args)
            .status()
            .about(format!("run {}", program.display()))?;
        return Ok(status.success());
    }
    let options = Options::parse(args, sheaf_data)?;
    let scratch = workspace::target()?.join("eval");
    std::fs::create_dir_all(&scratch).about(format!("make {}", scratch.display()))?;
    let report = run(&options, &scratch, &mut ours())?;
    print!("{}", report.text);
    if let Some(path) = &options.json {
        write_json(path, &report)?;
    }
    println!("{}", report.last_line);
    Ok(true)
}

fn write_json(path: &Path, report: &Report) -> Outcome<()> {
    let text = serde_json::to_string_pretty(&report.figures).about("write figures")?;
    std::fs::write(path, text + "\n").about(format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str], data: Option<&str>) -> Outcome<Options> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::parse(&args, data.map(PathBuf::from))
    }

    #[test]
    fn arguments_are_read_and_what_lacks_is_named() {
        let options = parse(&["link", "--data", "here", "--synthetic", "1e3"], None).unwrap();
        assert_eq!((options.data, options.synthetic), ("here".into(), vec![1_000]));
        let options = parse(&["link", "--seed=3"], Some("there")).unwrap();
        assert_eq!((options.data, options.seed, options.json), ("there".into(), 3, None));
        for (args, expected) in [
            (
                &[][..],
                "error: eval needs to know what to measure\nhint: eval link, eval screen or eval alarms",
            ),
            (
                &["settle"][..],
                "error: eval needs to know what to measure\nhint: eval link, eval screen or eval alarms",
            ),
            (&["link"][..], "error: eval link needs --data\nhint: or set SHEAF_DATA to the folder"),
        ] {
            assert_eq!(parse(args, None).unwrap_err().to_string(), expected);
        }
    }
}
