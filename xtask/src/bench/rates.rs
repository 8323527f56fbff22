//! How many rows a second: bare parsing, which only finds the cells, and reading, which makes
//! claims of them. One thread each, one after the other, on the same files.

use std::path::PathBuf;
use std::time::Instant;

use sheaf_read::{ReadError, ReadOptions, read_file};

use crate::failure::{About, Failure, Outcome};

/// Small files are read again until this much time has gone by: one pass would measure the clock.
const AT_LEAST_S: f64 = 0.4;

/// Rates over some files together.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rate {
    /// Rows without headers.
    pub rows: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Rows a second that the `csv` crate parses into byte records.
    pub bare: f64,
    /// Rows a second that `sheaf-read` reads.
    pub read: f64,
    /// Claims a second that come out of it.
    pub claims: f64,
}

impl Rate {
    /// As one line, for the parent.
    pub fn to_line(self) -> String {
        let Rate { rows, bytes, bare, read, claims } = self;
        format!("{rows} {bytes} {bare} {read} {claims}")
    }

    /// Back from a line.
    pub fn from_line(line: &str) -> Outcome<Rate> {
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|it| it.parse().ok()).collect();
        match numbers.as_slice() {
            &[rows, bytes, bare, read, claims] => {
                Ok(Rate { rows: rows as u64, bytes: bytes as u64, bare, read, claims })
            }
            _ => Err(Failure::new(format!("\"{}\" are no rates", line.trim()))),
        }
    }
}

/// Measures some files.
pub(super) fn of(files: &[PathBuf]) -> Outcome<Rate> {
    let mut bytes = 0;
    for file in files {
        bytes += std::fs::metadata(file).about(format!("read {}", file.display()))?.len();
    }
    let (rows, bare) = again_and_again(|| parse(files))?;
    let mut claims = 0;
    let (_, read) = again_and_again(|| {
        let (rows, n_claims) = read_all(files)?;
        claims = n_claims;
        Ok(rows)
    })?;
    Ok(Rate { rows, bytes, bare, read, claims: claims as f64 * read / rows as f64 })
}

/// The rows of one pass, and rows a second over as many passes as it takes.
fn again_and_again(mut pass: impl FnMut() -> Outcome<u64>) -> Outcome<(u64, f64)> {
    let begun = Instant::now();
    let mut rows = 0;
    let mut passes = 0;
    loop {
        rows = pass()?.max(rows);
        passes += 1;
        let gone = begun.elapsed().as_secs_f64();
        if gone >= AT_LEAST_S {
            return Ok((rows, (rows * passes) as f64 / gone));
        }
    }
}

fn parse(files: &[PathBuf]) -> Outcome<u64> {
    let mut rows = 0;
    let mut record = csv::ByteRecord::new();
    for file in files {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(file)
            .about(format!("read {}", file.display()))?;
        while reader.read_byte_record(&mut record).about("parse")? {
            rows += 1;
        }
    }
    Ok(rows)
}

/// Rows and claims.
fn read_all(files: &[PathBuf]) -> Outcome<(u64, u64)> {
    let (mut rows, mut claims) = (0, 0);
    for file in files {
        let reading = read_file(file, &ReadOptions::found_out(), |_, batch| {
            claims += batch.n_claims() as u64;
            Ok::<(), ReadError>(())
        })
        .about(format!("read {}", file.display()))?;
        rows += reading.tally.read();
    }
    Ok((rows, claims))
}
