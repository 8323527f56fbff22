//! What changed between two imports, report by report and claim by claim.

use arrow_array::Array;
use sheaf_model::{Field, Meaning, ReportView};

use crate::current::Wanted;
use crate::error::{Result, StoreError};
use crate::found::row_ranges;
use crate::imports::{Import, ImportId};
use crate::pool::Pool;
use crate::reading::text;
use crate::schema::PartKind;
use crate::vintage::{Change, Keys};

/// What changed between two imports of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diff {
    /// How many reports were added, revised, deleted, unchanged.
    pub change: Change,
    /// Each report that is not unchanged: those of the later import in the order of its file, then
    /// the deleted ones in the order of theirs.
    pub reports: Vec<ReportChange>,
}

/// What became of one report. The key is the source's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReportChange {
    /// Only the later import has it.
    Added(String),
    /// Only the earlier import has it.
    Deleted(String),
    /// Both have it and say something else.
    Revised {
        /// The report's key.
        key: String,
        /// What they say, claim by claim.
        changes: Vec<ClaimChange>,
    },
}

impl ReportChange {
    /// The report's key.
    pub fn key(&self) -> &str {
        match self {
            ReportChange::Added(key) | ReportChange::Deleted(key) => key,
            ReportChange::Revised { key, .. } => key,
        }
    }
}

/// A claim that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimChange {
    /// What it is about.
    pub field: Field,
    /// The header of its column; empty when the change is not in a column.
    pub column: String,
    /// What was said before, to the letter; `None` when nothing was.
    pub before: Option<String>,
    /// What is said now, to the letter; `None` when nothing is. Both are empty for running text,
    /// which is not kept.
    pub after: Option<String>,
}

impl Pool {
    /// What changed from one import to another of the same source.
    pub fn diff(&self, from: ImportId, to: ImportId) -> Result<Diff> {
        let (from, to) = (self.import(from)?, self.import(to)?);
        if from.about.source.name != to.about.source.name {
            return Err(StoreError::new(
                "different-sources",
                format!(
                    "{} is of {} and {} of {}: they have no report in common",
                    from.id, from.about.source.name, to.id, to.about.source.name
                ),
                "compare two imports of one source; sheaf sources lists them",
            ));
        }
        let (old, new) = (self.keys(from.id)?, self.keys(to.id)?);
        let mut later = self.marked(&to, &new, &old)?;
        let earlier = self.marked(&from, &old, &new)?;
        let revised = self.revised(&from, &to, &old, &later)?;
        let mut revised = revised.into_iter();
        for mark in &mut later {
            if let ReportChange::Revised { changes, .. } = &mut mark.1 {
                *changes = revised.next().unwrap_or_default();
            }
        }
        let deleted = earlier.into_iter().filter_map(|(_, mark)| match mark {
            ReportChange::Added(key) => Some(ReportChange::Deleted(key)),
            _ => None,
        });
        let reports = later.into_iter().map(|(_, mark)| mark).chain(deleted).collect();
        Ok(Diff { change: new.since(&old), reports })
    }

    /// The reports of an import that another lacks (as added) or has otherwise (as revised), with
    /// their positions.
    fn marked(
        &self,
        import: &Import,
        own: &Keys,
        other: &Keys,
    ) -> Result<Vec<(u32, ReportChange)>> {
        let mut changed: Vec<(u32, bool)> = own
            .entries()
            .iter()
            .filter_map(|entry| match other.find(entry.key) {
                None => Some((entry.report, false)),
                Some(there) if there.digest == entry.digest => None,
                Some(_) => Some((entry.report, true)),
            })
            .collect();
        changed.sort_unstable();
        let part = self.import_part(import.id, PartKind::Reports)?;
        let mut rows = part.read_rows(
            self.path(),
            &["key"],
            1 << 14,
            &row_ranges(changed.iter().map(|it| it.0)),
        )?;
        let mut marks = Vec::with_capacity(changed.len());
        let mut next = changed.iter();
        while let Some(rows_here) = rows.next_rows()? {
            let keys = text(&rows_here, "key", rows.path())?;
            for row in 0..keys.len() {
                let Some(&(report, revised)) = next.next() else { break };
                let key = keys.value(row).to_owned();
                marks.push((
                    report,
                    match revised {
                        true => ReportChange::Revised { key, changes: Vec::new() },
                        false => ReportChange::Added(key),
                    },
                ));
            }
        }
        Ok(marks)
    }

