//! A change of the total rate.
//!
//! # Question
//! Did the number of incidents rise (or fall) everywhere at once, and since when? The permutation scan
//! cannot see that: it holds places against each other.
//!
//! # Answer
//! [`ChangeFinding`]: the likeliest day of change with the days that are nearly as likely, the rate
//! before and after, and how often a series without a change would show one as clear.
//!
//! # Assumes
//! One change, and else the same rate throughout; blocks of days are exchangeable if nothing changed.
//! A trend or season is not that, and shows as a change; so does a source that joins: ask again on
//! the sources present throughout.
//!
//! # Formula
//! With a of n incidents on k of t days after the change: L = a ln(a/(n k/t)) + (n−a)
//! ln((n−a)/(n (t−k)/t)), the greatest over all allowed days. p: the same on series whose blocks of
//! days were put in another order, which keeps how unevenly days are filled. Days with L within 1.92
//! of the greatest are nearly as likely (a likelihood interval of 95 %).
//!
//! # References
//! - Hinkley (1970), Inference about the change-point in a sequence of random variables. Worsley (1986),
//!   Confidence regions and tests for a change-point in exponential family random variables.
//! - Jarrett (1979), A note on the intervals between coal-mining disasters: the change after 41 years,
//!   1891, in the tests.

use rayon::prelude::*;

use crate::{Chance, NoAnswer};

