//! The map and the time line: incidents summed up in cells of a map and in bins of time, so that an answer
//! is small however many there are.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use sheaf_model::{Day, Kind};

use super::columns::{Columns, OPEN};
use super::filter::Filter;
use super::told::Told;
use crate::pages::Pages;

/// Pixels of a cell's side, and of the whole world at zoom 0.
const CELL: f64 = 40.0;
const WORLD: f64 = 256.0;
/// More cells than that nobody can tell apart; and so many are counted at most.
const MOST_CELLS: usize = 5000;
const MOST_COUNTED: usize = 1 << 20;

/// What of an overview is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Asked {
    pub filter: Filter,
    /// As in web maps: the world is 256 · 2^zoom pixels wide.
    pub zoom: u32,
    /// The most bins.
    pub bins: usize,
}

/// What is answered. Written as it is: thousands of cells as values of their own take longer than summing them up.
#[derive(Serialize)]
struct Summed<'a> {
    total: usize,
    undated: u32,
    unplaced: u32,
    sources: usize,
    killed: [u64; 2],
    injured: [u64; 2],
    zoom: u32,
    cells: Vec<CellTold<'a>>,
    bin: &'static str,
    bins: Vec<BinTold>,
    kinds: Vec<(&'a str, u32)>,
    states: Vec<(&'a str, u32)>,
}

#[derive(Serialize)]
struct CellTold<'a> {
    at: [f64; 2],
    n: u32,
    killed: u64,
    #[serde(rename = "box")]
    ends: [f64; 4],
    id: Option<&'a str>,
    radius_m: Option<f32>,
    kind: Option<&'static str>,
}

#[derive(Serialize)]
struct BinTold {
    first: String,
    last: Option<String>,
    n: u32,
    killed: u64,
    several: u32,
}

/// Sums up the incidents that fit.
pub(crate) fn overview(
    columns: &Columns,
    asked: &Asked,
    pages: &dyn Pages,
) -> Result<String, Told> {
    let ready = asked.filter.on(columns, pages)?;
    let fitting: Vec<u32> =
        (0..columns.len() as u32).filter(|&at| ready.fits(at as usize)).collect();
    let chosen: Vec<u32> = match (asked.filter.since, asked.filter.until) {
        (None, None) => fitting.clone(),
        _ => fitting.iter().copied().filter(|&at| ready.fits_in_time(at as usize)).collect(),
    };
    let mut kinds = vec![0_u32; Kind::ALL.len()];
    let mut states = vec![0_u32; columns.outcomes.len()];
    let mut sets = vec![false; columns.source_sets.len()];
    let (mut undated, mut unplaced) = (0_u32, 0_u32);
    let (mut killed, mut injured) = ([0_u64; 2], [0_u64; 2]);
    for at in chosen.iter().map(|&at| at as usize) {
        if let Some(n) = kinds.get_mut(usize::from(columns.kinds[at])) {
            *n += 1;
        }
        states[usize::from(columns.outcome[at])] += 1;
        sets[columns.told_by[at] as usize] = true;
        undated += u32::from(!columns.has_day(at));
        unplaced += u32::from(!columns.has_place(at));
        add(&mut killed, columns.killed[at]);
        add(&mut injured, columns.injured[at]);
    }
    let mut sources = vec![false; columns.sources.len()];
    for set in sets.iter().zip(&columns.source_sets).filter(|(is_told, _)| **is_told) {
        set.1.iter().for_each(|&source| sources[usize::from(source)] = true);
    }
    let kinds = counted(Kind::ALL.iter().map(|kind| kind.name()).zip(kinds));
    let states = counted(columns.outcomes.iter().map(|(state, _)| *state).zip(states));
    let (zoom, cells) = cells(columns, &chosen, asked.zoom);
    let (bin, bins) = bins(columns, &fitting, asked.bins);
    let summed = Summed {
        total: chosen.len(),
        undated,
        unplaced,
        sources: sources.iter().filter(|it| **it).count(),
        killed,
        injured,
        zoom,
        cells,
        bin,
        bins,
        kinds,
        states,
    };
    Ok(serde_json::to_string(&summed).unwrap_or_default())
}

/// Adds a toll; where it is open its lower end is the upper one too.
fn add(sum: &mut [u64; 2], [low, high]: [u32; 2]) {
    if low <= high {
        sum[0] += u64::from(low);
        sum[1] += u64::from(if high == OPEN { low } else { high });
    }
}

