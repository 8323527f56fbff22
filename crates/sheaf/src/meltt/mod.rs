//! Linking a pool as MELTT 0.4.3 does: the choice as the pool keeps it, the pool's reports as MELTT's
//! data sets, and what came of it. How MELTT itself works stands in `sheaf_link::meltt`; what it
//! means for somebody who moves over, in `docs/meltt.md`.

mod choice;
mod records;
mod rehearsal;
mod taxonomy_file;

use serde_json::{Value, json};
use sheaf_link::Linkage;
use sheaf_link::meltt::{Agreement, MelttError, MelttResult, Reports, RowId, link_reports};
use sheaf_model::Judgement;
use sheaf_store::Pool;

pub use choice::Choice;
pub use rehearsal::rehearse;
pub use taxonomy_file::TaxonomyFile;

use crate::commands::{counted, grouped};
use crate::failure::Failure;
use crate::pipeline::Known;
use records::Records;

/// The version of the package that is reproduced.
pub const VERSION: &str = "MELTT 0.4.3";

/// A pool linked as MELTT does.
pub struct Run {
    pub reports: Reports,
    pub result: MelttResult,
}

/// Links the known reports, read again from the pool with what only MELTT looks at.
pub fn link(
    choice: &Choice,
    pool: &Pool,
    known: &Known,
    judgements: &[Judgement],
) -> Result<(Linkage, Run), Failure> {
    let records = Records::of_pool(pool, &choice.columns(), known)?;
    let reports = records.into_reports(choice)?;
    let (linkage, result) =
        link_reports(&known.outlines, &reports, judgements).map_err(|error| refused(&error))?;
    Ok((linkage, Run { reports, result }))
}

/// What MELTT cannot work with: the first problem, and how many more there are.
fn refused(error: &MelttError) -> Failure {
    let first = error.problems.first().map_or(String::new(), ToString::to_string);
    let failure = Failure::new("not-for-meltt", first);
    match error.problems.len() {
        0 | 1 => failure,
        n => failure.hint(format!("and there is more: {} in all", counted(n as u64, "problem"))),
    }
}

impl Run {
    /// The record that a report is.
    pub fn row(&self, position: u32) -> Option<RowId> {
        self.reports.row(position)
    }

    fn counts(&self) -> [(&'static str, usize); 7] {
        let result = &self.result;
        let (events, episodes) = (result.event_matches.len(), result.episode_matches.len());
        [
            ("in", result.complete.len()),
            ("unique", result.unique.len()),
            ("matches", events + episodes),
            ("event_matches", events),
            ("episode_matches", episodes),
            ("removed", result.removed.len()),
            ("flagged", result.n_flagged()),
        ]
    }

    /// MELTT's own numbers in words, as its `summary()` would give them.
    pub fn sentence(&self) -> String {
        let [given, unique, matches, events, episodes, removed, flagged] =
            self.counts().map(|(_, n)| grouped(n as u64));
        format!(
            "{VERSION}: {given} in, {unique} unique, {matches} matches ({events} event + \
             {episodes} episode), {removed} removed, {flagged} flagged"
        )
    }

    /// The same for a program.
    pub fn json(&self) -> Value {
        let counts = self.counts().map(|(name, n)| (name.to_owned(), json!(n)));
        Value::Object(counts.into_iter().collect())
    }

    /// The level asked of a taxonomy, where one level alone counts; from 1.
    pub fn level_asked(&self, nth: usize) -> Option<usize> {
        match &self.reports.options.agreement {
            Agreement::FinestLevel => None,
            Agreement::AtLevels(levels) => levels.get(nth).copied(),
        }
    }
}
