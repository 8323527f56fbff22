//! *acled-like*: one number, the most conservative, as the Armed Conflict Location and Event Data
//! project gives it.
//!
//! Only deaths are counted, and no side's apart. Of the figures that reports give, the lowest is
//! taken, and a dispute is noted. "Tens" is 10, "dozens" 12, "hundreds" 100. The number goes up or
//! down when the same source says otherwise later. One event stands for one set of actors, one
//! place and one day; where these are in dispute, that is noted too.
//!
//! *Scope.* ACLED counts all who are reported dead. Tolls that count the attackers and tolls that do
//! not say are therefore taken together: a conservative coder who does not know whether the 31
//! leave somebody out still writes 31. The value says in which scope its number was said. Tolls that
//! leave the attackers out are heard only where there are no others.

use sheaf_model::{Attackers, Harm, Qualifier, SettledIncident, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::rules::fields::{self, Heard};
use crate::rules::figure::{figure_of, figures, settle_bounds, settle_figure};
use crate::rules::scope::{self, Aligned, Line};
use crate::rules::toll::{self, Ask, Parties};
use crate::ruling::{Docket, Outcome, Ruling, State, Why};

/// The most conservative number.
pub const ACLED_LIKE: &dyn Profile = &AcledLike;

static ABOUT: About = About {
    name: "acled-like",
    cited: "acled-like@1",
    rule: "Deaths only, one number and no split by side: the most conservative figure, where tens \
           is 10, dozens 12 and hundreds 100. Disputes on deaths, day, place and kind are noted. \
           A source revises its own number up or down. One event stands for one set of actors, \
           one place and one day.",
    reference: "ACLED, knowledge base at https://acleddata.com, questions on fatalities (version of 7 May 2024)",
    counts: Whom::All,
    is_estimate: false,
};

static ASK: Ask = Ask { harms: &[Harm::Killed], whoms: &[Whom::All], parties: Parties::Alike };

/// Numbers for words, the narrowest first where one contains another. The first, second and fourth
/// are ACLED's own; the others go on as its "and so on" does.
const WORDS: [(&str, u32); 5] =
    [("tens", 10), ("dozens", 12), ("scores", 20), ("hundreds", 100), ("thousands", 1000)];

struct AcledLike;

impl Profile for AcledLike {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Everyone, &mut docket);
        let tables = toll::tables(hearing, &ASK, &mut docket);
        let line = tables.into_iter().next().map(|it| all_reported_dead(it.lines, &mut docket));
        let toll = line.and_then(|line| {
            let about = (Harm::Killed, Whom::All, "most-conservative");
            let figures = figures(&line, |claim| conservative(hearing, claim));
            let Some(lowest) = figures.iter().map(|figure| figure.number).min() else {
                return settle_bounds(about, &line);
            };
            let why = |_: &_| Why::LessConservative;
            settle_figure(about, &line, &figures, lowest, why, &mut docket)
        });
        let settled = SettledIncident { tolls: toll.into_iter().collect(), ..settled };
        let notes = disputes(&settled);
        let outcome = outcome(&settled);
        Ruling::new(settled, outcome, docket).with_notes(notes)
    }
}

/// The claims that count all who are reported dead, or may.
fn all_reported_dead(lines: Vec<Line>, docket: &mut Docket) -> Line {
    let mut all = Line { attackers: Attackers::Unsaid, counted: Vec::new(), aside: Vec::new() };
    let (without, others): (Vec<Line>, Vec<Line>) =
        lines.into_iter().partition(|line| line.attackers == Attackers::Excluded);
    let heard = if others.is_empty() {
        without
    } else {
        without.iter().for_each(|line| scope::put_aside(line, Why::OtherScope, docket));
        others
    };
    for line in heard {
        all.counted.extend(line.counted);
        all.aside.extend(line.aside);
    }
    all
}

/// A claim's figure, words by the table.
fn conservative(hearing: &Hearing<'_>, claim: &Aligned) -> Option<u32> {
    if claim.toll.qualifier != Qualifier::Words {
        return figure_of(claim);
    }
    let word = hearing.word_of(claim.said_in).unwrap_or_default();
    let is_said = |name: &str| word.split(' ').any(|part| part == name);
    let known = WORDS.iter().find(|(name, _)| is_said(name) || is_said(&name[..name.len() - 1]));
    Some(known.map_or(claim.toll.count.low(), |&(_, number)| number))
}

fn disputes(it: &SettledIncident) -> Vec<&'static str> {
    let told = [
        (it.tolls.iter().any(|toll| !toll.against.is_empty()), "sources differ on the deaths"),
        (
            it.when.as_ref().is_some_and(|when| !when.against.is_empty()),
            "sources differ on the day",
        ),
        (
            it.when.as_ref().is_some_and(|when| when.value.width_days() > 1),
            "the day is not known, and one event stands for one day",
        ),
        (it.place.as_ref().is_some_and(|at| !at.against.is_empty()), "sources differ on the place"),
        (it.kind.as_ref().is_some_and(|at| !at.against.is_empty()), "sources differ on the kind"),
        (it.blamed_on.len() > 1, "sources name several organisations"),
    ];
    told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note).collect()
}

fn outcome(it: &SettledIncident) -> Outcome {
    match it.tolls.first() {
        None => {
            let because = "an event needs no deaths, and nobody counts any";
            Outcome { state: State::Settled, word: "event", because }
        }
        Some(toll) if toll.against.is_empty() => {
            let because = "nobody disputes the number";
            Outcome { state: State::Settled, word: "event", because }
        }
        Some(_) => {
            let because = "the number is disputed, and the most conservative is given";
            Outcome { state: State::Contested, word: "event", because }
        }
    }
}