fn upper([low, high]: [u32; 2]) -> u64 {
    let mut sum = [0; 2];
    add(&mut sum, [low, high]);
    sum[1]
}

/// Names with how many, the most first; the same name once.
fn counted<'a>(counts: impl Iterator<Item = (&'a str, u32)>) -> Vec<(&'a str, u32)> {
    let mut summed: Vec<(&str, u32)> = Vec::new();
    for (name, n) in counts.filter(|(_, n)| *n > 0) {
        match summed.iter_mut().find(|(it, _)| *it == name) {
            Some(known) => known.1 += n,
            None => summed.push((name, n)),
        }
    }
    summed.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    summed
}

#[derive(Clone, Copy)]
struct Cell {
    n: u32,
    last: u32,
    killed: u64,
    sum: [f64; 2],
    low: [f32; 2],
    high: [f32; 2],
}

/// Sums incidents up on a grid; on a coarser one than asked for where that has too many cells.
fn cells<'a>(columns: &'a Columns, chosen: &[u32], zoom: u32) -> (u32, Vec<CellTold<'a>>) {
    let placed: Vec<u32> =
        chosen.iter().copied().filter(|&at| columns.has_place(at as usize)).collect();
    for zoom in (0..=zoom).rev() {
        if let Some(cells) = cells_at(columns, &placed, zoom) {
            return (zoom, cells.iter().map(|cell| cell_told(columns, cell)).collect());
        }
    }
    (0, Vec::new())
}

fn cells_at(columns: &Columns, placed: &[u32], zoom: u32) -> Option<Vec<Cell>> {
    let scale = WORLD * f64::from(1_u32 << zoom) / CELL;
    let square =
        |at: u32| columns.squares[at as usize].map(|it| (f64::from(it) * scale).max(0.0) as u32);
    let squares: Vec<[u32; 2]> = placed.iter().map(|&at| square(at)).collect();
    let ends = |axis: usize| {
        let of = || squares.iter().map(|it| it[axis]);
        Some((of().min()?, of().max()?))
    };
    let (Some((left, right)), Some((top, bottom))) = (ends(0), ends(1)) else {
        return Some(Vec::new());
    };
    let (wide, high) = ((right - left + 1) as usize, (bottom - top + 1) as usize);
    // Zoom 0 is always taken.
    if zoom > 0 && wide.saturating_mul(high) > MOST_COUNTED {
        return None;
    }
    let mut grid = vec![u32::MAX; wide * high];
    let mut cells: Vec<Cell> = Vec::new();
    for (&at, &[x, y]) in placed.iter().zip(&squares) {
        let place = columns.places[at as usize];
        let number = &mut grid[(y - top) as usize * wide + (x - left) as usize];
        if *number == u32::MAX {
            if zoom > 0 && cells.len() == MOST_CELLS {
                return None;
            }
            *number = cells.len() as u32;
            cells.push(Cell { n: 0, last: at, killed: 0, sum: [0.0; 2], low: place, high: place });
        }
        let cell = &mut cells[*number as usize];
        cell.n += 1;
        cell.last = at;
        cell.killed += upper(columns.killed[at as usize]);
        for (axis, degrees) in place.into_iter().enumerate() {
            cell.sum[axis] += f64::from(degrees);
            cell.low[axis] = cell.low[axis].min(degrees);
            cell.high[axis] = cell.high[axis].max(degrees);
        }
    }
    Some(cells)
}

fn cell_told<'a>(columns: &'a Columns, cell: &Cell) -> CellTold<'a> {
    let [lat, lon] = cell.sum.map(|sum| rounded(sum / f64::from(cell.n)));
    let ([south, west], [north, east]) =
        (cell.low.map(|it| rounded(f64::from(it))), cell.high.map(|it| rounded(f64::from(it))));
    let at = cell.last as usize;
    let one = cell.n == 1;
    CellTold {
        at: [lon, lat],
        n: cell.n,
        killed: cell.killed,
        ends: [west, south, east, north],
        id: one.then(|| &*columns.ids[at]),
        radius_m: one.then(|| columns.radii[at].round()),
        kind: if one { columns.kind(at).map(Kind::name) } else { None },
    }
}

/// Degrees to about ten metres.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e4).round() / 1e4
}

