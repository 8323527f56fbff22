//! Which report belongs to which incident, and what became of the handles of earlier linkings.
//!
//! A linkage is a view that can be made again; its history is not. A handle that was given out
//! once is quoted in articles and tables, so whenever a linking no longer gives it, or gives it to
//! fewer reports, the pool keeps where its reports went (invariant 4).

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sheaf_model::{Incident, IncidentId, ReportId};

use crate::error::Result;
use crate::fates::{Fate, Sets};
use crate::import::check_time;
use crate::import_rows;
use crate::imports::Import;
use crate::layers::{InOrder, LayerHashes, LayerParts, Now};
use crate::members::{MemberStream, MemberWriter};
use crate::opening::has_layers;
use crate::part_writer::sync_names;
use crate::pool::Pool;
use crate::schema::PartKind;

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
    // The base, and what changed since, oldest first.
    pub(crate) layers: Vec<LayerParts>,
}

impl Linkage {
    /// How many layers it stands in: 1, and 1 for each update since it was last written whole or
    /// updates were put together.
    pub fn n_layers(&self) -> usize {
        self.layers.len()
    }
}

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

    /// A fingerprint of what some imports say, for citations: of every part, and of the names that
    /// answers show. Imports of different sources may have come in any order.
    pub fn fingerprint(&self, is_known: impl Fn(&Import) -> bool) -> Result<[u8; 32]> {
        let mut imports = self.imports()?;
        imports.retain(is_known);
        imports.sort_by(|a, b| a.about.source.name.cmp(&b.about.source.name));
        let mut hasher = blake3::Hasher::new();
        for import in &imports {
            let about = &import.about;
            let names = [
                about.source.name.as_str(),
                about.source.kind.name(),
                about.source.licence.name(),
                &about.dataset,
                &about.file,
            ];
            let parts = [PartKind::Reports, PartKind::Claims]
                .map(|kind| self.import_part(import.id, kind).map(|part| part.hash));
            let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
            let texts = names.into_iter().chain(parts.iter().map(String::as_str));
            for text in texts.chain(import.columns.iter().map(String::as_str)) {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
        }
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
        let mut writer = MemberWriter::create(self)?;
        for (incident, report) in sets.members() {
            writer.push(incident, report)?;
        }
        let part = writer.finish()?;
        let mut fates = Vec::new();
        if let Some(before) = self.linkage()? {
            self.for_each_set(&before, |stream| {
                sets.fate_of(stream.handle().unwrap_or_default(), stream.reports(), &mut fates);
                Ok(())
            })?;
        }
        let linkage = Linkage {
            number: 0,
            head,
            n_reports: part.rows,
            n_incidents: sets.incidents.len() as u64,
            layers: vec![LayerParts { rows: vec![part], gone: None }],
        };
        self.keep_linkage(linkage, &fates)
    }

    /// Makes a linkage whose parts are written part of the pool, in one transaction.
    pub(crate) fn keep_linkage(&self, mut linkage: Linkage, fates: &[Fate]) -> Result<Linkage> {
        sync_names(self.path())?;
        let mut ledger = self.ledger();
        let deed = ledger.transaction().map_err(self.says())?;
        linkage.number = append(&deed, &linkage, fates).map_err(self.says())?;
        deed.commit().map_err(self.says())?;
        Ok(linkage)
    }

    /// The newest linkage, if the pool was ever linked and the linkage is undamaged. Compare its
    /// basis with [`Pool::basis`] to see whether it still fits.
    pub fn linkage(&self) -> Result<Option<Linkage>> {
        let Some(linkage) = self.linkage_told()? else { return Ok(None) };
        Ok(if self.are_sound(&linkage.layers)? { Some(linkage) } else { None })
    }

    /// The newest linkage, as the ledger tells of it.
    pub(crate) fn linkage_told(&self) -> Result<Option<Linkage>> {
        let told = newest(&self.ledger()).map_err(self.says())?;
        told.map(|(mut linkage, hashes)| {
            linkage.layers = self.layers_told(&[PartKind::Members], hashes)?;
            Ok(linkage)
        })
        .transpose()
    }

    /// Visits every incident of a linkage with its reports, in order of handle.
    pub fn for_each_incident(
        &self,
        linkage: &Linkage,
        mut visit: impl FnMut(Incident),
    ) -> Result<()> {
        self.for_each_set(linkage, |set| {
            let reports = set.reports().filter_map(ReportId::parse).collect();
            if let Some(id) = set.handle().and_then(handle) {
                visit(Incident { id, reports });
            }
            Ok(())
        })
    }

    /// Visits every pair of handle and report, sorted by both.
    pub(crate) fn for_each_member(
        &self,
        linkage: &Linkage,
        mut visit: impl FnMut(&str, &str),
    ) -> Result<()> {
        self.for_each_set(linkage, |set| {
            let handle = set.handle().unwrap_or_default();
            set.reports().for_each(|report| visit(handle, report));
            Ok(())
        })
    }

    /// Visits every incident as the newest layer has it, in order of handle.
    pub(crate) fn for_each_set(
        &self,
        linkage: &Linkage,
        mut visit: impl FnMut(&MemberStream) -> Result<()>,
    ) -> Result<()> {
        let open = |layer: &LayerParts| MemberStream::open(self, layer);
        self.merge_layers(&linkage.layers, true, open, |now| match now {
            Now::Held(_, set) => visit(set),
            Now::Gone(_) => Ok(()),
        })
    }
}

