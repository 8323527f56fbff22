//! How crowded it is around each report: the pool's own estimate, without labels, of how easily two
//! reports agree by chance at this place and in this season. Everything here is counted close by
//! (a few days and kilometres), so a report that comes in later changes it for its neighbours only.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use crate::block::crowd::Crowd;
use crate::block::{Nodes, Relation, country, for_each_pair, one_of};
use crate::compare::{Both, distance_m, in_both};
use crate::names::{HashedMap, Sense};
use crate::outline::{Outline, Outlines};

/// What surrounds one report. Counts stop at 65,535.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Near {
    /// Other reports near enough in time and place to be taken for the same incident.
    pub(crate) crowd: u16,
    /// Reports around the place within ten days, itself included.
    pub(crate) rate: u16,
    /// Other reports of the same document about the same days and place.
    pub(crate) siblings: u16,
}

/// Days on either side over which the rate is counted.
pub(crate) const SEASON_DAYS: i32 = 10;

/// Reports whose days are known worse than this are not counted: they would be counted everywhere.
const WIDEST_DAYS: i32 = 9;
const WIDEST_FOR_RATE_DAYS: i32 = 4;

/// Points this near are taken for one place.
const ONE_PLACE_M: f32 = 5_000.0;

/// The edge of the cubes in which the rate is counted; a report counts its own cube and the 26
/// around it.
const RATE_CUBE_M: f32 = 12_000.0;

/// What surrounds every node.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Surroundings {
    near: Vec<Near>,
}

impl Surroundings {
    /// Of nodes whose surroundings are known already.
    pub(crate) fn known(near: Vec<Near>) -> Surroundings {
        Surroundings { near }
    }

    pub(crate) fn of(nodes: &Nodes<'_>, crowd: &Crowd) -> Surroundings {
        let crowds = crowds(nodes, crowd);
        let rates = rates(nodes);
        let siblings = siblings(nodes);
        let near = (crowds.into_iter().zip(rates).zip(siblings))
            .map(|((crowd, rate), siblings)| Near { crowd: capped(crowd), rate, siblings })
            .collect();
        Surroundings { near }
    }

    #[inline]
    pub(crate) fn near(&self, node: u32) -> Near {
        self.near[node as usize]
    }
}

fn capped(count: u32) -> u16 {
    count.min(u32::from(u16::MAX)) as u16
}

/// For each node, with how many others it could be confused.
fn crowds(nodes: &Nodes<'_>, crowd: &Crowd) -> Vec<u32> {
    let counts: Vec<AtomicU32> = (0..nodes.len()).map(|_| AtomicU32::new(0)).collect();
    for_each_pair(
        nodes,
        crowd,
        || (),
        |(), a, b, relation| {
            let (left, right) = (nodes.outline(a), nodes.outline(b));
            if relation == Relation::Same && are_near(nodes.outlines, left, right) {
                // Sums of whole numbers: the order of adding leaves no trace.
                counts[a as usize].fetch_add(1, Ordering::Relaxed);
                counts[b as usize].fetch_add(1, Ordering::Relaxed);
            }
        },
    );
    counts.into_iter().map(AtomicU32::into_inner).collect()
}

pub(crate) fn are_near(outlines: &Outlines, a: &Outline, b: &Outline) -> bool {
    a.width_days().max(b.width_days()) <= WIDEST_DAYS
        && a.gap_days(b) <= 1
        && at_one_place(outlines, a, b)
}

fn at_one_place(outlines: &Outlines, a: &Outline, b: &Outline) -> bool {
    match distance_m(&Both::alone(outlines, a, b)) {
        None => true,
        Some(metres) if metres < ONE_PLACE_M => true,
        Some(_) => {
            let (left, right) =
                (outlines.tags_in(a, Sense::Place), outlines.tags_in(b, Sense::Place));
            in_both(left, right).next().is_some()
        }
    }
}

