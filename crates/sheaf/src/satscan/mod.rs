//! Files in SaTScan's formats, so that its users can check us: cases (.cas), coordinates (.geo), a
//! population (.pop), controls (.ctl) and parameters (.prm). Functions over text; opening files is
//! for the command. Fields stand apart by blanks or commas; what cannot be read is a failure that
//! names file, line and value, because a scan of half a file would be another scan.

mod parameters;

use std::collections::BTreeMap;

use sheaf_model::Day;
use sheaf_stats::scan::{Census, Count};
use sheaf_stats::{Measured, Period, Sites};

pub use parameters::{Model, Parameters, Steps, parameters, period};

use crate::failure::Failure;

/// A file's name and text.
pub struct Text<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Text<'_> {
    /// The fields of each line that has any, with the line's number.
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.text.lines().zip(1..).filter_map(move |(line, number)| {
            let blank = |c: char| c.is_whitespace() || c == ',';
            let fields: Vec<&str> = line.split(blank).filter(|it| !it.is_empty()).collect();
            (!fields.is_empty()).then_some(Row { file: self.name, number, fields })
        })
    }
}

/// A line of a file.
struct Row<'a> {
    file: &'a str,
    number: usize,
    fields: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn field(&self, at: usize, what: &str) -> Result<&'a str, Failure> {
        self.fields.get(at).copied().ok_or_else(|| self.wrong(&format!("{what} is missing")))
    }

    fn number<T: std::str::FromStr>(&self, at: usize, what: &str) -> Result<T, Failure> {
        let text = self.field(at, what)?;
        text.parse()
            .map_err(|_| self.wrong(&format!("{what} is \"{text}\", which is no such number")))
    }

    fn wrong(&self, what: &str) -> Failure {
        Failure::new("bad-file", format!("{}:{}: {what}", self.file, self.number))
    }
}

/// Reads coordinates.
pub fn places(file: &Text<'_>, measured: Measured) -> Result<Sites, Failure> {
    let mut places = Vec::new();
    for row in file.rows() {
        let at = [row.number(1, "the first coordinate")?, row.number(2, "the second coordinate")?];
        places.push((row.field(0, "the place")?.to_owned(), at));
    }
    Ok(Sites::new(places, measured)?)
}

/// The place of each name.
pub fn by_name(sites: &Sites) -> BTreeMap<&str, u32> {
    (0..sites.len() as u32).map(|site| (sites.name(site), site)).collect()
}

/// What stands in a case or control file: a count at a place on a day, and the group it is of.
pub struct Cases {
    /// Place, day, count, covariates in one text.
    pub rows: Vec<(u32, Day, u32, String)>,
}

/// Reads cases or controls. Where times do not count, all are on one day.
pub fn cases(
    file: &Text<'_>,
    sites: &BTreeMap<&str, u32>,
    is_dated: bool,
    anchor: Day,
) -> Result<Cases, Failure> {
    let mut rows = Vec::new();
    for row in file.rows() {
        let site = site_of(&row, sites)?;
        let n: u32 = row.number(1, "the number of cases")?;
        let day = if is_dated { day_of(&row, 2, anchor)? } else { anchor };
        let covariates = row.fields.get(2 + usize::from(is_dated)..).unwrap_or_default().join(" ");
        if n > 0 {
            rows.push((site, day, n, covariates));
        }
    }
    Ok(Cases { rows })
}

impl Cases {
    /// The counts by step of a period.
    pub fn counts(&self, file: &str, period: &Period) -> Result<Vec<Count>, Failure> {
        let count = |&(site, day, n, _): &(u32, Day, u32, String)| match period.step(day) {
            Some(step) => Ok(Count { site, step, n }),
            None => {
                let (first, last) = (period.days_of(0).0, period.days_of(u32::MAX).1);
                let what = format!("{file}: {day} lies outside the period, {first} to {last}");
                Err(Failure::new("bad-file", what))
            }
        };
        self.rows.iter().map(count).collect()
    }

    /// The first and last day.
    pub fn days(&self) -> Option<(Day, Day)> {
        let days = self.rows.iter().map(|it| it.1);
        Some((days.clone().min()?, days.max()?))
    }
}

/// A population, and the cases of each of its groups.
pub struct Population {
    pub censuses: Vec<Census>,
    pub cases_of_group: Vec<u64>,
}