/// Which changes are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// A higher rate after than before.
    Rise,
    /// A lower one.
    Fall,
    /// Either.
    Either,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ChangeOptions {
    /// Which changes.
    pub direction: Direction,
    /// The fewest days before and after a change.
    pub fewest_days: usize,
    /// Days that stay together when days are permuted: 1, or 7 where weekdays differ.
    pub block_days: usize,
    /// How many permutations.
    pub permutations: u32,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangeFinding {
    /// Incidents that were used: all that were given.
    pub incidents: u64,
    /// The likeliest first day of the new rate, by position.
    pub day: usize,
    /// The first and last day that are nearly as likely.
    pub nearly: (usize, usize),
    /// Incidents a day before.
    pub before: f64,
    /// Incidents a day after.
    pub after: f64,
    /// The logarithm of the likelihood ratio; 0 if no day changes in that direction.
    pub ratio: f64,
    /// How often a series without a change shows one as clear.
    pub p: f64,
}

/// Looks for a change in the number of incidents on each day.
///
/// # Errors
/// [`NoAnswer`]: fewer than 5 incidents, all on one day, a period shorter than twice the fewest days,
/// options that mean nothing.
pub fn change_point(
    counts: &[u32],
    options: &ChangeOptions,
    seed: u64,
) -> Result<ChangeFinding, NoAnswer> {
    check(counts, options)?;
    let (day, ratio) = clearest(counts, options);
    let as_clear = (0..options.permutations).into_par_iter().filter(|&number| {
        let mut blocks: Vec<&[u32]> = counts.chunks(options.block_days).collect();
        Chance::new(seed, u64::from(number)).shuffle(&mut blocks);
        clearest(&blocks.concat(), options).1 >= ratio - 1e-10 * ratio
    });
    let p = (as_clear.count() as f64 + 1.0) / f64::from(options.permutations + 1);
    let nearly: Vec<usize> =
        ratios(counts, options).filter(|&(_, at)| at >= ratio - 1.92).map(|(day, _)| day).collect();
    let rate = |days: &[u32]| days.iter().map(|&n| f64::from(n)).sum::<f64>() / days.len() as f64;
    Ok(ChangeFinding {
        incidents: counts.iter().map(|&n| u64::from(n)).sum(),
        day,
        nearly: (nearly.first().copied().unwrap_or(day), nearly.last().copied().unwrap_or(day)),
        before: rate(&counts[..day]),
        after: rate(&counts[day..]),
        ratio,
        p,
    })
}

fn check(counts: &[u32], options: &ChangeOptions) -> Result<(), NoAnswer> {
    let have: usize = counts.iter().map(|&n| n as usize).sum();
    for (option, days) in
        [("the fewest days", options.fewest_days), ("the days of a block", options.block_days)]
    {
        if days == 0 {
            return Err(NoAnswer::BadOption { option, value: "0".into(), must: "1 or more" });
        }
    }
    if have < 5 {
        return Err(NoAnswer::TooFewCases { have, need: 5 });
    }
    let longest = (2 * options.fewest_days).max(2 * options.block_days);
    if longest > counts.len() {
        let (window, have) = (longest as f64, counts.len() as f64);
        return Err(NoAnswer::WindowTooLong { window, have, unit: "days" });
    }
    match counts.iter().filter(|&&n| n > 0).count() {
        1 => Err(NoAnswer::OneDay { have }),
        _ => Ok(()),
    }
}

/// For each allowed day of change, where to look: its likelihood ratio, 0 in the wrong direction.
fn ratios(counts: &[u32], options: &ChangeOptions) -> impl Iterator<Item = (usize, f64)> {
    let t = counts.len();
    let n: f64 = counts.iter().map(|&n| f64::from(n)).sum();
    let days = options.fewest_days..=t - options.fewest_days;
    let direction = options.direction;
    let mut seen = 0.0;
    let mut known = 0;
    days.map(move |day| {
        seen += counts[known..day].iter().map(|&n| f64::from(n)).sum::<f64>();
        known = day;
        let share = day as f64 / t as f64;
        let (expected, rest) = (n * share, n * (1.0 - share));
        let wanted = match direction {
            Direction::Rise => seen < expected,
            Direction::Fall => seen > expected,
            Direction::Either => true,
        };
        let part = |x: f64, y: f64| if x > 0.0 { x * (x / y).ln() } else { 0.0 };
        (day, if wanted { part(seen, expected) + part(n - seen, rest) } else { 0.0 })
    })
}

/// The first of the days with the greatest ratio.
fn clearest(counts: &[u32], options: &ChangeOptions) -> (usize, f64) {
    let first = (options.fewest_days, 0.0);
    ratios(counts, options).fold(first, |best, it| if it.1 > best.1 { it } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unevenness;

    fn asked(direction: Direction, fewest_days: usize) -> ChangeOptions {
        ChangeOptions { direction, fewest_days, block_days: 1, permutations: 99 }
    }

    #[test]
    fn six_days_by_hand() {
        // 1 on three days, 5 on three: 5 ln 5 + ... with 3 expected: 1 of 6, 5 of 6 on halves.
        let finding = change_point(&[0, 1, 0, 2, 1, 2], &asked(Direction::Rise, 1), 1).unwrap();
        assert_eq!((finding.day, finding.incidents), (3, 6));
        assert_eq!((finding.before, finding.after), (1.0 / 3.0, 5.0 / 3.0));
        let by_hand = (1.0f64 / 3.0).ln() + 5.0 * (5.0f64 / 3.0).ln();
        assert!((finding.ratio - by_hand).abs() < 1e-12);
        let fall = change_point(&[0, 1, 0, 2, 1, 2], &asked(Direction::Fall, 1), 1).unwrap();
        assert_eq!((fall.ratio, fall.p), (0.0, 1.0));
    }

    #[test]
    fn a_planted_rise_is_dated() {
        let mut chance = Chance::new(6, 0);
        let counts: Vec<u32> =
            (0..300).map(|day| chance.poisson(if day < 260 { 1.0 } else { 2.2 })).collect();
        let finding = change_point(&counts, &asked(Direction::Rise, 7), 1).unwrap();
        assert!(finding.p <= 0.05, "{}", finding.p);
        assert!((finding.nearly.0..=finding.nearly.1).contains(&260), "{finding:?}");
        assert!(finding.day.abs_diff(260) < 15);
    }

    #[test]
    fn p_values_are_even_when_nothing_is_the_matter() {
        let p = (0..500).map(|trial| {
            let mut chance = Chance::new(400 + trial, 1);
            // Uneven days: one in three, by chance, with a rate three times as high.
            let mut rate = || if chance.below(3) == 0 { 3.0 } else { 1.0 };
            let rates: Vec<f64> = (0..90).map(|_| rate()).collect();
            let counts: Vec<u32> = rates.iter().map(|&rate| chance.poisson(rate)).collect();
            change_point(&counts, &asked(Direction::Either, 7), trial).unwrap().p
                - chance.unit() / 100.0
        });
        let uneven = unevenness(p.collect());
        assert!(uneven < 1.95, "{uneven}");
    }

    /// Disasters in British coal mines, by year from 1851 (Jarrett 1979): 191 in 112 years.
    const COAL: [u32; 112] = [
        4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4,
        2, 5, 2, 2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2,
        0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2,
        4, 2, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1,
    ];

    #[test]
    fn coal_mines_change_after_41_years() {
        let finding = change_point(&COAL, &asked(Direction::Either, 5), 1).unwrap();
        assert_eq!((finding.incidents, finding.day), (191, 41));
        // Published: about 3.1 a year before and 0.9 after.
        assert_eq!(format!("{:.1} {:.1}", finding.before, finding.after), "3.1 0.9");
        assert_eq!(finding.p, 0.01);
    }

    #[test]
    fn why_there_is_no_answer_is_said() {
        let check = |counts: &[u32], expected: &str| {
            let error = change_point(counts, &asked(Direction::Rise, 7), 1).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(&[1, 2], "there are 3 cases, and 5 are the fewest that can be asked about");
        check(&[3; 13], "a window of 14 days is longer than the data, which span 13 days");
        let mut one = [0; 20];
        one[4] = 9;
        check(&one, "all 9 cases fall on one day (or step of time), so that no time stands out");
    }
}
