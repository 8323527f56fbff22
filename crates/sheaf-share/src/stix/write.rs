//! Reports out, as STIX objects.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sheaf_model::{
    Claim, Field, Marking, Meaning, Member, Moment, Pap, ReportId, ReportView, Sector, Source, Tlp,
};

use super::claim::WireClaim;
use super::extension::{EXTENSION, WireReport, WireSource, WireTerms, definition};
use super::headline::{Sent, headline, tolls};
use super::marking::{pap_object, tlp_object};
use super::relate::{Relation, head, relate};
use super::wire::{self, value};
use super::{INCIDENT_CORE, Losses, StixId, pap_id, tlp_id};

/// The organisation that contributed a report, and the versions of its `identity`.
#[derive(Clone, Copy, Debug)]
pub struct Contributor<'a> {
    /// The organisation.
    pub member: &'a Member,
    /// When it was first told to others.
    pub created: Moment,
    /// When its name or sector last changed.
    pub modified: Moment,
}

/// A report on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The report with its claims.
    pub report: ReportView<'a>,
    /// Its source.
    pub source: &'a Source,
    /// The name of the file it was read from.
    pub file: &'a str,
    /// The columns of its import.
    pub columns: &'a [String],
    /// Its marking, as the one it is written for may be shown it.
    pub marking: &'a Marking,
    /// Claims to leave out, by position in the report.
    pub without: &'a BTreeSet<u16>,
    /// Who contributed it.
    pub by: Contributor<'a>,
    /// When it was first shared.
    pub created: Moment,
    /// Its version; see [`next_version`](super::next_version).
    pub modified: Moment,
}

/// What was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// The objects: first those that others refer to, then each report with its place. Each once.
    pub objects: Vec<Value>,
    /// What STIX could not carry.
    pub losses: Losses,
}

/// Writes reports in the order given. A report whose licence does not let it travel is left out,
/// whatever the caller decided: this is the second lock on that door.
pub fn write<'a>(reports: impl IntoIterator<Item = Outgoing<'a>>) -> Written {
    let mut about = BTreeMap::new();
    let mut told = Vec::new();
    let mut losses = Losses::of("stix");
    for outgoing in reports {
        if !outgoing.marking.licence.may_be_passed_on() {
            losses.add(
                "unlicensed",
                1,
                "reports are left out: their licence does not let them travel",
            );
            continue;
        }
        about.extend(objects_about(&outgoing));
        told.extend(objects_of(&outgoing, &mut losses));
        losses.n_carried += 1;
    }
    let mut objects: Vec<Value> = Vec::new();
    if !told.is_empty() {
        objects.extend(definition());
    }
    objects.extend(about.into_values());
    objects.extend(told);
    Written { objects, losses }
}

/// Every object that describes this format and no report: our extension, and each level of TLP and PAP.
/// Whoever sends all of them tells nothing by them of which levels there are reports.
pub fn definitions() -> Vec<Value> {
    let mut objects: Vec<Value> = definition().into();
    objects.extend(Tlp::ALL.iter().map(|&tlp| tlp_object(tlp)));
    objects.extend(Pap::ALL.iter().map(|&pap| pap_object(pap)));
    objects
}

/// Markings and identity, by rank and id so that they come first and once.
fn objects_about(outgoing: &Outgoing<'_>) -> [((u8, String), Value); 3] {
    let (tlp, pap): (Tlp, Pap) = (outgoing.marking.tlp, outgoing.marking.pap);
    let id = StixId::of_member(&outgoing.by.member.id);
    [
        ((0, tlp_id(tlp).to_owned()), tlp_object(tlp)),
        ((1, pap_id(pap).to_string()), pap_object(pap)),
        ((2, id.to_string()), identity(&outgoing.by)),
    ]
}

/// A member as an `identity`, an organisation as all of them are.
pub fn identity(by: &Contributor<'_>) -> Value {
    let id = StixId::of_member(&by.member.id);
    value(wire::Identity {
        head: wire::Head {
            created_by_ref: None,
            ..head("identity", &id, by.member, by.created, by.modified)
        },
        name: by.member.name.clone(),
        identity_class: "organization",
        sectors: sector(by.member.sector).map(|sector| [sector]),
    })
}

/// The nearest word of STIX's `industry-sector-ov`; some have none.
fn sector(sector: Sector) -> Option<&'static str> {
    Some(match sector {
        Sector::Police => "government-public-services",
        Sector::Rail | Sector::Aviation | Sector::Road | Sector::Maritime => "transportation",
        Sector::Health => "healthcare",
        Sector::Municipality => "government-local",
        Sector::CivilProtection => "emergency-services",
        Sector::Ngo => "non-profit",
        Sector::Research => "education",
        Sector::Media | Sector::Other => return None,
    })
}

