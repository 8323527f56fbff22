//! The event: what an incident is called, whose it is, and how far it goes.

use serde_json::{Value, json};
use sheaf_model::{Member, Moment, Tlp};

use super::object::{happening, place};
use crate::Losses;
use crate::rules::{Onward, onward};
use crate::seen::Seen;
use crate::stix::named_uuid;

/// An incident to be written.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// As the reader sees it.
    pub seen: Seen<'a>,
    /// When it last changed for this reader; MISP overwrites an event with a later one only. Counted
    /// in whole seconds.
    pub modified: Moment,
}

/// What was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// One `{"Event": …}` for each incident that may travel, in the order given.
    pub events: Vec<Value>,
    /// What MISP could not carry.
    pub losses: Losses,
}

/// Writes an event for each incident, in the name of the member who passes it on. An incident whose
/// marking or licence keeps it where it lies is left out, whatever the caller decided.
pub fn write<'a>(incidents: impl IntoIterator<Item = Outgoing<'a>>, by: &Member) -> Written {
    let mut losses = Losses::of("misp");
    let mut events = Vec::new();
    for outgoing in incidents {
        if !outgoing.seen.may_travel() {
            losses.add(
                "not-to-be-passed-on",
                1,
                "incidents are left out: they may not be passed on",
            );
            continue;
        }
        events.push(event(&outgoing, by, &mut losses));
    }
    Written { events, losses }
}

/// Several events in one document, as MISP's import takes them.
pub fn response(events: &[Value]) -> Value {
    json!({ "response": events })
}

/// How far a MISP server passes on what is marked so, as its `distribution`: 0 its own organisation
/// only, 1 its community, 3 everybody. `None` for what is not to be passed on.
///
/// AMBER stays at 0 as AMBER+STRICT does: MISP's community is whoever has an account on the server,
/// and these are not the clients that AMBER speaks of.
pub fn distribution(reach: Onward) -> Option<u8> {
    match reach {
        Onward::Nobody => None,
        Onward::OwnOrganisation | Onward::OwnOrganisationAndClients => Some(0),
        Onward::Community => Some(1),
        Onward::Anyone => Some(3),
    }
}

/// The last version of an event whose incident is no longer shared: every line that was ever written
/// of it is marked as deleted and says nothing. MISP servers do not pass deletions on by themselves
/// (MISP issues 4681 and 7409), so this is imported like any other version.
///
/// The reason is the owner's word ("withdrawn", "expired"), not free text about the incident.
pub fn withdraw(event: &Value, modified: Moment, reason: &str) -> Value {
    let mut stone = event.clone();
    let at_s = seconds(modified);
    let told = format!("No longer shared: {reason}");
    stone["Event"]["info"] = told.as_str().into();
    stone["Event"]["date"] = day_of(modified).into();
    stone["Event"]["timestamp"] = at_s.as_str().into();
    for object in stone["Event"]["Object"].as_array_mut().into_iter().flatten() {
        object["deleted"] = true.into();
        object["timestamp"] = at_s.as_str().into();
        for attribute in object["Attribute"].as_array_mut().into_iter().flatten() {
            attribute["deleted"] = true.into();
            attribute["timestamp"] = at_s.as_str().into();
            attribute["type"] = "text".into();
            attribute["value"] = told.as_str().into();
        }
    }
    stone
}

fn event(outgoing: &Outgoing<'_>, by: &Member, losses: &mut Losses) -> Value {
    let Outgoing { seen, modified } = outgoing;
    let at_s = seconds(*modified);
    // By the member who passes it on, because two members may hold different parts of it.
    let uuid = named_uuid(&format!("misp-event:{}:{}", by.id, seen.id()));
    let mut objects = vec![happening(seen, &uuid, &at_s)];
    objects.extend(place(seen, &uuid, &at_s));
    let when = seen.settled.when.as_ref().map(|when| when.value);
    let date = when.map_or_else(|| day_of(*modified), |when| when.first().to_string());

    losses.n_carried += 1;
    losses.add(
        "undated",
        u64::from(when.is_none()),
        "incidents have no day: MISP wants one and has that of their version",
    );
    losses.add(
        "expiry",
        u64::from(seen.marking.expires.is_some()),
        "incidents expire: MISP deletes nothing by itself, the end stands in \"expires\"",
    );
    losses.add(
        "amber",
        u64::from(seen.marking.tlp == Tlp::Amber),
        "incidents are AMBER: MISP keeps them within one organisation, clients are not reached",
    );
    seen.add_losses(losses);
    json!({ "Event": {
        "uuid": uuid,
        "info": seen.headline(),
        "date": date,
        "timestamp": at_s,
        "published": false,
        // Completed, and of no threat level: sheaf settles what happened and rates nothing.
        "analysis": "2",
        "threat_level_id": "4",
        "distribution": distribution(onward(seen.marking)).unwrap_or(0).to_string(),
        "disable_correlation": true,
        "Orgc": { "name": by.name, "uuid": named_uuid(&format!("member:{}", by.id)) },
        "Tag": tags(seen),
        "Attribute": [],
        "Object": objects,
    }})
}

/// TLP and PAP by the words of MISP's taxonomies `tlp` and `PAP`; purposes by words of ours.
fn tags(seen: &Seen<'_>) -> Vec<Value> {
    let levels = [
        format!("tlp:{}", seen.marking.tlp.name()),
        format!("PAP:{}", seen.marking.pap.name().to_uppercase()),
    ];
    let purposes =
        seen.marking.purposes.iter().map(|it| format!("sheaf:purpose=\"{}\"", it.name()));
    levels.into_iter().chain(purposes).map(|name| json!({ "name": name })).collect()
}

fn seconds(moment: Moment) -> String {
    moment.millis().div_euclid(1000).to_string()
}

fn day_of(moment: Moment) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}
