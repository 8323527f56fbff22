//! What comes in is marked by what it bears, and seen by whom the rules let see it, at the time of the request.

mod support;

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};
use sheaf_desk::{Answer, ByMarking, Desk, Request, Settings, token_digest};
use sheaf_model::{GroupName, MemberId, Pap, Purpose, Tlp};
use sheaf_share::stix::{EXTENSION, StixId, pap_id, tlp_id};
use sheaf_store::Pool;
use sheaf_store::exchange::{Exchange, Micros, NewAccount, NewCollection, Root, read_stamp};
use support::{BOTH, COLLECTION, FAR_FUTURE, OBJECTS, TAXII, id, incident};

/// A pool of three members who read for policing: `acme` and `wire` work beside each other, `rail` elsewhere;
/// `acme` and `rail` are in a group. `mute` is of acme and may contribute nothing, `relay` passes on.
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
    let add = |member: i64, name: &str, role: &str| {
        let (password, roles, imported) = ("", &[role][..], false);
        let new = NewAccount { name, member, password, roles, imported };
        let account = log.add_account(&new).unwrap();
        log.allow(account, None, BOTH).unwrap();
        log.add_token(account, "", &token_digest(name), BOTH, FAR_FUTURE).unwrap();
    };
    for (name, region, sector) in
        [("acme", "north", "media"), ("wire", "north", "media"), ("rail", "east", "rail")]
    {
        let member = log.add_member(name, region, sector).unwrap();
        log.set_purposes(member, &[Purpose::Policing].into()).unwrap();
        add(member, name, "contributor");
        if name == "acme" {
            add(member, "mute", "admin");
        }
        if name == "wire" {
            add(member, "relay", "relay");
        }
    }
    for (group, confidential) in [("corridor", false), ("quiet-table", true)] {
        let group = GroupName::new(group).unwrap();
        log.add_group(&group, confidential).unwrap();
        for member in ["acme", "rail"] {
            log.set_in_group(&group, &MemberId::new(member).unwrap(), true).unwrap();
        }
    }
    let settings = Settings { page_size: 100, requests_per_second: 1e6 };
    (place, Desk::new(log, Box::new(ByMarking::default()), settings).unwrap())
}

fn at(text: &str) -> Micros {
    read_stamp(text).unwrap()
}

fn ask(desk: &Desk, method: &str, path: &str, who: &str, body: &[u8], now: &str) -> Answer {
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
    desk.answer(&request, at(now))
}

const NOW: &str = "2024-06-01T00:00:00Z";

/// Pushes objects; why each was refused.
fn push(desk: &Desk, who: &str, objects: &[Value]) -> Vec<String> {
    let body = json!({ "objects": objects }).to_string();
    let answer = ask(desk, "POST", OBJECTS, who, body.as_bytes(), NOW);
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    let status: Value = serde_json::from_slice(&answer.body).unwrap();
    let failures = status["failures"].as_array().cloned().unwrap_or_default();
    failures.iter().map(|it| it["message"].as_str().unwrap().to_owned()).collect()
}

/// Who sees an object at a time, by its id and among all.
fn seen_by(desk: &Desk, number: u64, now: &str) -> Vec<&'static str> {
    let sees = |who: &&str| {
        let by_id = ask(desk, "GET", &format!("{OBJECTS}{}/", id(number)), who, b"", now);
        let all = ask(desk, "GET", OBJECTS, who, b"", now);
        let is_listed = String::from_utf8(all.body).unwrap().contains(&id(number));
        assert_eq!(by_id.status == 200, is_listed, "{who} {number}");
        is_listed
    };
    ["acme", "wire", "rail", "mute"].into_iter().filter(sees).collect()
}

fn marked(number: u64, refs: &[&str]) -> Value {
    let mut object = incident(number);
    object["object_marking_refs"] = json!(refs);
    object
}

