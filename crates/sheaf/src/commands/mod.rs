//! One file for each command, or for a few that belong together. A command takes its arguments,
//! prints its data to standard output and returns how it went.

pub mod alarms;
mod alike;
mod audit;
mod bundling;
pub mod cite;
mod completions;
pub mod custody;
pub mod diff;
mod diff_known;
mod draws;
mod exchange;
mod exchanged;
mod held;
pub mod incidents;
pub mod judge;
pub mod knew;
mod learn;
mod new_source;
pub mod pool;
mod publish;
pub mod read;
pub mod release;
pub mod review;
mod rules;
mod score;
mod series;
mod sharing;
pub mod show;
pub mod sites;
pub mod sources;
mod statistics;
mod subscription;
mod sync;
mod verify;
pub mod why;
mod why_meltt;

use std::io::{self, Write};

use sheaf_store::{Access, Pool};

use clap::ValueEnum as _;
use sheaf_store::exchange::Exchange;

use crate::args::{
    Accounting, Arguments, BundleKeys, Command, Everywhere, Exchanging, Exporting, Grouping,
    Membership, Releasing, Subscribing, Tokens,
};
use crate::failure::Failure;
use crate::knowing::Knowing;

/// How a command that did not fail went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    /// Fine.
    Fine,
    /// There are doubts, and the caller asked to be told by the exit code.
    Doubts,
}

/// Runs a command. What it did in a pool stands in that pool's audit log before it ends, however it went.
pub fn run(arguments: Arguments) -> Result<Went, Failure> {
    let written = written(&arguments.command).map(std::path::Path::to_path_buf);
    let written_to = |pool: &std::path::PathBuf| pool.join("ledger.sqlite").is_file();
    if let Some(pool) = written.as_ref().filter(|pool| written_to(pool)) {
        custody::expire(pool)?;
    }
    let went = run_one(arguments);
    if let Some(pool) = written.filter(written_to)
        && let Ok(log) = Exchange::open(&pool)
        && log.has_audit_due()?
    {
        sheaf_desk::settle(&log, &[], now_micros())?;
    }
    went
}

/// Writes down that incidents left the pool as a file: for which member, how many, and which where that is known.
/// A pool on a disk that cannot be written has no log either.
fn exported(args: &Exporting, n: u64, which: &[String]) -> Result<(), Failure> {
    let Ok(log) = Exchange::open(&args.pool) else { return Ok(()) };
    let format = args.to.to_possible_value();
    let format = format.as_ref().map_or("", |it| it.get_name());
    let reader = args.reader.as_deref();
    Ok(sheaf_desk::exported(&log, (format, reader), n, which, now_micros())?)
}

/// The pool that a command writes to, if it writes to one.
fn written(command: &Command) -> Option<&std::path::Path> {
    Some(match command {
        Command::Pool(args) | Command::Add(args) => &args.pool,
        Command::Custody(args) => &args.pool,
        Command::Alarms(args) if args.run || args.what.is_some() => &args.pool,
        Command::Judge(args) => &args.pool,
        Command::Undo(args) => &args.pool,
        Command::Review(args) if args.ask => &args.pool,
        Command::Sites(args) if sites::writes(&args.what) => &args.pool,
        Command::Exchange(Exchanging::Import { pool, .. } | Exchanging::Publish { pool, .. }) => {
            pool
        }
        Command::Sync(args) => &args.pool,
        Command::Share(args) => &args.pool,
        Command::Held(args) => &args.pool,
        Command::Release(Releasing::Ask(args)) => &args.pool,
        Command::Release(
            Releasing::Grant(args) | Releasing::Refuse(args) | Releasing::Withdraw(args),
        ) => &args.pool,
        Command::Subscription(
            Subscribing::Doors { pool, .. }
            | Subscribing::End { pool, .. }
            | Subscribing::Deliver { pool },
        ) => pool,
        Command::Bundle(args) => &args.pool,
        Command::Unbundle(args) => &args.pool,
        Command::BundleKey(BundleKeys::Trust { pool, .. }) => pool,
        Command::Member(Membership::Add { pool, .. } | Membership::Purposes { pool, .. }) => pool,
        Command::Group(
            Grouping::Add { pool, .. } | Grouping::Join { pool, .. } | Grouping::Leave { pool, .. },
        ) => pool,
        Command::Account(Accounting::Add(args)) => &args.pool,
        Command::Account(Accounting::Close { pool, .. } | Accounting::Password { pool, .. }) => {
            pool
        }
        Command::Token(Tokens::Add { pool, .. } | Tokens::Close { pool, .. }) => pool,
        _ => return None,
    })
}

