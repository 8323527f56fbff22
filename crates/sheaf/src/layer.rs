//! The incidents of a pool as a reader of the desk sees them. From the sources that the reader may use, and
//! from nothing else, reports are linked and settled anew: an incident that two reports make up only because
//! a third, unseen one lies between them is none to this reader. Readers who may use the same sources share
//! what was made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sheaf_desk::{DeskError, Incidents, Layer};
use sheaf_model::{Marking, Moment, ReportId, SourceName};
use sheaf_settle::INTERVAL;
use sheaf_share::rules::{Held, Reader, as_line, may_see, view_for};
use sheaf_store::exchange::Exchange;
use sheaf_store::{Access, Pool};

use crate::changes::{self, Same};
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
}

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
        Ok(Layers { path: path.to_owned(), log, received, narrowed, made, changed })
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

    fn seen(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, Failure> {
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
    // What the pool holds itself bears what its source bears, also where it came back from elsewhere.
    let own = match &shared {
        Some(shared) => shared.held_by(pool)?,
        None => Default::default(),
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
    let mut layer = Layer::default();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for settled in incidents {
        let of_source = |source: &str| {
            marked.iter().find(|(name, _)| name.as_str() == source).map(|(_, marking)| marking)
        };
        let bears = |id: &ReportId| {
            let from_others = shared.as_ref().and_then(|it| it.marking(id));
            let is_own = own.contains(id) && of_source(id.source()).is_some();
            let alone = narrowed.as_ref().and_then(|it| it.marking(id));
            from_others.filter(|_| !is_own).or(alone).or_else(|| of_source(id.source()))
        };
        let held: Vec<Held<'_>> = settled
            .incident
            .reports
            .iter()
            .filter_map(|id| Some(Held { marking: bears(id)?, claims: &[] }))
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
