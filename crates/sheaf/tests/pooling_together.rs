//! Offices that share through a hub: each sees one incident where each had one report of it, with every toll and
//! who said it; and no more than its owner shares, for as long as it does.

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use common::*;
use serde_json::{Value, json};

/// Which office has which file, and what its source is called.
const OFFICES: [(&str, &str, &str); 3] = [
    ("police", "civil-protection.csv", "civil-protection"),
    ("rail", "rail-safety-office.geojson", "rail-safety-office"),
    ("news", "northline-wire.csv", "northline-wire"),
];
/// A report of each office on the attack on the railway station of Volgograd.
const STATION: [&str; 3] =
    ["civil-protection:CP-006", "rail-safety-office:RS-2013-24", "northline-wire:NW-131229-1"];

struct Hub {
    server: Child,
    url: String,
    tokens: Vec<(&'static str, String)>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn member(desk: &Desk, pool: &str, name: &str) {
    let place = ["--region", "north", "--sector", "police", "--purposes", "policing"];
    desk.ok(&[&["member", "add", pool, name], &place[..]].concat());
}

impl Hub {
    fn new(desk: &Desk) -> Hub {
        desk.write(
            "empty.json",
            json!({ "pool": {
            "information": { "title": "hub", "max_content_length": 10_000_000 },
            "collections": [{ "id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "title": "Reports",
                "can_read": true, "can_write": true, "objects": [] }],
        } })
            .to_string(),
        );
        desk.ok(&["exchange", "import", "hub.sheaf", "empty.json"]);
        let mut tokens = Vec::new();
        for (name, _, _) in OFFICES {
            member(desk, "hub.sheaf", name);
            let rights = ["--read", "all", "--write", "all", "--role", "relay"];
            desk.ok(
                &[&["account", "add", "hub.sheaf", name, "--member", name], &rights[..]].concat()
            );
            tokens.push((name, desk.ok(&["token", "add", "hub.sheaf", name]).trim().to_owned()));
        }
        let mut command =
            desk.command(&["serve", "hub.sheaf", "--listen", "127.0.0.1:0", "--quiet"]);
        command.arg("--requests-per-second").arg("100000");
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Hub { server, url: line.trim().to_owned(), tokens }
    }

