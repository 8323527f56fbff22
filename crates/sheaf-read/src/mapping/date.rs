//! The days of an incident out of its cells: a start and an end in the formats of the mapping, or
//! year, month and day apart, widened to what the precision code admits.

use sheaf_model::{Day, DoubtCode, Meaning, Unknown, When};

use super::bind::DateColumns;
use super::day_text::{DayFormat, month, year};
use super::rules::{Anchor, DateRule, Width};
use super::sight::{Scratch, Sight};

/// The day a cell said last, since neighbouring cells and rows often say the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct DayMemo {
    said: String,
    read: Option<When>,
}

impl DayMemo {
    fn read(&mut self, formats: &[DayFormat], text: &str) -> Option<When> {
        if self.said != text || self.said.is_empty() {
            self.said.clear();
            self.said.push_str(text);
            self.read = read_days(formats, text);
        }
        self.read
    }
}

/// Reads a text in the first format that fits.
pub(crate) fn read_days(formats: &[DayFormat], text: &str) -> Option<When> {
    let text = text.trim();
    formats.iter().find_map(|format| format.read(text))
}

/// Reads the group; `None` where every one of its cells is blank.
pub(crate) fn read(
    rule: &DateRule,
    columns: DateColumns,
    memo: &mut DayMemo,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Meaning)> {
    let start = see.filled(columns.start);
    let (main, said) = match start {
        Some((column, text)) => {
            if see.is_unknown(text, &[]) {
                return Some((column, Meaning::Unknown(Unknown::NotKnown)));
            }
            match memo.read(&rule.formats, text) {
                Some(when) => (column, when),
                None => {
                    scratch.doubt(see, column, DoubtCode::NotADay, text);
                    return Some((column, Meaning::NotUnderstood));
                }
            }
        }
        None => match from_parts(columns, see, scratch)? {
            (column, Ok(when)) => (column, when),
            (column, Err(meaning)) => return Some((column, meaning)),
        },
    };
    let when = match end(rule, columns, memo, see, scratch) {
        Some((column, Some(end))) if end.last() < said.first() => {
            scratch.doubt(see, column, DoubtCode::EndBeforeStart, see.cell(column).trim());
            return Some((main, Meaning::NotUnderstood));
        }
        Some((_, Some(end))) => said.hull(end),
        _ => said,
    };
    let when = widened(rule, columns, when, said.first(), see, scratch);
    if !see.plausible(when) {
        scratch.doubt(see, main, DoubtCode::ImplausibleDay, see.cell(main).trim());
    }
    Some((main, Meaning::When(when)))
}

/// The end, where one is given; the inner `None` for one that could not be read.
fn end(
    rule: &DateRule,
    columns: DateColumns,
    memo: &mut DayMemo,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Option<When>)> {
    let (column, text) = see.filled(columns.end)?;
    if see.is_unknown(text, &[]) {
        scratch.instead(column, Meaning::Unknown(Unknown::NotKnown));
        return Some((column, None));
    }
    let when = memo.read(&rule.formats, text);
    if when.is_none() {
        scratch.doubt(see, column, DoubtCode::NotADay, text);
        scratch.instead(column, Meaning::NotUnderstood);
    }
    Some((column, when))
}

/// Year, month and day in columns of their own; a month or day of 0 or blank is not known.
fn from_parts(
    columns: DateColumns,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Result<When, Meaning>)> {
    let (column, text) = see.filled(columns.year)?;
    if see.is_unknown(text, &[]) {
        return Some((column, Err(Meaning::Unknown(Unknown::NotKnown))));
    }
    let part = |column: Option<u16>| match see.filled(column) {
        Some((_, text)) if see.is_unknown(text, &[]) => Some(0),
        Some((_, text)) => whole(text),
        None => Some(0),
    };
    let when = whole(text).zip(part(columns.month)).zip(part(columns.day)).and_then(
        |((years, months), days)| match (months, days) {
            (0, _) => year(years as i32),
            (_, 0) => month(years as i32, months),
            _ => Day::from_ymd(years as i32, months, days).map(When::on),
        },
    );
    if when.is_none() {
        let said = [columns.year, columns.month, columns.day]
            .into_iter()
            .flatten()
            .map(|column| see.cell(column).trim())
            .collect::<Vec<_>>()
            .join("-");
        scratch.doubt(see, column, DoubtCode::NotADay, &said);
    }
    Some((column, when.ok_or(Meaning::NotUnderstood)))
}

/// A number of up to four digits, as a spreadsheet may write it ("5.0").
fn whole(text: &str) -> Option<u32> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn widened(
    rule: &DateRule,
    columns: DateColumns,
    when: When,
    given: Day,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> When {
    let Some((column, code)) = see.filled(columns.precision) else { return when };
    if see.is_unknown(code, &[]) {
        scratch.instead(column, Meaning::Unknown(Unknown::NotKnown));
        return when;
    }
    let Some(width) = see.code(&rule.widths, code) else {
        scratch.doubt(see, column, DoubtCode::UnknownCode, code);
        scratch.instead(column, Meaning::NotUnderstood);
        return when;
    };
    let (years, months, _) = given.ymd();
    let wide = match *width {
        Width::AsGiven => None,
        Width::Days(days) => around(given, days, rule.anchor),
        Width::Month => month(years, months),
        Width::Year => year(years),
    };
    // A width never makes narrower what the source itself gave as start and end.
    wide.map_or(when, |wide| wide.hull(when))
}

fn around(day: Day, days: u32, anchor: Anchor) -> Option<When> {
    let days = days as i32;
    let before = match anchor {
        Anchor::Start => 0,
        Anchor::Middle => days / 2,
    };
    When::new(day.plus(-before)?, day.plus(days - 1 - before)?)
}