/// Reads a population for the groups that cases are of.
pub fn population(
    file: &Text<'_>,
    sites: &BTreeMap<&str, u32>,
    cases: &Cases,
    anchor: Day,
) -> Result<Population, Failure> {
    let mut groups: BTreeMap<String, u32> = BTreeMap::new();
    let mut censuses = Vec::new();
    for row in file.rows() {
        let site = site_of(&row, sites)?;
        let day = day_of(&row, 1, anchor)?;
        let people: f64 = row.number(2, "the number of people")?;
        if !(people >= 0.0 && people.is_finite()) {
            return Err(row.wrong(&format!("{people} is no number of people")));
        }
        let covariates = row.fields.get(3..).unwrap_or_default().join(" ");
        let next = groups.len() as u32;
        let group = *groups.entry(covariates).or_insert(next);
        censuses.push(Census { site, day, group, people });
    }
    let mut cases_of_group = vec![0; groups.len()];
    for (_, _, n, covariates) in &cases.rows {
        let Some(&group) = groups.get(covariates) else {
            let what = format!("{}: no people with the covariates \"{covariates}\"", file.name);
            return Err(Failure::new("bad-file", what).hint("cases and people need the same ones"));
        };
        cases_of_group[group as usize] += u64::from(*n);
    }
    Ok(Population { censuses, cases_of_group })
}

fn site_of(row: &Row<'_>, sites: &BTreeMap<&str, u32>) -> Result<u32, Failure> {
    let name = row.field(0, "the place")?;
    sites.get(name).copied().ok_or_else(|| {
        row.wrong(&format!("{name} has no coordinates")).hint("add it to the coordinates file")
    })
}

/// A day, month or year: 2001/11/22, 2001/11, 2001 or 73. A month stands for its 15th day and a
/// year for its 1st of July, as in SaTScan; two digits for the year nearest to the study.
fn day_of(row: &Row<'_>, at: usize, anchor: Day) -> Result<Day, Failure> {
    let text = row.field(at, "the date")?;
    parse_day(text, anchor, (7, 1)).ok_or_else(|| {
        row.wrong(&format!("\"{text}\" is no date")).hint("write year/month/day, as in 2001/11/22")
    })
}

fn parse_day(text: &str, anchor: Day, of_year: (u32, u32)) -> Option<Day> {
    let parts: Vec<i32> = text.split(['/', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let &year = parts.first()?;
    let near = anchor.ymd().0;
    let year = match text.split(['/', '-']).next().map(str::len) {
        Some(1 | 2) => {
            let centuries = [1800, 1900, 2000, 2100].map(|century| century + year);
            centuries.into_iter().min_by_key(|it| it.abs_diff(near))?
        }
        _ => year,
    };
    let part = |at: usize| parts.get(at).and_then(|&it| u32::try_from(it).ok());
    match parts.len() {
        1 => Day::from_ymd(year, of_year.0, of_year.1),
        2 => Day::from_ymd(year, part(1)?, 15),
        3 => Day::from_ymd(year, part(1)?, part(2)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_precision_are_read() {
        let anchor = Day::from_ymd(1980, 1, 1).unwrap();
        let check = |text: &str, expected: Option<&str>| {
            let day = parse_day(text, anchor, (7, 1)).map(|it| it.to_string());
            assert_eq!(day.as_deref(), expected, "{text}");
        };
        check("2001/11/3", Some("2001-11-03"));
        check("2001-11", Some("2001-11-15"));
        check("1977", Some("1977-07-01"));
        check("73", Some("1973-07-01"));
        check("2001/13/1", None);
        check("May", None);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let file = Text { name: "a.geo", text: "dock 1.5 2\n\nquay 1.5 east\n" };
        let wrong = places(&file, Measured::Plane).unwrap_err().what;
        assert_eq!(wrong, "a.geo:3: the second coordinate is \"east\", which is no such number");
        let file = Text { name: "a.geo", text: "dock 1.5 2\n" };
        let sites = places(&file, Measured::Plane).unwrap();
        let file = Text { name: "a.cas", text: "dock 1 2001/11/3\nquay 1 2001/11/4\n" };
        let anchor = Day::from_ymd(2001, 1, 1).unwrap();
        let wrong = cases(&file, &by_name(&sites), true, anchor).err().unwrap().what;
        assert_eq!(wrong, "a.cas:2: quay has no coordinates");
    }
}
