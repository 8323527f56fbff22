//! Who takes part in a pool: organisations, the named groups in which they share, and what an
//! account of theirs may do. A [`Member`] is always an organisation. Accounts of the people who
//! work there are the desk's and the store's business and have no noun here.

use std::collections::BTreeSet;
use std::fmt;

use crate::Purpose;

/// Why a text is no name of a member, group or region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotAName {
    what: &'static str,
    said: String,
}

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is no {}: use lower-case letters, digits and single hyphens, starting with a \
             letter, at most 60 characters, as in \"north-rail\"",
            self.said, self.what
        )
    }
}

impl std::error::Error for NotAName {}

macro_rules! names {
    ($($(#[$doc:meta])* $type:ident = $what:literal;)*) => { $(
        $(#[$doc])*
        ///
        /// Lower-case letters, digits and single hyphens, starting with a letter, at most 60
        /// characters.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $type(String);

        impl $type {
            /// Checks the form.
            ///
            /// # Errors
            /// If it has another one.
            pub fn new(name: &str) -> Result<$type, NotAName> {
                if is_name(name) {
                    Ok($type(name.to_owned()))
                } else {
                    Err(NotAName { what: $what, said: name.chars().take(60).collect() })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

names! {
    /// The short name of a member, unique among all who exchange with each other.
    MemberId = "member id";
    /// The short name of a sharing group.
    GroupName = "group name";
    /// The area a member works in, as the pool's members agreed to call it.
    Region = "region";
}

fn is_name(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

macro_rules! words {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal;)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum $type { $($(#[$doc])* $variant,)* }

        impl $type {
            /// Every one of them.
            pub const ALL: &[$type] = &[$($type::$variant,)*];

            /// The word used in files and on screen.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }

            /// The one with this word.
            pub fn from_name(name: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|it| it.name() == name)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a member does.
    Sector {
        /// A police force.
        Police = "police";
        /// A railway or its operator.
        Rail = "rail";
        /// An airport, airline or aviation authority.
        Aviation = "aviation";
        /// A road operator or public transport on roads.
        Road = "road";
        /// A port, shipping company or coast guard.
        Maritime = "maritime";
        /// A hospital or health service.
        Health = "health";
        /// A municipality.
        Municipality = "municipality";
        /// A fire service or civil-protection authority.
        CivilProtection = "civil-protection";
        /// A newsroom or agency.
        Media = "media";
        /// A non-governmental organisation.
        Ngo = "ngo";
        /// A university or research institute.
        Research = "research";
        /// Anything else.
        Other = "other";
    }
}

words! {
    /// What an account may do for its member. An account may have several; with none it may do
    /// nothing. Only the first three let it read reports.
    Role {
        /// Adds, revises and withdraws its own organisation's reports.
        Contributor = "contributor";
        /// Judges which reports are about one incident.
        Reviewer = "reviewer";
        /// Releases its own organisation's reports to the public; never alone.
        Releaser = "releaser";
        /// Reads the audit log, and no report.
        Auditor = "auditor";
        /// Sets up members, groups and accounts, and reads no report.
        Admin = "admin";
    }
}

impl Role {
    /// Whether it lets an account read reports at all.
    pub fn reads_reports(self) -> bool {
        matches!(self, Role::Contributor | Role::Reviewer | Role::Releaser)
    }
}

/// An organisation that takes part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its short name.
    pub id: MemberId,
    /// Its name in full.
    pub name: String,
    /// What it does.
    pub sector: Sector,
    /// Where it works.
    pub region: Region,
    /// What it has declared to read reports for. Its accounts may narrow this, never widen it.
    pub purposes: BTreeSet<Purpose>,
}

/// Members that share with each other under a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its short name.
    pub name: GroupName,
    /// The organisations in it.
    pub members: BTreeSet<MemberId>,
    /// Whether its name and its members are known to its members only.
    pub confidential: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        assert_eq!(MemberId::new("north-rail").unwrap().as_str(), "north-rail");
        for text in ["", "North", "9th", "a--b", "a-", "a b", "é", &"a".repeat(61)] {
            assert!(GroupName::new(text).is_err(), "{text}");
        }
        assert_eq!(
            Region::new("North").unwrap_err().to_string(),
            "\"North\" is no region: use lower-case letters, digits and single hyphens, starting \
             with a letter, at most 60 characters, as in \"north-rail\""
        );
    }

    #[test]
    fn words_lead_back() {
        for &sector in Sector::ALL {
            assert_eq!(Sector::from_name(sector.name()), Some(sector));
        }
        for &role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("owner"), None);
    }

    #[test]
    fn who_runs_the_pool_does_not_read_it() {
        let reading: Vec<_> = Role::ALL.iter().filter(|role| role.reads_reports()).collect();
        assert_eq!(reading, [&Role::Contributor, &Role::Reviewer, &Role::Releaser]);
    }
}
