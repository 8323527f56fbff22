//! What `killed` and `injured` share: two intervals compared, by levels that say how far the
//! numbers agree and how telling that is. Two reports of 31 dead agree by chance less often than
//! two of one dead, and zero is what everybody writes.

use crate::outline::Range;

/// The levels of a toll comparison.
pub(super) const LEVELS: &[&str] = &[
    "both none",
    "equal, one",
    "equal, two",
    "equal, three or four",
    "equal, five to nine",
    "equal, ten or more",
    "ranges meet",
    "close",
    "part of the other",
    "up to double",
    "up to four times",
    "far apart",
    "none against one or two",
    "none against three to five",
    "none against more",
];

/// The level of two numbers of the same scope. `None` when one of them excludes nothing.
pub(super) fn level_of_same_scope(left: Range, right: Range) -> Option<u8> {
    if says_nothing(left) || says_nothing(right) {
        return None;
    }
    let (few, many) = in_order(left, right);
    Some(if few == many {
        match many {
            0 => 0,
            1 => 1,
            2 => 2,
            3..=4 => 3,
            5..=9 => 4,
            _ => 5,
        }
    } else if few > 0 && left.overlaps(right) {
        6
    } else {
        level_of_unequal(few, many)
    })
}

/// The level when `part` counts some of those that `whole` counts (without the attackers;
/// civilians only).
pub(super) fn level_of_part(part: Range, whole: Range) -> Option<u8> {
    if says_nothing(part) || says_nothing(whole) {
        return None;
    }
    if part.low <= whole.high {
        // The part may be any share of the whole: no contradiction, little support.
        return Some(8);
    }
    let (few, many) = in_order(part, whole);
    Some(level_of_unequal(few, many))
}

/// "Zero or more" is no claim.
fn says_nothing(range: Range) -> bool {
    !range.is_given() || (range.low == 0 && range.high == u32::MAX && range.number() == 0)
}

fn in_order(left: Range, right: Range) -> (u32, u32) {
    (left.number().min(right.number()), left.number().max(right.number()))
}

fn level_of_unequal(few: u32, many: u32) -> u8 {
    let (few, many) = (u64::from(few), u64::from(many));
    match few {
        0 if many <= 2 => 12,
        0 if many <= 5 => 13,
        0 => 14,
        _ if many - few <= 1 || many * 2 <= few * 3 => 7,
        _ if many * 5 <= few * 11 => 9,
        _ if many <= few * 4 => 10,
        _ => 11,
    }
}

/// "31 and 31–43 (best 39)", the smaller first.
pub(super) fn said(left: Range, right: Range) -> String {
    let (left, right) =
        if (left.number(), left.low, left.high) <= (right.number(), right.low, right.high) {
            (left, right)
        } else {
            (right, left)
        };
    format!("{} and {}", one(left), one(right))
}

fn one(range: Range) -> String {
    match (range.low, range.high) {
        (low, u32::MAX) => format!("{low} or more"),
        (low, high) if low == high => low.to_string(),
        (low, high) if range.best == u32::MAX => format!("{low}–{high}"),
        (low, high) => format!("{low}–{high} (best {})", range.best),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exactly(number: u32) -> Range {
        Range { low: number, best: number, high: number }
    }

    #[test]
    fn numbers_fall_into_the_named_levels() {
        for (left, right, level) in [
            (0, 0, "both none"),
            (2, 2, "equal, two"),
            (9, 9, "equal, five to nine"),
            (31, 31, "equal, ten or more"),
            (31, 43, "close"),
            (31, 60, "up to double"),
            (3, 4, "close"),
            (3, 9, "up to four times"),
            (3, 19, "far apart"),
            (0, 2, "none against one or two"),
            (4, 0, "none against three to five"),
            (0, 8, "none against more"),
        ] {
            let found = level_of_same_scope(exactly(left), exactly(right)).unwrap();
            assert_eq!(LEVELS[usize::from(found)], level, "{left} and {right}");
        }
    }

    #[test]
    fn a_lower_bound_contradicts_nothing_above_it() {
        let at_least_31 = Range { low: 31, best: u32::MAX, high: u32::MAX };
        assert_eq!(level_of_same_scope(at_least_31, exactly(43)), Some(6));
        assert_eq!(level_of_same_scope(at_least_31, exactly(20)), Some(9));
        let any = Range { low: 0, best: u32::MAX, high: u32::MAX };
        assert_eq!(level_of_same_scope(any, exactly(20)), None);
    }

    #[test]
    fn a_part_is_no_contradiction_unless_it_exceeds_the_whole() {
        assert_eq!(level_of_part(exactly(39), exactly(43)), Some(8));
        assert_eq!(level_of_part(exactly(43), exactly(39)), Some(7));
        assert_eq!(level_of_part(exactly(43), exactly(4)), Some(11));
    }
}
