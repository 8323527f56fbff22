//! One incident as one profile has it, as the writers take it: the settled values, what the profile
//! makes of the incident as a whole, and what stays behind for the sake of licences.

use std::ops::Deref;

use sheaf_model::{Licence, SettledIncident};
use sheaf_settle::{Outcome, Profile, Ruling, State};

use super::losses::counted;

/// An incident by one profile. It can be read like the [`SettledIncident`] it holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The ruling; its parts and alignments are written only where an incident is shown in full.
    pub ruling: Ruling,
    /// Whether the tolls are estimates, which nobody said.
    pub is_estimate: bool,
    /// How many claims of each licence class were left out, the classes in order.
    pub withheld: Vec<(Licence, u64)>,
}

impl Entry {
    /// An incident with nothing left out.
    pub fn of(ruling: Ruling, profile: &dyn Profile) -> Entry {
        Entry { ruling, is_estimate: profile.about().is_estimate, withheld: Vec::new() }
    }

    /// What the profile makes of the incident.
    pub fn outcome(&self) -> Outcome {
        self.ruling.outcome
    }

    /// Whether its tolls were recorded by somebody or estimated; the two are never added up.
    pub fn layer(&self) -> &'static str {
        if self.is_estimate { "estimated" } else { "recorded" }
    }

    /// The profile, with a warning where its tolls are estimates.
    pub(super) fn by(&self) -> String {
        let warning = if self.is_estimate { " (an estimate: nobody said its tolls)" } else { "" };
        format!("{}{warning}", self.profile)
    }

    /// The outcome in two words: "range (contested)". One word where both are the same.
    pub(super) fn in_short(&self) -> String {
        let Outcome { state, word, .. } = self.outcome();
        let name = State::name(state);
        if word.eq_ignore_ascii_case(name) { word.to_owned() } else { format!("{word} ({name})") }
    }

    /// What was left out, one class after another: "3 claims own-use-only".
    pub(super) fn withheld_in_words(&self) -> impl Iterator<Item = String> + '_ {
        self.withheld
            .iter()
            .map(|&(class, n)| format!("{} {}", counted(n, "claim", "claims"), class.name()))
    }
}

impl Deref for Entry {
    type Target = SettledIncident;

    fn deref(&self) -> &SettledIncident {
        &self.ruling.settled
    }
}
