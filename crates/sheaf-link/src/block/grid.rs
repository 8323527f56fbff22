//! Finding the pairs that meet by place. The unit sphere is cut into cubes at four sizes; a report
//! lies in the cube of its point, at the size that fits its reach, so that a report known to the
//! province does not have to be written into hundreds of small cubes. Two reports that meet then
//! always lie in neighbouring cubes of the larger one's size. Within a cube, reports stand in order
//! of their first day, and long stretches of days are kept apart from short ones, so that a war of
//! ten years does not make every look-up scan ten years.

use super::crowd::Crowd;
use super::{Blocking, Nodes, Relation, Role, reach, relate, touches};
use crate::names::HashedMap;
use crate::outline::{COARSEST_RADIUS_M, EARTH_RADIUS_M, Outline};

/// Cube sizes as multiples of the smallest. Whole multiples, so that cubes nest.
const SIZES: [i64; N_SIZES] = [1, 3, 9, 18];

/// How many sizes.
pub(crate) const N_SIZES: usize = 4;

/// The cube size of the area around a crowded place.
const AREA: usize = 2;

/// Longest stretch, in days, of each class of stretches; the last class has no bound.
const WIDTHS: [i32; 4] = [4, 16, 64, 400];

/// About how many reports one task looks up.
const TASK: usize = 2_048;

/// A report as the grid keeps it: all that finding needs, side by side in memory.
struct Entry {
    first: i32,
    last: i32,
    at: [f32; 3],
    reach: f32,
    node: u32,
    role: Role,
    hot: bool,
    area: u32,
}

/// The reports of one cube size and one class of stretches, hot ones apart from the others.
struct Class {
    size: usize,
    hot: bool,
    widest: i32,
    /// Sorted by cube, then first day, then node.
    entries: Vec<Entry>,
    /// The cubes in order: where each starts in `entries`, and which cube it is.
    runs: Vec<(u32, [i64; 3])>,
    by_cube: HashedMap<u64, u32>,
}

pub(super) struct Grid {
    gap_days: i32,
    classes: Vec<Class>,
}

/// Some runs of one class, to be looked up in it and in all classes after it.
pub(super) struct Part {
    class: usize,
    runs: std::ops::Range<usize>,
    /// Within the one run of a part that is a piece of a long run.
    piece: Option<std::ops::Range<usize>>,
}

impl Grid {
    pub(super) fn new(nodes: &Nodes<'_>, crowd: &Crowd) -> Grid {
        let mut sorted: Vec<Vec<([i64; 3], Entry)>> = Vec::new();
        sorted.resize_with(SIZES.len() * (WIDTHS.len() + 1) * 2, Vec::new);
        for node in 0..nodes.len() as u32 {
            let outline = nodes.outline(node);
            if !outline.is_dated() || !outline.has_usable_point() {
                continue;
            }
            let (size, cube) = size_and_cube(&nodes.blocking, outline);
            let days = outline.width_days();
            let width = WIDTHS.iter().position(|&widest| days <= widest).unwrap_or(WIDTHS.len());
            let cube = cube_at(cube, size);
            let class = (size * (WIDTHS.len() + 1) + width) * 2 + usize::from(crowd.is_hot(node));
            sorted[class].push((
                cube,
                Entry {
                    first: outline.first,
                    last: outline.last,
                    at: outline.at,
                    reach: reach(&nodes.blocking, outline),
                    node,
                    role: Role::of(outline),
                    hot: crowd.is_hot(node),
                    area: crowd.area(node),
                },
            ));
        }
        let mut classes = Vec::new();
        for (number, entries) in sorted.into_iter().enumerate() {
            if !entries.is_empty() {
                let size = number / 2 / (WIDTHS.len() + 1);
                classes.push(Class::new(size, number % 2 == 1, entries));
            }
        }
        Grid { gap_days: nodes.blocking.gap_days, classes }
    }

