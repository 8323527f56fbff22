//! Who may know whom. The manifests are read, and every dependency that ARCHITECTURE.md does not
//! allow is named.

use std::path::Path;

use toml::{Table, Value};

use crate::failure::{About, Outcome};

/// What a crate may depend on.
pub struct Allowed {
    /// The crate.
    pub krate: &'static str,
    /// Crates of this workspace that it may use.
    pub ours: &'static [&'static str],
    /// Crates from outside that it may use; `None` for any but the forbidden ones.
    pub others: Option<&'static [&'static str]>,
    /// Crates from outside that it must not use.
    pub forbidden: &'static [&'static str],
}

/// Crates that would let a calculating station touch a disk, a network, a clock or chance.
const WORLDLY: &[&str] = &[
    "serde",
    "serde_json",
    "toml",
    "csv",
    "rusqlite",
    "parquet",
    "arrow-array",
    "arrow-schema",
    "tokio",
    "reqwest",
    "hyper",
    "axum",
    "ureq",
    "rand",
    "rand_core",
    "fastrand",
    "getrandom",
    "tempfile",
    "object_store",
    "chrono",
    "time",
];

/// The arrows of ARCHITECTURE.md. A crate that is not in this list may not be in the workspace.
pub static ALLOWED: &[Allowed] = &[
    Allowed {
        krate: "sheaf-model",
        ours: &[],
        others: Some(&["jiff", "xxhash-rust"]),
        forbidden: &[],
    },
    Allowed {
        krate: "sheaf-read",
        ours: &["sheaf-model"],
        others: None,
        forbidden: &["rusqlite", "parquet", "tokio", "reqwest", "hyper", "axum", "ureq"],
    },
    Allowed { krate: "sheaf-link", ours: &["sheaf-model"], others: None, forbidden: WORLDLY },
    Allowed { krate: "sheaf-stats", ours: &["sheaf-model"], others: None, forbidden: WORLDLY },
    Allowed { krate: "sheaf-settle", ours: &["sheaf-model"], others: None, forbidden: WORLDLY },
    Allowed {
        krate: "sheaf-share",
        ours: &["sheaf-model"],
        others: None,
        forbidden: &[
            "rusqlite",
            "parquet",
            "arrow-array",
            "arrow-schema",
            "tokio",
            "reqwest",
            "hyper",
            "axum",
            "ureq",
            "rand",
            "rand_core",
            "fastrand",
            "getrandom",
            "tempfile",
            "object_store",
            "chrono",
            "time",
        ],
    },
    Allowed {
        krate: "sheaf-store",
        ours: &["sheaf-model"],
        others: None,
        forbidden: &["csv", "tokio", "reqwest", "hyper", "axum", "ureq"],
    },
    Allowed {
        krate: "sheaf-desk",
        ours: &["sheaf-model", "sheaf-share", "sheaf-store"],
        others: None,
        forbidden: &["rusqlite", "parquet", "csv"],
    },
    Allowed {
        krate: "sheaf",
        ours: &[
            "sheaf-model",
            "sheaf-read",
            "sheaf-link",
            "sheaf-settle",
            "sheaf-share",
            "sheaf-stats",
            "sheaf-store",
            "sheaf-desk",
        ],
        others: None,
        forbidden: &["tokio", "reqwest", "hyper", "axum"],
    },
    Allowed {
        krate: "xtask",
        ours: &[
            "sheaf-model",
            "sheaf-read",
            "sheaf-link",
            "sheaf-settle",
            "sheaf-share",
            "sheaf-stats",
            "sheaf-store",
            "sheaf",
        ],
        others: None,
        forbidden: &[],
    },
];

/// A dependency as a manifest has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow {
    /// The name of the crate it leads to.
    pub to: String,
    /// Only tests use it.
    pub only_tests: bool,
}

