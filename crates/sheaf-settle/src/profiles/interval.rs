//! *interval*, the default: show the spread, choose only where a choice can be defended.
//!
//! A toll reaches from the lowest to the highest comparable claim. A day, place, kind or name is
//! what most independent voices can agree on, at the narrowest that one of them says. Everyone
//! who says otherwise stands beside it. It makes no estimate and trusts no source more than
//! another, which is why it is the default: two offices with the same claims and opposite views
//! of their quality still get the same answer, and can see what it rests on.

use sheaf_model::{ClaimRef, Field, SettledIncident};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::packing::Said;
use crate::rules::{kind, organisations, place, toll, when, words};

/// The default profile.
pub const INTERVAL: &dyn Profile = &Interval;

static ABOUT: About = About {
    name: "interval",
    cited: "interval@1",
    rule: "Tolls reach from the lowest to the highest comparable claim; everything else is what \
           most independent voices agree on.",
    reference: "https://www.iraqbodycount.org/about/methods/3 (minimum and maximum)",
};

struct Interval;

impl Profile for Interval {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn settle(&self, hearing: &Hearing<'_>) -> SettledIncident {
        let in_words = |field| {
            hearing.voiced(field, |said| match said {
                Said::Words(words) => Some(words),
                _ => None,
            })
        };
        let whens = hearing.voiced(Field::When, |said| match said {
            Said::When(when) => Some(when),
            _ => None,
        });
        let places = hearing.voiced(Field::Where, |said| match said {
            Said::Where(place) => Some(place),
            _ => None,
        });
        let kinds = hearing.voiced(Field::Kind, |said| match said {
            Said::Kind(kind) => Some(kind),
            _ => None,
        });
        let imprecision = |at: ClaimRef| {
            let of_report = places.iter().filter(|place| place.at.report == at.report);
            of_report.map(|place| place.value.radius().get()).fold(f32::MAX, f32::min)
        };
        let texts = hearing.texts();
        let placed = |field| words::most_voices(&in_words(field), texts, imprecision);
        let plain = |field| words::most_voices(&in_words(field), texts, |_| 0.0);
        SettledIncident {
            when: when::narrowest_agreed(&whens),
            place: place::most_precise(&places),
            place_name: placed(Field::PlaceName),
            admin_one: placed(Field::AdminOne),
            country: placed(Field::Country),
            kind: kind::most_fitting(&kinds),
            target: plain(Field::Target),
            weapon: plain(Field::Weapon),
            tolls: toll::min_max(hearing),
            claimed_by: organisations::as_claimed(&in_words(Field::ClaimedBy), texts),
            blamed_on: organisations::as_claimed(&in_words(Field::BlamedOn), texts),
            ..hearing.unsettled(ABOUT.cited)
        }
    }
}
