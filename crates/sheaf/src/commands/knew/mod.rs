//! `sheaf knew`: who knew what, and when. The arithmetic is `sheaf_stats::knew`; here reports become
//! *who learnt of which incident on which day*, and the answer becomes a table or JSON.

mod json;
mod learnt;
mod text;

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::{Day, Place};
use sheaf_stats::knew::{
    Alarm, AlarmOptions, Cover, Gained, Happened, Knew, Lag, Overlap, alarms, cover, gained, lags,
    overlap,
};
use sheaf_stats::{Measured, Sites};
use sheaf_store::{Access, Pool};

use super::{Went, counted, open, print, print_json, remark};
use crate::args::{Everywhere, Knowers, Summary};
use crate::failure::Failure;
use crate::knowing::Knowing;
use learnt::Told;

/// All that is asked about who knew what.
struct Found {
    told: Told,
    overlap: Overlap,
    cover: Cover,
    lags: Vec<Lag>,
    gained: Vec<Gained>,
    alarms: Option<(AlarmOptions, u64, Vec<Alarm>)>,
    /// Incidents that no alarm can see, and why.
    unplaced: BTreeMap<&'static str, u64>,
}

pub fn knew(args: &Knowers, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let found = Found::of(&pool, &args.which.times.knowing(), args, everywhere.quiet)?;
    if args.format == Summary::Json || everywhere.json {
        print_json(&found.json())?;
    } else {
        print(&found.text(args.incidents))?;
    }
    if found.told.n_others > 0 {
        let n = counted(found.told.n_others, "incident");
        remark(everywhere, &format!("{n} left out: told by none of those who are compared"));
    }
    let unplaced: Vec<String> = found
        .unplaced
        .iter()
        .map(|(why, n)| format!("{n} not seen by any alarm ({why})"))
        .collect();
    if !unplaced.is_empty() {
        remark(everywhere, &unplaced.join(", "));
    }
    Ok(Went::Fine)
}

/// Who knew what, for programs, from no more of a pool than may be known.
pub(crate) fn as_json(pool: &Pool, knowing: &Knowing, args: &Knowers) -> Result<Value, Failure> {
    Ok(Found::of(pool, knowing, args, true)?.json())
}

impl Found {
    fn of(pool: &Pool, knowing: &Knowing, args: &Knowers, quiet: bool) -> Result<Found, Failure> {
        let told = Told::of(pool, knowing, args, quiet)?;
        if told.knew.incidents().all(|it| it.is_empty()) {
            return Err(Failure::new("no-answer", "no incident is like that").hint(
                "the pool was read and nothing failed; widen --source, --member or the filters",
            ));
        }
        let mut found = Found {
            overlap: overlap(&told.knew),
            cover: cover(&told.knew),
            lags: lags(&told.knew),
            gained: gained(&told.knew),
            alarms: None,
            unplaced: BTreeMap::new(),
            told,
        };
        if args.alarms {
            found.look_for_alarms(args)?;
        }
        Ok(found)
    }

    fn look_for_alarms(&mut self, args: &Knowers) -> Result<(), Failure> {
        let options = AlarmOptions {
            radius: args.radius_km,
            longest: args.longest_days,
            once_in_days: args.once_in,
            replications: args.replications,
        };
        let key = |it: Place| (it.lat().to_bits(), it.lon().to_bits());
        let mut number = BTreeMap::new();
        let mut places = Vec::new();
        let mut happened = Vec::new();
        for incident in &self.told.incidents {
            let usable = match (incident.when, incident.place) {
                (None, _) => Err("no day"),
                (Some(when), _) if when.width_days() > 7 => Err("dated to more than a week"),
                (_, None) => Err("no point"),
                (_, Some(place)) if f64::from(place.radius().get()) > args.radius_km * 1000.0 => {
                    Err("placed less exactly than the largest circle")
                }
                (Some(when), Some(place)) => Ok((when.first(), place)),
            };
            match usable {
                Err(why) => {
                    *self.unplaced.entry(why).or_default() += 1;
                    happened.push(None);
                }
                Ok((day, place)) => {
                    let site = *number.entry(key(place)).or_insert_with(|| {
                        let name = format!("{:.4},{:.4}", place.lat(), place.lon());
                        places.push((name, [place.lat(), place.lon()]));
                        places.len() as u32 - 1
                    });
                    happened.push(Some(Happened { site, day: day.days_since_1970() }));
                }
            }
        }
        let sites = Sites::new(places, Measured::Globe)?;
        let found = alarms(&sites, &happened, &self.told.knew, &options, args.seed)?;
        self.alarms = Some((options, args.seed, found));
        Ok(())
    }

    fn party(&self, party: u32) -> &str {
        &self.told.parties[party as usize]
    }

    fn knew(&self) -> &Knew {
        &self.told.knew
    }
}

/// A day as it is counted in statistics, as text.
fn day_text(day: i32) -> String {
    Day::from_days_since_1970(day).map_or_else(|| day.to_string(), |day| day.to_string())
}
