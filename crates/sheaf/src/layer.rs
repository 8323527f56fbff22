//! The incidents of a pool as a reader of the desk sees them. From the sources that the reader may use, and
//! from nothing else, reports are linked and settled anew: an incident that two reports make up only because
//! a third, unseen one lies between them is none to this reader. Readers who may use the same sources share
//! what was made.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sheaf_desk::{DeskError, Incidents, Layer};
use sheaf_model::{Marking, Moment, ReportId, SourceName};
use sheaf_settle::INTERVAL;
use sheaf_share::rules::{Held, Reader, as_line, may_see, view_for};
use sheaf_store::exchange::{Exchange, Standing};
use sheaf_store::{Access, FoundReport, Pool, Wanted};

use crate::changes::{self, Same};
use crate::commands::release::call_off;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::knowing::Knowing;
use crate::narrowed::{Marks, Narrowed, Sees};
use crate::received::{Received, Shared};
use crate::view::View;

/// So many are kept; each holds all incidents of its circle of readers.
const KEPT: usize = 8;

/// Makes and keeps layers of a pool.
#[derive(Debug)]
pub struct Layers {
    path: PathBuf,
    log: Exchange,
    received: Kept<(i64, i64), Received>,
    narrowed: Kept<(String, Marks), Narrowed>,
    made: Kept<Sight, Layer>,
    changed: Kept<Same, Vec<Moment>>,
    /// For which state of the pool it was seen to that what is released still holds.
    held: Kept<Ground, ()>,
}

/// What decides whether releases still hold: the pool's state, what is said of its sources, the extent of the log, and
/// which releases there are.
type Ground = (String, Marks, (i64, i64), Vec<i64>);

/// What a circle of readers sees: of the pool as it was, its sources as marked, and what others shared.
#[derive(Clone, PartialEq, Debug)]
struct Sight {
    pool: String,
    sources: Vec<(SourceName, String)>,
    shared: Option<Shared>,
    narrowed: Option<Sees>,
}

impl Layers {
    /// Of the pool at this path, which must be there.
    pub fn of(path: &Path) -> Result<Layers, Failure> {
        let log = Exchange::open(path)?;
        let (received, narrowed, made) = (Kept::new(1), Kept::new(1), Kept::new(KEPT));
        let changed = Kept::new(KEPT);
        let held = Kept::new(1);
        Ok(Layers { path: path.to_owned(), log, received, narrowed, made, changed, held })
    }

    /// What others shared with this pool, as a reader may use it; of nobody in particular, all of it.
    pub fn shared(&self, reader: Option<&Reader>, now: Moment) -> Result<Option<Shared>, Failure> {
        let received = self.received.get(self.log.extent()?, || Received::of(&self.log))?;
        Ok(received.seen_by(reader, now))
    }

    /// What a reader sees of the reports of which something is said beside what is said of their source.
    pub fn narrowed(
        &self,
        pool: &Pool,
        marks: &Marks,
        reader: &Reader,
        now: Moment,
    ) -> Result<Option<Sees>, Failure> {
        if marks.narrows_nothing() {
            return Ok(None);
        }
        let key = (state(pool)?, marks.clone());
        Ok(self.narrowed.get(key, || marks.narrowed(pool))?.seen_by(reader, now))
    }

    /// What a reader sees at this time.
    pub fn seen(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, Failure> {
        let pool = Pool::open(&self.path, Access::Read)?;
        let marks = Marks::of(&pool, &self.log)?;
        let narrowed = self.narrowed(&pool, &marks, reader, now)?;
        let mut marked = marks.sources;
        marked.retain(|_, marking| may_see(marking, reader, now).is_yes());
        let shared = self.shared(Some(reader), now)?;
        if marked.is_empty() && shared.is_none() {
            return Ok(Arc::default());
        }
        let sources = marked.iter().map(|(name, it)| (name.clone(), as_line(it))).collect();
        let sight = Sight {
            pool: state(&pool)?,
            sources,
            shared: shared.clone(),
            narrowed: narrowed.clone(),
        };
        self.made.get(sight, || make(&pool, &marked, shared, narrowed, reader, now))
    }
}

impl Layers {
    /// The marking that each of these reports bears now; none where it is not there any more, or not for this reader.
    pub fn bearing(
        &self,
        ids: &[ReportId],
        reader: &Reader,
        now: Moment,
    ) -> Result<Vec<Option<Marking>>, Failure> {
        let pool = Pool::open(&self.path, Access::Read)?;
        let marks = Marks::of(&pool, &self.log)?;
        let bearing = Bearing {
            own: current(&pool, ids)?,
            narrowed: self.narrowed(&pool, &marks, reader, now)?,
            marked: &marks.sources,
            shared: self.shared(Some(reader), now)?,
        };
        let is_there = |id: &ReportId| {
            bearing.own.contains(id)
                || bearing.shared.as_ref().is_some_and(|it| it.marking(id).is_some())
        };
        let of = |id: &ReportId| {
            let marking = bearing.of(id).filter(|_| is_there(id))?;
            may_see(marking, reader, now).is_yes().then(|| marking.clone())
        };
        Ok(ids.iter().map(of).collect())
    }

