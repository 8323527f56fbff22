//! Numbers of people as sources write them: "31", "31+", "at least 31", "30–40", "about 30",
//! "dozens". What comes out is an interval and a qualifier; nothing is made more exact than it was
//! said. "About 30" stays 30 with its qualifier, because no source says how wide its "about" is.

use sheaf_model::{Count, Qualifier};

/// Words that stand for a number, with the interval we read them as; version 1 of the table. The
/// interval has no upper bound where the word has none: two dozen is the least that "dozens" says.
pub const WORDS: &[(&str, u32, Option<u32>)] = &[
    ("a few", 2, None),
    ("few", 2, None),
    ("a handful", 3, None),
    ("a number", 2, None),
    ("several", 3, None),
    ("some", 2, None),
    ("many", 3, None),
    ("numerous", 3, None),
    ("tens", 20, None),
    ("dozens", 24, None),
    ("several dozen", 36, None),
    ("scores", 40, None),
    ("hundreds", 200, None),
    ("several hundred", 300, None),
    ("thousands", 2000, None),
    ("a couple", 2, Some(2)),
    ("a dozen", 12, Some(12)),
    ("dozen", 12, Some(12)),
    ("half a dozen", 6, Some(6)),
    ("a hundred", 100, Some(100)),
];

const PLAIN_WORDS: &[(&str, u32)] = &[
    ("none", 0),
    ("nil", 0),
    ("no", 0),
    ("zero", 0),
    ("a", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
];

const AT_LEAST: &[&str] = &[
    "at least",
    "a minimum of",
    "minimum of",
    "minimum",
    "min.",
    "min",
    "no fewer than",
    "no less than",
    "not less than",
    ">=",
    "≥",
];
const MORE_THAN: &[&str] =
    &["more than", "upwards of", "in excess of", "greater than", "over", "above", ">"];
const UP_TO: &[&str] = &[
    "up to",
    "at most",
    "no more than",
    "not more than",
    "a maximum of",
    "maximum of",
    "maximum",
    "max.",
    "max",
    "<=",
    "≤",
];
const LESS_THAN: &[&str] = &["fewer than", "less than", "under", "below", "<"];
const ABOUT: &[&str] = &[
    "about",
    "approximately",
    "approx.",
    "approx",
    "around",
    "roughly",
    "circa",
    "ca.",
    "ca",
    "c.",
    "nearly",
    "almost",
    "close to",
    "an estimated",
    "estimated",
    "some",
    "~",
    "≈",
];
const FEARED: &[&str] = &["feared"];
const UNCONFIRMED: &[&str] = &["unconfirmed", "reportedly", "allegedly", "possibly"];

/// Nouns and verbs that follow a number and say nothing the column has not said.
const TAILS: &[&str] = &[
    "people",
    "persons",
    "person",
    "dead",
    "deaths",
    "death",
    "killed",
    "injured",
    "wounded",
    "hurt",
    "fatalities",
    "casualties",
    "missing",
    "abducted",
    "kidnapped",
];

/// Reads a number of people; `None` if it is not understood. Negative numbers and fractions are
/// not numbers of people.
///
/// ```
/// use sheaf_model::Qualifier;
/// use sheaf_read::parse_count;
/// let (count, qualifier) = parse_count("at least 31").unwrap();
/// assert_eq!((count.to_string().as_str(), qualifier), ("31 or more", Qualifier::AtLeast));
/// ```
pub fn parse_count(text: &str) -> Option<(Count, Qualifier)> {
    let text = text.trim();
    if let Some(number) = plain_number(text) {
        return Some((Count::exactly(number)?, Qualifier::Exactly));
    }
    let folded = fold(text);
    read_folded(&folded)
}

/// Digits alone, or digits with a fraction of nought ("31.0", as a spreadsheet writes it).
fn plain_number(text: &str) -> Option<u32> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b == b'0') => {
            whole
        }
        Some(_) => return None,
        None => text,
    };
    (!whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()))
        .then(|| whole.parse().ok())
        .flatten()
}

fn read_folded(text: &str) -> Option<(Count, Qualifier)> {
    let text = without_tail(text);
    for (text, qualifier) in [
        (
            text.strip_suffix("(unconfirmed)").or_else(|| text.strip_suffix('?')),
            Qualifier::Unconfirmed,
        ),
        (after(text, UNCONFIRMED), Qualifier::Unconfirmed),
        (after(text, FEARED).or_else(|| text.strip_suffix("feared")), Qualifier::Feared),
    ] {
        if let Some(rest) = text {
            return read_folded(rest.trim()).map(|(count, _)| (count, qualifier));
        }
    }
    if let Some(found) = words(text) {
        return Some(found);
    }
    if let Some(number) = number(text) {
        return Some((Count::exactly(number)?, Qualifier::Exactly));
    }
    if let Some(rest) = text.strip_suffix('+').or_else(|| text.strip_suffix("or more")) {
        return Some((Count::at_least(number(rest)?)?, Qualifier::AtLeast));
    }
    if let Some(rest) = after(text, AT_LEAST) {
        return Some((lower_bound(rest)?, Qualifier::AtLeast));
    }
    // "No more than" must be looked for before "more than" would be found inside a longer phrase.
    if let Some(rest) = after(text, UP_TO) {
        return Some((Count::new(0, None, Some(number(rest)?))?, Qualifier::UpTo));
    }
    if let Some(rest) = after(text, MORE_THAN) {
        return Some((Count::at_least(number(rest)?.checked_add(1)?)?, Qualifier::MoreThan));
    }
    if let Some(rest) = after(text, LESS_THAN) {
        let below = number(rest)?.checked_sub(1)?;
        return Some((Count::new(0, None, Some(below))?, Qualifier::UpTo));
    }
    if let Some(rest) = after(text, ABOUT) {
        let (count, _) = number(rest)
            .and_then(Count::exactly)
            .map(|count| (count, ()))
            .or_else(|| range(rest).map(|count| (count, ())))
            .or_else(|| words(rest).map(|(count, _)| (count, ())))?;
        return Some((count, Qualifier::About));
    }
    range(text).map(|count| (count, Qualifier::Exactly))
}

