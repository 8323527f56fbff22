//! What `sheaf knew` tells a program. Days are ISO dates, lags whole or interpolated days.

use serde_json::{Value, json};
use sheaf_stats::knew::{Alarm, Basis, Learnt, Quantiles, Rests};

use super::{Found, day_text};
use crate::args::PartyWord;

fn quantiles(of: &Quantiles) -> Value {
    let [p10, p25, median, p75, p90] = of.at.map(|it| (it * 1000.0).round() / 1000.0);
    json!({ "n": of.n, "p10": p10, "p25": p25, "median": median, "p75": p75, "p90": p90 })
}

fn basis(of: Basis) -> &'static str {
    match of {
        Basis::Written => "written",
        Basis::Imported => "imported",
    }
}

impl Found {
    pub(super) fn json(&self) -> Value {
        json!({
            "each": if self.told.each == PartyWord::Source { "source" } else { "member" },
            "incidents_told": self.overlap.told,
            "incidents_of_others": self.told.n_others,
            "parties": self.parties_json(),
            "pairs": self.pairs_json(),
            "cover": {
                "smallest": self.names(&self.cover.smallest),
                "is_exact": self.cover.is_exact,
                "greedy": self.cover.steps.iter().map(|it| json!({
                    "party": self.party(it.party), "adds": it.adds, "covered": it.covered,
                })).collect::<Vec<Value>>(),
            },
            "lags": self.lags_json(),
            "alarms": self.alarms_json(),
            "incidents": self.incidents_json(),
        })
    }

    fn names(&self, parties: &[u32]) -> Vec<&str> {
        parties.iter().map(|&it| self.party(it)).collect()
    }

    fn parties_json(&self) -> Vec<Value> {
        let each = self.told.parties.iter().enumerate();
        each.map(|(party, name)| {
            let gained = &self.gained[party];
            json!({
                "party": name,
                "tells": self.overlap.known[party],
                "tells_alone": self.overlap.unique[party],
                "first": gained.first,
                "if_shared_when_written": {
                    "never_told": gained.never,
                    "earlier_days": gained.earlier.as_ref().map(quantiles),
                    "earlier_days_by_import": gained.earlier_by_import.as_ref().map(quantiles),
                },
            })
        })
        .collect()
    }

    fn pairs_json(&self) -> Vec<Value> {
        let pairs = self.overlap.pairs.iter();
        pairs
            .map(|it| {
                json!({
                    "a": self.party(it.a),
                    "b": self.party(it.b),
                    "both": it.both,
                    "either": it.either,
                    "jaccard": (it.jaccard() * 1e6).round() / 1e6,
                })
            })
            .collect()
    }

    fn lags_json(&self) -> Vec<Value> {
        let lags = self.lags.iter();
        lags.map(|it| {
            json!({
                "first": self.party(it.first),
                "later": self.party(it.later),
                "days_are_of": match it.rests {
                    Rests::Written => "reports",
                    Rests::Imported => "imports",
                },
                "days": quantiles(&it.days),
                "same_day": it.same_day,
            })
        })
        .collect()
    }

    fn alarms_json(&self) -> Value {
        let Some((options, seed, alarms)) = &self.alarms else { return Value::Null };
        let alarm = |it: &Alarm| {
            let alone = it.alone.iter().zip(&self.told.parties).map(|(day, name)| {
                json!({
                    "party": name,
                    "fired": day.map(day_text),
                    "days_later": day.map(|day| day - it.fired),
                })
            });
            let id = |&at: &usize| self.told.incidents[at].id.as_str();
            json!({
                "fired": day_text(it.fired),
                "p": (it.p * 1e6).round() / 1e6,
                "incidents": it.incidents.iter().map(id).collect::<Vec<&str>>(),
                "alone": alone.collect::<Vec<Value>>(),
            })
        };
        json!({
            "radius_km": options.radius,
            "longest_days": options.longest,
            "once_in_days": options.once_in_days,
            "replications": options.replications,
            "seed": seed,
            "incidents_not_seen": self.unplaced,
            "fired": alarms.iter().map(alarm).collect::<Vec<Value>>(),
        })
    }

    fn incidents_json(&self) -> Vec<Value> {
        let each = self.told.incidents.iter().zip(self.knew().incidents()).enumerate();
        each.map(|(at, (incident, learnt))| {
            let first = self.knew().first_day(at);
            let told = |it: &Learnt| {
                json!({
                    "party": self.party(it.party),
                    "learnt": day_text(it.day),
                    "by": basis(it.basis),
                    "days_later": first.map(|first| it.day - first),
                })
            };
            json!({
                "id": incident.id,
                "when": incident.when.map(|it| it.to_string()),
                "learnt": learnt.iter().map(told).collect::<Vec<Value>>(),
            })
        })
        .collect()
    }
}
