//! Taking a file in: reports stream into parts, and one transaction makes them part of the pool.
//!
//! Until [`ImportWriter::finish`] has returned, nothing is visible: the parts stand under passing
//! names, or under names the ledger does not hold, and the next writer sweeps them away. After it
//! has returned, a kill or a power cut no longer undoes it. Parquet is encoded on a thread of its
//! own, so that reading the file and writing the parts go on at the same time.

use sheaf_model::{Batch, ColumnFate, Source, Tally};

use crate::claim_rows::ClaimRows;
use crate::custody::Handed;
use crate::encoder::Encoder;
use crate::error::{Result, StoreError};
use crate::imports::{Import, Outcome};
use crate::pool::Pool;
use crate::report_rows::{NoteRows, ReportRows};
use crate::schema::PartKind;
use crate::vintage::KeyList;

/// A file about to be taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewImport {
    /// Who says it.
    pub source: Source,
    /// Name and version of the reader.
    pub reader: String,
    /// The file's name, without its folder.
    pub file: String,
    /// Which data set of the source it is a vintage of.
    pub dataset: String,
    /// The source's own label for this vintage.
    pub version: Option<String>,
    /// BLAKE3 over the file's bytes and what decides how they are read (the mapping, the source's name):
    /// the same bytes under a mended mapping are another import.
    pub content: [u8; 32],
    /// How many bytes the file has.
    pub bytes: u64,
}

/// An import being written. Dropping it leaves nothing visible in the pool.
pub struct ImportWriter<'a> {
    pool: &'a Pool,
    about: NewImport,
    handed: Option<Handed>,
    reports: ReportRows,
    claims: ClaimRows,
    notes: NoteRows,
    keys: KeyList,
    n_claims: u64,
    encoder: Encoder,
}

impl Pool {
    /// Starts taking a file in. Whether its content is known already is asked with
    /// [`Pool::import_known`].
    pub fn begin_import(&self, about: NewImport) -> Result<ImportWriter<'_>> {
        self.must_write()?;
        let labels = [
            ("sheaf.source", about.source.name.as_str()),
            ("sheaf.file", about.file.as_str()),
            ("sheaf.dataset", about.dataset.as_str()),
            ("sheaf.version", about.version.as_deref().unwrap_or_default()),
        ];
        let labels: Vec<_> = labels.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let kinds = [PartKind::Reports, PartKind::Claims, PartKind::Notes];
        let encoder = Encoder::start(self.path(), &kinds, &labels)?;
        Ok(ImportWriter {
            pool: self,
            about,
            handed: None,
            reports: ReportRows::default(),
            claims: ClaimRows::default(),
            notes: NoteRows::default(),
            keys: KeyList::default(),
            n_claims: 0,
            encoder,
        })
    }
}

impl ImportWriter<'_> {
    /// Says what was handed in, for the chain of custody.
    pub fn handed_in(mut self, handed: Handed) -> Self {
        self.handed = Some(handed);
        self
    }

    /// Adds the reports of a batch with their claims, doubts and rows set aside. `columns` are the
    /// headers known so far, to which the claims' column numbers point.
    pub fn write(&mut self, batch: &Batch, columns: &[String]) -> Result<()> {
        for report in batch.reports() {
            let number = u32::try_from(self.keys.len()).map_err(|_| {
                StoreError::new(
                    "too-many-reports",
                    format!("{}: this file holds more than 4,294,967,295 reports", self.about.file),
                    "cut the file into several, all with the same --dataset",
                )
            })?;
            self.reports.push(number, self.n_claims, report);
            self.keys.push(report.key(), report.digest());
            for claim in report.claims() {
                self.claims.push(number, report, claim)?;
                if self.claims.is_full() {
                    let rows = self.claims.take(columns);
                    self.encoder.send(PartKind::Claims, rows)?;
                }
            }
            self.n_claims += report.claims().len() as u64;
            if self.reports.is_full() {
                self.send_reports()?;
            }
        }
        for doubt in batch.doubts() {
            self.notes.push_doubt(doubt);
            self.send_full_notes()?;
        }
        for set_aside in batch.rows_set_aside() {
            self.notes.push_set_aside(*set_aside);
            self.send_full_notes()?;
        }
        Ok(())
    }

    /// Makes the import part of the pool. When this returns, it is whole and on disk.
    ///
    /// `columns` and `fates` say what became of each column, `tally` how the reading adds up, and
    /// `taken_at` when it was taken in (UTC, RFC 3339, to the second, as in
    /// `2026-03-01T12:00:00Z`).
    pub fn finish(
        mut self,
        columns: &[String],
        fates: &[ColumnFate],
        tally: &Tally,
        taken_at: &str,
    ) -> Result<Import> {
        check_time(taken_at)?;
        if tally.reports != self.keys.len() as u64 {
            return Err(StoreError::new(
                "tally-off",
                format!(
                    "{}: {} reports were counted and {} written",
                    self.about.file,
                    tally.reports,
                    self.keys.len()
                ),
                "this is a defect of the reader; please report it",
            ));
        }
        if !self.claims.is_empty() {
            let rows = self.claims.take(columns);
            self.encoder.send(PartKind::Claims, rows)?;
        }
        if !self.reports.is_empty() {
            self.send_reports()?;
        }
        if !self.notes.is_empty() {
            let rows = self.notes.take();
            self.encoder.send(PartKind::Notes, rows)?;
        }
        let parts = self.encoder.finish()?;
        let keys = self.keys.sorted();
        let outcome = Outcome { columns, fates, tally, taken_at, handed: self.handed.as_ref() };
        self.pool.acknowledge(self.about, &parts, &keys, outcome)
    }

    fn send_reports(&mut self) -> Result<()> {
        let rows = self.reports.take(self.about.source.name.as_str());
        self.encoder.send(PartKind::Reports, rows)
    }

    fn send_full_notes(&mut self) -> Result<()> {
        if !self.notes.is_full() {
            return Ok(());
        }
        let rows = self.notes.take();
        self.encoder.send(PartKind::Notes, rows)
    }
}

/// `YYYY-MM-DDTHH:MM:SSZ`, so that times compare as text.
pub(crate) fn check_time(at: &str) -> Result<()> {
    let shape = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = at.len() == shape.len()
        && at.bytes().zip(shape).all(|(byte, &want)| match want {
            b'd' => byte.is_ascii_digit(),
            want => byte == want,
        });
    if fits {
        return Ok(());
    }
    Err(StoreError::new(
        "not-a-time",
        format!("\"{at}\" is no time as the pool keeps it"),
        "give UTC to the second, as in 2026-03-01T12:00:00Z",
    ))
}
