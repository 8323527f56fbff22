//! The nouns of sheaf.
//!
//! A [`Source`] hands us a file. Reading it gives [`Report`]s, each with its [`Claim`]s: *this
//! report says this field is this value*, what was said kept beside what we understood, and the
//! [`Spot`] it stands at. Reports held to be about one happening are an [`Incident`]; two reports
//! compared are a [`Match`], whose weight is the sum of its [`Reason`]s. People overrule
//! arithmetic with a [`Judgement`]. Where claims disagree, a value is [`Settled`] by a named rule
//! that says who it followed and who it did not.
//!
//! A pool may be shared: by [`Member`]s, which are organisations, in [`Group`]s, each report under
//! the [`Marking`] its owner gave it.
//!
//! Nothing here touches a file, a clock, the network or a random source, and nothing here can be
//! serialised: the store and the exports convert by hand, so that a change of a noun never
//! silently changes a file format. There is no noun for a person, and no field in which one would
//! fit; see [`Field`].

mod batch;
mod claim;
mod day;
mod doubt;
mod field;
mod incident;
mod judgement;
mod kind;
mod marking;
mod matching;
mod member;
mod moment;
mod place;
mod report;
mod source;
mod toll;

pub use batch::{Batch, ReportView, Span};
pub use claim::{Claim, Meaning, Unknown};
pub use day::{Day, When};
pub use doubt::{Doubt, DoubtCode, SetAside, SetAsideReason, Tally};
pub use field::Field;
pub use incident::{ClaimRef, Incident, IncidentId, Settled, SettledIncident};
pub use judgement::{Judgement, JudgementId, Verdict, Withdrawal};
pub use kind::Kind;
pub use marking::{Marking, Pap, Purpose, Tlp};
pub use matching::{Match, Pair, Reason};
pub use member::{Group, GroupName, Member, MemberId, NotAName, Region, Role, Sector};
pub use moment::Moment;
pub use place::{Metres, Place};
pub use report::{ColumnFate, Report, ReportId, Spot, Unit};
pub use source::{Licence, MethodEra, NotASourceName, Source, SourceKind, SourceName};
pub use toll::{Attackers, Basis, Count, Harm, Qualifier, Toll, Whom};
