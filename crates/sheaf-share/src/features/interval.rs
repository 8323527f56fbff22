//! A stretch of days, as `datetime` gives it (OGC 17-069r4, section 7.15.4).

use std::fmt;

use sheaf_model::{Day, Moment, When};

const DAY_MS: i64 = 86_400_000;

/// A stretch of days, open at one end at most, both ends included.
///
/// Incidents are dated by days, so a time within a day asks for that day, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    // Invariant: at least one end; first <= last.
    first: Option<Day>,
    last: Option<Day>,
}

impl Interval {
    /// Reads a time or a day, or two of them with `/` between, of which one may be `..` or empty.
    ///
    /// ```
    /// use sheaf_share::features::Interval;
    /// let since = Interval::parse("2014-05-22T23:00:00-02:00/..").unwrap();
    /// assert_eq!(since.to_string(), "2014-05-23/..");
    /// assert_eq!(Interval::parse("2014-05-23/"), Ok(since));
    /// assert!(Interval::parse("../..").is_err());
    /// ```
    ///
    /// # Errors
    /// Why the text is no stretch of time.
    pub fn parse(text: &str) -> Result<Interval, &'static str> {
        let end = |text: &str| {
            match text {
            "" | ".." => Ok(None),
            text => day_of(text).map(Some).ok_or(
                "holds no time of the form 2014-05-22T09:00:00Z; hint: RFC 3339, with Z or an offset, \
                 or a day",
            ),
        }
        };
        let (first, last) = match text.split_once('/') {
            None => {
                let day = end(text)?;
                (day, day)
            }
            Some((first, last)) => (end(first)?, end(last)?),
        };
        match (first, last) {
            (None, None) => Err("is open at both ends; hint: leave the parameter out"),
            (Some(first), Some(last)) if first > last => Err("ends before it begins"),
            _ => Ok(Interval { first, last }),
        }
    }

    /// Whether something that happened on one of these days may have happened in it.
    pub fn touches(&self, when: When) -> bool {
        self.first.is_none_or(|first| first <= when.last())
            && self.last.is_none_or(|last| when.first() <= last)
    }
}

impl fmt::Display for Interval {
    /// As [`Interval::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |day: Option<Day>| day.map_or("..".to_owned(), |day| day.to_string());
        write!(f, "{}/{}", end(self.first), end(self.last))
    }
}

fn day_of(text: &str) -> Option<Day> {
    // What follows a day is not to be passed over in silence, as that reader does.
    if text.len() == "2014-05-22".len() {
        return Day::parse_iso(text);
    }
    let days = Moment::parse(text)?.millis().div_euclid(DAY_MS);
    Day::from_days_since_1970(i32::try_from(days).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_touch_an_interval_or_not() {
        let day = |day| Day::from_ymd(2014, 5, day).unwrap();
        let when = When::new(day(22), day(24)).unwrap();
        for (text, expected) in [
            ("2014-05-22", true),
            ("2014-05-24T23:59:59Z", true),
            ("2014-05-25", false),
            ("2014-05-21", false),
            ("../2014-05-22", true),
            ("../2014-05-21", false),
            ("2014-05-24/..", true),
            ("2014-05-25/", false),
            ("2014-05-01/2014-05-31", true),
            ("2014-05-23T04:00:00Z/2014-05-23T05:00:00Z", true),
        ] {
            assert_eq!(Interval::parse(text).unwrap().touches(when), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_stretch_of_time_says_why() {
        for (text, why) in [
            ("", "is open at both ends; hint: leave the parameter out"),
            ("/", "is open at both ends; hint: leave the parameter out"),
            ("2014-05-24/2014-05-22", "ends before it begins"),
        ] {
            assert_eq!(Interval::parse(text), Err(why), "{text}");
        }
        for text in
            ["yesterday", "2014", "2014-05-22T09:00:00", "a/b", "2014-05-22/../..", "2014-13-01"]
        {
            assert!(Interval::parse(text).unwrap_err().starts_with("holds no time"), "{text}");
        }
    }
}
