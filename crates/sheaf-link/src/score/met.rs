//! Whether blocking lets the true pairs through. What is never compared is never linked, so this is
//! the ceiling on the recall of everything after it (pairs completeness in Christen, *Data Matching*
//! 2012, chapter 7): true pairs compared ÷ true pairs.

use std::collections::{HashMap, HashSet};

/// True pairs, and those of them that were compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Met {
    /// How many true pairs.
    pub there: u64,
    /// How many of them were compared.
    pub compared: u64,
}

impl Met {
    /// The share of true pairs that were compared; 1 if there are none.
    pub fn recall(self) -> f64 {
        if self.there == 0 { 1.0 } else { self.compared as f64 / self.there as f64 }
    }
}

/// What blocking let through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BlockingRecall {
    /// Over all true pairs.
    pub all: Met,
    /// Over the true pairs of which both reports say where: a point or a place name.
    pub placed: Met,
    /// Pairs compared, each counted once.
    pub n_compared: u64,
}

/// Counts the true pairs among those compared. `events` has each report's event, `placed` whether
/// it says where it was; `compared` has pairs of positions in these, in whatever order and as often
/// as you like.
///
/// # Panics
/// If `placed` is not as long as `events`, or a position lies beyond them.
///
/// ```
/// use sheaf_link::score::blocking_recall;
/// let found = blocking_recall(&[7, 7, 7, 8], &[true, true, false, true], [(0, 1), (1, 0), (1, 3)]);
/// assert_eq!((found.all.there, found.all.compared, found.n_compared), (3, 1, 2));
/// assert_eq!(found.placed.recall(), 1.0);
/// ```
pub fn blocking_recall(
    events: &[u32],
    placed: &[bool],
    compared: impl IntoIterator<Item = (u32, u32)>,
) -> BlockingRecall {
    assert_eq!(events.len(), placed.len(), "every report has an event and a place or none");
    let mut found = BlockingRecall::default();
    let mut sizes: HashMap<u32, (u64, u64)> = HashMap::new();
    for (&event, &placed) in events.iter().zip(placed) {
        let (all, with_place) = sizes.entry(event).or_default();
        *all += 1;
        *with_place += u64::from(placed);
    }
    for (all, with_place) in sizes.into_values() {
        found.all.there += super::choose_two(all);
        found.placed.there += super::choose_two(with_place);
    }
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    for (a, b) in compared {
        if a == b || !seen.insert((a.min(b), a.max(b))) {
            continue;
        }
        let (a, b) = (a as usize, b as usize);
        if events[a] == events[b] {
            found.all.compared += 1;
            found.placed.compared += u64::from(placed[a] && placed[b]);
        }
    }
    found.n_compared = seen.len() as u64;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events 1 (four reports, one without a place) and 2 (two reports): 6 + 1 true pairs, 3 + 1 of
    /// them with places.
    #[test]
    fn a_small_case_by_hand() {
        let events = [1, 1, 1, 1, 2, 2];
        let placed = [true, true, true, false, true, true];
        let compared = [(0, 1), (3, 0), (1, 3), (0, 4), (5, 4), (2, 2)];
        let found = blocking_recall(&events, &placed, compared);
        assert_eq!(found.all, Met { there: 7, compared: 4 });
        assert_eq!(found.placed, Met { there: 4, compared: 2 });
        assert_eq!(found.n_compared, 5);
        assert_eq!((found.placed.recall(), Met::default().recall()), (0.5, 1.0));
    }
}
