//! The JSON API that the desk's pages use, under `/api/v1`: which address leads where, and who may ask.
//! What it answers is written down in `docs/api.md`.

mod asking;
mod columns;
mod coordination;
mod deciding;
#[cfg(test)]
mod described;
mod filter;
mod looking;
mod near;
mod overview;
mod public;
mod query;
mod releasing;
mod rows;
mod signing;
mod subscribing;
mod summary;
mod texts;
mod told;

pub use columns::{Columns, Row, SourceAbout, Word};
pub use public::alert_json;
pub(crate) use query::Query;

use serde::Deserialize;
use serde_json::Value;
use sheaf_model::Moment;
use sheaf_store::exchange::Micros;

use self::asking::{Asking, not_theirs, reports_in};
use self::filter::Words;
use self::told::{JSON, Told};
use crate::answer::Answer;
use crate::by_marking::moment;
use crate::desk::{Desk, Request};
use crate::error::DeskError;
use crate::members::{directory, reader_of};
use crate::pages::{Decision, Eyes, Handed, Pages, Question, Wish};
use crate::sign_in::Who;
use crate::taxii::segments;

/// What there is to ask, in OpenAPI 3.1. A test holds it to the addresses that there are.
const OPENAPI: &str = include_str!("openapi.json");
/// The most bytes of a file that is handed in, and of any other body.
const LONGEST_FILE: usize = 256 << 20;
const LONGEST_WORDS: usize = 64 << 10;

/// The most reports of a list of changes at once.
const USUAL_CHANGES: usize = 100;
const MOST_CHANGES: usize = 1000;
/// The most that can be passed over in a list.
const MOST_PASSED: usize = 1_000_000_000;

/// An answer, and what was shown in it: reports or incidents by their ids, or which list.
type Answered = std::result::Result<(Answer, Vec<String>), Told>;

/// Whether a path leads here.
pub(crate) fn is_here(path: &str) -> bool {
    let path = path.trim_start_matches('/');
    path == "api" || path.starts_with("api/")
}

/// Answers a request by somebody whose name was checked, or by anyone.
pub(crate) fn route(
    desk: &Desk,
    pages: &dyn Pages,
    request: &Request<'_>,
    who: &Who,
    now: Micros,
) -> Answer {
    let (answer, shown) = match answered(desk, pages, request, who, now) {
        Ok(answered) => answered,
        Err(told) => return told.answer(),
    };
    match desk.shown(who, shown, now) {
        Ok(()) => answer,
        Err(refusal) => refused(&refusal),
    }
}

/// How many bytes a body may have.
pub(crate) fn longest_body(request: &Request<'_>, who: &Who) -> usize {
    match (request.path.trim_end_matches('/'), who) {
        ("/api/v1/read" | "/api/v1/imports" | "/api/v1/draft", Who::Here) => LONGEST_FILE,
        // A name and a password.
        ("/api/v1/session" | "/api/v1/corrections", _) => LONGEST_WORDS,
        (_, Who::Nobody) => 0,
        _ => LONGEST_WORDS,
    }
}

