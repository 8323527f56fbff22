//! Any request: it is answered, never by a 5xx, and what the answer says is JSON where it says so.
#![no_main]

mod shared;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use shared::*;

static SERVED: OnceLock<Served> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let served = SERVED.get_or_init(desk);
    // Lines until an empty one: method, path, query, and headers; the rest is the body.
    let mut parts = bytes.splitn(8, |&byte| byte == b'\n');
    let mut next = || std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default();
    let (method, path, query) = (next(), next(), next());
    let path = if path.starts_with('/') { path } else { OBJECTS };
    let [authorization, accept, key, cookie] = [next(), next(), next(), next()];
    let body = bytes.splitn(8, |&byte| byte == b'\n').nth(7).unwrap_or_default();
    let given = |text: &'_ str| -> Option<String> { (!text.is_empty()).then(|| text.to_owned()) };
    let (authorization, accept) = (given(authorization), given(accept));
    let mut asked = request(method, path, body);
    asked.query = query;
    asked.authorization = authorization.as_deref().or(asked.authorization);
    asked.accept = accept.as_deref().or(asked.accept);
    asked.idempotency_key = Some(key).filter(|key| !key.is_empty());
    asked.cookie = Some(cookie);
    let answer = served.desk.answer(&asked, NOW);
    assert!(answer.status < 500, "{} for {method} {path}?{query}", answer.status);
    if answer.headers.iter().all(|(name, _)| *name != "Content-Type") && !answer.body.is_empty() {
        serde_json::from_slice::<serde_json::Value>(&answer.body).expect("JSON");
    }
});
