//! Which byte stands between the cells of a CSV file, judged by its first lines.

use csv_core::{ReadRecordResult, ReaderBuilder};

/// The candidates, in the order in which a tie is decided.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// At most this many records are looked at.
const N_RECORDS: usize = 100;

/// The delimiter by which the most records come out as wide as the header, wider tables before
/// narrower ones. A comma if nothing parts the cells.
pub(super) fn delimiter(sample: &[u8], is_whole_file: bool) -> u8 {
    let mut best = (0.0, b',');
    for candidate in CANDIDATES {
        let widths = widths(sample, is_whole_file, candidate);
        let Some((&header, rest)) = widths.split_first() else { continue };
        let alike = rest.iter().filter(|&&width| width == header).count() + 1;
        let share = alike as f64 / widths.len() as f64;
        // The logarithm: ten columns that mostly fit are less than three that always do.
        let score = share * share * (header as f64).ln();
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

/// How many cells each record has. The last one is left out if it may be cut.
fn widths(sample: &[u8], is_whole_file: bool, delimiter: u8) -> Vec<usize> {
    let mut parser = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut out, mut ends) = (vec![0; sample.len() + 1], vec![0; sample.len() + 2]);
    let mut rest = sample;
    let mut widths = Vec::new();
    let mut width = 0;
    while widths.len() < N_RECORDS {
        if rest.is_empty() && !is_whole_file && !widths.is_empty() {
            break;
        }
        let (result, n_in, _, n_ends) = parser.read_record(rest, &mut out, &mut ends);
        rest = &rest[n_in..];
        width += n_ends;
        match result {
            ReadRecordResult::Record => widths.push(std::mem::take(&mut width)),
            ReadRecordResult::End => break,
            _ => {}
        }
    }
    widths
}

/// The delimiter named by a first line such as `sep=;`, which spreadsheets write and read, and how
/// long that line is.
pub(super) fn named_in_first_line(start: &[u8]) -> Option<(u8, usize)> {
    let quoted = start.first() == Some(&b'"');
    let rest = &start[usize::from(quoted)..];
    if !rest.get(..4)?.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let (&delimiter, mut rest) = rest[4..].split_first()?;
    if quoted {
        rest = rest.strip_prefix(b"\"")?;
    }
    let line_end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [] => 0,
        _ => return None,
    };
    let plain = !matches!(delimiter, b'\r' | b'\n' | b'"');
    plain.then(|| (delimiter, start.len() - rest.len() + line_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told_by_the_first_lines() {
        for (sample, expected) in [
            ("id,place\n1,Kunming\n", b','),
            ("id;place\n1;Kunming\n", b';'),
            ("id\tplace\n1\tKunming, Yunnan\n", b'\t'),
            ("id|place|dead\n1|Kunming|31\n", b'|'),
            ("name;share\na;1,5\nb;2,5\n", b';'),
            ("country;city, region;dead\nx;y;1\nx;z;2\n", b';'),
            ("\"a;b\",c\n\"1;2\",3\n", b','),
            ("alone\n1\n", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(sample.as_bytes(), true), expected, "{sample:?}");
        }
    }

    #[test]
    fn the_first_line_may_name_it() {
        for (start, expected) in [
            ("sep=;\r\na;b", Some((b';', 7))),
            ("SEP=,\na", Some((b',', 6))),
            ("\"sep=|\"\na", Some((b'|', 8))),
            ("sep=\t", Some((b'\t', 5))),
            ("sep=;x\n", None),
            ("separate;x\n", None),
        ] {
            assert_eq!(named_in_first_line(start.as_bytes()), expected, "{start:?}");
        }
    }
}
