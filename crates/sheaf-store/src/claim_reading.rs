//! Rows of a claims part back to claims.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float32Type, Float64Type, Int32Type, UInt16Type, UInt32Type};
use arrow_array::{
    Array, DictionaryArray, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray,
};
use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier, Toll, Unit,
    Unknown, When, Whom,
};

use crate::current::Wanted;
use crate::error::{Result, StoreError};
use crate::names::{Listed, MeaningWord};
use crate::part::RecordBatches;

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
    first_day: PrimitiveArray<Date32Type>,
    last_day: PrimitiveArray<Date32Type>,
    lat: PrimitiveArray<Float64Type>,
    lon: PrimitiveArray<Float64Type>,
    radius_m: PrimitiveArray<Float32Type>,
    harm: Words<Harm>,
    whom: Words<Whom>,
    attackers: Words<Attackers>,
    qualifier: Words<Qualifier>,
    low: PrimitiveArray<UInt32Type>,
    best: PrimitiveArray<UInt32Type>,
    high: PrimitiveArray<UInt32Type>,
    as_of: PrimitiveArray<Date32Type>,
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
            first_day: primitive(rows, "first_day", path)?,
            last_day: primitive(rows, "last_day", path)?,
            lat: primitive(rows, "lat", path)?,
            lon: primitive(rows, "lon", path)?,
            radius_m: primitive(rows, "radius_m", path)?,
            harm: Words::new(rows, "harm", path)?,
            whom: Words::new(rows, "whom", path)?,
            attackers: Words::new(rows, "attackers", path)?,
            qualifier: Words::new(rows, "qualifier", path)?,
            low: primitive(rows, "low", path)?,
            best: primitive(rows, "best", path)?,
            high: primitive(rows, "high", path)?,
            as_of: primitive(rows, "as_of", path)?,
            words: text(rows, "words", path)?,
            number: primitive(rows, "number", path)?,
            fingerprint: column(rows, "fingerprint", path)?
                .as_fixed_size_binary_opt()
                .ok_or_else(|| wrong_type("fingerprint", path))?
                .clone(),
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
            MeaningWord::When => Meaning::When(When::new(
                day(some(&self.first_day, row)?)?,
                day(some(&self.last_day, row)?)?,
            )?),
            MeaningWord::Where => Meaning::Where(Place::new(
                some(&self.lat, row)?,
                some(&self.lon, row)?,
                Metres::new(some(&self.radius_m, row)?)?,
            )?),
            MeaningWord::Toll => Meaning::Toll(self.toll(row)?),
            MeaningWord::Kind => Meaning::Kind(Kind::from_name(self.words.value(row))?),
            MeaningWord::Day => Meaning::Day(day(some(&self.first_day, row)?)?),
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

    fn toll(&self, row: usize) -> Option<Toll> {
        let as_of = match some(&self.as_of, row) {
            Some(days) => Some(day(days)?),
            None => None,
        };
        Some(Toll {
            harm: self.harm.at(row)?,
            whom: self.whom.at(row)?,
            attackers: self.attackers.at(row)?,
            qualifier: self.qualifier.at(row)?,
            count: Count::new(some(&self.low, row)?, some(&self.best, row), some(&self.high, row))?,
            as_of,
        })
    }
}

fn day(days: i32) -> Option<Day> {
    Day::from_days_since_1970(days)
}

fn some<P: arrow_array::ArrowPrimitiveType>(
    array: &PrimitiveArray<P>,
    row: usize,
) -> Option<P::Native> {
    array.is_valid(row).then(|| array.value(row))
}

/// A column of words from a closed list.
pub(crate) struct Words<T> {
    keys: PrimitiveArray<Int32Type>,
    members: Vec<T>,
}

impl<T: Listed> Words<T> {
    pub fn new(rows: &RecordBatch, name: &str, path: &Path) -> Result<Words<T>> {
        let array: &DictionaryArray<Int32Type> =
            column(rows, name, path)?.as_dictionary_opt().ok_or_else(|| wrong_type(name, path))?;
        let words: &StringArray =
            array.values().as_string_opt().ok_or_else(|| wrong_type(name, path))?;
        let member = |word: Option<&str>| {
            let word = word.unwrap_or_default();
            T::from_word(word).ok_or_else(|| {
                StoreError::altered(path, format!("\"{word}\" is no word for {name}"))
            })
        };
        let members = words.iter().map(member).collect::<Result<Vec<T>>>()?;
        Ok(Words { keys: array.keys().clone(), members })
    }

    pub fn at(&self, row: usize) -> Option<T> {
        let key = self.keys.is_valid(row).then(|| self.keys.value(row))?;
        self.members.get(usize::try_from(key).ok()?).copied()
    }
}

pub(crate) fn column<'a>(rows: &'a RecordBatch, name: &str, path: &Path) -> Result<&'a dyn Array> {
    rows.column_by_name(name)
        .map(AsRef::as_ref)
        .ok_or_else(|| StoreError::altered(path, format!("the column {name} is missing")))
}

pub(crate) fn wrong_type(name: &str, path: &Path) -> StoreError {
    StoreError::altered(path, format!("the column {name} is of another type"))
}

pub(crate) fn primitive<P: arrow_array::ArrowPrimitiveType>(
    rows: &RecordBatch,
    name: &str,
    path: &Path,
) -> Result<PrimitiveArray<P>> {
    let array = column(rows, name, path)?.as_primitive_opt::<P>();
    array.cloned().ok_or_else(|| wrong_type(name, path))
}

pub(crate) fn text(rows: &RecordBatch, name: &str, path: &Path) -> Result<StringArray> {
    let array = column(rows, name, path)?.as_string_opt::<i32>();
    array.cloned().ok_or_else(|| wrong_type(name, path))
}
