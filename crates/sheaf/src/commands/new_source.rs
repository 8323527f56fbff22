//! `sheaf new-source FILE`: a mapping to start from.

use super::{Went, print};
use crate::args::Drafting;
use crate::failure::Failure;

pub fn new_source(args: &Drafting) -> Result<Went, Failure> {
    print(&sheaf_read::draft_mapping(&args.file)?)?;
    Ok(Went::Fine)
}
