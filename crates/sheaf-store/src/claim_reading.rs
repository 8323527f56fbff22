//! Rows of a claims part back to claims.

use std::path::Path;

use arrow_array::types::{UInt16Type, UInt32Type};
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray};
use sheaf_model::{Batch, Field, Kind, Meaning, Unit, Unknown};

use crate::current::Wanted;
use crate::error::{Result, StoreError};
use crate::names::{Listed, MeaningWord};
use crate::part::RecordBatches;
use crate::reading::{DayColumns, PlaceColumns, TollColumns, Words, bytes, primitive, some, text};

/// The claims of a part, one after the other.
pub(crate) struct ClaimCursor {
    rows: RecordBatches,
    chunk: Option<Chunk>,
    next: usize,
}

impl ClaimCursor {
    pub fn new(rows: RecordBatches) -> ClaimCursor {
        ClaimCursor { rows, chunk: None, next: 0 }
    }

    /// Moves the next `n` claims into the batch, as claims of the report restored last.
    ///
    /// Claims that are not wanted come along without their words, so that a claim's position
    /// within its report is the same for every reader.
    pub fn give(&mut self, batch: &mut Batch, n: u32, wanted: Wanted) -> Result<()> {
        let mut left = n as usize;
        while left > 0 {
            if self.chunk.as_ref().is_none_or(|chunk| self.next == chunk.len()) {
                let rows = self.rows.next_rows()?;
                let rows = rows.ok_or_else(|| {
                    StoreError::altered(self.rows.path(), "it holds fewer claims than its reports")
                })?;
                self.chunk = Some(Chunk::new(&rows, self.rows.path())?);
                self.next = 0;
            }
            let Some(chunk) = &self.chunk else { continue };
            let take = left.min(chunk.len() - self.next);
            for row in self.next..self.next + take {
                chunk.give(batch, row, wanted).ok_or_else(|| {
                    StoreError::altered(self.rows.path(), "a claim holds values that do not fit")
                })?;
            }
            self.next += take;
            left -= take;
        }
        Ok(())
    }
}

/// Some thousands of claims, their columns at hand.
struct Chunk {
    field: Words<Field>,
    column: PrimitiveArray<UInt16Type>,
    said: StringArray,
    meaning: Words<MeaningWord>,
    days: DayColumns,
    places: PlaceColumns,
    tolls: TollColumns,
    words: StringArray,
    number: PrimitiveArray<UInt32Type>,
    fingerprint: FixedSizeBinaryArray,
}

/// The columns that [`Chunk`] takes; `report` and `column_name` follow from the others.
pub(crate) const COLUMNS: &[&str] = &[
    "field",
    "column_no",
    "said",
    "meaning",
    "first_day",
    "last_day",
    "lat",
    "lon",
    "radius_m",
    "harm",
    "whom",
    "attackers",
    "qualifier",
    "low",
    "best",
    "high",
    "as_of",
    "words",
    "number",
    "fingerprint",
];

impl Chunk {
    fn new(rows: &RecordBatch, path: &Path) -> Result<Chunk> {
        Ok(Chunk {
            field: Words::new(rows, "field", path)?,
            column: primitive(rows, "column_no", path)?,
            said: text(rows, "said", path)?,
            meaning: Words::new(rows, "meaning", path)?,
            days: DayColumns::new(rows, path)?,
            places: PlaceColumns::new(rows, path)?,
            tolls: TollColumns::new(rows, path)?,
            words: text(rows, "words", path)?,
            number: primitive(rows, "number", path)?,
            fingerprint: bytes(rows, "fingerprint", 8, path)?,
        })
    }

    fn len(&self) -> usize {
        self.said.len()
    }

    /// `None` when the values contradict each other, which our own parts never do.
    fn give(&self, batch: &mut Batch, row: usize, wanted: Wanted) -> Option<()> {
        let field = self.field.at(row)?;
        let wanted = wanted.has(field);
        let meant = match self.meaning.at(row)? {
            MeaningWord::Words => Meaning::Words,
            MeaningWord::Spelt if wanted => Meaning::Spelt(batch.keep(self.words.value(row))),
            MeaningWord::Spelt => Meaning::Spelt(batch.keep("")),
            MeaningWord::When => Meaning::When(self.days.at(row)?),
            MeaningWord::Where => Meaning::Where(self.places.at(row)?),
            MeaningWord::Toll => Meaning::Toll(self.tolls.at(row)?),
            MeaningWord::Kind => Meaning::Kind(Kind::from_name(self.words.value(row))?),
            MeaningWord::Day => Meaning::Day(self.days.first(row)?),
            MeaningWord::Number => Meaning::Number(some(&self.number, row)?),
            MeaningWord::Unit => Meaning::Unit(Unit::from_name(self.words.value(row))?),
            MeaningWord::Wording => {
                let bytes = self.fingerprint.is_valid(row).then(|| self.fingerprint.value(row))?;
                Meaning::Wording(u64::from_be_bytes(bytes.try_into().ok()?))
            }
            MeaningWord::PartOf => Meaning::PartOf(u16::try_from(some(&self.number, row)?).ok()?),
            MeaningWord::Unknown => Meaning::Unknown(Unknown::from_word(self.words.value(row))?),
            MeaningWord::NotUnderstood => Meaning::NotUnderstood,
        };
        let said = if wanted { self.said.value(row) } else { "" };
        batch.say(field, self.column.value(row), said, meant);
        Some(())
    }
}
