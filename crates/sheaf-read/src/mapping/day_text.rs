//! Days as sources write them. A mapping lists the formats to try, in order; the first that fits
//! the whole text wins. A format without a day of the month gives the whole month, one without a
//! month the whole year: what was not said is not made up.

use sheaf_model::{Day, When};

/// One way to write a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DayFormat {
    /// `iso`: 2014-05-22 with anything after a `T` or space, 2014-05, 2014.
    Iso,
    /// `yyyymmdd`: 20140522, with or without digits of the clock after it.
    Compact,
    /// `excel`: a serial day of the 1900 calendar (41781), a fraction of a day allowed.
    Excel,
    /// `days-since-1970`: as R writes its dates when it forgets their class (16212).
    DaysSince1970,
    /// A pattern of `%Y %y %m %b %B %d %A %a %H %M %S` and plain characters.
    Pattern(Pattern),
}

/// A pattern, taken apart once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Plain(char),
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Weekday,
    ClockDigits,
}

impl DayFormat {
    /// The names that stand for a format; everything else must be a pattern.
    pub const NAMES: &[&str] = &["iso", "yyyymmdd", "excel", "days-since-1970"];

    /// Reads a format as it stands in a mapping; what is wrong with it otherwise.
    pub fn new(spec: &str) -> Result<DayFormat, String> {
        match spec {
            "iso" => Ok(DayFormat::Iso),
            "yyyymmdd" => Ok(DayFormat::Compact),
            "excel" => Ok(DayFormat::Excel),
            "days-since-1970" => Ok(DayFormat::DaysSince1970),
            _ => Pattern::new(spec).map(DayFormat::Pattern),
        }
    }

    /// The day or days a text means in this format.
    pub fn read(&self, text: &str) -> Option<When> {
        match self {
            DayFormat::Iso => iso(text),
            DayFormat::Compact => compact(text),
            DayFormat::Excel => excel(text),
            DayFormat::DaysSince1970 => {
                let days = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
                Day::from_days_since_1970(days).map(When::on)
            }
            DayFormat::Pattern(pattern) => pattern.read(text),
        }
    }
}

/// The month as a stretch of days.
pub fn month(year: i32, month: u32) -> Option<When> {
    let first = Day::from_ymd(year, month, 1)?;
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let last = match Day::from_ymd(next_year, next_month, 1) {
        Some(next) => next.plus(-1)?,
        None => Day::from_ymd(year, 12, 31)?,
    };
    When::new(first, last)
}

/// The year as a stretch of days.
pub fn year(year: i32) -> Option<When> {
    When::new(Day::from_ymd(year, 1, 1)?, Day::from_ymd(year, 12, 31)?)
}

fn iso(text: &str) -> Option<When> {
    if let Some(day) = Day::parse_iso(text) {
        return Some(When::on(day));
    }
    match text.len() {
        7 => {
            let (years, months) = text.split_once('-').filter(|(years, _)| years.len() == 4)?;
            month(digits(years)? as i32, digits(months)?)
        }
        4 => year(digits(text)? as i32),
        _ => None,
    }
}

fn compact(text: &str) -> Option<When> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let fits = matches!(text.len(), 8 | 14) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(())?;
    let day =
        Day::from_ymd(digits(&text[..4])? as i32, digits(&text[4..6])?, digits(&text[6..8])?)?;
    Some(When::on(day))
}

/// Serial 25,569 is 1970-01-01. Serials below 61 are left out: Excel's calendar has a 29 February
/// 1900, so what they mean depends on who wrote them.
fn excel(text: &str) -> Option<When> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    let serial = digits(whole)?;
    (61..=2_958_465).contains(&serial).then_some(())?;
    Day::from_days_since_1970(serial as i32 - 25_569).map(When::on)
}

/// One to nine ASCII digits.
fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

impl Pattern {
    fn new(spec: &str) -> Result<Pattern, String> {
        let mut parts = Vec::new();
        let mut characters = spec.chars();
        while let Some(c) = characters.next() {
            if c != '%' {
                parts.push(Part::Plain(c));
                continue;
            }
            parts.push(match characters.next() {
                Some('Y') => Part::Year,
                Some('y') => Part::ShortYear,
                Some('m') => Part::Month,
                Some('b' | 'B') => Part::MonthName,
                Some('d' | 'e') => Part::Day,
                Some('a' | 'A') => Part::Weekday,
                Some('H' | 'M' | 'S' | 'I') => Part::ClockDigits,
                Some(other) => return Err(format!("%{other} is no part of a day")),
                None => return Err("it ends in the middle, at %".to_owned()),
            });
        }
        if !parts.iter().any(|part| matches!(part, Part::Year | Part::ShortYear)) {
            return Err("it has no year (%Y or %y)".to_owned());
        }
        Ok(Pattern { parts })
    }

