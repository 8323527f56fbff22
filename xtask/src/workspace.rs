//! Where things lie: the root of the workspace, its target folder, the program once built.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{About, Failure, Outcome};

/// The root of the workspace.
pub fn root() -> PathBuf {
    // Set by cargo when it runs a binary or a test; the other is where this was compiled.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Where cargo puts what it builds.
pub fn target() -> Outcome<PathBuf> {
    let said = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .about("run cargo metadata")?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&said.stdout).about("read what cargo metadata says")?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("cargo metadata names no target folder"))
}

/// How the program is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Quick to run.
    Release,
}

impl Profile {
    /// The folder below the target folder.
    fn folder(self) -> &'static str {
        match self {
            Profile::Dev => "debug",
            Profile::Release => "release",
        }
    }
}

/// Where a program of ours lies once it is built.
pub fn built(name: &str, profile: Profile) -> Outcome<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target()?.join(profile.folder()).join(file))
}

/// Builds packages, in one go: cargo chooses the features of what they share for all of them
/// together, and would build it again for each of them alone.
pub fn build(packages: &[&str], profile: Profile) -> Outcome<()> {
    let mut build = cargo();
    build.args(["build", "--locked"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    for package in packages {
        build.args(["--package", package]);
    }
    let status = build.status().about("run cargo build")?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{} does not build", packages.join(" with ")))
        .hint("cargo build says why above"))
}

/// The variable by which `cargo xtask test` names the program that its test build has made.
pub const PROGRAM: &str = "SHEAF_PROGRAM";

/// The program for tests: the one that is named in the environment, otherwise built here.
pub fn program_for_tests() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAM).map(PathBuf::from)
        && named.is_file()
    {
        return Ok(named);
    }
    build(&["sheaf"], Profile::Dev)?;
    built("sheaf", Profile::Dev)
}