/// What the doorkeeper refuses, as this API tells it. A browser is not asked to ask for a password itself.
pub(crate) fn refused(refusal: &Answer) -> Answer {
    let told = match refusal.status {
        401 => {
            Told::new(401, "not-signed-in", "the name and password, or the token, are not right")
        }
        403 => {
            Told::new(403, "not-from-here", "the request does not come from a page of this desk")
                .hint("load the page again")
        }
        429 => Told::new(429, "too-many-requests", "too many requests; wait a little"),
        status => {
            Told::new(status, "failed", "the office's pool could not answer").hint("try again")
        }
    };
    let kept = |(name, _): &&(&'static str, String)| *name == "Retry-After";
    let mut answer = told.answer();
    answer.headers.extend(refusal.headers.iter().filter(kept).cloned());
    answer
}

fn answered(
    desk: &Desk,
    pages: &dyn Pages,
    request: &Request<'_>,
    who: &Who,
    now: Micros,
) -> Answered {
    let segments = segments(request.path).map_err(|_| Told::not_found())?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["api", "v1", rest @ ..] = segments.as_slice() else { return Err(Told::not_found()) };
    only(request, methods(rest).ok_or_else(Told::not_found)?)?;
    if rest == ["session"] {
        return signing::session(desk, request, who, now);
    }
    let eyes = eyes_of(desk, who)?;
    let asking = Asking { pages, eyes, who, now: moment(now) };
    let mut words = Words::read(request.query)?;
    match (request.method, rest) {
        (_, ["openapi.json"]) => {
            words.end()?;
            Ok((Answer::of(200, OPENAPI).with("Content-Type", JSON.to_owned()), Vec::new()))
        }
        (_, ["pool"]) => {
            words.end()?;
            desk.saw(&asking.eyes, now);
            looking::pool(desk, &asking)
        }
        (_, ["overview"]) => {
            desk.saw(&asking.eyes, now);
            looking::overview(&asking, words)
        }
        (_, ["incidents"]) => looking::rows(&asking, words),
        (_, ["incidents", id]) => {
            let wish = Wish::take(&mut words)?;
            words.end()?;
            asking.question(&Question::Incident(id, &wish))
        }
        (_, ["incidents", id, "how"]) => {
            words.end()?;
            asking.question(&Question::How(id))
        }
        (_, ["incidents", id, "cite"]) => {
            let wish = Wish::take(&mut words)?;
            words.end()?;
            asking.question(&Question::Cite(id, &wish))
        }
        ("POST", ["incidents", id, "requests"]) => {
            words.end()?;
            coordination::ask(desk, &asking, request, id, now)
        }
        (_, ["incidents", id, "requests"]) => {
            words.end()?;
            coordination::of_incident(desk, &asking, id)
        }
        ("POST", ["incidents", id, "sites"]) => {
            words.end()?;
            deciding::on_site(&asking, request, id)
        }
        (_, ["incidents", id, "sites"]) => {
            words.end()?;
            asking.question(&Question::SitesOf(id))
        }
        (_, ["incidents", id, "remarks"]) => {
            words.end()?;
            coordination::remark(desk, &asking, request, id, now)
        }
        (_, ["incidents", id, "lead"]) => {
            words.end()?;
            coordination::lead(desk, &asking, request, id, now)
        }
        (_, ["requests", number, "said"]) => {
            words.end()?;
            coordination::say(desk, &asking, request, number, now)
        }
        (_, ["my"]) => {
            words.end()?;
            coordination::mine(desk, &asking)
        }
        (_, ["released"]) => {
            words.end()?;
            public::released(desk, &asking)
        }
        ("POST", ["releases"]) => {
            words.end()?;
            releasing::ask(&asking, request)
        }
        (_, ["releases"]) => {
            words.end()?;
            releasing::list(&asking)
        }
        (_, ["releases", number, "said"]) => {
            words.end()?;
            releasing::say(desk, &asking, request, number)
        }
        ("POST", ["corrections"]) => {
            words.end()?;
            public::correct(desk, &asking, request, now)
        }
        (_, ["corrections"]) => {
            words.end()?;
            public::list(desk, &asking)
        }
        (_, ["corrections", code]) => {
            words.end()?;
            public::answered(desk, code)
        }
        (_, ["corrections", number, "answer"]) => {
            words.end()?;
            public::answer(desk, &asking, request, number, now)
        }
        (_, ["alarms"]) => {
            words.end()?;
            asking.question(&Question::Alarms)
        }
        (_, ["alarms", alarm, "acts"]) => {
            words.end()?;
            deciding::on_alarm(&asking, request, alarm)
        }
        (_, ["knew"]) => {
            let each = words.take("each")?.unwrap_or_default();
            let alarms = words.take("alarms")?.is_some_and(|it| it == "true");
            words.end()?;
            asking.may_ask_much(alarms)?;
            asking.question(&Question::Knew { each: &each, alarms })
        }
        ("POST", ["subscriptions"]) => {
            words.end()?;
            subscribing::begin(desk, &asking, request, now)
        }
        (_, ["subscriptions"]) => {
            words.end()?;
            subscribing::list(desk, &asking)
        }
        (_, ["subscriptions", number]) => {
            words.end()?;
            subscribing::end(desk, &asking, number, now)
        }
        (_, ["subscriptions", number, "feed", message, nth]) => {
            words.end()?;
            subscribing::alarm(desk, &asking, (number, message, nth))
        }
        (_, ["subscriptions", number, "feed"]) => {
            words.end()?;
            subscribing::feed(desk, &asking, request, number)
        }
        (_, ["why"]) => {
            let (a, b) = (named(&mut words, "a")?, named(&mut words, "b")?);
            words.end()?;
            asking.question(&Question::Why([&a, &b]))
        }
        (_, ["review"]) => looking::review(&asking, words),
        (_, ["review", "figures"]) => {
            words.end()?;
            asking.question(&Question::Figures)
        }
        (_, ["sources"]) => {
            words.end()?;
            asking.question(&Question::Sources)
        }
        (_, ["sources", source, "changes"]) => {
            let back = words.number("back", 0, MOST_PASSED)?;
            let offset = words.number("offset", 0, MOST_PASSED)?;
            let limit = words.number("limit", USUAL_CHANGES, MOST_CHANGES)?;
            words.end()?;
            asking.question(&Question::Changes { source, back, offset, limit })
        }
        ("POST", ["judgements"]) => {
            words.end()?;
            deciding::judge(&asking, request)
        }
        (_, ["judgements"]) => {
            words.end()?;
            asking.question(&Question::Judgements)
        }
        (_, ["judgements", judgement]) => {
            words.end()?;
            let by = asking.reviewer()?;
            asking.decide(200, &by, &Decision::Withdraw(judgement))
        }
        (_, ["read" | "imports" | "draft"]) => {
            let who = asking.may_bring()?;
            let name = named(&mut words, "name")?;
            let (reader, mapping) = (words.take("as")?, words.take("mapping")?);
            words.end()?;
            let (reader, mapping) = (reader.as_deref(), mapping.as_deref());
            let handed = Handed { name: &name, reader, mapping, bytes: request.body };
            match rest {
                ["read"] => asking.question(&Question::Read(handed)),
                ["draft"] => asking.question(&Question::Draft(handed)),
                _ => asking.decide(201, &who, &Decision::Import(handed)),
            }
        }
        _ => Err(Told::not_found()),
    }
}

/// The methods that an address answers to, if there is such an address.
fn methods(rest: &[&str]) -> Option<&'static [&'static str]> {
    match rest {
        [
            "pool" | "overview" | "incidents" | "why" | "review" | "sources" | "openapi.json"
            | "my" | "alarms" | "knew" | "released",
        ]
        | ["incidents", _]
        | ["incidents", _, "how" | "cite"]
        | ["corrections", _]
        | ["subscriptions", _, "feed"]
        | ["subscriptions", _, "feed", _, _]
        | ["review", "figures"]
        | ["sources", _, "changes"] => Some(&["GET", "HEAD"]),
        ["judgements" | "subscriptions" | "corrections" | "releases"]
        | ["incidents", _, "requests" | "sites"] => Some(&["GET", "HEAD", "POST"]),
        ["judgements" | "subscriptions", _] => Some(&["DELETE"]),
        ["read" | "imports" | "draft"]
        | ["incidents", _, "lead" | "remarks"]
        | ["requests" | "releases", _, "said"]
        | ["alarms", _, "acts"]
        | ["corrections", _, "answer"] => Some(&["POST"]),
        ["session"] => Some(&["GET", "HEAD", "POST", "DELETE"]),
        _ => None,
    }
}

