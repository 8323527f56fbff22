//! Crowded places. Machine-coded feeds put a hundred thousand reports on one town's centroid in one
//! week; their pairs would be five thousand million. Where more reports than a set number fall on
//! one place and day, that place is *hot* for the days around. Its reports, and those of the wider
//! *area* around it, are put in order by what they say, twice with different things first, and a
//! hot report is compared within its area only with its next neighbours in either order. Reports of
//! the area that are not hot themselves are still compared with each other all round.
//!
//! Which pairs are compared depends on the reports alone, not on their order or on chance, and how
//! many were not is reported.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::grid::{crowd_area, crowd_cube, for_cubes_within, key};
use super::{Blocking, Nodes, Relation, country, meet, one_of};
use crate::cluster::Union;
use crate::names::{HashedMap, Sense, Tag};
use crate::outline::{Outline, Outlines, Slot};

/// What was left out of linking, and how many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capped {
    /// In words.
    pub what: String,
    /// How many.
    pub n: u64,
}

/// Where there is too much of a pool: what is hot follows from this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Crowded {
    /// Places and days with more than [`super::Blocking::crowd`] nodes, and how many: see
    /// [`place_of`].
    pub(crate) places: BTreeMap<(u64, i32), u32>,
    /// Countries (by the hash of the name) and days with more than four times as many.
    pub(crate) countries: BTreeMap<(u64, i32), u32>,
    /// Dated nodes without a usable point. Countries matter only where there are some.
    pub(crate) n_pointless: u32,
}

/// The hot reports of a pool and those around them, in their two orders.
#[derive(Default)]
pub(crate) struct Crowd {
    /// By node: the area it lies in, from 1; 0 for none. Empty when nothing is hot.
    areas: Vec<u32>,
    /// By area, from 1: what it stands for.
    keys: Vec<AreaKey>,
    hot: Vec<bool>,
    /// The nodes of areas, by area, then by what they say first.
    by_content: Vec<u32>,
    /// The nodes of areas, by area, then by day first.
    by_day: Vec<u32>,
    /// Where a node stands in `by_content`, by node.
    places: HashedMap<u32, u32>,
    /// The same in `by_day`.
    day_places: HashedMap<u32, u32>,
    window: usize,
    /// Countries and days in which so much is reported that a report without a point is compared
    /// only with those that share a name with it.
    countries: BTreeMap<(u64, i32), u32>,
}

/// What an area stands for: its smallest hot cube (true) or a name (false). The same before and
/// after a change, unless the area's hot cubes became others.
pub(crate) type AreaKey = (bool, u64);

impl Crowd {
    pub(crate) fn new(nodes: &Nodes<'_>) -> Crowd {
        Crowd::of(nodes, &Crowded::of(nodes))
    }

    /// Where it is known already what is crowded.
    pub(crate) fn of(nodes: &Nodes<'_>, crowded: &Crowded) -> Crowd {
        let hot = hot(nodes, &crowded.places);
        let countries =
            if crowded.n_pointless > 0 { crowded.countries.clone() } else { BTreeMap::new() };
        if !hot.contains(&true) {
            return Crowd { countries, ..Crowd::default() };
        }
        let (areas, keys) = areas(nodes, &hot);
        let mut by_content: Vec<u32> = (areas.iter().zip(0u32..))
            .filter(|(area, _)| **area != 0)
            .map(|(_, node)| node)
            .collect();
        let mut by_day = by_content.clone();
        let area = |node: u32| areas[node as usize];
        by_content.par_sort_unstable_by_key(|&node| {
            (area(node), by_what_it_says(nodes.outline(node)), node)
        });
        by_day
            .par_sort_unstable_by_key(|&node| (area(node), by_its_day(nodes.outline(node)), node));
        let places = by_content.iter().zip(0u32..).map(|(&node, at)| (node, at)).collect();
        let day_places = by_day.iter().zip(0u32..).map(|(&node, at)| (node, at)).collect();
        let window = nodes.blocking.window as usize;
        Crowd { areas, keys, hot, by_content, by_day, places, day_places, window, countries }
    }

    /// The area of a node, 0 for none.
    pub(super) fn area(&self, node: u32) -> u32 {
        self.areas.get(node as usize).copied().unwrap_or(0)
    }

