//! The log as text. A header line names the format and the log; each further line is an entry:
//!
//! ```text
//! sheaf-audit/1 north.example/audit
//! 0 <chain> <salt> {"at_ms":…}
//! 1 <chain> - <leaf>
//! ```
//!
//! The leaf of an entry is `SHA-256(0x00 ‖ salt ‖ act)`, a leaf of RFC 6962 whose data begin with 16
//! random bytes: without them, whoever held a leaf hash could guess at acts until one fits. The chain
//! is `SHA-256(0x02 ‖ chain before ‖ leaf)`, and begins with the hash of the header. The tree shows
//! that something was changed since a checkpoint; the chain shows which line, as long as whoever
//! changed it did not also compute all later ones anew.
//!
//! An act may have to be forgotten (rule 10: what remains is the log's leaf). Its line then keeps the
//! leaf and loses salt and act, and everything still adds up.

use std::fmt;

use super::act::Act;
use super::checkpoint::Checkpoint;
use super::tree::{Frontier, leaf_hash};
use crate::{Hash, base64};

/// The longest line that is read, in bytes: an act that shares some tens of thousands of objects.
pub const LONGEST_LINE: usize = 1 << 22;

/// Sixteen random bytes that go with one entry and no other. The caller draws them; a salt that can be
/// guessed is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Salt(pub [u8; 16]);

/// An entry as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The act, or nothing if it was erased. An error, if the line is whole but its act is not one
    /// that this version knows.
    pub act: Option<Result<Act, String>>,
}

/// What is wrong with a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// The header is not that of this log.
    Header,
    /// The last line ends in its middle.
    Cut,
    /// It is longer than any line may be.
    Long,
    /// It is not number, chain, salt and act.
    Shape,
    /// It is numbered as another entry.
    Number,
    /// Its content does not fit the chain: it was changed, or a line before it was put in or taken out.
    Chain,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flaw::Header => "the first line does not name this log",
            Flaw::Cut => "the line is cut off",
            Flaw::Long => "the line is longer than 4 MiB",
            Flaw::Shape => "the line is not an entry",
            Flaw::Number => "the line has another entry's number",
            Flaw::Chain => "the line is not what was written there",
        })
    }
}

/// The state of a growing log; both writing and reading keep it.
#[derive(Clone, Debug)]
struct State {
    origin: String,
    tree: Frontier,
    chain: Hash,
}

impl State {
    fn new(origin: &str) -> State {
        let chain = Hash::of(header(origin).as_bytes());
        State { origin: origin.to_owned(), tree: Frontier::new(), chain }
    }

    fn next_chain(&self, leaf: &Hash) -> Hash {
        Hash::of_parts(&[&[2], self.chain.as_bytes(), leaf.as_bytes()])
    }

    fn push(&mut self, leaf: Hash, chain: Hash) {
        self.tree.push(leaf);
        self.chain = chain;
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: self.origin.clone(), size: self.tree.size(), root: self.tree.root() }
    }
}

fn header(origin: &str) -> String {
    format!("sheaf-audit/1 {origin}\n")
}

/// Writes a log, line by line. It keeps some hashes and not the lines: their number grows with the
/// logarithm of the log's length.
#[derive(Clone, Debug)]
pub struct Writer(State);

impl Writer {
    /// A new log of this name, and its first line, to be written as it is.
    pub fn new(origin: &str) -> (Writer, String) {
        (Writer(State::new(origin)), header(origin))
    }

    /// Goes on with a log that was read to its end.
    pub fn resume(reader: Reader) -> Writer {
        Writer(reader.0)
    }

    /// The line for one more act, with its line break. It must reach the disk before the act is
    /// answered for.
    pub fn append(&mut self, salt: Salt, act: &Act) -> String {
        let act = act.to_json();
        let leaf = leaf_hash(&[&salt.0, act.as_bytes()]);
        let chain = self.0.next_chain(&leaf);
        let index = self.0.tree.size();
        self.0.push(leaf, chain);
        format!("{index} {} {} {act}\n", chain.to_base64(), base64::encode(&salt.0))
    }

