//! What counts of incidents say, and how often chance alone would say it.
//!
//! ```text
//!  places, steps of time, counts ──▶ where to look ──▶ how odd ──▶ how often by chance ──▶ a finding
//!                                         seed and options are arguments ┘
//! ```
//!
//! One statistic stands in one file or folder, which opens with *Question · Answer · Assumes ·
//! Formula · References*. Input is small plain structs, not a pool: incidents (never reports, which
//! would count an incident as often as it is told) at places, in steps of time. Where the input
//! allows no answer, [`NoAnswer`] says why; no statistic makes one up.
//!
//! Nothing here touches a file, a clock, the network or global chance. The same input, options and
//! seed give the same finding, on any number of threads. What it deliberately does not do: say who
//! did something, or judge whether a finding matters.

pub mod alike;
mod chance;
pub mod change_point;
pub mod hawkes;
pub mod knew;
pub mod knox;
mod no_answer;
mod period;
pub mod scan;
mod sites;
#[cfg(test)]
mod testing;
pub mod watch;

pub use chance::Chance;
pub use no_answer::NoAnswer;
pub use period::Period;
pub use sites::{EARTH_RADIUS_KM, Measured, Sites};

/// What there is, in the order in which it was built: the name and the question it answers.
pub static STATISTICS: &[(&str, &str)] = &[
    ("scan", "Is there somewhere, for some time, more than the rest leads one to expect?"),
    ("knox", "Do incidents that are near in space lie near in time more often than chance has it?"),
    (
        "hawkes",
        "How much follows from what happened shortly before, and how much from a background?",
    ),
    (
        "change-point",
        "Did the number of incidents rise or fall everywhere at once, and since when?",
    ),
    (
        "watch",
        "Does something stand out today that did not have to, and would it still without the newcomers?",
    ),
    ("overlap", "What do two parties know in common, and what does each alone know?"),
    ("cover", "Which fewest parties together know all that anyone knows?"),
    ("lag", "Who was first, and how much later did the others learn?"),
    ("alarms", "Which alarm would have come earlier, had everything been shared when written?"),
    ("alike", "Which incidents resemble this one, and is it more than chance has it?"),
];
