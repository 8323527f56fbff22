//! Points in time, for rules that begin or end (embargoes, expiry) and for versions of what is
//! exchanged. Incidents are dated by [`Day`](crate::Day); nothing here reads a clock.

use std::fmt;

use jiff::Timestamp;

/// A point in time in UTC, to the millisecond. Milliseconds, because the exchange formats' versions
/// are told apart by them and by nothing finer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Moment(i64);

impl Moment {
    /// This many milliseconds after the start of 1970 (before it, if negative); `None` outside
    /// years 1 to 9999.
    pub fn from_millis(millis: i64) -> Option<Moment> {
        // jiff ends with year 9999; 0001-01-01 is this many milliseconds before 1970.
        const FIRST: i64 = -62_135_596_800_000;
        (millis >= FIRST && Timestamp::from_millisecond(millis).is_ok()).then_some(Moment(millis))
    }

    /// Milliseconds since the start of 1970; negative before it.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 (`2014-05-22T09:01:02.003Z`, or with an offset). What is finer than a
    /// millisecond is cut off. `None` if it is no such text.
    ///
    /// ```
    /// use sheaf_model::Moment;
    /// let moment = Moment::parse("2014-05-22T09:01:02.0039+08:00").unwrap();
    /// assert_eq!(moment.to_string(), "2014-05-22T01:01:02.003Z");
    /// assert!(Moment::parse("2014-05-22").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Moment> {
        let timestamp: Timestamp = text.parse().ok()?;
        let nanos = timestamp.as_nanosecond().div_euclid(1_000_000);
        Moment::from_millis(i64::try_from(nanos).ok()?)
    }

    /// The moment this many milliseconds later, or `None` outside years 1 to 9999.
    pub fn plus_millis(self, millis: i64) -> Option<Moment> {
        Moment::from_millis(self.0.checked_add(millis)?)
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, always with three decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{timestamp:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_lead_back_from_their_text() {
        for text in [
            "1970-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2022-10-01T00:00:00.000Z",
            "0001-01-01T00:00:00.000Z",
            "9999-12-30T22:00:00.000Z",
        ] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Moment::parse("1969-12-31T23:59:59.9999Z").unwrap().millis(), -1);
        for text in ["", "yesterday", "2014-05-22T09:01:02", "2014-13-22T09:01:02Z"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        assert_eq!(Moment::from_millis(i64::MAX), None);
        assert_eq!(Moment::from_millis(-62_135_596_800_001), None);
    }
}
