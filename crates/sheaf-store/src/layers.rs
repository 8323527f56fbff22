//! Views in layers: a base that says everything, and above it what changed since, oldest first.
//!
//! A thousand new reports in a pool of a million touch some thousand incidents. Writing the other
//! incidents again would take longer than everything else, so an update writes a layer: the
//! incidents that are new or changed, whole, and the handles that ended. Readers lay the layers
//! over each other; of a handle that several name, the newest decides. Everything is in order of
//! handle, so that this takes one pass and hardly any memory.
//!
//! Layers are kept few and small beside their base ([`upkeep`]), so that reading them all stays
//! about as fast as reading one part.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};

use crate::error::Result;
use crate::part::{Part, RecordBatches};
use crate::part_writer::PartWriter;
use crate::pool::Pool;
use crate::reading::text;
use crate::schema::PartKind;

/// The parts of the base of a view, or of what changed since.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LayerParts {
    /// Of a linkage its members; of a settled view its incidents, then its values.
    pub rows: Vec<Part>,
    /// The handles it ended, if any.
    pub gone: Option<Part>,
}

impl LayerParts {
    fn n_rows(&self) -> u64 {
        self.rows[0].rows + self.gone.as_ref().map_or(0, |gone| gone.rows)
    }

    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.rows.iter().chain(&self.gone)
    }
}

/// The hashes of the parts of a layer, as the ledger has them.
pub(crate) type LayerHashes = (Vec<String>, Option<String>);

/// Rows of a part, standing at one handle after another.
pub(crate) trait InOrder {
    /// The handle it stands at; `None` at the end.
    fn handle(&self) -> Option<&str>;

    /// Goes on to the next handle.
    fn pass(&mut self) -> Result<()>;
}

/// What changed since the layers below: incidents as they are now, and handles that ended.
pub(crate) struct Layer<S> {
    rows: S,
    // In order; none of them is in `rows`.
    gone: Vec<String>,
    next_gone: usize,
}

impl<S> Layer<S> {
    pub fn new(rows: S, gone: Vec<String>) -> Layer<S> {
        Layer { rows, gone, next_gone: 0 }
    }

    fn gone(&self) -> Option<&str> {
        self.gone.get(self.next_gone).map(String::as_str)
    }
}

