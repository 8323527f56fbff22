//! Reports to rows of a reports part, and doubts to rows of a notes part.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::{UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray, UInt32Array,
    UInt64Array,
};
use arrow_buffer::Buffer;
use sheaf_model::{Doubt, DoubtCode, ReportView, SetAside, SetAsideReason, Unit};

use crate::columns::{Sparse, TextRows, dictionary};
use crate::error::{Result, StoreError};
use crate::names::Listed;
use crate::reading::{Words, bytes, keys_and_words, primitive, some, text};
use crate::schema::PartKind;

/// Rows per chunk handed to Parquet.
const CHUNK: usize = 1 << 14;

/// Reports on their way into a part.
#[derive(Default)]
pub(crate) struct ReportRows {
    report: Vec<u32>,
    key: TextRows,
    row_no: Vec<u64>,
    unit: Vec<i32>,
    digest: Vec<u8>,
    first_claim: Vec<u64>,
    n_claims: Vec<u32>,
}

impl ReportRows {
    pub fn is_full(&self) -> bool {
        self.report.len() >= CHUNK
    }

    pub fn is_empty(&self) -> bool {
        self.report.is_empty()
    }

    pub fn push(&mut self, number: u32, first_claim: u64, report: ReportView<'_>) {
        self.report.push(number);
        self.key.push(report.key());
        self.row_no.push(report.row());
        self.unit.push(report.unit().position());
        self.digest.extend_from_slice(&report.digest().to_be_bytes());
        self.first_claim.push(first_claim);
        self.n_claims.push(report.claims().len() as u32);
    }

    /// Takes the chunk out as rows.
    pub fn take(&mut self, source: &str) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.report.len();
        let source: ArrayRef = Arc::new(StringArray::from(vec![source]));
        let digests = FixedSizeBinaryArray::new(16, Buffer::from_vec(rows.digest), None);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(rows.report)),
            dictionary(vec![0; n], None, &source),
            rows.key.all(),
            Arc::new(UInt64Array::from(rows.row_no)),
            dictionary(rows.unit, None, Unit::words()),
            Arc::new(digests),
            Arc::new(UInt64Array::from(rows.first_claim)),
            Arc::new(UInt32Array::from(rows.n_claims)),
        ];
        RecordBatch::try_new(PartKind::Reports.schema(), arrays)
            .expect("the arrays are made for this schema")
    }
}

/// Some thousands of reports of a part, their columns at hand.
pub(crate) struct ReportChunk {
    pub report: PrimitiveArray<UInt32Type>,
    pub key: StringArray,
    pub row_no: PrimitiveArray<UInt64Type>,
    unit: Words<Unit>,
    digest: FixedSizeBinaryArray,
    pub n_claims: PrimitiveArray<UInt32Type>,
}

impl ReportChunk {
    /// The columns it takes.
    pub const COLUMNS: &'static [&'static str] =
        &["report", "key", "row_no", "unit", "digest", "n_claims"];

    pub fn new(rows: &RecordBatch, path: &Path) -> Result<ReportChunk> {
        Ok(ReportChunk {
            report: primitive(rows, "report", path)?,
            key: text(rows, "key", path)?,
            row_no: primitive(rows, "row_no", path)?,
            unit: Words::new(rows, "unit", path)?,
            digest: bytes(rows, "digest", 16, path)?,
            n_claims: primitive(rows, "n_claims", path)?,
        })
    }

    pub fn len(&self) -> usize {
        self.key.len()
    }

    pub fn unit(&self, row: usize, path: &Path) -> Result<Unit> {
        self.unit.at(row).ok_or_else(|| StoreError::altered(path, "a report has no unit"))
    }

    pub fn digest(&self, row: usize) -> u128 {
        digest_at(&self.digest, row)
    }
}

/// The columns that [`add_claim_rows`] takes.
pub(crate) const CLAIM_PLACES: &[&str] = &["first_claim", "n_claims"];

/// Adds the rows of the claims part that hold the claims of these reports, joined to the last where
/// they follow it.
pub(crate) fn add_claim_rows(
    rows: &RecordBatch,
    path: &Path,
    claim_rows: &mut Vec<Range<u64>>,
) -> Result<()> {
    let first: PrimitiveArray<UInt64Type> = primitive(rows, "first_claim", path)?;
    let n: PrimitiveArray<UInt32Type> = primitive(rows, "n_claims", path)?;
    for (&first, &n) in first.values().iter().zip(n.values()) {
        let end = first + u64::from(n);
        match claim_rows.last_mut() {
            Some(last) if last.end == first => last.end = end,
            _ if first == end => {}
            _ => claim_rows.push(first..end),
        }
    }
    Ok(())
}

