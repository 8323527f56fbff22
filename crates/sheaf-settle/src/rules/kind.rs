//! What kind of happening.
//!
//! *Rule "most-fitting".* A kind fits another when one is a narrower case of the other. Of the
//! kinds that somebody says, the value is the one that the claims of most voices fit; of several,
//! the narrowest, then the one of the smallest report id. Claims that do not fit it are against.
//!
//! *Why this.* "Explosion" and "suicide bomb" are one answer told in two depths, and counting them
//! against each other would let vagueness win. Only said kinds are taken: that "bomb" and
//! "shooting" are both "violence" is true, and hides that two sources disagree.

use sheaf_model::{Kind, Settled};

use super::{counted, filed};
use crate::hearing::{Voiced, n_voices};

/// Settles the kind of an incident.
pub(crate) fn most_fitting(claims: &[Voiced<Kind>]) -> Option<Settled<Kind>> {
    // A kind is looked at once, for the first claim that says it.
    let mut candidates: Vec<(Kind, sheaf_model::ClaimRef)> =
        counted(claims).map(|claim| (claim.value, claim.at)).collect();
    candidates.sort_unstable();
    candidates.dedup_by_key(|(kind, _)| *kind);
    let (value, _) = candidates.into_iter().min_by_key(|&(kind, first)| {
        let fitting = counted(claims).filter(|claim| claim.value.fits(kind));
        let n_fitting = n_voices(fitting.map(|claim| claim.voice));
        (std::cmp::Reverse(n_fitting), std::cmp::Reverse(kind.chain().count()), first)
    })?;
    let agrees = |claim: &Voiced<Kind>| claim.value.fits(value);
    Some(filed(value, "most-fitting", claims, agrees, |said| said == value))
}
