//! Keys of reports. A key is what the source wrote, to the letter: cleaning it would let two
//! entries fall together (invariant 3). Only what cannot be a name at all is mended, visibly: a
//! second, different row of the same key gets "#2", a row without a key is named by its content.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

/// The keys given so far, with what their rows said.
#[derive(Default)]
pub(crate) struct Keys {
    given: HashMap<u64, u64, BuildHasherDefault<AsIs>>,
}

/// What to call a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The key is new.
    New,
    /// An earlier row has the key and says the same.
    Copy,
    /// An earlier row has the key and says something else; this is the key to use instead.
    Taken(String),
}

impl Keys {
    /// Notes that a row of this key says something with this digest.
    pub fn give(&mut self, key: &str, digest: u128) -> Verdict {
        let digest = digest as u64 ^ (digest >> 64) as u64;
        match self.take(key, digest) {
            Taken::New => return Verdict::New,
            Taken::BySame => return Verdict::Copy,
            Taken::ByOther => {}
        }
        let mut n = 2u64;
        loop {
            let other = format!("{key}#{n}");
            match self.take(&other, digest) {
                Taken::New => return Verdict::Taken(other),
                Taken::BySame => return Verdict::Copy,
                Taken::ByOther => n += 1,
            }
        }
    }

    fn take(&mut self, key: &str, digest: u64) -> Taken {
        match self.given.entry(xxh3_64(key.as_bytes())) {
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
        assert_eq!(keys.give("7", 1), Verdict::New);
        assert_eq!(keys.give("7", 1), Verdict::Copy);
        assert_eq!(keys.give("7", 2), Verdict::Taken("7#2".to_owned()));
        assert_eq!(keys.give("7", 2), Verdict::Copy);
        assert_eq!(keys.give("7", 3), Verdict::Taken("7#3".to_owned()));
        assert_eq!(keys.give("8", 1), Verdict::New);
        assert_eq!(keys.give("7#2#2", 1), Verdict::New, "no key is given that no row has");
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
