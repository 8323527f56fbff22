//! A pool with one collection and somebody who may read and write it.

#![allow(dead_code, reason = "each target uses its own part of this")]

use std::path::Path;

use sheaf_desk::{ByMarking, Desk, Request, Settings, token_digest};
use sheaf_store::Pool;
use sheaf_store::exchange::{Exchange, NewAccount, NewCollection, Right, Root};

pub const TAXII: &str = "application/taxii+json;version=2.1";
pub const OBJECTS: &str = "/pool/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/";
/// A second of the year 2026, in microseconds.
pub const NOW: i64 = 1_790_000_000_000_000;

pub struct Served {
    pub desk: Desk,
    _folder: tempfile::TempDir,
}

/// A desk over an exchange in memory as far as the system allows: `/dev/shm` where there is one.
pub fn desk() -> Served {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    let folder = folder.expect("a folder");
    let log = exchange(folder.path());
    let settings = Settings { page_size: 5, requests_per_second: 1e9 };
    let desk = Desk::new(log, Box::new(ByMarking::default()), settings).expect("a desk");
    Served { desk, _folder: folder }
}

pub fn exchange(folder: &Path) -> Exchange {
    let path = folder.join("fuzzed.sheaf");
    drop(Pool::create_or_open(&path).expect("a pool"));
    let log = Exchange::open(&path).expect("its exchange");
    let root = Root {
        root: 0,
        path: "pool".to_owned(),
        title: "Fuzzed".to_owned(),
        description: String::new(),
        max_content_length: 1 << 20,
        url: String::new(),
    };
    let root = log.add_root(&root).expect("a root");
    let collection = log
        .add_collection(&NewCollection {
            root,
            id: &OBJECTS[18..54],
            title: "Reports",
            description: "",
            can_read: true,
            can_write: true,
            imported: false,
        })
        .expect("a collection");
    let both = Right { can_read: true, can_write: true };
    let member = log.add_member("acme", "north", "media").expect("a member");
    let roles: &[&str] = &["contributor", "reviewer"];
    let account = NewAccount { name: "desk", member, password: "", roles, imported: false };
    let account = log.add_account(&account).expect("an account");
    log.allow(account, Some(collection), both).expect("a right");
    log.add_token(account, "", &token_digest("desk"), both, i64::MAX).expect("a token");
    log
}

/// A request of somebody who may read and write.
pub fn request<'a>(method: &'a str, path: &'a str, body: &'a [u8]) -> Request<'a> {
    Request {
        method,
        path,
        query: "",
        authorization: Some("Bearer desk"),
        accept: Some(TAXII),
        content_type: Some(TAXII),
        idempotency_key: None,
        accept_encoding: None,
        if_none_match: None,
        cookie: None,
        origin: None,
        csrf: None,
        host: Some("127.0.0.1"),
        is_tls: false,
        from: std::net::Ipv4Addr::LOCALHOST.into(),
        body,
    }
}
