//! What a file is by its first bytes, whatever its name says.

/// What a file turns out to be when it is no table: "a PNG picture". `None` if it may be one.
pub(super) fn no_table(start: &[u8]) -> Option<&'static str> {
    let known = MAGIC
        .iter()
        .find(|(at, bytes, _)| start.get(*at..).is_some_and(|rest| rest.starts_with(bytes)));
    if let Some((_, _, what)) = known {
        return Some(what);
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    for (prefix, what) in [
        ("<!doctype html", "a web page"),
        ("<html", "a web page"),
        ("<?xml", "an XML document"),
        ("<kml", "a KML document"),
        ("{\\rtf", "a rich-text document"),
    ] {
        if text.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix.as_bytes())) {
            return Some(what);
        }
    }
    is_binary(start).then_some("binary data of a kind unknown to sheaf")
}

/// Where the mark stands, the mark, and what it is the mark of.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xFF\xD8\xFF", "a JPEG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (8, b"WEBPVP8", "a WebP picture"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"ARROW1\0\0", "an Arrow file"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office document (xls, doc) or an encrypted one",
    ),
    (4, b"1AY&SY", "a bzip2 archive"),
    (0, b"\xFD7zXZ\0", "an xz archive"),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (0, b"Rar!\x1A\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x7FELF", "a program"),
    (0, b"MZ\x90\0", "a program"),
    (0, b"RDX2\n", "an R data file"),
    (0, b"RDX3\n", "an R data file"),
    (0, b"<stata_dta>", "a Stata data file"),
    (0, b"$FL2", "an SPSS data file"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
];

/// Whether control characters make up a good part of it. A few are no reason to refuse a file:
/// NUL bytes in an old export are a doubt for their row.
fn is_binary(start: &[u8]) -> bool {
    let odd = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x1E);
    start.iter().filter(odd).count() * 10 > start.len() * 3
}

/// How a compressed or bundled file begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrapping {
    Gzip,
    Zstandard,
    Zip,
}

/// How the file is wrapped, if it is.
pub(super) fn wrapping(start: &[u8]) -> Option<Wrapping> {
    match start {
        [0x1F, 0x8B, ..] => Some(Wrapping::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Wrapping::Zstandard),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Wrapping::Zip),
        _ => None,
    }
}

/// The UTF-16 a text is in: by its byte order mark, or because every other byte is NUL.
pub(super) fn utf_16(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match start {
        [0xFF, 0xFE, ..] => return Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let pairs = start.chunks_exact(2).take(256);
    let n_pairs = pairs.len();
    let (mut low_nul, mut high_nul) = (0, 0);
    for pair in pairs {
        low_nul += usize::from(pair[0] == 0 && pair[1] != 0);
        high_nul += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let most = |n: usize| n >= 4 && n * 10 > n_pairs * 9;
    match (most(low_nul), most(high_nul)) {
        (true, _) => Some(encoding_rs::UTF_16BE),
        (_, true) => Some(encoding_rs::UTF_16LE),
        _ => None,
    }
}
