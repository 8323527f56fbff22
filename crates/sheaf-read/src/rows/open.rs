//! Opening a file: what it is, and which reader makes rows of it.

use std::io::{Cursor, Read};
use std::path::Path;

use super::csv::CsvRows;
use super::json::JsonRows;
use super::supply::{Content, FromUtf16, Raw, Supply, Unwrapped, stopped};
use super::window::Window;
use super::xlsx::SheetRows;
use super::{Form, Format, Notes, Opened, Row, gtfs_realtime, magic};
use crate::ReadError;

/// Opens a file as rows. A path may go on into a zip archive: `acme.zip/roads.csv`.
///
/// # Errors
/// If there is no such file, it cannot be read, or it is no table of a known format.
pub fn open(path: &Path, form: &Form) -> Result<Opened, ReadError> {
    open_supply(Supply::find(path, form)?, form)
}

/// Opens bytes at hand as rows, under the name that messages and spots show.
///
/// # Errors
/// As [`open`].
pub fn open_bytes(bytes: Vec<u8>, name: &str, form: &Form) -> Result<Opened, ReadError> {
    let n_bytes = bytes.len() as u64;
    let raw = Raw::Seekable(Box::new(Cursor::new(bytes)));
    open_supply(Supply::new(name, raw, n_bytes, form.member.clone()), form)
}

/// Opens what a reader gives as rows, under the name that messages and spots show.
///
/// # Errors
/// As [`open`].
pub fn open_read(
    reader: impl Read + Send + 'static,
    name: &str,
    form: &Form,
) -> Result<Opened, ReadError> {
    let raw = Raw::Stream(Box::new(reader));
    open_supply(Supply::new(name, raw, 0, form.member.clone()), form)
}

/// The beginning of a file: enough to tell whose it is, or to draft a mapping from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peek {
    /// The file's name as spots show it.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// The byte between cells, for CSV.
    pub delimiter: Option<u8>,
    /// The sheet read, for a workbook.
    pub sheet: Option<String>,
    /// The columns; for JSON, those of the rows read.
    pub columns: Vec<String>,
    /// The first rows, each with its number.
    pub rows: Vec<(u64, Vec<String>)>,
    /// What was noted on the way.
    pub notes: Notes,
}

/// Reads the columns and the first `n_rows` rows of a file.
///
/// # Errors
/// As [`open`].
pub fn peek(path: &Path, form: &Form, n_rows: usize) -> Result<Peek, ReadError> {
    peek_opened(open(path, form)?, n_rows)
}

/// Reads the columns and the first `n_rows` rows of what was opened.
///
/// # Errors
/// If reading cannot go on.
pub fn peek_opened(mut opened: Opened, n_rows: usize) -> Result<Peek, ReadError> {
    let (mut row, mut notes, mut rows) = (Row::default(), Notes::default(), Vec::new());
    while rows.len() < n_rows && opened.rows.next(&mut row, &mut notes)? {
        rows.push((row.number(), row.cells().map(str::to_owned).collect::<Vec<_>>()));
    }
    let columns = opened.rows.columns().to_vec();
    let Opened { format, file, delimiter, sheet, .. } = opened;
    Ok(Peek { file, format, delimiter, sheet, columns, rows, notes })
}

/// How much of a text file its kind is judged by. Never more than this, however much happens to
/// have been read already: a file must not be read differently over a slow line.
pub(super) const SAMPLE: usize = 64 << 10;

