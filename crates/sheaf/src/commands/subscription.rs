//! `sheaf subscription`: by which doors messages leave, who is told of what, and telling it.

use serde_json::{Value, json};
use sheaf_desk::{Delivered, SETTINGS, Telling};
use sheaf_model::Moment;
use sheaf_store::exchange::{Exchange, Micros, Subscription};

use super::{Went, counted, now_micros, print, print_json, remark};
use crate::args::{Everywhere, Subscribing};
use crate::desk::PoolPages;
use crate::failure::Failure;
use crate::suggest;

/// So many messages of a subscription are looked at, the newest.
const MOST_MESSAGES: usize = 1000;

pub fn subscription(what: &Subscribing, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Subscribing::Doors { pool, set } => doors(&Exchange::open(pool)?, set, everywhere),
        Subscribing::List { pool } => list(&Exchange::open(pool)?, everywhere),
        Subscribing::End { pool, number } => {
            if !Exchange::open(pool)?.unsubscribe(*number, now_micros())? {
                let what = format!("{}: no subscription {number} goes on", pool.display());
                return Err(Failure::new("no-such-subscription", what)
                    .hint(format!("`sheaf subscription list {}` lists them", pool.display())));
            }
            remark(everywhere, &format!("subscription {number} has ended"));
            Ok(Went::Fine)
        }
        Subscribing::Deliver { pool } => {
            let log = Exchange::open(pool)?;
            let pages = PoolPages::of(pool)?;
            deliver(&log, &pages, everywhere)
        }
    }
}

fn doors(log: &Exchange, set: &[String], everywhere: &Everywhere) -> Result<Went, Failure> {
    for said in set {
        let (word, value) = said
            .split_once('=')
            .ok_or_else(|| Failure::new("bad-argument", format!("{said}: WORD=VALUE is meant")))?;
        if !SETTINGS.iter().any(|it| it.0 == word) {
            let failure = Failure::new("no-such-setting", format!("{word}: no such setting"));
            return Err(match suggest::nearest(word, SETTINGS.iter().map(|it| it.0)) {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure,
            });
        }
        log.set_delivery(word, value.trim())?;
    }
    let said = log.delivery()?;
    if everywhere.json {
        let all = SETTINGS.iter().map(|(word, _)| ((*word).to_owned(), json!(said.get(*word))));
        print_json(&Value::Object(all.collect()))?;
        return Ok(Went::Fine);
    }
    for (word, what) in SETTINGS {
        let value = said.get(word).filter(|it| !it.is_empty());
        match value {
            Some(value) => print(&format!("{word} = {value}\n"))?,
            None => print(&format!("{word}: not said; {what}\n"))?,
        }
    }
    Ok(Went::Fine)
}

fn list(log: &Exchange, everywhere: &Everywhere) -> Result<Went, Failure> {
    let subscriptions = log.subscriptions()?;
    let mut told = Vec::new();
    for it in &subscriptions {
        let messages = log.messages_of(it.subscription, MOST_MESSAGES)?;
        let count = |state: &str| messages.iter().filter(|it| it.state == state).count();
        let why = messages.iter().find(|it| !it.why.is_empty()).map(|it| it.why.clone());
        told.push((it, [count("sent"), count("due"), count("failed")], why));
    }
    if everywhere.json {
        let as_json =
            |(it, [sent, due, failed], why): &(&Subscription, [usize; 3], Option<String>)| {
                json!({
                    "subscription": it.subscription,
                    "account": it.account,
                    "member": it.member,
                    "name": it.name,
                    "query": it.query,
                    "tells": it.tells,
                    "door": it.door,
                    "since": stamp(it.made_at),
                    "sent": sent,
                    "due": due,
                    "failed": failed,
                    "why": why,
                })
            };
        print_json(&Value::Array(told.iter().map(as_json).collect()))?;
        return Ok(Went::Fine);
    }
    if told.is_empty() {
        remark(
            everywhere,
            "nobody is told of anything; people subscribe on the desk, under My desk",
        );
    }
    for (it, [sent, due, failed], why) in told {
        let query = if it.query.is_empty() { "everything" } else { &it.query };
        print(&format!(
            "{}  {}/{}  {}  {} of {query} by {}: {sent} sent, {due} due, {failed} given up\n",
            it.subscription,
            it.member,
            it.account,
            it.name,
            it.tells.join(", "),
            it.door
        ))?;
        if let Some(why) = why {
            print(&format!("   last trouble: {why}\n"))?;
        }
    }
    Ok(Went::Fine)
}

fn stamp(at: Micros) -> Option<String> {
    Moment::from_millis(at / 1000).map(|at| at.to_string())
}

fn deliver(log: &Exchange, pages: &PoolPages, everywhere: &Everywhere) -> Result<Went, Failure> {
    let it: Delivered = Telling::default().deliver(log, pages, now_micros())?;
    if everywhere.json {
        print_json(&json!({
            "found": it.n_found,
            "sent": it.n_sent,
            "nothing": it.n_nothing,
            "later": it.n_later,
            "failed": it.n_failed,
        }))?;
    }
    remark(
        everywhere,
        &format!(
            "{} found; {} sent, {} tried again later, {} given up, {} of which nothing may be seen any more",
            counted(it.n_found as u64, "message"),
            it.n_sent,
            it.n_later,
            it.n_failed,
            it.n_nothing
        ),
    );
    Ok(if it.n_later + it.n_failed > 0 { Went::Doubts } else { Went::Fine })
}
