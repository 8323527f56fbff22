//! What a pool came to know between two states of knowledge, report by report and incident by
//! incident, with sums that explain the difference.
//!
//! Incidents of the two states belong together if they share a report. What belongs together is one
//! change: an incident added, deleted or revised, several merged into one, one split into several,
//! or several rearranged. Each incident is in exactly one change, so what the changes add to a sum
//! is exactly what the sum changed by; that is checked each time.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use sheaf_model::ReportId;
use sheaf_settle::Profile;
use sheaf_store::{KnownDiff, Pool};

use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::output::{Entry, NUMBERS, numbers_of, values_in_words};
use crate::view::Groups;

/// One end of a comparison.
pub struct End {
    /// As people named it.
    pub title: String,
    pub knowing: Knowing,
}

/// Two states of knowledge and what lies between them.
pub struct Between {
    pub ends: [End; 2],
    pub states: [State; 2],
    pub reports: KnownDiff,
    pub changes: Vec<Change>,
    pub profile: &'static dyn Profile,
}

impl Between {
    /// Links and settles both states and puts together what belongs together.
    pub fn of(
        pool: &Pool,
        ends: [End; 2],
        profile: &'static dyn Profile,
        quiet: bool,
    ) -> Result<Between, Failure> {
        let [from, to] = &ends;
        let reports =
            pool.diff_known(|import| from.knowing.has(import), |import| to.knowing.has(import))?;
        let states = [State::of(pool, from, profile, quiet)?, State::of(pool, to, profile, quiet)?];
        let changes = changes(&states);
        Ok(Between { ends, states, reports, changes, profile })
    }

    /// The sums, which must add up.
    pub fn sums(&self) -> Result<Vec<Sum>, Failure> {
        let [from, to] = &self.states;
        let count = |incidents: &[Entry], of: &dyn Fn(&Entry) -> Option<u32>| -> i64 {
            incidents.iter().filter_map(of).map(i64::from).sum()
        };
        let mut sums = Vec::new();
        for (what, place) in std::iter::once(("incidents", None))
            .chain(NUMBERS.iter().zip(0..).map(|(it, at)| (*it, Some(at))))
        {
            let of = move |entry: &Entry| match place {
                None => Some(1),
                Some(at) => numbers_of(entry)[at],
            };
            let at = |incidents: &[Entry], places: &[usize]| -> i64 {
                places.iter().filter_map(|&at| of(&incidents[at])).map(i64::from).sum()
            };
            let by = Kind::ALL.map(|kind| {
                let changes = self.changes.iter().filter(|change| change.kind == kind);
                changes
                    .map(|it| at(&to.incidents, &it.to) - at(&from.incidents, &it.from))
                    .sum::<i64>()
            });
            let sum =
                Sum { what, from: count(&from.incidents, &of), by, to: count(&to.incidents, &of) };
            if sum.from + sum.by.iter().sum::<i64>() != sum.to {
                return Err(Failure::new(
                    "sums-differ",
                    format!("{what}: {} and the changes do not give {}", sum.from, sum.to),
                )
                .hint("this is a defect of the program; please report it"));
            }
            sums.push(sum);
        }
        Ok(sums)
    }

    pub fn n_unchanged(&self) -> u64 {
        let gone = self.reports.deleted.len() + self.reports.revised.len();
        self.states[0].n_reports - gone as u64
    }

    pub fn ids(&self, end: usize, places: &[usize]) -> Vec<String> {
        let incidents = &self.states[end].incidents;
        places.iter().map(|&at| incidents[at].incident.id.to_string()).collect()
    }

    /// What a revised incident says before and after, field by field.
    pub fn revisions(&self, change: &Change) -> Vec<(&'static str, String, String)> {
        let (&[a], &[b]) = (change.from.as_slice(), change.to.as_slice()) else {
            return Vec::new();
        };
        let old = values_in_words(&self.states[0].incidents[a]);
        let new = values_in_words(&self.states[1].incidents[b]);
        let both = old.into_iter().zip(new);
        both.filter(|(a, b)| a != b).map(|((field, a), (_, b))| (field, a, b)).collect()
    }
}

