//! What becomes public: two people of the owner's, one who asks and a releaser; a CAP alert for an incident, TLP:CLEAR
//! for a source. Whoever was told is told when it no longer holds.

mod common;
mod served;

use std::fs;

use common::*;
use serde_json::Value;
use served::{Got, Server, bearer};

const MARKET: &str = "northline-wire:NW-140522-1";

/// What the server answers to a reader, with more headers.
fn read(server: &Server, path: &str, token: &str, more: &str) -> Got {
    let path = path.strip_prefix(&format!("http://{}", server.at)).unwrap_or(path);
    let mut headers = bearer(token);
    headers.extend(more.lines().map(str::to_owned));
    server.send("GET", path, &headers, "")
}

fn serve(desk: &Desk) -> Server {
    Server::of_pool(desk, "a.sheaf", FIRST_DAY, &["--page-size", "10"])
}

/// The wire, shared with members, a pool of two members and who works there; the token of each.
fn newsroom() -> (Desk, impl Fn(&str) -> String) {
    let desk = Desk::new();
    desk.pool("a.sheaf", &["northline-wire.csv", "civil-protection.csv"].map(example));
    for name in ["northline", "yard"] {
        let place = ["--region", "north", "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    for (source, by) in [("northline-wire", "northline"), ("civil-protection", "yard")] {
        let how = ["--by", by, "--tlp", "green", "--purpose", "reporting"];
        desk.ok(&[&["share", "a.sheaf", "--source", source], &how[..]].concat());
    }
    let mut tokens = Vec::new();
    for (name, member, roles) in [
        ("ana", "northline", &["contributor"][..]),
        ("ben", "northline", &["releaser"]),
        ("both", "northline", &["contributor", "releaser"]),
        ("eve", "yard", &["contributor", "reviewer", "releaser"]),
    ] {
        tokens.push((name, desk.account(name, member, roles)));
    }
    let token = move |name: &str| tokens.iter().find(|it| it.0 == name).unwrap().1.clone();
    (desk, token)
}

/// Runs `sheaf release` in somebody's name; the exit code, what it printed, and what it said.
fn release(desk: &Desk, secret: &str, args: &[&str]) -> (i32, String, String) {
    let ran = desk.run_with(FIRST_DAY, secret, &[&["release"], args].concat());
    (ran.code, ran.stdout.trim().to_owned(), ran.stderr)
}

#[test]
fn rule_15_an_alert_to_everybody_takes_two_people_and_is_called_off_by_a_message() {
    let (desk, token) = newsroom();
    let ask = ["ask", "a.sheaf", "--incident", MARKET, "--because", "confirmed", "--by"];
    let by = |name: &str, args: &[&str]| release(&desk, &token(name), &[args, &[name]].concat());
    let server = serve(&desk);
    assert!(!read(&server, "/alerts/", "", "").body.contains("<entry>"));

    // Whoever asks proves who they are, and has a role for it.
    let (code, _, said) = release(&desk, "wrong", &[&ask[..], &["ana"]].concat());
    assert!(code == 2 && said.contains("not what ana signs in with"), "{said}");
    let (code, _, said) = release(&desk, &token("ben"), &[&ask[..], &["ana"]].concat());
    assert_eq!(code, 2, "{said}");
    let (code, _, said) = by("ben", &ask);
    assert!(code == 2 && said.contains("has the role contributor or reviewer"), "{said}");
    // What is not theirs alone is not theirs to tell.
    let others =
        ["ask", "a.sheaf", "--incident", "civil-protection:CP-001", "--because", "x", "--by"];
    let (code, _, said) = by("ana", &others);
    assert!(
        code == 2 && said.contains("has no incident civil-protection:CP-001 of its own"),
        "{said}"
    );
    let (code, number, said) = by("ana", &ask);
    assert_eq!((code, number.as_str()), (0, "1"), "{said}");

    // One is not enough, whatever roles they have; nor is somebody of another member.
    let grant = ["grant", "a.sheaf", "1", "--by"];
    for (name, expected) in
        [("ana", "has the role releaser"), ("eve", "is northline's, not yard's")]
    {
        let (code, _, said) = by(name, &grant);
        assert!(code == 2 && said.contains(expected), "{said}");
    }
    let (_, second, _) = by("both", &ask);
    let (code, _, said) = by("both", &["grant", "a.sheaf", &second, "--by"]);
    assert!(code == 2 && said.contains("cannot decide about it as well"), "{said}");
    assert_eq!(by("ben", &["refuse", "a.sheaf", &second, "--by"]).0, 0);
    assert!(!read(&server, "/alerts/", "", "").body.contains("<entry>"));

    let (code, _, said) = by("ben", &grant);
    assert_eq!(code, 0, "{said}");
    assert!(by("ben", &grant).2.contains("is granted already"));
    let feed = read(&server, "/alerts/", "", "");
    assert_eq!(feed.body.matches("<entry>").count(), 1, "{}", feed.body);
    let at = feed.body.split("href=\"").find(|it| it.contains(".cap\"")).unwrap();
    let at = at.split('"').next().unwrap().to_owned();
    let alert = read(&server, &at, "", "");
    assert_eq!(
        (alert.status, alert.header("content-type")),
        (200, "application/cap+xml; charset=utf-8")
    );
    assert!(alert.body.contains("<scope>Public</scope>"), "{}", alert.body);
    assert!(alert.body.contains("<sender>northline</sender>"));
    // Nothing of what another member said is in it.
    assert!(!alert.body.contains("civil-protection"), "{}", alert.body);
    let again = format!("If-None-Match: {}\r\n", alert.header("etag"));
    assert_eq!(read(&server, &at, "", &again).status, 304);
    desk.ok(&[
        "export",
        "a.sheaf",
        "--to",
        "cap",
        "--for",
        "anyone",
        "--by",
        "northline",
        "--out",
        "public",
    ]);
    let exported = |name: &str| fs::read_to_string(desk.path("public").join(name)).unwrap();
    assert_eq!(exported(at.rsplit('/').next().unwrap()), alert.body);

    // It is called off by a message to everybody who was told; the alert itself is gone.
    let withdraw = ["withdraw", "a.sheaf", "1", "--because", "it was wrong", "--by"];
    let (code, _, said) = by("eve", &withdraw);
    assert!(code == 2 && said.contains("is northline's"), "{said}");
    assert_eq!(by("ana", &withdraw).0, 0);
    let cancel = assert_called_off(&server, &at);
    assert!(!cancel.contains("<info>"));

    // Who asked, decided and took back stands in the list and in the log.
    let listed = desk.json(&["release", "list", "a.sheaf", "--json"]);
    let standing = |at: usize| listed[at]["standing"].as_str().unwrap();
    assert_eq!((standing(0), standing(1)), ("withdrawn", "refused"));
    assert_eq!(listed[0]["decided"]["by"], "ben");
    let log = desk.ok(&["audit", "a.sheaf", "list", "--member", "northline", "--deed", "decision"]);
    for deed in [
        "ana  decision ask-release-alert",
        "ben  decision release-granted-alert",
        "ana  decision release-withdrawn-alert",
    ] {
        assert!(log.contains(&format!("northline/{deed}")), "{deed}: {log}");
    }
    desk.ok(&["audit", "a.sheaf", "verify"]);
}

#[test]
fn rule_15_what_has_changed_since_it_was_asked_for_is_not_released() {
    let (desk, token) = newsroom();
    let ask = ["ask", "a.sheaf", "--incident", MARKET, "--because", "x", "--by", "ana"];
    assert_eq!(release(&desk, &token("ana"), &ask).0, 0);
    // Somebody takes a report out of the incident, or the wire another one.
    let other = "northline-wire:NW-140522-2";
    desk.ok(&["judge", "a.sheaf", "different", MARKET, other, "--by", "desk", "--because", "two"]);
    let grant = ["grant", "a.sheaf", "1", "--by", "ben"];
    let (code, _, said) = release(&desk, &token("ben"), &grant);
    assert!(code == 2 && said.contains("what is told of it has changed since"), "{said}");
}

#[test]
fn rule_15_a_source_becomes_clear_by_two_people_and_by_no_other_way() {
    let (desk, token) = newsroom();
    let share = ["share", "a.sheaf", "--source", "northline-wire", "--tlp", "clear"];
    let said = desk.fails("takes-two", &[&share[..], &["--purpose", "reporting"]].concat());
    assert!(said.contains("sheaf release ask a.sheaf --source northline-wire"), "{said}");
    let ask = ["ask", "a.sheaf", "--source", "northline-wire", "--purpose", "reporting"];
    let why = ["--because", "year-end", "--by"];
    let (code, _, said) = release(&desk, &token("eve"), &[&ask[..], &why, &["eve"]].concat());
    assert!(code == 2 && said.contains("northline-wire is northline's, not yard's"), "{said}");
    let (code, number, said) = release(&desk, &token("ana"), &[&ask[..], &why, &["ana"]].concat());
    assert_eq!((code, number.as_str()), (0, "1"), "{said}");
    let server = serve(&desk);
    let items = "/features/collections/incidents/items?limit=1";
    let n_seen = || {
        let got: Value = serde_json::from_str(&read(&server, items, "", "").body).unwrap();
        got["numberMatched"].as_u64().unwrap()
    };
    assert_eq!(n_seen(), 0);
    assert_eq!(release(&desk, &token("ben"), &["grant", "a.sheaf", "1", "--by", "ben"]).0, 0);
    assert!(n_seen() > 0);
    // Public as it is, what nobody released as an alert is none.
    assert!(!read(&server, "/alerts/", "", "").body.contains("<entry>"));
    assert_eq!(release(&desk, &token("ben"), &["withdraw", "a.sheaf", "1", "--by", "ben"]).0, 0);
    assert_eq!(n_seen(), 0);
    let shown = desk.run(&["share", "a.sheaf", "--source", "northline-wire", "--show"]);
    assert!(shown.stderr.contains("TLP:AMBER+STRICT"), "{}", shown.stderr);
}

#[test]
fn a_member_reads_the_incidents_it_may_see_as_restricted_alerts_by_pages() {
    let (desk, token) = newsroom();
    let server = serve(&desk);
    let (mut next, mut seen) = (Some("/alerts/".to_owned()), Vec::new());
    while let Some(path) = next.take() {
        let page = read(&server, &path, &token("eve"), "");
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.matches("<entry>").count() <= 10);
        for part in page.body.split("<link href=\"").skip(1) {
            let href = part.split('"').next().unwrap().to_owned();
            match part.split("/>").next().unwrap() {
                link if link.contains("rel=\"next\"") => next = Some(href.replace("&amp;", "&")),
                link if link.contains("rel=\"self\"") => {}
                _ => seen.push(href),
            }
        }
    }
    let n_incidents = desk.incidents("a.sheaf", &[]).len();
    let n_all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), n_all), (n_incidents, n_incidents));
    let alert = read(&server, &seen[0], &token("eve"), "");
    assert!(alert.body.contains("<scope>Restricted</scope>"), "{}", alert.body);
    assert!(alert.body.contains("<restriction>TLP:"), "{}", alert.body);
    // The same to the byte while nothing changed; and to whoever may not see it, nothing.
    assert_eq!(read(&server, &seen[0], &token("eve"), "").body, alert.body);
    assert_eq!(read(&server, &seen[0], "", "").status, 404);
    assert_eq!(read(&server, "/alerts/x.cap", &token("eve"), "").status, 404);
    assert_eq!(read(&server, "/alerts/?after=x", &token("eve"), "").status, 400);
}

