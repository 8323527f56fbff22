//! The 14-column extract of UCDP GED that circulates in teaching packages, with the same keys and
//! thus the same source name as the full layout. A plain table: no Rust.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct UcdpGedThin;

static ABOUT: About = About {
    name: "ucdp-ged-thin",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for UcdpGedThin {
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
