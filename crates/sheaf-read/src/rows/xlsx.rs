//! A sheet of an Office Open XML workbook as rows. The format keeps its strings in one place, so a
//! workbook has to be in memory; its cells are kept close together rather than in a grid, which a
//! single stray cell in the last row would make a million rows high.
//!
//! Dates come out as ISO text, numbers as a spreadsheet would write them into a CSV file, errors
//! as the sign the sheet shows (`#REF!`). Blank cells are normal in a sheet and no doubt.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use sheaf_model::{Doubt, DoubtCode, SetAside, SetAsideReason};

use super::columns::Columns;
use super::supply::{Health, ReadSeek};
use super::{Form, Header, MAX_COLUMNS, Notes, Row, Rows, cells};
use crate::ReadError;

/// A sheet as rows.
pub(super) struct SheetRows {
    cells: SheetCells,
    columns: Columns,
    pending: Vec<Doubt>,
    next_line: usize,
    last_number: u64,
    health: Arc<Health>,
}

/// The cells of a sheet that are not blank, row by row, one text for all.
#[derive(Default)]
struct SheetCells {
    text: String,
    // Column and end within the text.
    cells: Vec<(u16, u32)>,
    lines: Vec<Line>,
    has_left_out: bool,
}

/// One row that has cells: its number in the sheet, counted from 1, and its first cell.
struct Line {
    number: u32,
    first_cell: usize,
}

impl SheetRows {
    /// Reads the sheet asked for, or the first, and its header; gives the sheet's name too.
    pub(super) fn open(
        name: &str,
        inner: Box<dyn ReadSeek>,
        form: &Form,
        health: Arc<Health>,
    ) -> Result<(SheetRows, String), ReadError> {
        let broken = |why: &str| {
            let what = format!("{name} is a workbook that is cut off or damaged: {why}");
            ReadError::new("damaged-workbook", what).hint("open it and save it anew")
        };
        // A damaged workbook must not take the program down, whatever it does to its reader.
        let read = catch_unwind(AssertUnwindSafe(|| read_sheet(name, inner, form)));
        let (cells, sheet, is_cut_off) = match read {
            Ok(Ok(read)) => read,
            Ok(Err(NoSheet::Asked(error))) => return Err(error),
            Ok(Err(NoSheet::Broken(error))) => return Err(broken(&error.to_string())),
            Err(_) => return Err(broken("it makes no sense")),
        };
        if is_cut_off {
            health.cut_off();
        }
        let mut rows = SheetRows {
            cells,
            columns: Columns::default(),
            pending: Vec::new(),
            next_line: 0,
            last_number: 0,
            health,
        };
        let Some(first) = rows.cells.lines.first() else {
            let what = format!("{name}: the sheet \"{sheet}\" is empty");
            return Err(ReadError::new("empty-file", what).hint("name another with sheet = \"…\""));
        };
        match &form.header {
            Header::Given(names) => rows.columns = Columns::given(names),
            Header::FirstRow => {
                rows.last_number = u64::from(first.number);
                let mut header = Row::default();
                rows.cells.put_line(0, MAX_COLUMNS, &mut header);
                rows.columns = Columns::from_header(name, header.cells(), &mut rows.pending)?;
                rows.next_line = 1;
            }
        }
        Ok((rows, sheet))
    }
}

impl Rows for SheetRows {
    fn columns(&self) -> &[String] {
        self.columns.names()
    }

    fn next(&mut self, row: &mut Row, notes: &mut Notes) -> Result<bool, ReadError> {
        notes.doubts.append(&mut self.pending);
        while let Some(line) = self.cells.lines.get(self.next_line) {
            let number = u64::from(line.number);
            while self.last_number + 1 < number {
                self.last_number += 1;
                let reason = SetAsideReason::Blank;
                notes.set_aside.push(SetAside { row: self.last_number, reason });
            }
            self.last_number = number;
            let has_extra = self.cells.put_line(self.next_line, self.columns.len(), row);
            self.next_line += 1;
            for idx in self.cells.too_long(self.next_line - 1) {
                notes.doubts.push(Doubt::about_cell(number, idx, DoubtCode::TooLong, ""));
            }
            if let Some(reason) = self.columns.no_data(row).filter(|_| !has_extra) {
                notes.set_aside.push(SetAside { row: number, reason });
                continue;
            }
            if has_extra {
                notes.doubts.push(Doubt::about_row(number, DoubtCode::ExtraCells, ""));
            }
            return Ok(true);
        }
        if self.next_line == self.cells.lines.len() {
            self.next_line += 1;
            notes.doubts.extend(self.health.doubts());
            if self.cells.has_left_out {
                notes.doubts.push(Doubt::about_file(DoubtCode::PartialRead, ""));
            }
        }
        Ok(false)
    }

    fn bytes_taken(&self) -> u64 {
        self.health.taken()
    }
}

impl SheetCells {
    fn cells_of(&self, line: usize) -> std::ops::Range<usize> {
        let end = self.lines.get(line + 1).map_or(self.cells.len(), |next| next.first_cell);
        self.lines[line].first_cell..end
    }

    fn text_of(&self, cell: usize) -> &str {
        let start = if cell == 0 { 0 } else { self.cells[cell - 1].1 as usize };
        &self.text[start..self.cells[cell].1 as usize]
    }

