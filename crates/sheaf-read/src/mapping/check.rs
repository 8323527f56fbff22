//! From a mapping's tables to checked rules. Everything wrong is reported at once.

use sheaf_model::{Attackers, Field, Harm, Kind, Qualifier, Unit, Whom};
use toml::Value;

use super::check_fields;
use super::columns_read::{named_once, no_people};
use super::day_text::DayFormat;
use super::nearest::nearest;
use super::rules::{
    Anchor, By, Cells, DateRule, KindRule, PlaceRule, Radius, Rules, TollRule, UnitRule, Width,
};
use super::sheet::{Problems, Sheet, known_word};

/// What is wrong with a value, and what would help.
pub(super) type Wrong = (String, Option<String>);

pub(super) fn rules(root: &mut Sheet<'_>, problems: &Problems, default_unit: Unit) -> Rules {
    let (key, key_may_be_missing) = root.sheet("key").map(key).unwrap_or_default();
    let rules = Rules {
        key,
        key_may_be_missing,
        cells: root.sheet("cells").map(cells).unwrap_or_default(),
        unit: match root.sheet("unit") {
            Some(sheet) => unit(sheet, default_unit),
            None => no_unit(default_unit),
        },
        date: root.sheet("date").map(date),
        place: root.sheet("place").map(place),
        tolls: root.sheets("toll").into_iter().map(toll).collect(),
        kinds: root.sheets("kind").into_iter().map(kind).collect(),
        fields: root.sheet("fields").map(check_fields::fields).unwrap_or_default(),
        wording: root.texts("wording"),
        by_hand: root.sheet("by-hand").map(by_hand).unwrap_or_default(),
        ignore: root.sheet("ignore").map(reasons).unwrap_or_default(),
        refuse: root.sheet("refuse").map(reasons).unwrap_or_default(),
    };
    named_once(&rules, problems);
    no_people(&rules, problems);
    rules
}

/// The columns of a key, and whether a file may do without them.
fn key(mut sheet: Sheet<'_>) -> (Vec<Vec<String>>, bool) {
    let columns = match sheet.take("columns") {
        Some(Value::Array(values)) => values
            .into_iter()
            .filter_map(|value| match value {
                Value::String(name) => Some(vec![name]),
                Value::Array(names) => {
                    Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                }
                _ => {
                    sheet.problem("columns", "must hold names of columns", None);
                    None
                }
            })
            .collect(),
        Some(Value::String(name)) => vec![vec![name]],
        _ => {
            sheet.problem("columns", "must be a list of columns", None);
            Vec::new()
        }
    };
    let may_be_missing = sheet.flag("may-be-missing").unwrap_or(false);
    sheet.finish();
    (columns, may_be_missing)
}

fn cells(mut sheet: Sheet<'_>) -> Cells {
    let cells = Cells {
        blank: sheet.texts("blank"),
        unknown: sheet.texts("unknown"),
        not_applicable: sheet.texts("not-applicable"),
    };
    sheet.finish();
    cells
}

fn units() -> Vec<(&'static str, Unit)> {
    Unit::ALL.iter().map(|unit| (unit.name(), *unit)).collect()
}

fn no_unit(is: Unit) -> UnitRule {
    UnitRule { is, column: Vec::new(), codes: Vec::new(), if_longer_than: None, longer: None }
}

fn unit(mut sheet: Sheet<'_>, default: Unit) -> UnitRule {
    let is = sheet.one_of("is", &units()).unwrap_or(default);
    let column = sheet.texts("column");
    let codes = sheet.codes("codes", |word| known_word(word, &units()));
    let if_longer_than = sheet.amount("if-longer-than-days").map(|days| days as u32);
    let longer = sheet.sheet("longer").and_then(|mut longer| {
        let days = longer.amount("than-days");
        let is = longer.one_of("is", &units());
        longer.finish();
        Some((days? as u32, is?))
    });
    sheet.finish();
    UnitRule { is, column, codes, if_longer_than, longer }
}

pub(super) fn formats(sheet: &mut Sheet<'_>) -> Vec<DayFormat> {
    let specs = sheet.texts("formats");
    let mut formats = Vec::new();
    for spec in &specs {
        match DayFormat::new(spec) {
            Ok(format) => formats.push(format),
            Err(why) => {
                let hint = match nearest(spec, DayFormat::NAMES.iter().copied()) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!(
                        "write {}, or a pattern such as \"%d %B %Y\"",
                        DayFormat::NAMES.join(", ")
                    ),
                };
                sheet.problem("formats", &format!(": \"{spec}\" is no format: {why}"), Some(hint));
            }
        }
    }
    if formats.is_empty() { vec![DayFormat::Iso] } else { formats }
}

