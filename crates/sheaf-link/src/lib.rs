//! Which reports are about the same incident, and why.
mod compare;
mod fold;
mod names;
mod outline;
mod weights;

pub use compare::{compare, levels};
pub use fold::fold;
pub use outline::{COARSEST_RADIUS_M, Outlines, SourceFacts, UNDATED_LOOKBACK_DAYS};
pub use weights::{Weights, WeightsError};
