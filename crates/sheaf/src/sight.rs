//! How much of a pool some eyes see: from which sources and judgements, marked how, known when. Whoever has the same
//! sight sees the same, so what was made for one is kept for all of them.

use std::collections::BTreeMap;

use sheaf_model::{Day, Marking, Moment, ReportId, SourceName};
use sheaf_share::rules::{Reader, as_line, may_see};
use sheaf_store::Pool;

use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::narrowed::{Marks, Sees};
use crate::received::Shared;

/// What somebody sees of the pool.
#[derive(Clone, PartialEq, Debug)]
pub struct Sight {
    /// What was taken in and how it is linked, and what was judged.
    state: State,
    /// All sources if there is no list.
    pub sources: Option<Vec<(SourceName, String)>>,
    known_on: Option<Day>,
    /// What others shared.
    pub shared: Option<Shared>,
    /// What is seen of the reports that are narrower than their source.
    pub narrowed: Option<Sees>,
    /// Whether nothing of the pool is left out, and nothing added to it.
    pub is_whole: bool,
}

/// What incidents follow from: whatever changes them changes this.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    imports: String,
    judged: String,
}

impl State {
    /// Of a pool as it is now.
    pub fn of(pool: &Pool) -> Result<State, Failure> {
        let judgements = pool.judgements()?;
        let n_withdrawn = judgements.iter().filter(|it| it.withdrawn.is_some()).count();
        let chosen = pool.linking_chosen(|_| true)?.map(|it| (it.method, it.at));
        Ok(State {
            imports: format!("{} {chosen:?}", pool.imports()?.len()),
            judged: format!("{} {n_withdrawn}", judgements.len()),
        })
    }
}

impl Sight {
    pub fn knowing(&self) -> Knowing {
        let names = |sources: &Vec<(SourceName, String)>| {
            sources.iter().map(|(name, _)| name.clone()).collect()
        };
        Knowing {
            sources: self.sources.as_ref().map(names),
            received: self.shared.clone(),
            narrowed: self.narrowed.clone(),
            ..Knowing::on(self.known_on)
        }
    }

    /// The same whatever was judged.
    pub fn unjudged(&self) -> Sight {
        let state = State { judged: String::new(), ..self.state.clone() };
        Sight { state, ..self.clone() }
    }

    /// Whether reports of a source of the pool itself are seen.
    pub fn sees(&self, source: &str) -> bool {
        self.sources.as_ref().is_none_or(|it| it.iter().any(|(name, _)| name.as_str() == source))
    }

    /// Whether a report is seen.
    pub fn sees_report(&self, id: &ReportId) -> bool {
        if self.narrowed.as_ref().is_some_and(|it| it.hides(id)) {
            return false;
        }
        self.sees(id.source()) || self.shared.as_ref().is_some_and(|it| it.marking(id).is_some())
    }

    /// Whether nothing is seen.
    pub fn is_nothing(&self) -> bool {
        self.sources.as_ref().is_some_and(Vec::is_empty) && self.shared.is_none()
    }

    /// Whether it is the whole pool as it is now, seen by whoever holds it.
    pub fn is_the_holders(&self) -> bool {
        self.is_whole && self.sources.is_none()
    }
}

/// A pool, opened for one question, and what may be seen of it.
pub struct Seen {
    pub pool: Pool,
    pub sight: Sight,
    /// The sources of the pool that are seen, with their markings.
    pub marked: BTreeMap<SourceName, Marking>,
}

impl Seen {
    /// What a reader, or with none whoever holds the pool, sees of it. `beside` is what others shared, and what is
    /// said of some reports only, as far as it is seen.
    pub fn of(
        pool: Pool,
        (reader, now): (Option<&Reader>, Moment),
        marks: Marks,
        beside: (Option<Shared>, Option<Sees>),
        known_on: Option<Day>,
    ) -> Result<Seen, Failure> {
        let (shared, narrowed) = beside;
        let mut marked = marks.sources;
        let sources: Option<Vec<_>> = reader.map(|reader| {
            marked.retain(|_, marking| may_see(marking, reader, now).is_yes());
            marked.iter().map(|(name, it)| (name.clone(), as_line(it))).collect()
        });
        let sees_all = sources.as_ref().is_none_or(|it| it.len() == marks.n_sources)
            && narrowed.as_ref().is_none_or(Sees::hides_nothing);
        let is_whole = sees_all && shared.is_none() && known_on.is_none();
        let state = State::of(&pool)?;
        let sight = Sight { state, sources, known_on, shared, narrowed, is_whole };
        Ok(Seen { pool, sight, marked })
    }
}
