//! What the clock alone brings about: an embargo that ends is heard of by those who had read on past it, and what is
//! over is told of and taken out, without anybody doing anything; the clock is the test's.

mod support;

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};
use sheaf_desk::{ByMarking, Desk, Request, Settings, token_digest};
use sheaf_model::{MemberId, Pap, Purpose, Tlp};
use sheaf_share::stix::{EXTENSION, StixId, pap_id, tlp_id};
use sheaf_store::Pool;
use sheaf_store::exchange::{
    Classes, Exchange, NewAccount, NewCollection, Reading, Root, Span, Versions, Wish, read_stamp,
};
use support::{BOTH, COLLECTION, FAR_FUTURE, OBJECTS, TAXII};

const BEFORE: &str = "2024-06-01T00:00:00Z";
const EMBARGO: &str = "2024-07-01T00:00:00Z";
const OVER: &str = "2024-08-01T00:00:00Z";

fn pool() -> (tempfile::TempDir, Desk) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    drop(Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
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
    for (name, purpose) in
        [("acme", Purpose::Policing), ("wire", Purpose::Policing), ("lab", Purpose::Research)]
    {
        let member = log.add_member(name, name, "media").unwrap();
        log.set_purposes(member, &[purpose].into()).unwrap();
        let new =
            NewAccount { name, member, password: "", roles: &["contributor"], imported: false };
        let account = log.add_account(&new).unwrap();
        log.allow(account, None, BOTH).unwrap();
        log.add_token(account, "", &token_digest(name), BOTH, FAR_FUTURE).unwrap();
    }
    let settings = Settings { page_size: 100, requests_per_second: 1e6 };
    (place, Desk::new(log, Box::new(ByMarking::default()), settings).unwrap())
}

/// A report of acme's for policing, with these terms beside.
fn report(key: &str, of: u32, terms: &[(&str, &str)]) -> Value {
    let by = MemberId::new("acme").unwrap();
    let report = sheaf_model::ReportId::parse(&format!("acme-list:{key}")).unwrap();
    let mut all = json!({
        "originator": by.as_str(), "licence": "share-alike", "purposes": ["policing"],
    });
    for (name, value) in terms {
        all[*name] = json!(value);
    }
    json!({
        "type": "incident", "spec_version": "2.1", "id": StixId::of_report(&by, &report).as_str(),
        "created": "2024-01-01T00:00:00.000Z", "modified": format!("2024-01-0{of}T00:00:00.000Z"),
        "created_by_ref": StixId::of_member(&by).as_str(),
        "name": format!("Incident, place unknown, undated (acme-list:{key})"),
        "object_marking_refs": [tlp_id(Tlp::Green), pap_id(Pap::Amber).as_str()],
        "extensions": { EXTENSION: {
            "extension_type": "property-extension",
            "source": {
                "name": "acme-list", "title": "List", "organisation": "Acme",
                "licence": "share-alike", "credit": "Acme", "kind": "curated",
            },
            "key": key, "unit": "incident", "file": "list.csv", "row": 2,
            "columns": [], "claims": [], "terms": all,
        } },
    })
}

