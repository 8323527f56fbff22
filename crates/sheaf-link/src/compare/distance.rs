//! How far apart the two points lie, measured against how far off both may be. A place within
//! 500 m of another says much; "somewhere in this province" twice says nothing, however close the
//! two points. So there are five bands of the combined radius, and in each five steps of distance.
//! The bits of a band fall with what chance gives inside its radius.

use sheaf_model::Metres;

use super::{Both, Comparison};
use crate::outline::chord_m;

pub(super) const ABOUT: Comparison = Comparison { name: "distance", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "spot: same point",
    "spot: within",
    "spot: near",
    "spot: off",
    "spot: far",
    "quarter: same point",
    "quarter: within",
    "quarter: near",
    "quarter: off",
    "quarter: far",
    "town: same point",
    "town: within",
    "town: near",
    "town: off",
    "town: far",
    "district: same point",
    "district: within",
    "district: near",
    "district: off",
    "district: far",
    "province: same point",
    "province: within",
    "province: near",
    "province: off",
    "province: far",
];

const BANDS: [&str; 5] = ["a spot", "a quarter", "a town", "a district", "a province"];

/// Whether both have a point that is one for linking.
pub(super) fn are_comparable(both: &Both<'_>) -> bool {
    both.a.has_usable_point() && both.b.has_usable_point()
}

fn level(both: &Both<'_>) -> Option<u8> {
    if !are_comparable(both) {
        return None;
    }
    let combined = (both.a.radius + both.b.radius).max(500.0);
    let band = match combined {
        ..=3_000.0 => 0,
        ..=12_000.0 => 1,
        ..=40_000.0 => 2,
        ..=120_000.0 => 3,
        _ => 4,
    };
    let metres = chord_m(&both.a.at, &both.b.at);
    let step = if metres <= 100.0 {
        0
    } else if metres <= combined {
        1
    } else if metres <= 2.0 * combined + 2_000.0 {
        2
    } else if metres <= 4.0 * combined + 10_000.0 {
        3
    } else {
        4
    };
    Some(band * 5 + step)
}

fn found(both: &Both<'_>, level: u8) -> String {
    let show = |metres: f32| Metres::new(metres).map_or(String::new(), |m| m.to_string());
    let apart = match level % 5 {
        0 => "same point".to_owned(),
        _ => format!("{} apart", show(chord_m(&both.a.at, &both.b.at))),
    };
    let radius = show(both.a.radius + both.b.radius);
    format!("{apart}, known to ± {radius} together ({})", BANDS[usize::from(level / 5)])
}
