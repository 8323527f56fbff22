//! Splitting bytes into records. The parsing is csv-core's; what stands here is what a parser of
//! well-formed CSV cannot know: when a quote was never closed, and where to go on then.
//!
//! A quote that is not closed swallows the lines behind it. We say that a record is *broken* when
//! it runs over several lines and
//! - the file ends, or the row's greatest length is reached, inside the quotes; or
//! - something other than a delimiter or a line end follows a closing quote; or
//! - it has the wrong number of cells, and one of the lines it swallowed has as many delimiters as
//!   a row of its own would have.
//!
//! Then its first line is set aside and reading goes on at the very next line, so that no row
//! behind it is lost.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memchr2};

use super::super::MAX_ROW;
use super::super::allowance::Allowance;
use super::super::window::Window;
use crate::ReadError;

/// What was found at the next line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taken {
    /// A record; its cells are [`Splitter::cells`].
    Record,
    /// A line with nothing in it.
    Blank,
    /// A line that opens a quote and does not close it.
    Unclosed,
    /// A line longer than a row may be.
    TooLong,
    /// The last line of a file that breaks off, inside a quoted cell.
    CutOff,
    /// The end of the file.
    End,
}

pub(super) struct Splitter {
    window: Window,
    delimiter: u8,
    parser: Reader,
    out: Vec<u8>,
    ends: Vec<usize>,
    n_out: usize,
    n_ends: usize,
    line: u64,
    next_line: u64,
    ends_line: bool,
    allowance: Allowance,
}

impl Splitter {
    /// Splits from the window's first fresh byte, which is the start of the given line.
    pub(super) fn new(window: Window, line: u64, delimiter: u8, quoting: bool) -> Splitter {
        let mut parser = ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build();
        begin_anew(&mut parser);
        Splitter {
            window,
            delimiter,
            parser,
            out: vec![0; 4 << 10],
            ends: vec![0; 128],
            n_out: 0,
            n_ends: 0,
            line,
            next_line: line,
            ends_line: true,
            allowance: Allowance::full(),
        }
    }

    /// The line at which what was taken last starts.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The cells of the record taken last: their bytes one behind the other, and where each ends.
    pub(super) fn cells(&self) -> (&[u8], &[usize]) {
        (&self.out[..self.n_out], &self.ends[..self.n_ends])
    }

