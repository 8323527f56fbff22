//! Properties of the text parsers: they never panic, and what they read is what was written.

use proptest::prelude::*;
use sheaf_model::{Count, Day, Qualifier, When};
use sheaf_read::{DayFormat, fingerprint, parse_count, parse_degrees};

const FORMATS: [&str; 10] = [
    "iso",
    "yyyymmdd",
    "excel",
    "days-since-1970",
    "%d/%m/%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%d-%b-%y",
    "%A, %d %B %Y %H:%M:%S",
    "%Y",
];

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,40}") {
        for spec in FORMATS {
            let read = DayFormat::new(spec).unwrap().read(&text);
            prop_assert!(read.is_none_or(|when| when.first() <= when.last()));
        }
        if let Some((count, _)) = parse_count(&text) {
            prop_assert!(count.high().is_none_or(|high| count.low() <= high));
        }
        prop_assert!(parse_degrees(&text).is_none_or(f64::is_finite));
        let _ = fingerprint(&text);
    }

    /// Texts made of the pieces that the grammars know get further into them.
    #[test]
    fn no_pieces_make_a_parser_panic(pieces in prop::collection::vec(0usize..24, 0..6)) {
        const PIECES: [&str; 24] = [
            "31", "4294967295", "-", "–", "+", ">", "<", "~", "at least ", "no more than ", "about ",
            "between ", " and ", " to ", "dozens", " of ", ",", ".", "0", "°", "'", "\"", "N", "?",
        ];
        let text: String = pieces.into_iter().map(|at| PIECES[at]).collect();
        if let Some((count, _)) = parse_count(&text) {
            prop_assert!(count.high().is_none_or(|high| count.low() <= high));
        }
        prop_assert!(parse_degrees(&text).is_none_or(f64::is_finite));
    }

    #[test]
    fn a_day_is_read_back_from_every_way_to_write_it(days in -719_162i32..2_932_896) {
        let day = Day::from_days_since_1970(days).unwrap();
        let (y, m, d) = day.ymd();
        let months = ["January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December"];
        let month = months[m as usize - 1];
        let written = [
            ("iso", format!("{day}")),
            ("iso", format!("{day}T00:00:00")),
            ("yyyymmdd", format!("{y:04}{m:02}{d:02}")),
            ("days-since-1970", format!("{days}")),
            ("%d/%m/%Y", format!("{d}/{m}/{y:04}")),
            ("%d %B %Y", format!("{d:02} {month} {y:04}")),
            ("%B %d, %Y", format!("{} {d}, {y:04}", &month[..3])),
        ];
        for (spec, text) in written {
            let read = DayFormat::new(spec).unwrap().read(&text);
            prop_assert_eq!(read, Some(When::on(day)), "{} {}", spec, text);
        }
    }

    #[test]
    fn a_number_of_people_is_read_back(number in 0u32..4_000_000_000, more in 0u32..100_000) {
        let exactly = Count::exactly(number).unwrap();
        prop_assert_eq!(parse_count(&number.to_string()), Some((exactly, Qualifier::Exactly)));
        prop_assert_eq!(parse_count(&grouped(number)), Some((exactly, Qualifier::Exactly)));
        prop_assert_eq!(parse_count(&format!("{number}.0")), Some((exactly, Qualifier::Exactly)));
        let at_least = Count::at_least(number).unwrap();
        for text in [format!("{number}+"), format!("at least {number}"), format!("≥{number}")] {
            prop_assert_eq!(parse_count(&text), Some((at_least, Qualifier::AtLeast)), "{}", text);
        }
        let range = Count::new(number, None, Some(number + more));
        let read = parse_count(&format!("{number}–{}", number + more));
        prop_assert_eq!(read.map(|(count, _)| count), range);
        prop_assert_eq!(parse_count(&format!("-{number}")), None);
    }

    #[test]
    fn degrees_are_read_back_to_the_last_bit(degrees in -180.0f64..180.0) {
        prop_assert_eq!(parse_degrees(&degrees.to_string()), Some(degrees));
        let comma = format!("{degrees:.6}");
        prop_assert_eq!(parse_degrees(&comma.replace('.', ",")), comma.parse().ok());
    }

    /// Case, punctuation and spacing do not change a fingerprint.
    #[test]
    fn a_fingerprint_is_of_the_words(words in prop::collection::vec("[a-z]{1,8}", 1..12)) {
        let plain = fingerprint(&words.join(" "));
        prop_assert!(plain.is_some());
        prop_assert_eq!(fingerprint(&words.join(", ").to_uppercase()), plain);
        prop_assert_eq!(fingerprint(&format!("“{}”!", words.join("\n"))), plain);
    }
}

/// "1,234,567".
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
