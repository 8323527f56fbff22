//! The profiles: named, versioned rule sets over the same claims. To add one, write its file and
//! put it in [`PROFILES`]; help texts and listings come from there. A change that can change any
//! answer raises the profile's version, because people cite `profile@version`.

mod interval;

use sheaf_model::SettledIncident;

use crate::hearing::Hearing;
pub use interval::INTERVAL;

/// A rule set.
pub trait Profile: Sync {
    /// What it is called and what it does.
    fn about(&self) -> &'static About;

    /// Settles every value of one incident.
    fn settle(&self, hearing: &Hearing<'_>) -> SettledIncident;
}

/// What a profile is called and what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// The name people type: "interval".
    pub name: &'static str,
    /// The name people cite: "interval@1".
    pub cited: &'static str,
    /// The rule in one sentence.
    pub rule: &'static str,
    /// Where the rule comes from.
    pub reference: &'static str,
}

/// Every profile, the default first.
pub static PROFILES: &[&dyn Profile] = &[INTERVAL];

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
            let About { name, cited, rule, reference } = it.about();
            let version = cited.strip_prefix(name).and_then(|rest| rest.strip_prefix('@'));
            assert!(version.is_some_and(|version| version.parse::<u32>().is_ok()), "{cited}");
            assert!(rule.ends_with('.') && !reference.is_empty(), "{cited}");
        }
    }
}
