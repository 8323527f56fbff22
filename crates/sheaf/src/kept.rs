//! What takes time to make and is asked for again: kept by what it was made from, made once however many
//! ask at the same time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;

/// Things by key; of old ones only the last few are kept.
pub struct Kept<K, V> {
    most: usize,
    // The key used last stands last.
    made: Mutex<Vec<(K, Arc<Slot<V>>)>>,
}

/// Where a thing is, or is being made.
type Slot<V> = Mutex<Option<Arc<V>>>;

impl<K, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("most", &self.most).finish_non_exhaustive()
    }
}

impl<K: PartialEq, V> Kept<K, V> {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Kept<K, V> {
        Kept { most, made: Mutex::new(Vec::new()) }
    }

    /// The thing of this key; made if it is not there. Whoever asks for another one does not wait.
    pub fn get(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, Failure>,
    ) -> Result<Arc<V>, Failure> {
        let slot = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = match made.iter().position(|(it, _)| *it == key) {
                Some(at) => made.remove(at).1,
                None => Arc::default(),
            };
            if made.len() >= self.most {
                made.remove(0);
            }
            made.push((key, slot.clone()));
            slot
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*slot {
            return Ok(made.clone());
        }
        let made = Arc::new(make()?);
        *slot = Some(made.clone());
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_was_made_is_kept_until_others_are_used_more() {
        let kept = Kept::<&str, String>::new(2);
        let n_made = Cell::new(0);
        let get = |key: &'static str| {
            let make = || {
                n_made.set(n_made.get() + 1);
                Ok(key.to_uppercase())
            };
            kept.get(key, make).unwrap().as_str().to_owned()
        };
        assert_eq!([get("a"), get("b"), get("a")], ["A", "B", "A"]);
        assert_eq!(n_made.get(), 2);
        get("c");
        get("a");
        assert_eq!(n_made.get(), 3);
        get("b");
        assert_eq!(n_made.get(), 4);
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let kept = Kept::<u8, u8>::new(2);
        assert_eq!(kept.get(1, || Err(Failure::new("no", "not now"))).unwrap_err().code, "no");
        assert_eq!(*kept.get(1, || Ok(7)).unwrap(), 7);
    }
}
