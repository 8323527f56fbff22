//! Serving a pool through the program: members, accounts, tokens, the server and its orderly end.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use common::*;

/// A server of `a.sheaf`, and the address it printed.
fn serve(desk: &Desk) -> (Child, String) {
    let mut command = desk.command(&["serve", "a.sheaf", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

/// The status of an answer, and the answer.
fn get(url: &str, path: &str, sign_in: &str) -> (String, String) {
    let at = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(at).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nAuthorization: {sign_in}\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().to_owned(), answer)
}

#[test]
fn a_pool_is_served_to_whoever_was_let_in_and_the_server_ends_when_told() {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("northline-wire.csv")]);
    let (mut child, url) = serve(&desk);
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/taxii2/"), "{url}");
    assert_eq!(get(&url, "/taxii2/", "Bearer x").0, "401");

    // While it runs: members, accounts and tokens, and files added to the pool.
    assert_eq!(desk.run(&["member", "add", "a.sheaf", "northline", "--sector", "media"]).code, 0);
    let made =
        desk.run(&["account", "add", "a.sheaf", "duty", "--member", "northline", "--read", "all"]);
    assert_eq!((made.code, made.stdout.trim().len()), (0, 24), "{}", made.stderr);
    assert!(made.stderr.contains("it is not kept and cannot be shown again"));
    let token = desk.run(&["token", "add", "a.sheaf", "duty", "--scope", "read", "--days", "3"]);
    let sign_in = format!("Bearer {}", token.stdout.trim());
    let (status, answer) = get(&url, "/pool/collections/", &sign_in);
    assert_eq!(status, "200");
    assert!(answer.contains(r#""can_read":true,"can_write":false"#), "{answer}");
    desk.pool("a.sheaf", &[example("civil-protection.csv")]);
    assert_eq!(desk.run(&["token", "close", "a.sheaf", "1"]).code, 0);
    assert_eq!(get(&url, "/pool/collections/", &sign_in).0, "401");

    let killed = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert!(child.wait().unwrap().success(), "SIGTERM is an orderly end");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("nobody can sign in yet") && said.contains("--role admin"), "{said}");
}

#[test]
fn what_is_not_there_is_named_with_what_might_have_been_meant() {
    let desk = Desk::new();
    desk.pool("a.sheaf", &[example("northline-wire.csv")]);
    assert_eq!(desk.run(&["member", "add", "a.sheaf", "northline"]).code, 0);
    let fails = |args: &[&str], expected: &str| {
        let ran = desk.run(args);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    };
    fails(&["serve", "none.sheaf"], "none.sheaf: there is no pool here");
    fails(&["member", "add", "a.sheaf", "northline"], "there is a member \"northline\" already");
    fails(&["member", "add", "a.sheaf", "a b"], "\"a b\" is no member id");
    fails(
        &["account", "add", "a.sheaf", "x", "--member", "nortline"],
        "there is no member nortline\nhint: did you mean northline?",
    );
    fails(
        &["account", "add", "a.sheaf", "x", "--member", "northline", "--read", "y"],
        "there is no collection y",
    );
    fails(&["token", "add", "a.sheaf", "x"], "there is no account x");
    fails(&["token", "close", "a.sheaf", "9"], "there is no token 9");
    fails(
        &["account", "add", "a.sheaf", "x", "--member", "northline", "--password-stdin"],
        "the password is too short",
    );
    desk.write("x.json", "{}");
    fails(
        &["exchange", "import", "a.sheaf", "x.json"],
        "x.json: this holds neither API roots nor users",
    );
}
