//! Alerts of others as weak reports: an update revises, a cancellation ends what it refers to, and what is an exercise
//! or no alert is set aside by name.

mod common;

use std::path::PathBuf;

use common::*;
use serde_json::Value;

/// A message of this id, kind and second of the day, about what an earlier one of these ids told.
fn alert(id: &str, kind: &str, sent: &str, references: &[(&str, &str)], status: &str) -> String {
    let told: Vec<String> = references
        .iter()
        .map(|(id, sent)| format!("duty@north.example,{id},2031-03-01T{sent}+01:00"))
        .collect();
    let references = match told.is_empty() {
        true => String::new(),
        false => format!("<references>{}</references>", told.join(" ")),
    };
    let info = match kind {
        "Cancel" => String::new(),
        _ => "<info><category>Security</category><event>explosion</event><urgency>Past</urgency>\
              <severity>Unknown</severity><certainty>Observed</certainty>\
              <onset>2031-02-28T23:30:00+01:00</onset><senderName>Duty officer Jane Roe</senderName>\
              <headline>Explosion near the market</headline><contact>Jane Roe, +1 555 0100</contact>\
              <area><areaDesc>North Market</areaDesc><circle>10.5,20.25 2</circle></area></info>"
            .to_owned(),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>{id}</identifier>\
         <sender>duty@north.example</sender><sent>2031-03-01T{sent}+01:00</sent>\
         <status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}{info}</alert>"
    )
}

fn reports(desk: &Desk, pool: &str) -> Vec<String> {
    let sources = desk.json(&["sources", pool, "--json"]);
    let each = sources.as_array().unwrap().iter();
    each.map(|it| format!("{} {} {}", it["dataset"], it["reports"], it["deleted"])).collect()
}

#[test]
fn an_alert_is_a_lead_and_what_follows_on_it_revises_and_ends_it() {
    let desk = Desk::new();
    desk.write("first.xml", alert("N-1", "Alert", "10:00:00", &[], "Actual"));
    let update = alert("N-2", "Update", "11:00:00", &[("N-1", "10:00:00")], "Actual");
    desk.write("a-second.cap", update);
    let chain = [("N-1", "10:00:00"), ("N-2", "11:00:00")];
    desk.write("third.xml", alert("N-3", "Cancel", "12:00:00", &chain[1..], "Actual"));
    let read = desk.json(&["read", "first.xml", "--json"]);
    let claims = read["reports_shown"].as_array().or(read["shown"].as_array());
    let text = claims.map_or_else(|| read.to_string(), |it| Value::from(it.clone()).to_string());
    for kept in ["explosion", "North Market", "10.5", "2031-02-28"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    // Who sends it and whom to ask is read by nobody.
    for left_out in ["Jane", "Roe", "555", "duty@"] {
        assert!(!read.to_string().contains(left_out), "{left_out}: {read}");
    }

    // In the order in which they were sent, however they are named.
    desk.ok(&["pool", "a.sheaf", "a-second.cap", "first.xml"]);
    assert_eq!(reports(&desk, "a.sheaf"), ["\"N-1\" 1 0", "\"N-1\" 1 0"]);
    // A lead alone is no incident.
    assert!(desk.incidents("a.sheaf", &[]).is_empty());
    let known = desk.ok(&["add", "a.sheaf", "first.xml"]);
    assert!(known.contains("exactly these bytes are in the pool as i1"), "{known}");
    desk.ok(&["add", "a.sheaf", "third.xml"]);
    assert_eq!(reports(&desk, "a.sheaf")[2], "\"N-1\" 0 1");
    // What was sent before what is there already is not brought back.
    desk.write("late.xml", alert("N-4", "Update", "11:30:00", &chain[..1], "Actual"));
    let said = desk.fails("older-message", &["add", "a.sheaf", "late.xml"]);
    assert!(said.contains("i3 (third.xml) was sent later, about the same"), "{said}");
    // The bytes prove it, like those of any other file.
    let said = desk.ok(&["custody", "a.sheaf", "verify", "first.xml"]);
    assert!(said.starts_with("i1: its 1 report came from these"), "{said}");
}

#[test]
fn what_is_no_alert_or_no_actual_one_is_set_aside_by_name() {
    let desk = Desk::new();
    desk.write("drill.xml", alert("N-9", "Alert", "10:00:00", &[], "Exercise"));
    desk.write("other.xml", "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"/>");
    desk.write("bad.xml", alert("N-8", "Alert", "10:00:00", &[], "Perhaps"));
    let entity = "<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let body = alert("N-7", "Alert", "10:00:00", &[], "Actual");
    desk.write("entity.xml", body.replacen("\n", &format!("\n{entity}"), 1));
    for (file, code, expected) in [
        ("drill.xml", "not-actual", "set aside: a message of the status Exercise"),
        ("other.xml", "no-alert", "this is an Atom feed, not an alert"),
        ("bad.xml", "bad-alert", "it departs from its schema: alert/status"),
        ("entity.xml", "no-alert", "a document type declaration, which is never read"),
    ] {
        let said = desk.fails(code, &["pool", "a.sheaf", file]);
        assert!(said.contains(expected), "{file}: {said}");
    }
}

#[test]
fn the_samples_of_others_are_read_or_refused_by_name() {
    let Some(data) = std::env::var_os("SHEAF_DATA") else {
        eprintln!("skipped: SHEAF_DATA is not set");
        return;
    };
    let desk = Desk::new();
    // Everything is an alert but these: one that has nothing in it, an index, a document type declaration, a root of another name, and what departs
    // from its schema.
    let refused = [
        ("IBM__resources_nws_atom_feed_example.xml", "no-alert"),
        ("google__testdata_invalid.cap", "bad-alert"),
        ("google__testdata_no_optional_fields.cap", "tells-nothing"),
        ("google__testdata_noaa_errors.cap", "bad-alert"),
        ("google__testdata_xee.cap", "no-alert"),
        ("wmo-im__bf_invalid_schema.xml", "bad-alert"),
        ("wmo-im__sc_invalid_schema.xml", "no-alert"),
        ("wmo-im__tg_invalid_schema.xml", "bad-alert"),
    ];
    let (mut n_alerts, mut counted, mut found) = (0, (0, 0), Vec::new());
    let folder = PathBuf::from(data).join("exchange/cap");
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "xml" && it != "cap") {
            continue;
        }
        let ran = desk.run(&["read", path.to_str().unwrap(), "--json"]);
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        match ran.code {
            0 => {
                let read: Value = serde_json::from_str(&ran.stdout).unwrap();
                let aside = read["set_aside"].as_object().unwrap().values();
                let n_aside: u64 = aside.map(|n| n.as_u64().unwrap()).sum();
                // An alert is a report, or is set aside by name; a cancellation is none, and ends one.
                let n_reports = read["reports"].as_u64().unwrap();
                assert_eq!(read["read"].as_u64().unwrap(), n_reports + n_aside, "{name}: {read}");
                assert!(n_reports + n_aside <= 1, "{name}: {read}");
                n_alerts += 1;
                counted.0 += n_reports;
                counted.1 += n_aside;
            }
            _ => {
                let told: Value = serde_json::from_str(&ran.stderr).unwrap();
                found.push((name, told["error"]["code"].as_str().unwrap().to_owned()));
            }
        }
    }
    found.sort();
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!((n_alerts, counted, &found[..]), (40, (39, 0), &refused[..]));
}
