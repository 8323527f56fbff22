//! What a child took: time, processor time, peak memory. The system adds up what all children of a
//! process took, so each child gets a parent of its own, which has no other.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::MEASURE;
use crate::failure::{About, Failure, Outcome};

/// What a child took. Processor time and memory are not known on every system.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measured {
    /// Seconds on the wall.
    pub wall_s: f64,
    /// Seconds of processors, its own and the system's for it.
    pub cpu_s: f64,
    /// The most memory it held, in millions of bytes.
    pub peak_mb: f64,
}

/// Runs a command below a parent of its own.
pub(super) fn run_measured(inner: &Path, command: &[&OsStr], out: &Path) -> Outcome<Measured> {
    let ran = Command::new(inner)
        .args([MEASURE, "child"])
        .arg(out)
        .args(command)
        .stdin(Stdio::null())
        .output()
        .about(format!("run {}", inner.display()))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        return Err(Failure::new(format!("the measured command failed: {said}")));
    }
    let text = std::fs::read_to_string(out).about("read what was measured")?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    match numbers.as_slice() {
        &[wall_s, cpu_s, peak_mb] => Ok(Measured { wall_s, cpu_s, peak_mb }),
        _ => Err(Failure::new("what was measured cannot be read")),
    }
}

/// The parent: `OUT PROGRAM ARGS…`.
pub(super) fn measure(args: &[String]) -> Outcome<()> {
    let [out, program, args @ ..] = args else {
        return Err(Failure::new("child needs a file and a program"));
    };
    let begun = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .status()
        .about(format!("run {program}"))?;
    let wall_s = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(Failure::new(format!("{program} {} failed", args.join(" "))));
    }
    let (cpu_s, peak_mb) = taken_by_children();
    std::fs::write(out, format!("{wall_s} {cpu_s} {peak_mb}\n")).about(format!("write {out}"))
}

#[cfg(unix)]
fn taken_by_children() -> (f64, f64) {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return (f64::NAN, f64::NAN) };
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    // Kibibytes, but bytes on macOS.
    let unit = if cfg!(target_os = "macos") { 1.0 } else { 1024.0 };
    let cpu_s = seconds(usage.user_time()) + seconds(usage.system_time());
    (cpu_s, usage.max_rss() as f64 * unit / 1e6)
}

#[cfg(not(unix))]
fn taken_by_children() -> (f64, f64) {
    (f64::NAN, f64::NAN)
}
