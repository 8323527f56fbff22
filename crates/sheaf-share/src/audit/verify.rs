//! The check of a whole log against everything that was signed about it. It needs the lines, the
//! checkpoints and the keys that one trusts, and nothing else: it can be done years later, by someone
//! with no line to the log.
//!
//! How exactly the first bad entry can be named depends on who changed the log. A flipped byte, a cut
//! or a line put in breaks the chain at that line. Someone who computes the chain anew is caught by
//! the checkpoints, and the entry lies between the last checkpoint that fits and the first that does
//! not. A co-signer who kept the leaf hashes, which tell nothing of the acts, can name it exactly.

use std::fmt;

use super::checkpoint::{Checkpoint, NoCheckpoint, Trust};
use super::entry::{Flaw, Reader};
use crate::Hash;

/// What is wrong with a log. Checkpoints are counted from 0, in the order in which they were given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// A line is not what was written there. What stands behind it cannot be judged.
    Line {
        /// The entry; nothing if it is the header.
        entry: Option<u64>,
        /// The byte of the log at which the line begins, from 0.
        byte: u64,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// Entries that were signed are no longer there.
    Missing {
        /// The first of them.
        first: u64,
        /// How many entries were signed.
        signed: u64,
        /// By which checkpoint.
        checkpoint: usize,
    },
    /// Entries are not those that were signed; the chain was made to fit.
    Changed {
        /// The first that can be it.
        first: u64,
        /// The last that can be the first.
        last: u64,
        /// The checkpoint that does not fit.
        checkpoint: usize,
    },
    /// An entry is not the one that the co-signer was told of.
    NotAsTold {
        /// The entry.
        entry: u64,
    },
    /// The log signed two histories.
    Fork {
        /// The first entry in which they can differ.
        first: u64,
        /// The last entry that can be the first in which they differ.
        last: u64,
        /// A checkpoint of the one.
        one: usize,
        /// A checkpoint of the other.
        other: usize,
    },
    /// A checkpoint does not count.
    Checkpoint {
        /// Which.
        checkpoint: usize,
        /// Why.
        why: NoCheckpoint,
    },
}

impl Problem {
    /// The first entry that this speaks against.
    pub fn first_bad_entry(&self) -> Option<u64> {
        match self {
            Problem::Line { entry, .. } => *entry,
            Problem::Missing { first, .. }
            | Problem::Changed { first, .. }
            | Problem::Fork { first, .. } => Some(*first),
            Problem::NotAsTold { entry } => Some(*entry),
            Problem::Checkpoint { .. } => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Line { entry: Some(entry), byte, flaw } => {
                write!(f, "entry {entry}, at byte {byte}: {flaw}")
            }
            Problem::Line { entry: None, flaw, .. } => write!(f, "header: {flaw}"),
            Problem::Missing { first, signed, checkpoint } => write!(
                f,
                "entries {first} to {} are missing: checkpoint {checkpoint} signed {signed}",
                signed - 1
            ),
            Problem::Changed { first, last, checkpoint } if first == last => {
                write!(f, "entry {first} is not what checkpoint {checkpoint} signed")
            }
            Problem::Changed { first, last, checkpoint } => write!(
                f,
                "an entry from {first} to {last} is not what checkpoint {checkpoint} signed"
            ),
            Problem::NotAsTold { entry } => {
                write!(f, "entry {entry} is not the one that the co-signer was told of")
            }
            Problem::Fork { first, last, one, other } => write!(
                f,
                "checkpoints {one} and {other} are of two histories, which part at an entry from \
                 {first} to {last}"
            ),
            Problem::Checkpoint { checkpoint, why } => write!(f, "checkpoint {checkpoint}: {why}"),
        }
    }
}

/// What came of checking a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Entries whose lines fit together, from the first.
    pub n_read: u64,
    /// Entries covered by a checkpoint that fits. What comes after them can still be changed unseen.
    pub n_signed: u64,
    /// Entries covered by a checkpoint that fits and that another member co-signed.
    pub n_cosigned: u64,
    /// All that is wrong; empty if nothing is.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// The first entry that is not as it was signed, if an entry is to blame.
    pub fn first_bad_entry(&self) -> Option<u64> {
        self.problems.iter().filter_map(Problem::first_bad_entry).min()
    }
}

