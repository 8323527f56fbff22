//! Degrees as sources write them: "43.8", "43,8", "43.8 N", "43°48'30\"N".

/// Reads degrees north or east; `None` if it is no number. Whether they lie on the globe is for
/// the caller, who knows which of the two it is.
///
/// ```
/// use sheaf_read::parse_degrees;
/// assert_eq!(parse_degrees("-1.28333"), Some(-1.28333));
/// assert_eq!(parse_degrees("43°30'S"), Some(-43.5));
/// assert_eq!(parse_degrees("north"), None);
/// ```
pub fn parse_degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && let Ok(degrees) = text.parse::<f64>()
    {
        return degrees.is_finite().then_some(degrees);
    }
    odd_degrees(text)
}

fn odd_degrees(text: &str) -> Option<f64> {
    let text = text.replace('−', "-");
    let text = text.trim();
    let (text, negative) = match text.char_indices().last()? {
        (at, 'N' | 'n' | 'E' | 'e') => (text[..at].trim_end(), false),
        (at, 'S' | 's' | 'W' | 'w') => (text[..at].trim_end(), true),
        _ => (text, false),
    };
    let degrees = match text.split_once('°') {
        Some((whole, rest)) => {
            let (minutes, seconds) = match rest.split_once(['\'', '′', '’']) {
                Some((minutes, seconds)) => {
                    (minutes, seconds.trim_end_matches(['"', '″', '”', '\'']))
                }
                None => (rest, ""),
            };
            let whole = number(whole)?;
            let part = |text: &str| {
                if text.trim().is_empty() { Some(0.0) } else { number(text) }
            };
            let (minutes, seconds) = (part(minutes)?, part(seconds)?);
            if !(0.0..60.0).contains(&minutes) || !(0.0..60.0).contains(&seconds) {
                return None;
            }
            (whole.abs() + minutes / 60.0 + seconds / 3600.0) * if whole < 0.0 { -1.0 } else { 1.0 }
        }
        None => number(text)?,
    };
    // "-43 S" says the same thing twice or contradicts itself; nobody can tell which.
    if negative && degrees < 0.0 {
        return None;
    }
    Some(if negative { -degrees } else { degrees })
}

/// Digits with a sign and a decimal point or comma; no exponents, no "inf".
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    if !plain || digits.matches([',', '.']).count() > 1 {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_as_sources_write_them() {
        for (text, expected) in [
            ("43.8", Some(43.8)),
            (" 43.8 ", Some(43.8)),
            ("43,8", Some(43.8)),
            ("-7.34918", Some(-7.34918)),
            ("−7.5", Some(-7.5)),
            ("+7.5", Some(7.5)),
            ("43.8 N", Some(43.8)),
            ("7.5W", Some(-7.5)),
            ("7°30'W", Some(-7.5)),
            ("43°48'36\"N", Some(43.81)),
            ("0", Some(0.0)),
            (".5", Some(0.5)),
            ("", None),
            ("NaN", None),
            ("inf", None),
            ("1e400", None),
            ("43.8.1", None),
            ("43,8,1", None),
            ("43°61'N", None),
            ("-43 S", None),
            ("N", None),
            ("Kunming", None),
            ("٤٣", None),
        ] {
            let read = parse_degrees(text);
            let near = match (read, expected) {
                (Some(read), Some(expected)) => (read - expected).abs() < 1e-9,
                (read, expected) => read == expected,
            };
            assert!(near, "{text:?}: {read:?}");
        }
    }
}