/// The name and dependencies of a crate, from its manifest's text.
pub fn read(manifest: &str) -> Outcome<(String, Vec<Arrow>)> {
    let manifest: Table = manifest.parse().about("read a manifest")?;
    let name = manifest["package"]["name"].as_str().unwrap_or("").to_owned();
    let mut arrows = Vec::new();
    collect(&manifest, &mut arrows);
    if let Some(Value::Table(targets)) = manifest.get("target") {
        for target in targets.values().filter_map(Value::as_table) {
            collect(target, &mut arrows);
        }
    }
    Ok((name, arrows))
}

fn collect(table: &Table, arrows: &mut Vec<Arrow>) {
    for (section, only_tests) in
        [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
    {
        let Some(Value::Table(dependencies)) = table.get(section) else { continue };
        for (name, how) in dependencies {
            // A dependency may go by another name here than it has.
            let to = how.get("package").and_then(Value::as_str).unwrap_or(name);
            arrows.push(Arrow { to: to.to_owned(), only_tests });
        }
    }
}

/// What is wrong with a crate's arrows. Tests may use any crate from outside, but no station that
/// their crate may not know.
pub fn wrong(krate: &str, arrows: &[Arrow]) -> Vec<String> {
    let Some(allowed) = ALLOWED.iter().find(|allowed| allowed.krate == krate) else {
        return vec![format!("{krate} does not stand in ARCHITECTURE.md's table of arrows")];
    };
    let ours =
        |to: &str| ALLOWED.iter().any(|allowed| allowed.krate == to) || to.starts_with("sheaf");
    arrows
        .iter()
        .filter(|arrow| {
            let to = arrow.to.as_str();
            if ours(to) {
                !allowed.ours.contains(&to)
            } else {
                !arrow.only_tests
                    && (allowed.forbidden.contains(&to)
                        || allowed.others.is_some_and(|others| !others.contains(&to)))
            }
        })
        .map(|arrow| format!("{krate} must not know {}", arrow.to))
        .collect()
}

/// Everything wrong with the arrows of the workspace, and how many crates were looked at.
pub fn wrong_in(root: &Path) -> Outcome<(Vec<String>, usize)> {
    let mut manifests = vec![root.join("xtask/Cargo.toml")];
    for entry in std::fs::read_dir(root.join("crates")).about("list crates")? {
        manifests.push(entry.about("list crates")?.path().join("Cargo.toml"));
    }
    let mut problems = Vec::new();
    for manifest in &manifests {
        let text =
            std::fs::read_to_string(manifest).about(format!("read {}", manifest.display()))?;
        let (krate, arrows) = read(&text)?;
        problems.extend(wrong(&krate, &arrows));
    }
    Ok((problems, manifests.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(manifest: &str, expected: &[&str]) {
        let (krate, arrows) = read(manifest).unwrap();
        assert_eq!(wrong(&krate, &arrows), expected, "{manifest}");
    }

    #[test]
    fn arrows_that_are_not_allowed_are_named() {
        check(
            "[package]\nname = \"sheaf-link\"\n[dependencies]\nsheaf-model.workspace = true\n\
             sheaf-store.workspace = true\nrayon = \"1\"\n",
            &["sheaf-link must not know sheaf-store"],
        );
        check(
            "[package]\nname = \"sheaf-settle\"\n[target.\"cfg(unix)\".dependencies]\n\
             ser = { package = \"serde\", version = \"1\" }\n",
            &["sheaf-settle must not know serde"],
        );
        check(
            "[package]\nname = \"sheaf-model\"\n[dependencies]\njiff = \"0.2\"\nrayon = \"1\"\n\
             [dev-dependencies]\nproptest = \"1\"\n",
            &["sheaf-model must not know rayon"],
        );
        check(
            "[package]\nname = \"sheaf-read\"\n[dev-dependencies]\nsheaf-link = \"0.1\"\n",
            &["sheaf-read must not know sheaf-link"],
        );
        check(
            "[package]\nname = \"sheaf-utils\"\n",
            &["sheaf-utils does not stand in ARCHITECTURE.md's table of arrows"],
        );
    }
}
