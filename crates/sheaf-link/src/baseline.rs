//! Rules that others use, to be measured beside ours on the same labelled reports. They are no part
//! of linking: they look at fewer facts, and put together whatever their rule holds for.

use rayon::prelude::*;

use crate::block::crowd::Crowd;
use crate::block::{Blocking, Nodes, for_each_pair};
use crate::cluster::Union;
use crate::order::by_id;
use crate::outline::{Outline, Outlines, Slot, chord_m};

/// A rule that says of two reports whether they are the same.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Baseline {
    /// worldmonitor's (`src/services/conflict/ucdp-dedupe.ts`): within 7 days and 50 km, and both
    /// tolls 0, or both above 0 with a ratio of 0.5 to 2. A toll that is missing counts as 0 there,
    /// and so here.
    Worldmonitor,
    /// xSub's way (Zhukov, Davenport and Kostyuk 2019, doi:10.1177/0022343319836697): the same kind
    /// of event within a window of days and metres. Two reports agree if they share a kind, or if
    /// neither gives one; xSub's own categories are wider than ours.
    SameKind {
        /// Days between the two.
        days: i32,
        /// Metres between the two points.
        metres: f32,
    },
    /// A fixed window of days and metres and nothing else, as MELTT draws candidates and many
    /// dashboards merge.
    Window {
        /// Days between the two.
        days: i32,
        /// Metres between the two points.
        metres: f32,
    },
}

impl Baseline {
    /// Whether the rule holds two reports for one.
    fn holds(self, a: &Outline, b: &Outline) -> bool {
        let (days, metres) = self.window();
        if a.gap_days(b) > days || chord_m(&a.at, &b.at) > metres {
            return false;
        }
        match self {
            Baseline::Window { .. } => true,
            Baseline::SameKind { .. } => a.kinds & b.kinds != 0 || (a.kinds == 0 && b.kinds == 0),
            Baseline::Worldmonitor => {
                let (few, many) = {
                    let (a, b) = (killed(a), killed(b));
                    (u64::from(a.min(b)), u64::from(a.max(b)))
                };
                many == 0 || (few > 0 && many <= 2 * few)
            }
        }
    }

    fn window(self) -> (i32, f32) {
        match self {
            Baseline::Worldmonitor => (7, 50_000.0),
            Baseline::SameKind { days, metres } | Baseline::Window { days, metres } => {
                (days, metres)
            }
        }
    }

    /// Puts together all reports that the rule leads from one to the next, and gives for each the
    /// number of its set, numbered in the order of report ids. Aggregates, leads and reports
    /// without day or point stand alone.
    pub fn link(self, outlines: &Outlines) -> Vec<u32> {
        let (days, metres) = self.window();
        let positions: Vec<u32> = by_id(outlines);
        // Points count as exact here, so the window alone must be wide enough.
        let blocking =
            Blocking { gap_days: days, slack_m: metres, crowd: u32::MAX, ..Blocking::SHIPPED };
        let nodes = Nodes { outlines, blocking, positions };
        let pairs: Vec<(u32, u32)> =
            for_each_pair(&nodes, &Crowd::default(), Vec::new, |pairs, a, b, _| {
                let (left, right) = (nodes.outline(a), nodes.outline(b));
                let eligible =
                    [left, right].iter().all(|it| it.stands_alone() && it.has_usable_point());
                if eligible && self.holds(left, right) {
                    pairs.push((a, b));
                }
            })
            .into_par_iter()
            .flatten()
            .collect();
        let mut union = Union::new(nodes.len());
        for (a, b) in pairs {
            union.join(a, b);
        }
        let mut set_of = vec![0; outlines.len()];
        for node in 0..nodes.len() as u32 {
            set_of[nodes.positions[node as usize] as usize] = union.root(node);
        }
        set_of
    }
}

fn killed(outline: &Outline) -> u32 {
    let slots = [Slot::Killed, Slot::KilledIncluded, Slot::KilledCivilians];
    let given = slots.map(|slot| outline.tolls[slot as usize]);
    given.into_iter().find(|range| range.is_given()).map_or(0, |range| range.number())
}

#[cfg(test)]
mod tests {
    use sheaf_model::Kind;

    use super::*;
    use crate::testing::{outlines, told};

    #[test]
    fn the_rules_do_what_they_are_known_for() {
        let pool = outlines(&[
            told(0, "a").day(0).at(10.0, 10.0, 0.0).killed(4),
            // 44 km and 6 days away, twice the toll.
            told(1, "b").day(6).at(10.4, 10.0, 0.0).killed(8),
            // The same place and day, but none killed: another event to worldmonitor.
            told(1, "c").day(0).at(10.0, 10.0, 0.0).killed(0),
            // 44 km further on: joined to "a" by way of "b".
            told(2, "d").day(6).at(10.8, 10.0, 0.0).killed(8),
        ]);
        assert_eq!(Baseline::Worldmonitor.link(&pool), [0, 0, 2, 0]);
        let window = Baseline::Window { days: 1, metres: 1_000.0 };
        assert_eq!(window.link(&pool), [0, 1, 0, 3]);
    }

    #[test]
    fn the_same_kind_is_asked_for_only_by_its_rule() {
        let pool = outlines(&[
            told(0, "a").day(0).at(10.0, 10.0, 0.0).kind(Kind::Riot),
            told(1, "b").day(1).at(10.0, 10.0, 0.0).kind(Kind::Riot),
            told(1, "c").day(0).at(10.0, 10.0, 0.0).kind(Kind::Bomb),
            told(2, "d").day(0).at(10.0, 10.0, 0.0),
            told(3, "e").day(0).at(10.0, 10.0, 0.0),
        ]);
        let (days, metres) = (1, 1_000.0);
        assert_eq!(Baseline::SameKind { days, metres }.link(&pool), [0, 0, 2, 3, 3]);
        assert_eq!(Baseline::Window { days, metres }.link(&pool), [0; 5]);
    }
}
