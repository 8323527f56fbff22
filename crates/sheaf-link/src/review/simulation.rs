//! Invented pairs whose truth is known, and many draws of chance: are the figures right on average,
//! and do the intervals hold what they promise? The known truth is the outside witness.

use std::collections::{HashMap, HashSet};

use sheaf_model::Verdict;

use super::estimate::{Estimate, Guess};
use super::{Candidate, Queue, Report, Share};
use crate::testing::Random;

/// Pairs and what a person would say of each.
struct World {
    candidates: Vec<Candidate>,
    same: Vec<bool>,
}

fn share(random: &mut Random) -> f64 {
    random.below(1 << 40) as f64 / (1u64 << 40) as f64
}

impl World {
    /// `n` pairs, a fifth of them linked. Linked pairs are mostly sure, unlinked ones mostly far
    /// from it, and truth follows the odds times `bend`: 1 is calibrated.
    fn new(n: usize, bend: f64, random: &mut Random) -> World {
        let mut world = World { candidates: Vec::new(), same: Vec::new() };
        for a in 0..n as u32 {
            let linked = a % 5 == 0;
            let at = share(random);
            let probability =
                if linked { 1.0 - 0.5 * at.powi(3) - 0.002 } else { 0.5 * at.powi(6) + 0.002 };
            let change = (1.0 + 3.0 * share(random)).powi(3);
            world.candidates.push(Candidate { a, b: a, key: 0, probability, linked, change });
            let odds = bend * probability / (1.0 - probability);
            world.same.push(share(random) < odds / (1.0 + odds));
        }
        world
    }

    /// Other keys, hence another draw.
    fn redrawn(&mut self, random: &mut Random) {
        for candidate in &mut self.candidates {
            candidate.key = random.below(u64::MAX);
        }
    }

    fn same(&self, linked: bool) -> f64 {
        let of = self.candidates.iter().zip(&self.same);
        of.filter(|(candidate, same)| candidate.linked == linked && **same).count() as f64
    }

    fn precision(&self) -> f64 {
        let n = self.candidates.iter().filter(|candidate| candidate.linked).count();
        self.same(true) / n as f64
    }

    fn recall(&self) -> f64 {
        self.same(true) / (self.same(true) + self.same(false))
    }

    fn says(&self, index: usize) -> Verdict {
        if self.same[index] { Verdict::Same } else { Verdict::Different }
    }

    /// Asks `n` questions after those `before` had been answered out of turn.
    fn asked<T>(
        &self,
        share: Share,
        n: usize,
        before: &HashSet<usize>,
        then: impl FnOnce(&Queue) -> T,
    ) -> T {
        let mut said: HashMap<u32, Verdict> =
            before.iter().map(|&at| (at as u32, self.says(at))).collect();
        let questions = Queue::new(&self.candidates, share, |a, _| said.get(&a).copied()).next(n);
        said.extend(questions.iter().map(|it| (it.index as u32, self.says(it.index))));
        then(&Queue::new(&self.candidates, share, |a, _| said.get(&a).copied()))
    }
}

/// Mean and standard error.
#[derive(Default)]
struct Mean {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        self.sum / self.n
    }

    fn error(&self) -> f64 {
        ((self.squares / self.n - self.mean().powi(2)) / self.n).sqrt()
    }
}

/// Both estimators of both totals, with the truth in mind: four means.
fn check_unbiased(
    what: &str,
    world: &mut World,
    share: Share,
    n: usize,
    before: impl Fn(&World, &mut Random) -> HashSet<usize>,
) {
    let mut random = Random(99);
    let mut means: [Mean; 4] = Default::default();
    for _ in 0..1_200 {
        world.redrawn(&mut random);
        let before = before(world, &mut random);
        let totals = world.asked(share, n, &before, |queue| {
            let standing = queue.standing();
            [Guess::Probability, Guess::Linking].map(|guess| {
                [standing.linked.totals(guess).same, standing.unlinked.totals(guess).same]
            })
        });
        means.iter_mut().zip(totals.as_flattened()).for_each(|(mean, &total)| mean.add(total));
    }
    let truth = [world.same(true), world.same(false)];
    for (at, mean) in means.iter().enumerate() {
        let off = (mean.mean() - truth[at % 2]).abs();
        // Of the plain estimate of a total that is known by then, not even rounding is left.
        let allowed = 3.5 * mean.error() + 1e-6;
        assert!(off <= allowed, "{what}, {at}: {} for {}", mean.mean(), truth[at % 2]);
    }
}

#[test]
fn the_totals_are_right_on_average_though_the_probabilities_are_wrong() {
    let mut world = World::new(1_000, 0.3, &mut Random(1));
    for n in [21, 150] {
        check_unbiased(&format!("{n} answers"), &mut world, Share::EVEN, n, |_, _| HashSet::new());
    }
}

#[test]
fn a_list_so_short_that_the_arms_meet_all_the_time() {
    let mut world = World::new(60, 0.3, &mut Random(2));
    for n in [12, 24, 39] {
        check_unbiased(&format!("short, {n}"), &mut world, Share::EVEN, n, |_, _| HashSet::new());
    }
}

#[test]
fn answers_out_of_turn_do_not_tilt() {
    let mut world = World::new(1_000, 0.5, &mut Random(3));
    // Somebody went for wrong links, and found two thirds of them.
    let hunted: HashSet<usize> = (0..1_000)
        .filter(|&at| world.candidates[at].linked && !world.same[at] && at % 3 != 0)
        .collect();
    assert!(hunted.len() > 15);
    check_unbiased("hunted", &mut world, Share::EVEN, 100, |_, _| hunted.clone());
    check_unbiased("hunted", &mut world, Share { top: 3, sample: 1 }, 100, |_, _| hunted.clone());
}

/// How often the intervals of precision, recall and their plain kin hold the truth, in 600 draws,
/// with `n` answers each. Truth follows the odds times `bend`, and is drawn anew each time.
fn coverage(n: usize, bend: f64) -> [f64; 4] {
    let mut random = Random(7);
    let mut inside = [0; 4];
    for draw in 0..600 {
        let mut world = World::new(1_000, bend, &mut Random(1_000 + draw));
        world.redrawn(&mut random);
        let report = world.asked(Share::EVEN, n, &HashSet::new(), |queue| queue.report(None));
        assert_eq!((report.n_answered_top, report.n_answered_sample), (n.div_ceil(2), n / 2));
        let Report { precision, recall, precision_plain, recall_plain, .. } = report;
        let truth = [world.precision(), world.recall()];
        let estimates = [precision, recall, precision_plain, recall_plain];
        for (at, Estimate { low, high, .. }) in estimates.into_iter().enumerate() {
            assert!(high > low, "an interval of width 0 from {n} answers");
            inside[at] += u32::from((low..=high).contains(&truth[at % 2]));
        }
    }
    inside.map(|it| f64::from(it) / 600.0)
}

#[test]
fn intervals_hold_what_they_promise() {
    // Calibrated, sure where it should not be, and not sure where it could be.
    for bend in [1.0, 0.3, 3.0] {
        let inside = coverage(150, bend);
        println!("odds times {bend}: {inside:?}");
        assert!(inside.iter().all(|it| (0.90..=0.99).contains(it)), "{bend}: {inside:?}");
    }
}
