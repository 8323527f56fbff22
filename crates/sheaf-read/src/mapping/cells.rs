//! Single cells: what is blank, what is a code for "unknown", what a table of codes says, and the
//! plain fields and kinds that are read from them.

use sheaf_model::{Batch, Doubt, DoubtCode, Field, Meaning, Unknown};

use super::Mapping;
use super::bind::Plan;
use super::date::read_days;
use super::rules::{Cells, Codes, FieldRule, KindRule, Pick};
use super::sight::{Scratch, Sight};
use super::wording::exact_fingerprint;

/// Words longer than this many bytes are running text in the wrong column. Running text may name
/// people, so it is not kept.
const LONGEST_WORDS: usize = 500;

/// A cell without the white space around it. Nearly every cell has none, and then looking at its
/// two ends is enough.
#[inline]
pub(crate) fn trim(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) | (None, _) => cell,
        _ => cell.trim(),
    }
}

/// Whether a trimmed cell is empty, or says so.
#[inline]
pub(crate) fn is_blank(cells: &Cells, cell: &str) -> bool {
    cell.is_empty() || cells.blank.iter().any(|blank| blank == cell)
}

/// Whether a cell is one of these codes. Letters are compared without regard to case, and "-99.0",
/// as a spreadsheet may write it, is "-99".
#[inline]
fn any_code(codes: &[String], said: &str) -> bool {
    !codes.is_empty()
        && (codes.iter().any(|code| same(code, said))
            || said
                .strip_suffix(".0")
                .is_some_and(|whole| codes.iter().any(|code| same(code, whole))))
}

/// What a table says about a cell, compared as by [`any_code`].
pub(crate) fn code<'t, T>(codes: &'t Codes<T>, said: &str) -> Option<&'t T> {
    let exact = codes.iter().find(|(code, _)| code == said);
    let found = exact.or_else(|| {
        let whole = said.strip_suffix(".0").unwrap_or(said);
        codes.iter().find(|(code, _)| same(code, said) || same(code, whole))
    });
    found.map(|(_, meaning)| meaning)
}

/// The same but for case. Lengths are compared first, because most codes differ in that already.
#[inline]
fn same(code: &str, said: &str) -> bool {
    code.len() == said.len() && said.eq_ignore_ascii_case(code)
}

/// What the codes for "unknown" say about a cell, those of the column and those of every column.
pub(crate) fn unknown(
    cells: &Cells,
    said: &str,
    unknown: &[String],
    not_applicable: &[String],
) -> Option<Unknown> {
    if any_code(unknown, said) || any_code(&cells.unknown, said) {
        Some(Unknown::NotKnown)
    } else if any_code(not_applicable, said) || any_code(&cells.not_applicable, said) {
        Some(Unknown::NotApplicable)
    } else {
        None
    }
}

/// Says what a plain field's cell claims. `false` if the cell, or a part of it, was withheld.
pub(crate) fn say_field(
    rule: &FieldRule,
    condition: Option<u16>,
    column: u16,
    see: &Sight<'_>,
    batch: &mut Batch,
    doubts: &mut Vec<Doubt>,
) -> bool {
    let said = see.cell(column);
    if let Some(when) = &rule.only_when {
        let holds = see.filled(condition).is_some_and(|(_, said)| any_code(&when.values, said));
        if !holds {
            return false;
        }
    }
    let row = see.row_number();
    match rule.field {
        Field::Published => {
            let meaning = days(rule, see, column, doubts);
            batch.say(rule.field, column, said, meaning);
            return true;
        }
        Field::SourceCount => {
            let meaning = number(rule, see, column, doubts);
            batch.say(rule.field, column, said, meaning);
            return true;
        }
        _ => {}
    }
    if rule.fingerprint {
        let meaning = Meaning::Wording(exact_fingerprint(said));
        batch.say(rule.field, column, "", meaning);
        return true;
    }
    let Some(split) = rule.split else {
        return say_words(rule, column, said, row, see, batch, doubts);
    };
    let mut kept = true;
    for (at, part) in said.split(split).enumerate() {
        let trimmed = part.trim();
        let said_before = || said.split(split).take(at).any(|other| other.trim() == trimmed);
        if !trimmed.is_empty() && !said_before() {
            kept &= say_words(rule, column, part, row, see, batch, doubts);
        }
    }
    kept
}

