//! The desk's API through the program: what a page shows is what the terminal says, what is decided on a page
//! is kept, and nobody is shown, or told of, what they may not see.

mod common;
mod served;

use std::io::Write as _;
use std::process::Stdio;

use common::*;
use serde_json::{Value, json};
use served::bearer;

/// A server of `a.sheaf`, asked with bodies as texts.
struct Server(served::Server);

impl Server {
    fn of(desk: &Desk) -> Server {
        Server(served::Server::of(desk, FIRST_DAY))
    }

    /// The status, the headers and the body of an answer to a request with these headers.
    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> (u16, String, String) {
        let headers: Vec<String> = headers.iter().map(|it| (*it).to_owned()).collect();
        let got = self.0.send(method, path, &headers, body);
        (got.status, got.head, got.body)
    }

    /// The status and the body of an answer of the API.
    fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let got = self.0.send(method, &format!("/api/v1/{path}"), &bearer(token), body);
        let json = serde_json::from_str(&got.body);
        (got.status, json.unwrap_or_else(|err| panic!("{path}: {err}: {}", got.body)))
    }

    #[track_caller]
    fn get(&self, path: &str, token: &str) -> Value {
        let (status, answer) = self.ask("GET", path, token, "");
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    #[track_caller]
    fn refuses(&self, status: u16, code: &str, path: &str, token: &str) {
        let (found, answer) = self.ask("GET", path, token, "");
        assert_eq!((found, &answer["error"]["code"]), (status, &json!(code)), "{path}: {answer}");
    }
}

/// The whole example, shared by its office with whoever researches; a token of a reviewer of the office, and
/// one of a member that reads for something else.
fn shared() -> (Desk, String, String) {
    let desk = Desk::with_example();
    for (name, purpose) in [("office", "research"), ("yard", "policing")] {
        desk.ok(&["member", "add", "a.sheaf", name, "--region", "north", "--purposes", purpose]);
        let read = ["--read", "all", "--write", "all", "--role", "reviewer"];
        desk.ok(&[&["account", "add", "a.sheaf", name, "--member", name], &read[..]].concat());
    }
    for source in [
        "civil-protection",
        "harbour-institute",
        "northline-wire",
        "meridian-aid",
        "rail-safety-office",
    ] {
        let how = ["--by", "office", "--tlp", "amber", "--purpose", "research"];
        desk.ok(&[&["share", "a.sheaf", "--source", source], &how[..]].concat());
    }
    let token = |name| desk.ok(&["token", "add", "a.sheaf", name, "--days", "3"]).trim().to_owned();
    let tokens = (token("office"), token("yard"));
    (desk, tokens.0, tokens.1)
}

