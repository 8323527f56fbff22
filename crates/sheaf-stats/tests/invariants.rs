//! The invariants of ARCHITECTURE.md that this crate has a share in.

/// Nothing in the crate can reach a disk, the network, a clock, the environment or chance that is
/// not an argument.
#[test]
fn invariant_13_statistics_touch_nothing_outside() {
    fn check(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| {
                if path.is_dir() {
                    return check(&path);
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for word in [
                    "std::fs",
                    "std::io",
                    "std::net",
                    "std::env",
                    "std::time",
                    "std::thread",
                    "std::process",
                    "RandomState",
                    "HashMap",
                    "HashSet",
                ] {
                    assert!(!text.contains(word), "{} uses {word}", path.display());
                }
                1
            })
            .sum()
    }
    assert!(check(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) > 10);
}
