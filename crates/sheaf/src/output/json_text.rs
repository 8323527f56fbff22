//! JSON written as it comes, value by value. A tree of values for each incident would be built
//! only to be thrown away; strings are escaped by serde_json all the same.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes one JSON document.
pub(super) struct JsonText<W> {
    to: W,
    /// Whether the next value is the first within its brackets.
    is_first: bool,
    after_name: bool,
}

impl<W: Write> JsonText<W> {
    pub(super) fn new(to: W) -> JsonText<W> {
        JsonText { to, is_first: true, after_name: false }
    }

    /// `{` or `[`.
    pub(super) fn open(&mut self, bracket: char) -> io::Result<()> {
        self.separate()?;
        self.is_first = true;
        write!(self.to, "{bracket}")
    }

    /// `}` or `]`.
    pub(super) fn close(&mut self, bracket: char) -> io::Result<()> {
        self.is_first = false;
        write!(self.to, "{bracket}")
    }

    /// A member's name; its value comes next.
    pub(super) fn name(&mut self, name: &str) -> io::Result<()> {
        self.text(name)?;
        self.after_name = true;
        self.to.write_all(b":")
    }

    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.separate()?;
        serde_json::to_writer(&mut self.to, text).map_err(io::Error::from)
    }

    /// A number, `null`, `true`, or anything else whose text is JSON already.
    pub(super) fn plain(&mut self, value: impl Display) -> io::Result<()> {
        self.separate()?;
        write!(self.to, "{value}")
    }

    pub(super) fn texts<T: AsRef<str>>(
        &mut self,
        texts: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        self.open('[')?;
        for text in texts {
            self.text(text.as_ref())?;
        }
        self.close(']')
    }

    /// A line break before the next value or bracket, so that each incident has its own line.
    pub(super) fn new_line(&mut self) -> io::Result<()> {
        if !self.is_first && !self.after_name {
            self.to.write_all(b",")?;
            self.is_first = true;
        }
        self.to.write_all(b"\n")
    }

    /// A line break before a closing bracket.
    pub(super) fn last_line(&mut self) -> io::Result<()> {
        self.to.write_all(b"\n")
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn separate(&mut self) -> io::Result<()> {
        if !self.is_first && !self.after_name {
            self.to.write_all(b",")?;
        }
        (self.is_first, self.after_name) = (false, false);
        Ok(())
    }
}
