//! The pool as the desk's pages see it: with the eyes of whoever asks, from the reports that these eyes may
//! use and from nothing else.

mod asked;
mod brought;
mod columns;
mod decided;
mod handed;
mod released;
mod sited;
mod watched;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use sheaf_desk::{
    Columns, Decision, DeskError, Eyes, Incidents, Judging, Layer, Pages, Question, Wish,
};
use sheaf_model::{Day, Judgement, JudgementId, Moment};
use sheaf_settle::{INTERVAL, PROFILES};
use sheaf_share::rules::Reader;
use sheaf_store::exchange::{Exchange, Run};
use sheaf_store::{Access, Diff, ImportId, Pool, Site};

use self::columns::Sectors;
use crate::changes::Same;
use crate::commands::review::population::Population;
use crate::commands::{alarms, custody, judge};
use crate::failure::Failure;
use crate::kept::Kept;
use crate::layer::Layers;
use crate::profiles::Profiles;
use crate::sight::{Seen, Sight};
use crate::view::{self, View};

/// How many of each are kept: for the owner, for some circles of readers, for a day or two of the past.
const KEPT: usize = 6;

/// A pool for pages.
#[derive(Debug)]
pub struct PoolPages {
    path: PathBuf,
    log: Exchange,
    layers: Layers,
    /// For names that tell a reader no number.
    key: String,
    columns: Kept<(Sight, Sectors, &'static str), Columns>,
    populations: Kept<Sight, Population>,
    /// What changed between two imports.
    diffs: Kept<(ImportId, ImportId), Diff>,
    /// By how often sites were loaded.
    sites: Kept<i64, Vec<Site>>,
    /// Who knew what, by whose each source is, by source or by member, with alarms or without.
    knew: Kept<(Sight, Vec<String>, bool, bool), Value>,
    /// What stood out in a layer, by a run of the watch.
    alarms: Kept<(Same, i64), Vec<Value>>,
}

impl From<Failure> for DeskError {
    fn from(failure: Failure) -> DeskError {
        DeskError::new(failure.code, failure.what, failure.hint.unwrap_or_default())
    }
}

impl PoolPages {
    /// Of the pool at this path, which must be there.
    pub fn of(path: &Path) -> Result<PoolPages, Failure> {
        let log = Exchange::open(path)?;
        let key = log.secret("pages", sheaf_desk::random_bytes()?)?;
        Ok(PoolPages {
            path: path.to_owned(),
            log,
            key: blake3::Hash::from_bytes(key).to_hex().to_string(),
            layers: Layers::of(path)?,
            columns: Kept::new(KEPT),
            populations: Kept::new(KEPT),
            diffs: Kept::new(2),
            sites: Kept::new(1),
            knew: Kept::new(KEPT),
            alarms: Kept::new(KEPT),
        })
    }

    fn see(&self, eyes: &Eyes, known_on: Option<Day>, now: Moment) -> Result<Seen, Failure> {
        let reader = match eyes {
            Eyes::Here => None,
            Eyes::Of(reader) => Some(reader),
        };
        self.layers.look(reader, known_on, now)
    }

    /// What a judgement is called. To readers its number would tell how many there are that they do not see.
    fn name_of(&self, seen: &Seen, judgement: JudgementId) -> String {
        match seen.sight.sources {
            None => judgement.to_string(),
            Some(_) => {
                let hash = blake3::hash(format!("{} {judgement}", self.key).as_bytes());
                format!("j-{}", &hash.to_hex()[..16])
            }
        }
    }

    /// A judgement as JSON, called so.
    fn judged(&self, seen: &Seen, judgement: &Judgement) -> Value {
        let mut told = judge::as_json(judgement);
        told["id"] = json!(self.name_of(seen, judgement.id));
        told
    }

    fn view(&self, seen: &Seen) -> Result<Arc<View>, Failure> {
        self.layers.view(seen)
    }

    /// The pairs that linking compared, which hang on no judgement.
    fn population(&self, seen: &Seen) -> Result<Arc<Population>, Failure> {
        let name = Path::new("the pool");
        let make = || Population::knowing(&seen.pool, name, seen.sight.knowing(), None, true);
        self.populations.get(seen.sight.unjudged(), make)
    }
}

impl Incidents for PoolPages {
    fn seen_by(&self, reader: &Reader, now: Moment) -> Result<Arc<Layer>, DeskError> {
        self.layers.seen_by(reader, now)
    }

    fn changed(
        &self,
        layer: &Arc<Layer>,
        reader: &Reader,
        now: Moment,
    ) -> Result<Arc<Vec<Moment>>, DeskError> {
        self.layers.changed(layer, reader, now)
    }

    fn call_off(&self, now: Moment) -> Result<usize, DeskError> {
        self.layers.call_off(now)
    }
}

impl Pages for PoolPages {
    fn columns(&self, eyes: &Eyes, wish: &Wish, now: Moment) -> Result<Arc<Columns>, DeskError> {
        let profiles = profiles(wish)?;
        let profile = profiles.only()?;
        let seen = self.see(eyes, wish.as_known_on, now)?;
        let sectors = self.sectors(&seen)?;
        let key = (seen.sight.clone(), sectors.clone(), profile.about().cited);
        Ok(self.columns.get(key, || self.made_columns(&seen, &sectors, profile))?)
    }

    fn profiles(&self) -> Value {
        let profiles = PROFILES.iter().map(|it| it.about()).map(|about| {
            json!({
                "name": about.name, "cited": about.cited, "rule": about.rule,
                "reference": about.reference, "is_estimate": about.is_estimate,
            })
        });
        profiles.collect()
    }

    fn answer(
        &self,
        eyes: &Eyes,
        question: &Question<'_>,
        now: Moment,
    ) -> Result<Value, DeskError> {
        Ok(self.asked(eyes, question, now)?)
    }

    fn preview(&self, eyes: &Eyes, judging: &Judging<'_>, now: Moment) -> Result<Value, DeskError> {
        Ok(self.previewed(eyes, judging, now)?)
    }

    fn decide(
        &self,
        eyes: &Eyes,
        by: &str,
        decision: &Decision<'_>,
        now: Moment,
    ) -> Result<Value, DeskError> {
        Ok(self.decided(eyes, by, decision, now)?)
    }

    fn sites(&self) -> Result<Arc<Vec<Site>>, DeskError> {
        let pool = Pool::open(&self.path, Access::Read).map_err(Failure::from)?;
        let n_loads = pool.site_loads().map_err(Failure::from)?;
        let make = || Ok(pool.sites()?);
        Ok(self.sites.get(n_loads, make)?)
    }

    fn alarms(&self, reader: &Reader, run: &Run, now: Moment) -> Result<Vec<Value>, DeskError> {
        let (layer, sites) = (self.layers.seen(reader, now)?, self.sites()?);
        let key = (Same(layer.clone()), run.run);
        let alarms = self.alarms.get(key, || alarms::of_layer(run, layer, &sites));
        Ok(alarms?.as_ref().clone())
    }

    fn is_up_to_date(&self) -> Result<bool, DeskError> {
        let pool = Pool::open(&self.path, Access::Read).map_err(Failure::from)?;
        Ok(view::kept(&pool, INTERVAL)?.is_some())
    }

    fn pass(&self) -> Result<(), DeskError> {
        custody::expire(&self.path)?;
        Ok(())
    }
}

fn profiles(wish: &Wish) -> Result<Profiles, Failure> {
    let name = if wish.profile.is_empty() { "interval" } else { &wish.profile };
    Profiles::named(name)
}
