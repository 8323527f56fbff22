//! The built-in sources as a list: each has its four files, is read as its `expected.txt` says, and
//! is recognised. Each source's own test writes `expected.txt` anew under `SHEAF_BLESS=1`.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{folder, read};
use sheaf_read::{SOURCES, choose, told};

#[test]
fn every_sample_is_read_as_expected() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let about = source.about();
        let folder = folder(about.name);
        let (reading, batches) = read(&folder.join(about.sample_name), Some(about.name));
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        if expected != told(&reading, &batches) {
            wrong.push(about.name);
        }
    }
    assert!(
        wrong.is_empty(),
        "read otherwise than expected.txt says: {}; SHEAF_BLESS=1 cargo test -p sheaf-read --lib \
         sources writes it anew",
        wrong.join(", ")
    );
}

#[test]
fn every_sample_is_recognised() {
    for source in SOURCES {
        let about = source.about();
        let path = folder(about.name).join(about.sample_name);
        assert_eq!(choose(&path, None).unwrap().reader, about.name);
    }
    let older = folder("acled").join("before-2023.csv");
    assert_eq!(choose(&older, None).unwrap().reader, "acled");
}

/// A folder that nobody lists, or a listed source that lacks a file, is found here.
#[test]
fn every_source_has_its_folder_and_every_folder_its_source() {
    let folders: BTreeSet<String> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
            .collect();
    let listed: BTreeSet<String> =
        SOURCES.iter().map(|source| source.about().name.to_owned()).collect();
    assert_eq!(folders, listed);
    for source in SOURCES {
        let about = source.about();
        for file in ["mod.rs", "source.toml", "expected.txt", about.sample_name] {
            assert!(folder(about.name).join(file).is_file(), "{}: {file}", about.name);
        }
        let lines = String::from_utf8_lossy(about.sample).lines().count();
        assert!((4..=40).contains(&lines), "{}: {lines} lines of sample", about.name);
    }
}
