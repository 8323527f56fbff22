//! What an alert says. For whom it is meant is kept apart, as [`Heard`] on the way in and as
//! [`Audience`](super::Audience) on the way out, so that nothing is passed on to the audience that
//! someone else had in mind.

use super::time::Time;
use super::words::{Category, Certainty, MessageType, Response, Scope, Severity, Status, Urgency};

/// An alert. Field by field the standard's, section 3.2.
#[derive(Clone, PartialEq, Debug)]
pub struct Alert {
    /// Its id, given by the sender.
    pub identifier: String,
    /// Who sends it: an id that is unique in the world, often a mail address of a duty desk.
    pub sender: String,
    /// When it was sent.
    pub sent: Time,
    /// Whether it is meant.
    pub status: Status,
    /// What it does.
    pub message_type: MessageType,
    /// The operator or device that it comes from.
    pub source: Option<String>,
    /// Codes for its handling.
    pub codes: Vec<String>,
    /// What is to be said about the message itself.
    pub note: Option<String>,
    /// Earlier messages, as `sender,identifier,sent` with blanks between.
    pub references: Option<String>,
    /// Incidents that it belongs to, by name.
    pub incidents: Option<String>,
    /// What it tells, once for each language or part.
    pub infos: Vec<Info>,
}

/// For whom an alert that was read says it is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// For whom.
    pub scope: Scope,
    /// The rule for whom, of a restricted one.
    pub restriction: Option<String>,
    /// To whom, of a private one.
    pub addresses: Option<String>,
}

/// One part of what an alert tells.
#[derive(Clone, PartialEq, Debug)]
pub struct Info {
    /// Language of the texts, as RFC 3066 has it; unsaid means `en-US`.
    pub language: Option<String>,
    /// What sort of happening; at least one, except in CAP 1.0.
    pub categories: Vec<Category>,
    /// What is happening, in words.
    pub event: String,
    /// What to do.
    pub responses: Vec<Response>,
    /// How soon.
    pub urgency: Urgency,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// For whom the part is meant, in words.
    pub audience: Option<String>,
    /// Codes for what is happening.
    pub event_codes: Vec<Named>,
    /// From when the information holds.
    pub effective: Option<Time>,
    /// When the happening is expected to begin.
    pub onset: Option<Time>,
    /// Until when the information holds.
    pub expires: Option<Time>,
    /// Who sends it, for people.
    pub sender_name: Option<String>,
    /// In one line.
    pub headline: Option<String>,
    /// In full.
    pub description: Option<String>,
    /// What those addressed should do.
    pub instruction: Option<String>,
    /// An address with more. Never fetched.
    pub web: Option<String>,
    /// Whom to ask. May name a person.
    pub contact: Option<String>,
    /// Whatever else the sender's system adds.
    pub parameters: Vec<Named>,
    /// Files that go with it.
    pub resources: Vec<Resource>,
    /// Where.
    pub areas: Vec<Area>,
}

/// A value with the name of what it is a value of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The name of the list, or of the parameter.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A file that goes with an alert. Never fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resource {
    /// What it is, in words.
    pub description: String,
    /// Its kind; always said in CAP 1.2.
    pub mime_type: Option<String>,
    /// Its size in bytes, if said and below 2^63.
    pub size: Option<i64>,
    /// Where it lies.
    pub uri: Option<String>,
    /// The file itself, in base 64.
    pub deref_uri: Option<String>,
    /// Its SHA-1, in hexadecimal digits.
    pub digest: Option<String>,
}

/// Where something happens.
#[derive(Clone, PartialEq, Debug)]
pub struct Area {
    /// In words.
    pub description: String,
    /// Outlines, as they were written; see [`Area::outline`].
    pub polygons: Vec<String>,
    /// Circles, as they were written; see [`Area::circle`].
    pub circles: Vec<String>,
    /// Codes of places.
    pub geocodes: Vec<Named>,
    /// From this height, in feet above the sea.
    pub altitude_ft: Option<f64>,
    /// Up to this height, in feet above the sea.
    pub ceiling_ft: Option<f64>,
}

impl Area {
    /// The points of an outline, each latitude and longitude in degrees (WGS 84); nothing if it is
    /// not four points or more that end where they begin.
    ///
    /// ```
    /// use sheaf_share::cap::Area;
    /// let outline = Area::outline("38.5,-120.1 38.3,-119.9 38.6,-119.7 38.5,-120.1").unwrap();
    /// assert_eq!(outline[1], (38.3, -119.9));
    /// assert_eq!(Area::outline("38.5,-120.1 38.3,-119.9 38.6,-119.7"), None);
    /// ```
    pub fn outline(text: &str) -> Option<Vec<(f64, f64)>> {
        let points: Vec<(f64, f64)> = text.split_whitespace().map(point).collect::<Option<_>>()?;
        (points.len() >= 4 && points.first() == points.last()).then_some(points)
    }

    /// A circle: latitude and longitude of its middle in degrees, and its radius in kilometres.
    ///
    /// ```
    /// use sheaf_share::cap::Area;
    /// assert_eq!(Area::circle("32.9525,-115.5527 10"), Some((32.9525, -115.5527, 10.0)));
    /// assert_eq!(Area::circle("132.9,-115.5 10"), None);
    /// ```
    pub fn circle(text: &str) -> Option<(f64, f64, f64)> {
        let (middle, radius) = text.trim().split_once(char::is_whitespace)?;
        let (lat, lon) = point(middle)?;
        let radius_km = decimal(radius.trim())?;
        (radius_km >= 0.0).then_some((lat, lon, radius_km))
    }
}

fn point(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once(',')?;
    let (lat, lon) = (decimal(lat)?, decimal(lon)?);
    (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lat, lon))
}

/// A decimal number without exponent.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = digits.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    if !is_plain || digits.matches('.').count() > 1 || !digits.bytes().any(|it| it.is_ascii_digit())
    {
        return None;
    }
    text.parse().ok().filter(|it: &f64| it.is_finite())
}

impl Alert {
    /// How later messages refer to this one: `sender,identifier,sent`.
    pub fn reference(&self) -> String {
        format!("{},{},{}", self.sender, self.identifier, self.sent)
    }

    /// Every text in the alert in which a person could be named, with the field in which it stands:
    /// all that must be screened before any of it is kept. Codes and closed lists are left out.
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("sender", self.sender.as_str()), ("identifier", &self.identifier)];
        for (field, text) in [
            ("source", &self.source),
            ("note", &self.note),
            ("references", &self.references),
            ("incidents", &self.incidents),
        ] {
            texts.extend(text.as_deref().map(|text| (field, text)));
        }
        for info in &self.infos {
            info.add_texts(&mut texts);
        }
        texts
    }
}

impl Info {
    fn add_texts<'a>(&'a self, texts: &mut Vec<(&'static str, &'a str)>) {
        texts.push(("event", &self.event));
        for (field, text) in [
            ("audience", &self.audience),
            ("senderName", &self.sender_name),
            ("headline", &self.headline),
            ("description", &self.description),
            ("instruction", &self.instruction),
            ("web", &self.web),
            ("contact", &self.contact),
        ] {
            texts.extend(text.as_deref().map(|text| (field, text)));
        }
        texts.extend(self.parameters.iter().map(|it| ("parameter", it.value.as_str())));
        for resource in &self.resources {
            texts.push(("resourceDesc", &resource.description));
            texts.extend(resource.uri.as_deref().map(|text| ("uri", text)));
        }
        texts.extend(self.areas.iter().map(|it| ("areaDesc", it.description.as_str())));
    }
}
