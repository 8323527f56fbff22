//! Reasons that people give, as members and reviewers will read them. A reason names no person; who gave it is kept
//! beside it.

use std::collections::HashSet;

use sheaf_model::{Field, ReportId};
use sheaf_share::screen::{Hit, HitKind, NotKept, may_be_kept};
use sheaf_store::{Pool, Wanted};

use crate::failure::Failure;

/// The code of a failure to keep a reason that may name a person.
pub const NAMES_A_PERSON: &str = "names-a-person";

/// Whether a reason may be kept. `what` is how it was asked for, as in `--because`.
///
/// # Errors
///
/// `empty-argument` where nothing is said; `bad-reason` where it is longer than anybody reads; `names-a-person` where
/// something in it may name one.
pub fn check(what: &str, text: &str) -> Result<(), Failure> {
    not_empty(what, text)?;
    names_nobody(what, text)
}

/// The same of a reason for what is decided about some reports of the pool: it may use the names that they use for
/// their own places, which the screen cannot know all of.
pub fn check_of(pool: &Pool, reports: &[ReportId], what: &str, text: &str) -> Result<(), Failure> {
    not_empty(what, text)?;
    // Most reasons name nothing, and the reports are not looked at.
    let Err(_) = may_be_kept(text, |_| false) else { return Ok(()) };
    let places = place_words(pool, reports)?;
    let is_place = |hit: &Hit| {
        hit.kind == HitKind::Name && words(&text[hit.span.clone()]).all(|it| places.contains(&it))
    };
    may_be_kept(text, is_place).map_err(|why| refused(what, why))
}

/// A decision without a name or a reason is none.
pub fn not_empty(what: &str, text: &str) -> Result<(), Failure> {
    match text.trim() {
        "" => Err(Failure::new("empty-argument", format!("{what} is empty"))
            .hint("a decision is kept with who made it and why")),
        _ => Ok(()),
    }
}

/// Whether nothing in a text may name a person. The text may be empty.
pub fn names_nobody(what: &str, text: &str) -> Result<(), Failure> {
    may_be_kept(text, |_| false).map_err(|why| refused(what, why))
}

fn refused(what: &str, why: NotKept) -> Failure {
    let code = match why {
        NotKept::TooLong => "bad-reason",
        NotKept::Names(_) => NAMES_A_PERSON,
    };
    Failure { hint: why.hint().map(str::to_owned), ..Failure::new(code, format!("{what}: {why}")) }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).map(sheaf_link::fold)
}

/// Every word in what these reports call their place, its unit and its country.
fn place_words(pool: &Pool, reports: &[ReportId]) -> Result<HashSet<String>, Failure> {
    const NAMED: [Field; 3] = [Field::PlaceName, Field::AdminOne, Field::Country];
    let found = pool.reports(reports, Wanted::only(&NAMED))?;
    let mut all = HashSet::new();
    for found in found.iter().flatten() {
        let report = found.report();
        let named = report.claims().iter().filter(|it| NAMED.contains(&it.field));
        named.for_each(|claim| all.extend(words(report.said(claim))));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_names_nobody() {
        assert!(check("--because", "one market, one morning").is_ok());
        assert_eq!(check("--because", " \t").unwrap_err().code, "empty-argument");
        assert_eq!(check("--because", &"a ".repeat(4000)).unwrap_err().code, "bad-reason");
        let named = check("--because", "as witness Jane Doe told us").unwrap_err();
        assert_eq!(named.code, "names-a-person");
        assert!(!named.what.contains("Doe"), "{}", named.what);
        assert!(names_nobody("--because", "").is_ok());
    }
}
