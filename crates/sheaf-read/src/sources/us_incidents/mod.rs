//! Tables of shootings and attacks in the United States, by mapping. A plain table: no Rust.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct UsIncidents;

static ABOUT: About = About {
    name: "us-incidents",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for UsIncidents {
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
