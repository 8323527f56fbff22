//! Names as numbers. A pool says "Kunming" a thousand times; linking needs to know only that two
//! reports say the same, and how often it is said at all. Each folded name is kept once, per field,
//! with the number of reports that give it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::fold;
use crate::pack::{Packer, Unpacker};

/// A map whose keys are hashes already. It also keeps us off the standard library's randomly
/// seeded hasher: nothing here may depend on a global random source (invariant 13).
pub(crate) type HashedMap<K, V> = HashMap<K, V, BuildHasherDefault<Prehashed>>;

/// Spreads an integer key by one multiplication.
#[derive(Default)]
pub(crate) struct Prehashed(u64);

impl Hasher for Prehashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }
    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// In which sense a name is given. The order matters: it is the order of a report's tags, and the
/// rule for reports without a point looks at the first sense in which two of them meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Sense {
    Place,
    AdminOne,
    AdminTwo,
    Country,
    Organisation,
    Target,
    Weapon,
    Category,
    /// An opaque code of the source's own, of digits: the number it gives an actor or a series.
    Code,
    Outlet,
}

/// How many senses.
pub(crate) const N_SENSES: usize = Sense::Outlet as usize + 1;

/// A name in a sense, as one number: the sense in the top four bits, then the number of the name.
/// Sorted tags are therefore sorted by sense.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Tag(u32);

impl Tag {
    const NAME_BITS: u32 = 28;

    fn new(sense: Sense, name: u32) -> Tag {
        assert!(name < 1 << Tag::NAME_BITS, "a pool has at most 2^28 different names");
        Tag(((sense as u32) << Tag::NAME_BITS) | name)
    }

    /// From [`Tag::number`]; see [`Tag::is_sound`].
    pub(crate) fn numbered(number: u32) -> Tag {
        Tag(number)
    }

    /// Whether its sense is one.
    pub(crate) fn is_sound(self) -> bool {
        self.sense() < N_SENSES
    }

    /// The number of its sense.
    pub(crate) fn sense(self) -> usize {
        (self.0 >> Tag::NAME_BITS) as usize
    }

    /// Name and sense as one number.
    pub(crate) fn number(self) -> u64 {
        u64::from(self.0)
    }

    /// The number of the name.
    pub(crate) fn name(self) -> usize {
        (self.0 & ((1 << Tag::NAME_BITS) - 1)) as usize
    }
}

/// How common a name is among the reports of the pool. Bands, not a running number, so that one
/// more report rarely changes what a match weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Commonness {
    Rare,
    Uncommon,
    Common,
    VeryCommon,
}

impl Commonness {
    /// Of a name that so many of `n` reports give.
    pub(crate) fn of(given: u32, n: usize) -> Commonness {
        let given = given as usize;
        // A handful is never common, however small the pool.
        if given * 250 < n {
            Commonness::Rare
        } else if given * 25 < n || given <= 8 {
            Commonness::Uncommon
        } else if given * 8 < n {
            Commonness::Common
        } else {
            Commonness::VeryCommon
        }
    }
}

/// Every name given in the pool.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The folded spellings, and for each name where its spelling stands.
    text: String,
    spelt: Vec<(u32, u32)>,
    /// The hash of each name: the same in whatever order names came in, as their numbers are not.
    hashes: Vec<u64>,
    /// How many reports give it.
    n_reports: Vec<u32>,
    by_key: HashedMap<u64, u32>,
    /// What a source's own words came to last time, so that folding is done once per spelling:
    /// from a hash of sense and words to a stretch of `found`.
    by_words: HashedMap<u64, (u32, u32)>,
    found: Vec<Tag>,
}

impl Names {
    /// Adds to `tags` what these words name in this sense.
    pub(crate) fn take(&mut self, sense: Sense, words: &str, tags: &mut Vec<Tag>) {
        let hash = xxh3_64_with_seed(words.as_bytes(), sense as u64);
        if let Some(&(start, len)) = self.by_words.get(&hash) {
            tags.extend_from_slice(&self.found[start as usize..(start + len) as usize]);
            return;
        }
        let start = self.found.len() as u32;
        match sense {
            Sense::Place | Sense::AdminOne | Sense::AdminTwo => {
                let mut keys = fold::place_keys(words);
                if sense != Sense::Place {
                    keys.truncate(1);
                }
                for key in keys {
                    self.find(sense, &key);
                }
            }
            Sense::Target | Sense::Weapon => {
                for key in fold::word_keys(words) {
                    self.find(sense, &key);
                }
            }
            Sense::Organisation | Sense::Outlet => {
                for key in fold::organisation_keys(words) {
                    self.find(sense, &key);
                }
            }
            Sense::Country => {
                if let Some(key) = fold::country_key(words) {
                    self.find(sense, &key);
                }
            }
            Sense::Category | Sense::Code => {
                let key = fold::fold(words);
                if !key.is_empty() && !key.starts_with("unknown") {
                    self.find(sense, &key);
                }
            }
        }
        let len = self.found.len() as u32 - start;
        self.by_words.insert(hash, (start, len));
        tags.extend_from_slice(&self.found[start as usize..]);
    }

