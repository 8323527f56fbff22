//! Stations, airports and stops: loaded, suggested, accepted and refused.

mod common;

use common::{Desk, LATER_DAY};
use serde_json::{Value, json};

/// Airports as OurAirports writes them: facts about three, and one that is closed.
const AIRPORTS: &str = "\
\"id\",\"ident\",\"type\",\"name\",\"latitude_deg\",\"longitude_deg\",\"iso_country\"
2139,\"EBBR\",\"large_airport\",\"Brussels Airport\",50.9014,4.4844,\"BE\"
2140,\"EBCI\",\"medium_airport\",\"Brussels South Charleroi Airport\",50.4592,4.4538,\"BE\"
2600,\"ELLX\",\"medium_airport\",\"Luxembourg Airport\",49.6266,6.2115,\"LU\"
9999,\"XX-1\",\"closed\",\"Old Field\",50.9,4.48,\"BE\"
";
const STATIONS: &str = "\
name,lat,lon,line
Mill Lane,50.8437,4.3767,1
Mill Lane,50.8438,4.3768,5
Harbour Square,50.8440,4.3800,1
";
const INCIDENTS: &str = "\
id,published,date,lat,lon,place,country,kind,target,killed
a1,2016-03-22,2016-03-22,50.8990,4.4830,,Freedonia,bomb,airport departure hall,5
a2,2016-03-22,2016-03-22,50.8436,4.3760,Mill Lane,Freedonia,bomb,metro train,7
a3,2016-06-01,2016-06-01,50.8439,4.3790,,Freedonia,sabotage,signal box,
a4,2016-07-01,2016-07-01,10.0,10.0,,Freedonia,shooting,market,1
a5,2016-08-01,2016-08-01,,,,Freedonia,shooting,market,1
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("airports.csv", AIRPORTS);
    desk.write("stations.csv", STATIONS);
    desk.write("i.csv", INCIDENTS);
    desk.ok(&["pool", "s.sheaf", "i.csv", "--source", "wire"]);
    desk
}

fn loaded() -> Desk {
    let desk = desk();
    desk.ok(&["sites", "s.sheaf", "load", "--airports", "airports.csv"]);
    desk.ok(&["sites", "s.sheaf", "load", "--stations", "stations.csv"]);
    desk
}

#[test]
fn tables_are_loaded_and_loading_again_changes_nothing() {
    let desk = desk();
    desk.fails("no-sites", &["sites", "s.sheaf", "suggest"]);
    let load = ["sites", "s.sheaf", "load", "--airports", "airports.csv"];
    let ran = desk.run(&load);
    assert_eq!(ran.stdout, "3 sites: 3 added, 0 changed, 0 as they were\n");
    assert!(ran.stderr.contains("1 row left out (closed), the first on line 5"), "{}", ran.stderr);
    let again = desk.json(&[&load[..], &["--json"]].concat());
    assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(3)));
    desk.write("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nEB 1,Mill Lane,50.84,4.37\n");
    desk.write("other.txt", "stop_id,stop_name,stop_lat,stop_lon\nEB 1,Elsewhere,10.0,4.37\n");
    desk.ok(&["sites", "s.sheaf", "load", "--stops", "stops.txt"]);
    let said =
        desk.fails("site-of-another-file", &["sites", "s.sheaf", "load", "--stops", "other.txt"]);
    assert!(
        said.contains("stop:EB_201 is \"Mill Lane\" of stops.txt, and \"Elsewhere\" here"),
        "{said}"
    );
    desk.ok(&["sites", "s.sheaf", "load", "--stops", "other.txt", "--feed", "trams"]);
    let stops = desk.json(&["sites", "s.sheaf", "list", "--kind", "stop", "--json"]);
    let ids: Vec<&str> =
        stops["sites"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["stop:EB_201", "stop:trams/EB_201"]);
    desk.fails("not-such-a-table", &["sites", "s.sheaf", "load", "--stops", "airports.csv"]);
    desk.fails("unreadable-file", &["sites", "s.sheaf", "load", "--ports", "none.csv"]);
}