fn date(mut sheet: Sheet<'_>) -> DateRule {
    let rule = DateRule {
        start: sheet.texts("start"),
        end: sheet.texts("end"),
        year: sheet.texts("year"),
        month: sheet.texts("month"),
        day: sheet.texts("day"),
        formats: formats(&mut sheet),
        precision: sheet.texts("precision"),
        widths: sheet.codes("widths", width),
        anchor: sheet
            .one_of("given-day-is", &[("first", Anchor::Start), ("middle", Anchor::Middle)])
            .unwrap_or(Anchor::Start),
    };
    if rule.start.is_empty() && rule.year.is_empty() {
        sheet.problem("start", "is missing", Some("name the column of the day".to_owned()));
    }
    if rule.precision.is_empty() != rule.widths.is_empty() {
        sheet.problem("precision", "and its widths go together", None);
    }
    sheet.finish();
    rule
}

fn width(text: &str) -> Result<Width, Wrong> {
    match text {
        "as-given" | "day" => Ok(Width::AsGiven),
        "week" => Ok(Width::Days(7)),
        "month" => Ok(Width::Month),
        "year" => Ok(Width::Year),
        _ => text
            .strip_prefix("days:")
            .and_then(|days| days.trim().parse().ok())
            .filter(|days| (1..=3660).contains(days))
            .map(Width::Days)
            .ok_or_else(|| {
                let hint = "write as-given, day, days:3, week, month or year".to_owned();
                (format!("\"{text}\" is no width of a date"), Some(hint))
            }),
    }
}

fn place(mut sheet: Sheet<'_>) -> PlaceRule {
    let rule = PlaceRule {
        lat: sheet.texts("lat"),
        lon: sheet.texts("lon"),
        precision: sheet.texts("precision"),
        radii: sheet.codes("radii", radius),
        radius_column: sheet.texts("radius-column"),
        radius: sheet.amount("radius").map_or(f32::NAN, |metres| metres as f32),
        may_be_missing: sheet.flag("may-be-missing").unwrap_or(false),
    };
    for (key, names) in [("lat", &rule.lat), ("lon", &rule.lon)] {
        if names.is_empty() {
            sheet.problem(key, "is missing", None);
        }
    }
    if rule.radius.is_nan() {
        let hint = "say in metres how far off a point may be that comes with no precision";
        sheet.problem("radius", "is missing", Some(hint.to_owned()));
    }
    if rule.precision.is_empty() != rule.radii.is_empty() {
        sheet.problem("precision", "and its radii go together", None);
    }
    sheet.finish();
    rule
}

fn radius(text: &str) -> Result<Radius, Wrong> {
    if text == "too-coarse" {
        return Ok(Radius::TooCoarse);
    }
    match text.parse::<f32>() {
        Ok(metres) if metres.is_finite() && metres >= 0.0 => Ok(Radius::Metres(metres)),
        _ => {
            let hint = "write a number of metres, or too-coarse".to_owned();
            Err((format!("\"{text}\" is no radius"), Some(hint)))
        }
    }
}

/// A setting that is either a word, or a table with a column and its codes.
fn by<T: Copy>(sheet: &mut Sheet<'_>, key: &str, known: &[(&'static str, T)], default: T) -> By<T> {
    match sheet.take(key) {
        None => By::Fixed(default),
        Some(Value::Table(table)) => {
            let mut inner = Sheet::new(&sheet.key(key), table, sheet.problems);
            let names = inner.texts("column");
            let codes = inner.codes("codes", |word| known_word(word, known));
            let otherwise = inner.one_of("otherwise", known).unwrap_or(default);
            if names.is_empty() {
                inner.problem("column", "is missing", None);
            }
            inner.finish();
            By::Column { names, codes, otherwise }
        }
        Some(Value::String(word)) => match known_word(&word, known) {
            Ok(fixed) => By::Fixed(fixed),
            Err((what, hint)) => {
                sheet.problem(key, &format!(": {what}"), hint);
                By::Fixed(default)
            }
        },
        Some(_) => {
            sheet.problem(key, "must be a word, or a table with a column and its codes", None);
            By::Fixed(default)
        }
    }
}

