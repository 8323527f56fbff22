//! What a scan found, in numbers and in words.

use super::background::Weigh;
use super::circles::Circles;
use super::look::Window;
use super::null::{Replicated, is_as_odd};
use super::options::ScanOptions;
use crate::Sites;

/// A circle and a stretch of time with more cases than expected.
#[derive(Clone, PartialEq, Debug)]
pub struct Cluster {
    /// The places inside, the centre first, in order of distance.
    pub sites: Vec<u32>,
    /// From the centre to the farthest of them: kilometres, or the plane's unit.
    pub radius: f64,
    /// The first step.
    pub first: u32,
    /// The last step.
    pub last: u32,
    /// Cases inside.
    pub observed: u32,
    /// Cases expected inside.
    pub expected: f64,
    /// Observed over expected inside, over the same outside; none where only cases are known.
    pub relative_risk: Option<f64>,
    /// The logarithm of the likelihood ratio.
    pub ratio: f64,
    /// How often by chance the likeliest cluster anywhere is as odd.
    pub p: f64,
    /// How often it is odder, ties not counted. SaTScan's count; too small where ties are many, so
    /// that alarms go by `p`.
    pub p_above: f64,
    /// The same by a Gumbel tail fitted to the replications, for values below what they can tell.
    pub p_gumbel: Option<f64>,
}

impl Cluster {
    /// Steps between two false alarms as odd as this, if one looks at every step: 1 / p.
    pub fn recurrence(&self) -> f64 {
        1.0 / self.p
    }
}

/// What a scan found.
#[derive(Clone, PartialEq, Debug)]
pub struct ScanFinding {
    /// Cases that were used: all that were given.
    pub cases: usize,
    /// The most likely cluster, then those less likely that share no place with one before.
    pub clusters: Vec<Cluster>,
    /// The highest ratio of each replication, in order.
    pub maxima: Vec<f64>,
    /// Replicating stopped early because enough were as odd as the data.
    pub stopped: bool,
}

/// "By chance about once in 4 days of daily runs".
pub fn in_words(recurrence: f64, unit: &str) -> String {
    let n = recurrence.round().max(1.0);
    match n as u64 {
        1 => format!("by chance about every {unit}"),
        n => format!("by chance about once in {n} {unit}s of runs every {unit}"),
    }
}

/// The mean and standard deviation of the replications as the place and scale of a Gumbel curve.
fn gumbel(maxima: &[f64]) -> Option<(f64, f64)> {
    let n = maxima.len() as f64;
    if maxima.len() < 2 {
        return None;
    }
    let mean = maxima.iter().sum::<f64>() / n;
    let variance = maxima.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let scale = (6.0 * variance).sqrt() / std::f64::consts::PI;
    (scale > 0.0).then_some((mean - 0.577_215_664_901_532_9 * scale, scale))
}

pub(super) fn tell<W: Weigh>(
    sites: &Sites,
    cases: usize,
    circles: &Circles,
    best: &[(u32, Window, f64)],
    weigh: &W,
    options: &ScanOptions,
    replicated: Replicated,
) -> ScanFinding {
    let Replicated { maxima, stopped } = replicated;
    let curve = gumbel(&maxima);
    let mut taken = vec![false; sites.len()];
    let mut clusters = Vec::new();
    for &(centre, window, ratio) in best {
        if clusters.len() >= options.most_clusters {
            break;
        }
        let around = circles.around(centre).take(window.n_sites as usize);
        let inside: Vec<u32> = around.map(|(site, _)| site).collect();
        if inside.iter().any(|&site| taken[site as usize]) {
            continue;
        }
        inside.iter().for_each(|&site| taken[site as usize] = true);
        // Having stopped at a replication as odd as the data, the data are not counted once more.
        let more = if stopped { 0 } else { 1 };
        let share = |of: &dyn Fn(f64) -> bool| {
            let n = maxima.iter().filter(|&&max| of(max)).count();
            (n + more) as f64 / (maxima.len() + more) as f64
        };
        let tail = |(at, scale): (f64, f64)| -(-(-(ratio - at) / scale).exp()).exp_m1();
        clusters.push(Cluster {
            radius: inside.last().map_or(0.0, |&last| sites.distance(centre, last)),
            sites: inside,
            first: window.first,
            last: window.last,
            observed: window.cases,
            expected: weigh.expected(window.weight),
            relative_risk: weigh.relative_risk(window.cases, window.weight),
            ratio,
            p: share(&|max| is_as_odd(max, ratio)),
            p_above: share(&|max| !is_as_odd(ratio, max)),
            p_gumbel: curve.map(tail),
        });
    }
    ScanFinding { cases, clusters, maxima, stopped }
}