/// The handle with this text.
pub(crate) fn handle(text: &str) -> Option<IncidentId> {
    IncidentId::of([&ReportId::parse(text)?])
}

/// The newest linkage without its layers, and their hashes.
fn newest(ledger: &Connection) -> rusqlite::Result<Option<(Linkage, Vec<LayerHashes>)>> {
    // One look: a writer may take a linkage's layers away between two.
    let ledger = ledger.unchecked_transaction()?;
    let found = ledger
        .query_row(
            "SELECT linkage, basis, settings, model, at, n_reports, n_incidents, members
             FROM linkage ORDER BY linkage DESC LIMIT 1",
            [],
            |row| {
                let linkage = Linkage {
                    number: row.get::<_, i64>(0)? as u64,
                    head: LinkageHead {
                        basis: row.get(1)?,
                        settings: row.get(2)?,
                        model: row.get(3)?,
                        at: row.get(4)?,
                    },
                    n_reports: row.get::<_, i64>(5)? as u64,
                    n_incidents: row.get::<_, i64>(6)? as u64,
                    layers: Vec::new(),
                };
                Ok((linkage, vec![(vec![row.get(7)?], None)]))
            },
        )
        .optional()?;
    let Some((linkage, mut layers)) = found else { return Ok(None) };
    if has_layers(&ledger)? {
        let mut query = ledger
            .prepare("SELECT members, gone FROM linkage_layer WHERE linkage = ?1 ORDER BY layer")?;
        let above =
            query.query_map([linkage.number as i64], |row| Ok((vec![row.get(0)?], row.get(1)?)))?;
        layers.extend(above.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(Some((linkage, layers)))
}

fn append(deed: &Transaction<'_>, linkage: &Linkage, fates: &[Fate]) -> rusqlite::Result<u64> {
    // Those that are known already stay as they are.
    for part in linkage.layers.iter().flat_map(LayerParts::parts) {
        import_rows::append_part(deed, part)?;
    }
    let (head, base) = (&linkage.head, &linkage.layers[0]);
    deed.execute(
        "INSERT INTO linkage (basis, settings, model, at, members, n_reports, n_incidents)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            head.basis,
            head.settings,
            head.model,
            head.at,
            base.rows[0].hash,
            linkage.n_reports as i64,
            linkage.n_incidents as i64
        ],
    )?;
    let number = deed.last_insert_rowid();
    // Only the newest linkage keeps its parts.
    deed.execute("DELETE FROM linkage_layer", [])?;
    let mut insert = deed.prepare("INSERT INTO linkage_layer VALUES (?1, ?2, ?3, ?4)")?;
    for (idx, layer) in linkage.layers.iter().enumerate().skip(1) {
        let gone = layer.gone.as_ref().map(|gone| &gone.hash);
        insert.execute(params![number, idx as i64, layer.rows[0].hash, gone])?;
    }
    let mut insert = deed.prepare("INSERT INTO handle_history VALUES (?1, ?2, ?3, ?4)")?;
    for fate in fates {
        insert.execute(params![fate.handle, number, fate.became, fate.n_reports as i64])?;
    }
    Ok(number as u64)
}
