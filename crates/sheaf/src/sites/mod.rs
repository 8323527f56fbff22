//! Stations, airports, stops and ports: read from open reference tables, and which of them an incident may
//! have to do with. The program suggests; people decide (`sheaf_store`'s `SiteDecision`).

mod load;
mod suggest;

pub use load::{Table, load};
pub use suggest::{Suggestion, Tag, distance, suggestions};

/// The kinds of sites, as they stand before the key in an id.
pub const KINDS: [&str; 4] = ["airport", "station", "stop", "port"];
