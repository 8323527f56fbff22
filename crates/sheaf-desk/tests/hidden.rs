//! Whoever pushes an object hears nothing of what lies under its id unseen: every answer is, to the byte, that of a
//! pool in which it never was.

mod support;

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};
use sheaf_desk::{Answer, ByMarking, Desk, Request, Settings, token_digest};
use sheaf_model::{Purpose, Tlp};
use sheaf_share::stix::tlp_id;
use sheaf_store::Pool;
use sheaf_store::exchange::{Exchange, NewAccount, NewCollection, Root, read_stamp};
use support::{BOTH, COLLECTION, FAR_FUTURE, OBJECTS, TAXII, id, incident};

const NOW: &str = "2024-06-01T00:00:00Z";

/// A pool of three members, with an account each that is called as the member is; `van` of the third passes on.
fn pool() -> (tempfile::TempDir, Desk) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    drop(Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
    // So that what is given out to read on by is the same in every pool.
    log.secret("cursor", [7; 32]).unwrap();
    let root = Root {
        root: 0,
        path: "pool".to_owned(),
        title: "Attacks".to_owned(),
        description: String::new(),
        max_content_length: 200_000,
        url: String::new(),
    };
    log.add_collection(&NewCollection {
        root: log.add_root(&root).unwrap(),
        id: COLLECTION,
        title: "Reports",
        description: "",
        can_read: true,
        can_write: true,
        imported: false,
    })
    .unwrap();
    for (member, account, role) in [
        ("acme", "acme", "contributor"),
        ("wire", "wire", "contributor"),
        ("rail", "rail", "contributor"),
        ("rail", "van", "relay"),
    ] {
        let number = match log.member(member).unwrap() {
            Some(number) => number,
            None => log.add_member(member, member, "media").unwrap(),
        };
        log.set_purposes(number, &[Purpose::Policing].into()).unwrap();
        let (name, roles) = (account, &[role][..]);
        let new = NewAccount { name, member: number, password: "", roles, imported: false };
        let account = log.add_account(&new).unwrap();
        log.allow(account, None, BOTH).unwrap();
        log.add_token(account, "", &token_digest(name), BOTH, FAR_FUTURE).unwrap();
    }
    let settings = Settings { page_size: 100, requests_per_second: 1e6 };
    (place, Desk::new(log, Box::new(ByMarking::default()), settings).unwrap())
}

fn ask(desk: &Desk, method: &str, path: &str, who: &str, body: &[u8]) -> Answer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let authorization = format!("Bearer {who}");
    let request = Request {
        method,
        path,
        query,
        authorization: Some(&authorization),
        accept: Some(TAXII),
        content_type: Some(TAXII),
        idempotency_key: None,
        accept_encoding: None,
        if_none_match: None,
        cookie: None,
        origin: None,
        csrf: None,
        host: None,
        is_tls: false,
        from: IpAddr::V4(Ipv4Addr::LOCALHOST),
        body,
    };
    desk.answer(&request, read_stamp(NOW).unwrap())
}

/// A version of the object of this number, marked so.
fn version(number: u64, of: u32, tlp: Tlp, name: &str) -> Value {
    let mut object = incident(number);
    object["modified"] = json!(format!("2024-01-0{of}T00:00:00.000Z"));
    object["created"] = json!("2024-01-01T00:00:00.000Z");
    object["object_marking_refs"] = json!([tlp_id(tlp)]);
    object["name"] = json!(name);
    object
}

/// What a status says, less its own id.
fn push(desk: &Desk, who: &str, object: &Value) -> Value {
    let body = json!({ "objects": [object] }).to_string();
    let answer = ask(desk, "POST", OBJECTS, who, body.as_bytes());
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    let mut status: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(status["id"].take().is_string());
    status
}

/// Everything that can be read of an object, and of all of them.
fn everything(desk: &Desk, who: &str, number: u64) -> Vec<(u16, String)> {
    let id = id(number);
    [
        format!("{OBJECTS}{id}/"),
        format!("{OBJECTS}{id}/?match[version]=all"),
        format!("{OBJECTS}{id}/versions/"),
        OBJECTS.to_owned(),
        format!("{OBJECTS}?match[id]={id}&match[version]=all"),
        format!("{}manifest/", OBJECTS.strip_suffix("objects/").unwrap()),
        format!("{}deleted/", OBJECTS.strip_suffix("objects/").unwrap()),
    ]
    .iter()
    .map(|path| {
        let answer = ask(desk, "GET", path, who, b"");
        (answer.status, String::from_utf8(answer.body).unwrap())
    })
    .collect()
}

/// Stamps differ by what came in between, which the clock of a server makes them do anyway.
fn without_stamps(answers: Vec<(u16, String)>) -> Vec<(u16, String)> {
    let plain = |text: String| {
        let mut parts = text.split("\"date_");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("\":\"").unwrap();
            plain.push_str(name);
            plain.push_str(rest.split_once('"').unwrap().1);
        }
        plain
    };
    answers.into_iter().map(|(status, text)| (status, plain(text))).collect()
}