    /// Whether a report begins on a day on which too much is reported of its country.
    pub(crate) fn crowds_country(
        &self,
        outlines: &Outlines,
        country: Tag,
        outline: &Outline,
    ) -> bool {
        !self.countries.is_empty()
            && self.countries.contains_key(&(outlines.names().hash(country), outline.first))
    }

    /// What the area of a node stands for; `None` outside all areas.
    pub(crate) fn area_key(&self, node: u32) -> Option<AreaKey> {
        let area = self.area(node) as usize;
        (area != 0).then(|| self.keys[area - 1])
    }

    /// The nodes that a node of an area is compared with because they are its neighbours in one of
    /// the orders, each once. They may lie too far apart to meet.
    pub(crate) fn beside(&self, node: u32, mut found: impl FnMut(u32)) {
        for (order, places) in [(&self.by_content, &self.places), (&self.by_day, &self.day_places)]
        {
            let Some(&at) = places.get(&node) else { return };
            let second = std::ptr::eq(order, &self.by_day);
            let from = (at as usize).saturating_sub(self.window);
            let to = (at as usize + self.window + 1).min(order.len());
            for &other in &order[from..to] {
                let new = !(second && self.met_in_first(node, other));
                if other != node && self.covers(node, other) && new {
                    found(other);
                }
            }
        }
    }

    /// Whether a node is one of too many.
    pub(crate) fn is_hot(&self, node: u32) -> bool {
        self.hot.get(node as usize).copied().unwrap_or(false)
    }

