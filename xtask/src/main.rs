//! `cargo xtask`: builds, tests, demonstrates and measures sheaf.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use xtask::arguments::Arguments;
use xtask::failure::{About, Failure, Outcome};
use xtask::{bench, demo, eval, simulate, test, web};

const HELP: &str = "\
cargo xtask TASK

  demo [--no-desk]                       build the pages and the program, pool the example, show the
                                         incidents, open the desk
  test [--exchange-peers]                everything that CI runs; or other people's clients of TAXII, STIX,
                                         MISP, OGC API, Frictionless and CAP against our server and files
  web                                    build the pages of the desk; the next build of the program
                                         takes them in
  screenshots                            pictures of the main pages, into docs/pictures
  simulate --reports N --out DIR [--seed S]
                                         write an invented pool with its truth
  bench desk [--incidents 1e6] [--readers 50] [--seconds 30] [--pause-ms 2000]
                                         how long answers take when many read a large pool at once
  bench [--reports 1e4,1e5,1e6] [--runs N]
                                         measure reading and pooling, in time and memory
  eval screen [--told]                   measure the screening for names on a labelled set
  eval link [--data DIR] [--synthetic 1000,3000] [--samples N] [--seed S] [--json FILE]
                                         measure linking on labelled reports, ours beside others';
                                         DIR is what SHEAF_DATA names unless given
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        Some((task, rest)) => run(task, rest),
        None => {
            print!("{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a task; `Ok(false)` if it has said itself that it failed.
fn run(task: &str, args: &[String]) -> Outcome<bool> {
    match task {
        "demo" => {
            let opens = args.iter().all(|it| it != "--no-desk");
            let rest: Vec<String> = args.iter().filter(|it| *it != "--no-desk").cloned().collect();
            Arguments::new(task, &rest, &[])?;
            demo::demo(opens).map(|()| true)
        }
        "web" => {
            Arguments::new(task, args, &[])?;
            web::build().map(|()| true)
        }
        "screenshots" => {
            Arguments::new(task, args, &[])?;
            web::screenshots().map(|()| true)
        }
        "test" if args == ["--exchange-peers"] => test::exchange_peers(),
        "test" => {
            Arguments::new(task, args, &[])?;
            test::test()
        }
        "simulate" => simulated(&Arguments::new(task, args, &["--reports", "--out", "--seed"])?),
        "bench" if args.first().is_some_and(|it| it == "desk") => {
            let known = ["--incidents", "--readers", "--seconds", "--pause-ms"];
            bench::desk::bench(&Arguments::new(task, &args[1..], &known)?).map(|()| true)
        }
        "bench" => {
            let args = Arguments::new(task, args, &["--reports", "--runs"])?;
            bench::bench(&args).map(|()| true)
        }
        "eval" => eval::eval(args),
        // Not for people: what `bench` calls in its optimised build, and for each child it measures.
        bench::MEASURE => bench::measure_one(args).map(|()| true),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(true)
        }
        _ => Err(Failure::new(format!("there is no task {task}"))
            .hint("the tasks are demo, test, web, screenshots, simulate, bench and eval")),
    }
}

fn simulated(args: &Arguments) -> Outcome<bool> {
    let missing =
        |name: &str| Failure::new(format!("simulate needs {name}")).hint("see cargo xtask help");
    let reports = args.number("--reports")?.ok_or_else(|| missing("--reports"))?;
    let folder = args.text("--out").ok_or_else(|| missing("--out"))?;
    let seed = args.number("--seed")?.unwrap_or(1);
    let begun = Instant::now();
    let written = simulate::simulate(reports, seed, Path::new(folder))
        .about(format!("write into {folder}"))?;
    println!(
        "{} simulated reports of {} invented incidents in {folder}, {:.1?}",
        written.reports,
        written.happenings,
        begun.elapsed()
    );
    Ok(true)
}
