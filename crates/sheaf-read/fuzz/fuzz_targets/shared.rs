//! What every target does: read whatever it is to its end, and hold it to what must hold.

use sheaf_read::rows::{self, Form, Format, Notes, Row};

/// Reads bytes as a format. Ends in rows or in one error; never in a panic or a row out of order.
pub fn read(bytes: &[u8], format: Option<Format>) {
    let form = Form { format, ..Form::default() };
    let Ok(mut opened) = rows::open_bytes(bytes.to_vec(), "fuzzed", &form) else { return };
    let (mut row, mut notes, mut last) = (Row::default(), Notes::default(), 0);
    while let Ok(true) = opened.rows.next(&mut row, &mut notes) {
        assert!(row.number() > last, "row {} behind row {last}", row.number());
        last = row.number();
        let n_columns = opened.rows.columns().len();
        assert!(row.len() <= n_columns, "{} cells under {n_columns} columns", row.len());
        assert!(row.cells().all(|cell| cell.len() <= 4 * rows::MAX_CELL));
    }
    let n_columns = opened.rows.columns().len();
    assert!(
        notes.doubts.iter().all(|doubt| doubt.column.is_none_or(|at| usize::from(at) < n_columns))
    );
}
