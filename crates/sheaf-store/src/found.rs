//! Some reports by their ids, without reading the whole pool.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::Array;
use sheaf_model::{Batch, ReportId, ReportView};

use crate::claim_reading::{self, ClaimCursor};
use crate::current::{Wanted, read_batch};
use crate::error::Result;
use crate::imports::{Import, ImportId, latest_vintages};
use crate::pool::Pool;
use crate::reading::text;
use crate::report_rows::ReportChunk;
use crate::schema::PartKind;

/// A report found by its id.
#[derive(Clone, Debug)]
pub struct FoundReport {
    /// The newest import that holds it, current ones first.
    pub import: Arc<Import>,
    /// Whether the report is current. One that a later vintage deleted is found too, but is not.
    pub is_current: bool,
    batch: Arc<Batch>,
    position: usize,
}

impl FoundReport {
    /// The report with its claims.
    pub fn report(&self) -> ReportView<'_> {
        self.batch.report(self.position)
    }
}

impl Pool {
    /// The reports with these ids, each in the place of its id; `None` for an id that the pool
    /// never held.
    pub fn reports(&self, ids: &[ReportId], wanted: Wanted) -> Result<Vec<Option<FoundReport>>> {
        let mut found = vec![None; ids.len()];
        let imports = self.imports()?;
        let current: Vec<ImportId> =
            latest_vintages(&imports, |_| true).map(|import| import.id).collect();
        let (now, past): (Vec<Import>, Vec<Import>) =
            imports.into_iter().rev().partition(|import| current.contains(&import.id));
        let n_now = now.len();
        for (idx, import) in now.into_iter().chain(past).enumerate() {
            let mut sought = HashMap::<&str, Vec<usize>>::new();
            for (place, id) in ids.iter().enumerate() {
                if found[place].is_none() && id.source() == import.about.source.name.as_str() {
                    sought.entry(id.key()).or_default().push(place);
                }
            }
            if sought.is_empty() {
                continue;
            }
            let rows = self.rows_with_keys(&import, &sought)?;
            self.read_found(Arc::new(import), idx < n_now, &rows, &sought, wanted, &mut found)?;
        }
        Ok(found)
    }

    /// The rows of the reports part that bear these keys; of a repeated key, the first.
    fn rows_with_keys(
        &self,
        import: &Import,
        sought: &HashMap<&str, Vec<usize>>,
    ) -> Result<Vec<Range<u64>>> {
        let part = self.import_part(import.id, PartKind::Reports)?;
        let mut left: HashMap<&str, ()> = sought.keys().map(|&key| (key, ())).collect();
        let keys: Vec<&str> = sought.keys().copied().collect();
        let mut found = Vec::new();
        for (first_row, mut rows) in part.read_groups_with(self.path(), &["key"], "key", &keys)? {
            let mut row = first_row;
            while let Some(rows_here) = rows.next_rows()? {
                let keys = text(&rows_here, "key", rows.path())?;
                for at in 0..keys.len() {
                    if left.remove(keys.value(at)).is_some() {
                        found.push(row + at as u64..row + at as u64 + 1);
                    }
                }
                row += keys.len() as u64;
            }
            if left.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    fn read_found(
        &self,
        import: Arc<Import>,
        is_current: bool,
        rows: &[Range<u64>],
        sought: &HashMap<&str, Vec<usize>>,
        wanted: Wanted,
        found: &mut [Option<FoundReport>],
    ) -> Result<()> {
        self.for_each_batch_of_rows(&import, rows, wanted, |batch, _| {
            let batch = Arc::new(batch);
            for (position, report) in batch.reports().enumerate() {
                for &place in sought.get(report.key()).into_iter().flatten() {
                    let (import, batch) = (import.clone(), batch.clone());
                    found[place] = Some(FoundReport { import, is_current, batch, position });
                }
            }
            Ok(())
        })
    }

    /// Reads some rows of an import's reports part, with their claims. The second thing visited is
    /// the positions of the reports in the part.
    pub(crate) fn for_each_batch_of_rows(
        &self,
        import: &Import,
        rows: &[Range<u64>],
        wanted: Wanted,
        mut visit: impl FnMut(Batch, &[u32]) -> Result<()>,
    ) -> Result<()> {
        /// Reports read at a time: few, since each batch is kept whole.
        const AT_ONCE: usize = 1 << 10;
        if rows.is_empty() {
            return Ok(());
        }
        let reports = self.import_part(import.id, PartKind::Reports)?;
        let claims = self.import_part(import.id, PartKind::Claims)?;
        let mut report_rows =
            reports.read_rows(self.path(), ReportChunk::COLUMNS, AT_ONCE, rows)?;
        while let Some(rows_here) = report_rows.next_rows()? {
            let chunk = ReportChunk::new(&rows_here, report_rows.path())?;
            let claim_rows = chunk.claim_rows();
            let claim_rows =
                claims.read_rows(self.path(), claim_reading::COLUMNS, AT_ONCE * 16, &claim_rows)?;
            let mut cursor = ClaimCursor::new(claim_rows);
            let batch = read_batch(&chunk, &mut cursor, wanted, report_rows.path())?;
            visit(batch, chunk.report.values())?;
        }
        Ok(())
    }
}
