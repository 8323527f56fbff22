//! *interval*, the default: show the spread, choose only where a choice can be defended.
//!
//! A toll reaches from the lowest to the highest comparable claim. A day, place, kind or name is
//! what most independent voices can agree on, at the narrowest that one of them says. Everyone
//! who says otherwise stands beside it. It makes no estimate and trusts no source more than
//! another, which is why it is the default: two offices with the same claims and opposite views
//! of their quality still get the same answer, and can see what it rests on.

use sheaf_model::{Count, Harm, SettledIncident, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::rules::fields::{self, Heard};
use crate::rules::min_max::min_max;
use crate::rules::toll::{self, Ask, Parties};
use crate::ruling::{Docket, Outcome, Ruling, State};

/// The default profile.
pub const INTERVAL: &dyn Profile = &Interval;

static ABOUT: About = About {
    name: "interval",
    cited: "interval@1",
    rule: "Tolls reach from the lowest to the highest comparable claim of each scope; a lower bound \
           never lowers an upper end, a word counts only where nobody gives a number, and a source \
           supersedes only itself. Day, place, kind and names are what most independent voices \
           agree on, at the narrowest that one of them says. Organisations stand beside each other.",
    reference: "https://www.iraqbodycount.org/about/methods/3 (minimum and maximum)",
    counts: Whom::All,
    is_estimate: false,
};

static ASK: Ask = Ask { harms: &Harm::ALL, whoms: &Whom::ALL, parties: Parties::Alike };

struct Interval;

impl Profile for Interval {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Everyone, &mut docket);
        let tolls = min_max(&toll::tables(hearing, &ASK, &mut docket));
        let settled = SettledIncident { tolls, ..settled };
        let outcome = outcome(&settled.counts());
        Ruling::new(settled, outcome, docket)
    }

    fn outcome_of(&self, tolls: &[Count]) -> Option<Outcome> {
        Some(outcome(tolls))
    }
}

fn outcome(tolls: &[Count]) -> Outcome {
    let is_wide = |count: &Count| count.high() != Some(count.low());
    if tolls.is_empty() {
        let because = "nobody gives a toll of the incident";
        Outcome { state: State::Pending, word: "no toll", because }
    } else if tolls.iter().any(is_wide) {
        let because = "comparable tolls differ, or one is open; each is possible";
        Outcome { state: State::Contested, word: "range", because }
    } else {
        let because = "all who can be compared say the same";
        Outcome { state: State::Settled, word: "one number", because }
    }
}
