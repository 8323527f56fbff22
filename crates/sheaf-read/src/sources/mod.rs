//! The built-in sources: one folder each, with its mapping (`source.toml`), a sample of invented
//! rows in the source's layout, and the claims expected of it. Rust is there only where a table is
//! not plain. [`SOURCES`] is the one list of them; help, docs and detection go through it.

use crate::mapping::Hand;

mod acled;
mod cap;
mod crash;
mod gdelt;
mod gtd;
mod gtfs_alerts;
mod maverick;
mod plain;
mod scad;
mod ucdp_ged;
mod ucdp_ged_thin;
mod us_incidents;

/// What a built-in source consists of.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The reader's name, for `--as`.
    pub name: &'static str,
    /// Its `source.toml`.
    pub mapping: &'static str,
    /// The file name of its sample.
    pub sample_name: &'static str,
    /// Its sample: invented rows in the source's layout.
    pub sample: &'static [u8],
}

/// A built-in source.
pub trait BuiltIn: Sync {
    /// What it consists of.
    fn about(&self) -> &'static About;

    /// What it does beyond its mapping, for a file with these columns.
    fn hand(&self, _columns: &[String]) -> Option<Box<dyn Hand>> {
        None
    }
}

/// Every built-in source. Detection tries them in this order, so that of two layouts the one with
/// more columns of its own comes first, and `plain`, which asks for least, comes last.
pub static SOURCES: &[&dyn BuiltIn] = &[
    &ucdp_ged::UcdpGed,
    &ucdp_ged_thin::UcdpGedThin,
    &acled::Acled,
    &gtd::Gtd,
    &scad::Scad,
    &maverick::Maverick,
    &gdelt::Gdelt,
    &gtfs_alerts::GtfsAlerts,
    &crash::Crash,
    &cap::Cap,
    &us_incidents::UsIncidents,
    &plain::Plain,
];

/// Where a column stands, by name, for a [`Hand`].
pub(crate) fn position(columns: &[String], name: &str) -> Option<u16> {
    let at = columns.iter().position(|column| column.trim().eq_ignore_ascii_case(name))?;
    u16::try_from(at).ok()
}

/// Reads a source's sample and compares what is told of it with its `expected.txt`, or writes that
/// anew under `SHEAF_BLESS=1`.
#[cfg(test)]
fn check_sample(about: &About) {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources");
    let folder = sources.join(about.name.replace('-', "_"));
    let mut options = crate::ReadOptions::found_out();
    options.reader = Some(about.name.to_owned());
    let (reading, batches, _) =
        crate::read_all(&folder.join(about.sample_name), &options).expect("a sample can be read");
    let found = crate::told(&reading, &batches);
    let expected = folder.join("expected.txt");
    if std::env::var_os("SHEAF_BLESS").is_some() {
        std::fs::write(&expected, &found).expect("expected.txt can be written");
    }
    let expected = std::fs::read_to_string(&expected).unwrap_or_default();
    assert!(
        expected == found,
        "{} is read otherwise than expected.txt says; if that is wanted, write it anew with \
         SHEAF_BLESS=1 and read the difference",
        about.name
    );
}
