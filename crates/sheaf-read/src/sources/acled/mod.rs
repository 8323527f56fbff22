//! ACLED, as exported today and as before the change of columns in 2023. A plain table: no Rust.
//! `before-2023.csv` is a second sample, in the older layout.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct Acled;

static ABOUT: About = About {
    name: "acled",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Acled {
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
