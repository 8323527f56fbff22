//! The desk: a pool's exchange, the rules, and the answer to a request.

use std::net::IpAddr;
use std::sync::Arc;

use sheaf_store::Acting;
use sheaf_store::exchange::{Due, Exchange, Micros, NewCollection, Root, ServerAbout};

use crate::answer::Answer;
use crate::auditing::{self, Waiting};
use crate::bucket::Buckets;
use crate::by_marking::moment;
use crate::error::Result;
use crate::incidents::Incidents;
use crate::members::{directory, reader_of};
use crate::moments::Clockwork;
use crate::pages::{Eyes, Pages, Wish};
use crate::random::{new_uuid, random_bytes};
use crate::readying::Readying;
use crate::rules::Rules;
use crate::sessions::{self, Here};
use crate::sign_in::{Doorkeeper, Reader, Who};
use crate::subscriptions::{Delivered, Telling};
use crate::{alerts, api, features, media, taxii, web};

/// What can be set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// The most objects on one page.
    pub page_size: usize,
    /// How many requests an account may send per second, over time; for a moment twice as many.
    pub requests_per_second: f64,
}

/// A request, as far as an answer depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// What follows the question mark, still percent-encoded.
    pub query: &'a str,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header `Accept`.
    pub accept: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The header `Idempotency-Key`: what the sender calls this batch.
    pub idempotency_key: Option<&'a str>,
    /// The header `Accept-Encoding`.
    pub accept_encoding: Option<&'a str>,
    /// The header `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// The header `Cookie`.
    pub cookie: Option<&'a str>,
    /// The header `Origin`: the page that asks.
    pub origin: Option<&'a str>,
    /// The header `X-CSRF-Token`.
    pub csrf: Option<&'a str>,
    /// The header `Host`.
    pub host: Option<&'a str>,
    /// Whether it came over TLS.
    pub is_tls: bool,
    /// Where it came from.
    pub from: IpAddr,
    /// The body.
    pub body: &'a [u8],
}

/// A pool's exchange, ready to answer.
#[derive(Debug)]
pub struct Desk {
    pub(crate) log: Exchange,
    pub(crate) rules: Box<dyn Rules>,
    pub(crate) settings: Settings,
    pub(crate) cursor_key: [u8; 32],
    pub(crate) node: String,
    pub(crate) clock: fn() -> Micros,
    pub(crate) doorkeeper: Doorkeeper,
    pub(crate) here: Option<Here>,
    reads: Waiting,
    clockwork: Clockwork,
    requests: Buckets<i64>,
    // Of those who did not sign in, by where they come from.
    strangers: Buckets<IpAddr>,
    // Corrections by those who did not sign in.
    pub(crate) corrections: Buckets<IpAddr>,
    incidents: Option<Arc<dyn Incidents>>,
    pages: Option<Arc<dyn Pages>>,
    telling: Telling,
    readying: Readying,
}

/// So many corrections anyone may send at once, and then one every ten minutes.
const MOST_CORRECTIONS: f64 = 5.0;
const CORRECTIONS_PER_SECOND: f64 = 1.0 / 600.0;

impl Desk {
    /// Takes a pool's exchange and the rules between its members. Where there is no API root yet, one is
    /// made, `/pool/`, with one collection.
    pub fn new(log: Exchange, rules: Box<dyn Rules>, settings: Settings) -> Result<Desk> {
        let cursor_key = log.secret("cursor", random_bytes()?)?;
        begin(&log)?;
        let node = log.node(random_bytes()?)?;
        Ok(Desk {
            log,
            node,
            clock: now,
            rules,
            settings,
            cursor_key,
            doorkeeper: Doorkeeper::new()?,
            here: None,
            reads: Waiting::default(),
            clockwork: Clockwork::default(),
            requests: Buckets::new(
                settings.requests_per_second * 2.0,
                settings.requests_per_second,
            ),
            strangers: Buckets::new(
                settings.requests_per_second * 2.0,
                settings.requests_per_second,
            ),
            corrections: Buckets::new(MOST_CORRECTIONS, CORRECTIONS_PER_SECOND),
            incidents: None,
            pages: None,
            telling: Telling::default(),
            readying: Readying::default(),
        })
    }

    /// Serves the pool's incidents too, as a layer for maps, under `/features`.
    pub fn with_incidents(mut self, incidents: Arc<dyn Incidents>) -> Desk {
        self.incidents = Some(incidents);
        self
    }

    /// Serves the pool as pages for people and, under `/api/v1`, for their programs; and as a layer for maps.
    pub fn with_pages(mut self, pages: Arc<dyn Pages>) -> Desk {
        self.incidents = Some(pages.clone());
        self.pages = Some(pages);
        self
    }

