//! Any bytes as whatever they look like: compressed, bundled, or plain.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| shared::read(bytes, None));
