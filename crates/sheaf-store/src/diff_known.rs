//! What changed in the current reports of the whole pool between two states of knowledge, such as two
//! days on which it was asked, report by report and claim by claim.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sheaf_model::ReportId;

use crate::changes::Place;
use crate::current::Wanted;
use crate::diff::{ClaimChange, compare, sayings};
use crate::error::Result;
use crate::imports::{Import, latest_vintages};
use crate::pool::Pool;

/// What changed, each list in order of import and row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownDiff {
    /// Reports that are current in the later state only.
    pub added: Vec<ReportId>,
    /// Reports that are current in the earlier state only.
    pub deleted: Vec<ReportId>,
    /// Reports that say something else, with what they say, claim by claim.
    pub revised: Vec<(ReportId, Vec<ClaimChange>)>,
}

impl Pool {
    /// What changed between the state in which only the imports were there that fulfil `then`, and
    /// the one with those that fulfil `now`.
    pub fn diff_known(
        &self,
        then: impl Fn(&Import) -> bool,
        now: impl Fn(&Import) -> bool,
    ) -> Result<KnownDiff> {
        let imports = self.imports()?;
        let current = |known: &dyn Fn(&Import) -> bool| -> Vec<bool> {
            let latest: Vec<&Import> = latest_vintages(&imports, known).collect();
            imports.iter().map(|import| latest.iter().any(|it| it.id == import.id)).collect()
        };
        let (then, now) = (current(&then), current(&now));
        let (mut added, mut deleted) = (BTreeSet::<Place>::new(), BTreeSet::<Place>::new());
        // What they are now, and what they were.
        let mut revised = BTreeMap::<Place, Place>::new();
        let sources: BTreeSet<&str> =
            imports.iter().map(|import| import.about.source.name.as_str()).collect();
        for source in sources {
            for had in self.keys_moved(&imports, source, &now, &then)?.into_values() {
                match (had.then, had.now) {
                    (Some((_, old)), Some((_, new))) if old == new => {}
                    (Some((before, _)), Some((after, _))) => {
                        revised.insert(after, before);
                    }
                    (before, after) => {
                        deleted.extend(before.map(|(place, _)| place));
                        added.extend(after.map(|(place, _)| place));
                    }
                }
            }
        }
        Ok(KnownDiff {
            added: self.ids_at(&imports, &added)?,
            deleted: self.ids_at(&imports, &deleted)?,
            revised: self.claims_revised(&imports, &revised)?,
        })
    }

    fn claims_revised(
        &self,
        imports: &[Import],
        revised: &BTreeMap<Place, Place>,
    ) -> Result<Vec<(ReportId, Vec<ClaimChange>)>> {
        let mut before = HashMap::with_capacity(revised.len());
        let places: BTreeSet<Place> = revised.values().copied().collect();
        self.for_each_place(imports, &places, Wanted::ALL, |import, place, report| {
            before.insert(place, sayings(report, &import.columns));
        })?;
        let mut changes = Vec::with_capacity(revised.len());
        let places: BTreeSet<Place> = revised.keys().copied().collect();
        self.for_each_place(imports, &places, Wanted::ALL, |import, place, report| {
            let Some(old) = revised.get(&place) else { return };
            let from = &imports[old.0];
            let is_renamed = |old: &str, new: &str| {
                !import.columns.iter().any(|it| it == old)
                    && !from.columns.iter().any(|it| it == new)
            };
            let earlier = before.remove(old).unwrap_or_default();
            let changed = compare(earlier, sayings(report, &import.columns), is_renamed);
            changes.push((report.id(&import.about.source.name), changed));
        })?;
        Ok(changes)
    }
}
