//! `sheaf alarms`: the daily watch, the register of what it saw, and what people did about it.

mod looked;
pub(crate) mod register;
mod sent;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_model::{Day, Member, MemberId, Moment, Role};
use sheaf_share::rules::{Directory, Reader};
use sheaf_stats::watch::false_alarms;
use sheaf_store::Site;
use sheaf_store::exchange::{AlarmAct, Exchange, KeptAlarm, NewRun, Run, Sight};

use super::{Went, counted, now, now_micros, print, print_json, remark};
use crate::args::{Alarming, AlarmsDo, Everywhere};
use crate::failure::Failure;
use crate::reasons;
use crate::suggest;
use looked::{How, Looked, Seen};

pub fn alarms(args: &Alarming, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    match &args.what {
        None if args.run => match &args.how.reader {
            Some(member) => for_member(args, &log, member, everywhere),
            None => run(args, &log, everywhere),
        },
        None => register::list(&log, None, everywhere),
        Some(AlarmsDo::List(routed)) => register::list(&log, Some(routed), everywhere),
        Some(AlarmsDo::Show { alarm }) => register::show(&log, *alarm, everywhere),
        Some(AlarmsDo::Scores) => register::scores(&log, everywhere),
        Some(done) => act(args, &log, done, everywhere),
    }
}

fn act(
    args: &Alarming,
    log: &Exchange,
    done: &AlarmsDo,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let at = now_micros();
    let (alarm, act) = match done {
        AlarmsDo::Acknowledge { alarm, by, because } => {
            let (by, because) = (by.clone(), because.clone());
            (
                *alarm,
                AlarmAct { done: "acknowledge".into(), by, because, at, ..AlarmAct::default() },
            )
        }
        AlarmsDo::Assign { alarm, to, by, because } => {
            member(&sheaf_desk::directory(log)?, &args.pool, to)?;
            let (to, by, because) = (to.to_string(), by.clone(), because.clone());
            (*alarm, AlarmAct { done: "assign".into(), to, by, because, at, ..AlarmAct::default() })
        }
        AlarmsDo::Close { alarm, verdict, known_on, by, because } => {
            let act = AlarmAct {
                done: "close".into(),
                verdict: verdict.name().to_owned(),
                known_on: known_on.map_or_else(String::new, |day| day.to_string()),
                by: by.clone(),
                because: because.clone(),
                at,
                ..AlarmAct::default()
            };
            (*alarm, act)
        }
        AlarmsDo::List(_) | AlarmsDo::Show { .. } | AlarmsDo::Scores => return Ok(Went::Fine),
    };
    act_on(log, &args.pool, alarm, &act)?;
    remark(everywhere, &format!("alarm {alarm}: {}", register::act_text(&act)));
    Ok(Went::Fine)
}

/// Keeps what somebody did about an alarm that is not closed.
pub(crate) fn act_on(
    log: &Exchange,
    pool: &Path,
    alarm: i64,
    act: &AlarmAct,
) -> Result<(), Failure> {
    reasons::names_nobody("because", &act.because)?;
    let kept = register::numbered(log, pool, alarm)?;
    if kept.closed().is_some() {
        let what = format!("alarm {alarm} is closed; what was said of it stands");
        return Err(
            Failure::new("closed-already", what).hint("if it goes on, the next run raises another")
        );
    }
    log.act_on_alarm(alarm, act)?;
    Ok(())
}

/// That there is a member of this name.
pub(crate) fn check_member(log: &Exchange, pool: &Path, id: &MemberId) -> Result<(), Failure> {
    member(&sheaf_desk::directory(log)?, pool, id).map(drop)
}

/// Looks at the day and keeps what was seen. Looking again at the same is the same run.
fn run(args: &Alarming, log: &Exchange, everywhere: &Everywhere) -> Result<Went, Failure> {
    let on = day(args)?;
    let looked = Looked::at_pool(args, on, everywhere)?;
    let open = open_alarms(&log.alarms()?, on, looked.how.longest_days);
    let mut taken = BTreeSet::new();
    let sights: Vec<Sight> = looked
        .seen
        .iter()
        .map(|seen| {
            let of = open.iter().find(|it| !taken.contains(&it.alarm) && goes_on(it, seen));
            let of = of.map(|it| it.alarm);
            taken.extend(of);
            Sight { of, sign: seen.sign, seen: seen.json().to_string() }
        })
        .collect();
    let (on_day, basis, how) = (on.to_string(), looked.basis(), looked.how_json().to_string());
    if let Some(run) = log.alarm_run(&on_day, &basis)? {
        remark(everywhere, &format!("{on_day} was looked at before, from the same: run {run}"));
        return told(&looked, &of_run(log, run)?, everywhere);
    }
    let new = NewRun { on_day: &on_day, at: now_micros(), basis: &basis, how: &how };
    let (_, alarms) = log.keep_alarm_run(&new, &sights)?;
    let numbered: Vec<(i64, bool)> =
        alarms.into_iter().zip(&sights).map(|(alarm, it)| (alarm, it.of.is_none())).collect();
    told(&looked, &numbered, everywhere)
}

/// The alarms that a run saw, in the order in which it saw them, and which were new.
fn of_run(log: &Exchange, run: i64) -> Result<Vec<(i64, bool)>, Failure> {
    let mut found: Vec<(String, i64, bool)> = Vec::new();
    for alarm in log.alarms()? {
        for (nth, (its, seen)) in alarm.seen.iter().enumerate() {
            if its.run == run {
                found.push((seen.clone(), alarm.alarm, nth == 0));
            }
        }
    }
    found.sort_by_key(|it| register::place(&it.0));
    Ok(found.into_iter().map(|(_, alarm, is_new)| (alarm, is_new)).collect())
}

