//! Pools served by processes of their own, each behind a line that can be made to fail, and a client that
//! knows no more HTTP than it needs.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::Desk;

/// TLP:GREEN of TLP 2.0: every member may have it.
pub const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";

pub const TAXII: &str = "application/taxii+json;version=2.1";
pub const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

/// Numbers that look random and are the same in every run.
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// A pool with its server and its clock.
pub struct Node {
    pub name: &'static str,
    day: String,
    server: Child,
    at: SocketAddr,
    /// The token of those whose objects are brought in here.
    pub press: String,
    /// The tokens of the other pools.
    pub tokens: Vec<(&'static str, String)>,
    pub line: Proxy,
}

impl Node {
    /// Makes the pool `NAME.sheaf` with one collection and serves it.
    pub fn new(desk: &Desk, name: &'static str, day: i64, others: &[&'static str]) -> Node {
        let (pool, day) = (format!("{name}.sheaf"), day.to_string());
        let file = json!({ "pool": {
            "information": { "title": name, "max_content_length": 60_000 },
            "collections": [{ "id": COLLECTION, "title": "Reports", "can_read": true,
                "can_write": true, "objects": [] }],
        } });
        desk.write("collections.json", file.to_string());
        let ok = |args: &[&str]| {
            let ran = desk.run_on(&day, args);
            assert_eq!(ran.code, 0, "sheaf {}\n{}", args.join(" "), ran.stderr);
            ran.stdout.trim().to_owned()
        };
        ok(&["exchange", "import", &pool, "collections.json"]);
        let let_in = |member: &str, role: &str| {
            ok(&["member", "add", &pool, member, "--purposes", "reporting"]);
            let rights = ["--read", "all", "--write", "all", "--role", role];
            ok(&[&["account", "add", &pool, member, "--member", member], &rights[..]].concat());
            ok(&["token", "add", &pool, member])
        };
        let press = let_in("press", "contributor");
        let tokens = others.iter().map(|&other| (other, let_in(other, "relay"))).collect();
        let (server, at) = serve(desk, &pool, &day);
        Node { name, day, server, at, press, tokens, line: Proxy::new(at) }
    }

    pub fn pool(&self) -> String {
        format!("{}.sheaf", self.name)
    }

