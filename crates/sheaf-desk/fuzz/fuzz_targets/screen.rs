//! Any text: what is found in it lies in it, at the borders of its characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sheaf_share::screen::{is_mostly_caseless, screen};

fuzz_target!(|text: &str| {
    let _ = is_mostly_caseless(text);
    for hit in screen(text) {
        assert!(text.get(hit.span.clone()).is_some_and(|found| !found.is_empty()), "{hit:?}");
    }
});
