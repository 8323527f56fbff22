//! From a mapping's tables to checked rules. Everything wrong is reported at once.

use sheaf_model::{Attackers, Field, Harm, Kind, Qualifier, Unit, Whom};
use toml::{Table, Value};

use super::day_text::DayFormat;
use super::nearest::nearest;
use super::people::people_in;
use super::rules::{
    Anchor, By, Cells, Condition, DateRule, FieldRule, KindRule, Pick, PlaceRule, Radius, Rules,
    TollRule, UnitRule, Width,
};
use super::sheet::{Problems, Sheet, known_word};

type Wrong = (String, Option<String>);

pub(super) fn rules(root: &mut Sheet<'_>, problems: &Problems, default_unit: Unit) -> Rules {
    let rules = Rules {
        key: root.sheet("key").map(key).unwrap_or_default(),
        cells: root.sheet("cells").map(cells).unwrap_or_default(),
        unit: match root.sheet("unit") {
            Some(sheet) => unit(sheet, default_unit),
            None => no_unit(default_unit),
        },
        date: root.sheet("date").map(date),
        place: root.sheet("place").map(place),
        tolls: root.sheets("toll").into_iter().map(toll).collect(),
        kinds: root.sheets("kind").into_iter().map(kind).collect(),
        fields: root.sheet("fields").map(fields).unwrap_or_default(),
        wording: root.texts("wording"),
        by_hand: root.sheet("by-hand").map(by_hand).unwrap_or_default(),
        ignore: root.sheet("ignore").map(reasons).unwrap_or_default(),
        refuse: root.sheet("refuse").map(reasons).unwrap_or_default(),
    };
    named_once(&rules, problems);
    no_people(&rules, problems);
    rules
}

fn key(mut sheet: Sheet<'_>) -> Vec<Vec<String>> {
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
    sheet.finish();
    columns
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

fn fields(sheet: Sheet<'_>) -> Vec<FieldRule> {
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
    let rule = FieldRule {
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

/// Every column a rule reads, with the section that names it.
pub(super) fn columns_read(rules: &Rules) -> Vec<(&str, &'static str)> {
    fn all<'a>(
        into: &mut Vec<(&'a str, &'static str)>,
        section: &'static str,
        lists: &[&'a Vec<String>],
    ) {
        into.extend(
            lists.iter().flat_map(|names| names.iter()).map(|name| (name.as_str(), section)),
        );
    }
    let mut read = Vec::new();
    for names in &rules.key {
        all(&mut read, "key", &[names]);
    }
    all(&mut read, "unit", &[&rules.unit.column]);
    if let Some(date) = &rules.date {
        let lists = [&date.start, &date.end, &date.year, &date.month, &date.day, &date.precision];
        all(&mut read, "date", &lists);
    }
    if let Some(place) = &rules.place {
        all(&mut read, "place", &[&place.lat, &place.lon, &place.precision, &place.radius_column]);
    }
    for toll in &rules.tolls {
        all(&mut read, "toll", &[&toll.best, &toll.low, &toll.high]);
    }
    for kind in &rules.kinds {
        all(&mut read, "kind", &kind.columns.iter().collect::<Vec<_>>());
    }
    read.extend(rules.fields.iter().map(|rule| (rule.column.as_str(), "fields")));
    all(&mut read, "wording", &[&rules.wording]);
    read
}

/// A column that two sections claim would be read twice or not at all.
fn named_once(rules: &Rules, problems: &Problems) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let others = (rules.by_hand.iter().map(|(name, _)| (name.as_str(), "by-hand")))
        .chain(rules.ignore.iter().map(|(name, _)| (name.as_str(), "ignore")))
        .chain(rules.refuse.iter().map(|(name, _)| (name.as_str(), "refuse")));
    for (name, section) in columns_read(rules).into_iter().chain(others) {
        match seen.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            // Several kind rules may look at one column together with others.
            Some((_, first)) if *first == section && section == "kind" => {}
            // What is a key may also say something.
            Some((_, "key")) => {}
            Some((_, first)) => problems.add(
                format!("the column \"{name}\" stands in {first} and in {section}"),
                Some("say once what becomes of it".to_owned()),
            ),
            None => seen.push((name, section)),
        }
    }
}

/// A mapping must not ask for data about people, whatever field it asks to put them in.
fn no_people(rules: &Rules, problems: &Problems) {
    for rule in &rules.fields {
        let Some(what) = people_in(&rule.column) else { continue };
        let about_places = matches!(
            rule.field,
            Field::PlaceName | Field::AdminOne | Field::AdminTwo | Field::Country | Field::Outlet
        );
        if about_places && what == "names of persons" && rule.column.eq_ignore_ascii_case("name") {
            continue;
        }
        problems.add(
            format!("fields.\"{}\" would hold {what}, which a pool never keeps", rule.column),
            Some("move it to [refuse]".to_owned()),
        );
    }
}
