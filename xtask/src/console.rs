//! Documents that run: every ```` ```console ```` block of a document is typed into a shell, and
//! what the program says must be what the document says.
//!
//! A line that starts with `$ ` is a command; the lines up to the next one are what it prints on
//! both streams, as on a terminal. In these lines `…` stands for anything within a line, and a line
//! that is nothing but `…` for any number of lines; how many spaces stand between two words does
//! not matter, since the columns of a table are as wide as their widest cell. A command without lines after it must succeed,
//! whatever it prints. The blocks of one document run in one folder, one after the other, beside
//! the repository's `examples`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{About, Failure, Outcome};

/// Commands that are shown to people and not run here, by how they start, and why.
pub const SKIPPED: &[(&str, &str)] = &[
    ("cargo xtask ", "the tasks build the whole workspace; CI runs them itself"),
    ("cargo install ", "it installs"),
    ("cargo build", "it builds"),
    ("cargo run", "it builds"),
    ("git clone ", "it needs the network"),
    ("cd ", "every block runs in the folder where it must"),
];

/// A command of a document, with what it is said to print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The line of the document.
    pub line: usize,
    /// The command, without its prompt.
    pub command: String,
    /// The lines after it.
    pub prints: Vec<String>,
}

/// The commands of a document's console blocks. A command that ends in a backslash goes on in the
/// next line.
pub fn commands(document: &str) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    let mut inside = false;
    let mut goes_on = false;
    for (idx, line) in document.lines().enumerate() {
        // Blocks within a list are indented.
        let line_inside = line.trim_start();
        if line_inside.starts_with("```") {
            inside = !inside && line_inside.trim_end() == "```console";
            goes_on = false;
        } else if inside {
            if let Some(command) = line_inside.strip_prefix("$ ") {
                let command = command.trim_end().to_owned();
                goes_on = command.ends_with('\\');
                found.push(Said { line: idx + 1, command, prints: vec![] });
            } else if let Some(said) = found.last_mut() {
                if goes_on {
                    goes_on = line.trim_end().ends_with('\\');
                    said.command.push('\n');
                    said.command.push_str(line.trim_end());
                } else {
                    said.prints.push(line.trim_end().to_owned());
                }
            }
        }
    }
    for said in &mut found {
        while said.prints.last().is_some_and(|line| line.is_empty()) {
            said.prints.pop();
        }
    }
    found
}

/// Whether a command is one of those that are not run.
pub fn is_skipped(command: &str) -> bool {
    // A remark may follow a command: "cargo xtask demo      # builds …".
    SKIPPED.iter().any(|(start, _)| command.starts_with(start.trim_end()))
}

/// Whether the lines are those the document gives.
pub fn fits(expected: &[String], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line.trim() == "…" => {
            (0..=printed.len()).any(|skip| fits(rest, &printed[skip..]))
        }
        Some((line, rest)) => match printed.split_first() {
            Some((first, others)) => line_fits(&spaced(line), &spaced(first)) && fits(rest, others),
            None => false,
        },
    }
}

/// The line with one space where there were several, and none at its end.
fn spaced(line: &str) -> String {
    let indent = if line.starts_with(' ') { " " } else { "" };
    format!("{indent}{}", line.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn line_fits(expected: &str, printed: &str) -> bool {
    match expected.split_once('…') {
        None => expected == printed,
        Some((start, rest)) => {
            let Some(left) = printed.strip_prefix(start) else { return false };
            left.char_indices()
                .map(|(at, _)| at)
                .chain([left.len()])
                .any(|at| line_fits(rest, &left[at..]))
        }
    }
}

/// Runs a document's commands in a folder; what differs, or nothing. The program's folder comes
/// first on the path.
pub fn run(document: &str, name: &str, folder: &Path, program: &Path) -> Outcome<Vec<String>> {
    let mut path = program.parent().unwrap_or(Path::new(".")).as_os_str().to_owned();
    if let Some(others) = std::env::var_os("PATH") {
        path.push(":");
        path.push(others);
    }
    let mut differences = Vec::new();
    for said in commands(document) {
        if is_skipped(&said.command) {
            continue;
        }
        if !said.command.starts_with("sheaf ") {
            return Err(Failure::new(format!(
                "{name}:{}: \"{}\" is neither sheaf nor in the list of commands that are skipped",
                said.line, said.command
            )));
        }
        let ran = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1\n{}", said.command))
            .current_dir(folder)
            .env("PATH", &path)
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .about("run sh")?;
        let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
        let lines: Vec<&str> = printed.lines().collect();
        let as_said =
            if said.prints.is_empty() { ran.status.success() } else { fits(&said.prints, &lines) };
        if !as_said {
            let mut difference = format!("{name}:{}: $ {}\n", said.line, said.command);
            let _ = writeln!(difference, "  exit code {:?}; it printed:", ran.status.code());
            for line in lines {
                let _ = writeln!(difference, "    {line}");
            }
            if !said.prints.is_empty() {
                let _ = writeln!(difference, "  the document says:");
                for line in &said.prints {
                    let _ = writeln!(difference, "    {line}");
                }
            }
            differences.push(difference);
        }
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_with_what_they_print() {
        let document = "\
text
```console
$ sheaf pool a.sheaf \\
      b.csv
2 reports

$ cargo xtask demo      # builds
```
```text
$ sheaf not run
```
   ```console
   $ sheaf sources
   ```
";
        let found = commands(document);
        let plain: Vec<(usize, &str, usize)> =
            found.iter().map(|it| (it.line, it.command.as_str(), it.prints.len())).collect();
        assert_eq!(
            plain,
            [
                (3, "sheaf pool a.sheaf \\\n      b.csv", 1),
                (7, "cargo xtask demo      # builds", 0),
                (13, "sheaf sources", 0)
            ]
        );
        assert!(is_skipped(&found[1].command) && !is_skipped(&found[0].command));
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        fn check(expected: &str, printed: &str, fitting: bool) {
            let expected: Vec<String> = expected.lines().map(str::to_owned).collect();
            let printed: Vec<&str> = printed.lines().collect();
            assert_eq!(fits(&expected, &printed), fitting, "{expected:?} {printed:?}");
        }
        check("a\nb", "a\nb", true);
        check("a", "a\nb", false);
        check("a\n…", "a\nb\nc", true);
        check("…\nc", "a\nb\nc", true);
        check("…\nb", "a\nb\nc", false);
        check("took … s", "took 1.2 s", true);
        check("… of … rows", "3 of 4 rows", true);
        check("took … s", "took 1.2 ms or so", false);
        check("", "", true);
        check("  a   b", " a b  ", true);
        check("sum  …  bits", "sum +11.90  bits", true);
        check("ab", "a b", false);
    }
}
