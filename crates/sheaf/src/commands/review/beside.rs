//! Two reports side by side, field by field: what each claim means, and the words of the cells it
//! was read from where these say it differently.

use sheaf_model::{Claim, Field, Meaning, ReportView};
use sheaf_store::FoundReport;

use crate::output::{printable, width};
use crate::words;

const INDENT: &str = "    ";
const FIELD: usize = 13;
const GAP: usize = 2;
/// The narrowest column of which anything can be read.
const NARROWEST: usize = 24;

/// The claims of two reports as two columns, within so many columns of a terminal.
pub fn beside(two: [&FoundReport; 2], columns: usize) -> String {
    let cell = (columns.saturating_sub(INDENT.len() + FIELD + GAP) / 2).max(NARROWEST);
    let mut text = String::new();
    let ids = two.map(|it| vec![it.report().id(&it.import.about.source.name).to_string()]);
    text.push_str(&row("", ids, cell));
    // Running text is not kept, and its fingerprint tells a person nothing.
    for &field in Field::ALL.iter().filter(|&&field| field != Field::Wording) {
        let said = two.map(|it| claims(it.report(), field, &it.import.columns));
        if said.iter().any(|said| !said.is_empty()) {
            text.push_str(&row(field.name(), said, cell));
        }
    }
    text
}

/// Every claim of a field in words.
fn claims(report: ReportView<'_>, field: Field, columns: &[String]) -> Vec<String> {
    let of_field = || report.claims().iter().filter(|claim| claim.field == field);
    let is_part_of = |claim: &Claim, of: &Claim| claim.meant == Meaning::PartOf(of.column);
    let heads = of_field().filter(|claim| !matches!(claim.meant, Meaning::PartOf(_)));
    heads
        .map(|head| {
            let meant = words::meaning(report, head, columns);
            let parts = of_field().filter(|claim| is_part_of(claim, head));
            let said: Vec<&str> =
                std::iter::once(head).chain(parts).map(|claim| report.said(claim)).collect();
            if said == [meant.as_str()] {
                return meant;
            }
            let said: Vec<String> = said.iter().map(|said| words::quoted(said)).collect();
            format!("{meant} {}", said.join(" "))
        })
        .collect()
}

/// One field of both, each claim on lines of its own.
fn row(name: &str, said: [Vec<String>; 2], cell: usize) -> String {
    let [left, right] = said.map(|said| {
        let lines = said.iter().flat_map(|it| wrapped(&printable(it), cell - GAP));
        lines.collect::<Vec<_>>()
    });
    let mut text = String::new();
    for at in 0..left.len().max(right.len()) {
        let line = |of: &[String]| of.get(at).cloned().unwrap_or_default();
        let (name, left, right) = (if at == 0 { name } else { "" }, line(&left), line(&right));
        let padding = " ".repeat(cell.saturating_sub(width(&left)));
        let line = format!("{INDENT}{name:<FIELD$}{left}{padding}{right}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A text broken into lines between words; a word longer than a line is broken where it must be.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        loop {
            let last = lines.len() - 1;
            let line = &mut lines[last];
            let space = usize::from(!line.is_empty());
            if width(line) + space + width(word) <= columns {
                line.push_str(&" "[..space]);
                line.push_str(word);
                break;
            }
            if !line.is_empty() {
                lines.push(String::new());
                continue;
            }
            let mut taken = 0;
            let fits = word.char_indices().find(|&(at, c)| {
                taken += width(c.encode_utf8(&mut [0; 4]));
                taken > columns && at > 0
            });
            let Some((at, _)) = fits else {
                line.push_str(word);
                break;
            };
            line.push_str(&word[..at]);
            word = &word[at..];
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_where_they_must() {
        fn check(text: &str, expected: &[&str]) {
            assert_eq!(wrapped(text, 8), expected, "{text}");
        }
        check("", &[""]);
        check("one two three", &["one two", "three"]);
        check("northline-wire:7 a", &["northlin", "e-wire:7", "a"]);
        // Wide letters take two columns each.
        check("乌鲁木齐市", &["乌鲁木齐", "市"]);
    }
}
