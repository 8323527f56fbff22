//! How many tests passed and failed, read from the closing lines of the runners.

use std::fmt;
use std::ops::AddAssign;

/// Tests that ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
}

impl Count {
    /// The count in a closing line of nextest ("Summary [ 1.2s] 9 tests run: 8 passed, 1 failed"), of cargo
    /// test ("test result: ok. 9 passed; 0 failed; …"), of Vitest ("Tests  1 failed | 8 passed (9)"), of the
    /// walks through the pages ("8 walks passed, 1 failed") or of checks by other programs ("9 checks passed, 0
    /// failed"); nothing in any other line.
    pub fn in_line(line: &str) -> Count {
        let line = line.trim();
        let ours = [" walks passed, ", " checks passed, "];
        if let Some((n, rest)) = ours.iter().find_map(|words| line.split_once(words)) {
            let number = |text: &str| text.parse().unwrap_or(0);
            let failed = rest.strip_suffix(" failed").map_or(0, number);
            return Count { passed: number(n), failed };
        }
        let closing = if line.starts_with("Summary [") {
            line.split_once(" run: ").map(|(_, counts)| counts)
        } else if line.starts_with("Tests  ") {
            line.strip_prefix("Tests  ")
        } else {
            line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")).map(|it| it.1)
        };
        let number_before = |word: &str| {
            let mut words =
                closing.unwrap_or("").split([' ', ',', ';']).filter(|it| !it.is_empty());
            let mut before = None;
            words.find_map(|it| {
                let found = (it == word).then_some(before).flatten();
                before = it.parse().ok();
                found
            })
        };
        // A test that ran out of time has failed.
        let failed = number_before("failed").unwrap_or(0) + timed_out(closing.unwrap_or(""));
        Count { passed: number_before("passed").unwrap_or(0), failed }
    }
}

fn timed_out(closing: &str) -> u64 {
    closing
        .split(", ")
        .find_map(|part| {
            part.strip_suffix(" timed out").or(part.split_once(" timed out").map(|it| it.0))
        })
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_understood_and_others_are_not() {
        for (line, passed, failed) in [
            ("     Summary [   0.453s] 12 tests run: 12 passed, 0 skipped\n", 12, 0),
            ("     Summary [   0.4s] 12 tests run: 9 passed (1 slow), 3 failed, 1 skipped", 9, 3),
            (
                "     Summary [  90.0s] 4/9 tests run: 2 passed, 1 failed, 1 timed out, 0 skipped",
                2,
                2,
            ),
            ("test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out", 5, 0),
            ("test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured", 4, 2),
            ("      Tests  1 failed | 18 passed (19)", 18, 1),
            ("      Tests  19 passed (19)", 19, 0),
            (" Test Files  3 passed (3)", 0, 0),
            ("8 walks passed, 1 failed", 8, 1),
            ("11 checks passed, 0 failed", 11, 0),
            ("running 5 tests", 0, 0),
            ("    the reader passed 5 and 3 failed", 0, 0),
        ] {
            assert_eq!(Count::in_line(line), Count { passed, failed }, "{line}");
        }
    }
}
