//! Why MELTT did or did not hold two records to be the same: what it looked at, and what it took
//! instead. Worked out anew from the records as they were told, by the functions that matched. With
//! `averaging` a record that was kept has moved since, and what is said here is where it began.

use super::candidates::{Rules, km_between};
use super::coded::{CodedRecord, Row};
use super::{Candidate, Contenders, MelttResult, Options, RowId, Taxonomy};

/// What MELTT sees in two records.
#[derive(Clone, PartialEq, Debug)]
pub struct Looked {
    /// Days between the first days of the two.
    pub days_first: u32,
    /// Days between their last days.
    pub days_last: u32,
    /// The great circle between them, in kilometres.
    pub km: f64,
    /// Whether each is an event; otherwise it is an episode.
    pub are_events: (bool, bool),
    /// For each taxonomy the level at which the two agree, counted from 0 as the finest.
    pub levels: Vec<Option<usize>>,
    /// 0 the best, 1 the worst; `None` if too few taxonomies agree.
    pub score: Option<f64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of comparing two records.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// They are of one data set, which MELTT never compares with itself.
    OneDataset,
    /// The later one was taken as a duplicate of the earlier, which had so many candidates.
    Taken(usize),
    /// Both were taken as duplicates of this record.
    BothTaken(RowId),
    /// One is an event that may be part of the other, an episode. Both stay.
    Flagged,
    /// One is an event and the other an episode; they are never held to be the same, and the event
    /// was not found to lie in the episode.
    EventAndEpisode,
    /// Too many days lie between them.
    Days,
    /// Too many kilometres lie between them.
    Km,
    /// Too few taxonomies agree.
    Categories,
    /// They were candidates for each other, and something else was done.
    Instead(Instead),
}

/// What was done instead with two records that came into question for each other.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Instead {
    /// The earlier record had gone before, as a duplicate of this one.
    pub earlier_gone_to: Option<RowId>,
    /// The earlier record took this one of the later record's data set.
    pub earlier_took: Option<Candidate>,
    /// The later record was taken by this one, with this score.
    pub later_taken_by: Option<Candidate>,
}

impl MelttResult {
    /// The match in which a record went as a duplicate.
    pub fn taken_in(&self, id: RowId) -> Option<&Contenders> {
        self.contenders().find(|it| it.chosen.id == id)
    }

    /// The matches in which a record was kept, in the order of the folds.
    pub fn took(&self, id: RowId) -> impl Iterator<Item = &Contenders> {
        self.contenders().filter(move |it| it.kept == id)
    }

    fn contenders(&self) -> impl Iterator<Item = &Contenders> {
        self.event_contenders.iter().chain(&self.episode_contenders)
    }

    fn coded(&self, id: RowId) -> Option<&CodedRecord> {
        self.complete.iter().find(|it| it.id == id)
    }

    fn flags(&self, event: RowId, episode: RowId) -> bool {
        self.unique.iter().any(|it| it.id == event && it.episodes.contains(&episode))
    }

    /// What MELTT sees in two records, and what came of it. `None` if there is no such record.
    pub fn look(
        &self,
        taxonomies: &[Taxonomy],
        options: &Options,
        one: RowId,
        other: RowId,
    ) -> Option<Looked> {
        let (earlier, later) = (self.coded(one.min(other))?, self.coded(one.max(other))?);
        let rules = Rules::new(taxonomies, options);
        let (left, right) = (Row::from(earlier), Row::from(later));
        let (first, last) =
            (earlier.first.abs_diff(later.first), earlier.last.abs_diff(later.last));
        let km = km_between(earlier.point, later.point);
        let score = rules.score(&left, &right);
        let are_events = (left.is_event(), right.is_event());
        let in_time = f64::from(first) <= rules.days && f64::from(last) <= rules.days;
        let taken = |id: RowId| self.taken_in(id);
        let outcome = if earlier.id.dataset == later.id.dataset {
            Outcome::OneDataset
        } else if let Some(found) = taken(later.id).filter(|it| it.kept == earlier.id) {
            Outcome::Taken(found.n_candidates)
        } else if let (Some(a), Some(b)) = (taken(earlier.id), taken(later.id))
            && a.kept == b.kept
        {
            Outcome::BothTaken(a.kept)
        } else if self.flags(earlier.id, later.id) || self.flags(later.id, earlier.id) {
            Outcome::Flagged
        } else if are_events.0 != are_events.1 {
            Outcome::EventAndEpisode
        } else if !in_time {
            Outcome::Days
        } else if km > rules.km {
            Outcome::Km
        } else if score.is_none() {
            Outcome::Categories
        } else {
            Outcome::Instead(self.instead(earlier.id, later.id))
        };
        let same_order = one <= other;
        Some(Looked {
            days_first: first,
            days_last: last,
            km,
            are_events: if same_order { are_events } else { (are_events.1, are_events.0) },
            levels: rules.agreed(&earlier.codes, &later.codes).collect(),
            score,
            outcome,
        })
    }

