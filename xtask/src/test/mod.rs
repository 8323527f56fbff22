//! `cargo xtask test`: everything that CI runs, in one order, each step named. It stops at the
//! first step that fails. The last line is the count that the test runners gave, added up.

mod count;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

pub use count::Count;

use crate::failure::{About, Failure, Outcome};
use crate::workspace::{self, Profile};
use crate::{needs, web};

/// A step: what it is called, and what it runs.
struct Step {
    name: &'static str,
    run: fn() -> Outcome<Command>,
}

/// The steps, in order: what fails fast comes first.
static STEPS: &[Step] = &[
    Step { name: "format", run: || Ok(cargo(&["fmt", "--all", "--check"])) },
    // Before the program, which takes the pages in.
    Step { name: "pages", run: || web::script("all") },
    Step {
        name: "lint",
        run: || {
            let args =
                ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
            Ok(cargo(&args))
        },
    },
    Step { name: "tests", run: tests },
    Step { name: "walks through the pages", run: web::walks },
    Step {
        name: "examples in the documentation",
        run: || Ok(cargo(&["test", "--workspace", "--doc", "--locked"])),
    },
    Step {
        name: "documentation",
        run: || {
            let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
            doc.env("RUSTDOCFLAGS", "-D warnings");
            Ok(doc)
        },
    },
    Step {
        name: "licences, bans and sources",
        run: || {
            let mut deny = Command::new(needs::cargo_deny()?);
            deny.current_dir(workspace::root());
            // Advisories are left out: they change from day to day and need a clone of their
            // database, and a test must not depend on either.
            deny.args(["--log-level", "error", "check", "bans", "licenses", "sources"]);
            Ok(deny)
        },
    },
];

/// Other people's clients and validators against our server and our files. They are installed for it, so this
/// is no step of what runs every time.
static EXCHANGE_PEERS: &[Step] = &[
    Step { name: "build", run: || Ok(cargo(&["build", "--locked", "--package", "sheaf"])) },
    Step {
        name: "exchange peers",
        run: || {
            let root = workspace::root();
            let mut peers = Command::new(needs::exchange_peers()?);
            peers.arg(root.join("xtask/peers/exchange.py"));
            peers.arg("--program").arg(workspace::built("sheaf", Profile::Dev)?);
            peers.arg("--example").arg(root.join("examples/attacks-2013-2014"));
            if let Some(data) = std::env::var_os("SHEAF_DATA") {
                peers.arg("--data").arg(data);
            }
            Ok(peers)
        },
    },
];

fn cargo(args: &[&str]) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(args);
    cargo
}

fn tests() -> Outcome<Command> {
    let mut tests = if needs::has_nextest() {
        cargo(&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"])
    } else {
        println!("cargo-nextest is not installed; using cargo test");
        cargo(&["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"])
    };
    // The program is built with its own tests; those that run it need not build it once more.
    tests.env(workspace::PROGRAM, workspace::built("sheaf", Profile::Dev)?);
    Ok(tests)
}

/// Runs every step; `Ok(false)` if one failed, which has been said by then.
pub fn test() -> Outcome<bool> {
    run_steps(STEPS)
}

/// Runs other people's clients against us.
pub fn exchange_peers() -> Outcome<bool> {
    run_steps(EXCHANGE_PEERS)
}

fn run_steps(steps: &[Step]) -> Outcome<bool> {
    let begun = Instant::now();
    let mut count = Count::default();
    let mut failed = None;
    needs::c_compiler()?;
    for step in steps {
        let begun = Instant::now();
        let command = (step.run)()?;
        println!("\n== {}: {}", step.name, shown(&command));
        let good = run(command, &mut count)?;
        println!(
            "== {}: {} after {:.0?}",
            step.name,
            if good { "good" } else { "FAILED" },
            begun.elapsed()
        );
        if !good {
            failed = Some(step.name);
            break;
        }
    }
    if std::env::var_os("SHEAF_DATA").is_none() {
        println!("\nSHEAF_DATA is not set: tests on real data said so and did nothing");
    }
    println!("{:.0?} in all", begun.elapsed());
    if let Some(name) = failed {
        println!("the step \"{name}\" failed");
    }
    println!("{count}");
    Ok(failed.is_none() && count.failed == 0)
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

/// Runs a command, passes on what it says as it says it, and counts the tests it speaks of.
fn run(mut command: Command, count: &mut Count) -> Outcome<bool> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let name = shown(&command);
    let mut child = command.spawn().map_err(|error| {
        Failure::new(format!("cannot run {name}: {error}"))
            .hint("rustup component add rustfmt clippy brings what cargo may lack")
    })?;
    let out = child.stdout.take().map(|said| pass_on(said, std::io::stdout()));
    let err = child.stderr.take().map(|said| pass_on(said, std::io::stderr()));
    let status = child.wait().about(format!("wait for {name}"))?;
    for said in [out, err].into_iter().flatten() {
        if let Ok(counted) = said.join() {
            *count += counted;
        }
    }
    Ok(status.success())
}

fn pass_on(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
) -> thread::JoinHandle<Count> {
    thread::spawn(move || {
        let mut count = Count::default();
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let _ = to.write_all(&line);
            count += Count::in_line(&String::from_utf8_lossy(&line));
            line.clear();
        }
        let _ = to.flush();
        count
    })
}
