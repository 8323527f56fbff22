//! Which report belongs to which incident, and what became of the handles of earlier linkings.
//!
//! A linkage is a view that can be made again; its history is not. A handle that was given out
//! once is quoted in articles and tables, so whenever a linking no longer gives it, or gives it to
//! fewer reports, the pool keeps where its reports went (invariant 4).

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use rusqlite::{OptionalExtension, Transaction, params};
use sheaf_model::{Incident, IncidentId, ReportId};

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::import_rows;
use crate::part::Part;
use crate::part_writer::{PartWriter, sync_names};
use crate::pool::Pool;
use crate::reading::text;
use crate::schema::PartKind;
use crate::vintage::hash;

/// What a linkage rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkageHead {
    /// Everything that went in, from [`Pool::basis`].
    pub basis: [u8; 32],
    /// The settings, as JSON.
    pub settings: String,
    /// Name and version of the model that weighed the reasons.
    pub model: String,
    /// When it was made (UTC, RFC 3339).
    pub at: String,
}

/// The newest linkage of a pool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linkage {
    /// Its number, from 1.
    pub number: u64,
    /// What it rests on.
    pub head: LinkageHead,
    /// How many reports it holds.
    pub n_reports: u64,
    /// How many incidents it makes of them.
    pub n_incidents: u64,
    pub(crate) members: String,
}

/// Members per chunk handed to Parquet.
const CHUNK: usize = 1 << 16;

impl Pool {
    /// A fingerprint of everything a linkage or a settled view rests on: the imports, the
    /// judgements and their withdrawals, and the settings.
    pub fn basis(&self, settings: &str) -> Result<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        for import in self.imports()? {
            add(import.about.source.name.as_str().as_bytes());
            add(import.about.source.kind.name().as_bytes());
            add(import.about.dataset.as_bytes());
            for kind in [PartKind::Reports, PartKind::Claims] {
                add(self.import_part(import.id, kind)?.hash.as_bytes());
            }
        }
        for judgement in self.judgements()? {
            add(judgement.pair.left().as_str().as_bytes());
            add(judgement.pair.right().as_str().as_bytes());
            add(judgement.verdict.name().as_bytes());
            add(&[u8::from(judgement.withdrawn.is_some())]);
        }
        add(settings.as_bytes());
        Ok(*hasher.finalize().as_bytes())
    }

    /// Keeps a new linkage in place of the one before, and what became of every earlier handle,
    /// in one transaction.
    pub fn put_linkage(
        &self,
        head: LinkageHead,
        incidents: impl IntoIterator<Item = Incident>,
    ) -> Result<Linkage> {
        self.must_write()?;
        check_time(&head.at)?;
        let sets = Sets::new(incidents)?;
        let part = self.write_members(&sets)?;
        let fates = match self.linkage()? {
            Some(before) => self.fates(&before, &sets)?,
            None => Vec::new(),
        };
        let mut linkage = Linkage {
            number: 0,
            head,
            n_reports: part.rows,
            n_incidents: sets.incidents.len() as u64,
            members: part.hash.clone(),
        };
        let mut ledger = self.ledger();
        let deed = ledger.transaction().map_err(self.says())?;
        linkage.number = append(&deed, &linkage, &part, &fates).map_err(self.says())?;
        deed.commit().map_err(self.says())?;
        Ok(linkage)
    }

    /// The newest linkage, if the pool was ever linked and the linkage is undamaged. Compare its
    /// basis with [`Pool::basis`] to see whether it still fits.
    pub fn linkage(&self) -> Result<Option<Linkage>> {
        match self.linkage_told()? {
            Some(linkage) if self.is_sound(PartKind::Members, &linkage.members)? => {
                Ok(Some(linkage))
            }
            _ => Ok(None),
        }
    }

    fn linkage_told(&self) -> Result<Option<Linkage>> {
        self.ledger()
            .query_row(
                "SELECT linkage, basis, settings, model, at, members, n_reports, n_incidents
                 FROM linkage ORDER BY linkage DESC LIMIT 1",
                [],
                |row| {
                    Ok(Linkage {
                        number: row.get::<_, i64>(0)? as u64,
                        head: LinkageHead {
                            basis: row.get(1)?,
                            settings: row.get(2)?,
                            model: row.get(3)?,
                            at: row.get(4)?,
                        },
                        members: row.get(5)?,
                        n_reports: row.get::<_, i64>(6)? as u64,
                        n_incidents: row.get::<_, i64>(7)? as u64,
                    })
                },
            )
            .optional()
            .map_err(self.says())
    }

    /// Visits every incident of a linkage with its reports, in order of handle.
    pub fn for_each_incident(
        &self,
        linkage: &Linkage,
        mut visit: impl FnMut(Incident),
    ) -> Result<()> {
        let mut open: Option<Incident> = None;
        self.for_each_member(linkage, |incident, report| {
            if let Some(here) = open.as_mut().filter(|here| here.id.as_str() == incident) {
                here.reports.extend(ReportId::parse(report));
                return;
            }
            let next = handle(incident)
                .map(|id| Incident { id, reports: ReportId::parse(report).into_iter().collect() });
            if let Some(done) = std::mem::replace(&mut open, next) {
                visit(done);
            }
        })?;
        open.into_iter().for_each(visit);
        Ok(())
    }

    /// Visits every pair of handle and report, sorted by both.
    pub(crate) fn for_each_member(
        &self,
        linkage: &Linkage,
        mut visit: impl FnMut(&str, &str),
    ) -> Result<()> {
        let part = self.part(PartKind::Members, &linkage.members)?;
        let mut rows = part.read(self.path(), &[], CHUNK)?;
        while let Some(rows_here) = rows.next_rows()? {
            let incidents = text(&rows_here, "incident", rows.path())?;
            let reports = text(&rows_here, "report", rows.path())?;
            for (incident, report) in incidents.iter().zip(&reports) {
                visit(incident.unwrap_or_default(), report.unwrap_or_default());
            }
        }
        Ok(())
    }

    fn write_members(&self, sets: &Sets) -> Result<Part> {
        let mut writer = PartWriter::create(self.path(), PartKind::Members, &[])?;
        let pairs = sets.incidents.iter().flat_map(|incident| {
            incident.reports.iter().map(|report| (incident.id.as_str(), report.as_str()))
        });
        let mut chunk = Vec::with_capacity(CHUNK);
        for pair in pairs {
            chunk.push(pair);
            if chunk.len() == CHUNK {
                writer.write(&member_rows(&chunk))?;
                chunk.clear();
            }
        }
        if !chunk.is_empty() {
            writer.write(&member_rows(&chunk))?;
        }
        let part = writer.finish()?.keep(self.path())?;
        sync_names(self.path())?;
        Ok(part)
    }

    /// Where the reports of each earlier handle are now, for handles that lost any.
    fn fates(&self, before: &Linkage, now: &Sets) -> Result<Vec<Fate>> {
        let mut fates = Vec::new();
        let mut open: Option<(String, BTreeMap<Option<u32>, u64>)> = None;
        let mut close = |done: Option<(String, BTreeMap<Option<u32>, u64>)>| {
            let Some((handle, places)) = done else { return };
            let name = |place: u32| now.incidents[place as usize].id.as_str();
            let stayed = |place: &Option<u32>| place.is_some_and(|place| name(place) == handle);
            if places.keys().all(stayed) {
                return;
            }
            for (place, n_reports) in places {
                fates.push(Fate {
                    handle: handle.clone(),
                    became: place.map(|place| name(place).to_owned()),
                    n_reports,
                });
            }
        };
        self.for_each_member(before, |incident, report| {
            let place = now.place_of(report);
            match &mut open {
                Some((handle, places)) if handle == incident => {
                    *places.entry(place).or_default() += 1;
                }
                _ => {
                    let next = (incident.to_owned(), BTreeMap::from([(place, 1)]));
                    close(open.replace(next));
                }
            }
        })?;
        close(open);
        Ok(fates)
    }
}

