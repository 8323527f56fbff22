//! A settled incident as an alert. It tells what has happened and where, as several sources have it, and warns
//! of nothing: nobody is told what to do, nothing is urgent, and how bad it is is not for us to say.

use sheaf_model::Marking;

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

/// The alert for an incident, sent by a member's duty desk at a time. A message says the same for ever: the id is
/// made from the handle, the time and all that is told, and what several messages tell of is named by
/// [`incident_uuid`]. Texts are put together from settled values, and none of a source's own words is passed on.
pub fn alert_of(seen: &Seen<'_>, sender: &str, sent: Time) -> Alert {
    let info = info_of(seen);
    let told = format!("{}\n{sender}\n{sent}\n{}", seen.id(), told(&info));
    Alert {
        identifier: named_uuid(&told),
        sender: sender.to_owned(),
        sent,
        status: Status::Actual,
        message_type: MessageType::Alert,
        source: None,
        codes: Vec::new(),
        note: Some("Settled from reports of several sources; not a public warning.".to_owned()),
        references: None,
        incidents: Some(incident_uuid(seen.id())),
        infos: vec![info],
    }
}

/// An incident's handle as a UUID, for places where a handle cannot stand; for ever the same.
pub fn incident_uuid(handle: &str) -> String {
    named_uuid(handle)
}

/// To whom an alert applies that is for those whom the marking of the whole names, in words.
///
/// ```
/// # use sheaf_model::{Marking, MemberId, Tlp};
/// # use sheaf_share::cap::restriction;
/// let marking = Marking { tlp: Tlp::Green, ..Marking::unsaid(MemberId::new("north-rail").unwrap()) };
/// assert_eq!(restriction(&marking), "TLP:GREEN; PAP:AMBER");
/// ```
pub fn restriction(marking: &Marking) -> String {
    let mut words = vec![format!("TLP:{}", marking.tlp.name().to_uppercase())];
    words.push(format!("PAP:{}", marking.pap.name().to_uppercase()));
    if !marking.purposes.is_empty() {
        let purposes: Vec<&str> = marking.purposes.iter().map(|it| it.name()).collect();
        words.push(format!("for {}", purposes.join(", ")));
    }
    words.join("; ")
}

fn info_of(seen: &Seen<'_>) -> Info {
    let it = seen.settled;
    let names = [&it.place_name, &it.admin_one, &it.country];
    let names: Vec<String> = names.into_iter().flatten().map(|name| plain(&name.value)).collect();
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
            Some(Named { name: format!("sheaf:{}", column.name), value: plain(&value) })
        });
    let incident = Named { name: INCIDENT.to_owned(), value: plain(seen.id()) };
    Info {
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
        headline: Some(plain(&seen.headline())),
        description: None,
        instruction: None,
        web: None,
        contact: None,
        parameters: std::iter::once(incident).chain(parameters).collect(),
        resources: Vec::new(),
        areas: vec![area],
    }
}

/// All that an incident's alert tells, in a text that is another one wherever any of it is.
fn told(info: &Info) -> String {
    let mut lines = vec![info.event.as_str(), info.headline.as_deref().unwrap_or_default()];
    lines.extend(info.parameters.iter().flat_map(|it| [it.name.as_str(), it.value.as_str()]));
    for area in &info.areas {
        lines.push(&area.description);
        lines.extend(area.circles.iter().map(String::as_str));
    }
    lines.join("\n")
}

/// Without the characters that XML cannot carry: a source's stray byte must not keep an alert back.
pub(super) fn plain(text: &str) -> String {
    let is_bad = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_bad(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use sheaf_model::Tlp;

    use super::super::{Audience, Limits, read_alert, write_alert};
    use super::*;
    use crate::seen::made_up::{market, marking, silent};

    #[test]
    fn a_message_that_tells_something_else_is_another_message_about_the_same() {
        let marking = marking(Tlp::Amber);
        let sent = |second| Time::from_unix_s(second).unwrap();
        let mut incident = market();
        let alert = |incident: &_, second| {
            alert_of(&Seen { settled: incident, marking: &marking }, "duty", sent(second))
        };
        let (first, again, later) =
            (alert(&incident, 0), alert(&incident, 0), alert(&incident, 60));
        assert_eq!(first, again);
        assert_ne!(first.identifier, later.identifier);
        incident.country = None;
        incident.weapon.as_mut().unwrap().value = "stray\u{1}byte".to_owned();
        let other = alert(&incident, 0);
        assert_ne!(first.identifier, other.identifier);
        assert!([&again, &later, &other].iter().all(|it| it.incidents == first.incidents));
        let restricted = Audience::Restricted { restriction: restriction(&marking) };
        assert!(write_alert(&other, &restricted).unwrap().contains("stray byte"));
    }

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
