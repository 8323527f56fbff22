//! What another pool passes on: what is taken, what is not, and what a late copy cannot undo.

mod exchange_support;

use exchange_support::*;
use sheaf_store::exchange::{
    Arrival, Classes, Contributor, Exchange, Fate, GoneElsewhere, HowFar, Incoming, New, Passing,
    Post, Sending, Travel, Versions, Which, Wish,
};

const HERE: &str = "here";

fn travel(origin: &str, hops: u32, life: i64) -> Option<Travel> {
    Some(Travel { origin: origin.to_owned(), hops, life, narrowed: false })
}

/// A notice that the incident with this number is gone, as of this day.
fn notice(number: u32, day: u32) -> String {
    format!(
        r#"{{"created":"2024-01-01T00:00:00.000Z","id":"{}","modified":"2024-01-{day:02}T00:00:00.000Z","revoked":true,"spec_version":"2.1","type":"incident"}}"#,
        id(number)
    )
}

fn receive_as(
    log: &Exchange,
    to: i64,
    bodies: &[(String, Option<Travel>)],
    gone: &[GoneElsewhere],
    passing: &Passing<'_>,
) -> (Vec<Fate>, usize) {
    let arrivals: Vec<_> = bodies
        .iter()
        .map(|(body, travel)| {
            let object = Incoming::read(body.as_bytes())?;
            let new = New { object, marking: String::new(), added: None, held: None };
            Ok(Arrival { new, travel: travel.clone() })
        })
        .collect();
    let from = Contributor { member: "north", relays: true };
    let (now, status, sent_as) = (NOW, "", None);
    let post = Post {
        collection: to,
        root: 1,
        account: 0,
        from,
        sees: &Classes::All,
        now,
        status,
        sent_as,
    };
    let received = log.receive(&post, passing, &arrivals, gone, |_| String::new()).unwrap();
    let received = received.expect("a batch without a name is taken");
    (received.fates, received.n_gone)
}

fn receive(log: &Exchange, to: i64, bodies: &[(String, Option<Travel>)]) -> Vec<Fate> {
    let passing = Passing { node: HERE, from: "peer", how_far: None, is_rehearsal: false };
    receive_as(log, to, bodies, &[], &passing).0
}

fn readable(log: &Exchange, to: i64) -> Vec<String> {
    let wish = Wish { versions: vec![Versions::All], ..Wish::default() };
    let all = read(log, to, &wish, &Classes::All, None);
    all.into_iter().map(|it| it.1).filter(|body| !body.contains("revoked")).collect()
}

