//! *gtd-like*: the most recent credible source, else the majority, else the lowest, as the Global
//! Terrorism Database gives its counts.
//!
//! Killed and injured (with the attackers among them), the attackers apart, and hostages. Of the
//! figures on a line, that of the most recent source is taken; where several are equally recent or
//! nobody tells when, the one that more than half of the independent voices give; where there is
//! none, the lowest. Numbers told by a party to the incident are excluded. Days, places and kinds
//! follow the most recent sources as well.
//!
//! *Credible* is for GTD's coders to judge. Here it is: no party to the incident, and no machine
//! where people speak. Whether an entry is terrorism is told by a source or not at all: its remarks
//! on the three criteria and on doubt are passed on as notes, for filtering, and decide nothing but
//! the outcome. GTD asks for at least two of the three. The rules are from memory of the codebook
//! and are to be checked against it.

use sheaf_model::{Attackers, Field, Harm, Settled, SettledIncident, Toll, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::packing::REMARKS;
use crate::rules::fields::{self, Heard};
use crate::rules::figure::{Figure, figure_of, figures, settle_bounds, settle_figure};
use crate::rules::scope::{self, Line};
use crate::rules::toll::{self, Ask, Parties, Table};
use crate::ruling::{Docket, Outcome, Ruling, State, Why};
use crate::voices::n_voices;

/// The most recent source.
pub const GTD_LIKE: &dyn Profile = &GtdLike;

static ABOUT: About = About {
    name: "gtd-like",
    cited: "gtd-like@1",
    rule: "Killed, injured and abducted, attackers included and apart. The most recent credible \
           source gives the number; of several equally recent, the majority; without one, the \
           lowest. Claims of the perpetrators are excluded. A source's remarks that a criterion is \
           not met or that it may not be terrorism are noted, for filtering.",
    reference: "https://www.start.umd.edu/gtd (codebook, from memory)",
    counts: Whom::All,
    is_estimate: false,
};

static ASK: Ask = Ask {
    harms: &[Harm::Killed, Harm::Injured, Harm::Abducted],
    whoms: &[Whom::All, Whom::Attackers],
    parties: Parties::Never,
};

const WITH_ATTACKERS: [Attackers; 3] =
    [Attackers::Included, Attackers::Unsaid, Attackers::Excluded];

struct GtdLike;

impl Profile for GtdLike {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Latest, &mut docket);
        let mut tolls = Vec::new();
        for Table { harm, whom, lines } in toll::tables(hearing, &ASK, &mut docket) {
            let line = scope::first_of(lines, WITH_ATTACKERS, &mut docket);
            tolls.extend(line.and_then(|line| most_recent(harm, whom, &line, &mut docket)));
        }
        let remarked: Vec<&str> = hearing.words_of(Field::Status).collect();
        let notes: Vec<&str> = REMARKS.into_iter().filter(|it| remarked.contains(it)).collect();
        let outcome = outcome(&notes);
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket).with_notes(notes)
    }
}

fn most_recent(harm: Harm, whom: Whom, line: &Line, docket: &mut Docket) -> Option<Settled<Toll>> {
    let about = (harm, whom, "most-recent");
    let figures = figures(line, figure_of);
    let Some(latest) = figures.iter().map(|figure| figure.of.day).max() else {
        return settle_bounds(about, line);
    };
    let recent: Vec<Figure> =
        figures.iter().filter(|figure| figure.of.day == latest).copied().collect();
    let n_all = n_voices(recent.iter().map(|figure| figure.of.voice));
    let n_saying = |number: u32| {
        let saying = recent.iter().filter(|figure| figure.number == number);
        n_voices(saying.map(|figure| figure.of.voice))
    };
    let lowest = recent.iter().map(|figure| figure.number).min()?;
    // A voice can say several numbers, and then several can have more than half of the voices.
    let mut of_most: Vec<u32> =
        recent.iter().map(|figure| figure.number).filter(|&it| n_saying(it) * 2 > n_all).collect();
    of_most.sort_unstable();
    of_most.dedup();
    let majority = if let [number] = of_most[..] { Some(number) } else { None };
    let number = majority.unwrap_or(lowest);
    let why_not = |figure: &Figure| match majority {
        _ if figure.of.day < latest => Why::LessRecent,
        Some(_) => Why::FewerVoices,
        None => Why::Higher,
    };
    settle_figure(about, line, &figures, number, why_not, docket)
}

fn outcome(notes: &[&str]) -> Outcome {
    let n_unmet = notes.iter().filter(|note| note.starts_with("criterion")).count();
    if n_unmet > 1 {
        let because = "a source says that fewer than two of the three criteria are met";
        Outcome { state: State::Rejected, word: "no entry", because }
    } else if notes.contains(&REMARKS[0]) {
        let because = "a source doubts that it was terrorism";
        Outcome { state: State::Contested, word: "doubted", because }
    } else {
        let because = "no source says that the criteria are not met";
        Outcome { state: State::Settled, word: "entry", because }
    }
}
