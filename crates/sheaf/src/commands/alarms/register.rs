//! The register: what was seen, what was done, and how the alarms so far have done.

use std::path::Path;

use serde_json::{Value, json};
use sheaf_model::{Day, Moment};
use sheaf_store::exchange::{AlarmAct, Exchange, KeptAlarm, Run};

use super::super::{Went, counted, print, print_json, remark};
use super::looked::text_of;
use crate::args::{Everywhere, Routed};
use crate::failure::Failure;

pub fn numbered(log: &Exchange, pool: &Path, number: i64) -> Result<KeptAlarm, Failure> {
    let mut alarms = log.alarms()?;
    let n = alarms.len();
    let found = alarms.iter().position(|it| it.alarm == number);
    found.map(|at| alarms.swap_remove(at)).ok_or_else(|| {
        let what = format!("{}: there is no alarm {number}", pool.display());
        Failure::new("no-such-alarm", what).hint(match n {
            0 => "no run has raised any; `sheaf alarms POOL --run` looks".to_owned(),
            n => format!("there are 1 to {n}"),
        })
    })
}

/// Alarms in the order in which a run saw them: clusters by p, then a rise.
pub fn place(seen: &str) -> (bool, u64) {
    let seen: Value = serde_json::from_str(seen).unwrap_or_default();
    let p = seen["p"].as_f64().unwrap_or(1.0);
    (seen["sign"] == "rise", (p * 1e9) as u64)
}

pub fn act_text(act: &AlarmAct) -> String {
    let mut text = match act.done.as_str() {
        "acknowledge" => "acknowledged".to_owned(),
        "assign" => format!("assigned to {}", act.to),
        _ => format!("closed as {}", act.verdict),
    };
    text += &format!(" by {}", act.by);
    if !act.because.is_empty() {
        text += &format!(": {}", act.because);
    }
    text
}

fn standing(alarm: &KeptAlarm) -> String {
    alarm.acts.last().map_or_else(|| "open".to_owned(), act_text)
}

/// An alarm, for programs.
pub fn alarm_json(alarm: &KeptAlarm) -> Value {
    let seen = |it: &(Run, String)| {
        let seen: Value = serde_json::from_str(&it.1).unwrap_or_default();
        json!({ "run": it.0.run, "on": it.0.on_day, "seen": seen })
    };
    let act = |it: &AlarmAct| {
        json!({
            "done": it.done,
            "to": it.to,
            "verdict": it.verdict,
            "known_on": it.known_on,
            "because": it.because,
            "by": it.by,
            "at": Moment::from_millis(it.at / 1000).map(|at| at.to_string()),
        })
    };
    json!({
        "alarm": alarm.alarm,
        "sign": alarm.sign,
        "open": alarm.closed().is_none(),
        "seen": alarm.seen.iter().map(seen).collect::<Vec<Value>>(),
        "acts": alarm.acts.iter().map(act).collect::<Vec<Value>>(),
    })
}

/// Whether an alarm was last seen near what somebody looks after.
fn is_routed(alarm: &KeptAlarm, routed: &Routed) -> bool {
    if routed.line.is_none() && routed.site.is_none() && routed.kind.is_none() {
        return true;
    }
    let last = alarm.seen.last().map_or("", |it| it.1.as_str());
    let seen: Value = serde_json::from_str(last).unwrap_or_default();
    let mut sites = seen["sites"].as_array().into_iter().flatten();
    sites.any(|site| {
        let id = site["id"].as_str().unwrap_or_default();
        let mut lines = site["lines"].as_array().into_iter().flatten();
        let has_line = |line: &String| lines.any(|it| it.as_str() == Some(line));
        routed.line.as_ref().is_none_or(has_line)
            && routed.site.as_ref().is_none_or(|site| site == id)
            && routed.kind.as_ref().is_none_or(|kind| id.split(':').next() == Some(kind))
    })
}

/// Lists the open alarms or, asked for, all of somebody's.
pub fn list(
    log: &Exchange,
    routed: Option<&Routed>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let mut alarms = log.alarms()?;
    match routed {
        None => alarms.retain(|it| it.closed().is_none()),
        Some(routed) => alarms.retain(|it| is_routed(it, routed)),
    }
    if everywhere.json {
        print_json(&Value::Array(alarms.iter().map(alarm_json).collect()))?;
        return Ok(Went::Fine);
    }
    if alarms.is_empty() {
        let n_runs = log.alarm_runs()?.len() as u64;
        remark(everywhere, &format!("there is no such alarm; {} so far", counted(n_runs, "run")));
    }
    for alarm in &alarms {
        let Some((run, seen)) = alarm.seen.last() else { continue };
        let seen: Value = serde_json::from_str(seen).unwrap_or_default();
        let headline = seen["headline"].as_str().unwrap_or_default();
        let newcomer =
            if seen["only_newcomers"].is_null() { "" } else { " (only newcomers tell of it)" };
        print(&format!(
            "{}  {}  {headline}{newcomer}; last seen {}\n",
            alarm.alarm,
            standing(alarm),
            run.on_day
        ))?;
    }
    Ok(Went::Fine)
}

