//! Tolls: how many were killed, injured, missing or abducted. A toll claim is never a bare number.
//! It is a number or an interval, a qualifier ("at least"), a scope (whose deaths; with or without
//! the attackers) and, where said, the day it was true as of. "At least 31" and "43 including the
//! attackers" do not contradict each other, and the types keep it that way.

use std::fmt;

use crate::Day;

/// What befell those counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Harm {
    Killed,
    Injured,
    Missing,
    Abducted,
}

impl Harm {
    /// Every harm, in the order in which they are shown.
    pub const ALL: [Harm; 4] = [Harm::Killed, Harm::Injured, Harm::Missing, Harm::Abducted];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Harm::Killed => "killed",
            Harm::Injured => "injured",
            Harm::Missing => "missing",
            Harm::Abducted => "abducted",
        }
    }
}

/// Whose toll it is. Roles in the incident only; there is no group of persons here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Whom {
    /// Everyone the source counts.
    All,
    /// Civilians.
    Civilians,
    /// Those who carried out the attack.
    Attackers,
    /// The party a source calls side A.
    SideA,
    /// The party a source calls side B.
    SideB,
    /// Counted by the source as of unknown party.
    UnknownParty,
}

impl Whom {
    /// Every scope, in the order in which they are shown.
    pub const ALL: [Whom; 6] =
        [Whom::All, Whom::Civilians, Whom::Attackers, Whom::SideA, Whom::SideB, Whom::UnknownParty];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Whom::All => "all",
            Whom::Civilians => "civilians",
            Whom::Attackers => "attackers",
            Whom::SideA => "side-a",
            Whom::SideB => "side-b",
            Whom::UnknownParty => "unknown-party",
        }
    }
}

/// Whether a toll of [`Whom::All`] counts the attackers too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Attackers {
    Included,
    Excluded,
    Unsaid,
}

impl Attackers {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Attackers::Included => "included",
            Attackers::Excluded => "excluded",
            Attackers::Unsaid => "unsaid",
        }
    }
}

/// How the number was put.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Qualifier {
    Exactly,
    About,
    AtLeast,
    MoreThan,
    UpTo,
    /// "Feared dead".
    Feared,
    Unconfirmed,
    /// A word in place of a number ("dozens"), read by a named table.
    Words,
}

impl Qualifier {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Qualifier::Exactly => "exactly",
            Qualifier::About => "about",
            Qualifier::AtLeast => "at-least",
            Qualifier::MoreThan => "more-than",
            Qualifier::UpTo => "up-to",
            Qualifier::Feared => "feared",
            Qualifier::Unconfirmed => "unconfirmed",
            Qualifier::Words => "words",
        }
    }
}

/// What the tolls of a report rest on, as its source codes it. It is a claim of the report, beside
/// its tolls; a source that gives none is not taken to have any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Basis {
    /// Somebody of the source's own counted: bodies, beds, graves.
    Observed,
    /// Others were asked or read: officials, hospitals, news.
    Reported,
    /// Worked out from other things: imagery, the size of a crowd, a model.
    Assessed,
    /// A party to the incident says so of itself or its enemy.
    Party,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Basis; 4] = [Basis::Observed, Basis::Reported, Basis::Assessed, Basis::Party];

    /// The word used in mappings, files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Observed => "observed",
            Basis::Reported => "reported",
            Basis::Assessed => "assessed",
            Basis::Party => "party",
        }
    }

    /// The basis with this name.
    ///
    /// ```
    /// use sheaf_model::Basis;
    /// assert_eq!(Basis::from_name("party"), Some(Basis::Party));
    /// assert_eq!(Basis::from_name("a spokesman"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Basis> {
        Basis::ALL.into_iter().find(|basis| basis.name() == name)
    }
}

/// A number of people: from `low` to `high` (no upper bound if `None`), with the source's own best
/// value where it names one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Count {
    // Invariant: low <= best <= high where present. u32::MAX stands for "absent" so that a claim
    // stays small: a pool holds tens of millions of them.
    low: u32,
    best: u32,
    high: u32,
}

const ABSENT: u32 = u32::MAX;

impl Count {
    /// The largest number a count can hold; larger ones are not understood, never clipped.
    pub const MAX: u32 = u32::MAX - 1;

