//! What was taken in: one row per file, kept for ever, and how each vintage differs from the last.

use std::collections::BTreeMap;
use std::fmt;

use rusqlite::OptionalExtension;
use sheaf_model::{ColumnFate, Doubt, SetAside, Tally};

use crate::custody::{self, Handed};
use crate::error::{Result, StoreError};
use crate::import::NewImport;
use crate::import_rows;
use crate::part::Part;
use crate::pool::Pool;
use crate::report_rows::read_notes;
use crate::schema::PartKind;
use crate::vintage::{Change, KeyList, Keys};

/// The number of an import in its pool, from 1, in the order in which they were acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ImportId(pub u64);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "i{}", self.0)
    }
}

impl ImportId {
    /// Reads `i12` or `12`.
    pub fn parse(text: &str) -> Option<ImportId> {
        text.strip_prefix('i').unwrap_or(text).parse().ok().map(ImportId)
    }
}

/// One file taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// Who says it, which data set, which file.
    pub about: NewImport,
    /// When it was taken in (UTC, RFC 3339).
    pub taken_at: String,
    /// The headers of its columns.
    pub columns: Vec<String>,
    /// What became of each column.
    pub fates: Vec<ColumnFate>,
    /// How the reading adds up.
    pub tally: Tally,
    /// How many of its reports bear a key that an earlier report of the same file bears. They
    /// stay in the pool, but only the first is what the report id names.
    pub n_repeated: u64,
    /// The vintage of the same data set before this one.
    pub previous: Option<ImportId>,
    /// Against that vintage; without one, everything is added.
    pub change: Change,
    /// An earlier import of the same data set with the same version label and other bytes.
    pub same_label: Option<ImportId>,
    /// Other data sets of the same source that hold some of its keys.
    pub overlaps: Vec<Overlap>,
}

impl Import {
    /// Whether it had been taken in by then: by the end of a day (`2026-03-01`), or by a time as
    /// imports keep it. Without a time, it has.
    pub fn is_known_on(&self, as_known_on: Option<&str>) -> bool {
        as_known_on.is_none_or(|day| {
            let to = day.len().min(self.taken_at.len());
            self.taken_at.as_bytes()[..to] <= day.as_bytes()[..to]
        })
    }
}

/// What is known of an import once it was read.
pub(crate) struct Outcome<'a> {
    pub handed: Option<&'a Handed>,
    pub columns: &'a [String],
    pub fates: &'a [ColumnFate],
    pub tally: &'a Tally,
    pub taken_at: &'a str,
}

/// Reports that another data set of the same source, current at the time, holds too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlap {
    /// The other data set's latest vintage.
    pub other: ImportId,
    /// Reports both hold.
    pub shared: u64,
    /// Those of which the newer says something else.
    pub revised: u64,
}

impl Pool {
    /// The newest import of exactly these bytes, if they were taken in before.
    pub fn import_known(&self, content: &[u8; 32]) -> Result<Option<ImportId>> {
        self.ledger()
            .query_row("SELECT max(import) FROM import WHERE content = ?1", [content], |row| {
                row.get::<_, Option<i64>>(0)
            })
            .map(|id| id.map(|id| ImportId(id as u64)))
            .map_err(self.says())
    }

    /// Everything taken in, in order.
    pub fn imports(&self) -> Result<Vec<Import>> {
        import_rows::read(&self.ledger())
            .map_err(self.says())?
            .map_err(|word| self.unreadable("an import", &word))
    }

    /// One import.
    pub fn import(&self, id: ImportId) -> Result<Import> {
        let imports = self.imports()?;
        let n = imports.len();
        imports.into_iter().find(|import| import.id == id).ok_or_else(|| {
            StoreError::new(
                "no-such-import",
                format!("{id} is no import of this pool"),
                match n {
                    0 => "nothing was taken in yet".to_owned(),
                    1 => "there is only i1".to_owned(),
                    n => format!("there are i1 to i{n}"),
                },
            )
        })
    }

    /// The doubts and the rows set aside of an import, in the order in which they arose.
    pub fn doubts(&self, id: ImportId) -> Result<(Vec<Doubt>, Vec<SetAside>)> {
        let part = self.import_part(id, PartKind::Notes)?;
        let (mut doubts, mut set_aside) = (Vec::new(), Vec::new());
        let mut rows = part.read(self.path(), &[], 1 << 14)?;
        while let Some(rows_here) = rows.next_rows()? {
            read_notes(&rows_here, rows.path(), &mut doubts, &mut set_aside)?;
        }
        Ok((doubts, set_aside))
    }

