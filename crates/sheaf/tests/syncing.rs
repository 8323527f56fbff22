//! Pools that are kept in step with each other over lines that fail, by processes that are killed, with
//! clocks that are days apart.

mod common;
mod sync_support;

use std::collections::BTreeMap;
use std::time::Duration;

use common::Desk;
use serde_json::{Value, json};
use sync_support::*;

/// The 1st of January 2024.
const DAY: i64 = 1_704_067_200;
const A_DAY: i64 = 86_400;

#[track_caller]
fn synced(desk: &Desk, from: &Node, with: &Node) -> Value {
    let output = from.sync(desk, with).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_new_passes_both_ways_once_and_withdrawals_with_it() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY - A_DAY, &["a"]);
    a.bring(&[version(&id(1, 1), 1), version(&id(1, 2), 1), version(&id(1, 2), 2)]);
    b.bring(&[version(&id(2, 1), 1)]);
    let said = synced(&desk, &a, &b);
    assert_eq!(said["pulled"]["new"], 1);
    assert_eq!(said["pushed"], json!({ "sent": 3, "held": [], "refused": [] }));
    assert_eq!(a.held(), b.held());
    assert_eq!(a.held().0.len(), 4);
    // What was pushed comes back once, and is known; then nothing moves.
    assert_eq!(synced(&desk, &a, &b)["pulled"]["known"], 3);
    let said = synced(&desk, &a, &b);
    assert_eq!((&said["pulled"]["read"], &said["pushed"]["sent"]), (&json!(0), &json!(0)));

    a.withdraw(&id(1, 1), None);
    a.withdraw(&id(1, 2), Some(&version_text(1)));
    b.withdraw(&id(2, 1), None);
    synced(&desk, &a, &b);
    let withdrawn = vec![id(1, 1), id(2, 1)];
    assert_eq!(b.held(), (vec![version(&id(1, 2), 2)], withdrawn));
    assert_eq!(a.held(), b.held());

    // Its owner brings it back, on a clock that is a day late: its life tells, not its time.
    b.bring(&[version(&id(2, 1), 2)]);
    synced(&desk, &a, &b);
    assert_eq!(a.held(), b.held());
    assert!(a.held().0.contains(&version(&id(2, 1), 2)));
}

#[test]
fn what_the_peer_may_not_see_does_not_pass() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    let mut own = version(&id(1, 1), 1);
    own.as_object_mut().unwrap().remove("object_marking_refs");
    a.bring(&[own.clone(), version(&id(1, 2), 1)]);
    let mut other = own.clone();
    other["id"] = json!(id(2, 1));
    b.bring(&[other]);
    let said = synced(&desk, &a, &b);
    assert_eq!(said["pushed"], json!({ "sent": 1, "held": [], "refused": [] }));
    assert_eq!(said["pulled"]["read"], 0);
    assert!(a.held().0.contains(&own), "whoever brought it reads it");
    assert!(b.held().0.contains(&version(&id(1, 2), 1)) && !b.held().0.contains(&own));
}

#[test]
fn a_rehearsal_says_what_would_pass_and_changes_nothing() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    a.bring(&[version(&id(1, 1), 1)]);
    b.bring(&(0..20).map(|number| version(&id(2, number), 1)).collect::<Vec<_>>());
    let mut rehearsal = a.sync(&desk, &b);
    let output = rehearsal.arg("--dry-run").output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["pulled"]["new"], &said["pushed"]["sent"]), (&json!(20), &json!(1)));
    assert_eq!((a.held().0.len(), b.held().0.len()), (1, 20));
    let said = synced(&desk, &a, &b);
    assert_eq!((&said["pulled"]["new"], &said["pushed"]["sent"]), (&json!(20), &json!(1)));
    // Everything again: all is known on both sides.
    let output = a.sync(&desk, &b).arg("--afresh").output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["pulled"]["new"], &said["pulled"]["known"]), (&json!(0), &json!(21)));
}

#[test]
fn with_a_server_that_passes_nothing_on_it_is_plain_taxii() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let mut b = Node::new(&desk, "b", DAY, &["a"]);
    // An account without the role to pass on: to it the peer is a server like any other.
    b.tokens = vec![("a", b.press.clone())];
    a.bring(&[version(&id(1, 1), 1), version(&id(1, 2), 1)]);
    b.bring(&[version(&id(2, 1), 1)]);
    synced(&desk, &a, &b);
    assert_eq!((a.held().0.len(), a.held()), (3, b.held()));
    a.withdraw(&id(1, 1), None);
    a.bring(&[version(&id(1, 2), 2)]);
    synced(&desk, &a, &b);
    assert_eq!((a.held().1, a.held().0), (vec![id(1, 1)], b.held().0));
    assert_eq!(b.held().1, [id(1, 1)]);
    let said = synced(&desk, &a, &b);
    assert_eq!(said["pushed"], json!({ "sent": 0, "held": [], "refused": [] }));
}

