//! One number out of a toll, for the profiles that give one number.
//!
//! A claim's figure is its own best value, or the lower end of a range without one. "At least 31"
//! has no figure: it contradicts nothing above it, so where others give a figure it is only asked
//! whether it can be true beside theirs. Where nobody gives a figure the bounds are all there is,
//! and the value stays open on the side on which they say nothing.

use sheaf_model::{Attackers, ClaimRef, Count, Harm, Qualifier, Settled, Toll, Whom};

use super::min_max::{as_of, qualifier, reach};
use super::scope::{Aligned, Line};
use super::toll::{filed, scope_of};
use crate::ruling::{Docket, Why};

/// A counted claim with its figure.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) number: u32,
    pub(crate) of: Aligned,
}

/// The figures on a line; none if only bounds were told.
pub(crate) fn figures(line: &Line, figure: impl Fn(&Aligned) -> Option<u32>) -> Vec<Figure> {
    let counted = line.counted.iter();
    counted.filter_map(|it| Some(Figure { number: figure(it)?, of: *it })).collect()
}

/// The figure of a claim, unless it is a bound.
pub(crate) fn figure_of(claim: &Aligned) -> Option<u32> {
    (!is_bound(claim)).then(|| claim.toll.count.best().unwrap_or(claim.toll.count.low()))
}

/// The value where only bounds were told: what all of them leave possible, and at best the lower
/// end, if somebody tells one.
pub(crate) fn settle_bounds(
    (harm, whom, by): (Harm, Whom, &'static str),
    line: &Line,
) -> Option<Settled<Toll>> {
    let reach = reach(&line.counted)?;
    let is_low_end = |it: &Aligned| it.toll.qualifier != Qualifier::UpTo;
    let best = line.counted.iter().any(is_low_end).then_some(reach.low());
    let value = Toll {
        harm,
        whom,
        attackers: scope_of(whom, line),
        qualifier: qualifier(&line.counted),
        count: Count::new(reach.low(), best, reach.high())?,
        as_of: as_of(&line.counted),
    };
    let from = line.counted.iter().flat_map(Aligned::rests_on).collect();
    Some(filed(value, by, line, from, Vec::new()))
}

/// Files the claims of a line with one figure: those that give it are for it, those that give
/// another against it, for the reason given; bounds agree if they can be true beside it.
pub(crate) fn settle_figure(
    about: (Harm, Whom, &'static str),
    line: &Line,
    figures: &[Figure],
    number: u32,
    why_not: impl Fn(&Figure) -> Why,
    docket: &mut Docket,
) -> Option<Settled<Toll>> {
    let (harm, whom, by) = about;
    let chosen = || figures.iter().filter(|figure| figure.number == number);
    let first = chosen().next()?.of.toll;
    let same = |same: fn(&Toll) -> u8| chosen().all(|it| same(&it.of.toll) == same(&first));
    let scope = if same(|it| it.attackers as u8) { first.attackers } else { Attackers::Unsaid };
    let count = Count::exactly(number)?;
    let value = Toll {
        harm,
        whom,
        attackers: if whom == Whom::All { scope } else { Attackers::Unsaid },
        qualifier: if same(|it| it.qualifier as u8) { first.qualifier } else { Qualifier::Exactly },
        count,
        as_of: as_of(&chosen().map(|it| it.of).collect::<Vec<_>>()),
    };
    let from: Vec<ClaimRef> = chosen().flat_map(|it| it.of.rests_on()).collect();
    let (mut agreeing, mut against) = (from.clone(), Vec::new());
    for other in figures.iter().filter(|figure| figure.number != number) {
        docket.put_aside(other.of.said_in, why_not(other));
        against.push(other.of.said_in);
    }
    let rest = line.counted.iter().filter(|it| !figures.iter().any(|figure| is(it, &figure.of)));
    for bound in rest.filter(|bound| !from.contains(&bound.said_in)) {
        if bound.toll.count.overlaps(count) {
            docket.put_aside(bound.said_in, Why::Bound);
            agreeing.push(bound.said_in);
        } else {
            against.push(bound.said_in);
        }
    }
    Some(filed(value, by, line, agreeing, against))
}

fn is(left: &Aligned, right: &Aligned) -> bool {
    left.said_in == right.said_in && left.with == right.with
}

fn is_bound(claim: &Aligned) -> bool {
    matches!(claim.toll.qualifier, Qualifier::AtLeast | Qualifier::MoreThan | Qualifier::UpTo)
}
