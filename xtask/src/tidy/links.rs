//! Links of the documents that lead nowhere.

use std::path::Path;

use super::files::{files, text_of};

/// Relative links in Markdown files whose target is not there.
pub fn broken(root: &Path) -> Vec<String> {
    files(root, &[".md"])
        .into_iter()
        .flat_map(|path| {
            let folder = root.join(&path).parent().map(Path::to_path_buf).unwrap_or_default();
            targets(&text_of(root, &path))
                .into_iter()
                .filter(|(_, target)| !folder.join(target).exists())
                .map(|(line, target)| format!("{}:{line}: {target} is not there", path.display()))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The relative targets of a document's links and pictures, without anchors, with their lines.
/// Blocks of code are not looked at.
pub fn targets(document: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (idx, line) in document.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let Some((target, _)) = rest.split_once(')') else { continue };
            let target = target.split(['#', ' ']).next().unwrap_or("");
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !target.is_empty() {
                found.push((idx + 1, target.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_within_the_repository_are_followed() {
        let document = "\
see [a](A.md) and [b](docs/b.md#part \"B\"), ![c](c.svg)
[d](https://example.org/d) [e](#here)
```text
[f](not/a/link.md)
```
";
        let expected = [(1, "A.md"), (1, "docs/b.md"), (1, "c.svg")];
        let found = targets(document);
        assert_eq!(
            found.iter().map(|(line, target)| (*line, target.as_str())).collect::<Vec<_>>(),
            expected
        );
    }
}