/// The handle with this text.
pub(crate) fn handle(text: &str) -> Option<IncidentId> {
    IncidentId::of([&ReportId::parse(text)?])
}

fn member_rows(pairs: &[(&str, &str)]) -> RecordBatch {
    let incidents = StringArray::from_iter_values(pairs.iter().map(|(incident, _)| incident));
    let reports = StringArray::from_iter_values(pairs.iter().map(|(_, report)| report));
    let arrays: Vec<ArrayRef> = vec![Arc::new(incidents), Arc::new(reports)];
    RecordBatch::try_new(PartKind::Members.schema(), arrays)
        .expect("the arrays are made for this schema")
}

/// What became of a handle: this many of its reports are in that incident now.
struct Fate {
    handle: String,
    became: Option<String>,
    n_reports: u64,
}

fn append(
    deed: &Transaction<'_>,
    linkage: &Linkage,
    part: &Part,
    fates: &[Fate],
) -> rusqlite::Result<u64> {
    import_rows::append_part(deed, part)?;
    let head = &linkage.head;
    deed.execute(
        "INSERT INTO linkage (basis, settings, model, at, members, n_reports, n_incidents)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            head.basis,
            head.settings,
            head.model,
            head.at,
            linkage.members,
            linkage.n_reports as i64,
            linkage.n_incidents as i64
        ],
    )?;
    let number = deed.last_insert_rowid();
    let mut insert = deed.prepare("INSERT INTO handle_history VALUES (?1, ?2, ?3, ?4)")?;
    for fate in fates {
        insert.execute(params![fate.handle, number, fate.became, fate.n_reports as i64])?;
    }
    Ok(number as u64)
}

/// Incidents in order of handle, their reports in order of id, and where each report is.
struct Sets {
    incidents: Vec<Incident>,
    // Sorted by the hash of the report's id.
    places: Vec<([u8; 16], u32)>,
}

impl Sets {
    fn new(incidents: impl IntoIterator<Item = Incident>) -> Result<Sets> {
        let mut incidents: Vec<Incident> = incidents.into_iter().collect();
        incidents.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let mut places = Vec::with_capacity(incidents.iter().map(|it| it.reports.len()).sum());
        for (place, incident) in incidents.iter_mut().enumerate() {
            incident.reports.sort_unstable();
            let place = place as u32;
            places.extend(incident.reports.iter().map(|id| (hash(id.as_str()), place)));
        }
        places.sort_unstable();
        if let Some(twice) = places.windows(2).find(|two| two[0].0 == two[1].0) {
            let both = [twice[0].1, twice[1].1].map(|place| &incidents[place as usize]);
            let report = both[0].reports.iter().find(|id| hash(id.as_str()) == twice[0].0);
            return Err(StoreError::new(
                "report-in-two-incidents",
                format!(
                    "the report {} is in the incidents {} and {}",
                    report.map(ReportId::as_str).unwrap_or_default(),
                    both[0].id,
                    both[1].id
                ),
                "this is a defect of the linking; please report it",
            ));
        }
        Ok(Sets { incidents, places })
    }

    fn place_of(&self, report: &str) -> Option<u32> {
        let report = hash(report);
        let at = self.places.binary_search_by_key(&report, |(here, _)| *here);
        at.ok().map(|at| self.places[at].1)
    }
}
