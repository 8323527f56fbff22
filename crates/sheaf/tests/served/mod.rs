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
    at: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Serves `a.sheaf` on a day, in seconds since 1970.
    pub fn of(desk: &Desk, day: &str) -> Server {
        let mut command = desk.command(&["serve", "a.sheaf", "--listen", "127.0.0.1:0"]);
        command.env("SOURCE_DATE_EPOCH", day);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let at = line.trim().strip_prefix("http://").unwrap().split('/').next().unwrap();
        Server { at: at.to_owned(), child }
    }

    /// Asks the API; the status and the JSON.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let (status, body) = self.text(method, path, token, body);
        (status, serde_json::from_str(&body).unwrap_or_else(|err| panic!("{path}: {err}: {body}")))
    }

    /// The same, as a text.
    pub fn text(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let at = &self.at;
        let sign_in = match token {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        let mut stream = TcpStream::connect(at).unwrap();
        write!(
            stream,
            "{method} /api/v1/{path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{sign_in}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
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
