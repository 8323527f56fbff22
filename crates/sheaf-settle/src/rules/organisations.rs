//! Who claimed it, and who is blamed for it.
//!
//! *Rule "as-claimed".* One answer for each organisation that any source names, with every claim
//! that names it. Answers are never weighed against each other and none wins: that one source
//! blames X and another Y is two facts about sources. For the same reason nothing is superseded
//! here, and nothing is inferred from anything else. Most voices first, then by name.

use sheaf_model::Settled;

use crate::hearing::Voiced;
use crate::texts::Texts;
use crate::voices::n_voices;

/// One answer for each organisation named.
pub(crate) fn as_claimed(claims: &[Voiced<u32>], texts: &Texts) -> Vec<Settled<String>> {
    let folding = |claim: &Voiced<u32>| texts.folding(claim.value);
    let mut sorted: Vec<&Voiced<u32>> = claims.iter().collect();
    sorted.sort_by_key(|claim| (folding(claim), claim.at.report, texts.text(claim.value)));
    let mut answers: Vec<(usize, &str, Settled<String>)> = sorted
        .chunk_by(|a, b| folding(a) == folding(b))
        .map(|alike| {
            let named = texts.text(alike[0].value).to_owned();
            let from = alike.iter().map(|claim| claim.at).collect();
            (
                n_voices(alike.iter().map(|claim| claim.voice)),
                texts.folded_text(folding(alike[0])),
                super::settled(named, "as-claimed", from, Vec::new()),
            )
        })
        .collect();
    answers.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    answers.into_iter().map(|(_, _, answer)| answer).collect()
}
