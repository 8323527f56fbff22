//! Settles conflicting claims by named rules; every losing claim stays visible.
//!
//! In go reports ([`Ballots::push`]), of which only what settling needs is kept, packed small,
//! because a pool holds millions. Out comes, for the reports of one incident and one [`Profile`],
//! a [`SettledIncident`]: each value with the claims it rests on, the comparable claims that say
//! otherwise, and the name of the rule that chose it. A settled incident is a view. It can be
//! thrown away and made again, by another profile, and the claims do not change.
//!
//! What holds for every profile:
//!
//! - *A value shown was said.* It is one of the claims, the stretch from the lowest to the highest
//!   of them, or the difference of two numbers that one report gives itself (43 with the 4
//!   attackers is 39 without). Nothing is averaged, and no date or place is put between two others.
//! - *One voice is counted once*, however often it is repeated; see [`Hearing`].
//! - *Each claim stays visible.* A comparable claim stands in `from` or in `against`, never nowhere.
//! - *Missing is missing.* A field that nobody speaks of has no settled value. Zero is a number
//!   that somebody has to say. A source that says it does not know is a third thing: its claim has
//!   a part, and is silent.
//! - *The order of reports, members and imports changes nothing.*
//!
//! How many incidents are settled at a time is the caller's business: [`settle`] takes one, and
//! [`Ballots`] can be shared between threads. Nothing here touches a file, a clock, the
//! environment or a random source, and nothing here knows how reports came to be one incident.

mod ballots;
mod hearing;
mod packing;
mod profiles;
mod rules;
mod ruling;
mod texts;
mod voices;

use sheaf_model::{Field, SettledIncident};

pub use ballots::Ballots;
pub use hearing::Hearing;
pub use profiles::{
    ACLED_LIKE, AIRWARS_LIKE, About, GTD_LIKE, IBC_LIKE, INTERVAL, MODEL, Model, PROFILES, Profile,
    UCDP_LIKE, profile,
};
pub use ruling::{Alignment, Outcome, Part, Ruling, State, Why};

/// Settles the incident made up of the reports at these positions of `ballots`.
///
/// The order of `members` does not matter, and one named twice counts once. The claims in the
/// answer count reports by their position in its [`Incident::reports`], which are in order of id.
///
/// [`Incident::reports`]: sheaf_model::Incident::reports
///
/// # Panics
/// If `members` is empty or names a report that was not pushed: an incident has reports.
///
/// ```
/// use sheaf_model::{Attackers, Batch, Count, Field, Harm, Licence, Meaning, Qualifier};
/// use sheaf_model::{SourceKind, SourceName, Toll, Unit, Whom};
/// use sheaf_settle::{Ballots, INTERVAL, settle};
///
/// let killed = |number| Meaning::Toll(Toll {
///     harm: Harm::Killed,
///     whom: Whom::All,
///     attackers: Attackers::Unsaid,
///     qualifier: Qualifier::Exactly,
///     count: Count::exactly(number).unwrap(),
///     as_of: None,
/// });
/// let mut batch = Batch::default();
/// for (key, number) in [("1", 31), ("2", 39)] {
///     batch.begin_report(key, 2, Unit::Incident);
///     batch.say(Field::Toll, 0, &number.to_string(), killed(number));
///     batch.end_report();
/// }
/// let names = ["desk", "wire"].map(|name| SourceName::new(name).unwrap());
/// let listed = |name: &SourceName| (name.clone(), Licence::ShareAlike, SourceKind::Curated);
/// let mut ballots = Ballots::new(names.iter().map(listed).collect());
/// for (idx, name) in names.iter().enumerate() {
///     ballots.push(&batch.report(idx).id(name), idx as u16, batch.report(idx));
/// }
/// let settled = settle(&ballots, &[1, 0], INTERVAL);
/// assert_eq!(settled.tolls[0].value.count.to_string(), "31–39");
/// ```
pub fn settle(ballots: &Ballots, members: &[u32], profile: &dyn Profile) -> SettledIncident {
    rule(ballots, members, profile).settled
}

/// Settles the incident as [`settle`] does, and says as well what the profile makes of it as a
/// whole and what part each claim had.
///
/// # Panics
/// As [`settle`].
pub fn rule(ballots: &Ballots, members: &[u32], profile: &dyn Profile) -> Ruling {
    profile.rule(&Hearing::of(ballots, members))
}

/// Settles one incident by every profile, in the order of [`PROFILES`], to be shown side by side.
///
/// # Panics
/// As [`settle`].
pub fn side_by_side(ballots: &Ballots, members: &[u32]) -> Vec<Ruling> {
    rule_by(ballots, members, PROFILES)
}

/// Settles one incident by some profiles, in their order.
///
/// # Panics
/// As [`settle`].
pub fn rule_by(ballots: &Ballots, members: &[u32], profiles: &[&dyn Profile]) -> Vec<Ruling> {
    let hearing = Hearing::of(ballots, members);
    profiles.iter().map(|profile| profile.rule(&hearing)).collect()
}

/// Whether a settled value can rest on claims about this field. The others (references, outlets,
/// the day of publication) say something about the report, or are not settled.
///
/// ```
/// use sheaf_model::Field;
/// assert!(sheaf_settle::is_settled(Field::Toll) && !sheaf_settle::is_settled(Field::Reference));
/// ```
pub fn is_settled(field: Field) -> bool {
    match field {
        Field::When
        | Field::Where
        | Field::PlaceName
        | Field::AdminOne
        | Field::Country
        | Field::Kind
        | Field::Target
        | Field::Weapon
        | Field::Toll
        | Field::ClaimedBy
        | Field::BlamedOn => true,
        Field::AdminTwo
        | Field::Party
        | Field::Category
        | Field::Outlet
        | Field::Reference
        | Field::Published
        | Field::SourceCount
        | Field::Wording
        | Field::Unit
        | Field::Status
        | Field::Damage
        | Field::Basis => false,
    }
}