/// What stands out in a layer on the day of a run, looked for as that run did; nothing where too little happened.
pub(crate) fn of_layer(
    run: &Run,
    layer: std::sync::Arc<sheaf_desk::Layer>,
    sites: &[Site],
) -> Result<Vec<Value>, Failure> {
    let damaged = || Failure::new("pool-damaged", format!("run {} of the watch", run.run));
    let how: Value = serde_json::from_str(&run.how).map_err(|_| damaged())?;
    let how = How::of_run(&how).ok_or_else(damaged)?;
    let on = Day::parse_iso(&run.on_day).ok_or_else(damaged)?;
    match Looked::among(how, on, layer, sites) {
        Ok(looked) => Ok(looked.seen.iter().map(Seen::json).collect()),
        Err(failure) if failure.code == "no-answer" => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

/// For a member: what stands out in what it may see. Nothing is kept: it is the member's to judge.
fn for_member(
    args: &Alarming,
    log: &Exchange,
    id: &MemberId,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let directory = sheaf_desk::directory(log)?;
    let member = member(&directory, &args.pool, id)?;
    let reader = Reader::of(
        &directory,
        &member.id,
        [Role::Contributor, Role::Reviewer],
        member.purposes.clone(),
    );
    let looked = Looked::as_seen_by(args, day(args)?, &reader)?;
    let numbered: Vec<(i64, bool)> = (1..).zip(&looked.seen).map(|(at, _)| (at, true)).collect();
    if let Some(folder) = &args.how.cap {
        let n = sent::write(folder, &looked, &member.id, moment()?)?;
        remark(everywhere, &format!("{}: {}", folder.display(), counted(n, "alert")));
    }
    told(&looked, &numbered, everywhere)
}

fn told(
    looked: &Looked,
    numbered: &[(i64, bool)],
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let p = looked.how.p();
    // Two questions are asked each day.
    let expected = 2.0 * false_alarms(p);
    if everywhere.json {
        let alarms = looked.seen.iter().zip(numbered).map(|(seen, (number, is_new))| {
            let mut told = seen.json();
            told["alarm"] = json!(number);
            told["new"] = json!(is_new);
            told
        });
        let unanswered = looked.unanswered.iter();
        let unanswered: Vec<Value> =
            unanswered.map(|(asked, why)| json!({ "asked": asked, "why": why })).collect();
        print_json(&json!({
            "on": looked.on.to_string(),
            "how": looked.how_json(),
            "incidents": looked.n_told,
            "left_out": looked.left_out,
            "expected_false_alarms_per_year": expected,
            "alarms": alarms.collect::<Vec<Value>>(),
            "unanswered": unanswered,
        }))?;
        return Ok(Went::Fine);
    }
    print(&format!(
        "{}: {} in {} days; by chance {expected:.1} false alarms in a year of daily runs\n",
        looked.on,
        counted(looked.n_told as u64, "incident"),
        looked.how.history_days
    ))?;
    for (asked, why) in &looked.unanswered {
        print(&format!("no answer about a {asked}: {why}\n"))?;
    }
    if looked.seen.is_empty() && looked.unanswered.len() < 2 {
        print("nothing stands out\n")?;
    }
    for (seen, (number, is_new)) in looked.seen.iter().zip(numbered) {
        let state = if *is_new { "new" } else { "goes on" };
        print(&format!("\nalarm {number}, {state}\n{}", seen.text()))?;
    }
    if let Some(words) = &looked.left_out_words {
        remark(everywhere, words);
    }
    Ok(Went::Fine)
}

/// Alarms that may go on: not closed, and last seen within the longest window before the day.
fn open_alarms(alarms: &[KeptAlarm], on: Day, longest_days: u32) -> Vec<KeptAlarm> {
    let is_recent = |alarm: &KeptAlarm| {
        let last = alarm.seen.last().and_then(|(run, _)| Day::parse_iso(&run.on_day));
        last.is_some_and(|last| {
            let gap = on.days_since_1970() - last.days_since_1970();
            (0..=longest_days as i32).contains(&gap)
        })
    };
    alarms.iter().filter(|it| it.closed().is_none() && is_recent(it)).cloned().collect()
}

/// A cluster goes on in one that shares an incident with it, a rise in a rise.
fn goes_on(alarm: &KeptAlarm, seen: &Seen) -> bool {
    if alarm.sign != seen.sign {
        return false;
    }
    let Some((_, last)) = alarm.seen.last() else { return false };
    let last: Value = serde_json::from_str(last).unwrap_or_default();
    let was_in =
        |id: &str| last["incidents"].as_array().into_iter().flatten().any(|it| it["id"] == id);
    seen.sign == "rise" || seen.incidents.iter().any(|it| was_in(&it.0))
}

fn member<'a>(directory: &'a Directory, pool: &Path, id: &MemberId) -> Result<&'a Member, Failure> {
    directory.member(id).ok_or_else(|| {
        let failure =
            Failure::new("no-such-member", format!("{}: there is no member {id}", pool.display()));
        match suggest::nearest(id.as_str(), directory.members().map(|it| it.id.as_str())) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint(format!("`sheaf member list {}` lists them", pool.display())),
        }
    })
}

fn day(args: &Alarming) -> Result<Day, Failure> {
    let today = || Day::parse_iso(&now()[..10]);
    args.how.on.or_else(today).ok_or_else(|| Failure::new("bad-clock", "the clock shows no day"))
}

fn moment() -> Result<Moment, Failure> {
    Moment::from_millis(now_micros() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that there is"))
}
