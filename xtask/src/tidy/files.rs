//! Rules about single files: their length, how they open, what must not stand in them.

use std::path::{Path, PathBuf};

/// A source file longer than this has two ideas in it.
pub const LONGEST: usize = 600;

/// Files of data, which may be long: path from the root.
pub const DATA: &[&str] = &[];

/// Folders that are not ours: built, fetched, or another tool's.
fn is_foreign(name: &str) -> bool {
    name.starts_with('.') && name != ".ci" && name != ".config" && name != ".cargo"
        || name == "target"
        || name.starts_with("target-")
        || name == "node_modules"
        || name == "dist"
        || name == "demo"
        || name.ends_with(".sheaf")
}

/// Every file below the root whose name ends in one of these, as paths from the root, sorted.
pub fn files(root: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !is_foreign(&name) {
                folders.push(entry.path());
            } else if !is_folder && endings.iter().any(|ending| name.ends_with(ending)) {
                let path = entry.path();
                found.push(path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path));
            }
        }
    }
    found.sort();
    found
}

/// The text of a file; what is no UTF-8 is no text.
pub fn text_of(root: &Path, path: &Path) -> String {
    std::fs::read(root.join(path))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// Source files that are too long.
pub fn too_long(root: &Path) -> Vec<String> {
    files(root, &[".rs", ".ts", ".mjs", ".svelte", ".css"])
        .into_iter()
        .filter(|path| !DATA.iter().any(|data| path == Path::new(data)))
        .filter_map(|path| {
            let lines = text_of(root, &path).lines().count();
            (lines > LONGEST).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect()
}

/// Modules of the libraries that do not open with a paragraph on what they are.
pub fn without_opening(root: &Path) -> Vec<String> {
    files(root, &[".rs"])
        .into_iter()
        .filter(|path| path.components().any(|part| part.as_os_str() == "src"))
        .filter(|path| !text_of(root, path).starts_with("//!"))
        .map(|path| path.display().to_string())
        .collect()
}

/// Texts that must not stand in any file, and why. Each is put together here so that this file
/// does not hold it.
pub fn forbidden() -> Vec<(String, &'static str)> {
    vec![
        (["/wo", "rk/"].concat(), "a path of somebody's machine"),
        (["/ho", "me/"].concat(), "a path of somebody's machine"),
        (["/ro", "ot/"].concat(), "a path of somebody's machine"),
        (["/Use", "rs/"].concat(), "a path of somebody's machine"),
        (["to", "do!("].concat(), "a stub"),
        (["unimple", "mented!("].concat(), "a stub"),
        (["db", "g!("].concat(), "a debug print"),
    ]
}

/// Files in which something stands that must not.
pub fn with_forbidden_text(root: &Path) -> Vec<String> {
    let forbidden = forbidden();
    let endings = [
        ".rs", ".md", ".toml", ".csv", ".json", ".jsonl", ".geojson", ".txt", ".ts", ".mjs",
        ".svelte", ".css", ".html", "run",
    ];
    files(root, &endings)
        .into_iter()
        .flat_map(|path| {
            let text = text_of(root, &path);
            let found: Vec<String> = text
                .lines()
                .enumerate()
                .flat_map(|(idx, line)| {
                    forbidden
                        .iter()
                        .filter(|(what, _)| line.contains(what.as_str()))
                        .map(move |(what, why)| (idx + 1, what.clone(), *why))
                })
                .map(|(line, what, why)| format!("{}:{line}: \"{what}\": {why}", path.display()))
                .collect();
            found
        })
        .collect()
}
