//! The settled view read back: a row per incident for listing, the whole incident for showing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{ListArray, RecordBatch, StringArray};
use sheaf_model::{ClaimRef, Field, Kind, Settled, SettledIncident};

use crate::error::{Result, StoreError};
use crate::incident_row::{AT_ONCE, IncidentColumns, IncidentRow, RowStream};
use crate::layers::{InOrder, Layer, LayerParts, Now, merge};
use crate::part::RecordBatches;
use crate::pool::Pool;
use crate::reading::{DayColumns, PlaceColumns, TollColumns, Words, keys_and_words, list, text};
use crate::settled::SettledView;

impl Pool {
    /// Visits every incident of a view as a line of a list, in the order of the view.
    pub fn for_each_row(
        &self,
        view: &SettledView,
        mut visit: impl FnMut(IncidentRow<'_>),
    ) -> Result<()> {
        self.rows_in(&view.layers, true, |_, stream| {
            if let Some((row, _)) = stream.row() {
                visit(row);
            }
        })
    }

    /// Visits the incidents whose row is wanted, whole, in the order of the view.
    pub fn for_each_settled(
        &self,
        view: &SettledView,
        wanted: impl FnMut(IncidentRow<'_>) -> bool,
        visit: impl FnMut(SettledIncident),
    ) -> Result<()> {
        self.settled_in(&view.layers, true, &view.head.profile, wanted, visit)
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

    /// Visits the rows that some layers give, with the number of the layer among them.
    fn rows_in(
        &self,
        layers: &[LayerParts],
        is_whole: bool,
        mut visit: impl FnMut(usize, &RowStream),
    ) -> Result<()> {
        let open = |layer: &LayerParts| RowStream::open(self, layer);
        self.merge_layers(layers, is_whole, open, |now| {
            if let Now::Held(layer, stream) = now {
                visit(layer - usize::from(!is_whole), stream);
            }
            Ok(())
        })
    }

    /// Visits the wanted incidents that some layers give, whole. With `is_whole` the first of them
    /// is the base of the view.
    pub(crate) fn settled_in(
        &self,
        layers: &[LayerParts],
        is_whole: bool,
        profile: &str,
        mut wanted: impl FnMut(IncidentRow<'_>) -> bool,
        mut visit: impl FnMut(SettledIncident),
    ) -> Result<()> {
        let mut chosen = vec![Chosen::default(); layers.len()];
        self.rows_in(layers, is_whole, |layer, stream| match stream.row() {
            Some((row, value_rows)) if wanted(row) => {
                extend(&mut chosen[layer].incidents, stream.number..stream.number + 1);
                extend(&mut chosen[layer].values, value_rows);
            }
            _ => {}
        })?;
        let profile = kept_word(profile);
        let mut streams = Vec::new();
        for (layer, rows) in layers.iter().zip(&chosen) {
            streams.push(SettledStream::open(self, layer, rows, profile)?);
        }
        // What a newer layer replaced or ended was not chosen, so each is in one stream only.
        let mut streams = streams.into_iter();
        let base = streams.next();
        let above = streams.map(|stream| Layer::new(stream, Vec::new())).collect();
        merge(base, above, |now| {
            if let Now::Held(_, stream) = now {
                stream.next.take().into_iter().for_each(&mut visit);
            }
            Ok(())
        })
    }
}

/// Rows of a layer to be read, in order.
#[derive(Clone, Default)]
struct Chosen {
    incidents: Vec<Range<u64>>,
    values: Vec<Range<u64>>,
}

/// Adds rows to read, joined to the last if they follow it.
fn extend(rows: &mut Vec<Range<u64>>, next: Range<u64>) {
    match rows.last_mut() {
        Some(last) if last.end == next.start => last.end = next.end,
        _ if next.is_empty() => {}
        _ => rows.push(next),
    }
}

/// Some incidents of a layer, whole, one after the other.
struct SettledStream {
    profile: &'static str,
    incidents: RecordBatches,
    chunk: Option<IncidentColumns>,
    row: usize,
    values: ValueCursor,
    next: Option<SettledIncident>,
}

impl SettledStream {
    fn open(
        pool: &Pool,
        layer: &LayerParts,
        chosen: &Chosen,
        profile: &'static str,
    ) -> Result<SettledStream> {
        let (incidents, values) = (&layer.rows[0], &layer.rows[1]);
        let incidents = incidents.read_rows(pool.path(), &[], AT_ONCE, &chosen.incidents)?;
        let values = values.read_rows(pool.path(), &[], AT_ONCE * 4, &chosen.values)?;
        let values = ValueCursor { rows: values, chunk: None, next: 0 };
        let mut stream =
            SettledStream { profile, incidents, chunk: None, row: 0, values, next: None };
        stream.pass()?;
        Ok(stream)
    }
}

impl InOrder for SettledStream {
    fn handle(&self) -> Option<&str> {
        self.next.as_ref().map(|incident| incident.incident.id.as_str())
    }

    fn pass(&mut self) -> Result<()> {
        self.next = None;
        if self.chunk.as_ref().is_none_or(|chunk| self.row == chunk.len()) {
            let rows = self.incidents.next_rows()?;
            let path = self.incidents.path();
            self.chunk = rows.map(|rows| IncidentColumns::new(&rows, path)).transpose()?;
            self.row = 0;
        }
        let Some(chunk) = &self.chunk else { return Ok(()) };
        let bad = || StoreError::altered(self.incidents.path(), "an incident does not fit");
        let mut incident = chunk.incident(self.row, self.profile).ok_or_else(bad)?;
        self.values.give(&mut incident, chunk.n_values.value(self.row))?;
        self.next = Some(incident);
        self.row += 1;
        Ok(())
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
