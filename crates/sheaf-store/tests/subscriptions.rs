//! Messages to people: kept once however many look, sent by one at a time, and none lost.

mod exchange_support;

use exchange_support::*;
use sheaf_store::exchange::{Found, Subscription, Tried};

fn new() -> Subscription {
    Subscription {
        account: "eve".to_owned(),
        member: "yard".to_owned(),
        name: "all".to_owned(),
        tells: vec!["incidents".to_owned()],
        door: "feed".to_owned(),
        made_at: NOW,
        ..Subscription::default()
    }
}

fn found(mark: &str) -> Found {
    Found {
        marks: vec![(mark.to_owned(), "1".to_owned())],
        messages: vec!["[]".to_owned()],
        last_run: 0,
    }
}

#[test]
fn two_who_look_at_once_keep_what_they_find_once() {
    let (_place, log, _) = empty();
    log.subscribe(&new()).unwrap();
    let read = log.subscriptions().unwrap();
    assert!(log.keep_found(&read[0], &found("r:1"), NOW).unwrap());
    assert!(!log.keep_found(&read[0], &found("r:1"), NOW).unwrap());
    let again = log.subscriptions().unwrap();
    assert!(log.keep_found(&again[0], &found("r:2"), NOW).unwrap());
    assert_eq!(log.told(1).unwrap().len(), 2);
    assert_eq!(log.messages_of(1, 10).unwrap().len(), 2);
}

#[test]
fn a_message_is_one_sender_s_at_a_time_until_it_went_through() {
    let (_place, log, _) = empty();
    log.subscribe(&new()).unwrap();
    log.keep_found(&log.subscriptions().unwrap()[0], &found("r:1"), NOW).unwrap();
    assert_eq!(log.messages_due(NOW, 10).unwrap().len(), 1);
    assert!(log.claim_message(1, NOW, NOW + 10).unwrap());
    assert!(!log.claim_message(1, NOW, NOW + 10).unwrap());
    // Whoever had it is gone: it is due again.
    assert!(log.claim_message(1, NOW + 10, NOW + 20).unwrap());
    log.tried(1, &Tried::Later(NOW + 100, "shut".to_owned()), NOW + 11).unwrap();
    assert!(log.messages_due(NOW + 99, 10).unwrap().is_empty());
    assert_eq!(log.messages_due(NOW + 100, 10).unwrap()[0].tries, 1);
    log.tried(1, &Tried::Sent, NOW + 101).unwrap();
    // What went through stays so, whatever a late sender says.
    log.tried(1, &Tried::Failed("late".to_owned()), NOW + 102).unwrap();
    let kept = &log.messages_of(1, 10).unwrap()[0];
    assert_eq!((kept.state.as_str(), kept.done_at), ("sent", Some(NOW + 101)));
}

#[test]
fn what_ended_is_told_nothing_more() {
    let (_place, log, _) = empty();
    log.subscribe(&new()).unwrap();
    let read = log.subscriptions().unwrap();
    log.keep_found(&read[0], &found("r:1"), NOW).unwrap();
    assert!(log.unsubscribe(1, NOW).unwrap() && !log.unsubscribe(1, NOW).unwrap());
    assert!(
        log.messages_due(NOW, 10).unwrap().is_empty() && log.subscriptions().unwrap().is_empty()
    );
    assert!(!log.keep_found(&read[0], &found("r:2"), NOW).unwrap());
    assert_eq!(log.messages_of(1, 10).unwrap()[0].state, "failed");
    assert_eq!(log.subscription(1).unwrap().unwrap().ended_at, Some(NOW));
}