    /// Looks a folded spelling up, or takes it in. Spaces do not part names ("Abu Kamal" and
    /// "Abukamal" are one), so the spelling kept for explanations is the smallest met: that does
    /// not depend on which came first.
    fn find(&mut self, sense: Sense, spelling: &str) {
        let key: String = spelling.chars().filter(|c| *c != ' ').collect();
        let hash = xxh3_64_with_seed(key.as_bytes(), sense as u64);
        let next = self.spelt.len() as u32;
        let name = *self.by_key.entry(hash).or_insert(next);
        let smaller = name == next || spelling < self.spelling_at(name as usize);
        if smaller {
            let at = (self.text.len() as u32, spelling.len() as u32);
            self.text.push_str(spelling);
            if name == next {
                self.spelt.push(at);
                self.hashes.push(hash);
                self.n_reports.push(0);
            } else {
                self.spelt[name as usize] = at;
            }
        }
        self.found.push(Tag::new(sense, name));
    }

    /// The same names, none of them given yet.
    pub(crate) fn uncounted(&self) -> Names {
        let mut names = self.clone();
        names.n_reports.iter_mut().for_each(|n| *n = 0);
        names
    }

    /// Counts one more report that gives this name.
    pub(crate) fn count(&mut self, tag: Tag) {
        self.n_reports[tag.name()] += 1;
    }

    /// Takes back what [`Names::count`] counted.
    pub(crate) fn uncount(&mut self, tag: Tag) {
        self.n_reports[tag.name()] -= 1;
    }

    /// How many reports give each name, by number.
    pub(crate) fn counts(&self) -> &[u32] {
        &self.n_reports
    }

    /// How common the name is among `n` reports.
    pub(crate) fn commonness(&self, tag: Tag, n: usize) -> Commonness {
        Commonness::of(self.n_reports[tag.name()], n)
    }

    /// A number of the name and its sense that does not depend on what came in before it.
    pub(crate) fn hash(&self, tag: Tag) -> u64 {
        self.hashes[tag.name()]
    }

    /// The folded spelling, for explanations.
    pub(crate) fn spelling(&self, tag: Tag) -> &str {
        self.spelling_at(tag.name())
    }

    fn spelling_at(&self, name: usize) -> &str {
        let (start, len) = self.spelt[name];
        &self.text[start as usize..(start + len) as usize]
    }

    pub(crate) fn pack(&self, into: &mut Packer) {
        into.array(self.text.as_bytes());
        into.array(&self.spelt);
        into.array(&self.hashes);
        into.array(&self.n_reports);
    }

    /// What sources' own words came to is not kept: it is found again.
    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Names> {
        let text = from.text()?;
        let spelt: Vec<(u32, u32)> = from.array()?;
        let (hashes, n_reports): (Vec<u64>, Vec<u32>) = (from.array()?, from.array()?);
        let is_spelt = |&(start, len): &(u32, u32)| {
            text.get(start as usize..start as usize + len as usize).is_some()
        };
        let n = spelt.len();
        if hashes.len() != n || n_reports.len() != n || !spelt.iter().all(is_spelt) {
            return None;
        }
        let by_key = hashes.iter().copied().zip(0..).collect();
        Some(Names { text, spelt, hashes, n_reports, by_key, ..Names::default() })
    }

    /// Bytes held.
    pub(crate) fn n_bytes(&self) -> usize {
        self.text.capacity()
            + self.spelt.capacity() * 8
            + self.hashes.capacity() * 8
            + self.n_reports.capacity() * 4
            + self.found.capacity() * 4
            + (self.by_key.capacity() + self.by_words.capacity()) * 18
    }
}