/// What the newest layer that names a handle says of it.
pub(crate) enum Now<'a, S> {
    /// Rows that stand at it, and their layer: 0 is the base.
    Held(usize, &'a mut S),
    /// It ended.
    Gone(&'a str),
}

/// Visits every handle once, in order. Without a base only the layers are laid over each other; the
/// first of them still counts as layer 1.
pub(crate) fn merge<S: InOrder>(
    mut base: Option<S>,
    mut layers: Vec<Layer<S>>,
    mut visit: impl FnMut(Now<'_, S>) -> Result<()>,
) -> Result<()> {
    let mut named = smallest(&layers);
    loop {
        let below = base.as_ref().and_then(S::handle);
        let (is_below, is_above) = match (below, named.as_deref()) {
            (None, None) => return Ok(()),
            (Some(below), Some(above)) => (below <= above, above <= below),
            (below, above) => (below.is_some(), above.is_some()),
        };
        if is_above {
            let handle = named.take().unwrap_or_default();
            decide(&mut layers, &handle, &mut visit)?;
            named = smallest(&layers);
        }
        if let (true, Some(base)) = (is_below, &mut base) {
            if !is_above {
                visit(Now::Held(0, base))?;
            }
            base.pass()?;
        }
    }
}

/// Lets the newest layer speak that names the handle, and moves all of them past it.
fn decide<S: InOrder>(
    layers: &mut [Layer<S>],
    handle: &str,
    visit: &mut impl FnMut(Now<'_, S>) -> Result<()>,
) -> Result<()> {
    let mut decided = false;
    for (idx, layer) in layers.iter_mut().enumerate().rev() {
        let (held, gone) = (layer.rows.handle() == Some(handle), layer.gone() == Some(handle));
        match (decided, held, gone) {
            (false, true, _) => visit(Now::Held(idx + 1, &mut layer.rows))?,
            (false, false, true) => visit(Now::Gone(handle))?,
            _ => {}
        }
        decided |= held | gone;
        layer.next_gone += usize::from(gone);
        if held {
            layer.rows.pass()?;
        }
    }
    Ok(())
}

/// The smallest handle that a layer names next.
fn smallest<S: InOrder>(layers: &[Layer<S>]) -> Option<String> {
    let next = layers.iter().flat_map(|layer| [layer.rows.handle(), layer.gone()]);
    next.flatten().min().map(str::to_owned)
}

/// What is to be done with the layers of a view once another was laid on top.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Upkeep {
    /// They are few and small.
    Leave,
    /// They are many: all but the base become one.
    Fold,
    /// They are large beside the base: everything becomes a new base.
    WriteAnew,
}

/// Layers that may lie on a base. Each costs every reader a look into some more files.
const MOST_LAYERS: usize = 16;

/// Layers together may have a tenth of the base's rows. Up to so many more are nothing: reading
/// them takes milliseconds.
const SHARE: u64 = 10;
const NOTHING: u64 = 1 << 12;

/// Decides what is to be done with a base and the layers on it.
pub(crate) fn upkeep(layers: &[LayerParts]) -> Upkeep {
    let n_rows: Vec<u64> = layers.iter().map(LayerParts::n_rows).collect();
    n_rows.split_first().map_or(Upkeep::Leave, |(&base, layers)| upkeep_of(base, layers))
}

fn upkeep_of(base: u64, layers: &[u64]) -> Upkeep {
    if layers.iter().sum::<u64>() > base / SHARE + NOTHING {
        Upkeep::WriteAnew
    } else if layers.len() > MOST_LAYERS {
        Upkeep::Fold
    } else {
        Upkeep::Leave
    }
}

impl Pool {
    /// Visits every handle of a view once, in order, as the newest layer that names it has it. With
    /// `is_whole` the first layer is the base, counted as 0; otherwise as 1.
    pub(crate) fn merge_layers<S: InOrder>(
        &self,
        layers: &[LayerParts],
        is_whole: bool,
        open: impl Fn(&LayerParts) -> Result<S>,
        visit: impl FnMut(Now<'_, S>) -> Result<()>,
    ) -> Result<()> {
        let (base, above) = layers.split_at(usize::from(is_whole).min(layers.len()));
        let layer = |layer: &LayerParts| Ok(Layer::new(open(layer)?, self.read_gone(layer)?));
        let above = above.iter().map(layer).collect::<Result<_>>()?;
        merge(base.first().map(&open).transpose()?, above, visit)
    }

    /// The parts of a view's layers. `kinds` are those of its rows.
    pub(crate) fn layers_told(
        &self,
        kinds: &[PartKind],
        hashes: Vec<LayerHashes>,
    ) -> Result<Vec<LayerParts>> {
        let told = |(rows, gone): LayerHashes| {
            let rows = kinds.iter().zip(&rows).map(|(&kind, hash)| self.part(kind, hash));
            let gone = gone.map(|hash| self.part(PartKind::Gone, &hash));
            Ok(LayerParts { rows: rows.collect::<Result<_>>()?, gone: gone.transpose()? })
        };
        hashes.into_iter().map(told).collect()
    }

    /// Whether every part of a view is there and looks as it was written.
    pub(crate) fn are_sound(&self, layers: &[LayerParts]) -> Result<bool> {
        for part in layers.iter().flat_map(LayerParts::parts) {
            match part.check_ends(self.path()) {
                Ok(()) => {}
                Err(err) if err.code == "view-gone" || err.code.starts_with("part-") => {
                    return Ok(false);
                }
                Err(err) => return Err(err),
            }
        }
        Ok(true)
    }

    /// Keeps the handles that an update ended, in order; `None` if there are none.
    pub(crate) fn write_gone(&self, gone: &[&str]) -> Result<Option<Part>> {
        if gone.is_empty() {
            return Ok(None);
        }
        let mut writer = PartWriter::create(self.path(), PartKind::Gone, &[])?;
        for chunk in gone.chunks(1 << 16) {
            let handles: ArrayRef = Arc::new(StringArray::from_iter_values(chunk));
            let rows = RecordBatch::try_new(PartKind::Gone.schema(), vec![handles]);
            writer.write(&rows.expect("the array is made for this schema"))?;
        }
        writer.finish()?.keep(self.path()).map(Some)
    }

    /// The handles that a layer ended, in order.
    pub(crate) fn read_gone(&self, layer: &LayerParts) -> Result<Vec<String>> {
        let Some(part) = &layer.gone else { return Ok(Vec::new()) };
        let mut handles = HandleStream::open(self, part)?;
        let mut gone = Vec::new();
        while let Some(handle) = handles.handle() {
            gone.push(handle.to_owned());
            handles.pass()?;
        }
        Ok(gone)
    }
}

/// The handles of a part that has each in one row, and nothing else of it.
pub(crate) struct HandleStream {
    rows: RecordBatches,
    chunk: Option<StringArray>,
    row: usize,
}

impl HandleStream {
    pub fn open(pool: &Pool, part: &Part) -> Result<HandleStream> {
        let rows = part.read(pool.path(), &["incident"], 1 << 14)?;
        let mut stream = HandleStream { rows, chunk: None, row: 0 };
        stream.next_chunk()?;
        Ok(stream)
    }

    fn next_chunk(&mut self) -> Result<()> {
        let rows = self.rows.next_rows()?;
        self.chunk = rows.map(|rows| text(&rows, "incident", self.rows.path())).transpose()?;
        self.row = 0;
        Ok(())
    }
}

impl InOrder for HandleStream {
    fn handle(&self) -> Option<&str> {
        self.chunk.as_ref().map(|chunk| chunk.value(self.row))
    }

    fn pass(&mut self) -> Result<()> {
        self.row += 1;
        // Chunks are never empty.
        if self.chunk.as_ref().is_some_and(|chunk| self.row == chunk.len()) {
            self.next_chunk()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Handles with a word each.
    struct Words(Vec<(&'static str, &'static str)>);

    impl InOrder for Words {
        fn handle(&self) -> Option<&str> {
            self.0.first().map(|(handle, _)| *handle)
        }

        fn pass(&mut self) -> Result<()> {
            self.0.remove(0);
            Ok(())
        }
    }

    fn layer(rows: &[(&'static str, &'static str)], gone: &[&str]) -> Layer<Words> {
        Layer::new(Words(rows.to_vec()), gone.iter().map(|it| (*it).to_owned()).collect())
    }

    fn told(base: Option<&[(&'static str, &'static str)]>, layers: Vec<Layer<Words>>) -> String {
        let mut told = Vec::new();
        merge(base.map(|base| Words(base.to_vec())), layers, |now| {
            told.push(match now {
                Now::Held(layer, words) => format!("{}={}@{layer}", words.0[0].0, words.0[0].1),
                Now::Gone(handle) => format!("-{handle}"),
            });
            Ok(())
        })
        .unwrap();
        told.join(" ")
    }

    #[test]
    fn the_newest_layer_that_names_a_handle_decides() {
        let base: &[_] = &[("b", "old"), ("c", "old"), ("d", "old"), ("e", "old")];
        assert_eq!(told(Some(base), vec![]), "b=old@0 c=old@0 d=old@0 e=old@0");
        let layers = || {
            vec![
                layer(&[("a", "new"), ("c", "more")], &["d", "e"]),
                layer(&[("c", "most"), ("e", "back"), ("f", "new")], &["a"]),
            ]
        };
        assert_eq!(told(Some(base), layers()), "-a b=old@0 c=most@2 -d e=back@2 f=new@2");
        assert_eq!(told(None, layers()), "-a c=most@2 -d e=back@2 f=new@2");
        assert_eq!(told(Some(&[]), layers()), told(None, layers()));
        assert_eq!(told(None, vec![]), "");
    }

    #[test]
    fn layers_stay_few_and_small() {
        assert_eq!(upkeep_of(1_000_000, &[5_000; 16]), Upkeep::Leave);
        assert_eq!(upkeep_of(1_000_000, &[5_000; 17]), Upkeep::Fold);
        assert_eq!(upkeep_of(1_000_000, &[104_096]), Upkeep::Leave);
        assert_eq!(upkeep_of(1_000_000, &[104_096, 1]), Upkeep::WriteAnew);
        assert_eq!(upkeep_of(0, &[4_096]), Upkeep::Leave);
    }
}