fn say_words(
    rule: &FieldRule,
    column: u16,
    said: &str,
    row: u64,
    see: &Sight<'_>,
    batch: &mut Batch,
    doubts: &mut Vec<Doubt>,
) -> bool {
    let trimmed = trim(said);
    if trimmed.len() > LONGEST_WORDS {
        doubts.push(Doubt::about_cell(row, column, DoubtCode::TooLong, ""));
        return false;
    }
    // An account or a mail address leads to a person.
    if trimmed.contains('@') {
        return false;
    }
    let meaning =
        if let Some(unknown) = see.unknown_as(trimmed, &rule.unknown, &rule.not_applicable) {
            Meaning::Unknown(unknown)
        } else if let Some(spelt) = code(&rule.map, trimmed) {
            if spelt == trimmed { Meaning::Words } else { Meaning::Spelt(batch.keep(spelt)) }
        } else if rule.field == Field::Basis {
            doubts.push(Doubt::about_cell(row, column, DoubtCode::UnknownCode, ""));
            return false;
        } else if rule.complete {
            doubts.push(Doubt::about_cell(row, column, DoubtCode::UnknownCode, said));
            Meaning::NotUnderstood
        } else {
            Meaning::Words
        };
    batch.say(rule.field, column, said, meaning);
    true
}

/// The day of a cell, or of one of the days it lists.
fn days(rule: &FieldRule, see: &Sight<'_>, column: u16, doubts: &mut Vec<Doubt>) -> Meaning {
    let said = trim(see.cell(column));
    if let Some(unknown) = see.unknown_as(said, &rule.unknown, &rule.not_applicable) {
        return Meaning::Unknown(unknown);
    }
    let mut picked = None;
    let mut all = true;
    for part in said.split(rule.split.unwrap_or('\u{0}')).filter(|part| !part.trim().is_empty()) {
        match read_days(&rule.formats, part) {
            Some(when) => {
                let day = when.last();
                picked = Some(match (picked, rule.pick) {
                    (None, _) => day,
                    (Some(before), Pick::First) => day.min(before),
                    (Some(before), Pick::Last) => day.max(before),
                });
            }
            None => all = false,
        }
    }
    if !all || picked.is_none() {
        let code = if picked.is_some() { DoubtCode::PartialRead } else { DoubtCode::NotADay };
        doubts.push(Doubt::about_cell(see.row_number(), column, code, said));
    }
    picked.map_or(Meaning::NotUnderstood, Meaning::Day)
}

fn number(rule: &FieldRule, see: &Sight<'_>, column: u16, doubts: &mut Vec<Doubt>) -> Meaning {
    let said = trim(see.cell(column));
    if let Some(unknown) = see.unknown_as(said, &rule.unknown, &rule.not_applicable) {
        return Meaning::Unknown(unknown);
    }
    match said.strip_suffix(".0").unwrap_or(said).parse() {
        Ok(number) => Meaning::Number(number),
        Err(_) => {
            let doubt = Doubt::about_cell(see.row_number(), column, DoubtCode::NotANumber, said);
            doubts.push(doubt);
            Meaning::NotUnderstood
        }
    }
}

/// The kind of incident: the first rule of the mapping that its cells fit. `None` where every cell
/// of every rule is blank.
pub(crate) fn kind(
    mapping: &Mapping,
    plan: &Plan,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Meaning)> {
    let mut fallback = None;
    for (rule, columns) in mapping.rules.kinds.iter().zip(&plan.kinds) {
        let Some((main, said)) = see.filled(columns.first().copied()) else { continue };
        if see.is_unknown(said, &[]) {
            fallback.get_or_insert((main, Meaning::Unknown(Unknown::NotKnown)));
            continue;
        }
        match look_up(rule, columns, said, see, &mut scratch.joined) {
            Some(Some(kind)) => return Some((main, Meaning::Kind(kind))),
            Some(None) => {
                fallback.get_or_insert((main, Meaning::Unknown(Unknown::NotKnown)));
            }
            None if rule.partial => {}
            None => {
                scratch.doubt(see, main, DoubtCode::UnknownCode, said);
                scratch.instead(main, Meaning::NotUnderstood);
                fallback.get_or_insert((main, Meaning::NotUnderstood));
            }
        }
    }
    fallback
}

/// Looks a kind up, first with the codes of all columns, then with "*" for the later ones.
fn look_up(
    rule: &KindRule,
    columns: &[u16],
    said: &str,
    see: &Sight<'_>,
    joined: &mut String,
) -> Option<Option<sheaf_model::Kind>> {
    if columns.len() == 1 {
        let Some(split) = rule.split else { return code(&rule.codes, said).copied() };
        // Of several kinds in one cell, the first that is known speaks.
        let parts = || said.split(split).map(str::trim).filter(|part| !part.is_empty());
        let known = || parts().filter_map(|part| code(&rule.codes, part).copied());
        return known().find(Option::is_some).or_else(|| known().next());
    }
    for n_exact in (1..=columns.len()).rev() {
        joined.clear();
        for (at, &column) in columns.iter().enumerate() {
            if at > 0 {
                joined.push('|');
            }
            joined.push_str(if at < n_exact { trim(see.cell(column)) } else { "*" });
        }
        if let Some(kind) = code(&rule.codes, joined) {
            return Some(*kind);
        }
    }
    None
}
