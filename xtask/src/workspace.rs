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

/// Builds the program and says where it lies.
pub fn build_program(profile: Profile) -> Outcome<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--locked", "--package", "sheaf"]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            build.arg("--release");
            "release"
        }
    };
    let status = build.status().about("run cargo build")?;
    if !status.success() {
        return Err(Failure::new("the program does not build").hint("cargo build says why above"));
    }
    Ok(target()?.join(folder).join(format!("sheaf{}", std::env::consts::EXE_SUFFIX)))
}
