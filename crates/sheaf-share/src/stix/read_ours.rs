//! The exact door: an `incident` that a sheaf wrote comes back as the report it was, claim by claim.
//! Whatever does not add up is refused; nothing is guessed.

use serde_json::Value;
use sheaf_model::{Batch, Marking, MemberId, Moment, Pap, Source, Unit};

use super::extension::{EXTENSION, WireReport};
use super::headline::{headline, tolls};
use super::{Refused, StixId, check, is_withdrawn, pap_of, tlp_of_refs};

/// A report that another sheaf sent.
#[derive(Clone, Debug)]
pub struct Ours {
    /// The object's id.
    pub id: StixId,
    /// Who contributed it.
    pub by: MemberId,
    /// When it was first shared.
    pub created: Moment,
    /// Its version.
    pub modified: Moment,
    /// Its source.
    pub source: Source,
    /// The file it was read from.
    pub file: String,
    /// The columns its claims stand in.
    pub columns: Vec<String>,
    /// One report, with its claims.
    pub batch: Batch,
    /// Its marking.
    pub marking: Marking,
}

/// Whether an object carries our extension.
pub fn is_ours(object: &Value) -> bool {
    object["type"] == "incident" && object["extensions"].get(EXTENSION).is_some()
}

/// Whether the name and the description of a report that a sheaf wrote are what we would write: no more than its
/// claims say. Of any other object neither is.
pub fn is_our_wording(object: &Value) -> (bool, bool) {
    let Some(ours) = Some(object).filter(|it| is_ours(it)).and_then(|it| read_ours(it).ok()) else {
        return (false, false);
    };
    let report = ours.batch.report(0);
    let name = headline(report, &report.id(&ours.source.name), |_| true);
    let description = tolls(report, |_| true);
    (
        object["name"].as_str() == Some(&name),
        object["description"].as_str() == description.as_deref(),
    )
}

/// Reads a report that a sheaf wrote. Whether whoever sent it may speak for its contributor
/// ([`Ours::by`]) is not seen from the object; the one who took the connection knows.
///
/// # Errors
/// What does not fit: the object, the member and its value. An id that does not follow from the
/// contributor and the report's own key is refused too, so that nobody can send a report under
/// another's id.
pub fn read_ours(object: &Value) -> Result<Ours, Refused> {
    let id = check(object)?;
    let refuse = |field: &str, value: &str, why| Refused::of(object, field, value, why);
    if is_withdrawn(object) {
        return Err(refuse("revoked", "", "says that the report is withdrawn: nothing to read"));
    }
    if !is_ours(object) {
        return Err(refuse(
            "extensions",
            "",
            "lacks sheaf's extension: read it as a foreign object",
        ));
    }
    let path = |member: &str| format!("extensions.{EXTENSION}.{member}");
    let inside = |member: &str, value: &str| {
        refuse(&path(member), value, "is none of the words or forms this member may have")
    };
    let wrong = |(member, value): (String, String)| inside(&member, &value);
    let told: WireReport = serde_json::from_value(object["extensions"][EXTENSION].clone())
        .map_err(|err| {
            let field = format!("extensions.{EXTENSION}");
            refuse(&field, &err.to_string(), "is what is wrong with its form")
        })?;
    let WireReport { source, key, unit, file, row, columns, claims, terms, .. } = told;
    let source = source.understood().map_err(wrong)?;
    let mut marking = terms.understood().map_err(wrong)?;
    let Some(by) = marking.originator.clone() else {
        return Err(inside("terms.originator", &terms.originator));
    };
    if object["created_by_ref"].as_str() != Some(StixId::of_member(&by).as_str()) {
        let value = object["created_by_ref"].as_str().unwrap_or("");
        return Err(refuse("created_by_ref", value, "is not the organisation the report names"));
    }
    if key.is_empty() {
        return Err(inside("key", ""));
    }
    if claims.len() > usize::from(u16::MAX) {
        return Err(inside("claims", &claims.len().to_string()));
    }
    let unit = Unit::from_name(&unit).ok_or_else(|| inside("unit", &unit))?;
    let mut batch = Batch::default();
    batch.begin_report(&key, row, unit);
    for (idx, claim) in claims.iter().enumerate() {
        claim
            .say(&mut batch, columns.len())
            .map_err(|(member, value)| inside(&format!("claims[{idx}].{member}"), &value))?;
    }
    batch.end_report();
    let expected = StixId::of_report(&by, &batch.report(0).id(&source.name));
    if id != expected {
        return Err(refuse(
            "id",
            id.as_str(),
            "is not the id of this contributor's report with this key",
        ));
    }
    let refs = || object["object_marking_refs"].as_array().into_iter().flatten();
    marking.tlp = tlp_of_refs(refs().filter_map(Value::as_str));
    // Several are as good as the strictest; none is the level of what is not marked.
    let paps = refs().filter_map(Value::as_str).filter_map(pap_of);
    marking.pap = paps.max().unwrap_or(Pap::default());
    let moment = |field: &str| {
        object[field].as_str().and_then(Moment::parse).ok_or_else(|| {
            refuse(field, "", "is missing; hint: write UTC as in 2026-03-01T12:00:00.000Z")
        })
    };
    let (created, modified) = (moment("created")?, moment("modified")?);
    Ok(Ours { id, by, created, modified, source, file, columns, batch, marking })
}