/// Asks for the market as an alert and grants it; where the alert is.
fn tell_of_the_market(desk: &Desk, server: &Server, token: &impl Fn(&str) -> String) -> String {
    let ask = ["ask", "a.sheaf", "--incident", MARKET, "--because", "confirmed", "--by", "ana"];
    let (code, number, said) = release(desk, &token("ana"), &ask);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) =
        release(desk, &token("ben"), &["grant", "a.sheaf", &number, "--by", "ben"]);
    assert_eq!(code, 0, "{said}");
    let feed = read(server, "/alerts/", "", "").body;
    let at = feed.split("href=\"").find(|it| it.contains(".cap\"")).unwrap();
    let at = at.split('"').next().unwrap().to_owned();
    assert_eq!(read(server, &at, "", "").status, 200);
    at
}

/// That an alert is gone for everybody, and a message calls it off; the message.
fn assert_called_off(server: &Server, at: &str) -> String {
    let feed = read(server, "/alerts/", "", "").body;
    let id = at.rsplit('/').next().unwrap().trim_end_matches(".cap");
    assert!(feed.contains(&format!("<at:deleted-entry ref=\"urn:uuid:{id}\"")), "{feed}");
    assert_eq!(read(server, at, "", "").status, 404);
    let cancel = feed.split("href=\"").find(|it| it.contains(".cap\"")).unwrap();
    let cancel = read(server, cancel.split('"').next().unwrap(), "", "").body;
    assert!(cancel.contains("<msgType>Cancel</msgType>") && cancel.contains(id), "{cancel}");
    cancel
}

