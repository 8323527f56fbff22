//! The incidents of a pool as a reader of the desk sees them. From the sources that the reader may use, and
//! from nothing else, reports are linked and settled anew: an incident that two reports make up only because
//! a third, unseen one lies between them is none to this reader. Readers who may use the same sources share
//! what was made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sheaf_desk::{DeskError, Incidents, Layer};
use sheaf_model::{Marking, Moment, SourceName};
use sheaf_settle::INTERVAL;
use sheaf_share::rules::{Held, Reader, as_line, may_see, view_for};
use sheaf_store::exchange::Exchange;
use sheaf_store::{Access, Pool};

use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::pipeline;
use crate::view::View;

/// So many are kept; each holds all incidents of its circle of readers.
const KEPT: usize = 8;

/// Makes and keeps layers of a pool.
#[derive(Debug)]
pub struct Layers {
    path: PathBuf,
    log: Exchange,
    // One is made at a time: it takes all the cores there are.
    made: Mutex<Made>,
}

#[derive(Debug, Default)]
struct Made {
    /// What the pool was when they were made.
    pool: String,
    layers: BTreeMap<Vec<(SourceName, String)>, Arc<Layer>>,
}

impl Layers {
    /// Of the pool at this path, which must be there.
    pub fn of(path: &Path) -> Result<Layers, Failure> {
        let log = Exchange::open(path)?;
        Ok(Layers { path: path.to_owned(), log, made: Mutex::new(Made::default()) })
    }

    fn seen(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, Failure> {
        let pool = Pool::open(&self.path, Access::Read)?;
        let marked: BTreeMap<SourceName, Marking> = marked(&pool, &self.log)?
            .into_iter()
            .filter(|(_, marking)| may_see(marking, reader, now).is_yes())
            .collect();
        if marked.is_empty() {
            return Ok(Arc::default());
        }
        let state = state(&pool)?;
        let key: Vec<(SourceName, String)> =
            marked.iter().map(|(name, marking)| (name.clone(), as_line(marking))).collect();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.pool != state || made.layers.len() >= KEPT && !made.layers.contains_key(&key) {
            *made = Made { pool: state, layers: BTreeMap::new() };
        }
        if let Some(layer) = made.layers.get(&key) {
            return Ok(layer.clone());
        }
        let layer = Arc::new(make(&pool, &marked, reader, now)?);
        made.layers.insert(key, layer.clone());
        Ok(layer)
    }
}

impl Incidents for Layers {
    fn seen_by(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, DeskError> {
        self.seen(reader, now).map_err(|failure| {
            DeskError::new(failure.code, failure.what, failure.hint.unwrap_or_default())
        })
    }
}

/// What is allowed with the reports of each source, as far as its owner said anything; with the licence that
/// its newest import states.
pub fn marked(pool: &Pool, log: &Exchange) -> Result<BTreeMap<SourceName, Marking>, Failure> {
    let sources = pipeline::sources(&pool.imports()?);
    let mut marked = BTreeMap::new();
    for sharing in log.sharings()? {
        if let Some(source) = sources.iter().find(|it| it.name == sharing.source) {
            marked.insert(sharing.source, Marking { licence: source.licence, ..sharing.marking });
        }
    }
    Ok(marked)
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
    reader: &Reader,
    now: Moment,
) -> Result<Layer, Failure> {
    let sources = Some(marked.keys().cloned().collect());
    let view = View::knowing(pool, Knowing { sources, ..Knowing::default() }, true)?;
    let mut incidents = Vec::new();
    view.settle(INTERVAL, |chunk| {
        incidents.extend(chunk);
        Ok(())
    })?;
    incidents.sort_by(|a, b| a.incident.id.as_str().cmp(b.incident.id.as_str()));
    let mut layer = Layer::default();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for settled in incidents {
        let mut names: Vec<&str> = settled.incident.reports.iter().map(|it| it.source()).collect();
        names.sort_unstable();
        names.dedup();
        let held = names
            .iter()
            .filter_map(|name| marked.iter().find(|(source, _)| source.as_str() == *name))
            .map(|(_, marking)| Held { marking, claims: &[] });
        let view = view_for(held, reader, now);
        // A second lock on the door: what rests on anything this reader may not use is not there.
        let Some(whole) = view.marking.filter(|_| view.usable.len() == names.len()) else {
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