    /// Kills the server, whatever it is doing, and starts it again.
    pub fn kill_and_serve(&mut self, desk: &Desk) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        (self.server, self.at) = serve(desk, &self.pool(), &self.day);
        *self.line.to.lock().unwrap() = self.at;
    }

    /// Kills the server and starts it again with a certificate; where it listens then.
    pub fn kill_and_serve_tls(&mut self, desk: &Desk, certificate: &str, key: &str) -> SocketAddr {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        let mut command = serve_command(desk, &self.pool(), &self.day);
        command.args(["--tls-cert", certificate, "--tls-key", key]);
        (self.server, self.at) = started(command);
        self.at
    }

    /// Kills the server and starts it again where no file may grow beyond so many bytes, as on a disk that is full.
    pub fn kill_and_serve_in(&mut self, desk: &Desk, most_bytes: u64) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        let mut command = std::process::Command::new("sh");
        // What grows beyond fails then, as it does on a full disk, instead of ending the program.
        let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
        command.args(["-c", script, &(most_bytes / 512).to_string()]);
        let served = serve_command(desk, &self.pool(), &self.day);
        command.arg(served.get_program()).args(served.get_args());
        command.current_dir(desk.path("")).env("SOURCE_DATE_EPOCH", &self.day);
        (self.server, self.at) = started(command);
        *self.line.to.lock().unwrap() = self.at;
    }

    /// Sends a request to the server, not over the failing line.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer \
             {}\r\nAccept: {TAXII}\r\nContent-Type: {TAXII}\r\nContent-Length: {}\r\n\r\n",
            self.at,
            self.press,
            body.len()
        );
        let answer = pass(self.at, &[head.as_bytes(), body.as_bytes()].concat());
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    pub fn bring(&self, objects: &[Value]) {
        let body = json!({ "objects": objects }).to_string();
        let (status, answer) = self.ask("POST", &objects_of(""), &body);
        assert_eq!((status, &answer["failure_count"]), (202, &json!(0)), "{answer}");
    }

    pub fn withdraw(&self, id: &str, version: Option<&str>) {
        let filter = version.map(|it| format!("?match[version]={it}")).unwrap_or_default();
        let (status, answer) = self.ask("DELETE", &objects_of(&format!("{id}/{filter}")), "");
        assert_eq!(status, 200, "{id} {answer}");
    }

    /// Every version of every object that can be read, sorted, and the ids of what is withdrawn.
    pub fn held(&self) -> (Vec<Value>, Vec<String>) {
        let (mut held, mut withdrawn, mut next) = (Vec::new(), Vec::new(), String::new());
        loop {
            let filter = format!("?match[version]=all&match[spec_version]=2.0,2.1{next}");
            let (status, page) = self.ask("GET", &objects_of(&filter), "");
            assert_eq!(status, 200, "{page}");
            for object in page["objects"].as_array().into_iter().flatten() {
                match object["revoked"] == json!(true) {
                    true => withdrawn.push(object["id"].as_str().unwrap().to_owned()),
                    false => held.push(object.clone()),
                }
            }
            match page["next"].as_str() {
                Some(cursor) => next = format!("&next={cursor}"),
                None => break,
            }
        }
        held.sort_by_key(Value::to_string);
        withdrawn.sort();
        (held, withdrawn)
    }

    /// The command that brings this pool in step with another, over the other's line.
    pub fn sync(&self, desk: &Desk, other: &Node) -> std::process::Command {
        let url = format!("http://{}/pool/collections/{COLLECTION}/", other.line.at);
        let args = ["sync", &self.pool(), &url, "--member", other.name, "--json", "--quiet"];
        let mut command = desk.command(&args);
        let token = other.tokens.iter().find(|(name, _)| *name == self.name).unwrap();
        command.env("SOURCE_DATE_EPOCH", &self.day).env("SHEAF_TOKEN", &token.1);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(desk: &Desk, pool: &str, day: &str) -> (Child, SocketAddr) {
    started(serve_command(desk, pool, day))
}

fn serve_command(desk: &Desk, pool: &str, day: &str) -> std::process::Command {
    let listen = ["--listen", "127.0.0.1:0", "--page-size", "7"];
    let fast = ["--requests-per-second", "100000", "--quiet"];
    let mut command = desk.command(&[&["serve", pool], &listen[..], &fast[..]].concat());
    command.env("SOURCE_DATE_EPOCH", day);
    command
}

fn started(mut command: std::process::Command) -> (Child, SocketAddr) {
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let (_, rest) = line.trim().split_once("://").expect(&line);
    let at = rest.split('/').next().unwrap();
    (child, at.parse().unwrap())
}

pub fn objects_of(rest: &str) -> String {
    format!("/pool/collections/{COLLECTION}/objects/{rest}")
}

pub fn id(node: usize, number: u64) -> String {
    format!("incident--0000000{node}-0000-4000-8000-{number:012}")
}

/// A version of an object, numbered from 1.
pub fn version(id: &str, number: u64) -> Value {
    json!({
        "type": "incident", "spec_version": "2.1", "id": id,
        "object_marking_refs": [GREEN],
        "created": "2024-01-01T00:00:00.000Z", "modified": version_text(number),
        "name": format!("Attack {id}, told the {number}. time"),
    })
}

pub fn version_text(number: u64) -> String {
    format!("2024-01-01T{:02}:{:02}:00.000Z", number / 60, number % 60)
}

/// Sends bytes over a plain connection and hangs up; what came back.
pub fn plain(to: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut answer = Vec::new();
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Sends bytes and takes what comes back until the end.
fn pass(to: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(to) {
        let _ = stream.write_all(request);
        let _ = stream.read_to_end(&mut answer);
    }
    answer
}

/// A line to a server that drops, repeats, reorders, cuts and delays, until it is told to be quiet.
pub struct Proxy {
    pub at: SocketAddr,
    to: Arc<Mutex<SocketAddr>>,
    is_quiet: Arc<AtomicBool>,
    // Requests that are to arrive late, after others that were sent later.
    late: Arc<Mutex<Vec<Vec<u8>>>>,
    chance: Arc<Mutex<Chance>>,
    // How many requests still pass before the line is cut.
    left: Arc<AtomicU64>,
}

impl Proxy {
    fn new(to: SocketAddr) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy {
            at: listener.local_addr().unwrap(),
            to: Arc::new(Mutex::new(to)),
            is_quiet: Arc::new(AtomicBool::new(true)),
            late: Arc::default(),
            chance: Arc::new(Mutex::new(Chance(0x9E37_79B9_7F4A_7C15))),
            left: Arc::new(AtomicU64::new(u64::MAX)),
        };
        let (to, is_quiet) = (proxy.to.clone(), proxy.is_quiet.clone());
        let (late, chance) = (proxy.late.clone(), proxy.chance.clone());
        let left = proxy.left.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (to, is_quiet) = (*to.lock().unwrap(), is_quiet.load(Ordering::Relaxed));
                if left.load(Ordering::Relaxed) == 0 {
                    continue;
                }
                left.fetch_sub(1, Ordering::Relaxed);
                let (late, chance) = (late.clone(), chance.clone());
                std::thread::spawn(move || {
                    let fault = if is_quiet { 99 } else { chance.lock().unwrap().below(20) };
                    let at = chance.lock().unwrap().below(1 << 16) as usize;
                    let _ = carry(stream, to, fault, at, &late);
                });
            }
        });
        proxy
    }

    pub fn be_noisy(&self) {
        self.is_quiet.store(false, Ordering::Relaxed);
    }

    /// Cuts the line once so many requests have passed.
    pub fn cut_after(&self, n_requests: u64) {
        self.left.store(n_requests, Ordering::Relaxed);
    }

    /// No more faults; what was held back arrives now.
    pub fn be_quiet(&self) {
        self.is_quiet.store(true, Ordering::Relaxed);
        self.left.store(u64::MAX, Ordering::Relaxed);
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for request in late {
            pass(*self.to.lock().unwrap(), &request);
        }
    }
}

