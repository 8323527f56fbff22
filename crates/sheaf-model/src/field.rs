//! What a claim can be about. This list is closed, and it is where "incidents and claims about
//! them, never people" is held: there is no field for a name, an age, a sex, an ethnicity, a
//! religion, a nationality or a political view, so no mapping can fill one.

use std::fmt;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What a claim is about.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $variant,)* }

        impl Field {
            /// Every field, in the order in which they are shown.
            pub const ALL: &[Field] = &[$(Field::$variant,)*];

            /// The word used in files, mappings and on screen.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)* }
            }
        }
    };
}

fields! {
    /// The day or days of the incident.
    When = "when";
    /// The point and radius of the incident.
    Where = "where";
    /// The name of the place (town, station, market).
    PlaceName = "place-name";
    /// First-level administrative unit.
    AdminOne = "admin-1";
    /// Second-level administrative unit.
    AdminTwo = "admin-2";
    /// The country of the incident, as the source writes it.
    Country = "country";
    /// What kind of happening.
    Kind = "kind";
    /// What was attacked: a kind of thing or role (market, police, railway), never a person.
    Target = "target";
    /// With what.
    Weapon = "weapon";
    /// Killed, injured, missing, abducted; the scope stands in the toll itself.
    Toll = "toll";
    /// An organisation that claimed the incident, according to this source.
    ClaimedBy = "claimed-by";
    /// An organisation that this source, or someone it cites, blames.
    BlamedOn = "blamed-on";
    /// An organised armed party to the incident, according to this source.
    Party = "party";
    /// A code of the source's own (an opaque actor code, a taxonomy category).
    Category = "category";
    /// Who published or recorded the report (an outlet, an agency).
    Outlet = "outlet";
    /// Where the report can be looked up (an address, a citation key).
    Reference = "reference";
    /// The day on which the report was published or recorded.
    Published = "published";
    /// How many sources the source itself counted.
    SourceCount = "source-count";
    /// A fingerprint of running text. The text itself may name people and is not kept.
    Wording = "wording";
    /// Whether the report is of one incident, an episode, an aggregate, or a lead.
    Unit = "unit";
    /// The source's own doubt or status code (clarity, unconfirmed, part of a larger attack).
    Status = "status";
    /// Service was disrupted or property damaged, as coded by the source.
    Damage = "damage";
    /// What the report's tolls rest on: one of the words of [`Basis`](crate::Basis), never text.
    Basis = "basis";
}

impl Field {
    /// The field with this name.
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.name() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for &field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(field));
        }
    }

    /// Part of "incidents, never people": no field is about a person or a group of persons.
    #[test]
    fn no_field_is_about_people() {
        for &field in Field::ALL {
            for word in [
                "person", "victim", "suspect", "age", "sex", "gender", "ethnic", "religio",
                "national",
            ] {
                // "damage" contains "age", so whole words are compared.
                assert!(field.name().split('-').all(|part| !part.starts_with(word)), "{field}");
            }
        }
    }
}
