//! How fast a file is read, beside bare `csv` parsing of the same bytes in the same run:
//! `cargo run --release -p sheaf-read --example read_speed -- FILE.csv [TIMES [BATCH]]`.
//!
//! Prints rows per second and processor seconds of three things: `csv` splitting the file into byte
//! records, our rows alone, and the full reading into batches. By the clock the best of several
//! times is shown, because other programs only ever make a run slower; processor time, which is
//! told only in hundredths of a second, is their mean.

use std::path::PathBuf;
use std::time::Instant;

use sheaf_read::rows::{self, Form, Notes, Row};
use sheaf_read::{ReadError, ReadOptions, read_file};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("usage: read_speed FILE.csv [TIMES]")?);
    let times = arguments.next().and_then(|n| n.to_str()?.parse().ok()).unwrap_or(5);
    let batch = arguments.next().and_then(|n| n.to_str()?.parse().ok());
    let bare = best_of(times, || bare_csv(&path))?;
    show("bare csv", bare, bare);
    let alone = best_of(times, || rows_alone(&path))?;
    show("rows", alone, bare);
    let full = best_of(times, || full_reading(&path, batch))?;
    show("full reading", full, bare);
    Ok(())
}

/// Rows, seconds by the clock, seconds of processor time.
type Measured = (u64, f64, f64);

fn best_of(
    times: usize,
    run: impl Fn() -> Result<u64, Box<dyn std::error::Error>>,
) -> Result<Measured, Box<dyn std::error::Error>> {
    let mut best = (0, f64::INFINITY, 0.0);
    for _ in 0..times.max(1) {
        let (clock, processor) = (Instant::now(), processor_seconds());
        let rows = run()?;
        let (elapsed, used) = (clock.elapsed().as_secs_f64(), processor_seconds() - processor);
        best = (rows, elapsed.min(best.1), best.2 + used);
    }
    best.2 /= times.max(1) as f64;
    Ok(best)
}

fn show(what: &str, (rows, clock, processor): Measured, bare: Measured) {
    let micros = processor * 1e6 / rows as f64;
    println!(
        "{what:<13} {rows} rows  {:>10.0} rows/s  {clock:.3} s  {:.1} times bare csv; \
         {processor:.3} s of processor  {micros:.2} µs a row  {:.1} times bare csv",
        rows as f64 / clock,
        clock / bare.1,
        processor / bare.2,
    );
}

fn bare_csv(path: &std::path::Path) -> Result<u64, Box<dyn std::error::Error>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

fn rows_alone(path: &std::path::Path) -> Result<u64, Box<dyn std::error::Error>> {
    let mut opened = rows::open(path, &Form::default())?;
    let (mut row, mut notes, mut n_rows) = (Row::default(), Notes::default(), 0);
    while opened.rows.next(&mut row, &mut notes)? {
        n_rows += 1;
    }
    Ok(n_rows)
}

fn full_reading(
    path: &std::path::Path,
    batch: Option<usize>,
) -> Result<u64, Box<dyn std::error::Error>> {
    let mut options = ReadOptions::found_out();
    options.batch_size = batch.unwrap_or(options.batch_size);
    let reading = read_file(path, &options, |_, batch| -> Result<(), ReadError> {
        std::hint::black_box(batch);
        Ok(())
    })?;
    Ok(reading.tally.read())
}

/// Processor time of all threads of this program so far, as Linux tells it in hundredths of a
/// second; the clock elsewhere.
fn processor_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").ok();
    // Behind the program's name in brackets, the 12th and 13th are its own and the kernel's time.
    let ticks = told.and_then(|it| {
        let mut fields = it.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<f64>().ok();
        Some(next()? + next()?)
    });
    ticks.map_or_else(
        || {
            static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
            START.get_or_init(Instant::now).elapsed().as_secs_f64()
        },
        |it| it / 100.0,
    )
}
