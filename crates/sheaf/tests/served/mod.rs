//! A pool that is served, and its API.

#![allow(dead_code, reason = "each test uses some of it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::common::*;

/// A pool that is served; ended with the test.
pub struct Server {
    child: Child,
    /// Its address and port.
    pub at: String,
    /// The path that opens the desk to whoever sits at the machine.
    pub here: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, whatever it is.
pub struct Got {
    pub status: u16,
    /// The line with the status, and the headers.
    pub head: String,
    pub body: String,
}

impl Got {
    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(its, _)| its.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// The header by which a token signs in; none for nobody.
pub fn bearer(token: &str) -> Vec<String> {
    let header = format!("Authorization: Bearer {token}");
    if token.is_empty() { Vec::new() } else { vec![header] }
}

impl Server {
    /// Serves `a.sheaf` on a day, in seconds since 1970.
    pub fn of(desk: &Desk, day: &str) -> Server {
        Server::of_pool(desk, "a.sheaf", day, &[])
    }

    /// Serves a pool on a day, with more arguments.
    pub fn of_pool(desk: &Desk, pool: &str, day: &str, more: &[&str]) -> Server {
        let args = [&["serve", pool, "--listen", "127.0.0.1:0"], more].concat();
        let mut command = desk.command(&args);
        command.env("SOURCE_DATE_EPOCH", day);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let mut line = || said.next().unwrap().unwrap();
        let (taxii, link) = (line(), line());
        let at = taxii.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
        let link = link.split(' ').next().unwrap().strip_prefix(&format!("http://{at}")).unwrap();
        Server { here: link.to_owned(), at, child }
    }

    /// Sends a request with these headers beside the usual ones, of which each is sent once.
    pub fn send(&self, method: &str, path: &str, headers: &[String], body: &str) -> Got {
        let has = |name: &str| headers.iter().any(|it| it.starts_with(name));
        let mut head: Vec<String> = headers.to_vec();
        head.push("Connection: close".to_owned());
        head.push(format!("Content-Length: {}", body.len()));
        for (name, usual) in [("Host: ", self.at.as_str()), ("Content-Type: ", "application/json")]
        {
            if !has(name) {
                head.push(format!("{name}{usual}"));
            }
        }
        let mut stream = TcpStream::connect(&self.at).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\n{}\r\n\r\n{body}", head.join("\r\n")).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Got { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Asks the API; the status and the JSON.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let (status, body) = self.text(method, path, token, body);
        (status, serde_json::from_str(&body).unwrap_or_else(|err| panic!("{path}: {err}: {body}")))
    }

    /// The same, as a text.
    pub fn text(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let got = self.send(method, &format!("/api/v1/{path}"), &bearer(token), &body);
        (got.status, got.body)
    }

    /// What must be there.
    #[track_caller]
    pub fn get(&self, path: &str, token: &str) -> Value {
        let (status, answer) = self.ask("GET", path, token, &Value::Null);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// What must be taken.
    #[track_caller]
    pub fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", path, token, &body);
        assert_eq!(status, 201, "{path}: {answer}");
        answer
    }

    /// What must be refused, with which status and code.
    #[track_caller]
    pub fn refuses(&self, expected: (u16, &str), path: &str, token: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", path, token, &body);
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        assert_eq!((status, code), expected, "{path}: {answer}");
        answer
    }
}
