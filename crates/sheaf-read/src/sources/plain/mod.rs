//! The plain layout: what a table of CSV, JSON Lines or GeoJSON should look like to be read with no
//! mapping at all. Every column but a date is optional; `source.toml` documents them.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct Plain;

static ABOUT: About = About {
    name: "plain",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Plain {
    fn about(&self) -> &'static About {
        &ABOUT
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_sample_is_read_as_expected() {
        crate::sources::check_sample(&super::ABOUT);
    }
}
