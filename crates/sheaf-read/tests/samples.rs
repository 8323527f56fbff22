//! Each built-in source reads its sample as its `expected.txt` says. After a wanted change, write
//! them anew with `SHEAF_BLESS=1 cargo test -p sheaf-read --test samples` and read the difference.

mod common;

use common::{folder, read, told};
use sheaf_read::SOURCES;

#[test]
fn every_sample_is_read_as_expected() {
    let bless = std::env::var_os("SHEAF_BLESS").is_some();
    let mut wrong = Vec::new();
    for source in SOURCES {
        let about = source.about();
        let folder = folder(about.name);
        let (reading, batches) = read(&folder.join(about.sample_name), Some(about.name));
        let found = told(&reading, &batches);
        let expected = folder.join("expected.txt");
        if bless {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(about.name);
        }
    }
    assert!(wrong.is_empty(), "read otherwise than expected.txt says: {}", wrong.join(", "));
}

#[test]
fn every_sample_is_recognised() {
    for source in SOURCES {
        let about = source.about();
        let path = folder(about.name).join(about.sample_name);
        assert_eq!(sheaf_read::choose(&path, None).unwrap().reader, about.name);
    }
}
