//! How one value is chosen from the claims about one thing: one file per kind of value. Profiles
//! put these together; a rule knows nothing of the profile that uses it.

pub(crate) mod civilians;
pub(crate) mod fields;
pub(crate) mod figure;
pub(crate) mod kind;
pub(crate) mod min_max;
pub(crate) mod organisations;
pub(crate) mod place;
pub(crate) mod posterior;
pub(crate) mod scope;
pub(crate) mod toll;
pub(crate) mod when;
pub(crate) mod words;

use sheaf_model::{ClaimRef, Settled};

use crate::hearing::{Standing, Voiced};

/// Files every claim with those for the value or those against it, whatever its standing: what
/// a speaker has since said more precisely still agrees with it.
fn filed<T, V>(
    value: V,
    by: &'static str,
    claims: &[Voiced<T>],
    agrees: impl Fn(&Voiced<T>) -> bool,
) -> Settled<V> {
    let (from, against): (Vec<_>, Vec<_>) = claims.iter().partition(|claim| agrees(claim));
    let refs = |claims: Vec<&Voiced<T>>| claims.into_iter().map(|claim| claim.at).collect();
    settled(value, by, refs(from), refs(against))
}

/// A settled value with its claims in order, each once.
fn settled<V>(
    value: V,
    by: &'static str,
    mut from: Vec<ClaimRef>,
    mut against: Vec<ClaimRef>,
) -> Settled<V> {
    from.sort_unstable();
    from.dedup();
    against.sort_unstable();
    against.dedup();
    Settled { value, from, against, by }
}

fn counted<T>(claims: &[Voiced<T>]) -> impl Iterator<Item = &Voiced<T>> {
    claims.iter().filter(|claim| claim.standing == Standing::Counted)
}
