//! The audit log through the program: whatever was done stands in it, whoever did it; and nobody can change it
//! unseen.

mod common;
mod served;

use std::fs;
use std::path::Path;

use common::*;
use serde_json::Value;
use served::bearer;

/// A server whose answers are told by status and text, headers included.
struct Server(served::Server);

impl Server {
    fn of(desk: &Desk) -> Server {
        Server(served::Server::of(desk, FIRST_DAY))
    }

    fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
        let mut headers = bearer(token);
        if !path.starts_with("/api/") {
            headers.push("Content-Type: application/taxii+json;version=2.1".to_owned());
        }
        let got = self.0.send(method, path, &headers, body);
        (got.status, format!("{}\r\n\r\n{}", got.head, got.body))
    }
}

/// A pool whose wire file is shared with whoever reports, and a token of a reader of another member.
fn shared() -> (Desk, String) {
    let desk = Desk::new();
    desk.pool("a.sheaf", &["northline-wire.csv", "civil-protection.csv"].map(example));
    for name in ["northline", "yard"] {
        let place = ["--region", "north", "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    let how = ["--by", "northline", "--tlp", "green", "--purpose", "reporting"];
    desk.ok(&[&["share", "a.sheaf", "--source", "northline-wire"], &how[..]].concat());
    desk.ok(&["exchange", "publish", "a.sheaf", "--by", "northline"]);
    let account = ["account", "add", "a.sheaf", "zuzu", "--member", "yard", "--read", "all"];
    desk.ok(&[&account[..], &["--role", "reviewer"]].concat());
    let token = desk.ok(&["token", "add", "a.sheaf", "zuzu", "--days", "3"]);
    (desk, token.trim().to_owned())
}

/// Every entry: who, which deed, on what.
fn acts(desk: &Desk) -> Vec<(String, String, Vec<String>)> {
    let listed = desk.json(&["audit", "a.sheaf", "list", "--last", "100000", "--json"]);
    let told = |it: &Value| {
        let who = format!(
            "{}/{}",
            it["who"]["member"].as_str().unwrap(),
            it["who"]["account"].as_str().unwrap()
        );
        let deed = &it["deed"];
        let how = ["purpose", "marking", "format", "decided", "action"];
        let mut how = how.iter().filter_map(|name| deed[*name].as_str());
        let deed = match deed["deed"].as_str().unwrap() {
            "export" => format!("export {}", deed["format"].as_str().unwrap()),
            kind => format!("{kind} {}", how.next().unwrap()),
        };
        (who, deed, texts(&it["what"]).into_iter().map(str::to_owned).collect())
    };
    listed.as_array().unwrap().iter().map(told).collect()
}

#[test]
fn rule_12_each_act_stands_in_the_log_with_who_did_it() {
    let (desk, token) = shared();
    let (a, b) = ("northline-wire:NW-131021-1", "civil-protection:CP-001");
    desk.ok(&["judge", "a.sheaf", "same", a, b, "--by", "desk", "--because", "one bus"]);
    desk.ok(&["undo", "a.sheaf", "j1", "--by", "desk"]);
    desk.ok(&["export", "a.sheaf", "--to", "csv"]);
    let collections = desk.json(&["exchange", "collections", "a.sheaf", "--json"]);
    let id = collections[0]["id"].as_str().unwrap().to_owned();
    let server = Server::of(&desk);
    let path = format!("/pool/collections/{id}/objects/?limit=3");
    assert_eq!(server.ask("GET", &path, &token, "").0, 200);
    assert_eq!(server.ask("GET", &format!("/api/v1/incidents/{a}"), &token, "").0, 200);
    assert_eq!(server.ask("GET", &format!("/api/v1/incidents/{b}"), &token, "").0, 404);
    assert_eq!(
        server.ask("GET", "/features/collections/incidents/items?limit=2", &token, "").0,
        200
    );
    let body = format!(
        r#"{{"verdict":"different","reports":["{a}","northline-wire:NW-131021-2"],"because":"two"}}"#
    );
    assert_eq!(server.ask("POST", "/api/v1/judgements", &token, &body).0, 201);
    // What is refused stands there too: a token that opens nothing, an object that is none.
    assert_eq!(server.ask("GET", &path, "guessed", "").0, 401);
    desk.ok(&["account", "add", "a.sheaf", "zaza", "--member", "yard", "--write", "all"]);
    let writer = desk.ok(&["token", "add", "a.sheaf", "zaza", "--days", "3"]);
    let bad = r#"{"objects":[{"type":"incident","id":"incident--1"}]}"#;
    let path = format!("/pool/collections/{id}/objects/");
    let (status, answer) = server.ask("POST", &path, writer.trim(), bad);
    assert_eq!(status, 202, "{answer}");
    drop(server);

    let acts = acts(&desk);
    let of = |who: &str, deed: &str| -> Vec<&Vec<String>> {
        acts.iter().filter(|it| it.0 == who && it.1 == deed).map(|it| &it.2).collect()
    };
    for (deed, what) in [
        ("admin import", "i1"),
        ("admin add-member", "northline"),
        ("admin purpose-reporting", "yard"),
        ("share green", "northline-wire"),
        ("admin add-account", "zuzu"),
        ("admin allow", "zuzu"),
        ("admin add-token", "token-1"),
        ("decision same", a),
        ("decision take-back", "j1"),
        ("export csv", "n:32"),
    ] {
        let found = of("here/terminal", deed);
        assert!(found.iter().any(|it| it.iter().any(|it| it == what)), "{deed} {what}: {acts:?}");
    }
    let published = of("here/terminal", "decision add").into_iter().flatten();
    assert_eq!(published.filter(|it| it.starts_with("incident--")).count(), 65);
    // What was read stands with the account that read it, and what was refused was not read.
    let read: Vec<&String> = of("yard/zuzu", "read as-member").into_iter().flatten().collect();
    assert_eq!(read.iter().filter(|it| it.starts_with("added:")).count(), 3, "{read:?}");
    assert!(read.iter().any(|it| *it == a) && read.iter().all(|it| *it != b), "{read:?}");
    assert_eq!(of("yard/zuzu", "decision different").len(), 1);
    assert_eq!(of("anyone/nobody", "admin sign-in"), [&vec!["token".to_owned()]]);
    assert_eq!(of("yard/zaza", "decision add"), [&vec!["incident--1".to_owned()]]);
    let listed = desk.ok(&["audit", "a.sheaf", "list", "--deed", "decision"]);
    assert!(listed.contains("incident--1  refused by not-taken"), "{listed}");

    desk.ok(&["audit", "a.sheaf", "verify"]);
    // Nobody can do in the ledger what would stand in no log, nor take anything out of it.
    let ledger = rusqlite::Connection::open(desk.path("a.sheaf/ledger.sqlite")).unwrap();
    let try_to = |sql: &str| ledger.execute(sql, []).unwrap_err().to_string();
    assert!(
        try_to("INSERT INTO exchange_member (name, region, sector) VALUES ('x', '', '')")
            .contains("acting")
    );
    assert!(try_to("DELETE FROM audit_line").contains("never deleted"));
    assert!(try_to("UPDATE audit_line SET line = ''").contains("never changed"));
}

#[test]
fn rule_12_a_flipped_byte_a_cut_and_a_fork_are_named_by_their_first_entry() {
    let (desk, _) = shared();
    desk.pool("b.sheaf", &[example("harbour-institute.csv")]);
    let key = |pool: &str, of: &str| -> String {
        desk.json(&["audit", pool, "key", "--json"])[of].as_str().unwrap().to_owned()
    };
    let (log_key, cosigner) = (key("a.sheaf", "log"), key("b.sheaf", "cosigner"));
    // Another member co-signs, twice: the second time the log must have only grown.
    let other = Desk::new();
    for (n, done) in [(1, "one"), (2, "two")] {
        if n == 2 {
            copy(&desk.path("a.sheaf"), &other.path("a.sheaf"));
        }
        let (offered, signed) = (format!("{n}.txt"), format!("{n}.signed"));
        desk.ok(&["member", "add", "a.sheaf", done]);
        desk.ok(&["audit", "a.sheaf", "checkpoint", "--out", &offered]);
        desk.ok(&["audit", "b.sheaf", "cosign", &offered, "--key", &log_key, "--out", &signed]);
        desk.ok(&["audit", "a.sheaf", "take", &signed]);
    }
    desk.ok(&["audit", "a.sheaf", "export", "--out", "log.txt"]);
    let verify = ["audit", "b.sheaf", "verify", "--log", "log.txt", "--key", &log_key];
    let more = ["--checkpoint", "2.signed", "--cosigner", &cosigner, "--json"];
    let sound = desk.json(&[&verify[..], &more].concat());
    assert_eq!(sound["problems"], serde_json::json!([]));
    assert_eq!((&sound["entries"], &sound["signed"]), (&sound["cosigned"], &sound["entries"]));
    let whole = fs::read(desk.path("log.txt")).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|it| *it == b'\n').collect();

    let spoilt = |bytes: &[u8]| {
        desk.write("log.txt", bytes);
        let ran = desk.run(&[&verify[..], &more[..4]].concat());
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        ran.stderr
    };
    // A byte in the fifth entry, in its words.
    let mut flipped = lines.concat();
    let at = lines[..5].iter().map(|it| it.len()).sum::<usize>() + lines[5].len() - 4;
    flipped[at] ^= 1;
    assert!(
        spoilt(&flipped).contains("the first entry that is not as it was: 4"),
        "{}",
        spoilt(&flipped)
    );
    let cut = lines[..lines.len() - 2].concat();
    let last = lines.len() - 3;
    assert!(spoilt(&cut).contains(&format!("it was: {last}")), "{}", spoilt(&cut));
    assert!(spoilt(&whole[..whole.len() - 3]).contains(&format!("it was: {}", lines.len() - 2)));
    let without = [&lines[..3], &lines[4..]].concat().concat();
    assert!(spoilt(&without).contains("it was: 2"));

    // A second history under the same name and key, from a copy made before: the co-signer, who saw the
    // first, refuses it.
    for name in 0..40 {
        other.ok(&["member", "add", "a.sheaf", &format!("m{name}")]);
    }
    other.ok(&["audit", "a.sheaf", "checkpoint", "--out", "fork.txt"]);
    for name in ["fork.txt", "fork.txt.proof"] {
        desk.write(name, fs::read(other.path(name)).unwrap());
    }
    let args = ["audit", "b.sheaf", "cosign", "fork.txt", "--key", &log_key, "--out", "x"];
    desk.fails("not-cosigned", &args);
    assert!(!desk.path("x").exists());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn rule_13_who_saw_mine_names_organisations_and_nobody_in_them() {
    let (desk, token) = shared();
    let server = Server::of(&desk);
    let report = "northline-wire:NW-131021-1";
    assert_eq!(server.ask("GET", &format!("/api/v1/incidents/{report}"), &token, "").0, 200);
    let collections = desk.json(&["exchange", "collections", "a.sheaf", "--json"]);
    let id = collections[0]["id"].as_str().unwrap();
    let path = format!("/pool/collections/{id}/objects/?match[type]=incident");
    assert_eq!(server.ask("GET", &path, &token, "").0, 200);
    drop(server);
    let saw = desk.ok(&["audit", "a.sheaf", "who-saw", report]);
    // As a report of an incident, and as the object that was made of it.
    let lines: Vec<&str> = saw.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("incident--"), "{saw}");
    assert!(
        lines[1].starts_with("northline-wire:NW-131021-1  yard  1 time, first 2024-01-01"),
        "{saw}"
    );
    // A file made for somebody is shown to them.
    let made = ["bundle", "a.sheaf", "--by", "northline", "--for", "yard", "--out", "1.bundle"];
    desk.ok(&made);
    let saw = desk.ok(&["audit", "a.sheaf", "who-saw", report]);
    assert!(saw.lines().next().unwrap().contains("  yard  2 times, "), "{saw}");
    let export = ["export", "a.sheaf", "--to", "misp", "--for", "yard", "--by", "northline"];
    desk.ok(&[&export[..], &["--out", "1.json"]].concat());
    let saw = desk.ok(&["audit", "a.sheaf", "who-saw", report]);
    assert!(saw.lines().nth(1).unwrap().contains("  yard  2 times, "), "{saw}");
    let all = desk.ok(&["audit", "a.sheaf", "who-saw", "--json"]);
    assert!(!all.contains("zuzu"), "{all}");
    let none = desk.run(&["audit", "a.sheaf", "who-saw", "civil-protection:CP-001"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert!(none.stderr.contains("nobody was shown it"), "{}", none.stderr);
}
