//! Alerts on their way out, always as CAP 1.2. For whom is not a field of the alert but a value of its
//! own, and the public is reached only through a [`Release`]: someone with the role of a releaser has
//! said of exactly this alert, which someone else of another role contributed, that everybody may know.

use std::fmt;

use super::alert::{Alert, Area, Info, Named, Resource};
use super::time::Time;
use super::words::{MessageType, Scope};
use crate::Hash;
use crate::audit::Token;
use crate::stix::named_uuid;

/// What an account may do in its organisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Hands in reports.
    Contributor,
    /// Decides about them.
    Reviewer,
    /// Decides who may know.
    Releaser,
    /// Reads the audit log.
    Auditor,
    /// Manages accounts.
    Admin,
}

/// An account in the role in which it acted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hand {
    /// The organisation.
    pub member: Token,
    /// The account in it.
    pub account: Token,
    /// The role in which it acted.
    pub role: Role,
}

/// For whom an alert goes out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Those to whom this rule applies.
    Restricted {
        /// The rule, in words.
        restriction: String,
    },
    /// Those with these addresses.
    Private {
        /// Whom: ids or addresses of organisations.
        addresses: Vec<String>,
    },
    /// Everybody.
    Public(Release),
}

/// That two people of two roles let everybody know of one alert as it stands.
///
/// ```
/// # use sheaf_share::cap::*;
/// # let bytes = b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>1</identifier><sender>s</sender><sent>2026-03-01T10:00:00+01:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>";
/// # let (alert, _) = read_alert(bytes, &Limits::ALERT).unwrap().alert.unwrap();
/// let hand = |account: &str, role| Hand {
///     member: "north-police".parse().unwrap(),
///     account: account.parse().unwrap(),
///     role,
/// };
/// let one = hand("a1", Role::Contributor);
/// let same = Release::new(&alert, &one, &hand("a1", Role::Releaser), 0);
/// assert_eq!(same.unwrap_err(), NoRelease::OneAccount);
///
/// let release = Release::new(&alert, &one, &hand("a2", Role::Releaser), 0).unwrap();
/// let xml = write_alert(&alert, &Audience::Public(release.clone())).unwrap();
/// assert!(xml.contains("<scope>Public</scope>"));
///
/// let changed = Alert { note: Some("changed since".to_owned()), ..alert };
/// let late = write_alert(&changed, &Audience::Public(release));
/// assert_eq!(late.unwrap_err().to_string(), "the alert is not the one that was released");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Release {
    /// The contributor's role is not the releaser's, nor the account; the releaser's role releases.
    contributed: Hand,
    released: Hand,
    at_ms: i64,
    /// Of the alert as it would be written, without its audience.
    digest: Hash,
}

/// Why there is no release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoRelease {
    /// Who should release does not have that role.
    NotAReleaser,
    /// Both are one account.
    OneAccount,
    /// Both acted in one role.
    OneRole,
    /// The alert cannot be written at all.
    NotWritten(NotWritten),
}

impl fmt::Display for NoRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoRelease::NotAReleaser => f.write_str("only a releaser can release an alert"),
            NoRelease::OneAccount => {
                f.write_str("whoever contributed an alert cannot release it as well")
            }
            NoRelease::OneRole => f.write_str("an alert is released by someone of a second role"),
            NoRelease::NotWritten(why) => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for NoRelease {}

impl Release {
    /// Releases `alert`, at this time in milliseconds since 1970.
    ///
    /// # Errors
    /// See [`NoRelease`].
    pub fn new(
        alert: &Alert,
        contributed: &Hand,
        released: &Hand,
        at_ms: i64,
    ) -> Result<Release, NoRelease> {
        if released.role != Role::Releaser {
            return Err(NoRelease::NotAReleaser);
        }
        if (&released.member, &released.account) == (&contributed.member, &contributed.account) {
            return Err(NoRelease::OneAccount);
        }
        if released.role == contributed.role {
            return Err(NoRelease::OneRole);
        }
        let digest = digest(alert).map_err(NoRelease::NotWritten)?;
        let (contributed, released) = (contributed.clone(), released.clone());
        Ok(Release { contributed, released, at_ms, digest })
    }