#[test]
fn what_is_left_is_said_where_the_line_is_cut() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    synced(&desk, &a, &b);
    a.bring(&[version(&id(1, 1), 1), version(&id(1, 2), 1)]);
    // It takes a greeting and a page of what is new and withdrawn; what is sent is lost.
    b.line.cut_after(4);
    let output = a.sync(&desk, &b).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no answer") && said.contains("; left: 2 objects to push"), "{said}");
    assert!(said.contains("run the same again, and it goes on from here"), "{said}");
    b.line.be_quiet();
    assert_eq!(synced(&desk, &a, &b)["pushed"]["sent"], 2);
}

#[test]
fn what_keeps_a_sync_from_beginning_is_named() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["a"]);
    let url = format!("http://{}/taxii2/", a.line.at);
    let fails = |args: &[&str], token: &str, expected: &str| {
        let mut command = desk.command(&[&["sync", "a.sheaf"], args].concat());
        let output = command.env("SHEAF_TOKEN", token).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    fails(&[&url], "", "the environment variable SHEAF_TOKEN: there is no token here");
    fails(&[&url], "x", "the server answers 401");
    fails(&["ftp://x/"], "x", "ftp://x/: an address begins with https:// or http://");
    fails(&["http://u:p@x/"], "x", "a name or password does not belong in an address");
    fails(&[&url], &a.press, "which member this is here is not said");
    fails(&[&url, "--member", "z"], &a.press, "there is no member z\nhint: sheaf member add");
    fails(&[&url, "--member", "a"], &a.tokens[0].1, "this is the pool itself");
    fails(&["http://127.0.0.1:1/pool/", "--member", "a"], "x", "no answer");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_nothing_is_half_taken_and_then_it_goes_on() {
    let desk = Desk::new();
    let mut a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    let size = |pool: &str| std::fs::metadata(desk.path(pool).join("ledger.sqlite")).unwrap().len();
    let batch = |number: u64| -> Vec<Value> {
        (number * 30..(number + 1) * 30).map(|number| version(&id(1, number), 1)).collect()
    };
    a.bring(&batch(0));
    a.kill_and_serve_in(&desk, size("a.sheaf") + (64 << 10));
    let (mut taken, mut n_refused) = (vec![0], 0);
    for number in 1..40 {
        let body = json!({ "objects": batch(number) }).to_string();
        match a.ask("POST", &objects_of(""), &body) {
            (202, answer) => {
                assert_eq!(answer["success_count"], 30, "{answer}");
                taken.push(number);
            }
            (status, answer) => {
                assert!(matches!(status, 500 | 503 | 507), "{status} {answer}");
                n_refused += 1;
            }
        }
    }
    assert!(taken.len() > 1 && n_refused > 1, "{taken:?} taken, {n_refused} refused");
    // A sync that pulls into a full disk stops, and what was read of it is whole.
    for begins in [0, 100] {
        let objects = (begins..begins + 100).map(|number| version(&id(2, number), 1));
        b.bring(&objects.collect::<Vec<_>>());
    }
    a.kill_and_serve(&desk);
    // What was acknowledged is there; of what was not, whole batches or nothing.
    let held = a.held().0;
    assert!(taken.iter().flat_map(|&number| batch(number)).all(|it| held.contains(&it)));
    let whole = (0..40).filter(|&number| held.contains(&version(&id(1, number * 30), 1)));
    assert_eq!(held.len(), whole.count() * 30);
    let told = a.sync(&desk, &b);
    let mut full = std::process::Command::new("sh");
    let most = ((size("a.sheaf") + 4096) / 512).to_string();
    full.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &most]);
    full.arg(told.get_program()).args(told.get_args()).current_dir(desk.path(""));
    full.envs(told.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = full.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    synced(&desk, &a, &b);
    synced(&desk, &a, &b);
    assert_eq!(a.held(), b.held());
    assert_eq!(a.held().0.len(), held.len() + 200);
    drop((a, b));
    for pool in ["a.sheaf", "b.sheaf"] {
        desk.ok(&["audit", pool, "verify"]);
        desk.ok(&["verify", pool]);
    }
}

/// What its owner says of an object: the versions that can be read, empty once it is withdrawn.
#[derive(Default)]
struct Truth {
    live: BTreeMap<u64, Value>,
    n_versions: u64,
}

