//! What may be known about a file's form before it is opened, and what was found once it is.

use super::Rows;

/// The formats that come out as rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Text with separated cells: comma, semicolon, tab or bar.
    Csv,
    /// One JSON object on each line, or one JSON list of objects.
    JsonLines,
    /// A GeoJSON FeatureCollection, or one Feature on each line.
    GeoJson,
    /// An Office Open XML workbook.
    Xlsx,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Csv, Format::JsonLines, Format::GeoJson, Format::Xlsx];

    /// The word used in mappings and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::JsonLines => "jsonl",
            Format::GeoJson => "geojson",
            Format::Xlsx => "xlsx",
        }
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What the bytes of a text file stand for. UTF-16 is recognised by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// UTF-8. A cell that is not valid is read as Windows-1252, with a doubt for its row.
    #[default]
    Utf8,
    /// Known to be Windows-1252, so that reading a cell as such raises no doubt. A cell that is
    /// valid UTF-8 is still read as UTF-8: the file may have been saved anew since.
    Windows1252,
}

impl Encoding {
    /// The encoding with this name; "auto" is UTF-8 with a doubt where it fails.
    pub fn from_name(name: &str) -> Option<Encoding> {
        match name {
            "auto" | "utf-8" => Some(Encoding::Utf8),
            "windows-1252" => Some(Encoding::Windows1252),
            _ => None,
        }
    }
}

/// Where a table's column names come from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Header {
    /// From its first row that is not blank.
    #[default]
    FirstRow,
    /// The file has no header; these are its columns.
    Given(Vec<String>),
}

/// What is known about a file's form. The default knows nothing and looks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Form {
    /// The format, if known.
    pub format: Option<Format>,
    /// The encoding of a text file.
    pub encoding: Encoding,
    /// The byte between the cells of a CSV file, if known.
    pub delimiter: Option<u8>,
    /// Whether a double quote in a CSV file is a character like any other.
    pub quotes_are_text: bool,
    /// Where the column names come from.
    pub header: Header,
    /// The sheet of a workbook; the first one that is a table, if `None`.
    pub sheet: Option<String>,
    /// Which file of a zip archive; the only one that is data, if `None`.
    pub member: Option<String>,
    /// Where in a JSON document the list of objects lies, as in `/response/data`.
    pub at: Option<String>,
}

/// A file opened as rows.
pub struct Opened {
    /// Its rows.
    pub rows: Box<dyn Rows>,
    /// Its format, as given or found.
    pub format: Format,
    /// The file's name as spots show it: without its folder, with the member of an archive where
    /// one was chosen.
    pub file: String,
    /// How many bytes [`Rows::bytes_taken`] will count to; 0 if not known.
    pub bytes: u64,
    /// The byte between cells, for CSV.
    pub delimiter: Option<u8>,
    /// The sheet read, for a workbook.
    pub sheet: Option<String>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("format", &self.format)
            .field("file", &self.file)
            .field("bytes", &self.bytes)
            .field("columns", &self.rows.columns())
            .finish_non_exhaustive()
    }
}