    /// The changes of the revised reports, in the order of `marks`.
    fn revised(
        &self,
        from: &Import,
        to: &Import,
        old: &Keys,
        marks: &[(u32, ReportChange)],
    ) -> Result<Vec<Vec<ClaimChange>>> {
        // Both files are read in their own order; what the earlier said is kept until it is asked.
        let revised = || {
            marks.iter().filter_map(|(report, mark)| match mark {
                ReportChange::Revised { key, .. } => Some((*report, key)),
                _ => None,
            })
        };
        let mut earlier: Vec<u32> = revised()
            .filter_map(|(_, key)| old.find(crate::vintage::hash(key)))
            .map(|entry| entry.report)
            .collect();
        earlier.sort_unstable();
        let mut before = std::collections::HashMap::new();
        let rows = row_ranges(earlier.iter().copied());
        self.for_each_batch_of_rows(from, &rows, Wanted::ALL, |batch, _| {
            for report in batch.reports() {
                before.insert(report.key().to_owned(), sayings(report, &from.columns));
            }
            Ok(())
        })?;
        let is_renamed = |old: &str, new: &str| {
            !to.columns.iter().any(|it| it == old) && !from.columns.iter().any(|it| it == new)
        };
        let mut changes = Vec::new();
        let rows = row_ranges(revised().map(|(report, _)| report));
        self.for_each_batch_of_rows(to, &rows, Wanted::ALL, |batch, _| {
            for report in batch.reports() {
                let old = before.remove(report.key()).unwrap_or_default();
                changes.push(compare(old, sayings(report, &to.columns), is_renamed));
            }
            Ok(())
        })?;
        Ok(changes)
    }
}

/// One thing a report says, as a digest sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Saying {
    field: Field,
    column: String,
    said: String,
    fingerprint: Option<u64>,
}

pub(crate) fn sayings(report: ReportView<'_>, columns: &[String]) -> Vec<Saying> {
    let unit = Saying {
        field: Field::Unit,
        column: String::new(),
        said: report.unit().name().to_owned(),
        fingerprint: None,
    };
    let claims = report.claims().iter().map(|claim| Saying {
        field: claim.field,
        column: columns.get(usize::from(claim.column)).cloned().unwrap_or_default(),
        said: report.said(claim).to_owned(),
        fingerprint: match claim.meant {
            Meaning::Wording(fingerprint) => Some(fingerprint),
            _ => None,
        },
    });
    claims.chain([unit]).collect()
}

/// Takes out what both say in one column, or in a column that only changed its name, and pairs what
/// is left: by field and column first, then by field.
pub(crate) fn compare(
    mut before: Vec<Saying>,
    after: Vec<Saying>,
    is_renamed: impl Fn(&str, &str) -> bool,
) -> Vec<ClaimChange> {
    let same = |a: &Saying, b: &Saying| {
        a.field == b.field && a.said == b.said && a.fingerprint == b.fingerprint
    };
    // What its own column still says comes first: a best of 39 that is now the low of 39 did not
    // move, it was revised. Only then is a column taken to have another name.
    let mut left = after;
    for renamed in [false, true] {
        let is_column = |a: &Saying, b: &Saying| {
            if renamed { is_renamed(&a.column, &b.column) } else { a.column == b.column }
        };
        left.retain(|saying| {
            let stays = |old: &Saying| same(old, saying) && is_column(old, saying);
            let at = before.iter().position(stays);
            at.map(|at| before.remove(at)).is_none()
        });
    }
    let mut paired: Vec<(Saying, Option<Saying>)> =
        left.into_iter().map(|saying| (saying, None)).collect();
    let fits: [fn(&Saying, &Saying) -> bool; 2] =
        [|a, b| a.field == b.field && a.column == b.column, |a, b| a.field == b.field];
    for fits in fits {
        for (after, old) in paired.iter_mut().filter(|(_, old)| old.is_none()) {
            let at = before.iter().position(|it| fits(it, after));
            *old = at.map(|at| before.remove(at));
        }
    }
    let changed = paired.into_iter().map(|(after, old)| ClaimChange {
        field: after.field,
        column: after.column,
        before: old.map(|old| old.said),
        after: Some(after.said),
    });
    let gone = before.into_iter().map(|old| ClaimChange {
        field: old.field,
        column: old.column,
        before: Some(old.said),
        after: None,
    });
    changed.chain(gone).collect()
}