#[test]
fn a_page_says_what_the_terminal_says() {
    let (desk, office, _) = shared();
    let server = Server::of(&desk);
    let listed = desk.incidents("a.sheaf", &[]);
    let pool = server.get("pool", &office);
    assert_eq!(pool["counts"]["incidents"], listed.len());
    assert_eq!(pool["counts"]["sources"], 5);
    assert_eq!(pool["me"]["account"], "office");
    let overview = server.get("overview?zoom=3&bins=40", &office);
    assert_eq!(overview["total"], listed.len());
    let n_in = |of: &str| -> u64 {
        overview[of].as_array().unwrap().iter().map(|it| it["n"].as_u64().unwrap()).sum()
    };
    // Whatever is not in a cell or a bin is counted as having no place or no day.
    assert_eq!(n_in("cells") + overview["unplaced"].as_u64().unwrap(), listed.len() as u64);
    assert_eq!(n_in("bins") + overview["undated"].as_u64().unwrap(), listed.len() as u64);

    // Each incident once, whatever the size of a page.
    let mut ids = Vec::new();
    let mut path = "incidents?limit=7&order=killed".to_owned();
    loop {
        let page = server.get(&path, &office);
        assert_eq!(page["total"], listed.len());
        ids.extend(page["rows"].as_array().unwrap().iter().map(|it| it["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("incidents?limit=7&order=killed&after={next}");
    }
    let mut expected: Vec<Value> = listed.iter().map(|it| it["id"].clone()).collect();
    let by_text = |a: &Value, b: &Value| a.as_str().cmp(&b.as_str());
    expected.sort_by(by_text);
    ids.sort_by(by_text);
    assert_eq!(ids, expected);

    // The same values, claims and spots.
    for incident in &listed {
        let id = incident["id"].as_str().unwrap();
        let told = desk.json(&["show", "a.sheaf", id, "--format", "json"]);
        let page = server.get(&format!("incidents/{id}"), &office);
        assert_eq!(page["incident"], told["incidents"][0]);
        let reports: Vec<&Value> =
            page["reports"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
        assert_eq!(reports, incident["reports"].as_array().unwrap().iter().collect::<Vec<_>>());
    }
}

#[test]
fn every_filter_of_a_page_leaves_what_the_same_words_leave_on_the_terminal() {
    let (desk, office, _) = shared();
    let server = Server::of(&desk);
    for (query, typed) in [
        ("since=2014-03-01", &["--since", "2014-03-01"][..]),
        ("until=2013-12-31", &["--until", "2013-12-31"]),
        ("since=2014-05-01&until=2014-05-31", &["--since", "2014-05-01", "--until", "2014-05-31"]),
        ("within=43.8,87.6,30", &["--within", "43.8,87.6,30"]),
        ("country=china", &["--country", "china"]),
        ("place=urumqi", &["--place", "urumqi"]),
        ("kind=bomb", &["--kind", "bomb"]),
        ("kind=violence", &["--kind", "violence"]),
        ("told-by=rail-safety-office", &["--told-by", "rail-safety-office"]),
        ("min-sources=3", &["--min-sources", "3"]),
        ("profile=ucdp-like&country=china", &["--profile", "ucdp-like", "--country", "china"]),
    ] {
        let n = desk.incidents("a.sheaf", typed).len();
        assert!(n > 0, "{query}: the example has none, so nothing is tested");
        for path in ["incidents", "overview"] {
            assert_eq!(
                server.get(&format!("{path}?{query}"), &office)["total"],
                n,
                "{path}?{query}"
            );
        }
    }
    // What only a page asks.
    let total = |query: &str| server.get(&format!("incidents?{query}"), &office)["total"].clone();
    let market = total("bbox=87,43,88,44");
    assert_eq!((market, total("bbox=170,-10,-170,10")), (total("text=urumqi"), json!(0)));
    assert!(total("min-killed=30").as_u64() < total("min-killed=5").as_u64());
    assert!(total("state=contested").as_u64() > Some(0));
    for (query, status, code) in [
        ("since=yesterday", 400, "bad-filter"),
        ("bbox=1,2,3", 400, "bad-filter"),
        ("bbox=0,50,10,40", 400, "bad-filter"),
        ("kind=party", 404, "no-such-kind"),
        ("state=odd", 400, "bad-filter"),
        ("profile=odd", 404, "no-such-profile"),
        ("profile=all", 400, "one-profile-only"),
        ("colour=red", 400, "unknown-filter"),
        ("since=2014-01-01&since=2014-01-02", 400, "filter-twice"),
        ("limit=1000000", 400, "bad-filter"),
        ("after=a:1", 409, "page-gone"),
        ("order=odd", 400, "bad-filter"),
        ("text=%ff", 400, "bad-address"),
    ] {
        server.refuses(status, code, &format!("incidents?{query}"), &office);
    }
}

#[test]
fn a_judgement_is_shown_before_it_is_kept_and_can_be_taken_back() {
    let (desk, office, yard) = shared();
    let server = Server::of(&desk);
    let (institute, aid) = ("harbour-institute:HI-14-0044", "meridian-aid:MAS-1426");
    let apart = server.get(&format!("why?a={institute}&b={aid}"), &office);
    assert_eq!(apart["together"], false);
    let sum: f64 =
        apart["reasons"].as_array().unwrap().iter().map(|it| it["bits"].as_f64().unwrap()).sum();
    let weight = apart["weight_bits"].as_f64().unwrap();
    assert!((apart["prior_bits"].as_f64().unwrap() + sum - weight).abs() < 1e-9, "{apart}");

    let judge = |token: &str, preview: bool| {
        let body = json!({
            "verdict": "same", "reports": [institute, aid], "because": "one market", "preview": preview,
        });
        server.ask("POST", "judgements", token, &body.to_string())
    };
    let (status, previewed) = judge(&office, true);
    assert_eq!((status, previewed["changes"].clone()), (200, json!(true)), "{previewed}");
    let n = |of: &str| previewed[of].as_array().unwrap().len();
    assert_eq!((n("before"), n("after")), (2, 1));
    assert_eq!(server.get("judgements", &office)["judgements"], json!([]));

    let (status, kept) = judge(&office, false);
    assert_eq!((status, kept["judgement"]["by"].clone()), (201, json!("office@office")), "{kept}");
    assert_eq!(kept["now"][0]["incident"], kept["now"][1]["incident"]);
    assert_eq!(kept["now"][0]["incident"], previewed["after"][0]["id"]);
    let on_the_terminal = desk.json(&["judgements", "a.sheaf", "--format", "json"]);
    assert_eq!(on_the_terminal[0]["because"], "one market");

    // Somebody who sees neither report is told that there are none.
    assert_eq!(judge(&yard, true), judge(&yard, false));
    assert_eq!(judge(&yard, true).1["error"]["code"], "no-such-report");
    assert_eq!(server.get("judgements", &yard)["judgements"], json!([]));
    let path = format!("judgements/{}", kept["judgement"]["id"].as_str().unwrap());
    assert_eq!(server.ask("DELETE", &path, &yard, "").0, 404);
    assert_eq!(server.ask("DELETE", &path, "", "").0, 401);
    let (status, back) = server.ask("DELETE", &path, &office, "");
    assert_eq!(
        (status, back["judgement"]["withdrawn"]["by"].clone()),
        (200, json!("office@office"))
    );
    assert_ne!(back["now"][0]["incident"], back["now"][1]["incident"]);
    assert_eq!(server.ask("DELETE", &path, &office, "").0, 409);
}

#[test]
fn a_review_asks_what_the_terminal_asks_and_passes_over_what_it_is_told_to() {
    let (desk, office, yard) = shared();
    let server = Server::of(&desk);
    let typed = desk.json(&["review", "a.sheaf", "--next", "3", "--format", "json"]);
    let page = server.get("review?n=3", &office);
    assert_eq!((&page["open"], &page["pairs"]), (&typed["open"], &typed["pairs"]));
    let pairs = |of: &Value| -> Vec<String> {
        let questions = of["questions"].as_array().unwrap().iter();
        let id = |it: &Value, at: usize| it["reports"][at]["id"].as_str().unwrap().to_owned();
        questions.map(|it| format!("{}|{}", id(it, 0), id(it, 1))).collect()
    };
    assert_eq!(pairs(&page), pairs(&typed));
    let first = &pairs(&page)[0];
    let rest = server.get(&format!("review?n=3&skip={first}"), &office);
    assert!(!pairs(&rest).contains(first));
    let figures = server.get("review/figures", &office);
    assert_eq!(figures, desk.json(&["review", "a.sheaf", "--report", "--format", "json"]));
    server.refuses(404, "nothing-to-ask", "review", &yard);
    server.refuses(400, "bad-filter", "review?skip=one", &office);
}

#[test]
fn whoever_may_not_decide_is_refused_and_what_is_not_asked_rightly_is_told_so() {
    let (desk, office, _) = shared();
    desk.ok(&["account", "add", "a.sheaf", "clerk", "--member", "office", "--read", "all"]);
    let clerk = desk.ok(&["token", "add", "a.sheaf", "clerk", "--scope", "read", "--days", "3"]);
    let server = Server::of(&desk);
    let asks = |method: &str, path: &str, token: &str, body: &str| {
        let (status, answer) = server.ask(method, path, token, body);
        (status, answer["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let body = r#"{"verdict":"same","reports":["a:1","a:2"],"because":"x"}"#;
    assert_eq!(asks("POST", "judgements", clerk.trim(), body), (403, "not-allowed".to_owned()));
    assert_eq!(asks("POST", "judgements", "", ""), (401, "not-signed-in".to_owned()));
    assert_eq!(asks("POST", "imports?name=a.csv", &office, ""), (403, "not-allowed".to_owned()));
    assert_eq!(asks("POST", "judgements", &office, "{"), (400, "bad-body".to_owned()));
    let odd = r#"{"verdict":"maybe","reports":["civil-protection:CP-001","civil-protection:CP-002"],"because":"x"}"#;
    assert_eq!(asks("POST", "judgements", &office, odd), (400, "bad-verdict".to_owned()));
    assert_eq!(asks("PUT", "pool", &office, ""), (405, "method-not-allowed".to_owned()));
    assert_eq!(asks("GET", "nothing", &office, ""), (404, "not-found".to_owned()));
    assert_eq!(asks("GET", "incidents/no", &office, ""), (400, "not-a-report-id".to_owned()));
    // Nobody is anybody, and sees nothing of what is not public.
    assert_eq!(server.get("pool", "")["counts"]["incidents"], 0);
    assert_eq!(server.get("overview", "")["cells"], json!([]));
}

/// The name and value of the cookie that an answer hands over.
fn cookie(head: &str) -> String {
    let line = head.lines().find(|it| it.starts_with("set-cookie: ")).expect("a cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(line.contains(part), "{line}");
    }
    let pair = line["set-cookie: ".len()..].split(';').next().unwrap();
    format!("Cookie: theme=dark; {pair}")
}

#[test]
fn whoever_sits_at_the_machine_sees_all_by_a_link_that_opens_nothing_from_elsewhere() {
    let desk = Desk::with_example();
    let server = Server::of(&desk);
    let (status, head, _) = server.send("GET", &server.0.here, &[], "");
    assert_eq!(status, 303, "{head}");
    let cookie = cookie(&head);
    let whose = |cookie: &str, host: &str| {
        let (_, _, body) = server.send("GET", "/api/v1/session", &[cookie, host], "");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let ours = format!("Host: {}", server.0.at);
    let session = whose(&cookie, &ours);
    assert_eq!(session["as"], "here");
    let (_, _, pool) = server.send("GET", "/api/v1/pool", &[&cookie], "");
    let pool: Value = serde_json::from_str(&pool).unwrap();
    assert_eq!(pool["counts"]["incidents"], desk.incidents("a.sheaf", &[]).len());
    assert_eq!((&pool["may"]["judge"], &pool["may"]["import"]), (&json!(true), &json!(true)));

    // Under a name that only leads here, with another key, or with a made-up cookie it is nobody.
    let port = server.0.at.rsplit_once(':').unwrap().1;
    assert_eq!(whose(&cookie, &format!("Host: elsewhere.example:{port}"))["as"], "nobody");
    assert_eq!(whose(&format!("Cookie: sheaf-{port}=here.x"), &ours)["as"], "nobody");
    for (path, host) in [
        ("/here".to_owned(), ours.clone()),
        ("/here?key=x".to_owned(), ours.clone()),
        (server.0.here.clone(), format!("Host: elsewhere.example:{port}")),
    ] {
        assert_eq!(server.send("GET", &path, &[&host], "").0, 403, "{path} {host}");
    }

    // A change needs the word that only a page of the desk knows, and no other origin.
    let csrf = format!("X-CSRF-Token: {}", session["csrf"].as_str().unwrap());
    let (institute, aid) = ("harbour-institute:HI-14-0044", "meridian-aid:MAS-1426");
    let body = json!({ "verdict": "same", "reports": [institute, aid], "because": "one market" });
    let judge =
        |headers: &[&str]| server.send("POST", "/api/v1/judgements", headers, &body.to_string()).0;
    assert_eq!(judge(&[&cookie]), 403);
    assert_eq!(judge(&[&cookie, "X-CSRF-Token: x"]), 403);
    assert_eq!(judge(&[&cookie, &csrf, "Origin: http://elsewhere.example"]), 403);
    assert_eq!(judge(&[&cookie, &csrf, &format!("Origin: http://{}", server.0.at)]), 201);
}

#[test]
fn an_account_signs_in_to_the_pages_and_out_and_another_password_ends_it() {
    let (desk, _, _) = shared();
    let mut command =
        desk.command(&["account", "password", "a.sheaf", "office", "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a long enough word\n").unwrap();
    assert!(child.wait().unwrap().success());
    let server = Server::of(&desk);
    let sign_in = |password: &str, headers: &[&str]| {
        let body = json!({ "name": "office", "password": password }).to_string();
        server.send("POST", "/api/v1/session", headers, &body)
    };
    let (status, head, body) = sign_in("a wrong word", &[]);
    assert!(
        status == 401 && body.contains("not-signed-in") && !head.contains("set-cookie"),
        "{body}"
    );
    // A browser would ask for a password in a window of its own.
    assert!(!head.contains("www-authenticate"), "{head}");
    assert_eq!(sign_in("a long enough word", &["Origin: http://elsewhere.example"]).0, 403);
    let (status, head, body) = sign_in("a long enough word", &[]);
    assert_eq!(status, 200, "{body}");
    let cookie = cookie(&head);
    let csrf = serde_json::from_str::<Value>(&body).unwrap()["csrf"].as_str().unwrap().to_owned();
    let whose = |cookie: &str| {
        let (_, _, body) = server.send("GET", "/api/v1/session", &[cookie], "");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    assert_eq!(
        (&whose(&cookie)["as"], &whose(&cookie)["account"]),
        (&json!("account"), &json!("office"))
    );
    assert_eq!(whose(&cookie)["csrf"], csrf.as_str());
    let ends = |headers: &[&str]| server.send("DELETE", "/api/v1/session", headers, "").0;
    assert_eq!(ends(&[&cookie]), 403);
    assert_eq!(ends(&[&cookie, &format!("X-CSRF-Token: {csrf}")]), 200);
    assert_eq!(whose(&cookie)["as"], "nobody");

    let (_, head, _) = sign_in("a long enough word", &[]);
    let cookie = self::cookie(&head);
    assert_eq!(whose(&cookie)["as"], "account");
    let made = desk.run(&["account", "password", "a.sheaf", "office"]);
    assert_eq!((made.code, made.stdout.trim().len()), (0, 24), "{}", made.stderr);
    assert_eq!(whose(&cookie)["as"], "nobody");
    assert_eq!(sign_in("a long enough word", &[]).0, 401);
    assert_eq!(sign_in(made.stdout.trim(), &[]).0, 200);
}

#[test]
fn a_file_that_is_handed_in_is_looked_at_and_then_taken_in_and_leaves_nothing_behind() {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("harbour-institute.csv")]);
    let server = Server::of(&desk);
    let (_, head, _) = server.send("GET", &server.0.here, &[], "");
    let cookie = cookie(&head);
    let (_, _, body) = server.send("GET", "/api/v1/session", &[&cookie], "");
    let csrf = serde_json::from_str::<Value>(&body).unwrap()["csrf"].as_str().unwrap().to_owned();
    let csrf = format!("X-CSRF-Token: {csrf}");
    let hand_in = |path: &str, body: &str| {
        let (status, _, body) = server.send("POST", path, &[&cookie, &csrf], body);
        (status, serde_json::from_str::<Value>(&body).unwrap_or_else(|err| panic!("{err}: {body}")))
    };
    let file = std::fs::read_to_string(example("northline-wire.csv")).unwrap();
    let before = listing(&desk.path("a.sheaf"));
    let (status, read) = hand_in("/api/v1/read?name=northline-wire.csv", &file);
    assert_eq!((status, &read["error"]["code"]), (422, &json!("not-recognised")), "{read}");
    let (status, read) = hand_in("/api/v1/read?name=a.csv&as=/etc/x.toml", &file);
    assert_eq!((status, &read["error"]["code"]), (404, &json!("no-such-reader")), "{read}");
    let mapping = std::fs::read(example("northline-wire.toml")).unwrap();
    let mapping: String = mapping.iter().map(|byte| format!("%{byte:02x}")).collect();
    let with_mapping = format!("&mapping={mapping}");
    let (status, read) =
        hand_in(&format!("/api/v1/read?name=northline-wire.csv{with_mapping}"), &file);
    assert_eq!(status, 200, "{read}");
    assert_eq!(read["tally"]["read"], 65);
    assert!(
        !read["columns"].as_array().unwrap().is_empty()
            && !read["reports"].as_array().unwrap().is_empty()
    );
    assert_eq!(desk.json(&["sources", "a.sheaf", "--format", "json"]).as_array().unwrap().len(), 1);
    let (status, taken) =
        hand_in(&format!("/api/v1/imports?name=northline-wire.csv{with_mapping}"), &file);
    assert_eq!((status, &taken["import"]["file"]), (201, &json!("northline-wire.csv")), "{taken}");
    assert_eq!(taken["incidents"], desk.incidents("a.sheaf", &[]).len());
    let (_, again) =
        hand_in(&format!("/api/v1/imports?name=northline-wire.csv{with_mapping}"), &file);
    assert_eq!(again["known"], true);
    for name in ["..%2Fa.csv", ".a.csv", "a%2Fb.csv", "%00.csv"] {
        let (status, told) = hand_in(&format!("/api/v1/read?name={name}"), "a");
        assert!((400..500).contains(&status), "{name}: {told}");
    }
    assert_eq!(listing(&desk.path("a.sheaf")), before);
}
