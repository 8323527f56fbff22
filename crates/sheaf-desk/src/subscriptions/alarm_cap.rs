//! Alarms of the watch as alerts, Restricted: to those who may see every incident in them.

use serde_json::Value;
use sheaf_share::cap::{
    Alert, Area, Category, Certainty, Info, MessageType, Named, Severity, Status, Time, Urgency,
};

/// The alert of what stood out for a member on a day, as the watch tells it. It says the same for ever: its id is made
/// from all of it.
pub fn alarm_alert(told: &Value, on: &str, member: &str, sent: Time) -> Alert {
    let named = |name: &str, value: String| Named { name: format!("sheaf:{name}"), value };
    let word = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let mut parameters = vec![
        named("observed", told["observed"].to_string()),
        named("expected", format!("{:.2}", told["expected"].as_f64().unwrap_or_default())),
        named("from", word("from")),
        named("to", word("to")),
        named("recurrence", word("in_words")),
    ];
    let inside = told["incidents"].as_array().into_iter().flatten();
    parameters
        .extend(inside.filter_map(|it| Some(named("incident", it["id"].as_str()?.to_owned()))));
    let circle = &told["circle"];
    let circles = circle["radius_km"]
        .as_f64()
        .map(|km| format!("{},{} {km:.3}", circle["lat"], circle["lon"]));
    let digest = blake3::hash(format!("{on} {member} {told}").as_bytes()).to_hex();
    Alert {
        identifier: format!("sheaf-alarm-{}", &digest[..24]),
        sender: member.to_owned(),
        sent,
        status: Status::Actual,
        message_type: MessageType::Alert,
        source: None,
        codes: Vec::new(),
        note: Some("What stands out in reports; not a public warning, and of nobody.".to_owned()),
        references: None,
        incidents: None,
        infos: vec![Info {
            language: Some("en".to_owned()),
            categories: vec![Category::Security],
            event: "unusual number of incidents".to_owned(),
            responses: Vec::new(),
            urgency: Urgency::Unknown,
            severity: Severity::Unknown,
            certainty: Certainty::Unknown,
            audience: None,
            event_codes: Vec::new(),
            effective: None,
            onset: None,
            expires: None,
            sender_name: None,
            headline: Some(word("headline")),
            description: None,
            instruction: None,
            web: None,
            contact: None,
            parameters,
            resources: Vec::new(),
            areas: vec![Area {
                description: word("headline"),
                polygons: Vec::new(),
                circles: circles.into_iter().collect(),
                geocodes: Vec::new(),
                altitude_ft: None,
                ceiling_ft: None,
            }],
        }],
    }
}
