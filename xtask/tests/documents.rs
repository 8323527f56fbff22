//! The documents run: what they say the program prints is what it prints.
#![cfg(unix)]

use std::path::Path;

use xtask::tidy::files;
use xtask::workspace;
use xtask::{console, example};

/// Documents whose commands need files that only their reader has.
const NOT_RUN: &[&str] = &["CONTRIBUTING.md"];

#[test]
fn every_command_of_the_documents_prints_what_they_say() {
    let root = workspace::root();
    let documents: Vec<_> = files::files(&root, &[".md"])
        .into_iter()
        .filter(|path| !NOT_RUN.iter().any(|name| path == Path::new(name)))
        .filter(|path| {
            let commands = console::commands(&files::text_of(&root, path));
            commands.iter().any(|said| !console::is_skipped(&said.command))
        })
        .collect();
    if documents.is_empty() {
        // Until a document shows a command there is nothing to build the program for.
        assert!(root.join(example::FOLDER).is_dir());
        return;
    }
    let program = workspace::program_for_tests().unwrap();
    let mut differences = Vec::new();
    for path in documents {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root.join("examples"), folder.path().join("examples")).unwrap();
        let name = path.display().to_string();
        let text = files::text_of(&root, &path);
        differences.extend(console::run(&text, &name, folder.path(), &program).unwrap());
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