#[test]
fn sites_are_suggested_by_target_disruption_and_distance() {
    let desk = loaded();
    let found = desk.json(&["sites", "s.sheaf", "suggest", "--within", "5km", "--json"]);
    let of = |incident: &str| -> Vec<(String, String)> {
        let all = found["suggestions"].as_array().unwrap();
        let it = all.iter().filter(|it| it["incident"] == incident);
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        it.map(|it| (text(&it["site"]), text(&it["tag"]))).collect()
    };
    let pair = |site: &str, tag: &str| (site.to_owned(), tag.to_owned());
    // The table says nothing of how exact its points are, so that each may be five kilometres off.
    let near = |site: &str| pair(site, "near");
    assert_eq!(
        of("wire:a1"),
        [pair("airport:EBBR", "target"), near("station:harbour-square"), near("station:mill-lane")]
    );
    // Two stations are near; the one that is named is the target.
    assert_eq!(
        of("wire:a2"),
        [pair("station:mill-lane", "target"), near("station:harbour-square"), near("airport:EBBR")]
    );
    assert_eq!(
        of("wire:a3"),
        [
            pair("station:harbour-square", "disrupted"),
            pair("station:mill-lane", "disrupted"),
            near("airport:EBBR")
        ]
    );
    assert!(of("wire:a4").is_empty());
    assert_eq!(found["left_out"], json!({ "no point": 1 }));
    let text = desk.ok(&["sites", "s.sheaf", "suggest"]);
    assert!(text.contains("the target is told as \"airport\"; the nearest such"), "{text}");
    assert!(text.contains("the target is told as \"metro\"; it is named"), "{text}");
    // Incidents that lie less exactly than the distance say nothing about single sites.
    let near = desk.json(&["sites", "s.sheaf", "suggest", "--within", "1m", "--json"]);
    assert!(near["suggestions"].as_array().unwrap().is_empty(), "{near}");
    assert_eq!(near["left_out"]["placed less exactly than the distance asked for"], 4);
}

#[test]
fn what_people_decided_is_kept_shown_and_decided_anew() {
    let desk = loaded();
    let because = ["--by", "desk", "--because", "the operator says so"];
    let decide = |word: &str, id: &str, site: &str, more: &[&str]| {
        desk.ok(&[&["sites", "s.sheaf", word, id, site], &because[..], more].concat())
    };
    let said = decide("accept", "wire:a2", "station:mill-lane", &[]);
    assert!(said.starts_with("wire:a2: target station:mill-lane Mill Lane, "), "{said}");
    decide("refuse", "wire:a2", "station:harbour-square", &[]);
    decide("accept", "wire:a4", "airport:EBBR", &["--tag", "disrupted"]);
    // What was decided is suggested no more.
    let open = desk.json(&["sites", "s.sheaf", "suggest", "--json"]);
    let left = open["suggestions"].as_array().unwrap().iter();
    let left: Vec<&Value> = left.filter(|it| it["incident"] == "wire:a2").collect();
    assert_eq!((left.len(), &left[0]["site"]), (1, &json!("airport:EBBR")));
    let shown = desk.ok(&["show", "s.sheaf", "wire:a2"]);
    assert!(shown.contains("  site: target station:mill-lane Mill Lane"), "{shown}");
    assert!(!shown.contains("harbour-square"), "{shown}");
    let shown = desk.json(&["show", "s.sheaf", "wire:a2", "--json"]);
    assert_eq!(shown["sites"][0]["tag"], "target");
    assert!(desk.json(&["show", "s.sheaf", "wire:a3", "--json"])["sites"].is_null());
    let tagged = |more: &[&str]| {
        let found = desk.json(&[&["sites", "s.sheaf", "tagged", "--json"], more].concat());
        let of = |it: &Value| it["incident"].as_str().unwrap().to_owned();
        found["tagged"].as_array().unwrap().iter().map(of).collect::<Vec<String>>()
    };
    assert_eq!(tagged(&[]), ["wire:a2", "wire:a4"]);
    assert_eq!(tagged(&["--line", "5"]), ["wire:a2"]);
    assert_eq!(tagged(&["--site", "airport:EBBR"]), ["wire:a4"]);
    // Later decisions outrank earlier ones, also those of the same second.
    decide("refuse", "wire:a2", "station:mill-lane", &[]);
    assert_eq!(tagged(&[]), ["wire:a4"]);
    // As it was known before.
    let mut later = vec!["sites", "s.sheaf", "accept", "wire:a3", "station:mill-lane"];
    later.extend(because);
    assert_eq!(desk.run_on(LATER_DAY, &later).code, 0);
    let before =
        desk.json(&["show", "s.sheaf", "wire:a3", "--as-known-on", "2024-01-15", "--json"]);
    assert!(before["sites"].is_null());
    let line = desk.ok(&["show", "s.sheaf", "wire:a4", "--cite"]);
    assert_eq!(
        desk.ok(&["replay", "s.sheaf", line.trim()]),
        desk.ok(&["show", "s.sheaf", "wire:a4"])
    );
    // Each decision stands in the audit log.
    let log = desk.ok(&["audit", "s.sheaf", "list", "--last", "50"]);
    for deed in ["decision target", "decision not-near", "admin load-sites"] {
        assert!(log.contains(deed), "{deed} in\n{log}");
    }
}

