//! How often by chance. The data are made again as they would be if nothing were the matter, and
//! the likeliest cluster of each replication is kept. Replication k draws from stream k of the
//! seed, so that neither the number of threads nor stopping early changes it.

use rayon::prelude::*;

use super::background::{Cells, Population, Weigh};
use super::circles::Circles;
use super::look::{Inside, Span, around};
use super::options::Replications;
use crate::Chance;

/// Makes data under the null hypothesis.
pub(super) trait Null: Sync {
    /// The cases of one replication that a window could hold: (place, step).
    fn draw(
        &self,
        chance: &mut Chance,
        span: Span,
        slots: &mut Vec<u32>,
        out: &mut Vec<(u32, u32)>,
    );
}

/// Dates permuted against places.
pub(super) struct Permuted<'a> {
    pub cases: &'a [(u32, u32)],
}

impl Null for Permuted<'_> {
    fn draw(
        &self,
        chance: &mut Chance,
        span: Span,
        slots: &mut Vec<u32>,
        out: &mut Vec<(u32, u32)>,
    ) {
        // Only the dates that a window could hold need a place; the others fill what is left.
        let seen = self.cases.iter().map(|&(_, step)| step).filter(|&step| span.sees(step));
        choose(chance, self.cases.len(), slots, seen, |slot, step| {
            out.push((self.cases[slot as usize].0, step));
        });
    }
}

/// The same number of cases among the same people.
pub(super) struct Labelled<'a> {
    pub people: &'a [(u32, u32)],
    pub n_cases: usize,
}

impl Null for Labelled<'_> {
    fn draw(
        &self,
        chance: &mut Chance,
        span: Span,
        slots: &mut Vec<u32>,
        out: &mut Vec<(u32, u32)>,
    ) {
        choose(chance, self.people.len(), slots, 0..self.n_cases, |slot, _| {
            let person = self.people[slot as usize];
            if span.sees(person.1) {
                out.push(person);
            }
        });
    }
}

/// Gives each item a slot of its own among `n`, all equally likely, and leaves `slots` as it was.
fn choose<T>(
    chance: &mut Chance,
    n: usize,
    slots: &mut Vec<u32>,
    items: impl Iterator<Item = T>,
    mut give: impl FnMut(u32, T),
) {
    if slots.len() != n {
        *slots = (0..n as u32).collect();
    }
    // Reshuffling what the last replication left would be as random, but would depend on it.
    let mut swaps = Vec::new();
    for (at, item) in items.enumerate() {
        let other = at + chance.below(n - at);
        slots.swap(at, other);
        swaps.push(other);
        give(slots[at], item);
    }
    for (at, other) in swaps.into_iter().enumerate().rev() {
        slots.swap(at, other);
    }
}

/// The same number of cases, dropped where they are expected.
pub(super) struct Dropped<'a> {
    pub population: &'a Population,
    /// Cases expected at all places before each place, and at last altogether.
    pub before: Vec<f64>,
    pub n_cases: usize,
}

impl<'a> Dropped<'a> {
    pub(super) fn new(population: &'a Population, n_sites: usize, n_cases: usize) -> Dropped<'a> {
        let mut before = vec![0.0];
        for site in 0..n_sites {
            before.push(before[site] + population.row(site as u32)[population.n_steps]);
        }
        Dropped { population, before, n_cases }
    }
}

impl Null for Dropped<'_> {
    fn draw(&self, chance: &mut Chance, span: Span, _: &mut Vec<u32>, out: &mut Vec<(u32, u32)>) {
        let n_sites = self.before.len() - 1;
        for _ in 0..self.n_cases {
            let at = chance.unit() * self.before[n_sites];
            let site = self.before.partition_point(|&sum| sum <= at).clamp(1, n_sites) - 1;
            let row = self.population.row(site as u32);
            let at = chance.unit() * row[self.population.n_steps];
            let step = row.partition_point(|&sum| sum <= at).clamp(1, row.len() - 1) - 1;
            if span.sees(step as u32) {
                out.push((site as u32, step as u32));
            }
        }
    }
}

/// What replicating gave.
pub(super) struct Replicated {
    /// The highest ratio of each replication, in order.
    pub maxima: Vec<f64>,
    /// Enough of them were as odd as the data, before all were done.
    pub stopped: bool,
}

/// What one thread keeps from replication to replication.
struct Desk {
    inside: Inside,
    cells: Cells,
    slots: Vec<u32>,
    drawn: Vec<(u32, u32)>,
    /// The least background for each number of cases.
    least: Vec<f64>,
}

/// Replicates until there are enough. `observed` is the ratio of the likeliest cluster.
pub(super) fn replicate<W: Weigh, N: Null>(
    (circles, n_sites): (&Circles, usize),
    people: Option<&Cells>,
    weigh: &W,
    null: &N,
    span: Span,
    (replications, observed, seed): (Replications, f64, u64),
) -> Replicated {
    let one = |desk: &mut Desk, number: u32| {
        desk.drawn.clear();
        let mut chance = Chance::new(seed, u64::from(number));
        null.draw(&mut chance, span, &mut desk.slots, &mut desk.drawn);
        desk.cells.refill(n_sites, &desk.drawn);
        desk.least.clear();
        desk.least.resize(desk.drawn.len() + 1, f64::INFINITY);
        let Desk { inside, cells, least, .. } = desk;
        for centre in 0..n_sites as u32 {
            around(centre, circles, (cells, people), weigh, span, inside, |window| {
                let known = &mut least[window.cases as usize];
                *known = known.min(window.weight);
            });
        }
        let found = least.iter().enumerate().filter(|(_, weight)| weight.is_finite());
        found.map(|(n, &weight)| weigh.ratio(n as u32, weight)).fold(0.0, f64::max)
    };
    let desk = || Desk {
        inside: Inside::default(),
        cells: Cells::group(0, &[]),
        slots: Vec::new(),
        drawn: Vec::new(),
        least: Vec::new(),
    };
    let mut maxima = Vec::new();
    let mut as_odd = 0;
    let batch = if replications.enough.is_some() { 64 } else { replications.most.max(1) };
    while (maxima.len() as u32) < replications.most {
        let from = maxima.len() as u32;
        let numbers = from..(from + batch).min(replications.most);
        let batch: Vec<f64> = numbers.into_par_iter().map_init(desk, one).collect();
        for max in batch {
            maxima.push(max);
            as_odd += u32::from(is_as_odd(max, observed));
            if replications.enough == Some(as_odd) {
                let stopped = (maxima.len() as u32) < replications.most;
                return Replicated { maxima, stopped };
            }
        }
    }
    Replicated { maxima, stopped: false }
}

/// Whether a replication is at least as odd, up to rounding: the same cases may be summed in
/// another order.
pub(super) fn is_as_odd(simulated: f64, observed: f64) -> bool {
    simulated >= observed - 1e-10 * observed.abs()
}
