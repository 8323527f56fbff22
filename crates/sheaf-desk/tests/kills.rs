//! A server killed at any moment has kept whatever it acknowledged, and no half batch. It is killed 50 times;
//! `SHEAF_KILLS=1000 cargo test -p sheaf-desk --test kills -- --nocapture` kills it more often and says what came of it.

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sheaf_desk::{Serving, serve};
use sheaf_store::exchange::{Classes, Exchange, Reading, Span, Wish};
use support::*;

const POOL: &str = "SHEAF_TEST_POOL_TO_SERVE";
const KILLS: &str = "SHEAF_KILLS";
const BATCH: u64 = 20;

fn spawn(path: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_server_has_kept_what_it_acknowledged", "--nocapture"])
        .env(POOL, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let at = lines.filter_map(|line| line.strip_prefix("at ")?.parse().ok()).next().unwrap();
    (child, at)
}

/// The numbers of all objects that the pool holds, asserted to be whole batches.
fn held(path: &Path) -> BTreeSet<u64> {
    let log = Exchange::open(path).unwrap();
    let root = log.root("pool").unwrap().unwrap().root;
    let collection = log.collection(root, COLLECTION).unwrap().unwrap().collection;
    let mut held = BTreeSet::new();
    let mut stamps = Vec::new();
    let span = Span { after: None, limit: usize::MAX, bytes: usize::MAX, bodies: true };
    log.page(collection, Reading::Collection, &Wish::default(), &Classes::All, &span, |entry| {
        let object: serde_json::Value = serde_json::from_slice(entry.body).unwrap();
        let number = object["id"].as_str().unwrap()[34..].parse().unwrap();
        assert_eq!(object, incident(number));
        held.insert(number);
        stamps.push(entry.added);
    })
    .unwrap();
    assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]));
    let batches: BTreeSet<u64> = held.iter().map(|number| number / BATCH).collect();
    assert_eq!(held.len() as u64, batches.len() as u64 * BATCH, "a batch is there in part");
    held
}

#[test]
fn a_killed_server_has_kept_what_it_acknowledged() {
    if let Some(path) = std::env::var_os(POOL) {
        // We are the child: serve until killed.
        let how = Serving { listen: "127.0.0.1:0".parse().unwrap(), tls: None };
        return serve(desk(Path::new(&path), 1000), &how, |at| {
            println!("at {at}");
            std::io::stdout().flush().unwrap();
        })
        .unwrap();
    }
    let place = tempfile::tempdir().unwrap();
    let path = make_pool(place.path());
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let (mut batch, mut acknowledged) = (0, BTreeSet::new());
    let n_kills = std::env::var(KILLS).ok().map_or(50, |n| n.parse().expect("a number of kills"));
    for round in 0..n_kills {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (mut child, at) = spawn(&path);
        let client = Client { at, sign_in: "Bearer desk".to_owned() };
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(random % 60_000));
            child.kill().unwrap();
            child.wait().unwrap();
        });
        // Until it is gone. What was sent and not answered may be there or not.
        loop {
            let objects: Vec<_> = (batch * BATCH..(batch + 1) * BATCH).map(incident).collect();
            let body = serde_json::json!({ "objects": objects }).to_string();
            let headers = [("Accept", TAXII), ("Content-Type", TAXII)];
            let got = client.ask("POST", OBJECTS, &headers, body.as_bytes());
            batch += 1;
            let Ok(got) = got else { break };
            assert_eq!(
                (got.status, &got.json()["success_count"]),
                (202, &serde_json::json!(BATCH))
            );
            acknowledged.extend((batch - 1) * BATCH..batch * BATCH);
        }
        killer.join().unwrap();
        let held = held(&path);
        let lost: Vec<_> = acknowledged.difference(&held).collect();
        assert!(lost.is_empty(), "round {round}: acknowledged and lost: {lost:?}");
    }
    eprintln!(
        "{n_kills} kills; {} objects acknowledged, all of them there; {} sent and not acknowledged",
        acknowledged.len(),
        batch * BATCH - acknowledged.len() as u64
    );
    assert!(acknowledged.len() > 1000, "the servers were killed too early to show anything");
}
