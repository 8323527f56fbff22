//! Rate limits: each name has a bucket that fills with time and from which each request takes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use sheaf_store::exchange::Micros;

/// Buckets by name.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    /// How many a full bucket holds.
    size: f64,
    /// How many drip in per second.
    per_second: f64,
    levels: Mutex<HashMap<K, (f64, Micros)>>,
}

/// So many names are remembered before those with full buckets are forgotten.
const REMEMBERED: usize = 10_000;

impl<K: Hash + Eq> Buckets<K> {
    pub(crate) fn new(size: f64, per_second: f64) -> Buckets<K> {
        Buckets { size, per_second, levels: Mutex::new(HashMap::new()) }
    }

    /// Whether there is one to take, without taking it; else after how many seconds there is.
    pub(crate) fn look(&self, name: &K, now: Micros) -> Result<(), u64> {
        let levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        self.enough(levels.get(name).map_or(self.size, |at| self.level(*at, now)))
    }

    /// Takes one; else says after how many seconds there is one.
    pub(crate) fn take(&self, name: K, now: Micros) -> Result<(), u64> {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if levels.len() >= REMEMBERED {
            levels.retain(|_, at| self.level(*at, now) < self.size);
        }
        let level = levels.get(&name).map_or(self.size, |at| self.level(*at, now));
        let enough = self.enough(level);
        if enough.is_ok() {
            levels.insert(name, (level - 1.0, now));
        }
        enough
    }

    fn level(&self, (level, since): (f64, Micros), now: Micros) -> f64 {
        let seconds = (now - since).max(0) as f64 / 1e6;
        (level + seconds * self.per_second).min(self.size)
    }

    fn enough(&self, level: f64) -> Result<(), u64> {
        match level >= 1.0 {
            true => Ok(()),
            false => Err((((1.0 - level) / self.per_second).ceil() as u64).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(3.0, 0.5);
        for _ in 0..3 {
            assert_eq!(buckets.take("a", 0), Ok(()));
        }
        assert_eq!(buckets.take("a", 0), Err(2));
        assert_eq!(buckets.look(&"a", 1_000_000), Err(1));
        assert_eq!(buckets.take("b", 0), Ok(()), "one name does not use up another's");
        assert_eq!(buckets.take("a", 2_000_000), Ok(()));
        assert_eq!(buckets.take("a", 1_000_000), Err(2), "a clock that goes back fills nothing");
    }
}
