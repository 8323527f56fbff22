//! Social Conflict Analysis Database. A plain table: no Rust.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct Scad;

static ABOUT: About = About {
    name: "scad",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Scad {
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
