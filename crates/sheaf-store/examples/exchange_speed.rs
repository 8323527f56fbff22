//! How long the log of objects takes: taking in, reading on, and asking when there is nothing new, with
//! N invented incidents of some 880 bytes. Everything on one thread.
//!
//!     cargo run --release -p sheaf-store --example exchange_speed -- 1000000

use std::time::Instant;

use sheaf_store::Pool;
use sheaf_store::exchange::{
    Classes, Contributor, Exchange, Incoming, New, NewCollection, Post, Reading, Root, Span, Wish,
};

const BATCH: usize = 1000;

fn incident(number: usize) -> String {
    format!(
        "{{\"type\":\"incident\",\"spec_version\":\"2.1\",\
         \"id\":\"incident--{:08x}-0000-4000-8000-{number:012}\",\
         \"created_by_ref\":\"identity--00000000-0000-4000-8000-000000000001\",\
         \"created\":\"2024-01-01T00:00:00.000Z\",\"modified\":\"2024-01-01T00:00:00.000Z\",\
         \"name\":\"Attack at station {number}\",\"description\":\"{}\",\
         \"object_marking_refs\":[\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"],\
         \"external_references\":[{{\"source_name\":\"newsroom\",\
         \"url\":\"https://example.org/{number}\"}}]}}",
        number.wrapping_mul(2_654_435_761) & 0xffff_ffff,
        "Two explosions were reported at the central station. ".repeat(8),
    )
}

fn main() {
    let n: usize = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(100_000);
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    drop(Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
    let root = log
        .add_root(&Root {
            root: 0,
            path: "pool".to_owned(),
            title: String::new(),
            description: String::new(),
            max_content_length: 1 << 20,
            url: String::new(),
        })
        .unwrap();
    let collection = log
        .add_collection(&NewCollection {
            root,
            id: "91a7b528-80eb-42ed-a74d-c6fbd5a26116",
            title: "",
            description: "",
            can_read: true,
            can_write: true,
            imported: false,
        })
        .unwrap();
    println!("{n} objects of {} bytes, {BATCH} in a batch", incident(0).len());

    let began = Instant::now();
    for from in (0..n).step_by(BATCH) {
        let bodies: Vec<String> = (from..(from + BATCH).min(n)).map(incident).collect();
        let objects: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(idx, body)| {
                // Every tenth is in another class.
                let marking = if idx % 10 == 0 { "red" } else { "green" }.to_owned();
                let object = Incoming::read(body.as_bytes())?;
                Ok(New { object, marking, added: None, held: None })
            })
            .collect();
        let from = Contributor { member: "acme", relays: false };
        let post = Post {
            collection,
            root,
            account: 1,
            from,
            sees: &Classes::All,
            now: 0,
            status: "",
            sent_as: None,
        };
        log.put(&post, &objects, |_| String::new()).unwrap();
    }
    told("taken in, per object", began, n);

    let red = log.classes().unwrap().iter().find(|it| it.2 == "red").map_or(0, |it| it.0);
    for (who, classes) in [
        ("everything", Classes::All),
        ("one class of two", Classes::Only(vec![red])),
        ("a class that nothing is in", Classes::Only(vec![red + 1000])),
    ] {
        let (mut after, mut n_read, mut bytes) = (None, 0, 0);
        let began = Instant::now();
        loop {
            let span = Span { after, limit: 1000, bytes: 8 << 20, bodies: true };
            let page = log
                .page(collection, Reading::Collection, &Wish::default(), &classes, &span, |it| {
                    bytes += it.body.len();
                })
                .unwrap();
            n_read += page.n;
            after = page.last.or(after);
            if !page.more {
                break;
            }
        }
        told(
            &format!("read by who sees {who}: {n_read} objects, {bytes} bytes, each"),
            began,
            n_read.max(1),
        );
        let began = Instant::now();
        for _ in 0..100 {
            let span = Span { after, limit: 1000, bytes: 8 << 20, bodies: true };
            let wish = Wish::default();
            log.page(collection, Reading::Collection, &wish, &classes, &span, |_| {}).unwrap();
        }
        told("  and asked again with nothing new, each", began, 100);
    }
}

fn told(what: &str, began: Instant, n: usize) {
    let each = began.elapsed().as_secs_f64() / n as f64;
    println!("{what}: {:.1} µs", each * 1e6);
}