#[test]
fn rule_11_an_alert_is_called_off_by_itself_when_what_it_rests_on_is_narrowed() {
    let (desk, token) = newsroom();
    let server = serve(&desk);
    let at = tell_of_the_market(&desk, &server, &token);
    // More is allowed, and something else is narrowed: it stays.
    let share = ["share", "a.sheaf", "--source", "northline-wire", "--by", "northline"];
    let wider = ["--tlp", "green", "--purpose", "reporting", "--purpose", "research"];
    desk.ok(&[&share[..], &wider].concat());
    desk.ok(&[
        "share",
        "a.sheaf",
        "--source",
        "civil-protection",
        "--by",
        "yard",
        "--tlp",
        "red",
        "--purpose",
        "reporting",
    ]);
    assert_eq!(read(&server, &at, "", "").status, 200);
    // One report of it is narrowed, by a word on that report alone.
    desk.ok(&["share", "a.sheaf", "--report", MARKET, "--tlp", "amber+strict"]);
    assert_called_off(&server, &at);
    let listed = desk.json(&["release", "list", "a.sheaf", "--json"]);
    assert_eq!(listed[0]["standing"], "withdrawn");
    assert_eq!(listed[0]["withdrawn"]["by"], "sheaf");
    assert!(listed[0]["withdrawn"]["because"].as_str().unwrap().contains(MARKET), "{listed}");
    let log = desk.ok(&["audit", "a.sheaf", "list", "--member", "northline", "--deed", "decision"]);
    assert!(log.contains("northline/sheaf  decision release-withdrawn-alert"), "{log}");
    // Undoing the narrowing brings nothing back: two people have to tell the public anew.
    desk.ok(&["share", "a.sheaf", "--report", MARKET, "--as-source"]);
    assert_eq!(read(&server, &at, "", "").status, 404);
}

