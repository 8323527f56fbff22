//! Crowded places. Machine-coded feeds put a hundred thousand reports on one town's centroid in one
//! week; their pairs would be five thousand million. Where more reports than a set number fall on
//! one place and day, that place is *hot* for the days around. Its reports, and those of the wider
//! *area* around it, are put in order by what they say, twice with different things first, and a
//! hot report is compared within its area only with its next neighbours in either order. Reports of
//! the area that are not hot themselves are still compared with each other all round.
//!
//! Which pairs are compared depends on the reports alone, not on their order or on chance, and how
//! many were not is reported.

use rayon::prelude::*;

use super::grid::{crowd_area, crowd_cube};
use super::{Nodes, Relation, country, meet, one_of};
use std::collections::BTreeMap;

use crate::names::{HashedMap, Sense, Tag};
use crate::outline::{Outline, Slot};

/// What was left out of linking, and how many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capped {
    /// In words.
    pub what: String,
    /// How many.
    pub n: u64,
}

/// The hot reports of a pool and those around them, in their two orders.
#[derive(Default)]
pub(crate) struct Crowd {
    /// By node: the area it lies in, from 1; 0 for none. Empty when nothing is hot.
    areas: Vec<u32>,
    hot: Vec<bool>,
    /// The nodes of areas, by area, then by what they say first.
    by_content: Vec<u32>,
    /// The nodes of areas, by area, then by day first.
    by_day: Vec<u32>,
    /// Where a node stands in `by_content`, by node.
    places: HashedMap<u32, u32>,
    window: usize,
    /// Countries and days in which so much is reported that a report without a point is compared
    /// only with those that share a name with it.
    countries: BTreeMap<(u32, i32), u32>,
}

impl Crowd {
    pub(crate) fn new(nodes: &Nodes<'_>) -> Crowd {
        let hot = hot(nodes);
        let countries = crowded_countries(nodes);
        if !hot.contains(&true) {
            return Crowd { countries, ..Crowd::default() };
        }
        let areas = areas(nodes, &hot);
        let mut by_content: Vec<u32> = (areas.iter().zip(0u32..))
            .filter(|(area, _)| **area != 0)
            .map(|(_, node)| node)
            .collect();
        let mut by_day = by_content.clone();
        let area = |node: u32| areas[node as usize];
        by_content.par_sort_unstable_by_key(|&node| {
            let it = nodes.outline(node);
            let said = (it.kinds, killed(it), injured(it));
            (area(node), said, it.first, it.at.map(f32::to_bits), node)
        });
        by_day.par_sort_unstable_by_key(|&node| {
            let it = nodes.outline(node);
            let said = (killed(it), it.kinds, injured(it));
            (area(node), it.first, it.at.map(f32::to_bits), said, node)
        });
        let places = by_content.iter().zip(0u32..).map(|(&node, at)| (node, at)).collect();
        let window = nodes.blocking.window as usize;
        Crowd { areas, hot, by_content, by_day, places, window, countries }
    }

    /// The area of a node, 0 for none.
    pub(super) fn area(&self, node: u32) -> u32 {
        self.areas.get(node as usize).copied().unwrap_or(0)
    }

    /// Whether a report begins on a day on which too much is reported of its country.
    pub(super) fn crowds_country(&self, country: Tag, outline: &Outline) -> bool {
        self.countries.contains_key(&(country.number() as u32, outline.first))
    }

    /// Whether a node is one of too many.
    pub(super) fn is_hot(&self, node: u32) -> bool {
        self.hot.get(node as usize).copied().unwrap_or(false)
    }

    /// Whether two nodes are compared only if they are neighbours in one of the orders.
    pub(super) fn covers(&self, a: u32, b: u32) -> bool {
        (self.is_hot(a) || self.is_hot(b)) && self.area(a) == self.area(b)
    }