#[test]
fn a_foreign_object_is_marked_by_the_levels_it_bears() {
    let (_place, desk) = pool();
    let red = pap_id(Pap::Red);
    let custom = "marking-definition--2ed6657d-e927-468b-95e1-2665a8aea6a2";
    let [clear, green, amber] = [Tlp::Clear, Tlp::Green, Tlp::Amber].map(tlp_id);
    let mut parts = marked(7, &[green]);
    parts["granular_markings"] =
        json!([{ "marking_ref": tlp_id(Tlp::Red), "selectors": ["name"] }]);
    let objects = [
        marked(1, &[clear]),
        marked(2, &[green, red.as_str()]),
        marked(3, &[amber]),
        incident(4),
        marked(5, &[green, custom]),
        // White of TLP 1.0, which is built into STIX.
        marked(6, &["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"]),
        parts,
    ];
    assert_eq!(push(&desk, "acme", &objects), [""; 0]);
    // Rule 15: one account makes nothing public; what another pool passes on was made so there.
    assert_eq!(seen_by(&desk, 1, NOW), ["acme", "wire", "rail"]);
    assert_eq!(push(&desk, "relay", &[marked(8, &[tlp_id(Tlp::Clear)])]), [""; 0]);
    assert_eq!(seen_by(&desk, 8, NOW), ["acme", "wire", "rail", "mute"]);
    assert_eq!(seen_by(&desk, 2, NOW), ["acme", "wire", "rail"]);
    assert_eq!(seen_by(&desk, 3, NOW), ["acme", "wire"]);
    assert_eq!(seen_by(&desk, 4, NOW), ["acme"], "unmarked is AMBER+STRICT");
    assert_eq!(seen_by(&desk, 5, NOW), ["acme"], "a marking nobody knows is the most restrictive");
    assert_eq!(seen_by(&desk, 6, NOW), ["acme", "wire", "rail"]);
    assert_eq!(seen_by(&desk, 7, NOW), ["acme"], "the most restricted part counts");
}

#[test]
fn rule_01_objects_about_people_are_refused_one_by_one() {
    let (_place, desk) = pool();
    let actor = json!({
        "type": "threat-actor", "spec_version": "2.1", "name": "x",
        "id": "threat-actor--2ed6657d-e927-468b-95e1-2665a8aea6a2",
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
    });
    let refused = push(&desk, "acme", &[incident(1), actor, incident(2)]);
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].contains("a kind of object about people, which is never kept"),
        "{refused:?}"
    );
    assert_eq!(seen_by(&desk, 2, NOW), ["acme"]);
}

#[test]
fn an_account_without_the_role_contributes_nothing() {
    let (_place, desk) = pool();
    let refused = push(&desk, "mute", &[incident(1)]);
    assert!(refused[0].starts_with("this account may not contribute"), "{refused:?}");
    assert_eq!(seen_by(&desk, 1, NOW), [""; 0]);
}

