//! What a new vintage adds, revises and deletes, told by keys and digests alone.

use xxhash_rust::xxh3::xxh3_128;

use arrow_array::Array;

use crate::error::Result;
use crate::part::Part;
use crate::reading::{bytes, text};
use crate::report_rows::digest_at;
use std::path::Path;

/// A report's key (hashed to 128 bits), its digest and its position, as the file has them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct KeyEntry {
    pub key: [u8; 16],
    pub report: u32,
    pub digest: [u8; 16],
}

/// The keys of an import in the order of the file.
#[derive(Default)]
pub(crate) struct KeyList(Vec<KeyEntry>);

impl KeyList {
    pub fn push(&mut self, key: &str, digest: u128) {
        let report = self.0.len() as u32;
        self.0.push(KeyEntry { key: hash(key), report, digest: digest.to_be_bytes() });
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Orders the keys. Of a key that comes twice, the first report bears it.
    pub fn sorted(mut self) -> Keys {
        self.0.sort_unstable();
        let n = self.0.len();
        self.0.dedup_by_key(|entry| entry.key);
        Keys { n_repeated: (n - self.0.len()) as u64, entries: self.0 }
    }

    /// Reads the keys of a reports part.
    pub fn read(pool: &Path, reports: &Part) -> Result<KeyList> {
        let mut list = KeyList(Vec::with_capacity(reports.rows as usize));
        for_each_key(pool, reports, |entry| list.0.push(entry))?;
        Ok(list)
    }
}

/// Visits the keys of a reports part in the order of the file.
pub(crate) fn for_each_key(
    pool: &Path,
    reports: &Part,
    mut visit: impl FnMut(KeyEntry),
) -> Result<()> {
    let mut report = 0;
    let mut rows = reports.read(pool, &["key", "digest"], 1 << 14)?;
    while let Some(rows_here) = rows.next_rows()? {
        let keys = text(&rows_here, "key", rows.path())?;
        let digests = bytes(&rows_here, "digest", 16, rows.path())?;
        for row in 0..keys.len() {
            let digest = digest_at(&digests, row).to_be_bytes();
            visit(KeyEntry { key: hash(keys.value(row)), report, digest });
            report += 1;
        }
    }
    Ok(())
}

/// The keys of an import in order, each once.
#[derive(Default)]
pub(crate) struct Keys {
    /// How many reports bear a key that an earlier one bears.
    pub n_repeated: u64,
    entries: Vec<KeyEntry>,
}

impl Keys {
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    /// The report that bears the key.
    pub fn find(&self, key: [u8; 16]) -> Option<&KeyEntry> {
        let at = self.entries.binary_search_by_key(&key, |entry| entry.key).ok()?;
        Some(&self.entries[at])
    }

    /// How these keys differ from earlier ones.
    pub fn since(&self, before: &Keys) -> Change {
        let mut change = Change::default();
        let mut earlier = before.entries.iter().peekable();
        for entry in &self.entries {
            while earlier.next_if(|old| old.key < entry.key).is_some() {
                change.deleted += 1;
            }
            match earlier.next_if(|old| old.key == entry.key) {
                None => change.added += 1,
                Some(old) if old.digest == entry.digest => change.unchanged += 1,
                Some(_) => change.revised += 1,
            }
        }
        change.deleted += earlier.count() as u64;
        change
    }

    /// The same where the earlier keys are far more than these, and only read, not sorted.
    /// `n_before` is how many different keys there are.
    pub fn since_part(&self, pool: &Path, before: &Part, n_before: u64) -> Result<Change> {
        let mut is_seen = vec![false; self.entries.len()];
        let mut change = Change::default();
        for_each_key(pool, before, |old| {
            let at = self.entries.binary_search_by_key(&old.key, |entry| entry.key);
            // Of a repeated key, the first report bears it.
            let Some(at) = at.ok().filter(|&at| !std::mem::replace(&mut is_seen[at], true)) else {
                return;
            };
            if self.entries[at].digest == old.digest {
                change.unchanged += 1;
            } else {
                change.revised += 1;
            }
        })?;
        change.added = self.len() - change.unchanged - change.revised;
        change.deleted = n_before - change.unchanged - change.revised;
        Ok(change)
    }
}

/// Counts of reports: `added + revised + unchanged` is the later vintage, and
/// `deleted + revised + unchanged` the earlier one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// Reports only the later one has.
    pub added: u64,
    /// Reports of which both say something else.
    pub revised: u64,
    /// Reports only the earlier one has.
    pub deleted: u64,
    /// Reports of which both say the same.
    pub unchanged: u64,
}

pub(crate) fn hash(key: &str) -> [u8; 16] {
    xxh3_128(key.as_bytes()).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(of: &[(&str, u128)]) -> Keys {
        let mut list = KeyList::default();
        of.iter().for_each(|(key, digest)| list.push(key, *digest));
        list.sorted()
    }

    #[test]
    fn every_report_of_both_sides_is_counted_once() {
        let before = keys(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
        let after = keys(&[("e", 1), ("d", 1), ("b", 2), ("a", 1), ("f", 1)]);
        let change = after.since(&before);
        assert_eq!(change, Change { added: 2, revised: 1, deleted: 1, unchanged: 2 });
        assert_eq!(change.added + change.revised + change.unchanged, after.len());
        assert_eq!(change.deleted + change.revised + change.unchanged, before.len());
        assert_eq!(after.since(&Keys::default()).added, 5);
    }

    #[test]
    fn of_a_repeated_key_the_first_report_bears_it() {
        let keys = keys(&[("a", 1), ("b", 2), ("a", 3)]);
        assert_eq!((keys.len(), keys.n_repeated), (2, 1));
        assert_eq!(keys.find(hash("a")).map(|entry| entry.report), Some(0));
    }
}