    /// The same by another clock, which gives microseconds since 1970.
    pub fn by_clock(mut self, clock: fn() -> Micros) -> Desk {
        self.clock = clock;
        self
    }

    /// The exchange behind it.
    pub fn log(&self) -> &Exchange {
        &self.log
    }

    /// Answers a request. `now` is in microseconds since 1970.
    pub fn answer(&self, request: &Request<'_>, now: Micros) -> Answer {
        // What this cannot do now it does the next time; the answer is right without it.
        let _ = self.pass_moments(now);
        let answer = self.answered(request, now).unwrap_or_else(|answer| answer);
        // What was done stands in the log before anybody is told of it.
        match matches!(request.method, "GET" | "HEAD") || self.settle(now).is_ok() {
            true => answer,
            false => Answer::error(
                500,
                "InternalServerError",
                "what was asked is done, and could not be written to the audit log yet",
            ),
        }
    }

    /// Does what the clock alone brings about, at a tick: also what came late into a class whose time was over.
    pub fn tick(&self, now: Micros) -> Result<()> {
        self.clockwork.forget();
        self.pass_moments(now)?;
        if let Some(pages) = &self.pages {
            pages.pass()?;
        }
        if let Some(incidents) = &self.incidents {
            incidents.call_off(moment(now))?;
        }
        self.settle(now)
    }

    /// Tells people what is new, by the doors they chose.
    pub fn deliver(&self, now: Micros) -> Result<Delivered> {
        let Some(pages) = &self.pages else { return Ok(Delivered::default()) };
        let delivered = self.telling.deliver(&self.log, pages.as_ref(), now)?;
        self.settle(now)?;
        Ok(delivered)
    }

    /// Expects those to look who did before the server was started.
    pub(crate) fn expect(&self, now: Micros) -> Result<()> {
        self.readying.expect(&self.log, self.here.is_some(), now)
    }

    /// Takes note that somebody looks.
    pub(crate) fn saw(&self, eyes: &Eyes, now: Micros) {
        self.readying.saw(eyes, now);
    }

    /// Makes the incidents as those who looked lately see them, where the pool has changed.
    pub fn ready(&self, now: Micros) -> Result<()> {
        let Some(pages) = &self.pages else { return Ok(()) };
        let columns = |eyes: &Eyes| pages.columns(eyes, &Wish::default(), moment(now));
        self.readying.ready(&self.log, now, || pages.is_up_to_date(), columns)
    }

    fn pass_moments(&self, now: Micros) -> Result<()> {
        match self.clockwork.pass(&self.log, self.rules.as_ref(), now)? {
            true => self.settle(now),
            false => Ok(()),
        }
    }

    /// Writes what was done into the audit log.
    pub(crate) fn settle(&self, now: Micros) -> Result<()> {
        if self.log.has_audit_due()? {
            auditing::settle(&self.log, &[], now)?;
        }
        Ok(())
    }

    /// Writes down what a reader was shown, before it is.
    pub(crate) fn shown(
        &self,
        who: &Who,
        what: Vec<String>,
        now: Micros,
    ) -> std::result::Result<(), Answer> {
        if what.is_empty() {
            return Ok(());
        }
        let actor = match who {
            Who::Here => "here/desk".to_owned(),
            Who::Nobody => "anyone/nobody".to_owned(),
            Who::Account(reader) => format!("{}/{}", reader.account.member, reader.account.name),
        };
        let due = Due { actor, deed: "read:as-member".to_owned(), what, ..Due::default() };
        self.reads.write(&self.log, due, now).map_err(|_| {
            Answer::error(503, "ServiceUnavailable", "the audit log cannot be written")
        })
    }

    fn answered(&self, request: &Request<'_>, now: Micros) -> std::result::Result<Answer, Answer> {
        if let Some(incidents) = &self.incidents
            && (features::is_here(request.path) || alerts::is_here(request.path))
        {
            return self.answered_to_anyone(incidents.as_ref(), request, now);
        }
        if let Some(pages) = &self.pages {
            if sessions::is_door(request.path) {
                return Ok(sessions::open(self, request));
            }
            if web::is_here(request) {
                return Ok(web::answer(request));
            }
            if api::is_here(request.path) {
                return Ok(match self.who(request, now) {
                    Ok(who) if who == Who::Here => {
                        let _acting = Acting::of("here", "desk");
                        api::route(self, pages.as_ref(), request, &who, now)
                    }
                    Ok(Who::Account(reader)) => {
                        let _acting = Acting::of(&reader.account.member, &reader.account.name);
                        api::route(self, pages.as_ref(), request, &Who::Account(reader), now)
                    }
                    Ok(who) => api::route(self, pages.as_ref(), request, &who, now),
                    Err(refusal) => api::refused(&refusal),
                });
            }
        }
        let reader =
            self.doorkeeper.sign_in(&self.log, request.authorization, request.from, now)?;
        self.requests.take(reader.account.account, now).map_err(Answer::too_many)?;
        let _acting = Acting::of(&reader.account.member, &reader.account.name);
        if !media::accepts(request.accept) {
            let what = format!("answers are {}, which the request does not accept", media::TAXII);
            return Err(Answer::error(406, "NotAcceptable", what));
        }
        taxii::route(self, request, &reader, now)
    }