pub fn show(log: &Exchange, number: i64, everywhere: &Everywhere) -> Result<Went, Failure> {
    let alarm = numbered(log, log.path(), number)?;
    if everywhere.json {
        print_json(&alarm_json(&alarm))?;
        return Ok(Went::Fine);
    }
    for (run, seen) in &alarm.seen {
        let seen: Value = serde_json::from_str(seen).unwrap_or_default();
        print(&format!("{} (run {})\n{}", run.on_day, run.run, text_of(&seen)))?;
    }
    for act in &alarm.acts {
        let at = Moment::from_millis(act.at / 1000).map_or_else(String::new, |at| at.to_string());
        print(&format!("{at}  {}\n", act_text(act)))?;
    }
    Ok(Went::Fine)
}

/// How many days an alarm was first seen before it was known without it; below 0 where it came late.
fn lead(alarm: &KeptAlarm) -> Option<i32> {
    let known = Day::parse_iso(&alarm.closed()?.known_on)?;
    let (first, _) = alarm.seen.first()?;
    Some(known.days_since_1970() - Day::parse_iso(&first.on_day)?.days_since_1970())
}

/// How the alarms so far have done.
struct Scores {
    n_days: usize,
    n_alarms: usize,
    hits: usize,
    false_alarms: usize,
    cannot_tell: usize,
    open: usize,
    /// False alarms that chance was expected to make.
    expected: f64,
    leads: Vec<i32>,
    median: Option<i32>,
}

fn scored(log: &Exchange) -> Result<Scores, Failure> {
    Ok(scored_of(&log.alarms()?, &log.alarm_runs()?))
}

fn scored_of(alarms: &[KeptAlarm], runs: &[Run]) -> Scores {
    let mut days: Vec<&str> = runs.iter().map(|it| it.on_day.as_str()).collect();
    days.sort_unstable();
    days.dedup();
    let closed = |verdict: &str| {
        alarms.iter().filter(|it| it.closed().is_some_and(|act| act.verdict == verdict)).count()
    };
    let (hits, false_alarms, cannot_tell) =
        (closed("hit"), closed("false-alarm"), closed("cannot-tell"));
    let open = alarms.len() - hits - false_alarms - cannot_tell;
    // Each day two questions, at the threshold of its run.
    let expected: f64 = runs
        .iter()
        .filter_map(|run| serde_json::from_str::<Value>(&run.how).ok()?["once_in_days"].as_f64())
        .map(|once_in| 2.0 / once_in)
        .sum();
    let mut leads: Vec<i32> = alarms.iter().filter_map(lead).collect();
    leads.sort_unstable();
    let median = (!leads.is_empty()).then(|| leads[leads.len() / 2]);
    Scores {
        n_days: days.len(),
        n_alarms: alarms.len(),
        hits,
        false_alarms,
        cannot_tell,
        open,
        expected,
        leads,
        median,
    }
}

/// How these alarms have done, for programs.
pub fn scores_json(alarms: &[KeptAlarm], runs: &[Run]) -> Value {
    let it = scored_of(alarms, runs);
    json!({
        "days": it.n_days,
        "alarms": it.n_alarms,
        "hits": it.hits,
        "false_alarms": it.false_alarms,
        "cannot_tell": it.cannot_tell,
        "open": it.open,
        "expected_by_chance": (it.expected * 100.0).round() / 100.0,
        "lead_days": it.leads,
        "median_lead_days": it.median,
    })
}

pub fn scores(log: &Exchange, everywhere: &Everywhere) -> Result<Went, Failure> {
    if everywhere.json {
        print_json(&scores_json(&log.alarms()?, &log.alarm_runs()?))?;
        return Ok(Went::Fine);
    }
    let it = scored(log)?;
    let Scores { hits, false_alarms, cannot_tell, open, expected, leads, .. } = &it;
    print(&format!(
        "{} on {} looked at: {hits} hits, {false_alarms} false alarms, {cannot_tell} that nobody can tell, {open} open\n\
         by chance at most {expected:.1} false ones were to be expected\n",
        counted(it.n_alarms as u64, "alarm"),
        counted(it.n_days as u64, "day"),
    ))?;
    match it.median {
        Some(median) => print(&format!(
            "known {median} days later without the alarm (median of {}: {})\n",
            leads.len(),
            leads.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ))?,
        None => {
            print("of no hit is it said when it was known without the alarm (close --known-on)\n")?
        }
    }
    Ok(Went::Fine)
}
