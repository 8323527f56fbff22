//! Where the rules between members plug in.

use sheaf_store::StoreError;
use sheaf_store::exchange::{Account, Classes, Exchange, Hold, Incoming, Json, Micros};

/// Who may see what, and what may come in.
///
/// The log keeps each object in a class, which is its owner and a marking in whatever words the rules
/// choose; a reader sees a set of classes. Both are decided here and nowhere else.
pub trait Rules: Send + Sync + std::fmt::Debug {
    /// The classes that a reader may see in the collections it may read, at this time.
    fn classes(&self, reader: &Account, log: &Exchange, now: Micros)
    -> Result<Classes, StoreError>;

    /// The marking to keep an object under; or why it is not taken, in a sentence.
    fn marking(
        &self,
        from: &Account,
        object: &Incoming<'_>,
        log: &Exchange,
        now: Micros,
    ) -> Result<Marked, String>;

    /// The moments at which somebody else may see objects of a class than before.
    fn moments(&self, _marking: &str) -> Moments {
        Moments::default()
    }

    /// Whether an account may pass on new versions of what another member brought first.
    fn relays(&self, from: &Account) -> bool {
        from.roles.iter().any(|role| role == "relay")
    }
}

/// When objects of a class come to be seen, and are over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Moments {
    /// From then on others than its owner may see them.
    pub begins: Option<Micros>,
    /// From then on nobody may, and the marking of the notice that tells so.
    pub ends: Option<(Micros, String)>,
}

/// What is to become of an object that comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marked {
    /// The marking to keep it under.
    pub marking: String,
    /// Why nobody but whoever brought it gets to see it, where that is so.
    pub held: Option<Hold>,
}

/// Whoever may read a collection sees all of it; objects are kept under the markings they bear. For the log
/// by itself, as its tests need it: a pool of several members goes by [`ByMarking`](crate::ByMarking).
#[derive(Clone, Copy, Debug)]
pub struct ByCollection;

impl Rules for ByCollection {
    fn classes(&self, _: &Account, _: &Exchange, _: Micros) -> Result<Classes, StoreError> {
        Ok(Classes::All)
    }

    fn marking(
        &self,
        _: &Account,
        object: &Incoming<'_>,
        _: &Exchange,
        _: Micros,
    ) -> Result<Marked, String> {
        Ok(Marked { marking: marks_borne(object), held: None })
    }
}

/// The markings that an object bears, as they stand in it; no order in them makes a difference.
pub(crate) fn marks_borne(object: &Incoming<'_>) -> String {
    let mut marking = Vec::new();
    for name in ["object_marking_refs", "granular_markings"] {
        if let Some(value) = object.json.get(name) {
            let sorted = match value {
                Json::List(items) => {
                    let mut items: Vec<Vec<u8>> = items.iter().map(written).collect();
                    items.sort();
                    items.concat()
                }
                other => written(other),
            };
            marking.extend_from_slice(&sorted);
        }
    }
    String::from_utf8_lossy(&marking).into_owned()
}

fn written(json: &Json) -> Vec<u8> {
    let mut text = Vec::new();
    json.write(&mut text);
    text
}
