//! The first two lines: who sends what to whom, and the signature on it.

use serde::{Deserialize, Serialize};
use sheaf_model::{MemberId, Moment};

use super::{BundleKey, KnownKey};
use crate::{Hash, base64};

/// The version that is written, and the only one that is read.
pub(super) const VERSION: u64 = 1;

const FORMAT: &str = "sheaf-bundle";

/// What a bundle says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// Who made and signed it.
    pub from: MemberId,
    /// For whom it is.
    pub to: MemberId,
    /// The number of its first line. Lines are numbered from 1, without gaps, over all bundles from
    /// the one member to the other.
    pub first: u64,
    /// The number of its last line; not before the first.
    pub last: u64,
    /// The hash of the bundle before it; `None` for the first.
    pub previous: Option<Hash>,
    /// When it was made, by the sender's clock.
    pub made: Moment,
    /// How many bytes follow the first two lines.
    pub bytes: u64,
    /// Their hash.
    pub content: Hash,
}

/// The header as it lies in the file, with its members in this order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireHeader {
    format: String,
    version: u64,
    from: String,
    to: String,
    first: u64,
    last: u64,
    previous: Option<String>,
    made: String,
    bytes: u64,
    content: String,
}

/// What stands in every version's header, so that a later version is told from a damaged one.
#[derive(Deserialize)]
struct AnyHeader {
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature {
    key: String,
    signature: String,
}

/// Why the first two lines are not taken.
pub(super) enum NoHeader {
    Form(&'static str),
    Version(u64),
}

impl Header {
    /// The line, with its line break.
    pub(super) fn to_line(&self) -> String {
        let wire = WireHeader {
            format: FORMAT.to_owned(),
            version: VERSION,
            from: self.from.to_string(),
            to: self.to.to_string(),
            first: self.first,
            last: self.last,
            previous: self.previous.map(|hash| hash.to_string()),
            made: self.made.to_string(),
            bytes: self.bytes,
            content: self.content.to_string(),
        };
        serde_json::to_string(&wire).unwrap_or_default() + "\n"
    }

    /// Reads a line, without its line break.
    pub(super) fn from_line(line: &[u8]) -> Result<Header, NoHeader> {
        let no_bundle = || NoHeader::Form("its first line is no header of a bundle");
        let any: AnyHeader = serde_json::from_slice(line).map_err(|_| no_bundle())?;
        if any.format != FORMAT {
            return Err(no_bundle());
        }
        if any.version != VERSION {
            return Err(NoHeader::Version(any.version));
        }
        let wire: WireHeader = serde_json::from_slice(line).map_err(|_| no_bundle())?;
        let header = understood(&wire).ok_or_else(no_bundle)?;
        if header.to_line().strip_suffix('\n').map(str::as_bytes) != Some(line) {
            return Err(NoHeader::Form("its header is not written the one way headers are"));
        }
        Ok(header)
    }

    /// The line with the signature, with its line break.
    pub(super) fn signed(&self, key: &BundleKey) -> String {
        let wire = WireSignature {
            key: key.known().id(),
            signature: base64::encode(&key.sign(&self.to_be_signed())),
        };
        serde_json::to_string(&wire).unwrap_or_default() + "\n"
    }

    /// Whether this line, without its line break, is the signature of one of these keys.
    pub(super) fn is_signed(&self, line: &[u8], keys: &[KnownKey]) -> bool {
        let Ok(wire) = serde_json::from_slice::<WireSignature>(line) else { return false };
        let is_plain = serde_json::to_vec(&wire).is_ok_and(|bytes| bytes == line);
        let Some(signature) = base64::decode(&wire.signature).filter(|_| is_plain) else {
            return false;
        };
        keys.iter().any(|key| {
            *key.member() == self.from
                && key.id() == wire.key
                && key.holds(&self.to_be_signed(), &signature)
        })
    }

    fn to_be_signed(&self) -> String {
        format!("{FORMAT}/{VERSION}\n{}", self.to_line())
    }
}

fn understood(wire: &WireHeader) -> Option<Header> {
    let previous = match &wire.previous {
        None => None,
        Some(hash) => Some(hash.parse().ok()?),
    };
    let header = Header {
        from: MemberId::new(&wire.from).ok()?,
        to: MemberId::new(&wire.to).ok()?,
        first: wire.first,
        last: wire.last,
        previous,
        made: Moment::parse(&wire.made)?,
        bytes: wire.bytes,
        content: wire.content.parse().ok()?,
    };
    (1 <= header.first && header.first <= header.last).then_some(header)
}