    /// The work in pieces of about equal size.
    pub(super) fn tasks(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for (number, class) in self.classes.iter().enumerate() {
            let (mut from, mut held) = (0, 0);
            for run in 0..class.runs.len() {
                let len = class.run(run).len();
                if len > TASK {
                    if from < run {
                        parts.push(Part { class: number, runs: from..run, piece: None });
                    }
                    for start in (0..len).step_by(TASK) {
                        let piece = Some(start..(start + TASK).min(len));
                        parts.push(Part { class: number, runs: run..run + 1, piece });
                    }
                    (from, held) = (run + 1, 0);
                    continue;
                }
                held += len;
                if held >= TASK {
                    parts.push(Part { class: number, runs: from..run + 1, piece: None });
                    (from, held) = (run + 1, 0);
                }
            }
            if from < class.runs.len() {
                parts.push(Part { class: number, runs: from..class.runs.len(), piece: None });
            }
        }
        parts
    }

    pub(super) fn run(&self, part: Part, emit: &mut impl FnMut(u32, u32, Relation)) {
        let class = &self.classes[part.class];
        for run in part.runs {
            let range = class.run(run);
            let cube = class.runs[run].1;
            let piece = part.piece.clone().unwrap_or(0..range.len());
            let asking = range.start + piece.start..range.start + piece.end;
            // Within the cube itself each report asks those after it.
            if !covered(class, range.start, class, range.start) {
                for place in asking.clone() {
                    let entry = &class.entries[place];
                    self.sweep(entry, &class.entries[place + 1..range.end], emit);
                }
            }
            let entries = &class.entries[asking];
            for (number, other) in self.classes.iter().enumerate().skip(part.class) {
                let ratio = SIZES[other.size] / SIZES[class.size];
                let centre = cube.map(|index| index / ratio);
                for_neighbours(centre, |neighbour| {
                    // In the class itself each pair of cubes is met from its smaller side.
                    if number == part.class && neighbour <= cube {
                        return;
                    }
                    if let Some(&found) = other.by_cube.get(&key(neighbour)) {
                        let asked = other.run(found as usize);
                        if !covered(class, range.start, other, asked.start) {
                            self.walk(entries, &other.entries[asked], other.widest, emit);
                        }
                    }
                });
            }
        }
    }

    /// Both sides in order of first day: the window over the second only moves on.
    fn walk(
        &self,
        asking: &[Entry],
        asked: &[Entry],
        widest: i32,
        emit: &mut impl FnMut(u32, u32, Relation),
    ) {
        let mut from = 0;
        for entry in asking {
            let earliest = entry.first.saturating_sub(self.gap_days).saturating_sub(widest - 1);
            from += skip(&asked[from..], earliest);
            self.sweep(entry, &asked[from..], emit);
        }
    }

    /// Meets one report with those that follow in order of first day.
    #[inline]
    fn sweep(&self, entry: &Entry, asked: &[Entry], emit: &mut impl FnMut(u32, u32, Relation)) {
        let latest = entry.last.saturating_add(self.gap_days);
        let earliest = entry.first.saturating_sub(self.gap_days);
        for other in asked {
            if other.first > latest {
                break;
            }
            if other.last < earliest
                || !touches(&entry.at, &other.at, entry.reach + other.reach)
                || ((entry.hot || other.hot) && entry.area == other.area)
            {
                continue;
            }
            if let Ok(relation) = relate(entry.role, other.role) {
                emit(entry.node, other.node, relation);
            }
        }
    }
}

/// Whether all pairs of two runs, told by where they start, are left to the windows of a crowded
/// area. Cubes up to the size of an area lie in one area as a whole.
fn covered(class: &Class, at: usize, other: &Class, there: usize) -> bool {
    let area = class.entries[at].area;
    (class.hot || other.hot)
        && class.size <= AREA
        && other.size <= AREA
        && area == other.entries[there].area
}

/// How many entries to skip to the first that begins at `earliest` or later: by doubling steps,
/// since it is mostly near but may be far.
fn skip(asked: &[Entry], earliest: i32) -> usize {
    let mut step = 1;
    while step < asked.len() && asked[step].first < earliest {
        step *= 2;
    }
    let (from, to) = (step / 2, (step + 1).min(asked.len()));
    from + asked[from..to].partition_point(|entry| entry.first < earliest)
}