    /// The log as it stands, to be signed.
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.checkpoint()
    }

    /// All that is needed to go on: the chain, and the right edge of the tree.
    pub fn state(&self) -> Vec<u8> {
        let mut state = self.0.chain.as_bytes().to_vec();
        state.extend(self.0.tree.to_bytes());
        state
    }

    /// Goes on with the log of this name where a writer stood whose [`Writer::state`] this is; nothing if it is
    /// no such state. Whether the lines before are still as they were written is for [`verify`] to say.
    ///
    /// [`verify`]: super::verify
    ///
    /// ```
    /// use sheaf_share::audit::{Act, Deed, Outcome, Salt, Who, Writer};
    /// # let act = Act {
    /// #     at_ms: 0,
    /// #     who: Who { member: "m".parse().unwrap(), account: "a".parse().unwrap() },
    /// #     what: vec![],
    /// #     deed: Deed::Admin { action: "add-account".parse().unwrap() },
    /// #     outcome: Outcome::Done,
    /// # };
    /// let (mut writer, _) = Writer::new("north.example/audit");
    /// writer.append(Salt([7; 16]), &act);
    /// let mut again = Writer::at("north.example/audit", &writer.state()).unwrap();
    /// assert_eq!(again.append(Salt([8; 16]), &act), writer.append(Salt([8; 16]), &act));
    /// ```
    pub fn at(origin: &str, state: &[u8]) -> Option<Writer> {
        let (chain, tree) = state.split_at_checked(32)?;
        let chain = Hash::from_bytes(chain.try_into().ok()?);
        Some(Writer(State { origin: origin.to_owned(), tree: Frontier::from_bytes(tree)?, chain }))
    }
}

/// The first line of the log of this name, with its line break.
pub fn first_line(origin: &str) -> String {
    header(origin)
}

/// Reads a log, line by line, and checks each against those before it.
#[derive(Clone, Debug)]
pub struct Reader(State);

impl Reader {
    /// Begins with a log's first line, with its line break.
    ///
    /// # Errors
    /// [`Flaw::Header`], if it is not the first line of this log.
    pub fn new(origin: &str, first_line: &[u8]) -> Result<Reader, Flaw> {
        if first_line != header(origin).as_bytes() {
            return Err(Flaw::Header);
        }
        Ok(Reader(State::new(origin)))
    }

    /// Reads the next line, with its line break.
    ///
    /// # Errors
    /// What is wrong with it. The reader stays where it was.
    pub fn line(&mut self, line: &[u8]) -> Result<Entry, Flaw> {
        if line.len() > LONGEST_LINE {
            return Err(Flaw::Long);
        }
        let whole = line.strip_suffix(b"\n").ok_or(Flaw::Cut)?;
        let parts = Parts::of(whole).ok_or(Flaw::Shape)?;
        let index = self.0.tree.size();
        if parts.index != index.to_string() {
            return Err(Flaw::Number);
        }
        let leaf = parts.leaf();
        if self.0.next_chain(&leaf) != parts.chain {
            return Err(Flaw::Chain);
        }
        self.0.push(leaf, parts.chain);
        let act = match parts.rest {
            Rest::Act(_, act) => Some(Act::from_json(act)),
            Rest::Erased(_) => None,
        };
        Ok(Entry { index, leaf, act })
    }

    /// How many entries were read.
    pub fn size(&self) -> u64 {
        self.0.tree.size()
    }

    /// The log as far as it was read.
    pub fn checkpoint(&self) -> Checkpoint {
        self.0.checkpoint()
    }
}

