//! The files of the example pool.

/// Its folder, from the root of the workspace.
pub const FOLDER: &str = "examples/attacks-2013-2014";

/// Every desk's table as it was first published.
pub const FIRST_RELEASES: [&str; 5] = [
    "northline-wire.csv",
    "harbour-institute.csv",
    "meridian-aid-security.jsonl",
    "rail-safety-office.geojson",
    "civil-protection.csv",
];

/// The institute's later table.
pub const LATER_RELEASE: &str = "harbour-institute-v2.csv";

/// Which reports are of one attack.
pub const TRUTH: &str = "truth/truth.csv";

/// A report of the attack on the Urumqi market, which most sources disagree about.
pub const URUMQI_MARKET: &str = "northline-wire:NW-140522-1";

/// The path of one of the files from the root of the workspace.
pub fn path_of(name: &str) -> String {
    format!("{FOLDER}/{name}")
}