fn open_supply(supply: Supply, form: &Form) -> Result<Opened, ReadError> {
    let Unwrapped { name, bytes, health, content } = supply.unwrap()?;
    let opened = |rows, format| Opened {
        rows,
        format,
        file: name.clone(),
        bytes,
        delimiter: None,
        sheet: None,
    };
    let plain = match content {
        Content::Workbook(inner) => {
            if let Some(format) = form.format.filter(|&format| format != Format::Xlsx) {
                let what = format!("{name} is an xlsx workbook, not {}", format.name());
                return Err(ReadError::new("wrong-format", what));
            }
            let (rows, sheet) = SheetRows::open(&name, inner, form, health)?;
            return Ok(Opened { sheet: Some(sheet), ..opened(Box::new(rows), Format::Xlsx) });
        }
        Content::Plain(plain) => plain,
    };
    let mut window = Window::new(&name, plain, health.clone());
    window.fill(SAMPLE)?;
    if gtfs_realtime::is_feed(window.sample(SAMPLE)) {
        let lines = gtfs_realtime::alerts(&name, &whole(&name, window)?)?;
        window = Window::new(&name, Box::new(Cursor::new(lines)), health.clone());
        window.fill(SAMPLE)?;
    }
    if let Some(encoding) = magic::utf_16(window.sample(SAMPLE)) {
        let start = Cursor::new(window.fresh().to_vec());
        let rest = start.chain(window.into_reader());
        let text = FromUtf16::new(rest, encoding, &health);
        window = Window::new(&name, Box::new(text), health);
        window.fill(SAMPLE)?;
    }
    if let Some(what) = magic::no_table(window.sample(SAMPLE)) {
        let what = format!("{name} is {what}, not a table");
        return Err(ReadError::new("not-a-table", what)
            .hint("sheaf reads CSV, xlsx, JSON Lines and GeoJSON, plain or as .gz, .zst or .zip"));
    }
    if window.fresh().starts_with(b"\xEF\xBB\xBF") {
        window.advance(3);
    }
    if window.at_end() && window.fresh().trim_ascii().is_empty() {
        return Err(no_row(&window));
    }
    let format = form.format.unwrap_or_else(|| looks_like(&name, window.sample(SAMPLE)));
    match format {
        Format::Csv => {
            let (rows, delimiter) = CsvRows::open(window, form)?;
            Ok(Opened { delimiter: Some(delimiter), ..opened(Box::new(rows), format) })
        }
        Format::JsonLines | Format::GeoJson => {
            let rows = JsonRows::open(window, form, format)?;
            Ok(opened(Box::new(rows), format))
        }
        Format::Xlsx => {
            let what = format!("{name} is no xlsx workbook");
            Err(ReadError::new("wrong-format", what).hint("leave the format out and sheaf looks"))
        }
    }
}

/// All of a feed, which has no rows before its end.
fn whole(name: &str, window: Window) -> Result<Vec<u8>, ReadError> {
    let mut bytes = window.fresh().to_vec();
    let rest = window.into_reader().take(gtfs_realtime::MAX_BYTES + 1).read_to_end(&mut bytes);
    rest.map_err(|error| stopped(name, &error))?;
    if bytes.len() as u64 > gtfs_realtime::MAX_BYTES {
        let what = format!("{name} is a GTFS-realtime feed of more than 64 MiB");
        return Err(ReadError::new("too-large", what).hint("no operator's feed is that large"));
    }
    Ok(bytes)
}

/// The error for a file without a single row.
pub(super) fn no_row(window: &Window) -> ReadError {
    let name = window.name();
    if window.health().is_cut_off() {
        let what = format!("{name} is cut off or damaged before its first row");
        return ReadError::new("truncated-file", what).hint("fetch the file again");
    }
    ReadError::new("empty-file", format!("{name} is empty"))
}

/// The format of a text, by its beginning first and its name second.
fn looks_like(name: &str, start: &[u8]) -> Format {
    let text = start.trim_ascii_start();
    let then = text.get(1..).unwrap_or_default().trim_ascii_start().first();
    let is_json = match text.first() {
        Some(b'{') => matches!(then, Some(b'"' | b'}')),
        Some(b'[') => matches!(then, Some(b'{' | b']')),
        Some(0x1E) => true,
        _ => false,
    };
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| {
        let bare = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
        endings.iter().any(|ending| bare.ends_with(ending))
    };
    if ends(&[".geojson", ".geojsonl"]) || (is_json && super::json::has_features(text)) {
        Format::GeoJson
    } else if is_json || ends(&[".jsonl", ".ndjson", ".json"]) {
        Format::JsonLines
    } else {
        Format::Csv
    }
}
