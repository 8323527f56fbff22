//! Adding objects (TAXII 2.1, section 5.5). Each object has an outcome of its own in the status, which is
//! complete when it is given out: what it calls a success is on the disk.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use sheaf_store::exchange::{
    Acknowledged, Contributor, Incoming, Micros, New, Outcome, Post, Refused, Root, stamp_text,
};

use super::{Answered, Open, failed, is_taxii, may_write, travel};
use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::random::new_uuid;
use crate::rules::Marked;
use crate::sign_in::Reader;

/// So many objects in one batch at most.
const MOST_OBJECTS: usize = 100_000;

pub(super) fn add(
    desk: &Desk,
    request: &Request<'_>,
    root: &Root,
    open: &Open,
    reader: &Reader,
    now: Micros,
) -> Answered {
    may_write(open)?;
    is_taxii(request)?;
    if request.body.len() as u64 > root.max_content_length {
        return Err(too_large(root.max_content_length));
    }
    let key = request.idempotency_key.map(str::trim).filter(|key| !key.is_empty());
    if key.is_some_and(|key| key.len() > 200) {
        return Err(Answer::bad_request("Idempotency-Key has more than 200 bytes"));
    }
    let members: Members<'_> = serde_json::from_slice(request.body).map_err(|err| {
        Answer::unprocessable(&format!("this is no JSON object: {}", reason(&err)))
    })?;
    let bodies = envelope(&members).map_err(|why| Answer::unprocessable(&why))?;
    let objects: Vec<_> =
        bodies.iter().enumerate().map(|(idx, body)| take(desk, reader, idx, body, now)).collect();
    let digest = *blake3::hash(request.body).as_bytes();
    let id = new_uuid().map_err(|err| Answer::error(500, "InternalServerError", err.what))?;
    let sees = desk.rules.classes(&reader.account, &desk.log, now).map_err(failed)?;
    let post = Post {
        collection: open.collection.collection,
        root: root.root,
        account: reader.account.account,
        from: Contributor {
            member: &reader.account.member,
            relays: desk.rules.relays(&reader.account),
        },
        sees: &sees,
        now,
        status: &id,
        sent_as: key.map(|key| (key, &digest)),
    };
    if post.from.relays && travel::is_told(&members) {
        let status = |outcomes: &[Outcome]| resource(&id, now, outcomes);
        return travel::receive(desk, &post, &members, objects, status);
    }
    let acknowledged =
        desk.log.put(&post, &objects, |outcomes| resource(&id, now, outcomes)).map_err(failed)?;
    match acknowledged {
        Acknowledged::Now { status, .. } | Acknowledged::Before(status) => {
            Ok(Answer::of(202, status))
        }
        Acknowledged::OtherBatch => Err(Answer::unprocessable(
            "this Idempotency-Key was used for another batch; nothing was taken",
        )),
    }
}

pub(crate) fn too_large(most: u64) -> Answer {
    let what = format!("one request may have {most} bytes at most; send fewer objects at once");
    Answer::error(413, "RequestTooLarge", what)
}

/// The members of an envelope, each as it was sent.
pub(super) type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The objects of an envelope, each as it was sent.
fn envelope<'a>(members: &Members<'a>) -> Result<Vec<&'a RawValue>, String> {
    let objects = members.get("objects").ok_or("the envelope has no \"objects\"")?;
    let objects: Vec<&RawValue> =
        serde_json::from_str(objects.get()).map_err(|_| "\"objects\" is no list".to_owned())?;
    match objects.len() {
        n if n > MOST_OBJECTS => {
            Err(format!("the envelope has {n} objects; at most {MOST_OBJECTS} are taken at once"))
        }
        _ => Ok(objects),
    }
}

/// The parser's words may quote what was sent; only the place is passed on.
fn reason(err: &serde_json::Error) -> String {
    format!("line {}, column {}", err.line(), err.column())
}

fn take<'a>(
    desk: &Desk,
    reader: &Reader,
    idx: usize,
    body: &'a RawValue,
    now: Micros,
) -> Result<New<'a>, Refused> {
    let object = Incoming::read(body.get().as_bytes()).map_err(|mut refused| {
        if refused.id.is_empty() {
            refused.id = format!("object {} of the envelope", idx + 1);
        }
        refused
    })?;
    match desk.rules.marking(&reader.account, &object, &desk.log, now) {
        Ok(Marked { marking, held }) => Ok(New { object, marking, added: None, held }),
        Err(why) => Err(Refused { id: object.id, version: object.version_text, why }),
    }
}

/// The status resource (section 4.3.1). Lists that would be empty are left out. What is held with whoever
/// brought it is a success, with a message.
fn resource(id: &str, now: Micros, outcomes: &[Outcome]) -> String {
    let mut text = format!(
        r#"{{"id":"{id}","status":"complete","request_timestamp":"{}","total_count":{}"#,
        stamp_text(now),
        outcomes.len()
    );
    let n_failures = outcomes.iter().filter(|it| it.refused.is_some()).count();
    text.push_str(&format!(r#","success_count":{}"#, outcomes.len() - n_failures));
    let mut list = |name: &str, fits: &dyn Fn(&Outcome) -> bool| {
        for (nth, outcome) in outcomes.iter().filter(|it| fits(it)).enumerate() {
            text.push_str(&match nth {
                0 => format!(r#","{name}":[{{"id":{}"#, Value::from(outcome.id.as_str())),
                _ => format!(r#",{{"id":{}"#, Value::from(outcome.id.as_str())),
            });
            text.push_str(&format!(r#","version":{}"#, Value::from(outcome.version.as_str())));
            if let Some(why) = outcome.refused.as_ref().or(outcome.held.as_ref()) {
                text.push_str(&format!(r#","message":{}"#, Value::from(why.as_str())));
            }
            text.push('}');
        }
        if outcomes.iter().any(fits) {
            text.push(']');
        }
    };
    list("successes", &|it| it.refused.is_none());
    list("failures", &|it| it.refused.is_some());
    text.push_str(&format!(r#","failure_count":{n_failures},"pending_count":0}}"#));
    text
}
