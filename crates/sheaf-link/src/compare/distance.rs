//! How far apart the two points lie, measured against how far off both may be. A place within
//! 500 m of another says much; "somewhere in this province" twice says nothing, however close the
//! two points. So there are six bands, by how well the vaguer of the two knows its place, and in
//! each seven steps of distance as a share of the combined radius.

use sheaf_model::Metres;

use super::{Both, Comparison};
use crate::outline::chord_m;

pub(super) const ABOUT: Comparison = Comparison { name: "distance", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "spot: same point",
    "spot: a fifth",
    "spot: half",
    "spot: within",
    "spot: twice",
    "spot: five times",
    "spot: far",
    "quarter: same point",
    "quarter: a fifth",
    "quarter: half",
    "quarter: within",
    "quarter: twice",
    "quarter: five times",
    "quarter: far",
    "town: same point",
    "town: a fifth",
    "town: half",
    "town: within",
    "town: twice",
    "town: five times",
    "town: far",
    "town and finer: same point",
    "town and finer: a fifth",
    "town and finer: half",
    "town and finer: within",
    "town and finer: twice",
    "town and finer: five times",
    "town and finer: far",
    "district: same point",
    "district: a fifth",
    "district: half",
    "district: within",
    "district: twice",
    "district: five times",
    "district: far",
    "province: same point",
    "province: a fifth",
    "province: half",
    "province: within",
    "province: twice",
    "province: five times",
    "province: far",
];

const STEPS: u8 = 7;

/// How well the vaguer place is known, in words, by band.
const BANDS: [&str; 6] =
    ["a spot", "a quarter", "a town", "a town and something finer", "a district", "a province"];

/// Whether both have a point that is one for linking.
pub(super) fn are_comparable(both: &Both<'_>) -> bool {
    both.a.has_usable_point() && both.b.has_usable_point()
}

fn level(both: &Both<'_>) -> Option<u8> {
    if !are_comparable(both) {
        return None;
    }
    let (fine, vague) = (both.a.radius.min(both.b.radius), both.a.radius.max(both.b.radius));
    let band = match vague {
        ..=1_500.0 => 0,
        ..=5_000.0 => 1,
        ..=15_000.0 if fine >= vague / 2.0 => 2,
        ..=15_000.0 => 3,
        ..=60_000.0 => 4,
        _ => 5,
    };
    let combined = (both.a.radius + both.b.radius).max(500.0);
    let metres = chord_m(&both.a.at, &both.b.at);
    let share = metres / combined;
    let step = match share {
        _ if metres <= 100.0 => 0,
        ..=0.2 => 1,
        ..=0.5 => 2,
        ..=1.0 => 3,
        ..=2.0 => 4,
        ..=5.0 => 5,
        _ => 6,
    };
    Some(band * STEPS + step)
}

fn found(both: &Both<'_>, level: u8) -> String {
    let show = |metres: f32| Metres::new(metres).map_or(String::new(), |m| m.to_string());
    let apart = match level % STEPS {
        0 => "same point".to_owned(),
        _ => format!("{} apart", show(chord_m(&both.a.at, &both.b.at))),
    };
    let radius = show(both.a.radius + both.b.radius);
    format!("{apart}, known to ± {radius} together ({})", BANDS[usize::from(level / STEPS)])
}
