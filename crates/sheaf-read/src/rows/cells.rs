//! Cells that need care before they are text: bytes that are not UTF-8, NUL bytes, cells far too
//! long. Doubts raised here repeat nothing of what was said: the cell may be about people, and
//! nobody has looked at its column yet.

use std::borrow::Cow;

use sheaf_model::{Doubt, DoubtCode};

use super::{Encoding, MAX_CELL, Row};

/// Makes text of bytes. The second value tells whether they had to be read as Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            (text, true)
        }
    }
}

/// Whether a cell is longer than may be kept.
pub(super) fn too_long(cell: &str) -> bool {
    cell.len() > MAX_CELL && cell.chars().nth(MAX_CELL).is_some()
}

/// Makes a row of cells of which at least one needs care, and raises the doubts: one for each row
/// about its encoding and about NUL bytes (at the first such cell), one for each cell too long.
pub(super) fn mend(
    number: u64,
    bytes: &[u8],
    ends: &[usize],
    encoding: Encoding,
    row: &mut Row,
    doubts: &mut Vec<Doubt>,
) {
    row.restart(number);
    let (mut first_not_utf8, mut first_nul) = (None, None);
    let mut start = 0;
    for (idx, &end) in ends.iter().enumerate() {
        let column = idx as u16;
        let mut cell = Cow::Borrowed(&bytes[start..end]);
        start = end;
        if memchr::memchr(0, &cell).is_some() {
            cell.to_mut().retain(|&byte| byte != 0);
            first_nul.get_or_insert(column);
        }
        let (text, not_utf8) = decode(&cell);
        if not_utf8 && encoding == Encoding::Utf8 {
            first_not_utf8.get_or_insert(column);
        }
        if too_long(&text) {
            doubts.push(Doubt::about_cell(number, column, DoubtCode::TooLong, ""));
            row.push("");
        } else {
            row.push(&text);
        }
    }
    if let Some(column) = first_not_utf8 {
        doubts.push(Doubt::about_cell(number, column, DoubtCode::NotUtf8, ""));
    }
    if let Some(column) = first_nul {
        doubts.push(Doubt::about_cell(number, column, DoubtCode::NulByte, ""));
    }
}
