//! When it happened.
//!
//! *Rule "narrowest-agreed".* Look for the day on which the claims of most voices meet. The value
//! is the narrowest of the claims that meet there: if one says May and another 22 May, both are
//! right and the answer is 22 May. Where the narrowest claims overlap only in part (20 to 22 and 21
//! to 24), or where several days have equally many voices, the value reaches over all of them, from
//! the first day of the narrowest claims to the last. Claims that do not meet there are against.
//!
//! *Why this.* A day is no quantity, so a single data set that dates an attack two days late must
//! not make it three days long for everyone; but with one voice against one there is no ground to
//! prefer either, and then the honest answer is the stretch that holds both. The value is always
//! either said by someone or the hull of what was said. The days in common of partly overlapping
//! claims would be narrower still, but nobody said them.

use sheaf_model::{Settled, When};

use super::{counted, filed};
use crate::hearing::{Standing, Voiced};
use crate::voices::n_voices;

/// Settles the days of an incident.
pub(crate) fn narrowest_agreed(claims: &[Voiced<When>]) -> Option<Settled<When>> {
    // The most claims meet on the first day of one of them.
    let mut days: Vec<When> = counted(claims).map(|claim| When::on(claim.value.first())).collect();
    days.sort_unstable();
    days.dedup();
    let meet = |claim: &Voiced<When>, day: When| {
        claim.standing == Standing::Counted && claim.value.gap_days(day) == 0
    };
    let voices_on = |day: When| {
        n_voices(claims.iter().filter(|claim| meet(claim, day)).map(|claim| claim.voice))
    };
    if days.len() > 1 {
        let voices: Vec<usize> = days.iter().map(|&day| voices_on(day)).collect();
        let most = voices.iter().copied().max().unwrap_or(0);
        let mut voices = voices.into_iter();
        days.retain(|_| voices.next() == Some(most));
    }
    let chosen = |claim: &Voiced<When>| days.iter().any(|&day| meet(claim, day));
    let mut stretches: Vec<When> =
        claims.iter().filter(|claim| chosen(claim)).map(|claim| claim.value).collect();
    stretches.sort_unstable();
    stretches.dedup();
    let holds = |wide: When, narrow: When| wide != narrow && wide.hull(narrow) == wide;
    let narrowest = stretches
        .iter()
        .filter(|&&wide| !stretches.iter().any(|&narrow| holds(wide, narrow)))
        .copied();
    let value = narrowest.reduce(When::hull)?;
    let agrees = |claim: &Voiced<When>| match claim.standing {
        Standing::Counted => chosen(claim),
        _ => claim.value.gap_days(value) == 0,
    };
    Some(filed(value, "narrowest-agreed", claims, agrees))
}
