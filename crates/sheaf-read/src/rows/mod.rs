//! Bytes to rows: whatever a file is — CSV in some old encoding, a sheet of a workbook, JSON Lines,
//! GeoJSON, compressed or not — it comes out as rows of text cells under named columns. Nothing is
//! understood here; understanding is `mapping`'s. A row that cannot be taken is set aside with a
//! reason, and the file goes on.

use sheaf_model::{Doubt, SetAside};

/// One row of cells, its memory used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Row {
    number: u64,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// Empties the row and gives it its number (line, sheet row or object number).
    pub fn restart(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell at the right.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Line of a text file (the header is line 1), row of a sheet, or number of the object.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at a position, untrimmed; empty beyond the last.
    pub fn cell(&self, idx: usize) -> &str {
        let Some(&end) = self.ends.get(idx) else { return "" };
        let start = if idx == 0 { 0 } else { self.ends[idx - 1] };
        &self.text[start..end]
    }
}

/// What happened beside the rows: doubts about cells or the file, and rows set aside.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Doubts, in order.
    pub doubts: Vec<Doubt>,
    /// Rows set aside, in order.
    pub set_aside: Vec<SetAside>,
}

/// A file as rows.
pub trait Rows {
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
