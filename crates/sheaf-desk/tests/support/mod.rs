//! A pool of two members, a server of it on a free port, and a client that knows no more HTTP than it
//! needs.

#![allow(dead_code)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use serde_json::{Value, json};
use sheaf_desk::{ByCollection, Desk, Serving, Settings, hash_password, serve, token_digest};
use sheaf_store::Pool;
use sheaf_store::exchange::{Exchange, Micros, NewAccount, NewCollection, Right, Root};

pub const TAXII: &str = "application/taxii+json;version=2.1";
pub const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
pub const OBJECTS: &str = "/pool/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/";
pub const SECRET: &str = "64993447-4d7e-4f70-b94d-d7f33742ee63";
pub const READ_ONLY: &str = "52892447-4d7e-4f70-b94d-d7f22742ff63";
pub const FAR_FUTURE: Micros = 32_503_680_000_000_000;

pub const BOTH: Right = Right { can_read: true, can_write: true };
pub const READ: Right = Right { can_read: true, can_write: false };
pub const WRITE: Right = Right { can_read: false, can_write: true };

/// Three collections; `desk` of acme and `wire` of northline may use the first two, and each has a token
/// of its name. Nobody may use the third.
pub fn make_pool(place: &Path) -> PathBuf {
    let path = place.join("p.sheaf");
    drop(Pool::create_or_open(&path).unwrap());
    let log = Exchange::open(&path).unwrap();
    let root = Root {
        root: 0,
        path: "pool".to_owned(),
        title: "Attacks".to_owned(),
        description: String::new(),
        max_content_length: 200_000,
        url: String::new(),
    };
    let root = log.add_root(&root).unwrap();
    let add = |id: &str, can_write| {
        let (title, description, can_read, imported) = ("Reports", "", true, false);
        log.add_collection(&NewCollection {
            root,
            id,
            title,
            description,
            can_read,
            can_write,
            imported,
        })
        .unwrap()
    };
    let (open, read_only, _) = (add(COLLECTION, true), add(READ_ONLY, false), add(SECRET, true));
    // One hash for both: it takes a while.
    let password = hash_password("Password0").unwrap();
    for (member, name) in [("acme", "desk"), ("northline", "wire")] {
        let member = log.add_member(member, "north", "media").unwrap();
        let account = log
            .add_account(&NewAccount {
                name,
                member,
                password: &password,
                roles: &["contributor"],
                imported: false,
            })
            .unwrap();
        log.allow(account, Some(open), BOTH).unwrap();
        log.allow(account, Some(read_only), BOTH).unwrap();
        log.add_token(account, "", &token_digest(name), BOTH, FAR_FUTURE).unwrap();
    }
    path
}

pub fn desk(path: &Path, page_size: usize) -> Desk {
    let settings = Settings { page_size, requests_per_second: 1e6 };
    Desk::new(Exchange::open(path).unwrap(), Box::new(ByCollection), settings).unwrap()
}

/// Serves on a thread that ends with the process.
pub fn start(path: &Path, page_size: usize) -> Client {
    let desk = desk(path, page_size);
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let how = Serving { listen: "127.0.0.1:0".parse().unwrap(), tls: None };
        serve(desk, &how, |at| tell.send(at).unwrap()).unwrap();
    });
    Client { at: told.recv().unwrap(), sign_in: "Bearer desk".to_owned() }
}

#[derive(Clone, Debug)]
pub struct Client {
    pub at: SocketAddr,
    pub sign_in: String,
}

#[derive(Clone, Debug)]
pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|err| {
            panic!("{err}: {}\n{}", self.head, String::from_utf8_lossy(&self.body))
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (its, value) = line.split_once(": ")?;
            its.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn ids(&self) -> Vec<String> {
        let listed = self.json()["objects"].as_array().cloned().unwrap_or_default();
        listed.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Client {
    pub fn signed_in(&self, sign_in: &str) -> Client {
        Client { sign_in: sign_in.to_owned(), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Got {
        self.ask("GET", path, &[("Accept", TAXII)], b"").unwrap()
    }

    pub fn delete(&self, path: &str) -> Got {
        self.ask("DELETE", path, &[("Accept", TAXII)], b"").unwrap()
    }

    pub fn post(&self, path: &str, objects: &[Value]) -> Got {
        let body = json!({ "objects": objects }).to_string();
        self.ask("POST", path, &[("Accept", TAXII), ("Content-Type", TAXII)], body.as_bytes())
            .unwrap()
    }

    /// Sends a request on a connection of its own; fails where the server breaks off.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Got> {
        let mut stream = TcpStream::connect(self.at)?;
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.at);
        if !self.sign_in.is_empty() {
            head.push_str(&format!("Authorization: {}\r\n", self.sign_in));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        // A server that refuses a body may close before all of it is sent; its answer counts.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        if let Err(err) = stream.read_to_end(&mut answer)
            && answer.is_empty()
        {
            return Err(err);
        }
        let cut = answer.windows(4).position(|it| it == b"\r\n\r\n");
        let cut = cut.ok_or_else(|| std::io::Error::other("no answer"))?;
        let head = String::from_utf8(answer[..cut].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let got = Got { status, body: answer[cut + 4..].to_vec(), head };
        match got.header("content-length").and_then(|it| it.parse::<usize>().ok()) {
            Some(n) if n != got.body.len() && method != "HEAD" => {
                Err(std::io::Error::other("cut off"))
            }
            _ => Ok(got),
        }
    }
}

pub fn id(number: u64) -> String {
    format!("incident--00000000-0000-4000-8000-{number:012}")
}

pub fn incident(number: u64) -> Value {
    json!({
        "type": "incident", "spec_version": "2.1", "id": id(number),
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "name": format!("Attack at station {number}"),
    })
}

/// The same as modified on this day, with another name.
pub fn revised(number: u64, day: &str, name: &str) -> Value {
    let mut object = incident(number);
    object["modified"] = json!(format!("{day}T00:00:00.000Z"));
    object["name"] = json!(name);
    object
}