    /// A part of an import.
    pub(crate) fn import_part(&self, id: ImportId, kind: PartKind) -> Result<Part> {
        let query = match kind {
            PartKind::Reports => "SELECT reports FROM import WHERE import = ?1",
            PartKind::Claims => "SELECT claims FROM import WHERE import = ?1",
            _ => "SELECT notes FROM import WHERE import = ?1",
        };
        let hash = self
            .ledger()
            .query_row(query, [id.0 as i64], |row| row.get::<_, String>(0))
            .optional()
            .map_err(self.says())?;
        match hash {
            Some(hash) => self.part(kind, &hash),
            None => self.import(id).and_then(|_| Err(self.unreadable("an import", "nothing"))),
        }
    }

    /// Writes the import into the ledger, in one transaction, beside what it changes.
    pub(crate) fn acknowledge(
        &self,
        about: NewImport,
        parts: &[Part],
        keys: &Keys,
        outcome: Outcome<'_>,
    ) -> Result<Import> {
        let _turn = self.turn();
        let earlier = self.imports()?;
        let same_source = |import: &&Import| import.about.source.name == about.source.name;
        let same_dataset =
            |import: &&Import| same_source(import) && import.about.dataset == about.dataset;
        let previous = earlier.iter().rfind(same_dataset).map(|import| import.id);
        let change = match previous {
            None => keys.since(&Keys::default()),
            Some(id) => self.change_since(keys, &earlier, id)?,
        };
        let same_label = earlier.iter().filter(same_dataset).rfind(|import| {
            about.version.is_some()
                && import.about.version == about.version
                && import.about.content != about.content
        });
        let mut overlaps = Vec::new();
        for other in latest_vintages(&earlier, |_| true).filter(same_source) {
            if other.about.dataset != about.dataset {
                let shared = self.change_since(keys, &earlier, other.id)?;
                let (n_shared, n_revised) = (shared.revised + shared.unchanged, shared.revised);
                if n_shared > 0 {
                    overlaps.push(Overlap {
                        other: other.id,
                        shared: n_shared,
                        revised: n_revised,
                    });
                }
            }
        }
        let mut import = Import {
            id: ImportId(0),
            about,
            taken_at: outcome.taken_at.to_owned(),
            columns: outcome.columns.to_vec(),
            fates: outcome.fates.to_vec(),
            tally: outcome.tally.clone(),
            n_repeated: keys.n_repeated,
            previous,
            change,
            same_label: same_label.map(|import| import.id),
            overlaps,
        };
        let mut ledger = self.ledger();
        let deed = ledger.transaction().map_err(self.says())?;
        import.id = import_rows::append(&deed, &import, parts).map_err(self.says())?;
        if let Some(handed) = outcome.handed {
            custody::append(&deed, import.id, handed).map_err(self.says())?;
        }
        deed.commit().map_err(self.says())?;
        Ok(import)
    }

    /// How an import about to be acknowledged differs from an earlier one.
    fn change_since(&self, keys: &Keys, earlier: &[Import], id: ImportId) -> Result<Change> {
        let before = earlier.iter().find(|import| import.id == id);
        let (n_reports, n_repeated) =
            before.map_or((0, 0), |import| (import.tally.reports, import.n_repeated));
        // Sorting many keys to compare them with few takes longer than looking each of them up.
        if n_reports / 8 < keys.len() {
            return Ok(keys.since(&self.keys(id)?));
        }
        let part = self.import_part(id, PartKind::Reports)?;
        keys.since_part(self.path(), &part, n_reports - n_repeated)
    }

    /// The keys of an import, in order.
    pub(crate) fn keys(&self, id: ImportId) -> Result<Keys> {
        let reports = self.import_part(id, PartKind::Reports)?;
        Ok(KeyList::read(self.path(), &reports)?.sorted())
    }
}

/// The latest vintage of every data set among `imports` (in order) that fulfil a condition.
pub(crate) fn latest_vintages(
    imports: &[Import],
    known: impl Fn(&Import) -> bool,
) -> impl Iterator<Item = &Import> {
    let mut latest = BTreeMap::new();
    for import in imports.iter().filter(|import| known(import)) {
        let dataset = (import.about.source.name.as_str(), import.about.dataset.as_str());
        latest.insert(dataset, import.id);
    }
    let latest: Vec<ImportId> = latest.into_values().collect();
    imports.iter().filter(move |import| latest.contains(&import.id))
}