fn objects_of(outgoing: &Outgoing<'_>, losses: &mut Losses) -> Vec<Value> {
    let report = outgoing.report;
    let by = outgoing.by.member;
    let report_id = report.id(&outgoing.source.name);
    let id = StixId::of_report(&by.id, &report_id);
    let withheld = withheld_columns(outgoing);
    let is_sent = |idx: u16| is_sent(outgoing, &withheld, idx);
    let sent = Sent { report, is_sent: &is_sent };
    let n_claims = sent.claims().count();
    losses.add(
        "withheld",
        (report.claims().len() - n_claims) as u64,
        "claims are left out: their marking is narrower than their report's",
    );
    losses.add(
        "only-in-extension",
        n_claims as u64,
        "claims stand in sheaf's extension; programs that do not know it see name, place and toll",
    );
    let marking_refs =
        vec![tlp_id(outgoing.marking.tlp).to_owned(), pap_id(outgoing.marking.pap).to_string()];
    let mut extensions = Map::new();
    extensions.insert(INCIDENT_CORE.to_owned(), core());
    extensions.insert(EXTENSION.to_owned(), value(extension(outgoing, is_sent)));
    let incident = wire::Incident {
        head: head("incident", &id, by, outgoing.created, outgoing.modified),
        name: headline(report, &report_id, is_sent),
        description: tolls(report, is_sent),
        external_references: vec![wire::ExternalReference {
            source_name: outgoing.source.name.to_string(),
            external_id: report.key().to_owned(),
        }],
        object_marking_refs: marking_refs.clone(),
        extensions,
    };
    let mut objects = vec![value(incident)];
    match location(outgoing, &report_id, &sent, &marking_refs, losses) {
        None => losses.add("no-point", 1, "reports state no point, so no location goes with them"),
        Some((place, location)) => {
            objects.push(location);
            let times = (outgoing.created, outgoing.modified);
            objects.push(relate(Relation::LocatedAt, &id, &place, by, times, marking_refs));
        }
    }
    objects
}

/// Incident Core 2.0. Nobody here has investigated anything, so the two words it requires are those
/// for that.
fn core() -> Value {
    json!({
        "extension_type": "property-extension",
        "determination": "suspected",
        "investigation_status": "new",
    })
}

fn withheld_columns(outgoing: &Outgoing<'_>) -> BTreeSet<u16> {
    let claims = outgoing.report.claims();
    let at = |idx: &u16| claims.get(usize::from(*idx)).map(|claim| claim.column);
    outgoing.without.iter().filter_map(at).collect()
}

/// A cell that was read together with one that is withheld tells a part of it, and goes with it.
fn is_sent(outgoing: &Outgoing<'_>, withheld: &BTreeSet<u16>, idx: u16) -> bool {
    let with_another = match outgoing.report.claims().get(usize::from(idx)).map(|it| it.meant) {
        Some(Meaning::PartOf(column)) => withheld.contains(&column),
        _ => false,
    };
    !outgoing.without.contains(&idx) && !with_another
}

fn extension(outgoing: &Outgoing<'_>, is_sent: impl Fn(u16) -> bool) -> WireReport {
    let report = outgoing.report;
    let sent: Vec<&Claim> = report
        .claims()
        .iter()
        .enumerate()
        .filter(|(idx, _)| is_sent(*idx as u16))
        .map(|(_, claim)| claim)
        .collect();
    // Columns are sent by name and only where a claim stands in them; two may share a name, so
    // claims refer to them by position.
    let mut columns: BTreeSet<u16> = sent.iter().map(|claim| claim.column).collect();
    columns.extend(sent.iter().filter_map(|claim| match claim.meant {
        Meaning::PartOf(column) => Some(column),
        _ => None,
    }));
    let columns: Vec<u16> = columns.into_iter().collect();
    let column_of = |column: u16| columns.binary_search(&column).map_or(0, |idx| idx as u16);
    let name = |column: &u16| outgoing.columns.get(usize::from(*column)).cloned();
    WireReport {
        extension_type: "property-extension".to_owned(),
        source: WireSource::of(outgoing.source),
        key: report.key().to_owned(),
        unit: report.unit().name().to_owned(),
        file: outgoing.file.to_owned(),
        row: report.row(),
        columns: columns.iter().map(|column| name(column).unwrap_or_default()).collect(),
        claims: sent.into_iter().map(|claim| WireClaim::of(report, claim, column_of)).collect(),
        terms: WireTerms::of(outgoing.marking, &outgoing.by.member.id),
    }
}

fn location<F: Fn(u16) -> bool>(
    outgoing: &Outgoing<'_>,
    report_id: &ReportId,
    sent: &Sent<'_, F>,
    marking_refs: &[String],
    losses: &mut Losses,
) -> Option<(StixId, Value)> {
    let mut places = sent.places();
    let place = places.next()?;
    losses.add(
        "more-points",
        places.count() as u64,
        "points are not locations: a report has one, the first it states",
    );
    let by = outgoing.by.member;
    let id = StixId::of_place(&by.id, report_id);
    let country = sent.words(Field::Country);
    // STIX takes ISO 3166-1 alpha-2 alone; a name is not translated here.
    let is_code = |words: &str| words.len() == 2 && words.bytes().all(|b| b.is_ascii_uppercase());
    let code = country.clone().filter(|words| is_code(words));
    losses.add(
        "country-is-no-code",
        u64::from(country.is_some() && code.is_none()),
        "locations have no country: the source writes a name where STIX wants a code",
    );
    let location = wire::Location {
        head: head("location", &id, by, outgoing.created, outgoing.modified),
        name: sent.words(Field::PlaceName),
        latitude: Some(place.lat()),
        longitude: Some(place.lon()),
        precision: Some(f64::from(place.radius().get())),
        country: code,
        administrative_area: sent.words(Field::AdminOne),
        object_marking_refs: marking_refs.to_vec(),
    };
    Some((id, value(location)))
}
