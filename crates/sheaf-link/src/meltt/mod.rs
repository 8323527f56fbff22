//! MELTT, *Matching Event Data by Location, Time and Type*, as the R package of that name does it
//! in version 0.4.3, so that a published number can be had again without R. It is a second way of
//! linking, for those who move over; sheaf's own way lies beside this folder and shares nothing
//! with it. Data sets, taxonomies and windows go in, tables of row numbers come out; files are
//! read and written elsewhere.
//!
//! Donnay, Dunford, McGrath, Backer and Cunningham (2019), *Integrating Conflict Event Data*,
//! Journal of Conflict Resolution 63(5), doi:10.1177/0022002718777050.
//!
//! # What it does
//!
//! 1. Each data set is put in order of date. A record that ends on the day it begins is an
//!    *event*, any other an *episode*. Every taxonomy turns the record's own category into levels,
//!    finest first.
//! 2. The second data set is folded into the first, the third into what is left of both, and so
//!    on. A fold compares events with events, then episodes with episodes. Two records are
//!    *candidates* if their first days and their last days lie within the window of days, the
//!    great circle between them within the window of kilometres, and every taxonomy agrees at some
//!    level (`partial` of them may disagree throughout). Space and time cut and never rank.
//! 3. A candidate's score is the mean over the taxonomies of weight × level ÷ (depth − 1), with
//!    the finest level at which the two agree counted from 0: 0 is best, 1 is worst.
//! 4. The records of the earlier side, in order of date, each take one candidate that nobody took
//!    before. What is taken is a duplicate and goes; the earlier record stays as it was told (or
//!    moves halfway, with `averaging`) and may meet the next data set.
//! 5. Last, the events and episodes left over on opposite sides are compared. An event that falls
//!    into an episode is flagged with it, and both stay.
//!
//! # Its defects, kept unless you say otherwise
//!
//! - **Candidates are taken in the order in which they were found, not by score.** Since 0.4.0 the
//!   sort runs over the data set's number, which is the same for all of them. A worse candidate
//!   found first wins over an exact one, although the package's README promises the reverse.
//!   [`CandidateOrder::ByScore`] mends it.
//! - The branch meant to give a candidate back when a better suitor comes can never run, so the
//!   choice is greedy in either order, and depends on the order in which data sets are given.
//! - `partial` asks that *exactly* so many taxonomies disagree (or none), not at most so many.
//! - `averaging` moves the first day, the last day and the latitude: the columns are one off, and
//!   the longitude stays. An event whose last day moves half a day becomes an episode.
//! - One event beyond the window of days after an episode's first day is still looked at, if the
//!   episode is long: the walk looks before it stops.
//! - Two records of one data set are never compared.
//!
//! # Where we differ
//!
//! Only where MELTT stops or muddles its columns: bad input is refused with every problem named;
//! a side without events is no failure; and when the first two data sets share nothing, a later
//! match still stands in its own data set's column. Levels are numbered in byte order, where R
//! follows the machine's language; this changes the numbers in the index, and no match.
//!
//! # How we know
//!
//! The package's example of 195 car crashes, at four pairs of windows: every table is the same
//! byte for byte, the order of its lines included. Synthetic pools of 3,000 to 30,000 records
//! score as the package scored on them, to the third digit, with `partial` and with the sort
//! mended as well. `averaging` and levels asked for by number follow the package's source, and no
//! output of the package was at hand to compare them with. The source (LGPL-3) was read to learn
//! what it does; none of it is here.

mod candidates;
mod check;
mod choose;
mod coded;
mod duplicates;
mod fold;
mod looked;
mod reports;
mod tables;
mod taxonomy;
#[cfg(test)]
mod tests;

use std::fmt;

use sheaf_model::Day;

pub use check::{MelttError, Problem, check_arguments};
pub use coded::CodedRecord;
pub use duplicates::duplicates;
pub use looked::{Instead, Looked, Outcome};
pub use reports::{Reports, link_reports};
pub use tables::{
    Cell, Table, complete_index, contenders, deduplicated_index, matched, summary, unique_records,
};
pub use taxonomy::Taxonomy;

/// One data set: its name, as the taxonomies spell it, and its records in its own order.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The name, found as `data.source` in every taxonomy.
    pub name: String,
    /// The records. The first is event 1 in MELTT's tables.
    pub records: Vec<Record>,
}

/// One record of a data set, with as much of it as MELTT looks at.
#[derive(Clone, Debug)]
pub struct Record {
    /// The day it began (`date`).
    pub first: Day,
    /// The day it ended (`enddate`), the same for an event. MELTT does not ask that it be later:
    /// a record written backwards is an episode.
    pub last: Day,
    /// Where it happened. MELTT cannot do without, so `None` is refused.
    pub point: Option<Point>,
    /// Its own category for each taxonomy, in the order of the taxonomies.
    pub categories: Vec<String>,
}

/// A point in degrees. A place of the model has a radius; MELTT knows nothing of the kind.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

/// A record by its place in the input: which data set, and which record of it, both from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowId {
    /// Position of the data set.
    pub dataset: usize,
    /// Position of the record in its data set.
    pub row: usize,
}

/// As MELTT writes it in its flags, both numbers from 1: `2_12`.
impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.dataset + 1, self.row + 1)
    }
}

/// Which candidate a record takes when it has several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CandidateOrder {
    /// The first that was found: backwards in time from the record itself, then forwards. This is
    /// what MELTT 0.4.3 does, and a defect.
    AsInMeltt,
    /// The one with the best score; of equals, the first found. This is what MELTT promises.
    ByScore,
}

