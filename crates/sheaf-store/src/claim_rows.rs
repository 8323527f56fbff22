//! Claims to rows of a claims part.
//!
//! A meaning fills few of the columns, so each group of columns keeps only the rows that have it
//! and is spread over the chunk when the chunk is full. A chunk always holds the same number of
//! claims however the reader cut its batches, so the same file gives the same bytes.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Float32Type, Float64Type, Int32Type, UInt32Type,
};
use arrow_array::{
    ArrayRef, DictionaryArray, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray,
    UInt16Array, UInt32Array, new_null_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use sheaf_model::{Claim, Day, Field, Meaning, Place, ReportView, Toll};

use crate::error::{Result, StoreError};
use crate::names::{Listed, MeaningWord};
use crate::schema::{self, PartKind};

/// Claims per chunk handed to Parquet.
const CHUNK: usize = 1 << 16;
/// Text per chunk after which it is handed over early.
const CHUNK_TEXT: usize = 1 << 25;
/// A single text longer than this could not be laid out.
const LONGEST: usize = 1 << 30;

/// Claims on their way into a part.
#[derive(Default)]
pub(crate) struct ClaimRows {
    report: Vec<u32>,
    field: Vec<i32>,
    column: Vec<u16>,
    said: TextRows,
    meaning: Vec<i32>,
    days: Sparse<(Day, Day)>,
    places: Sparse<Place>,
    tolls: Sparse<Toll>,
    words: TextRows,
    worded: Vec<u32>,
    numbers: Sparse<u32>,
    fingerprints: Sparse<u64>,
}

impl ClaimRows {
    pub fn is_full(&self) -> bool {
        self.report.len() >= CHUNK || self.said.text.len() + self.words.text.len() >= CHUNK_TEXT
    }

    pub fn is_empty(&self) -> bool {
        self.report.is_empty()
    }

    pub fn push(&mut self, number: u32, report: ReportView<'_>, claim: &Claim) -> Result<()> {
        let said = report.said(claim);
        if said.len() > LONGEST {
            return Err(StoreError::new(
                "claim-too-long",
                format!("row {}: a cell of {} bytes is too long to keep", report.row(), said.len()),
                "shorten the cell in the file, or leave its column out",
            ));
        }
        let row = self.report.len() as u32;
        let meaning = match claim.meant {
            Meaning::Words => MeaningWord::Words,
            Meaning::Spelt(_) => {
                self.word(row, report.words(claim).unwrap_or_default());
                MeaningWord::Spelt
            }
            Meaning::When(when) => {
                self.days.push(row, (when.first(), when.last()));
                MeaningWord::When
            }
            Meaning::Where(place) => {
                self.places.push(row, place);
                MeaningWord::Where
            }
            Meaning::Toll(toll) => {
                self.tolls.push(row, toll);
                MeaningWord::Toll
            }
            Meaning::Kind(kind) => {
                self.word(row, kind.name());
                MeaningWord::Kind
            }
            Meaning::Day(day) => {
                self.days.push(row, (day, day));
                MeaningWord::Day
            }
            Meaning::Number(number) => {
                self.numbers.push(row, number);
                MeaningWord::Number
            }
            Meaning::Unit(unit) => {
                self.word(row, unit.name());
                MeaningWord::Unit
            }
            Meaning::Wording(fingerprint) => {
                self.fingerprints.push(row, fingerprint);
                MeaningWord::Wording
            }
            Meaning::PartOf(column) => {
                self.numbers.push(row, u32::from(column));
                MeaningWord::PartOf
            }
            Meaning::Unknown(unknown) => {
                self.word(row, unknown.name());
                MeaningWord::Unknown
            }
            Meaning::NotUnderstood => MeaningWord::NotUnderstood,
        };
        self.report.push(number);
        self.field.push(field_position(claim.field));
        self.column.push(claim.column);
        self.said.push(said);
        self.meaning.push(meaning as i32);
        Ok(())
    }

    fn word(&mut self, row: u32, word: &str) {
        self.worded.push(row);
        self.words.push(word);
    }

    /// Takes the chunk out as rows. `columns` are the headers that the column numbers mean.
    pub fn take(&mut self, columns: &[String]) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.report.len();
        let header = column_names(&rows.column, columns);
        let toll = |word: fn(Toll) -> i32, words: &ArrayRef| rows.tolls.listed(n, word, words);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(rows.report)),
            dictionary(rows.field, None, Field::words()),
            Arc::new(UInt16Array::from(rows.column)),
            header,
            rows.said.all(),
            dictionary(rows.meaning, None, MeaningWord::words()),
            rows.days.spread::<Date32Type>(n, |(first, _)| first.days_since_1970()),
            rows.days.spread::<Date32Type>(n, |(_, last)| last.days_since_1970()),
            rows.places.spread::<Float64Type>(n, Place::lat),
            rows.places.spread::<Float64Type>(n, Place::lon),
            rows.places.spread::<Float32Type>(n, |place| place.radius().get()),
            toll(|toll| toll.harm.position(), sheaf_model::Harm::words()),
            toll(|toll| toll.whom.position(), sheaf_model::Whom::words()),
            toll(|toll| toll.attackers.position(), sheaf_model::Attackers::words()),
            toll(|toll| toll.qualifier.position(), sheaf_model::Qualifier::words()),
            rows.tolls.spread::<UInt32Type>(n, |toll| toll.count.low()),
            rows.tolls.spread_some::<UInt32Type>(n, |toll| toll.count.best()),
            rows.tolls.spread_some::<UInt32Type>(n, |toll| toll.count.high()),
            rows.tolls.spread_some::<Date32Type>(n, |toll| toll.as_of.map(Day::days_since_1970)),
            rows.words.spread(n, &rows.worded),
            rows.numbers.spread::<UInt32Type>(n, |number| number),
            rows.fingerprints.bytes(n),
        ];
        RecordBatch::try_new(PartKind::Claims.schema(), arrays)
            .expect("the arrays are made for this schema")
    }
}

