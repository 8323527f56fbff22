//! Service alerts of a GTFS-realtime feed, read as leads: that a line does not run says that something may have
//! happened, not what or where exactly. The feed is made into rows by `rows::gtfs_realtime`.

use crate::sources::{About, BuiltIn};

/// See the module's text and `source.toml`.
pub struct GtfsAlerts;

static ABOUT: About = About {
    name: "gtfs-alerts",
    mapping: include_str!("source.toml"),
    sample_name: "sample.pb",
    sample: include_bytes!("sample.pb"),
};

impl BuiltIn for GtfsAlerts {
    fn about(&self) -> &'static About {
        &ABOUT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_read_as_expected() {
        crate::sources::check_sample(&ABOUT);
    }
}
