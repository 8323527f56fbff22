//! Files on disk: archives and compressed files read in place, and what is no table at all.

mod rows_support;

use std::fs;
use std::path::PathBuf;

use rows_support::{check, gzipped, read, read_all, refused, zipped};
use sheaf_read::rows::{self, Form};

const TABLE: &[u8] = b"a,b\n1,2\n3,4\n";
const EXPECTED: [&str; 3] = ["a | b", "2: 1 | 2", "3: 3 | 4"];

/// A fresh directory for one test.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("rows_files_{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn compressed_files_are_read_in_place_whatever_their_name() {
    check(&gzipped(TABLE), "acme.csv.gz", &EXPECTED);
    check(&gzipped(TABLE), "acme.csv", &EXPECTED);
    check(&zstd::encode_all(TABLE, 3).unwrap(), "acme.csv.zst", &EXPECTED);
    check(&zipped(&[("acme.csv", TABLE)]), "acme.zip", &EXPECTED);
    check(&gzipped(&gzipped(TABLE)), "acme.gz", &EXPECTED);
    check(&zipped(&[("acme.csv.gz", &gzipped(TABLE))]), "acme.zip", &EXPECTED);
    // Two members of a gzip file are one text.
    let two = [gzipped(b"a,b\n1,2\n"), gzipped(b"3,4\n")].concat();
    check(&two, "acme.csv.gz", &EXPECTED);
}

#[test]
fn a_truncated_gzip_is_read_up_to_the_break() {
    let text: String = (0..50_000).map(|n| format!("{n},{}\n", n * 7919 % 100_003)).collect();
    let text = format!("id,b\n{text}");
    for packed in [gzipped(text.as_bytes()), zstd::encode_all(text.as_bytes(), 3).unwrap()] {
        let whole = read(&packed, "acme.csv", &Form::default()).unwrap();
        assert_eq!((whole.rows.len(), whole.notes.doubts.len()), (50_000, 0));
        let told = read(&packed[..packed.len() * 3 / 4], "acme.csv", &Form::default()).unwrap();
        let n = told.rows.len();
        assert!(n > 10_000 && n < 50_000, "{n}");
        // The row at the break may have lost digits; all before it are as they were.
        assert_eq!(told.rows[..n - 1], whole.rows[..n - 1]);
        assert_eq!(told.lines().last().unwrap(), "file doubt: truncated-file");
        assert!(told.notes.set_aside.len() <= 1);
        assert_eq!(told.notes.doubts.len(), 1);
    }
}

#[test]
fn a_cut_last_row_is_kept_only_with_all_its_cells() {
    // Stored, not deflated, so that the break falls where the test puts it.
    let cut = |text: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut packer, text).unwrap();
        let packed = packer.finish().unwrap();
        packed[..packed.len() - 8].to_vec()
    };
    check(
        &cut(b"a,b\n1,2\n3,4"),
        "x.gz",
        &["a | b", "2: 1 | 2", "3: 3 | 4", "file doubt: truncated-file"],
    );
    let lost = ["a | b", "2: 1 | 2", "3 aside: unreadable", "file doubt: truncated-file"];
    check(&cut(b"a,b\n1,2\n3"), "x.gz", &lost);
    check(&cut(b"a,b\n1,2\n3,\"x"), "x.gz", &lost);
}

#[test]
fn a_gzip_broken_before_its_first_row_is_an_error() {
    assert_eq!(
        refused(&gzipped(TABLE)[..12], "acme.csv.gz", &Form::default()),
        ("truncated-file", "acme.csv.gz is cut off or damaged before its first row".to_owned())
    );
}

#[test]
fn a_damaged_member_of_an_archive_is_doubted() {
    let mut archive = zipped(&[("note.txt", b"x"), ("acme.csv", TABLE)]);
    // The second file is stored: change a cell under its checksum.
    let at = archive.windows(TABLE.len()).position(|it| it == TABLE).unwrap();
    archive[at + 4] = b'9';
    check(&archive, "acme.zip", &["a | b", "2: 9 | 2", "3: 3 | 4", "file doubt: truncated-file"]);
}

