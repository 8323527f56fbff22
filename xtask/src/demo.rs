//! `cargo xtask demo`: builds the pages and the program, pools the example, shows what came of it, and opens
//! the desk on it.

use std::path::Path;
use std::process::Command;

use crate::failure::{About, Failure, Outcome};
use crate::workspace::{self, Profile};
use crate::{example, needs, web};

/// Runs the demonstration; at its end, if wanted, the desk is served until somebody stops it.
pub fn demo(opens_desk: bool) -> Outcome<()> {
    needs::c_compiler()?;
    // Without npm there is all of it but the pages.
    let has_pages = needs::npm().is_ok();
    match has_pages {
        true => web::build()?,
        false => println!("npm is not installed: the demonstration goes without the desk's pages"),
    }
    // The quick build: the example is small, and a newcomer waits for the compiler, not for us.
    workspace::build(&["sheaf"], Profile::Dev)?;
    let program = workspace::built("sheaf", Profile::Dev)?;
    let root = workspace::root();
    let folder = workspace::target()?.join("demo");
    let pool = folder.join("attacks.sheaf");
    if pool.exists() {
        std::fs::remove_dir_all(&pool).about(format!("remove {}", pool.display()))?;
    }
    std::fs::create_dir_all(&folder).about(format!("make {}", folder.display()))?;
    let shown_pool = pool.strip_prefix(&root).unwrap_or(&pool).to_string_lossy().into_owned();
    let shown_pool = shown_pool.as_str();

    let files: Vec<String> =
        example::FIRST_RELEASES.iter().map(|name| example::path_of(name)).collect();
    let mut pooling = vec!["pool", shown_pool];
    pooling.extend(files.iter().map(String::as_str));
    let later = example::path_of(example::LATER_RELEASE);

    say("Five desks' reports become one list of incidents.");
    run(&program, &root, &pooling)?;
    say("The institute publishes a revised table.");
    run(&program, &root, &["add", shown_pool, &later])?;
    run(&program, &root, &["diff", shown_pool])?;
    say("The incidents, each toll as a range over what was claimed.");
    run(&program, &root, &["incidents", shown_pool])?;
    say("One of them: who said what, and where it stands.");
    run(&program, &root, &["show", shown_pool, example::URUMQI_MARKET])?;
    println!("\nThe pool lies in {shown_pool}. Ask it more: sheaf --help");
    println!("The program lies in {}", program.strip_prefix(&root).unwrap_or(&program).display());
    if has_pages && opens_desk {
        say(
            "The desk, on this machine only: open the second address in a browser. Ctrl-C ends it.",
        );
        run(&program, &root, &["serve", shown_pool])?;
    }
    Ok(())
}

fn say(what: &str) {
    println!("\n# {what}");
}

fn run(program: &Path, root: &Path, args: &[&str]) -> Outcome<()> {
    println!("\n$ sheaf {}", args.join(" "));
    let status = Command::new(program)
        .args(args)
        .current_dir(root)
        .status()
        .about(format!("run {}", program.display()))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("sheaf {} failed", args.first().unwrap_or(&""))))
}
