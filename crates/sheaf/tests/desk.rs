//! The desk's API through the program: what a page shows is what the terminal says, what is decided on a page
//! is kept, and nobody is shown, or told of, what they may not see.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use common::*;
use serde_json::{Value, json};

/// A server of `a.sheaf`, stopped when this is gone.
struct Server {
    child: Child,
    at: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn of(desk: &Desk) -> Server {
        let mut command = desk.command(&["serve", "a.sheaf", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let at = line.trim().strip_prefix("http://").unwrap().split('/').next().unwrap();
        Server { at: at.to_owned(), child }
    }

    /// The status and the body of an answer.
    fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let at = &self.at;
        let mut stream = TcpStream::connect(at).unwrap();
        let sign_in = if token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {token}\r\n")
        };
        write!(
            stream,
            "{method} /api/v1/{path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{sign_in}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|err| panic!("{path}: {err}: {body}")))
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