    /// Calls an alert off that was released: the message that does so, and the audience it goes to. It tells
    /// everybody who was told and says nothing but that, so it takes nobody's consent.
    ///
    /// # Errors
    /// If the release is of another alert.
    ///
    /// ```
    /// # use sheaf_share::cap::*;
    /// # let bytes = b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>1</identifier><sender>s</sender><sent>2026-03-01T10:00:00+01:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>";
    /// # let (alert, _) = read_alert(bytes, &Limits::ALERT).unwrap().alert.unwrap();
    /// # let hand = |account: &str, role| Hand { member: "north-police".parse().unwrap(), account: account.parse().unwrap(), role };
    /// # let (one, other) = (hand("a1", Role::Contributor), hand("a2", Role::Releaser));
    /// let release = Release::new(&alert, &one, &other, 0).unwrap();
    /// let (cancel, everybody) = release.recall(&alert, Time::from_unix_s(0).unwrap()).unwrap();
    /// let xml = write_alert(&cancel, &everybody).unwrap();
    /// assert!(xml.contains("<msgType>Cancel</msgType>") && xml.contains("<scope>Public</scope>"));
    /// assert!(xml.contains("<references>s,1,2026-03-01T10:00:00+01:00</references>"));
    /// assert!(!xml.contains("<info>"));
    /// ```
    pub fn recall(&self, alert: &Alert, sent: Time) -> Result<(Alert, Audience), NotWritten> {
        if digest(alert)? != self.digest {
            return Err(NotWritten::NotReleased);
        }
        let cancel = Alert {
            identifier: named_uuid(&format!("cancel {} {}", alert.sender, alert.identifier)),
            sender: alert.sender.clone(),
            sent,
            status: alert.status,
            message_type: MessageType::Cancel,
            source: None,
            codes: Vec::new(),
            note: Some("The message that it refers to no longer holds.".to_owned()),
            references: Some(alert.reference()),
            incidents: alert.incidents.clone(),
            infos: Vec::new(),
        };
        let release = Release { digest: digest(&cancel)?, ..self.clone() };
        Ok((cancel, Audience::Public(release)))
    }

    /// Who contributed the alert.
    pub fn contributed(&self) -> &Hand {
        &self.contributed
    }

    /// Who released it.
    pub fn released(&self) -> &Hand {
        &self.released
    }

    /// When, in milliseconds since 1970.
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }
}

/// Why an alert is not written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotWritten {
    /// A field that CAP 1.2 asks for is empty or missing.
    Lacks(&'static str),
    /// A field has a character that XML cannot carry.
    Character(&'static str),
    /// The release is of another alert, or of this one before it was changed.
    NotReleased,
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotWritten::Lacks(field) => {
                write!(f, "the alert has no {field}, which CAP 1.2 asks for")
            }
            NotWritten::Character(field) => {
                write!(f, "{field} has a control character that XML cannot carry")
            }
            NotWritten::NotReleased => f.write_str("the alert is not the one that was released"),
        }
    }
}

impl std::error::Error for NotWritten {}

/// Writes an alert as CAP 1.2 for an audience. Same alert and audience, same bytes.
///
/// # Errors
/// See [`NotWritten`]. Nothing is written then.
pub fn write_alert(alert: &Alert, audience: &Audience) -> Result<String, NotWritten> {
    if let Audience::Public(release) = audience
        && digest(alert)? != release.digest
    {
        return Err(NotWritten::NotReleased);
    }
    write(alert, Some(audience))
}

fn digest(alert: &Alert) -> Result<Hash, NotWritten> {
    Ok(Hash::of(write(alert, None)?.as_bytes()))
}

