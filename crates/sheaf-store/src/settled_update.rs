//! A settled view of which only some incidents changed: what changed is laid over what is there.

use std::collections::BTreeSet;

use sheaf_model::IncidentId;

use crate::error::{Result, StoreError};
use crate::layers::{HandleStream, InOrder, LayerParts, Now, Upkeep, upkeep};
use crate::part_writer::sync_names;
use crate::pool::Pool;
use crate::settled::SettledView;
use crate::settled_rows::SettledParts;

/// What a view being written changes of another.
pub(crate) struct Update {
    layers: Vec<LayerParts>,
    gone: BTreeSet<String>,
    // The handle written last.
    last: Option<String>,
}

impl Update {
    pub fn new(before: &SettledView, gone: &[IncidentId]) -> Update {
        let gone = gone.iter().map(|id| id.as_str().to_owned()).collect();
        Update { layers: before.layers.clone(), gone, last: None }
    }

    /// Notes that this incident is written now.
    pub fn comes(&mut self, handle: &str) -> Result<()> {
        if let Some(last) = self.last.as_deref().filter(|&last| last >= handle) {
            return Err(StoreError::new(
                "not-in-order",
                format!("the settled incident {handle} is written after {last}"),
                "write the incidents of an update in order of handle, each once",
            ));
        }
        self.gone.remove(handle);
        self.last = Some(handle.to_owned());
        Ok(())
    }

    /// Lays what was written over the view before, counts what there is now, and keeps layers few
    /// and small.
    pub fn lay(self, pool: &Pool, view: &mut SettledView) -> Result<()> {
        let written = std::mem::replace(&mut view.layers, self.layers).remove(0);
        let gone: Vec<&str> = self.gone.iter().map(String::as_str).collect();
        if !gone.is_empty() || written.rows[0].rows > 0 {
            let gone = pool.write_gone(&gone)?;
            view.layers.push(LayerParts { gone, ..written });
        }
        view.n_incidents = count(pool, &view.layers)?;
        match upkeep(&view.layers) {
            Upkeep::Leave => {}
            Upkeep::Fold => press(pool, view, 1)?,
            Upkeep::WriteAnew => press(pool, view, 0)?,
        }
        sync_names(pool.path())
    }
}

/// Counts the incidents of a view, and sees that its base can be merged with layers.
fn count(pool: &Pool, layers: &[LayerParts]) -> Result<u64> {
    let open = |layer: &LayerParts| HandleStream::open(pool, &layer.rows[0]);
    let (mut n, mut last) = (0, String::new());
    pool.merge_layers(layers, true, open, |now| {
        let Now::Held(_, handles) = now else { return Ok(()) };
        let handle = handles.handle().unwrap_or_default();
        if handle <= last.as_str() {
            return Err(StoreError::new(
                "not-in-order",
                format!("in the view to be updated, {handle} comes after {last}"),
                "settle every incident anew, in order of handle; such a view can be updated",
            ));
        }
        last.clear();
        last.push_str(handle);
        n += 1;
        Ok(())
    })?;
    Ok(n)
}

/// Makes one of all layers but the first so many. The one just written was never kept then, and the
/// next writer sweeps its parts away.
fn press(pool: &Pool, view: &mut SettledView, n_kept: usize) -> Result<()> {
    let (is_whole, layers) = (n_kept == 0, &view.layers[n_kept..]);
    let mut parts = SettledParts::start(pool, &view.head.profile)?;
    let mut pushed = Ok(());
    pool.settled_in(
        layers,
        is_whole,
        &view.head.profile,
        |_| true,
        |incident| {
            if pushed.is_ok() {
                pushed = parts.push(&incident);
            }
        },
    )?;
    pushed?;
    let mut ended = Vec::new();
    let open = |layer: &LayerParts| HandleStream::open(pool, &layer.rows[0]);
    pool.merge_layers(layers, is_whole, open, |now| {
        // A new base has nothing below it that could end.
        if let (Now::Gone(handle), false) = (now, is_whole) {
            ended.push(handle.to_owned());
        }
        Ok(())
    })?;
    let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
    let layer = LayerParts { rows: parts.finish()?, gone: pool.write_gone(&ended)? };
    view.layers.truncate(n_kept);
    view.layers.push(layer);
    Ok(())
}
