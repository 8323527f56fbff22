//! What changed among the current reports since some imports were all there was, without reading
//! what did not change.
//!
//! Only keys and digests of the imports that came or went are looked at, and of others that share
//! keys with them. A report counts as unchanged if the import that has it now says the same as the
//! one that had it, claim for claim and in the same order; that it stands in another row of another
//! file does not matter to whoever works on what is said.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use arrow_array::Array;
use sheaf_model::{Claim, Meaning, ReportId, ReportView};
use xxhash_rust::xxh3::xxh3_128;

use crate::current::{Wanted, overlaps};
use crate::error::Result;
use crate::found::row_ranges;
use crate::imports::{Import, ImportId, latest_vintages};
use crate::pool::Pool;
use crate::reading::text;
use crate::schema::PartKind;
use crate::vintage::{KeyEntry, for_each_key};

/// Where a report stands: the number of its import among all, and its position there.
pub(crate) type Place = (usize, u32);

/// Who has a key now and who had it then, with the digests.
#[derive(Default)]
pub(crate) struct Had {
    pub now: Option<(Place, [u8; 16])>,
    pub then: Option<(Place, [u8; 16])>,
}

impl Pool {
    /// Visits the reports that are current now and were not when only the imports in `then` were
    /// there, or said something else; in the order of imports and of their files. Gives back the
    /// ids of those that were current then and are not any more, or say something else now; in the
    /// order in which they stood then. A revised report is among both.
    ///
    /// # Errors
    /// `no-such-import` if the pool does not have one of `then`.
    pub fn changes_since(
        &self,
        then: &[ImportId],
        wanted: Wanted,
        mut visit: impl FnMut(&Import, ReportView<'_>),
    ) -> Result<Vec<ReportId>> {
        let imports = self.imports()?;
        for &id in then {
            if !imports.iter().any(|import| import.id == id) {
                self.import(id)?;
            }
        }
        let is_of = |now: &[&Import]| -> Vec<bool> {
            imports.iter().map(|import| now.iter().any(|it| it.id == import.id)).collect()
        };
        let now = is_of(&latest_vintages(&imports, |_| true).collect::<Vec<_>>());
        let past = |import: &Import| then.contains(&import.id);
        let then = is_of(&latest_vintages(&imports, past).collect::<Vec<_>>());

        let (mut come, mut gone) = (BTreeSet::<Place>::new(), BTreeSet::<Place>::new());
        // Pairs that may be the same in another file, by what they were and what they are.
        let mut perhaps = BTreeMap::<Place, Place>::new();
        let sources: BTreeSet<&str> =
            imports.iter().map(|import| import.about.source.name.as_str()).collect();
        for source in sources {
            for had in self.keys_moved(&imports, source, &now, &then)?.into_values() {
                match (had.then, had.now) {
                    (Some((before, _)), Some((after, _))) if before == after => {}
                    (Some((before, old)), Some((after, new))) if old == new => {
                        perhaps.insert(before, after);
                    }
                    (before, after) => {
                        gone.extend(before.map(|(place, _)| place));
                        come.extend(after.map(|(place, _)| place));
                    }
                }
            }
        }
        if !perhaps.is_empty() {
            let before = self.sayings(&imports, perhaps.keys().copied().collect())?;
            let after = self.sayings(&imports, perhaps.values().copied().collect())?;
            for (old, new) in perhaps {
                if before.get(&old) != after.get(&new) {
                    gone.insert(old);
                    come.insert(new);
                }
            }
        }
        self.for_each_place(&imports, &come, wanted, |import, _, report| visit(import, report))?;
        self.ids_at(&imports, &gone)
    }

    /// The keys of a source that an import has which is current in one of both states only, and who
    /// has them in each.
    pub(crate) fn keys_moved(
        &self,
        imports: &[Import],
        source: &str,
        now: &[bool],
        then: &[bool],
    ) -> Result<HashMap<[u8; 16], Had, BuildHasherDefault<KeyHasher>>> {
        let of_source = || {
            let of_it = imports.iter().enumerate();
            of_it.filter(|(idx, it)| {
                it.about.source.name.as_str() == source && (now[*idx] || then[*idx])
            })
        };
        let moved = || of_source().filter(|(idx, _)| now[*idx] != then[*idx]);
        let mut keys = HashMap::<[u8; 16], Had, BuildHasherDefault<KeyHasher>>::default();
        let newer = |has: &mut Option<(Place, [u8; 16])>, idx, entry: KeyEntry| {
            // The newest import has it; within an import, the first report that bears the key.
            if has.is_none_or(|((import, _), _)| import < idx) {
                *has = Some(((idx, entry.report), entry.digest));
            }
        };
        for (idx, import) in moved() {
            let part = self.import_part(import.id, PartKind::Reports)?;
            for_each_key(self.path(), &part, |entry| {
                let had = keys.entry(entry.key).or_default();
                let has = if now[idx] { &mut had.now } else { &mut had.then };
                newer(has, idx, entry);
            })?;
        }
        for (idx, import) in of_source().filter(|(idx, _)| now[*idx] && then[*idx]) {
            let shares =
                |(_, other): (usize, &Import)| overlaps(import, other) || overlaps(other, import);
            if !moved().any(shares) {
                continue;
            }
            let part = self.import_part(import.id, PartKind::Reports)?;
            for_each_key(self.path(), &part, |entry| {
                if let Entry::Occupied(mut had) = keys.entry(entry.key) {
                    newer(&mut had.get_mut().now, idx, entry);
                    newer(&mut had.get_mut().then, idx, entry);
                }
            })?;
        }
        Ok(keys)
    }

    /// What the reports at these places say, as one number each.
    fn sayings(&self, imports: &[Import], places: BTreeSet<Place>) -> Result<HashMap<Place, u128>> {
        let mut sayings = HashMap::with_capacity(places.len());
        let mut bytes = Vec::new();
        self.for_each_place(imports, &places, Wanted::ALL, |_, place, report| {
            bytes.clear();
            bytes.push(report.unit() as u8);
            report.claims().iter().for_each(|claim| spell(report, claim, &mut bytes));
            sayings.insert(place, xxh3_128(&bytes));
        })?;
        Ok(sayings)
    }

    pub(crate) fn for_each_place(
        &self,
        imports: &[Import],
        places: &BTreeSet<Place>,
        wanted: Wanted,
        mut visit: impl FnMut(&Import, Place, ReportView<'_>),
    ) -> Result<()> {
        for (idx, import) in imports.iter().enumerate() {
            let rows = places.range((idx, 0)..=(idx, u32::MAX)).map(|(_, row)| *row);
            self.for_each_batch_of_rows(import, &row_ranges(rows), wanted, |batch, positions| {
                for (report, &position) in batch.reports().zip(positions) {
                    visit(import, (idx, position), report);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(crate) fn ids_at(
        &self,
        imports: &[Import],
        places: &BTreeSet<Place>,
    ) -> Result<Vec<ReportId>> {
        let mut ids = Vec::with_capacity(places.len());
        for (idx, import) in imports.iter().enumerate() {
            let rows = places.range((idx, 0)..=(idx, u32::MAX)).map(|(_, row)| *row);
            let rows = row_ranges(rows);
            if rows.is_empty() {
                continue;
            }
            let part = self.import_part(import.id, PartKind::Reports)?;
            let mut rows = part.read_rows(self.path(), &["key"], 1 << 14, &rows)?;
            while let Some(rows_here) = rows.next_rows()? {
                let keys = text(&rows_here, "key", rows.path())?;
                let id = |row| ReportId::new(&import.about.source.name, keys.value(row));
                ids.extend((0..keys.len()).map(id));
            }
        }
        Ok(ids)
    }
}

/// Writes a claim down so that two are the same if and only if their bytes are.
fn spell(report: ReportView<'_>, claim: &Claim, bytes: &mut Vec<u8>) {
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    bytes.push(claim.field as u8);
    bytes.extend(claim.column.to_le_bytes());
    text(bytes, report.said(claim));
    match claim.meant {
        Meaning::Words => bytes.push(0),
        Meaning::Spelt(_) => {
            bytes.push(1);
            text(bytes, report.words(claim).unwrap_or_default());
        }
        Meaning::When(when) => {
            bytes.push(2);
            let days = [when.first(), when.last()];
            days.iter().for_each(|day| bytes.extend(day.days_since_1970().to_le_bytes()));
        }
        Meaning::Where(place) => {
            bytes.push(3);
            bytes.extend(place.lat().to_bits().to_le_bytes());
            bytes.extend(place.lon().to_bits().to_le_bytes());
            bytes.extend(place.radius().get().to_bits().to_le_bytes());
        }
        Meaning::Number(number) => {
            bytes.push(4);
            bytes.extend(number.to_le_bytes());
        }
        Meaning::Wording(fingerprint) => {
            bytes.push(5);
            bytes.extend(fingerprint.to_le_bytes());
        }
        Meaning::PartOf(column) => {
            bytes.push(6);
            bytes.extend(column.to_le_bytes());
        }
        Meaning::Kind(kind) => {
            bytes.push(7);
            text(bytes, kind.name());
        }
        Meaning::Day(day) => {
            bytes.push(8);
            bytes.extend(day.days_since_1970().to_le_bytes());
        }
        Meaning::Unit(unit) => bytes.extend([9, unit as u8]),
        Meaning::Unknown(unknown) => bytes.extend([10, unknown as u8]),
        Meaning::NotUnderstood => bytes.push(11),
        Meaning::Toll(toll) => {
            bytes.push(12);
            for word in [toll.harm.name(), toll.whom.name(), toll.attackers.name()] {
                text(bytes, word);
            }
            text(bytes, toll.qualifier.name());
            bytes.extend(toll.count.low().to_le_bytes());
            let as_of = toll.as_of.map(|day| i64::from(day.days_since_1970()));
            let some = [toll.count.best().map(i64::from), toll.count.high().map(i64::from), as_of];
            some.iter().for_each(|it| bytes.extend(it.unwrap_or(i64::MIN).to_le_bytes()));
        }
    }
}

/// Keys are hashes already; hashing them again would take a third of the time.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks_exact(8) {
            self.0 ^= u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
