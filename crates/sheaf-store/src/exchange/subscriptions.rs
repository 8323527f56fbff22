//! Who wants to be told of what, and the messages that tell it. A message is kept before it is sent and until it went
//! through or was given up, so that none is lost with the program; what it says is looked up when it goes out.

use std::collections::HashMap;

use rusqlite::Row;

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// What an account wants to be told, and by which door.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Subscription {
    /// Its number, from 1.
    pub subscription: i64,
    /// The account that is told, and its member.
    pub account: String,
    /// The member.
    pub member: String,
    /// What the account calls it.
    pub name: String,
    /// Which incidents, in the words of the overview's address.
    pub query: String,
    /// Of `incidents`, `changes`, `alarms`, `requests`.
    pub tells: Vec<String>,
    /// `feed`, `webhook` or `email`.
    pub door: String,
    /// The webhook's address or the e-mail address; empty for a feed.
    pub address: String,
    /// What a webhook's messages are signed with; empty for the others.
    pub secret: String,
    /// When it was made.
    pub made_at: Micros,
    /// How often it was looked at with something to keep; the first time what is there is only marked as known.
    pub looked: i64,
    /// The last run of the watch that was looked at for it.
    pub last_run: i64,
    /// When it ended.
    pub ended_at: Option<Micros>,
}

/// A message, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its number, from 1.
    pub message: i64,
    /// Of which subscription.
    pub subscription: i64,
    /// When there was something to tell.
    pub made_at: Micros,
    /// What it tells of, as JSON.
    pub items: String,
    /// `due`, `sent`, `nothing` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it is to be tried next.
    pub next_at: Micros,
    /// Why the last try did not go through.
    pub why: String,
    /// When it was done with.
    pub done_at: Option<Micros>,
}

/// What was found to be told: kept all of it, or nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// Marks of what is told from now on, each with what it is like.
    pub marks: Vec<(String, String)>,
    /// What the messages tell of, as JSON, one text for each message.
    pub messages: Vec<String>,
    /// The last run of the watch that was looked at.
    pub last_run: i64,
}

/// What became of a try to send a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tried {
    /// It went through.
    Sent,
    /// Nothing of it may be seen any more.
    Nothing,
    /// It did not go through; it is tried again at that time.
    Later(Micros, String),
    /// It did not go through, and is not tried again.
    Failed(String),
}

const SUBSCRIPTION: &str =
    "SELECT subscription, account, member, name, query, tells, door, address,
    secret, made_at, looked, last_run, ended_at FROM subscription";
const MESSAGE: &str =
    "SELECT message, subscription, made_at, items, state, tries, next_at, why, done_at
    FROM message";

