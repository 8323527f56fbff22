//! Settled incidents to rows of an incidents part, and their values to rows of a values part.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array};
use sheaf_model::{
    ClaimRef, Count, Day, Field, Harm, Kind, Licence, Place, Settled, SettledIncident, Toll, Whom,
};

use crate::columns::{Sparse, SparseText, TextRows, dictionary, lists};
use crate::encoder::Encoder;
use crate::error::Result;
use crate::names::Listed;
use crate::part::Part;
use crate::pool::Pool;
use crate::schema::PartKind;

/// Incidents per chunk handed to Parquet.
const CHUNK: usize = 1 << 13;

/// An incidents part and its values part being written. The same incidents in the same order give
/// the same bytes, however they come.
pub(crate) struct SettledParts {
    encoder: Encoder,
    incidents: IncidentRows,
    values: ValueRows,
    n_incidents: u64,
    n_values: u64,
}

impl SettledParts {
    pub fn start(pool: &Pool, profile: &str) -> Result<SettledParts> {
        let kinds = [PartKind::Incidents, PartKind::Values];
        let encoder = Encoder::start(pool.path(), &kinds, &[("sheaf.profile", profile)])?;
        Ok(SettledParts {
            encoder,
            incidents: IncidentRows::default(),
            values: ValueRows::default(),
            n_incidents: 0,
            n_values: 0,
        })
    }

    pub fn push(&mut self, incident: &SettledIncident) -> Result<()> {
        let n_values = self.values.push_all(self.n_incidents as u32, incident);
        let tolls = [Harm::Killed, Harm::Injured].map(|harm| of_everyone(incident, harm));
        self.incidents.push(incident, tolls, self.n_values, n_values);
        self.n_incidents += 1;
        self.n_values += u64::from(n_values);
        if self.incidents.n_reports.len() == CHUNK { self.send() } else { Ok(()) }
    }

    /// How many incidents were pushed.
    pub fn len(&self) -> u64 {
        self.n_incidents
    }

    /// The incidents part and the values part, on disk.
    pub fn finish(mut self) -> Result<Vec<Part>> {
        if !self.incidents.n_reports.is_empty() {
            self.send()?;
        }
        self.encoder.finish()
    }

    fn send(&mut self) -> Result<()> {
        self.encoder.send(PartKind::Incidents, self.incidents.take())?;
        self.encoder.send(PartKind::Values, self.values.take())
    }
}

/// Incidents on their way into a part.
#[derive(Default)]
pub(crate) struct IncidentRows {
    incident: TextRows,
    n_reports: Vec<u32>,
    reports: TextRows,
    n_sources: Vec<usize>,
    sources: TextRows,
    licence: Vec<i32>,
    days: Sparse<(Day, Day)>,
    places: Sparse<Place>,
    place_name: SparseText,
    admin_one: SparseText,
    country: SparseText,
    kind: Sparse<Kind>,
    target: SparseText,
    weapon: SparseText,
    killed: Sparse<Count>,
    injured: Sparse<Count>,
    first_value: Vec<u64>,
    n_values: Vec<u32>,
}

impl IncidentRows {
    /// Adds an incident with the tolls of killed and injured that its row shows.
    pub(crate) fn push(
        &mut self,
        it: &SettledIncident,
        [killed, injured]: [Option<Count>; 2],
        first_value: u64,
        n_values: u32,
    ) {
        let row = self.n_reports.len() as u32;
        self.incident.push(it.incident.id.as_str());
        self.n_reports.push(it.incident.reports.len() as u32);
        it.incident.reports.iter().for_each(|report| self.reports.push(report.as_str()));
        self.n_sources.push(it.sources.len());
        it.sources.iter().for_each(|source| self.sources.push(source.as_str()));
        self.licence.push(it.licence.position());
        let when = it.when.as_ref().map(|when| (when.value.first(), when.value.last()));
        self.days.push_some(row, when);
        self.places.push_some(row, it.place.as_ref().map(|place| place.value));
        for (column, value) in [
            (&mut self.place_name, &it.place_name),
            (&mut self.admin_one, &it.admin_one),
            (&mut self.country, &it.country),
            (&mut self.target, &it.target),
            (&mut self.weapon, &it.weapon),
        ] {
            if let Some(value) = value {
                column.push(row, &value.value);
            }
        }
        self.kind.push_some(row, it.kind.as_ref().map(|kind| kind.value));
        self.killed.push_some(row, killed);
        self.injured.push_some(row, injured);
        self.first_value.push(first_value);
        self.n_values.push(n_values);
    }

