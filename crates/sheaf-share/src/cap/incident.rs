//! A settled incident as an alert. It tells what has happened and where, as several sources have it, and warns
//! of nothing: nobody is told what to do, nothing is urgent, and how bad it is is not for us to say.

use super::alert::{Alert, Area, Info, Named};
use super::time::Time;
use super::words::{Category, Certainty, MessageType, Severity, Status, Urgency};
use crate::seen::{COLUMNS, Cell, Seen};
use crate::stix::named_uuid;

/// What an incident is called in another member's list, beside the handle: the name of the parameter.
const INCIDENT: &str = "sheaf:incident";
/// Columns that have no field of their own in CAP and go along as parameters.
const PARAMETERS: [&str; 9] = [
    "first_day",
    "last_day",
    "killed_low",
    "killed_high",
    "injured_low",
    "injured_high",
    "target",
    "weapon",
    "sources",
];

/// The alert for an incident, sent by a member's duty desk at a time. The same incident has the same id for
/// ever; what changes is when it was sent. Texts are put together from settled values, and none of a source's
/// own words is passed on.
pub fn alert_of(seen: &Seen<'_>, sender: &str, sent: Time) -> Alert {
    let it = seen.settled;
    let names = [&it.place_name, &it.admin_one, &it.country];
    let names: Vec<&str> = names.into_iter().flatten().map(|name| name.value.as_str()).collect();
    let circle = it.place.as_ref().map(|place| {
        let place = place.value;
        format!("{},{} {}", place.lat(), place.lon(), f64::from(place.radius().get()) / 1000.0)
    });
    let area = Area {
        description: if names.is_empty() { "place unknown".to_owned() } else { names.join(", ") },
        polygons: Vec::new(),
        circles: circle.into_iter().collect(),
        geocodes: Vec::new(),
        altitude_ft: None,
        ceiling_ft: None,
    };
    let parameters =
        COLUMNS.iter().filter(|it| PARAMETERS.contains(&it.name)).filter_map(|column| {
            let value = match (column.of)(seen) {
                Cell::Empty => return None,
                Cell::Text(text) => text,
                Cell::Integer(number) => number.to_string(),
                Cell::Number(number) => number.to_string(),
                Cell::List(parts) => parts.join("; "),
            };
            Some(Named { name: format!("sheaf:{}", column.name), value })
        });
    let incident = Named { name: INCIDENT.to_owned(), value: seen.id().to_owned() };
    let info = Info {
        language: Some("en".to_owned()),
        categories: vec![Category::Security],
        event: it.kind.as_ref().map_or("incident", |kind| kind.value.name()).replace('-', " "),
        responses: Vec::new(),
        urgency: Urgency::Past,
        severity: Severity::Unknown,
        certainty: Certainty::Observed,
        audience: None,
        event_codes: Vec::new(),
        effective: None,
        onset: None,
        expires: None,
        sender_name: None,
        headline: Some(seen.headline()),
        description: None,
        instruction: None,
        web: None,
        contact: None,
        parameters: std::iter::once(incident).chain(parameters).collect(),
        resources: Vec::new(),
        areas: vec![area],
    };
    Alert {
        identifier: named_uuid(seen.id()),
        sender: sender.to_owned(),
        sent,
        status: Status::Actual,
        message_type: MessageType::Alert,
        source: None,
        codes: Vec::new(),
        note: Some("Settled from reports of several sources; not a public warning.".to_owned()),
        references: None,
        incidents: None,
        infos: vec![info],
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Tlp;

    use super::super::{Audience, Limits, read_alert, write_alert};
    use super::*;
    use crate::seen::made_up::{market, marking, silent};

    #[test]
    fn an_incident_goes_out_as_a_valid_alert_for_those_whom_the_rule_names() {
        let (marking, sent) = (marking(Tlp::Amber), Time::from_unix_s(1_704_067_200).unwrap());
        for incident in [market(), silent()] {
            let seen = Seen { settled: &incident, marking: &marking };
            let alert = alert_of(&seen, "duty@office.example", sent.clone());
            let restricted = Audience::Restricted { restriction: "TLP:AMBER".to_owned() };
            let xml = write_alert(&alert, &restricted).unwrap();
            let read = read_alert(xml.as_bytes(), &Limits::ALERT).unwrap();
            assert!(read.is_valid(), "{:?}\n{xml}", read.problems);
            assert!(xml.contains("<scope>Restricted</scope>") && !xml.contains("Public"), "{xml}");
            assert!(xml.contains("<urgency>Past</urgency>") && !xml.contains("<instruction>"));
            assert!(xml.contains(incident.incident.id.as_str()));
        }
    }
}
