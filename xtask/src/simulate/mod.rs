//! `cargo xtask simulate`: a pool of invented reports, as large as you like, for tests and
//! benchmarks. It writes one table for each invented desk, its mapping beside it, a later release
//! of one of them, and `truth.csv`, which says which reports are of one incident. Nothing else of
//! the truth is written anywhere.
//!
//! The same seed and number give the same bytes. Everything is written as it is made up, so that
//! memory does not grow with the number of reports.

mod account;
mod desk;
mod happening;
mod world;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use account::Account;
use desk::{DESKS, Entry, Layout, REVISED_DESK, Unit};
use happening::{Happening, Happenings};
use world::World;

use crate::chance::Chance;

/// Changes whenever the same seed would give other bytes, so that kept pools are written again.
pub const RECIPE: &str = "recipe 1";

/// How many days are simulated.
const DAYS: i64 = 3_652;
/// Days are printed for this many before the first and after the last.
const MARGIN: i64 = 120;

/// The names of the tables of first releases.
pub fn tables() -> impl Iterator<Item = String> {
    DESKS.iter().map(|desk| format!("{}.csv", desk.name))
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// Reports, over all first releases.
    pub reports: u64,
    /// Rows of the later release.
    pub revised_rows: u64,
    /// True incidents, episodes and counts.
    pub happenings: u64,
}

/// Writes a simulated pool into a folder, which is made if absent.
pub fn simulate(reports: u64, seed: u64, folder: &Path) -> io::Result<Written> {
    std::fs::create_dir_all(folder)?;
    let mut tables = Tables::create(folder)?;
    let written = tell_all(reports, seed, &mut tables)?;
    tables.finish()?;
    for desk in &DESKS {
        std::fs::write(folder.join(format!("{}.toml", desk.name)), desk::mapping_of(desk))?;
    }
    let revised = &DESKS[REVISED_DESK];
    let mapping = desk::mapping_of(revised);
    std::fs::write(folder.join(format!("{}-v2.toml", revised.name)), mapping)?;
    std::fs::write(folder.join("README.md"), readme(reports, seed, written))?;
    Ok(written)
}

/// Tells of happenings day by day until there are enough reports.
fn tell_all(reports: u64, seed: u64, tables: &mut Tables) -> io::Result<Written> {
    let mut chance = Chance::from_seed(seed);
    let world = World::new(reports, &mut chance);
    let calendar = Calendar::new();
    let mut happenings = Happenings::before_the_first_day();
    let mut written = Written { reports: 0, revised_rows: 0, happenings: 0 };
    let mut today = -1;
    let mut told = Vec::new();
    while written.reports < reports {
        let day = (written.reports as i64) * DAYS / (reports as i64);
        if day != today {
            happenings.turn_to_day(day, &world, &mut chance);
            today = day;
        }
        let truth = happenings.next(day, &world, &mut chance);
        let wanted = n_reports(&truth, &mut chance).min(reports - written.reports);
        written.happenings += 1;
        told.clear();
        let mut by_desk = [0u32; DESKS.len()];
        let unit = unit_of(&mut chance);
        for _ in 0..wanted {
            let Some(desk) = some_desk(&truth, unit, &by_desk, &mut chance) else { break };
            by_desk[desk] += 1;
            let account = Account::next(&mut told, &truth, &world, &mut chance);
            let number = tables.next_number(desk);
            let mut entry = Entry {
                desk: &DESKS[desk],
                number,
                account: &account,
                truth: &truth,
                unit,
                world: &world,
                calendar: &calendar,
            };
            // The later release is written by the same dice, so that what was not revised stands
            // there to the letter.
            let mut same_dice = chance.clone();
            tables.tell(desk, &entry, written.happenings, &mut chance)?;
            written.reports += 1;
            if desk == REVISED_DESK
                && let Some(revised) = revised(&account, &truth, &mut chance)
            {
                entry.account = &revised;
                tables.tell_again(&entry, &mut same_dice)?;
                written.revised_rows += 1;
            }
            if unit != Unit::Incident {
                break;
            }
        }
    }
    Ok(written)
}

/// Most incidents are told once; those that kill many are told often.
fn n_reports(truth: &Happening, chance: &mut Chance) -> u64 {
    let again = match truth.killed {
        0..=1 => 0.30,
        2..=9 => 0.42,
        10..=49 => 0.60,
        _ => 0.75,
    };
    let mut reports = 1;
    while reports < 30 && chance.happens(again) {
        reports += 1;
    }
    reports
}

fn unit_of(chance: &mut Chance) -> Unit {
    match chance.weighted(&[0.985, 0.01, 0.005]) {
        0 => Unit::Incident,
        1 => Unit::Episode,
        _ => Unit::Aggregate,
    }
}