#[test]
fn after_a_quiet_round_all_hold_the_same_and_nothing_withdrawn_can_be_read() {
    let desk = Desk::new();
    let mut nodes = [
        Node::new(&desk, "a", DAY + A_DAY, &["b", "c"]),
        Node::new(&desk, "b", DAY, &["a", "c"]),
        Node::new(&desk, "c", DAY - A_DAY, &["a", "b"]),
    ];
    for node in &nodes {
        node.line.be_noisy();
    }
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    let mut truth: [BTreeMap<String, Truth>; 3] = Default::default();
    let (mut n_killed, mut n_stopped) = (0, 0);
    for round in 0..14 {
        for (idx, node) in nodes.iter().enumerate() {
            change(node, idx, round, &mut truth[idx], &mut chance);
        }
        for _ in 0..2 {
            let from = chance.below(3) as usize;
            let with = (from + 1 + chance.below(2) as usize) % 3;
            let mut child = nodes[from].sync(&desk, &nodes[with]).spawn().unwrap();
            let fate = chance.below(3);
            if fate > 0 {
                std::thread::sleep(Duration::from_millis(chance.below(400)));
                n_killed += 1;
            }
            match fate {
                0 => {}
                1 => child.kill().unwrap(),
                _ => nodes[with].kill_and_serve(&desk),
            }
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!said.contains("panicked"), "{said}");
            n_stopped += usize::from(output.status.code() == Some(2));
        }
    }
    eprintln!("{n_killed} killed, {n_stopped} stopped by the line");
    for node in &nodes {
        node.line.be_quiet();
    }
    let pairs = [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)];
    for _ in 0..2 {
        for (from, with) in pairs {
            synced(&desk, &nodes[from], &nodes[with]);
        }
    }
    for (idx, node) in nodes.iter().enumerate() {
        let (live, withdrawn) = permitted(&truth, idx);
        assert!(live.len() > 100 && withdrawn.len() > 10, "{} {}", live.len(), withdrawn.len());
        let (held, gone) = node.held();
        assert_eq!(held, live, "{}", node.name);
        assert_eq!(gone, withdrawn, "{}", node.name);
        let unreadable = truth.iter().flatten().filter(|(_, it)| it.live.is_empty());
        let elsewhere = truth.iter().enumerate().filter(|(at, _)| *at != idx);
        let private = elsewhere.flat_map(|(_, it)| it).filter(|(id, _)| is_private(id));
        for (id, _) in unreadable.chain(private) {
            let (status, answer) = node.ask("GET", &objects_of(&format!("{id}/")), "");
            assert_eq!(status, 404, "{} {answer}", node.name);
        }
    }
    // And then nothing moves any more.
    for (from, with) in pairs {
        let said = synced(&desk, &nodes[from], &nodes[with]);
        assert_eq!((&said["pulled"]["read"], &said["pushed"]["sent"]), (&json!(0), &json!(0)));
    }
    // Whatever was killed when, every log is whole, and the ledger with it.
    for node in nodes {
        let pool = node.pool();
        drop(node);
        let ran = desk.run(&["audit", &pool, "verify"]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("/audit: "), "{}", ran.stdout);
        let ran = desk.run(&["verify", &pool]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }
}

/// Every fifth object bears no marking, and stays with whoever brought it.
fn is_private(id: &str) -> bool {
    id.ends_with('4') || id.ends_with('9')
}

/// A version of an object as its owner marks it.
fn marked(id: &str, number: u64) -> Value {
    let mut object = version(id, number);
    if is_private(id) {
        object.as_object_mut().unwrap().remove("object_marking_refs");
    }
    object
}

/// What may be read at a node, and what is known there to be withdrawn.
fn permitted(truth: &[BTreeMap<String, Truth>; 3], at: usize) -> (Vec<Value>, Vec<String>) {
    let (mut live, mut withdrawn) = (Vec::new(), Vec::new());
    for (owner, told) in truth.iter().enumerate() {
        for (id, it) in told.iter().filter(|(id, _)| owner == at || !is_private(id)) {
            live.extend(it.live.values().cloned());
            if it.live.is_empty() {
                withdrawn.push(id.clone());
            }
        }
    }
    live.sort_by_key(Value::to_string);
    withdrawn.sort();
    (live, withdrawn)
}

/// Brings some objects in, revises some, withdraws some or single versions, and brings some back.
fn change(
    node: &Node,
    idx: usize,
    round: u64,
    truth: &mut BTreeMap<String, Truth>,
    chance: &mut Chance,
) {
    let ids: Vec<String> = truth.keys().cloned().collect();
    let mut batch = Vec::new();
    for number in 0..10 {
        let id = id(idx + 1, round * 10 + number);
        batch.push(marked(&id, 1));
        let live = BTreeMap::from([(1, marked(&id, 1))]);
        truth.insert(id, Truth { live, n_versions: 1 });
    }
    node.bring(&batch);
    for id in ids {
        let it = truth.get_mut(&id).unwrap();
        match chance.below(8) {
            // A revision; of what was withdrawn, a new beginning.
            0 | 1 => {
                it.n_versions += 1;
                let object = marked(&id, it.n_versions);
                node.bring(std::slice::from_ref(&object));
                it.live.insert(it.n_versions, object);
            }
            2 if !it.live.is_empty() => {
                node.withdraw(&id, None);
                it.live.clear();
            }
            3 if it.live.len() > 1 => {
                let (number, _) = it.live.pop_first().unwrap();
                node.withdraw(&id, Some(&version_text(number)));
            }
            _ => {}
        }
    }
}
