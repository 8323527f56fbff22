//! Early warning on pages. Whoever holds the pool sees the register of its daily watch, and acts on it; a member sees
//! what stands out in what it may see, on the day of the last run and looked for as that run did.

use serde_json::{Value, json};
use sheaf_desk::{DeskError, Eyes, Layer, OnAlarm, Pages as _};
use sheaf_model::{Day, MemberId, Moment};
use sheaf_share::rules::as_line;
use sheaf_stats::watch::false_alarms;
use sheaf_store::exchange::{AlarmAct, KeptAlarm};

use super::PoolPages;
use crate::args::{AlarmVerdict, Knowers, PartyWord};
use crate::commands::alarms::{act_on, check_member, register};
use crate::commands::{knew, now_micros};
use crate::failure::Failure;
use crate::sight::Seen;

impl PoolPages {
    /// The alarms that these eyes may see, with the last run.
    pub(super) fn watched(&self, eyes: &Eyes, now: Moment) -> Result<Value, Failure> {
        let runs = self.log.alarm_runs()?;
        let Some(last) = runs.last() else {
            return Ok(
                json!({ "on": null, "how": null, "kept": false, "alarms": [], "scores": null }),
            );
        };
        let how: Value = serde_json::from_str(&last.how).unwrap_or_default();
        let once_in = how["once_in_days"].as_f64().unwrap_or(365.0);
        let (is_kept, alarms, scores) = match eyes {
            Eyes::Here => {
                let kept = self.log.alarms()?;
                let alarms = kept.iter().rev().map(register::alarm_json).collect();
                (true, alarms, register::scores_json(&kept, &runs))
            }
            Eyes::Of(reader) => {
                let seen = self.alarms(reader, last, now).map_err(back)?;
                let told = |seen: Value| {
                    json!({
                        "alarm": null, "sign": seen["sign"], "open": true, "acts": [],
                        "seen": [{ "run": last.run, "on": last.on_day, "seen": seen }],
                    })
                };
                let mut alarms: Vec<Value> = seen.into_iter().map(told).collect();
                // How the watch has done is told inside the pool: of each alarm that is closed to those who may see
                // all that was in it.
                let layer = self.layers.seen(reader, now)?;
                let mut closed = self.log.alarms()?;
                closed.retain(|it| it.closed().is_some() && is_seen(it, &layer));
                alarms.extend(closed.iter().rev().map(closed_json));
                (false, alarms, register::scores_json(&closed, &runs))
            }
        };
        Ok(json!({
            "on": last.on_day,
            "how": {
                "history_days": how["history_days"],
                "longest_days": how["longest_days"],
                "radius_km": how["radius_km"],
                "once_in_days": how["once_in_days"],
            },
            // Two questions are asked each day.
            "expected_false_alarms_per_year": 2.0 * false_alarms(1.0 / once_in),
            "kept": is_kept,
            "alarms": alarms,
            "scores": scores,
        }))
    }

    /// Does something about an alarm of the register.
    pub(super) fn on_alarm(&self, by: &str, on: &OnAlarm<'_>) -> Result<Value, Failure> {
        let mut act = AlarmAct {
            done: on.done.to_owned(),
            because: on.because.to_owned(),
            by: by.to_owned(),
            at: now_micros(),
            ..AlarmAct::default()
        };
        let bad = |what: String| Failure::new("bad-body", what);
        match on.done {
            "acknowledge" => {}
            "assign" => {
                let to = MemberId::new(on.to).map_err(|err| bad(format!("to: {err}")))?;
                check_member(&self.log, &self.path, &to)?;
                act.to = to.to_string();
            }
            "close" => {
                let known = [AlarmVerdict::Hit, AlarmVerdict::FalseAlarm, AlarmVerdict::CannotTell];
                if !known.iter().any(|it| it.name() == on.verdict) {
                    let names = known.map(AlarmVerdict::name).join(", ");
                    return Err(bad(format!("verdict: \"{}\" is none of {names}", on.verdict)));
                }
                if on.because.trim().is_empty() {
                    return Err(
                        bad("because is empty: an alarm is closed for a reason".to_owned()),
                    );
                }
                if !on.known_on.is_empty() && Day::parse_iso(on.known_on).is_none() {
                    return Err(bad(format!("known_on: \"{}\" is no day", on.known_on)));
                }
                act.verdict = on.verdict.to_owned();
                act.known_on = on.known_on.to_owned();
            }
            other => {
                return Err(bad(format!("do: \"{other}\" is none of acknowledge, assign, close")));
            }
        }
        act_on(&self.log, &self.path, on.alarm, &act)?;
        Ok(register::alarm_json(&register::numbered(&self.log, &self.path, on.alarm)?))
    }

    /// Who knew what, among what these eyes may see of the pool itself.
    pub(super) fn knew(&self, seen: &Seen, each: &str, alarms: bool) -> Result<Value, Failure> {
        let each = match each {
            "" | "source" => PartyWord::Source,
            "member" => PartyWord::Member,
            other => {
                let what = format!("each={other}: source or member is meant");
                return Err(Failure::new("bad-filter", what));
            }
        };
        let mut knowing = seen.sight.knowing();
        // What others shared was learnt when it came, and says nothing of who knew it when.
        knowing.received = None;
        // Day by day alarms take seconds; whose a source is decides as well, also where all are seen.
        let whose =
            seen.marked.iter().map(|(name, it)| format!("{name} {}", as_line(it))).collect();
        let is_by_member = matches!(each, PartyWord::Member);
        let key = (seen.sight.clone(), whose, is_by_member, alarms);
        let make = || knew::as_json(&seen.pool, &knowing, &Knowers::of(&self.path, each, alarms));
        Ok(self.knew.get(key, make)?.as_ref().clone())
    }
}

/// A closed alarm as members are told of it: what came of it, and none of the office's own words.
fn closed_json(alarm: &KeptAlarm) -> Value {
    let mut told = register::alarm_json(alarm);
    for act in told["acts"].as_array_mut().into_iter().flatten() {
        act["because"] = json!("");
        act["by"] = json!("");
    }
    told
}

/// Whether every incident that an alarm ever had in it is in a layer.
fn is_seen(alarm: &KeptAlarm, layer: &Layer) -> bool {
    alarm.seen.iter().all(|(_, seen)| {
        let seen: Value = serde_json::from_str(seen).unwrap_or_default();
        let mut inside = seen["incidents"].as_array().into_iter().flatten();
        inside.all(|it| {
            let id = it["id"].as_str().unwrap_or_default();
            layer.incidents.binary_search_by(|it| it.incident.id.as_str().cmp(id)).is_ok()
        })
    })
}

pub(super) fn back(err: DeskError) -> Failure {
    let failure = Failure::new(err.code, err.what);
    if err.hint.is_empty() { failure } else { failure.hint(err.hint) }
}
