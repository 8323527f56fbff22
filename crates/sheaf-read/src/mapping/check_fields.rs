//! The section `[fields]` of a mapping: one column, one field, and how its values are to be taken.

use sheaf_model::{Basis, Field};
use toml::{Table, Value};

use super::check::{Wrong, formats};
use super::rules::{Condition, FieldRule, Pick};
use super::sheet::{Sheet, known_word};

/// Fields with a section of their own, and which it is.
fn section_of(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::When => "[date]",
        Field::Where => "[place]",
        Field::Toll => "[[toll]]",
        Field::Kind => "[[kind]]",
        Field::Wording => "the list wording",
        Field::Unit => "[unit]",
        _ => return None,
    })
}

fn field_named(word: &str) -> Result<Field, Wrong> {
    let known: Vec<_> = Field::ALL.iter().map(|field| (field.name(), *field)).collect();
    let field = known_word(word, &known)
        .map_err(|(what, hint)| (what.replace("is not a known word", "is not a field"), hint))?;
    match section_of(field) {
        Some(section) => Err((
            format!("\"{word}\" is more than one cell"),
            Some(format!("name the column in {section}")),
        )),
        None => Ok(field),
    }
}

pub(super) fn fields(sheet: Sheet<'_>) -> Vec<FieldRule> {
    let problems = sheet.problems;
    let path = sheet.path().to_owned();
    let mut rules = Vec::new();
    for (column, value) in sheet.rest() {
        let mut table = Table::new();
        match value {
            Value::String(_) => drop(table.insert("field".to_owned(), value)),
            Value::Table(inner) => table = inner,
            _ => {
                let what = format!("{path}.\"{column}\" must be a field, or a table with one");
                problems.add(what, None);
                continue;
            }
        }
        let sheet = Sheet::new(&format!("{path}.\"{column}\""), table, problems);
        rules.extend(field(column, sheet));
    }
    rules
}

fn field(column: String, mut sheet: Sheet<'_>) -> Option<FieldRule> {
    let word = sheet.needed_text("field");
    let field = field_named(&word).map_err(|(what, hint)| {
        if !word.is_empty() {
            sheet.problems.add(format!("{}: {what}", sheet.path()), hint);
        }
    });
    let mut rule = FieldRule {
        column,
        field: field.unwrap_or(Field::Category),
        map: sheet.codes("map", |text| Ok(text.to_owned())),
        complete: sheet.flag("map-is-complete").unwrap_or(false),
        unknown: sheet.texts("unknown"),
        not_applicable: sheet.texts("not-applicable"),
        only_when: sheet.sheet("only-when").map(condition),
        split: sheet.character("split"),
        formats: formats(&mut sheet),
        pick: sheet
            .one_of("pick", &[("first", Pick::First), ("last", Pick::Last)])
            .unwrap_or(Pick::Last),
        fingerprint: sheet.flag("fingerprint").unwrap_or(false),
    };
    if rule.field == Field::Basis {
        // What a toll rests on is often told by name ("says Dr. …"), so no text of it is kept: only
        // the words that this column's codes are mapped to.
        rule.complete = true;
        for basis in Basis::ALL {
            let as_itself = (basis.name().to_owned(), basis.name().to_owned());
            if !rule.map.iter().any(|(code, _)| code == basis.name()) {
                rule.map.push(as_itself);
            }
        }
        let words = Basis::ALL.map(Basis::name).join(", ");
        if let Some((_, wrong)) = rule.map.iter().find(|(_, it)| Basis::from_name(it).is_none()) {
            let what = format!("maps to \"{wrong}\", which is no basis of a toll");
            sheet.problem("map", &what, Some(format!("the words are {words}")));
        }
    }
    sheet.finish();
    field.is_ok().then_some(rule)
}

fn condition(mut sheet: Sheet<'_>) -> Condition {
    let condition = Condition {
        column: sheet.texts("column"),
        values: sheet.texts("values"),
        because: sheet.needed_text("because"),
    };
    if condition.column.is_empty() {
        sheet.problem("column", "is missing", None);
    }
    sheet.finish();
    condition
}
