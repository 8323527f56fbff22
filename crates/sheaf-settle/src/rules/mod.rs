//! How one value is chosen from the claims about one thing: one file per kind of value. Profiles
//! put these together; a rule knows nothing of the profile that uses it.

pub(crate) mod kind;
pub(crate) mod organisations;
pub(crate) mod place;
pub(crate) mod scope;
pub(crate) mod toll;
pub(crate) mod when;
pub(crate) mod words;

use sheaf_model::{ClaimRef, Settled};

use crate::hearing::{Standing, Voiced};

/// Files every claim with those for the value or those against it.
///
/// `agrees` is asked of claims that were counted or outranked. A superseded claim counts as being
/// for the value only where it `says` just that: its speaker has given up anything else.
fn filed<T: Copy, V>(
    value: V,
    by: &'static str,
    claims: &[Voiced<T>],
    agrees: impl Fn(&Voiced<T>) -> bool,
    says: impl Fn(T) -> bool,
) -> Settled<V> {
    let (mut from, mut against) = (Vec::with_capacity(claims.len()), Vec::new());
    for claim in claims {
        let is_for = match claim.standing {
            Standing::Superseded => says(claim.value),
            Standing::Counted | Standing::Outranked => agrees(claim),
        };
        if is_for { &mut from } else { &mut against }.push(claim.at);
    }
    settled(value, by, from, against)
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
