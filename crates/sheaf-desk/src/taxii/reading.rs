//! Objects, manifests and versions (TAXII 2.1, sections 5.3, 5.4, 5.6 and 5.7).
//!
//! The stored bytes go out as they came in; nothing is parsed on the way.

use sheaf_store::exchange::{Classes, Entry, Micros, Page, Reading, Span, Versions, stamp_text};

use super::{Answered, Open, failed, may_read, travel};
use crate::answer::Answer;
use crate::ask::Asked;
use crate::cursor;
use crate::desk::{Desk, Request};
use crate::sign_in::{Reader, Who};

/// A page ends with the object at which it reaches so many bytes.
const HEAVIEST_PAGE: usize = 8 << 20;

pub(super) fn objects(
    desk: &Desk,
    request: &Request<'_>,
    open: &Open,
    object: Option<&str>,
    reader: &Reader,
    now: Micros,
) -> Answered {
    let asked = Asked::read(request.query)?;
    let what = What { name: "objects", list: "objects", bodies: true };
    page(desk, open, object, &asked, (reader, now), &what, |entry, out| {
        out.extend_from_slice(entry.body);
    })
}

pub(super) fn manifest(
    desk: &Desk,
    request: &Request<'_>,
    open: &Open,
    reader: &Reader,
    now: Micros,
) -> Answered {
    let asked = Asked::read(request.query)?;
    let what = What { name: "manifest", list: "objects", bodies: false };
    page(desk, open, None, &asked, (reader, now), &what, |entry, out| {
        let media_type = match entry.spec {
            20 => "application/stix+json;version=2.0",
            _ => "application/stix+json;version=2.1",
        };
        // Ids and versions were checked when they came in: neither needs escaping.
        out.extend_from_slice(
            format!(
                r#"{{"id":"{}","date_added":"{}","version":"{}","media_type":"{media_type}"}}"#,
                entry.id,
                stamp_text(entry.added),
                entry.version
            )
            .as_bytes(),
        );
    })
}

pub(super) fn versions(
    desk: &Desk,
    request: &Request<'_>,
    open: &Open,
    object: &str,
    reader: &Reader,
    now: Micros,
) -> Answered {
    let mut asked = Asked::read(request.query)?;
    asked.wish.versions = vec![Versions::All];
    let what = What { name: "versions", list: "versions", bodies: false };
    page(desk, open, Some(object), &asked, (reader, now), &what, |entry, out| {
        out.extend_from_slice(format!("\"{}\"", entry.version).as_bytes());
    })
}

/// Of which kind a page is.
struct What {
    /// The last part of its address.
    name: &'static str,
    /// The name of the list in it.
    list: &'static str,
    /// Whether the objects themselves stand in it.
    bodies: bool,
}

fn page(
    desk: &Desk,
    open: &Open,
    object: Option<&str>,
    asked: &Asked,
    (reader, now): (&Reader, Micros),
    what: &What,
    write: impl Fn(Entry<'_>, &mut Vec<u8>),
) -> Answered {
    may_read(open)?;
    let account = reader.account.account;
    let collection = open.collection.collection;
    let fixed = format!("{account} {collection} {} {object:?} {}", what.name, asked.fixed());
    let next = match &asked.next {
        None => None,
        Some(text) => Some(cursor::read(&desk.cursor_key, &fixed, text).ok_or_else(|| {
            Answer::bad_request("next is not one that was given out for this question")
        })?),
    };
    let span = Span {
        after: next.max(asked.added_after),
        limit: asked.limit.unwrap_or(usize::MAX).min(desk.settings.page_size),
        bytes: HEAVIEST_PAGE,
        bodies: what.bodies,
    };
    let classes = desk.rules.classes(&reader.account, &desk.log, now).map_err(failed)?;
    let reading = object.map_or(Reading::Collection, Reading::Object);
    let mut body = format!("{{\"{}\":[", what.list).into_bytes();
    let begin = body.len();
    let tells = asked.travel && what.bodies && desk.rules.relays(&reader.account);
    // Objects are named by their place in the collection: to look their ids up would cost as much as the page.
    let (mut stamps, mut shown) = (Vec::new(), vec![format!("collection:{}", open.collection.id)]);
    let held = desk
        .log
        .page(collection, reading, &asked.wish, &classes, &span, |entry| {
            if body.len() > begin {
                body.push(b',');
            }
            if tells {
                stamps.push(entry.added);
            }
            shown.push(format!("added:{}", entry.added));
            write(entry, &mut body);
        })
        .map_err(failed)?;
    if held.n == 0 && tells {
        return Ok(Answer::of(200, travel::nothing(desk)));
    }
    if held.n == 0 {
        return nothing(desk, collection, object, &classes);
    }
    desk.shown(&Who::Account(reader.clone()), shown, now)?;
    finish(&mut body, &held, |added| cursor::write(&desk.cursor_key, &fixed, added));
    if tells {
        travel::tell(desk, collection, &stamps, &mut body).map_err(failed)?;
    }
    Ok(Answer::of(200, body).of_page(&held))
}

/// An empty page is no mistake; an object that is not there is.
fn nothing(desk: &Desk, collection: i64, object: Option<&str>, classes: &Classes) -> Answered {
    if let Some(id) = object
        && !desk.log.has(collection, id, classes).map_err(failed)?
    {
        return Err(Answer::not_found());
    }
    Ok(Answer::of(200, "{}"))
}

fn finish(body: &mut Vec<u8>, held: &Page, cursor: impl Fn(i64) -> String) {
    match held.last {
        Some(last) if held.more => {
            body.extend_from_slice(
                format!("],\"more\":true,\"next\":\"{}\"}}", cursor(last)).as_bytes(),
            );
        }
        _ => body.extend_from_slice(b"],\"more\":false}"),
    }
}
