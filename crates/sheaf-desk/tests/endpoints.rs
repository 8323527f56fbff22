//! Every address of TAXII 2.1 with its answers and refusals, over HTTP.

mod support;

use serde_json::{Value, json};
use sheaf_desk::{DeskError, Serving, Tls, import, serve, token_digest};
use sheaf_store::exchange::Exchange;
use support::*;

#[test]
fn the_server_says_what_it_has() {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 10);
    let got = client.get("/taxii2/");
    assert_eq!(got.header("content-type"), Some(TAXII));
    let root = format!("http://{}/pool/", client.at);
    assert_eq!(got.json(), json!({ "title": "sheaf", "default": root, "api_roots": [root] }));
    assert_eq!(
        client.get("/pool").json(),
        json!({ "title": "Attacks", "versions": [TAXII], "max_content_length": 200_000 })
    );
    let media_types = json!(["application/stix+json;version=2.1"]);
    let one = json!({
        "id": COLLECTION, "title": "Reports", "can_read": true, "can_write": true,
        "media_types": media_types,
    });
    let other = json!({
        "id": READ_ONLY, "title": "Reports", "can_read": true, "can_write": false,
        "media_types": media_types,
    });
    // The third is not there for whoever was given nothing of it.
    assert_eq!(client.get("/pool/collections/").json(), json!({ "collections": [one, other] }));
    assert_eq!(client.get(&format!("/pool/collections/{COLLECTION}/")).json(), one);
    assert_eq!(client.get(&format!("/pool/collections/{SECRET}/")).status, 404);
}

