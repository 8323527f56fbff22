//! What a table means: a *mapping* says who the source is, how its file is laid out, and what
//! becomes of each column — read as a claim, ignored for a reason, or refused because it is about
//! people. It is written in TOML (`source.toml`), so that a new source needs no Rust.
//!
//! A mapping is checked when it is loaded ([`Mapping::from_toml`] reports every problem at once),
//! bound once to the columns of a file, and then applied row by row. In goes a row of text cells,
//! out come claims with what was said beside what was understood, and doubts. Nothing here opens a
//! file; bytes are `rows`' business.
//!
//! # The settings
//!
//! Everything but `[source]` may be left out. Where a setting names a column it may name several,
//! in order of preference: layouts of one source differ, and the first one that the file has is
//! read. Names are compared without regard to case.
//!
//! | setting | what it says |
//! |---|---|
//! | `[source]` | `name`, `title`, `organisation`, `licence`, `credit`, `kind` (curated, news, leads) |
//! | `[[era]]` | `from` a day on, `what` was different in the source's method |
//! | `source-column` | the column that names the source, in a layout that several share |
//! | `[file]` | `format`, `encoding`, `delimiter`, `quotes-are-text`, `columns` (of a file without a header), `sheet`, `member`, `at` |
//! | `[recognise]` | `all` these columns, `any` of each list, `none` of these; `name-ends` for a file without a header |
//! | `[cells]` | codes in every column: `blank`, `unknown`, `not-applicable` |
//! | `[key]` | `columns` that name the row together; `may-be-missing` |
//! | `[unit]` | what a row stands for: `is`, or `column` and `codes`; `if-longer-than-days` for the codes; `longer` = `{ than-days, is }` |
//! | `[date]` | `start`, `end`, or `year`, `month`, `day`; `formats`; `precision` and `widths` (as-given, day, days:3, week, month, year); `given-day-is` first or middle |
//! | `[place]` | `lat`, `lon`; `precision` and `radii` (metres or too-coarse), or `radius-column`; `radius` where nothing is said; `may-be-missing` |
//! | `[[toll]]` | `harm`, `whom`; `best`, `low`, `high`, `as-of`; `attackers` and `qualifier`, fixed or `{ column, codes, otherwise }`; `unknown` |
//! | `[[kind]]` | `columns` (several are joined by `\|`, `*` stands for any), `codes`, `codes-are-partial`, `split`; the first rule that fits wins |
//! | `[fields]` | column = field, or `{ field, map, map-is-complete, unknown, not-applicable, split, only-when = { column, values, because }, formats, pick, fingerprint }` |
//! | `wording` | columns of running text: only a fingerprint is kept |
//! | `[ignore]` | column = the reason; `#` stands for digits, `*` for anything |
//! | `[refuse]` | column = which data about people it holds |
//! | `[by-hand]` | column = field, read by the Rust of a built-in source |

mod bind;
mod cells;
mod check;
mod check_fields;
mod columns_read;
mod count_text;
mod date;
mod day_text;
mod degree_text;
mod interpret;
mod keys;
mod nearest;
mod people;
mod place;
mod rules;
mod sheet;
mod sight;
mod toll;
mod wording;

use sheaf_model::{Day, Licence, MethodEra, Source, SourceKind, SourceName, Unit};
use toml::Value;

pub use count_text::{WORDS, parse_count};
pub use day_text::DayFormat;
pub use degree_text::parse_degrees;
pub(crate) use interpret::Interpreter;
pub use interpret::{Hand, Out};
pub(crate) use keys::{Keys, Mark};
pub(crate) use nearest::nearest;
pub use people::people_in;
pub(crate) use rules::Rules;
pub use sheet::Problem;
use sheet::{Problems, Sheet};
pub use wording::{exact_fingerprint, fingerprint};

use crate::ReadError;
use crate::rows::{Encoding, Form, Format, Header};

/// A checked `source.toml`.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Who says it.
    pub source: Source,
    /// How the file is laid out.
    pub form: Form,
    /// By which columns a file of this source is known.
    pub recognise: Recognise,
    /// A column whose cells name the source, for layouts that several sources share.
    pub(crate) source_column: Option<String>,
    pub(crate) rules: Rules,
}

/// By which columns a file of this source is known. Names are compared without regard to case.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recognise {
    /// Columns that must all be there.
    pub all: Vec<String>,
    /// Lists of columns; of each, at least one must be there.
    pub any: Vec<Vec<String>>,
    /// Columns of other layouts, none of which may be there.
    pub none: Vec<String>,
    /// For a file without a header: how its name must end.
    pub name_ends: Vec<String>,
}

/// Everything wrong with a mapping.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct MappingError {
    /// The file's name.
    pub file: String,
    /// What is wrong, in the order of the file's sections; never empty.
    pub problems: Vec<Problem>,
}

impl MappingError {
    fn sentence(&self) -> String {
        match self.problems.as_slice() {
            [only] => format!("{}: {}", self.file, only.what),
            problems => {
                let mut text = format!("{}: {} problems", self.file, problems.len());
                for problem in problems {
                    text.push_str(&format!("\n  {problem}"));
                }
                text
            }
        }
    }
}

impl From<MappingError> for ReadError {
    fn from(error: MappingError) -> ReadError {
        let hint = match error.problems.as_slice() {
            [only] => only.hint.clone(),
            _ => None,
        };
        ReadError { what: error.to_string(), hint, code: "bad-mapping" }
    }
}

