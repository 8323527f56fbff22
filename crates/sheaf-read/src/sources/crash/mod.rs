//! The car-crash layout of the MELTT package: several data sets in one layout, the `dataset` column
//! naming the source. A plain table: no Rust.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct Crash;

static ABOUT: About = About {
    name: "crash",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Crash {
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
