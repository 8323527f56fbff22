//! *ibc-like*: the least and the most, provisional until a second source, as Iraq Body Count
//! records.
//!
//! Deaths and injuries of civilians, each from the lowest to the highest comparable claim. Where
//! nobody counts civilians, the nearest scope is taken, and the value says which. An entry needs
//! two independent sources: two that print one wire story are one. With one it is *Provisional*,
//! and shown as that.

use sheaf_model::{SettledIncident, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::rules::civilians::{self, n_telling, nearest_to_civilians};
use crate::rules::fields::{self, Heard};
use crate::rules::toll;
use crate::ruling::{Docket, Outcome, Ruling, State};

/// Minimum and maximum, from two independent sources.
pub const IBC_LIKE: &dyn Profile = &IbcLike;

static ABOUT: About = About {
    name: "ibc-like",
    cited: "ibc-like@1",
    rule: "Civilians killed and injured, each from the lowest to the highest comparable claim; \
           where nobody counts civilians, the nearest scope, which the value names. An entry with \
           fewer than two independent sources is Provisional.",
    reference: "https://www.iraqbodycount.org/about/methods/1 and https://www.iraqbodycount.org/about/methods/3",
    counts: Whom::Civilians,
    is_estimate: false,
};

struct IbcLike;

impl Profile for IbcLike {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Everyone, &mut docket);
        let tables = toll::tables(hearing, &civilians::ASK, &mut docket);
        let tolls = nearest_to_civilians(tables, &mut docket);
        let outcome = outcome(n_telling(hearing));
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket)
    }
}

fn outcome(n_sources: usize) -> Outcome {
    match n_sources {
        0 => {
            let because = "no source counts deaths or injuries";
            Outcome { state: State::Pending, word: "no count", because }
        }
        1 => {
            let because = "a second independent source is missing";
            Outcome { state: State::Pending, word: "Provisional", because }
        }
        _ => {
            let because = "two or more independent sources";
            Outcome { state: State::Settled, word: "entry", because }
        }
    }
}