#[test]
fn objects_come_back_to_the_byte_in_pages_with_manifest_and_versions() {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 2);
    let odd = r#"{ "type":"incident", "id":"incident--00000000-0000-4000-8000-000000000001","x_kept":[1.50,"\u00e9"],
        "spec_version":"2.1","created":"2024-01-01T00:00:00Z" }"#;
    let body = format!(r#"{{"objects":[{odd}]}}"#);
    let headers = [("Accept", TAXII), ("Content-Type", TAXII)];
    let got = client.ask("POST", OBJECTS, &headers, body.as_bytes()).unwrap();
    assert_eq!(got.status, 202);
    client.post(OBJECTS, &[incident(2), incident(3), revised(2, "2024-02-01", "Second")]);
    let first = client.get(OBJECTS);
    let text = String::from_utf8(first.body.clone()).unwrap();
    assert!(text.starts_with(&format!(r#"{{"objects":[{odd},"#)), "{text}");
    assert_eq!((first.json()["more"].clone(), first.ids()), (json!(true), vec![id(1), id(3)]));
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let second = client.get(&format!("{OBJECTS}?next={next}"));
    assert_eq!((second.ids(), &second.json()["more"]), (vec![id(2)], &json!(false)));
    assert_eq!(client.get(&format!("{OBJECTS}?match[id]={}&limit=9", id(3))).ids(), [id(3)]);
    assert_eq!(client.get(&format!("{OBJECTS}?match[type]=location")).json(), json!({}));

    let manifest = client.get(&OBJECTS.replace("objects", "manifest"));
    let added = manifest.header("x-taxii-date-added-first").unwrap();
    assert_eq!(
        manifest.json()["objects"][0],
        json!({
            "id": id(1), "date_added": added, "version": "2024-01-01T00:00:00Z",
            "media_type": "application/stix+json;version=2.1",
        })
    );
    let versions = client.get(&format!("{OBJECTS}{}/versions", id(2))).json();
    assert_eq!(
        versions,
        json!({ "versions": ["2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"], "more": false })
    );
    assert_eq!(client.delete(&format!("{OBJECTS}{}/?match[version]=first", id(2))).status, 200);
    let versions = client.get(&format!("{OBJECTS}{}/versions/", id(2))).json();
    assert_eq!(versions, json!({ "versions": ["2024-02-01T00:00:00.000Z"], "more": false }));
    assert_eq!(client.delete(&format!("{OBJECTS}{}/", id(9))).status, 404);
}

#[test]
fn a_cursor_outlives_the_server_and_fits_one_question_of_one_reader() {
    let place = tempfile::tempdir().unwrap();
    let path = make_pool(place.path());
    let client = start(&path, 2);
    client.post(OBJECTS, &(0..6).map(incident).collect::<Vec<_>>());
    let next = client.get(&format!("{OBJECTS}?match[version]=all")).json()["next"].clone();
    let next = next.as_str().unwrap();
    let path_of = |filter: &str| format!("{OBJECTS}?{filter}&next={next}");
    let second = client.get(&path_of("match[version]=all"));
    assert_eq!(second.ids(), [id(2), id(3)]);
    let again = start(&path, 2);
    assert_eq!(again.get(&path_of("match[version]=all")).body, second.body);
    let fewer = again.get(&path_of("match[version]=all&limit=1"));
    assert_eq!(fewer.ids(), [id(2)]);
    for filter in
        ["match[version]=first", "", "match[version]=all&added_after=2020-01-01T00:00:00Z"]
    {
        assert_eq!(again.get(&path_of(filter)).status, 400, "{filter}");
    }
    assert_eq!(again.signed_in("Bearer wire").get(&path_of("match[version]=all")).status, 400);
    assert_eq!(again.get(&format!("{OBJECTS}?next=rubbish")).status, 400);
}

#[test]
fn whatever_was_not_allowed_is_denied() {
    let place = tempfile::tempdir().unwrap();
    let path = make_pool(place.path());
    let client = start(&path, 10);
    for sign_in in ["", "Bearer nobody", "Basic !!!", "Basic ZGVzaw==", "Digest x", "Bearer"] {
        let got = client.signed_in(sign_in).get(OBJECTS);
        assert_eq!(got.status, 401, "{sign_in}");
        assert!(got.header("www-authenticate").unwrap().starts_with("Basic"));
        assert_eq!(client.signed_in(sign_in).post(OBJECTS, &[incident(1)]).status, 401);
    }
    // desk:Password0, and the same with a wrong letter.
    assert_eq!(client.signed_in("Basic ZGVzazpQYXNzd29yZDA=").get(OBJECTS).status, 200);
    assert_eq!(client.signed_in("Basic ZGVzazpQYXNzd29yZDE=").get(OBJECTS).status, 401);
    let there = |collection: &str| format!("/pool/collections/{collection}/objects/");
    assert_eq!(client.post(&there(READ_ONLY), &[incident(1)]).status, 403);
    assert_eq!(client.delete(&format!("{}{}/", there(READ_ONLY), id(1))).status, 403);
    for path in
        [there(SECRET), "/pool/collections/x/objects/".into(), "/carbon/collections/".into()]
    {
        assert_eq!(client.get(&path).status, 404, "{path}");
        assert_eq!(client.post(&path, &[incident(1)]).status, 404, "{path}");
    }

    let log = Exchange::open(&path).unwrap();
    let account = log.account("desk").unwrap().unwrap().account;
    log.add_token(account, "", &token_digest("reads"), READ, FAR_FUTURE).unwrap();
    log.add_token(account, "", &token_digest("writes"), WRITE, FAR_FUTURE).unwrap();
    log.add_token(account, "", &token_digest("over"), BOTH, 1).unwrap();
    let (reads, writes) = (client.signed_in("Bearer reads"), client.signed_in("Bearer writes"));
    assert_eq!(client.signed_in("Bearer over").get(OBJECTS).status, 401);
    assert_eq!(reads.post(OBJECTS, &[incident(1)]).status, 403);
    assert_eq!(writes.post(OBJECTS, &[incident(1)]).status, 202);
    assert_eq!((writes.get(OBJECTS).status, reads.get(OBJECTS).ids()), (403, vec![id(1)]));
    assert_eq!(writes.delete(&format!("{OBJECTS}{}/", id(1))).status, 403);

    // What one member brought another neither revises nor withdraws, nor hears of its batches.
    let wire = client.signed_in("Bearer wire");
    let status = client.post(OBJECTS, &[incident(2)]).json();
    assert_eq!(wire.get(&format!("/pool/status/{}/", status["id"].as_str().unwrap())).status, 404);
    assert_eq!(wire.delete(&format!("{OBJECTS}{}/", id(2))).status, 403);
    let status = wire.post(OBJECTS, &[revised(2, "2025-01-01", "Ours now")]).json();
    assert_eq!(status["failure_count"], 1);

    log.close_account(account).unwrap();
    for sign_in in ["Bearer desk", "Basic ZGVzazpQYXNzd29yZDA=", "Bearer reads"] {
        assert_eq!(client.signed_in(sign_in).get(OBJECTS).status, 401, "{sign_in}");
    }
}

#[test]
fn guesses_are_slowed_down() {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 10).signed_in("Bearer guess");
    let statuses: Vec<u16> = (0..12).map(|_| client.get(OBJECTS).status).collect();
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[11], 429);
    assert!(client.get(OBJECTS).header("retry-after").is_some());
}

#[test]
fn a_request_that_is_none_is_told_why() {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 10);
    let ask = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        client.ask(method, path, headers, body).unwrap()
    };
    let taxii = [("Accept", TAXII), ("Content-Type", TAXII)];
    let got = ask("GET", OBJECTS, &[("Accept", "text/html")], b"");
    assert_eq!((got.status, got.json()["http_status"].clone()), (406, json!("406")));
    assert_eq!(ask("GET", OBJECTS, &[], b"").status, 200);
    assert_eq!(ask("POST", OBJECTS, &[("Content-Type", "application/json")], b"{}").status, 415);
    assert_eq!(ask("POST", OBJECTS, &taxii, &vec![b' '; 200_001]).status, 413);
    let got = ask("PUT", OBJECTS, &taxii, b"{}");
    assert_eq!((got.status, got.header("allow")), (405, Some("GET, POST")));
    assert_eq!(ask("DELETE", OBJECTS, &taxii, b"").status, 405);
    let got = ask("HEAD", OBJECTS, &taxii, b"");
    assert_eq!((got.status, got.body.len()), (200, 0));
    for body in ["", "{", "[]", "{}", "7", r#"{"objects":7}"#, r#"{"objects":{}}"#, "\u{0}"] {
        let got = ask("POST", OBJECTS, &taxii, body.as_bytes());
        assert_eq!(got.status, 422, "{body}");
        let why = got.json()["description"].as_str().unwrap().to_owned();
        assert!(why.starts_with("While processing supplied content, an error occurred: "), "{why}");
    }
    assert_eq!(ask("POST", OBJECTS, &taxii, b"{\"objects\":[\"\xff\"]}").status, 422);
    let deep = format!(r#"{{"objects":[{}{}]}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let got = ask("POST", OBJECTS, &taxii, deep.as_bytes());
    assert!(matches!(got.status, 202 | 422), "{}", got.status);
    for query in ["limit=0", "limit=x", "added_after=x", "match[version]=x", "next=%zz"] {
        assert_eq!(client.get(&format!("{OBJECTS}?{query}")).status, 400, "{query}");
    }
    assert_eq!(client.get("/pool/status/1/").status, 404);
    assert_eq!(client.get(&format!("{OBJECTS}{}/odd/", id(1))).status, 404);
    assert_eq!(client.get("/").status, 404);
    assert_eq!(client.get("/%ff").status, 400);
}

