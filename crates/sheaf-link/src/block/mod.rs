//! Which pairs are looked at. Comparing everything with everything is hopeless, so a pair must
//! first *meet*: near in time, and near in space or by name. The definition stands here in one
//! function, [`meet`], plain and slow; [`grid`] and [`named`] find exactly the pairs it admits
//! without looking at the others, and a test holds them to it.
//!
//! Places where so much is reported that even this is too much are *crowded*: there each report is
//! compared only with its likest neighbours ([`crowd`]), and the result says how many pairs were
//! left out.

use rayon::prelude::*;
use sheaf_model::Unit;

use crate::compare::in_both;
use crate::names::{Sense, Tag};
use crate::outline::{EARTH_RADIUS_M, Outline, Outlines, chord_m, chord_squared};

pub(crate) mod crowd;
pub(crate) mod grid;
pub(crate) mod named;
#[cfg(test)]
mod oracle;

/// How far linking looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Blocking {
    /// Stretches of days at most this far apart meet.
    pub gap_days: i32,
    /// Footprints at most this far apart meet, in metres: two reports know their places less well
    /// than their precision codes say.
    pub slack_m: f32,
    /// More reports than this in one place (about 30 km) and day crowd it.
    pub crowd: u32,
    /// In a crowded place each report is compared with this many neighbours in each of two orders.
    pub window: u32,
}

impl Blocking {
    /// How far linking looks unless told otherwise.
    pub const SHIPPED: Blocking =
        Blocking { gap_days: 3, slack_m: 40_000.0, crowd: 250, window: 60 };
}

/// By what two reports meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meeting {
    /// Their footprints touch, or nearly so.
    Place,
    /// One has no usable point; both give the same place name.
    PlaceName,
    /// One has no usable point; both give the same first-level unit of the same country.
    AdminOne,
    /// One has no usable point; both give the same country, and nearly the same days.
    Country,
}

/// What two reports that meet are to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// They may be about the same incident.
    Same,
    /// One is a lead, which may be attached to the other's incident.
    Lead,
    /// One is an episode, which may contain the other.
    Part,
}

/// Why two reports never meet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Apart {
    /// A count over an area and period is never merged with anything.
    Aggregate,
    /// Two leads: neither is an incident.
    TwoLeads,
    /// A curated source keeps one entry per incident.
    OneCuratedSource,
    /// One of them gives no day at all.
    Undated,
    /// More days between them than blocking looks over.
    Days {
        /// How many.
        gap: i32,
    },
    /// Footprints too far apart.
    Distance {
        /// How far apart the points are.
        metres: f32,
        /// How far apart they could be and still meet.
        reach: f32,
    },
    /// One has no usable point, and they share no name of place, unit or (where there is nothing
    /// finer) country.
    NoSharedName,
}

impl std::fmt::Display for Apart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Apart::Aggregate => f.write_str("one is a count over an area and period"),
            Apart::TwoLeads => f.write_str("both are leads, which are no incidents by themselves"),
            Apart::OneCuratedSource => {
                f.write_str("both come from one curated source, which lists an incident once")
            }
            Apart::Undated => f.write_str("one gives no day"),
            Apart::Days { gap } => write!(f, "{gap} days lie between them"),
            Apart::Distance { metres, reach } => write!(
                f,
                "{:.0} km lie between them, and their places are known to {:.0} km together",
                metres / 1000.0,
                reach / 1000.0
            ),
            Apart::NoSharedName => {
                f.write_str("one has no point, and they share no place name or unit")
            }
        }
    }
}

/// What two reports could be to each other, before looking at days and places.
pub(crate) fn relate(a: Role, b: Role) -> Result<Relation, Apart> {
    if a.unit == Unit::Aggregate || b.unit == Unit::Aggregate {
        return Err(Apart::Aggregate);
    }
    match (a.lead, b.lead) {
        (true, true) => return Err(Apart::TwoLeads),
        (true, false) | (false, true) => return Ok(Relation::Lead),
        (false, false) => {}
    }
    if a.unit != b.unit {
        return Ok(Relation::Part);
    }
    if a.source == b.source && (a.curated || b.curated) {
        return Err(Apart::OneCuratedSource);
    }
    Ok(Relation::Same)
}

