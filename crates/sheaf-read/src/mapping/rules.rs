//! What a mapping says, checked and taken apart, but not yet bound to the columns of a file.

use sheaf_model::{Attackers, Field, Harm, Kind, Qualifier, Unit, Whom};

use super::day_text::DayFormat;

/// Names for one column, in order of preference: layouts of one source call it differently
/// ("best", "best_est"), and the first that a file has is read.
pub(crate) type Names = Vec<String>;

/// A table from codes, as the source writes them, to what they mean.
pub(crate) type Codes<T> = Vec<(String, T)>;

/// How a file's cells become claims.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub key: Vec<Names>,
    /// A file without the key's columns is no surprise.
    pub key_may_be_missing: bool,
    pub cells: Cells,
    pub unit: UnitRule,
    pub date: Option<DateRule>,
    pub place: Option<PlaceRule>,
    pub tolls: Vec<TollRule>,
    pub kinds: Vec<KindRule>,
    pub fields: Vec<FieldRule>,
    pub wording: Vec<String>,
    pub by_hand: Vec<(String, Field)>,
    pub ignore: Vec<(String, String)>,
    pub refuse: Vec<(String, String)>,
}

/// Codes that mean the same in every column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    /// Written for an empty cell ("NA").
    pub blank: Vec<String>,
    /// "We do not know."
    pub unknown: Vec<String>,
    /// "Does not apply."
    pub not_applicable: Vec<String>,
}

/// What an entry stands for.
#[derive(Clone, Debug)]
pub(crate) struct UnitRule {
    pub is: Unit,
    pub column: Names,
    pub codes: Codes<Unit>,
    /// The codes of the column apply only to entries whose days are more than this many.
    pub if_longer_than: Option<u32>,
    /// Entries of more days than this are of this unit, whatever the column.
    pub longer: Option<(u32, Unit)>,
}

/// How wide a date is, by its precision code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Width {
    /// From the start to the end that the source gives.
    AsGiven,
    /// This many days.
    Days(u32),
    /// The calendar month.
    Month,
    /// The calendar year.
    Year,
}

/// Where the given day lies within a width of days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Anchor {
    /// It is the first day.
    Start,
    /// It is the one in the middle.
    Middle,
}

#[derive(Clone, Debug)]
pub(crate) struct DateRule {
    pub start: Names,
    pub end: Names,
    pub year: Names,
    pub month: Names,
    pub day: Names,
    pub formats: Vec<DayFormat>,
    pub precision: Names,
    pub widths: Codes<Width>,
    pub anchor: Anchor,
}

/// How far off a point is, by its precision code.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Radius {
    Metres(f32),
    /// The point stands for something too wide to be a point.
    TooCoarse,
}

#[derive(Clone, Debug)]
pub(crate) struct PlaceRule {
    pub lat: Names,
    pub lon: Names,
    pub precision: Names,
    pub radii: Codes<Radius>,
    /// A column that gives the radius itself, in metres.
    pub radius_column: Names,
    /// Where nothing says how far off the point is.
    pub radius: f32,
    /// A file without coordinates is no surprise.
    pub may_be_missing: bool,
}

/// A value that is fixed, or read from a column by a table.
#[derive(Clone, Debug)]
pub(crate) enum By<T> {
    Fixed(T),
    Column { names: Names, codes: Codes<T>, otherwise: T },
}

#[derive(Clone, Debug)]
pub(crate) struct TollRule {
    pub harm: Harm,
    pub whom: Whom,
    pub attackers: By<Attackers>,
    pub qualifier: By<Qualifier>,
    pub best: Names,
    pub low: Names,
    pub high: Names,
    pub as_of: Names,
    pub unknown: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct KindRule {
    /// Joined by "|" before they are looked up; "*" stands for any value of one of them.
    pub columns: Vec<Names>,
    pub codes: Codes<Option<Kind>>,
    pub split: Option<char>,
    /// A code that is not in the table is left to the next rule without a doubt.
    pub partial: bool,
}

/// Which day to take of a cell that lists several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pick {
    First,
    Last,
}

#[derive(Clone, Debug)]
pub(crate) struct FieldRule {
    pub column: String,
    pub field: Field,
    pub map: Codes<String>,
    /// Every value must be in the map; others are doubts.
    pub complete: bool,
    pub unknown: Vec<String>,
    pub not_applicable: Vec<String>,
    pub only_when: Option<Condition>,
    pub split: Option<char>,
    pub formats: Vec<DayFormat>,
    pub pick: Pick,
    /// Only a fingerprint is kept, because the text may name people.
    pub fingerprint: bool,
}

/// A cell is kept only where another column has one of these values.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub column: Names,
    pub values: Vec<String>,
    pub because: String,
}
