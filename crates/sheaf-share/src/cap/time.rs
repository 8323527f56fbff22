//! Times as CAP 1.2 writes them: `2002-05-24T16:49:00-07:00`, to the second, always with an offset,
//! UTC as `-00:00` and never as `Z`.

use std::fmt;

/// A time that is there in the calendar, kept as it was written.
///
/// ```
/// use sheaf_share::cap::Time;
/// let time = Time::read("2002-05-24T16:49:00-07:00").unwrap();
/// assert_eq!(time.unix_s(), 1_022_284_140);
/// assert_eq!(Time::from_unix_s(1_022_284_140).unwrap().to_string(), "2002-05-24T23:49:00-00:00");
/// assert!(Time::read("2002-05-24T16:49:00Z").is_none());
/// assert!(Time::read("2002-02-30T16:49:00-07:00").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Time {
    text: String,
    unix_s: i64,
}

impl Time {
    /// Reads a time in the form of CAP 1.2.
    pub fn read(text: &str) -> Option<Time> {
        let bytes: &[u8; 25] = text.as_bytes().try_into().ok()?;
        let shape = b"dddd-dd-ddTdd:dd:ddsdd:dd";
        let fits = shape.iter().zip(bytes).all(|(wanted, found)| match wanted {
            b'd' => found.is_ascii_digit(),
            b's' => matches!(found, b'+' | b'-'),
            _ => wanted == found,
        });
        if !fits {
            return None;
        }
        let number = |from: usize, to: usize| -> i64 {
            bytes[from..to].iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'))
        };
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
        let (offset_hours, offset_minutes) = (number(20, 22), number(23, 25));
        let is_day =
            year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
        let is_time =
            (hour < 24 && minute < 60 && second < 60) || (hour, minute, second) == (24, 0, 0);
        let offset = offset_hours * 60 + offset_minutes;
        if !is_day || !is_time || offset_minutes > 59 || offset > 14 * 60 {
            return None;
        }
        let offset = if bytes[19] == b'-' { -offset } else { offset };
        let seconds = hour * 3600 + minute * 60 + second - offset * 60;
        let unix_s = days_since_1970(year, month, day) * 86_400 + seconds;
        Some(Time { text: text.to_owned(), unix_s })
    }

    /// Reads a time as CAP 1.0 and 1.1 allow it, with `Z`, with parts of a second, or without an
    /// offset; it becomes the form of CAP 1.2. A missing offset is taken for UTC, which a reader is
    /// told as a remark.
    pub(super) fn read_loosely(text: &str) -> Option<Time> {
        if let Some(time) = Time::read(text) {
            return Some(time);
        }
        let (start, rest) = text.split_at_checked(19)?;
        let rest = match rest.strip_prefix('.') {
            Some(parts) => {
                let digits = parts.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    return None;
                }
                &parts[digits..]
            }
            None => rest,
        };
        let offset = if matches!(rest, "" | "Z") { "-00:00" } else { rest };
        Time::read(&format!("{start}{offset}"))
    }

    /// The time this many seconds after 1970-01-01T00:00:00Z, in UTC; nothing outside years 1 to 9999.
    pub fn from_unix_s(unix_s: i64) -> Option<Time> {
        let (days, second) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
        if !(days_since_1970(1, 1, 1)..=days_since_1970(9999, 12, 31)).contains(&days) {
            return None;
        }
        let mut year = 1970 + days.div_euclid(366);
        while days_since_1970(year + 1, 1, 1) <= days {
            year += 1;
        }
        while days_since_1970(year, 1, 1) > days {
            year -= 1;
        }
        let mut month = 1;
        let mut day = days - days_since_1970(year, 1, 1) + 1;
        while day > days_in(year, month) {
            day -= days_in(year, month);
            month += 1;
        }
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let second = second % 60;
        Time::read(&format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}-00:00"
        ))
    }

    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    pub fn unix_s(&self) -> i64 {
        self.unix_s
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400 - 719_162;
    years + (1..month).map(|it| days_in(year, it)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_times() {
        for (text, unix_s) in [
            ("1970-01-01T00:00:00+00:00", 0),
            ("2000-02-29T12:00:00-00:00", 951_825_600),
            ("2038-01-19T03:14:07-00:00", 2_147_483_647),
            ("1969-12-31T23:59:59+00:00", -1),
            ("0001-01-01T00:00:00+00:00", -62_135_596_800),
            ("2024-05-22T24:00:00+02:00", 1_716_415_200),
        ] {
            assert_eq!(Time::read(text).map(|it| it.unix_s()), Some(unix_s), "{text}");
        }
        for text in [
            "2024-13-01T00:00:00+00:00",
            "2024-01-01T25:00:00+00:00",
            "2024-01-01T00:60:00+00:00",
            "2024-01-01T00:00:00+15:00",
            "2024-01-01T00:00:00,00:00",
            "0000-01-01T00:00:00+00:00",
            "2024-01-01 00:00:00+00:00",
            "2024-01-01T00:00:00+00:00 ",
        ] {
            assert_eq!(Time::read(text), None, "{text}");
        }
        let loosely = |text: &str| Time::read_loosely(text).map(|it| it.to_string());
        assert_eq!(loosely("2003-06-11T20:56:00Z").as_deref(), Some("2003-06-11T20:56:00-00:00"));
        assert_eq!(
            loosely("2003-06-11T20:56:00.25+01:00").as_deref(),
            Some("2003-06-11T20:56:00+01:00")
        );
        assert_eq!(loosely("2003-06-11T20:56:00é"), None);
    }

    proptest! {
        #[test]
        fn written_times_are_read_back(unix_s in -62_135_596_800i64..253_402_300_800) {
            prop_assert_eq!(Time::from_unix_s(unix_s).map(|it| it.unix_s()), Some(unix_s));
        }

        #[test]
        fn any_number_and_text_is_a_time_or_none(unix_s: i64, text in ".{0,30}|[0-9T:.+-]{17,27}") {
            let _ = Time::from_unix_s(unix_s);
            let _ = Time::read_loosely(&text);
        }
    }
}