/// A report as a sheaf writes it, of `acme`, with these terms.
fn ours(key: &str, tlp: Tlp, by: &str, terms: Value) -> Value {
    let by = MemberId::new(by).unwrap();
    let report = sheaf_model::ReportId::parse(&format!("acme-list:{key}")).unwrap();
    let mut all = json!({ "originator": by.as_str(), "licence": "share-alike", "purposes": [] });
    for (name, value) in terms.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({
        "type": "incident", "spec_version": "2.1", "id": StixId::of_report(&by, &report).as_str(),
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "created_by_ref": StixId::of_member(&by).as_str(), "name": "Incident",
        "object_marking_refs": [tlp_id(tlp), pap_id(Pap::Amber).as_str()],
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

fn reads(desk: &Desk, object: &Value, now: &str) -> Vec<&'static str> {
    let path = format!("{OBJECTS}{}/", object["id"].as_str().unwrap());
    let sees = |who: &&str| ask(desk, "GET", &path, who, b"", now).status == 200;
    ["acme", "wire", "rail"].into_iter().filter(sees).collect()
}

#[test]
fn a_report_of_a_sheaf_is_seen_by_its_terms_at_the_time_of_the_request() {
    let (_place, desk) = pool();
    let strict = ours(
        "1",
        Tlp::AmberStrict,
        "acme",
        json!({ "purposes": ["policing"], "groups": ["corridor"] }),
    );
    let timed = ours(
        "2",
        Tlp::Green,
        "acme",
        json!({
            "purposes": ["policing"], "embargo": "2024-07-01T00:00:00.000Z",
            "expires": "2024-08-01T00:00:00.000Z",
        }),
    );
    let elsewhere = ours("3", Tlp::Green, "acme", json!({ "purposes": ["research"] }));
    let bought = ours(
        "4",
        Tlp::Green,
        "acme",
        json!({ "purposes": ["policing"], "licence": "own-use-only" }),
    );
    let all = [strict.clone(), timed.clone(), elsewhere.clone(), bought.clone()];
    assert_eq!(push(&desk, "acme", &all), [""; 0]);
    assert_eq!(reads(&desk, &strict, NOW), ["acme", "rail"]);
    assert_eq!(reads(&desk, &elsewhere, NOW), ["acme"]);
    assert_eq!(reads(&desk, &bought, NOW), ["acme"]);
    for (now, expected) in [
        ("2024-06-30T23:59:59.999Z", &["acme"][..]),
        ("2024-07-01T00:00:00Z", &["acme", "wire", "rail"]),
        ("2024-07-31T23:59:59.999Z", &["acme", "wire", "rail"]),
        ("2024-08-01T00:00:00Z", &[]),
    ] {
        assert_eq!(reads(&desk, &timed, now), expected, "{now}");
    }
}

#[test]
fn terms_that_may_not_be_set_are_refused() {
    let (_place, desk) = pool();
    let check = |who: &str, object: Value, expected: &str| {
        let refused = push(&desk, who, &[object]);
        assert!(refused.first().is_some_and(|it| it.contains(expected)), "{refused:?}");
    };
    let policing = json!({ "purposes": ["policing"] });
    check("acme", ours("1", Tlp::Green, "acme", json!({})), "purposes: none is stated");
    check("wire", ours("1", Tlp::Green, "acme", policing.clone()), "under one's own organisation");
    let with = |group: &str| json!({ "purposes": ["policing"], "groups": [group] });
    // To a member outside it, a confidential group is none.
    let unknown = "groups: there is no group quiet-table";
    check("wire", ours("2", Tlp::Red, "wire", with("quiet-table")), unknown);
    // Readers by the level alone would find its name in what they get.
    let told = "others who may see this would learn of a confidential group";
    check("acme", ours("2", Tlp::Green, "acme", with("quiet-table")), told);
    let over = json!({ "purposes": ["policing"], "expires": "2024-05-01T00:00:00.000Z" });
    check(
        "acme",
        ours("3", Tlp::Green, "acme", over),
        "expires: 2024-05-01T00:00:00.000Z has passed",
    );

    // Where all who may see it are in the group, it may be named.
    let quiet = ours("4", Tlp::Red, "acme", with("quiet-table"));
    assert_eq!(push(&desk, "acme", std::slice::from_ref(&quiet)), [""; 0]);
    assert_eq!(reads(&desk, &quiet, NOW), ["acme", "rail"]);
    // Whoever passes on what another contributed does not become its owner.
    let passed = ours("5", Tlp::Amber, "acme", policing);
    assert_eq!(push(&desk, "relay", std::slice::from_ref(&passed)), [""; 0]);
    assert_eq!(reads(&desk, &passed, NOW), ["acme", "wire"]);
}

#[test]
fn who_leaves_a_group_sees_no_more_of_it() {
    let (place, desk) = pool();
    let shared =
        ours("1", Tlp::Red, "acme", json!({ "purposes": ["policing"], "groups": ["corridor"] }));
    assert_eq!(push(&desk, "acme", std::slice::from_ref(&shared)), [""; 0]);
    assert_eq!(reads(&desk, &shared, NOW), ["acme", "rail"]);
    // By another process, as the program does it while the server runs.
    let log = Exchange::open(&place.path().join("p.sheaf")).unwrap();
    let (group, rail) = (GroupName::new("corridor").unwrap(), MemberId::new("rail").unwrap());
    assert!(log.set_in_group(&group, &rail, false).unwrap());
    assert_eq!(reads(&desk, &shared, NOW), ["acme"]);
    let rail = log.member("rail").unwrap().unwrap();
    assert!(log.set_in_group(&group, &MemberId::new("rail").unwrap(), true).unwrap());
    log.set_purposes(rail, &[Purpose::Research].into()).unwrap();
    assert_eq!(reads(&desk, &shared, NOW), ["acme"]);
}

/// Made-up people and ways to reach them, each in a member of another kind.
const PLANTED: [(&str, &str); 8] = [
    ("description", "Officer Amina Wanjeru, 34, was hurt."),
    ("description", "Call +254 711 000 482 for the witness."),
    ("description", "Write to b.okonjo-lind@mail.example about it."),
    ("name", "Attack reported by Dr. Tomasz Brzezickowski"),
    ("x_note", "Verletzt wurde der Lokführer Anton Mühlgruber (51)."),
    ("labels", "Mr. Kwabena Asantewaaku"),
    ("external_references", "Interview with Sgt. Lena Thorvaldsen"),
    ("x_deep", "driver named Ousmane Diallobah"),
];

/// An object in which something is planted, marked for everybody.
fn planted(number: u64, (member, text): (&str, &str)) -> Value {
    let mut object = marked(number, &[tlp_id(Tlp::Clear)]);
    object[member] = match member {
        "labels" => json!([text]),
        "external_references" => json!([{ "source_name": "wire", "description": text }]),
        "x_deep" => json!({ "a": [{ "b": text }] }),
        _ => json!(text),
    };
    object
}

#[test]
fn rule_02_what_may_name_a_person_is_in_no_answer_to_anybody_else() {
    let (_place, desk) = pool();
    let objects: Vec<Value> =
        PLANTED.iter().zip(100..).map(|(it, number)| planted(number, *it)).collect();
    let clean = marked(99, &[tlp_id(Tlp::Clear)]);
    let sent = [&[clean][..], &objects].concat();
    let body = json!({ "objects": sent }).to_string();
    let answer = ask(&desk, "POST", OBJECTS, "acme", body.as_bytes(), NOW);
    let status: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(9), &json!(0)),
        "{status}"
    );
    // Whoever sent it is told where and what, and nothing is repeated.
    let text = String::from_utf8(answer.body).unwrap();
    let messages: Vec<&Value> = status["successes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["message"].as_str().is_some_and(|it| it.starts_with("held: ")))
        .map(|it| &it["id"])
        .collect();
    assert_eq!(messages.len(), PLANTED.len(), "{text}");
    let secret = [
        "Wanjeru",
        "711 000",
        "okonjo",
        "Brzezickowski",
        "hlgruber",
        "Asantewaaku",
        "Thorvaldsen",
        "Diallobah",
    ];
    assert!(secret.iter().all(|it| !text.contains(it)), "{text}");
    assert!(
        text.contains("x_deep.a[0].b") && text.contains("external_references[0].description"),
        "{text}"
    );

    for who in ["wire", "rail", "relay"] {
        for path in [
            "/taxii2/".to_owned(),
            "/pool/".to_owned(),
            "/pool/collections/".to_owned(),
            OBJECTS.to_owned(),
            format!("{OBJECTS}?match[version]=all"),
            format!("{OBJECTS}?x_sheaf_travel=yes"),
            OBJECTS.replace("objects", "manifest"),
            OBJECTS.replace("objects", "deleted"),
            format!("{OBJECTS}{}/", id(100)),
            format!("{OBJECTS}{}/versions/", id(101)),
        ] {
            let answer = ask(&desk, "GET", &path, who, b"", NOW);
            let text = String::from_utf8(answer.body).unwrap();
            assert!(secret.iter().all(|it| !text.contains(it)), "{who} {path}: {text}");
            assert!((100..108).all(|number| !text.contains(&id(number))), "{who} {path}: {text}");
        }
    }
    // Whoever brought it has it, and a later version without it goes to all.
    assert_eq!(seen_by(&desk, 99, NOW), ["acme", "wire", "rail"]);
    assert!(seen_by(&desk, 100, NOW).iter().all(|who| ["acme", "mute"].contains(who)));
    let mut better = marked(100, &[tlp_id(Tlp::Clear)]);
    better["modified"] = json!("2026-01-01T00:00:00.000Z");
    better["description"] = json!("An officer was hurt.");
    assert_eq!(push(&desk, "acme", &[better]), Vec::<String>::new());
    assert_eq!(seen_by(&desk, 100, NOW), ["acme", "wire", "rail"]);
    let all = ask(&desk, "GET", &format!("{OBJECTS}?match[version]=all"), "wire", b"", NOW);
    assert!(
        !String::from_utf8(all.body).unwrap().contains("Wanjeru"),
        "the older version stays held"
    );
}