/// The line with its act and salt erased, to be put in the place of the former; nothing if it is not
/// an entry. One that is erased already stays as it is.
///
/// ```
/// use sheaf_share::audit::{Act, Deed, Outcome, Reader, Salt, Who, Writer, erase};
/// let act = Act {
///     at_ms: 0,
///     who: Who { member: "m".parse().unwrap(), account: "a".parse().unwrap() },
///     what: vec![],
///     deed: Deed::Admin { action: "add-account".parse().unwrap() },
///     outcome: Outcome::Done,
/// };
/// let (mut writer, first) = Writer::new("north.example/audit");
/// let line = erase(&writer.append(Salt([7; 16]), &act)).unwrap();
/// assert!(!line.contains("add-account"));
/// let mut reader = Reader::new("north.example/audit", first.as_bytes()).unwrap();
/// assert_eq!(reader.line(line.as_bytes()).unwrap().act, None);
/// assert_eq!(reader.checkpoint(), writer.checkpoint());
/// ```
pub fn erase(line: &str) -> Option<String> {
    let parts = Parts::of(line.strip_suffix('\n')?.as_bytes())?;
    let (index, chain, leaf) = (parts.index, parts.chain.to_base64(), parts.leaf().to_base64());
    Some(format!("{index} {chain} - {leaf}\n"))
}

/// A line, taken apart and not yet believed.
struct Parts<'a> {
    index: &'a str,
    chain: Hash,
    rest: Rest<'a>,
}

enum Rest<'a> {
    Act([u8; 16], &'a [u8]),
    Erased(Hash),
}

impl Parts<'_> {
    fn of(line: &[u8]) -> Option<Parts<'_>> {
        let mut parts = line.splitn(4, |byte| *byte == b' ');
        let mut text = || std::str::from_utf8(parts.next()?).ok();
        let index = text()?;
        let chain = Hash::from_base64(text()?)?;
        let salt = text()?;
        let rest = parts.next()?;
        let rest = if salt == "-" {
            Rest::Erased(Hash::from_base64(std::str::from_utf8(rest).ok()?)?)
        } else {
            if salt.len() != 24 {
                return None;
            }
            Rest::Act(base64::decode(salt)?.try_into().ok()?, rest)
        };
        Some(Parts { index, chain, rest })
    }

    fn leaf(&self) -> Hash {
        match &self.rest {
            Rest::Act(salt, act) => leaf_hash(&[salt, act]),
            Rest::Erased(leaf) => *leaf,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::act::tests::some_act;
    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(acts in prop::collection::vec(some_act(), 0..12)) {
            let (mut writer, first) = Writer::new("o");
            let mut reader = Reader::new("o", first.as_bytes()).unwrap();
            for (idx, act) in acts.iter().enumerate() {
                let line = writer.append(Salt([idx as u8; 16]), act);
                let entry = reader.line(line.as_bytes()).unwrap();
                prop_assert_eq!(entry.index, idx as u64);
                prop_assert_eq!(entry.act, Some(Ok(act.clone())));
            }
            prop_assert_eq!(reader.checkpoint(), writer.checkpoint());
        }

        #[test]
        fn two_salts_make_two_leaves(act in some_act(), one: [u8; 16], other: [u8; 16]) {
            prop_assume!(one != other);
            let leaf = |salt| {
                let (mut writer, _) = Writer::new("o");
                writer.append(Salt(salt), &act);
                writer.checkpoint().root
            };
            prop_assert_ne!(leaf(one), leaf(other));
        }

        #[test]
        fn foreign_lines_are_read_or_refused(
            line in prop::collection::vec(any::<u8>(), 0..200),
            text in "[0-9]{1,3} [A-Za-z0-9+/=]{44} (-|[A-Z=]{24}) [ -~]{0,60}\n?",
        ) {
            let mut reader = Reader::new("o", b"sheaf-audit/1 o\n").unwrap();
            prop_assert!(reader.line(&line).is_err());
            prop_assert!(reader.line(text.as_bytes()).is_err());
            let _ = erase(&text);
        }
    }

    #[test]
    fn an_act_of_a_later_version_is_kept_and_said_to_be_unknown() {
        let (writer, first) = Writer::new("o");
        let leaf = leaf_hash(&[&[9; 16], b"{\"new\":1}"]);
        let chain = writer.0.next_chain(&leaf).to_base64();
        let line = format!("0 {chain} {} {{\"new\":1}}\n", base64::encode(&[9; 16]));
        let mut reader = Reader::new("o", first.as_bytes()).unwrap();
        let entry = reader.line(line.as_bytes()).unwrap();
        assert!(entry.act.unwrap().unwrap_err().starts_with("not an act: unknown field `new`"));
    }
}
