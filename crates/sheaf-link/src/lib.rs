//! Which reports are about the same incident, and why.
//!
//! Reports go in one by one as [`Outlines`]: what linking needs of them and nothing more. Then
//!
//! ```text
//!  Outlines ── exact copies together ──▶ blocking: which pairs to look at       block/
//!                                            │
//!            Model (a readable text) ──▶ a Match: prior + a Reason each         compare/
//!                                            │   what surrounds the two           surroundings
//!                                            │   what third reports say           company
//!                       Judgements ──▶ groups by mean weight, leads attached    cluster
//!                                            │
//!                                        Linkage: report → incident             link
//!                                            │
//!                               how sure: other partitions, drawn               doubt, posterior
//! ```
//!
//! A match weighs exactly what its reasons weigh, and what a side does not say weighs nothing. No
//! chain of pairs makes an incident: groups are joined by the mean weight between all their
//! reports. A curated source has one report in an incident. What people judged outranks all of it,
//! and what they judged different is never joined.
//!
//! An [`Index`] remembers what linking again after a change needs, and gives the same incidents.
//!
//! The result depends on the reports alone: not on their order, not on the number of threads, not
//! on chance. Nothing here touches a file, a clock or a source by name. What it deliberately does
//! not do: settle values (that comes after), and say who did it (nobody here does).

pub mod baseline;
mod block;
mod calibration;
mod cluster;
mod company;
mod compare;
mod doubt;
mod explain;
mod fold;
mod index;
#[cfg(test)]
mod invariants;
mod judge;
mod leads;
pub mod learn;
mod lens;
mod link;
pub mod meltt;
mod model;
mod names;
mod order;
mod outline;
mod pack;
mod parts;
mod posterior;
pub mod review;
pub mod score;
mod surroundings;
#[cfg(test)]
mod testing;

pub use block::crowd::Capped;
pub use block::{Apart, Blocking, Meeting, Relation};
pub use calibration::Calibration;
pub use doubt::{Draws, Resample, Sureness, draws, how_sure};
pub use explain::{
    How, Outside, Support, Why, WhyOutside, compare, how, kept_apart, n_pairs_that_meet,
    weights_of, why,
};
pub use fold::fold;
pub use index::{FellBack, Index, Relinked};
pub use judge::Conflict;
pub use link::{Linkage, link};
pub use model::{Model, ModelError};
pub use outline::{COARSEST_RADIUS_M, Outlines, SourceFacts, UNDATED_LOOKBACK_DAYS};
pub use parts::Part;
pub use posterior::Total;
