//! Everything about an incident that is no toll: day, place, kind, names, organisations. All
//! profiles share these rules, because the methods they follow differ in how they count and hardly
//! in how they date; a profile that prefers the most recent source says so, and then the same rules
//! are applied to what the most recent sources say.

use sheaf_model::{ClaimRef, Field, SettledIncident};

use super::{kind, organisations, place, when, words};
use crate::hearing::{Hearing, Standing, Voiced};
use crate::packing::Said;
use crate::ruling::{Docket, Why};

/// Whose claims decide.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// All who are counted.
    Everyone,
    /// Those of the latest day, where any of them has one.
    Latest,
}

/// Settles everything but the tolls.
pub(crate) fn settle(
    hearing: &Hearing<'_>,
    cited: &'static str,
    heard: Heard,
    docket: &mut Docket,
) -> SettledIncident {
    hearing.put_silent_aside(docket);
    hearing.put_aggregates_aside(docket);
    let whens = voiced(hearing, heard, docket, Field::When, |said| match said {
        Said::When(when) => Some(when),
        _ => None,
    });
    let places = voiced(hearing, heard, docket, Field::Where, |said| match said {
        Said::Where(place) => Some(place),
        _ => None,
    });
    let kinds = voiced(hearing, heard, docket, Field::Kind, |said| match said {
        Said::Kind(kind) => Some(kind),
        _ => None,
    });
    let imprecision = |at: ClaimRef| {
        let of_report = places.iter().filter(|place| place.at.report == at.report);
        of_report.map(|place| place.value.radius().get()).fold(f32::MAX, f32::min)
    };
    let texts = hearing.texts();
    let mut in_words = |field| voiced(hearing, heard, docket, field, words_in);
    let place_name = words::most_voices(&in_words(Field::PlaceName), texts, imprecision);
    let admin_one = words::most_voices(&in_words(Field::AdminOne), texts, imprecision);
    let country = words::most_voices(&in_words(Field::Country), texts, imprecision);
    let target = words::most_voices(&in_words(Field::Target), texts, |_| 0.0);
    let weapon = words::most_voices(&in_words(Field::Weapon), texts, |_| 0.0);
    // Organisations are never weighed against each other, so that all of these are counted.
    let named = |field| organisations::as_claimed(&hearing.voiced(field, words_in), texts);
    SettledIncident {
        when: when::narrowest_agreed(&whens),
        place: place::most_precise(&places),
        place_name,
        admin_one,
        country,
        kind: kind::most_fitting(&kinds),
        target,
        weapon,
        claimed_by: named(Field::ClaimedBy),
        blamed_on: named(Field::BlamedOn),
        ..hearing.unsettled(cited)
    }
}

fn words_in(said: Said) -> Option<u32> {
    match said {
        Said::Words(words) => Some(words),
        _ => None,
    }
}

fn voiced<T: Copy>(
    hearing: &Hearing<'_>,
    heard: Heard,
    docket: &mut Docket,
    field: Field,
    pick: impl Fn(Said) -> Option<T>,
) -> Vec<Voiced<T>> {
    let mut voiced = hearing.voiced(field, pick);
    hearing.put_aside(&voiced, docket);
    if heard == Heard::Latest {
        let counted = voiced.iter().filter(|claim| claim.standing == Standing::Counted);
        let latest = counted.filter_map(|claim| claim.day).max();
        for claim in &mut voiced {
            if claim.standing == Standing::Counted && claim.day < latest {
                claim.standing = Standing::Outranked;
                docket.put_aside(claim.at, Why::LessRecent);
            }
        }
    }
    voiced
}
