//! Days and stretches of days. Incidents are dated by civil day; what is not known to the day is
//! a longer stretch, never a made-up day in its middle.

use std::fmt;

use jiff::civil::Date;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A civil day of the Gregorian calendar, kept as days since 1970-01-01. Years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

impl Day {
    /// The day with this year, month (1–12) and day of the month, if the calendar has it.
    ///
    /// ```
    /// use sheaf_model::Day;
    /// assert_eq!(Day::from_ymd(2014, 5, 22).unwrap().to_string(), "2014-05-22");
    /// assert!(Day::from_ymd(2021, 2, 31).is_none());
    /// ```
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let date = Date::new(year as i16, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Some(Day::from_date(date.ok()?))
    }

    /// The day this many days after 1970-01-01 (before it, if negative), within years 1 to 9999.
    pub fn from_days_since_1970(days: i32) -> Option<Day> {
        let span = jiff::Span::new().try_days(days).ok()?;
        let date = EPOCH.checked_add(span).ok()?;
        (date.year() >= 1).then_some(Day(days))
    }

    /// Days since 1970-01-01; negative before it.
    pub fn days_since_1970(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`, with anything after a following `T` or space ignored (a clock time).
    ///
    /// ```
    /// use sheaf_model::Day;
    /// assert_eq!(Day::parse_iso("2009-02-20T00:00:00"), Day::from_ymd(2009, 2, 20));
    /// assert_eq!(Day::parse_iso("20/02/2009"), None);
    /// ```
    pub fn parse_iso(text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        if bytes.len() > 10 && !matches!(bytes[10], b'T' | b' ') {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0u32, |sum, &b| {
                b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0'))
            })
        };
        Day::from_ymd(number(0, 4)? as i32, number(5, 7)?, number(8, 10)?)
    }

    /// Year, month (1–12), day of the month (1–31).
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = self.to_date();
        (i32::from(date.year()), date.month() as u32, date.day() as u32)
    }

    /// The day `days` later (earlier, if negative), or `None` outside years 1 to 9999.
    pub fn plus(self, days: i32) -> Option<Day> {
        Day::from_days_since_1970(self.0.checked_add(days)?)
    }

    fn from_date(date: Date) -> Day {
        Day((date.duration_since(EPOCH).as_hours() / 24) as i32)
    }

    fn to_date(self) -> Date {
        // The constructors admit only days that jiff has.
        EPOCH.saturating_add(jiff::Span::new().days(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A stretch of days, both ends included; one day wide when the day is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct When {
    // Invariant: first <= last.
    first: Day,
    last: Day,
}

impl When {
    /// The stretch from `first` to `last`, or `None` if they stand in the wrong order.
    pub fn new(first: Day, last: Day) -> Option<When> {
        (first <= last).then_some(When { first, last })
    }

    /// One day.
    pub fn on(day: Day) -> When {
        When { first: day, last: day }
    }

    /// The first day.
    pub fn first(self) -> Day {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Day {
        self.last
    }

    /// How many days the stretch covers; 1 when the day is known.
    pub fn width_days(self) -> u32 {
        (self.last.0 - self.first.0) as u32 + 1
    }

    /// Whole days between the two stretches: 0 when they share a day, 1 when they are neighbours.
    ///
    /// ```
    /// use sheaf_model::{Day, When};
    /// let day = |d| Day::from_ymd(2014, 5, d).unwrap();
    /// let market = When::on(day(22));
    /// assert_eq!(market.gap_days(When::on(day(24))), 2);
    /// assert_eq!(market.gap_days(When::new(day(20), day(25)).unwrap()), 0);
    /// ```
    pub fn gap_days(self, other: When) -> u32 {
        let later_start = self.first.0.max(other.first.0);
        let earlier_end = self.last.0.min(other.last.0);
        (later_start - earlier_end).max(0) as u32
    }

    /// The smallest stretch that covers both.
    pub fn hull(self, other: When) -> When {
        When { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{} to {}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip_over_leap_years_and_far_ends() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("0001-01-01", -719_162),
            ("9999-12-31", 2_932_896),
        ] {
            let day = Day::parse_iso(text).unwrap();
            assert_eq!((day.days_since_1970(), day.to_string().as_str()), (days, text));
            assert_eq!(Day::from_days_since_1970(days), Some(day));
        }
        assert_eq!(Day::from_days_since_1970(-719_163), None);
        assert_eq!(Day::from_days_since_1970(2_932_897), None);
        assert_eq!(Day::from_days_since_1970(i32::MAX), None);
    }

    #[test]
    fn text_that_is_no_day_is_none() {
        for text in
            ["", "2014", "2014-13-01", "1900-02-29", "2014-05-2x", "2014-05-221", "0000-01-01"]
        {
            assert_eq!(Day::parse_iso(text), None, "{text}");
        }
    }
}