#[test]
fn rule_07_an_alert_is_called_off_by_itself_when_a_report_of_it_is_taken_back() {
    let (desk, token) = newsroom();
    let server = serve(&desk);
    let at = tell_of_the_market(&desk, &server, &token);
    // The wire's next file does not have the report any more.
    let text = fs::read_to_string(example("northline-wire.csv")).unwrap();
    let kept = text.lines().filter(|line| !line.contains("NW-140522-1"));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    assert!(kept.len() < text.len());
    fs::write(desk.path("northline-wire.csv"), kept).unwrap();
    let mapping = "northline-wire.toml";
    fs::copy(example(mapping), desk.path(mapping)).unwrap();
    desk.pool("a.sheaf", &["northline-wire.csv"]);
    // Also whoever has no server running sees it called off: in what is exported.
    desk.ok(&[
        "export",
        "a.sheaf",
        "--to",
        "cap",
        "--for",
        "anyone",
        "--by",
        "northline",
        "--out",
        "out",
    ]);
    let index = fs::read_to_string(desk.path("out/index.atom")).unwrap();
    assert!(index.contains("<at:deleted-entry"), "{index}");
    assert_called_off(&server, &at);
}

#[test]
fn rule_08_what_was_asked_before_a_narrowing_is_not_granted_after_it() {
    let (desk, token) = newsroom();
    let ask = ["ask", "a.sheaf", "--source", "northline-wire", "--purpose", "reporting"];
    let why = ["--because", "year-end", "--by", "ana"];
    let clear = release(&desk, &token("ana"), &[&ask[..], &why].concat());
    assert_eq!(clear.0, 0, "{}", clear.2);
    let alert = ["ask", "a.sheaf", "--incident", MARKET, "--because", "confirmed", "--by", "ana"];
    assert_eq!(release(&desk, &token("ana"), &alert).0, 0);
    let share = ["share", "a.sheaf", "--source", "northline-wire", "--by", "northline"];
    desk.ok(&[&share[..], &["--tlp", "amber+strict", "--purpose", "reporting"]].concat());
    for (number, why) in [("1", "has said something else of it"), ("2", "what is told of it")] {
        let grant = ["grant", "a.sheaf", number, "--by", "ben"];
        let (code, _, said) = release(&desk, &token("ben"), &grant);
        assert!(code == 2 && said.contains(why) && said.contains("since"), "{said}");
    }
    let shown = desk.run(&["share", "a.sheaf", "--source", "northline-wire", "--show"]);
    assert!(shown.stderr.contains("TLP:AMBER+STRICT"), "{}", shown.stderr);
}

#[test]
fn rule_15_nothing_is_told_to_everybody_before_its_embargo_is_over() {
    let (desk, token) = newsroom();
    let share = ["share", "a.sheaf", "--source", "northline-wire", "--by", "northline"];
    let how = ["--tlp", "green", "--purpose", "reporting", "--embargo", "2100-01-01"];
    desk.ok(&[&share[..], &how].concat());
    let ask = ["ask", "a.sheaf", "--incident", MARKET, "--because", "confirmed", "--by", "ana"];
    assert_eq!(release(&desk, &token("ana"), &ask).0, 0);
    let grant = ["grant", "a.sheaf", "1", "--by", "ben"];
    let (code, _, said) = release(&desk, &token("ben"), &grant);
    assert!(code == 2 && said.contains("nobody else is to see it before 2100-01-01"), "{said}");
}
