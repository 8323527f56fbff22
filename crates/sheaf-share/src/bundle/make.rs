//! Making a bundle.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};
use sheaf_model::Moment;

use super::line::{self, Kind};
use super::travel::may_leave;
use super::{BundleKey, Channel, Header, Outgoing, Stays};
use crate::Hash;
use crate::audit::Checkpoint;
use crate::rules::Reader;

/// A bundle, and what did not come with it.
#[derive(Clone, PartialEq, Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it says of itself.
    pub header: Header,
    /// How far the channel has come with it; to be kept once the bundle is on its way.
    pub channel: Channel,
    /// How many things it carries. With those left out, these are all that were given.
    pub n_carried: u64,
    /// What was left out, in the order given.
    pub left_out: Vec<LeftOut>,
}

/// Something that stays here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// Its position among what was given.
    pub idx: usize,
    /// Why.
    pub why: Stays,
}

/// Why no bundle was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotMade {
    /// Nothing of what was given may travel.
    Nothing(Vec<LeftOut>),
    /// It is for nobody: the reader is no member who is signed in.
    ForNobody,
    /// The numbers of lines have come to their end.
    Numbers,
}

impl fmt::Display for NotMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotMade::Nothing(left_out) if left_out.is_empty() => {
                f.write_str("no bundle is made: there is nothing to carry")
            }
            NotMade::Nothing(left_out) => {
                let n = left_out.len();
                write!(f, "no bundle is made: nothing of the {n} given may travel")
            }
            NotMade::ForNobody => f.write_str("no bundle is made: it would be for no member"),
            NotMade::Numbers => f.write_str("no bundle is made: no numbers are left for its lines"),
        }
    }
}

impl std::error::Error for NotMade {}

/// Makes the next bundle of a channel, for a member as this reader, at this time. What may not travel
/// is left out with its reason; what may is carried in the order given. A record of custody comes
/// after its object. Same input, same bytes.
///
/// # Errors
/// If nothing is left to carry, or there is nobody to carry it to.
pub fn bundle(
    things: &[Outgoing],
    from: &BundleKey,
    to: &Reader,
    channel: Channel,
    now: Moment,
) -> Result<Made, NotMade> {
    let member = to.member().cloned().ok_or(NotMade::ForNobody)?;
    let first = channel.last.checked_add(1).ok_or(NotMade::Numbers)?;
    let mut content = String::new();
    let mut carried = BTreeSet::new();
    let mut left_out = Vec::new();
    let mut seq = first;
    for (idx, thing) in things.iter().enumerate() {
        let line = prepared(thing, from, to, now, &carried).and_then(|(kind, id, body)| {
            let line = line::write(seq, kind, &body);
            let line = line.ok_or(Stays::Form("too long, or nested too deeply, for a line"))?;
            carried.extend(id);
            Ok(line)
        });
        match line {
            Ok(line) => {
                content += &line;
                seq = seq.checked_add(1).ok_or(NotMade::Numbers)?;
            }
            Err(why) => left_out.push(LeftOut { idx, why }),
        }
    }
    if seq == first {
        return Err(NotMade::Nothing(left_out));
    }
    let header = Header {
        from: from.member().clone(),
        to: member,
        first,
        last: seq - 1,
        previous: channel.previous,
        made: now,
        bytes: content.len() as u64,
        content: Hash::of(content.as_bytes()),
    };
    let bytes = (header.to_line() + &header.signed(from) + &content).into_bytes();
    let channel = Channel { last: header.last, previous: Some(Hash::of(&bytes)) };
    Ok(Made { bytes, header, channel, n_carried: seq - first, left_out })
}

/// A thing as a line has it, and the id of the object that travels with it.
fn prepared(
    thing: &Outgoing,
    from: &BundleKey,
    to: &Reader,
    now: Moment,
    carried: &BTreeSet<String>,
) -> Result<(Kind, Option<String>, Value), Stays> {
    match thing {
        Outgoing::Object { object, marking } => {
            let id = may_leave(object, marking, from.member(), to, now)?;
            Ok((Kind::Object, Some(id.to_string()), object.clone()))
        }
        Outgoing::Custody { of, record } if carried.contains(of.as_str()) => {
            let record: Value = serde_json::to_value(record)
                .map_err(|_| Stays::Form("the record of custody has no JSON form"))?;
            Ok((Kind::Custody, None, json!({ "of": of.as_str(), "record": record })))
        }
        Outgoing::Custody { .. } => Err(Stays::WithoutItsObject),
        Outgoing::Checkpoint(note) => {
            Checkpoint::from_text(note.text())
                .map_err(|_| Stays::Form("the note is no checkpoint of an audit log"))?;
            Ok((Kind::Checkpoint, None, note.to_string().into()))
        }
    }
}
