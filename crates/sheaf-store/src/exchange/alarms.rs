//! Runs of the daily watch in the ledger: what each saw, and what people did about it. What a sight looks like is the
//! caller's affair; here it is text.

use rusqlite::OptionalExtension as _;

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// A run about to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRun<'a> {
    /// The day that was looked at, as `2026-03-01`.
    pub on_day: &'a str,
    /// When it ran.
    pub at: Micros,
    /// From what: the same basis on the same day is the same run.
    pub basis: &'a str,
    /// What was looked for and how, as JSON.
    pub how: &'a str,
}

/// Something that a run saw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sight {
    /// The alarm that goes on in it; `None` for a new one.
    pub of: Option<i64>,
    /// `cluster` or `rise`.
    pub sign: &'static str,
    /// What was seen, as JSON.
    pub seen: String,
}

/// A run that was kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Its number, from 1.
    pub run: i64,
    /// The day that was looked at.
    pub on_day: String,
    /// When it ran.
    pub at: Micros,
    /// What was looked for and how, as JSON.
    pub how: String,
}

/// What somebody did about an alarm.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AlarmAct {
    /// `acknowledge`, `assign` or `close`.
    pub done: String,
    /// The member to whom it was assigned.
    pub to: String,
    /// `hit`, `false-alarm` or `cannot-tell`.
    pub verdict: String,
    /// The day on which it was known without the alarm; empty where nobody says.
    pub known_on: String,
    /// Why.
    pub because: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Micros,
}

/// An alarm with all that was seen of it and done about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptAlarm {
    /// Its number, from 1.
    pub alarm: i64,
    /// `cluster` or `rise`.
    pub sign: String,
    /// What was seen, with the run, the first first.
    pub seen: Vec<(Run, String)>,
    /// What was done, in order.
    pub acts: Vec<AlarmAct>,
}

impl KeptAlarm {
    /// How it was closed, if it was.
    pub fn closed(&self) -> Option<&AlarmAct> {
        self.acts.iter().rev().find(|act| act.done == "close")
    }
}

impl Exchange {
    /// The run of this day from this basis, if it was kept.
    pub fn alarm_run(&self, on_day: &str, basis: &str) -> Result<Option<i64>> {
        self.find(
            "SELECT run FROM alarm_run WHERE on_day = ?1 AND basis = ?2",
            (on_day, basis),
            |row| row.get(0),
        )
    }

    /// Keeps a run with what it saw, all of it or nothing: its number, and the alarm of each sight.
    pub fn keep_alarm_run(&self, run: &NewRun<'_>, sights: &[Sight]) -> Result<(i64, Vec<i64>)> {
        self.write(|deed| {
            let sql = "INSERT INTO alarm_run (on_day, ran_at, basis, how) VALUES (?1, ?2, ?3, ?4)";
            deed.execute(sql, (run.on_day, run.at, run.basis, run.how))?;
            let number = deed.last_insert_rowid();
            let mut alarms = Vec::with_capacity(sights.len());
            for sight in sights {
                let alarm = match sight.of {
                    Some(alarm) => alarm,
                    None => {
                        let sql = "INSERT INTO alarm (sign, first_run) VALUES (?1, ?2)";
                        deed.execute(sql, (sight.sign, number))?;
                        deed.last_insert_rowid()
                    }
                };
                let sql = "INSERT INTO alarm_seen (alarm, run, seen) VALUES (?1, ?2, ?3)";
                deed.execute(sql, (alarm, number, &sight.seen))?;
                alarms.push(alarm);
            }
            Ok((number, alarms))
        })
    }

    /// Every run, in order.
    pub fn alarm_runs(&self) -> Result<Vec<Run>> {
        let sql = "SELECT run, on_day, ran_at, how FROM alarm_run ORDER BY run";
        self.list(sql, [], |row| {
            Ok(Run { run: row.get(0)?, on_day: row.get(1)?, at: row.get(2)?, how: row.get(3)? })
        })
    }

    /// Every alarm, in order.
    pub fn alarms(&self) -> Result<Vec<KeptAlarm>> {
        self.read(|ledger| {
            let listing = || -> rusqlite::Result<Vec<KeptAlarm>> {
                let mut alarms = ledger.prepare_cached("SELECT alarm, sign FROM alarm ORDER BY alarm")?;
                let mut seen = ledger.prepare_cached(
                    "SELECT r.run, r.on_day, r.ran_at, r.how, s.seen FROM alarm_seen s JOIN alarm_run r USING (run)
                     WHERE s.alarm = ?1 ORDER BY r.run",
                )?;
                let mut acts = ledger.prepare_cached(
                    "SELECT done, to_whom, verdict, known_on, because, by_whom, at FROM alarm_act
                     WHERE alarm = ?1 ORDER BY act",
                )?;
                let found = alarms.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                found
                    .map(|found| {
                        let (alarm, sign): (i64, String) = found?;
                        let run = |row: &rusqlite::Row<'_>| {
                            let run = Run {
                                run: row.get(0)?,
                                on_day: row.get(1)?,
                                at: row.get(2)?,
                                how: row.get(3)?,
                            };
                            Ok((run, row.get(4)?))
                        };
                        let act = |row: &rusqlite::Row<'_>| {
                            Ok(AlarmAct {
                                done: row.get(0)?,
                                to: row.get(1)?,
                                verdict: row.get(2)?,
                                known_on: row.get(3)?,
                                because: row.get(4)?,
                                by: row.get(5)?,
                                at: row.get(6)?,
                            })
                        };
                        let seen = seen.query_map([alarm], run)?.collect::<rusqlite::Result<_>>()?;
                        let acts = acts.query_map([alarm], act)?.collect::<rusqlite::Result<_>>()?;
                        Ok(KeptAlarm { alarm, sign, seen, acts })
                    })
                    .collect()
            };
            listing().map_err(self.says())
        })
    }

    /// Keeps what somebody did about an alarm; `false` where there is no such alarm.
    pub fn act_on_alarm(&self, alarm: i64, act: &AlarmAct) -> Result<bool> {
        self.write(|deed| {
            let is_there: Option<i64> = deed
                .query_row("SELECT alarm FROM alarm WHERE alarm = ?1", [alarm], |row| row.get(0))
                .optional()?;
            if is_there.is_none() {
                return Ok(false);
            }
            deed.execute(
                "INSERT INTO alarm_act (alarm, done, to_whom, verdict, known_on, because, by_whom, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                rusqlite::params![
                    alarm, act.done, act.to, act.verdict, act.known_on, act.because, act.by, act.at
                ],
            )?;
            Ok(true)
        })
    }
}