/// What the pool was at one end.
pub struct State {
    pub n_reports: u64,
    /// Every incident, in order of handle.
    pub incidents: Vec<Entry>,
}

impl State {
    fn of(
        pool: &Pool,
        end: &End,
        profile: &'static dyn Profile,
        quiet: bool,
    ) -> Result<State, Failure> {
        let view = Groups::knowing(pool, end.knowing.clone(), quiet)?;
        let ballots = &view.known.ballots;
        let one = |incident: u32| {
            let members = view.linkage.members(incident);
            Entry::of(sheaf_settle::rule(ballots, members, profile), profile)
        };
        let incidents = (0..view.linkage.n_incidents).into_par_iter().map(one).collect();
        Ok(State { n_reports: view.known.outlines.len() as u64, incidents })
    }
}

/// What became of incidents that belong together: their positions at both ends.
pub struct Change {
    pub kind: Kind,
    pub from: Vec<usize>,
    pub to: Vec<usize>,
}

/// What kind of change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Added,
    Deleted,
    Revised,
    Merged,
    Split,
    Rearranged,
    Unchanged,
}

impl Kind {
    /// Every kind that changes something.
    pub const ALL: [Kind; 6] =
        [Kind::Added, Kind::Deleted, Kind::Revised, Kind::Merged, Kind::Split, Kind::Rearranged];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Deleted => "deleted",
            Kind::Revised => "revised",
            Kind::Merged => "merged",
            Kind::Split => "split",
            Kind::Rearranged => "rearranged",
            Kind::Unchanged => "unchanged",
        }
    }
}

/// Puts incidents together that share a report, in order of the first of them.
fn changes([from, to]: &[State; 2]) -> Vec<Change> {
    let n_from = from.incidents.len();
    // Incidents of both ends in one row; each leads to the first of its company.
    let mut first: Vec<usize> = (0..n_from + to.incidents.len()).collect();
    fn lead(first: &mut [usize], mut at: usize) -> usize {
        while first[at] != at {
            first[at] = first[first[at]];
            at = first[at];
        }
        at
    }
    let mut holder = HashMap::<&ReportId, usize>::new();
    for (at, incident) in from.incidents.iter().chain(&to.incidents).enumerate() {
        for report in &incident.incident.reports {
            match holder.get(report) {
                None => {
                    holder.insert(report, at);
                }
                Some(&other) => {
                    let (a, b) = (lead(&mut first, at), lead(&mut first, other));
                    first[a.max(b)] = a.min(b);
                }
            }
        }
    }
    let mut companies = BTreeMap::<usize, (Vec<usize>, Vec<usize>)>::new();
    for at in 0..first.len() {
        let company = companies.entry(lead(&mut first, at)).or_default();
        match at.checked_sub(n_from) {
            None => company.0.push(at),
            Some(at) => company.1.push(at),
        }
    }
    let told = |(a, b): (Vec<usize>, Vec<usize>)| {
        let kind = match (a.as_slice(), b.as_slice()) {
            ([], _) => Kind::Added,
            (_, []) => Kind::Deleted,
            (&[a], &[b]) => {
                let (old, new) = (&from.incidents[a], &to.incidents[b]);
                let is_same =
                    old.incident == new.incident && values_in_words(old) == values_in_words(new);
                if is_same { Kind::Unchanged } else { Kind::Revised }
            }
            (_, [_]) => Kind::Merged,
            ([_], _) => Kind::Split,
            _ => Kind::Rearranged,
        };
        Change { kind, from: a, to: b }
    };
    companies.into_values().map(told).collect()
}

/// One number summed up over all incidents, and what each kind of change added to it.
pub struct Sum {
    pub what: &'static str,
    pub from: i64,
    pub by: [i64; Kind::ALL.len()],
    pub to: i64,
}
