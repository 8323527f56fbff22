//! UCDP Georeferenced Event Dataset (GED), full layouts of 41 to 51 columns: versions 17 to today,
//! with the older names `best_est`, `high_est`, `low_est`, and the layout of the Humanitarian Data
//! Exchange with a row of tags below the header. A plain table: no Rust.

use crate::sources::{About, BuiltIn};

/// See `source.toml`.
pub struct UcdpGed;

static ABOUT: About = About {
    name: "ucdp-ged",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for UcdpGed {
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
