//! A source that becomes TLP:CLEAR.

use std::path::Path;

use sheaf_model::{Marking, MemberId, SourceName, Tlp};
use sheaf_share::rules::{as_line, from_line};
use sheaf_store::exchange::{Exchange, Release, Sharing};
use sheaf_store::{Access, Pool};

use crate::args::Asking;
use crate::commands::{open, sharing};
use crate::failure::Failure;
use crate::narrowed::Marks;

/// A source that is to become TLP:CLEAR, and on which terms.
pub(crate) struct Wanted<'a> {
    pub source: &'a SourceName,
    pub terms: &'a Asking,
}

/// The marking that is asked for a source, and the one that holds while it is asked for.
pub(super) fn asked(
    path: &Path,
    log: &Exchange,
    member: &MemberId,
    Wanted { source, terms }: &Wanted<'_>,
) -> Result<(Marking, String), Failure> {
    let pool = open(path, Access::Read)?;
    let source = *source;
    let marking = Marking {
        tlp: Tlp::Clear,
        pap: terms.pap.unwrap_or_default(),
        groups: terms.group.iter().cloned().collect(),
        purposes: terms.purpose.iter().copied().collect(),
        embargo: terms.embargo,
        expires: terms.until,
        licence: sharing::licence_of(&pool, source)?,
        originator: Some(member.clone()),
    };
    let sharing = Sharing { source: source.clone(), marking };
    sharing::check_public(path, log, &sharing)?;
    Ok((sharing.marking, holds(&pool, log, source)?))
}

/// The marking that holds of a source, as a line; empty where nothing is said of it.
fn holds(pool: &Pool, log: &Exchange, source: &SourceName) -> Result<String, Failure> {
    Ok(Marks::of(pool, log)?.sources.get(source).map(as_line).unwrap_or_default())
}

/// What holds of a source once this is granted.
///
/// # Errors
/// Where the owner has said something else of the source since it was asked for: that stays.
pub(super) fn granted(path: &Path, log: &Exchange, release: &Release) -> Result<Sharing, Failure> {
    let sharing = sharing_of(release)?;
    sharing::check_public(path, log, &sharing)?;
    let pool = open(path, Access::Read)?;
    if holds(&pool, log, &sharing.source)? != release.rests_on {
        let what = format!("{}: its owner has said something else of it since", release.subject);
        return Err(Failure::new("changed-since", what)
            .hint("refuse it, look at `sheaf share --show`, and ask again"));
    }
    Ok(sharing)
}

/// What holds of a source when it is taken back. What held before may be out of date; what is sure is that nobody is
/// meant but the owner.
pub(super) fn taken_back(release: &Release) -> Result<Sharing, Failure> {
    let mut sharing = sharing_of(release)?;
    sharing.marking.tlp = Tlp::AmberStrict;
    Ok(sharing)
}

fn sharing_of(asked: &Release) -> Result<Sharing, Failure> {
    let damaged =
        || Failure::new("pool-damaged", format!("release {} is no marking", asked.number));
    let source = SourceName::new(&asked.subject).map_err(|_| damaged())?;
    let mut marking = from_line(&asked.asked).ok_or_else(damaged)?;
    if marking.originator.is_none() {
        marking.originator = MemberId::new(&asked.member).ok();
    }
    Ok(Sharing { source, marking })
}
