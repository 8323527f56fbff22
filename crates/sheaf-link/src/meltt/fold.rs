//! The folds: each data set in turn meets what is left of those before it.

use std::collections::HashMap;

use super::candidates::{Compare, Rules, candidates};
use super::choose::{many_each, one_each};
use super::coded::{CodedRecord, Row};
use super::{Candidate, Contenders, MatchedRecords, MelttResult, RowId};

/// Folds all data sets, which stand in the complete index one after another.
pub(super) fn fold_all(complete: Vec<CodedRecord>, rules: &Rules) -> MelttResult {
    let mut datasets: Vec<Vec<Row>> = Vec::new();
    for record in &complete {
        if datasets.len() <= record.id.dataset {
            datasets.resize(record.id.dataset + 1, Vec::new());
        }
        datasets[record.id.dataset].push(Row::from(record));
    }
    let mut events = Matches::new(datasets.len());
    let mut episodes = Matches::new(datasets.len());
    let mut kept = Vec::new();
    for (nth, dataset) in datasets.into_iter().enumerate() {
        kept = match nth {
            0 => dataset,
            _ => fold(kept, dataset, &mut events, &mut episodes, rules),
        };
    }
    let mut removed = [events.removed, episodes.removed].concat();
    removed.sort_unstable();
    MelttResult {
        complete,
        unique: kept.into_iter().map(Row::into_unique).collect(),
        removed,
        event_matches: events.rows,
        episode_matches: episodes.rows,
        event_contenders: events.contenders,
        episode_contenders: episodes.contenders,
    }
}

/// One fold: what is left of the old rows and the new ones.
fn fold(
    old: Vec<Row>,
    new: Vec<Row>,
    events: &mut Matches,
    episodes: &mut Matches,
    rules: &Rules,
) -> Vec<Row> {
    let (mut old_events, mut old_episodes) = split(old);
    let (new_events, new_episodes) = split(new);
    let new_events = events.join(&mut old_events, new_events, rules);
    let new_episodes = episodes.join(&mut old_episodes, new_episodes, rules);

    // Averaging may have made an episode of an event, so the sides are split anew.
    let (mut old_events, old_episodes) = split(together([old_events, old_episodes]));
    let (mut new_events, new_episodes) = split(together([new_events, new_episodes]));
    flag(&old_episodes, &mut new_events, rules);
    flag(&new_episodes, &mut old_events, rules);

    let mut kept = together([old_events, new_events, old_episodes, new_episodes]);
    kept.sort_by(|a, b| a.first.total_cmp(&b.first).then(a.id.cmp(&b.id)));
    kept
}

fn split(rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    rows.into_iter().partition(Row::is_event)
}

fn together<const N: usize>(parts: [Vec<Row>; N]) -> Vec<Row> {
    parts.into_iter().flatten().collect()
}

/// Flags the events that may be part of an episode.
fn flag(episodes: &[Row], events: &mut [Row], rules: &Rules) {
    let found = candidates(episodes, events, Compare::EpisodeWithEvent, rules);
    for taken in many_each(found, rules.order) {
        events[taken.right].episodes.push(episodes[taken.left].id);
    }
}

/// The matches of events, or of episodes, as they gather fold by fold.
struct Matches {
    n_datasets: usize,
    rows: Vec<MatchedRecords>,
    // Which of the rows a record that stayed stands in.
    row_of: HashMap<RowId, usize>,
    contenders: Vec<Contenders>,
    removed: Vec<RowId>,
}

impl Matches {
    fn new(n_datasets: usize) -> Matches {
        Matches {
            n_datasets,
            rows: Vec::new(),
            row_of: HashMap::new(),
            contenders: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Matches old with new, notes the matches, and gives back the new rows without a match.
    fn join(&mut self, old: &mut [Row], new: Vec<Row>, rules: &Rules) -> Vec<Row> {
        let mut is_duplicate = vec![false; new.len()];
        let found = candidates(old, &new, Compare::Alike, rules);
        for (taken, ranked) in one_each(found, rules.order) {
            let (kept, duplicate) = (&mut old[taken.left], &new[taken.right]);
            is_duplicate[taken.right] = true;
            self.note(kept.id, duplicate.id);
            let candidate = |at: usize| {
                let scored = ranked.candidates.get(at)?;
                Some(Candidate { id: new[scored.right].id, score: scored.score })
            };
            if let Some(chosen) = candidate(ranked.at) {
                self.contenders.push(Contenders {
                    kept: kept.id,
                    chosen,
                    runners_up: [candidate(ranked.at + 1), candidate(ranked.at + 2)],
                    n_candidates: ranked.candidates.len(),
                });
            }
            if rules.averaging {
                // MELTT's columns are one off; see the head of the folder. R rounds halves to even.
                kept.first = ((kept.first + duplicate.first) / 2.0).round_ties_even();
                kept.last = (kept.last + duplicate.last) / 2.0;
                kept.point.lat = (kept.point.lat + duplicate.point.lat) / 2.0;
            }
        }
        let mut is_duplicate = is_duplicate.into_iter();
        let mut left_over = new;
        left_over.retain(|_| !is_duplicate.next().unwrap_or(false));
        left_over
    }

    fn note(&mut self, kept: RowId, duplicate: RowId) {
        let at = *self.row_of.entry(kept).or_insert_with(|| {
            let mut row = vec![None; self.n_datasets];
            row[kept.dataset] = Some(kept.row);
            self.rows.push(MatchedRecords(row));
            self.rows.len() - 1
        });
        self.rows[at].0[duplicate.dataset] = Some(duplicate.row);
        self.removed.push(duplicate);
    }
}
