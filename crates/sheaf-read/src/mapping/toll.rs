//! A toll out of its cells: a best value, bounds, a qualifier, whether the attackers are in it,
//! and the day it was true as of.

use sheaf_model::{Count, DoubtCode, Meaning, Qualifier, Toll};

use super::bind::TollColumns;
use super::count_text::parse_count;
use super::date::read_days;
use super::day_text::DayFormat;
use super::rules::{By, TollRule};
use super::sight::{Scratch, Sight};

/// Tolls above this are not counted: no single incident on record has one, while a shifted column
/// (an identifier, a sum of money) easily does. What was said is kept, with a doubt.
const LARGEST: u32 = 1_000_000;

/// Reads the group; `None` where best, low and high are all blank.
pub(crate) fn read(
    rule: &TollRule,
    columns: TollColumns,
    formats: &[DayFormat],
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Meaning)> {
    let mut main = None;
    let mut first_meaning = Meaning::NotUnderstood;
    let mut numbers = [None; 3];
    for (number, column) in numbers.iter_mut().zip([columns.best, columns.low, columns.high]) {
        let Some((column, said)) = see.filled(column) else { continue };
        match one(rule, column, said, see, scratch) {
            Ok(read) => {
                *number = Some(read);
                // The first cell that could be read speaks for the group.
                if numbers_main(main).is_none() {
                    main = Some((column, true));
                }
            }
            Err(meaning) => {
                scratch.instead(column, meaning);
                if main.is_none() {
                    main = Some((column, false));
                    first_meaning = meaning;
                }
            }
        }
    }
    let (main, read) = main?;
    if !read {
        return Some((main, first_meaning));
    }
    let Some((count, qualifier)) = put_together(numbers, columns, main, see, scratch) else {
        return Some((main, Meaning::NotUnderstood));
    };
    let qualifier = match (qualifier, choose(&rule.qualifier, columns.qualifier, see, scratch)) {
        (Qualifier::Exactly, given) => given,
        (in_the_text, _) => in_the_text,
    };
    let as_of = see.filled(columns.as_of).and_then(|(column, said)| {
        let day = read_days(formats, said).map(|when| when.last());
        if day.is_none() && !see.is_unknown(said, &[]) {
            scratch.doubt(see, column, DoubtCode::NotADay, said);
            scratch.instead(column, Meaning::NotUnderstood);
        }
        day
    });
    let attackers = choose(&rule.attackers, columns.attackers, see, scratch);
    let toll = Toll { harm: rule.harm, whom: rule.whom, attackers, qualifier, count, as_of };
    Some((main, Meaning::Toll(toll)))
}

fn numbers_main(main: Option<(u16, bool)>) -> Option<u16> {
    main.and_then(|(column, read)| read.then_some(column))
}

/// One cell: its number, or what it means that it has none.
fn one(
    rule: &TollRule,
    column: u16,
    said: &str,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Result<(Count, Qualifier), Meaning> {
    // Checked before anything else, so that a code that is also a number ("-99", "99") is a code.
    if let Some(unknown) = see.unknown(said, &rule.unknown) {
        return Err(Meaning::Unknown(unknown));
    }
    match parse_count(said) {
        Some((count, _)) if count.low().max(count.high().unwrap_or(0)) > LARGEST => {
            scratch.doubt(see, column, DoubtCode::NumberOutOfRange, said);
            Err(Meaning::NotUnderstood)
        }
        Some(read) => Ok(read),
        None => {
            let negative = said.strip_prefix('-').is_some_and(|rest| parse_count(rest).is_some());
            let code = if negative { DoubtCode::NumberOutOfRange } else { DoubtCode::NotANumber };
            scratch.doubt(see, column, code, said);
            Err(Meaning::NotUnderstood)
        }
    }
}

/// Best, low and high as one interval. A bound that is not given is not made up: without a lower
/// bound the best value is the lowest, and where only bounds were to be had there is no best.
fn put_together(
    [best, low, high]: [Option<(Count, Qualifier)>; 3],
    columns: TollColumns,
    main: u16,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(Count, Qualifier)> {
    if let (Some(best), None, None) = (best, low, high) {
        return Some(best);
    }
    let qualifier = best.or(low).or(high).map_or(Qualifier::Exactly, |(_, qualifier)| qualifier);
    let value = |count: Option<(Count, Qualifier)>| count.map(|(count, _)| count);
    let best_is = value(best).map(|count| count.best().unwrap_or(count.low()));
    let low_is = value(low).map(|count| count.low());
    let high_is = value(high).and_then(|count| count.high());
    match (best_is, low_is, high_is) {
        (None, Some(low), None) => Some((Count::at_least(low)?, Qualifier::AtLeast)),
        (None, None, Some(high)) => Some((Count::new(0, None, Some(high))?, Qualifier::UpTo)),
        _ => {
            let low = low_is.or(best_is)?;
            if let Some(count) = Count::new(low, best_is, high_is) {
                return Some((count, qualifier));
            }
            let said: Vec<&str> = [columns.low, columns.best, columns.high]
                .into_iter()
                .filter_map(|column| see.filled(column).map(|(_, said)| said))
                .collect();
            scratch.doubt(see, main, DoubtCode::BoundsOutOfOrder, &said.join(", "));
            let all = [best_is, low_is, high_is];
            let lowest = all.into_iter().flatten().min()?;
            let highest = all.into_iter().flatten().max();
            Some((Count::new(lowest, best_is, highest)?, qualifier))
        }
    }
}

/// A value that is fixed by the mapping or stands in a column.
fn choose<T: Copy>(by: &By<T>, column: Option<u16>, see: &Sight<'_>, scratch: &mut Scratch) -> T {
    match by {
        By::Fixed(value) => *value,
        By::Column { codes, otherwise, .. } => match see.filled(column) {
            None => *otherwise,
            Some((column, code)) => match see.code(codes, code) {
                Some(value) => *value,
                None => {
                    if let Some(unknown) = see.unknown(code, &[]) {
                        scratch.instead(column, Meaning::Unknown(unknown));
                    } else {
                        scratch.doubt(see, column, DoubtCode::UnknownCode, code);
                        scratch.instead(column, Meaning::NotUnderstood);
                    }
                    *otherwise
                }
            },
        },
    }
}
