//! "This report says that *field* is *value*."

use std::fmt;

use crate::{Count, Day, Field, Kind, Place, Span, Toll, Unit, When};

/// One claim of one report, inside its [`Batch`](crate::Batch).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Claim {
    /// What it is about.
    pub field: Field,
    /// Which column said it: an index into the import's list of columns.
    pub column: u16,
    /// What was said, to the letter. Empty for [`Field::Wording`], whose text is not kept.
    pub said: Span,
    /// What we understood.
    pub meant: Meaning,
}

/// What we understood of what was said.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Meaning {
    /// The words themselves, with white space trimmed.
    Words,
    /// The words in another spelling: the source's odd value mapped to a plain one.
    Spelt(Span),
    /// Days of the incident.
    When(When),
    /// A point and radius.
    Where(Place),
    /// A toll.
    Toll(Toll),
    /// A kind of incident.
    Kind(Kind),
    /// A single day (published, as of).
    Day(Day),
    /// A plain number (of sources, of damage).
    Number(u32),
    /// What the entry stands for.
    Unit(Unit),
    /// A 64-bit SimHash of running text that is not kept.
    Wording(u64),
    /// This cell was read together with the cell in the given column (an end date with its start,
    /// a precision code with its point, a lower bound with its best value).
    PartOf(u16),
    /// The source says that it does not know, or gives a code for that.
    Unknown(Unknown),
    /// Kept as said; a doubt says why it could not be read.
    NotUnderstood,
}

/// The ways in which a source says it does not know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unknown {
    /// A declared code or word for "unknown" (GTD's -99, "unknown").
    NotKnown,
    /// A declared code for "does not apply".
    NotApplicable,
    /// Known only to lie in a wide area, so that its point would mislead (a capital stands for a
    /// country).
    TooCoarse,
}

impl Unknown {
    /// Every way.
    pub const ALL: [Unknown; 3] = [Unknown::NotKnown, Unknown::NotApplicable, Unknown::TooCoarse];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Unknown::NotKnown => "not-known",
            Unknown::NotApplicable => "not-applicable",
            Unknown::TooCoarse => "too-coarse",
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unknown::NotKnown => "not known",
            Unknown::NotApplicable => "does not apply",
            Unknown::TooCoarse => "too coarse to be a point",
        })
    }
}

impl Meaning {
    /// The toll, if it is one.
    pub fn toll(&self) -> Option<Toll> {
        if let Meaning::Toll(toll) = self { Some(*toll) } else { None }
    }

    /// The count of the toll, if it is one.
    pub fn count(&self) -> Option<Count> {
        self.toll().map(|toll| toll.count)
    }
}