/// What becomes of an object of acme's that nobody else sees, before another pushes under its id.
const BEFORE: [&str; 4] = ["lies there", "was revised", "was withdrawn", "was never there"];

fn prepared(before: &str) -> (tempfile::TempDir, Desk) {
    let (place, desk) = pool();
    if before == "was never there" {
        return (place, desk);
    }
    push(&desk, "acme", &version(1, 2, Tlp::Red, "What only acme knows"));
    if before == "was revised" {
        push(&desk, "acme", &version(1, 4, Tlp::Red, "What only acme knows by now"));
    }
    if before == "was withdrawn" {
        assert_eq!(ask(&desk, "DELETE", &format!("{OBJECTS}{}/", id(1)), "acme", b"").status, 200);
    }
    (place, desk)
}

/// What another does under that id: the same version and content, other content, an older and a later version,
/// and a withdrawal at the end. All that it hears on the way.
fn heard(desk: &Desk, who: &str) -> Vec<Value> {
    let mut heard = Vec::new();
    for object in [
        version(1, 2, Tlp::Red, "What only acme knows"),
        version(1, 2, Tlp::Red, "Something else"),
        version(1, 1, Tlp::Red, "Older"),
        version(1, 3, Tlp::Green, "Later"),
        version(1, 3, Tlp::Green, "Later"),
        version(1, 5, Tlp::Amber, "Last"),
    ] {
        heard.push(push(desk, who, &object));
        heard.push(json!(without_stamps(everything(desk, who, 1))));
    }
    let gone = ask(desk, "DELETE", &format!("{OBJECTS}{}/", id(1)), who, b"");
    heard.push(json!(gone.status));
    let again = push(desk, who, &version(1, 3, Tlp::Green, "Later"));
    heard.push(again);
    heard
}

#[test]
fn an_id_that_lies_here_unseen_is_answered_as_one_that_is_free() {
    let (_place, desk) = prepared("was never there");
    let expected = heard(&desk, "wire");
    assert_eq!(expected[0]["success_count"], json!(1), "{}", expected[0]);
    assert_eq!(expected[2]["failure_count"], json!(1), "there is something to tell apart");
    for before in BEFORE {
        let (_place, desk) = prepared(before);
        let found = heard(&desk, "wire");
        for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "acme's {before}; step {step}");
        }
    }
}

#[test]
fn what_lies_there_stays_as_it_was_and_is_its_owners() {
    let (_place, desk) = prepared("lies there");
    let before = everything(&desk, "acme", 1);
    heard(&desk, "wire");
    assert_eq!(everything(&desk, "acme", 1), before, "it sees its own, and not what stands behind");
    // The owner revises it as ever.
    let status = push(&desk, "acme", &version(1, 6, Tlp::Red, "Revised"));
    assert_eq!(status["success_count"], json!(1), "{status}");
}

#[test]
fn who_sees_both_gets_the_one_that_was_here_first() {
    let (_place, desk) = prepared("lies there");
    push(&desk, "wire", &version(1, 3, Tlp::Green, "What the wire says"));
    let text = |who: &str| everything(&desk, who, 1)[3].1.clone();
    assert!(text("rail").contains("What the wire says"), "{}", text("rail"));
    push(&desk, "acme", &version(1, 4, Tlp::Green, "Now for all"));
    for who in ["acme", "wire", "rail"] {
        assert!(text(who).contains("Now for all"), "{who}: {}", text(who));
        assert!(!text(who).contains("What the wire says"), "{who}: {}", text(who));
    }
    // Now it is seen, and the answer says whose it is.
    let status = push(&desk, "wire", &version(1, 5, Tlp::Green, "Once more"));
    let why = status["failures"][0]["message"].as_str().unwrap();
    assert!(why.starts_with("another member brought this object"), "{why}");
}

#[test]
fn a_relay_hears_nothing_of_what_its_member_may_not_see_and_changes_nothing_by_repeating() {
    for before in BEFORE {
        let (_place, desk) = prepared(before);
        let was = everything(&desk, "acme", 1);
        for object in [
            version(1, 2, Tlp::Red, "What only acme knows"),
            version(1, 2, Tlp::Red, "Something else"),
        ] {
            let status = push(&desk, "van", &object);
            if before == "was never there" {
                // Then it is the relay's own, with whose version another content clashes.
                continue;
            }
            assert_eq!(status["success_count"], json!(1), "acme's {before}: {status}");
            assert_eq!(everything(&desk, "acme", 1), was, "acme's {before}");
            assert_eq!(everything(&desk, "van", 1)[0].0, 404, "acme's {before}");
        }
    }
}
