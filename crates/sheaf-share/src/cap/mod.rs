//! Alerts in the Common Alerting Protocol, and Atom indexes of them.
//!
//! In go bytes from strangers; out comes what kind of document it is ([`recognise`]) and, if it is an
//! alert, a checked [`Alert`] with all that is wrong with it ([`read_alert`]). CAP 1.2 is read, and 1.1
//! and 1.0 by the same fields. The other way, an [`Alert`] is written as CAP 1.2 for an [`Audience`]
//! ([`write_alert`]). Nobody is told by default: `Public` takes a [`Release`], which two people of two
//! roles make.
//!
//! Nothing is ever fetched: addresses in a document are text. A document type declaration, which could
//! define entities, is refused whole. Signatures are noticed and not verified; what a signed alert says
//! is believed no more than what an unsigned one says. `contact` and the texts of an alert may name
//! people: [`Alert::texts`] lists all that must be screened before anything of it is kept.
//!
//! Reference: OASIS, *Common Alerting Protocol Version 1.2* (2010),
//! <https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html>.

mod alert;
mod atom;
mod build;
mod fields;
mod incident;
mod listed;
mod outgoing;
mod read;
mod remarks;
mod time;
mod words;
mod xml;

pub use alert::{Alert, Area, Heard, Info, Named, Resource};
pub use atom::{Entry, Gone, Index, Link, read_index, write_index};
pub use incident::{alert_of, incident_uuid, restriction};
pub use listed::{CAP_TYPE, entry_of, message_entry, message_id};
pub use outgoing::{Audience, Hand, NoRelease, NotWritten, Release, Role, write_alert};
pub use read::{Kind, Problem, Reading, Version, read_alert, recognise};
pub use time::Time;
pub use words::{Category, Certainty, MessageType, Response, Scope, Severity, Status, Urgency};
pub use xml::{Limits, Refusal};
