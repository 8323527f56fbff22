//! One row of text cells, and what is noted beside rows.

use sheaf_model::{Doubt, SetAside};

/// One row of cells, its memory used again for the next.
///
/// ```
/// use sheaf_read::rows::Row;
/// let mut row = Row::default();
/// row.restart(2);
/// row.push("Kunming");
/// row.push("");
/// assert_eq!((row.number(), row.len(), row.cell(0), row.cell(7)), (2, 2, "Kunming", ""));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Row {
    number: u64,
    text: String,
    // Invariant: ascending, each on a character boundary of `text`, the last its length.
    ends: Vec<usize>,
}

/// A row that held more than this does not keep the memory: thousands of rows are held at once, and
/// each of them may have met a very long one.
const KEPT: usize = 32 << 10;

impl Row {
    /// Empties the row and gives it its number (line, sheet row or object number).
    pub fn restart(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.ends.clear();
        if self.text.capacity() > KEPT {
            self.text = String::new();
        }
        if self.ends.capacity() > KEPT / size_of::<usize>() {
            self.ends = Vec::new();
        }
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
    #[inline]
    pub fn cell(&self, idx: usize) -> &str {
        let Some(&end) = self.ends.get(idx) else { return "" };
        let start = if idx == 0 { 0 } else { self.ends[idx - 1] };
        &self.text[start..end]
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|idx| self.cell(idx))
    }

    /// Whether no cell holds anything but white space.
    pub fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// How many bytes it takes up.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + size_of_val(self.ends.as_slice())
    }

    /// Takes a whole row at once, if every end falls between two characters. This is the fast road
    /// for a row that needs no repair.
    pub(super) fn take(&mut self, number: u64, text: &str, ends: &[usize]) -> bool {
        if !ends.iter().all(|&end| text.is_char_boundary(end)) {
            return false;
        }
        self.restart(number);
        self.text.push_str(text);
        self.ends.extend_from_slice(ends);
        true
    }

    /// Adds blank cells at the right until there are this many.
    pub(super) fn pad(&mut self, n_cells: usize) {
        if self.ends.len() < n_cells {
            self.ends.resize(n_cells, self.text.len());
        }
    }
}

/// What happened beside the rows: doubts about cells or the file, and rows set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Doubts, in order.
    pub doubts: Vec<Doubt>,
    /// Rows set aside, in order.
    pub set_aside: Vec<SetAside>,
}
