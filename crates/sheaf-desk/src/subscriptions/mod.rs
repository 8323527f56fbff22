//! Telling people what is new, by the door they chose: a feed, a webhook or e-mail. What is to be told is found by
//! looking with the subscriber's eyes, kept as a message before anything is sent, and looked up once more when it goes
//! out: whatever the subscriber may no longer see then is not in it.

mod alarm_cap;
mod doors;
mod finding;
mod telling;

pub use alarm_cap::alarm_alert;
pub(crate) use doors::Doors;
pub use doors::SETTINGS;
pub(crate) use telling::{Item, ToTell, items_of, look_up};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use sheaf_share::rules::Reader;
use sheaf_store::Acting;
use sheaf_store::exchange::{Due, Exchange, Found, Message, Micros, Subscription, Tried};

use crate::api::Columns;
use crate::auditing;
use crate::by_marking::moment;
use crate::error::Result;
use crate::members::{directory, reader_of};
use crate::pages::Pages;

/// What a subscription can tell of.
pub(crate) const TELLS: [&str; 4] = ["incidents", "changes", "alarms", "requests"];
/// By which doors.
pub(crate) const DOORS: [&str; 3] = ["feed", "webhook", "email"];
/// So many an account has at most.
pub(crate) const MOST_OF_AN_ACCOUNT: usize = 20;
/// So many things stand in one message.
const MOST_ITEMS: usize = 50;
/// So many messages are sent in one go.
const MOST_AT_ONCE: usize = 100;
/// How long after each try the next one follows, in minutes; after the last one it is given up.
const PAUSES_MIN: [i64; 10] = [1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440];
/// For how long whoever sends a message has it alone, in seconds.
const ALONE_S: i64 = 300;
const SECOND: Micros = 1_000_000;

/// What one go brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Delivered {
    /// Messages found to be told.
    pub n_found: usize,
    /// Messages that went out.
    pub n_sent: usize,
    /// Messages of which nothing may be seen any more.
    pub n_nothing: usize,
    /// Messages that are tried again later.
    pub n_later: usize,
    /// Messages that were given up.
    pub n_failed: usize,
}

/// Finds and sends what is to be told.
#[derive(Debug, Default)]
pub struct Telling {
    // What each subscription's account saw when it was looked at last: where that is the same, nothing is new.
    looked: Mutex<HashMap<i64, Arc<Columns>>>,
}

impl Telling {
    /// Finds what is new for every subscription, and sends what is due.
    ///
    /// # Errors
    /// Where the pool cannot be read or written. That a door is shut is none: it is kept with the message.
    pub fn deliver(&self, log: &Exchange, pages: &dyn Pages, now: Micros) -> Result<Delivered> {
        let mut delivered =
            Delivered { n_found: self.find(log, pages, now)?, ..Delivered::default() };
        let mut doors = None;
        for message in log.messages_due(now, MOST_AT_ONCE)? {
            if !log.claim_message(message.message, now, now + ALONE_S * SECOND)? {
                continue;
            }
            let doors = match &mut doors {
                Some(doors) => doors,
                none => none.insert(Doors::of(log)?),
            };
            let tried = send(log, pages, doors, &message, now)?;
            log.tried(message.message, &tried, now)?;
            *match tried {
                Tried::Sent => &mut delivered.n_sent,
                Tried::Nothing => &mut delivered.n_nothing,
                Tried::Later(..) => &mut delivered.n_later,
                Tried::Failed(_) => &mut delivered.n_failed,
            } += 1;
        }
        Ok(delivered)
    }

    /// Keeps what is new as messages; how many.
    fn find(&self, log: &Exchange, pages: &dyn Pages, now: Micros) -> Result<usize> {
        let mut n_found = 0;
        let subscriptions = log.subscriptions()?;
        let runs = match subscriptions.is_empty() {
            true => return Ok(0),
            false => log.alarm_runs()?,
        };
        for subscription in &subscriptions {
            let Some(reader) = reader(log, subscription)? else {
                let _acting = Acting::of(&subscription.member, "sheaf");
                log.unsubscribe(subscription.subscription, now)?;
                continue;
            };
            let known = {
                let looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
                looked.get(&subscription.subscription).cloned()
            };
            let eyes = finding::With { log, pages, reader: &reader, now: moment(now) };
            let (found, columns) = finding::find(&eyes, subscription, &runs, known.as_ref())?;
            if let Some(columns) = columns {
                let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
                looked.insert(subscription.subscription, columns);
            }
            if let Some(found) = found
                && log.keep_found(subscription, &found, now)?
            {
                n_found += found.messages.len();
            }
        }
        Ok(n_found)
    }
}

/// With whose eyes a subscription looks; of nobody's where the account is there no longer, or reads nothing.
fn reader(log: &Exchange, subscription: &Subscription) -> Result<Option<Reader>> {
    let account = log.account(&subscription.account)?;
    let Some(account) = account.filter(|it| it.member == subscription.member) else {
        return Ok(None);
    };
    Ok(Some(reader_of(&account, &directory(log)?)))
}

/// Splits what is to be told into messages.
fn messages(items: &[Item]) -> Vec<String> {
    items.chunks(MOST_ITEMS).map(|it| json!(it).to_string()).collect()
}

fn send(
    log: &Exchange,
    pages: &dyn Pages,
    doors: &mut Doors,
    message: &Message,
    now: Micros,
) -> Result<Tried> {
    let subscription = log.subscription(message.subscription)?;
    let Some(subscription) = subscription.filter(|it| it.ended_at.is_none()) else {
        return Ok(Tried::Failed("the subscription ended".to_owned()));
    };
    let Some(reader) = reader(log, &subscription)? else {
        return Ok(Tried::Failed("the account is there no longer".to_owned()));
    };
    // A feed is looked up when it is read.
    if subscription.door == "feed" {
        return Ok(Tried::Sent);
    }
    let told = look_up(log, pages, &reader, &items_of(message), doors.base(), moment(now))?;
    if told.is_empty() {
        return Ok(Tried::Nothing);
    }
    // It stands in the log before it is out.
    let what: Vec<String> = told.iter().flat_map(ToTell::shown).collect();
    let due = Due {
        actor: format!("{}/{}", subscription.member, subscription.account),
        deed: format!("read:by-{}", subscription.door),
        what,
        ..Due::default()
    };
    auditing::settle(log, &[due], now)?;
    let sent = match subscription.door.as_str() {
        "webhook" => doors.post(&subscription, message, &told),
        _ => doors.mail(&subscription, message, &told),
    };
    Ok(match sent {
        Ok(()) => Tried::Sent,
        Err(why) => match PAUSES_MIN.get(usize::try_from(message.tries).unwrap_or(usize::MAX)) {
            Some(pause) => Tried::Later(now + pause * 60 * SECOND, why.what),
            None => Tried::Failed(why.what),
        },
    })
}

/// That nothing was found, but that it was looked.
fn begun(last_run: i64) -> Found {
    Found { last_run, ..Found::default() }
}
