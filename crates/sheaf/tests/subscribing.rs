//! Being told of what is new: by a webhook, by e-mail and by a feed, through doors that the office opened; nothing that
//! the subscriber may not see when it goes out, and nothing lost when a door is shut.

mod common;
mod served;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::*;
use serde_json::{Value, json};
use served::Server;
use sheaf_share::Hash;

const MARKET: &str = "northline-wire:NW-140522-1";
const SHARE: [&str; 7] =
    ["share", "a.sheaf", "--by", "northline", "--source", "northline-wire", "--purpose"];

/// The wire without the market, shared with another member; who works there, with the token of each.
fn before_the_market() -> (Desk, impl Fn(&str) -> String) {
    let desk = Desk::new();
    wire(&desk, |line| !line.contains("NW-140522-"));
    for name in ["northline", "yard"] {
        let place = ["--region", name, "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    desk.ok(&[&SHARE[..], &["reporting", "--tlp", "green"]].concat());
    let mut tokens = Vec::new();
    for (name, member) in [("ana", "northline"), ("eve", "yard"), ("ida", "yard")] {
        let rights = ["--role", "contributor", "--read", "all", "--write", "all"];
        let args = ["account", "add", "a.sheaf", name, "--member", member];
        desk.ok(&[&args[..], &rights].concat());
        let token = desk.ok(&["token", "add", "a.sheaf", name, "--days", "3000"]);
        tokens.push((name, token.trim().to_owned()));
    }
    let token = move |name: &str| tokens.iter().find(|it| it.0 == name).unwrap().1.clone();
    (desk, token)
}

/// Takes in the wire's file with these lines of it.
fn wire(desk: &Desk, keep: impl Fn(&str) -> bool) {
    let text = std::fs::read_to_string(example("northline-wire.csv")).unwrap();
    let lines = text.lines().filter(|line| keep(line)).map(|line| format!("{line}\n"));
    desk.write("northline-wire.csv", lines.collect::<String>());
    std::fs::copy(example("northline-wire.toml"), desk.path("northline-wire.toml")).unwrap();
    desk.pool("a.sheaf", &["northline-wire.csv"]);
}

fn deliver(desk: &Desk, day: &str) -> Value {
    let ran = desk.run_on(day, &["subscription", "deliver", "a.sheaf", "--json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|err| panic!("{err}: {}", ran.stderr))
}

/// A webhook: its address, and what comes in; it answers with these statuses, the last one for ever.
fn webhook(statuses: &'static [u16]) -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://{}/desk", listener.local_addr().unwrap());
    let (send, receive) = channel();
    thread::spawn(move || {
        for (nth, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let status = statuses[nth.min(statuses.len() - 1)];
            let Some(got) = posted(&mut stream) else { continue };
            let _ = write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
            if send.send(got).is_err() {
                return;
            }
        }
    });
    (at, receive)
}

fn posted(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    while reader.read_line(&mut line).ok()? > 2 {
        head.push_str(&line);
        line.clear();
    }
    let long = head.lines().find_map(|it| it.strip_prefix("content-length: "))?;
    let mut body = vec![0; long.trim().parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).ok()?))
}

/// A mail server that takes everything: its address, and the mails.
fn mail_server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("smtp://{}", listener.local_addr().unwrap());
    let (send, receive) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = stream.write_all(b"220 here\r\n");
            let (mut line, mut mail) = (String::new(), None::<String>);
            while reader.read_line(&mut line).unwrap_or(0) > 0 {
                let answer = match (&mut mail, line.trim_end()) {
                    (Some(text), ".") => {
                        let _ = send.send(std::mem::take(text));
                        mail = None;
                        "250 taken"
                    }
                    (Some(text), _) => {
                        text.push_str(&line);
                        ""
                    }
                    (None, "DATA") => {
                        mail = Some(String::new());
                        "354 go on"
                    }
                    (None, "QUIT") => "221 bye",
                    (None, _) => "250 fine",
                };
                if !answer.is_empty() {
                    let _ = write!(stream, "{answer}\r\n");
                }
                line.clear();
            }
        }
    });
    (at, receive)
}

/// The HMAC of RFC 2104 by SHA-256, from nothing but the hash.
fn hmac(key: &str, text: &str) -> String {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key.as_bytes());
    let padded = |with: u8| block.map(|byte| byte ^ with).to_vec();
    let bytes = |hash: Hash| {
        let text = hash.to_string();
        let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..64).step_by(2).map(pair).collect::<Vec<u8>>()
    };
    let inner = bytes(Hash::of(&[padded(0x36), text.as_bytes().to_vec()].concat()));
    Hash::of(&[padded(0x5c), inner].concat()).to_string()
}

