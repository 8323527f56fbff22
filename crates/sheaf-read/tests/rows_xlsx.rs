//! Workbooks as rows.

mod rows_support;

use rows_support::{check, check_form, gzipped, read, refused, workbook, zipped};
use sheaf_read::rows::{Form, Format, Header};

const TABLE: &str = r#"
<row r="2"><c r="A2" t="inlineStr"><is><t>eventid</t></is></c><c r="B2" t="inlineStr"><is><t>when</t></is></c><c r="C2" t="inlineStr"><is><t>dead</t></is></c></row>
<row r="3"><c r="A3"><v>201403010001</v></c><c r="B3" s="1"><v>41699</v></c><c r="C3"><v>31</v></c></row>
<row r="5"><c r="A5"><v>0.1</v></c><c r="B5" s="2"><v>41781.25</v></c><c r="C5" t="e"><v>#REF!</v></c></row>
<row r="6"><c r="A6" t="b"><v>1</v></c><c r="B6" s="3"><v>1.5</v></c><c r="D6" t="str"><v>stray</v></c></row>
<row r="7"><c r="B7" s="2"><v>0.5</v></c><c r="C7" t="inlineStr"><is><t> </t></is></c></row>
"#;

const EXPECTED: [&str; 7] = [
    "eventid | when | dead",
    "3: 201403010001 | 2014-03-01 | 31",
    "5: 0.1 | 2014-05-22T06:00:00 | #REF!",
    "6: TRUE | 36:00:00 | ",
    "7:  | 12:00:00 | ",
    "4 aside: blank",
    "6 doubt: extra-cells",
];

#[test]
fn a_sheet_is_read_as_a_spreadsheet_would_write_it() {
    check(&workbook(&[("data", TABLE), ("notes", "")]), "acme.xlsx", &EXPECTED);
}

#[test]
fn a_workbook_may_be_wrapped_and_misnamed() {
    let book = workbook(&[("data", TABLE)]);
    check(&book, "acme.csv", &EXPECTED);
    check(&gzipped(&book), "acme.xlsx.gz", &EXPECTED);
    check(&zipped(&[("acme.xlsx", &book), ("note.txt", b"x")]), "acme.zip", &EXPECTED);
}

#[test]
fn a_sheet_may_be_named() {
    let book = workbook(&[("notes", ""), ("data", TABLE)]);
    let form = |sheet: &str| Form { sheet: Some(sheet.to_owned()), ..Form::default() };
    check_form(&book, "acme.xlsx", &form("data"), &EXPECTED);
    let error = read(&book, "acme.xlsx", &form("Data")).unwrap_err();
    assert_eq!(error.what, "acme.xlsx has no sheet named \"Data\"");
    assert_eq!(error.hint.as_deref(), Some("it has notes, data"));
    assert_eq!(
        refused(&book, "acme.xlsx", &Form::default()),
        ("empty-file", "acme.xlsx: the sheet \"notes\" is empty".to_owned())
    );
}

#[test]
fn names_may_be_given_for_a_sheet_without_a_header() {
    let sheet = r#"<row r="1"><c r="B1"><v>7</v></c></row>"#;
    let header = Header::Given(vec!["a".to_owned(), "b".to_owned()]);
    let form = Form { header, ..Form::default() };
    check_form(&workbook(&[("x", sheet)]), "acme.xlsx", &form, &["a | b", "1:  | 7"]);
}

#[test]
fn one_cell_at_the_far_corner_needs_no_grid() {
    let sheet = r#"<dimension ref="A1:XFD1048576"/><row r="1"><c r="A1"><v>1</v></c></row>
        <row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    let told = read(&workbook(&[("x", sheet)]), "acme.xlsx", &Form::default()).unwrap();
    assert_eq!((told.rows.len(), told.notes.set_aside.len()), (1, 1_048_574));
}

#[test]
fn cells_out_of_order_are_doubted() {
    let sheet = r#"<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
        <row r="3"><c r="B3"><v>3</v></c><c r="A3"><v>4</v></c></row>
        <row r="2"><c r="A2"><v>5</v></c></row>"#;
    check(
        &workbook(&[("x", sheet)]),
        "acme.xlsx",
        &["a | b", "3:  | 3", "2 aside: blank", "file doubt: partial-read"],
    );
}

#[test]
fn a_sheet_that_breaks_off_is_read_up_to_there() {
    let sheet = r#"<row r="1"><c r="A1" t="str"><v>a</v></c></row>
        <row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</w></c></row>"#;
    check(&workbook(&[("x", sheet)]), "acme.xlsx", &["a", "2: 1", "file doubt: truncated-file"]);
}

#[test]
fn a_damaged_workbook_is_one_clear_error() {
    let book = workbook(&[("data", TABLE)]);
    let (code, what) = refused(&book[..book.len() - 30], "acme.xlsx", &Form::default());
    assert_eq!(code, "damaged-archive");
    assert!(what.starts_with("acme.xlsx is a zip archive that is cut off or damaged"), "{what}");
    let empty = zipped(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b"")]);
    assert_eq!(refused(&empty, "acme.xlsx", &Form::default()).0, "damaged-workbook");
    let form = Form { format: Some(Format::Xlsx), ..Form::default() };
    assert_eq!(refused(b"a,b\n1,2\n", "acme.xlsx", &form).0, "wrong-format");
    let form = Form { format: Some(Format::Csv), ..Form::default() };
    assert_eq!(refused(&book, "acme.xlsx", &form).0, "wrong-format");
}
