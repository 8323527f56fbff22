//! The settled view read back: a row per incident for listing, the whole incident for showing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use arrow_array::{Array, ListArray, PrimitiveArray, RecordBatch, StringArray};
use sheaf_model::{
    ClaimRef, Count, Field, Incident, Kind, Licence, Place, ReportId, Settled, SettledIncident,
    SourceName, When,
};

use crate::error::{Result, StoreError};
use crate::linkage::handle;
use crate::part::RecordBatches;
use crate::pool::Pool;
use crate::reading::{
    CountColumns, DayColumns, PlaceColumns, TollColumns, Words, keys_and_words, list, primitive,
    some_text, text,
};
use crate::schema::PartKind;
use crate::settled::SettledView;

/// Incidents read at a time.
const AT_ONCE: usize = 1 << 13;

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

impl Pool {
    /// Visits every incident of a view as a line of a list, in the order of the view.
    pub fn for_each_row(
        &self,
        view: &SettledView,
        mut visit: impl FnMut(IncidentRow<'_>),
    ) -> Result<()> {
        let part = self.part(PartKind::Incidents, &view.incidents)?;
        let mut rows = part.read(self.path(), &[], AT_ONCE)?;
        while let Some(rows_here) = rows.next_rows()? {
            let columns = IncidentColumns::new(&rows_here, rows.path())?;
            (0..columns.len()).for_each(|row| visit(IncidentRow { rows: &columns, row }));
        }
        Ok(())
    }

    /// Visits the incidents whose row is wanted, whole, in the order of the view.
    pub fn for_each_settled(
        &self,
        view: &SettledView,
        mut wanted: impl FnMut(IncidentRow<'_>) -> bool,
        mut visit: impl FnMut(SettledIncident),
    ) -> Result<()> {
        let (mut incident_rows, mut value_rows) = (Vec::new(), Vec::new());
        let mut number = 0;
        self.for_each_row(view, |row| {
            if wanted(row) {
                extend(&mut incident_rows, number..number + 1);
                extend(&mut value_rows, row.rows.value_rows(row.row));
            }
            number += 1;
        })?;
        let profile = kept_word(&view.head.profile);
        let incidents = self.part(PartKind::Incidents, &view.incidents)?;
        let values = self.part(PartKind::Values, &view.values)?;
        let mut incidents = incidents.read_rows(self.path(), &[], AT_ONCE, &incident_rows)?;
        let values = values.read_rows(self.path(), &[], AT_ONCE * 4, &value_rows)?;
        let mut values = ValueCursor { rows: values, chunk: None, next: 0 };
        while let Some(rows_here) = incidents.next_rows()? {
            let columns = IncidentColumns::new(&rows_here, incidents.path())?;
            for row in 0..columns.len() {
                let bad = || StoreError::altered(incidents.path(), "an incident does not fit");
                let mut incident = columns.incident(row, profile).ok_or_else(bad)?;
                values.give(&mut incident, columns.n_values.value(row))?;
                visit(incident);
            }
        }
        Ok(())
    }

    /// One incident of a view, whole.
    pub fn settled_incident(
        &self,
        view: &SettledView,
        id: &sheaf_model::IncidentId,
    ) -> Result<Option<SettledIncident>> {
        let mut found = None;
        self.for_each_settled(view, |row| row.id() == id.as_str(), |it| found = Some(it))?;
        Ok(found)
    }
}

/// Adds rows to read, joined to the last if they follow it.
fn extend(rows: &mut Vec<Range<u64>>, next: Range<u64>) {
    match rows.last_mut() {
        Some(last) if last.end == next.start => last.end = next.end,
        _ if next.is_empty() => {}
        _ => rows.push(next),
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
struct IncidentColumns {
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
    n_values: PrimitiveArray<UInt32Type>,
}

impl IncidentColumns {
    fn new(rows: &RecordBatch, path: &Path) -> Result<IncidentColumns> {
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

    fn len(&self) -> usize {
        self.incident.len()
    }

    fn value_rows(&self, row: usize) -> Range<u64> {
        let first = self.first_value.value(row);
        first..first + u64::from(self.n_values.value(row))
    }

    /// The incident without its values.
    fn incident(&self, row: usize, profile: &'static str) -> Option<SettledIncident> {
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

/// The values of a part, one after the other.
struct ValueCursor {
    rows: RecordBatches,
    chunk: Option<ValueColumns>,
    next: usize,
}

impl ValueCursor {
    fn give(&mut self, incident: &mut SettledIncident, n: u32) -> Result<()> {
        for _ in 0..n {
            if self.chunk.as_ref().is_none_or(|chunk| self.next == chunk.by.len()) {
                let rows = self.rows.next_rows()?.ok_or_else(|| {
                    StoreError::altered(self.rows.path(), "it holds fewer values than it should")
                })?;
                self.chunk = Some(ValueColumns::new(&rows, self.rows.path())?);
                self.next = 0;
            }
            let Some(chunk) = &self.chunk else { continue };
            chunk.give(incident, self.next).ok_or_else(|| {
                StoreError::altered(self.rows.path(), "a settled value does not fit its field")
            })?;
            self.next += 1;
        }
        Ok(())
    }
}

struct ValueColumns {
    field: Words<Field>,
    days: DayColumns,
    places: PlaceColumns,
    tolls: TollColumns,
    words: StringArray,
    by: Vec<&'static str>,
    from: ListArray,
    against: ListArray,
}

impl ValueColumns {
    fn new(rows: &RecordBatch, path: &Path) -> Result<ValueColumns> {
        let (keys, rules) = keys_and_words(rows, "rule", path)?;
        let rules: Vec<&'static str> = rules.iter().flatten().map(kept_word).collect();
        let rule = |&key: &i32| rules.get(key as usize).copied().unwrap_or_default();
        Ok(ValueColumns {
            field: Words::new(rows, "field", path)?,
            days: DayColumns::new(rows, path)?,
            places: PlaceColumns::new(rows, path)?,
            tolls: TollColumns::new(rows, path)?,
            words: text(rows, "words", path)?,
            by: keys.values().iter().map(rule).collect(),
            from: list(rows, "from_claims", path)?,
            against: list(rows, "against_claims", path)?,
        })
    }

    fn give(&self, incident: &mut SettledIncident, row: usize) -> Option<()> {
        let words = || self.words.value(row).to_owned();
        match self.field.at(row)? {
            Field::When => incident.when = Some(self.settled(row, self.days.at(row)?)?),
            Field::Where => incident.place = Some(self.settled(row, self.places.at(row)?)?),
            Field::PlaceName => incident.place_name = Some(self.settled(row, words())?),
            Field::AdminOne => incident.admin_one = Some(self.settled(row, words())?),
            Field::Country => incident.country = Some(self.settled(row, words())?),
            Field::Target => incident.target = Some(self.settled(row, words())?),
            Field::Weapon => incident.weapon = Some(self.settled(row, words())?),
            Field::Kind => {
                let kind = Kind::from_name(self.words.value(row))?;
                incident.kind = Some(self.settled(row, kind)?);
            }
            Field::Toll => incident.tolls.push(self.settled(row, self.tolls.at(row)?)?),
            Field::ClaimedBy => incident.claimed_by.push(self.settled(row, words())?),
            Field::BlamedOn => incident.blamed_on.push(self.settled(row, words())?),
            _ => return None,
        }
        Some(())
    }

    fn settled<T>(&self, row: usize, value: T) -> Option<Settled<T>> {
        Some(Settled {
            value,
            from: claims(&self.from, row)?,
            against: claims(&self.against, row)?,
            by: self.by[row],
        })
    }
}

fn claims(lists: &ListArray, row: usize) -> Option<Vec<ClaimRef>> {
    let items = lists.values().as_primitive_opt::<UInt64Type>()?;
    let ends = lists.value_offsets();
    let claim = |&packed: &u64| {
        let report = u32::try_from(packed >> 16).ok()?;
        Some(ClaimRef { report, claim: packed as u16 })
    };
    items.values()[ends[row] as usize..ends[row + 1] as usize].iter().map(claim).collect()
}

/// A word that stays for as long as the program runs, as the nouns want it of rules and profiles.
/// They come from short lists, so each is kept once and few are kept.
fn kept_word(word: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(word) {
        return known;
    }
    let word: &'static str = Box::leak(word.to_owned().into_boxed_str());
    kept.insert(word);
    word
}
