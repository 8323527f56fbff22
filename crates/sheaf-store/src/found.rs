//! Some reports by their ids, without reading the whole pool.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use arrow_array::Array;
use sheaf_model::{Batch, ReportId, ReportView};

use crate::claim_reading::{self, ClaimCursor};
use crate::current::{Wanted, read_batch};
use crate::error::Result;
use crate::imports::{Import, ImportId, latest_vintages};
use crate::part::{Part, RecordBatches};
use crate::pool::Pool;
use crate::reading::text;
use crate::report_rows::{CLAIM_PLACES, ReportChunk, add_claim_rows};
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
        let keys: Vec<&str> = sought.keys().copied().collect();
        let mut groups = part.read_groups_with(self.path(), &["key"], "key", &keys)?;
        let at_once = groups.len().div_ceil(threads()).max(1);
        let found = std::thread::scope(|scope| {
            let search = |groups| scope.spawn(move || rows_in_groups(groups, sought));
            let searches: Vec<_> = groups.chunks_mut(at_once).map(search).collect();
            searches.into_iter().map(joined).collect::<Result<Vec<_>>>()
        })?;
        let mut first = HashMap::<&str, u64>::new();
        for (key, row) in found.into_iter().flatten() {
            first.entry(key).or_insert(row);
        }
        let mut rows: Vec<u32> = first.into_values().map(|row| row as u32).collect();
        rows.sort_unstable();
        Ok(row_ranges(rows.into_iter()))
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

    /// Reads some rows of an import's reports part, with their claims, in order. The second thing
    /// visited is the positions of the reports in the part.
    pub(crate) fn for_each_batch_of_rows(
        &self,
        import: &Import,
        rows: &[Range<u64>],
        wanted: Wanted,
        mut visit: impl FnMut(Batch, &[u32]) -> Result<()>,
    ) -> Result<()> {
        /// Batches that may wait for those before them.
        const WAITING: usize = 8;
        if rows.is_empty() {
            return Ok(());
        }
        let reports = self.import_part(import.id, PartKind::Reports)?;
        let claims = self.import_part(import.id, PartKind::Claims)?;
        // Scattered rows are in many pages, and opening a page takes as long for one row as for all.
        let slices = sliced(rows, threads());
        std::thread::scope(|scope| {
            let mut waiting = Vec::new();
            for slice in &slices {
                let (batches, here) = sync_channel(WAITING);
                let (path, reports, claims) = (self.path(), &reports, &claims);
                scope.spawn(move || {
                    let read = read_slice(path, reports, claims, slice, wanted, |batch| {
                        // The caller may have gone away with an error.
                        batches.send(Ok(batch)).is_ok()
                    });
                    if let Err(err) = read {
                        let _ = batches.send(Err(err));
                    }
                });
                waiting.push(here);
            }
            for batch in waiting.into_iter().flatten() {
                let (batch, positions) = batch?;
                visit(batch, &positions)?;
            }
            Ok(())
        })
    }
}

/// How many threads may read at once.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(4)
}

/// What a thread found. One that panicked goes on panicking here.
fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The first row of each key sought in some row groups, in order.
fn rows_in_groups<'a>(
    groups: &mut [(u64, RecordBatches)],
    sought: &HashMap<&'a str, Vec<usize>>,
) -> Result<Vec<(&'a str, u64)>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (first_row, rows) in groups {
        let mut row = *first_row;
        while let Some(rows_here) = rows.next_rows()? {
            let keys = text(&rows_here, "key", rows.path())?;
            for at in 0..keys.len() {
                let Some((&key, _)) = sought.get_key_value(keys.value(at)) else { continue };
                if seen.insert(key) {
                    found.push((key, row + at as u64));
                }
            }
            row += keys.len() as u64;
            if seen.len() == sought.len() {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Cuts rows into so many slices of about as many rows each; few rows are not cut.
fn sliced(rows: &[Range<u64>], n_slices: usize) -> Vec<Vec<Range<u64>>> {
    const FEW: u64 = 256;
    let n_rows: u64 = rows.iter().map(|range| range.end - range.start).sum();
    let most = n_rows.div_ceil(n_slices as u64).max(FEW);
    let mut slices = Vec::new();
    let (mut slice, mut room) = (Vec::new(), most);
    for range in rows {
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + room);
            slice.push(start..end);
            room -= end - start;
            start = end;
            if room == 0 {
                slices.push(std::mem::take(&mut slice));
                room = most;
            }
        }
    }
    slices.extend(Some(slice).filter(|slice| !slice.is_empty()));
    slices
}

/// Reads reports with their claims until `give` wants no more.
fn read_slice(
    pool: &Path,
    reports: &Part,
    claims: &Part,
    rows: &[Range<u64>],
    wanted: Wanted,
    mut give: impl FnMut((Batch, Vec<u32>)) -> bool,
) -> Result<()> {
    /// Reports read at a time: few, since each batch is kept whole.
    const AT_ONCE: usize = 1 << 10;
    let mut claim_rows = Vec::new();
    let mut places = reports.read_rows(pool, CLAIM_PLACES, 1 << 14, rows)?;
    while let Some(rows_here) = places.next_rows()? {
        add_claim_rows(&rows_here, places.path(), &mut claim_rows)?;
    }
    let claims = claims.read_rows(pool, claim_reading::COLUMNS, AT_ONCE * 8, &claim_rows)?;
    let mut cursor = ClaimCursor::new(claims);
    let mut report_rows = reports.read_rows(pool, ReportChunk::COLUMNS, AT_ONCE, rows)?;
    while let Some(rows_here) = report_rows.next_rows()? {
        let chunk = ReportChunk::new(&rows_here, report_rows.path())?;
        let batch = read_batch(&chunk, &mut cursor, wanted, report_rows.path())?;
        if !give((batch, chunk.report.values().to_vec())) {
            return Ok(());
        }
    }
    Ok(())
}

/// Rows in order as ranges.
pub(crate) fn row_ranges(rows: impl Iterator<Item = u32>) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for row in rows.map(u64::from) {
        match ranges.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    ranges
}
