//! Taking a bundle in.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use sheaf_model::{MemberId, Moment};

use super::header::{NoHeader, VERSION};
use super::line::{self, Kind, Line};
use super::travel::{may_arrive, says_nothing};
use super::{Channel, Header, KnownKey, Stays, Taken};
use crate::Hash;
use crate::audit::{Checkpoint, Note};
use crate::custody::Custody;
use crate::rules::Reader;
use crate::stix::StixId;

/// The member a bundle is expected from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peer {
    /// Who it is.
    pub member: MemberId,
    /// The keys its bundles may be signed with; two while it changes from one to the next.
    pub keys: Vec<KnownKey>,
    /// Whether it also passes on what others made, as a pool does for its members. Without it, only
    /// the maker of an object sends, revises and withdraws it.
    pub speaks_for_others: bool,
}

/// What a bundle held. `n_read` = taken + refused.
#[derive(Clone, PartialEq, Debug)]
pub struct Unbundled {
    /// What it says of itself.
    pub header: Header,
    /// How many lines were read.
    pub n_read: u64,
    /// What may be kept, in order.
    pub taken: Vec<Taken>,
    /// What may not, in order.
    pub refused: Vec<RefusedLine>,
    /// How far the channel has come; to be kept together with what was taken.
    pub channel: Channel,
}

/// A line that is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedLine {
    /// Its number in the channel.
    pub seq: u64,
    /// The object it is about, by its id, where it has one.
    pub object: Option<StixId>,
    /// Why.
    pub why: Stays,
}

impl fmt::Display for RefusedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line number {}", self.seq)?;
        // What is wrong with an object's form names the object itself.
        match &self.object {
            Some(id) if !matches!(self.why, Stays::Refused(_)) => write!(f, ": {id}: {}", self.why),
            _ => write!(f, ": {}", self.why),
        }
    }
}

/// Why a bundle is not taken, nothing of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoBundle {
    /// Its first two lines are none of a bundle.
    Form(&'static str),
    /// It is of a version that is not read here.
    Version(u64),
    /// It says it is from another than was expected.
    From {
        /// Who it says it is from.
        found: MemberId,
        /// Who was expected.
        wanted: MemberId,
    },
    /// It is not signed by a known key of its sender, or what is signed was changed.
    Signature {
        /// Who it says it is from.
        from: MemberId,
    },
    /// It is for another.
    To {
        /// For whom it is.
        found: MemberId,
        /// Who reads it, if a member does.
        reader: Option<MemberId>,
    },
    /// It was taken before, or another was in its place.
    Replay {
        /// Its last line.
        last: u64,
        /// The last line that was taken.
        known: u64,
    },
    /// A bundle before it is missing.
    Gap {
        /// Its first line.
        first: u64,
        /// The last line that was taken.
        known: u64,
    },
    /// It begins where the next one has to, but follows another bundle than the last that was taken.
    Fork {
        /// The bundle it follows.
        found: Option<Hash>,
        /// The last that was taken.
        known: Option<Hash>,
    },
    /// A line was damaged.
    Line {
        /// Its number in the file, from 1.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Every line holds together, and the whole is not what was signed.
    Content {
        /// The hash that was signed.
        signed: Hash,
        /// The hash of what is here.
        found: Hash,
    },
}

impl fmt::Display for NoBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = |hash: &Option<Hash>| hash.map_or("none".to_owned(), |it| it.to_string());
        match self {
            NoBundle::Form(why) => write!(f, "not a bundle: {why}"),
            NoBundle::Version(version) => write!(
                f,
                "the bundle is of version {version}, and this program reads {VERSION}\n\
                 hint: a later program may read it"
            ),
            NoBundle::From { found, wanted } => {
                write!(f, "the bundle is from {found}, and one from {wanted} was expected")
            }
            NoBundle::Signature { from } => write!(
                f,
                "the bundle is not signed by a known key of {from}, or was changed after it was\n\
                 hint: compare the key with {from}, by another way than the bundle came"
            ),
            NoBundle::To { found, reader: Some(reader) } => {
                write!(f, "the bundle is for {found}, not for {reader}")
            }
            NoBundle::To { found, reader: None } => {
                write!(f, "the bundle is for {found}, and no member is reading it")
            }
            NoBundle::Replay { last, known } => write!(
                f,
                "the bundle ends with line number {last}, and {known} was taken before\n\
                 hint: nothing is to be done if it is the same bundle again"
            ),
            NoBundle::Gap { first, known } => write!(
                f,
                "the bundle begins with line number {first}, and the last taken is {known}\n\
                 hint: take the bundles between first, or ask for them again"
            ),
            NoBundle::Fork { found, known } => write!(
                f,
                "the bundle follows another one than was taken last: {} instead of {}\n\
                 hint: its sender has made two in one place; ask which counts",
                hash(found),
                hash(known)
            ),
            NoBundle::Line { line, why } => write!(
                f,
                "the bundle is damaged: line {line} of the file {why}\n\
                 hint: copy it again, or ask for it again"
            ),
            NoBundle::Content { signed, found } => write!(
                f,
                "the bundle is damaged: the SHA-256 of its content is {found}, and {signed} was signed\n\
                 hint: copy it again, or ask for it again"
            ),
        }
    }
}

