//! The numbered invariants of ARCHITECTURE.md and the tests named after them.

use std::collections::BTreeSet;
use std::path::Path;

use super::files::{files, text_of};

/// An invariant of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invariant {
    /// Its number.
    pub number: u32,
    /// Its first line.
    pub text: String,
    /// It waits for a crate that is not there yet, and needs no test so far.
    pub waits: bool,
}

/// The numbered list under the page's heading "The invariants".
pub fn invariants(page: &str) -> Vec<Invariant> {
    let mut found: Vec<Invariant> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("## ") {
            inside = line.trim() == "## The invariants";
            continue;
        }
        if !inside {
            continue;
        }
        let numbered = line
            .split_once(". ")
            .and_then(|(number, text)| Some((number.parse::<u32>().ok()?, text)));
        match numbered {
            Some((number, text)) => {
                found.push(Invariant { number, text: text.to_owned(), waits: false });
            }
            // A line that goes on with the one before.
            None if line.starts_with(' ') => {}
            None => continue,
        }
        if let Some(last) = found.last_mut() {
            last.waits |= line.contains("with its issue");
        }
    }
    found
}

/// How many rules of data protection there are; each has a test named `rule_NN_…`.
pub const RULES: u32 = 15;

/// The numbers for which some file has a test named `invariant_NN_…`.
pub fn tested(root: &Path) -> BTreeSet<u32> {
    tested_as(root, "invariant")
}

/// The numbers for which some file has a test named `KIND_NN_…`.
pub fn tested_as(root: &Path, kind: &str) -> BTreeSet<u32> {
    let begin = format!("fn {kind}_");
    files(root, &[".rs"])
        .iter()
        .flat_map(|path| {
            let text = text_of(root, path);
            let numbers: Vec<u32> = text
                .split(begin.as_str())
                .skip(1)
                .filter_map(|rest| rest.split_once('_').and_then(|(number, _)| number.parse().ok()))
                .collect();
            numbers
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_with_what_waits() {
        let page = "\
1. Not this list.

## The invariants

Data

1. What was said stays.
2. Every value leads back
   to its spot. *(with its issue)*

## Next
3. Nor this one.
";
        let found = invariants(page);
        assert_eq!(
            found.iter().map(|it| (it.number, it.waits)).collect::<Vec<_>>(),
            [(1, false), (2, true)]
        );
        assert_eq!(found[0].text, "What was said stays.");
    }
}
