//! Reports as STIX 2.1, out and in.
//!
//! Out go reports with their claims and markings ([`write`](fn@write)). Each becomes an `incident`
//! with the Incident Core extension, version 2, for programs that know only that, and with our own
//! extension, which carries every claim to the letter; a `location` where the report states a point;
//! and the `identity` of the organisation that contributed it. What STIX cannot carry is counted
//! ([`Losses`]). Incidents that several reports make up are `report` objects ([`happening`]).
//!
//! In come objects through two doors. *Ours* ([`read_ours`]) is exact: what went out comes back,
//! claim by claim. *Theirs* ([`read_theirs`]) takes from foreign incidents what it can vouch for
//! and keeps no running text. Before either stands [`check`]: objects about people, malformed ids
//! and malformed times are refused one by one, each with the object, the field and the value.
//!
//! An object that somebody else made is passed on as it came, so fields that nobody here knows
//! survive; in a new version of one's own [`keep_unknown`] carries them over.
//!
//! What is not here: fetching and sending, keeping objects, and deciding who may see them (that is
//! [`rules`](crate::rules): whoever writes for a reader gives what the reader may see, with the
//! marking as shown to that reader).

mod canonical;
mod check;
mod claim;
mod extension;
mod headline;
mod id;
mod marking;
mod read_ours;
mod read_theirs;
mod relate;
mod version;
mod wire;
mod write;

#[cfg(test)]
pub(crate) mod made_up;
#[cfg(test)]
mod tests;

pub use crate::losses::{Loss, Losses};
pub use canonical::{canonical_json, content_hash};
pub use check::{Refused, check};
pub use extension::{EXTENSION, EXTENSION_SCHEMA};
pub use id::StixId;
pub(crate) use id::named_uuid;
pub use marking::{pap_id, pap_of, tlp_id, tlp_of, tlp_of_refs};
pub use read_ours::{Ours, is_our_wording, is_ours, read_ours};
pub use read_theirs::{Taken, Theirs, read_theirs};
pub use relate::{Happening, Relation, bundle, happening, relate};
pub use version::{is_withdrawn, keep_unknown, next_version, tombstone};
pub use write::{Contributor, Outgoing, Written, definitions, identity, write};

/// The Incident Core extension: 1.0 and 2.0 share this id. Both are understood, 2.0 is written.
const INCIDENT_CORE: &str = "extension-definition--ef765651-680c-498d-9894-99799f2fa126";

/// When the objects that describe this format itself were published.
const PUBLISHED: &str = "2026-11-01T00:00:00.000Z";
