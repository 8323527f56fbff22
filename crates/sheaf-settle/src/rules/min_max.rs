//! *Rule "min-max"* for tolls. On each line of comparable claims the value reaches from the lowest
//! to the highest number of the claims that are counted, and none of them is against it: the width
//! *is* the disagreement. In particular:
//!
//! - "At least 31" says nothing about how many it were at most, so it may lower the low end and
//!   never touches the high end, unless it stands alone or lies above every upper bound: then the
//!   others are contradicted and there is no upper bound. "Up to 50" is its mirror image: it may
//!   raise the high end, and touches the low end only if it lies below every other claim.
//! - A source's own best value is kept if all that name one name the same, and nobody rules it
//!   out. A plain number is its own best value.
//! - Copies that repeat a number add nothing; copies that differ in it all count, because a
//!   difference must not be hidden by taking one for a slip of the other.
//! - The value is as of the latest day its claims give, if all of them give one.

use sheaf_model::{ClaimRef, Count, Day, Harm, Qualifier, Settled, Toll, Whom};

use super::scope::{Aligned, Line};
use super::toll::{Table, filed, scope_of};

/// Settles every line of every table.
pub(crate) fn min_max(tables: &[Table]) -> Vec<Settled<Toll>> {
    let settle = |table: &Table| {
        let lines = table.lines.iter();
        lines.filter_map(|line| min_max_of(table.harm, table.whom, line)).collect::<Vec<_>>()
    };
    tables.iter().flat_map(settle).collect()
}

/// Settles one line.
pub(crate) fn min_max_of(harm: Harm, whom: Whom, line: &Line) -> Option<Settled<Toll>> {
    let value = Toll {
        harm,
        whom,
        attackers: scope_of(whom, line),
        qualifier: qualifier(&line.counted),
        count: reach(&line.counted)?,
        as_of: as_of(&line.counted),
    };
    let from: Vec<ClaimRef> = line.counted.iter().flat_map(Aligned::rests_on).collect();
    Some(filed(value, "min-max", line, from, Vec::new()))
}

/// From the lowest to the highest number, open above only if it must be.
pub(crate) fn reach(claims: &[Aligned]) -> Option<Count> {
    let counts = || claims.iter().map(|it| it.toll.count);
    let up_to = |it: &&Aligned| it.toll.qualifier == Qualifier::UpTo;
    let lows = claims.iter().filter(|it| !up_to(it)).map(|it| it.toll.count.low());
    let highest_closed = counts().filter_map(Count::high).max();
    let highest_low = counts().map(Count::low).max()?;
    let high = highest_closed.filter(|&high| highest_low <= high);
    let lowest_up_to = claims.iter().filter(up_to).filter_map(|it| it.toll.count.high()).min();
    let low = match lows.min() {
        Some(low) if lowest_up_to.is_none_or(|ceiling| low <= ceiling) => low,
        _ => counts().map(Count::low).min()?,
    };
    let within =
        |best: u32, it: Count| it.low() <= best && it.high().is_none_or(|high| best <= high);
    let mut bests = counts().filter_map(Count::best);
    let best = bests.next().filter(|&best| {
        bests.all(|other| other == best) && counts().all(|count| within(best, count))
    });
    Count::new(low, best, high).or_else(|| Count::new(low, None, high))
}

/// The qualifier all of them share. Mixed ones make an interval, whose ends say the rest.
pub(crate) fn qualifier(claims: &[Aligned]) -> Qualifier {
    let mut qualifiers = claims.iter().map(|it| it.toll.qualifier);
    let first = qualifiers.next().unwrap_or(Qualifier::Exactly);
    if qualifiers.all(|other| other == first) {
        first
    } else if reach(claims).is_some_and(|count| count.high().is_none()) {
        Qualifier::AtLeast
    } else {
        Qualifier::Exactly
    }
}

/// The latest day, if all of them give one.
pub(crate) fn as_of(claims: &[Aligned]) -> Option<Day> {
    let days: Option<Vec<_>> = claims.iter().map(|it| it.toll.as_of).collect();
    days?.into_iter().max()
}
