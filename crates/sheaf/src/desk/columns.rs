//! Every incident that some eyes see, as columns: from what is kept of the pool where that is what they see, and
//! otherwise from what is linked and settled for them.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sheaf_desk::{Columns, Row, SourceAbout, Word};
use sheaf_model::{Count, MemberId, Settled, SettledIncident, Whom};
use sheaf_settle::{Outcome, Profile};
use sheaf_store::{IncidentRow, NameList, Named, SettledView, ValueMark};

use super::PoolPages;
use crate::failure::Failure;
use crate::output::numbers_of;
use crate::profiles::Profiles;
use crate::received::Shared;
use crate::sight::Seen;
use crate::view;

/// At least so many incidents are settled on one thread.
const LEAST_CHUNK: u32 = 1 << 12;

/// Sectors by the sources of their members.
pub(super) type Sectors = BTreeMap<String, &'static str>;

impl PoolPages {
    /// The sector of the member whose each source is.
    pub(super) fn sectors(&self, seen: &Seen) -> Result<Sectors, Failure> {
        let directory = sheaf_desk::directory(&self.log)?;
        let sector = |member: &MemberId| directory.member(member).map(|it| it.sector.name());
        let shared = seen.sight.shared.iter().flat_map(Shared::originators);
        let mut sectors: Sectors = shared
            .filter_map(|(source, member)| Some((source.to_owned(), sector(member)?)))
            .collect();
        for (source, marking) in &seen.marked {
            if let Some(sector) = marking.originator.as_ref().and_then(sector) {
                sectors.insert(source.as_str().to_owned(), sector);
            }
        }
        Ok(sectors)
    }

    pub(super) fn made_columns(
        &self,
        seen: &Seen,
        sectors: &Sectors,
        profile: &'static dyn Profile,
    ) -> Result<Columns, Failure> {
        let knowing = seen.sight.knowing();
        let sources = knowing.sources(&seen.pool)?.into_iter().map(|it| SourceAbout {
            sector: sectors.get(it.name.as_str()).copied(),
            name: it.name.as_str().to_owned(),
            licence: it.licence.name(),
            kind: it.kind.name(),
            title: it.title,
            organisation: it.organisation,
        });
        let columns = Columns::of(sources.collect(), sheaf_link::fold);
        // The rows that are kept show the tolls of everybody.
        let kept = match seen.sight.is_whole && profile.about().counts == Whom::All {
            true => view::kept(&seen.pool, profile)?,
            false => None,
        };
        match kept {
            Some(kept) => of_kept(seen, &kept, profile, columns),
            None => self.of_settled(seen, profile, columns),
        }
    }

    fn of_settled(
        &self,
        seen: &Seen,
        profile: &'static dyn Profile,
        mut columns: Columns,
    ) -> Result<Columns, Failure> {
        let view = self.view(seen)?;
        let profiles = Profiles::named(profile.about().cited)?;
        let n = view.linkage.n_incidents;
        // What is settled is large, and goes again on the thread that made it: only its row stays.
        // The fewer the chunks, the fewer names are looked up again when they are put together.
        let chunk = n.div_ceil(4 * rayon::current_num_threads() as u32).max(LEAST_CHUNK);
        let starts: Vec<u32> = (0..n).step_by(chunk as usize).collect();
        let empty = columns.emptied();
        let chunks = starts.into_par_iter().map(|start| {
            let mut some = empty.emptied();
            for incident in start..n.min(start + chunk) {
                let members = view.linkage.members(incident);
                for entry in profiles.entries(&view.known.ballots, members) {
                    let row = row(&mut some, &entry, entry.outcome());
                    some.push(&row);
                }
            }
            some
        });
        chunks.collect::<Vec<Columns>>().iter().for_each(|some| columns.append(some));
        columns.set_reports(view.known.outlines.len() as u64);
        Ok(columns.sorted())
    }
}

fn of_kept(
    seen: &Seen,
    kept: &SettledView,
    profile: &'static dyn Profile,
    mut columns: Columns,
) -> Result<Columns, Failure> {
    let mut lists: [Lookup; Named::ALL.len()] = Default::default();
    let mut counts: Vec<Count> = Vec::new();
    seen.pool.for_each_marked_row(kept, |row, marks| {
        counts.clear();
        counts.extend(marks.iter().filter_map(|it| it.count));
        if let Some(outcome) = profile.outcome_of(&counts) {
            let named = Named::ALL.map(|named| {
                let (list, at) = row.listed(named)?;
                Some(lists[named as usize].word(&mut columns, list, at))
            });
            columns.push(&listed(row, named, marks, outcome));
        }
    })?;
    columns.set_reports(seen.pool.n_current()?);
    Ok(columns.sorted())
}

/// What the names of a list are called in columns, as far as they were looked up.
#[derive(Default)]
struct Lookup {
    list: Option<NameList>,
    words: Vec<Option<Word>>,
}

impl Lookup {
    fn word(&mut self, columns: &mut Columns, list: &NameList, at: usize) -> Word {
        if !self.list.as_ref().is_some_and(|it| it.is(list)) {
            self.list = Some(list.clone());
            self.words.clear();
            self.words.resize(list.len(), None);
        }
        *self.words[at].get_or_insert_with(|| columns.word(list.name(at)))
    }
}

/// An incident that is settled now as a row.
fn row<'a>(columns: &mut Columns, it: &'a SettledIncident, outcome: Outcome) -> Row<'a> {
    fn value<T: Copy>(settled: &Option<Settled<T>>) -> Option<T> {
        settled.as_ref().map(|it| it.value)
    }
    let [killed_low, _, killed_high, injured_low, _, injured_high] = numbers_of(it);
    Row {
        id: it.incident.id.as_str(),
        n_reports: it.incident.reports.len() as u32,
        sources: it.sources.iter().map(|it| it.as_str()).collect(),
        when: value(&it.when),
        place: value(&it.place),
        kind: value(&it.kind),
        named: [&it.place_name, &it.admin_one, &it.country, &it.target, &it.weapon]
            .map(|it| it.as_ref().map(|it| columns.word(&it.value))),
        state: outcome.state.name(),
        word: outcome.word,
        is_disputed: view::is_disputed(it),
        killed: killed_low.map(|low| (low, killed_high)),
        injured: injured_low.map(|low| (low, injured_high)),
    }
}

/// The same of an incident as it is kept in the pool.
fn listed<'a>(
    row: IncidentRow<'a>,
    named: [Option<Word>; 5],
    marks: &[ValueMark],
    outcome: Outcome,
) -> Row<'a> {
    let number = |count: Option<Count>| count.map(|it| (it.low(), it.high()));
    Row {
        id: row.id(),
        n_reports: row.n_reports(),
        sources: row.sources().collect(),
        when: row.when(),
        place: row.place(),
        kind: row.kind(),
        named,
        state: outcome.state.name(),
        word: outcome.word,
        is_disputed: marks.iter().any(view::tells_of_dispute),
        killed: number(row.killed()),
        injured: number(row.injured()),
    }
}
