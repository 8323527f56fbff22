//! Our extension of STIX: its id, its `extension-definition` object, and its shape on the wire. The
//! schema lies beside this file and is part of the program, so that both are published together.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sheaf_model::{
    Day, GroupName, Licence, Marking, MemberId, MethodEra, Moment, Purpose, Source, SourceKind,
    SourceName,
};

use super::claim::WireClaim;
use super::{PUBLISHED, StixId};

/// The id of our extension. Drawn once, never to be changed.
pub const EXTENSION: &str = "extension-definition--149ce667-ee26-4556-a455-0846e533a769";

/// The JSON schema of our extension.
pub const EXTENSION_SCHEMA: &str = include_str!("extension-schema.json");

/// What stands under our extension's id in an `incident`.
#[derive(Serialize, Deserialize)]
pub(super) struct WireReport {
    pub extension_type: String,
    pub source: WireSource,
    pub key: String,
    pub unit: String,
    pub file: String,
    pub row: u64,
    pub columns: Vec<String>,
    pub claims: Vec<WireClaim>,
    pub terms: WireTerms,
}

/// The source a report is from.
#[derive(Serialize, Deserialize)]
pub(super) struct WireSource {
    pub name: String,
    pub title: String,
    pub organisation: String,
    pub licence: String,
    pub credit: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eras: Vec<WireEra>,
}

/// A stretch of one method.
#[derive(Serialize, Deserialize)]
pub(super) struct WireEra {
    pub from: String,
    pub what: String,
}

/// What the marking allows, beside the levels, which stand in `object_marking_refs`.
#[derive(Serialize, Deserialize)]
pub(super) struct WireTerms {
    pub originator: String,
    pub purposes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    pub licence: String,
}

/// A member of the extension that says what it may not: path within the extension, and value.
pub(super) type Wrong = (String, String);

impl WireSource {
    pub(super) fn of(source: &Source) -> WireSource {
        WireSource {
            name: source.name.to_string(),
            title: source.title.clone(),
            organisation: source.organisation.clone(),
            licence: source.licence.name().to_owned(),
            credit: source.credit.clone(),
            kind: source.kind.name().to_owned(),
            eras: source
                .eras
                .iter()
                .map(|era| WireEra { from: era.from.to_string(), what: era.what.clone() })
                .collect(),
        }
    }

    pub(super) fn understood(self) -> Result<Source, Wrong> {
        let wrong = |member: &str, value: &str| (format!("source.{member}"), value.to_owned());
        let mut eras = Vec::with_capacity(self.eras.len());
        for era in self.eras {
            let from = Day::parse_iso(&era.from).ok_or_else(|| wrong("eras", &era.from))?;
            eras.push(MethodEra { from, what: era.what });
        }
        Ok(Source {
            name: SourceName::new(&self.name).map_err(|_| wrong("name", &self.name))?,
            licence: Licence::from_name(&self.licence)
                .ok_or_else(|| wrong("licence", &self.licence))?,
            kind: SourceKind::from_name(&self.kind).ok_or_else(|| wrong("kind", &self.kind))?,
            title: self.title,
            organisation: self.organisation,
            credit: self.credit,
            eras,
        })
    }
}

impl WireTerms {
    pub(super) fn of(marking: &Marking, by: &MemberId) -> WireTerms {
        WireTerms {
            originator: by.to_string(),
            purposes: marking.purposes.iter().map(|it| it.name().to_owned()).collect(),
            groups: marking.groups.iter().map(ToString::to_string).collect(),
            embargo: marking.embargo.map(|it| it.to_string()),
            expires: marking.expires.map(|it| it.to_string()),
            licence: marking.licence.name().to_owned(),
        }
    }

    /// The marking these terms are part of; the levels are those of [`Marking::unsaid`] still.
    pub(super) fn understood(&self) -> Result<Marking, Wrong> {
        let wrong = |member: &str, value: &str| (format!("terms.{member}"), value.to_owned());
        let moment = |member: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => Moment::parse(text).map(Some).ok_or_else(|| wrong(member, text)),
        };
        let by =
            MemberId::new(&self.originator).map_err(|_| wrong("originator", &self.originator))?;
        let mut marking = Marking::unsaid(by);
        for text in &self.purposes {
            let purpose = Purpose::from_name(text).ok_or_else(|| wrong("purposes", text))?;
            marking.purposes.insert(purpose);
        }
        for text in &self.groups {
            marking.groups.insert(GroupName::new(text).map_err(|_| wrong("groups", text))?);
        }
        marking.embargo = moment("embargo", &self.embargo)?;
        marking.expires = moment("expires", &self.expires)?;
        marking.licence =
            Licence::from_name(&self.licence).ok_or_else(|| wrong("licence", &self.licence))?;
        Ok(marking)
    }
}

/// The objects that describe the extension: who publishes it, and what it is.
pub(super) fn definition() -> [Value; 2] {
    let publisher = StixId::named("identity", "sheaf");
    [
        json!({
            "type": "identity",
            "spec_version": "2.1",
            "id": publisher.as_str(),
            "created": PUBLISHED,
            "modified": PUBLISHED,
            "name": "The sheaf project",
            "identity_class": "organization",
        }),
        json!({
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": EXTENSION,
            "created_by_ref": publisher.as_str(),
            "created": PUBLISHED,
            "modified": PUBLISHED,
            "name": "Incident reports as claims",
            "description": "An incident as one source reports it: every claim to the letter, what \
                            was understood of it, where it stands, and the terms under which it is \
                            shared. It holds no data about persons.",
            "schema": "https://example.org/sheaf/extension-schema.json",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        }),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sheaf_model::{Field, Harm, Kind, Unit, Unknown, Whom};

    use super::super::claim::QUALIFIERS;
    use super::*;

    fn schema() -> Value {
        serde_json::from_str(EXTENSION_SCHEMA).unwrap()
    }

    fn check(path: &str, expected: impl IntoIterator<Item = &'static str>) {
        let schema = schema();
        let listed = schema.pointer(path).and_then(Value::as_array).expect(path);
        let listed: BTreeSet<&str> = listed.iter().filter_map(Value::as_str).collect();
        assert_eq!(listed, expected.into_iter().collect(), "{path}");
    }

    #[test]
    fn the_schema_lists_the_words_that_the_nouns_have() {
        check("/$defs/field/enum", Field::ALL.iter().map(|it| it.name()));
        check("/$defs/kind/enum", Kind::ALL.iter().map(|it| it.name()));
        check("/$defs/unit/enum", Unit::ALL.iter().map(|it| it.name()));
        check("/$defs/harm/enum", Harm::ALL.iter().map(|it| it.name()));
        check("/$defs/whom/enum", Whom::ALL.iter().map(|it| it.name()));
        check("/$defs/qualifier/enum", QUALIFIERS.iter().map(|it| it.name()));
        check("/$defs/unknown/enum", Unknown::ALL.iter().map(|it| it.name()));
        check("/$defs/purpose/enum", Purpose::ALL.iter().map(|it| it.name()));
        check("/$defs/licence/enum", Licence::ALL.iter().map(|it| it.name()));
        check("/$defs/source-kind/enum", SourceKind::ALL.iter().map(|it| it.name()));
    }

    #[test]
    fn the_schema_is_published_under_the_id_that_is_written() {
        let schema = schema();
        assert!(schema["properties"]["extensions"]["properties"][EXTENSION].is_object());
        assert_eq!(schema["$id"], definition()[1]["schema"]);
    }
}
