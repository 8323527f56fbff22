//! The pool as the desk's pages see it: with the eyes of whoever asks, from the reports that these eyes may
//! use and from nothing else.

mod asked;
mod decided;
mod handed;
mod sited;
mod watched;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};
use sheaf_desk::{
    Columns, Decision, DeskError, Eyes, Incidents, Judging, Layer, Pages, Question, Row,
    SourceAbout, Wish,
};
use sheaf_model::{Day, Judgement, JudgementId, Marking, Moment, ReportId, SourceName};
use sheaf_settle::{PROFILES, Profile};
use sheaf_share::rules::{Reader, as_line, may_see};
use sheaf_store::exchange::{Exchange, Run};
use sheaf_store::{Access, Pool, Site, Wanted};

use crate::changes::Same;
use crate::commands::review::population::Population;
use crate::commands::{alarms, custody, judge};
use crate::failure::Failure;
use crate::kept::Kept;
use crate::knowing::Knowing;
use crate::layer::Layers;
use crate::narrowed::{Marks, Sees};
use crate::output::{Entry, numbers_of};
use crate::profiles::Profiles;
use crate::received::Shared;
use crate::view::{self, View};

/// How many of each are kept: for the owner, for some circles of readers, for a day or two of the past.
const KEPT: usize = 6;
/// Incidents settled at once.
const CHUNK: u32 = 1 << 12;

/// A pool for pages.
#[derive(Debug)]
pub struct PoolPages {
    path: PathBuf,
    log: Exchange,
    layers: Layers,
    /// For names that tell a reader no number.
    key: String,
    columns: Kept<(Sight, String), Columns>,
    views: Kept<Sight, View>,
    populations: Kept<Sight, Population>,
    /// By how often sites were loaded.
    sites: Kept<i64, Vec<Site>>,
    /// What stood out in a layer, by a run of the watch.
    alarms: Kept<(Same, i64), Vec<Value>>,
}

/// What somebody sees of the pool: from which imports and judgements, marked how, known when. Whoever has
/// the same sight sees the same.
#[derive(Clone, PartialEq, Debug)]
struct Sight {
    imports: String,
    judged: String,
    /// All sources if there is no list.
    sources: Option<Vec<(SourceName, String)>>,
    known_on: Option<Day>,
    /// What others shared.
    shared: Option<Shared>,
    /// What is seen of the reports that are narrower than their source.
    narrowed: Option<Sees>,
}