fn write(alert: &Alert, audience: Option<&Audience>) -> Result<String, NotWritten> {
    let mut xml = Xml::default();
    xml.open("alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"");
    xml.needed("identifier", &alert.identifier)?;
    xml.needed("sender", &alert.sender)?;
    xml.text("sent", &alert.sent.to_string())?;
    xml.text("status", alert.status.word())?;
    xml.text("msgType", alert.message_type.word())?;
    xml.maybe("source", &alert.source)?;
    if let Some(audience) = audience {
        write_audience(&mut xml, audience)?;
    }
    xml.each("code", &alert.codes)?;
    xml.maybe("note", &alert.note)?;
    xml.maybe("references", &alert.references)?;
    xml.maybe("incidents", &alert.incidents)?;
    for info in &alert.infos {
        write_info(&mut xml, info)?;
    }
    xml.close("alert");
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", xml.text))
}

fn write_audience(xml: &mut Xml, audience: &Audience) -> Result<(), NotWritten> {
    match audience {
        Audience::Public(_) => xml.text("scope", Scope::Public.word()),
        Audience::Restricted { restriction } => {
            xml.text("scope", Scope::Restricted.word())?;
            xml.needed("restriction", restriction)
        }
        Audience::Private { addresses } => {
            xml.text("scope", Scope::Private.word())?;
            let quoted = |it: &String| {
                if it.contains(char::is_whitespace) { format!("\"{it}\"") } else { it.clone() }
            };
            let addresses: Vec<String> = addresses.iter().map(quoted).collect();
            xml.needed("addresses", &addresses.join(" "))
        }
    }
}

fn write_info(xml: &mut Xml, info: &Info) -> Result<(), NotWritten> {
    xml.open("info");
    xml.maybe("language", &info.language)?;
    if info.categories.is_empty() {
        return Err(NotWritten::Lacks("category"));
    }
    for category in &info.categories {
        xml.text("category", category.word())?;
    }
    xml.needed("event", &info.event)?;
    for response in &info.responses {
        xml.text("responseType", response.word())?;
    }
    xml.text("urgency", info.urgency.word())?;
    xml.text("severity", info.severity.word())?;
    xml.text("certainty", info.certainty.word())?;
    xml.maybe("audience", &info.audience)?;
    xml.pairs("eventCode", &info.event_codes)?;
    for (name, time) in
        [("effective", &info.effective), ("onset", &info.onset), ("expires", &info.expires)]
    {
        xml.maybe(name, &time.as_ref().map(ToString::to_string))?;
    }
    xml.maybe("senderName", &info.sender_name)?;
    xml.maybe("headline", &info.headline)?;
    xml.maybe("description", &info.description)?;
    xml.maybe("instruction", &info.instruction)?;
    xml.maybe("web", &info.web)?;
    xml.maybe("contact", &info.contact)?;
    xml.pairs("parameter", &info.parameters)?;
    for resource in &info.resources {
        write_resource(xml, resource)?;
    }
    for area in &info.areas {
        write_area(xml, area)?;
    }
    xml.close("info");
    Ok(())
}

fn write_resource(xml: &mut Xml, resource: &Resource) -> Result<(), NotWritten> {
    xml.open("resource");
    xml.text("resourceDesc", &resource.description)?;
    xml.needed("mimeType", resource.mime_type.as_deref().unwrap_or_default())?;
    xml.maybe("size", &resource.size.map(|it| it.to_string()))?;
    xml.maybe("uri", &resource.uri)?;
    xml.maybe("derefUri", &resource.deref_uri)?;
    xml.maybe("digest", &resource.digest)?;
    xml.close("resource");
    Ok(())
}

fn write_area(xml: &mut Xml, area: &Area) -> Result<(), NotWritten> {
    xml.open("area");
    xml.text("areaDesc", &area.description)?;
    xml.each("polygon", &area.polygons)?;
    xml.each("circle", &area.circles)?;
    xml.pairs("geocode", &area.geocodes)?;
    xml.maybe("altitude", &area.altitude_ft.map(|it| it.to_string()))?;
    xml.maybe("ceiling", &area.ceiling_ft.map(|it| it.to_string()))?;
    xml.close("area");
    Ok(())
}

/// XML that is being written, an element a line.
#[derive(Default)]
pub(super) struct Xml {
    pub text: String,
    depth: usize,
}

impl Xml {
    pub fn open(&mut self, tag: &str) {
        self.text.push_str(&format!("{}<{tag}>\n", "  ".repeat(self.depth)));
        self.depth += 1;
    }

    pub fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.text.push_str(&format!("{}</{name}>\n", "  ".repeat(self.depth)));
    }

    pub fn text(&mut self, name: &'static str, text: &str) -> Result<(), NotWritten> {
        let text = escaped(name, text)?;
        self.text.push_str(&format!("{}<{name}>{text}</{name}>\n", "  ".repeat(self.depth)));
        Ok(())
    }

    /// An element whose content is already escaped, written as it is.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(&format!("{}{text}\n", "  ".repeat(self.depth)));
    }

    pub fn needed(&mut self, name: &'static str, text: &str) -> Result<(), NotWritten> {
        if text.trim().is_empty() {
            return Err(NotWritten::Lacks(name));
        }
        self.text(name, text)
    }

    pub fn maybe(&mut self, name: &'static str, text: &Option<String>) -> Result<(), NotWritten> {
        text.as_ref().map_or(Ok(()), |text| self.text(name, text))
    }

    fn each(&mut self, name: &'static str, texts: &[String]) -> Result<(), NotWritten> {
        texts.iter().try_for_each(|text| self.text(name, text))
    }

    fn pairs(&mut self, name: &'static str, pairs: &[Named]) -> Result<(), NotWritten> {
        pairs.iter().try_for_each(|pair| {
            self.open(name);
            self.text("valueName", &pair.name)?;
            self.text("value", &pair.value)?;
            self.close(name);
            Ok(())
        })
    }
}

/// Text as XML carries it.
pub(super) fn escaped(name: &'static str, text: &str) -> Result<String, NotWritten> {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(it),
            '\u{fffe}' | '\u{ffff}' => return Err(NotWritten::Character(name)),
            it if it < ' ' => return Err(NotWritten::Character(name)),
            it => out.push(it),
        }
    }
    Ok(out)
}