    /// What was left out: the pairs of hot reports with others of their area beyond the windows. An
    /// upper bound, since some of them lie too far or too many days apart to meet.
    pub(crate) fn capped(&self) -> Vec<Capped> {
        let mut capped = Vec::new();
        if !self.countries.is_empty() {
            capped.push(Capped {
                what:
                    "days of a country with too many reports: those without a point were compared \
                       by shared names only"
                        .into(),
                n: self.countries.len() as u64,
            });
        }
        let n_hot = self.hot.iter().filter(|hot| **hot).count() as u64;
        if n_hot == 0 {
            return capped;
        }
        let mut left_out = 0;
        for area in self.by_content.chunk_by(|a, b| self.area(*a) == self.area(*b)) {
            let hot = area.iter().filter(|&&node| self.is_hot(node)).count() as u64;
            let (n, others) = (area.len() as u64, area.len() as u64 - hot);
            let window = (self.window as u64).min(n - 1);
            // Every report is compared with those up to `window` further on.
            let compared = window * n - window * (window + 1) / 2;
            left_out += (hot * hot.saturating_sub(1) / 2 + hot * others).saturating_sub(compared);
        }
        capped.extend([
            Capped {
                what: "reports in crowded places and days, compared with their likest only".into(),
                n: n_hot,
            },
            Capped { what: "pairs of these that were not compared, at most".into(), n: left_out },
        ]);
        capped
    }

    pub(super) fn tasks(&self) -> Vec<std::ops::Range<usize>> {
        // Positions 0..n stand for the first order, n..2n for the second.
        let n = self.by_content.len() * 2;
        (0..n).step_by(1_024).map(|start| start..(start + 1_024).min(n)).collect()
    }

    pub(super) fn run(
        &self,
        nodes: &Nodes<'_>,
        part: std::ops::Range<usize>,
        emit: &mut impl FnMut(u32, u32, Relation),
    ) {
        let n = self.by_content.len();
        for at in part {
            let second = at >= n;
            let (order, at) = if second { (&self.by_day, at - n) } else { (&self.by_content, at) };
            let node = order[at];
            for &other in order[at + 1..].iter().take(self.window) {
                if self.area(other) != self.area(node) {
                    break;
                }
                if !self.covers(node, other) || (second && self.met_in_first(node, other)) {
                    continue;
                }
                let (a, b) = (nodes.outline(node), nodes.outline(other));
                if let Ok((relation, _)) = meet(nodes.outlines, &nodes.blocking, a, b) {
                    emit(node, other, relation);
                }
            }
        }
    }

    /// Whether the first order has brought these two together already.
    fn met_in_first(&self, a: u32, b: u32) -> bool {
        match (self.places.get(&a), self.places.get(&b)) {
            (Some(a), Some(b)) => a.abs_diff(*b) as usize <= self.window,
            _ => false,
        }
    }
}

/// The days and countries with more than four times [`super::Blocking::crowd`] reports, among those
/// that matter: countries in which some report has no usable point.
fn crowded_countries(nodes: &Nodes<'_>) -> BTreeMap<(u32, i32), u32> {
    let mut counts: BTreeMap<(u32, i32), u32> = BTreeMap::new();
    let pointless = |outline: &Outline| outline.is_dated() && !outline.has_usable_point();
    if !(0..nodes.len() as u32).any(|node| pointless(nodes.outline(node))) {
        return counts;
    }
    for node in 0..nodes.len() as u32 {
        let outline = nodes.outline(node);
        if let (true, Some(country)) = (outline.is_dated(), country(nodes.outlines, outline)) {
            *counts.entry((country.number() as u32, outline.first)).or_default() += 1;
        }
    }
    let most = nodes.blocking.crowd.saturating_mul(4);
    counts.retain(|_, n| *n > most);
    counts
}