    /// Lets whoever sits at this machine look at the whole pool, as on the terminal: through the path given
    /// back, which is a secret, and only from the machine itself.
    pub fn open_here(&mut self) -> Result<String> {
        let here = Here::new()?;
        let path = here.path();
        self.here = Some(here);
        Ok(path)
    }

    /// Who asks for a page, who is known well enough to change something if that is what is asked.
    fn who(&self, request: &Request<'_>, now: Micros) -> std::result::Result<Who, Answer> {
        let who = match request.authorization {
            None => sessions::who(self, request, now)?,
            header => {
                Who::Account(self.doorkeeper.sign_in(&self.log, header, request.from, now)?)
            }
        };
        match &who {
            Who::Account(reader) => self.requests.take(reader.account.account, now),
            Who::Here => Ok(()),
            Who::Nobody => self.strangers.take(request.from, now),
        }
        .map_err(Answer::too_many)?;
        Ok(who)
    }

    /// Maps and alerts are open to those who do not sign in. Who tries to and fails is told so.
    fn answered_to_anyone(
        &self,
        incidents: &dyn Incidents,
        request: &Request<'_>,
        now: Micros,
    ) -> std::result::Result<Answer, Answer> {
        let signed_in = match request.authorization {
            None => None,
            header => Some(self.doorkeeper.sign_in(&self.log, header, request.from, now)?),
        };
        match &signed_in {
            Some(reader) => self.requests.take(reader.account.account, now),
            None => self.strangers.take(request.from, now),
        }
        .map_err(Answer::too_many)?;
        let directory = directory(&self.log).map_err(|err| Answer::failed(&err))?;
        let reader = match &signed_in {
            Some(Reader { account, scope }) if scope.can_read => reader_of(account, &directory),
            _ => sheaf_share::rules::Reader::anyone(),
        };
        let route = if alerts::is_here(request.path) { alerts::route } else { features::route };
        let (answer, shown) = route(self, incidents, request, &reader, &directory, moment(now))?;
        let who = signed_in.map_or(Who::Nobody, Who::Account);
        self.shown(&who, shown, now)?;
        Ok(answer)
    }

    /// How many bytes the body of a request may have; or the answer to it, where no body could change it.
    /// Asked before a body is read, so that nobody can fill the memory who may not write.
    pub fn longest_body(
        &self,
        request: &Request<'_>,
        now: Micros,
    ) -> std::result::Result<usize, Answer> {
        let is_open = features::is_here(request.path) || alerts::is_here(request.path);
        if self.incidents.is_some() && is_open {
            return Ok(0);
        }
        if self.pages.is_some() {
            if web::is_here(request) || sessions::is_door(request.path) {
                return Ok(0);
            }
            if api::is_here(request.path) {
                let who = self.who(request, now).map_err(|refusal| api::refused(&refusal))?;
                return Ok(api::longest_body(request, &who));
            }
        }
        let reader =
            self.doorkeeper.sign_in(&self.log, request.authorization, request.from, now)?;
        taxii::longest_body(self, request, &reader)
    }
}

/// Now, in microseconds since 1970.
fn now() -> Micros {
    jiff::Timestamp::now().as_microsecond()
}

/// Makes an API root with one collection, `/pool/`, where there is no root yet: a server with nothing to serve
/// would leave people wondering.
pub fn begin(log: &Exchange) -> Result<()> {
    if !log.roots()?.is_empty() {
        return Ok(());
    }
    let name = log.path().file_stem().map_or("pool".into(), |name| name.to_string_lossy());
    let root = log.add_root(&Root {
        root: 0,
        path: "pool".to_owned(),
        title: name.clone().into_owned(),
        description: String::new(),
        max_content_length: 16 << 20,
        url: String::new(),
    })?;
    log.add_collection(&NewCollection {
        root,
        id: &new_uuid()?,
        title: "reports",
        description: "",
        can_read: true,
        can_write: true,
        imported: false,
    })?;
    if log.about()?.is_none() {
        log.set_about(&ServerAbout { title: name.into_owned(), ..ServerAbout::default() })?;
    }
    Ok(())
}
