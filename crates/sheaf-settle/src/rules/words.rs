//! A value in words: the name of the place, the country, what was attacked, with what.
//!
//! *Rule "most-voices".* Words that fold alike (case, accents, punctuation) are one answer. The
//! answer of most voices is the value; of several with equally many, the one given with the most
//! precise place (for names of places, where a better-placed report knows better what the place is
//! called), then the one of the smallest report id. It is shown as its first report spells it.
//! Every other answer is against.
//!
//! *Why this.* Words have no order and no middle, so counting independent voices is all that can
//! be done without knowing what the words mean. Knowing that is the reader's task, which maps a
//! source's odd spellings before they come here.

use sheaf_model::{ClaimRef, Settled};

use super::{counted, filed};
use crate::hearing::Voiced;
use crate::texts::Texts;
use crate::voices::n_voices;

/// Settles words. `imprecision` says how far off the place of a claim's report may be, in metres.
pub(crate) fn most_voices(
    claims: &[Voiced<u32>],
    texts: &Texts,
    imprecision: impl Fn(ClaimRef) -> f32,
) -> Option<Settled<String>> {
    let folding = |claim: &Voiced<u32>| texts.folding(claim.value);
    let mut sorted: Vec<&Voiced<u32>> = counted(claims).collect();
    // Within a report by spelling, which no order of its columns can change.
    let spelling = |claim: &Voiced<u32>| texts.text(claim.value);
    sorted.sort_by(|a, b| {
        let by_report = folding(a).cmp(&folding(b)).then(a.at.report.cmp(&b.at.report));
        by_report.then_with(|| spelling(a).cmp(spelling(b)))
    });
    let best = sorted
        .chunk_by(|a, b| folding(a) == folding(b))
        .map(|alike| {
            let off = alike.iter().map(|claim| imprecision(claim.at)).reduce(f32::min);
            (n_voices(alike.iter().map(|claim| claim.voice)), off.unwrap_or(f32::MAX), alike[0])
        })
        .min_by(|a, b| {
            let by_report = a.2.at.report.cmp(&b.2.at.report);
            let by_place = b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(by_report);
            by_place.then_with(|| spelling(a.2).cmp(spelling(b.2)))
        });
    let (_, _, first) = best?;
    let answer = folding(first);
    let agrees = |claim: &Voiced<u32>| folding(claim) == answer;
    Some(filed(texts.text(first.value).to_owned(), "most-voices", claims, agrees))
}
