//! What a MISP server is given, and what it is not.

use serde_json::Value;
use sheaf_model::{Licence, Member, MemberId, Moment, Region, Sector, SettledIncident, Tlp};

use super::*;
use crate::seen::Seen;
use crate::seen::made_up::{golden, market, marking, silent};

fn by() -> Member {
    Member {
        id: MemberId::new("north-rail").unwrap(),
        name: "Northern Railway".to_owned(),
        sector: Sector::Rail,
        region: Region::new("north").unwrap(),
        purposes: Default::default(),
    }
}

fn written(all: &[SettledIncident], tlp: Tlp, modified: &str) -> Written {
    let marking = marking(tlp);
    let modified = Moment::parse(modified).unwrap();
    let incidents =
        all.iter().map(|settled| Outgoing { seen: Seen { settled, marking: &marking }, modified });
    write(incidents, &by())
}

const NOW: &str = "2026-03-01T12:00:00.250Z";

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn the_golden_events_stay_as_they_are() {
    let Written { events, losses } = written(&[market(), silent()], Tlp::AmberStrict, NOW);
    golden("misp/golden.json", &pretty(&response(&events)));
    golden("misp/sheaf-incident.json", &pretty(&template()));
    assert_eq!(
        losses.sentences(),
        [
            "misp: 2 incidents expire: MISP deletes nothing by itself, the end stands in \"expires\"",
            "misp: 3 claims say otherwise; who said what is not carried",
            "misp: 2 incidents were shared with named groups, whose names do not travel",
            "misp: 1 incidents have no day: MISP wants one and has that of their version",
        ]
    );
}

#[test]
fn an_event_goes_no_farther_than_its_marking() {
    let check = |tlp: Tlp, expected: Option<(&str, &str)>| {
        let events = written(&[market()], tlp, NOW).events;
        let told = events.first().map(|it| {
            let event = &it["Event"];
            (event["distribution"].as_str().unwrap(), event["Tag"][0]["name"].as_str().unwrap())
        });
        assert_eq!(told, expected, "{tlp}");
    };
    check(Tlp::Clear, Some(("3", "tlp:clear")));
    check(Tlp::Green, Some(("1", "tlp:green")));
    check(Tlp::Amber, Some(("0", "tlp:amber")));
    check(Tlp::AmberStrict, Some(("0", "tlp:amber+strict")));
    check(Tlp::Red, None);
}

#[test]
fn what_may_not_be_passed_on_is_left_out_and_counted() {
    let mut closed = market();
    closed.licence = Licence::OwnUseOnly;
    let Written { events, losses } = written(&[closed, silent()], Tlp::Green, NOW);
    assert_eq!((events.len(), losses.n_carried, losses.count("not-to-be-passed-on")), (1, 1, 1));
}

#[test]
fn a_later_version_overwrites_the_same_lines() {
    let ids = |events: &[Value]| {
        let mut ids: Vec<String> = Vec::new();
        let mut open: Vec<&Value> = events.iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => {
                    ids.extend(members.get("uuid").and_then(Value::as_str).map(str::to_owned));
                    open.extend(members.values());
                }
                Value::Array(values) => open.extend(values),
                _ => {}
            }
        }
        ids
    };
    let first = written(&[market(), silent()], Tlp::Green, NOW).events;
    let later = written(&[market(), silent()], Tlp::Green, "2026-03-02T12:00:00Z").events;
    assert_eq!(ids(&first), ids(&later));
    let mut unique = ids(&first);
    unique.sort();
    // The maker stands in both events.
    unique.dedup();
    assert_eq!(unique.len(), ids(&first).len() - 1);
    assert_eq!(later[0]["Event"]["timestamp"], "1772452800");
}

#[test]
fn nothing_is_an_indicator_and_nothing_correlates() {
    for event in written(&[market(), silent()], Tlp::Green, NOW).events {
        assert_eq!(event["Event"]["published"], false);
        for object in event["Event"]["Object"].as_array().unwrap() {
            for attribute in object["Attribute"].as_array().unwrap() {
                assert_eq!(attribute["to_ids"], false);
                assert_eq!(attribute["disable_correlation"], true);
                assert_ne!(attribute["value"], "");
            }
        }
    }
}

#[test]
fn rule_11_a_withdrawn_event_says_nothing_any_more() {
    let event = &written(&[market()], Tlp::Green, NOW).events[0];
    let later = Moment::parse("2026-03-02T12:00:00Z").unwrap();
    let stone = withdraw(event, later, "withdrawn");
    let text = stone.to_string();
    for gone in ["Ürümqi", "43.8", "vehicle", "Group X", "2014", "2031"] {
        let at = text.find(gone);
        assert!(at.is_none(), "{gone} in {text}");
    }
    assert_eq!(stone["Event"]["uuid"], event["Event"]["uuid"]);
    let n_lines = |event: &Value| event.to_string().matches("object_relation").count();
    assert_eq!(text.matches("\"deleted\":true").count(), n_lines(event) + 2);
}

#[test]
fn the_template_has_a_line_for_every_line_written() {
    let template = template();
    for event in written(&[market(), silent()], Tlp::Green, NOW).events {
        let objects = event["Event"]["Object"].as_array().unwrap();
        let ours = objects.iter().find(|object| object["name"] == "sheaf-incident").unwrap();
        assert_eq!(ours["template_uuid"], template["uuid"]);
        for attribute in ours["Attribute"].as_array().unwrap() {
            let about = &template["attributes"][attribute["object_relation"].as_str().unwrap()];
            assert_eq!(about["misp-attribute"], attribute["type"]);
        }
    }
}
