//! *airwars-like*: how well harm to civilians is established, in the five gradings of Airwars.
//!
//! - *Confirmed*: one belligerent accepted responsibility, that is, one organisation claimed it.
//! - *Contested*: competing claims of responsibility: several claimed it, or nobody did and no
//!   single organisation is blamed by every voice that blames anyone.
//! - *Discounted*: those killed were combatants, that is, everyone who counts civilians counts none
//!   among the dead. That other parties are most likely responsible is an assessment, which is in
//!   no claim and is not inferred.
//! - *Fair*: two or more credible independent sources, and likely or confirmed action of a
//!   belligerent nearby: somebody is blamed, or the kind of incident is one that only armed parties
//!   do (a strike from afar, a battle).
//! - *Weak*: one source.
//!
//! Two sources without any sign of a belligerent fit none of the five. That is *pending*, and not
//! pressed into Weak. Tolls are from the lowest to the highest, of civilians where counted. A
//! machine-coded lead is no credible source.

use sheaf_model::{Field, Kind, SettledIncident, Whom};

use super::{About, Profile};
use crate::hearing::Hearing;
use crate::packing::Said;
use crate::rules::civilians::{self, n_telling, nearest_to_civilians};
use crate::rules::fields::{self, Heard};
use crate::rules::toll::{self, Table};
use crate::ruling::{Docket, Outcome, Ruling, State};
use crate::voices::n_voices;

/// Five gradings.
pub const AIRWARS_LIKE: &dyn Profile = &AirwarsLike;

static ABOUT: About = About {
    name: "airwars-like",
    cited: "airwars-like@1",
    rule: "Civilians killed and injured, from the lowest to the highest comparable claim, and a \
           grading. Confirmed: one organisation accepted responsibility. Contested: competing \
           claims of responsibility. Discounted: those killed were no civilians. Fair: two or more \
           credible independent sources, with likely or confirmed action of a belligerent nearby. \
           Weak: one source.",
    reference: "https://airwars.org/about/methodology and rctngle/airwars-archive-2025, theme/functions/api.php",
    counts: Whom::Civilians,
    is_estimate: false,
};

struct AirwarsLike;

impl Profile for AirwarsLike {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn rule(&self, hearing: &Hearing<'_>) -> Ruling {
        let mut docket = Docket::default();
        let settled = fields::settle(hearing, ABOUT.cited, Heard::Everyone, &mut docket);
        let tables = toll::tables(hearing, &civilians::ASK, &mut docket);
        let no_civilians = killed_no_civilians(&tables);
        let tolls = nearest_to_civilians(tables, &mut docket);
        let outcome = grading(hearing, &settled, no_civilians);
        Ruling::new(SettledIncident { tolls, ..settled }, outcome, docket)
    }
}

fn grading(hearing: &Hearing<'_>, it: &SettledIncident, no_civilians: bool) -> Outcome {
    let graded = |state, word, because| Outcome { state, word, because };
    let n_sources = n_telling(hearing);
    if n_sources == 0 {
        return graded(State::Pending, "ungraded", "no source tells of deaths or injuries");
    }
    if no_civilians {
        return graded(State::Rejected, "Discounted", "no civilians among those killed");
    }
    if it.claimed_by.len() > 1 {
        return graded(State::Contested, "Contested", "several organisations claimed it");
    }
    if it.claimed_by.len() == 1 {
        return graded(State::Settled, "Confirmed", "one organisation accepted responsibility");
    }
    if blame_competes(hearing) {
        return graded(State::Contested, "Contested", "different organisations are blamed");
    }
    let is_armed =
        |kind: Kind| kind.chain().any(|it| matches!(it, Kind::RemoteStrike | Kind::Battle));
    let near = !it.blamed_on.is_empty() || it.kind.as_ref().is_some_and(|it| is_armed(it.value));
    match (n_sources, near) {
        (1, _) => graded(State::Pending, "Weak", "one source"),
        (_, true) => graded(State::Settled, "Fair", "two or more sources, and a belligerent near"),
        (_, false) => {
            let because = "two or more sources, and no word of a belligerent near";
            graded(State::Pending, "ungraded", because)
        }
    }
}

/// Whether no single organisation is blamed by every voice that blames anyone.
fn blame_competes(hearing: &Hearing<'_>) -> bool {
    let blames = hearing.voiced(Field::BlamedOn, |said| match said {
        Said::Words(words) => Some(hearing.texts().folding(words)),
        _ => None,
    });
    let n_blaming = n_voices(blames.iter().map(|blame| blame.voice));
    let n_against = |organisation: u32| {
        let alike = blames.iter().filter(|blame| blame.value == organisation);
        n_voices(alike.map(|blame| blame.voice))
    };
    n_blaming > 1 && !blames.iter().any(|blame| n_against(blame.value) == n_blaming)
}

/// Whether somebody counts civilians among the dead, and everybody who does counts none.
fn killed_no_civilians(tables: &[Table]) -> bool {
    let mut killed = tables
        .iter()
        .filter(|table| table.harm == sheaf_model::Harm::Killed && table.whom == Whom::Civilians)
        .flat_map(|table| table.lines.iter().flat_map(|line| &line.counted))
        .peekable();
    killed.peek().is_some() && killed.all(|claim| claim.toll.count.high() == Some(0))
}
