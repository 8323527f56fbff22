//! Where settled incidents come from. Reports are linked and settled by the program that starts the desk; the
//! desk says who reads, and gets what that reader may see.

use std::sync::Arc;

use sheaf_model::{Marking, Moment, SettledIncident};
use sheaf_share::rules::Reader;

use crate::error::Result;

/// The incidents of a pool, made anew for each circle of readers.
pub trait Incidents: Send + Sync + std::fmt::Debug {
    /// What this reader sees at this time: linked and settled from the reports that the reader may use, and
    /// from nothing else.
    fn seen_by(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>>;

    /// For each incident of a layer that this reader was given, when what it rests on last changed here: when the
    /// newest of its reports came in, or somebody last judged on one of them.
    fn changed(&self, layer: &Arc<Layer>, reader: &Reader, now: Moment)
    -> Result<Arc<Vec<Moment>>>;

    /// Calls off every public alert that rests on a report which is gone, or meant for fewer than when the alert was
    /// asked for; how many. Asked before anybody reads what is public.
    fn call_off(&self, now: Moment) -> Result<usize>;
}

/// Incidents as some readers see them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layer {
    /// The incidents, in order of id as text.
    pub incidents: Vec<SettledIncident>,
    /// For each incident, which of `markings` the whole of it bears.
    pub marked: Vec<usize>,
    /// The markings of the wholes, each once, with every group: who is shown one is shown what that reader
    /// may know of it.
    pub markings: Vec<Marking>,
}