fn run_one(arguments: Arguments) -> Result<Went, Failure> {
    let everywhere = &arguments.everywhere;
    match arguments.command {
        Command::Pool(args) => pool::pool(&args, true, everywhere),
        Command::Add(args) => pool::pool(&args, false, everywhere),
        Command::Read(args) => read::read(&args, everywhere),
        Command::Incidents(args) => incidents::incidents(&args, everywhere),
        Command::Show(args) => show::show(&args, everywhere),
        Command::Why(args) => why::why(&args, everywhere),
        Command::How(args) => why::how(&args, everywhere),
        Command::Judge(args) => judge::judge(&args, everywhere),
        Command::Undo(args) => judge::undo(&args, everywhere),
        Command::Judgements(args) => judge::judgements(&args, everywhere),
        Command::Review(args) => review::review(&args, everywhere),
        Command::Score(args) => score::score(&args, everywhere),
        Command::Learn(args) => learn::learn(&args, everywhere),
        Command::Diff(args) => diff::diff(&args, everywhere),
        Command::Cite(args) => cite::cite(&args, everywhere),
        Command::Replay(args) => cite::replay(&args, everywhere),
        Command::Profiles(args) => rules::rules(&args, everywhere),
        Command::Export(args) => incidents::export(&args, everywhere),
        Command::NewSource(args) => new_source::new_source(&args),
        Command::Series(args) => series::series(&args, everywhere),
        Command::Scan(args) => statistics::scan(&args, everywhere),
        Command::Knox(args) => statistics::knox(&args, everywhere),
        Command::Hawkes(args) => statistics::hawkes(&args, everywhere),
        Command::Alarms(args) => alarms::alarms(&args, everywhere),
        Command::Alike(args) => alike::command(&args, everywhere),
        Command::Knew(args) => knew::knew(&args, everywhere),
        Command::Sites(args) => sites::sites(&args, everywhere),
        Command::Sources(args) => sources::sources(&args, everywhere),
        Command::Verify(args) => verify::verify(&args, everywhere),
        Command::Serve(args) => exchange::serve(&args, everywhere),
        Command::Exchange(what) => exchange::exchange(&what, everywhere),
        Command::Sync(args) => sync::sync(&args, everywhere),
        Command::Bundle(args) => bundling::bundle(&args, everywhere),
        Command::Unbundle(args) => bundling::unbundle(&args, everywhere),
        Command::BundleKey(what) => bundling::keys(&what, everywhere),
        Command::Audit(args) => audit::audit(&args, everywhere),
        Command::Custody(args) => custody::custody(&args, everywhere),
        Command::Subscription(what) => subscription::subscription(&what, everywhere),
        Command::Member(what) => exchange::member(&what, everywhere),
        Command::Group(what) => sharing::group(&what, everywhere),
        Command::Share(args) => sharing::share(&args, everywhere),
        Command::Held(args) => held::held(&args, everywhere),
        Command::Release(what) => release::release(&what, everywhere),
        Command::Account(what) => exchange::account(&what, everywhere),
        Command::Token(what) => exchange::token(&what, everywhere),
        Command::Completions { shell } => completions::completions(shell),
    }
}

/// Opens a pool that is there.
fn open(path: &std::path::Path, access: Access) -> Result<Pool, Failure> {
    Ok(Pool::open(path, access)?)
}

/// Now, in UTC to the second (RFC 3339).
pub fn now() -> String {
    moment().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a question may know: the pool's own, and what others shared unless that is left out.
fn with_received(
    knowing: Knowing,
    pool: &std::path::Path,
    only_own: bool,
) -> Result<Knowing, Failure> {
    let now = sheaf_model::Moment::from_millis(now_micros() / 1000);
    match now.filter(|_| !only_own) {
        Some(now) => knowing.with_received(pool, now),
        None => Ok(knowing),
    }
}

/// Now, in microseconds since 1970.
pub fn now_micros() -> i64 {
    moment().as_microsecond()
}

fn moment() -> jiff::Timestamp {
    // SOURCE_DATE_EPOCH is the reproducible-builds way to fix the clock; tests use it.
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    fixed
        .and_then(|second| jiff::Timestamp::from_second(second).ok())
        .unwrap_or_else(jiff::Timestamp::now)
}

/// Prints to standard output. A reader that has gone away (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    finish_printing(io::stdout().lock().write_all(text.as_bytes()))
}

/// Turns the end of writing to standard output into how it went.
fn finish_printing(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(err) if !is_broken_pipe(&err) => {
            Err(Failure::new("cannot-write", format!("standard output: {err}")))
        }
        _ => Ok(()),
    }
}

/// Whether the reader has gone away. The CSV writer wraps that in an error of its own.
fn is_broken_pipe(err: &io::Error) -> bool {
    let wrapped = err.get_ref().and_then(|it| it.downcast_ref::<csv::Error>());
    let kind = match wrapped.map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(within)) => within.kind(),
        _ => err.kind(),
    };
    kind == io::ErrorKind::BrokenPipe
}

/// Prints a JSON value on standard output, indented.
fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    print(&json_text(value)?)
}

/// A JSON value as text, indented.
fn json_text(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|err| Failure::new("cannot-write", format!("JSON: {err}")))?;
    Ok(text + "\n")
}

/// What a writer of CSV writes, as text.
fn csv_text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    write(&mut bytes).map_err(|err| Failure::new("cannot-write", format!("CSV: {err}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Says something on standard error, unless asked to be quiet.
fn remark(everywhere: &Everywhere, text: &str) {
    if !everywhere.quiet {
        eprintln!("{text}");
    }
}

/// `1 report`, `2 reports`.
pub fn counted(n: u64, one: &str) -> String {
    let grouped = grouped(n);
    let ending = if n == 1 { "" } else { "s" };
    format!("{grouped} {one}{ending}")
}

/// A number with commas between thousands.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_words_are_counted() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123), "123");
        assert_eq!(
            (counted(1, "report"), counted(0, "doubt")),
            ("1 report".into(), "0 doubts".into())
        );
    }
}
