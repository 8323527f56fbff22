//! The faults that servers of this kind were seen to have, by letter; over HTTP, against an empty
//! collection each.

mod support;

use serde_json::{Value, json};
use support::*;

fn served() -> (tempfile::TempDir, Client) {
    let place = tempfile::tempdir().unwrap();
    let client = start(&make_pool(place.path()), 1000);
    (place, client)
}

fn hundred() -> Vec<Value> {
    (0..100).map(incident).collect()
}

#[test]
fn probe_a_paging_by_added_after_alone_sees_everything() {
    let (_place, client) = served();
    assert_eq!(client.post(OBJECTS, &hundred()).json()["success_count"], 100);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let got = client.get(&format!("{OBJECTS}?limit=30{after}"));
        if got.ids().is_empty() {
            break;
        }
        seen.extend(got.ids());
        after = format!("&added_after={}", got.header("x-taxii-date-added-last").unwrap());
    }
    assert_eq!(seen, (0..100).map(id).collect::<Vec<_>>());
}

#[test]
fn probe_b_the_same_next_gives_the_same_page() {
    let (_place, client) = served();
    client.post(OBJECTS, &hundred());
    let first = client.get(&format!("{OBJECTS}?limit=30")).json();
    let next = format!("{OBJECTS}?limit=30&next={}", first["next"].as_str().unwrap());
    let (once, twice) = (client.get(&next), client.get(&next));
    assert_eq!(once.ids(), (30..60).map(id).collect::<Vec<_>>());
    assert_eq!((twice.status, &twice.body), (200, &once.body));
}

#[test]
fn probe_c_another_content_under_the_same_version_is_reported() {
    let (_place, client) = served();
    client.post(OBJECTS, &[incident(1)]);
    let got = client.post(OBJECTS, &[revised(1, "2024-01-01", "EDITED")]);
    let status = got.json();
    assert_eq!(
        (got.status, &status["success_count"], &status["failure_count"]),
        (202, &json!(0), &json!(1))
    );
    let why = status["failures"][0]["message"].as_str().unwrap();
    assert!(why.contains("another content under the same id and version"), "{why}");
    let kept = client.get(&format!("{OBJECTS}{}/", id(1))).json();
    assert_eq!(kept["objects"], json!([incident(1)]));
}

#[test]
fn probe_d_an_older_version_that_comes_late_is_not_served_for_the_newest() {
    let (_place, client) = served();
    client.post(OBJECTS, &[incident(1)]);
    client.post(OBJECTS, &[revised(1, "2030-01-01", "NEWER")]);
    client.post(OBJECTS, &[revised(1, "2029-01-01", "OLDER, LATE")]);
    let kept = client.get(&format!("{OBJECTS}{}/", id(1))).json();
    assert_eq!(kept["objects"], json!([revised(1, "2030-01-01", "NEWER")]));
}

#[test]
fn probe_e_pollers_learn_of_a_withdrawal() {
    let (_place, client) = served();
    client.post(OBJECTS, &[incident(1), incident(2)]);
    let seen = client.get(OBJECTS);
    let after = seen.header("x-taxii-date-added-last").unwrap();
    assert_eq!(client.delete(&format!("{OBJECTS}{}/", id(1))).status, 200);
    assert_eq!(client.get(&format!("{OBJECTS}{}/", id(1))).status, 404);
    let told = client.get(&format!("{OBJECTS}?added_after={after}")).json();
    assert_eq!(told["objects"].as_array().unwrap().len(), 1);
    let notice = &told["objects"][0];
    assert_eq!((&notice["id"], &notice["revoked"]), (&json!(id(1)), &json!(true)));
    assert_eq!(notice.get("name"), None, "nothing of its content is left");
    let deleted = client.get(&OBJECTS.replace("objects", "deleted")).json();
    assert_eq!(deleted["objects"][0]["id"], json!(id(1)));
    let all = client.get(&format!("{OBJECTS}?match[version]=all"));
    assert!(!String::from_utf8(all.body).unwrap().contains("Attack at station 1"));
}

#[test]
fn probe_e2_what_was_withdrawn_does_not_come_back() {
    let (_place, client) = served();
    client.post(OBJECTS, &[incident(1), revised(1, "2024-02-01", "Second")]);
    client.delete(&format!("{OBJECTS}{}/", id(1)));
    for replay in [incident(1), revised(1, "2024-02-01", "Second")] {
        let status = client.post(OBJECTS, &[replay]).json();
        assert_eq!(status["success_count"], 0);
        assert_eq!(status["failures"][0]["message"], "this version was withdrawn");
    }
    let other = client.signed_in("Bearer wire");
    let status = other.post(OBJECTS, &[revised(1, "2025-01-01", "From elsewhere")]).json();
    assert_eq!(status["failures"][0]["message"], "this object was withdrawn");
    assert_eq!(client.get(&format!("{OBJECTS}{}/", id(1))).status, 404);
}

#[test]
fn probe_f_one_bad_object_fails_alone() {
    let (_place, client) = served();
    let mut bad = incident(2);
    bad.as_object_mut().unwrap().remove("id");
    let got = client.post(OBJECTS, &[incident(1), bad, incident(3)]);
    let status = got.json();
    assert_eq!((got.status, &status["status"]), (202, &json!("complete")));
    assert_eq!(
        (&status["total_count"], &status["success_count"], &status["failure_count"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(
        status["failures"],
        json!([{
            "id": "object 2 of the envelope", "version": "2024-01-01T00:00:00.000Z",
            "message": "the object has no id",
        }])
    );
    assert_eq!(client.get(OBJECTS).ids(), [id(1), id(3)]);
    let asked = client.get(&format!("/pool/status/{}/", status["id"].as_str().unwrap()));
    assert_eq!(asked.json(), status);
}

#[test]
fn probe_g_garbage_is_refused_object_by_object() {
    let (_place, client) = served();
    let with = |name: &str, value: Value| {
        let mut object = incident(1);
        object[name] = value;
        object
    };
    let garbage = [
        with("id", json!("incident--not-a-uuid")),
        with("created", json!("x")),
        with("modified", json!(7)),
        with("type", json!("malware")),
        with("spec_version", json!("9")),
        json!(7),
        json!(null),
        json!([]),
        json!({}),
        json!({ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [] }),
    ];
    let got = client.post(OBJECTS, &garbage);
    let status = got.json();
    assert_eq!((got.status, &status["failure_count"]), (202, &json!(garbage.len())));
    assert_eq!(client.get(OBJECTS).json(), json!({}));
}
