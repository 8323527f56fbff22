//! What holds for any bytes, and for any table.

mod rows_support;

use proptest::prelude::*;
use rows_support::{Drops, gzipped, read, read_all, workbook, zipped};
use sheaf_read::rows::{self, Form, Format, Header};

/// Reads whatever it is, and checks what must hold of every reading.
fn read_anything(bytes: &[u8], format: Option<Format>, step: usize) {
    let form = Form { format, ..Form::default() };
    let whole = read(bytes, "x", &form);
    if let Ok(told) = &whole {
        for (_, cells) in &told.rows {
            assert!(cells.len() <= told.columns.len());
        }
        for doubt in &told.notes.doubts {
            assert!(doubt.column.is_none_or(|column| usize::from(column) < told.columns.len()));
        }
        let numbers: Vec<u64> = told.rows.iter().map(|(number, _)| *number).collect();
        assert!(numbers.is_sorted_by(|left, right| left < right));
    }
    let drops = Drops { bytes: bytes.to_vec(), at: 0, step };
    assert_eq!(rows::open_read(drops, "x", &form).and_then(read_all), whole);
}

/// Bytes that make trouble more often than random ones do.
fn pieces(alphabet: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(alphabet).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

const CSV: &[&str] = &[
    "a", "b", "1", ",", ",", ";", "\t", "|", "\n", "\n", "\r", "\r\n", "\"", "\"", "\"\"", " ",
    "ü", "\0", "#x", "sep=;\n",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\"a\"",
    "\"id\"",
    ":",
    ",",
    "1",
    "null",
    "true",
    "\\",
    "\\u0000",
    "\n",
    " ",
    "ü",
    "{\"a\":1}",
    "{\"a\":",
    "\0",
];
const GEO: &[&str] = &[
    "{\"type\":\"FeatureCollection\",\"features\":[",
    "{\"type\":\"Feature\",",
    "\"properties\":{",
    "\"geometry\":{\"type\":",
    "\"Point\"",
    "\"Polygon\"",
    ",\"coordinates\":",
    "[1,2]",
    "[[1,2],[3,4]]",
    "[",
    "]",
    "}",
    ",",
    "null",
    "\"a\":1",
    "\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), step in 1usize..40) {
        for format in [None, Some(Format::Csv), Some(Format::JsonLines), Some(Format::GeoJson), Some(Format::Xlsx)] {
            read_anything(&bytes, format, step);
        }
    }

    #[test]
    fn no_near_csv_panics(bytes in pieces(CSV), step in 1usize..20) {
        read_anything(&bytes, None, step);
        read_anything(&bytes, Some(Format::Csv), step);
        let form = Form { header: Header::Given(vec!["a".into(), "b".into()]), ..Form::default() };
        let _ = read(&bytes, "x", &form);
    }

    #[test]
    fn no_near_json_panics(bytes in pieces(JSON), step in 1usize..20) {
        read_anything(&bytes, None, step);
        read_anything(&bytes, Some(Format::JsonLines), step);
    }

    #[test]
    fn no_near_geojson_panics(bytes in pieces(GEO), step in 1usize..20) {
        read_anything(&bytes, None, step);
        read_anything(&bytes, Some(Format::GeoJson), step);
    }

    #[test]
    fn no_damaged_archive_panics(at in any::<proptest::sample::Index>(), byte in any::<u8>(), len in any::<proptest::sample::Index>()) {
        let sheet = r#"<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2" s="1"><v>41699</v></c></row>"#;
        let table = b"a,b\n1,2\n3,4\n";
        for mut bytes in [
            workbook(&[("x", sheet)]),
            zipped(&[("a.csv", table)]),
            gzipped(table),
            zstd::encode_all(&table[..], 3).unwrap(),
        ] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = read(&bytes, "x", &Form::default());
            bytes.truncate(len.index(bytes.len()));
            let _ = read(&bytes, "x", &Form::default());
        }
    }

    /// Without quotes a line is a row, so the two add up to the lines there are.
    #[test]
    fn invariant_06_every_line_is_a_row_or_set_aside(
        lines in proptest::collection::vec("[a-c1-3,;# ]{0,8}", 0..30),
    ) {
        let text = format!("h,i\n{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        let form = Form { delimiter: Some(b','), ..Form::default() };
        let told = read(text.as_bytes(), "x", &form).unwrap();
        prop_assert_eq!(told.n_read(), lines.len());
    }

    #[test]
    fn invariant_01_a_well_formed_table_comes_back_to_the_letter(
        table in table(),
        delimiter in proptest::sample::select(&b",;\t|"[..]),
        end in proptest::sample::select(&["\n", "\r\n", "\r"][..]),
        ends_with_line in any::<bool>(),
        step in 1usize..50,
    ) {
        let (text, numbers) = written(&table, delimiter, end, ends_with_line);
        let form = Form { delimiter: Some(delimiter), ..Form::default() };
        let drops = Drops { bytes: text.clone().into_bytes(), at: 0, step };
        let told = rows::open_read(drops, "x", &form).and_then(read_all).unwrap();
        prop_assert_eq!(&told.columns, &table[0]);
        let expected: Vec<(u64, Vec<String>)> =
            numbers[1..].iter().copied().zip(table[1..].iter().cloned()).collect();
        prop_assert_eq!(&told.rows, &expected, "{:?}", text);
        prop_assert_eq!(told.lines().len(), table.len());
    }
}

/// A header and rows as wide as it, of cells with all that has to be quoted.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (2usize..6, 0usize..8).prop_flat_map(|(n_columns, n_rows)| {
        let header: Vec<String> = (0..n_columns).map(|idx| format!("name{idx}")).collect();
        let cell = "[a-zü,;|\t\"\n\r ]{0,6}";
        let row = proptest::collection::vec(cell, n_columns - 1).prop_map(|mut cells| {
            // One cell that is never blank, never a tag and never a name of a column.
            cells.insert(0, "key".to_owned());
            cells
        });
        proptest::collection::vec(row, n_rows).prop_map(move |mut rows| {
            rows.insert(0, header.clone());
            rows
        })
    })
}

/// The table as CSV, and the line at which each row starts.
fn written(
    table: &[Vec<String>],
    delimiter: u8,
    end: &str,
    ends_with_line: bool,
) -> (String, Vec<u64>) {
    let (mut text, mut numbers, mut line) = (String::new(), Vec::new(), 1);
    for (idx, row) in table.iter().enumerate() {
        numbers.push(line);
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell.contains([',', ';', '\t', '|', '"', '\n', '\r']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            })
            .collect();
        let record = cells.join(&char::from(delimiter).to_string());
        line += 1 + record.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64;
        text.push_str(&record);
        if idx + 1 < table.len() || ends_with_line {
            text.push_str(end);
        }
    }
    (text, numbers)
}
