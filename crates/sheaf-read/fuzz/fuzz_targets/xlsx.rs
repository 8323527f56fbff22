//! Any bytes as the sheet and the styles of a workbook that is well-formed otherwise: the checksums
//! of a zip archive would keep a fuzzer out of its inside for ever.
#![no_main]

mod shared;

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use sheaf_read::rows::Format;
use zip::write::SimpleFileOptions;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGES: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// calamine 0.38 has arithmetic that overflows on damaged cell references, which panics in builds
/// that check. Our reader turns that into an error, so it is no finding; any other panic is one.
fn pass_over_known_panics() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("/calamine-")) {
            abort(panic);
        }
    }));
}

fuzz_target!(init: pass_over_known_panics(), |bytes: &[u8]| {
    // A NUL byte parts the sheet from the styles and the shared strings.
    let mut parts = bytes.splitn(3, |&byte| byte == 0);
    let sheet = parts.next().unwrap_or_default();
    let styles = parts.next().unwrap_or_default();
    let strings = parts.next().unwrap_or_default();
    let links = format!(
        r#"<Relationships xmlns="{PACKAGES}"><Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let root = format!(
        r#"<Relationships xmlns="{PACKAGES}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="x" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let files: [(&str, &[u8]); 7] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", strings),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in files {
        archive.start_file(name, options).expect("the names are valid");
        archive.write_all(content).expect("memory takes everything");
    }
    let book = archive.finish().expect("memory takes everything").into_inner();
    shared::read(&book, Some(Format::Xlsx));
});
