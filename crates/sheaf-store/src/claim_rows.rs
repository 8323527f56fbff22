//! Claims to rows of a claims part.
//!
//! A meaning fills few of the columns, so each group of columns keeps only the rows that have it
//! and is spread over the chunk when the chunk is full. A chunk always holds the same number of
//! claims however the reader cut its batches, so the same file gives the same bytes.

use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt16Array, UInt32Array};
use sheaf_model::{Claim, Day, Field, Meaning, Place, ReportView, Toll};

use crate::columns::{Sparse, SparseText, TextRows, dictionary};
use crate::error::{Result, StoreError};
use crate::names::{Listed, MeaningWord};
use crate::schema::PartKind;

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
    words: SparseText,
    numbers: Sparse<u32>,
    fingerprints: Sparse<u64>,
}

impl ClaimRows {
    pub fn is_full(&self) -> bool {
        self.report.len() >= CHUNK || self.said.len() + self.words.len() >= CHUNK_TEXT
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
                self.words.push(row, report.words(claim).unwrap_or_default());
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
                self.words.push(row, kind.name());
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
                self.words.push(row, unit.name());
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
                self.words.push(row, unknown.name());
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

    /// Takes the chunk out as rows. `columns` are the headers that the column numbers mean.
    pub fn take(&mut self, columns: &[String]) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.report.len();
        let header = column_names(&rows.column, columns);
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(rows.report)),
            dictionary(rows.field, None, Field::words()),
            Arc::new(UInt16Array::from(rows.column)),
            header,
            rows.said.all(),
            dictionary(rows.meaning, None, MeaningWord::words()),
        ];
        arrays.extend(rows.days.day_columns(n));
        arrays.extend(rows.places.place_columns(n));
        arrays.extend(rows.tolls.toll_columns(n));
        arrays.extend([
            rows.words.spread(n),
            rows.numbers.spread::<UInt32Type>(n, |number| number),
            rows.fingerprints.byte_column(n),
        ]);
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