#[test]
fn a_batch_sent_again_under_its_key_is_not_taken_again() {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 10);
    let send = |key: &str, objects: &[Value]| {
        let headers = [("Accept", TAXII), ("Content-Type", TAXII), ("Idempotency-Key", key)];
        let body = json!({ "objects": objects }).to_string();
        client.ask("POST", OBJECTS, &headers, body.as_bytes()).unwrap()
    };
    let first = send("batch 1", &[incident(1)]);
    assert_eq!(send("batch 1", &[incident(1)]).body, first.body);
    assert_ne!(send("batch 2", &[incident(1)]).body, first.body);
    assert_eq!(send("batch 1", &[incident(2)]).status, 422);
    assert_eq!(client.get(OBJECTS).ids(), [id(1)]);
    assert_eq!(send(&"x".repeat(201), &[incident(2)]).status, 400);
}

#[test]
fn the_content_of_another_server_is_taken_over() {
    let file = json!({
        "/discovery": { "title": "Theirs", "default": "http://a.example/two/",
            "api_roots": ["http://a.example/two/", "http://a.example/one/"] },
        "one": { "information": { "title": "One" } },
        "two": {
            "information": { "title": "Two", "max_content_length": 5000 },
            "status": [{ "id": "s1", "status": "pending", "pendings": [] }],
            "collections": [
                { "id": COLLECTION, "title": "T", "can_read": true, "can_write": false,
                  "objects": [incident(2), incident(1), { "id": "x" }],
                  "manifest": [
                      { "id": id(1), "date_added": "2020-01-01T00:00:00Z", "version": "2024-01-01T00:00:00Z" },
                      { "id": id(2), "date_added": "2020-01-01T00:00:00Z", "version": "2024-01-01T00:00:00Z" },
                  ] },
            ],
        },
        "users": { "admin": "Password0", "old": "pbkdf2:sha256:1$x$y" },
        "taxii": { "max_page_size": 7 },
    });
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    drop(sheaf_store::Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
    let at = std::path::Path::new("theirs.json");
    let imported = import(&log, at, &file.to_string(), 1).unwrap();
    assert_eq!((imported.n_roots, imported.n_collections, imported.n_objects), (2, 1, 2));
    assert_eq!((imported.n_accounts, imported.page_size), (2, Some(7)));
    assert_eq!(imported.without_password, ["old"]);
    assert_eq!(imported.refused.len(), 1);
    let again = import(&log, at, &file.to_string(), 1).unwrap_err();
    assert_eq!(again.what, "theirs.json: there is an API root /one/ in the pool already");
    let none = import(&log, at, "{}", 1).unwrap_err();
    assert_eq!(none.what, "theirs.json: this holds neither API roots nor users");
    drop(log);

    let client = start(&path, 10).signed_in("Basic YWRtaW46UGFzc3dvcmQw");
    assert_eq!(
        client.get("/taxii2/").json()["api_roots"],
        json!(["http://a.example/two/", "http://a.example/one/"])
    );
    assert_eq!(client.get("/two/status/s1/").json()["status"], "pending");
    let got = client.get(&format!("/two/collections/{COLLECTION}/objects/"));
    assert_eq!(got.ids(), [id(1), id(2)]);
    assert_eq!(got.header("x-taxii-date-added-first"), Some("2020-01-01T00:00:00.000000Z"));
    assert_eq!(got.header("x-taxii-date-added-last"), Some("2020-01-01T00:00:00.000001Z"));
    let to = format!("/two/collections/{COLLECTION}/objects/");
    assert_eq!(client.post(&to, &[incident(3)]).status, 403);
}

#[test]
fn a_pool_without_collections_gets_one() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("attacks.sheaf");
    drop(sheaf_store::Pool::create_or_open(&path).unwrap());
    let desk = desk(&path, 10);
    let roots = desk.log().roots().unwrap();
    assert_eq!(roots.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["attacks"]);
    assert_eq!(desk.log().collections(roots[0].root).unwrap().len(), 1);
}

#[test]
fn what_keeps_a_server_from_starting_is_named() {
    let place = tempfile::tempdir().unwrap();
    let path = make_pool(place.path());
    let fails = |how: Serving| -> DeskError { serve(desk(&path, 10), &how, |_| {}).unwrap_err() };
    let taken = start(&path, 10).at;
    let err = fails(Serving { listen: taken, tls: None });
    assert_eq!(err.code, "cannot-listen");
    assert!(err.what.starts_with(&format!("{taken}: the server cannot listen here")), "{err}");
    let certificate = place.path().join("none.pem");
    let tls = Some(Tls { certificate: certificate.clone(), key: certificate });
    let err = fails(Serving { listen: "127.0.0.1:0".parse().unwrap(), tls });
    assert_eq!(err.code, "bad-certificate");
}
