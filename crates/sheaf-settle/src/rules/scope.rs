//! Which tolls may be compared. "31" and "43, including the attackers" differ in what they count,
//! so they are laid on different lines before any numbers are looked at.
//!
//! Killed, injured, missing and abducted are never compared with each other, nor are the tolls of
//! civilians, of attackers and of the sides. What takes thought is a toll of *all*, which counts
//! the attackers, leaves them out, or does not say:
//!
//! - Where one report gives both a toll of all and the attackers' toll, the other of the two
//!   scopes follows by subtraction or addition: 43 including 4 attackers is 39 without. Both
//!   claims then stand behind the 39. This is done within one report only; taking one source's
//!   attackers off another's total would make a number that nobody said.
//! - Where somebody tells the two scopes apart, tolls with, without, and those that do not say
//!   are three lines. An unsaid toll may be either, and is not pressed into one.
//! - Where nobody does (all that say anything say the same, or there were no attackers among the
//!   dead), there is one line, and it says "with" or "without" only if all its claims do.

use sheaf_model::{Attackers, ClaimRef, Count, Day, Toll, Whom};

use crate::hearing::{Standing, Voiced};
use crate::ruling::{Docket, Why};

/// Claims of one scope: these, and no others, may be compared.
#[derive(Debug)]
pub(crate) struct Line {
    /// Whether they count the attackers.
    pub(crate) attackers: Attackers,
    /// The tolls that take part in the choice of a value, said or converted.
    pub(crate) counted: Vec<Aligned>,
    /// Comparable claims that were outranked or superseded.
    pub(crate) aside: Vec<Voiced<Toll>>,
}

/// A toll in the scope of its line, with the claim it was said in or the two it follows from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aligned {
    pub(crate) toll: Toll,
    pub(crate) said_in: ClaimRef,
    pub(crate) with: Option<ClaimRef>,
    pub(crate) voice: u32,
    /// The day it was true as of, or else its report was published.
    pub(crate) day: Option<Day>,
}

impl Aligned {
    /// The claim or claims it rests on.
    pub(crate) fn rests_on(&self) -> impl Iterator<Item = ClaimRef> {
        [Some(self.said_in), self.with].into_iter().flatten()
    }
}

/// Lays claims of one harm and party on lines, in the order with, without, unsaid. `attackers_in`
/// gives the attackers' toll in the report of a claim, if that report gives just one.
pub(crate) fn lines(
    whom: Whom,
    claims: &[Voiced<Toll>],
    attackers_in: impl Fn(ClaimRef) -> Option<(ClaimRef, Count)>,
) -> Vec<Line> {
    let is_counted = |claim: &&Voiced<Toll>| claim.standing == Standing::Counted;
    let aligned = |claim: &Voiced<Toll>| Aligned {
        toll: claim.value,
        said_in: claim.at,
        with: None,
        voice: claim.voice,
        day: claim.day,
    };
    let mut counted: Vec<Aligned> = claims.iter().filter(is_counted).map(aligned).collect();
    let mut labels = Vec::new();
    if whom != Whom::All {
        labels.push(Attackers::Unsaid);
    } else {
        let n_said = counted.len();
        for idx in 0..n_said {
            let converted = attackers_in(counted[idx].said_in)
                .and_then(|(with, toll)| convert(counted[idx], with, toll));
            let said_as_well = |other: Aligned| {
                counted[..n_said].iter().any(|said| {
                    said.said_in.report == other.said_in.report
                        && said.toll.attackers == other.toll.attackers
                })
            };
            if let Some(other) = converted.filter(|&other| !said_as_well(other)) {
                counted.push(other);
            }
        }
        let said_of = |label| counted[..n_said].iter().any(|it| it.toll.attackers == label);
        let both_said = said_of(Attackers::Included) && said_of(Attackers::Excluded);
        let differ = counted[n_said..].iter().any(|other| {
            let said = counted[..n_said].iter().find(|said| said.said_in == other.said_in);
            said.is_none_or(|said| said.toll.count != other.toll.count)
        });
        if both_said || differ {
            labels.extend([Attackers::Included, Attackers::Excluded, Attackers::Unsaid]);
        } else {
            counted.truncate(n_said);
            labels.extend(counted.first().map(|first| first.toll.attackers));
            if counted.iter().any(|it| Some(&it.toll.attackers) != labels.first()) {
                labels = vec![Attackers::Unsaid];
            }
        }
    }
    let one_line = labels.len() == 1;
    let mut lines: Vec<Line> = labels
        .into_iter()
        .map(|attackers| Line {
            attackers,
            counted: counted
                .iter()
                .filter(|it| one_line || it.toll.attackers == attackers)
                .copied()
                .collect(),
            aside: Vec::new(),
        })
        .filter(|line| !line.counted.is_empty())
        .collect();
    for claim in claims.iter().filter(|claim| !is_counted(claim)) {
        // On the line of its own scope, or where there is none, on all.
        let own = lines.iter_mut().find(|line| line.attackers == claim.value.attackers);
        match own {
            Some(line) => line.aside.push(*claim),
            None => lines.iter_mut().for_each(|line| line.aside.push(*claim)),
        }
    }
    lines
}

