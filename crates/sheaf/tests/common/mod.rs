//! A desk for the tests: a folder of its own, the program run in it with a fixed clock, and what
//! the program said. Every run is held to what no message may do: panic, or show Rust's Debug text.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The files of the example, in the order in which a person would name them.
pub const EXAMPLE: [&str; 6] = [
    "civil-protection.csv",
    "harbour-institute.csv",
    "harbour-institute-v2.csv",
    "northline-wire.csv",
    "meridian-aid-security.jsonl",
    "rail-safety-office.geojson",
];

/// The 1st of January 2024, the day on which the tests take place.
pub const FIRST_DAY: &str = "1704067200";
/// The 1st of February 2024.
pub const LATER_DAY: &str = "1706745600";

/// What a run of the program left behind.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// A folder in which the program is run.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk with the whole example in `a.sheaf`.
    pub fn with_example() -> Desk {
        let desk = Desk::new();
        desk.pool("a.sheaf", &EXAMPLE.map(example));
        desk
    }

    /// The same, and somebody has said that the institute's entry of 24 May is the attack on the
    /// market of the 22nd, which linking by itself leaves apart.
    pub fn with_market_judged() -> Desk {
        let desk = Desk::with_example();
        let (institute, aid) = ("harbour-institute:HI-14-0044", "meridian-aid:MAS-1426");
        let why = ["--by", "desk", "--because", "one market, one morning"];
        desk.ok(&[&["judge", "a.sheaf", "same", institute, aid], &why[..]].concat());
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// A command of the program, not started yet.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sheaf"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("SOURCE_DATE_EPOCH", FIRST_DAY)
            .stdin(Stdio::null());
        command
    }

    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args))
    }

    /// The same on another day, in seconds since 1970.
    #[track_caller]
    pub fn run_on(&self, day: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.env("SOURCE_DATE_EPOCH", day);
        finish(command)
    }

    /// Runs a command that must succeed; its standard output.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "sheaf {}\n{}", args.join(" "), ran.stderr);
        ran.stdout
    }

    /// Runs a command that must succeed and print JSON.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let said = self.ok(args);
        serde_json::from_str(&said).unwrap_or_else(|err| panic!("{}: {err}", args.join(" ")))
    }

    /// Pools files that must be taken in; the JSON summary.
    #[track_caller]
    pub fn pool(&self, pool: &str, files: &[impl AsRef<str>]) -> Value {
        let mut args = vec!["pool", pool, "--format", "json"];
        args.extend(files.iter().map(AsRef::as_ref));
        self.json(&args)
    }

    /// An account of `a.sheaf` that may read and write everything, with these roles; a token of it.
    #[track_caller]
    pub fn account(&self, name: &str, member: &str, roles: &[&str]) -> String {
        let mut args = vec!["account", "add", "a.sheaf", name, "--member", member];
        args.extend(["--read", "all", "--write", "all"]);
        roles.iter().for_each(|role| args.extend(["--role", role]));
        self.ok(&args);
        self.ok(&["token", "add", "a.sheaf", name, "--days", "30"]).trim().to_owned()
    }

    /// The incidents of a pool as JSON.
    #[track_caller]
    pub fn incidents(&self, pool: &str, filters: &[&str]) -> Vec<Value> {
        let mut args = vec!["incidents", pool, "--format", "json"];
        args.extend(filters);
        self.json(&args)["incidents"].as_array().unwrap().clone()
    }

    /// Runs a command that reads this from standard input.
    #[track_caller]
    pub fn run_with(&self, day: &str, input: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.env("SOURCE_DATE_EPOCH", day);
        self.write(".input", input);
        command.stdin(fs::File::open(self.path(".input")).unwrap());
        finish(command)
    }

    /// Makes a source public as two people of its owner do: one asks, another releases.
    #[track_caller]
    pub fn make_clear(&self, day: &str, pool: &str, source: &str, member: &str, more: &[&str]) {
        let token = |name: &str, role: &str| {
            let account = ["account", "add", pool, name, "--member", member, "--role", role];
            let write = ["--write", "all"];
            let added = self.run_on(day, &[&account[..], &write].concat());
            assert!(added.code == 0 || added.stderr.contains("already"), "{}", added.stderr);
            let token = self.run_on(day, &["token", "add", pool, name, "--days", "3650"]);
            assert_eq!(token.code, 0, "{}", token.stderr);
            token.stdout.trim().to_owned()
        };
        let (asks, decides) = (format!("{member}-asks"), format!("{member}-decides"));
        let (asking, deciding) = (token(&asks, "contributor"), token(&decides, "releaser"));
        let ask = ["release", "ask", pool, "--source", source, "--by", &asks, "--because", "x"];
        let asked = self.run_with(day, &asking, &[&ask[..], more].concat());
        assert_eq!(asked.code, 0, "{}", asked.stderr);
        let grant = ["release", "grant", pool, asked.stdout.trim(), "--by", &decides];
        let granted = self.run_with(day, &deciding, &grant);
        assert_eq!(granted.code, 0, "{}", granted.stderr);
    }

    /// Runs a command that must fail with exit code 2 and, with `--json`, this code; what it says.
    #[track_caller]
    pub fn fails(&self, code: &str, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 2, "sheaf {}\n{}{}", args.join(" "), ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
        let mut with_json = args.to_vec();
        with_json.push("--json");
        let ran_again = self.run(&with_json);
        assert_eq!(ran_again.code, 2);
        let last = ran_again.stderr.lines().last().unwrap_or_default();
        let object: Value = serde_json::from_str(last)
            .unwrap_or_else(|err| panic!("{}: {err}: {last}", with_json.join(" ")));
        assert_eq!(object["error"]["code"], code, "{last}");
        ran.stderr
    }
}

#[track_caller]
fn finish(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    let ran = Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("the program ends by itself"),
    };
    for word in ["panicked", "Some(", "Err(", "Ok(", "::", "{ ", "RUST_BACKTRACE"] {
        assert!(!ran.stderr.contains(word), "{word} in what was said:\n{}", ran.stderr);
    }
    assert!(matches!(ran.code, 0..=2), "exit code {}", ran.code);
    ran
}

/// A file of the example.
pub fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/attacks-2013-2014");
    root.join(name).canonicalize().unwrap().display().to_string()
}

/// The cells of a file of the example that is a CSV, header first.
pub fn table(path: impl AsRef<Path>, delimiter: u8) -> Vec<Vec<String>> {
    let mut rows =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_path(path).unwrap();
    rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The incident that holds a report.
#[track_caller]
pub fn with_report<'a>(incidents: &'a [Value], report: &str) -> &'a Value {
    let holds = |it: &&Value| texts(&it["reports"]).contains(&report);
    incidents.iter().find(holds).unwrap_or_else(|| panic!("no incident holds {report}"))
}

/// The texts of a JSON array.
pub fn texts(array: &Value) -> Vec<&str> {
    array.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
}

/// The sum of the numbers of a JSON object.
pub fn sum(object: &Value) -> u64 {
    object.as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum()
}

/// The file names under a folder, sorted.
pub fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The directory with the real files, or a word that the test is skipped.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("SHEAF_DATA").filter(|it| !it.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: SHEAF_DATA is not set");
    }
    folder
}
