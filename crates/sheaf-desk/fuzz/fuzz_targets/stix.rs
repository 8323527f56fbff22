//! Any JSON as STIX objects: read as ours, as another's, and as an object of the exchange.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sheaf_share::stix::{is_ours, read_ours, read_theirs};
use sheaf_store::exchange::Incoming;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(incoming) = Incoming::read(bytes) {
        assert!(!incoming.id.is_empty() && incoming.id.is_ascii());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    if is_ours(&value) {
        let _ = read_ours(&value);
    }
    let objects = match value {
        Value::Array(objects) => objects,
        object => vec![object],
    };
    let _ = read_theirs(&objects);
});
