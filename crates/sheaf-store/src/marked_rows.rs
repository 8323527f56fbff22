//! Incidents of a view as lines of a list, each with what a list says about its values: whether some claim says
//! otherwise, and how a toll is bounded. The values themselves, and which claims they rest on, are not read.

use std::path::Path;

use arrow_array::RecordBatch;
use sheaf_model::{Count, Field};

use crate::error::{Result, StoreError};
use crate::incident_row::{IncidentRow, RowStream};
use crate::layers::{InOrder, LayerParts, Now};
use crate::part::{Ahead, RecordBatches};
use crate::pool::Pool;
use crate::reading::{CountColumns, Words, list};
use crate::settled::SettledView;

/// What a list says about one value of an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValueMark {
    /// What it is about.
    pub field: Field,
    /// Whether some claim says otherwise.
    pub is_contradicted: bool,
    /// Of a toll its number.
    pub count: Option<Count>,
}

/// The columns of a values part that are read.
const COLUMNS: &[&str] = &["field", "low", "best", "high", "against_claims"];
/// Values read at a time, and how many such chunks wait for whoever takes them.
const VALUES_AT_ONCE: usize = 1 << 15;
const WAITING: usize = 4;

impl Pool {
    /// Visits every incident of a view as a line of a list with the marks of its values, in the order of the view.
    pub fn for_each_marked_row(
        &self,
        view: &SettledView,
        mut visit: impl FnMut(IncidentRow<'_>, &[ValueMark]),
    ) -> Result<()> {
        let open = |layer: &LayerParts| MarkedStream::open(self, layer);
        self.merge_layers(&view.layers, true, open, |now| {
            if let Now::Held(_, stream) = now {
                // Only of rows that stand: those that a newer layer replaced are passed over.
                stream.mark()?;
                if let Some((row, _)) = stream.rows.row() {
                    visit(row, &stream.marks);
                }
            }
            Ok(())
        })
    }
}

/// The rows of a layer, and the marks of the one it stands at.
struct MarkedStream {
    rows: RowStream,
    values: MarkCursor,
    marks: Vec<ValueMark>,
}

impl MarkedStream {
    fn open(pool: &Pool, layer: &LayerParts) -> Result<MarkedStream> {
        let values = layer.rows[1].read(pool.path(), COLUMNS, VALUES_AT_ONCE)?;
        Ok(MarkedStream {
            rows: RowStream::open(pool, layer)?,
            values: MarkCursor::of(values),
            marks: Vec::new(),
        })
    }

    /// Takes the marks of the row it stands at.
    fn mark(&mut self) -> Result<()> {
        self.marks.clear();
        let Some((_, rows)) = self.rows.row() else { return Ok(()) };
        self.values.pass_to(rows.start)?;
        self.values.take(rows.end - rows.start, &mut self.marks)
    }
}

impl InOrder for MarkedStream {
    fn handle(&self) -> Option<&str> {
        self.rows.handle()
    }

    fn pass(&mut self) -> Result<()> {
        self.rows.pass()
    }
}

/// The marks of a values part, one after the other.
struct MarkCursor {
    rows: Ahead<Vec<ValueMark>>,
    chunk: Vec<ValueMark>,
    /// The row of the part at which the chunk starts, and where in it we are.
    first: u64,
    next: usize,
}

impl MarkCursor {
    fn of(rows: RecordBatches) -> MarkCursor {
        MarkCursor { rows: rows.ahead(WAITING, marks), chunk: Vec::new(), first: 0, next: 0 }
    }

    fn pass_to(&mut self, row: u64) -> Result<()> {
        while self.first + (self.chunk.len() as u64) < row {
            self.next_chunk()?;
        }
        self.next = usize::try_from(row - self.first).unwrap_or(usize::MAX);
        Ok(())
    }

    /// Adds the next so many marks to these.
    fn take(&mut self, n: u64, marks: &mut Vec<ValueMark>) -> Result<()> {
        let mut left = usize::try_from(n).unwrap_or(usize::MAX);
        while left > 0 {
            if self.next >= self.chunk.len() {
                self.next_chunk()?;
                continue;
            }
            let end = self.chunk.len().min(self.next + left);
            marks.extend_from_slice(&self.chunk[self.next..end]);
            left -= end - self.next;
            self.next = end;
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> Result<()> {
        self.first += self.chunk.len() as u64;
        self.next = 0;
        self.chunk = self.rows.next_chunk()?.ok_or_else(|| {
            StoreError::altered(self.rows.path(), "it holds fewer values than it should")
        })?;
        Ok(())
    }
}

fn marks(rows: &RecordBatch, path: &Path) -> Result<Vec<ValueMark>> {
    let field = Words::<Field>::new(rows, "field", path)?;
    let counts = CountColumns::new(rows, ["low", "best", "high"], path)?;
    let against = list(rows, "against_claims", path)?;
    let ends = against.value_offsets();
    let mark = |row: usize| {
        let field = field.at(row)?;
        Some(ValueMark {
            field,
            is_contradicted: ends[row] < ends[row + 1],
            count: if field == Field::Toll { counts.at(row) } else { None },
        })
    };
    (0..rows.num_rows())
        .map(|row| mark(row).ok_or_else(|| StoreError::altered(path, "a value is of no field")))
        .collect()
}