impl Sight {
    fn knowing(&self) -> Knowing {
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

    /// Whether reports of a source of the pool itself are seen.
    fn sees(&self, source: &str) -> bool {
        self.sources.as_ref().is_none_or(|it| it.iter().any(|(name, _)| name.as_str() == source))
    }

    /// Whether a report is seen.
    fn sees_report(&self, id: &ReportId) -> bool {
        if self.narrowed.as_ref().is_some_and(|it| it.hides(id)) {
            return false;
        }
        self.sees(id.source()) || self.shared.as_ref().is_some_and(|it| it.marking(id).is_some())
    }

    /// Whether it is the whole pool as it is now.
    fn is_everything(&self) -> bool {
        self.sources.is_none() && self.known_on.is_none() && self.shared.is_none()
    }
}

/// A pool, opened for one question, and what may be seen of it.
struct Seen {
    pool: Pool,
    sight: Sight,
    marked: BTreeMap<SourceName, Marking>,
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
            views: Kept::new(KEPT),
            populations: Kept::new(KEPT),
            sites: Kept::new(1),
            alarms: Kept::new(KEPT),
        })
    }

    fn see(&self, eyes: &Eyes, known_on: Option<Day>, now: Moment) -> Result<Seen, Failure> {
        let pool = Pool::open(&self.path, Access::Read)?;
        let marks = Marks::of(&pool, &self.log)?;
        let narrowed = match eyes {
            Eyes::Here => None,
            Eyes::Of(reader) => self.layers.narrowed(&pool, &marks, reader, now)?,
        };
        let mut marked = marks.sources;
        let sources = match eyes {
            Eyes::Here => None,
            Eyes::Of(reader) => {
                marked.retain(|_, marking| may_see(marking, reader, now).is_yes());
                Some(marked.iter().map(|(name, it)| (name.clone(), as_line(it))).collect())
            }
        };
        let judgements = pool.judgements()?;
        let n_withdrawn = judgements.iter().filter(|it| it.withdrawn.is_some()).count();
        let chosen = pool.linking_chosen(|_| true)?.map(|it| (it.method, it.at));
        let reader = match eyes {
            Eyes::Here => None,
            Eyes::Of(reader) => Some(reader),
        };
        let sight = Sight {
            shared: self.layers.shared(reader, now)?,
            imports: format!("{} {chosen:?}", pool.imports()?.len()),
            judged: format!("{} {n_withdrawn}", judgements.len()),
            sources,
            known_on,
            narrowed,
        };
        Ok(Seen { pool, sight, marked })
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
        let make = || View::knowing(&seen.pool, seen.sight.knowing(), true);
        self.views.get(seen.sight.clone(), make)
    }

    /// The pairs that linking compared, which hang on no judgement.
    fn population(&self, seen: &Seen) -> Result<Arc<Population>, Failure> {
        let sight = Sight { judged: String::new(), ..seen.sight.clone() };
        let name = Path::new("the pool");
        let make = || Population::knowing(&seen.pool, name, seen.sight.knowing(), None, true);
        self.populations.get(sight, make)
    }

    fn made_columns(&self, seen: &Seen, profile: &'static dyn Profile) -> Result<Columns, Failure> {
        let knowing = seen.sight.knowing();
        let sources = knowing.sources(&seen.pool)?.into_iter().map(|it| SourceAbout {
            name: it.name.as_str().to_owned(),
            licence: it.licence.name(),
            kind: it.kind.name(),
            title: it.title,
            organisation: it.organisation,
        });
        let mut columns = Columns::of(sources.collect(), sheaf_link::fold);
        let kept = match seen.sight.is_everything() {
            true => view::kept(&seen.pool, profile)?,
            false => None,
        };
        if let Some(kept) = kept {
            seen.pool.for_each_settled(
                &kept,
                |_| true,
                |settled| {
                    if let Some(outcome) = profile.outcome_of(&settled) {
                        columns.push(&row(&settled, outcome));
                    }
                },
            )?;
            let mut n_reports = 0;
            seen.pool.for_each_current(Wanted::only(&[]), None, |_, _| n_reports += 1)?;
            columns.set_reports(n_reports);
            return Ok(columns.sorted());
        }
        let view = self.view(seen)?;
        let profiles = Profiles::named(profile.about().cited)?;
        let n = view.linkage.n_incidents;
        for start in (0..n).step_by(CHUNK as usize) {
            let incidents = (start..n.min(start + CHUNK)).into_par_iter();
            let settled: Vec<Vec<Entry>> = incidents
                .map(|it| profiles.entries(&view.known.ballots, view.linkage.members(it)))
                .collect();
            for entry in settled.iter().flatten() {
                columns.push(&row(entry, entry.outcome()));
            }
        }
        columns.set_reports(view.known.outlines.len() as u64);
        Ok(columns.sorted())
    }
}

fn row(settled: &sheaf_model::SettledIncident, outcome: sheaf_settle::Outcome) -> Row<'_> {
    let [killed_low, _, killed_high, injured_low, _, injured_high] = numbers_of(settled);
    Row {
        settled,
        state: outcome.state.name(),
        word: outcome.word,
        is_disputed: view::is_disputed(settled),
        killed: killed_low.map(|low| (low, killed_high)),
        injured: injured_low.map(|low| (low, injured_high)),
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
        let key = (seen.sight.clone(), profile.about().cited.to_owned());
        Ok(self.columns.get(key, || self.made_columns(&seen, profile))?)
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

    fn pass(&self) -> Result<(), DeskError> {
        custody::expire(&self.path)?;
        Ok(())
    }
}

fn profiles(wish: &Wish) -> Result<Profiles, Failure> {
    let name = if wish.profile.is_empty() { "interval" } else { &wish.profile };
    Profiles::named(name)
}