#[test]
fn an_archive_with_several_tables_asks_which() {
    let archive = zipped(&[("2014/a.csv", TABLE), ("b.csv", b"x\n1\n"), ("read.me", b"-")]);
    let error = read(&archive, "acme.zip", &Form::default()).unwrap_err();
    assert_eq!(error.what, "acme.zip holds 2 files that may be meant");
    assert_eq!(
        error.hint.as_deref(),
        Some("name one after the archive, as in acme.zip/2014/a.csv; it holds 2014/a.csv, b.csv")
    );

    let path = directory("several").join("acme.zip");
    fs::write(&path, &archive).unwrap();
    let opened = rows::open(&path.join("2014/a.csv"), &Form::default()).unwrap();
    assert_eq!(opened.file, "acme.zip/2014/a.csv");
    assert_eq!(read_all(opened).unwrap().lines(), EXPECTED);
    let form = Form { member: Some("b.csv".to_owned()), ..Form::default() };
    assert_eq!(read_all(rows::open(&path, &form).unwrap()).unwrap().lines(), ["x", "2: 1"]);
    let error = rows::open(&path.join("c.csv"), &Form::default()).unwrap_err();
    assert_eq!((error.code, error.what.as_str()), ("no-such-member", "acme.zip holds no c.csv"));
}

#[test]
fn an_archive_with_notes_beside_its_table_needs_no_asking() {
    let files: &[(&str, &[u8])] = &[
        ("README.txt", b"about"),
        ("__MACOSX/acme.csv", b"\0\0"),
        (".hidden.csv", b"x"),
        ("licence.pdf", b"%PDF-"),
        ("acme.csv", TABLE),
    ];
    check(&zipped(files), "acme.zip", &EXPECTED);
    check(&zipped(&[("acme.txt", TABLE), ("licence.pdf", b"%PDF-")]), "acme.zip", &EXPECTED);
    assert_eq!(refused(&zipped(&[]), "acme.zip", &Form::default()).0, "empty-file");
}

#[test]
fn progress_counts_the_bytes_of_the_file_itself() {
    let packed = gzipped(&[TABLE, &b"5,6\n".repeat(100_000)].concat());
    let path = directory("progress").join("acme.csv.gz");
    fs::write(&path, &packed).unwrap();
    let mut opened = rows::open(&path, &Form::default()).unwrap();
    assert_eq!(opened.bytes, packed.len() as u64);
    let (mut row, mut notes) = Default::default();
    while opened.rows.next(&mut row, &mut notes).unwrap() {}
    assert_eq!(opened.rows.bytes_taken(), packed.len() as u64);
}

#[test]
fn what_is_no_file_is_refused() {
    let directory = directory("refused");
    let shown = directory.display();
    let error = rows::open(&directory, &Form::default()).unwrap_err();
    assert_eq!(
        (error.code, error.what),
        ("is-a-directory", format!("{shown} is a directory, not a file"))
    );
    assert_eq!(error.hint, Some(format!("name the files in it, as in {shown}/*.csv")));
    let error = rows::open(&directory.join("acme.csv"), &Form::default()).unwrap_err();
    assert_eq!(
        (error.code, error.what),
        ("no-such-file", format!("{shown}/acme.csv: there is no such file"))
    );
    fs::write(directory.join("plain.csv"), TABLE).unwrap();
    let error = rows::open(&directory.join("plain.csv/x.csv"), &Form::default()).unwrap_err();
    assert_eq!(
        (error.code, error.what.as_str()),
        ("no-such-member", "plain.csv is no archive, so it holds no x.csv")
    );
}

#[test]
fn what_is_no_table_is_refused_by_what_it_is() {
    for (start, what) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "a PNG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"SQLite format 3\0\x10\0", "an SQLite database"),
        (b"\n <!DOCTYPE HTML><html>", "a web page"),
        (b"<?xml version=\"1.0\"?>", "an XML document"),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "an old Office document (xls, doc) or an encrypted one",
        ),
        (b"\x01\x02\x03\x04a,b", "binary data of a kind unknown to sheaf"),
    ] {
        let expected = ("not-a-table", format!("x.csv is {what}, not a table"));
        assert_eq!(refused(start, "x.csv", &Form::default()), expected);
        assert_eq!(refused(&gzipped(start), "x.csv", &Form::default()), expected);
    }
    let word = zipped(&[("word/document.xml", b"<x/>")]);
    assert_eq!(
        refused(&word, "x.docx", &Form::default()),
        ("not-a-table", "x.docx is a Word document, not a table".to_owned())
    );
}