    /// Whether the record taken last ends with a line end, not with the file.
    pub(super) fn ends_line(&self) -> bool {
        self.ends_line
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The line to be taken next, without its end, as far as it is at most as long as a row.
    pub(super) fn first_line(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut seen = 0;
        loop {
            let fresh = self.window.fresh();
            if let Some(at) = memchr2(b'\r', b'\n', &fresh[seen..]) {
                return Ok(fresh[..seen + at].to_vec());
            }
            seen = fresh.len();
            if seen >= MAX_ROW || !self.window.more()? {
                return Ok(self.window.fresh().to_vec());
            }
        }
    }

    /// Takes the next record. `expected` is how many cells it should have.
    pub(super) fn take(&mut self, expected: Option<usize>) -> Result<Taken, ReadError> {
        self.line = self.next_line;
        if self.window.fresh().is_empty() && !self.window.more()? {
            return Ok(Taken::End);
        }
        if matches!(self.window.fresh()[0], b'\r' | b'\n') {
            let len = self.line_end_len(0)?;
            self.window.advance(len);
            self.next_line += 1;
            return Ok(Taken::Blank);
        }
        (self.n_out, self.n_ends) = (0, 0);
        let mut read = 0;
        let mut limit = self.allowance.limit();
        loop {
            let fresh = self.window.fresh();
            let upto = fresh.len().min(limit);
            if read < upto {
                let (result, n_in, n_out, n_ends) = self.parser.read_record(
                    &fresh[read..upto],
                    &mut self.out[self.n_out..],
                    &mut self.ends[self.n_ends..],
                );
                read += n_in;
                self.n_out += n_out;
                self.n_ends += n_ends;
                match result {
                    ReadRecordResult::Record => break,
                    ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
                    full => self.make_room(full),
                }
            } else if read == limit {
                if memchr2(b'\r', b'\n', &fresh[..read]).is_some() {
                    return self.break_off(read);
                }
                if limit >= MAX_ROW {
                    return self.skip_line();
                }
                limit = (limit * 2).min(MAX_ROW);
            } else if !self.window.more()? {
                return self.finish(read, expected);
            }
        }
        if self.window.fresh()[read - 1] == b'\r' {
            let len = self.line_end_len(read - 1)?;
            if len == 2 {
                // The parser stops behind the carriage return and is still to be told of the rest.
                self.parser.read_record(b"\n", &mut [0; 1], &mut [0; 1]);
                read += 1;
            }
        }
        self.ends_line = true;
        self.accept(read, expected)
    }

    /// The record that ends with the file.
    fn finish(&mut self, read: usize, expected: Option<usize>) -> Result<Taken, ReadError> {
        // A line end that is not there ends the record, unless it is swallowed by a quote.
        loop {
            let (result, _, n_out, n_ends) = self.parser.read_record(
                b"\n",
                &mut self.out[self.n_out..],
                &mut self.ends[self.n_ends..],
            );
            self.n_out += n_out;
            self.n_ends += n_ends;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::InputEmpty => {
                    let one_line = memchr2(b'\r', b'\n', self.window.fresh()).is_none();
                    if one_line && self.window.health().is_cut_off() {
                        self.window.advance(read);
                        return Ok(Taken::CutOff);
                    }
                    return self.break_off(read);
                }
                full => self.make_room(full),
            }
        }
        self.ends_line = false;
        self.accept(read, expected)
    }

    /// Takes a record of `read` bytes, unless it is broken.
    #[inline]
    fn accept(&mut self, read: usize, expected: Option<usize>) -> Result<Taken, ReadError> {
        let raw = &self.window.fresh()[..read];
        let mut n_lines = 1;
        if let Some(first) = memchr2(b'\r', b'\n', raw)
            && first + end_len(&raw[first..]) < raw.len()
        {
            let first_line_len = first + end_len(&raw[first..]);
            let wrong = expected.is_some_and(|expected| expected != self.n_ends);
            let broken = text_behind_a_quote(raw, self.delimiter)
                || (wrong && swallowed_a_row(&raw[first_line_len..], self.delimiter, expected));
            if broken {
                return self.break_off(read);
            }
            n_lines = n_line_ends(raw) + u64::from(!self.ends_line);
        }
        self.next_line += n_lines;
        self.allowance.earn(read);
        self.window.advance(read);
        Ok(Taken::Record)
    }

    /// Sets the first line aside and goes on behind it.
    fn break_off(&mut self, read: usize) -> Result<Taken, ReadError> {
        let fresh = self.window.fresh();
        let line_len = match memchr2(b'\r', b'\n', &fresh[..read]) {
            Some(first) => first + self.line_end_len(first)?,
            None => read,
        };
        self.allowance.spend(read.saturating_sub(line_len));
        self.window.advance(line_len);
        self.next_line += 1;
        begin_anew(&mut self.parser);
        Ok(Taken::Unclosed)
    }

    /// Leaves a line behind that is longer than a row may be, without keeping it.
    fn skip_line(&mut self) -> Result<Taken, ReadError> {
        loop {
            match memchr2(b'\r', b'\n', self.window.fresh()) {
                Some(first) => {
                    let len = first + self.line_end_len(first)?;
                    self.window.advance(len);
                    break;
                }
                None => {
                    self.window.advance(self.window.fresh().len());
                    if !self.window.more()? {
                        break;
                    }
                }
            }
        }
        self.next_line += 1;
        begin_anew(&mut self.parser);
        Ok(Taken::TooLong)
    }

