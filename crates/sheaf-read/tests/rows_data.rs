//! The real files of the issue, if they are at hand: every row comes out.

mod rows_support;

use std::path::PathBuf;

use rows_support::{Told, read_all};
use sheaf_read::rows::{self, Form, Header};

fn data(file: &str, form: &Form) -> Option<Told> {
    let Some(directory) = std::env::var_os("SHEAF_DATA") else {
        eprintln!("skipped: SHEAF_DATA is not set");
        return None;
    };
    let path = PathBuf::from(directory).join(file);
    Some(rows::open(&path, form).and_then(read_all).unwrap())
}

#[test]
fn every_row_of_the_real_files_comes_out() {
    for (file, n_columns, n_rows, n_aside) in [
        ("events/ged-car-23.1.csv", 48, 1848, 0),
        ("events/ged-syria-19.1.csv.gz", 41, 16_566, 0),
        ("events/ged-ukraine-hdx-layout.csv", 52, 1167, 1),
        ("events/ged-pakistan-14col.csv", 14, 4836, 0),
        ("events/ged-global-subset-14col.csv.gz", 14, 176_579, 0),
        ("events/ged-sample-49col.csv", 49, 1000, 0),
    ] {
        let Some(told) = data(file, &Form::default()) else { return };
        assert_eq!(told.columns.len(), n_columns, "{file}");
        assert_eq!((told.rows.len(), told.notes.set_aside.len()), (n_rows, n_aside), "{file}");
        assert_eq!(told.notes.doubts, [], "{file}");
    }
}

#[test]
fn every_line_of_a_gdelt_export_comes_out() {
    let names = (0..61).map(|idx| format!("c{idx}")).collect();
    let form = Form { header: Header::Given(names), quotes_are_text: true, ..Form::default() };
    let Some(told) = data("events/gdelt-20191024143000.export.csv.gz", &form) else { return };
    assert_eq!((told.rows.len(), told.n_read(), told.notes.doubts.len()), (2111, 2111, 0));
}
