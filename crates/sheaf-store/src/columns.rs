//! Columns of a part while its rows are being made.
//!
//! Most columns are empty in most rows. Those keep only the rows that have a value, and are spread
//! over the chunk when it is full.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Float32Type, Float64Type, Int32Type, UInt32Type,
};
use arrow_array::{
    ArrayRef, DictionaryArray, FixedSizeBinaryArray, ListArray, PrimitiveArray, StringArray,
    new_null_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use sheaf_model::{Attackers, Count, Day, Harm, Place, Qualifier, Toll, Whom};

use crate::names::Listed;
use crate::schema;

/// A column of words from a list, as positions in it.
pub(crate) fn dictionary(keys: Vec<i32>, nulls: Option<NullBuffer>, words: &ArrayRef) -> ArrayRef {
    let keys = PrimitiveArray::<Int32Type>::new(ScalarBuffer::from(keys), nulls);
    Arc::new(DictionaryArray::new(keys, words.clone()))
}

/// Values that only some rows of the chunk have, in the order of the rows.
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

    pub fn push_some(&mut self, row: u32, value: Option<T>) {
        if let Some(value) = value {
            self.push(row, value);
        }
    }

    /// One column of what the values hold, for a chunk of `n` rows.
    pub fn spread<P: ArrowPrimitiveType>(
        &self,
        n: usize,
        value: impl Fn(T) -> P::Native,
    ) -> ArrayRef {
        self.spread_some::<P>(n, |it| Some(value(it)))
    }

    /// One column of what some of the values hold.
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

    /// One column of words from a closed list.
    pub fn words<L: Listed>(&self, n: usize, member: impl Fn(T) -> L) -> ArrayRef {
        if self.rows.is_empty() {
            return new_null_array(&schema::listed(), n);
        }
        let mut keys = vec![0; n];
        for (&row, &it) in self.rows.iter().zip(&self.values) {
            keys[row as usize] = member(it).position();
        }
        dictionary(keys, Some(rows_present(&self.rows, n)), L::words())
    }
}

impl Sparse<(Day, Day)> {
    /// `first_day`, `last_day`.
    pub fn day_columns(&self, n: usize) -> [ArrayRef; 2] {
        [
            self.spread::<Date32Type>(n, |(first, _)| first.days_since_1970()),
            self.spread::<Date32Type>(n, |(_, last)| last.days_since_1970()),
        ]
    }
}

impl Sparse<Place> {
    /// `lat`, `lon`, `radius_m`.
    pub fn place_columns(&self, n: usize) -> [ArrayRef; 3] {
        [
            self.spread::<Float64Type>(n, Place::lat),
            self.spread::<Float64Type>(n, Place::lon),
            self.spread::<Float32Type>(n, |place| place.radius().get()),
        ]
    }
}

impl Sparse<Toll> {
    /// `harm` to `as_of`.
    pub fn toll_columns(&self, n: usize) -> [ArrayRef; 8] {
        [
            self.words::<Harm>(n, |toll| toll.harm),
            self.words::<Whom>(n, |toll| toll.whom),
            self.words::<Attackers>(n, |toll| toll.attackers),
            self.words::<Qualifier>(n, |toll| toll.qualifier),
            self.spread::<UInt32Type>(n, |toll| toll.count.low()),
            self.spread_some::<UInt32Type>(n, |toll| toll.count.best()),
            self.spread_some::<UInt32Type>(n, |toll| toll.count.high()),
            self.spread_some::<Date32Type>(n, |toll| toll.as_of.map(Day::days_since_1970)),
        ]
    }
}

impl Sparse<Count> {
    /// Low, best, high.
    pub fn count_columns(&self, n: usize) -> [ArrayRef; 3] {
        [
            self.spread::<UInt32Type>(n, Count::low),
            self.spread_some::<UInt32Type>(n, Count::best),
            self.spread_some::<UInt32Type>(n, Count::high),
        ]
    }
}

impl Sparse<u64> {
    /// Eight bytes each, the most significant first.
    pub fn byte_column(&self, n: usize) -> ArrayRef {
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

/// A text in every row.
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

    /// Bytes of text.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    pub fn all(self) -> ArrayRef {
        let mut offsets = Vec::with_capacity(self.ends.len() + 1);
        offsets.push(0);
        offsets.extend(self.ends);
        text_array(offsets, self.text, None)
    }
}

/// A text in some rows.
#[derive(Default)]
pub(crate) struct SparseText {
    rows: Vec<u32>,
    texts: TextRows,
}

impl SparseText {
    pub fn push(&mut self, row: u32, text: &str) {
        self.rows.push(row);
        self.texts.push(text);
    }

    /// Bytes of text.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn spread(self, n: usize) -> ArrayRef {
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        let mut end = 0;
        for (&row, &next) in self.rows.iter().zip(&self.texts.ends) {
            offsets.resize(row as usize + 1, end);
            offsets.push(next);
            end = next;
        }
        offsets.resize(n + 1, end);
        let nulls = rows_present(&self.rows, n);
        text_array(offsets, self.texts.text, Some(nulls))
    }
}

fn text_array(offsets: Vec<i32>, text: String, nulls: Option<NullBuffer>) -> ArrayRef {
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Arc::new(StringArray::new(offsets, Buffer::from_vec(text.into_bytes()), nulls))
}

/// A list in every row: how many items each has, and the items one after the other.
pub(crate) fn lists(lengths: Vec<usize>, items: ArrayRef) -> ArrayRef {
    let item = schema::list_item(items.data_type().clone());
    Arc::new(ListArray::new(Arc::new(item), OffsetBuffer::from_lengths(lengths), items, None))
}
