//! Where to look. A centre's places are added ring by ring; the cases inside are kept as a short
//! list of the steps that have any, never as a grid of places and days.
//!
//! Only windows that can be the likeliest are visited: they begin and end in a step with a case, and
//! their circle's outermost ring has a case in them. Any other window holds the same cases as a
//! smaller one, where they are less expected.

use super::background::{Cells, Weigh};
use super::circles::Circles;

/// How far windows reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// The longest window, in steps.
    pub longest: u32,
    /// The last step of the period.
    pub last: u32,
    /// Only windows that reach to the last step.
    pub now: bool,
    /// The fewest cases of a cluster.
    pub fewest: u32,
}

impl Span {
    /// Whether a window could hold this step.
    pub(super) fn sees(self, step: u32) -> bool {
        !self.now || step + self.longest > self.last
    }
}

/// A window in a circle: the first `n_sites` neighbours of a centre, from step to step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Window {
    pub n_sites: u32,
    pub first: u32,
    pub last: u32,
    pub cases: u32,
    /// What the background puts there: see [`Weigh`].
    pub weight: f64,
}

/// The cases of a step inside a circle, and the people where they are counted one by one.
#[derive(Clone, Copy)]
struct Step {
    step: u32,
    cases: u32,
    people: u32,
}

/// What is inside a circle while it grows; reused from centre to centre.
#[derive(Default)]
pub(super) struct Inside {
    steps: Vec<Step>,
    /// Steps to which the newest ring brought cases, ascending.
    fresh: Vec<u32>,
    /// The background inside: see [`Weigh`].
    pub weight: f64,
    pub row: Vec<f64>,
}

impl Inside {
    fn clear(&mut self) {
        self.steps.clear();
        self.fresh.clear();
        self.weight = 0.0;
        self.row.clear();
    }

    fn at(&mut self, step: u32) -> &mut Step {
        // Most often the step is the newest or new at the end.
        let idx = self.steps.partition_point(|it| it.step < step);
        if self.steps.get(idx).is_none_or(|it| it.step != step) {
            self.steps.insert(idx, Step { step, cases: 0, people: 0 });
        }
        &mut self.steps[idx]
    }

    fn add_case(&mut self, step: u32) {
        self.at(step).cases += 1;
        if let Err(idx) = self.fresh.binary_search(&step) {
            self.fresh.insert(idx, step);
        }
    }
}

/// Visits the windows around a centre that can be the likeliest.
pub(super) fn around<W: Weigh>(
    centre: u32,
    circles: &Circles,
    (cases, people): (&Cells, Option<&Cells>),
    weigh: &W,
    span: Span,
    inside: &mut Inside,
    mut visit: impl FnMut(Window),
) {
    inside.clear();
    for (n_sites, (site, ends_ring)) in (1..).zip(circles.around(centre)) {
        weigh.enter(site, inside);
        for &step in people.map_or(&[][..], |people| people.at(site)) {
            inside.at(step).people += 1;
        }
        for &step in cases.at(site) {
            inside.add_case(step);
        }
        if !ends_ring || inside.fresh.is_empty() {
            continue;
        }
        let each = |first, last, (cases, people)| {
            if cases >= span.fewest {
                let weight = weigh.weight(inside, first, last, people);
                visit(Window { n_sites, first, last, cases, weight });
            }
        };
        match span.now {
            true => back_from_the_end(inside, span, each),
            false => anywhere(inside, span, each),
        }
        inside.fresh.clear();
    }
}

/// Windows to the last step, from a step with a case, with something of the newest ring in them.
fn back_from_the_end(inside: &Inside, span: Span, mut each: impl FnMut(u32, u32, (u32, u32))) {
    let newest = inside.fresh[inside.fresh.len() - 1];
    let mut sums = (0, 0);
    for it in inside.steps.iter().rev() {
        sums = (sums.0 + it.cases, sums.1 + it.people);
        if it.cases > 0 && it.step <= newest {
            each(it.step, span.last, sums);
        }
    }
}

/// Windows from a step with a case to a step with a case, with something of the newest ring.
fn anywhere(inside: &Inside, span: Span, mut each: impl FnMut(u32, u32, (u32, u32))) {
    let (steps, fresh) = (&inside.steps, &inside.fresh);
    let newest = fresh[fresh.len() - 1];
    let mut from = steps.partition_point(|it| it.step + span.longest <= fresh[0]);
    let mut next = 0;
    while from < steps.len() && steps[from].step <= newest {
        let first = steps[from].step;
        while fresh[next] < first {
            next += 1;
        }
        if steps[from].cases > 0 && fresh[next] - first < span.longest {
            let mut sums = (0, 0);
            for it in &steps[from..] {
                if it.step - first >= span.longest {
                    break;
                }
                sums = (sums.0 + it.cases, sums.1 + it.people);
                if it.cases > 0 && it.step >= fresh[next] {
                    each(first, it.step, sums);
                }
            }
        }
        from += 1;
    }
}