    fn sync(&self, desk: &Desk, office: &str) {
        let pool = format!("{office}.sheaf");
        let mut command = desk.command(&["sync", &pool, &self.url, "--member", "hub", "--quiet"]);
        let token = self.tokens.iter().find(|(name, _)| *name == office).unwrap();
        let ran = command.env("SHEAF_TOKEN", &token.1).output().unwrap();
        assert!(ran.status.success(), "{office}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

fn office(desk: &Desk, name: &str, file: &str, source: &str) {
    let pool = format!("{name}.sheaf");
    desk.pool(&pool, &[example(file)]);
    for (other, _, _) in OFFICES {
        member(desk, &pool, other);
    }
    member(desk, &pool, "hub");
    share(desk, name, source, &["--tlp", "green"]);
}

fn share(desk: &Desk, name: &str, source: &str, how: &[&str]) {
    let pool = format!("{name}.sheaf");
    let by = ["--by", name, "--purpose", "policing"];
    desk.ok(&[&["share", &pool, "--source", source], &by[..], how].concat());
    desk.ok(&["exchange", "publish", &pool, "--by", name]);
}

/// What an office's list says: the reports of each incident, and its tolls.
fn seen(desk: &Desk, office: &str, more: &[&str]) -> Vec<(Value, Vec<Value>)> {
    let told = |it: &Value| {
        let tolls = it["tolls"].as_array().unwrap().iter().map(|toll| toll["value"].clone());
        (it["reports"].clone(), tolls.collect())
    };
    desk.incidents(&format!("{office}.sheaf"), more).iter().map(told).collect()
}

fn n_reports(incidents: &[(Value, Vec<Value>)]) -> usize {
    incidents.iter().map(|(reports, _)| reports.as_array().unwrap().len()).sum()
}

#[test]
fn each_office_sees_one_incident_with_what_all_said_and_loses_what_is_no_longer_shared() {
    let desk = Desk::new();
    let hub = Hub::new(&desk);
    for (name, file, source) in OFFICES {
        office(&desk, name, file, source);
    }
    let alone: Vec<usize> =
        OFFICES.iter().map(|(name, _, _)| n_reports(&seen(&desk, name, &[]))).collect();
    // In another order each time: it must not matter.
    for name in ["news", "police", "rail", "police", "news"] {
        hub.sync(&desk, name);
    }
    let together = seen(&desk, "police", &[]);
    assert_eq!(together, seen(&desk, "rail", &[]));
    assert_eq!(together, seen(&desk, "news", &[]));
    assert_eq!(n_reports(&together), alone.iter().sum::<usize>());
    let station =
        together.iter().find(|(reports, _)| texts(reports).contains(&STATION[0])).unwrap();
    for report in STATION {
        assert!(texts(&station.0).contains(&report), "{}", station.0);
    }

    // Every value leads to the words of a source, in whose file, shared by whom.
    let shown = desk.json(&["show", "rail.sheaf", STATION[1], "--format", "json"]);
    let shown = shown.to_string();
    assert!(shown.contains("civil-protection.csv (shared by police)"), "{shown}");
    assert!(
        shown.contains("northline-wire.csv (shared by news)")
            && shown.contains("rail-safety-office.geojson\"")
    );
    let why = desk.json(&["why", "rail.sheaf", STATION[0], STATION[1], "--format", "json"]);
    assert_eq!(why["together"], true);
    // What is left out is left out, and a citation is about the pool's own.
    assert_eq!(n_reports(&seen(&desk, "rail", &["--only-own"])), alone[1]);
    // A person's word holds between an own report and one of others.
    desk.ok(&[
        "judge",
        "rail.sheaf",
        "different",
        STATION[0],
        STATION[1],
        "--by",
        "duty",
        "--because",
        "two halls",
    ]);
    let why = desk.json(&["why", "rail.sheaf", STATION[0], STATION[1], "--format", "json"]);
    assert_eq!(why["together"], false);
    desk.ok(&["undo", "rail.sheaf", "j1", "--by", "duty"]);

    // The newsroom keeps its reports to itself again; the police let theirs expire.
    share(&desk, "news", "northline-wire", &["--tlp", "red"]);
    hub.sync(&desk, "news");
    hub.sync(&desk, "rail");
    let without = seen(&desk, "rail", &[]);
    assert_eq!(n_reports(&without), alone[0] + alone[1]);
    assert!(without.iter().all(|(reports, _)| !reports.to_string().contains("northline-wire")));
    assert_eq!(n_reports(&seen(&desk, "news", &["--only-own"])), alone[2], "its own it keeps");
    share(&desk, "police", "civil-protection", &["--tlp", "green", "--until", "2024-06-01"]);
    hub.sync(&desk, "police");
    hub.sync(&desk, "rail");
    assert_eq!(n_reports(&seen(&desk, "rail", &[])), alone[0] + alone[1], "not over yet");
    // No command has run since, and nobody has told the rail office: the clock alone makes it unreadable.
    let later = desk.run_on("1717286400", &["incidents", "rail.sheaf", "--format", "json"]);
    assert_eq!(later.code, 0, "{}", later.stderr);
    assert!(!later.stdout.contains("civil-protection"), "{}", later.stdout);
}

#[test]
fn whoever_was_not_shared_with_sees_its_own_and_nothing_else() {
    let desk = Desk::new();
    let hub = Hub::new(&desk);
    for (name, file, source) in OFFICES {
        office(&desk, name, file, source);
    }
    // The police share with a group in which the newsroom is not.
    for pool in ["police.sheaf", "hub.sheaf"] {
        desk.ok(&["group", "add", pool, "corridor"]);
        desk.ok(&["group", "join", pool, "corridor", "police", "rail"]);
    }
    desk.ok(&["group", "join", "police.sheaf", "corridor", "hub"]);
    share(&desk, "police", "civil-protection", &["--tlp", "amber+strict", "--group", "corridor"]);
    for name in ["police", "rail", "news", "rail"] {
        hub.sync(&desk, name);
    }
    let news = seen(&desk, "news", &[]);
    assert!(
        news.iter().all(|(reports, _)| !reports.to_string().contains("civil-protection")),
        "{news:?}"
    );
    assert!(news.iter().any(|(reports, _)| reports.to_string().contains("rail-safety-office")));
}
