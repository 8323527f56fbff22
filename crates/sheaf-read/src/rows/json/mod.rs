//! JSON as rows: an object on each line, a list of objects, or the features of a GeoJSON
//! collection. The columns are the members met so far, so their list grows while rows are read.

mod flatten;
mod geometry;
mod scan;
mod values;

use serde_json::value::RawValue;
use sheaf_model::{Doubt, DoubtCode, SetAside, SetAsideReason};

use self::flatten::{Cells, each_member};
use self::geometry::Spread;
use self::values::{Layout, Taken, Values};
use super::open::SAMPLE;
use super::window::Window;
use super::{Encoding, Form, Format, Notes, Row, Rows, cells};
use crate::ReadError;

/// A JSON file as rows.
pub(super) struct JsonRows {
    values: Values,
    cells: Cells,
    is_geo: bool,
    id_is_property: Option<bool>,
    encoding: Encoding,
    has_told_end: bool,
}

impl JsonRows {
    /// Finds where the objects lie. The window stands behind any byte order mark.
    pub(super) fn open(
        mut window: Window,
        form: &Form,
        format: Format,
    ) -> Result<JsonRows, ReadError> {
        let is_geo = format == Format::GeoJson;
        let start = window.sample(SAMPLE).trim_ascii_start();
        let layout = if let Some(at) = &form.at {
            go_to(&mut window, at)?;
            Layout::List
        } else if start.first() == Some(&b'[') {
            values::go_to_list(&mut window, &[])?;
            Layout::List
        } else if is_geo && !is_one_feature_a_line(start) {
            go_to(&mut window, "/features")?;
            Layout::List
        } else if runs_over_lines(start) {
            Layout::Loose
        } else {
            Layout::Lines
        };
        let mut cells = Cells::default();
        if is_geo {
            geometry::COLUMNS.iter().for_each(|column| cells.add_column(column));
        }
        Ok(JsonRows {
            values: Values::new(window, layout),
            cells,
            is_geo,
            id_is_property: None,
            encoding: form.encoding,
            has_told_end: false,
        })
    }

    /// Makes a row of the value taken last.
    fn make_row(&mut self, row: &mut Row, notes: &mut Notes) -> Result<(), SetAsideReason> {
        let number = self.values.number();
        let mut bytes = self.values.value();
        let without_nul: Vec<u8>;
        let has_nul = self.values.window().seen_nul() && memchr::memchr(0, bytes).is_some();
        if has_nul {
            without_nul = bytes.iter().copied().filter(|&byte| byte != 0).collect();
            bytes = &without_nul;
        }
        let (text, not_utf8) = cells::decode(bytes);
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{1E}');
        self.cells.begin(number);
        let added = if !text.starts_with('{') {
            let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
            Err(if is_json { SetAsideReason::NotAnObject } else { SetAsideReason::BrokenJson })
        } else if self.is_geo {
            add_feature(text, &mut self.cells, &mut self.id_is_property)
        } else {
            self.cells.object(text).map_err(|_| SetAsideReason::BrokenJson)
        };
        if let Err(reason) = added {
            let is_cut = self.values.is_last_line() && self.values.window().health().is_cut_off();
            return Err(if is_cut { SetAsideReason::Unreadable } else { reason });
        }
        if not_utf8 && self.encoding == Encoding::Utf8 {
            notes.doubts.push(Doubt::about_row(number, DoubtCode::NotUtf8, ""));
        }
        if has_nul {
            notes.doubts.push(Doubt::about_row(number, DoubtCode::NulByte, ""));
        }
        self.cells.end(row, &mut notes.doubts);
        Ok(())
    }
}

impl Rows for JsonRows {
    fn columns(&self) -> &[String] {
        self.cells.columns()
    }

    fn next(&mut self, row: &mut Row, notes: &mut Notes) -> Result<bool, ReadError> {
        loop {
            let reason = match self.values.take()? {
                Taken::Value => match self.make_row(row, notes) {
                    Ok(()) => return Ok(true),
                    Err(reason) => reason,
                },
                Taken::Aside(reason) => reason,
                Taken::End => {
                    if !std::mem::replace(&mut self.has_told_end, true) {
                        let health = self.values.window().health();
                        if self.values.is_unfinished() {
                            health.cut_off();
                        }
                        notes.doubts.extend(health.doubts());
                    }
                    return Ok(false);
                }
            };
            notes.set_aside.push(SetAside { row: self.values.number(), reason });
        }
    }

