//! The log of objects: what is taken, what is told to whom, and what does not come back.

mod exchange_support;

use exchange_support::*;
use sheaf_store::exchange::{
    Acknowledged, Classes, Contributor, Exchange, Reading, Span, Versions, Which, Wish, Withdrawn,
    stamp_text,
};

#[test]
fn stamps_rise_within_a_batch_and_against_the_clock() {
    let (_place, log, to) = empty();
    let bodies: Vec<String> = (0..100).map(|it| incident(it, 1, "")).collect();
    put(&log, to, "acme", NOW, &bodies);
    // A clock a day behind gives later stamps all the same.
    put(&log, to, "acme", NOW - 86_400_000_000, &[incident(100, 1, "")]);
    let read = read(&log, to, &Wish::default(), &Classes::All, None);
    assert_eq!(read.len(), 101);
    assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!((read[0].0, read[100].0), (NOW, NOW + 100));
    assert_eq!(read[7].1, bodies[7]);
}

#[test]
fn paging_by_the_last_stamp_alone_loses_nothing() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &(0..100).map(|it| incident(it, 1, "")).collect::<Vec<_>>());
    let (mut seen, mut after) = (0, None);
    loop {
        let span = Span { after, limit: 30, bytes: usize::MAX, bodies: true };
        let page = log
            .page(to, Reading::Collection, &Wish::default(), &Classes::All, &span, |_| {})
            .unwrap();
        seen += page.n;
        if !page.more {
            break;
        }
        after = page.last;
    }
    assert_eq!(seen, 100);
    let span = Span { after: None, limit: 100, bytes: 1000, bodies: true };
    let page =
        log.page(to, Reading::Collection, &Wish::default(), &Classes::All, &span, |_| {}).unwrap();
    assert!(page.more && page.n < 20, "a page ends when it is heavy enough: {page:?}");
}

#[test]
fn the_same_again_is_fine_and_another_content_is_refused() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &[incident(1, 1, "")]);
    let spaced = incident(1, 1, "").replace(',', " ,\n");
    assert_eq!(put(&log, to, "acme", NOW, &[spaced]), [None]);
    let edited = incident(1, 1, r#","name":"EDITED""#);
    let why = put(&log, to, "acme", NOW, &[edited, incident(2, 1, "")]);
    assert!(why[0].as_deref().unwrap().starts_with("there is another content under the same id"));
    assert_eq!(why[1], None);
    let read = read(&log, to, &Wish::default(), &Classes::All, None);
    let bodies: Vec<&str> = read.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(bodies, [incident(1, 1, ""), incident(2, 1, "")]);
}

#[test]
fn an_older_version_that_comes_late_does_not_hide_the_newest() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &[incident(1, 1, ""), incident(1, 3, ""), incident(1, 2, "")]);
    let versions = |versions: &[Versions]| {
        let wish = Wish { versions: versions.to_vec(), ..Wish::default() };
        let read = read(&log, to, &wish, &Classes::All, None);
        read.into_iter().map(|it| it.1).collect::<Vec<_>>()
    };
    assert_eq!(versions(&[]), [incident(1, 3, "")]);
    assert_eq!(versions(&[Versions::Last]), [incident(1, 3, "")]);
    assert_eq!(versions(&[Versions::First]), [incident(1, 1, "")]);
    assert_eq!(versions(&[Versions::All]).len(), 3);
    assert_eq!(versions(&[Versions::First, Versions::At(version(2))]).len(), 2);
}