    /// How long the line end at a fresh byte is: CR and LF together are one.
    fn line_end_len(&mut self, at: usize) -> Result<usize, ReadError> {
        self.window.fill(at + 2)?;
        Ok(end_len(&self.window.fresh()[at..]))
    }

    fn make_room(&mut self, full: ReadRecordResult) {
        match full {
            ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            _ => self.out.resize(self.out.len() * 2, 0),
        }
    }
}

/// Puts a parser at the start of a record, but not of the file: there it would drop a byte order
/// mark, which inside the file is a character. (A clone of a fresh parser would be shorter, but in
/// csv-core 0.1.13 a clone of a parser does not parse.)
fn begin_anew(parser: &mut Reader) {
    parser.reset();
    parser.read_record(b"\n", &mut [0; 1], &mut [0; 1]);
}

/// Splits one line with quotes as characters like any other, and takes stray ones off the cells.
pub(super) fn literally(line: &[u8], delimiter: u8) -> (Vec<u8>, Vec<usize>) {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for cell in line.split(|&byte| byte == delimiter) {
        let cell = cell.strip_prefix(b"\"").unwrap_or(cell);
        bytes.extend_from_slice(cell.strip_suffix(b"\"").unwrap_or(cell));
        ends.push(bytes.len());
    }
    (bytes, ends)
}

/// How long the line end is with which these bytes begin.
fn end_len(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\r\n") { 2 } else { 1 }
}

/// How many lines end in these bytes. CR, LF, and both together end a line.
fn n_line_ends(bytes: &[u8]) -> u64 {
    let lone = memchr_iter(b'\r', bytes).filter(|&at| bytes.get(at + 1) != Some(&b'\n')).count();
    (lone + memchr_iter(b'\n', bytes).count()) as u64
}

/// Whether a closing quote in a record is followed by text, as it is when the quote that opened
/// the cell was a stray one and this one should have opened another.
fn text_behind_a_quote(raw: &[u8], delimiter: u8) -> bool {
    let mut rest = raw;
    loop {
        // At the start of a cell.
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            match memchr(delimiter, rest) {
                Some(at) => {
                    rest = &rest[at + 1..];
                    continue;
                }
                None => return false,
            }
        };
        rest = quoted;
        loop {
            let Some(at) = memchr(b'"', rest) else { return false };
            rest = &rest[at + 1..];
            match rest.strip_prefix(b"\"") {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        let is_space = |&&byte: &&u8| byte == b' ' && delimiter != b' ';
        let spaces = rest.iter().take_while(is_space).count();
        match rest.get(spaces) {
            None | Some(b'\r' | b'\n') => return false,
            Some(&byte) if byte == delimiter => rest = &rest[spaces + 1..],
            Some(_) => return true,
        }
    }
}

/// Whether one of these lines has at least the delimiters of a row.
fn swallowed_a_row(lines: &[u8], delimiter: u8, expected: Option<usize>) -> bool {
    let needed = expected.map_or(usize::MAX, |expected| expected.saturating_sub(1));
    lines
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .any(|line| !line.is_empty() && memchr_iter(delimiter, line).count() >= needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_behind_a_closing_quote_gives_a_stray_quote_away() {
        for (raw, stray) in [
            ("1,\"a\nb\",2\n", false),
            ("1,\"a \"\"b\"\"\nc\",2\n", false),
            ("1,\"a\nb\" ,2\n", false),
            ("1,\"abc,x\n2,\"def\",y\n", true),
            ("1,5\" pipe,\"a\nb\"\n", false),
            ("\"\"\"a\"\"\n\"", false),
        ] {
            assert_eq!(text_behind_a_quote(raw.as_bytes(), b','), stray, "{raw:?}");
        }
    }

    #[test]
    fn lines_end_three_ways() {
        assert_eq!(n_line_ends(b"a\rb\nc\r\nd\r\r\n\n"), 6);
    }
}