/// A decision follows its report when incidents are merged.
#[test]
fn a_decision_follows_its_report_into_a_merged_incident() {
    let desk = loaded();
    let because = ["--by", "desk", "--because", "seen there"];
    desk.ok(
        &[&["sites", "s.sheaf", "accept", "wire:a3", "station:mill-lane"], &because[..]].concat()
    );
    desk.ok(&[&["judge", "s.sheaf", "same", "wire:a2", "wire:a3"], &because[..]].concat());
    let shown = desk.json(&["show", "s.sheaf", "wire:a2", "--json"]);
    assert_eq!(shown["sites"][0]["site"], "station:mill-lane", "{shown}");
}

#[test]
fn slips_are_answered() {
    let desk = loaded();
    let named = ["--by", "desk", "--because", "as witness Jane Doe told us"];
    let accept = ["sites", "s.sheaf", "accept", "wire:a1", "airport:EBBR"];
    desk.fails("names-a-person", &[&accept[..], &named].concat());
    let because = ["--by", "desk", "--because", "x"];
    let accept = |id: &'static str, site: &'static str| {
        [&["sites", "s.sheaf", "accept", id, site], &because[..]].concat()
    };
    let said = desk.fails("no-such-site", &accept("wire:a1", "airport:EBBX"));
    assert!(said.contains("did you mean airport:EBBR?") || said.contains("airport:EB"), "{said}");
    desk.fails("no-such-report", &accept("wire:zz", "airport:EBBR"));
    let empty =
        ["sites", "s.sheaf", "accept", "wire:a1", "airport:EBBR", "--by", " ", "--because", "x"];
    desk.fails("empty-argument", &empty);
    let ran = desk.run(&["sites", "s.sheaf", "suggest", "--within", "5 miles"]);
    assert!(ran.stderr.contains("a distance is written 5km or 800m"), "{}", ran.stderr);
}

/// What a transport operator's alerts say is a lead: read, kept, and no incident by itself.
#[test]
fn alerts_of_a_realtime_feed_are_read_as_leads() {
    let desk = Desk::new();
    let sample =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../sheaf-read/src/sources/gtfs_alerts/sample.pb");
    let read = desk.ok(&["read", sample]);
    assert!(read.contains("POLICE_ACTIVITY") && read.contains("disruption"), "{read}");
    assert!(!read.contains("Person"), "running text is not even read: {read}");
    desk.ok(&["pool", "g.sheaf", sample, "--source", "harbour-trams"]);
    assert!(desk.incidents("g.sheaf", &[]).is_empty());
    let shown = desk.ok(&["show", "g.sheaf", "harbour-trams:A-1"]);
    assert!(shown.starts_with("harbour-trams:A-1 belongs to no incident"), "{shown}");
    let whole = std::fs::read(sample).unwrap();
    desk.write("cut.pb", &whole[..whole.len() - 40]);
    let said = desk.fails("damaged-file", &["read", "cut.pb"]);
    assert!(said.contains("cut.pb: no GTFS-realtime feed"), "{said}");
}
