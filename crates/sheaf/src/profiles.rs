//! The profiles that a question names: one, several, or all of them beside each other.

use sheaf_settle::{Ballots, INTERVAL, PROFILES, Profile};

use crate::failure::Failure;
use crate::output::Entry;
use crate::suggest;

/// The profile by which a pool keeps its incidents settled.
pub const KEPT: &dyn Profile = INTERVAL;

/// Profiles in the order in which they were named; at least one.
pub struct Profiles(Vec<&'static dyn Profile>);

impl Profiles {
    /// Reads `interval`, `interval+model` or `all`, each with or without its version.
    ///
    /// # Errors
    /// `no-such-profile`, with the nearest name.
    pub fn named(names: &str) -> Result<Profiles, Failure> {
        if names == "all" {
            return Ok(Profiles(PROFILES.to_vec()));
        }
        let mut profiles: Vec<&'static dyn Profile> = Vec::new();
        for name in names.split('+') {
            let profile = one(name)?;
            if profiles.iter().all(|it| it.about().cited != profile.about().cited) {
                profiles.push(profile);
            }
        }
        Ok(Profiles(profiles))
    }

    /// The one that decides which incidents are wanted.
    pub fn first(&self) -> &'static dyn Profile {
        self.0.first().copied().unwrap_or(KEPT)
    }

    /// Whether it is only one.
    pub fn is_one(&self) -> bool {
        self.0.len() == 1
    }

    /// How many.
    pub fn n(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them estimates.
    pub fn any_estimate(&self) -> bool {
        self.0.iter().any(|profile| profile.about().is_estimate)
    }

    /// What people cite: "interval@1", or several joined with +.
    pub fn cited(&self) -> String {
        self.0.iter().map(|it| it.about().cited).collect::<Vec<_>>().join("+")
    }

    /// The incident made up of these reports, as each of the profiles has it.
    pub fn entries(&self, ballots: &Ballots, members: &[u32]) -> Vec<Entry> {
        let rulings = sheaf_settle::rule_by(ballots, members, &self.0);
        let ruled = rulings.into_iter().zip(&self.0);
        ruled.map(|(ruling, profile)| Entry::of(ruling, *profile)).collect()
    }

    /// The only one, where several make no sense.
    ///
    /// # Errors
    /// `one-profile-only`.
    pub fn only(&self) -> Result<&'static dyn Profile, Failure> {
        match self.is_one() {
            true => Ok(self.first()),
            false => Err(Failure::new(
                "one-profile-only",
                format!("this takes one profile, and {} were named", self.0.len()),
            )
            .hint("name one of them: --profile interval")),
        }
    }
}

fn one(name: &str) -> Result<&'static dyn Profile, Failure> {
    sheaf_settle::profile(name).ok_or_else(|| {
        let names: Vec<&str> = PROFILES.iter().map(|it| it.about().name).collect();
        let failure = Failure::new("no-such-profile", format!("{name} is no profile"));
        match suggest::nearest(name, names.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint(format!("the profiles are {}, and all", names.join(", "))),
        }
    })
}
