//! Reading reports back: every current one in order, or some by their ids.
//!
//! A report is current in the newest import that holds it, among the latest vintages of all data
//! sets. Each is visited once, in the order of imports and of their files, so that whatever is
//! computed from the visit is the same each time.

use std::collections::HashSet;
use std::sync::mpsc::sync_channel;

use sheaf_model::{Batch, Field, ReportView};

use crate::claim_reading::{self, ClaimCursor};
use crate::error::Result;
use crate::imports::{Import, latest_vintages};
use crate::pool::Pool;
use crate::report_rows::ReportChunk;
use crate::schema::PartKind;
use crate::vintage;

/// Which fields' words are wanted. The claims of the others come along without their words, so
/// that a claim's position within its report does not depend on who reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted(u32);

impl Wanted {
    /// Every field.
    pub const ALL: Wanted = Wanted(u32::MAX);

    /// These fields only.
    pub fn only(fields: &[Field]) -> Wanted {
        Wanted(fields.iter().fold(0, |set, &field| set | 1 << (field as u8)))
    }

    /// Every field but these.
    pub fn all_but(fields: &[Field]) -> Wanted {
        Wanted(!Wanted::only(fields).0)
    }

    /// Whether the field is wanted.
    pub fn has(self, field: Field) -> bool {
        self.0 & 1 << (field as u8) != 0
    }
}

/// Reports read from disk at a time.
const AT_ONCE: usize = 1 << 13;

impl Pool {
    /// Visits every current report once, in the order of imports and of their files.
    ///
    /// `as_known_on` goes back to what was taken in until then: a day (`2026-03-01`, all of it) or
    /// a time as imports keep it.
    pub fn for_each_current(
        &self,
        wanted: Wanted,
        as_known_on: Option<&str>,
        visit: impl FnMut(&Import, ReportView<'_>),
    ) -> Result<()> {
        self.for_each_known(wanted, |import| import.is_known_on(as_known_on), visit)
    }

    /// How many reports [`Pool::for_each_current`] visits now. Reads no report.
    pub fn n_current(&self) -> Result<u64> {
        let imports = self.imports()?;
        let current: Vec<&Import> = latest_vintages(&imports, |_| true).collect();
        let mut n = 0;
        for (idx, import) in current.iter().enumerate() {
            n += match self.keys_held_newer(import, &current[idx + 1..])? {
                None => import.tally.reports - import.n_repeated,
                Some(newer) => {
                    let keys = self.keys(import.id)?;
                    keys.entries().iter().filter(|it| !newer.contains(&it.key)).count() as u64
                }
            };
        }
        Ok(n)
    }

    /// Visits every report that would be current if only the imports that fulfil a condition were
    /// there, once, in the order of imports and of their files.
    pub fn for_each_known(
        &self,
        wanted: Wanted,
        is_known: impl Fn(&Import) -> bool,
        mut visit: impl FnMut(&Import, ReportView<'_>),
    ) -> Result<()> {
        let imports = self.imports()?;
        let current: Vec<&Import> = latest_vintages(&imports, is_known).collect();
        for (idx, import) in current.iter().enumerate() {
            let newer = self.keys_held_newer(import, &current[idx + 1..])?;
            let mut borne = (import.n_repeated > 0).then(HashSet::new);
            self.for_each_report(import, wanted, |report| {
                let hidden = newer.as_ref().is_some_and(|newer| newer.contains(&key_of(report)));
                let again = borne.as_mut().is_some_and(|borne| !borne.insert(key_of(report)));
                if !hidden && !again {
                    visit(import, report);
                }
            })?;
        }
        Ok(())
    }

    /// Visits every report of an import in the order of its file, current or not.
    pub fn for_each_report(
        &self,
        import: &Import,
        wanted: Wanted,
        mut visit: impl FnMut(ReportView<'_>),
    ) -> Result<()> {
        let reports = self.import_part(import.id, PartKind::Reports)?;
        let claims = self.import_part(import.id, PartKind::Claims)?;
        let mut rows = reports.read(self.path(), ReportChunk::COLUMNS, AT_ONCE)?;
        let claims = claims.read(self.path(), claim_reading::COLUMNS, AT_ONCE * 4)?;
        let mut claims = ClaimCursor::new(claims);
        let mut next_batch = move || -> Result<Option<Batch>> {
            let Some(rows_here) = rows.next_rows()? else { return Ok(None) };
            let chunk = ReportChunk::new(&rows_here, rows.path())?;
            read_batch(&chunk, &mut claims, wanted, rows.path()).map(Some)
        };
        // Decoding goes on while the caller is busy with the batch before.
        std::thread::scope(|scope| {
            let (batches, waiting) = sync_channel(1);
            scope.spawn(move || {
                while let Some(batch) = next_batch().transpose() {
                    let failed = batch.is_err();
                    // The caller may have gone away in a panic; then nobody is waiting.
                    if batches.send(batch).is_err() || failed {
                        return;
                    }
                }
            });
            for batch in waiting {
                batch?.reports().for_each(&mut visit);
            }
            Ok(())
        })
    }

    /// The keys that imports of the same source among `newer` hold too; `None` if there are none.
    fn keys_held_newer(
        &self,
        import: &Import,
        newer: &[&Import],
    ) -> Result<Option<HashSet<[u8; 16]>>> {
        let mut held = None;
        for other in newer.iter().filter(|other| overlaps(import, other)) {
            let keys = self.keys(other.id)?;
            held.get_or_insert_with(HashSet::new)
                .extend(keys.entries().iter().map(|entry| entry.key));
        }
        Ok(held)
    }
}

/// Whether the newer import holds keys of the older; it knows, since it looked when it came.
pub(crate) fn overlaps(older: &Import, newer: &Import) -> bool {
    newer.overlaps.iter().any(|overlap| overlap.other == older.id)
}

fn key_of(report: ReportView<'_>) -> [u8; 16] {
    vintage::hash(report.key())
}

/// The reports of a chunk with their claims.
pub(crate) fn read_batch(
    chunk: &ReportChunk,
    claims: &mut ClaimCursor,
    wanted: Wanted,
    path: &std::path::Path,
) -> Result<Batch> {
    let mut batch = Batch::default();
    for row in 0..chunk.len() {
        let (unit, digest) = (chunk.unit(row, path)?, chunk.digest(row));
        batch.restore_report(chunk.key.value(row), chunk.row_no.value(row), unit, digest);
        claims.give(&mut batch, chunk.n_claims.value(row), wanted)?;
        batch.restored();
    }
    Ok(batch)
}
