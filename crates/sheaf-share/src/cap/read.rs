//! What kind of document some foreign bytes are, and the alert in them.

use std::fmt;

use super::alert::{Alert, Heard};
use super::build::build;
use super::fields::{ALERT, SIGNATURES, check};
use super::remarks::remarks;
use super::xml::{Element, Limits, Refusal, parse};

/// A version of the standard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Version {
    /// CAP 1.0, of 2004.
    V1_0,
    /// CAP 1.1, of 2005.
    V1_1,
    /// CAP 1.2, of 2010.
    V1_2,
}

impl Version {
    /// The namespace of its elements.
    pub fn namespace(self) -> &'static str {
        match self {
            Version::V1_0 => "http://www.incident.com/cap/1.0",
            Version::V1_1 => "urn:oasis:names:tc:emergency:cap:1.1",
            Version::V1_2 => "urn:oasis:names:tc:emergency:cap:1.2",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Version::V1_0 => "CAP 1.0",
            Version::V1_1 => "CAP 1.1",
            Version::V1_2 => "CAP 1.2",
        })
    }
}

/// What a document is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An alert of this version.
    Alert(Version),
    /// An Atom feed.
    Atom,
    /// An RSS feed.
    Rss,
    /// An EDXL distribution, in which alerts are sent among agencies.
    EdxlDe,
    /// Anything else in XML, by the name of its root element.
    Other(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Alert(version) => write!(f, "an alert in {version}"),
            Kind::Atom => f.write_str("an Atom feed"),
            Kind::Rss => f.write_str("an RSS feed"),
            Kind::EdxlDe => f.write_str("an EDXL distribution"),
            Kind::Other(name) => write!(f, "a document of another kind, <{name}>"),
        }
    }
}

/// Something wrong with a document, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where, as `alert/info[2]/urgency`.
    pub place: String,
    /// What. Never what stands there: that may be about a person.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// An alert that was read.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// In which version it was written.
    pub version: Version,
    /// The alert and for whom it says it is meant; nothing if the document is not valid.
    pub alert: Option<(Alert, Heard)>,
    /// Whether it bears a signature. None is ever verified here.
    pub is_signed: bool,
    /// All in which it departs from the schema. A document is valid if this is empty.
    pub problems: Vec<Problem>,
    /// What the schema allows and the standard does not, or what makes no sense.
    pub remarks: Vec<Problem>,
}

impl Reading {
    /// Whether the document is valid by the schema of its version.
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Says what kind of document this is.
///
/// # Errors
/// If it is not XML, or asks too much; see [`Refusal`].
///
/// ```
/// use sheaf_share::cap::{Kind, Limits, recognise};
/// let feed = b"<feed xmlns='http://www.w3.org/2005/Atom'/>";
/// assert_eq!(recognise(feed, &Limits::ALERT), Ok(Kind::Atom));
/// ```
pub fn recognise(bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    Ok(kind_of(&parse(bytes, limits)?))
}

/// Reads an alert and checks it.
///
/// # Errors
/// If it is not XML, asks too much, or is something else than an alert. An alert that is not valid is
/// not an error: it is read, with its problems.
///
/// ```
/// use sheaf_share::cap::{Limits, Version, read_alert};
/// let bytes = b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>
///   <identifier>1</identifier><sender>desk@north.example</sender>
///   <sent>2026-03-01T10:00:00+01:00</sent><status>Exercise</status><msgType>Alarm</msgType>
/// </alert>";
/// let reading = read_alert(bytes, &Limits::ALERT).unwrap();
/// assert_eq!(reading.version, Version::V1_2);
/// let problems: Vec<String> = reading.problems.iter().map(|it| it.to_string()).collect();
/// assert_eq!(problems, [
///     "alert/msgType[1]: not one of the words Alert, Update, Cancel, Ack, Error",
///     "alert/scope: it is missing",
/// ]);
/// ```
pub fn read_alert(bytes: &[u8], limits: &Limits) -> Result<Reading, Refusal> {
    read_element(&parse(bytes, limits)?)
}

/// Reads the alert that an element is.
pub(super) fn read_element(root: &Element) -> Result<Reading, Refusal> {
    let version = match kind_of(root) {
        Kind::Alert(version) => version,
        other => return Err(Refusal::Other { found: other.to_string(), wanted: "an alert" }),
    };
    let mut problems = Vec::new();
    check(root, ALERT, version, "alert", &mut problems);
    let alert = if problems.is_empty() { build(root) } else { None };
    let remarks = alert.as_ref().map(|(alert, heard)| remarks(alert, heard)).unwrap_or_default();
    let is_signed = root.has(SIGNATURES, "Signature");
    Ok(Reading { version, alert, is_signed, problems, remarks })
}

pub(super) fn kind_of(root: &Element) -> Kind {
    let versions = [Version::V1_0, Version::V1_1, Version::V1_2];
    let version = versions.into_iter().find(|it| it.namespace() == root.namespace);
    match (version, root.namespace.as_str(), root.name.as_str()) {
        (Some(version), _, "alert") => Kind::Alert(version),
        (_, "http://www.w3.org/2005/Atom", "feed") => Kind::Atom,
        (_, "", "rss") => Kind::Rss,
        (_, "urn:oasis:names:tc:emergency:EDXL:DE:1.0", "EDXLDistribution") => Kind::EdxlDe,
        _ => Kind::Other(root.name.chars().take(40).collect()),
    }
}
