//! Tolls of civilians by *min-max*, for the recorders who count civilians only. Where some report
//! gives the civilians' toll, it is that; otherwise the toll that comes nearest to it: without the
//! attackers, then one that does not say, then one that counts the attackers too. The scope stands
//! in the value, so that the last is not taken for the first.

use sheaf_model::{Attackers, Harm, Settled, Toll, Whom};

use super::min_max::min_max_of;
use super::scope::{self, Line};
use super::toll::{Ask, Parties, Table};
use crate::hearing::Hearing;
use crate::ruling::{Docket, Why};

/// What recorders of civilian harm settle.
pub(crate) static ASK: Ask = Ask {
    harms: &[Harm::Killed, Harm::Injured],
    whoms: &[Whom::All, Whom::Civilians],
    parties: Parties::Alike,
};

const NEAREST: [Attackers; 3] = [Attackers::Excluded, Attackers::Unsaid, Attackers::Included];

/// One toll for each harm.
pub(crate) fn nearest_to_civilians(tables: Vec<Table>, docket: &mut Docket) -> Vec<Settled<Toll>> {
    let mut tolls = Vec::new();
    let mut tables = tables.into_iter().peekable();
    while let Some(table) = tables.next() {
        let civilians = tables.next_if(|next| {
            next.harm == table.harm && next.whom == Whom::Civilians && has_counted(&next.lines)
        });
        let (whom, line) = match civilians {
            Some(civilians) => {
                let put_aside = |line: &Line| scope::put_aside(line, Why::OtherScope, docket);
                table.lines.iter().for_each(put_aside);
                (Whom::Civilians, civilians.lines.into_iter().next())
            }
            None => (table.whom, scope::first_of(table.lines, NEAREST, docket)),
        };
        tolls.extend(line.and_then(|line| min_max_of(table.harm, whom, &line)));
    }
    tolls
}

/// How many independent voices tell of deaths or injuries. Machine-coded leads do not count.
pub(crate) fn n_telling(hearing: &Hearing<'_>) -> usize {
    let told = hearing.tolls().filter(|(at, toll)| {
        let is_lead = hearing.unit(*at) == sheaf_model::Unit::Lead;
        ASK.harms.contains(&toll.harm) && !is_lead
    });
    crate::voices::n_voices(told.map(|(at, _)| hearing.voice(at)))
}

fn has_counted(lines: &[Line]) -> bool {
    lines.iter().any(|line| !line.counted.is_empty())
}