/// Checks a log against its checkpoints and keys.
///
/// `told` are the leaf hashes from the first on that a co-signer kept, if it did; otherwise it is empty.
/// The log is read once, in little memory. Checkpoints may come in any order.
///
/// ```
/// use sheaf_share::audit::{Act, Deed, KeyKind, Outcome, Salt, SignKey, Trust, Who, Writer, verify};
/// let key = SignKey::new("north.example/audit", KeyKind::Log, &[1; 32]).unwrap();
/// let trust = Trust {
///     origin: "north.example/audit".to_owned(),
///     log: key.verify_key(),
///     cosigners: vec![],
///     n_cosigners: 0,
/// };
/// let act = Act {
///     at_ms: 0,
///     who: Who { member: "m".parse().unwrap(), account: "a".parse().unwrap() },
///     what: vec!["incident--1".parse().unwrap()],
///     deed: Deed::Read { purpose: "safety".parse().unwrap() },
///     outcome: Outcome::Done,
/// };
/// let (mut writer, mut log) = Writer::new("north.example/audit");
/// log += &writer.append(Salt([1; 16]), &act);
/// log += &writer.append(Salt([2; 16]), &act);
/// let signed = writer.checkpoint().sign(&key).unwrap().to_string();
/// assert!(verify(log.as_bytes(), &[signed.as_bytes()], &trust, &[]).is_sound());
///
/// let second = log.rfind("incident--1").unwrap();
/// log.replace_range(second..second + 11, "incident--2");
/// let verdict = verify(log.as_bytes(), &[signed.as_bytes()], &trust, &[]);
/// assert_eq!(verdict.first_bad_entry(), Some(1));
/// assert_eq!(
///     verdict.problems[0].to_string(),
///     "entry 1, at byte 247: the line is not what was written there"
/// );
/// ```
pub fn verify(log: &[u8], checkpoints: &[&[u8]], trust: &Trust, told: &[Hash]) -> Verdict {
    let mut verdict = Verdict { n_read: 0, n_signed: 0, n_cosigned: 0, problems: Vec::new() };
    let mut signed: Vec<Signed> = Vec::new();
    for (place, bytes) in checkpoints.iter().enumerate() {
        match Checkpoint::open(bytes, trust) {
            Ok(opened) => {
                let is_cosigned = !opened.cosigned.is_empty();
                signed.push(Signed {
                    place,
                    checkpoint: opened.checkpoint,
                    is_cosigned,
                    fits: None,
                });
            }
            Err(why) => verdict.problems.push(Problem::Checkpoint { checkpoint: place, why }),
        }
    }
    signed.sort_by_key(|it| (it.checkpoint.size, it.place));
    let is_cut_short = read(log, trust, told, &mut signed, &mut verdict);
    judge(&signed, is_cut_short, &mut verdict);
    verdict
}

/// A checkpoint that counts, and whether the log fits it; nothing if the log does not reach so far.
struct Signed {
    place: usize,
    checkpoint: Checkpoint,
    is_cosigned: bool,
    fits: Option<bool>,
}

/// Reads the log to its end or its first flaw. Answers whether there was one.
fn read(
    log: &[u8],
    trust: &Trust,
    told: &[Hash],
    signed: &mut [Signed],
    verdict: &mut Verdict,
) -> bool {
    let mut lines = log.split_inclusive(|byte| *byte == b'\n');
    let first_line = lines.next().unwrap_or_default();
    let mut byte = first_line.len() as u64;
    let mut reader = match Reader::new(&trust.origin, first_line) {
        Ok(reader) => reader,
        Err(flaw) => {
            verdict.problems.push(Problem::Line { entry: None, byte: 0, flaw });
            return true;
        }
    };
    let mut waiting = signed.iter_mut().peekable();
    let mut was_told = true;
    loop {
        let size = reader.size();
        while let Some(next) = waiting.next_if(|it| it.checkpoint.size == size) {
            next.fits = Some(next.checkpoint.root == reader.checkpoint().root);
        }
        let Some(line) = lines.next() else { return false };
        match reader.line(line) {
            Ok(entry) => {
                let as_told = usize::try_from(entry.index).ok().and_then(|idx| told.get(idx));
                if was_told && as_told.is_some_and(|leaf| *leaf != entry.leaf) {
                    verdict.problems.push(Problem::NotAsTold { entry: entry.index });
                    was_told = false;
                }
            }
            Err(flaw) => {
                let entry = Some(size);
                verdict.problems.push(Problem::Line { entry, byte, flaw });
                return true;
            }
        }
        byte += line.len() as u64;
        verdict.n_read += 1;
    }
}

/// Puts together what the checkpoints say about the log.
fn judge(signed: &[Signed], is_cut_short: bool, verdict: &mut Verdict) {
    let fitting = || signed.iter().filter(|it| it.fits == Some(true));
    let size = |it: &Signed| it.checkpoint.size;
    verdict.n_signed = fitting().map(size).max().unwrap_or(0);
    verdict.n_cosigned = fitting().filter(|it| it.is_cosigned).map(size).max().unwrap_or(0);
    for pair in signed.windows(2) {
        let (one, other) = (&pair[0], &pair[1]);
        if one.checkpoint.size == other.checkpoint.size
            && one.checkpoint.root != other.checkpoint.root
        {
            let first = agreed_below(signed, one.checkpoint.size);
            let last = one.checkpoint.size.saturating_sub(1).max(first);
            verdict.problems.push(Problem::Fork {
                first,
                last,
                one: one.place,
                other: other.place,
            });
        }
    }
    let mut is_changed = false;
    for it in signed.iter().filter(|it| it.fits == Some(false)) {
        let first = agreed_below(signed, it.checkpoint.size);
        let last = it.checkpoint.size.saturating_sub(1).max(first);
        let later = fitting().find(|later| later.checkpoint.size >= it.checkpoint.size);
        match later {
            // The windows above have told of it.
            Some(later) if later.checkpoint.size == it.checkpoint.size => {}
            Some(later) => {
                let (one, other) = (it.place, later.place);
                verdict.problems.push(Problem::Fork { first, last, one, other });
            }
            // Later checkpoints that do not fit either follow from the first.
            None if is_changed => {}
            None => {
                is_changed = true;
                verdict.problems.push(Problem::Changed { first, last, checkpoint: it.place });
            }
        }
    }
    if !is_cut_short && let Some(it) = signed.last().filter(|it| it.fits.is_none()) {
        verdict.problems.push(Problem::Missing {
            first: verdict.n_read,
            signed: it.checkpoint.size,
            checkpoint: it.place,
        });
    }
}

/// The size of the largest checkpoint below `size` that fits the log.
fn agreed_below(signed: &[Signed], size: u64) -> u64 {
    let fitting = signed.iter().filter(|it| it.fits == Some(true) && it.checkpoint.size < size);
    fitting.map(|it| it.checkpoint.size).max().unwrap_or(0)
}
