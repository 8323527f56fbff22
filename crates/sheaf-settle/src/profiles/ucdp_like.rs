//! *ucdp-like*: best, low and high, and the split by side, as the Uppsala Conflict Data Program
//! gives them.
//!
//! Only deaths are counted, those of all sides together (so with the attackers, where a report
//! tells them apart) and those of each side. On a line of comparable claims, *low* and *high* are
//! the lowest and the highest reliable number. *Best* is the most likely: the one that most
//! independent voices give, then the latest, then the lower. Where nobody gives a number of their
//! own, best is the lower end. An incident is an event if best, low or high has at least one death.
//!
//! *Reliable* is for UCDP's coders to judge. Here it is: a number firmly put, in a report of the
//! incident itself, by nobody who is a party to it; the others are heard only where these are
//! silent. UCDP's low and high are claims and no credible interval (Vesco et al.,
//! <https://doi.org/10.1177/00220027261423826>); so are these.

use std::cmp::Reverse;

use sheaf_model::{Attackers, Count, Day, Harm, Qualifier, Settled, SettledIncident, Toll, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::rules::fields::{self, Heard};
use crate::rules::min_max::{as_of, qualifier, reach};
use crate::rules::scope::{self, Aligned, Line};
use crate::rules::toll::{self, Ask, Parties, Table, filed, scope_of};
use crate::ruling::{Docket, Outcome, Ruling, State};
use crate::voices::n_voices;

/// Best, low and high.
pub const UCDP_LIKE: &dyn Profile = &UcdpLike;

static ABOUT: About = About {
    name: "ucdp-like",
    cited: "ucdp-like@1",
    rule: "Deaths only, of all sides together and of each. Low and high are the lowest and the \
           highest reliable claim, that is one firmly put, of the incident itself, and not by a \
           party to it. Best is what most independent voices say, then the latest, then the lower. \
           It is an event if best, low or high has at least one death.",
    reference: "https://www.uu.se/en/department/peace-and-conflict-research/research/ucdp/ucdp-methodology",
    counts: Whom::All,
    is_estimate: false,
};

static ASK: Ask = Ask { harms: &[Harm::Killed], whoms: &Whom::ALL, parties: Parties::Last };

const ALL_SIDES: [Attackers; 3] = [Attackers::Included, Attackers::Unsaid, Attackers::Excluded];

struct UcdpLike;

impl Profile for UcdpLike {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Everyone, &mut docket);
        let mut tolls = Vec::new();
        for Table { harm, whom, lines } in toll::tables(hearing, &ASK, &mut docket) {
            let line = scope::first_of(lines, ALL_SIDES, &mut docket);
            tolls.extend(line.and_then(|line| best_low_high(harm, whom, &line)));
        }
        let outcome = outcome(&tolls);
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket)
    }
}

fn best_low_high(harm: Harm, whom: Whom, line: &Line) -> Option<Settled<Toll>> {
    let reach = reach(&line.counted)?;
    let (low, high) = (reach.low(), reach.high());
    let value = Toll {
        harm,
        whom,
        attackers: scope_of(whom, line),
        qualifier: qualifier(&line.counted),
        count: Count::new(low, best(&line.counted), high).unwrap_or(reach),
        as_of: as_of(&line.counted),
    };
    let from = line.counted.iter().flat_map(Aligned::rests_on).collect();
    Some(filed(value, "best-low-high", line, from, Vec::new()))
}

/// The number that most voices give, then the latest, then the lowest.
fn best(claims: &[Aligned]) -> Option<u32> {
    let mut said: Vec<(u32, u32, Option<Day>)> =
        claims.iter().filter_map(|it| Some((it.toll.count.best()?, it.voice, it.day))).collect();
    said.sort_unstable();
    let most_likely = said.chunk_by(|a, b| a.0 == b.0).max_by_key(|alike| {
        let latest = alike.iter().map(|&(.., day)| day).max();
        (n_voices(alike.iter().map(|&(_, voice, _)| voice)), latest, Reverse(alike[0].0))
    });
    most_likely.map(|alike| alike[0].0).or_else(|| {
        let low_ends = claims.iter().filter(|it| it.toll.qualifier != Qualifier::UpTo);
        low_ends.map(|it| it.toll.count.low()).min()
    })
}

fn outcome(tolls: &[Settled<Toll>]) -> Outcome {
    let any_death = |toll: &Settled<Toll>| {
        let count = toll.value.count;
        count.low() > 0 || count.best() > Some(0) || count.high() > Some(0)
    };
    if tolls.is_empty() {
        let because = "nobody counts deaths";
        Outcome { state: State::Pending, word: "no count", because }
    } else if tolls.iter().any(any_death) {
        let because = "at least one death in best, low or high";
        Outcome { state: State::Settled, word: "event", because }
    } else {
        let because = "no death in best, low or high";
        Outcome { state: State::Rejected, word: "no event", because }
    }
}
