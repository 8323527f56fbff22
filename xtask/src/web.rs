//! The pages of the desk: npm fetches what they are made with, builds them into `web/dist`, and the next
//! build of the program takes them in.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{About, Failure, Outcome};
use crate::needs;
use crate::workspace::{self, Profile};

/// Where the sources of the pages lie.
pub fn folder() -> PathBuf {
    workspace::root().join("web")
}

/// A script of `web/package.json`, with what it needs in place.
pub fn script(name: &str) -> Outcome<Command> {
    install()?;
    let mut npm = npm();
    npm.args(["run", "--silent", name]);
    Ok(npm)
}

/// Builds the pages.
pub fn build() -> Outcome<()> {
    must(script("build")?, "the pages are not built")
}

/// Makes pictures of the main pages, for the README.
pub fn screenshots() -> Outcome<()> {
    build()?;
    workspace::build(&["sheaf"], Profile::Dev)?;
    let mut pictures = script("screenshots")?;
    pictures.env(workspace::PROGRAM, workspace::built("sheaf", Profile::Dev)?);
    pictures.env(needs::CHROMIUM, needs::chromium()?);
    must(pictures, "the pictures are not made")
}

/// A walk through the pages in a browser, against the program that the tests have built.
pub fn walks() -> Outcome<Command> {
    let mut walks = script("e2e")?;
    walks.env(needs::CHROMIUM, needs::chromium()?);
    walks.env(workspace::PROGRAM, workspace::built("sheaf", Profile::Dev)?);
    Ok(walks)
}

/// Fetches what the pages are made with, unless exactly that is there.
fn install() -> Outcome<()> {
    needs::npm()?;
    let web = folder();
    let wanted =
        std::fs::read(web.join("package-lock.json")).about("read web/package-lock.json")?;
    let stamp = web.join("node_modules/.installed");
    if std::fs::read(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(());
    }
    let mut npm = npm();
    npm.args(["ci", "--no-audit", "--no-fund"]);
    must(npm, "what the pages are made with is not here")?;
    std::fs::write(&stamp, wanted).about(format!("write {}", stamp.display()))
}

fn npm() -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder()).env("NO_COLOR", "1");
    npm
}

fn must(mut command: Command, what: &str) -> Outcome<()> {
    let status = command.status().about("run npm")?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(what).hint("npm says why above")),
    }
}
