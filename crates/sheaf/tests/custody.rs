//! The chain of custody: whoever has the bytes shows that what is in the pool came from them, and nobody else does;
//! originals that are kept are sealed, and go when their time is over.

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use common::*;

const SECOND_OF_JULY_2024: &str = "1719878400";

fn pooled(keep: &[&str]) -> Desk {
    let desk = Desk::new();
    fs::copy(example("northline-wire.csv"), desk.path("wire.csv")).unwrap();
    fs::copy(example("northline-wire.toml"), desk.path("wire.toml")).unwrap();
    desk.ok(&[&["pool", "a.sheaf", "wire.csv"], keep].concat());
    desk
}

#[test]
fn rule_14_the_bytes_that_were_handed_in_prove_what_is_in_the_pool() {
    let desk = pooled(&[]);
    let listed = desk.json(&["custody", "a.sheaf", "list", "--json"]);
    let custody = &listed[0]["custody"];
    assert_eq!(custody["original_bytes"], fs::metadata(desk.path("wire.csv")).unwrap().len());
    assert_eq!(
        (&custody["channel"], &custody["received_ms"]),
        (&"terminal".into(), &1_704_067_200_000_i64.into())
    );
    assert_eq!(listed[0]["kept_until"], serde_json::Value::Null);
    let said = desk.ok(&["custody", "a.sheaf", "verify", "wire.csv"]);
    assert!(said.starts_with("i1: its 65 reports came from these "), "{said}");
    // Whatever the file is called now, and wherever the pool lies.
    fs::rename(desk.path("wire.csv"), desk.path("other.csv")).unwrap();
    fs::rename(desk.path("wire.toml"), desk.path("other.toml")).unwrap();
    let told = desk.json(&["custody", "a.sheaf", "verify", "other.csv", "--json"]);
    assert_eq!((&told["proven"], &told["custody"]), (&true.into(), custody));

    // Another byte, another mapping: no proof.
    let bytes = fs::read(desk.path("other.csv")).unwrap();
    let mut forged = bytes.clone();
    let at = forged.iter().rposition(u8::is_ascii_digit).unwrap();
    forged[at] = if forged[at] == b'9' { b'8' } else { b'9' };
    desk.write("forged.csv", &forged);
    let mapping = fs::read_to_string(desk.path("other.toml")).unwrap();
    desk.write("forged.toml", &mapping);
    let why = desk.fails("chain-broken", &["custody", "a.sheaf", "verify", "forged.csv"]);
    assert!(why.contains("no import has these bytes"), "{why}");
    let named = ["custody", "a.sheaf", "verify", "forged.csv", "--import", "i1"];
    let why = desk.fails("chain-broken", &named);
    assert!(why.contains("these are not the bytes that were handed in"), "{why}");
    desk.write("other.toml", mapping + "\n# mended\n");
    let why = desk.fails("chain-broken", &["custody", "a.sheaf", "verify", "other.csv"]);
    assert!(why.contains("the form was made by wire.toml"), "{why}");
}

#[test]
fn rule_14_what_was_changed_in_the_pool_is_proven_by_no_bytes() {
    let desk = pooled(&[]);
    let parts = fs::read_dir(desk.path("a.sheaf/parts")).unwrap().map(|it| it.unwrap().path());
    let claims = parts.into_iter().find(|it| it.to_string_lossy().contains(".claims.")).unwrap();
    let mut bytes = fs::read(&claims).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&claims, bytes).unwrap();
    let ran = desk.run(&["custody", "a.sheaf", "verify", "wire.csv"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(claims.file_name().unwrap().to_str().unwrap()), "{}", ran.stderr);
}

#[test]
fn an_original_is_kept_sealed_by_a_key_outside_the_pool_and_goes_in_time() {
    let desk = pooled(&["--keep-original", "my.key", "--keep-days", "90"]);
    let bytes = fs::read(desk.path("wire.csv")).unwrap();
    let kept =
        fs::read_dir(desk.path("a.sheaf/originals")).unwrap().next().unwrap().unwrap().path();
    let sealed = fs::read(&kept).unwrap();
    let begins = &bytes[..40];
    assert!(sealed.windows(begins.len()).all(|it| it != begins));
    assert!(sealed.len() > bytes.len());
    let listed = desk.ok(&["custody", "a.sheaf", "list"]);
    assert!(listed.contains("kept, sealed, until 2024-03-31T00:00:00Z"), "{listed}");

    // The contributor needs no other copy.
    fs::remove_file(desk.path("wire.csv")).unwrap();
    let verify = ["custody", "a.sheaf", "verify", "--import", "i1", "--as", "wire.toml", "--key"];
    desk.ok(&[&verify[..], &["my.key"]].concat());
    let open = ["custody", "a.sheaf", "open", "i1", "--out", "back.csv", "--key"];
    fs::copy(desk.path("my.key"), desk.path("kept.key")).unwrap();
    desk.ok(&[&open[..], &["kept.key"]].concat());
    assert_eq!(fs::read(desk.path("back.csv")).unwrap(), bytes);
    desk.ok(&["pool", "b.sheaf", "back.csv", "--as", "wire.toml", "--keep-original", "other.key"]);
    desk.fails("not-opened", &[&verify[..], &["other.key"]].concat());
    desk.fails("not-a-key", &[&verify[..], &["wire.toml"]].concat());
    let inside = ["add", "a.sheaf", "back.csv", "--as", "wire.toml", "--keep-original"];
    desk.fails("key-in-the-pool", &[&inside[..], &["a.sheaf/my.key"]].concat());

    // It goes with the first command that writes after its time, and by hand before.
    let late = desk.run_on(SECOND_OF_JULY_2024, &["undo", "a.sheaf", "j9", "--by", "desk"]);
    assert_ne!(late.code, 0);
    assert!(!kept.exists());
    let gone = desk.fails("not-kept", &[&verify[..], &["my.key"]].concat());
    assert!(gone.contains("not kept here (any more)"), "{gone}");
    // So it does where a pool is only served.
    desk.ok(&["pool", "c.sheaf", "back.csv", "--as", "wire.toml", "--keep-original", "other.key"]);
    let originals = || fs::read_dir(desk.path("c.sheaf/originals")).unwrap().count();
    assert_eq!(originals(), 1);
    let mut serve = desk.command(&["serve", "c.sheaf", "--listen", "127.0.0.1:0"]);
    serve
        .env("SOURCE_DATE_EPOCH", SECOND_OF_JULY_2024)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut serve = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(serve.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert_eq!(originals(), 0, "{line}");
    desk.ok(&["custody", "b.sheaf", "drop", "i1"]);
    assert_eq!(fs::read_dir(desk.path("b.sheaf/originals")).unwrap().count(), 0);
    let log = desk.ok(&["audit", "b.sheaf", "list"]);
    assert!(log.contains("admin keep-original") && log.contains("admin drop-original"), "{log}");
    // Neither key nor original is part of what others get.
    desk.ok(&["audit", "a.sheaf", "verify"]);
}