#[test]
fn what_was_withdrawn_is_told_of_and_does_not_come_back() {
    let (_place, log, to) = empty();
    put(
        &log,
        to,
        "acme",
        NOW,
        &[incident(1, 1, r#","name":"Secret""#), incident(1, 2, ""), incident(2, 1, "")],
    );
    let seen = read(&log, to, &Wish::default(), &Classes::All, None).last().unwrap().0;
    let withdraw = |member: &str| {
        let by = Contributor { member, relays: false };
        log.withdraw(to, &id(1), &Which::default(), by, &Classes::All, NOW + 7).unwrap()
    };
    assert_eq!(withdraw("other"), Withdrawn::NotTheirs);
    assert_eq!(withdraw("acme"), Withdrawn::Whole);
    assert_eq!(withdraw("acme"), Withdrawn::NotThere);
    assert!(!log.has(to, &id(1), &Classes::All).unwrap());
    // Whoever reads on is told, with nothing but the name of what is gone.
    let told = read(&log, to, &Wish::default(), &Classes::All, Some(seen));
    let expected = format!(
        r#"{{"created":"2024-01-01T00:00:00.000Z","id":"{}","modified":"2026-11-26T00:00:00.000Z","object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"],"revoked":true,"spec_version":"2.1","type":"incident"}}"#,
        id(1)
    );
    assert_eq!(told.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), [expected]);
    // Neither of its versions comes back, nor an older one from another member.
    assert_eq!(
        put(&log, to, "acme", NOW, &[incident(1, 2, ""), incident(1, 1, r#","name":"Secret""#)]),
        [
            Some("this version was withdrawn".to_owned()),
            Some("this version was withdrawn".to_owned())
        ]
    );
    assert_eq!(
        put(&log, to, "other", NOW, &[incident(1, 9, "")]),
        [Some("this object was withdrawn".to_owned())]
    );
    let all = Wish { versions: vec![Versions::All], ..Wish::default() };
    assert!(read(&log, to, &all, &Classes::All, None).iter().all(|it| !it.1.contains("Secret")));
    let (gone, more) = log.gone(to, &Classes::All, None, 10).unwrap();
    assert_eq!(gone.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), [id(1), id(1)]);
    assert!(!more && gone[0].at < gone[1].at);
    // Its owner may begin anew, by something new.
    assert_eq!(put(&log, to, "acme", NOW, &[incident(1, 3, "")]), [None]);
    assert!(log.has(to, &id(1), &Classes::All).unwrap());
    assert_eq!(read(&log, to, &Wish::default(), &Classes::All, None).len(), 2);
}

#[test]
fn single_versions_can_be_withdrawn() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &(1..=4).map(|it| incident(1, it, "")).collect::<Vec<_>>());
    let by = Contributor { member: "acme", relays: false };
    let withdraw = |versions: &[Versions], specs: &[u8]| {
        let which = Which { versions: versions.to_vec(), specs: specs.to_vec() };
        log.withdraw(to, &id(1), &which, by, &Classes::All, NOW).unwrap()
    };
    assert_eq!(withdraw(&[Versions::At(version(2))], &[]), Withdrawn::Some(1));
    assert_eq!(withdraw(&[Versions::All], &[20]), Withdrawn::NotThere);
    assert_eq!(withdraw(&[Versions::Last], &[]), Withdrawn::Some(1));
    let left = read(&log, to, &Wish::default(), &Classes::All, None);
    assert_eq!(left.iter().map(|it| it.1.clone()).collect::<Vec<_>>(), [incident(1, 3, "")]);
    assert!(put(&log, to, "acme", NOW, &[incident(1, 4, "")])[0].is_some());
    assert_eq!(withdraw(&[Versions::First, Versions::Last], &[21]), Withdrawn::Whole);
}

#[test]
fn only_its_owner_revises_an_object() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &[incident(1, 1, "")]);
    let why = put(&log, to, "other", NOW, &[incident(1, 1, ""), incident(1, 2, "")]);
    assert_eq!(why[0], None, "what is there already may be sent by anyone");
    assert_eq!(
        why[1].as_deref(),
        Some("another member brought this object; only it may revise it")
    );
    let from = Contributor { member: "other", relays: true };
    let outcome = put_as(&log, to, from, NOW, &[incident(1, 2, "")], "");
    assert_eq!(outcome, [None]);
}

