//! The profiles: named, versioned rule sets over the same claims. To add one, write its file and
//! put it in [`PROFILES`]; help texts and listings come from there. A change that can change any
//! answer raises the profile's version, because people cite `profile@version`.
//!
//! Six of the seven follow the published method of a data set or a recorder. "Like" is meant: they
//! apply its rule to the claims of a pool, and what its coders decide by reading is not in claims.

mod acled_like;
mod airwars_like;
mod gtd_like;
mod ibc_like;
mod interval;
mod model;
mod ucdp_like;

use sheaf_model::{Count, Whom};

use crate::hearing::Hearing;
use crate::ruling::{Outcome, Ruling};
pub use acled_like::ACLED_LIKE;
pub use airwars_like::AIRWARS_LIKE;
pub use gtd_like::GTD_LIKE;
pub use ibc_like::IBC_LIKE;
pub use interval::INTERVAL;
pub use model::{MODEL, Model};
pub use ucdp_like::UCDP_LIKE;

/// A rule set.
pub trait Profile: Sync {
    /// What it is called and what it does.
    fn about(&self) -> &'static About;

    /// Settles every value of one incident, and says what became of every claim.
    fn rule(&self, hearing: &Hearing<'_>) -> Ruling;

    /// The outcome of an incident that this profile settled before, where it follows from the
    /// counts of its settled tolls alone; `None` where the claims must be heard again.
    fn outcome_of(&self, tolls: &[Count]) -> Option<Outcome> {
        let _ = tolls;
        None
    }
}

/// What a profile is called and what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// The name people type: "interval".
    pub name: &'static str,
    /// The name people cite: "interval@1".
    pub cited: &'static str,
    /// The rules in one paragraph.
    pub rule: &'static str,
    /// Where the rules come from.
    pub reference: &'static str,
    /// Whose deaths and injuries it is about. Where there is room for one toll, in a table's column
    /// or in a sum, it is this party's, or of all where the profile gives no other.
    pub counts: Whom,
    /// Whether its tolls are estimates, which nobody said. They must be shown as such and never be
    /// mixed with recorded ones.
    pub is_estimate: bool,
}

/// Every profile, the default first.
pub static PROFILES: &[&dyn Profile] =
    &[INTERVAL, UCDP_LIKE, ACLED_LIKE, IBC_LIKE, AIRWARS_LIKE, GTD_LIKE, MODEL];

/// The profile of this name, with or without its version.
///
/// ```
/// assert_eq!(sheaf_settle::profile("interval").unwrap().about().cited, "interval@1");
/// assert!(sheaf_settle::profile("interval@1").is_some());
/// assert!(sheaf_settle::profile("average").is_none());
/// ```
pub fn profile(name: &str) -> Option<&'static dyn Profile> {
    let is_named = |it: &&&dyn Profile| [it.about().name, it.about().cited].contains(&name);
    PROFILES.iter().find(is_named).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_cited_by_name_and_version() {
        for it in PROFILES {
            let About { name, cited, rule, reference, .. } = it.about();
            let version = cited.strip_prefix(name).and_then(|rest| rest.strip_prefix('@'));
            assert!(version.is_some_and(|version| version.parse::<u32>().is_ok()), "{cited}");
            assert!(rule.ends_with('.') && !reference.is_empty(), "{cited}");
        }
    }
}