#[test]
fn a_loop_ends_where_it_began() {
    let (_place, log, to) = empty();
    assert_eq!(put(&log, to, "acme", NOW, &[incident(1, 1, "")]), [None]);
    let own = incident(1, 1, "");
    // Whether the origin is told or not.
    assert_eq!(receive(&log, to, &[(own.clone(), travel(HERE, 2, 1))]), [Fate::Known]);
    assert_eq!(receive(&log, to, &[(own, travel("there", 2, 1))]), [Fate::Known]);
    let other = incident(1, 2, r#","name":"Ours now""#);
    let refused = "it began here; only whoever brought it here changes it";
    for it in [travel(HERE, 1, 1), travel("there", 1, 1), None] {
        let fates = receive(&log, to, &[(other.clone(), it)]);
        assert_eq!(fates, [Fate::Refused(refused.to_owned())]);
    }
    // Nor does a notice from elsewhere withdraw it.
    receive(&log, to, &[(notice(1, 3), travel("there", 1, 1))]);
    assert_eq!(readable(&log, to), [incident(1, 1, "")]);
    let far = receive(&log, to, &[(incident(2, 1, ""), travel("there", 32, 1))]);
    assert_eq!(far, [Fate::Refused("it was passed on 32 times".to_owned())]);
}

#[test]
fn what_is_known_gets_no_new_place_and_is_not_sent_back() {
    let (_place, log, to) = empty();
    let one = [(incident(1, 1, ""), travel("origin", 1, 1))];
    assert_eq!(receive(&log, to, &one), [Fate::New]);
    assert_eq!(receive(&log, to, &one), [Fate::Known]);
    let outgoing = |node: &str| {
        let sending = Sending { collection: to, classes: &Classes::All, to: node, after: 0 };
        let outgoing = log.outgoing(&sending, 10, usize::MAX).unwrap();
        assert_eq!(outgoing.len() as u64, log.n_outgoing(&sending).unwrap());
        outgoing
    };
    assert_eq!((outgoing("peer").len(), outgoing("origin").len()), (0, 0));
    let [third] = outgoing("third").try_into().unwrap();
    assert_eq!((Some(third.travel), third.is_notice), (travel("origin", 2, 1), false));
}

#[test]
fn a_notice_shuts_the_door_to_late_copies_and_only_another_life_opens_it() {
    let (_place, log, to) = empty();
    // The notice comes first.
    assert_eq!(receive(&log, to, &[(notice(1, 9), travel("o", 0, 1))]), [Fate::NowWithdrawn]);
    for day in [1, 20] {
        let late = [(incident(1, day, ""), travel("o", 3, 1))];
        assert_eq!(receive(&log, to, &late), [Fate::Withdrawn], "{day}");
    }
    assert_eq!(receive(&log, to, &[(notice(1, 9), travel("o", 2, 1))]), [Fate::Known]);
    assert!(readable(&log, to).is_empty());
    // Its owner's clock is behind that of the notice; that does not matter.
    let again = [(incident(1, 2, r#","x":2"#), travel("o", 0, 2))];
    assert_eq!(receive(&log, to, &again), [Fate::New]);
    assert_eq!(readable(&log, to), [incident(1, 2, r#","x":2"#)]);
    assert_eq!(receive(&log, to, &[(notice(1, 9), travel("o", 2, 1))]), [Fate::Withdrawn]);
    assert_eq!(readable(&log, to).len(), 1);
    // Where the notice between two lives was missed, the former life goes with the news of the next.
    assert_eq!(receive(&log, to, &[(incident(1, 3, ""), travel("o", 0, 4))]), [Fate::New]);
    assert_eq!(readable(&log, to), [incident(1, 3, "")]);
}

#[test]
fn single_versions_are_withdrawn_also_before_they_come() {
    let (_place, log, to) = empty();
    let passing = Passing { node: HERE, from: "peer", how_far: None, is_rehearsal: false };
    let gone = |number, day: u32| GoneElsewhere {
        id: id(number),
        version: format!("2024-01-{day:02}T00:00:00.000Z"),
        life: 1,
    };
    let both = [1, 2].map(|day| (incident(1, day, ""), travel("o", 0, 1)));
    receive(&log, to, &both);
    let (_, n) = receive_as(&log, to, &[], &[gone(1, 2), gone(2, 1)], &passing);
    assert_eq!((n, readable(&log, to)), (1, vec![incident(1, 1, "")]));
    // What is shown to those who ask for nothing in particular is the one that is left.
    let shown = read(&log, to, &Wish::default(), &Classes::All, None);
    assert_eq!(shown.len(), 1);
    let late = [1, 2].map(|day| (incident(2, day, ""), travel("o", 0, 1)));
    assert_eq!(receive(&log, to, &late), [Fate::Withdrawn, Fate::New]);
    // It is told on, and what began here is not touched.
    put(&log, to, "acme", NOW, &[incident(3, 1, "")]);
    assert_eq!(receive_as(&log, to, &[], &[gone(3, 1)], &passing).1, 0);
    let sending = Sending { collection: to, classes: &Classes::All, to: "", after: 0 };
    let (told, _) = log.outgoing_gone(&sending, 10).unwrap();
    assert_eq!(told, [gone(1, 2), gone(2, 1)]);
}

#[test]
fn a_server_that_tells_no_lives_is_taken_by_its_versions() {
    let (_place, log, to) = empty();
    assert_eq!(receive(&log, to, &[(incident(1, 1, ""), None)]), [Fate::New]);
    assert_eq!(receive(&log, to, &[(notice(1, 5), None)]), [Fate::NowWithdrawn]);
    assert_eq!(receive(&log, to, &[(incident(1, 4, ""), None)]), [Fate::Withdrawn]);
    assert_eq!(receive(&log, to, &[(incident(1, 6, ""), None)]), [Fate::New]);
    assert_eq!(readable(&log, to), [incident(1, 6, "")]);
}

#[test]
fn what_can_be_seen_again_comes_back_in_its_life() {
    let (_place, log, to) = empty();
    let narrowed = Some(Travel { narrowed: true, ..travel("o", 0, 1).unwrap() });
    receive(&log, to, &[(incident(1, 1, ""), travel("o", 0, 1))]);
    assert_eq!(receive(&log, to, &[(notice(1, 3), narrowed)]), [Fate::NowWithdrawn]);
    assert_eq!(receive(&log, to, &[(incident(1, 2, ""), travel("o", 0, 1))]), [Fate::Withdrawn]);
    assert_eq!(receive(&log, to, &[(incident(1, 4, ""), travel("o", 0, 1))]), [Fate::New]);
}

#[test]
fn how_far_one_has_read_is_kept_with_what_was_read_and_not_in_a_rehearsal() {
    let (_place, log, to) = empty();
    let peer = log.add_peer("https://x.example/", to, "north").unwrap();
    let how_far = HowFar { pull_after: "t".to_owned(), push_after: 7, ..HowFar::default() };
    let one = [(incident(1, 1, ""), travel("o", 0, 1))];
    let mut passing = Passing {
        node: HERE,
        from: "peer",
        how_far: Some((peer.peer, &how_far)),
        is_rehearsal: true,
    };
    let kept = || log.peer("https://x.example/", to).unwrap().unwrap().how_far;
    assert_eq!(receive_as(&log, to, &one, &[], &passing).0, [Fate::New]);
    assert_eq!((kept(), readable(&log, to).len()), (HowFar::default(), 0));
    passing.is_rehearsal = false;
    assert_eq!(receive_as(&log, to, &one, &[], &passing).0, [Fate::New]);
    assert_eq!((kept(), readable(&log, to).len()), (how_far.clone(), 1));
}

#[test]
fn what_is_withdrawn_here_is_told_on_as_a_notice() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &[incident(1, 1, "")]);
    let by = Contributor { member: "acme", relays: false };
    log.withdraw(to, &id(1), &Which::default(), by, &Classes::All, NOW).unwrap();
    let sending = Sending { collection: to, classes: &Classes::All, to: "peer", after: 0 };
    let [only] = log.outgoing(&sending, 10, usize::MAX).unwrap().try_into().unwrap();
    assert!(only.is_notice && Incoming::read(&only.body).unwrap().is_notice());
    assert_eq!(log.node([7; 32]).unwrap(), log.node([8; 32]).unwrap());
}
