//! Pools that are kept in step over TLS: the server shows its certificate, and a client that does not trust it, or
//! asks for another name, sends nothing.
//!
//! The certificates in `tls/` are for these tests alone: an authority "sheaf tests", whose key is thrown away, and one
//! for `localhost` by it, both until 2126, by `openssl req -x509` and `openssl x509 -req`.

mod common;
mod sync_support;

use std::path::PathBuf;

use common::Desk;
use serde_json::{Value, json};
use sync_support::*;

const DAY: i64 = 1_704_067_200;

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn pools_are_kept_in_step_over_tls_and_only_with_whom_one_trusts() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let mut b = Node::new(&desk, "b", DAY, &["a"]);
    a.bring(&[version(&id(1, 1), 1)]);
    b.bring(&[version(&id(2, 1), 1), version(&id(2, 2), 1)]);
    let at = b.kill_and_serve_tls(&desk, &file("server.pem"), &file("server-key.pem"));
    let port = at.port();
    let sync = |host: &str, trust: Option<&str>| {
        let url = format!("https://{host}:{port}/pool/collections/{COLLECTION}/");
        let mut command = desk.command(&["sync", "a.sheaf", &url, "--member", "b", "--json"]);
        command.env("SHEAF_TOKEN", &b.tokens[0].1);
        if let Some(trust) = trust {
            command.args(["--ca-cert", trust]);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), said)
    };
    let ca = file("ca.pem");
    // Nobody here vouches for it; it vouches for another name; what vouches is no certificate.
    let (code, _, said) = sync("localhost", None);
    assert!(code == Some(2) && said.to_lowercase().contains("certificate"), "{said}");
    let (code, _, said) = sync("127.0.0.1", Some(&ca));
    assert!(code == Some(2) && said.contains("certificate"), "{said}");
    let (code, _, said) = sync("localhost", Some(&file("server-key.pem")));
    assert!(code == Some(2) && said.contains("there is no certificate in it"), "{said}");
    assert_eq!(a.held().0.len(), 1);

    let (code, told, said) = sync("localhost", Some(&ca));
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["pulled"]["new"], &told["pushed"]["sent"]), (&json!(2), &json!(1)));
    assert_eq!(a.held().0.len(), 3);
    let (_, told, _) = sync("localhost", Some(&ca));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["pulled"]["new"], &told["pushed"]["sent"]), (&json!(0), &json!(0)));

    // Whoever speaks plain HTTP to it, or nonsense, is told nothing and does no harm.
    let answer = plain(at, b"GET /taxii2/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    plain(at, &[0x16, 0x03, 0x01, 0xFF, 0xFF, 0x01]);
    assert_eq!(sync("localhost", Some(&ca)).0, Some(0));
}