    fn instead(&self, earlier: RowId, later: RowId) -> Instead {
        Instead {
            earlier_gone_to: self.taken_in(earlier).map(|it| it.kept),
            earlier_took: self
                .took(earlier)
                .find(|it| it.chosen.id.dataset == later.dataset)
                .map(|it| it.chosen),
            later_taken_by: self
                .taken_in(later)
                .map(|it| Candidate { id: it.kept, score: it.chosen.score }),
        }
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Day;

    use super::super::{CandidateOrder, Dataset, Point, Record, meltt};
    use super::*;

    fn record(first: u32, last: u32, km: f64, category: &str) -> Record {
        Record {
            first: Day::from_ymd(2020, 1, first).unwrap(),
            last: Day::from_ymd(2020, 1, last).unwrap(),
            point: Some(Point { lat: km / 111.111, lon: 30.0 }),
            categories: vec![category.to_owned()],
        }
    }

    fn id(text: &str) -> RowId {
        let (dataset, row) = text.split_once('_').unwrap();
        RowId {
            dataset: dataset.parse::<usize>().unwrap() - 1,
            row: row.parse::<usize>().unwrap() - 1,
        }
    }

    #[test]
    fn what_meltt_looked_at_and_what_it_took_instead() {
        let lines = ["roads", "wire", "desk"].into_iter().flat_map(|name| {
            [("car", "vehicle"), ("van", "vehicle"), ("fire", "nature")]
                .map(|(category, broad)| (name, category, [category, broad]))
        });
        let taxonomies = [Taxonomy::new("kind", lines).unwrap()];
        let of = |name: &str, records: Vec<Record>| Dataset { name: name.to_owned(), records };
        let datasets = [
            of("roads", vec![record(5, 5, 0.0, "car"), record(20, 24, 0.0, "car")]),
            of(
                "wire",
                vec![
                    record(4, 4, 0.0, "van"),
                    record(5, 5, 1.0, "car"),
                    record(21, 21, 0.0, "van"),
                    record(5, 5, 0.0, "fire"),
                    record(5, 5, 80.0, "car"),
                ],
            ),
            of("desk", vec![record(5, 5, 0.5, "car"), record(5, 5, 0.5, "car")]),
        ];
        let mut options = Options::as_in_meltt(4.0, 2.0);
        let result = meltt(&datasets, &taxonomies, &options).unwrap();
        let look = |a: &str, b: &str| result.look(&taxonomies, &options, id(a), id(b)).unwrap();
        let outcome = |a: &str, b: &str| look(a, b).outcome;

        let taken = look("2_1", "1_1");
        assert_eq!((taken.days_first, taken.days_last, taken.km), (1, 1, 0.0));
        assert_eq!((taken.levels, taken.score), (vec![Some(1)], Some(1.0)));
        assert_eq!(taken.outcome, Outcome::Taken(2));
        // The exact one was passed over; nobody else took it before desk came.
        let passed_over = look("1_1", "2_2");
        assert_eq!(passed_over.score, Some(0.0));
        let took = Some(Candidate { id: id("2_1"), score: 1.0 });
        let expected = Instead { earlier_took: took, ..Instead::default() };
        assert_eq!(passed_over.outcome, Outcome::Instead(expected));

        assert_eq!(outcome("2_1", "3_1"), Outcome::BothTaken(id("1_1")));
        let gone = Instead {
            earlier_gone_to: Some(id("1_1")),
            earlier_took: None,
            later_taken_by: Some(Candidate { id: id("2_2"), score: 0.0 }),
        };
        assert_eq!(outcome("2_1", "3_2"), Outcome::Instead(gone));
        assert_eq!(outcome("1_2", "2_3"), Outcome::Flagged);
        assert_eq!(look("1_2", "2_3").are_events, (false, true));
        assert_eq!(look("2_3", "1_2").are_events, (true, false));
        assert_eq!(outcome("1_2", "2_1"), Outcome::EventAndEpisode);
        assert_eq!(outcome("1_1", "2_3"), Outcome::Days);
        assert_eq!(outcome("1_1", "2_5"), Outcome::Km);
        assert_eq!(outcome("1_1", "2_4"), Outcome::Categories);
        assert_eq!(outcome("2_1", "2_2"), Outcome::OneDataset);

        options.candidate_order = CandidateOrder::ByScore;
        let result = meltt(&datasets, &taxonomies, &options).unwrap();
        let look = result.look(&taxonomies, &options, id("1_1"), id("2_2")).unwrap();
        assert_eq!(look.outcome, Outcome::Taken(2));
        assert!(result.look(&taxonomies, &options, id("1_1"), id("9_9")).is_none());
    }
}