/// Which nodes lie in a hot place: one where more than `crowd` reports begin on one day within
/// `gap_days` of their own.
fn hot(nodes: &Nodes<'_>) -> Vec<bool> {
    let places: Vec<u64> = (0..nodes.len() as u32)
        .into_par_iter()
        .map(|node| place_of(nodes, nodes.outline(node)))
        .collect();
    let mut counts: HashedMap<(u64, i32), u32> = HashedMap::default();
    for (node, &place) in places.iter().enumerate() {
        let outline = nodes.outline(node as u32);
        if outline.is_dated() {
            *counts.entry((place, outline.first)).or_default() += 1;
        }
    }
    counts.retain(|_, n| *n > nodes.blocking.crowd);
    if counts.is_empty() {
        return Vec::new();
    }
    let gap = nodes.blocking.gap_days;
    let crowded: HashedMap<u64, ()> = counts.keys().map(|&(place, _)| (place, ())).collect();
    (places.par_iter().zip(0..nodes.len() as u32))
        .map(|(&place, node)| {
            let outline = nodes.outline(node);
            let around = || outline.first.saturating_sub(gap)..=outline.first.saturating_add(gap);
            outline.is_dated()
                && crowded.contains_key(&place)
                && around().any(|day| counts.contains_key(&(place, day)))
        })
        .collect()
}

/// The area of every node: around hot points the large cube; without a point that of the hot
/// points of the same place name, or else the name itself. 0 where nothing is hot.
fn areas(nodes: &Nodes<'_>, hot: &[bool]) -> Vec<u32> {
    let slack_m = nodes.blocking.slack_m;
    let (mut by_cube, mut by_name) = (HashedMap::default(), HashedMap::default());
    let mut n_areas = 0;
    let pointed = |node: u32| nodes.outline(node).has_usable_point();
    let hot_nodes = || (0..nodes.len() as u32).filter(|&node| hot[node as usize]);
    for node in hot_nodes().filter(|&node| pointed(node)) {
        let outline = nodes.outline(node);
        let area = *by_cube.entry(crowd_area(&outline.at, slack_m)).or_insert_with(|| {
            n_areas += 1;
            n_areas
        });
        if let Some(name) = name_of(nodes, outline) {
            by_name.entry(name).or_insert(area);
        }
    }
    for node in hot_nodes().filter(|&node| !pointed(node)) {
        by_name.entry(name_of(nodes, nodes.outline(node)).unwrap_or(0)).or_insert_with(|| {
            n_areas += 1;
            n_areas
        });
    }
    (0..nodes.len() as u32)
        .map(|node| {
            let outline = nodes.outline(node);
            let area = if !outline.is_dated() {
                None
            } else if pointed(node) {
                by_cube.get(&crowd_area(&outline.at, slack_m))
            } else {
                by_name.get(&name_of(nodes, outline).unwrap_or(0))
            };
            area.copied().unwrap_or(0)
        })
        .collect()
}

/// Where a report is counted: the cube of its point; without one, its name. Names and cubes may
/// share a number, which does no harm: windows are checked by the definition.
fn place_of(nodes: &Nodes<'_>, outline: &Outline) -> u64 {
    if outline.has_usable_point() {
        return crowd_cube(&outline.at, nodes.blocking.slack_m);
    }
    name_of(nodes, outline).unwrap_or(0)
}

/// A name of place, unit or country that a report gives, as a number.
fn name_of(nodes: &Nodes<'_>, outline: &Outline) -> Option<u64> {
    let outlines = nodes.outlines;
    [Sense::Place, Sense::AdminOne]
        .into_iter()
        .find_map(|sense| one_of(outlines, outlines.tags_in(outline, sense)))
        .or_else(|| country(outlines, outline))
        .map(|tag| outlines.names().hash(tag))
}

fn killed(outline: &Outline) -> u32 {
    let given = [Slot::Killed, Slot::KilledIncluded, Slot::KilledCivilians]
        .map(|slot| outline.tolls[slot as usize])
        .into_iter()
        .find(|range| range.is_given());
    given.map_or(u32::MAX, |range| range.number())
}

fn injured(outline: &Outline) -> u32 {
    let range = outline.tolls[Slot::Injured as usize];
    if range.is_given() { range.number() } else { u32::MAX }
}
