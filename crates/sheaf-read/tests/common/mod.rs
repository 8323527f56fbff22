//! What several tests need: a file read or the test failed, and the folder of real files.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use sheaf_model::Batch;
use sheaf_read::{ReadOptions, Reading, read_all};

/// The folder of a built-in source.
pub fn folder(name: &str) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources");
    sources.join(name.replace('-', "_"))
}

/// Reads a file, or fails the test with what the reader said.
pub fn read(path: &Path, reader: Option<&str>) -> (Reading, Vec<Batch>) {
    let mut options = ReadOptions::found_out();
    options.reader = reader.map(str::to_owned);
    match read_all(path, &options) {
        Ok((reading, batches, _)) => (reading, batches),
        Err(error) => panic!("{}: {error} ({:?})", path.display(), error.hint),
    }
}

/// The folder of real files, or a printed notice that there is none.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("SHEAF_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: SHEAF_DATA is not set");
    }
    folder
}
