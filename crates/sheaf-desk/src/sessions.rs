//! Browsers that are signed in: a cookie for an account, and one for whoever sits at the machine itself.
//!
//! A cookie goes with every request to the desk, also with those that another site makes a browser send.
//! Browsers are told to keep it back there (`SameSite=Strict`), and whatever changes something must also
//! carry a word that only a page of the desk can read, and come from no other origin.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sheaf_store::StoreError;
use sheaf_store::exchange::{Micros, Right};

use crate::answer::Answer;
use crate::ask::decoded;
use crate::desk::{Desk, Request};
use crate::error::Result;
use crate::random::{random_bytes, token_digest};
use crate::sign_in::{Reader, Who};

/// Where the door stands for whoever sits at the machine.
const DOOR: &str = "here";
/// How long a browser keeps a cookie, in seconds. The ledger may end it before.
const KEPT_FOR: u32 = 7 * 24 * 3600;

/// The way in for whoever sits at the machine that holds the pool; made anew at each start.
#[derive(Debug)]
pub(crate) struct Here {
    /// What the address holds that is shown once, on the terminal.
    key: String,
    /// What the browser holds after that.
    cookie: String,
}

impl Here {
    pub fn new() -> Result<Here> {
        let (key, cookie) = (random_bytes::<32>()?, random_bytes::<32>()?);
        let cookie = format!("here.{}", URL_SAFE_NO_PAD.encode(cookie));
        Ok(Here { key: URL_SAFE_NO_PAD.encode(key), cookie })
    }

    /// The path that opens the door.
    pub fn path(&self) -> String {
        format!("/{DOOR}?key={}", self.key)
    }
}

/// Whether a path is the door for whoever sits at the machine.
pub(crate) fn is_door(path: &str) -> bool {
    path.trim_matches('/') == DOOR
}

/// Opens that door to whoever brings the key, from the machine itself.
pub(crate) fn open(desk: &Desk, request: &Request<'_>) -> Answer {
    let key = request.query.strip_prefix("key=").and_then(|key| decoded(key).ok());
    let here = desk.here.as_ref().filter(|_| is_at_the_machine(request));
    match (here, key) {
        (Some(here), Some(key)) if is_same(&key, &here.key) && request.method == "GET" => {
            Answer::of(303, "")
                .with("Location", "/".to_owned())
                .with("Set-Cookie", set_cookie(request, &here.cookie, KEPT_FOR))
                .with("Content-Type", "text/plain; charset=utf-8".to_owned())
                .with("Referrer-Policy", "no-referrer".to_owned())
        }
        _ => Answer::of(
            403,
            "This link opens nothing. `sheaf serve` prints a new one each time it starts.\n",
        )
        .with("Content-Type", "text/plain; charset=utf-8".to_owned()),
    }
}

/// Who asks, by the cookie. A cookie that opens nothing is none.
pub(crate) fn who(
    desk: &Desk,
    request: &Request<'_>,
    now: Micros,
) -> std::result::Result<Who, Answer> {
    let Some(cookie) = cookie(request) else { return Ok(Who::Nobody) };
    let who = match &desk.here {
        Some(here) if is_at_the_machine(request) && is_same(cookie, &here.cookie) => Who::Here,
        _ => {
            let account = desk.log.session(&token_digest(cookie), now);
            match account.map_err(|err| Answer::failed(&err))? {
                None => Who::Nobody,
                Some(account) => {
                    let scope = Right { can_read: true, can_write: true };
                    Who::Account(Reader { account, scope })
                }
            }
        }
    };
    let changes = !matches!(request.method, "GET" | "HEAD");
    // Who has no name yet has nothing that another site could use.
    if changes && who != Who::Nobody {
        let word = request.csrf.is_some_and(|given| is_same(given, &csrf_of(cookie)));
        if !word || !is_same_origin(request) {
            return Err(Answer::forbidden("the request does not come from a page of this desk"));
        }
    }
    Ok(who)
}

/// Begins a session: who it is of, the header that hands over the cookie, and the word for changes.
pub(crate) fn begin(
    desk: &Desk,
    request: &Request<'_>,
    name_and_password: (&str, &str),
    now: Micros,
) -> std::result::Result<(Who, String, String), Answer> {
    if !is_same_origin(request) {
        return Err(Answer::forbidden("the request does not come from a page of this desk"));
    }
    let account = desk.doorkeeper.by_name(&desk.log, name_and_password, request.from, now)?;
    let drawn = random_bytes::<32>().map_err(|_| Answer::error(500, "InternalServerError", ""))?;
    let cookie = URL_SAFE_NO_PAD.encode(drawn);
    desk.log
        .begin_session(account.account, &token_digest(&cookie), now)
        .map_err(|err| Answer::failed(&err))?;
    let scope = Right { can_read: true, can_write: true };
    let header = set_cookie(request, &cookie, KEPT_FOR);
    Ok((Who::Account(Reader { account, scope }), header, csrf_of(&cookie)))
}

/// Ends the session of a request; the header that takes the cookie away.
pub(crate) fn end(desk: &Desk, request: &Request<'_>) -> std::result::Result<String, StoreError> {
    if let Some(cookie) = cookie(request) {
        desk.log.end_session(&token_digest(cookie))?;
    }
    Ok(set_cookie(request, "", 0))
}

/// The word that changes must carry, for a page that holds a cookie.
pub(crate) fn csrf(request: &Request<'_>) -> Option<String> {
    cookie(request).map(csrf_of)
}

fn csrf_of(cookie: &str) -> String {
    URL_SAFE_NO_PAD.encode(blake3::derive_key("sheaf desk csrf 2026", cookie.as_bytes()))
}

/// The value of our cookie.
fn cookie<'a>(request: &Request<'a>) -> Option<&'a str> {
    let name = cookie_name(request);
    let pairs = request.cookie?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(it, _)| *it == name).map(|(_, value)| value)
}

/// Browsers do not tell ports apart when they send cookies, and an office may run several pools.
fn cookie_name(request: &Request<'_>) -> String {
    let port = request.host.and_then(|host| host.rsplit_once(':')).map(|(_, port)| port);
    let port = port.filter(|port| port.bytes().all(|it| it.is_ascii_digit()));
    port.map_or_else(|| "sheaf".to_owned(), |port| format!("sheaf-{port}"))
}

fn set_cookie(request: &Request<'_>, value: &str, seconds: u32) -> String {
    let secure = if request.is_tls { "; Secure" } else { "" };
    let name = cookie_name(request);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Whether a request comes from this machine and was meant for it: a name of somebody else's that leads here
/// is not.
fn is_at_the_machine(request: &Request<'_>) -> bool {
    let Some(host) = request.host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_ours = name == "localhost" || name.parse().is_ok_and(|it: IpAddr| it.is_loopback());
    is_ours && request.from.is_loopback()
}

/// Whether the page that asks, where the browser says which, is one of ours.
fn is_same_origin(request: &Request<'_>) -> bool {
    let Some(origin) = request.origin else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == request.host
}

/// Whether two secrets are the same, in a time that does not tell how far they are.
fn is_same(given: &str, secret: &str) -> bool {
    blake3::hash(given.as_bytes()) == blake3::hash(secret.as_bytes())
}