/// `Field` is numbered in the order of its list, which its test checks.
fn field_position(field: Field) -> i32 {
    field as i32
}

/// The headers behind column numbers. A number without a header gets an empty one.
fn column_names(numbers: &[u16], columns: &[String]) -> ArrayRef {
    let named = columns.len().min(usize::from(u16::MAX)) as i32;
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(
        columns[..named as usize].iter().map(String::as_str).chain([""]),
    ));
    let keys = numbers.iter().map(|&number| i32::from(number).min(named)).collect();
    dictionary(keys, None, &names)
}

pub(crate) fn dictionary(keys: Vec<i32>, nulls: Option<NullBuffer>, words: &ArrayRef) -> ArrayRef {
    let keys = PrimitiveArray::<Int32Type>::new(ScalarBuffer::from(keys), nulls);
    Arc::new(DictionaryArray::new(keys, words.clone()))
}

/// Values that only some rows of the chunk have.
pub(crate) struct Sparse<T> {
    rows: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Sparse<T> {
        Sparse { rows: Vec::new(), values: Vec::new() }
    }
}

impl<T: Copy> Sparse<T> {
    pub fn push(&mut self, row: u32, value: T) {
        self.rows.push(row);
        self.values.push(value);
    }

    pub fn spread<P: ArrowPrimitiveType>(
        &self,
        n: usize,
        value: impl Fn(T) -> P::Native,
    ) -> ArrayRef {
        self.spread_some::<P>(n, |it| Some(value(it)))
    }

    pub fn spread_some<P: ArrowPrimitiveType>(
        &self,
        n: usize,
        value: impl Fn(T) -> Option<P::Native>,
    ) -> ArrayRef {
        if self.rows.is_empty() {
            return new_null_array(&P::DATA_TYPE, n);
        }
        let mut values = vec![P::Native::default(); n];
        let mut present = vec![0u8; n.div_ceil(8)];
        for (&row, &it) in self.rows.iter().zip(&self.values) {
            if let Some(value) = value(it) {
                values[row as usize] = value;
                present[row as usize / 8] |= 1 << (row % 8);
            }
        }
        let nulls = nulls_from(present, n);
        Arc::new(PrimitiveArray::<P>::new(ScalarBuffer::from(values), Some(nulls)))
    }

    pub fn listed(&self, n: usize, position: impl Fn(T) -> i32, words: &ArrayRef) -> ArrayRef {
        if self.rows.is_empty() {
            return new_null_array(&schema::listed(), n);
        }
        let mut keys = vec![0; n];
        for (&row, &it) in self.rows.iter().zip(&self.values) {
            keys[row as usize] = position(it);
        }
        dictionary(keys, Some(rows_present(&self.rows, n)), words)
    }
}

impl Sparse<u64> {
    fn bytes(&self, n: usize) -> ArrayRef {
        let mut bytes = vec![0u8; n * 8];
        for (&row, value) in self.rows.iter().zip(&self.values) {
            let start = row as usize * 8;
            bytes[start..start + 8].copy_from_slice(&value.to_be_bytes());
        }
        let nulls = rows_present(&self.rows, n);
        Arc::new(FixedSizeBinaryArray::new(8, Buffer::from_vec(bytes), Some(nulls)))
    }
}

fn rows_present(rows: &[u32], n: usize) -> NullBuffer {
    let mut present = vec![0u8; n.div_ceil(8)];
    for &row in rows {
        present[row as usize / 8] |= 1 << (row % 8);
    }
    nulls_from(present, n)
}

fn nulls_from(present: Vec<u8>, n: usize) -> NullBuffer {
    NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(present), 0, n))
}

/// Texts one after the other.
#[derive(Default)]
pub(crate) struct TextRows {
    text: String,
    ends: Vec<i32>,
}

impl TextRows {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as i32);
    }

    /// One text per row.
    pub fn all(self) -> ArrayRef {
        let mut offsets = Vec::with_capacity(self.ends.len() + 1);
        offsets.push(0);
        offsets.extend(self.ends);
        text_array(offsets, self.text, None)
    }

    /// The texts in their rows, nothing in the others.
    fn spread(self, n: usize, rows: &[u32]) -> ArrayRef {
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        let mut end = 0;
        for (&row, &next) in rows.iter().zip(&self.ends) {
            offsets.resize(row as usize + 1, end);
            offsets.push(next);
            end = next;
        }
        offsets.resize(n + 1, end);
        let nulls = rows_present(rows, n);
        text_array(offsets, self.text, Some(nulls))
    }
}

fn text_array(offsets: Vec<i32>, text: String, nulls: Option<NullBuffer>) -> ArrayRef {
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let array = StringArray::new(offsets, Buffer::from_vec(text.into_bytes()), nulls);
    Arc::new(array)
}