impl std::error::Error for NoBundle {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCustody {
    of: String,
    record: Custody,
}

/// Reads the next bundle of a channel, as this reader, at this time.
///
/// # Errors
/// If it is not what a known key of the peer signed for this reader, or is not the next. Nothing of it
/// may be kept then, and the channel stays where it was.
pub fn unbundle(
    bytes: &[u8],
    peer: &Peer,
    reader: &Reader,
    channel: Channel,
    now: Moment,
) -> Result<Unbundled, NoBundle> {
    let (header, content) = opened(bytes, peer, reader)?;
    follows(&header, channel)?;
    let lines = whole(&header, content)?;
    let mut unbundled = Unbundled {
        n_read: lines.len() as u64,
        taken: Vec::new(),
        refused: Vec::new(),
        channel: Channel { last: header.last, previous: Some(Hash::of(bytes)) },
        header,
    };
    let mut ids = BTreeSet::new();
    for line in lines {
        let seq = line.seq;
        let object = id_of(&line);
        match taken(line, peer, reader, now, &ids) {
            Ok(thing) => {
                if let (Taken::Object(_) | Taken::Tombstone(_), Some(id)) = (&thing, object) {
                    ids.insert(id);
                }
                unbundled.taken.push(thing);
            }
            Err(why) => unbundled.refused.push(RefusedLine { seq, object, why }),
        }
    }
    Ok(unbundled)
}

/// The header, if it is signed and for this reader, and what follows it.
fn opened<'a>(
    bytes: &'a [u8],
    peer: &Peer,
    reader: &Reader,
) -> Result<(Header, &'a [u8]), NoBundle> {
    let (first, rest) = cut(bytes).ok_or(NoBundle::Form("its first line does not end"))?;
    let header = Header::from_line(first).map_err(|why| match why {
        NoHeader::Form(why) => NoBundle::Form(why),
        NoHeader::Version(version) => NoBundle::Version(version),
    })?;
    let (second, content) = cut(rest).ok_or(NoBundle::Form("its second line does not end"))?;
    if header.from != peer.member {
        return Err(NoBundle::From { found: header.from, wanted: peer.member.clone() });
    }
    if !header.is_signed(second, &peer.keys) {
        return Err(NoBundle::Signature { from: header.from });
    }
    if reader.member() != Some(&header.to) {
        return Err(NoBundle::To { found: header.to, reader: reader.member().cloned() });
    }
    Ok((header, content))
}

fn follows(header: &Header, channel: Channel) -> Result<(), NoBundle> {
    let known = channel.last;
    if header.first <= known {
        return Err(NoBundle::Replay { last: header.last, known });
    }
    if header.first - known > 1 {
        return Err(NoBundle::Gap { first: header.first, known });
    }
    if header.previous != channel.previous {
        return Err(NoBundle::Fork { found: header.previous, known: channel.previous });
    }
    Ok(())
}

/// The lines, if all are there and the whole is what was signed. The first that is damaged is named.
fn whole(header: &Header, content: &[u8]) -> Result<Vec<Line>, NoBundle> {
    // The content begins with the third line of the file.
    let damaged = |n_before: usize, why| NoBundle::Line { line: n_before as u64 + 3, why };
    let mut lines: Vec<Line> = Vec::new();
    let mut rest = content;
    let mut seq = Some(header.first);
    while let Some(expected) = seq.filter(|seq| *seq <= header.last) {
        let idx = lines.len();
        let (line, after) = cut(rest).ok_or(damaged(idx, "is cut off, or missing"))?;
        let line = line::read(line).map_err(|why| damaged(idx, why))?;
        if line.seq != expected {
            return Err(damaged(idx, "has not the number that follows"));
        }
        lines.push(line);
        rest = after;
        seq = expected.checked_add(1);
    }
    if !rest.is_empty() {
        return Err(damaged(lines.len(), "is one more than was signed"));
    }
    let found = Hash::of(content);
    if found != header.content || content.len() as u64 != header.bytes {
        return Err(NoBundle::Content { signed: header.content, found });
    }
    Ok(lines)
}

fn taken(
    line: Line,
    peer: &Peer,
    reader: &Reader,
    now: Moment,
    ids: &BTreeSet<StixId>,
) -> Result<Taken, Stays> {
    match line.kind {
        Kind::Object => {
            may_arrive(&line.body, &peer.member, peer.speaks_for_others, reader, now)?;
            if says_nothing(&line.body) {
                Ok(Taken::Tombstone(line.body))
            } else {
                Ok(Taken::Object(line.body))
            }
        }
        Kind::Custody => {
            let wire: WireCustody = serde_json::from_value(line.body)
                .map_err(|_| Stays::Form("no record of custody"))?;
            let of = StixId::parse(&wire.of).ok_or(Stays::Form("a record of no object"))?;
            if !ids.contains(&of) {
                return Err(Stays::WithoutItsObject);
            }
            Ok(Taken::Custody { of, record: wire.record })
        }
        Kind::Checkpoint => {
            let no_checkpoint = Stays::Form("no checkpoint of an audit log");
            let text = line.body.as_str().ok_or(no_checkpoint.clone())?;
            let note = Note::read(text.as_bytes()).map_err(|_| no_checkpoint.clone())?;
            Checkpoint::from_text(note.text()).map_err(|_| no_checkpoint)?;
            Ok(Taken::Checkpoint(note))
        }
    }
}

fn id_of(line: &Line) -> Option<StixId> {
    let member = if line.kind == Kind::Custody { "of" } else { "id" };
    StixId::parse(line.body[member].as_str()?)
}

/// The bytes before and after the first line break.
fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
