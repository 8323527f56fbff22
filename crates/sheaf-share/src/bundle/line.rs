//! A line of content. Its body is JSON in the one canonical spelling (RFC 8785), so there is one way to
//! write a line, and a line that is written otherwise was damaged.

use serde::Deserialize;
use serde_json::Value;

use crate::Hash;
use crate::stix::canonical_json;

/// The longest line that is read or written, in bytes.
pub(super) const LONGEST: usize = 1 << 22;

/// A line whose hash holds.
pub(super) struct Line {
    pub seq: u64,
    pub kind: Kind,
    pub body: Value,
}

/// What a line carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Object,
    Custody,
    Checkpoint,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Object, Kind::Custody, Kind::Checkpoint];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Object => "object",
            Kind::Custody => "custody",
            Kind::Checkpoint => "checkpoint",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireLine {
    seq: u64,
    kind: String,
    sha256: String,
    body: Value,
}

/// The line, with its line break; or nothing, if it could not be read back (it is too long, or nested
/// too deeply).
pub(super) fn write(seq: u64, kind: Kind, body: &Value) -> Option<String> {
    let text = render(seq, kind, &canonical_json(body));
    read(text.trim_end_matches('\n').as_bytes()).is_ok().then_some(text)
}

/// Reads a line, without its line break.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(line: &[u8]) -> Result<Line, &'static str> {
    if line.len() > LONGEST {
        return Err("is longer than 4 MiB");
    }
    let wire: WireLine = serde_json::from_slice(line).map_err(|_| "is no line of a bundle")?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == wire.kind);
    let kind = kind.ok_or("carries a kind of thing that is not known here")?;
    let body = canonical_json(&wire.body);
    if Hash::of(body.as_bytes()).to_string() != wire.sha256 {
        return Err("does not have the hash it names");
    }
    if render(wire.seq, kind, &body).strip_suffix('\n').map(str::as_bytes) != Some(line) {
        return Err("is not written the one way lines are");
    }
    Ok(Line { seq: wire.seq, kind, body: wire.body })
}

fn render(seq: u64, kind: Kind, body: &str) -> String {
    let (kind, hash) = (kind.name(), Hash::of(body.as_bytes()));
    format!("{{\"seq\":{seq},\"kind\":\"{kind}\",\"sha256\":\"{hash}\",\"body\":{body}}}\n")
}
