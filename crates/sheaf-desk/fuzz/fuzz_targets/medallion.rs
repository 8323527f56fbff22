//! Any bytes as the file of another server: all of it is taken over, or nothing.
#![no_main]

mod shared;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use shared::*;

fuzz_target!(|text: &str| {
    // What cannot be JSON is not worth a pool.
    if serde_json::from_str::<serde_json::Value>(text).is_err() {
        return;
    }
    let folder = match Path::new("/dev/shm").is_dir() {
        true => tempfile::tempdir_in("/dev/shm"),
        false => tempfile::tempdir(),
    };
    let folder = folder.expect("a folder");
    let log = exchange(folder.path());
    let before = log.roots().expect("its roots").len();
    if sheaf_desk::import(&log, Path::new("fuzzed.json"), text, NOW).is_err() {
        assert_eq!(log.roots().expect("its roots").len(), before, "half of it was taken over");
    }
});
