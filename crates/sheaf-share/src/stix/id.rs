//! Identifiers: `type--UUID`. What is the same thing gets the same one however often it is sent
//! (UUIDs of version 5, RFC 9562), in a namespace of our own: OASIS's namespace is for the objects
//! that STIX itself derives ids for.

use std::fmt;

use sheaf_model::{MemberId, ReportId};
use uuid::Uuid;

/// The namespace of everything sheaf derives an id for. Drawn once, never to be changed.
const NAMESPACE: Uuid = Uuid::from_bytes([
    0xbf, 0xf9, 0xeb, 0x1d, 0xa9, 0xb6, 0x40, 0x96, 0xb9, 0x84, 0xcc, 0x24, 0xb9, 0xeb, 0x4b, 0xc3,
]);

/// A STIX identifier whose form was checked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StixId(String);

impl StixId {
    /// Reads `type--UUID`; `None` if it has another form. The UUID may be of any version.
    ///
    /// ```
    /// use sheaf_share::stix::StixId;
    /// let id = StixId::parse("incident--2ed6657d-e927-568b-95e1-2665a8aea6a2").unwrap();
    /// assert_eq!(id.kind(), "incident");
    /// assert!(StixId::parse("incident--not-a-uuid").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<StixId> {
        let (kind, uuid) = text.split_once("--")?;
        (is_type(kind) && is_uuid(uuid)).then(|| StixId(text.to_owned()))
    }

    /// The part before `--`: the type of the object.
    pub fn kind(&self) -> &str {
        self.0.split_once("--").map_or("", |(kind, _)| kind)
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The organisation as an `identity`.
    pub fn of_member(member: &MemberId) -> StixId {
        StixId::named("identity", &format!("member:{member}"))
    }

    /// A report as an `incident`: by the member who contributed it and the report's own id, which is
    /// its source and the source's raw key. Neither name nor date has a part in it, so that a
    /// revised report keeps its id.
    pub fn of_report(by: &MemberId, report: &ReportId) -> StixId {
        // No colon can stand in a member's or a source's name, so no two reports share a text.
        StixId::named("incident", &format!("report:{by}:{report}"))
    }

    /// The place a report states, as a `location`.
    pub fn of_place(by: &MemberId, report: &ReportId) -> StixId {
        StixId::named("location", &format!("place:{by}:{report}"))
    }

    /// One object related to another in one way.
    pub fn of_relationship(kind: &str, from: &StixId, to: &StixId) -> StixId {
        StixId::named("relationship", &format!("relationship:{kind}:{from}:{to}"))
    }

    /// An object of this type with a random UUID, drawn by the caller: 16 random bytes, of which six
    /// bits are overwritten (version 4, RFC 9562, section 5.4).
    pub fn random(kind: &str, bytes: [u8; 16]) -> StixId {
        StixId(format!("{kind}--{}", uuid::Builder::from_random_bytes(bytes).into_uuid()))
    }

    /// An object of this type by a name within sheaf's namespace.
    pub(super) fn named(kind: &str, name: &str) -> StixId {
        StixId(format!("{kind}--{}", named_uuid(name)))
    }
}

/// The UUID of a thing by a name within sheaf's namespace, for formats that have UUIDs and no types.
pub(crate) fn named_uuid(name: &str) -> String {
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

impl fmt::Display for StixId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// STIX 2.1, section 2.16: lower-case letters, digits and hyphens, 3 to 250 characters.
pub(super) fn is_type(text: &str) -> bool {
    (3..=250).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.contains("--")
        && !text.ends_with('-')
}

/// A UUID of RFC 9562 in its form with hyphens, of a version that it defines.
fn is_uuid(text: &str) -> bool {
    let is_plain = text.len() == uuid::fmt::Hyphenated::LENGTH;
    Uuid::try_parse(text).is_ok_and(|uuid| {
        is_plain
            && (1..=8).contains(&uuid.get_version_num())
            && uuid.get_variant() == uuid::Variant::RFC4122
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_become_a_uuid_of_version_4() {
        let id = StixId::random("report", [0xff; 16]);
        assert_eq!(id.as_str(), "report--ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(StixId::parse(id.as_str()), Some(id));
    }

    #[test]
    fn invariant_03_an_id_comes_from_the_raw_key() {
        let by = MemberId::new("north-rail").unwrap();
        let of = |text: &str| StixId::of_report(&by, &ReportId::parse(text).unwrap());
        // By Python's uuid.uuid5(NAMESPACE, "report:north-rail:acme:42").
        assert_eq!(of("acme:42").as_str(), "incident--02c70826-213d-5823-9c54-8ce2845222c6");
        assert_ne!(of("acme:42"), of("acme:00042"));
        assert_ne!(of("acme:42"), of("acme:42 "));
        let other = StixId::of_report(
            &MemberId::new("east-rail").unwrap(),
            &ReportId::parse("acme:42").unwrap(),
        );
        assert_ne!(of("acme:42"), other);
    }

    #[test]
    fn what_is_no_identifier_is_none() {
        for text in [
            "",
            "incident",
            "incident--",
            "incident--not-a-uuid",
            "Incident--2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "incident-2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "incident--2ed6657d-e927-568b-95e1-2665a8aea6a",
            "incident--2ed6657d-e927-568b-95e1-2665a8aea6a20",
            "incident--2ed6657d-e927-068b-95e1-2665a8aea6a2",
            "incident--2ed6657d-e927-568b-15e1-2665a8aea6a2",
            "incident--2ed6657d_e927-568b-95e1-2665a8aea6a2",
            "incident--2ed6657d-e927-568b-95e1-2665a8aea6é",
        ] {
            assert_eq!(StixId::parse(text), None, "{text}");
        }
    }
}
