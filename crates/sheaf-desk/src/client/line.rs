//! The line to a server: one connection, kept open while it lasts, TLS, limits, and trying again.
//!
//! What fails on the way, or is answered with "later", is tried again a few times with growing pauses; every
//! request of a sync can be repeated without harm. What the server refuses is not tried again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::address::path_of;
use crate::error::{DeskError, Result};
use crate::media;

const TO_CONNECT: Duration = Duration::from_secs(10);
const TO_ANSWER: Duration = Duration::from_secs(60);
/// So often a request is tried.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest that a server can make us wait between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The most that an answer may have, in bytes.
const LARGEST_ANSWER: usize = 64 << 20;

/// Where systems keep the certificates they trust.
const TRUSTED: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A line to a server.
pub(super) struct Line {
    runtime: Runtime,
    scheme: &'static str,
    authority: String,
    host: String,
    port: u16,
    path: String,
    sign_in: String,
    tls: Option<TlsConnector>,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Got {
    pub status: u16,
    pub body: Bytes,
    /// When the last object on a page was added there.
    pub last_added: Option<String>,
    retry_after: Option<Duration>,
}

impl Got {
    /// Why the server did not do what was asked, in its own words as far as they are plain.
    pub(super) fn refused(&self, at: &str) -> DeskError {
        let said: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let why = said["description"].as_str().or(said["title"].as_str()).unwrap_or_default();
        let why: String = why.chars().filter(|it| !it.is_control()).take(200).collect();
        let hint = match self.status {
            401 => "the token opens nothing there: it may be mistyped, closed or over",
            403 | 404 => "ask the office that runs it what this account may do there",
            _ => "",
        };
        let what = match why.is_empty() {
            true => format!("{at}: the server answers {}", self.status),
            false => format!("{at}: the server answers {}: {why}", self.status),
        };
        DeskError::new("refused", what, hint)
    }
}

impl Line {
    /// A line that is not open yet.
    pub(super) fn new(url: &str, token: &str, trusted: Option<&Path>) -> Result<Line> {
        let bad = |what: &str| {
            DeskError::new(
                "bad-address",
                format!("{url}: {what}"),
                "an address is written https://HOST/ROOT/collections/ID/, or https://HOST/taxii2/",
            )
        };
        let uri: Uri = url.parse().map_err(|_| bad("this is no address"))?;
        let scheme = match uri.scheme_str() {
            Some("http") => "http",
            Some("https") => "https",
            _ => return Err(bad("an address begins with https:// or http://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("this names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("a name or password does not belong in an address"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        let tls = match scheme {
            "https" => Some(connector(trusted)?),
            _ => None,
        };
        let is_whole = ["Basic ", "Bearer "].iter().any(|scheme| token.starts_with(scheme));
        let sign_in = if is_whole { token.to_owned() } else { format!("Bearer {token}") };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|err| no_line(url, &err))?;
        Ok(Line {
            runtime,
            scheme,
            authority: authority.to_string(),
            host,
            port,
            path: path_of(url).ok_or_else(|| bad("this is no address"))?,
            sign_in,
            tls,
            open: None,
        })
    }

    /// The path of the address it was made with, with a slash at its end.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The whole address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.authority)
    }

    pub(super) fn get(&mut self, path: &str) -> Result<Got> {
        self.ask("GET", path, &[], Bytes::new())
    }

    /// Waits between two questions.
    pub(super) fn pause(&self, pause: Duration) {
        self.runtime.block_on(async { sleep(pause).await });
    }

    /// Asks until there is an answer that counts.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Got> {
        let sign_in = self.sign_in.clone();
        let mut all = vec![("Accept", media::TAXII), ("Authorization", sign_in.as_str())];
        if !body.is_empty() {
            all.push(("Content-Type", media::TAXII));
        }
        all.extend(headers);
        let mut pause = FIRST_PAUSE;
        let mut tried = 0;
        loop {
            tried += 1;
            let (outcome, wait) = match self.once(method, path, &all, body.clone()) {
                Ok(got) if is_later(got.status) => {
                    let wait = got.retry_after.unwrap_or(pause).min(LONGEST_PAUSE);
                    (Err(got.refused(&self.url(path))), wait)
                }
                Ok(got) => return Ok(got),
                Err(err) => (Err(err), pause),
            };
            self.open = None;
            if tried == TRIES {
                return outcome;
            }
            self.pause(wait);
            pause *= 2;
        }
    }

    fn once(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Got> {
        let at = self.url(path.split('?').next().unwrap_or_default());
        let mut request =
            Request::builder().method(method).uri(path).header(header::HOST, &self.authority);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).map_err(|err| no_line(&at, &err))?;
        let open = self.open.take().filter(|open| !open.is_closed());
        let work = async {
            let mut open = match open {
                Some(open) => open,
                None => timeout(TO_CONNECT, self.connect())
                    .await
                    .map_err(|_| no_line(&at, &"no connection in time"))??,
            };
            let exchange = async {
                open.ready().await.map_err(|err| no_line(&at, &err))?;
                let answer = open.send_request(request).await.map_err(|err| no_line(&at, &err))?;
                let (head, body) = answer.into_parts();
                let body = Limited::new(body, LARGEST_ANSWER).collect().await;
                let body = body.map_err(|err| no_line(&at, &err))?.to_bytes();
                let text = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
                let retry_after = text("retry-after").and_then(|it| it.parse().ok());
                Ok::<Got, DeskError>(Got {
                    status: head.status.as_u16(),
                    body,
                    last_added: text("x-taxii-date-added-last"),
                    retry_after: retry_after.map(Duration::from_secs),
                })
            };
            let got = timeout(TO_ANSWER, exchange)
                .await
                .map_err(|_| no_line(&at, &"no answer in time"))??;
            Ok::<_, DeskError>((got, open))
        };
        let (got, open) = self.runtime.block_on(work)?;
        self.open = Some(open);
        Ok(got)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let at = self.url("");
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(|err| no_line(&at, &err))?;
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => {
                let (open, connection) =
                    handshake(TokioIo::new(stream)).await.map_err(|err| no_line(&at, &err))?;
                tokio::spawn(connection);
                Ok(open)
            }
            Some(tls) => {
                let name =
                    ServerName::try_from(self.host.clone()).map_err(|err| no_line(&at, &err))?;
                let stream = tls.connect(name, stream).await.map_err(|err| no_line(&at, &err))?;
                let (open, connection) =
                    handshake(TokioIo::new(stream)).await.map_err(|err| no_line(&at, &err))?;
                tokio::spawn(connection);
                Ok(open)
            }
        }
    }
}

/// Sends JSON to an address, once, and says with which status it was answered. No redirection is followed.
pub(crate) fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: String,
    trusted: Option<&Path>,
) -> Result<u16> {
    let mut line = Line::new(url, "", trusted)?;
    let uri: Uri = url.parse().map_err(|err| no_line(url, &err))?;
    let path = uri.path_and_query().map_or("/", |it| it.as_str());
    let all = [&[("Content-Type", "application/json")], headers].concat();
    Ok(line.once("POST", path, &all, Bytes::from(body))?.status)
}

/// Whether a status says that the same may be fine later.
fn is_later(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

fn no_line(at: &str, why: &dyn std::fmt::Display) -> DeskError {
    DeskError::new(
        "no-line",
        format!("{at}: no answer: {why}"),
        "nothing is lost; run the same again, and it goes on from here",
    )
}

fn connector(trusted: Option<&Path>) -> Result<TlsConnector> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let candidates = match (trusted, named) {
        (Some(path), _) => vec![path.to_owned()],
        (None, Some(path)) => vec![path],
        (None, None) => TRUSTED.iter().map(PathBuf::from).filter(|it| it.is_file()).collect(),
    };
    let hint = "give the certificates that vouch for the server with --ca-cert FILE (PEM)";
    let Some(path) = candidates.first() else {
        return Err(DeskError::new("no-trust", "this system trusts no certificates", hint));
    };
    let bad = |what: &dyn std::fmt::Display| {
        DeskError::new("bad-certificate", format!("{}: {what}", path.display()), hint)
    };
    let mut roots = RootCertStore::empty();
    let found: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|err| bad(&err))?;
    let (n_added, _) = roots.add_parsable_certificates(found);
    if n_added == 0 {
        return Err(bad(&"there is no certificate in it"));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|err| bad(&err))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