/// What [`relate`] needs of a report, small enough to travel with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Role {
    source: u16,
    unit: Unit,
    lead: bool,
    curated: bool,
}

impl Role {
    pub(crate) fn of(outline: &Outline) -> Role {
        Role {
            source: outline.source,
            unit: outline.unit,
            lead: outline.is_lead(),
            curated: outline.is_curated(),
        }
    }
}

/// The definition: whether two reports are compared at all, by what, and as what.
pub(crate) fn meet(
    outlines: &Outlines,
    blocking: &Blocking,
    a: &Outline,
    b: &Outline,
) -> Result<(Relation, Meeting), Apart> {
    let relation = relate(Role::of(a), Role::of(b))?;
    if !a.is_dated() || !b.is_dated() {
        return Err(Apart::Undated);
    }
    let gap = a.gap_days(b);
    if gap > blocking.gap_days {
        return Err(Apart::Days { gap });
    }
    if a.has_usable_point() && b.has_usable_point() {
        let reach = reach(blocking, a) + self::reach(blocking, b);
        return if touches(&a.at, &b.at, reach) {
            Ok((relation, Meeting::Place))
        } else {
            Err(Apart::Distance { metres: chord_m(&a.at, &b.at), reach })
        };
    }
    by_name(outlines, a, b).map(|meeting| (relation, meeting)).ok_or(Apart::NoSharedName)
}

/// How far from its point a report may meet another, itself half of the way.
pub(crate) fn reach(blocking: &Blocking, outline: &Outline) -> f32 {
    outline.radius + blocking.slack_m / 2.0
}

/// Whether two points are within `metres`, by the square of the chord.
#[inline(always)]
pub(crate) fn touches(a: &[f32; 3], b: &[f32; 3], metres: f32) -> bool {
    let chord = metres / EARTH_RADIUS_M;
    chord_squared(a, b) <= chord * chord
}

/// Reports of one country meet without a shared name only if no more days than this lie between
/// them: a country is large.
pub(crate) const COUNTRY_GAP_DAYS: i32 = 1;

/// How two reports meet by name, when one has no usable point.
pub(crate) fn by_name(outlines: &Outlines, a: &Outline, b: &Outline) -> Option<Meeting> {
    let countries = (country(outlines, a), country(outlines, b));
    if let (Some(left), Some(right)) = countries
        && left != right
    {
        return None;
    }
    let shared =
        |sense| in_both(outlines.tags_in(a, sense), outlines.tags_in(b, sense)).next().is_some();
    if shared(Sense::Place) {
        return Some(Meeting::PlaceName);
    }
    // The same first-level name in an unnamed country may be another country's.
    let one_country = countries.0.is_some() && countries.0 == countries.1;
    if one_country && shared(Sense::AdminOne) {
        return Some(Meeting::AdminOne);
    }
    if one_country && a.gap_days(b) <= COUNTRY_GAP_DAYS {
        return Some(Meeting::Country);
    }
    None
}

/// The country a report gives; one of them, always the same, where it gives several.
pub(crate) fn country(outlines: &Outlines, outline: &Outline) -> Option<Tag> {
    one_of(outlines, outlines.tags_in(outline, Sense::Country))
}

/// One of several names, whatever the order in which names came in.
pub(crate) fn one_of(outlines: &Outlines, tags: &[Tag]) -> Option<Tag> {
    match tags {
        [] | [_] => tags.first().copied(),
        _ => tags.iter().copied().min_by_key(|&tag| outlines.names().hash(tag)),
    }
}

