//! What kind of happening.
//!
//! *Rule "most-fitting".* A kind fits another when one is a narrower case of the other. Of the
//! narrowest kinds that somebody says, the value is the one that the claims of most voices fit.
//! Where several have equally many, it is the narrowest said kind that covers all of these, if
//! somebody says one, and otherwise the one of the smallest report id. Claims that do not fit the
//! value are against.
//!
//! *Why this.* "Explosion" and "suicide bomb" are one answer told in two depths, and counting them
//! against each other would let vagueness win. A broader kind that nobody says is not taken: that
//! "bomb" and "shooting" are both "violence" is true, and hides that two sources disagree.

use std::cmp::Reverse;

use sheaf_model::{Kind, Settled};

use super::{counted, filed};
use crate::hearing::Voiced;
use crate::voices::n_voices;

/// Settles the kind of an incident.
pub(crate) fn most_fitting(claims: &[Voiced<Kind>]) -> Option<Settled<Kind>> {
    // Each kind once, with the first report that says it.
    let mut said: Vec<(Kind, u32)> =
        counted(claims).map(|claim| (claim.value, claim.at.report)).collect();
    said.sort_unstable();
    said.dedup_by_key(|(kind, _)| *kind);
    let covers = |broad: Kind, narrow: Kind| narrow.chain().any(|kind| kind == broad);
    let n_fitting = |kind: Kind| {
        let fitting = counted(claims).filter(|claim| claim.value.fits(kind));
        n_voices(fitting.map(|claim| claim.voice))
    };
    let narrowest = said
        .iter()
        .filter(|(kind, _)| !said.iter().any(|(other, _)| other != kind && covers(*kind, *other)));
    let weighed: Vec<(usize, u32, Kind)> =
        narrowest.map(|&(kind, first)| (n_fitting(kind), first, kind)).collect();
    let most = weighed.iter().map(|(fitting, ..)| *fitting).max()?;
    let even = || weighed.iter().filter(|(fitting, ..)| *fitting == most);
    let covering = said
        .iter()
        .map(|(kind, _)| *kind)
        .filter(|&broad| even().all(|&(_, _, narrow)| covers(broad, narrow)))
        .min_by_key(|kind| Reverse(kind.chain().count()));
    let value = covering
        .or_else(|| even().min_by_key(|(_, first, kind)| (*first, *kind)).map(|it| it.2))?;
    let agrees = |claim: &Voiced<Kind>| claim.value.fits(value);
    Some(filed(value, "most-fitting", claims, agrees))
}
