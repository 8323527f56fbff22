//! *gtd-like*: the most recent credible source, else the majority, else the lowest, as the Global
//! Terrorism Database gives its counts.
//!
//! Killed and injured (with the attackers among them), the attackers apart, and hostages. Of the
//! figures on a line, that of the most recent source is taken; where several are equally recent or
//! nobody tells when, the one that more than half of the independent voices give; where there is
//! none, the lowest. Numbers told by a party to the incident are excluded. Days, places and kinds
//! follow the most recent sources as well.
//!
//! *Confirmed numbers only.* Where there is evidence of deaths or injuries and the figure is not
//! reported or too vague to be of use, the database leaves its field blank. So a word ("dozens") and
//! what is only feared or unconfirmed give no value here, and are pending. Conflicting reports are
//! noted.
//!
//! *Credible* is for GTD's coders to judge. Here it is: no party to the incident, and no machine
//! where people speak. Whether an entry is terrorism is told by a source or not at all: its remarks
//! on the three criteria and on doubt are passed on as notes, for filtering, and decide nothing but
//! the outcome. GTD asks for at least two of the three.
//!
//! *Where it differs on purpose.* Where only the perpetrators' deaths are known, or only the
//! victims', the database writes that number into the total. Here it stays what was said, a toll of
//! the attackers or one that leaves them out, and nobody is shown a total that nobody gave.
//!
//! *What was read.* Of the codebook (*Inclusion Criteria and Variables*) the sections are "GTD
//! Definition of Terrorism and Inclusion Criteria", "Additional Filtering Mechanism: Doubt Terrorism
//! Proper?", and the variables nkill, nkillter and nwound. The rules for nkill, nwound and the
//! criteria were checked in the wording that Our World in Data repeats of them (owid/etl,
//! `garden/terrorism/2023-07-20/global_terrorism_database.meta.yml`); those for the attackers apart
//! and for hostages, and what "around the same time" means, could not be, and stand as they are: the
//! same rule, and the same day.

use sheaf_model::{Attackers, Field, Harm, Qualifier, Settled, SettledIncident, Toll, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::packing::REMARKS;
use crate::rules::fields::{self, Heard};
use crate::rules::figure::{Figure, figure_of, figures, settle_bounds, settle_figure};
use crate::rules::scope::{self, Aligned, Line};
use crate::rules::toll::{self, Ask, Parties, Table};
use crate::ruling::{Docket, Outcome, Ruling, State, Why};
use crate::voices::n_voices;

/// The most recent source.
pub const GTD_LIKE: &dyn Profile = &GtdLike;

static ABOUT: About = About {
    name: "gtd-like",
    cited: "gtd-like@2",
    rule: "Killed, injured and abducted, attackers included and apart. The most recent credible \
           source gives the number; of several equally recent, the majority; without one, the \
           lowest. Claims of the perpetrators are excluded; words and what is only feared or \
           unconfirmed leave a toll blank. Differing tolls are noted, and so are a source's remarks \
           that a criterion is not met or that it may not be terrorism, for filtering.",
    reference: "GTD Codebook: Inclusion Criteria and Variables (START, University of Maryland, June 2015 and later), \
                sections GTD Definition of Terrorism and Inclusion Criteria and Additional Filtering Mechanism, variables \
                nkill, nkillter and nwound; https://www.start.umd.edu/gtd",
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
            let lines = lines.into_iter().filter_map(|line| without_vague(line, &mut docket));
            let line = scope::first_of(lines.collect(), WITH_ATTACKERS, &mut docket);
            tolls.extend(line.and_then(|line| most_recent(harm, whom, &line, &mut docket)));
        }
        let remarked: Vec<&str> = hearing.words_of(Field::Status).collect();
        let mut notes: Vec<&str> = REMARKS.into_iter().filter(|it| remarked.contains(it)).collect();
        let outcome = outcome(&notes);
        notes.extend(CONFLICTS.into_iter().filter_map(|(harm, note)| {
            let differs =
                |toll: &Settled<Toll>| toll.value.harm == harm && !toll.against.is_empty();
            tolls.iter().any(differs).then_some(note)
        }));
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket).with_notes(notes)
    }
}

/// Noted beside an entry whose sources differ.
const CONFLICTS: [(Harm, &str); 3] = [
    (Harm::Killed, "sources differ on the deaths"),
    (Harm::Injured, "sources differ on the injuries"),
    (Harm::Abducted, "sources differ on the hostages"),
];

/// The line without what is too vague to be of use; `None` where nothing is left of it.
fn without_vague(mut line: Line, docket: &mut Docket) -> Option<Line> {
    let why = |claim: &Aligned| match claim.toll.qualifier {
        Qualifier::Words => Some(Why::TooVague),
        Qualifier::Feared => Some(Why::Feared),
        Qualifier::Unconfirmed => Some(Why::Unconfirmed),
        _ => None,
    };
    for claim in &line.counted {
        if let Some(why) = why(claim).filter(|_| claim.with.is_none()) {
            docket.put_aside(claim.said_in, why);
        }
    }
    line.counted.retain(|claim| why(claim).is_none());
    if line.counted.is_empty() {
        // What was not counted beside it has its reason already, or else shares this one.
        scope::put_aside(&line, Why::TooVague, docket);
        return None;
    }
    Some(line)
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
