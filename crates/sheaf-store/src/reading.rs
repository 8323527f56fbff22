//! Columns of a part while its rows are being read, each checked for what it should be.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float32Type, Float64Type, Int32Type, UInt32Type};
use arrow_array::{
    Array, ArrowPrimitiveType, DictionaryArray, FixedSizeBinaryArray, ListArray, PrimitiveArray,
    RecordBatch, StringArray,
};
use sheaf_model::{Attackers, Count, Day, Harm, Metres, Place, Qualifier, Toll, When, Whom};

use crate::error::{Result, StoreError};
use crate::names::Listed;

pub(crate) fn column<'a>(rows: &'a RecordBatch, name: &str, path: &Path) -> Result<&'a dyn Array> {
    rows.column_by_name(name)
        .map(AsRef::as_ref)
        .ok_or_else(|| StoreError::altered(path, format!("the column {name} is missing")))
}

pub(crate) fn wrong_type(name: &str, path: &Path) -> StoreError {
    StoreError::altered(path, format!("the column {name} is of another type"))
}

pub(crate) fn primitive<P: ArrowPrimitiveType>(
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

pub(crate) fn list(rows: &RecordBatch, name: &str, path: &Path) -> Result<ListArray> {
    let array = column(rows, name, path)?.as_list_opt::<i32>();
    array.cloned().ok_or_else(|| wrong_type(name, path))
}

/// A column of so many bytes in every row.
pub(crate) fn bytes(
    rows: &RecordBatch,
    name: &str,
    width: i32,
    path: &Path,
) -> Result<FixedSizeBinaryArray> {
    let array = column(rows, name, path)?.as_fixed_size_binary_opt();
    let array = array.filter(|array| array.value_length() == width);
    array.cloned().ok_or_else(|| wrong_type(name, path))
}

/// The value of a row that may have none.
pub(crate) fn some<P: ArrowPrimitiveType>(
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
        let (keys, words) = keys_and_words(rows, name, path)?;
        let member = |word: Option<&str>| {
            let word = word.unwrap_or_default();
            T::from_word(word).ok_or_else(|| {
                StoreError::altered(path, format!("\"{word}\" is no word for {name}"))
            })
        };
        let members = words.iter().map(member).collect::<Result<Vec<T>>>()?;
        Ok(Words { keys, members })
    }

    pub fn at(&self, row: usize) -> Option<T> {
        let key = some(&self.keys, row)?;
        self.members.get(usize::try_from(key).ok()?).copied()
    }
}

/// A column of words as positions in a list, and the list.
pub(crate) fn keys_and_words(
    rows: &RecordBatch,
    name: &str,
    path: &Path,
) -> Result<(PrimitiveArray<Int32Type>, StringArray)> {
    let array: &DictionaryArray<Int32Type> =
        column(rows, name, path)?.as_dictionary_opt().ok_or_else(|| wrong_type(name, path))?;
    let words = array.values().as_string_opt::<i32>().ok_or_else(|| wrong_type(name, path))?;
    Ok((array.keys().clone(), words.clone()))
}

pub(crate) fn day(days: i32) -> Option<Day> {
    Day::from_days_since_1970(days)
}

/// `first_day` and `last_day`.
pub(crate) struct DayColumns {
    first: PrimitiveArray<Date32Type>,
    last: PrimitiveArray<Date32Type>,
}

impl DayColumns {
    pub fn new(rows: &RecordBatch, path: &Path) -> Result<DayColumns> {
        Ok(DayColumns {
            first: primitive(rows, "first_day", path)?,
            last: primitive(rows, "last_day", path)?,
        })
    }

    pub fn first(&self, row: usize) -> Option<Day> {
        day(some(&self.first, row)?)
    }

    pub fn at(&self, row: usize) -> Option<When> {
        When::new(self.first(row)?, day(some(&self.last, row)?)?)
    }
}

/// `lat`, `lon` and `radius_m`.
pub(crate) struct PlaceColumns {
    lat: PrimitiveArray<Float64Type>,
    lon: PrimitiveArray<Float64Type>,
    radius: PrimitiveArray<Float32Type>,
}

impl PlaceColumns {
    pub fn new(rows: &RecordBatch, path: &Path) -> Result<PlaceColumns> {
        Ok(PlaceColumns {
            lat: primitive(rows, "lat", path)?,
            lon: primitive(rows, "lon", path)?,
            radius: primitive(rows, "radius_m", path)?,
        })
    }

    pub fn at(&self, row: usize) -> Option<Place> {
        let radius = Metres::new(some(&self.radius, row)?)?;
        Place::new(some(&self.lat, row)?, some(&self.lon, row)?, radius)
    }
}

/// Three columns that hold a count.
pub(crate) struct CountColumns {
    low: PrimitiveArray<UInt32Type>,
    best: PrimitiveArray<UInt32Type>,
    high: PrimitiveArray<UInt32Type>,
}

impl CountColumns {
    pub fn new(rows: &RecordBatch, names: [&str; 3], path: &Path) -> Result<CountColumns> {
        Ok(CountColumns {
            low: primitive(rows, names[0], path)?,
            best: primitive(rows, names[1], path)?,
            high: primitive(rows, names[2], path)?,
        })
    }

    pub fn at(&self, row: usize) -> Option<Count> {
        Count::new(some(&self.low, row)?, some(&self.best, row), some(&self.high, row))
    }
}

/// `harm` to `as_of`.
pub(crate) struct TollColumns {
    harm: Words<Harm>,
    whom: Words<Whom>,
    attackers: Words<Attackers>,
    qualifier: Words<Qualifier>,
    count: CountColumns,
    as_of: PrimitiveArray<Date32Type>,
}

impl TollColumns {
    pub fn new(rows: &RecordBatch, path: &Path) -> Result<TollColumns> {
        Ok(TollColumns {
            harm: Words::new(rows, "harm", path)?,
            whom: Words::new(rows, "whom", path)?,
            attackers: Words::new(rows, "attackers", path)?,
            qualifier: Words::new(rows, "qualifier", path)?,
            count: CountColumns::new(rows, ["low", "best", "high"], path)?,
            as_of: primitive(rows, "as_of", path)?,
        })
    }

    pub fn at(&self, row: usize) -> Option<Toll> {
        let as_of = match some(&self.as_of, row) {
            Some(days) => Some(day(days)?),
            None => None,
        };
        Some(Toll {
            harm: self.harm.at(row)?,
            whom: self.whom.at(row)?,
            attackers: self.attackers.at(row)?,
            qualifier: self.qualifier.at(row)?,
            count: self.count.at(row)?,
            as_of,
        })
    }
}
