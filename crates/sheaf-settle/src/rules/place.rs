//! Where it happened.
//!
//! *Rule "most-precise".* Two places fit each other when some spot lies within both radii. The
//! value is the claim with the smallest radius that at least as many voices fit as do not, so that
//! one precise slip does not outweigh two sources that agree. Equal radii go to the claim that
//! more voices fit, then to the smaller report id. Where every claim is contradicted by more voices
//! than fit it, the one that most voices fit is taken, then the smallest radius. Claims that do not
//! fit the value are against.
//!
//! *Why this.* No point is made up: the mean of two points lies where nobody said it happened. A
//! claim about a province does not contradict one about a town in it, and the town says more. What
//! a source knows only to lie in a wide area ("too coarse to be a point") is no place claim at all.

use sheaf_model::{Place, Settled};

use super::{counted, filed};
use crate::hearing::Voiced;
use crate::voices::n_voices;

/// Settles the point and radius of an incident.
pub(crate) fn most_precise(claims: &[Voiced<Place>]) -> Option<Settled<Place>> {
    let mut candidates: Vec<&Voiced<Place>> = counted(claims).collect();
    let radius = |claim: &Voiced<Place>| claim.value.radius().get();
    let spot = |claim: &Voiced<Place>| (claim.value.lat(), claim.value.lon());
    candidates.sort_by(|a, b| {
        // Within a report by the value, which no order of its columns can change.
        let by_report = radius(a).total_cmp(&radius(b)).then(a.at.report.cmp(&b.at.report));
        let ((lat_a, lon_a), (lat_b, lon_b)) = (spot(a), spot(b));
        by_report.then(lat_a.total_cmp(&lat_b)).then(lon_a.total_cmp(&lon_b))
    });
    let n_all = n_voices(candidates.iter().map(|claim| claim.voice));
    let n_fitting = |value: Place| {
        let fitting = counted(claims).filter(|claim| fit(claim.value, value));
        n_voices(fitting.map(|claim| claim.voice))
    };
    // Candidates of one radius are weighed together. Usually the first radius settles it.
    let mut best: Option<(usize, Place)> = None;
    for alike in candidates.chunk_by(|a, b| radius(a) == radius(b)) {
        for claim in alike {
            let fitting = if n_all == 1 { 1 } else { n_fitting(claim.value) };
            if best.is_none_or(|(most, _)| fitting > most) {
                best = Some((fitting, claim.value));
            }
        }
        if best.is_some_and(|(most, _)| most * 2 >= n_all) {
            break;
        }
    }
    let (_, value) = best?;
    let agrees = |claim: &Voiced<Place>| fit(claim.value, value);
    Some(filed(value, "most-precise", claims, agrees))
}

/// Whether some spot lies within both.
fn fit(left: Place, right: Place) -> bool {
    left.distance_to(right).get() <= left.radius().get() + right.radius().get()
}
