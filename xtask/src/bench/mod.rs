//! `cargo xtask bench`: how fast files are read and whole pools are made, and in how much memory.
//!
//! Everything runs in the optimised build, and the yardstick, bare parsing with the `csv` crate,
//! runs on the same files in the same run, so that the ratio means something on any machine. Each
//! figure is the median of several runs. Pools are made by the program itself, as a child of its
//! own, so that its processor time and peak memory are its own.

mod child;
pub mod desk;
mod rates;

use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::failure::{About, Failure, Outcome};
use crate::simulate;
use crate::workspace::{self, Profile};

pub use child::Measured;
use rates::Rate;

/// The inner task by which the benchmark calls itself in its optimised build.
pub const MEASURE: &str = "bench-inner";

/// Runs the benchmark and prints its tables.
pub fn bench(args: &Arguments) -> Outcome<()> {
    let sizes = args.numbers("--reports")?.unwrap_or_else(|| vec![10_000, 100_000, 1_000_000]);
    let runs = args.number("--runs")?.unwrap_or(3).max(1);
    workspace::build(&["sheaf", "xtask"], Profile::Release)?;
    let program = workspace::built("sheaf", Profile::Release)?;
    let inner = workspace::built("xtask", Profile::Release)?;
    let folder = workspace::target()?.join("bench");
    std::fs::create_dir_all(&folder).about(format!("make {}", folder.display()))?;

    println!("{}; medians of {runs} runs\n", machine());
    reading(&inner, &sizes, &folder, runs)?;
    println!();
    pooling(&inner, &program, &sizes, &folder, runs)
}

/// What the optimised build of this program is asked to do: `rates FILE…` prints the rates at which
/// the files are parsed and read, `child OUT PROGRAM ARGS…` runs a child and writes what it took.
pub fn measure_one(args: &[String]) -> Outcome<()> {
    match args.split_first() {
        Some((what, files)) if what == "rates" => {
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            println!("{}", rates::of(&files)?.to_line());
            Ok(())
        }
        Some((what, rest)) if what == "child" => child::measure(rest),
        _ => Err(Failure::new(format!("{MEASURE} is called by bench only"))),
    }
}

/// Rates of parsing and of reading, for simulated files and for real ones where they are.
fn reading(inner: &Path, sizes: &[u64], folder: &Path, runs: u64) -> Outcome<()> {
    println!("| file | rows | MB | bare csv, rows/s | sheaf-read, rows/s | claims/s | ratio |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    let mut tables: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for &size in sizes {
        let files = simulated(size, folder)?;
        tables.push((format!("simulated, {} tables", files.len()), files));
    }
    match std::env::var_os("SHEAF_DATA").map(PathBuf::from) {
        Some(data) => {
            for name in ["ged-car-23.1.csv", "ged-ukraine-hdx-layout.csv", "ged-pakistan-14col.csv"]
            {
                let file = data.join("events").join(name);
                if file.exists() {
                    tables.push((name.to_owned(), vec![file]));
                }
            }
        }
        None => eprintln!("skipped: SHEAF_DATA is not set, so no real files are measured"),
    }
    for (name, files) in tables {
        let mut rates = Vec::new();
        for _ in 0..runs {
            rates.push(rates_in_child(inner, &files)?);
        }
        let Rate { rows, bytes, .. } = rates[0];
        let bare = median(rates.iter().map(|rate| rate.bare));
        let read = median(rates.iter().map(|rate| rate.read));
        let claims = median(rates.iter().map(|rate| rate.claims));
        println!(
            "| {name} | {} | {:.1} | {} | {} | {} | {:.1} |",
            thousands(rows),
            bytes as f64 / 1e6,
            thousands(bare as u64),
            thousands(read as u64),
            thousands(claims as u64),
            bare / read
        );
    }
    Ok(())
}

fn rates_in_child(inner: &Path, files: &[PathBuf]) -> Outcome<Rate> {
    let ran = std::process::Command::new(inner)
        .args([MEASURE, "rates"])
        .args(files)
        .output()
        .about(format!("run {}", inner.display()))?;
    if !ran.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&ran.stderr).trim().to_owned()));
    }
    Rate::from_line(&String::from_utf8_lossy(&ran.stdout))
}

/// Whole pools: time, processor time, peak memory, size.
fn pooling(inner: &Path, program: &Path, sizes: &[u64], folder: &Path, runs: u64) -> Outcome<()> {
    println!("| `sheaf pool` | wall s | CPU s | peak memory MB | pool MB | reports/s |");
    println!("|---|--:|--:|--:|--:|--:|");
    for &size in sizes {
        let files = simulated(size, folder)?;
        let pool = folder.join("bench.sheaf");
        let mut measured = Vec::new();
        for _ in 0..runs {
            if pool.exists() {
                std::fs::remove_dir_all(&pool).about("remove the former pool")?;
            }
            let mut command = vec![program.as_os_str(), "pool".as_ref(), "--quiet".as_ref()];
            command.push(pool.as_os_str());
            command.extend(files.iter().map(|file| file.as_os_str()));
            measured.push(child::run_measured(inner, &command, &folder.join("measured.txt"))?);
        }
        let wall = median(measured.iter().map(|it| it.wall_s));
        println!(
            "| {} reports | {wall:.2} | {:.2} | {:.0} | {:.1} | {} |",
            thousands(size),
            median(measured.iter().map(|it| it.cpu_s)),
            median(measured.iter().map(|it| it.peak_mb)),
            size_of(&pool) as f64 / 1e6,
            thousands((size as f64 / wall) as u64)
        );
    }
    Ok(())
}

/// The tables of a simulated pool of this size, made once and kept.
fn simulated(reports: u64, folder: &Path) -> Outcome<Vec<PathBuf>> {
    let kept = folder.join(format!("simulated-{reports}"));
    let tables: Vec<PathBuf> = simulate::tables().map(|name| kept.join(name)).collect();
    // Written last, so that what was cut short is written again; its text changes with the recipe.
    let stamp = kept.join("stamp.txt");
    let recipe = format!("{reports} reports, seed 1, {}\n", simulate::RECIPE);
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == recipe) {
        return Ok(tables);
    }
    eprintln!("writing {reports} simulated reports");
    simulate::simulate(reports, 1, &kept).about(format!("write into {}", kept.display()))?;
    std::fs::write(&stamp, recipe).about("write the stamp")?;
    Ok(tables)
}

fn size_of(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |data| data.len());
    };
    entries.flatten().map(|entry| size_of(&entry.path())).sum()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// 1234567 as 1,234,567.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What the figures were measured on.
fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(1, |it| it.get());
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    match model {
        Some(model) => format!("{cpus} processors ({model}), {os} {arch}"),
        None => format!("{cpus} processors, {os} {arch}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
    }
}
