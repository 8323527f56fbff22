//! The follow-up between organisations, through the desk's API: requests that nobody but the two learns of, who leads,
//! and what waits for whom.

mod common;
mod served;

use common::*;
use serde_json::{Value, json};
use served::Server;

const MARKET: &str = "northline-wire:NW-140522-1";

/// Three members of whom two see the wire's reports; the token of each, and one that only reads.
fn three() -> (Desk, impl Fn(&str) -> String) {
    let desk = Desk::new();
    desk.pool("a.sheaf", &["northline-wire.csv", "civil-protection.csv"].map(example));
    let mut tokens = Vec::new();
    for (name, purpose) in [("northline", "reporting"), ("rail", "reporting"), ("yard", "policing")]
    {
        desk.ok(&["member", "add", "a.sheaf", name, "--region", "north", "--purposes", purpose]);
        let role = ["--read", "all", "--write", "all", "--role", "reviewer"];
        desk.ok(&[&["account", "add", "a.sheaf", name, "--member", name], &role[..]].concat());
        let token = desk.ok(&["token", "add", "a.sheaf", name, "--days", "90"]);
        tokens.push((name, token.trim().to_owned()));
    }
    let how = ["--by", "northline", "--tlp", "green", "--purpose", "reporting"];
    desk.ok(&[&["share", "a.sheaf", "--source", "northline-wire"], &how[..]].concat());
    let token = move |name: &str| tokens.iter().find(|it| it.0 == name).unwrap().1.clone();
    (desk, token)
}

#[test]
fn a_request_is_answered_by_whom_was_asked_and_nobody_else_learns_of_it() {
    let (desk, token) = three();
    let (wire, rail, yard) = (token("northline"), token("rail"), token("yard"));
    let server = Server::of(&desk, FIRST_DAY);
    let path = format!("incidents/{MARKET}/requests");
    let before = server.get(&path, &wire);
    assert_eq!((&before["requests"], &before["may"]["ask"]), (&json!([]), &json!(true)));
    assert_eq!(before["members"], json!(["rail", "yard"]));

    let what = "Was the line closed, and from when until when?";
    let body = json!({ "to": "rail", "what": what, "due": "2024-01-10" });
    let asked = server.post(&path, &wire, body.clone());
    assert_eq!((&asked["request"], &asked["overdue"]), (&json!(1), &json!(false)));
    // What cannot be asked is refused with a reason: of oneself, of nobody, of nothing, by no day, with a name.
    for (body, code, status) in [
        (json!({ "to": "northline", "what": what }), "bad-body", 400),
        (json!({ "to": "nobody", "what": what }), "bad-body", 400),
        (json!({ "to": "rail", "what": "  " }), "bad-body", 400),
        (json!({ "to": "rail", "what": what, "due": "tomorrow" }), "bad-body", 400),
        (json!({ "to": "rail", "what": what, "how": 1 }), "bad-body", 400),
        (json!({ "to": "rail", "what": "Ask Mr John Smith of the depot" }), "names-a-person", 422),
    ] {
        let told = server.refuses((status, code), &path, &wire, body);
        assert!(!told.to_string().contains("Smith"), "{told}");
    }

    // A remark is for all members who see the incident, and for nobody else.
    let remarks = format!("incidents/{MARKET}/remarks");
    server.post(&remarks, &wire, json!({ "text": "The second toll is of the next day." }));
    server.refuses(
        (422, "names-a-person"),
        &remarks,
        &wire,
        json!({ "text": "Ask Mr John Smith" }),
    );
    server.refuses((404, "no-such-report"), &remarks, &yard, json!({ "text": "x" }));
    server.refuses((401, "not-signed-in"), &remarks, "", json!({ "text": "x" }));
    let read = server.get(&path, &rail)["remarks"].clone();
    assert_eq!((&read[0]["member"], read.as_array().unwrap().len()), (&json!("northline"), 1));
    // Whoever was asked finds it on its desk; a third finds nothing anywhere.
    let mine = server.get("my", &rail);
    assert_eq!(mine["waiting_for_me"][0]["what"], what);
    assert_eq!(mine["waiting_for_me"][0]["incident"], MARKET);
    assert_eq!(server.get("my", &wire)["asked_by_me"][0]["to"], "rail");
    let nothing = server.get("my", &yard);
    assert_eq!((&nothing["waiting_for_me"], &nothing["ended"]), (&json!([]), &json!([])));
    let said = json!({ "kind": "answer", "text": "x" });
    let told = server.refuses((404, "not-found"), "requests/1/said", &yard, said.clone());
    let never = server.refuses((404, "not-found"), "requests/99/said", &yard, said.clone());
    assert_eq!(told, never);
    let unseen = server.ask("GET", &path, &yard, &Value::Null);
    let other = server.ask("GET", "incidents/northline-wire:NO-SUCH/requests", &yard, &Value::Null);
    assert_eq!(
        (unseen.0, unseen.1["error"]["code"].clone()),
        (404, other.1["error"]["code"].clone())
    );
    server.refuses((404, "no-such-report"), &path, &yard, body.clone());
    server.refuses((401, "not-signed-in"), &path, "", body);

    // Who asks withdraws, who is asked answers; once.
    server.refuses((403, "not-allowed"), "requests/1/said", &wire, said);
    server.post(
        "requests/1/said",
        &wire,
        json!({ "kind": "remark", "text": "The line to the port." }),
    );
    let answer = json!({ "kind": "answer", "text": "Closed from 08:10 to 11:40." });
    let answered = server.post("requests/1/said", &rail, answer.clone());
    assert_eq!(
        (&answered["ended"], answered["said"].as_array().unwrap().len()),
        (&json!("answer"), 2)
    );
    server.refuses((409, "ended-already"), "requests/1/said", &rail, answer);
    let seen = server.get(&path, &wire);
    assert_eq!(seen["requests"][0]["said"][1]["text"], "Closed from 08:10 to 11:40.");
    assert_eq!(server.get("my", &rail)["waiting_for_me"], json!([]));
    assert_eq!(server.get("my", &rail)["ended"][0]["request"], 1);
    drop(server);
    let log = desk.ok(&["audit", "a.sheaf", "list", "--deed", "decision"]);
    assert!(log.contains("northline/northline  decision ask  request-1"), "{log}");
    assert!(log.contains("rail/rail  decision answer  request-1"), "{log}");
}