fn ask(desk: &Desk, method: &str, path: &str, who: &str, body: &[u8], now: &str) -> (u16, Value) {
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
    let answer = desk.answer(&request, read_stamp(now).unwrap());
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn push(desk: &Desk, objects: &[Value], now: &str) {
    let body = json!({ "objects": objects }).to_string();
    let (status, answer) = ask(desk, "POST", OBJECTS, "acme", body.as_bytes(), now);
    assert_eq!((status, &answer["failure_count"]), (202, &json!(0)), "{answer}");
}

/// The ids of what was added later than that, each with whether it is a notice.
fn added(desk: &Desk, who: &str, after: &str, now: &str) -> Vec<(String, bool)> {
    let path = format!("{OBJECTS}?added_after={after}");
    let (status, page) = ask(desk, "GET", &path, who, b"", now);
    assert_eq!(status, 200, "{page}");
    let objects = page["objects"].as_array().cloned().unwrap_or_default();
    let one = |it: &Value| (it["id"].as_str().unwrap().to_owned(), it["revoked"] == json!(true));
    objects.iter().map(one).collect()
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_embargo_that_ends_is_heard_of_by_those_who_had_read_on() {
    let (_place, desk) = pool();
    let held = report("1", 1, &[("embargo", EMBARGO)]);
    let open = report("2", 1, &[]);
    push(&desk, &[held.clone(), open.clone()], BEFORE);
    // The wire reads on until after both.
    assert_eq!(added(&desk, "wire", "2024-01-01T00:00:00Z", BEFORE), [(id_of(&open), false)]);
    let read_until = "2024-06-15T00:00:00Z";
    assert_eq!(added(&desk, "wire", read_until, "2024-06-30T23:59:59.999Z"), []);
    for _ in 0..2 {
        assert_eq!(added(&desk, "wire", read_until, EMBARGO), [(id_of(&held), false)]);
    }
    // Once, in every list, and not for those whom it is not for.
    let all = added(&desk, "wire", "2024-01-01T00:00:00Z", EMBARGO);
    assert_eq!(all, [(id_of(&open), false), (id_of(&held), false)]);
    assert_eq!(added(&desk, "lab", "2024-01-01T00:00:00Z", EMBARGO), []);
    let versions = format!("{OBJECTS}{}/versions/", id_of(&held));
    let (_, versions) = ask(&desk, "GET", &versions, "wire", b"", EMBARGO);
    assert_eq!(versions["versions"], json!(["2024-01-01T00:00:00.000Z"]));
    // The same again is known, a revision is taken, and it can be withdrawn: nothing of it is left.
    push(&desk, std::slice::from_ref(&held), EMBARGO);
    assert_eq!(added(&desk, "wire", read_until, EMBARGO).len(), 1);
    push(&desk, &[report("1", 2, &[("embargo", EMBARGO)])], EMBARGO);
    let path = format!("{OBJECTS}{}/", id_of(&held));
    assert_eq!(ask(&desk, "DELETE", &path, "acme", b"", EMBARGO).0, 200);
    assert_eq!(added(&desk, "wire", read_until, EMBARGO), [(id_of(&held), true)]);
}

#[test]
fn what_is_over_is_told_of_and_taken_out() {
    let (place, desk) = pool();
    let timed = report("1", 1, &[("expires", OVER)]);
    push(&desk, std::slice::from_ref(&timed), BEFORE);
    push(&desk, &[report("1", 2, &[("expires", OVER)]), report("2", 1, &[])], BEFORE);
    let read_until = "2024-07-15T00:00:00Z";
    assert_eq!(added(&desk, "wire", read_until, "2024-07-31T23:59:59.999Z"), []);
    assert_eq!(added(&desk, "wire", read_until, OVER), [(id_of(&timed), true)]);
    assert_eq!(added(&desk, "lab", read_until, OVER), [], "who could not see it is not told");
    let path = format!("{OBJECTS}{}/", id_of(&timed));
    assert_eq!(ask(&desk, "GET", &path, "wire", b"", OVER).0, 404);
    assert_eq!(ask(&desk, "GET", &path, "acme", b"", OVER).0, 404);
    let deleted = OBJECTS.replace("objects/", "deleted/");
    let (_, gone) = ask(&desk, "GET", &deleted, "wire", b"", OVER);
    assert_eq!(gone["objects"].as_array().unwrap().len(), 2, "both versions: {gone}");
    assert_eq!(ask(&desk, "GET", &deleted, "lab", b"", OVER).1, json!({}));
    // Whoever sees everything finds no text either, and a copy does not bring it back.
    let log = Exchange::open(&place.path().join("p.sheaf")).unwrap();
    let wish = Wish { versions: vec![Versions::All], ..Wish::default() };
    let span = Span { after: None, limit: 100, bytes: usize::MAX, bodies: true };
    let collection = log.collections(log.roots().unwrap()[0].root).unwrap()[0].collection;
    let mut texts = Vec::new();
    log.page(collection, Reading::Collection, &wish, &Classes::All, &span, |entry| {
        texts.push(String::from_utf8(entry.body.to_vec()).unwrap());
    })
    .unwrap();
    assert_eq!(texts.len(), 2, "the notice and the other report: {texts:?}");
    assert!(!texts.iter().any(|it| it.contains("acme-list:1")), "{texts:?}");
    let body = json!({ "objects": [timed] }).to_string();
    let (_, status) = ask(&desk, "POST", OBJECTS, "acme", body.as_bytes(), OVER);
    assert_eq!(status["failure_count"], json!(1), "{status}");
}

#[test]
fn a_tick_does_it_where_nobody_asks() {
    let (place, desk) = pool();
    push(&desk, &[report("1", 1, &[("expires", OVER)])], BEFORE);
    desk.tick(read_stamp("2024-07-01T00:00:00Z").unwrap()).unwrap();
    let log = Exchange::open(&place.path().join("p.sheaf")).unwrap();
    let (newest, gone) = log.extent().unwrap();
    assert_eq!(gone, 0);
    for _ in 0..2 {
        desk.tick(read_stamp(OVER).unwrap()).unwrap();
        assert_eq!(log.extent().unwrap(), (newest + 1, 1), "one notice, one version gone");
    }
    // Who did it stands in the audit log.
    let mut lines = String::new();
    log.for_each_audit_line(0, |_, line| lines.push_str(line)).unwrap();
    assert!(lines.contains("clock"), "{lines}");
}