#[test]
fn readers_see_their_classes_only_and_are_told_when_they_see_no_more() {
    let (_place, log, to) = empty();
    let acme = Contributor { member: "acme", relays: false };
    put_as(&log, to, acme, NOW, &[incident(1, 1, ""), incident(2, 1, "")], "green");
    put_as(&log, to, acme, NOW, &[incident(3, 1, "")], "red");
    let classes = log.classes().unwrap();
    let numbered = |marking: &str| classes.iter().find(|it| it.2 == marking).unwrap().0;
    let partner = Classes::Only(vec![numbered("green")]);
    let everyone = Classes::Only(classes.iter().map(|it| it.0).collect());
    let nobody = Classes::Only(Vec::new());
    let n = |classes: &Classes| read(&log, to, &Wish::default(), classes, None).len();
    assert_eq!((n(&partner), n(&everyone), n(&Classes::All), n(&nobody)), (2, 3, 3, 0));
    assert!(!log.has(to, &id(3), &partner).unwrap());
    let withdrawn = log.withdraw(to, &id(3), &Which::default(), acme, &partner, NOW).unwrap();
    assert_eq!(withdrawn, Withdrawn::NotThere, "what one may not see one cannot ask about");
    let seen = read(&log, to, &Wish::default(), &partner, None).last().unwrap().0;
    // Narrowed: for the partner that is a withdrawal, for the others a new version.
    put_as(&log, to, acme, NOW, &[incident(1, 2, r#","name":"for us""#)], "red");
    let told = read(&log, to, &Wish::default(), &partner, Some(seen));
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains(r#""revoked":true"#) && !told[0].1.contains("for us"));
    assert_eq!(n(&everyone), 3);
    assert_eq!(n(&Classes::All), 3);
    let all = Wish { versions: vec![Versions::All], ..Wish::default() };
    let versions = read(&log, to, &all, &partner, None);
    assert_eq!(versions.len(), 2, "the older version is gone for them too: {versions:?}");
    assert!(!log.has(to, &id(1), &partner).unwrap());
    // Widened again: everyone gets the newest, and the notice has done its work.
    put_as(&log, to, acme, NOW, &[incident(1, 3, "")], "green");
    let told = read(&log, to, &Wish::default(), &partner, None);
    assert_eq!(
        told.iter().map(|it| it.1.clone()).collect::<Vec<_>>(),
        [incident(2, 1, ""), incident(1, 3, "")]
    );
}

#[test]
fn ids_types_and_versions_of_stix_can_be_asked_for() {
    let (_place, log, to) = empty();
    let old = incident(1, 5, "").replace(r#""spec_version":"2.1","#, "");
    let place = r#"{"type":"location","spec_version":"2.1","id":"location--00000000-0000-4000-8000-000000000001","created":"2024-01-01T00:00:00Z"}"#;
    let odd = r#"{"type":"artifact","spec_version":"2.1","id":"artifact--00000000-0000-4000-8000-000000000001"}"#;
    put(
        &log,
        to,
        "acme",
        NOW,
        &[incident(1, 1, ""), old.clone(), place.to_owned(), odd.to_owned()],
    );
    let n = |wish: Wish| read(&log, to, &wish, &Classes::All, None).len();
    let types = |types: &[&str]| Wish {
        types: types.iter().map(|&it| it.to_owned()).collect(),
        ..Wish::default()
    };
    assert_eq!(n(Wish::default()), 3);
    assert_eq!(n(types(&["incident"])), 1);
    assert_eq!(n(types(&["incident", "location", "loc"])), 2);
    assert_eq!(n(Wish { ids: vec![id(1)], ..types(&["location"]) }), 0);
    assert_eq!(n(Wish { specs: vec![20], ..Wish::default() }), 1);
    assert_eq!(n(Wish { specs: vec![20, 21], ..Wish::default() }), 3);
    // The latest version is of STIX 2.0, but the latest STIX is asked for unless one says otherwise.
    let both = Wish { specs: vec![20, 21], ids: vec![id(1)], ..Wish::default() };
    assert_eq!(read(&log, to, &both, &Classes::All, None)[0].1, old);
    let plain = Wish { ids: vec![id(1)], ..Wish::default() };
    assert_eq!(read(&log, to, &plain, &Classes::All, None)[0].1, incident(1, 1, ""));
    // A thing without a time is versioned by when it came in, and the same thing is the same version.
    assert_eq!(put(&log, to, "acme", NOW + 99, &[odd.to_owned()]), [None]);
    let mut versions = Vec::new();
    let span = Span { after: None, limit: 9, bytes: usize::MAX, bodies: false };
    let wish = Wish { versions: vec![Versions::All], ..types(&["artifact"]) };
    log.page(to, Reading::Collection, &wish, &Classes::All, &span, |entry| {
        versions.push(entry.version.to_owned());
    })
    .unwrap();
    assert_eq!(versions, [stamp_text(NOW + 3)]);
}

#[test]
fn a_batch_sent_twice_under_one_key_is_taken_once() {
    let (_place, log, to) = empty();
    let one = [incident(1, 1, "")];
    let send = |bodies: &[String], key: &str, digest: [u8; 32], id: &str| {
        let from = Contributor { member: "acme", relays: false };
        send_as(&log, to, from, NOW, bodies, "", id, Some((key, &digest)))
    };
    let Acknowledged::Now { status, .. } = send(&one, "k", [1; 32], "s1") else { panic!() };
    assert_eq!(send(&one, "k", [1; 32], "s2"), Acknowledged::Before(status.clone()));
    assert_eq!(send(&one, "k", [2; 32], "s3"), Acknowledged::OtherBatch);
    assert_eq!(log.status(1, "s1").unwrap().map(|it| it.body), Some(status));
    assert_eq!(log.status(1, "s2").unwrap(), None);
    assert_eq!(log.status(2, "s1").unwrap(), None);
}

#[test]
fn the_log_stays_when_it_is_opened_anew_and_its_secret_too() {
    let (_place, log, to) = empty();
    put(&log, to, "acme", NOW, &[incident(1, 1, "")]);
    let secret = log.secret("cursor", [7; 32]).unwrap();
    let again = Exchange::open(log.path()).unwrap();
    assert_eq!(again.secret("cursor", [8; 32]).unwrap(), secret);
    assert_eq!(read(&again, to, &Wish::default(), &Classes::All, None).len(), 1);
    // Both write, neither holds the pool's lock, and an import could go on beside them.
    put(&again, to, "acme", NOW, &[incident(2, 1, "")]);
    put(&log, to, "acme", NOW, &[incident(3, 1, "")]);
    let stamps: Vec<i64> =
        read(&again, to, &Wish::default(), &Classes::All, None).iter().map(|it| it.0).collect();
    assert_eq!(stamps, [NOW, NOW + 1, NOW + 2]);
    drop(sheaf_store::Pool::open(log.path(), sheaf_store::Access::Write).unwrap());
}

#[test]
fn many_classes_are_merged_in_the_order_of_the_log() {
    let (_place, log, to) = empty();
    let acme = Contributor { member: "acme", relays: false };
    for number in 0..250 {
        put_as(&log, to, acme, NOW, &[incident(number, 1, "")], &format!("marking {number}"));
    }
    let even: Vec<i64> = log
        .classes()
        .unwrap()
        .iter()
        .filter(|it| it.2.ends_with(['0', '2', '4', '6', '8']))
        .map(|it| it.0)
        .collect();
    assert_eq!(even.len(), 125);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let span = Span { after, limit: 30, bytes: usize::MAX, bodies: true };
        let classes = Classes::Only(even.clone());
        let wish = Wish::default();
        let page = log
            .page(to, Reading::Collection, &wish, &classes, &span, |entry| {
                seen.push(String::from_utf8(entry.body.to_vec()).unwrap());
            })
            .unwrap();
        after = page.last;
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, (0..250).step_by(2).map(|it| incident(it, 1, "")).collect::<Vec<_>>());
}
