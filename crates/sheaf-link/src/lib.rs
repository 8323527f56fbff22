//! Which reports are about the same incident, and why.
mod block;
mod cluster;
mod compare;
mod explain;
mod fold;
mod judge;
mod link;
mod names;
mod order;
mod outline;
mod parts;
#[cfg(test)]
mod testing;
mod weights;

pub use block::crowd::Capped;
pub use block::{Apart, Blocking, Meeting, Relation};
pub use compare::{compare, levels};
pub use explain::{How, Outside, Support, Why, WhyOutside, how, kept_apart, why};
pub use fold::fold;
pub use judge::Conflict;
pub use link::{Linkage, link};
pub use outline::{COARSEST_RADIUS_M, Outlines, SourceFacts, UNDATED_LOOKBACK_DAYS};
pub use parts::Part;
pub use weights::{Weights, WeightsError};
