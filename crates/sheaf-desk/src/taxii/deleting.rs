//! Withdrawing (TAXII 2.1, section 5.8), and the list of what was withdrawn, which is ours.

use serde_json::json;
use sheaf_store::exchange::{Contributor, Micros, Which, Withdrawn, stamp_text};

use super::{Answered, Open, failed, may_read, may_write, travel};
use crate::answer::Answer;
use crate::ask::Asked;
use crate::desk::{Desk, Request};
use crate::sign_in::Reader;

/// Without `match[version]` the whole object goes: what is withdrawn must not be readable in an older
/// version.
pub(super) fn delete(
    desk: &Desk,
    request: &Request<'_>,
    open: &Open,
    object: &str,
    reader: &Reader,
    now: Micros,
) -> Answered {
    may_write(open)?;
    may_read(open)?;
    let asked = Asked::read(request.query)?;
    let which = Which { versions: asked.wish.versions, specs: asked.wish.specs };
    let classes = desk.rules.classes(&reader.account, &desk.log, now).map_err(failed)?;
    let by =
        Contributor { member: &reader.account.member, relays: desk.rules.relays(&reader.account) };
    let collection = open.collection.collection;
    match desk.log.withdraw(collection, object, &which, by, &classes, now).map_err(failed)? {
        Withdrawn::Some(_) | Withdrawn::Whole => Ok(Answer::of(200, "")),
        Withdrawn::NotThere => Err(Answer::not_found()),
        Withdrawn::NotTheirs => {
            Err(Answer::forbidden("another member brought this object; only it may withdraw it"))
        }
    }
}

/// `deleted/?since=`: ids and versions that were withdrawn later than that, oldest first. Who could not
/// see an object is not told that it is gone.
pub(super) fn deleted(
    desk: &Desk,
    request: &Request<'_>,
    open: &Open,
    reader: &Reader,
    now: Micros,
) -> Answered {
    may_read(open)?;
    let asked = Asked::read(request.query)?;
    let classes = desk.rules.classes(&reader.account, &desk.log, now).map_err(failed)?;
    let limit = asked.limit.unwrap_or(usize::MAX).min(desk.settings.page_size);
    if asked.travel && desk.rules.relays(&reader.account) {
        return travel::gone(desk, open.collection.collection, &classes, asked.added_after, limit);
    }
    let (gone, more) = desk
        .log
        .gone(open.collection.collection, &classes, asked.added_after, limit)
        .map_err(failed)?;
    if gone.is_empty() {
        return Ok(Answer::of(200, "{}"));
    }
    let listed: Vec<_> = gone
        .iter()
        .map(|it| json!({ "id": it.id, "version": it.version, "date_deleted": stamp_text(it.at) }))
        .collect();
    Ok(Answer::json(&json!({ "more": more, "objects": listed })))
}