/// What counts as agreement in a taxonomy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Agreement {
    /// The finest level at which two records agree (`smartmatch = TRUE`).
    FinestLevel,
    /// Agreement at this level alone, one for each taxonomy, counted from 1 as the finest
    /// (`smartmatch = FALSE` with `certainty`).
    AtLevels(Vec<usize>),
}

/// MELTT's arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    /// The window in days (`twindow`), above 0. Days are whole, so 0.5 means the same day.
    pub days: f64,
    /// The window in kilometres (`spatwindow`), above 0.
    pub km: f64,
    /// A weight for each taxonomy, adding up to their number (`weight`); `None` weighs all alike.
    pub weights: Option<Vec<f64>>,
    /// How many taxonomies may disagree at every level, each at the worst score (`partial`).
    pub partial: usize,
    /// Whether the record kept moves halfway towards its duplicate (`averaging`). Written after
    /// the package's source; no output of the package was at hand to compare with.
    pub averaging: bool,
    /// What counts as agreement (`smartmatch`, `certainty`).
    pub agreement: Agreement,
    /// Which of several candidates is taken. The package has no such argument.
    pub candidate_order: CandidateOrder,
}

impl Options {
    /// These windows, and everything else as the package has it by default.
    pub fn as_in_meltt(km: f64, days: f64) -> Options {
        Options {
            days,
            km,
            weights: None,
            partial: 0,
            averaging: false,
            agreement: Agreement::FinestLevel,
            candidate_order: CandidateOrder::AsInMeltt,
        }
    }
}

/// A record that stays, as the last fold left it.
#[derive(Clone, PartialEq, Debug)]
pub struct UniqueRecord {
    /// Which record.
    pub id: RowId,
    /// Days from the earliest first day in the data to its first day. Whole without averaging.
    pub first: f64,
    /// The same for its last day.
    pub last: f64,
    /// Where it happened, after averaging.
    pub point: Point,
    /// If it is an event: the episodes it may be part of, in the order in which they were found.
    pub episodes: Vec<RowId>,
}

/// Records held to be the same: for each data set the position of its record, if it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatchedRecords(pub Vec<Option<usize>>);

/// A candidate and its score, 0 the best.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    /// Which record.
    pub id: RowId,
    /// The mean over the taxonomies; see the head of this module.
    pub score: f64,
}

/// A match with those that were not chosen.
#[derive(Clone, PartialEq, Debug)]
pub struct Contenders {
    /// The record that stayed.
    pub kept: RowId,
    /// The record that was taken as its duplicate. MELTT calls it the best match; in MELTT's own
    /// order it may be none.
    pub chosen: Candidate,
    /// The next two by score after the chosen one. Better ones that were passed over are not
    /// among them, in MELTT neither.
    pub runners_up: [Option<Candidate>; 2],
    /// How many candidates the record had.
    pub n_candidates: usize,
}

/// Everything MELTT gives back.
#[derive(Clone, PartialEq, Debug)]
pub struct MelttResult {
    /// Every record in order of data set and date, with its levels as numbers.
    pub complete: Vec<CodedRecord>,
    /// The records that stay, in order of date, data set and row.
    pub unique: Vec<UniqueRecord>,
    /// The records that went as duplicates, in order of data set and row.
    pub removed: Vec<RowId>,
    /// Events held to be the same, in the order in which they were first matched.
    pub event_matches: Vec<MatchedRecords>,
    /// Episodes held to be the same.
    pub episode_matches: Vec<MatchedRecords>,
    /// Every single match of events, fold by fold, with those that were not chosen.
    pub event_contenders: Vec<Contenders>,
    /// The same for episodes.
    pub episode_contenders: Vec<Contenders>,
}

impl MelttResult {
    /// How many of the records that stay are flagged with an episode.
    pub fn n_flagged(&self) -> usize {
        self.unique.iter().filter(|record| !record.episodes.is_empty()).count()
    }

    /// Every record once, with those held to be the same side by side and the one that stays at
    /// the head; in the order of [`MelttResult::unique`]. Flags join nothing.
    pub fn incidents(&self) -> Vec<Vec<RowId>> {
        let mut of_record = std::collections::HashMap::new();
        let mut incidents: Vec<Vec<RowId>> = Vec::with_capacity(self.unique.len());
        for (nth, record) in self.unique.iter().enumerate() {
            of_record.insert(record.id, nth);
            incidents.push(vec![record.id]);
        }
        for contenders in self.event_contenders.iter().chain(&self.episode_contenders) {
            // Whoever keeps a duplicate stays for good: a later fold removes only newcomers.
            if let Some(&nth) = of_record.get(&contenders.kept) {
                incidents[nth].push(contenders.chosen.id);
            }
        }
        for incident in &mut incidents {
            incident[1..].sort_unstable();
        }
        incidents
    }
}

/// Folds the data sets into one, in the order given, as the package's `meltt()` does.
///
/// # Errors
///
/// Names every problem of the input: windows of zero or below, weights or levels that fit no
/// taxonomy, records without coordinates, categories that a taxonomy does not map.
pub fn meltt(
    datasets: &[Dataset],
    taxonomies: &[Taxonomy],
    options: &Options,
) -> Result<MelttResult, MelttError> {
    check::check(datasets, taxonomies, options)?;
    let rules = candidates::Rules::new(taxonomies, options);
    Ok(fold::fold_all(coded::code(datasets, taxonomies), &rules))
}