fn only(request: &Request<'_>, methods: &[&'static str]) -> Result<(), Told> {
    match methods.contains(&request.method) {
        true => Ok(()),
        false => {
            let methods = methods.join(", ");
            let what = format!("this address answers to {methods}");
            Err(Told { allow: Some(methods), ..Told::new(405, "method-not-allowed", what) })
        }
    }
}

fn eyes_of(desk: &Desk, who: &Who) -> Result<Eyes, Told> {
    match who {
        Who::Here => Ok(Eyes::Here),
        Who::Nobody => Ok(Eyes::Of(sheaf_share::rules::Reader::anyone())),
        Who::Account(reader) if reader.scope.can_read => {
            let directory =
                directory(&desk.log).map_err(|err| Told::from(&DeskError::from(err)))?;
            Ok(Eyes::Of(reader_of(&reader.account, &directory)))
        }
        Who::Account(_) => Ok(Eyes::Of(sheaf_share::rules::Reader::anyone())),
    }
}

fn body<'a, T: Deserialize<'a>>(request: &Request<'a>) -> Result<T, Told> {
    let is_json = request.content_type.is_some_and(|it| it.starts_with("application/json"));
    if !is_json {
        return Err(Told::new(415, "not-json", "the body must be application/json"));
    }
    serde_json::from_slice(request.body)
        .map_err(|err| Told::bad("bad-body", format!("the body is not what is asked for: {err}")))
}

fn named(words: &mut Words, name: &str) -> Result<String, Told> {
    words.take(name)?.ok_or_else(|| Told::bad("bad-filter", format!("{name} is missing")))
}

/// What the pool could not do, as it is told.
fn failed(err: impl Into<DeskError>) -> Told {
    Told::from(&err.into())
}

/// A time as it is told.
fn stamp(at: Micros) -> Option<String> {
    Moment::from_millis(at / 1000).map(|at| at.to_string())
}

fn fine(status: u16, answer: &Value) -> Answer {
    Answer::of(status, answer.to_string()).with("Content-Type", JSON.to_owned())
}
