//! The settled view kept: what listing and exporting read, so that nothing is settled again.
//!
//! A view rests on a basis (what was in the pool and which settings) and can be thrown away. The
//! pool keeps the newest of each profile.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sheaf_model::{IncidentId, SettledIncident};

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::import_rows;
use crate::layers::{LayerHashes, LayerParts};
use crate::opening::has_layers;
use crate::pool::Pool;
use crate::schema::PartKind;
use crate::settled_rows::SettledParts;
use crate::settled_update::Update;

/// What a settled view rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettledHead {
    /// Everything that went in, from [`Pool::basis`].
    pub basis: [u8; 32],
    /// Name and version of the rule set.
    pub profile: String,
    /// When it was made (UTC, RFC 3339).
    pub at: String,
}

/// A settled view of a pool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettledView {
    /// What it rests on.
    pub head: SettledHead,
    /// How many incidents it holds.
    pub n_incidents: u64,
    // The base, and what changed since, oldest first.
    pub(crate) layers: Vec<LayerParts>,
}

impl SettledView {
    /// How many layers it stands in, as [`Linkage::n_layers`](crate::Linkage::n_layers).
    pub fn n_layers(&self) -> usize {
        self.layers.len()
    }
}

/// A settled view being written. Dropped unfinished, it leaves nothing.
pub struct SettledWriter<'a> {
    pool: &'a Pool,
    head: SettledHead,
    parts: SettledParts,
    update: Option<Update>,
}

impl Pool {
    /// Starts a settled view that takes the place of the one with the same profile.
    pub fn begin_settled(&self, head: SettledHead) -> Result<SettledWriter<'_>> {
        self.must_write()?;
        check_time(&head.at)?;
        let parts = SettledParts::start(self, &head.profile)?;
        Ok(SettledWriter { pool: self, head, parts, update: None })
    }

    /// Starts a settled view that carries every incident of another over but those written to it,
    /// which are new or take the place of the one with their handle, and those named in `gone`.
    /// What can be read of it is what [`Pool::begin_settled`] and all its incidents in order of
    /// handle would have given; what is written is what changed. A handle in `gone` that is written
    /// too, or is not in `before`, is passed over.
    ///
    /// # Errors
    /// `not-the-same-profile` if `before` was settled by another profile.
    pub fn update_settled(
        &self,
        head: SettledHead,
        before: &SettledView,
        gone: &[IncidentId],
    ) -> Result<SettledWriter<'_>> {
        if head.profile != before.head.profile {
            return Err(StoreError::new(
                "not-the-same-profile",
                format!("a view by {} cannot become one by {}", before.head.profile, head.profile),
                "settle every incident by the other profile",
            ));
        }
        let update = Some(Update::new(before, gone));
        Ok(SettledWriter { update, ..self.begin_settled(head)? })
    }

    /// The newest settled view by this profile, if there is one and it is undamaged. Compare its
    /// basis with [`Pool::basis`] to see whether it still fits.
    pub fn settled(&self, profile: &str) -> Result<Option<SettledView>> {
        let told = newest(&self.ledger(), profile).map_err(self.says())?;
        let Some((mut view, hashes)) = told else { return Ok(None) };
        view.layers = self.layers_told(&[PartKind::Incidents, PartKind::Values], hashes)?;
        Ok(if self.are_sound(&view.layers)? { Some(view) } else { None })
    }
}

impl SettledWriter<'_> {
    /// Adds incidents. They are read back in the order in which they are written.
    ///
    /// # Errors
    /// For an update, `not-in-order` unless they come in order of handle, each once.
    pub fn write(&mut self, incidents: &[SettledIncident]) -> Result<()> {
        for incident in incidents {
            if let Some(update) = &mut self.update {
                update.comes(incident.incident.id.as_str())?;
            }
            self.parts.push(incident)?;
        }
        Ok(())
    }

    /// Makes the view part of the pool.
    ///
    /// # Errors
    /// For an update, `not-in-order` if the view before it was not written in order of handle.
    pub fn finish(self) -> Result<SettledView> {
        let n_incidents = self.parts.len();
        let layer = LayerParts { rows: self.parts.finish()?, gone: None };
        let mut view = SettledView { head: self.head, n_incidents, layers: vec![layer] };
        if let Some(update) = self.update {
            update.lay(self.pool, &mut view)?;
        }
        let says = self.pool.says();
        let mut ledger = self.pool.ledger();
        let deed = ledger.transaction().map_err(&says)?;
        append(&deed, &view).map_err(&says)?;
        deed.commit().map_err(&says)?;
        Ok(view)
    }
}

/// The newest view by a profile without its layers, and their hashes.
fn newest(
    ledger: &Connection,
    profile: &str,
) -> rusqlite::Result<Option<(SettledView, Vec<LayerHashes>)>> {
    // One look: a writer may take a view's layers away between two.
    let ledger = ledger.unchecked_transaction()?;
    let found = ledger
        .query_row(
            "SELECT settled, basis, at, n_incidents, incidents, settled_values FROM settled
             WHERE profile = ?1 ORDER BY settled DESC LIMIT 1",
            [profile],
            |row| {
                let profile = profile.to_owned();
                let head = SettledHead { basis: row.get(1)?, profile, at: row.get(2)? };
                let n_incidents = row.get::<_, i64>(3)? as u64;
                let view = SettledView { head, n_incidents, layers: Vec::new() };
                let base = (vec![row.get(4)?, row.get(5)?], None);
                Ok((row.get::<_, i64>(0)?, view, vec![base]))
            },
        )
        .optional()?;
    let Some((number, view, mut layers)) = found else { return Ok(None) };
    if has_layers(&ledger)? {
        let mut query = ledger.prepare(
            "SELECT incidents, settled_values, gone FROM settled_layer
             WHERE settled = ?1 ORDER BY layer",
        )?;
        let above =
            query.query_map([number], |row| Ok((vec![row.get(0)?, row.get(1)?], row.get(2)?)))?;
        layers.extend(above.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(Some((view, layers)))
}

fn append(deed: &Transaction<'_>, view: &SettledView) -> rusqlite::Result<()> {
    // Those that are known already stay as they are.
    for part in view.layers.iter().flat_map(LayerParts::parts) {
        import_rows::append_part(deed, part)?;
    }
    let (head, base) = (&view.head, &view.layers[0]);
    deed.execute(
        "INSERT INTO settled (basis, profile, at, incidents, settled_values, n_incidents)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            head.basis,
            head.profile,
            head.at,
            base.rows[0].hash,
            base.rows[1].hash,
            view.n_incidents as i64
        ],
    )?;
    let number = deed.last_insert_rowid();
    // Only the newest view of a profile keeps its parts.
    deed.execute(
        "DELETE FROM settled_layer WHERE settled IN
             (SELECT settled FROM settled WHERE profile = ?1)",
        [&head.profile],
    )?;
    let mut insert = deed.prepare("INSERT INTO settled_layer VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (idx, layer) in view.layers.iter().enumerate().skip(1) {
        let (rows, gone) = (&layer.rows, layer.gone.as_ref().map(|gone| &gone.hash));
        insert.execute(params![number, idx as i64, rows[0].hash, rows[1].hash, gone])?;
    }
    Ok(())
}
