//! How many were killed, injured, missing, abducted.
//!
//! *Rule "min-max".* On each line of comparable claims ([`scope`](super::scope)) the value reaches
//! from the lowest to the highest number of the claims that are counted, and none of them is
//! against it: the width *is* the disagreement. In particular:
//!
//! - "At least 31" says nothing about how many it were at most, so it may lower the low end and
//!   never touches the high end, unless it stands alone or lies above every upper bound: then the
//!   others are contradicted and there is no upper bound. "Up to 50" is its mirror image: it may
//!   raise the high end, and touches the low end only if it lies below every other claim.
//! - A source's own best value is kept if all that name one name the same, and nobody rules it
//!   out. A plain number is its own best value.
//! - A word ("dozens") is heard only where nobody gives a number, an unconfirmed toll only where
//!   nobody gives either, a feared one last. They are filed with the value if they overlap it.
//! - An earlier toll by the same speaker is against, in whichever scope its later toll is, unless
//!   it is the very same number.
//! - Copies that repeat a number add nothing; copies that differ in it all count, because a
//!   difference must not be hidden by taking one for a slip of the other.
//! - The value is as of the latest day its claims give, if all of them give one.

use sheaf_model::{Attackers, ClaimRef, Count, Harm, Qualifier, Settled, Toll, Whom};

use super::scope::{self, Aligned, Line};
use super::settled;
use crate::hearing::{Hearing, Standing};

/// Settles every toll that the reports give, by harm, party and scope.
pub(crate) fn min_max(hearing: &Hearing<'_>) -> Vec<Settled<Toll>> {
    let said: Vec<(ClaimRef, Toll)> = hearing.tolls().collect();
    let mut tolls = Vec::new();
    let mut claims = Vec::new();
    let mut turns = Vec::new();
    for harm in Harm::ALL {
        for whom in Whom::ALL {
            claims.clear();
            turns.clear();
            for &(at, toll) in &said {
                if toll.harm == harm && toll.whom == whom {
                    let mut turn = hearing.turn(at, toll.as_of);
                    turn.rank = turn.rank * 4 + looseness(toll.qualifier);
                    turn.scope = toll.attackers as u8;
                    claims.push(hearing.voice_of(at, toll));
                    turns.push(turn);
                }
            }
            if claims.is_empty() {
                continue;
            }
            hearing.give_standing(&mut claims, &turns);
            let attackers_in = |at: ClaimRef| {
                let mut found = said.iter().filter(|(other, toll)| {
                    other.report == at.report
                        && toll.harm == harm
                        && toll.whom == Whom::Attackers
                        && looseness(toll.qualifier) == 0
                });
                let (at, toll) = found.next()?;
                found.next().is_none().then_some((*at, toll.count))
            };
            let lines = scope::lines(whom, &claims, attackers_in);
            tolls.extend(lines.iter().filter_map(|line| settle_line(harm, whom, line)));
        }
    }
    tolls
}

/// How loosely a toll is put: only the firmest on offer are counted.
fn looseness(qualifier: Qualifier) -> u8 {
    match qualifier {
        Qualifier::Exactly
        | Qualifier::About
        | Qualifier::AtLeast
        | Qualifier::MoreThan
        | Qualifier::UpTo => 0,
        Qualifier::Words => 1,
        Qualifier::Unconfirmed => 2,
        Qualifier::Feared => 3,
    }
}

fn settle_line(harm: Harm, whom: Whom, line: &Line) -> Option<Settled<Toll>> {
    let value = Toll {
        harm,
        whom,
        attackers: if whom == Whom::All { line.attackers } else { Attackers::Unsaid },
        qualifier: qualifier(&line.counted),
        count: reach(&line.counted)?,
        as_of: as_of(&line.counted),
    };
    let mut from: Vec<ClaimRef> =
        line.counted.iter().flat_map(|it| [Some(it.said_in), it.with]).flatten().collect();
    let mut against = Vec::new();
    for claim in &line.aside {
        let is_for = match claim.standing {
            Standing::Superseded => claim.value.count == value.count,
            _ => claim.value.count.overlaps(value.count),
        };
        if is_for { &mut from } else { &mut against }.push(claim.at);
    }
    Some(settled(value, "min-max", from, against))
}

/// From the lowest to the highest number, open above only if it must be.
fn reach(claims: &[Aligned]) -> Option<Count> {
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
fn qualifier(claims: &[Aligned]) -> Qualifier {
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

fn as_of(claims: &[Aligned]) -> Option<sheaf_model::Day> {
    let days: Option<Vec<_>> = claims.iter().map(|it| it.toll.as_of).collect();
    days?.into_iter().max()
}