    /// Makes a row of a line. Tells whether there were cells beyond the last column.
    fn put_line(&self, line: usize, n_columns: usize, row: &mut Row) -> bool {
        row.restart(u64::from(self.lines[line].number));
        for cell in self.cells_of(line) {
            let column = usize::from(self.cells[cell].0);
            if column >= n_columns {
                row.pad(n_columns);
                return true;
            }
            row.pad(column);
            row.push(self.text_of(cell));
        }
        if n_columns < MAX_COLUMNS {
            row.pad(n_columns);
        }
        false
    }
}

enum NoSheet {
    Asked(ReadError),
    Broken(XlsxError),
}

impl From<XlsxError> for NoSheet {
    fn from(error: XlsxError) -> NoSheet {
        NoSheet::Broken(error)
    }
}

/// The cells of the sheet, its name, and whether it broke off in the middle.
fn read_sheet(
    name: &str,
    inner: Box<dyn ReadSeek>,
    form: &Form,
) -> Result<(SheetCells, String, bool), NoSheet> {
    let mut workbook = Xlsx::new(inner)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let wanted = match &form.sheet {
        Some(wanted) => sheets.iter().find(|sheet| *sheet == wanted),
        None => sheets.first(),
    };
    let Some(sheet) = wanted.cloned() else {
        let asked = form.sheet.as_deref().unwrap_or_default();
        let what = match &form.sheet {
            Some(_) => format!("{name} has no sheet named \"{asked}\""),
            None => format!("{name} has no sheet with cells"),
        };
        let hint = format!("it has {}", sheets.join(", "));
        return Err(NoSheet::Asked(ReadError::new("no-such-sheet", what).hint(hint)));
    };
    let mut found = SheetCells::default();
    let mut reader = workbook.worksheet_cells_reader(&sheet)?;
    let mut scratch = String::new();
    loop {
        match reader.next_cell() {
            Ok(Some(cell)) => {
                let (line, column) = cell.get_position();
                scratch.clear();
                spell(cell.get_value(), &mut scratch);
                if !found.add(line, column, &scratch) {
                    let what =
                        format!("{name}: the sheet \"{sheet}\" holds more than 4 GiB of text");
                    let error = ReadError::new("too-large", what).hint("save it as CSV");
                    return Err(NoSheet::Asked(error));
                }
            }
            Ok(None) => return Ok((found, sheet, false)),
            Err(error) if found.cells.is_empty() => return Err(error.into()),
            Err(_) => return Ok((found, sheet, true)),
        }
    }
}

impl SheetCells {
    /// Adds a cell; `false` if there is no more room. Cells come row by row from left to right; one
    /// that does not is damage: it is left out, and a doubt about the file says so.
    fn add(&mut self, line: u32, column: u32, text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        let Some(column) = u16::try_from(column).ok().filter(|&it| usize::from(it) < MAX_COLUMNS)
        else {
            return true;
        };
        let number = line.saturating_add(1);
        match self.lines.last() {
            Some(last) if last.number > number => {
                self.has_left_out = true;
                return true;
            }
            Some(last) if last.number == number => {
                if self.cells.last().is_some_and(|&(before, _)| before >= column) {
                    self.has_left_out = true;
                    return true;
                }
            }
            _ => self.lines.push(Line { number, first_cell: self.cells.len() }),
        }
        if !cells::too_long(text) {
            self.text.push_str(text);
        }
        let Ok(end) = u32::try_from(self.text.len()) else { return false };
        self.cells.push((column, end));
        true
    }

    /// The columns of a line whose cells were too long to keep: blank cells are not kept at all, so
    /// one without text was.
    fn too_long(&self, line: usize) -> impl Iterator<Item = u16> {
        self.cells_of(line)
            .filter(|&cell| self.text_of(cell).is_empty())
            .map(|cell| self.cells[cell].0)
    }
}

/// Writes a cell's value as text.
fn spell(value: &DataRef<'_>, text: &mut String) {
    use std::fmt::Write;
    let written = match value {
        DataRef::Int(number) => write!(text, "{number}"),
        DataRef::Float(number) => write!(text, "{number}"),
        DataRef::String(said) => write!(text, "{said}"),
        DataRef::SharedString(said) => write!(text, "{said}"),
        DataRef::Bool(true) => write!(text, "TRUE"),
        DataRef::Bool(false) => write!(text, "FALSE"),
        DataRef::DateTime(moment) => write!(text, "{}", spell_moment(moment)),
        DataRef::DateTimeIso(said) | DataRef::DurationIso(said) => write!(text, "{said}"),
        DataRef::Error(error) => write!(text, "{error}"),
        DataRef::Empty => Ok(()),
    };
    // Writing to a string cannot fail.
    debug_assert!(written.is_ok());
}

/// A day as `2014-05-22`, with `T07:50:00` behind it if a time is said; a bare time as `07:50:00`;
/// a number that is no moment at all as the number.
fn spell_moment(moment: &ExcelDateTime) -> String {
    let number = moment.as_f64();
    // 2958466 is the day after 31 December 9999.
    if !(0.0..2_958_466.0).contains(&number) {
        return number.to_string();
    }
    if moment.is_duration() {
        let seconds = (number * 86_400.0).round() as u64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if number < 1.0 {
        time
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    }
}
