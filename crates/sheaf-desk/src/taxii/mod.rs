//! TAXII 2.1, section 4 and 5: which address leads where.
//!
//! Addresses end in a slash; without it they lead to the same place.

pub(crate) use adding::too_large;
pub(crate) use travel::{WireGone, WireTravel, is_node};

mod adding;
mod collections;
mod deleting;
mod reading;
mod server;
mod travel;

use sheaf_store::StoreError;
use sheaf_store::exchange::{Collection, Micros, Right, Root};

use crate::answer::Answer;
use crate::ask::decoded;
use crate::desk::{Desk, Request};
use crate::media;
use crate::sign_in::Reader;

type Answered = std::result::Result<Answer, Answer>;

/// Answers a request of somebody who signed in.
pub(crate) fn route(desk: &Desk, request: &Request<'_>, reader: &Reader, now: Micros) -> Answered {
    let segments = segments(request.path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if segments == ["taxii2"] {
        only(request, &["GET"])?;
        return server::discovery(desk, request);
    }
    let (root, rest) = find_root(desk, &segments)?;
    match rest {
        [] => {
            only(request, &["GET"])?;
            server::root(&root)
        }
        ["status", id] => {
            only(request, &["GET"])?;
            server::status(desk, &root, id, reader)
        }
        ["collections"] => {
            only(request, &["GET"])?;
            collections::collections(desk, &root, reader)
        }
        ["collections", id, rest @ ..] => {
            let open = open(desk, &root, id, reader)?;
            match rest {
                [] => {
                    only(request, &["GET"])?;
                    collections::one(&open)
                }
                ["objects"] => {
                    only(request, &["GET", "POST"])?;
                    match request.method {
                        "POST" => adding::add(desk, request, &root, &open, reader, now),
                        _ => reading::objects(desk, request, &open, None, reader, now),
                    }
                }
                ["objects", object] => {
                    only(request, &["GET", "DELETE"])?;
                    match request.method {
                        "DELETE" => deleting::delete(desk, request, &open, object, reader, now),
                        _ => reading::objects(desk, request, &open, Some(object), reader, now),
                    }
                }
                ["objects", object, "versions"] => {
                    only(request, &["GET"])?;
                    reading::versions(desk, request, &open, object, reader, now)
                }
                ["manifest"] => {
                    only(request, &["GET"])?;
                    reading::manifest(desk, request, &open, reader, now)
                }
                ["deleted"] => {
                    only(request, &["GET"])?;
                    deleting::deleted(desk, request, &open, reader, now)
                }
                _ => Err(Answer::not_found()),
            }
        }
        _ => Err(Answer::not_found()),
    }
}

/// How many bytes the body of a request may have; see [`Desk::longest_body`].
pub(crate) fn longest_body(
    desk: &Desk,
    request: &Request<'_>,
    reader: &Reader,
) -> std::result::Result<usize, Answer> {
    let segments = segments(request.path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if request.method != "POST" {
        return Ok(0);
    }
    let (root, rest) = find_root(desk, &segments)?;
    let ["collections", id, "objects"] = rest else { return Ok(0) };
    may_write(&open(desk, &root, id, reader)?)?;
    is_taxii(request)?;
    Ok(usize::try_from(root.max_content_length).unwrap_or(usize::MAX))
}

/// A collection and what whoever asks may do with it.
pub(crate) struct Open {
    pub collection: Collection,
    pub right: Right,
}

/// The collection with this id. One that the reader was given nothing of is not there.
fn open(desk: &Desk, root: &Root, id: &str, reader: &Reader) -> std::result::Result<Open, Answer> {
    let found = desk.log.collection(root.root, id).map_err(failed)?;
    let collection = found.ok_or_else(Answer::not_found)?;
    let right = desk.log.right(reader.account.account, collection.collection).map_err(failed)?;
    let right = right.ok_or_else(Answer::not_found)?;
    let right = Right {
        can_read: collection.can_read && right.can_read && reader.scope.can_read,
        can_write: collection.can_write && right.can_write && reader.scope.can_write,
    };
    Ok(Open { collection, right })
}

pub(crate) fn may_read(open: &Open) -> std::result::Result<(), Answer> {
    match open.right.can_read {
        true => Ok(()),
        false => Err(Answer::forbidden("you may not read this collection")),
    }
}

pub(crate) fn may_write(open: &Open) -> std::result::Result<(), Answer> {
    match open.right.can_write {
        true => Ok(()),
        false => Err(Answer::forbidden("you may not write to this collection")),
    }
}

pub(crate) fn is_taxii(request: &Request<'_>) -> std::result::Result<(), Answer> {
    match media::is_taxii(request.content_type) {
        true => Ok(()),
        false => {
            let what = format!("what is sent must be {}", media::TAXII);
            Err(Answer::error(415, "UnsupportedMediaType", what))
        }
    }
}

pub(crate) fn failed(err: StoreError) -> Answer {
    Answer::failed(&err)
}

/// Whether the method is one of these, or asks for the head of what one of them gives.
fn only(request: &Request<'_>, methods: &[&'static str]) -> std::result::Result<(), Answer> {
    let method = if request.method == "HEAD" { "GET" } else { request.method };
    if methods.contains(&method) {
        return Ok(());
    }
    let allowed = methods.join(", ");
    let what = format!("this address answers to {allowed}");
    Err(Answer::error(405, "MethodNotAllowed", what).with("Allow", allowed))
}

/// The parts of a path, decoded.
pub(crate) fn segments(path: &str) -> std::result::Result<Vec<String>, Answer> {
    path.split('/').filter(|it| !it.is_empty()).map(decoded).collect()
}

/// The root that a path lies under, and what follows it. Roots may have slashes within.
fn find_root<'a>(
    desk: &Desk,
    segments: &'a [&'a str],
) -> std::result::Result<(Root, &'a [&'a str]), Answer> {
    let ends = segments.iter().position(|it| matches!(*it, "collections" | "status"));
    let (path, rest) = segments.split_at(ends.unwrap_or(segments.len()));
    let root = desk.log.root(&path.join("/")).map_err(failed)?;
    root.map(|root| (root, rest)).ok_or_else(Answer::not_found)
}
