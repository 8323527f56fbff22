//! Which report belongs to which incident, as rows of a members part: written in order, read back
//! incident by incident.

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};

use crate::columns::TextRows;
use crate::error::Result;
use crate::layers::{InOrder, LayerParts};
use crate::part::{Part, RecordBatches};
use crate::part_writer::PartWriter;
use crate::pool::Pool;
use crate::reading::text;
use crate::schema::PartKind;

/// Members per chunk handed to Parquet.
const CHUNK: usize = 1 << 16;

/// A members part being written. The same members give the same bytes, however they come.
pub(crate) struct MemberWriter<'a> {
    pool: &'a Pool,
    writer: PartWriter,
    incidents: TextRows,
    reports: TextRows,
    n: usize,
}

impl<'a> MemberWriter<'a> {
    pub fn create(pool: &'a Pool) -> Result<MemberWriter<'a>> {
        let writer = PartWriter::create(pool.path(), PartKind::Members, &[])?;
        let (incidents, reports) = (TextRows::default(), TextRows::default());
        Ok(MemberWriter { pool, writer, incidents, reports, n: 0 })
    }

    /// Adds a pair of handle and report; they come sorted by both.
    pub fn push(&mut self, incident: &str, report: &str) -> Result<()> {
        self.incidents.push(incident);
        self.reports.push(report);
        self.n += 1;
        if self.n == CHUNK { self.send() } else { Ok(()) }
    }

    pub fn finish(mut self) -> Result<Part> {
        if self.n > 0 {
            self.send()?;
        }
        self.writer.finish()?.keep(self.pool.path())
    }

    fn send(&mut self) -> Result<()> {
        self.n = 0;
        let arrays: Vec<ArrayRef> = vec![
            std::mem::take(&mut self.incidents).all(),
            std::mem::take(&mut self.reports).all(),
        ];
        let rows = RecordBatch::try_new(PartKind::Members.schema(), arrays);
        self.writer.write(&rows.expect("the arrays are made for this schema"))
    }
}

/// The incidents of a members part, one after the other.
pub(crate) struct MemberStream {
    rows: RecordBatches,
    chunk: Option<[StringArray; 2]>,
    row: usize,
    // The incident it stands at: its handle, and its reports one after the other.
    handle: String,
    reports: String,
    ends: Vec<usize>,
}

impl MemberStream {
    pub fn open(pool: &Pool, layer: &LayerParts) -> Result<MemberStream> {
        let rows = layer.rows[0].read(pool.path(), &[], CHUNK)?;
        let mut stream = MemberStream {
            rows,
            chunk: None,
            row: 0,
            handle: String::new(),
            reports: String::new(),
            ends: Vec::new(),
        };
        stream.next_chunk()?;
        stream.pass()?;
        Ok(stream)
    }

    /// The reports of the incident it stands at, in order of id.
    pub fn reports(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.reports[start..end])
    }

    fn next_chunk(&mut self) -> Result<()> {
        self.row = 0;
        self.chunk = match self.rows.next_rows()? {
            Some(rows) => {
                let column = |name| text(&rows, name, self.rows.path());
                Some([column("incident")?, column("report")?])
            }
            None => None,
        };
        Ok(())
    }
}

impl InOrder for MemberStream {
    fn handle(&self) -> Option<&str> {
        (!self.ends.is_empty()).then_some(self.handle.as_str())
    }

    fn pass(&mut self) -> Result<()> {
        self.reports.clear();
        self.ends.clear();
        while let Some([incidents, reports]) = &self.chunk {
            while self.row < incidents.len() {
                let incident = incidents.value(self.row);
                if self.ends.is_empty() {
                    self.handle.clear();
                    self.handle.push_str(incident);
                } else if self.handle != incident {
                    return Ok(());
                }
                self.reports.push_str(reports.value(self.row));
                self.ends.push(self.reports.len());
                self.row += 1;
            }
            self.next_chunk()?;
        }
        Ok(())
    }
}
