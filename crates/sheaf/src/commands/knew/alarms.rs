//! Which alarm each office alone would have had, and when, beside all of them together: the daily watch run on each day
//! on what had been written by then.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::{Value, json};
use sheaf_model::Day;
use sheaf_stats::Period;
use sheaf_stats::change_point::{ChangeOptions, Direction};
use sheaf_stats::scan::{Look, Reach, Replications, ScanOptions};
use sheaf_stats::watch::{Sign, Told as Watched, WatchOptions, watch};
use sheaf_store::Pool;

use super::super::statistics::Points;
use super::{Told, day_text};
use crate::args::{Everywhere, Knowers};
use crate::failure::Failure;
use crate::knowing::Knowing;

/// A wave that somebody would have been warned of.
struct Wave {
    incidents: BTreeSet<String>,
    /// The first day on which all of them together would have been warned.
    together: Option<i32>,
    /// The same of each office alone.
    alone: Vec<Option<i32>>,
}

/// What would have been warned of.
pub struct Warned {
    waves: Vec<Wave>,
    n_days: u32,
    n_left_out: usize,
}

/// An incident that can be watched: where, when, and from which day on each office knew of it.
struct Known {
    handle: String,
    site: u32,
    day: Day,
    written: Vec<(usize, i32)>,
}

pub fn warned(
    args: &Knowers,
    pool: &Pool,
    knowing: &Knowing,
    offices: &[String],
    told: &[Told],
    everywhere: &Everywhere,
) -> Result<Warned, Failure> {
    let km = Some(args.radius_km);
    let points = Points::of_known(pool.path(), &args.which, knowing.clone(), km, everywhere.quiet)?;
    let (sites, at) = points.sites()?;
    let by_handle: BTreeMap<&str, &Told> = told.iter().map(|it| (it.handle.as_str(), it)).collect();
    let known: Vec<Known> = points
        .points
        .iter()
        .zip(&at)
        .filter_map(|(point, &site)| {
            let heard = &by_handle.get(point.handle.as_str())?.heard;
            let written: Vec<(usize, i32)> =
                heard.by.iter().filter_map(|&(office, day)| Some((office, day?))).collect();
            let (handle, day) = (point.handle.clone(), point.day);
            (!written.is_empty()).then_some(Known { handle, site, day, written })
        })
        .collect();
    let last = args.which.until.or_else(|| known.iter().map(|it| it.day).max());
    let last = last.ok_or_else(|| {
        Failure::new("no-answer", "no report says on which day it was written")
            .hint("without that nothing can be said about who would have been warned when")
    })?;
    let options = options(args);
    // All of them together are one more office.
    let everybody = offices.len();
    let runs: Vec<(i32, usize)> = (0..args.alarm_days as i32)
        .rev()
        .flat_map(|back| (0..=everybody).map(move |office| (back, office)))
        .collect();
    let look = |&(back, office): &(i32, usize)| -> Option<(i32, usize, Vec<BTreeSet<String>>)> {
        let today = last.plus(-back)?;
        let period = Period::days(today.plus(1 - args.history_days as i32)?, today, 1)?;
        let knows = |it: &&Known| {
            let knew = |&(who, day): &(usize, i32)| {
                day <= today.days_since_1970() && (office == everybody || who == office)
            };
            it.written.iter().any(knew) && period.step(it.day).is_some()
        };
        let mine: Vec<&Known> = known.iter().filter(knows).collect();
        let watched: Vec<Watched> = mine
            .iter()
            .filter_map(|it| {
                Some(Watched { site: it.site, step: period.step(it.day)?, sources: vec![0] })
            })
            .collect();
        let found = watch(&sites, &watched, period.n_steps(), &options, args.chance.seed);
        let clusters = found.alarms.iter().filter(|it| matches!(it.sign, Sign::Cluster(_)));
        let inside = clusters
            .map(|it| it.inside.iter().map(|&at| mine[at].handle.clone()).collect::<BTreeSet<_>>());
        Some((today.days_since_1970(), office, inside.collect()))
    };
    let mut seen: Vec<(i32, usize, Vec<BTreeSet<String>>)> =
        runs.par_iter().filter_map(look).collect();
    seen.sort_by_key(|it| (it.0, it.1));
    let mut waves: Vec<Wave> = Vec::new();
    for (day, office, clusters) in seen {
        for incidents in clusters {
            // A cluster that shares an incident with a wave is part of it.
            let of = waves.iter().position(|it| !it.incidents.is_disjoint(&incidents));
            let at = of.unwrap_or_else(|| {
                let (incidents, alone) = (BTreeSet::new(), vec![None; everybody]);
                waves.push(Wave { incidents, together: None, alone });
                waves.len() - 1
            });
            let wave = &mut waves[at];
            wave.incidents.extend(incidents);
            let when = match office == everybody {
                true => &mut wave.together,
                false => &mut wave.alone[office],
            };
            when.get_or_insert(day);
        }
    }
    let n_left_out = told.len() - known.len();
    Ok(Warned { waves, n_days: args.alarm_days, n_left_out })
}

fn options(args: &Knowers) -> WatchOptions {
    let replications = args.chance.or_usual().max(args.once_in);
    WatchOptions {
        scan: ScanOptions {
            reach: Reach { radius: Some(args.radius_km), share: 0.5 },
            look: Look::Now,
            longest: args.longest_days,
            fewest: 2,
            replications: Replications { most: replications, enough: Some(50) },
            most_clusters: 3,
        },
        change: ChangeOptions {
            direction: Direction::Rise,
            fewest_days: 7,
            block_days: 7,
            permutations: 1,
        },
        p: 1.0 / f64::from(args.once_in),
        panel: vec![0],
        newest: None,
    }
}

impl Wave {
    /// How many days an office alone would have been warned later than all together.
    fn later(&self, office: usize) -> Option<i32> {
        Some(self.alone[office]? - self.together?)
    }
}

impl Warned {
    pub fn json(&self, offices: &[String]) -> Value {
        let wave = |it: &Wave| {
            let alone = offices.iter().enumerate().map(|(at, name)| {
                json!({
                    "office": name,
                    "on": it.alone[at].map(day_text),
                    "days_later_than_together": it.later(at),
                })
            });
            json!({
                "incidents": it.incidents,
                "together_on": it.together.map(day_text),
                "alone": alone.collect::<Vec<Value>>(),
            })
        };
        json!({
            "days": self.n_days,
            "incidents_left_out": self.n_left_out,
            "waves": self.waves.iter().map(wave).collect::<Vec<Value>>(),
        })
    }

    pub fn text(&self, offices: &[String]) -> String {
        let mut text =
            format!("\nthe watch on the last {} days, on what had been written:\n", self.n_days);
        if self.waves.is_empty() {
            return text + "nobody would have been warned, alone or together\n";
        }
        for (number, wave) in (1..).zip(&self.waves) {
            let together = match wave.together {
                Some(day) => format!("together on {}", day_text(day)),
                None => "together never".to_owned(),
            };
            text += &format!("{number}. {} incidents, {together}\n", wave.incidents.len());
            for (at, name) in offices.iter().enumerate() {
                let alone = match (wave.alone[at], wave.later(at)) {
                    (Some(day), Some(later)) => format!("{} ({later:+} days)", day_text(day)),
                    (Some(day), None) => day_text(day),
                    (None, _) => "never".to_owned(),
                };
                text += &format!("   {name} alone: {alone}\n");
            }
        }
        text
    }
}