    fn read(&self, text: &str) -> Option<When> {
        let mut rest = text;
        let (mut year_is, mut month_is, mut day_is) = (None, None, None);
        for part in &self.parts {
            match part {
                Part::Plain(' ') => {
                    let shorter = rest.trim_start();
                    if shorter.len() == rest.len() {
                        return None;
                    }
                    rest = shorter;
                }
                Part::Plain(c) => rest = rest.strip_prefix(*c)?,
                Part::Year => year_is = Some(take_digits(&mut rest, 4, 4)? as i32),
                Part::ShortYear => {
                    // As POSIX has it: 69 to 99 are of the last century, 00 to 68 of this one.
                    let short = take_digits(&mut rest, 2, 2)? as i32;
                    year_is = Some(if short >= 69 { 1900 + short } else { 2000 + short });
                }
                Part::Month => month_is = Some(take_digits(&mut rest, 1, 2)?),
                Part::MonthName => month_is = Some(take_month(&mut rest)?),
                Part::Day => day_is = Some(take_digits(&mut rest, 1, 2)?),
                Part::Weekday => drop(take_letters(&mut rest).filter(|word| !word.is_empty())?),
                Part::ClockDigits => drop(take_digits(&mut rest, 1, 2)?),
            }
        }
        if !rest.is_empty() {
            return None;
        }
        match (year_is?, month_is, day_is) {
            (y, Some(m), Some(d)) => Day::from_ymd(y, m, d).map(When::on),
            (y, Some(m), None) => month(y, m),
            (y, None, None) => year(y),
            (_, None, Some(_)) => None,
        }
    }
}

fn take_digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let n = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (n >= least).then_some(())?;
    let (taken, left) = rest.split_at(n);
    *rest = left;
    digits(taken)
}

fn take_letters<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (word, left) = rest.split_at(end);
    *rest = left;
    Some(word)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month by its English name, whole or cut to three letters or more, with or without a full stop.
fn take_month(rest: &mut &str) -> Option<u32> {
    let word = take_letters(rest)?.to_lowercase();
    *rest = rest.strip_prefix('.').unwrap_or(rest);
    let at = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
    Some(at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, text: &str, expected: &str) {
        let read = DayFormat::new(format).unwrap().read(text);
        assert_eq!(read.map_or("-".to_owned(), |w| w.to_string()), expected, "{format} {text:?}");
    }

    #[test]
    fn days_as_sources_write_them() {
        for (format, text, expected) in [
            ("iso", "2014-05-22", "2014-05-22"),
            ("iso", "2014-05-22T00:00:00", "2014-05-22"),
            ("iso", "2014-05-22 00:00:00.000", "2014-05-22"),
            ("iso", "2014-05", "2014-05-01 to 2014-05-31"),
            ("iso", "2014", "2014-01-01 to 2014-12-31"),
            ("iso", "9999-12", "9999-12-01 to 9999-12-31"),
            ("iso", "2021-02-31", "-"),
            ("iso", "2014-5-2", "-"),
            ("yyyymmdd", "20140522", "2014-05-22"),
            ("yyyymmdd", "20140522143000", "2014-05-22"),
            ("yyyymmdd", "20140532", "-"),
            ("yyyymmdd", "2014052", "-"),
            ("excel", "41781", "2014-05-22"),
            ("excel", "41781.5", "2014-05-22"),
            ("excel", "60", "-"),
            ("excel", "-1", "-"),
            ("days-since-1970", "16212", "2014-05-22"),
            ("days-since-1970", "-1", "1969-12-31"),
            ("%d %B %Y", "22 May 2014", "2014-05-22"),
            ("%d %B %Y", "1 January 2020", "2020-01-01"),
            ("%d %B %Y", "01 January 2020", "2020-01-01"),
            ("%d-%b-%y", "22-May-14", "2014-05-22"),
            ("%d-%b-%y", "22-May-98", "1998-05-22"),
            ("%B %d, %Y", "Sept. 3, 2014", "2014-09-03"),
            ("%m/%d/%Y", "1/5/2014", "2014-01-05"),
            ("%m/%d/%Y", "13/5/2014", "-"),
            ("%d/%m/%Y", "31/02/2021", "-"),
            ("%A, %d %B %Y", "Thursday, 22 May 2014", "2014-05-22"),
            ("%Y-%m-%d %H:%M", "2014-05-22 7:50", "2014-05-22"),
            ("%B %Y", "May 2014", "2014-05-01 to 2014-05-31"),
            ("%Y", "2014", "2014-01-01 to 2014-12-31"),
            ("%d %B %Y", "22 May 2014 or so", "-"),
            ("%d %B %Y", "22 Ma 2014", "-"),
            ("%d %B %Y", "٢٢ May 2014", "-"),
        ] {
            check(format, text, expected);
        }
    }

    #[test]
    fn a_format_that_is_none_says_why() {
        for (spec, expected) in [
            ("%d %Q %Y", "%Q is no part of a day"),
            ("%d/%m", "it has no year (%Y or %y)"),
            ("%Y%", "it ends in the middle, at %"),
        ] {
            assert_eq!(DayFormat::new(spec).unwrap_err(), expected);
        }
    }
}
