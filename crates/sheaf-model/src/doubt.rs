//! Messy data is not an error. What cannot be read raises a [`Doubt`] and the rest is kept; a row
//! that cannot become a report is [`SetAside`] with its reason; and a [`Tally`] adds up:
//! read = reports + set aside (invariant 6).

use std::collections::BTreeMap;
use std::fmt;

macro_rules! coded {
    ($(#[$outer:meta])* $type:ident { $($variant:ident = $code:literal, $sentence:literal;)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[allow(missing_docs)]
        #[repr(u8)]
        pub enum $type { $($variant,)* }

        impl $type {
            /// Every one of them.
            pub const ALL: &[$type] = &[$($type::$variant,)*];

            /// The stable code used in files and JSON.
            pub fn code(self) -> &'static str {
                match self { $($type::$variant => $code,)* }
            }

            /// The words shown to people, after what was said.
            pub fn sentence(self) -> &'static str {
                match self { $($type::$variant => $sentence,)* }
            }

            /// The one with this code.
            pub fn from_code(code: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|it| it.code() == code)
            }
        }
    };
}

coded! {
    /// Why a cell, or something about a row, is in doubt.
    DoubtCode {
        NotADay = "not-a-day", "is no day; kept as said, left undated";
        ImplausibleDay = "implausible-day", "is an unlikely day for an incident; kept and used as said";
        EndBeforeStart = "end-before-start", "ends before it starts; kept as said, left undated";
        NotANumber = "not-a-number", "is no number; kept as said, not counted";
        NumberOutOfRange = "number-out-of-range", "is outside the range of the field; kept as said, not counted";
        BoundsOutOfOrder = "bounds-out-of-order", "does not lie between its lower and upper bound; kept as said, the widest interval is used";
        NotACoordinate = "not-a-coordinate", "is no coordinate; kept as said, left without a point";
        OffTheGlobe = "off-the-globe", "lies off the globe; kept as said, left without a point";
        LatLonSwapped = "lat-lon-swapped", "looks like latitude and longitude in each other's place; kept as said, left without a point";
        NullIsland = "null-island", "is the point 0, 0, which stands for a missing one; kept as said, left without a point";
        NoPrecision = "no-precision", "comes with no precision; the reader's default radius is used";
        UnknownCode = "unknown-code", "is no code this source is known to use; kept as said, not understood";
        DamagedKey = "damaged-key", "looks like a key damaged by a spreadsheet; kept as said";
        DuplicateKey = "duplicate-key", "is the key of an earlier, different row; both are kept";
        NoKey = "no-key", "stands for a missing key; the row is named by its content";
        UnknownColumn = "unknown-column", "is a column the reader does not know; its cells are not kept";
        MissingColumn = "missing-column", "is a column the reader expects and the file lacks";
        NotUtf8 = "not-utf8", "was not valid UTF-8 and was read as Windows-1252";
        NulByte = "nul-byte", "held NUL bytes, which were taken out";
        TooLong = "too-long", "is longer than a cell may be; not kept";
        ExtraCells = "extra-cells", "has more cells than the header; the extra ones are not kept";
        MissingCells = "missing-cells", "has fewer cells than the header; the missing ones are blank";
        TruncatedFile = "truncated-file", "ends in the middle; everything before the break was read";
        NotText = "not-text", "is a nested value where plain text was expected; not kept";
        PartialRead = "partial-read", "was understood only in part";
        DuplicateColumn = "duplicate-column", "is the name of an earlier column too; this one is read as a column of its own";
    }
}

coded! {
    /// Why a row did not become a report.
    SetAsideReason {
        ExactCopy = "exact-copy", "says exactly what an earlier row says";
        TagRow = "tag-row", "is a row of tags, not data";
        RepeatedHeader = "repeated-header", "repeats the header";
        Blank = "blank", "is blank";
        NothingInScope = "nothing-in-scope", "holds nothing the reader keeps";
        UnclosedQuote = "unclosed-quote", "opens a quote that is never closed";
        TooLong = "too-long", "is longer than a row may be";
        NotAnObject = "not-an-object", "is no JSON object";
        BrokenJson = "broken-json", "is not valid JSON";
        AboutPeople = "about-people", "is an entry about a person, not an incident";
        OutOfScope = "out-of-scope", "is of a kind this reader leaves out";
        Unreadable = "unreadable", "could not be read";
    }
}

