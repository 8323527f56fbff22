//! What a scan is asked: how large circles and windows may be, and how chance is to be estimated.
//! There is no default; whoever scans chooses, and the finding says what was chosen.

/// How large a circle may be. Both limits hold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reach {
    /// The largest radius: kilometres on the globe, the plane's unit on a plane. `None`: any.
    pub radius: Option<f64>,
    /// The largest share of all people (of all cases, where only cases are known) inside: above 0,
    /// at most 1. SaTScan's usual value is 0.5.
    pub share: f64,
}

/// Which windows of time are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// Any window up to the longest: what stood out at some time.
    Back,
    /// Only windows that reach to the last step: what stands out now.
    Now,
    /// Only the whole time: what stands out in space alone.
    Space,
}

/// When to stop replicating.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replications {
    /// At most so many: 999 for a p-value to three digits.
    pub most: u32,
    /// Stop once so many of them were as odd as the data (Besag and Clifford 1991): it takes few
    /// replications to see that something is ordinary. `None`: never stop early.
    pub enough: Option<u32>,
}

/// Options of the scan.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScanOptions {
    /// How large circles may be.
    pub reach: Reach,
    /// Which windows are looked at.
    pub look: Look,
    /// The longest window, in steps.
    pub longest: u32,
    /// The fewest cases that can be a cluster; SaTScan's default is 2.
    pub fewest: u32,
    /// When to stop replicating.
    pub replications: Replications,
    /// How many clusters are told at most, the likeliest among them.
    pub most_clusters: usize,
}
