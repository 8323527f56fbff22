//! Who gets whom. The records of the left side choose one after another, and what one has taken
//! is gone for the rest. MELTT walks round and round over those still without a partner and means
//! to let a better suitor take a partner back; since that never happens, and nobody's choice grows
//! by waiting, one round gives the same.

use super::CandidateOrder;
use super::candidates::{Found, Scored};

/// A record on the left and what it took on the right, by position.
pub(super) struct Taken {
    pub(super) left: usize,
    pub(super) right: usize,
}

/// Each record on the left takes at most one. The second item is the candidates it chose from,
/// best score first, and where the chosen one stands among them.
pub(super) fn one_each(found: Vec<Found>, order: CandidateOrder) -> Vec<(Taken, Ranked)> {
    let mut taken = std::collections::HashSet::new();
    let mut matches = Vec::new();
    for Found { left, candidates } in found {
        let chosen =
            in_order(&candidates, order).into_iter().find(|each| !taken.contains(&each.right));
        let Some(chosen) = chosen else { continue };
        taken.insert(chosen.right);
        let candidates = in_order(&candidates, CandidateOrder::ByScore);
        let at = candidates.iter().position(|each| each.right == chosen.right).unwrap_or(0);
        matches.push((Taken { left, right: chosen.right }, Ranked { candidates, at }));
    }
    matches
}

/// Candidates in order of score, and the position of the chosen one.
pub(super) struct Ranked {
    pub(super) candidates: Vec<Scored>,
    pub(super) at: usize,
}

/// Each record on the left takes all that are left to take: an episode may hold many events, but
/// in one fold an event falls to one episode.
pub(super) fn many_each(found: Vec<Found>, order: CandidateOrder) -> Vec<Taken> {
    let mut taken = std::collections::HashSet::new();
    let mut matches = Vec::new();
    for Found { left, candidates } in found {
        for candidate in in_order(&candidates, order) {
            if taken.insert(candidate.right) {
                matches.push(Taken { left, right: candidate.right });
            }
        }
    }
    matches
}

fn in_order(candidates: &[Scored], order: CandidateOrder) -> Vec<Scored> {
    let mut candidates = candidates.to_vec();
    if order == CandidateOrder::ByScore {
        // A stable sort: of equals, the first found stays first.
        candidates.sort_by(|a, b| a.score.total_cmp(&b.score));
    }
    candidates
}
