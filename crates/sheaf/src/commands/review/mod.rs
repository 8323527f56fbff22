//! `sheaf review POOL`: what to ask a person about the linking, the asking, and what the answers say
//! about it. The statistics are those of [`sheaf_link::review`].

mod ask;
mod beside;
pub mod figures;
pub mod population;
pub mod question;

use sheaf_store::Access;

use super::{Went, open};
use crate::args::{Everywhere, Reviewing, Summary};
use crate::failure::Failure;
use crate::reasons;
use population::Population;

pub fn review(args: &Reviewing, everywhere: &Everywhere) -> Result<Went, Failure> {
    if let Some(by) = &args.by {
        reasons::not_empty("--by", by)?;
    }
    let by = match (args.ask, &args.by) {
        (true, None) => {
            return Err(Failure::new("no-name", "--ask keeps judgements, and --by is missing")
                .hint("say who answers, as in --by desk"));
        }
        (_, by) => by.as_deref(),
    };
    let pool = open(&args.pool, Access::Read)?;
    let population = Population::of(&pool, args, everywhere.quiet)?;
    let as_json = args.format == Summary::Json || everywhere.json;
    match by {
        // The pool is opened again for each answer, so that others can work on it meanwhile.
        Some(by) if args.ask => {
            drop(pool);
            ask::ask(&args.pool, &population, by, everywhere)
        }
        _ if args.report => figures::report(&pool, &population, as_json),
        by => question::print_next(args, &pool, &population, by, as_json, everywhere),
    }
}
