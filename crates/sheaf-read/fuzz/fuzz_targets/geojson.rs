//! Any bytes as geojson.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;
use sheaf_read::rows::Format;

fuzz_target!(|bytes: &[u8]| shared::read(bytes, Some(Format::GeoJson)));