#[test]
fn what_is_not_answered_in_time_is_overdue_on_both_desks() {
    let (desk, token) = three();
    let path = format!("incidents/{MARKET}/requests");
    let server = Server::of(&desk, FIRST_DAY);
    let body = json!({ "to": "yard", "what": "Is the road open?", "due": "2024-01-10" });
    server.post(&path, &token("northline"), body);
    // Who is asked and does not see the incident reads the words, and not of which incident.
    let mine = server.get("my", &token("yard"));
    assert_eq!(mine["waiting_for_me"][0]["incident"], Value::Null);
    assert_eq!(mine["overdue"], 0);
    drop(server);
    let server = Server::of(&desk, LATER_DAY);
    for name in ["northline", "yard"] {
        assert_eq!(server.get("my", &token(name))["overdue"], 1, "{name}");
    }
    server.post("requests/1/said", &token("northline"), json!({ "kind": "withdraw" }));
    assert_eq!(server.get("my", &token("yard"))["overdue"], 0);
}

#[test]
fn one_leads_and_hands_over_with_a_reason() {
    let (desk, token) = three();
    let (wire, rail) = (token("northline"), token("rail"));
    let server = Server::of(&desk, FIRST_DAY);
    let path = format!("incidents/{MARKET}/lead");
    server.refuses((409, "not-to-lead"), &path, &rail, json!({ "do": "give-up", "because": "x" }));
    assert_eq!(server.post(&path, &wire, json!({ "do": "take" }))["member"], "northline");
    server.refuses((409, "not-to-lead"), &path, &rail, json!({ "do": "take" }));
    server.refuses((400, "bad-body"), &path, &wire, json!({ "do": "hand-over", "to": "rail" }));
    let why = "The line is yours.";
    server.post(&path, &wire, json!({ "do": "hand-over", "to": "rail", "because": why }));
    let offered = server.get("my", &rail);
    assert_eq!(offered["handed_over_to_me"][0]["because"], why);
    // Until it is accepted the first leads; who is asked is told to the two alone.
    let requests = format!("incidents/{MARKET}/requests");
    assert_eq!(server.get(&requests, &rail)["lead"]["member"], "northline");
    assert_eq!(server.get(&requests, &rail)["lead"]["handed_over_to"], "rail");
    assert_eq!(server.post(&path, &rail, json!({ "do": "accept" }))["member"], "rail");
    assert_eq!(server.get("my", &rail)["handed_over_to_me"], json!([]));
    // The incident is split: who leads stays with the report that it was said of.
    let other = "northline-wire:NW-140522-2";
    desk.ok(&["judge", "a.sheaf", "different", MARKET, other, "--by", "desk", "--because", "two"]);
    assert_eq!(server.get(&requests, &wire)["lead"]["member"], "rail");
    let split = server.get(&format!("incidents/{other}/requests"), &wire);
    assert_eq!(split["lead"]["member"], Value::Null);
}