    /// Calls off what was released as an alert and may not be public any more; how many.
    fn called_off(&self, now: Moment) -> Result<usize, Failure> {
        let granted: Vec<i64> = self
            .log
            .releases()?
            .iter()
            .filter(|it| matches!(it.standing, Standing::Granted(_, Some(_))))
            .map(|it| it.number)
            .collect();
        if granted.is_empty() {
            return Ok(0);
        }
        let pool = Pool::open(&self.path, Access::Read)?;
        let marks = Marks::of(&pool, &self.log)?;
        let key = (state(&pool)?, marks, self.log.extent()?, granted);
        let mut n_called_off = 0;
        self.held.get(key, || {
            n_called_off = call_off(&self.log, self, now)?;
            Ok(())
        })?;
        Ok(n_called_off)
    }
}

impl Incidents for Layers {
    fn seen_by(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, DeskError> {
        Ok(self.seen(reader, now)?)
    }

    fn changed(
        &self,
        layer: &Arc<Layer>,
        reader: &Reader,
        now: Moment,
    ) -> Result<Arc<Vec<Moment>>, DeskError> {
        let changed = self.changed.get(Same(layer.clone()), || {
            let pool = Pool::open(&self.path, Access::Read)?;
            changes::of(&pool, layer, self.shared(Some(reader), now)?.as_ref())
        });
        Ok(changed?)
    }

    fn call_off(&self, now: Moment) -> Result<usize, DeskError> {
        Ok(self.called_off(now)?)
    }
}

/// What reports bear.
struct Bearing<'a> {
    /// Those that the pool holds itself.
    own: HashSet<ReportId>,
    narrowed: Option<Sees>,
    marked: &'a BTreeMap<SourceName, Marking>,
    shared: Option<Shared>,
}

impl Bearing<'_> {
    /// The marking of a report. What the pool holds itself bears what its source bears, also where it came back from
    /// elsewhere.
    fn of(&self, id: &ReportId) -> Option<&Marking> {
        let of_source =
            self.marked.iter().find(|(name, _)| name.as_str() == id.source()).map(|(_, it)| it);
        let from_others = self.shared.as_ref().and_then(|it| it.marking(id));
        let is_own = of_source.is_some() && self.own.contains(id);
        let alone = self.narrowed.as_ref().and_then(|it| it.marking(id));
        from_others.filter(|_| !is_own).or(alone).or(of_source)
    }
}

/// Which of these reports the pool holds itself, as current ones.
fn current(pool: &Pool, ids: &[ReportId]) -> Result<HashSet<ReportId>, Failure> {
    let found = pool.reports(ids, Wanted::only(&[]))?;
    let is_current = |found: &Option<FoundReport>| found.as_ref().is_some_and(|it| it.is_current);
    Ok(ids.iter().zip(&found).filter(|(_, it)| is_current(it)).map(|(id, _)| id.clone()).collect())
}

/// What incidents follow from: whatever changes them changes this.
fn state(pool: &Pool) -> Result<String, Failure> {
    let imports = pool.imports()?;
    let judgements = pool.judgements()?;
    let n_withdrawn = judgements.iter().filter(|it| it.withdrawn.is_some()).count();
    let n_chosen = pool.linking_chosen(|_| true)?.map(|it| (it.method, it.at));
    Ok(format!("{} {} {n_withdrawn} {n_chosen:?}", imports.len(), judgements.len()))
}

fn make(
    pool: &Pool,
    marked: &BTreeMap<SourceName, Marking>,
    shared: Option<Shared>,
    narrowed: Option<Sees>,
    reader: &Reader,
    now: Moment,
) -> Result<Layer, Failure> {
    let sources = Some(marked.keys().cloned().collect());
    let own = match &shared {
        Some(shared) => shared.held_by(pool)?,
        None => HashSet::new(),
    };
    let knowing = Knowing {
        sources,
        received: shared.clone(),
        narrowed: narrowed.clone(),
        ..Knowing::default()
    };
    let view = View::knowing(pool, knowing, true)?;
    let mut incidents = Vec::new();
    view.settle(INTERVAL, |chunk| {
        incidents.extend(chunk);
        Ok(())
    })?;
    incidents.sort_by(|a, b| a.incident.id.as_str().cmp(b.incident.id.as_str()));
    let bearing = Bearing { own, narrowed, marked, shared };
    let mut layer = Layer::default();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for settled in incidents {
        let held: Vec<Held<'_>> = settled
            .incident
            .reports
            .iter()
            .filter_map(|id| Some(Held { marking: bearing.of(id)?, claims: &[] }))
            .collect();
        let n_reports = settled.incident.reports.len();
        let view = view_for(held, reader, now);
        // A second lock on the door: what rests on anything this reader may not use is not there.
        let Some(whole) = view.marking.filter(|_| view.usable.len() == n_reports) else {
            continue;
        };
        let next = layer.markings.len();
        let number = *numbers.entry(as_line(&whole)).or_insert(next);
        if number == next {
            layer.markings.push(whole);
        }
        layer.marked.push(number);
        layer.incidents.push(settled);
    }
    Ok(layer)
}
