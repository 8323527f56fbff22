//! An incident of a settled view as a line of a list: read without its values.

use std::ops::Range;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use arrow_array::{Array, ListArray, PrimitiveArray, RecordBatch, StringArray};
use sheaf_model::{
    Count, Incident, Kind, Licence, Place, ReportId, SettledIncident, SourceName, When,
};

use crate::error::Result;
use crate::layers::{InOrder, LayerParts};
use crate::linkage::handle;
use crate::part::RecordBatches;
use crate::pool::Pool;
use crate::reading::{
    CountColumns, DayColumns, PlaceColumns, Words, list, primitive, some_text, text,
};

/// Incidents read at a time.
pub(crate) const AT_ONCE: usize = 1 << 13;

/// One incident as a line of a list.
#[derive(Clone, Copy)]
pub struct IncidentRow<'a> {
    rows: &'a IncidentColumns,
    row: usize,
}

impl<'a> IncidentRow<'a> {
    /// The incident's handle.
    pub fn id(self) -> &'a str {
        self.rows.incident.value(self.row)
    }

    /// How many reports tell of it.
    pub fn n_reports(self) -> u32 {
        self.rows.n_reports.value(self.row)
    }

    /// The ids of the reports, in order.
    pub fn reports(self) -> impl Iterator<Item = &'a str> {
        items(&self.rows.reports, &self.rows.report_items, self.row)
    }

    /// Who tells of it, in order of name.
    pub fn sources(self) -> impl Iterator<Item = &'a str> {
        items(&self.rows.sources, &self.rows.source_items, self.row)
    }

    /// The strictest licence among them.
    pub fn licence(self) -> Licence {
        self.rows.licence.at(self.row).unwrap_or(Licence::Unknown)
    }

    /// When.
    pub fn when(self) -> Option<When> {
        self.rows.days.at(self.row)
    }

    /// Where.
    pub fn place(self) -> Option<Place> {
        self.rows.places.at(self.row)
    }

    /// The place's name.
    pub fn place_name(self) -> Option<&'a str> {
        some_text(&self.rows.place_name, self.row)
    }

    /// First-level administrative unit.
    pub fn admin_one(self) -> Option<&'a str> {
        some_text(&self.rows.admin_one, self.row)
    }

    /// The country.
    pub fn country(self) -> Option<&'a str> {
        some_text(&self.rows.country, self.row)
    }

    /// What kind of happening.
    pub fn kind(self) -> Option<Kind> {
        self.rows.kind.at(self.row)
    }

    /// How many were killed, of everyone counted.
    pub fn killed(self) -> Option<Count> {
        self.rows.killed.at(self.row)
    }

    /// How many were injured, of everyone counted.
    pub fn injured(self) -> Option<Count> {
        self.rows.injured.at(self.row)
    }
}

/// The rows of an incidents part, one after the other.
pub(crate) struct RowStream {
    rows: RecordBatches,
    chunk: Option<IncidentColumns>,
    row: usize,
    /// The row of the part it stands at, from 0.
    pub number: u64,
}

impl RowStream {
    pub fn open(pool: &Pool, layer: &LayerParts) -> Result<RowStream> {
        let rows = layer.rows[0].read(pool.path(), &[], AT_ONCE)?;
        let mut stream = RowStream { rows, chunk: None, row: 0, number: 0 };
        stream.next_chunk()?;
        Ok(stream)
    }

    /// The row it stands at, and its rows in the values part.
    pub fn row(&self) -> Option<(IncidentRow<'_>, Range<u64>)> {
        let rows = self.chunk.as_ref()?;
        Some((IncidentRow { rows, row: self.row }, rows.value_rows(self.row)))
    }

    fn next_chunk(&mut self) -> Result<()> {
        self.row = 0;
        let rows = self.rows.next_rows()?;
        self.chunk = rows.map(|rows| IncidentColumns::new(&rows, self.rows.path())).transpose()?;
        Ok(())
    }
}

impl InOrder for RowStream {
    fn handle(&self) -> Option<&str> {
        self.chunk.as_ref().map(|chunk| chunk.incident.value(self.row))
    }

    fn pass(&mut self) -> Result<()> {
        (self.row, self.number) = (self.row + 1, self.number + 1);
        // Chunks are never empty.
        match &self.chunk {
            Some(chunk) if self.row == chunk.len() => self.next_chunk(),
            _ => Ok(()),
        }
    }
}

fn items<'a>(
    lists: &ListArray,
    items: &'a StringArray,
    row: usize,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let ends = lists.value_offsets();
    (ends[row] as usize..ends[row + 1] as usize).map(|item| items.value(item))
}

/// Some thousands of incidents, their columns at hand.
pub(crate) struct IncidentColumns {
    incident: StringArray,
    n_reports: PrimitiveArray<UInt32Type>,
    reports: ListArray,
    report_items: StringArray,
    sources: ListArray,
    source_items: StringArray,
    licence: Words<Licence>,
    days: DayColumns,
    places: PlaceColumns,
    place_name: StringArray,
    admin_one: StringArray,
    country: StringArray,
    kind: Words<Kind>,
    killed: CountColumns,
    injured: CountColumns,
    first_value: PrimitiveArray<UInt64Type>,
    pub n_values: PrimitiveArray<UInt32Type>,
}

impl IncidentColumns {
    pub fn new(rows: &RecordBatch, path: &Path) -> Result<IncidentColumns> {
        let texts = |name: &str| {
            let lists = list(rows, name, path)?;
            let items = lists.values().as_string_opt::<i32>().cloned();
            Ok((lists, items.ok_or_else(|| crate::reading::wrong_type(name, path))?))
        };
        let (reports, report_items) = texts("reports")?;
        let (sources, source_items) = texts("sources")?;
        Ok(IncidentColumns {
            incident: text(rows, "incident", path)?,
            n_reports: primitive(rows, "n_reports", path)?,
            reports,
            report_items,
            sources,
            source_items,
            licence: Words::new(rows, "licence", path)?,
            days: DayColumns::new(rows, path)?,
            places: PlaceColumns::new(rows, path)?,
            place_name: text(rows, "place_name", path)?,
            admin_one: text(rows, "admin_1", path)?,
            country: text(rows, "country", path)?,
            kind: Words::new(rows, "kind", path)?,
            killed: CountColumns::new(rows, ["killed_low", "killed_best", "killed_high"], path)?,
            injured: CountColumns::new(
                rows,
                ["injured_low", "injured_best", "injured_high"],
                path,
            )?,
            first_value: primitive(rows, "first_value", path)?,
            n_values: primitive(rows, "n_values", path)?,
        })
    }

    pub fn len(&self) -> usize {
        self.incident.len()
    }

    fn value_rows(&self, row: usize) -> Range<u64> {
        let first = self.first_value.value(row);
        first..first + u64::from(self.n_values.value(row))
    }

    /// The incident without its values.
    pub fn incident(&self, row: usize, profile: &'static str) -> Option<SettledIncident> {
        let view = IncidentRow { rows: self, row };
        Some(SettledIncident {
            incident: Incident {
                id: handle(view.id())?,
                reports: view.reports().map(ReportId::parse).collect::<Option<_>>()?,
            },
            profile,
            sources: view.sources().map(|it| SourceName::new(it).ok()).collect::<Option<_>>()?,
            licence: self.licence.at(row)?,
            when: None,
            place: None,
            place_name: None,
            admin_one: None,
            country: None,
            kind: None,
            target: None,
            weapon: None,
            tolls: Vec::new(),
            claimed_by: Vec::new(),
            blamed_on: Vec::new(),
        })
    }
}
