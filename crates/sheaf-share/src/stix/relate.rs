//! Objects about objects: relationships, the incident that several reports make up, and bundles.

use serde_json::{Value, json};
use sheaf_model::{Member, Moment, ReportId, Tlp};

use super::wire::{self, Head, value};
use super::{StixId, canonical_json, tlp_id};

/// How one object is related to another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relation {
    /// Both are of one incident.
    DuplicateOf,
    /// One was made from the other, by somebody who may not revise it.
    DerivedFrom,
    /// An incident happened at a location.
    LocatedAt,
}

impl Relation {
    /// The word STIX has for it.
    pub fn name(self) -> &'static str {
        match self {
            Relation::DuplicateOf => "duplicate-of",
            Relation::DerivedFrom => "derived-from",
            Relation::LocatedAt => "located-at",
        }
    }
}

/// A `relationship`. Its id follows from what it relates, so saying it again changes nothing.
pub fn relate(
    relation: Relation,
    from: &StixId,
    to: &StixId,
    by: &Member,
    (created, modified): (Moment, Moment),
    marking_refs: Vec<String>,
) -> Value {
    value(wire::Relationship {
        head: head(
            "relationship",
            &StixId::of_relationship(relation.name(), from, to),
            by,
            created,
            modified,
        ),
        relationship_type: relation.name(),
        source_ref: from.to_string(),
        target_ref: to.to_string(),
        object_marking_refs: marking_refs,
    })
}

pub(super) fn head(
    kind: &'static str,
    id: &StixId,
    by: &Member,
    created: Moment,
    modified: Moment,
) -> Head {
    Head {
        kind,
        spec_version: "2.1",
        id: id.to_string(),
        created_by_ref: Some(StixId::of_member(&by.id).to_string()),
        created: created.to_string(),
        modified: modified.to_string(),
    }
}

/// An incident that several reports make up, as one reader may see it.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    /// Its own id, drawn at random once ([`StixId::random`]) and kept: which reports an incident is
    /// made of changes, so no id can follow from them.
    pub id: StixId,
    /// Its name: what, where and when, as settled for this reader.
    pub name: String,
    /// Who holds the reports to be of one incident.
    pub by: &'a Member,
    /// The reports that the reader may see, each with the member who contributed it.
    pub reports: Vec<(&'a Member, ReportId)>,
    /// The level of what is drawn from all of them.
    pub tlp: Tlp,
    /// When it was first told.
    pub created: Moment,
    /// When it last changed.
    pub modified: Moment,
}

/// A `report` that names the reports' incidents, and a `duplicate-of` from each to the first in order
/// of id. Of a happening without reports nothing is written.
pub fn happening(told: &Happening<'_>) -> Vec<Value> {
    let mut ids: Vec<StixId> =
        told.reports.iter().map(|(by, report)| StixId::of_report(&by.id, report)).collect();
    ids.sort();
    ids.dedup();
    let Some((first, others)) = ids.split_first() else { return Vec::new() };
    let marking_refs = vec![tlp_id(told.tlp).to_owned()];
    let times = (told.created, told.modified);
    let duplicates: Vec<Value> = others
        .iter()
        .map(|other| {
            relate(Relation::DuplicateOf, other, first, told.by, times, marking_refs.clone())
        })
        .collect();
    let related = duplicates.iter().filter_map(|it| it["id"].as_str()).map(str::to_owned);
    let object_refs = ids.iter().map(ToString::to_string).chain(related).collect();
    let mut objects = vec![value(wire::Report {
        head: head("report", &told.id, told.by, told.created, told.modified),
        name: told.name.clone(),
        published: told.created.to_string(),
        object_refs,
        object_marking_refs: marking_refs,
    })];
    objects.extend(duplicates);
    objects
}

/// A `bundle` of these objects. Its id follows from what is in it.
pub fn bundle(objects: Vec<Value>) -> Value {
    let objects = Value::Array(objects);
    let id = StixId::named("bundle", &canonical_json(&objects));
    json!({ "type": "bundle", "id": id.as_str(), "objects": objects })
}
