//! How far apart the two points lie, measured against how far off both may be. A place within
//! 500 m of another says much; "somewhere in this province" twice says nothing, however close the
//! two points. So there are six bands, by how well the vaguer of the two knows its place, and in
//! each thirteen steps of distance as a share of the combined radius.

use sheaf_model::Metres;

use super::{Both, Comparison};
use crate::outline::chord_m;

pub(super) const ABOUT: Comparison = Comparison { name: "distance", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "spot: same point",
    "spot: a twentieth",
    "spot: a tenth",
    "spot: a fifth",
    "spot: a third",
    "spot: half",
    "spot: three quarters",
    "spot: within",
    "spot: one and a half",
    "spot: twice",
    "spot: three times",
    "spot: five times",
    "spot: far",
    "quarter: same point",
    "quarter: a twentieth",
    "quarter: a tenth",
    "quarter: a fifth",
    "quarter: a third",
    "quarter: half",
    "quarter: three quarters",
    "quarter: within",
    "quarter: one and a half",
    "quarter: twice",
    "quarter: three times",
    "quarter: five times",
    "quarter: far",
    "town: same point",
    "town: a twentieth",
    "town: a tenth",
    "town: a fifth",
    "town: a third",
    "town: half",
    "town: three quarters",
    "town: within",
    "town: one and a half",
    "town: twice",
    "town: three times",
    "town: five times",
    "town: far",
    "town and finer: same point",
    "town and finer: a twentieth",
    "town and finer: a tenth",
    "town and finer: a fifth",
    "town and finer: a third",
    "town and finer: half",
    "town and finer: three quarters",
    "town and finer: within",
    "town and finer: one and a half",
    "town and finer: twice",
    "town and finer: three times",
    "town and finer: five times",
    "town and finer: far",
    "district: same point",
    "district: a twentieth",
    "district: a tenth",
    "district: a fifth",
    "district: a third",
    "district: half",
    "district: three quarters",
    "district: within",
    "district: one and a half",
    "district: twice",
    "district: three times",
    "district: five times",
    "district: far",
    "province: same point",
    "province: a twentieth",
    "province: a tenth",
    "province: a fifth",
    "province: a third",
    "province: half",
    "province: three quarters",
    "province: within",
    "province: one and a half",
    "province: twice",
    "province: three times",
    "province: five times",
    "province: far",
];

/// How many steps of distance each band has.
pub(crate) const STEPS: u8 = 13;

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
        ..=0.05 => 1,
        ..=0.1 => 2,
        ..=0.2 => 3,
        ..=0.35 => 4,
        ..=0.5 => 5,
        ..=0.75 => 6,
        ..=1.0 => 7,
        ..=1.5 => 8,
        ..=2.0 => 9,
        ..=3.0 => 10,
        ..=5.0 => 11,
        _ => 12,
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