#[test]
fn what_is_new_goes_out_by_the_doors_that_were_opened_once_and_signed() {
    let (desk, token) = before_the_market();
    let eve = token("eve");
    let server = Server::of(&desk, FIRST_DAY);
    let (hook, posts) = webhook(&[500, 200]);
    let (mail, mails) = mail_server();
    let new = |door: &str, address: &str| {
        json!({ "name": "ramming", "query": "kind=vehicle-ramming", "tells": ["incidents"],
                "door": door, "address": address })
    };
    // Nothing leaves by a door that nobody opened, and none leads elsewhere.
    server.refuses((403, "door-shut"), "subscriptions", &eve, new("webhook", &hook));
    server.refuses((403, "door-shut"), "subscriptions", &eve, new("email", "desk@yard.example"));
    server.refuses((400, "bad-body"), "subscriptions", &eve, new("pigeon", ""));
    server.refuses((401, "not-signed-in"), "subscriptions", "", new("feed", ""));
    let set = |words: &[String]| {
        let mut args = vec!["subscription", "doors", "a.sheaf"];
        words.iter().for_each(|word| args.extend(["--set", word]));
        desk.ok(&args)
    };
    set(&[
        "address=https://desk.example".to_owned(),
        format!("webhooks-to={hook}"),
        format!("mail-through={mail}"),
        "mail-from=sheaf@north.example".to_owned(),
        "mail-to=yard.example".to_owned(),
    ]);
    desk.fails("no-such-setting", &["subscription", "doors", "a.sheaf", "--set", "mailto=x"]);
    server.refuses((403, "door-shut"), "subscriptions", &eve, new("email", "x@other.example"));
    let no_kind =
        json!({ "name": "x", "query": "kind=bom", "tells": ["incidents"], "door": "feed" });
    server.refuses((404, "no-such-kind"), "subscriptions", &eve, no_kind);
    let made = server.post("subscriptions", &eve, new("webhook", &hook));
    let secret = made["secret"].as_str().unwrap().to_owned();
    server.post("subscriptions", &eve, new("email", "desk@yard.example"));
    let feed = server.post("subscriptions", &eve, new("feed", ""));
    let mut other = new("feed", "");
    other["query"] = json!("kind=shooting");
    server.post("subscriptions", &eve, other);
    drop(server);

    // What was there is not told.
    assert_eq!(deliver(&desk, FIRST_DAY)["found"], 0);
    wire(&desk, |_| true);
    let first = deliver(&desk, FIRST_DAY);
    assert_eq!(
        (&first["found"], &first["sent"], &first["later"]),
        (&json!(3), &json!(2), &json!(1))
    );
    let (head, body) = posts.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(head.starts_with("POST /desk HTTP/1.1"), "{head}");
    let told: Value = serde_json::from_str(&body).unwrap();
    let item = &told["items"][0];
    assert_eq!((&item["kind"], &item["tlp"]), (&json!("incident"), &json!("GREEN")));
    assert!(item["title"].as_str().unwrap().contains("Urumqi"), "{body}");
    assert_eq!(item["url"], format!("https://desk.example/incidents/{MARKET}"));
    assert!(
        head.contains(&format!("x-sheaf-signature: sha256={}", hmac(&secret, &body))),
        "{head}"
    );
    // E-mail says how much there is, and nothing of what it is.
    let mail = mails.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(mail.contains("Subject: sheaf: 1 new incident\r\n"), "{mail}");
    assert!(mail.contains("https://desk.example/my"), "{mail}");
    assert!(!mail.contains("Urumqi") && !mail.contains("NW-140522-1"), "{mail}");

    // The webhook failed: it is tried again when it is time, and once it went through not again.
    assert_eq!(deliver(&desk, FIRST_DAY)["later"], 0);
    let second = deliver(&desk, LATER_DAY);
    assert_eq!((&second["found"], &second["sent"]), (&json!(0), &json!(1)));
    let (_, again) = posts.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(again, body);
    assert_eq!(deliver(&desk, LATER_DAY)["sent"], 0);
    let listed = desk.json(&["subscription", "list", "a.sheaf", "--json"]);
    assert_eq!((&listed[0]["sent"], &listed[3]["sent"]), (&json!(1), &json!(0)));

    // The feed is its own account's alone.
    let server = Server::of(&desk, LATER_DAY);
    let at = feed["feed"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
    let (status, xml) = server.text("GET", at, &eve, &Value::Null);
    assert!(
        status == 200 && xml.contains("Urumqi") && xml.matches("<entry>").count() == 1,
        "{xml}"
    );
    for other in ["ida", "ana"] {
        assert_eq!(server.text("GET", at, &token(other), &Value::Null).0, 404);
    }
    assert_eq!(server.get("subscriptions", &token("ida"))["subscriptions"], json!([]));
    let mine = server.get("subscriptions", &eve);
    assert!(!mine.to_string().contains(&secret));
    // Ended, it is told nothing more.
    let (status, _) = server.ask("DELETE", "subscriptions/1", &eve, &Value::Null);
    assert_eq!(status, 200);
    assert_eq!(server.ask("DELETE", "subscriptions/1", &eve, &Value::Null).0, 404);
    drop(server);
    let log = desk.ok(&["audit", "a.sheaf", "list", "--member", "yard"]);
    for deed in ["subscribe-webhook", "read by-webhook", "read by-email", "unsubscribe"] {
        assert!(log.contains(deed), "{deed}: {log}");
    }
    desk.ok(&["audit", "a.sheaf", "verify"]);
}

#[test]
fn what_is_narrowed_before_it_goes_out_does_not_go_out() {
    let (desk, token) = before_the_market();
    let eve = token("eve");
    let (hook, posts) = webhook(&[503, 200]);
    desk.ok(&["subscription", "doors", "a.sheaf", "--set", &format!("webhooks-to={hook}")]);
    let server = Server::of(&desk, FIRST_DAY);
    let new = json!({ "name": "all", "tells": ["incidents", "changes"], "door": "webhook", "address": hook });
    server.post("subscriptions", &eve, new);
    let feed = json!({ "name": "all", "tells": ["incidents"], "door": "feed" });
    let feed = server.post("subscriptions", &eve, feed);
    drop(server);
    deliver(&desk, FIRST_DAY);
    wire(&desk, |_| true);
    assert_eq!(deliver(&desk, FIRST_DAY)["later"], 1);
    posts.recv_timeout(Duration::from_secs(20)).unwrap();
    desk.ok(&[&SHARE[..], &["reporting", "--tlp", "amber+strict"]].concat());
    let second = deliver(&desk, LATER_DAY);
    assert_eq!((&second["sent"], &second["nothing"]), (&json!(0), &json!(1)));
    assert!(posts.try_recv().is_err());
    let server = Server::of(&desk, LATER_DAY);
    let at = feed["feed"].as_str().unwrap().strip_prefix("/api/v1/").unwrap();
    let (_, xml) = server.text("GET", at, &eve, &Value::Null);
    assert!(!xml.contains("<entry>"), "{xml}");
    drop(server);
    // Shared again it is not news: it was told of once.
    desk.ok(&[&SHARE[..], &["reporting", "--tlp", "green"]].concat());
    assert_eq!(deliver(&desk, LATER_DAY)["found"], 0);
    // Something else in it is: its owner corrects the toll.
    let text = std::fs::read_to_string(desk.path("northline-wire.csv")).unwrap();
    let line = text.lines().find(|it| it.contains("NW-140522-2,")).unwrap();
    let corrected = text.replace(line, &line.replace(",39,", ",43,"));
    assert_ne!(corrected, text);
    desk.write("northline-wire.csv", corrected);
    desk.pool("a.sheaf", &["northline-wire.csv"]);
    assert_eq!(deliver(&desk, LATER_DAY)["sent"], 1);
    let (_, body) = posts.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(body.contains("\"kind\":\"change\""), "{body}");
}

#[test]
fn the_server_tells_by_itself_and_requests_are_told_to_the_two_alone() {
    let (desk, token) = before_the_market();
    let (hook, posts) = webhook(&[200]);
    desk.ok(&["subscription", "doors", "a.sheaf", "--set", &format!("webhooks-to={hook}")]);
    let server = Server::of(&desk, FIRST_DAY);
    let new = json!({ "name": "asked", "tells": ["requests"], "door": "webhook", "address": hook });
    server.post("subscriptions", &token("eve"), new);
    // What is there when it is looked at first is known; looked at here, so that nothing hangs on when the server does.
    desk.run(&["subscription", "deliver", "a.sheaf", "--json"]);
    let item = server.get("incidents?limit=1", &token("ana"))["rows"][0]["id"].clone();
    let path = format!("incidents/{}/requests", item.as_str().unwrap());
    let ask = json!({ "to": "yard", "what": "Did anybody see the van?", "due": "" });
    server.post(&path, &token("ana"), ask);
    let (_, body) = posts.recv_timeout(Duration::from_secs(60)).unwrap();
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["items"][0]["kind"], "request");
    assert_eq!(told["items"][0]["title"], "northline asks");
    // The words stay on the desk.
    assert!(!body.contains("van"), "{body}");
}