impl Mapping {
    /// Reads and checks a mapping. `file` is its name, for messages.
    ///
    /// ```
    /// use sheaf_read::Mapping;
    /// let error = Mapping::from_toml("[date]\nstrat = \"day\"", "acme.toml").unwrap_err();
    /// assert!(error.to_string().contains("date.strat is not a setting of a mapping"));
    /// assert!(error.to_string().contains("did you mean date.start?"));
    /// ```
    ///
    /// # Errors
    /// Names every problem found, not the first.
    pub fn from_toml(text: &str, file: &str) -> Result<Mapping, MappingError> {
        let problems = Problems::default();
        let mapping = match text.parse::<toml::Table>() {
            Ok(table) => {
                let mut root = Sheet::new("", table, &problems);
                let mapping = mapping(&mut root, &problems);
                root.finish();
                mapping
            }
            Err(error) => {
                let at = error.span().map_or(String::new(), |span| {
                    let before = text.get(..span.start).unwrap_or("");
                    format!("line {}: ", before.matches('\n').count() + 1)
                });
                problems.add(format!("{at}{}", error.message()), None);
                None
            }
        };
        let problems = problems.into_vec();
        match mapping {
            Some(mapping) if problems.is_empty() => Ok(mapping),
            _ => Err(MappingError { file: file.to_owned(), problems }),
        }
    }

    /// Whether this mapping names a column of this kind: reads, ignores or refuses it.
    pub fn knows(&self, column: &str) -> bool {
        bind::knows(self, column)
    }
}

fn mapping(root: &mut Sheet<'_>, problems: &Problems) -> Option<Mapping> {
    let source = source(root);
    let default_unit = match &source {
        Some(source) if source.kind == SourceKind::Leads => Unit::Lead,
        _ => Unit::Incident,
    };
    let source_column = root.text("source-column");
    let form = root.sheet("file").map(form).unwrap_or_default();
    let recognise = root.sheet("recognise").map(recognise).unwrap_or_default();
    let rules = check::rules(root, problems, default_unit);
    Some(Mapping { source: source?, form, recognise, source_column, rules })
}

fn source(root: &mut Sheet<'_>) -> Option<Source> {
    let Some(mut sheet) = root.sheet("source") else {
        let hint = "say who the source is: [source] with name, title, organisation, licence, kind";
        root.problem("source", "is missing", Some(hint.to_owned()));
        return None;
    };
    let name_said = sheet.needed_text("name");
    let name = SourceName::new(&name_said).map_err(|wrong| {
        if !name_said.is_empty() {
            sheet.problem("name", &format!(": {wrong}"), None);
        }
    });
    let licences: Vec<_> = Licence::ALL.iter().map(|it| (it.name(), *it)).collect();
    let kinds: Vec<_> = SourceKind::ALL.iter().map(|it| (it.name(), *it)).collect();
    let title = sheet.needed_text("title");
    let organisation = sheet.text("organisation").unwrap_or_default();
    let licence = sheet.one_of("licence", &licences).unwrap_or(Licence::Unknown);
    let credit = sheet.text("credit").unwrap_or_default();
    let kind = sheet.one_of("kind", &kinds).unwrap_or(SourceKind::News);
    sheet.finish();
    let eras = root.sheets("era").into_iter().filter_map(era).collect();
    Some(Source { name: name.ok()?, title, organisation, licence, credit, kind, eras })
}

fn era(mut sheet: Sheet<'_>) -> Option<MethodEra> {
    let said = sheet.needed_text("from");
    let from = Day::parse_iso(&said);
    if from.is_none() && !said.is_empty() {
        sheet.problem("from", &format!(": \"{said}\" is no day"), Some("write 2024-01-31".into()));
    }
    let what = sheet.needed_text("what");
    sheet.finish();
    Some(MethodEra { from: from?, what })
}

/// How the file is laid out, as far as the mapping says; the rest is found out from the bytes.
fn form(mut sheet: Sheet<'_>) -> Form {
    let formats: Vec<_> = Format::ALL.iter().map(|it| (it.name(), *it)).collect();
    let encodings = [
        ("utf-8", Encoding::Utf8),
        ("auto", Encoding::Utf8),
        ("windows-1252", Encoding::Windows1252),
    ];
    let columns = sheet.texts("columns");
    let delimiter = sheet.character("delimiter");
    if delimiter.is_some_and(|c| !c.is_ascii()) {
        sheet.problem("delimiter", "must be an ASCII character, or \"tab\"", None);
    }
    let form = Form {
        format: sheet.one_of("format", &formats),
        encoding: sheet.one_of("encoding", &encodings).unwrap_or_default(),
        delimiter: delimiter.and_then(|c| u8::try_from(c).ok()),
        quotes_are_text: sheet.flag("quotes-are-text").unwrap_or(false),
        header: if columns.is_empty() { Header::FirstRow } else { Header::Given(columns) },
        sheet: sheet.text("sheet"),
        member: sheet.text("member"),
        at: sheet.text("at"),
    };
    sheet.finish();
    form
}

fn recognise(mut sheet: Sheet<'_>) -> Recognise {
    let any = match sheet.take("any") {
        Some(Value::Array(lists)) => lists
            .iter()
            .map(|list| match list {
                Value::Array(names) => {
                    names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                Value::String(name) => vec![name.clone()],
                _ => Vec::new(),
            })
            .filter(|names: &Vec<String>| !names.is_empty())
            .collect(),
        _ => Vec::new(),
    };
    let recognise = Recognise {
        all: sheet.texts("all"),
        any,
        none: sheet.texts("none"),
        name_ends: sheet.texts("name-ends"),
    };
    sheet.finish();
    recognise
}