impl Class {
    fn new(size: usize, hot: bool, mut sorted: Vec<([i64; 3], Entry)>) -> Class {
        use rayon::prelude::*;
        sorted.par_sort_unstable_by_key(|(cube, entry)| (*cube, entry.first, entry.node));
        let widest =
            sorted.iter().map(|(_, entry)| entry.last - entry.first + 1).max().unwrap_or(1);
        let mut runs: Vec<(u32, [i64; 3])> = Vec::new();
        let mut by_cube = HashedMap::default();
        for (place, (cube, _)) in sorted.iter().enumerate() {
            if runs.last().is_none_or(|(_, last)| last != cube) {
                by_cube.insert(key(*cube), runs.len() as u32);
                runs.push((place as u32, *cube));
            }
        }
        let entries = sorted.into_iter().map(|(_, entry)| entry).collect();
        Class { size, hot, widest, entries, runs, by_cube }
    }

    /// Where a run lies in the entries.
    fn run(&self, run: usize) -> std::ops::Range<usize> {
        let end = self.runs.get(run + 1).map_or(self.entries.len(), |(start, _)| *start as usize);
        self.runs[run].0 as usize..end
    }
}

/// The largest reach that the smallest cubes serve. Grows with the slack, so that the largest
/// cubes serve the coarsest usable point.
fn smallest_reach(slack_m: f32) -> f32 {
    let largest = COARSEST_RADIUS_M + slack_m / 2.0;
    (largest / SIZES[SIZES.len() - 1] as f32).max(15_000.0).max(slack_m / 2.0 + 1_000.0)
}

/// The size that fits the reach of a report with a usable point, and its smallest cube.
pub(crate) fn size_and_cube(blocking: &Blocking, outline: &Outline) -> (usize, [i64; 3]) {
    let smallest = smallest_reach(blocking.slack_m);
    let reach = reach(blocking, outline);
    let size = SIZES.iter().position(|&size| reach <= smallest * size as f32);
    // `smallest_reach` sees to it that the largest size holds the coarsest point.
    (size.unwrap_or(SIZES.len() - 1), cube_of(&outline.at, smallest))
}

/// The cube of a size in which a smallest cube lies.
pub(crate) fn cube_at(smallest: [i64; 3], size: usize) -> [i64; 3] {
    // By numbers that the compiler knows: a division by any other takes ten times as long.
    match size {
        0 => smallest.map(|index| index / SIZES[0]),
        1 => smallest.map(|index| index / SIZES[1]),
        2 => smallest.map(|index| index / SIZES[2]),
        _ => smallest.map(|index| index / SIZES[3]),
    }
}

/// The smallest cube a point lies in. A cube is as wide as two reports of its size can be apart,
/// and a trifle more, so that rounding cannot push a pair beyond its neighbours.
fn cube_of(at: &[f32; 3], smallest: f32) -> [i64; 3] {
    let side = f64::from(smallest) * 2.0 * 1.001 / f64::from(EARTH_RADIUS_M);
    at.map(|along| ((f64::from(along) + 1.0) / side).floor().max(0.0) as i64)
}

/// The cubes that a cube touches, itself included, in order.
pub(crate) fn for_neighbours(cube: [i64; 3], look: impl FnMut([i64; 3])) {
    for_cubes_within(1, cube, look);
}

/// The cubes at most `steps` from a cube along every axis, itself included, in order.
#[inline]
pub(super) fn for_cubes_within(steps: i64, cube: [i64; 3], mut look: impl FnMut([i64; 3])) {
    for x in cube[0] - steps..=cube[0] + steps {
        for y in cube[1] - steps..=cube[1] + steps {
            for z in cube[2] - steps..=cube[2] + steps {
                look([x, y, z]);
            }
        }
    }
}

/// A cube as one number; indices are far below 2^20, and −1 is one below the smallest.
pub(crate) fn key(cube: [i64; 3]) -> u64 {
    cube.iter().fold(0, |key, index| (key << 21) | (index + 1) as u64)
}

/// The place of a point for counting crowds: its smallest cube.
pub(super) fn crowd_cube(at: &[f32; 3], slack_m: f32) -> u64 {
    key(cube_of(at, smallest_reach(slack_m)))
}

/// The large cube around a point, of which areas around crowds are made: one that serves a province.
pub(super) fn crowd_area(at: &[f32; 3], slack_m: f32) -> [i64; 3] {
    cube_at(cube_of(at, smallest_reach(slack_m)), AREA)
}
