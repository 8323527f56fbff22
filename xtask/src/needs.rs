//! Things that cargo does not bring: a C compiler for SQLite and Zstandard, npm and a browser for the pages,
//! and cargo-deny. What lacks is installed where that needs no question, and named otherwise.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::failure::{About, Failure, Outcome};
use crate::workspace;

/// The release of cargo-deny that checks us; another one may judge differently.
const CARGO_DENY: &str = "0.20.2";

fn runs(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Makes sure that there is a C compiler: SQLite and Zstandard are compiled from their C sources.
pub fn c_compiler() -> Outcome<()> {
    if std::env::var_os("CC").is_some() || runs("cc", &["--version"]) || cfg!(windows) {
        return Ok(());
    }
    let lacking = || {
        Failure::new("there is no C compiler, and SQLite and Zstandard are built from C").hint(
            "install one: apt-get install gcc libc6-dev, dnf install gcc, xcode-select --install",
        )
    };
    // Only where it needs no password and asks no question: as root, in CI.
    if std::env::var_os("CI").is_none() || !runs("apt-get", &["--version"]) {
        return Err(lacking());
    }
    println!("there is no C compiler; installing gcc with apt-get");
    let installed = runs("apt-get", &["update", "-qq"])
        && runs("apt-get", &["install", "-y", "-qq", "gcc", "libc6-dev"]);
    if installed { Ok(()) } else { Err(lacking()) }
}

/// Makes sure that there is npm, which builds the pages.
pub fn npm() -> Outcome<()> {
    match runs(if cfg!(windows) { "npm.cmd" } else { "npm" }, &["--version"]) {
        true => Ok(()),
        false => Err(Failure::new("there is no npm, and the pages of the desk are built by it")
            .hint("install Node.js 20.19 or newer, which brings it")),
    }
}

/// The variable that names the browser.
pub const CHROMIUM: &str = "CHROMIUM";

/// The browser in which the pages are tried.
pub fn chromium() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os(CHROMIUM) {
        return Ok(named.into());
    }
    let found = || {
        let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        names.into_iter().map(PathBuf::from).find(|path| path.is_file())
    };
    if let Some(path) = found() {
        return Ok(path);
    }
    let is_ci = std::env::var_os("CI").is_some() && runs("apt-get", &["--version"]);
    if is_ci {
        println!("there is no Chromium; installing it with apt-get");
        let _ = runs("apt-get", &["update", "-qq"])
            && runs("apt-get", &["install", "-y", "-qq", "chromium"]);
    }
    found().ok_or_else(|| {
        Failure::new("there is no Chromium, and the pages are tried in it")
            .hint("install it (apt-get install chromium), or name one: CHROMIUM=/path/to/it")
    })
}

/// What other people's clients are installed as, with the releases that were tried.
const PEERS: [&str; 8] = [
    "taxii2-client==2.3.0",
    "stix2==3.0.2",
    "stix2-validator==3.3.2",
    "pymisp==2.5.34.4",
    "frictionless==5.21.0",
    "OWSLib==0.35.0",
    "lxml==6.1.3",
    "schemathesis==4.32.5",
];

/// A Python with other people's clients of our formats, in the target folder; and GDAL's `ogrinfo`.
pub fn exchange_peers() -> Outcome<PathBuf> {
    let folder = workspace::target()?.join("peers");
    let python = folder.join("bin/python");
    let stamp = folder.join("installed");
    let wanted = PEERS.join(" ");
    if std::fs::read_to_string(&stamp).is_ok_and(|had| had == wanted)
        && runs("ogrinfo", &["--version"])
    {
        return Ok(python);
    }
    if !runs("python3", &["--version"]) {
        return Err(Failure::new(
            "there is no python3, and other people's clients are written in it",
        )
        .hint("install Python 3.11 or newer"));
    }
    let done = |command: &mut Command, what: &str| {
        let status = command.status().about(format!("run {what}"))?;
        match status.success() {
            true => Ok(()),
            false => Err(Failure::new(format!("{what} failed")).hint("it says why above")),
        }
    };
    done(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 -m venv")?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PEERS);
    done(&mut pip, "pip install")?;
    if !runs("ogrinfo", &["--version"]) {
        println!("there is no ogrinfo; installing gdal-bin with apt-get");
        let installed = runs("apt-get", &["update", "-qq"])
            && runs("apt-get", &["install", "-y", "-qq", "gdal-bin"]);
        if !installed {
            return Err(Failure::new("there is no ogrinfo, by which GDAL opens a layer")
                .hint("install it: apt-get install gdal-bin"));
        }
    }
    std::fs::write(&stamp, wanted).about(format!("write {}", stamp.display()))?;
    Ok(python)
}

/// Whether cargo-nextest is installed. It is used where it is, and not installed where it is not:
/// building it takes longer than it saves.
pub fn has_nextest() -> bool {
    runs("cargo", &["nextest", "--version"])
}

/// The cargo-deny to use: the one installed, or one built once into the target folder.
pub fn cargo_deny() -> Outcome<PathBuf> {
    if runs("cargo-deny", &["--version"]) {
        return Ok("cargo-deny".into());
    }
    let tools = workspace::target()?.join("tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if program.exists() {
        return Ok(program);
    }
    println!("building cargo-deny {CARGO_DENY} once, about four minutes on two cores");
    let status = workspace::cargo()
        .args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"])
        .arg(&tools)
        // Its own build is thrown away; only the program is kept.
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .about("run cargo install")?;
    if !status.success() {
        return Err(Failure::new("cargo-deny does not build").hint("cargo install says why above"));
    }
    Ok(program)
}
