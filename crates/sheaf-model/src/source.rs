//! Who says it: the organisation, its data set, under which licence, gathered by which method.

use std::fmt;

use crate::Day;

/// The short name of a source: what stands before the colon in a report id. Lower-case letters,
/// digits and single hyphens, starting with a letter, at most 40 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceName(String);

/// Why a text is no source name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotASourceName {
    said: String,
}

impl fmt::Display for NotASourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is no source name: use lower-case letters, digits and single hyphens, \
             starting with a letter, at most 40 characters, as in \"acme-roads\"",
            self.said
        )
    }
}

impl std::error::Error for NotASourceName {}

impl SourceName {
    /// Checks the form.
    ///
    /// ```
    /// use sheaf_model::SourceName;
    /// assert!(SourceName::new("ucdp-ged").is_ok());
    /// assert!(SourceName::new("UCDP GED").is_err());
    /// ```
    pub fn new(name: &str) -> Result<SourceName, NotASourceName> {
        let plain = name.len() <= 40
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('-')
            && !name.contains("--")
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if plain {
            Ok(SourceName(name.to_owned()))
        } else {
            Err(NotASourceName { said: name.chars().take(60).collect() })
        }
    }

    /// The nearest source name to any text ("ACME Roads (2024)" gives "acme-roads-2024"), or
    /// `None` if nothing is left of it.
    pub fn nearest(text: &str) -> Option<SourceName> {
        let mut name = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_lowercase() || (c.is_ascii_digit() && !name.is_empty()) {
                name.push(c);
            } else if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
        }
        name.truncate(40);
        SourceName::new(name.trim_end_matches('-')).ok()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a source's rows may travel. A derived value takes the strictest of its inputs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Licence {
    /// May be passed on, with credit (CC BY, public domain).
    OpenWithAttribution,
    /// May be passed on under the same licence (ODbL, CC BY-SA).
    ShareAlike,
    /// For the holder of a key or file only; not passed on.
    OwnUseOnly,
    /// Nobody has read the terms yet: treated as own use only.
    Unknown,
}

impl Licence {
    /// Every class, least strict first.
    pub const ALL: [Licence; 4] =
        [Licence::OpenWithAttribution, Licence::ShareAlike, Licence::OwnUseOnly, Licence::Unknown];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Licence::OpenWithAttribution => "open-with-attribution",
            Licence::ShareAlike => "share-alike",
            Licence::OwnUseOnly => "own-use-only",
            Licence::Unknown => "unknown",
        }
    }

    /// The class with this name.
    pub fn from_name(name: &str) -> Option<Licence> {
        Licence::ALL.into_iter().find(|licence| licence.name() == name)
    }

    /// Whether rows under it may leave the pool.
    pub fn may_be_passed_on(self) -> bool {
        matches!(self, Licence::OpenWithAttribution | Licence::ShareAlike)
    }
}

/// How a source works, which decides what linking may assume of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SourceKind {
    /// One entry per incident, kept free of duplicates by the source: at most one of its reports
    /// belongs to an incident.
    Curated,
    /// Many reports of one incident are normal (news, wires, desks, coded event reports).
    News,
    /// Machine-coded mentions. They point at something; alone they never become an incident.
    Leads,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [SourceKind; 3] = [SourceKind::Curated, SourceKind::News, SourceKind::Leads];

    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Curated => "curated",
            SourceKind::News => "news",
            SourceKind::Leads => "leads",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<SourceKind> {
        SourceKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A stretch of time in which a source worked by one method. Trends must not run across two.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodEra {
    /// The first day of the era, in time of incident.
    pub from: Day,
    /// What was different from then on.
    pub what: String,
}

/// Who says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Short name, part of every report id.
    pub name: SourceName,
    /// The data set's title.
    pub title: String,
    /// The organisation.
    pub organisation: String,
    /// How far its rows may travel.
    pub licence: Licence,
    /// The credit line that must travel with them.
    pub credit: String,
    /// How it works.
    pub kind: SourceKind,
    /// Its eras of method, oldest first.
    pub eras: Vec<MethodEra>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_names() {
        for (text, name) in [
            ("ACME Roads (2024)", Some("acme-roads-2024")),
            ("ged-car-23.1", Some("ged-car-23-1")),
            ("2014 attacks", Some("attacks")),
            ("пожар", None),
            ("", None),
        ] {
            assert_eq!(SourceName::nearest(text).as_ref().map(SourceName::as_str), name, "{text}");
        }
        assert!(SourceName::nearest(&"long name ".repeat(20)).is_some());
    }
}
