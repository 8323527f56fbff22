//! CSV, in all the shapes in which it is met: any of four delimiters, any line end, any mixture of
//! encodings, headers with two columns of one name, rows too short or too long, quotes that were
//! never closed. Nothing that could be read is lost; what was repaired is a doubt.
//!
//! A row's number is the number of the line at which it starts, the file's first line being 1.

mod sniff;
mod split;

use sheaf_model::{Doubt, DoubtCode, SetAside, SetAsideReason};

use self::split::{Splitter, Taken};
use super::columns::Columns;
use super::open::SAMPLE;
use super::window::Window;
use super::{Encoding, Form, Header, MAX_CELL, Notes, Row, Rows, cells};
use crate::ReadError;

/// A CSV file as rows.
pub(super) struct CsvRows {
    splitter: Splitter,
    columns: Columns,
    encoding: Encoding,
    pending: Vec<Doubt>,
    at_end: bool,
}

impl CsvRows {
    /// Finds the delimiter and the header. The window stands behind any byte order mark.
    pub(super) fn open(mut window: Window, form: &Form) -> Result<(CsvRows, u8), ReadError> {
        window.fill(SAMPLE)?;
        let mut line = 1;
        let named = sniff::named_in_first_line(window.fresh());
        if let Some((_, len)) = named {
            window.advance(len);
            window.fill(SAMPLE)?;
            line = 2;
        }
        let delimiter = form.delimiter.or(named.map(|(delimiter, _)| delimiter));
        let delimiter = delimiter.unwrap_or_else(|| {
            sniff::delimiter(window.sample(SAMPLE), window.fresh().len() < SAMPLE)
        });
        if matches!(delimiter, b'"' | b'\r' | b'\n') {
            let what = format!("{}: a quote or line end cannot part cells", window.name());
            return Err(ReadError::new("bad-delimiter", what)
                .hint("use a comma, semicolon, tab or bar as delimiter"));
        }
        let name = window.name().to_owned();
        let mut pending = Vec::new();
        let (splitter, columns) = match &form.header {
            Header::Given(names) => {
                let splitter = Splitter::new(window, line, delimiter, !form.quotes_are_text);
                if splitter.window().fresh().is_empty() {
                    return Err(no_row(&splitter));
                }
                (splitter, Columns::given(names))
            }
            Header::FirstRow => {
                let mut splitter = Splitter::new(window, line, delimiter, !form.quotes_are_text);
                let header = take_header(&mut splitter, form, &mut pending)?;
                let columns = Columns::from_header(&name, header.cells(), &mut pending)?;
                // A doubt about a blank cell at the right end is about no column.
                for doubt in &mut pending {
                    doubt.column = doubt.column.filter(|&idx| usize::from(idx) < columns.len());
                }
                (splitter, columns)
            }
        };
        let encoding = form.encoding;
        Ok((CsvRows { splitter, columns, encoding, pending, at_end: false }, delimiter))
    }

    /// Makes a row of the record taken last. `None` if it is set aside.
    #[inline]
    fn make_row(&mut self, row: &mut Row, notes: &mut Notes) -> Option<SetAsideReason> {
        let number = self.splitter.line();
        let expected = self.columns.len();
        let (mut bytes, mut ends) = self.splitter.cells();
        let n_cells = ends.len();
        let mut has_extra = false;
        if n_cells > expected {
            let kept = if expected == 0 { 0 } else { ends[expected - 1] };
            // Delimiters behind the last column with nothing between them say nothing.
            has_extra = !bytes[kept..].trim_ascii().is_empty();
            (bytes, ends) = (&bytes[..kept], &ends[..expected]);
        }
        let plain = (!self.splitter.window().seen_nul() || memchr::memchr(0, bytes).is_none())
            && bytes.len() <= MAX_CELL
            && std::str::from_utf8(bytes).is_ok_and(|text| row.take(number, text, ends));
        let n_doubts = notes.doubts.len();
        if !plain {
            cells::mend(number, bytes, ends, self.encoding, row, &mut notes.doubts);
        }
        row.pad(expected);
        // A cell too long leaves a blank behind; its row was not blank for that.
        let lost = |doubt: &Doubt| doubt.code == DoubtCode::TooLong;
        let only_looks_blank = || has_extra || notes.doubts[n_doubts..].iter().any(lost);
        if let Some(reason) = self.columns.no_data(row)
            && !(reason == SetAsideReason::Blank && only_looks_blank())
        {
            notes.doubts.truncate(n_doubts);
            return Some(reason);
        }
        if n_cells < expected {
            let is_cut = !self.splitter.ends_line() && self.splitter.window().health().is_cut_off();
            if is_cut {
                notes.doubts.truncate(n_doubts);
                return Some(SetAsideReason::Unreadable);
            }
            notes.doubts.push(Doubt::about_row(number, DoubtCode::MissingCells, ""));
        } else if has_extra {
            notes.doubts.push(Doubt::about_row(number, DoubtCode::ExtraCells, ""));
        }
        None
    }
}

impl Rows for CsvRows {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn next(&mut self, row: &mut Row, notes: &mut Notes) -> Result<bool, ReadError> {
        if !self.pending.is_empty() {
            notes.doubts.append(&mut self.pending);
        }
        loop {
            let reason = match self.splitter.take(Some(self.columns.len()))? {
                Taken::Record => match self.make_row(row, notes) {
                    None => return Ok(true),
                    Some(reason) => reason,
                },
                Taken::Blank => SetAsideReason::Blank,
                Taken::Unclosed => SetAsideReason::UnclosedQuote,
                Taken::TooLong => SetAsideReason::TooLong,
                Taken::CutOff => SetAsideReason::Unreadable,
                Taken::End => {
                    if !std::mem::replace(&mut self.at_end, true) {
                        notes.doubts.extend(self.splitter.window().health().doubts());
                    }
                    return Ok(false);
                }
            };
            notes.set_aside.push(SetAside { row: self.splitter.line(), reason });
        }
    }

    fn bytes_taken(&self) -> u64 {
        self.splitter.window().health().taken()
    }
}

/// The first record that is not blank, as text. A header with a quote that is never closed is read
/// once more as its first line alone, with quotes as characters like any other.
fn take_header(
    splitter: &mut Splitter,
    form: &Form,
    doubts: &mut Vec<Doubt>,
) -> Result<Row, ReadError> {
    let mut row = Row::default();
    loop {
        let first_line = splitter.first_line()?;
        match splitter.take(None)? {
            Taken::Blank => continue,
            Taken::Record if !splitter.ends_line() && splitter.window().health().is_cut_off() => {
                return Err(no_row(splitter));
            }
            Taken::Record => {
                let (bytes, ends) = splitter.cells();
                cells::mend(splitter.line(), bytes, ends, form.encoding, &mut row, doubts);
            }
            Taken::Unclosed | Taken::CutOff => {
                let (bytes, ends) = split::literally(&first_line, splitter.delimiter());
                cells::mend(splitter.line(), &bytes, &ends, form.encoding, &mut row, doubts);
                doubts.push(Doubt::about_row(splitter.line(), DoubtCode::PartialRead, ""));
            }
            Taken::TooLong => {
                let what = format!(
                    "{}: the first line is longer than {} MiB",
                    splitter.window().name(),
                    super::MAX_ROW >> 20
                );
                return Err(ReadError::new("not-a-table", what).hint("is it a CSV file?"));
            }
            Taken::End => return Err(no_row(splitter)),
        }
        if !row.is_blank() {
            return Ok(row);
        }
        doubts.clear();
    }
}

fn no_row(splitter: &Splitter) -> ReadError {
    super::open::no_row(splitter.window())
}