/// For each node, how many reports lie around it in season.
fn rates(nodes: &Nodes<'_>) -> Vec<u16> {
    let mut days: HashedMap<u64, Vec<i32>> = HashedMap::default();
    let places: Vec<Option<RatePlace>> = (0..nodes.len() as u32)
        .map(|node| RatePlace::of(nodes.outlines, nodes.outline(node)))
        .collect();
    for (place, node) in places.iter().zip(0u32..) {
        let outline = nodes.outline(node);
        if let Some(place) = place
            && is_counted(outline)
        {
            days.entry(place.key()).or_default().push(middle(outline));
        }
    }
    days.values_mut().for_each(|days| days.sort_unstable());
    (places.par_iter().zip(0..nodes.len() as u32))
        .map(|(place, node)| {
            let Some(place) = place else { return 0 };
            let middle = middle(nodes.outline(node));
            let (from, to) = (middle - SEASON, middle + SEASON);
            let mut count = 0;
            place.for_each_key(|key| {
                if let Some(days) = days.get(&key) {
                    let upto = days.partition_point(|&day| day <= to);
                    count += upto - days.partition_point(|&day| day < from);
                }
            });
            capped(count as u32)
        })
        .collect()
}

/// How far apart two [`middle`]s may be.
pub(crate) const SEASON: i32 = 2 * SEASON_DAYS;

/// Whether a dated report is counted in the rate of others.
pub(crate) fn is_counted(outline: &Outline) -> bool {
    outline.width_days() <= WIDEST_FOR_RATE_DAYS
}

/// Twice the middle of the days, so that it is a whole number.
pub(crate) fn middle(outline: &Outline) -> i32 {
    outline.first.saturating_add(outline.last)
}

/// Where a report is counted.
pub(crate) enum RatePlace {
    Cube([i64; 3]),
    /// A name of place, or else of the country.
    Name(u64),
}

impl RatePlace {
    /// Of a dated report.
    pub(crate) fn of(outlines: &Outlines, outline: &Outline) -> Option<RatePlace> {
        if !outline.is_dated() {
            return None;
        }
        if outline.has_usable_point() {
            let side = f64::from(RATE_CUBE_M) / f64::from(crate::outline::EARTH_RADIUS_M);
            let cube = outline.at.map(|along| ((f64::from(along) + 1.0) / side).floor() as i64);
            return Some(RatePlace::Cube(cube));
        }
        let name = one_of(outlines, outlines.tags_in(outline, Sense::Place))
            .or_else(|| country(outlines, outline))?;
        Some(RatePlace::Name(outlines.names().hash(name)))
    }

    /// The place itself.
    pub(crate) fn key(&self) -> u64 {
        match self {
            RatePlace::Cube(cube) => cube_key(*cube),
            RatePlace::Name(hash) => *hash,
        }
    }

    /// The places whose reports are counted here.
    pub(crate) fn for_each_key(&self, mut look: impl FnMut(u64)) {
        match self {
            RatePlace::Name(hash) => look(*hash),
            RatePlace::Cube([x, y, z]) => {
                for dx in -1..=1 {
                    for dy in -1..=1 {
                        for dz in -1..=1 {
                            look(cube_key([x + dx, y + dy, z + dz]));
                        }
                    }
                }
            }
        }
    }
}

fn cube_key(cube: [i64; 3]) -> u64 {
    cube.iter().fold(0, |key, index| (key << 21) | (index + 1) as u64)
}

/// For each node, how many others of its document tell of the same days and place.
pub(crate) fn siblings(nodes: &Nodes<'_>) -> Vec<u16> {
    let mut siblings = vec![0u16; nodes.len()];
    let mut documents: Vec<(u64, u32)> = (0..nodes.len() as u32)
        .map(|node| (nodes.outline(node).document, node))
        .filter(|&(document, _)| document != 0)
        .collect();
    documents.par_sort_unstable();
    for one in documents.chunk_by(|a, b| a.0 == b.0) {
        for (at, &(_, a)) in one.iter().enumerate() {
            for &(_, b) in one[at + 1..].iter().take(LONGEST_DOCUMENT) {
                let (left, right) = (nodes.outline(a), nodes.outline(b));
                let dated = left.is_dated() && right.is_dated();
                if dated && left.gap_days(right) == 0 && at_one_place(nodes.outlines, left, right) {
                    for node in [a, b] {
                        let count = &mut siblings[node as usize];
                        *count = count.saturating_add(1);
                    }
                }
            }
        }
    }
    siblings
}

/// A document tells of at most this many incidents that are looked at.
const LONGEST_DOCUMENT: usize = 200;