/// Carries one request and its answer, with this fault.
fn carry(
    mut stream: TcpStream,
    to: SocketAddr,
    fault: u64,
    at: usize,
    late: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let request = whole_request(&mut stream)?;
    let cut = |bytes: &[u8]| bytes[..at % bytes.len().max(1)].to_vec();
    let answer = match fault {
        // Dropped on the way there, in whole or in part, or on the way back.
        0 => return Ok(()),
        1 => pass_cut(to, &cut(&request)),
        2 => {
            pass(to, &request);
            return Ok(());
        }
        3 => cut(&pass(to, &request)),
        4 => {
            pass(to, &request);
            pass(to, &request)
        }
        // It comes again, later than others that are sent later.
        5 => {
            late.lock().unwrap().push(request.clone());
            pass(to, &request)
        }
        // It is held back, and its sender hears nothing.
        6 => {
            late.lock().unwrap().push(request);
            return Ok(());
        }
        7 => {
            let held = late.lock().unwrap().pop();
            let answer = pass(to, &request);
            if let Some(held) = held {
                pass(to, &held);
            }
            answer
        }
        8 => {
            std::thread::sleep(Duration::from_millis(at as u64 % 50));
            pass(to, &request)
        }
        _ => pass(to, &request),
    };
    stream.write_all(&answer)
}

/// Sends part of a request and hangs up.
fn pass_cut(to: SocketAddr, part: &[u8]) -> Vec<u8> {
    if let Ok(mut stream) = TcpStream::connect(to) {
        let _ = stream.write_all(part);
    }
    Vec::new()
}

/// A request with its body, told to be the only one of its connection.
fn whole_request(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let gone = || std::io::Error::other("hung up");
    let (mut bytes, mut chunk) = (Vec::new(), [0; 65536]);
    loop {
        let n = stream.read(&mut chunk)?;
        if n == 0 {
            return Err(gone());
        }
        bytes.extend_from_slice(&chunk[..n]);
        let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if bytes.len() >= end + 4 + length.unwrap_or(0) {
            let mut whole = bytes[..end].to_vec();
            whole.extend_from_slice(b"\r\nConnection: close");
            whole.extend_from_slice(&bytes[end..]);
            return Ok(whole);
        }
    }
}
