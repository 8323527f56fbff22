//! What is public, and corrections by anyone: they reach whoever released it, are answered once, and the answer is read
//! by a word that only the sender has.

mod common;
mod served;

use common::*;
use serde_json::{Value, json};
use served::Server;

const MARKET: &str = "northline-wire:NW-140522-1";

/// A member that released the market to everybody, and another; the token of each of their people.
fn released() -> (Desk, impl Fn(&str) -> String) {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("northline-wire.csv")]);
    for name in ["northline", "yard"] {
        let place = ["--region", name, "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    let how = ["--by", "northline", "--tlp", "green", "--purpose", "reporting"];
    desk.ok(&[&["share", "a.sheaf", "--source", "northline-wire"], &how[..]].concat());
    let mut tokens = Vec::new();
    for (name, member, role) in [
        ("ana", "northline", "contributor"),
        ("ben", "northline", "releaser"),
        ("eve", "yard", "reviewer"),
    ] {
        let rights = ["--role", role, "--read", "all", "--write", "all"];
        desk.ok(&[&["account", "add", "a.sheaf", name, "--member", member], &rights[..]].concat());
        let token = desk.ok(&["token", "add", "a.sheaf", name, "--days", "30"]);
        tokens.push((name, token.trim().to_owned()));
    }
    let token = move |name: &str| tokens.iter().find(|it| it.0 == name).unwrap().1.clone();
    let ask = ["release", "ask", "a.sheaf", "--incident", MARKET, "--because", "confirmed", "--by"];
    for (name, args) in [("ana", &ask[..]), ("ben", &["release", "grant", "a.sheaf", "1", "--by"])]
    {
        let ran = desk.run_with(FIRST_DAY, &token(name), &[args, &[name]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    (desk, token)
}

#[test]
fn anyone_reads_what_was_released_corrects_it_and_reads_the_answer() {
    let (desk, token) = released();
    let server = Server::of(&desk, FIRST_DAY);
    let public = server.get("released", "");
    let alert = &public["alerts"][0];
    assert!(alert["headline"].as_str().unwrap().contains("Urumqi"), "{public}");
    assert_eq!((&alert["sender"], &alert["calls_off"]), (&json!("northline"), &Value::Null));
    assert_eq!(alert["facts"]["killed_low"], "39", "{alert}");
    let about = alert["alert"].clone();
    let body = |text: &str, reference: &str| json!({ "about": about, "text": text, "reference": reference });
    let fine = "The toll was given as 43 on the next day.";
    let reference = "https://example.org/2014/urumqi";
    // Nothing that is not public, nothing empty, no names, no address that is none.
    let other = json!({ "about": MARKET, "text": fine });
    server.refuses((404, "no-such-incident"), "corrections", "", other);
    server.refuses((400, "bad-body"), "corrections", "", body(" ", ""));
    server.refuses((400, "bad-body"), "corrections", "", body(fine, "javascript:alert(1)"));
    let named =
        server.refuses((422, "names-a-person"), "corrections", "", body("Ask Mr John Smith", ""));
    assert!(!named.to_string().contains("Smith"), "{named}");
    let code =
        server.post("corrections", "", body(fine, reference))["code"].as_str().unwrap().to_owned();
    let mine = server.get(&format!("corrections/{code}"), "");
    assert_eq!((&mine["text"], &mine["answer"]), (&json!(fine), &Value::Null));
    assert!(mine.get("correction").is_none(), "{mine}");
    assert_eq!(server.ask("GET", "corrections/sheaf_x", "", &Value::Null).0, 404);

    // It is for those who released it, and for nobody else.
    server.refuses((401, "not-signed-in"), "corrections/1/answer", "", json!({}));
    assert_eq!(server.ask("GET", "corrections", "", &Value::Null).0, 401);
    assert_eq!(server.get("corrections", &token("eve"))["corrections"], json!([]));
    let answer = json!({ "verdict": "corrected", "text": "Thank you; it now says 39 to 43." });
    server.refuses((404, "not-found"), "corrections/1/answer", &token("eve"), answer.clone());
    let listed = server.get("corrections", &token("ben"));
    assert_eq!(
        (&listed["waiting"], &listed["corrections"][0]["reference"]),
        (&json!(1), &json!(reference))
    );
    server.refuses(
        (400, "bad-body"),
        "corrections/1/answer",
        &token("ben"),
        json!({ "verdict": "x", "text": "y" }),
    );
    server.post("corrections/1/answer", &token("ben"), answer.clone());
    server.refuses((409, "answered-already"), "corrections/1/answer", &token("ben"), answer);
    let mine = server.get(&format!("corrections/{code}"), "");
    assert_eq!(mine["answer"]["verdict"], "corrected");
    assert!(!mine.to_string().contains("ben"), "{mine}");

    // A few at a time.
    let mut taken = 0;
    for _ in 0..20 {
        match server.ask("POST", "corrections", "", &body(fine, "")) {
            (201, _) => taken += 1,
            (429, told) => assert_eq!(told["error"]["code"], "too-many-requests", "{told}"),
            (status, told) => panic!("{status}: {told}"),
        }
    }
    assert_eq!(taken, 4);
    // Called off, it cannot be corrected any more; what called it off stands there.
    drop(server);
    let withdraw = ["release", "withdraw", "a.sheaf", "1", "--because", "wrong", "--by", "ana"];
    assert_eq!(desk.run_with(FIRST_DAY, &token("ana"), &withdraw).code, 0);
    let server = Server::of(&desk, FIRST_DAY);
    server.refuses((404, "no-such-incident"), "corrections", "", body(fine, ""));
    assert_eq!(server.get("released", "")["alerts"][0]["calls_off"], about);
    drop(server);
    let log = desk.ok(&["audit", "a.sheaf", "list", "--deed", "decision"]);
    for deed in [
        "anyone/nobody  decision correct  correction-1",
        "northline/ben  decision answer-corrected  correction-1",
    ] {
        assert!(log.contains(deed), "{deed}: {log}");
    }
    desk.ok(&["audit", "a.sheaf", "verify"]);
}