/// "30-40", "30 to 40", "between 30 and 40".
fn range(text: &str) -> Option<Count> {
    let (low, high) = match text.strip_prefix("between ") {
        Some(rest) => rest.split_once(" and ")?,
        None => text
            .split_once(['-', '–', '—', '−'])
            .or_else(|| text.split_once(" to "))
            .or_else(|| text.split_once('/'))?,
    };
    Count::new(number(low)?, None, Some(number(high)?))
}

fn lower_bound(text: &str) -> Option<Count> {
    match number(text) {
        Some(number) => Count::at_least(number),
        None => words(text).and_then(|(count, _)| Count::at_least(count.low())),
    }
}

fn words(text: &str) -> Option<(Count, Qualifier)> {
    let text = text.strip_suffix(" of").unwrap_or(text);
    let &(_, low, high) = WORDS.iter().find(|(word, _, _)| *word == text)?;
    Some((Count::new(low, None, high)?, Qualifier::Words))
}

/// A whole number: digits, digits in groups of three ("1,200", "1 200"), or a small number word.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some(number) = plain_number(text) {
        return Some(number);
    }
    if let Some(&(_, number)) = PLAIN_WORDS.iter().find(|(word, _)| *word == text) {
        return Some(number);
    }
    let mut groups = text.split([',', ' ', '\'', '’']);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    let grouped = (1..=3).contains(&first.len()) && digits.len() > first.len();
    grouped.then(|| plain_number(&digits)).flatten()
}

/// What follows one of the phrases; a phrase of letters must end where a word ends.
fn after<'a>(text: &'a str, phrases: &[&str]) -> Option<&'a str> {
    phrases.iter().find_map(|phrase| {
        let rest = text.strip_prefix(phrase)?;
        let word = phrase.ends_with(|c: char| c.is_alphabetic());
        let ends = !word || rest.starts_with(|c: char| c == ' ' || c.is_ascii_digit());
        (ends && !rest.trim().is_empty()).then(|| rest.trim())
    })
}

fn without_tail(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(shorter) = TAILS.iter().find_map(|tail| {
        let rest = text.strip_suffix(tail)?;
        rest.ends_with(' ').then(|| rest.trim_end())
    }) {
        text = shorter;
    }
    text
}

/// Lower case, every kind of space one plain space.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}') {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else {
            folded.push(c);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read = parse_count(text)
            .map_or("-".to_owned(), |(count, how)| format!("{count} {}", how.name()));
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn numbers_as_sources_write_them() {
        for (text, expected) in [
            ("31", "31 exactly"),
            (" 31 ", "31 exactly"),
            ("31.0", "31 exactly"),
            ("0", "0 exactly"),
            ("1,200", "1200 exactly"),
            ("1 200", "1200 exactly"),
            ("1\u{a0}200", "1200 exactly"),
            ("1,234,567", "1234567 exactly"),
            ("31+", "31 or more at-least"),
            ("At least 31", "31 or more at-least"),
            ("≥31", "31 or more at-least"),
            (">= 31", "31 or more at-least"),
            ("31 or more", "31 or more at-least"),
            ("no fewer than three", "3 or more at-least"),
            (">31", "32 or more more-than"),
            ("more than 1,200", "1201 or more more-than"),
            ("over 30", "31 or more more-than"),
            ("up to 5", "0–5 up-to"),
            ("no more than 5", "0–5 up-to"),
            ("<= 5", "0–5 up-to"),
            ("fewer than 5", "0–4 up-to"),
            ("<5", "0–4 up-to"),
            ("30-40", "30–40 exactly"),
            ("30–40", "30–40 exactly"),
            ("30 — 40", "30–40 exactly"),
            ("30 to 40", "30–40 exactly"),
            ("between 30 and 40", "30–40 exactly"),
            ("~30", "30 about"),
            ("about 30", "30 about"),
            ("about 30-40", "30–40 about"),
            ("ca. 30", "30 about"),
            ("nearly 1,200 people", "1200 about"),
            ("dozens", "24 or more words"),
            ("Dozens killed", "24 or more words"),
            ("tens", "20 or more words"),
            ("scores of people", "40 or more words"),
            ("hundreds", "200 or more words"),
            ("several", "3 or more words"),
            ("at least a dozen", "12 or more at-least"),
            ("a dozen", "12 words"),
            ("31 people dead", "31 exactly"),
            ("two", "2 exactly"),
            ("none", "0 exactly"),
            ("30 feared dead", "30 feared"),
            ("feared 30", "30 feared"),
            ("31?", "31 unconfirmed"),
            ("unconfirmed 31", "31 unconfirmed"),
            ("some 30", "30 about"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_is_no_number_of_people_is_none() {
        for text in [
            "",
            "-1",
            "-99",
            "3.5",
            "1,20",
            "40-30",
            "many more",
            "unknown",
            "31 police",
            "1e3",
            "4294967295",
            "99999999999",
            "<0",
            "at least",
            "minute",
            "+",
            "–",
            "3,,4",
            "١٢",
        ] {
            check(text, "-");
        }
    }
}