/// The reports that blocking works on: outline positions in the order of report ids, exact copies
/// left out, with what is crowded among them.
pub(crate) struct Nodes<'a> {
    pub(crate) outlines: &'a Outlines,
    pub(crate) blocking: Blocking,
    /// Node → position of the outline.
    pub(crate) positions: Vec<u32>,
}

impl<'a> Nodes<'a> {
    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    pub(crate) fn position(&self, node: u32) -> u32 {
        self.positions[node as usize]
    }

    pub(crate) fn outline(&self, node: u32) -> &'a Outline {
        self.outlines.get(self.position(node))
    }
}

/// Calls `found` for every pair of nodes that meets, each pair once, the smaller node first.
/// Work is split over threads; each part of it has an `Acc` of its own, and these come back in an
/// order that does not depend on the number of threads.
pub(crate) fn for_each_pair<Acc: Send>(
    nodes: &Nodes<'_>,
    crowd: &crowd::Crowd,
    new: impl Fn() -> Acc + Sync,
    found: impl Fn(&mut Acc, u32, u32, Relation) + Sync,
) -> Vec<Acc> {
    let grid = grid::Grid::new(nodes, crowd);
    let named = named::Named::new(nodes, crowd);
    let tasks: Vec<Task> = (grid.tasks().into_iter().map(Task::Grid))
        .chain(named.tasks().into_iter().map(Task::Named))
        .chain(crowd.tasks().into_iter().map(Task::Crowd))
        .collect();
    tasks
        .into_par_iter()
        .map(|task| {
            let mut acc = new();
            let mut emit = |a: u32, b: u32, relation| {
                let (a, b) = if a < b { (a, b) } else { (b, a) };
                found(&mut acc, a, b, relation);
            };
            match task {
                Task::Grid(part) => grid.run(part, &mut emit),
                Task::Named(part) => named.run(part, &mut emit),
                Task::Crowd(part) => crowd.run(nodes, part, &mut emit),
            }
            acc
        })
        .collect()
}

/// In a component of at most this many nodes every pair is looked at; in larger ones blocking is
/// asked again which pairs are worth it.
const SMALL: usize = 1_000;

/// Every pair of nodes of one component that may be one incident and of which `found` gives
/// something, the smaller node first. Their order does not depend on the number of threads.
pub(crate) fn pairs_within<T: Send>(
    nodes: &Nodes<'_>,
    found: impl Fn(u32, u32) -> Option<T> + Sync,
) -> Vec<(u32, u32, T)> {
    let mut all = Vec::new();
    if nodes.len() <= SMALL {
        // In order of first day, those that can meet a report follow it closely.
        let mut by_day: Vec<u32> = (0..nodes.len() as u32).collect();
        by_day.sort_unstable_by_key(|&node| (nodes.outline(node).first, node));
        for (at, &a) in by_day.iter().enumerate() {
            let latest = nodes.outline(a).last.saturating_add(nodes.blocking.gap_days);
            let followers = by_day[at + 1..].iter().copied();
            for b in followers.take_while(|&b| nodes.outline(b).first <= latest) {
                let (a, b) = (a.min(b), a.max(b));
                let met = meet(nodes.outlines, &nodes.blocking, nodes.outline(a), nodes.outline(b));
                if matches!(met, Ok((Relation::Same, _))) {
                    all.extend(found(a, b).map(|it| (a, b, it)));
                }
            }
        }
    } else {
        let crowd = crowd::Crowd::new(nodes);
        let parts = for_each_pair(nodes, &crowd, Vec::new, |part, a, b, relation| {
            if relation == Relation::Same {
                part.extend(found(a, b).map(|it| (a, b, it)));
            }
        });
        all.extend(parts.into_iter().flatten());
    }
    all
}

/// A part of the work.
enum Task {
    Grid(grid::Part),
    Named(std::ops::Range<usize>),
    Crowd(std::ops::Range<usize>),
}
