//! What an account wants to be told, and by which door; and the feed of what there is to tell.

use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_share::cap::{Audience, CAP_TYPE, Entry, Index, Link, Time, write_alert, write_index};
use sheaf_share::screen::screen;
use sheaf_store::Acting;
use sheaf_store::exchange::{Account, Message, Micros, Subscription};

use super::query::check_query;
use super::told::Told;
use super::{Answered, Asking, body, failed, fine, not_theirs, stamp};
use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::error::DeskError;
use crate::random::new_token;
use crate::sign_in::Who;
use crate::subscriptions::{
    DOORS, Doors, Item, MOST_OF_AN_ACCOUNT, TELLS, alarm_alert, items_of, look_up,
};

/// The most characters of a name, a query and an address.
const LONGEST: usize = 500;
/// So many messages stand in a feed, and beside a subscription.
const MOST_IN_FEED: usize = 30;
const MOST_LISTED: usize = 5;

/// A subscription as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubscription {
    name: String,
    #[serde(default)]
    query: String,
    tells: Vec<String>,
    door: String,
    #[serde(default)]
    address: String,
}

/// The subscriptions of the account that asks.
pub(super) fn list(desk: &Desk, asking: &Asking<'_>) -> Answered {
    let account = account(asking.who)?;
    let mut listed = Vec::new();
    for it in mine(desk, account)? {
        let messages = desk.log.messages_of(it.subscription, MOST_LISTED).map_err(failed)?;
        listed.push(told(&it, &messages));
    }
    let doors = Doors::of(&desk.log).map_err(failed)?;
    let answer = json!({
        "subscriptions": listed,
        "tells": TELLS,
        "doors": DOORS.map(|door| json!({ "door": door, "goes_to": doors.goes_to(door) })),
    });
    Ok((fine(200, &answer), Vec::new()))
}

/// Begins one. What there is already is not told by it.
pub(super) fn begin(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    now: Micros,
) -> Answered {
    let account = account(asking.who)?;
    let wire: WireSubscription = body(request)?;
    let bad = |what: String| Told::bad("bad-body", what);
    for (field, text) in [("name", &wire.name), ("query", &wire.query), ("address", &wire.address)]
    {
        if text.chars().count() > LONGEST {
            return Err(bad(format!("{field} has more than {LONGEST} characters")));
        }
    }
    let name = wire.name.trim();
    if name.is_empty() {
        return Err(bad("name is empty".to_owned()));
    }
    if !screen(name).is_empty() {
        return Err(Told::new(422, "names-a-person", "name: it may name a person"));
    }
    if wire.tells.is_empty() || wire.tells.iter().any(|it| !TELLS.contains(&it.as_str())) {
        return Err(bad(format!("tells: some of {} is meant", TELLS.join(", "))));
    }
    check_query(&wire.query, asking.pages)?;
    let doors = Doors::of(&desk.log).map_err(failed)?;
    doors.lead_to(&wire.door, &wire.address).map_err(|err| match err.code {
        "door-shut" => Told::new(403, "door-shut", err.what.clone()).hint(err.hint.clone()),
        _ => Told::bad("bad-body", err.what.clone()),
    })?;
    if mine(desk, account)?.len() >= MOST_OF_AN_ACCOUNT {
        let what = format!("an account has {MOST_OF_AN_ACCOUNT} subscriptions at most");
        return Err(Told::new(409, "too-many", what).hint("end one first"));
    }
    let secret = match wire.door.as_str() {
        "webhook" => new_token().map_err(failed)?,
        _ => String::new(),
    };
    let mut tells = wire.tells;
    tells.sort();
    tells.dedup();
    let new = Subscription {
        account: account.name.clone(),
        member: account.member.clone(),
        name: name.to_owned(),
        query: wire.query,
        tells,
        door: wire.door,
        address: wire.address,
        secret,
        made_at: now,
        ..Subscription::default()
    };
    let _acting = Acting::of(&account.member, &account.name);
    let subscription = desk.log.subscribe(&new).map_err(failed)?;
    let mut answer = told(&Subscription { subscription, ..new.clone() }, &[]);
    if !new.secret.is_empty() {
        // Shown this once: by it the webhook knows that a message is from here.
        answer["secret"] = json!(new.secret);
    }
    Ok((fine(201, &answer), Vec::new()))
}

/// Ends one.
pub(super) fn end(desk: &Desk, asking: &Asking<'_>, number: &str, now: Micros) -> Answered {
    let account = account(asking.who)?;
    let found = of_account(desk, account, number)?;
    let _acting = Acting::of(&account.member, &account.name);
    desk.log.unsubscribe(found.subscription, now).map_err(failed)?;
    Ok((fine(200, &json!({ "ended": found.subscription })), Vec::new()))
}