impl Exchange {
    /// Keeps a subscription; its number. The number in `new` is not looked at.
    pub fn subscribe(&self, new: &Subscription) -> Result<i64> {
        let tells = new.tells.join(",");
        self.write(|deed| {
            deed.execute(
                "INSERT INTO subscription
                    (account, member, name, query, tells, door, address, secret, made_at, last_run)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                    (SELECT coalesce(max(run), 0) FROM alarm_run))",
                (
                    &new.account,
                    &new.member,
                    &new.name,
                    &new.query,
                    &tells,
                    &new.door,
                    &new.address,
                    &new.secret,
                    new.made_at,
                ),
            )?;
            Ok(deed.last_insert_rowid())
        })
    }

    /// Ends a subscription; `false` where there is none that goes on. What is due of it is not sent any more.
    pub fn unsubscribe(&self, subscription: i64, at: Micros) -> Result<bool> {
        self.write(|deed| {
            let sql = "UPDATE subscription SET ended_at = ?2
                WHERE subscription = ?1 AND ended_at IS NULL";
            let is_ended = deed.execute(sql, (subscription, at))? > 0;
            let sql =
                "UPDATE message SET state = 'failed', why = 'the subscription ended', done_at = ?2
                WHERE subscription = ?1 AND state = 'due'";
            deed.execute(sql, (subscription, at))?;
            deed.execute("DELETE FROM subscription_told WHERE subscription = ?1", [subscription])?;
            Ok(is_ended)
        })
    }

    /// The subscriptions that go on, in order.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>> {
        let sql = format!("{SUBSCRIPTION} WHERE ended_at IS NULL ORDER BY subscription");
        self.list(&sql, [], subscription_from)
    }

    /// The subscription of this number, also one that ended.
    pub fn subscription(&self, number: i64) -> Result<Option<Subscription>> {
        self.find(&format!("{SUBSCRIPTION} WHERE subscription = ?1"), [number], subscription_from)
    }

    /// What was told by a subscription: each mark with what it was like.
    pub fn told(&self, subscription: i64) -> Result<HashMap<String, String>> {
        let sql = "SELECT mark, was FROM subscription_told WHERE subscription = ?1";
        let told = self.list(sql, [subscription], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(told.into_iter().collect())
    }

    /// Keeps what was found to be told, with the messages that tell it: all of it, or nothing; `false` where somebody
    /// else has looked since this subscription was read, and found the same.
    pub fn keep_found(&self, of: &Subscription, found: &Found, at: Micros) -> Result<bool> {
        let subscription = of.subscription;
        self.write(|deed| {
            let sql = "UPDATE subscription SET looked = looked + 1, last_run = ?2
                WHERE subscription = ?1 AND looked = ?3 AND ended_at IS NULL";
            if deed.execute(sql, (subscription, found.last_run, of.looked))? == 0 {
                return Ok(false);
            }
            let mut mark = deed.prepare_cached(
                "INSERT OR REPLACE INTO subscription_told (subscription, mark, was) VALUES (?1, ?2, ?3)",
            )?;
            for (name, was) in &found.marks {
                mark.execute((subscription, name, was))?;
            }
            for items in &found.messages {
                deed.execute(
                    "INSERT INTO message (subscription, made_at, items, next_at) VALUES (?1, ?2, ?3, ?2)",
                    (subscription, at, items),
                )?;
            }
            Ok(true)
        })
    }

    /// The messages that are to be sent by this time, the oldest first, so many at most.
    pub fn messages_due(&self, by: Micros, most: usize) -> Result<Vec<Message>> {
        let sql = format!(
            "{MESSAGE} WHERE state = 'due' AND next_at <= ?1 ORDER BY message LIMIT {most}"
        );
        self.list(&sql, [by], message_from)
    }

    /// Takes a message for oneself until some time, so that two who send at once do not send it twice; `false` where
    /// somebody else has it.
    pub fn claim_message(&self, message: i64, now: Micros, until: Micros) -> Result<bool> {
        let sql = "UPDATE message SET next_at = ?3
            WHERE message = ?1 AND state = 'due' AND next_at <= ?2";
        self.write(|deed| deed.execute(sql, (message, now, until))).map(|n| n > 0)
    }

    /// The messages of a subscription, the newest first, so many at most.
    pub fn messages_of(&self, subscription: i64, most: usize) -> Result<Vec<Message>> {
        let sql = format!("{MESSAGE} WHERE subscription = ?1 ORDER BY message DESC LIMIT {most}");
        self.list(&sql, [subscription], message_from)
    }

    /// Keeps what became of a try.
    pub fn tried(&self, message: i64, tried: &Tried, at: Micros) -> Result<()> {
        let (state, why, next, done) = match tried {
            Tried::Sent => ("sent", "", at, Some(at)),
            Tried::Nothing => ("nothing", "", at, Some(at)),
            Tried::Later(next, why) => ("due", why.as_str(), *next, None),
            Tried::Failed(why) => ("failed", why.as_str(), at, Some(at)),
        };
        let sql =
            "UPDATE message SET state = ?2, why = ?3, next_at = ?4, done_at = ?5, tries = tries + 1
            WHERE message = ?1 AND state = 'due'";
        self.write(|deed| deed.execute(sql, (message, state, why, next, done)))?;
        Ok(())
    }

    /// How this office lets messages out, by name.
    pub fn delivery(&self) -> Result<HashMap<String, String>> {
        let all = self
            .list("SELECT name, value FROM delivery", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(all.into_iter().collect())
    }

    /// Says something of how this office lets messages out.
    pub fn set_delivery(&self, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO delivery (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.write(|deed| deed.execute(sql, (name, value)))?;
        Ok(())
    }
}

fn subscription_from(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let tells: String = row.get("tells")?;
    Ok(Subscription {
        subscription: row.get("subscription")?,
        account: row.get("account")?,
        member: row.get("member")?,
        name: row.get("name")?,
        query: row.get("query")?,
        tells: tells.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        door: row.get("door")?,
        address: row.get("address")?,
        secret: row.get("secret")?,
        made_at: row.get("made_at")?,
        looked: row.get("looked")?,
        last_run: row.get("last_run")?,
        ended_at: row.get("ended_at")?,
    })
}

fn message_from(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        message: row.get("message")?,
        subscription: row.get("subscription")?,
        made_at: row.get("made_at")?,
        items: row.get("items")?,
        state: row.get("state")?,
        tries: row.get("tries")?,
        next_at: row.get("next_at")?,
        why: row.get("why")?,
        done_at: row.get("done_at")?,
    })
}
