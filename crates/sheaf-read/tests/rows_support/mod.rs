//! What the row tests share: a file read to its end and told as text.

#![allow(dead_code)]

use std::io::{self, Read, Write};

use sheaf_read::ReadError;
use sheaf_read::rows::{self, Form, Notes, Opened, Row};

/// A file read to its end.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    pub columns: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
    pub notes: Notes,
}

impl Told {
    /// Rows, rows set aside and doubts as lines of text, under the columns.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.columns.join(" | ")];
        lines.extend(
            self.rows.iter().map(|(number, cells)| format!("{number}: {}", cells.join(" | "))),
        );
        for aside in &self.notes.set_aside {
            lines.push(format!("{} aside: {}", aside.row, aside.reason.code()));
        }
        for doubt in &self.notes.doubts {
            let row = doubt.row.map_or("file".to_owned(), |row| row.to_string());
            let column = match doubt.column {
                Some(column) => format!(" {}", self.columns[usize::from(column)]),
                None => String::new(),
            };
            let said =
                if doubt.said.is_empty() { String::new() } else { format!(" \"{}\"", doubt.said) };
            lines.push(format!("{row}{column} doubt: {}{said}", doubt.code.code()));
        }
        lines
    }

    pub fn n_read(&self) -> usize {
        self.rows.len() + self.notes.set_aside.len()
    }
}

pub fn read_all(mut opened: Opened) -> Result<Told, ReadError> {
    let (mut row, mut told) = (Row::default(), Told::default());
    while opened.rows.next(&mut row, &mut told.notes)? {
        told.rows.push((row.number(), row.cells().map(str::to_owned).collect()));
    }
    // At the end it stays at the end, and tells nothing twice.
    let n_doubts = told.notes.doubts.len();
    assert!(!opened.rows.next(&mut row, &mut told.notes)?);
    assert_eq!(told.notes.doubts.len(), n_doubts);
    told.columns = opened.rows.columns().to_vec();
    Ok(told)
}

pub fn read(bytes: &[u8], name: &str, form: &Form) -> Result<Told, ReadError> {
    read_all(rows::open_bytes(bytes.to_vec(), name, form)?)
}

/// Reads and compares with lines as [`Told::lines`] gives them, and reads once more a byte at a
/// time, which must make no difference.
#[track_caller]
pub fn check_form(bytes: &[u8], name: &str, form: &Form, expected: &[&str]) {
    let told = read(bytes, name, form).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        told.lines(),
        expected,
        "{}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
    );
    let drops = Drops { bytes: bytes.to_vec(), at: 0, step: 1 };
    let again = rows::open_read(drops, name, form).and_then(read_all).expect("it was read before");
    assert_eq!(told, again, "a byte at a time");
}

#[track_caller]
pub fn check(bytes: &[u8], name: &str, expected: &[&str]) {
    check_form(bytes, name, &Form::default(), expected);
}

/// The error and hint with which a file is refused.
#[track_caller]
pub fn refused(bytes: &[u8], name: &str, form: &Form) -> (&'static str, String) {
    match read(bytes, name, form) {
        Ok(told) => panic!("{name} was read: {:?}", told.lines()),
        Err(error) => (error.code, error.what),
    }
}

/// A reader that gives a few bytes at a time.
pub struct Drops {
    pub bytes: Vec<u8>,
    pub at: usize,
    pub step: usize,
}

impl Read for Drops {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.step.min(buf.len()).min(self.bytes.len() - self.at);
        buf[..n].copy_from_slice(&self.bytes[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (idx, (name, bytes)) in files.iter().enumerate() {
        // Both ways of packing take their turn.
        let method = if idx % 2 == 0 {
            zip::CompressionMethod::Deflated
        } else {
            zip::CompressionMethod::Stored
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook with these sheets, each the inside of its `sheetData`.
pub fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    let (mut list, mut links) = (String::new(), String::new());
    let mut files: Vec<(String, String)> = Vec::new();
    for (idx, (name, data)) in sheets.iter().enumerate() {
        let n = idx + 1;
        list.push_str(&format!(r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#));
        links.push_str(&format!(
            r#"<Relationship Id="rId{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        ));
        files.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!(r#"<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>"#),
        ));
    }
    links.push_str(&format!(
        r#"<Relationship Id="rId99" Type="{relations}/styles" Target="styles.xml"/>"#
    ));
    files.push((
        "xl/workbook.xml".into(),
        format!(
            r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{list}</sheets></workbook>"#
        ),
    ));
    files.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!(r#"<Relationships xmlns="{packages}/relationships">{links}</Relationships>"#),
    ));
    files.push((
        "_rels/.rels".into(),
        format!(
            r#"<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    ));
    // Style 1 is a date, style 2 a date with time, style 3 a duration.
    files.push((
        "xl/styles.xml".into(),
        format!(
            r#"<styleSheet xmlns="{main}"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs></styleSheet>"#
        ),
    ));
    files.push((
        "[Content_Types].xml".into(),
        format!(r#"<Types xmlns="{packages}/content-types"/>"#),
    ));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&files)
}