pub(crate) fn digest_at(digests: &FixedSizeBinaryArray, row: usize) -> u128 {
    let bytes = digests.value(row).first_chunk().copied();
    u128::from_be_bytes(bytes.unwrap_or_default())
}

/// The two kinds of note, and all their codes, as the notes part spells them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Code {
    Doubt(DoubtCode),
    SetAside(SetAsideReason),
}

/// Doubts and rows set aside on their way into a part.
#[derive(Default)]
pub(crate) struct NoteRows {
    codes: Vec<Code>,
    row_no: Sparse<u64>,
    column_no: Sparse<u16>,
    said: TextRows,
}

impl NoteRows {
    pub fn is_full(&self) -> bool {
        self.codes.len() >= CHUNK
    }

    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    pub fn push_doubt(&mut self, doubt: &Doubt) {
        let row = self.codes.len() as u32;
        if let Some(number) = doubt.row {
            self.row_no.push(row, number);
        }
        if let Some(number) = doubt.column {
            self.column_no.push(row, number);
        }
        self.codes.push(Code::Doubt(doubt.code));
        self.said.push(&doubt.said);
    }

    pub fn push_set_aside(&mut self, set_aside: SetAside) {
        self.row_no.push(self.codes.len() as u32, set_aside.row);
        self.codes.push(Code::SetAside(set_aside.reason));
        self.said.push("");
    }

    /// Takes the chunk out as rows.
    pub fn take(&mut self) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.codes.len();
        let kinds: ArrayRef = Arc::new(StringArray::from(vec!["doubt", "set-aside"]));
        let kind = |code: &Code| i32::from(matches!(code, Code::SetAside(_)));
        let codes: ArrayRef = Arc::new(StringArray::from_iter_values(
            DoubtCode::ALL
                .iter()
                .map(|code| code.code())
                .chain(SetAsideReason::ALL.iter().map(|reason| reason.code())),
        ));
        let position = |code: &Code| match code {
            Code::Doubt(code) => *code as i32,
            Code::SetAside(reason) => (DoubtCode::ALL.len() + *reason as usize) as i32,
        };
        let arrays: Vec<ArrayRef> = vec![
            dictionary(rows.codes.iter().map(kind).collect(), None, &kinds),
            rows.row_no.spread::<UInt64Type>(n, |number| number),
            rows.column_no.spread::<UInt16Type>(n, |number| number),
            dictionary(rows.codes.iter().map(position).collect(), None, &codes),
            rows.said.all(),
        ];
        RecordBatch::try_new(PartKind::Notes.schema(), arrays)
            .expect("the arrays are made for this schema")
    }
}

/// Reads the rows of a notes part back.
pub(crate) fn read_notes(
    rows: &RecordBatch,
    path: &Path,
    doubts: &mut Vec<Doubt>,
    set_aside: &mut Vec<SetAside>,
) -> Result<()> {
    let row_no: PrimitiveArray<UInt64Type> = primitive(rows, "row_no", path)?;
    let column_no: PrimitiveArray<UInt16Type> = primitive(rows, "column_no", path)?;
    let said = text(rows, "said", path)?;
    let (notes, note_words) = keys_and_words(rows, "note", path)?;
    let (codes, code_words) = keys_and_words(rows, "code", path)?;
    for idx in 0..said.len() {
        let note = note_words.value(notes.value(idx) as usize);
        let code = code_words.value(codes.value(idx) as usize);
        let unknown = || StoreError::altered(path, format!("\"{code}\" is no code for a doubt"));
        let row = some(&row_no, idx);
        if note == "set-aside" {
            let reason = SetAsideReason::from_code(code).ok_or_else(unknown)?;
            set_aside.push(SetAside { row: row.unwrap_or_default(), reason });
        } else {
            doubts.push(Doubt {
                row,
                column: some(&column_no, idx),
                code: DoubtCode::from_code(code).ok_or_else(unknown)?,
                said: said.value(idx).to_owned(),
            });
        }
    }
    Ok(())
}
