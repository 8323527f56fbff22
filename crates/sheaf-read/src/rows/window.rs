//! A bounded stretch of a file: the bytes from the start of the current row to as far as was read.
//! Rows are parsed inside it and can be parsed again from their start when they turn out broken,
//! which a plain buffered reader does not allow.

use std::io::{ErrorKind, Read};
use std::sync::Arc;

use super::supply::Health;
use crate::ReadError;

/// How many bytes are asked for at a time.
const STEP: usize = 128 << 10;

pub(super) struct Window {
    name: String,
    reader: Box<dyn Read + Send>,
    health: Arc<Health>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    seen_nul: bool,
}

impl Window {
    pub(super) fn new(name: &str, reader: Box<dyn Read + Send>, health: Arc<Health>) -> Window {
        Window {
            name: name.to_owned(),
            reader,
            health,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            at_end: false,
            seen_nul: false,
        }
    }

    /// The file's name as messages show it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The bytes read and not yet advanced over.
    #[inline]
    pub(super) fn fresh(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// At most the first `n` fresh bytes.
    pub(super) fn sample(&self, n: usize) -> &[u8] {
        &self.fresh()[..self.fresh().len().min(n)]
    }

    /// Leaves the first `n` fresh bytes behind.
    #[inline]
    pub(super) fn advance(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }

    /// Reads at least one more byte behind the fresh ones; `false` at the end of the file.
    pub(super) fn more(&mut self) -> Result<bool, ReadError> {
        if self.at_end {
            return Ok(false);
        }
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.buffer.len() {
            // Moving is worth it only if it frees a good part, else every byte would be moved
            // again for every few bytes read.
            if self.start > self.buffer.len() / 2 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            } else {
                let len = (self.buffer.len() * 2).max(STEP);
                self.buffer.resize(len, 0);
            }
        }
        let room = self.buffer.len().min(self.end + STEP);
        loop {
            match self.reader.read(&mut self.buffer[self.end..room]) {
                Ok(0) => {
                    self.at_end = true;
                    return Ok(false);
                }
                Ok(n) => {
                    let added = &self.buffer[self.end..self.end + n];
                    self.seen_nul = self.seen_nul || memchr::memchr(0, added).is_some();
                    self.end += n;
                    return Ok(true);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let what = format!("{}: reading stopped: {error}", self.name);
                    return Err(ReadError::new("not-readable", what));
                }
            }
        }
    }

    /// Reads until there are `n` fresh bytes or the file ends.
    pub(super) fn fill(&mut self, n: usize) -> Result<(), ReadError> {
        while self.fresh().len() < n && self.more()? {}
        Ok(())
    }

    /// Whether everything was read (the fresh bytes are the last ones).
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Whether any byte read so far was NUL: if not, no row needs to be searched for them.
    pub(super) fn seen_nul(&self) -> bool {
        self.seen_nul
    }

    /// The reader, standing behind the fresh bytes.
    pub(super) fn into_reader(self) -> Box<dyn Read + Send> {
        self.reader
    }

    /// How the file below fares.
    pub(super) fn health(&self) -> &Health {
        &self.health
    }
}
