//! Bundles: what one member has for another, in one signed file, for offices with no line. They go
//! both ways, on whatever carries a file, and are taken in like a sync.
//!
//! In go STIX objects with their markings, tombstones, records of custody and audit checkpoints; out
//! come bytes ([`bundle`](fn@bundle)). On the other side [`unbundle`] gives the same things back, each taken or
//! refused with a reason, so that read = taken + refused. A bundle is taken as a whole or not at all
//! where it is not what its sender signed, is meant for somebody else, or does not follow the last one
//! that was taken ([`NoBundle`]); a line that says something it may not is refused by itself.
//!
//! The file is text, one JSON document to a line:
//!
//! ```text
//! {"format":"sheaf-bundle","version":1,"from":…,"to":…,"first":101,"last":140,"previous":…,"made":…,"bytes":…,"content":…}
//! {"key":…,"signature":…}
//! {"seq":101,"kind":"object","sha256":…,"body":{…}}
//! …
//! ```
//!
//! `content` is the SHA-256 of all bytes after the second line, `sha256` that of the body as it stands,
//! and `previous` that of the whole file of the bundle before. The signature (Ed25519, RFC 8032) is over
//! `sheaf-bundle/1`, a line break, and the first line with its line break. There is one way to write
//! each line, and any other is refused; so two files of one bundle are the same to the byte.
//!
//! What is not here: compression (the file can be compressed like any other), disk, keeping keys and
//! the state of a [`Channel`], and storing what was taken. Nothing is encrypted: whoever carries the
//! file can read it, so RED and AMBER belong on an encrypted medium.

#[cfg(test)]
mod damage;
mod header;
mod keys;
mod line;
mod make;
mod take;
#[cfg(test)]
mod tests;
mod travel;

use serde_json::Value;
use sheaf_model::Marking;

use crate::Hash;
use crate::audit::Note;
use crate::custody::Custody;
use crate::stix::StixId;

pub use header::Header;
pub use keys::{BundleKey, KnownKey, NotABundleKey};
pub use make::{LeftOut, Made, NotMade, bundle};
pub use take::{NoBundle, Peer, RefusedLine, Unbundled, unbundle};
pub use travel::Stays;

/// How far the bundles from one member to another have come. Each side keeps its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Channel {
    /// The number of the last line; 0 before the first bundle.
    pub last: u64,
    /// The hash of the last bundle's file; `None` before the first.
    pub previous: Option<Hash>,
}

/// What is to be carried.
#[derive(Clone, PartialEq, Debug)]
pub enum Outgoing {
    /// A STIX object, or its tombstone, with the marking that the pool holds for it. For what stands
    /// beside a report (its place, its relationships) it is the report's. A tombstone goes to whoever
    /// once had the object, whatever the marking; to others it would tell that there was one, so give
    /// those of the receiver's only.
    Object {
        /// The object.
        object: Value,
        /// What its owner allows.
        marking: Marking,
    },
    /// Where an object of this bundle came from.
    Custody {
        /// The object.
        of: StixId,
        /// The record.
        record: Custody,
    },
    /// How far the sender's audit log has come, signed.
    Checkpoint(Note),
}

/// What was carried.
#[derive(Clone, PartialEq, Debug)]
pub enum Taken {
    /// A STIX object. Versions and doubles are the store's to see.
    Object(Value),
    /// The last version of an object, which says nothing any more.
    Tombstone(Value),
    /// Where an object of this bundle came from.
    Custody {
        /// The object.
        of: StixId,
        /// The record.
        record: Custody,
    },
    /// A checkpoint of an audit log. Its form is right; its signatures are checked with
    /// [`Checkpoint::open`](crate::audit::Checkpoint::open) by whoever knows the log's key.
    Checkpoint(Note),
}
