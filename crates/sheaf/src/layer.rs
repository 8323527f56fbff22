//! The incidents of a pool as a reader of the desk sees them. From the sources that the reader may use, and
//! from nothing else, reports are linked and settled anew: an incident that two reports make up only because
//! a third, unseen one lies between them is none to this reader. Readers who may use the same sources share
//! what was made.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sheaf_desk::{DeskError, Incidents, Layer};
use sheaf_model::{Day, Marking, Moment, ReportId, SourceName};
use sheaf_settle::INTERVAL;
use sheaf_share::rules::{Held, Reader, as_line, may_see, view_for};
use sheaf_store::exchange::{Exchange, Standing};
use sheaf_store::{Access, FoundReport, Pool, Wanted};

use crate::changes::{self, Same};
use crate::commands::release::call_off;
use crate::failure::Failure;
use crate::kept::Kept;
use crate::narrowed::{Marks, Narrowed, Sees};
use crate::received::{Received, Shared};
use crate::sight::{Seen, Sight, State};
use crate::view::{self, View};

/// So many are kept; each holds all incidents of its circle of readers.
const KEPT: usize = 8;

/// Makes and keeps layers of a pool.
#[derive(Debug)]
pub struct Layers {
    path: PathBuf,
    log: Exchange,
    received: Kept<(i64, i64), Received>,
    narrowed: Kept<(State, Marks), Narrowed>,
    views: Kept<Sight, View>,
    made: Kept<Sight, Layer>,
    changed: Kept<Same, Vec<Moment>>,
    /// For which state of the pool it was seen to that what is released still holds.
    held: Kept<Ground, ()>,
}

/// What decides whether releases still hold: the pool's state, what is said of its sources, the extent of the log, and
/// which releases there are.
type Ground = (State, Marks, (i64, i64), Vec<i64>);

impl Layers {
    /// Of the pool at this path, which must be there.
    pub fn of(path: &Path) -> Result<Layers, Failure> {
        let log = Exchange::open(path)?;
        Ok(Layers {
            path: path.to_owned(),
            log,
            received: Kept::new(1),
            narrowed: Kept::new(1),
            views: Kept::new(KEPT),
            made: Kept::new(KEPT),
            changed: Kept::new(KEPT),
            held: Kept::new(1),
        })
    }

    /// What others shared with this pool, as a reader may use it; of nobody in particular, all of it.
    fn shared(&self, reader: Option<&Reader>, now: Moment) -> Result<Option<Shared>, Failure> {
        let received = self.received.get(self.log.extent()?, || Received::of(&self.log))?;
        Ok(received.seen_by(reader, now))
    }

    /// What a reader sees of the reports of which something is said beside what is said of their source.
    fn narrowed(
        &self,
        pool: &Pool,
        marks: &Marks,
        reader: &Reader,
        now: Moment,
    ) -> Result<Option<Sees>, Failure> {
        if marks.narrows_nothing() {
            return Ok(None);
        }
        let key = (State::of(pool)?, marks.clone());
        Ok(self.narrowed.get(key, || marks.narrowed(pool))?.seen_by(reader, now))
    }

    /// The pool, opened, and what a reader may see of it; or, with no reader, whoever holds it.
    pub fn look(
        &self,
        reader: Option<&Reader>,
        known_on: Option<Day>,
        now: Moment,
    ) -> Result<Seen, Failure> {
        let pool = Pool::open(&self.path, Access::Read)?;
        let marks = Marks::of(&pool, &self.log)?;
        let narrowed = match reader {
            None => None,
            Some(reader) => self.narrowed(&pool, &marks, reader, now)?,
        };
        let beside = (self.shared(reader, now)?, narrowed);
        Seen::of(pool, (reader, now), marks, beside, known_on)
    }

    /// The reports that are seen, linked. Pages, maps, alerts and subscriptions share it.
    pub fn view(&self, seen: &Seen) -> Result<Arc<View>, Failure> {
        let make = || View::knowing(&seen.pool, seen.sight.knowing(), true);
        self.views.get(seen.sight.clone(), make)
    }

    /// What a reader sees at this time.
    pub fn seen(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, Failure> {
        let seen = self.look(Some(reader), None, now)?;
        if seen.sight.is_nothing() {
            return Ok(Arc::default());
        }
        self.made.get(seen.sight.clone(), || self.make(&seen, reader, now))
    }

    fn make(&self, seen: &Seen, reader: &Reader, now: Moment) -> Result<Layer, Failure> {
        let mut incidents = Vec::new();
        let kept = match seen.sight.is_whole {
            true => view::kept(&seen.pool, INTERVAL)?,
            false => None,
        };
        match kept {
            Some(kept) => {
                seen.pool.for_each_settled(&kept, |_| true, |settled| incidents.push(settled))?;
            }
            None => self.view(seen)?.settle(INTERVAL, |chunk| {
                incidents.extend(chunk);
                Ok(())
            })?,
        }
        incidents.sort_by(|a, b| a.incident.id.as_str().cmp(b.incident.id.as_str()));
        let own = match &seen.sight.shared {
            Some(shared) => shared.held_by(&seen.pool)?,
            None => HashSet::new(),
        };
        let bearing = Bearing {
            own,
            narrowed: seen.sight.narrowed.clone(),
            marked: &seen.marked,
            shared: seen.sight.shared.clone(),
        };
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
        let key = (State::of(&pool)?, marks, self.log.extent()?, granted);
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
