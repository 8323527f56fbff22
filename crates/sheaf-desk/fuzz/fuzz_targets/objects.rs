//! Any bytes as an envelope: they are refused, or each object has an outcome, and what is called a success can be read.
#![no_main]

mod shared;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::*;

static SERVED: OnceLock<Served> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let served = SERVED.get_or_init(desk);
    let answer = served.desk.answer(&request("POST", OBJECTS, bytes), NOW);
    assert!(answer.status < 500, "{}", answer.status);
    if answer.status != 202 {
        return;
    }
    let status: Value = serde_json::from_slice(&answer.body).expect("a status");
    let n = |name: &str| status[name].as_u64().expect("a count");
    assert_eq!(n("total_count"), n("success_count") + n("failure_count"));
    for one in status["successes"].as_array().into_iter().flatten() {
        let path = format!("{OBJECTS}{}/", one["id"].as_str().expect("an id"));
        let mut asked = request("GET", &path, b"");
        asked.query = "match[spec_version]=2.0,2.1";
        assert_eq!(served.desk.answer(&asked, NOW).status, 200, "{path}");
    }
});
