//! How many days lie between the two stretches of days. Stretches that share a day say the less
//! the longer they are, so the levels come in three widths.

use super::{Both, Comparison};

pub(super) const ABOUT: Comparison = Comparison { name: "day gap", levels: LEVELS, level, found };

const LEVELS: &[&str] = &[
    "days: overlap",
    "days: 1 apart",
    "days: 2 apart",
    "days: 3 apart",
    "days: more apart",
    "week: overlap",
    "week: 1 apart",
    "week: 2 apart",
    "week: 3 apart",
    "week: more apart",
    "longer: overlap",
    "longer: 1 apart",
    "longer: 2 apart",
    "longer: 3 apart",
    "longer: more apart",
];

fn level(both: &Both<'_>) -> Option<u8> {
    if !both.a.is_dated() || !both.b.is_dated() {
        return None;
    }
    // The number of days on which both could have begun to lie, were they moved about.
    let width = both.a.width_days().saturating_add(both.b.width_days()) - 1;
    let band = match width {
        ..=2 => 0,
        3..=8 => 1,
        _ => 2,
    };
    Some(band * 5 + both.a.gap_days(both.b).min(4) as u8)
}

fn found(both: &Both<'_>, level: u8) -> String {
    let gap = both.a.gap_days(both.b);
    let apart = match gap {
        0 if both.a.width_days() == 1 && both.b.width_days() == 1 => "same day".to_owned(),
        0 => "overlapping days".to_owned(),
        1 => "1 day apart".to_owned(),
        _ => format!("{gap} days apart"),
    };
    let width = match level / 5 {
        0 => "",
        1 => ", known to the week",
        _ => ", known only roughly",
    };
    let published = if both.a.date_from_publication || both.b.date_from_publication {
        " (dated by publication)"
    } else {
        ""
    };
    format!("{apart}{width}{published}")
}
