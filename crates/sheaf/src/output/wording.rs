//! Tolls in words, and words made safe for a terminal.

use std::borrow::Cow;

use sheaf_model::{Attackers, Harm, Qualifier, Settled, SettledIncident, Toll, Whom};

/// A toll's number with its qualifier: "31–43", "31 or more", "about 40".
pub(super) fn number(toll: &Toll) -> String {
    let (low, high) = (toll.count.low(), toll.count.high());
    let number = match high {
        Some(high) if toll.qualifier == Qualifier::UpTo && low == 0 => {
            return format!("up to {high}");
        }
        Some(high) if low == high => low.to_string(),
        Some(high) => format!("{low}–{high}"),
        None => format!("{low} or more"),
    };
    match toll.qualifier {
        Qualifier::About => format!("about {number}"),
        Qualifier::Feared => format!("{number} feared"),
        Qualifier::Unconfirmed => format!("{number} unconfirmed"),
        Qualifier::Words => format!("{number} (from words)"),
        Qualifier::Exactly | Qualifier::AtLeast | Qualifier::MoreThan | Qualifier::UpTo => number,
    }
}

/// A toll in full: "43 killed with attackers", "12 killed (civilians)".
pub(super) fn in_full(toll: &Toll) -> String {
    let mut text = format!("{} {}", number(toll), toll.harm.name());
    if toll.whom != Whom::All {
        text += &format!(" ({})", toll.whom.name());
    }
    match toll.attackers {
        Attackers::Included => text += " with attackers",
        Attackers::Excluded => text += " without attackers",
        Attackers::Unsaid => {}
    }
    if let Some(day) = toll.as_of {
        text += &format!(" as of {day}");
    }
    text
}

/// The toll that stands for a harm where there is room for one only: of those whom the profile
/// counts, or of all where it gives none of theirs.
pub fn headline(incident: &SettledIncident, harm: Harm) -> Option<&Settled<Toll>> {
    let profile = sheaf_settle::profile(incident.profile);
    let counts = profile.map_or(Whom::All, |profile| profile.about().counts);
    incident.toll_of(harm, counts).or_else(|| incident.toll_of(harm, Whom::All))
}

/// Every toll of all for a harm in one cell: "31–43", or "43 with / 39 without attackers".
pub(super) fn in_a_cell(incident: &SettledIncident, harm: Harm) -> String {
    let of_harm = || incident.tolls.iter().map(|it| &it.value).filter(|it| it.harm == harm);
    let all: Vec<&Toll> = of_harm().filter(|toll| toll.whom == Whom::All).collect();
    match all.as_slice() {
        [] => {
            let parts = of_harm().map(|toll| format!("{} {}", number(toll), toll.whom.name()));
            parts.collect::<Vec<_>>().join(", ")
        }
        [only] => number(only),
        several => {
            let parts = several.iter().map(|toll| match toll.attackers {
                Attackers::Included => format!("{} with attackers", number(toll)),
                Attackers::Excluded => format!("{} without", number(toll)),
                Attackers::Unsaid => format!("{} unsaid", number(toll)),
            });
            parts.collect::<Vec<_>>().join(" / ")
        }
    }
}

/// The numbers that are summed up over incidents, by name.
pub const NUMBERS: [&str; 6] =
    ["killed_low", "killed_best", "killed_high", "injured_low", "injured_best", "injured_high"];

/// The [`NUMBERS`] of an incident; none where nobody says, or where there is no upper bound.
pub fn numbers_of(incident: &SettledIncident) -> [Option<u32>; NUMBERS.len()] {
    let of = |harm: Harm| {
        let count = headline(incident, harm).map(|toll| toll.value.count);
        [count.map(|it| it.low()), count.and_then(|it| it.best()), count.and_then(|it| it.high())]
    };
    let ([a, b, c], [d, e, f]) = (of(Harm::Killed), of(Harm::Injured));
    [a, b, c, d, e, f]
}