/// A desk that tells of it: a curated one at most once, a news desk seldom twice.
fn some_desk(
    truth: &Happening,
    unit: Unit,
    by_desk: &[u32; DESKS.len()],
    chance: &mut Chance,
) -> Option<usize> {
    let weights: [f64; DESKS.len()] = std::array::from_fn(|idx| {
        let desk = &DESKS[idx];
        let told_already = by_desk[idx] > 0;
        match desk.layout {
            _ if !desk.covers(truth) => 0.0,
            Layout::Curated if told_already => 0.0,
            Layout::News if unit != Unit::Incident => 0.0,
            Layout::News if told_already => desk.weight * 0.15,
            _ => desk.weight,
        }
    });
    (weights.iter().sum::<f64>() > 0.0).then(|| chance.weighted(&weights))
}

/// An entry in the later release: mostly as before, seldom with another toll, now and then gone.
fn revised(account: &Account, truth: &Happening, chance: &mut Chance) -> Option<Account> {
    if chance.happens(0.005) {
        return None;
    }
    let mut revised = account.clone();
    if chance.happens(0.04) {
        (revised.killed, revised.injured) = (truth.killed, truth.injured);
    }
    Some(revised)
}

/// The files being written.
struct Tables {
    first: Vec<BufWriter<File>>,
    again: BufWriter<File>,
    truth: BufWriter<File>,
    numbers: [u64; DESKS.len()],
    line: Vec<u8>,
}

impl Tables {
    fn create(folder: &Path) -> io::Result<Tables> {
        let table = |name: &str, columns: &str| -> io::Result<BufWriter<File>> {
            let mut file = BufWriter::with_capacity(1 << 18, File::create(folder.join(name))?);
            file.write_all(columns.as_bytes())?;
            Ok(file)
        };
        let revised = &DESKS[REVISED_DESK];
        Ok(Tables {
            first: DESKS
                .iter()
                .map(|desk| table(&format!("{}.csv", desk.name), desk.columns()))
                .collect::<io::Result<_>>()?,
            again: table(&format!("{}-v2.csv", revised.name), revised.columns())?,
            truth: table("truth.csv", "report,event\n")?,
            numbers: [0; DESKS.len()],
            line: Vec::with_capacity(512),
        })
    }

    fn next_number(&mut self, desk: usize) -> u64 {
        self.numbers[desk] += 1;
        self.numbers[desk]
    }

    fn tell(
        &mut self,
        desk: usize,
        entry: &Entry<'_>,
        event: u64,
        chance: &mut Chance,
    ) -> io::Result<()> {
        self.line.clear();
        entry.write(&mut self.line, chance)?;
        self.first[desk].write_all(&self.line)?;
        self.line.clear();
        write!(self.line, "{}:", entry.desk.name)?;
        entry.desk.key(entry.number, &mut self.line);
        writeln!(self.line, ",e{event}")?;
        self.truth.write_all(&self.line)
    }

    fn tell_again(&mut self, entry: &Entry<'_>, chance: &mut Chance) -> io::Result<()> {
        self.line.clear();
        entry.write(&mut self.line, chance)?;
        self.again.write_all(&self.line)
    }

    fn finish(self) -> io::Result<()> {
        for mut file in self.first.into_iter().chain([self.again, self.truth]) {
            file.flush()?;
        }
        Ok(())
    }
}

/// The days of the simulation in writing, made once: writing days is most of writing a row.
struct Calendar {
    days: Vec<String>,
}

impl Calendar {
    fn new() -> Calendar {
        // The first day is 2005-01-01.
        let (mut year, mut month, mut day) = (2005, 1, 1);
        // Back by the margin, one day at a time.
        for _ in 0..MARGIN {
            day -= 1;
            if day == 0 {
                month = if month == 1 { 12 } else { month - 1 };
                year -= i32::from(month == 12);
                day = days_in(year, month);
            }
        }
        let mut days = Vec::new();
        for _ in 0..DAYS + 2 * MARGIN {
            days.push(format!("{year:04}-{month:02}-{day:02}"));
            day += 1;
            if day > days_in(year, month) {
                (day, month) = (1, month + 1);
                if month == 13 {
                    (month, year) = (1, year + 1);
                }
            }
        }
        Calendar { days }
    }

    /// The day as YYYY-MM-DD.
    fn day(&self, day: i64) -> &str {
        &self.days[(day + MARGIN) as usize]
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn readme(reports: u64, seed: u64, written: Written) -> String {
    format!(
        "# SIMULATED reports: nothing here happened\n\n\
         Written by `cargo xtask simulate --reports {reports} --seed {seed}`. Countries, places, \
         organisations, outlets and incidents are invented; the coordinates lie anywhere. Use it to \
         test and to measure speed, and never as data.\n\n\
         {} reports by {} invented desks about {} invented incidents, one table for each desk with \
         its mapping beside it; `{}-v2.csv` is a later release of one of them ({} rows). `truth.csv` \
         says which reports are of one incident, and no other file does.\n\n\
         Public domain (CC0 1.0).\n",
        written.reports,
        DESKS.len(),
        written.happenings,
        DESKS[REVISED_DESK].name,
        written.revised_rows,
    )
}

#[cfg(test)]
mod tests;