    pub(crate) fn take(&mut self) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.n_reports.len();
        let n_reports = rows.n_reports.iter().map(|&n| n as usize).collect();
        let mut arrays: Vec<ArrayRef> = vec![
            rows.incident.all(),
            Arc::new(UInt32Array::from(rows.n_reports)),
            lists(n_reports, rows.reports.all()),
            lists(rows.n_sources, rows.sources.all()),
            dictionary(rows.licence, None, Licence::words()),
        ];
        arrays.extend(rows.days.day_columns(n));
        arrays.extend(rows.places.place_columns(n));
        arrays.extend([rows.place_name, rows.admin_one, rows.country].map(|it| it.spread(n)));
        arrays.push(rows.kind.words::<Kind>(n, |kind| kind));
        arrays.extend([rows.target, rows.weapon].map(|it| it.spread(n)));
        arrays.extend(rows.killed.count_columns(n));
        arrays.extend(rows.injured.count_columns(n));
        arrays.push(Arc::new(UInt64Array::from(rows.first_value)));
        arrays.push(Arc::new(UInt32Array::from(rows.n_values)));
        RecordBatch::try_new(PartKind::Incidents.schema(), arrays)
            .expect("the arrays are made for this schema")
    }
}

/// The toll of everyone counted that there is room for.
fn of_everyone(incident: &SettledIncident, harm: Harm) -> Option<Count> {
    incident.toll_of(harm, Whom::All).map(|toll| toll.value.count)
}

/// Settled values on their way into a part.
#[derive(Default)]
struct ValueRows {
    incident: Vec<u32>,
    field: Vec<i32>,
    days: Sparse<(Day, Day)>,
    places: Sparse<Place>,
    tolls: Sparse<Toll>,
    words: SparseText,
    by: Vec<&'static str>,
    n_from: Vec<usize>,
    from: Vec<u64>,
    n_against: Vec<usize>,
    against: Vec<u64>,
}

impl ValueRows {
    /// Adds every value of an incident and says how many there are.
    fn push_all(&mut self, incident: u32, it: &SettledIncident) -> u32 {
        let before = self.incident.len();
        if let Some(when) = &it.when {
            let row = self.push(incident, Field::When, when);
            self.days.push(row, (when.value.first(), when.value.last()));
        }
        if let Some(place) = &it.place {
            let row = self.push(incident, Field::Where, place);
            self.places.push(row, place.value);
        }
        let texts = [
            (Field::PlaceName, &it.place_name),
            (Field::AdminOne, &it.admin_one),
            (Field::Country, &it.country),
            (Field::Target, &it.target),
            (Field::Weapon, &it.weapon),
        ];
        let texts = texts.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
        let claimed = it.claimed_by.iter().map(|value| (Field::ClaimedBy, value));
        let blamed = it.blamed_on.iter().map(|value| (Field::BlamedOn, value));
        for (field, value) in texts.chain(claimed).chain(blamed) {
            let row = self.push(incident, field, value);
            self.words.push(row, &value.value);
        }
        if let Some(kind) = &it.kind {
            let row = self.push(incident, Field::Kind, kind);
            self.words.push(row, kind.value.name());
        }
        for toll in &it.tolls {
            let row = self.push(incident, Field::Toll, toll);
            self.tolls.push(row, toll.value);
        }
        (self.incident.len() - before) as u32
    }

    fn push<T>(&mut self, incident: u32, field: Field, value: &Settled<T>) -> u32 {
        let row = self.incident.len() as u32;
        self.incident.push(incident);
        self.field.push(field.position());
        self.by.push(value.by);
        self.n_from.push(value.from.len());
        self.from.extend(value.from.iter().map(|&it| packed(it)));
        self.n_against.push(value.against.len());
        self.against.extend(value.against.iter().map(|&it| packed(it)));
        row
    }

    fn take(&mut self) -> RecordBatch {
        let rows = std::mem::take(self);
        let n = rows.incident.len();
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(rows.incident)),
            dictionary(rows.field, None, Field::words()),
        ];
        arrays.extend(rows.days.day_columns(n));
        arrays.extend(rows.places.place_columns(n));
        arrays.extend(rows.tolls.toll_columns(n));
        arrays.push(rows.words.spread(n));
        arrays.push(rule_column(&rows.by));
        arrays.push(lists(rows.n_from, Arc::new(UInt64Array::from(rows.from))));
        arrays.push(lists(rows.n_against, Arc::new(UInt64Array::from(rows.against))));
        RecordBatch::try_new(PartKind::Values.schema(), arrays)
            .expect("the arrays are made for this schema")
    }
}

/// A claim's place as one number, as the schema says.
fn packed(it: ClaimRef) -> u64 {
    u64::from(it.report) << 16 | u64::from(it.claim)
}

/// Rules come from a short list that only settling knows, so it is gathered here.
fn rule_column(by: &[&'static str]) -> ArrayRef {
    let mut rules: Vec<&'static str> = Vec::new();
    let keys = by
        .iter()
        .map(|&rule| {
            let known = rules.iter().position(|&it| it == rule);
            known.unwrap_or_else(|| {
                rules.push(rule);
                rules.len() - 1
            }) as i32
        })
        .collect();
    let words: ArrayRef = Arc::new(StringArray::from(rules));
    dictionary(keys, None, &words)
}