/// The line whose scope comes first in this order, for a profile that gives one toll where several
/// scopes were told. The claims of the other lines are noted: one that does not say its scope may
/// yet turn out to belong here.
pub(crate) fn first_of(
    mut lines: Vec<Line>,
    order: [Attackers; 3],
    docket: &mut Docket,
) -> Option<Line> {
    let place = |line: &Line| order.iter().position(|&scope| scope == line.attackers);
    lines.sort_by_key(place);
    let mut lines = lines.into_iter();
    let chosen = lines.next()?;
    for line in lines {
        let unsaid = line.attackers == Attackers::Unsaid;
        put_aside(&line, if unsaid { Why::ScopeUnsaid } else { Why::OtherScope }, docket);
    }
    Some(chosen)
}

/// Notes the claims of a line from which no value is taken.
pub(crate) fn put_aside(line: &Line, why: Why, docket: &mut Docket) {
    let said = line.counted.iter().filter(|it| it.with.is_none()).map(|it| it.said_in);
    for at in said.chain(line.aside.iter().map(|claim| claim.at)) {
        docket.put_aside(at, why);
    }
}

/// The toll in the other scope, where attackers are counted in one and not in the other.
fn convert(said: Aligned, with: ClaimRef, attackers: Count) -> Option<Aligned> {
    let count = said.toll.count;
    let both = |a: Option<u32>, b: Option<u32>, sum: fn(u32, u32) -> Option<u32>| {
        a.zip(b).and_then(|(a, b)| sum(a, b))
    };
    let (scope, low, best, high) = match said.toll.attackers {
        Attackers::Unsaid => return None,
        Attackers::Included => (
            Attackers::Excluded,
            // With no upper bound to the attackers, all of them may have been.
            attackers.high().map_or(0, |most| count.low().saturating_sub(most)),
            both(count.best(), attackers.best(), u32::checked_sub),
            match count.high() {
                // More attackers than dead in all: the report contradicts itself.
                Some(high) => Some(high.checked_sub(attackers.low())?),
                None => None,
            },
        ),
        Attackers::Excluded => (
            Attackers::Included,
            count.low().checked_add(attackers.low())?,
            both(count.best(), attackers.best(), u32::checked_add),
            match count.high().zip(attackers.high()) {
                Some((high, most)) => Some(high.checked_add(most)?),
                None => None,
            },
        ),
    };
    let count = Count::new(low, best, high).or_else(|| Count::new(low, None, high))?;
    let toll = Toll { attackers: scope, count, ..said.toll };
    Some(Aligned { toll, with: Some(with), ..said })
}
