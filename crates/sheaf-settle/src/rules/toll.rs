//! How many were killed, injured, missing, abducted: which claims are heard, and on which lines of
//! comparable claims ([`scope`](super::scope)) they stand. What becomes of a line is a profile's
//! business; the default's rule, *min-max*, is in [`min_max`](super::min_max).
//!
//! - A word ("dozens") is heard only where nobody gives a number, an unconfirmed toll only where
//!   nobody gives either, a feared one last.
//! - A profile may hear a party to the incident only where others are silent, or not at all.
//! - Aggregates give no incident's toll: they are never compared with one nor added to it.

use sheaf_model::{Attackers, ClaimRef, Harm, Qualifier, Settled, Toll, Whom};

use super::scope::{self, Line};
use super::settled;
use crate::hearing::{Hearing, Standing, Voiced};
use crate::ruling::{Alignment, Docket, Why};

/// Which tolls a profile settles.
pub(crate) struct Ask {
    pub(crate) harms: &'static [Harm],
    pub(crate) whoms: &'static [Whom],
    pub(crate) parties: Parties,
}

/// What a profile makes of tolls told by an organisation that claimed the incident or is blamed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parties {
    /// They are heard like everyone.
    Alike,
    /// They are heard where others are silent.
    Last,
    /// They are not heard.
    Never,
}

/// The comparable claims of one harm and party.
pub(crate) struct Table {
    pub(crate) harm: Harm,
    pub(crate) whom: Whom,
    pub(crate) lines: Vec<Line>,
}

/// Lays out the tolls that the reports give, in the order of harms and parties.
pub(crate) fn tables(hearing: &Hearing<'_>, ask: &Ask, docket: &mut Docket) -> Vec<Table> {
    let by_parties = match ask.parties {
        Parties::Alike => Vec::new(),
        Parties::Last | Parties::Never => hearing.by_parties(),
    };
    let by_party = |at: ClaimRef| by_parties.get(at.report as usize).is_some_and(|&it| it);
    let mut said: Vec<(ClaimRef, Toll)> = Vec::new();
    for (at, toll) in hearing.tolls() {
        if !ask.harms.contains(&toll.harm) {
            docket.put_aside(at, Why::HarmNotSettled);
        } else if ask.parties == Parties::Never && by_party(at) {
            docket.put_aside(at, Why::Perpetrator);
        } else {
            if !ask.whoms.contains(&toll.whom) {
                docket.put_aside(at, Why::PartyNotSettled);
            }
            said.push((at, toll));
        }
    }
    let mut tables = Vec::new();
    let mut turns = Vec::new();
    for &harm in ask.harms {
        for &whom in ask.whoms {
            let mut claims = Vec::new();
            turns.clear();
            for &(at, toll) in &said {
                if toll.harm == harm && toll.whom == whom {
                    let mut turn = hearing.turn(at, toll.as_of);
                    let looseness = looseness(toll.qualifier);
                    turn.rank = turn.rank * 8 + u8::from(by_party(at)) * 4 + looseness;
                    turn.scope = toll.attackers as u8;
                    claims.push(hearing.voice_of(at, toll.as_of, toll));
                    turns.push(turn);
                }
            }
            if claims.is_empty() {
                continue;
            }
            hearing.give_standing(&mut claims, &turns);
            let best = turns.iter().map(|turn| turn.rank).min().unwrap_or_default();
            for (claim, turn) in claims.iter().zip(&turns) {
                put_aside(hearing, claim, turn.rank, best, docket);
            }
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
            for aligned in lines.iter().flat_map(|line| &line.counted) {
                if let Some(with) = aligned.with {
                    let (said, gives) = (aligned.said_in, aligned.toll);
                    docket.alignments.push(Alignment { said, with, gives });
                }
            }
            tables.push(Table { harm, whom, lines });
        }
    }
    tables
}

/// Notes why a claim is not counted, if it is not.
fn put_aside(hearing: &Hearing<'_>, claim: &Voiced<Toll>, rank: u8, best: u8, docket: &mut Docket) {
    let why = match claim.standing {
        Standing::Counted => return,
        Standing::Superseded => Why::Superseded,
        Standing::Outranked if rank / 8 > best / 8 => hearing.why_outranked(claim.at),
        Standing::Outranked if rank / 4 > best / 4 => Why::Party,
        Standing::Outranked => match claim.value.qualifier {
            Qualifier::Feared => Why::Feared,
            Qualifier::Unconfirmed => Why::Unconfirmed,
            _ => Why::Word,
        },
    };
    docket.put_aside(claim.at, why);
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

/// A settled toll: the claims in `from` and those of the line's uncounted claims that overlap the
/// value are for it, all others against it. An earlier toll of the same speaker is against it
/// unless it is the very same number.
pub(crate) fn filed(
    value: Toll,
    by: &'static str,
    line: &Line,
    mut from: Vec<ClaimRef>,
    mut against: Vec<ClaimRef>,
) -> Settled<Toll> {
    for claim in &line.aside {
        let is_for = match claim.standing {
            Standing::Superseded => claim.value.count == value.count,
            _ => claim.value.count.overlaps(value.count),
        };
        if is_for { &mut from } else { &mut against }.push(claim.at);
    }
    against.retain(|at| !from.contains(at));
    settled(value, by, from, against)
}

/// Whether the attackers are in a line's toll: for a toll of one party the question has no meaning.
pub(crate) fn scope_of(whom: Whom, line: &Line) -> Attackers {
    if whom == Whom::All { line.attackers } else { Attackers::Unsaid }
}