/// How wide bins can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bin {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
}

impl Bin {
    const ALL: [(Bin, &str); 7] = [
        (Bin::Day, "day"),
        (Bin::Week, "week"),
        (Bin::Month, "month"),
        (Bin::Quarter, "quarter"),
        (Bin::Year, "year"),
        (Bin::Decade, "decade"),
        (Bin::Century, "century"),
    ];

    /// The first day of the bin that a day is in.
    fn start(self, day: Date) -> Option<Date> {
        let (year, month) = (day.year(), day.month());
        match self {
            Bin::Day => Some(day),
            Bin::Week => {
                day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()
            }
            Bin::Month => Some(day.first_of_month()),
            Bin::Quarter => Date::new(year, (month - 1) / 3 * 3 + 1, 1).ok(),
            Bin::Year => Some(day.first_of_year()),
            Bin::Decade => Date::new(year.div_euclid(10) * 10, 1, 1).ok(),
            Bin::Century => Date::new(year.div_euclid(100) * 100, 1, 1).ok(),
        }
    }

    /// The first day of the bin after one that begins on a day.
    fn next(self, start: Date) -> Option<Date> {
        let width = match self {
            Bin::Day => 1.days(),
            Bin::Week => 1.weeks(),
            Bin::Month => 1.months(),
            Bin::Quarter => 3.months(),
            Bin::Year => 1.years(),
            Bin::Decade => 10.years(),
            Bin::Century => 100.years(),
        };
        start.checked_add(width).ok()
    }

    /// The first days of all bins from one day to another, if they are no more than so many.
    fn starts(self, first: Date, last: Date, most: usize) -> Option<Vec<Date>> {
        let mut starts = vec![self.start(first)?];
        while let Some(next) = self.next(starts[starts.len() - 1]).filter(|next| *next <= last) {
            if starts.len() == most {
                return None;
            }
            starts.push(next);
        }
        Some(starts)
    }
}

fn bins(columns: &Columns, fitting: &[u32], most: usize) -> (&'static str, Vec<BinTold>) {
    let dated = || fitting.iter().map(|&at| at as usize).filter(|&at| columns.has_day(at));
    let firsts = || dated().map(|at| columns.days[at][0]);
    let (Some(first), Some(last)) = (firsts().min(), firsts().max()) else {
        return ("day", Vec::new());
    };
    let (Some(from), Some(to)) = (date(first), date(last)) else { return ("day", Vec::new()) };
    let found = Bin::ALL
        .iter()
        .find_map(|&(bin, name)| Some((bin, name, bin.starts(from, to, most.max(1))?)));
    let Some((bin, name, starts)) = found else { return ("century", Vec::new()) };
    let numbers: Vec<i32> = starts.iter().map(|start| days_since_1970(*start)).collect();
    // Which bin a day is in, looked up: there are far fewer days than incidents.
    let mut bin_of = vec![0_u32; (last - first + 1) as usize];
    for (number, &start) in numbers.iter().enumerate() {
        let end = numbers.get(number + 1).map_or(last + 1, |next| *next);
        bin_of[(start.max(first) - first) as usize..(end - first) as usize].fill(number as u32);
    }
    let mut sums = vec![(0_u32, 0_u64, 0_u32); starts.len()];
    for at in dated() {
        let sum = &mut sums[bin_of[(columns.days[at][0] - first) as usize] as usize];
        sum.0 += 1;
        sum.1 += upper(columns.killed[at]);
        sum.2 += u32::from(columns.source_sets[columns.told_by[at] as usize].len() > 1);
    }
    let bins = starts.iter().zip(sums).map(|(start, (n, killed, several))| {
        let end = bin.next(*start).and_then(|next| next.yesterday().ok());
        let end = end.map(|it| it.to_string());
        BinTold { first: start.to_string(), last: end, n, killed, several }
    });
    (name, bins.collect())
}

fn date(days: i32) -> Option<Date> {
    Date::new(1970, 1, 1).ok()?.checked_add(i64::from(days).days()).ok()
}

fn days_since_1970(day: Date) -> i32 {
    let day = Day::parse_iso(&day.to_string());
    day.map_or(i32::MIN, Day::days_since_1970)
}

/// A day as text, by its number.
pub(crate) fn day_text(days: i32) -> Option<String> {
    Day::from_days_since_1970(days).map(|day| day.to_string())
}
