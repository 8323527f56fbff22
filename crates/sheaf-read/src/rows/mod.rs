//! Bytes to rows: whatever a file is — CSV in some old encoding, a sheet of a workbook, JSON Lines,
//! GeoJSON, compressed or not — it comes out as rows of text cells under named columns. Nothing is
//! understood here; understanding is `mapping`'s. A row that cannot be taken is set aside with a
//! reason, and the file goes on.
//!
//! Downwards from the outside: [`open`] finds the bytes (`supply`: archives and compression, and
//! `magic`: what is no table at all), a `Window` hands out a bounded stretch of them, and one of
//! `csv`, `json`, `xlsx` makes rows. Text is never held whole; a workbook is, because its format
//! asks for it.
//!
//! ```
//! use sheaf_read::rows::{self, Form, Notes, Row};
//! let file = b"id;place\n1;Kunming\n2\n".to_vec();
//! let mut opened = rows::open_bytes(file, "acme.csv", &Form::default()).unwrap();
//! assert_eq!(opened.rows.columns(), ["id", "place"]);
//! let (mut row, mut notes) = (Row::default(), Notes::default());
//! while opened.rows.next(&mut row, &mut notes).unwrap() {}
//! assert_eq!((row.number(), row.cell(0), row.cell(1)), (3, "2", ""));
//! assert_eq!(notes.doubts[0].sentence("acme.csv", &[]),
//!     "acme.csv:3: this has fewer cells than the header; the missing ones are blank");
//! ```

mod allowance;
mod cells;
mod columns;
mod csv;
mod form;
mod gtfs_realtime;
mod json;
mod magic;
mod open;
mod row;
mod supply;
mod window;
mod xlsx;
mod zipped;

pub use form::{Encoding, Form, Format, Header, Opened};
pub use open::{Peek, open, open_bytes, open_read, peek, peek_opened};
pub use row::{Notes, Row};

/// A file as rows.
pub trait Rows: Send {
    /// The names of the columns. For JSON the list may grow while rows are read; a position, once
    /// given, keeps its column.
    fn columns(&self) -> &[String];

    /// Reads the next row into `row`; `false` at the end. What could not be taken goes to `notes`.
    ///
    /// # Errors
    /// Only when reading cannot go on at all; messy data is not an error.
    fn next(&mut self, row: &mut Row, notes: &mut Notes) -> Result<bool, crate::ReadError>;

    /// Bytes of the file taken so far (compressed bytes, for a compressed file), for progress.
    fn bytes_taken(&self) -> u64;
}

/// A cell longer than this many characters is not kept.
pub const MAX_CELL: usize = 1 << 20;

/// A row, or a JSON object, longer than this many bytes is set aside.
pub const MAX_ROW: usize = 16 << 20;

/// A table wider than this is not read. It is what a sheet of a workbook can hold.
pub const MAX_COLUMNS: usize = 16_384;