const ATTACKERS: &[(&str, Attackers)] = &[
    ("included", Attackers::Included),
    ("excluded", Attackers::Excluded),
    ("unsaid", Attackers::Unsaid),
];

const QUALIFIERS: &[(&str, Qualifier)] = &[
    ("exactly", Qualifier::Exactly),
    ("about", Qualifier::About),
    ("at-least", Qualifier::AtLeast),
    ("more-than", Qualifier::MoreThan),
    ("up-to", Qualifier::UpTo),
    ("feared", Qualifier::Feared),
    ("unconfirmed", Qualifier::Unconfirmed),
    ("words", Qualifier::Words),
];

fn toll(mut sheet: Sheet<'_>) -> TollRule {
    let harms: Vec<_> = Harm::ALL.iter().map(|harm| (harm.name(), *harm)).collect();
    let whoms: Vec<_> = Whom::ALL.iter().map(|whom| (whom.name(), *whom)).collect();
    let harm = sheet.one_of("harm", &harms);
    if harm.is_none() {
        sheet.problem("harm", "is missing", Some("killed, injured, missing or abducted".into()));
    }
    let rule = TollRule {
        harm: harm.unwrap_or(Harm::Killed),
        whom: sheet.one_of("whom", &whoms).unwrap_or(Whom::All),
        attackers: by(&mut sheet, "attackers", ATTACKERS, Attackers::Unsaid),
        qualifier: by(&mut sheet, "qualifier", QUALIFIERS, Qualifier::Exactly),
        best: sheet.texts("best"),
        low: sheet.texts("low"),
        high: sheet.texts("high"),
        as_of: sheet.texts("as-of"),
        unknown: sheet.texts("unknown"),
    };
    if rule.best.is_empty() && rule.low.is_empty() && rule.high.is_empty() {
        let hint = "name the column of the number".to_owned();
        sheet.problem("best", "is missing", Some(hint));
    }
    sheet.finish();
    rule
}

fn kind(mut sheet: Sheet<'_>) -> KindRule {
    let columns = match sheet.take("columns") {
        Some(Value::Array(values)) => values
            .into_iter()
            .map(|value| match value {
                Value::String(name) => vec![name],
                Value::Array(names) => {
                    names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                _ => Vec::new(),
            })
            .collect(),
        Some(Value::String(name)) => vec![vec![name]],
        _ => Vec::new(),
    };
    if columns.iter().all(Vec::is_empty) {
        sheet.problem("columns", "must name the column of the kind", None);
    }
    let mut known: Vec<(&str, Option<Kind>)> =
        Kind::ALL.iter().map(|kind| (kind.name(), Some(*kind))).collect();
    known.push(("unknown", None));
    let codes = sheet.codes("codes", |word| known_word(word, &known));
    // With no table, a cell must hold one of our own words.
    let codes = if codes.is_empty() {
        known.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect()
    } else {
        codes
    };
    let split = sheet.character("split");
    let partial = sheet.flag("codes-are-partial").unwrap_or(false);
    sheet.finish();
    KindRule { columns, codes, split, partial }
}

fn by_hand(sheet: Sheet<'_>) -> Vec<(String, Field)> {
    let problems = sheet.problems;
    let path = sheet.path().to_owned();
    let known: Vec<_> = Field::ALL.iter().map(|field| (field.name(), *field)).collect();
    let mut columns = Vec::new();
    for (column, value) in sheet.rest() {
        match known_word(value.as_str().unwrap_or(""), &known) {
            Ok(field) => columns.push((column, field)),
            Err((what, hint)) => problems.add(format!("{path}.\"{column}\": {what}"), hint),
        }
    }
    columns
}

fn reasons(sheet: Sheet<'_>) -> Vec<(String, String)> {
    let problems = sheet.problems;
    let path = sheet.path().to_owned();
    let mut columns = Vec::new();
    for (column, value) in sheet.rest() {
        match value.as_str().filter(|reason| !reason.trim().is_empty()) {
            Some(reason) => columns.push((column, reason.to_owned())),
            None => problems.add(
                format!("{path}.\"{column}\" has no reason"),
                Some("say in a few words why its cells are not kept".to_owned()),
            ),
        }
    }
    columns
}