    fn bytes_taken(&self) -> u64 {
        self.values.window().health().taken()
    }
}

/// Adds a GeoJSON feature: its properties, its other members, and its geometry as a point.
fn add_feature(
    text: &str,
    cells: &mut Cells,
    id_is_property: &mut Option<bool>,
) -> Result<(), SetAsideReason> {
    let (mut properties, mut geometry, mut id, mut others) = (None, None, None, Vec::new());
    each_member(text, |name, value| match name {
        "type" | "bbox" => {}
        "properties" => properties = Some(value),
        "geometry" => geometry = Some(value),
        "id" => id = Some(value),
        _ => others.push((name.to_owned(), value)),
    })
    .map_err(|_| SetAsideReason::BrokenJson)?;
    if properties.is_none() && geometry.is_none() {
        return Err(SetAsideReason::Unreadable);
    }
    let mut has_id = false;
    if let Some(properties) = properties.filter(|it| it.get() != "null") {
        each_member(properties.get(), |name, value| {
            has_id = has_id || name == "id";
            cells.member(name, value);
        })
        .map_err(|_| SetAsideReason::Unreadable)?;
    }
    if let Some(id) = id {
        // Decided once for the file, so that a column never holds now this and now that.
        let is_property = *id_is_property.get_or_insert(has_id);
        cells.member(if is_property { "feature.id" } else { "id" }, id);
    }
    for (name, value) in others {
        cells.member(&name, value);
    }
    let [lon_column, lat_column, radius_column] = geometry::COLUMNS;
    match geometry.map_or(Spread::Nothing, |it| geometry::read(it.get())) {
        Spread::Nothing => {}
        Spread::Point { lon, lat } => {
            cells.put_named(lon_column, &lon);
            cells.put_named(lat_column, &lat);
        }
        Spread::Box { lon, lat, radius_m } => {
            cells.put_named(lon_column, &lon.to_string());
            cells.put_named(lat_column, &lat.to_string());
            cells.put_named(radius_column, &radius_m.ceil().to_string());
        }
        Spread::Broken => cells.doubt_named(lon_column, DoubtCode::NotACoordinate),
    }
    Ok(())
}

/// Goes to the list that a JSON pointer such as `/response/data` names.
fn go_to(window: &mut Window, at: &str) -> Result<(), ReadError> {
    let names: Vec<String> = at
        .split('/')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace("~1", "/").replace("~0", "~"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if values::go_to_list(window, &names)? {
        return Ok(());
    }
    let what = format!("{} holds no list at {at}", window.name());
    Err(ReadError::new("not-a-table", what).hint("name the list of objects, as in at = \"/data\""))
}

/// Whether a text begins like a GeoJSON collection, or like features one a line.
pub(super) fn has_features(start: &[u8]) -> bool {
    memchr::memmem::find(start, b"\"FeatureCollection\"").is_some() || is_one_feature_a_line(start)
}

fn is_one_feature_a_line(start: &[u8]) -> bool {
    let Some(line) = lines(start).next() else { return false };
    let mut is_feature = false;
    let told = each_member(&String::from_utf8_lossy(line), |name, value| {
        is_feature |= name == "type" && value.get() == "\"Feature\"";
    });
    told.is_ok() && is_feature
}

/// Whether the first object runs over several lines. A first line that is merely broken does not
/// make it so: then the second one begins an object of its own.
fn runs_over_lines(start: &[u8]) -> bool {
    let mut lines = lines(start);
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return false };
    first.starts_with(b"{")
        && serde_json::from_slice::<&RawValue>(first).is_err()
        && !second.starts_with(b"{")
}

/// The lines that are not blank, trimmed.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| matches!(byte, b'\r' | b'\n'))
        .map(|line| line.trim_ascii().strip_prefix(b"\x1E").unwrap_or(line.trim_ascii()))
        .filter(|line| !line.is_empty())
}