    /// Whether two nodes are compared only if they are neighbours in one of the orders.
    pub(crate) fn covers(&self, a: u32, b: u32) -> bool {
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

impl Crowded {
    pub(crate) fn of(nodes: &Nodes<'_>) -> Crowded {
        let outlines = nodes.outlines;
        let keys: Vec<Option<Counted>> = (0..nodes.len() as u32)
            .into_par_iter()
            .map(|node| Counted::of(outlines, &nodes.blocking, nodes.outline(node)))
            .collect();
        let mut places: HashedMap<(u64, i32), u32> = HashedMap::default();
        let mut countries: HashedMap<(u64, i32), u32> = HashedMap::default();
        let mut n_pointless = 0;
        for counted in keys.into_iter().flatten() {
            *places.entry(counted.place).or_default() += 1;
            if let Some(country) = counted.country {
                *countries.entry(country).or_default() += 1;
            }
            n_pointless += u32::from(counted.pointless);
        }
        let most = most_of_a_country(&nodes.blocking);
        Crowded {
            places: places.into_iter().filter(|&(_, n)| n > nodes.blocking.crowd).collect(),
            countries: countries.into_iter().filter(|&(_, n)| n > most).collect(),
            n_pointless,
        }
    }
}

/// More reports than this make the day of a country crowded.
pub(crate) fn most_of_a_country(blocking: &Blocking) -> u32 {
    blocking.crowd.saturating_mul(4)
}

/// Where a dated report is counted.
pub(crate) struct Counted {
    pub(crate) place: (u64, i32),
    pub(crate) country: Option<(u64, i32)>,
    pub(crate) pointless: bool,
}

impl Counted {
    pub(crate) fn of(
        outlines: &Outlines,
        blocking: &Blocking,
        outline: &Outline,
    ) -> Option<Counted> {
        outline.is_dated().then(|| Counted {
            place: (place_of(outlines, blocking, outline), outline.first),
            country: country(outlines, outline)
                .map(|tag| (outlines.names().hash(tag), outline.first)),
            pointless: !outline.has_usable_point(),
        })
    }
}

/// Which nodes lie in a hot place: one where more than `crowd` reports begin on one day within
/// `gap_days` of their own.
fn hot(nodes: &Nodes<'_>, crowded: &BTreeMap<(u64, i32), u32>) -> Vec<bool> {
    if crowded.is_empty() {
        return Vec::new();
    }
    let gap = nodes.blocking.gap_days;
    let places: HashedMap<u64, ()> = crowded.keys().map(|&(place, _)| (place, ())).collect();
    (0..nodes.len() as u32)
        .into_par_iter()
        .map(|node| {
            let outline = nodes.outline(node);
            if !outline.is_dated() {
                return false;
            }
            let place = place_of(nodes.outlines, &nodes.blocking, outline);
            let mut around = outline.first.saturating_sub(gap)..=outline.first.saturating_add(gap);
            places.contains_key(&place) && around.any(|day| crowded.contains_key(&(place, day)))
        })
        .collect()
}

/// The first order of an area.
pub(crate) fn by_what_it_says(it: &Outline) -> impl Ord + use<> {
    ((it.kinds, killed(it), injured(it)), it.first, it.at.map(f32::to_bits))
}

/// The second order of an area.
pub(crate) fn by_its_day(it: &Outline) -> impl Ord + use<> {
    (it.first, it.at.map(f32::to_bits), (killed(it), it.kinds, injured(it)))
}

/// The area of every node: around hot points the large cubes that touch theirs; without a point that
/// of the hot points of the same place name, or else the name itself. 0 where nothing is hot.
fn areas(nodes: &Nodes<'_>, hot: &[bool]) -> (Vec<u32>, Vec<AreaKey>) {
    let slack_m = nodes.blocking.slack_m;
    let pointed = |node: u32| nodes.outline(node).has_usable_point();
    let cube_of = |node: u32| crowd_area(&nodes.outline(node).at, slack_m);
    let hot_nodes = || (0..nodes.len() as u32).filter(|&node| hot[node as usize]);
    let hot_cubes: BTreeSet<[i64; 3]> =
        hot_nodes().filter(|&node| pointed(node)).map(cube_of).collect();
    let (by_cube, mut keys) = areas_around(&hot_cubes);
    let mut by_name: HashedMap<u64, u32> = HashedMap::default();
    for node in hot_nodes().filter(|&node| pointed(node)) {
        if let Some(name) = name_of(nodes.outlines, nodes.outline(node)) {
            by_name.entry(name).or_insert_with(|| by_cube[&cube_of(node)]);
        }
    }
    for node in hot_nodes().filter(|&node| !pointed(node)) {
        let name = name_of(nodes.outlines, nodes.outline(node)).unwrap_or(0);
        by_name.entry(name).or_insert_with(|| {
            keys.push((false, name));
            keys.len() as u32
        });
    }
    let areas = (0..nodes.len() as u32)
        .map(|node| {
            let outline = nodes.outline(node);
            let area = if !outline.is_dated() {
                None
            } else if pointed(node) {
                by_cube.get(&cube_of(node))
            } else {
                by_name.get(&name_of(nodes.outlines, outline).unwrap_or(0))
            };
            area.copied().unwrap_or(0)
        })
        .collect();
    (areas, keys)
}

/// The areas around hot cubes: each holds its hot cubes and all that touch one. Hot cubes that touch
/// a common cube lie in one area, so that an area's edge never runs through a crowd: what lies on
/// the other side would be compared with all of it.
fn areas_around(hot: &BTreeSet<[i64; 3]>) -> (HashedMap<[i64; 3], u32>, Vec<AreaKey>) {
    let hot: Vec<[i64; 3]> = hot.iter().copied().collect();
    let mut union = Union::new(hot.len());
    for (number, cube) in (0u32..).zip(&hot) {
        for_cubes_within(2, *cube, |other| {
            if let Ok(other) = hot.binary_search(&other) {
                union.join(number, other as u32);
            }
        });
    }
    let mut keys: Vec<AreaKey> = Vec::new();
    let mut area_of_root = vec![0; hot.len()];
    let mut by_cube = HashedMap::default();
    for (number, cube) in (0u32..).zip(&hot) {
        // The root is the smallest cube of its area, so it comes first.
        let root = union.root(number) as usize;
        if area_of_root[root] == 0 {
            keys.push((true, key(hot[root])));
            area_of_root[root] = keys.len() as u32;
        }
        for_cubes_within(1, *cube, |near| {
            by_cube.insert(near, area_of_root[root]);
        });
    }
    (by_cube, keys)
}

/// Where a report is counted: the cube of its point; without one, its name. Names and cubes may
/// share a number, which does no harm: windows are checked by the definition.
fn place_of(outlines: &Outlines, blocking: &Blocking, outline: &Outline) -> u64 {
    if outline.has_usable_point() {
        return crowd_cube(&outline.at, blocking.slack_m);
    }
    name_of(outlines, outline).unwrap_or(0)
}

/// A name of place, unit or country that a report gives, as a number.
fn name_of(outlines: &Outlines, outline: &Outline) -> Option<u64> {
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
