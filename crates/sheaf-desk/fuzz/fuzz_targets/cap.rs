//! Any bytes as an alert or an index of alerts: read or refused, and an alert that is read can be screened.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sheaf_share::cap::{Limits, read_alert, read_index, recognise};
use sheaf_share::screen::screen;

fuzz_target!(|bytes: &[u8]| {
    let _ = recognise(bytes, &Limits::ALERT);
    let _ = read_index(bytes, &Limits::ALERT);
    if let Ok(reading) = read_alert(bytes, &Limits::ALERT) {
        for text in reading.alert.iter().flat_map(|(alert, _)| alert.texts()) {
            let _ = screen(text.1);
        }
    }
});