/// An alarm that a message told of, as a CAP alert, if all it rests on may still be seen.
pub(super) fn alarm(
    desk: &Desk,
    asking: &Asking<'_>,
    (number, message, nth): (&str, &str, &str),
) -> Answered {
    let account = account(asking.who)?;
    let found = of_account(desk, account, number)?;
    let super::Eyes::Of(reader) = &asking.eyes else { return Err(Told::not_found()) };
    let (message, nth): (i64, usize) = match (message.parse(), nth.parse()) {
        (Ok(message), Ok(nth)) => (message, nth),
        _ => return Err(Told::not_found()),
    };
    let messages = desk.log.messages_of(found.subscription, MOST_IN_FEED).map_err(failed)?;
    let message = messages.iter().find(|it| it.message == message).ok_or_else(Told::not_found)?;
    let item = items_of(message).into_iter().nth(nth).ok_or_else(Told::not_found)?;
    let Item::Alarm { on, seen } = &item else { return Err(Told::not_found()) };
    let told =
        look_up(&desk.log, asking.pages, reader, std::slice::from_ref(&item), "", asking.now);
    let told = told.map_err(failed)?.pop().ok_or_else(Told::not_found)?;
    let sent = time(message.made_at).ok_or_else(Told::not_found)?;
    let alert = alarm_alert(seen, on, &found.member, sent);
    let audience = Audience::Restricted { restriction: told.restriction.unwrap_or_default() };
    let xml = write_alert(&alert, &audience)
        .map_err(|why| Told::from(&DeskError::new("cannot-write", why.to_string(), "")))?;
    let inside = seen["incidents"].as_array().into_iter().flatten();
    let shown = inside.filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
    let answer = Answer::of(200, xml).with("Content-Type", format!("{CAP_TYPE}; charset=utf-8"));
    Ok((answer, shown))
}

/// What there is to tell, as Atom (RFC 4287): each thing as it may be seen now.
pub(super) fn feed(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    number: &str,
) -> Answered {
    let account = account(asking.who)?;
    let found = of_account(desk, account, number)?;
    let super::Eyes::Of(reader) = &asking.eyes else { return Err(Told::not_found()) };
    let scheme = if request.is_tls { "https" } else { "http" };
    let here = request.host.map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let doors = Doors::of(&desk.log).map_err(failed)?;
    let base = if doors.base().is_empty() { &here } else { doors.base() };
    let messages = desk.log.messages_of(found.subscription, MOST_IN_FEED).map_err(failed)?;
    let path = format!("{here}/api/v1/subscriptions/{}/feed", found.subscription);
    let (mut entries, mut shown) = (Vec::new(), Vec::new());
    for message in &messages {
        let told = look_up(&desk.log, asking.pages, reader, &items_of(message), base, asking.now);
        for it in told.map_err(failed)? {
            let (at, of_it) = (it.nth, it.shown());
            let mut links = vec![Link { href: it.url, rel: None, mime_type: None }];
            if it.kind == "alarm" {
                links.push(Link {
                    href: format!("{path}/{}/{at}", message.message),
                    rel: Some("related".to_owned()),
                    mime_type: Some(CAP_TYPE.to_owned()),
                });
            }
            entries.push(Entry {
                id: format!("urn:sheaf:{}:message-{}-{at}", desk.node, message.message),
                title: it.title,
                updated: time(message.made_at),
                summary: Some(match it.tlp {
                    Some(tlp) => format!("{}, TLP:{}", it.kind, tlp.name().to_uppercase()),
                    None => it.kind.to_owned(),
                }),
                links,
                alert: None,
            });
            shown.extend(of_it);
        }
    }
    let newest = messages.first().map_or(found.made_at, |it| it.made_at);
    let feed = Index {
        id: format!("urn:sheaf:{}:subscription-{}", desk.node, found.subscription),
        title: found.name.clone(),
        updated: time(newest),
        author: Some(found.member.clone()),
        links: vec![Link { href: path, rel: Some("self".to_owned()), mime_type: None }],
        entries,
        gone: Vec::new(),
    };
    let xml = write_index(&feed)
        .map_err(|why| Told::from(&DeskError::new("cannot-write", why.to_string(), "")))?;
    let answer = Answer::of(200, xml)
        .with("Content-Type", "application/atom+xml; charset=utf-8".to_owned())
        .with("Cache-Control", "private, no-cache".to_owned());
    Ok((answer, shown))
}

fn time(at: Micros) -> Option<Time> {
    Time::from_unix_s(at.div_euclid(1_000_000))
}

fn told(it: &Subscription, messages: &[Message]) -> Value {
    let messages: Vec<Value> = messages
        .iter()
        .map(|it| {
            json!({
                "message": it.message,
                "at": stamp(it.made_at),
                "items": items_of(it).len(),
                "state": it.state,
                "tries": it.tries,
                "why": it.why,
            })
        })
        .collect();
    json!({
        "subscription": it.subscription,
        "name": it.name,
        "query": it.query,
        "tells": it.tells,
        "door": it.door,
        "address": it.address,
        "since": stamp(it.made_at),
        "feed": format!("/api/v1/subscriptions/{}/feed", it.subscription),
        "messages": messages,
    })
}

/// The account that asks, if it may read.
fn account(who: &Who) -> Result<&Account, Told> {
    match who {
        Who::Account(it) if it.scope.can_read => Ok(&it.account),
        who => Err(not_theirs(who, "members' accounts are told of what is new")),
    }
}

fn mine(desk: &Desk, account: &Account) -> Result<Vec<Subscription>, Told> {
    let mut mine = desk.log.subscriptions().map_err(failed)?;
    mine.retain(|it| it.account == account.name && it.member == account.member);
    Ok(mine)
}

/// One of the account's own; to it, those of others are not there.
fn of_account(desk: &Desk, account: &Account, number: &str) -> Result<Subscription, Told> {
    let number: i64 = number.parse().map_err(|_| Told::not_found())?;
    let mine = mine(desk, account)?;
    mine.into_iter().find(|it| it.subscription == number).ok_or_else(Told::not_found)
}
