//! Rules about the repository itself.

use xtask::tidy::{arrows, files, invariants, links};
use xtask::workspace::root;

#[track_caller]
fn none(problems: Vec<String>, rule: &str) {
    assert!(problems.is_empty(), "{rule}:\n  {}", problems.join("\n  "));
}

#[test]
fn invariant_12_stations_know_the_nouns_never_each_other() {
    let (problems, crates) = arrows::wrong_in(&root()).unwrap();
    assert_eq!(crates, arrows::ALLOWED.len(), "crates in the workspace");
    none(problems, "ARCHITECTURE.md says who may know whom");
}

/// Held by the arrows (no crate that could) and here by the words of the standard library.
#[test]
fn invariant_13_calculating_crates_touch_no_disk_network_clock_or_environment() {
    let words = ["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant::now"];
    let mut problems = Vec::new();
    let mut looked_at = 0;
    for krate in ["sheaf-model", "sheaf-link", "sheaf-settle", "sheaf-stats"] {
        for path in files::files(&root(), &[".rs"]) {
            if !path.starts_with(format!("crates/{krate}/src")) {
                continue;
            }
            looked_at += 1;
            let text = files::text_of(&root(), &path);
            // Tests may look at files.
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            problems.extend(
                words
                    .iter()
                    .filter(|word| !is_test && code.contains(**word))
                    .map(|word| format!("{} uses {word}", path.display())),
            );
        }
    }
    assert!(looked_at > 10, "{looked_at} files");
    none(problems, "model, link and settle calculate and do nothing else");
}

#[test]
fn invariant_16_nouns_are_not_serialisable() {
    let problems = files::files(&root(), &[".rs"])
        .into_iter()
        .filter(|path| path.starts_with("crates/sheaf-model"))
        .filter(|path| {
            let text = files::text_of(&root(), path);
            text.contains("Serialize") || text.contains("Deserialize")
        })
        .map(|path| path.display().to_string())
        .collect();
    none(problems, "store and exports convert the nouns by hand");
}

/// Held by the arrows, which keep tokio, hyper and axum out of every other crate, and here by the word.
#[test]
fn invariant_18_async_lives_in_the_desk_only() {
    let mut problems = Vec::new();
    let mut in_the_desk = Vec::new();
    for path in files::files(&root(), &[".rs"]) {
        let text = files::text_of(&root(), &path);
        let n =
            ["async fn", "async move", ".await"].iter().filter(|it| text.contains(**it)).count();
        match (path.starts_with("crates/sheaf-desk/src"), n) {
            (_, 0) => {}
            (true, _) => in_the_desk.push(path.display().to_string()),
            // This file names the words.
            (false, _) if path.ends_with("xtask/tests/tidy.rs") => {}
            (false, _) => problems.push(path.display().to_string()),
        }
    }
    in_the_desk.sort();
    let named = ["client/line.rs", "serving.rs"].map(|it| format!("crates/sheaf-desk/src/{it}"));
    assert_eq!(in_the_desk, named, "one file waits for those it calls, one for callers");
    none(problems, "async lives in the desk only");
}

#[test]
fn every_invariant_has_a_test() {
    let page = files::text_of(&root(), "ARCHITECTURE.md".as_ref());
    let listed = invariants::invariants(&page);
    assert!(listed.len() >= 18, "ARCHITECTURE.md lists only {} invariants", listed.len());
    for (idx, invariant) in listed.iter().enumerate() {
        assert_eq!(invariant.number as usize, idx + 1, "the list counts without a gap");
    }
    let tested = invariants::tested(&root());
    let problems = listed
        .into_iter()
        .filter(|invariant| !invariant.waits && !tested.contains(&invariant.number))
        .map(|invariant| format!("{}. {}", invariant.number, invariant.text))
        .collect();
    none(problems, "an invariant without a test is a wish; name one fn invariant_NN_…");
}

#[test]
fn no_source_file_is_too_long() {
    none(files::too_long(&root()), "a file is told in one sitting");
}

#[test]
fn every_module_says_what_it_is() {
    none(files::without_opening(&root()), "a module opens with a paragraph on what it is");
}

#[test]
fn nothing_stands_in_a_file_that_must_not() {
    none(files::with_forbidden_text(&root()), "no stubs, and nobody's machine");
}

#[test]
fn every_link_leads_somewhere() {
    none(links::broken(&root()), "relative links of the documents resolve");
}

#[test]
fn every_rule_of_data_protection_has_a_test() {
    let tested = invariants::tested_as(&root(), "rule");
    let lacking: Vec<u32> = (1..=invariants::RULES).filter(|it| !tested.contains(it)).collect();
    assert_eq!(lacking, Vec::<u32>::new(), "docs/data-protection.md lists the rules");
    // And the page names each test that there is.
    let page = std::fs::read_to_string(root().join("docs/data-protection.md")).unwrap();
    for rule in 1..=invariants::RULES {
        assert!(
            page.contains(&format!("rule_{rule:02}_")),
            "rule {rule} is not in docs/data-protection.md"
        );
    }
}