/// Something about a file that could not be taken at face value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// Line, row or object number; `None` when it is about the whole file or a column.
    pub row: Option<u64>,
    /// The column, as an index into the import's list of columns.
    pub column: Option<u16>,
    /// What is wrong.
    pub code: DoubtCode,
    /// What was said, shortened to [`Doubt::MAX_SAID`] characters. Empty when the cell may hold
    /// data about people: a doubt must not carry what the pool refuses.
    pub said: String,
}

impl Doubt {
    /// How many characters of what was said a doubt repeats.
    pub const MAX_SAID: usize = 60;

    /// A doubt about a cell.
    pub fn about_cell(row: u64, column: u16, code: DoubtCode, said: &str) -> Doubt {
        Doubt { row: Some(row), column: Some(column), code, said: shorten(said) }
    }

    /// A doubt about a row as a whole.
    pub fn about_row(row: u64, code: DoubtCode, said: &str) -> Doubt {
        Doubt { row: Some(row), column: None, code, said: shorten(said) }
    }

    /// A doubt about the file or one of its columns.
    pub fn about_file(code: DoubtCode, said: &str) -> Doubt {
        Doubt { row: None, column: None, code, said: shorten(said) }
    }

    /// The sentence people read: `acme.csv:412: date: "31/02/2021" is no day; …`.
    pub fn sentence(&self, file: &str, columns: &[String]) -> String {
        let mut text = file.to_owned();
        if let Some(row) = self.row {
            text.push_str(&format!(":{row}"));
        }
        text.push_str(": ");
        if let Some(name) = self.column.and_then(|column| columns.get(usize::from(column))) {
            text.push_str(name);
            text.push_str(": ");
        }
        if self.said.is_empty() {
            text.push_str("this ");
        } else {
            text.push_str(&format!("\"{}\" ", self.said));
        }
        text.push_str(self.code.sentence());
        text
    }
}

fn shorten(said: &str) -> String {
    let mut characters = said.chars();
    let mut text: String = characters
        .by_ref()
        .take(Doubt::MAX_SAID)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}

/// A row that did not become a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetAside {
    /// Line, row or object number.
    pub row: u64,
    /// Why.
    pub reason: SetAsideReason,
}

/// How a reading adds up: `read = reports + set aside`, always.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Rows that became reports.
    pub reports: u64,
    /// Rows that did not, by reason.
    pub set_aside: BTreeMap<SetAsideReason, u64>,
    /// Doubts, by code.
    pub doubts: BTreeMap<DoubtCode, u64>,
}

impl Tally {
    /// Rows read: reports and rows set aside.
    pub fn read(&self) -> u64 {
        self.reports + self.n_set_aside()
    }

    /// Rows set aside, for whatever reason.
    pub fn n_set_aside(&self) -> u64 {
        self.set_aside.values().sum()
    }

    /// Doubts, whatever about.
    pub fn n_doubts(&self) -> u64 {
        self.doubts.values().sum()
    }

    /// Adds a batch.
    pub fn add(&mut self, batch: &crate::Batch) {
        self.reports += batch.len() as u64;
        for row in batch.rows_set_aside() {
            *self.set_aside.entry(row.reason).or_default() += 1;
        }
        for doubt in batch.doubts() {
            *self.doubts.entry(doubt.code).or_default() += 1;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} read = {} reports + {} set aside",
            self.read(),
            self.reports,
            self.n_set_aside()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_reads_as_a_sentence() {
        let doubt = Doubt::about_cell(412, 0, DoubtCode::NotADay, "31/02/2021");
        assert_eq!(
            doubt.sentence("acme.csv", &["date".to_owned()]),
            "acme.csv:412: date: \"31/02/2021\" is no day; kept as said, left undated"
        );
    }

    #[test]
    fn a_doubt_never_repeats_a_long_cell_or_a_control_character() {
        let doubt = Doubt::about_row(1, DoubtCode::TooLong, &"a\n".repeat(1_000_000));
        assert_eq!(doubt.said.chars().count(), Doubt::MAX_SAID + 1);
        assert!(!doubt.said.contains('\n'));
    }

    #[test]
    fn invariant_06_totals_add_up() {
        let mut batch = crate::Batch::default();
        batch.begin_report("1", 2, crate::Unit::Incident);
        batch.end_report();
        batch.set_aside(SetAside { row: 3, reason: SetAsideReason::Blank });
        batch.set_aside(SetAside { row: 4, reason: SetAsideReason::ExactCopy });
        let mut tally = Tally::default();
        tally.add(&batch);
        tally.add(&batch);
        assert_eq!(tally.to_string(), "6 read = 2 reports + 4 set aside");
    }
}