/// Every value of an incident in words, under its name, always in the same order; empty where
/// nobody says. With the reports, so that an incident which only grew is told as well.
pub fn values_in_words(it: &SettledIncident) -> Vec<(&'static str, String)> {
    fn one<T>(settled: &Option<Settled<T>>, words: impl Fn(&T) -> String) -> String {
        settled.as_ref().map_or(String::new(), |it| words(&it.value))
    }
    let text = |words: &String| printable(words).into_owned();
    let all = |named: &[Settled<String>]| {
        named.iter().map(|it| text(&it.value)).collect::<Vec<_>>().join(", ")
    };
    // With the sources' own best value, which can change where the ends do not.
    let tolls: Vec<String> = it.tolls.iter().map(|toll| toll.value.to_string()).collect();
    let reports: Vec<&str> = it.incident.reports.iter().map(|id| id.as_str()).collect();
    vec![
        ("when", one(&it.when, ToString::to_string)),
        ("where", one(&it.place, ToString::to_string)),
        ("place name", one(&it.place_name, text)),
        ("admin 1", one(&it.admin_one, text)),
        ("country", one(&it.country, text)),
        ("kind", one(&it.kind, ToString::to_string)),
        ("target", one(&it.target, text)),
        ("weapon", one(&it.weapon, text)),
        ("tolls", tolls.join(" / ")),
        ("claimed by", all(&it.claimed_by)),
        ("blamed on", all(&it.blamed_on)),
        ("reports", printable(&reports.join(", ")).into_owned()),
    ]
}

/// Text without control characters, which could move the cursor or change colours of whoever
/// looks at a source's words.
pub fn printable(text: &str) -> Cow<'_, str> {
    // Marks that turn the direction of writing can make a line read as something else.
    let harmful =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(harmful) {
        Cow::Owned(text.chars().map(|c| if harmful(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// How many columns of a terminal a text takes: none for marks that combine, two for the wide
/// letters of East Asia and for pictographs, one for all else.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The text cut to so many columns, ending in `ending` where something was cut.
pub(super) fn cut(text: &str, columns: usize, ending: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ending));
    let mut taken = 0;
    let mut kept: String = text
        .chars()
        .take_while(|&c| {
            taken += char_width(c);
            taken <= room
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept + ending
}

fn char_width(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f => 0,
        0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 => 2,
        0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Count;

    use super::*;

    #[test]
    fn a_number_reads_as_it_was_put() {
        let toll = |qualifier, low, high| Toll {
            harm: Harm::Killed,
            whom: Whom::All,
            attackers: Attackers::Unsaid,
            qualifier,
            count: Count::new(low, None, high).unwrap(),
            as_of: None,
        };
        for (qualifier, low, high, text) in [
            (Qualifier::Exactly, 39, Some(39), "39"),
            (Qualifier::Exactly, 31, Some(43), "31–43"),
            (Qualifier::AtLeast, 31, None, "31 or more"),
            (Qualifier::MoreThan, 31, None, "31 or more"),
            (Qualifier::UpTo, 0, Some(50), "up to 50"),
            (Qualifier::About, 40, Some(40), "about 40"),
            (Qualifier::Feared, 200, Some(200), "200 feared"),
            (Qualifier::Words, 24, Some(99), "24–99 (from words)"),
        ] {
            assert_eq!(number(&toll(qualifier, low, high)), text);
        }
    }

    #[test]
    fn text_is_measured_and_cut_by_what_it_shows() {
        for (text, columns) in [("Kunming", 7), ("Ürümqi", 6), ("U\u{308}ru", 3), ("乌鲁木齐", 8)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(cut("Kunming", 7, "…"), "Kunming");
        assert_eq!(cut("Kunming station", 9, "…"), "Kunming…");
        assert_eq!(cut("乌鲁木齐", 6, "…"), "乌鲁…");
        assert_eq!(printable("red \u{1b}[31m\u{202e}"), "red  [31m ");
    }
}
