//! Keys of reports. A key is what the source wrote, to the letter: cleaning it would let two
//! entries fall together (invariant 3). Only what cannot be a name at all is mended, visibly: a
//! second, different row of the same key gets "#2", a row without a key is named by its content.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};

use sheaf_model::{Batch, Doubt, DoubtCode, SetAside, SetAsideReason};
use xxhash_rust::xxh3::xxh3_64;

/// What naming a report needs to know of it, beside the report itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// The hash of its key.
    pub hash: u64,
    /// How many of the batch's doubts are its own.
    pub n_doubts: usize,
}

/// The keys given so far, with what their rows said.
#[derive(Default)]
pub(crate) struct Keys {
    given: HashMap<u64, u64, BuildHasherDefault<AsIs>>,
}

/// What to call a row.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Verdict {
    /// The key is new.
    New,
    /// An earlier row has the key and says the same.
    Copy,
    /// An earlier row has the key and says something else; this is the key to use instead.
    Taken(String),
}

impl Keys {
    /// Goes through the reports of the next batch of a file: copies of earlier rows are set aside,
    /// and a different row of a key that was given before gets a key of its own. Every doubt and
    /// every report of the batch has its mark.
    pub fn name(&mut self, batch: &mut Batch, marks: &[Mark], set_aside: &mut Vec<SetAside>) {
        let (mut copies, mut renamed) = (Vec::new(), Vec::new());
        for (idx, mark) in marks.iter().enumerate() {
            let report = batch.report(idx);
            match self.give(mark.hash, report.digest(), || report.key()) {
                Verdict::New => {}
                Verdict::Copy => {
                    let reason = SetAsideReason::ExactCopy;
                    set_aside.push(SetAside { row: report.row(), reason });
                    copies.push(idx);
                }
                Verdict::Taken(other) => {
                    let code = DoubtCode::DuplicateKey;
                    renamed.push((idx, Doubt::about_row(report.row(), code, report.key())));
                    batch.rename_report(idx, &other);
                }
            }
        }
        if copies.is_empty() && renamed.is_empty() {
            return;
        }
        let mut doubts = batch.take_doubts().into_iter();
        let (mut gone, mut renamed) = (copies.iter().peekable(), renamed.into_iter().peekable());
        for (idx, mark) in marks.iter().enumerate() {
            let its_own = doubts.by_ref().take(mark.n_doubts);
            if gone.next_if(|copy| **copy == idx).is_some() {
                its_own.for_each(drop);
                continue;
            }
            its_own.for_each(|doubt| batch.doubt(doubt));
            if let Some((_, doubt)) = renamed.next_if(|(at, _)| *at == idx) {
                batch.doubt(doubt);
            }
        }
        batch.remove_reports(&copies);
    }

    /// Notes that a row whose key has this hash says something with this digest.
    fn give<'k>(&mut self, hash: u64, digest: u128, key: impl Fn() -> &'k str) -> Verdict {
        let digest = digest as u64 ^ (digest >> 64) as u64;
        match self.take(hash, digest) {
            Taken::New => return Verdict::New,
            Taken::BySame => return Verdict::Copy,
            Taken::ByOther => {}
        }
        let mut n = 2u64;
        loop {
            let other = format!("{}#{n}", key());
            match self.take(self::hash(&other), digest) {
                Taken::New => return Verdict::Taken(other),
                Taken::BySame => return Verdict::Copy,
                Taken::ByOther => n += 1,
            }
        }
    }

    fn take(&mut self, hash: u64, digest: u64) -> Taken {
        match self.given.entry(hash) {
            Entry::Vacant(entry) => {
                entry.insert(digest);
                Taken::New
            }
            Entry::Occupied(entry) if *entry.get() == digest => Taken::BySame,
            Entry::Occupied(_) => Taken::ByOther,
        }
    }
}

enum Taken {
    New,
    BySame,
    ByOther,
}

/// The keys are hashes already.
#[derive(Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The hash by which a key is known.
pub(crate) fn hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

/// Joins the cells of a key with "/"; a slash or a percent sign inside a cell is written "%2F" and
/// "%25", so that no two keys fall together. A key of one cell stays as it is.
pub(crate) fn join<'a>(into: &mut String, mut cells: impl ExactSizeIterator<Item = &'a str>) {
    into.clear();
    if cells.len() == 1 {
        into.extend(cells.next());
        return;
    }
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            into.push('/');
        }
        for c in cell.chars() {
            match c {
                '/' => into.push_str("%2F"),
                '%' => into.push_str("%25"),
                c => into.push(c),
            }
        }
    }
}

/// The name of a row without a key: "~" and 12 hex digits of what it says.
pub(crate) fn by_content(into: &mut String, digest: u128) {
    into.clear();
    let short = (digest >> 64) as u64 ^ digest as u64;
    // Writing into a String cannot fail.
    let _ = write!(into, "~{:012x}", short & 0xffff_ffff_ffff);
}

/// Whether a spreadsheet turned the key into a number with an exponent ("1.97E+11").
pub(crate) fn is_damaged(key: &str) -> bool {
    let Some((number, exponent)) = key.split_once("E+") else { return false };
    let mut parts = number.splitn(2, '.');
    let whole = parts.next().unwrap_or("");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    whole.len() == 1 && digits(whole) && parts.next().is_none_or(digits) && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_03_keys_are_raw_and_never_fall_together() {
        let joined = |cells: &[&str]| {
            let mut key = String::new();
            join(&mut key, cells.iter().copied());
            key
        };
        assert_eq!(joined(&[" 7/a%"]), " 7/a%");
        assert_eq!(joined(&["a/b", "c"]), "a%2Fb/c");
        assert_ne!(joined(&["a/b", "c"]), joined(&["a", "b/c"]));
        assert_ne!(joined(&["a%2Fb", "c"]), joined(&["a/b", "c"]));
    }

    #[test]
    fn a_key_is_given_once() {
        let mut keys = Keys::default();
        let mut give = |key, digest| keys.give(hash(key), digest, || key);
        assert_eq!(give("7", 1), Verdict::New);
        assert_eq!(give("7", 1), Verdict::Copy);
        assert_eq!(give("7", 2), Verdict::Taken("7#2".to_owned()));
        assert_eq!(give("7", 2), Verdict::Copy);
        assert_eq!(give("7", 3), Verdict::Taken("7#3".to_owned()));
        assert_eq!(give("8", 1), Verdict::New);
        assert_eq!(give("7#2#2", 1), Verdict::New, "no key is given that no row has");
    }

    #[test]
    fn keys_damaged_by_a_spreadsheet_are_seen() {
        for (key, expected) in [
            ("1.97E+11", true),
            ("2E+11", true),
            ("197000000001", false),
            ("1.97e+11", false),
            ("12.97E+11", false),
            ("E+11", false),
            ("1.E+11", false),
        ] {
            assert_eq!(is_damaged(key), expected, "{key}");
        }
    }
}
