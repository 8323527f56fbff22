//! Cells: whatever stands in one, reading it as a toll, a coordinate or a day gives a meaning or
//! none, and never a panic; a count that is read is in order.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sheaf_read::{DayFormat, parse_count, parse_degrees};

const DAYS: [&str; 5] = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%m/%d/%y", "%Y%m%d"];

fuzz_target!(|text: &str| {
    if let Some((count, _)) = parse_count(text) {
        assert!(count.high().is_none_or(|high| count.low() <= high));
    }
    if let Some(degrees) = parse_degrees(text) {
        assert!(degrees.is_finite());
    }
    for format in DAYS {
        if let Ok(format) = DayFormat::new(format) {
            if let Some(when) = format.read(text) {
                assert!(when.first() <= when.last());
            }
        }
    }
});
