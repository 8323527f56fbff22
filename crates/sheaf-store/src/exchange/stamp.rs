//! Times in the exchange: microseconds since 1970 in UTC.
//!
//! Senders write RFC 3339 with any number of decimals; the log orders by whole microseconds and keeps
//! the text as it was sent beside them. Nothing here asks a clock.

use sheaf_model::Day;

/// A time in microseconds since 1970, UTC.
pub type Micros = i64;

/// Reads `2016-11-03T12:30:59.001Z`; decimals after the sixth are dropped.
///
/// ```
/// use sheaf_store::exchange::{read_stamp, stamp_text};
/// let stamp = read_stamp("2016-11-03T12:30:59.1Z").unwrap();
/// assert_eq!(stamp_text(stamp), "2016-11-03T12:30:59.100000Z");
/// assert!(read_stamp("yesterday").is_none());
/// ```
pub fn read_stamp(text: &str) -> Option<Micros> {
    let bytes = text.as_bytes();
    let fixed = bytes.get(..19)?;
    let punctuated = fixed[4] == b'-' && fixed[7] == b'-' && fixed[13] == b':' && fixed[16] == b':';
    let divided = matches!(fixed[10], b'T' | b't');
    if !punctuated || !divided {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let date = Day::from_ymd(year as i32, month as u32, day as u32)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut micros = 0;
    if let Some(decimals) = rest.strip_prefix('.') {
        let n = decimals.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 {
            return None;
        }
        for place in 0..6 {
            let digit = if place < n { i64::from(decimals.as_bytes()[place] - b'0') } else { 0 };
            micros = micros * 10 + digit;
        }
        rest = &decimals[n..];
    }
    let east_s = match rest {
        "Z" | "z" => 0,
        _ => {
            let offset = rest.as_bytes();
            if offset.len() != 6 || offset[3] != b':' {
                return None;
            }
            let at = text.len() - 6;
            let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            match offset[0] {
                b'+' => seconds,
                b'-' => -seconds,
                _ => return None,
            }
        }
    };
    let second_of_day = hour * 3600 + minute * 60 + second;
    Some((i64::from(date.days_since_1970()) * 86_400 + second_of_day - east_s) * 1_000_000 + micros)
}

/// Writes a time with six decimals, as in `2016-11-03T12:30:59.001000Z`.
pub fn stamp_text(stamp: Micros) -> String {
    let (seconds, micros) = (stamp.div_euclid(1_000_000), stamp.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let day = i32::try_from(days).ok().and_then(Day::from_days_since_1970);
    let (year, month, day) = day.map_or((9999, 12, 31), Day::ymd);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{micros:06}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The same with three decimals, as STIX wants them.
pub(crate) fn millis_text(stamp: Micros) -> String {
    let text = stamp_text(stamp);
    format!("{}Z", &text[..text.len() - 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_read_and_write() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            ("2014-05-08T09:00:00.000Z", "2014-05-08T09:00:00.000000Z"),
            ("2000-02-29t23:59:59.9999999z", "2000-02-29T23:59:59.999999Z"),
            ("2024-03-01T01:30:00.5+02:00", "2024-02-29T23:30:00.500000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2099-12-31T20:00:00-05:00", "2100-01-01T01:00:00.000000Z"),
        ] {
            assert_eq!(read_stamp(text).map(stamp_text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(read_stamp("2014-05-08T09:00:00Z"), Some(1_399_539_600_000_000));
        assert_eq!(millis_text(1_399_539_600_001_999), "2014-05-08T09:00:00.001Z");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "x",
            "2014-05-08",
            "2014-05-08T09:00:00",
            "2014-13-08T09:00:00Z",
            "2014-02-30T09:00:00Z",
            "2014-05-08T24:00:00Z",
            "2014-05-08T09:00:00.Z",
            "2014-05-08T09:00:00+2:00",
            "2014-05-08 09:00:00Z",
            "20é4-05-08T09:00:00Z",
            "+014-05-08T09:00:00Z",
            "2014-05-08T09:00:00Zjunk",
            "2014-05-08T09:00:00é",
        ] {
            assert_eq!(read_stamp(text), None, "{text}");
        }
    }
}