    /// `None` if the numbers stand in the wrong order or exceed [`Count::MAX`].
    ///
    /// ```
    /// use sheaf_model::Count;
    /// let count = Count::new(31, Some(39), Some(43)).unwrap();
    /// assert_eq!(count.to_string(), "31–43 (best 39)");
    /// assert!(Count::new(5, None, Some(4)).is_none());
    /// ```
    pub fn new(low: u32, best: Option<u32>, high: Option<u32>) -> Option<Count> {
        let in_order = best.is_none_or(|best| low <= best && high.is_none_or(|high| best <= high))
            && high.is_none_or(|high| low <= high);
        let fits = low != ABSENT && best != Some(ABSENT) && high != Some(ABSENT);
        (in_order && fits).then_some(Count {
            low,
            best: best.unwrap_or(ABSENT),
            high: high.unwrap_or(ABSENT),
        })
    }

    /// Exactly `number`, or `None` above [`Count::MAX`].
    pub fn exactly(number: u32) -> Option<Count> {
        Count::new(number, Some(number), Some(number))
    }

    /// `number` or more, or `None` above [`Count::MAX`].
    pub fn at_least(number: u32) -> Option<Count> {
        Count::new(number, None, None)
    }

    /// The lower bound.
    pub fn low(self) -> u32 {
        self.low
    }

    /// The source's own best value, where it names one.
    pub fn best(self) -> Option<u32> {
        (self.best != ABSENT).then_some(self.best)
    }

    /// The upper bound; `None` when there is none.
    pub fn high(self) -> Option<u32> {
        (self.high != ABSENT).then_some(self.high)
    }

    /// Whether some number lies in both.
    pub fn overlaps(self, other: Count) -> bool {
        let below = |low: u32, high: Option<u32>| high.is_none_or(|high| low <= high);
        below(self.low, other.high()) && below(other.low, self.high())
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high() {
            Some(high) if high == self.low => write!(f, "{high}"),
            Some(high) => {
                write!(f, "{}–{high}", self.low)?;
                self.best().map_or(Ok(()), |best| write!(f, " (best {best})"))
            }
            None => {
                write!(f, "{} or more", self.low)?;
                self.best().map_or(Ok(()), |best| write!(f, " (best {best})"))
            }
        }
    }
}

/// One toll as one report puts it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Toll {
    /// What befell them.
    pub harm: Harm,
    /// Whose toll.
    pub whom: Whom,
    /// Whether the attackers are in it. Means something only with [`Whom::All`].
    pub attackers: Attackers,
    /// How the number was put.
    pub qualifier: Qualifier,
    /// The number or interval.
    pub count: Count,
    /// The day on which it was true, where said; apart from the day of the report and of the
    /// incident.
    pub as_of: Option<Day>,
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.qualifier {
            Qualifier::Exactly | Qualifier::AtLeast => {}
            other => write!(f, "{} ", other.name().replace('-', " "))?,
        }
        write!(f, "{} {}", self.count, self.harm.name())?;
        if self.whom != Whom::All {
            write!(f, " ({})", self.whom.name())?;
        }
        match self.attackers {
            Attackers::Included => write!(f, ", attackers included")?,
            Attackers::Excluded => write!(f, ", attackers not counted")?,
            Attackers::Unsaid => {}
        }
        self.as_of.map_or(Ok(()), |day| write!(f, ", as of {day}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_bound_overlaps_everything_above_it() {
        let at_least_31 = Count::at_least(31).unwrap();
        assert!(at_least_31.overlaps(Count::exactly(43).unwrap()));
        assert!(at_least_31.overlaps(Count::at_least(2).unwrap()));
        assert!(!at_least_31.overlaps(Count::exactly(30).unwrap()));
    }

    #[test]
    fn counts_out_of_order_do_not_exist() {
        assert_eq!(Count::new(3, Some(2), Some(4)), None);
        assert_eq!(Count::new(3, Some(5), Some(4)), None);
        assert_eq!(Count::new(3, Some(2), None), None);
        assert_eq!(Count::exactly(u32::MAX), None);
        assert!(Count::exactly(Count::MAX).is_some());
    }
}
