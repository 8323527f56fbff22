//! A row as the readers of groups see it — cells trimmed, blanks and codes for "unknown" taken out —
//! and the memory in which they leave doubts, used again for every row.

use sheaf_model::{Day, Doubt, DoubtCode, Meaning, Unknown, When};

use super::cells;
use super::rules::{Cells, Codes};
use crate::rows::Row;

/// The days between which an incident is plausible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plausible {
    first: Day,
    last: Day,
}

impl Plausible {
    /// Up to the day after publication, or, where that is not known, to the end of 2098: 1900 and
    /// 2099 are what programs write for a day they do not have.
    pub fn until(published: Option<Day>) -> Plausible {
        let far = |days| Day::from_days_since_1970(days);
        // -25,202 is 1901-01-01 and 47,116 is 2098-12-31; both are days, so neither falls back.
        let first = far(-25_202).or(far(0));
        let last = published.and_then(|day| day.plus(1)).or(far(47_116));
        match (first, last) {
            (Some(first), Some(last)) => Plausible { first, last },
            _ => unreachable!("the limits are days of the calendar"),
        }
    }
}

/// A row as the group readers see it.
pub(crate) struct Sight<'a> {
    pub row: &'a Row,
    pub cells: &'a Cells,
    pub plausible: Plausible,
}

impl<'a> Sight<'a> {
    #[inline]
    pub fn cell(&self, column: u16) -> &'a str {
        self.row.cell(usize::from(column))
    }

    /// The column and its cell, trimmed, unless it is blank.
    #[inline]
    pub fn filled(&self, column: Option<u16>) -> Option<(u16, &'a str)> {
        let column = column?;
        let cell = cells::trim(self.cell(column));
        (!cells::is_blank(self.cells, cell)).then_some((column, cell))
    }

    pub fn unknown(&self, said: &str, more: &[String]) -> Option<Unknown> {
        cells::unknown(self.cells, said, more, &[])
    }

    /// As [`Sight::unknown`], with codes of the column's own for "does not apply".
    pub fn unknown_as(
        &self,
        said: &str,
        unknown: &[String],
        not_applicable: &[String],
    ) -> Option<Unknown> {
        cells::unknown(self.cells, said, unknown, not_applicable)
    }

    pub fn row_number(&self) -> u64 {
        self.row.number()
    }

    pub fn is_unknown(&self, said: &str, more: &[String]) -> bool {
        self.unknown(said, more).is_some()
    }

    pub fn code<'t, T>(&self, codes: &'t Codes<T>, said: &str) -> Option<&'t T> {
        cells::code(codes, said)
    }

    pub fn plausible(&self, when: When) -> bool {
        self.plausible.first <= when.first() && when.last() <= self.plausible.last
            // A year-wide date of this year ends after the day of publication.
            || (self.plausible.first <= when.first()
                && when.width_days() > 1
                && when.first() <= self.plausible.last)
    }
}

/// What reading a row's groups leaves behind, its memory used again for the next row.
#[derive(Default)]
pub(crate) struct Scratch {
    pub doubts: Vec<Doubt>,
    /// Cells of groups that mean something of their own.
    pub instead: Vec<(u16, Meaning)>,
    /// Of each group its main column and what it means, or `None` where all its cells are blank.
    pub groups: Vec<Option<(u16, Meaning)>>,
    /// Memory for the row's key and for joining texts.
    pub key: String,
    pub joined: String,
}

impl Scratch {
    pub fn doubt(&mut self, see: &Sight<'_>, column: u16, code: DoubtCode, said: &str) {
        self.doubts.push(Doubt::about_cell(see.row.number(), column, code, said));
    }

    /// Says that a cell of a group means this, and not just part of the group.
    pub fn instead(&mut self, column: u16, meaning: Meaning) {
        self.instead.push((column, meaning));
    }
}
