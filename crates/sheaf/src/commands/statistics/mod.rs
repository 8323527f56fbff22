//! `sheaf scan`, `sheaf knox`, `sheaf hawkes`: what the incidents of a pool say as a whole, and how
//! often by chance. The statistics themselves are `sheaf-stats`; here incidents become dated points,
//! and what could not be used is counted and said.

mod files;
mod hawkes;
mod knox;
mod scan;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sheaf_model::{Day, Place, SettledIncident};
use sheaf_stats::{Measured, NoAnswer, Period, Sites};
use sheaf_store::{Access, Pool};

pub use hawkes::hawkes;
pub use knox::knox;
pub use scan::scan;

use super::open;
use crate::args::Which;
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::profiles::Profiles;
use crate::view::View;

impl From<NoAnswer> for Failure {
    fn from(why: NoAnswer) -> Failure {
        Failure::new("no-answer", why.to_string()).hint(why.hint())
    }
}

/// An incident with a day and a point.
pub(super) struct Point {
    pub handle: String,
    pub sources: Vec<String>,
    pub day: Day,
    place: Option<Place>,
    /// The first-level unit and country, as its sources name them; empty where they do not.
    pub region: String,
}

/// The incidents that can be used, and why others cannot.
pub(super) struct Points {
    pub points: Vec<Point>,
    left_out: BTreeMap<&'static str, u64>,
}

/// How many days an incident may be spread over and still count on its first.
const WIDEST_DAYS: u32 = 7;

impl Points {
    /// The incidents asked for, dated to a week or better; if a reach is given also placed to better
    /// than that, in kilometres.
    fn of(
        pool: &std::path::Path,
        which: &Which,
        km: Option<f64>,
        quiet: bool,
    ) -> Result<Points, Failure> {
        Points::of_known(pool, which, which.times.knowing(), km, quiet)
    }

    /// The same of what may be known.
    pub fn of_known(
        pool: &std::path::Path,
        which: &Which,
        knowing: Knowing,
        km: Option<f64>,
        quiet: bool,
    ) -> Result<Points, Failure> {
        let pool: Pool = open(pool, Access::Read)?;
        let profile = Profiles::named(&which.profile)?.only()?;
        let view = View::knowing(&pool, knowing, quiet)?;
        let mut found = Points { points: Vec::new(), left_out: BTreeMap::new() };
        view.settle(profile, |chunk| {
            for incident in chunk.iter().filter(|it| filter::wants(which, it)) {
                found.add(incident, km);
            }
            Ok(())
        })?;
        found.or_why()
    }

    /// Those of these incidents that can be used.
    pub fn among<'a>(
        incidents: impl Iterator<Item = &'a SettledIncident>,
        km: f64,
    ) -> Result<Points, Failure> {
        let mut found = Points { points: Vec::new(), left_out: BTreeMap::new() };
        incidents.for_each(|incident| found.add(incident, Some(km)));
        found.or_why()
    }

    fn add(&mut self, incident: &SettledIncident, km: Option<f64>) {
        let when = incident.when.as_ref().map(|it| it.value);
        let place = incident.place.as_ref().map(|it| it.value);
        let is_wide = |km: f64| place.is_some_and(|it| f64::from(it.radius().get()) > km * 1000.0);
        let why = match (when, km) {
            (None, _) => "no day",
            (Some(when), _) if when.width_days() > WIDEST_DAYS => "dated to more than a week",
            (_, Some(_)) if place.is_none() => "no point",
            (_, Some(km)) if is_wide(km) => "placed less exactly than the largest distance",
            (Some(when), _) => {
                self.points.push(Point {
                    handle: incident.incident.id.to_string(),
                    sources: incident.sources.iter().map(|it| it.to_string()).collect(),
                    day: when.first(),
                    place,
                    region: [&incident.admin_one, &incident.country]
                        .into_iter()
                        .flatten()
                        .map(|it| it.value.as_str())
                        .collect::<Vec<&str>>()
                        .join(", "),
                });
                return;
            }
        };
        *self.left_out.entry(why).or_default() += 1;
    }

    fn or_why(self) -> Result<Points, Failure> {
        if self.points.is_empty() {
            let why = self.words().unwrap_or_else(|| "no incident is like that".to_owned());
            return Err(Failure::new("no-answer", format!("no incident can be used: {why}"))
                .hint("`sheaf incidents` with the same filters lists what there is"));
        }
        Ok(self)
    }

    /// The distinct points as places, and for each incident which it is at.
    pub fn sites(&self) -> Result<(Sites, Vec<u32>), Failure> {
        let key = |place: Place| (place.lat().to_bits(), place.lon().to_bits());
        let places: Vec<Place> = self.points.iter().filter_map(|it| it.place).collect();
        let mut distinct: Vec<Place> = places.clone();
        distinct.sort_by(|a, b| a.lat().total_cmp(&b.lat()).then(a.lon().total_cmp(&b.lon())));
        distinct.dedup_by_key(|it| key(*it));
        let number: BTreeMap<(u64, u64), u32> =
            distinct.iter().map(|it| key(*it)).zip(0..).collect();
        let at = places.iter().map(|it| number[&key(*it)]).collect();
        let named = distinct
            .iter()
            .map(|it| (format!("{:.4},{:.4}", it.lat(), it.lon()), [it.lat(), it.lon()]))
            .collect();
        Ok((Sites::new(named, Measured::Globe)?, at))
    }

    /// From the first to the last day, or as far as the filters say.
    fn period(&self, which: &Which) -> Result<Period, Failure> {
        let days = self.points.iter().map(|it| it.day);
        let first = which.since.into_iter().chain(days.clone().min()).min();
        let last = which.until.into_iter().chain(days.max()).max();
        let period = first.zip(last).and_then(|(first, last)| Period::days(first, last, 1));
        period.ok_or_else(|| Failure::new("no-answer", "there is no period to look at"))
    }

    /// How many incidents fall on each day of a period.
    fn daily(&self, period: &Period) -> Vec<u32> {
        let mut counts = vec![0; period.n_steps()];
        self.points
            .iter()
            .filter_map(|it| period.step(it.day))
            .for_each(|at| counts[at as usize] += 1);
        counts
    }

    /// What was left out, in words.
    pub fn words(&self) -> Option<String> {
        let parts: Vec<String> =
            self.left_out.iter().map(|(why, n)| format!("{n} left out ({why})")).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    pub fn left_out_json(&self) -> Value {
        json!(self.left_out)
    }
}

/// A number to so many digits after the point, as JSON.
pub(super) fn rounded(x: f64, digits: i32) -> Value {
    let scale = 10f64.powi(digits);
    json!((x * scale).round() / scale)
}
