//! One entry as one source told it.

use std::fmt;

use crate::{Field, SourceName, Span};

/// What a report's entry stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Unit {
    /// One incident.
    Incident,
    /// A longer happening that may contain incidents (a week of shelling).
    Episode,
    /// A count over an area and period. Never merged with, nor added to, incidents.
    Aggregate,
    /// A machine-coded mention. Never an incident by itself.
    Lead,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 4] = [Unit::Incident, Unit::Episode, Unit::Aggregate, Unit::Lead];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Incident => "incident",
            Unit::Episode => "episode",
            Unit::Aggregate => "aggregate",
            Unit::Lead => "lead",
        }
    }

    /// The unit with this name.
    pub fn from_name(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// The name of a report, for ever: the source and the source's own key, raw. Cleaning a key would
/// let two entries fall together, so it is never cleaned (invariant 3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportId(String);

impl ReportId {
    /// Joins a source's name and the source's own key.
    ///
    /// ```
    /// use sheaf_model::{ReportId, SourceName};
    /// let id = ReportId::new(&SourceName::new("ucdp-ged").unwrap(), "1.97E+11");
    /// assert_eq!(id.as_str(), "ucdp-ged:1.97E+11");
    /// ```
    pub fn new(source: &SourceName, key: &str) -> ReportId {
        ReportId(format!("{source}:{key}"))
    }

    /// Reads an id as a person types it; `None` unless it is `source:key`.
    pub fn parse(text: &str) -> Option<ReportId> {
        let (source, key) = text.split_once(':')?;
        (SourceName::new(source).is_ok() && !key.is_empty()).then(|| ReportId(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first colon.
    pub fn source(&self) -> &str {
        self.0.split_once(':').map_or("", |(source, _)| source)
    }

    /// The part after the first colon: the source's own key.
    pub fn key(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, key)| key)
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One entry of a source, inside its [`Batch`](crate::Batch), which holds its text and claims.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Report {
    /// The source's own key, raw.
    pub key: Span,
    /// Where the entry starts: line of a text file (the header is line 1), row of a sheet, or
    /// number of the object, counted from 1.
    pub row: u64,
    /// What the entry stands for.
    pub unit: Unit,
    /// First claim within the batch.
    pub first_claim: u32,
    /// How many claims follow it.
    pub n_claims: u32,
    /// A digest of everything kept of what was said, to notice that an entry was revised. Not
    /// cryptographic; columns may change places without changing it.
    pub digest: u128,
}

/// Where a claim stands in the file it came from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Spot {
    /// The file's name, without its folder.
    pub file: String,
    /// Line, row or object number, as [`Report::row`].
    pub row: u64,
    /// The column's header, or the path of a JSON member.
    pub column: String,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.row, self.column)
    }
}

/// What becomes of a column: every one is mapped, ignored with a reason, refused, or in doubt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnFate {
    /// Its cells become claims about this field.
    Mapped(Field),
    /// Its cells are part of the report's key.
    Key,
    /// Not kept, for the stated reason.
    Ignored(String),
    /// Known to hold data about people; never kept. The reason says which kind.
    Refused(String),
    /// Not known to the reader: never kept, and a doubt says so.
    Unknown,
}
