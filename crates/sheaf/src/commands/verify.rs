//! `sheaf verify POOL`: every part against its hash, all that is wrong and not only the first.

use serde_json::json;
use sheaf_store::Access;

use super::{Went, open, print, print_json};
use crate::args::{Everywhere, PoolOnly, Summary};
use crate::failure::Failure;

pub fn verify(args: &PoolOnly, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let wrong = pool.verify()?;
    if args.format == Summary::Json || everywhere.json {
        let wrong: Vec<_> = wrong
            .iter()
            .map(|error| json!({ "code": error.code, "what": error.what, "hint": error.hint }))
            .collect();
        print_json(&json!({ "pool": args.pool.display().to_string(), "wrong": wrong }))?;
    } else {
        for error in &wrong {
            print(&format!("{}\n", error.what))?;
        }
        if wrong.is_empty() {
            print(&format!("{}: every part is as it was written\n", args.pool.display()))?;
        }
    }
    match wrong.len() {
        0 => Ok(Went::Fine),
        n => Err(Failure::new(
            "parts-damaged",
            format!("{}: {} not as written", args.pool.display(), super::counted(n as u64, "part")),
        )
        .hint("put back a copy of these parts; what is not named is whole")),
    }
}
