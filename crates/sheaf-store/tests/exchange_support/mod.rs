//! A pool with one collection, and invented incidents to put into it.

#![allow(dead_code)]

use sheaf_store::Pool;
use sheaf_store::exchange::{
    Acknowledged, Classes, Contributor, Exchange, Incoming, Micros, New, NewCollection, Post,
    Reading, Root, Span, Wish, read_stamp,
};

/// 2026-11-26, in microseconds since 1970.
pub const NOW: Micros = 1_795_651_200_000_000;

pub fn empty() -> (tempfile::TempDir, Exchange, i64) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    drop(Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
    let to = add_collection(&log);
    (place, log, to)
}

pub fn add_collection(log: &Exchange) -> i64 {
    let root = Root {
        root: 0,
        path: "pool".to_owned(),
        title: "Pool".to_owned(),
        description: String::new(),
        max_content_length: 1 << 20,
        url: String::new(),
    };
    let root = log.add_root(&root).unwrap();
    log.add_collection(&NewCollection {
        root,
        id: "91a7b528-80eb-42ed-a74d-c6fbd5a26116",
        title: "Reports",
        description: "",
        can_read: true,
        can_write: true,
        imported: false,
    })
    .unwrap()
}

pub fn id(number: u32) -> String {
    format!("incident--00000000-0000-4000-8000-{number:012}")
}

pub fn version(day: u32) -> Micros {
    read_stamp(&format!("2024-01-{day:02}T00:00:00Z")).unwrap()
}

/// The incident with this number, as modified on this day of January, with more members.
pub fn incident(number: u32, day: u32, more: &str) -> String {
    format!(
        r#"{{"type":"incident","spec_version":"2.1","id":"{}","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-{day:02}T00:00:00.000Z","object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]{more}}}"#,
        id(number)
    )
}

/// Puts objects into the log; gives back why each was refused, if it was.
pub fn put(
    log: &Exchange,
    to: i64,
    member: &str,
    now: Micros,
    bodies: &[String],
) -> Vec<Option<String>> {
    put_as(log, to, Contributor { member, relays: false }, now, bodies, "")
}

pub fn put_as(
    log: &Exchange,
    to: i64,
    from: Contributor<'_>,
    now: Micros,
    bodies: &[String],
    marking: &str,
) -> Vec<Option<String>> {
    match send_as(log, to, from, now, bodies, marking, "", None) {
        Acknowledged::Now { outcomes, .. } => outcomes.into_iter().map(|it| it.refused).collect(),
        other => panic!("{other:?}"),
    }
}

#[allow(clippy::too_many_arguments)]
pub fn send_as(
    log: &Exchange,
    to: i64,
    from: Contributor<'_>,
    now: Micros,
    bodies: &[String],
    marking: &str,
    status: &str,
    sent_as: Option<(&str, &[u8; 32])>,
) -> Acknowledged {
    let objects: Vec<_> = bodies
        .iter()
        .map(|body| {
            Incoming::read(body.as_bytes()).map(|object| New {
                object,
                marking: marking.to_owned(),
                added: None,
                held: None,
            })
        })
        .collect();
    let post = Post {
        collection: to,
        root: 1,
        account: 1,
        from,
        sees: &Classes::All,
        now,
        status,
        sent_as,
    };
    log.put(&post, &objects, |outcomes| format!("{} outcomes for {status}", outcomes.len()))
        .unwrap()
}

/// What a reader gets: when each was added, and its text.
pub fn read(
    log: &Exchange,
    to: i64,
    wish: &Wish,
    classes: &Classes,
    after: Option<Micros>,
) -> Vec<(Micros, String)> {
    let mut read = Vec::new();
    let span = Span { after, limit: 1000, bytes: usize::MAX, bodies: true };
    log.page(to, Reading::Collection, wish, classes, &span, |entry| {
        read.push((entry.added, String::from_utf8(entry.body.to_vec()).unwrap()));
    })
    .unwrap();
    read
}
